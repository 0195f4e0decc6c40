"""The frame of tables: every text escaped, cards and short tables by their fields, rows for the record addressable."""

import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from scevaluation.draw.table import Field, Html, html_table, record

NASTY = '<b onclick="x">&"\''


def _nasty(number: bool = False) -> list[Field]:
    return [Field(NASTY, NASTY), Field("b", NASTY, number=number)]


@pytest.mark.parametrize("number", [False, True])
def test_every_text_of_a_table_is_escaped(number):
    rows = pd.DataFrame([{NASTY: NASTY, "b": NASTY}])
    html = html_table(rows, _nasty(number), NASTY, label=NASTY)
    assert "<b " not in html
    root = ET.fromstring(html.replace("class=n", 'class="n"'))
    assert root.get("aria-label") == root.find("caption").text == NASTY
    assert [c.text for c in root.iter("th")] == [NASTY] * 3
    assert [(c.get("data-label"), c.text) for c in root.iter("td")] == [(NASTY, NASTY)]


def test_every_text_for_the_record_is_escaped():
    html = record(
        NASTY,
        pd.DataFrame([{NASTY: NASTY, "b": 1.5}]),
        [Field(NASTY, NASTY), Field("b", NASTY, lambda v: NASTY, True)],
        NASTY,
        [NASTY],
    )
    assert "<b " not in html
    root = ET.fromstring(html.replace("class=n", 'class="n"'))
    assert (root.get("aria-label"), root.find("table").get("data-table"), root.find(".//tbody/tr").get("data-key")) == (
        NASTY,
    ) * 3


def test_html_stands_as_it_is_and_brings_its_classes():
    fields = [
        Field("a", "A", css="name"),
        Field("b", Html("<i>B</i>"), lambda v: Html(f"<b>{v}</b>", "up"), css="n", named=False),
    ]
    html = html_table([{"a": "x", "b": 1}], fields, Html("<i>C</i>"), "own", hidden=True)
    assert '<table class="own" role="table"><caption class="visually-hidden"><i>C</i></caption>' in html
    assert '<th scope="row" role="rowheader" class="name">x</th><td role="cell" class="up"><b>1</b></td>' in html


def test_a_number_is_carried_unrounded_where_there_is_one():
    fields = [Field("a", "A"), Field("b", "B", number=True, raw="exact")]
    html = html_table(
        [{"a": "x", "b": "0,3", "exact": 1 / 3}, {"a": "y", "b": "-", "exact": float("nan")}], fields, columns=True
    )
    assert '<colgroup><col class="a"><col class="b"></colgroup>' in html
    assert f'<td role="cell" data-label="B" class=n data-value="{1 / 3!r}">0,3</td>' in html
    assert '<td role="cell" data-label="B" class=n>-</td>' in html


def test_rows_for_the_record_are_addressed_by_key_and_column():
    rows = pd.DataFrame({"node": ["a", "b"], "round": ["1", "1"], "value": [0.25, float("nan")]})
    written = {"value": lambda v: f"{v:.1f}"}
    fields = [Field(c, c, written.get(c, str), c in written) for c in rows]
    html = record("INDEX", rows, fields, "INDEX", ["round", "node"])
    assert '<tr data-key="1|a"><td data-column="node">a</td><td data-column="round">1</td>' in html
    assert '<td class="n" data-column="value" data-value="0.25">0.2</td></tr>' in html
    assert '<td class="n" data-column="value">nan</td></tr>' in html
    assert "data-key" not in record("INDEX", rows, fields, "INDEX")


def test_a_table_without_rows_has_its_head():
    fields = [Field("a", "A"), Field("b", "B", number=True)]
    assert html_table(pd.DataFrame(columns=["a", "b"]), fields).endswith('<tbody role="rowgroup"></tbody></table>')
    assert "<tbody></tbody>" in record("T", pd.DataFrame(columns=["a", "b"]), fields, "T", ["a"])
