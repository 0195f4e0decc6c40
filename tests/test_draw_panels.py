"""The frame of small multiples and what charts along years share: hand-made panels in both layouts."""

import re
from html import unescape

import numpy as np
import pytest
from chart_data import count, placed, texts

from scevaluation.draw.chart import draw
from scevaluation.draw.panels import panels, share
from scevaluation.draw.style import PHONE, TOTAL, WIDE, fit, text_width, write
from scevaluation.draw.years import Span, ground, joined, line, new_instruments, outline, shade_cycles, shade_events

LAYOUTS = ("wide", "phone")
NAMES = ["Jalan", "Penanganan sampah dan kebersihan lingkungan", "Gizi & <b>balita</b>", "Air", "Listrik"]
NAN = float("nan")


def _placed(layout: str, heads: list[float], abreast: int, **more) -> tuple[list[tuple[float, ...]], float]:
    """Left, top, width and height of every panel in inches, and the figure's height."""
    figures = []

    def paint(name: str):
        figures.append(panels(name, heads, lambda ax, i: seen.append((i, ax)), abreast, (0.9, 0.5), 0.2, **more))
        return figures[0]

    seen: list = []
    draw(layout, paint)
    wide, high = figures[0].get_size_inches()
    boxes = [(i, ax.get_position()) for i, ax in seen]
    assert [i for i, _ in boxes] == list(range(len(heads)))
    return [(b.x0 * wide, (1 - b.y1) * high, b.width * wide, b.height * high) for _, b in boxes], high


@pytest.mark.parametrize(("layout", "abreast"), [("wide", 3), ("wide", 1), ("phone", 1), ("phone", 2)])
def test_panels_stand_in_rows_of_equal_tops_below_the_deepest_head(layout, abreast):
    heads = [0.3, 0.6, 0.3, 0.4, 0.5]
    boxes, high = _placed(layout, heads, abreast)
    rows = [heads[i : i + abreast] for i in range(0, len(heads), abreast)]
    tops = [sum(max(r) + 0.7 for r in rows[:n]) + max(row) for n, row in enumerate(rows) for _ in row]
    lefts = [0.02 + i % abreast * share(layout, abreast) for i in range(len(heads))]
    assert np.allclose(boxes, [(x, y, 0.9, 0.5) for x, y in zip(lefts, tops, strict=True)])
    assert high == pytest.approx(sum(max(r) + 0.7 for r in rows))


def test_the_last_foot_the_left_edge_and_the_step_can_be_said():
    boxes, high = _placed("wide", [0.5] * 2, 2, last=0.05, left=1.3, step=1.5)
    assert np.allclose([b[0] for b in boxes], [1.3, 2.8])
    assert high == pytest.approx(0.5 + 0.5 + 0.05)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_text_of_a_panel_is_cut_or_leaves_the_picture(layout):
    abreast = 3 if layout == "wide" else 1
    inner = share(layout, abreast) - 0.48
    titles = [fit(name, inner, 9, "bold", 4) for name in NAMES]

    def paint(ax, i: int) -> None:
        ax.set_axis_off()
        ax.set_xlim(2019.8, 2024.2)
        ax.set_ylim(0, 100)
        ground(ax, [(50, "50")], [(y + 0.5, str(y)) for y in range(2020, 2024)], 8)
        write(ax, 0, 1.05, titles[i], 9, transform=ax.transAxes, weight="bold")

    heads = [0.3 + 0.14 * t.count("\n") for t in titles]
    svg = draw(layout, lambda name: panels(name, heads, paint, abreast, (inner, 0.8), 0.3))
    found = texts(svg)
    assert [t for t in found if t.isdigit()].count("2023") == len(NAMES)
    assert " ".join(found).count("\u2026") == 0 and {"Jalan", "Air", "Listrik"} <= set(found)
    assert "<b>" not in svg and "Gizi &amp; &lt;b&gt;balita&lt;/b&gt;" in " ".join(found)
    high = float(re.search(r'height="([\d.]+)pt"', svg)[1])
    assert all(0 <= float(y) <= high for y in re.findall(r"translate\([-\d.]+ ([-\d.]+)\)", svg))
    for text, x, size in placed(svg):
        assert x >= 0 and x / 72 + text_width(unescape(text), size) <= TOTAL[layout] + 0.01, text


def test_a_figure_has_its_layouts_width():
    assert {name: TOTAL[name] for name in LAYOUTS} == {"wide": WIDE, "phone": PHONE}


@pytest.mark.parametrize(
    ("values", "instruments", "comparable", "near", "breaks", "bridges", "cuts", "runs"),
    [
        ([1, 2, 3], "aaa", True, None, [], [], [], [[0, 1, 2]]),
        ([1, NAN, 3, 4], "aaaa", True, None, [], [(0, 2)], [], [[0], [2, 3]]),
        ([1, 2, 3], "aaa", True, [True, False], [], [(1, 2)], [], [[0, 1], [2]]),
        ([1, 2, 3], ["a", "", "b"], True, None, [2], [], [], [[0, 1, 2]]),
        ([1, NAN, 3], ["a", "", "b"], False, None, [2], [], [(0, 2)], [[0], [2]]),
        ([NAN, NAN], "aa", True, None, [], [], [], []),
    ],
)
def test_values_hang_together_only_where_nothing_is_missing_or_not_comparable(
    values, instruments, comparable, near, breaks, bridges, cuts, runs
):
    assert joined(np.array(values, float), list(instruments), comparable, near) == (breaks, bridges, cuts, runs)


def test_the_outline_has_a_hole_between_runs():
    x, y = np.arange(4.0), np.array([1, NAN, 3, 4])
    places = outline(x, y, joined(y, [], True))
    assert np.array_equal(places, [[0, 1], [NAN, NAN], [2, 3], [3, 4], [NAN, NAN]], equal_nan=True)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_lines_and_the_calendar_are_drawn_by_name(layout):
    x, y = np.arange(2020.5, 2025.5), np.array([10, NAN, 30, 40, 50])
    cycles = [Span(2020, 2022, "Siklus I"), Span(2022, 2030, "Siklus II"), Span(2030, 2035, "Siklus III")]
    events = [Span(2020.2, 2021.9, "Pandemi", "event-long", True), Span(2024.9, 2024.9, "Pilkada", "event-day")]

    def paint(ax, i: int) -> None:
        ax.set_axis_off()
        ax.set_xlim(2020, 2025)
        ax.set_ylim(0, 100)
        join = joined(y, list("aaaab"), False)
        shade_cycles(ax, cycles, 2020, 2025, named=True)
        shade_events(ax, events, 2020, 2025, 7, named=i == 0)
        line(ax, x, y, join)
        new_instruments(ax, x, join)

    svg = draw(layout, lambda name: panels(name, [0.2] * 2, paint, 1, (3, 1), 0.2))
    names = ("line", "bridge", "break", "new-instrument", "cycle", "event-long", "event-day")
    assert {name: count(svg, name) for name in names} == dict.fromkeys(names, 2)
    assert texts(svg).count("Pandemi") == texts(svg).count("Pilkada") == 1
    assert texts(svg).count("Siklus I") == texts(svg).count("Siklus II") == 2 and "Siklus III" not in texts(svg)
