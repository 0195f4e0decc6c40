"""The look: colours that can be told apart and read, marks, text by measure, small SVG."""

import warnings
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import numpy as np
import pytest
from chart_data import count, pictures
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.draw import panels, style
from scevaluation.draw.chart import draw
from scevaluation.frames import DIRECTIONS
from scevaluation.press.colours import MACHADO, contrast, distance, luminance


@pytest.mark.parametrize("ground", ["#FFFFFF", style.BAND])
@pytest.mark.parametrize("color", [style.INK, style.INK2, style.MUTED, style.LINE, style.UP, style.DOWN, style.FLAT])
def test_text_colours_stand_out_by_four_and_a_half(color, ground):
    assert contrast(color, ground) >= 4.5


@pytest.mark.parametrize("sight", MACHADO)
def test_verdict_hues_stay_apart_for_every_kind_of_colour_blindness(sight):
    assert min(distance(a, b, sight) for a, b in combinations((style.UP, style.DOWN, style.FLAT), 2)) >= 25


def test_the_level_map_only_darkens():
    steps = [luminance(style.LEVEL_MAP(x)) for x in np.linspace(0, 1, 101)]
    assert all(a > b for a, b in pairwise(steps))


def test_the_number_in_a_cell_can_be_read_on_every_level():
    colors = [style.LEVEL_MAP(x) for x in np.linspace(0, 1, 101)]
    assert min(contrast(style.ink_on(c), c) for c in colors) >= 4.5


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_verdict_has_a_hue_and_a_mark(direction):
    assert style.hue(direction).startswith("#")
    svg = pictures(style.mark_html(direction))[0]
    ET.fromstring(svg)
    assert ("<circle" in svg) == (direction in ("inconclusive", "too_little_data"))


def test_marks_point_up_level_and_down():
    turned = {
        d: pictures(style.mark_html(d))[0]
        for d in ("improving", "likely_improving", "stagnant", "likely_declining", "declining")
    }
    assert [s.split("rotate(")[1].split(")")[0] for s in turned.values()] == ["-90", "-38", "0", "38", "90"]


@pytest.mark.parametrize("direction", ["improving", "inconclusive"])
def test_a_mark_on_a_chart_keeps_its_name(direction):
    def paint(layout):
        fig = panels.canvas(layout, 1)
        style.mark(panels.axes_at(fig, 0, 0, 1, 1), direction, 0.5, 0.5)
        return fig

    assert count(draw("wide", paint), f"mark-{direction}") == 1


def test_the_font_is_source_sans():
    assert style.family() == "Source Sans Pro"


def test_without_the_font_package_charts_warn_and_go_on(monkeypatch):
    monkeypatch.setattr(style, "find_spec", lambda name: None)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert style.family.__wrapped__() == "DejaVu Sans"
    assert "font-source-sans-pro" in str(seen[0].message)


def test_settings_of_a_layout_change_nothing_outside():
    import matplotlib

    before = dict(matplotlib.rcParams)
    draw("phone", lambda layout: panels.canvas(layout, 1))
    assert dict(matplotlib.rcParams) == before


def test_the_same_picture_has_the_same_bytes_and_no_date():
    def paint(layout):
        fig = panels.canvas(layout, 1)
        panels.axes_at(fig, 0.2, 0.2, 2, 0.5).plot([0, 1], [0, 1])
        return fig

    first = draw("wide", paint)
    assert first == draw("wide", paint)
    assert "metadata" not in first and "date" not in first


def test_the_two_layouts_have_the_widths_of_the_page_and_of_a_phone():
    assert [panels.canvas(layout, 1).get_size_inches()[0] for layout in ("wide", "phone")] == [7.09, 3.42]


# text by measure


def test_a_wider_text_measures_wider():
    assert (
        style.text_width("ii", 8)
        < style.text_width("MM", 8)
        < style.text_width("MM", 8, "bold")
        < style.text_width("MM", 16, "bold")
    )


def test_digits_are_all_equally_wide():
    assert len({round(style.text_width(d, 10), 6) for d in "0123456789"}) == 1


def test_text_that_fits_stays_as_it_is():
    assert style.fit("Pendidikan", 3, 8) == "Pendidikan"


def test_text_without_room_ends_in_an_ellipsis():
    assert style.fit("Persentase penyelenggaraan layanan administrasi kependudukan", 1, 8).endswith("\u2026")


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x17F, blacklist_characters="\x7f"), max_size=90),
    st.floats(0.3, 3),
    st.integers(1, 3),
)
def test_no_line_is_wider_than_its_room_and_no_more_lines_than_allowed(text, width, lines):
    out = style.fit(text, width, 8, lines=lines).split("\n")
    assert len(out) <= lines
    assert all(style.text_width(line, 8) <= width + 1e-9 for line in out)


@given(st.lists(st.floats(0, 100), max_size=12))
def test_spread_labels_keep_their_order_and_distance(wanted):
    out = style.spread(wanted, 5, 0, 100)
    near = np.sort(out)
    assert all(b - a >= 5 - 1e-9 for a, b in pairwise(near))
    assert list(np.argsort(out, kind="stable")) == list(np.argsort(wanted, kind="stable"))
    assert len(out) == 0 or (out.min() >= -1e-9 and out.max() <= 100 + 1e-9)


def test_an_outline_of_text_is_as_wide_as_the_text():
    d, width = style.outline("60", 13)
    numbers = [
        float(v) for v in d.replace("M", " ").replace("L", " ").replace("Q", " ").replace("C", " ").replace("Z", " ").split()
    ]
    assert max(numbers[::2]) <= width and max(numbers[::2]) > width * 0.8
