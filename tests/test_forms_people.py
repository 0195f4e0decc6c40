"""Forms about people over whole programmes: they draw what there is, say what there is not, and every number is a cell."""

import re

import pytest
from evaluated import evaluate_round

from scevaluation.report import people
from scevaluation.words import words

ID, EN = words("id"), words("en")


FORMS = ("agencies", "disagreement", "severity_chart", "gap_chart", "followup_chart", "continuity_chart")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("w", [ID, EN], ids=["id", "en"])
def test_forms_draw_the_made_up_programme(contoh, form, w):
    chart = getattr(people, form)(contoh, w)
    assert chart.wide and chart.phone and not chart.empty and len(chart.rows)


@pytest.mark.parametrize("w", [ID, EN], ids=["id", "en"])
def test_every_number_of_a_title_is_a_cell_of_the_registers(contoh, w):
    registers = people.people_numbers(contoh, w).html
    seen = 0
    for form in FORMS:
        shown = w.html(getattr(people, form)(contoh, w).finding)
        for value, ref in re.findall(r'<data value="([^"]+)" data-ref="([^"]+)"', shown):
            table, *key, column = ref.split("|")
            body = registers.split(f'data-table="{table}"')[1].split("</table>")[0]
            row = body.split(f'data-key="{"|".join(key)}"')[1].split("</tr>")[0]
            cell = re.search(rf'data-column="{column}" data-value="([^"]+)"', row)
            assert cell and float(cell[1]) == float(value), ref
            seen += 1
    assert seen >= 8


def test_a_programme_without_such_data_says_so_and_mimikas_programmes_are_drawn():
    e = evaluate_round("mimika", "2023-S2")
    assert all(getattr(people, form)(e, ID).empty for form in FORMS[:-1])
    assert len(people.continuity_chart(e, ID).rows) == 17 and len(people.continuity_chart(e, ID, until=2025).rows) == 41
