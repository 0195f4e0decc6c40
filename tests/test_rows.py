"""The frame of rows with items made by hand: whole labels, nothing outside the picture, marks where they are said to be."""

import re

import matplotlib
import numpy as np
import pytest
from chart_data import NAN, count, group, labelled, placed, texts

from scevaluation.draw.chart import draw
from scevaluation.draw.marks import EVERY, Band, Bar, Dot, Rule, Stroke, Text, Upright, over
from scevaluation.draw.rows import Item, even_rows, head, rows_of
from scevaluation.draw.style import PHONE, SMALLEST, WIDE, rc, text_width

LAYOUTS = ("wide", "phone")
LONG = "Share of population registration services that a resident can finish online without a visit"
FORMS = {
    "apart": {"left": 3.0, "right": 1.5},
    "under": {"left": 3.0, "right": 0},
    "close": {"right": 1.0, "close": True},
    "narrow": {"right": 1.0, "close": True, "most": 1.5},
}


def items(n: int = 8, long: bool = True) -> list[Item]:
    name = LONG if long else "Item"
    heads = {0: "First group", 3: "Second group"}
    return [
        Item(f"{name} {i}", "Below" if i == 2 else "", f"{i}.00 words", heads.get(i, ""), bold=i == 1, ruled=i == 1)
        for i in range(n)
    ]


def view(layout: str, rows=None, span=(0.0, 10.0), **form):
    with matplotlib.rc_context(rc(layout)):
        return rows_of(layout, items() if rows is None else rows, span, head=0.4, **form)


def painted(layout: str, marks=(), rows=None, span=(0.0, 10.0), **form) -> str:
    def paint(layout: str):
        page = rows_of(layout, items() if rows is None else rows, span, head=0.4, **form)
        page.axis([(x, str(x)) for x in (0, 5, 10)])
        return page.draw([*marks, over(page, "column", 0, align="right", by="end"), head(page, "What the rows are")]).fig

    return draw(layout, paint)


def size(svg: str) -> tuple[float, float]:
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    return float(found[1]), float(found[2])


def lines(svg: str, name: str) -> str:
    """All lines of the texts of a name."""
    return " ".join(
        " ".join(t.split()) for part in re.findall(rf'<g id="{name}">(.*?)</g>\n</g>', svg, re.DOTALL) for t in texts(part)
    )


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", FORMS)
def test_labels_are_whole_and_nothing_is_outside_the_picture(form, layout):
    svg = painted(layout, [Text("v", i, 10, 8, align="right") for i in range(8)], **FORMS[form])
    wide, high = size(svg)
    assert wide == pytest.approx((WIDE if layout == "wide" else PHONE) * 72, abs=0.1)
    assert "\u2026" not in svg
    assert lines(svg, "row") == " ".join(f"{LONG} {i}" for i in range(8))
    for text, x, points in placed(svg):
        assert points >= SMALLEST - 0.01
        assert x >= -0.5 and x + text_width(text, points) * 72 <= wide + 0.5, text
    for y in re.findall(r'transform="translate\([-\d.]+ ([-\d.]+)\)', svg):
        assert 0 < float(y) < high


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_label_without_room_ends_in_an_ellipsis_in_three_lines(layout):
    svg = painted(layout, rows=[Item(" ".join([LONG] * 4), right="1")], left=1.5)
    said = lines(svg, "row")
    assert said.endswith("\u2026") and f"{LONG} {LONG}".startswith(said[:20])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", FORMS)
def test_rows_stand_below_each_other_and_lines_leave_out_labels(form, layout):
    page = view(layout, **FORMS[form])
    height = page.ax.get_ylim()[0]
    assert (np.diff(page.y) > 0.1).all() and page.y[0] > 0 and page.y[-1] < height
    assert all(0 <= a < b <= height + 1e-9 for a, b in page.spans)
    if len(page.spans) > 1:
        assert all(a < y < b for (a, b), y in zip(page.spans, page.y, strict=True))
    assert page.left + page.width + page.right == pytest.approx(WIDE if layout == "wide" else PHONE)
    if form == "narrow":
        assert page.width <= 1.5 + 1e-9


def test_short_labels_of_many_rows_stand_beside_the_marks_on_a_phone():
    assert view("phone", items(8, long=False), close=True).left > 0.3
    assert view("phone", items(5, long=False), close=True).left < 0.1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_words_stand_at_the_right_or_under_the_label(layout):
    beside, under = (painted(layout, rows=items(2), **FORMS[f]) for f in ("apart", "under"))
    edge = {t: x for t, x, _ in placed(beside)}["0.00 words"]
    low = {t: x for t, x, _ in placed(under)}["0.00 words"]
    assert edge > size(beside)[0] / 2 > low
    assert labelled(beside, "head") == ["First group"] and count(beside, "rule") == 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_marks_of_several_rows_are_one_and_none_stands_where_a_value_is_missing(layout):
    marks = [
        Dot(EVERY, [1, NAN, 3, 4, 5, 6, 7, 8], name="dots"),
        Dot(2, NAN, name="none"),
        Bar([0, 1], [1, 2], [NAN, 4], name="bars"),
        Bar(0, NAN, 1, name="none"),
        Stroke(EVERY, 5, 0.05, name="strokes"),
        Band(2, 4, "band"),
        Rule(0, 0, 0, name="level"),
        Upright(5, name="upright"),
    ]
    svg = painted(layout, marks)
    assert count(svg, "none") == 0
    assert [count(svg, m) for m in ("dots", "bars", "strokes", "band", "level", "upright")] == [1] * 6
    assert [group(svg, m)[0].count(t) for m, t in (("dots", "<use"), ("bars", "<path"), ("strokes", "<path"))] == [7, 1, 8]
    assert group(svg, "upright")[0].count("<path") == (1 if layout == "wide" else 8)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_even_rows_stand_at_their_share_and_texts_by_both_edges(layout):
    def paint(layout: str):
        page = even_rows(layout, [0.5, 1.5], 2, 0.3, (1.0, 0.5), 0.2, 0.1, (0, 10))
        look = {"size": 8, "name": "text", "upright": "baseline"}
        at = [Text("a", 0, 0, by="left", **look), Text("b", 1, 0, by="right", **look), Text("c", None, 0, by="end", **look)]
        return page.draw([*at, Dot(1, 10, name="dot", cut=False)]).fig

    svg = draw(layout, paint)
    wide, high = size(svg)
    found = {t: x for t, x, _ in placed(svg)}
    assert high == pytest.approx((0.2 + 0.6 + 0.1) * 72, abs=0.1)
    assert found == pytest.approx({"a": 72, "b": wide - 36, "c": wide}, abs=0.1)
    heights = [float(y) for y in re.findall(r'transform="translate\([-\d.]+ ([-\d.]+)\)', svg)]
    assert heights == pytest.approx([(0.2 + 0.15) * 72, (0.2 + 0.45) * 72, 0.2 * 72], abs=0.1)
    place = re.search(r'<use href="#m0" x="([\d.]+)" y="([\d.]+)"', group(svg, "dot")[0])
    assert [float(v) for v in place.groups()] == pytest.approx([wide - 36, (0.2 + 0.45) * 72], abs=0.1)
