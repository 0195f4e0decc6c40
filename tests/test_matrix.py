"""The frame of matrices: names whole and inside, totals set apart, cells where they should be, in both layouts."""

from functools import partial
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from chart_data import count, group, texts
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from scevaluation.draw.chart import draw
from scevaluation.draw.matrix import LEAST, Names, Shades, matrix
from scevaluation.draw.style import BASE, LEVEL_MAP, PHONE, WIDE, rc

ROWS = ("Semua", "Dinas Komunikasi, Informatika dan Persandian", "RSUD", "Badan Perencanaan Daerah")
COLUMNS = ("Semua", "Mobilitas dan Infrastruktur", "Kesehatan", "Pemerintahan")
LAYOUTS = ("wide", "phone")


def digits(page, rows=ROWS, columns=COLUMNS):
    for i, j in np.ndindex(len(rows), len(columns)):
        page.text(i, j, f"{10 * i + j}", page.rows.size)


def page(layout, rows=ROWS, columns=COLUMNS, cells=None, total=True, **look):
    """A matrix with names of each layout's size; on a phone those of columns are turned."""
    wide, base = layout == "wide", BASE[layout]
    left, cell = (1.6, 0.9) if wide else (1.2, 0.4)
    ends = {"total": (0.05, 0.0)} if total else {}
    side = Names(rows, base, left - 0.14, 0.1, 3, **ends, **look)
    above = Names(columns, base, cell - 0.06 if wide else 1.3, 0.06, 3, slant=not wide, **ends)
    row, head = 0.2 + 0.14 * (side.most - 1), above.height + 0.25
    return matrix(
        layout, side, above, cells or partial(digits, rows=rows, columns=columns), size=(cell, row), left=left, head=head
    )


def boxes(layout, **given):
    """Width and height of the picture, and every text with its box, pixels."""
    with matplotlib.rc_context(rc(layout)):
        figure = page(layout, **given).fig
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw_without_rendering()
        drawn = [t for t in figure.findobj(Text) if t.get_text().strip()]
        return figure.bbox, [(t, Text.get_window_extent(t, renderer)) for t in drawn]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_names_are_whole_within_the_picture_and_apart(layout):
    frame, found = boxes(layout)
    assert {" ".join(t.get_text().split()) for t, _ in found} >= {*ROWS, *COLUMNS}
    for text, box in found:
        assert box.x0 >= 0 and box.x1 <= frame.width and box.y0 >= 0 and box.y1 <= frame.height, text.get_text()
    for (a, one), (b, other) in combinations([f for f in found if not f[0].get_rotation()], 2):
        across, down = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across <= 1 or down <= 1, (a.get_text(), b.get_text())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_name_without_room_ends_in_an_ellipsis_inside_the_picture(layout):
    _, found = boxes(layout, rows=("Semua", "Persentase " * 40))
    long = next(box for t, box in found if t.get_text().startswith("Persentase"))
    assert long.x0 >= 0 and [t.get_text()[-1] for t, _ in found].count("\u2026") == 1


@pytest.mark.parametrize(("layout", "width"), [("wide", WIDE), ("phone", PHONE)])
def test_the_picture_is_as_wide_as_its_layout_and_as_high_as_its_rows(layout, width):
    few, many = page(layout).fig.get_size_inches(), page(layout, rows=ROWS * 10)
    assert few[0] == pytest.approx(width)
    assert many.fig.get_size_inches()[1] - few[1] == pytest.approx(36 * many.row)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_cells_are_drawn_row_by_row_before_names_of_rows_and_then_of_columns(layout):
    said = texts(draw(layout, lambda layout: page(layout, rows=("r", "s"), columns=("a", "b")).fig))
    assert said == ["0", "1", "10", "11", "r", "s", "a", "b"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_totals_are_bold_with_a_line_behind_them(layout):
    made = page(layout)
    weights = [t.get_fontproperties().get_weight() for t in made.ax.texts if t.get_gid() in ("row", "column")]
    assert weights == (["bold"] + ["normal"] * 3) * 2
    ends = [line.get_xydata().tolist() for line in made.ax.lines]
    assert ends == [[[-0.05 / made.cell, 1], [4, 1]], [[1, -0.05 / made.row], [1, 4]]]


def test_without_a_total_or_beside_nothing_else_no_line_is_drawn():
    plain = page("wide", total=False)
    assert not plain.ax.lines and {t.get_fontproperties().get_weight() for t in plain.ax.texts} == {"normal"}
    assert not page("wide", rows=ROWS[:1], columns=COLUMNS[:1]).ax.lines


@pytest.mark.parametrize(("rows", "columns"), [((), COLUMNS), (ROWS, ()), ((), ())])
def test_a_matrix_without_cells_is_refused(rows, columns):
    with pytest.raises(ValueError, match="at least one row and one column"):
        matrix("wide", Names(rows, 8, 1, 0.1), Names(columns, 8, 1, 0.1), digits, size=(0.5, 0.25), left=1, head=0.3)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_places_around_the_cells_are_inches(layout):
    made = page(layout)
    across = lambda x: made.ax.transData.transform((x, 0))[0] / made.fig.dpi  # noqa: E731
    down = lambda y: -made.ax.transData.transform((0, y))[1] / made.fig.dpi  # noqa: E731
    assert across(made.behind(0.5)) - across(len(COLUMNS)) == pytest.approx(0.5)
    assert down(0) - down(made.above(0.2)) == pytest.approx(0.2)
    assert down(made.below(0.3)) - down(len(ROWS)) == pytest.approx(0.3)


def test_folded_corners_are_as_large_in_any_cell_and_lie_in_its_upper_right():
    made = page("wide", cells=lambda page: page.fold([(1, 2, "#FFFFFF"), (0, 0, "#000000")], 0.07, 0.05, "corner"))
    first, second = (path.vertices[:3] for path in made.ax.collections[0].get_paths())
    assert first[:, 0].max() == pytest.approx(2.97) and first[:, 1].min() == pytest.approx(1.05)
    for corner in (first, second):
        assert np.ptp(corner, axis=0) * (made.cell, made.row) == pytest.approx([0.07, 0.07])
    assert made.ax.collections[0].get_facecolors()[:, 0].tolist() == [0.0, 1.0]


def test_cells_without_a_value_have_no_colour_and_may_say_so():
    values = np.array([[10.0, np.nan], [30.0, 90.0]])

    def cells(page):
        page.mesh(values, Shades(values))
        page.blank(0, 1, 0.03, "\u2013", 8, hatch="////", gid="missing")

    picture = draw("wide", lambda layout: page(layout, ROWS[:2], COLUMNS[:2], cells).fig)
    grounds = "".join(group(picture, "cells"))
    assert grounds.count("<path") == 4 and grounds.count("fill:none") == 1
    assert count(picture, "missing") == 1 and "url(#h0)" in group(picture, "missing")[0] and "\u2013" in texts(picture)


def test_colours_darken_over_the_known_values_and_do_not_exaggerate():
    shade = Shades([20, float("nan"), 80])
    assert shade.low < 20 and shade.high > 80 and shade((shade.low + shade.high) / 2) == LEVEL_MAP(0.5)
    assert sum(shade(20)[:3]) > sum(shade(50)[:3]) > sum(shade(80)[:3])
    for values in ([50.0, 50.1], [50.05], []):
        narrow = Shades(values)
        assert narrow.high - narrow.low == pytest.approx(2 * LEAST * 1.05)
