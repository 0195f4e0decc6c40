"""What a page of a large programme shows of it: newest rounds, largest changes, the ends of long tables; and how much is left out."""

import base64
import re

import numpy as np
import pandas as pd
import pytest

from scevaluation.charts import agencies as agencies_chart
from scevaluation.charts.dumbbell import LARGEST, MOST, TOGETHER
from scevaluation.charts.titles import ROUNDS, newest
from scevaluation.draw.embed import _together
from scevaluation.draw.table import Field, record
from scevaluation.evaluate.items import folded
from scevaluation.frames.people import ALL
from scevaluation.period import Period
from scevaluation.press.light import ENDS, LONG, light
from scevaluation.report.verdicts import shared
from scevaluation.words import words

ID, EN = words("id"), words("en")


def register(n: int, said: str = "") -> str:
    rows = pd.DataFrame({"node": [f"i{k}" for k in range(n)], "value": np.arange(n) / 7})
    fields = [Field("node", "node"), Field("value", "value", lambda v: f"{v:.1f}", True)]
    return said + record("INDEX", rows, fields, "INDEX", ["node"])


def shown(html: str) -> list[str]:
    return re.findall(r'<tr data-key="([^"]+)">', html)


def test_a_table_that_is_not_long_is_whole():
    assert len(shown(light(register(LONG), ID))) == LONG


def test_of_a_long_table_the_ends_stand_and_how_many_rows_do_not():
    html = light(register(LONG + 1), ID)
    assert shown(html) == [f"i{k}" for k in (*range(ENDS), *range(LONG + 1 - ENDS, LONG + 1))]
    assert html.count(ID("page.rows_left", n=ID.num(LONG + 1 - 2 * ENDS, 0))) == 1 and 'colspan="2"' in html
    assert html.count("<tr") == html.count("</tr>") == 2 * ENDS + 2 and html.count("<tbody>") == html.count("</tbody>") == 1


def test_rows_that_prose_or_a_claim_points_at_stand_in_a_long_table_too():
    said = '<data value="28.57" data-ref="INDEX|i200|value">28,6</data><a href="#register-index">INDEX|i300|value</a>'
    html = light(register(900, said), EN)
    assert {"i200", "i300"} <= set(shown(html)) and len(shown(html)) == 2 * ENDS + 2
    assert re.search(r'<tr data-key="i200">.*?data-column="value" data-value="28.57', html)
    left = [int(n.replace(",", "")) for n in re.findall(r"notebook \(\.ipynb\): ([\d,]+)", html)]
    assert sum(left) + len(shown(html)) == 900 and len(left) == 3


@pytest.mark.parametrize("rows", [[25], [5, 5, 5, 5, 5], [40, 40, 40]])
def test_pictures_of_sectors_have_all_rows_where_a_page_has_room(rows):
    assert shared(rows) == MOST


def test_pictures_of_many_large_sectors_have_the_largest_changes():
    assert shared([MOST] * 8) == LARGEST and sum([MOST] * 8) > TOGETHER


def test_only_the_newest_rounds_are_folded_and_it_is_said():
    rounds = [f"{2010 + k // 4}-Q{k % 4 + 1}" for k in range(60)]
    table = pd.DataFrame({"round": rounds * 2, "node": ["a/x"] * 60 + ["a/y"] * 60, "mark": "measured"})
    assert sorted(folded(table, rounds=ROUNDS)["round"].unique()) == rounds[-ROUNDS:]
    assert folded(table)["round"].nunique() == 60
    assert newest(16, 16, ID) == [] and newest(ROUNDS, 60, EN) == [f"Only the newest {ROUNDS} of 60 rounds are drawn."]


def duties(count: int, lacking: set[int]) -> pd.DataFrame:
    """Rows of RESPONSIBILITY: of so many agencies two indicators each, of which some reported one."""
    one = [(f"a{k:02d}", s, 2, 2 - (k in lacking)) for k in range(count) for s in ("p", ALL)]
    every = [(ALL, s, 2 * count, 2 * count - len(lacking)) for s in ("p", ALL)]
    rows = pd.DataFrame([*one, *every], columns=["agency", "sector", "items", "reported"])
    state = np.where(rows["items"] == rows["reported"], "reported", "partly_reported")
    return rows.assign(region="00.00", round="2024-Q4", share=rows["reported"] / rows["items"], score=50.0, state=state)


@pytest.mark.parametrize("count", [agencies_chart.MOST, 60])
def test_of_many_agencies_those_with_most_unreported_are_drawn(count):
    lacking = {count - 1, count - 5}
    chart = agencies_chart.agencies(duties(count, lacking), pd.DataFrame(), {}, {"p": "Bagian"}, EN, "unit.component")
    drawn = set(chart.rows["agency"]) - {ALL}
    assert len(drawn) == agencies_chart.MOST and {f"a{k:02d}" for k in lacking} <= drawn
    assert (f"of {count} agencies are drawn" in str(chart.note)) == (count > agencies_chart.MOST)
    assert f"{count}" in chart.alt


STYLES = {"c0": "fill:none;stroke:#111111", "c1": "fill:#222222", "c2": "fill:#222222;opacity:.5", "c3": "fill:none;stroke-opacity:.5"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<path d="M0 0H1" class="c0"/><path d="M0 1H1" class="c0"/>', '<path d="M0 0H1M0 1H1" class="c0"/>'),
        ('<use href="#a" x="1" class="c1"/><path d="M0 0" class="c1"/>', '<g class="c1"><use href="#a" x="1"/><path d="M0 0"/></g>'),
        ('<path d="M0 0H1" class="c3"/>' * 2, '<g class="c3"><path d="M0 0H1"/><path d="M0 0H1"/></g>'),
        ('<use href="#a" class="c2"/>' * 2, '<use href="#a" class="c2"/>' * 2),
        (
            '<g class="c1" transform="translate(1 2) scale(.3 -.3)"><use href="#a"/></g>',
            '<use href="#a" class="c1" transform="matrix(.3 0 0 -.3 1 2)"/>',
        ),
        (
            '<g class="c1" transform="translate(1 2) scale(.3 -.3)"><use href="#a"/><use href="#b" x="9"/></g>' * 2,
            '<g class="c1">' + '<g transform="matrix(.3 0 0 -.3 1 2)"><use href="#a"/><use href="#b" x="9"/></g>' * 2 + "</g>",
        ),
    ],
)
def test_neighbours_that_look_alike_say_so_once(before, after):
    assert _together(before, STYLES) == after


def test_a_small_line_of_sixty_quarters_is_short():
    from scevaluation.charts.spark import sparkline

    rounds = [f"{2010 + k // 4}-Q{k % 4 + 1}" for k in range(60)]
    rows = pd.DataFrame({"round": rounds, "value100": 50 + 10 * np.sin(np.arange(60.0)), "comparable": True})
    svg = base64.b64decode(sparkline(rows, rounds).partition(",")[2]).decode()
    start, steps = re.search(r'd="M(\d+ \d+)l([\d -]+)" fill', svg).groups()
    moves = [int(n) for n in re.findall(r"-?\d+", steps)]
    assert len(moves) == 2 * 59 and len(svg) < 620
    x, y = (int(n) for n in start.split())
    end = re.search(r'<circle cx="(\d+)" cy="(\d+)" r="11.5"', svg)
    assert (x + sum(moves[::2]), y + sum(moves[1::2])) == (int(end[1]), int(end[2])) and x == 20 and int(end[1]) == 420


def test_rounds_of_several_calendars_stand_by_their_middle():
    assert sorted(["2024-S2", "2024-Q1", "2024", "2023-Q4"], key=Period) == ["2023-Q4", "2024-Q1", "2024", "2024-S2"]
    assert Period("2024-S1") < "2024-S2" and Period("2024") == "2024" and Period("2024-Q3").time == 2024.625
