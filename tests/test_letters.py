"""Text laid out once: the pictures are matplotlib's own, to the byte."""

import io

import matplotlib
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.textpath import text_to_path

from scevaluation.charts.letters import LETTERS, svg
from scevaluation.charts.slim import embedded, slim
from scevaluation.charts.style import _font, rc

TEXTS = ("Relatif stabil", "2,47 dari 4", "\u22120,03", "Pelayanan publik \u2013 OPD", "AVATAR Ty.", " ")


def _paint() -> Figure:
    fig = Figure(figsize=(4, 3))
    fig.set_facecolor("white")
    ax = fig.add_axes((0.1, 0.1, 0.8, 0.8))
    ax.plot([0, 1, 2], [1, 3, 2])
    for n, (text, weight) in enumerate(zip(TEXTS, ("normal", "bold", 600, "normal", "bold", "normal"), strict=True)):
        ax.text(0.3 * n, 1 + 0.3 * n, text, size=7 + n, weight=weight, rotation=30 if n == 3 else 0, ha="right" if n % 2 else "left")
    return fig


@pytest.mark.parametrize("layout", ["wide", "phone"])
def test_the_picture_is_matplotlibs_own_to_the_byte(layout):
    with matplotlib.rc_context(rc(layout)):
        ours, stock, out = svg(_paint()), _paint(), io.StringIO()
        FigureCanvasSVG(stock)
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        stock.savefig(out, format="svg", metadata=nothing, facecolor="white")
    assert ours == out.getvalue()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [6.9, 8.0, 19.5])
def test_a_text_is_as_wide_as_matplotlib_says(text, size):
    font = _font(size, "bold")
    assert LETTERS.get_text_width_height_descent(text, font, False) == pytest.approx(
        text_to_path.get_text_width_height_descent(text, font, False)
    )


def test_a_text_drawn_twice_is_laid_out_once():
    with matplotlib.rc_context(rc("wide")):
        svg(_paint())
        before = LETTERS.laid_out.cache_info()
        svg(_paint())
        after = LETTERS.laid_out.cache_info()
    assert after.misses == before.misses and after.hits > before.hits


def test_what_a_page_embeds_is_smaller_and_draws_as_much():
    with matplotlib.rc_context(rc("wide")):
        whole = slim(svg(_paint()))
    small = embedded(whole)
    spaces = sum(t.count(" ") for t in TEXTS)
    assert len(small) < 0.9 * len(whole)
    assert whole.count("<use ") - spaces <= small.count("<use ") <= whole.count("<use ")
    assert "<!--" in whole and "<!--" not in small
    assert small.count("<g") == small.count("</g>")
