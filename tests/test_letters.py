"""Text laid out once: the pictures are matplotlib's own, to the byte."""

import io
import os
import re
import subprocess
import sys

import matplotlib
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

from scevaluation.charts.embed import embedded
from scevaluation.charts.letters import LETTERS, svg
from scevaluation.charts.panel import Panel
from scevaluation.charts.slim import slim
from scevaluation.charts.style import _font, rc

TEXTS = ("Relatif stabil", "2,47 dari 4", "\u22120,03", "Pelayanan publik \u2013 OPD", "AVATAR Ty.", " ")


def _paint() -> Figure:
    fig = Figure(figsize=(4, 3))
    fig.set_facecolor("white")
    ax = fig.add_axes((0.1, 0.1, 0.8, 0.8))
    ax.plot([0, 1, 2], [1, 3, 2])
    for n, (text, weight) in enumerate(zip(TEXTS, ("normal", "bold", 600, "normal", "bold", "normal"), strict=True)):
        ax.text(
            0.3 * n, 1 + 0.3 * n, text, size=7 + n, weight=weight, rotation=30 if n == 3 else 0, ha="right" if n % 2 else "left"
        )
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


def _marks(svg: str) -> int:
    """Marks that a picture draws by name; a word that stands once and is written often counts with all its letters."""
    words = {name: body.count("<use ") for name, body in re.findall(r'<g id="(\w+)">((?:<use [^>]*/>)+)</g>', svg)}
    drawn = re.sub(r'<g id="\w+">(?:<use [^>]*/>)+</g>', "", svg)
    return sum(words.get(name, 1) for name in re.findall(r'<use href="#(\w+)"', drawn))


def test_what_a_page_embeds_is_smaller_and_draws_as_much():
    with matplotlib.rc_context(rc("wide")):
        whole = slim(svg(_paint()))
    small = embedded(whole)
    spaces = sum(t.count(" ") for t in TEXTS)
    marks = whole.count("<use ")
    assert len(small) < 0.9 * len(whole)
    assert marks - spaces <= _marks(small) <= marks
    assert "<!--" in whole and "<!--" not in small
    assert small.count("<g") == small.count("</g>")


def test_a_word_written_often_stands_once():
    with matplotlib.rc_context(rc("wide")):
        fig = Figure(figsize=(4, 3))
        for n in range(5):
            fig.text(0.1, 0.1 + n / 8, f"pelayanan {n}", size=8)
        whole = slim(svg(fig))
    small = embedded(whole)
    letters = 5 * len("pelayanan") + 5
    assert whole.count("<use ") == letters + 5
    assert small.count("<use ") == len("pelayanan") + 5 + 5
    assert _marks(small) == letters


@pytest.mark.parametrize("radius", [1.3, 2.5, 5.62])
def test_a_circle_of_eight_curves_is_said_as_a_circle(radius):
    fig = Figure(figsize=(1, 1))
    circle = PathPatch(Path.unit_circle(), transform=Affine2D().scale(radius).translate(36, 20), clip_on=False)
    fig.add_artist(circle)
    with matplotlib.rc_context(rc("wide")):
        small = embedded(slim(svg(fig)))
    x, y, r = (float(v) for v in re.search(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', small).groups())
    assert (x, 72 - y, r) == pytest.approx((36, 20, radius), abs=0.06)


def test_an_ellipse_stays_an_outline():
    fig = Figure(figsize=(1, 1))
    fig.add_artist(PathPatch(Path.unit_circle(), transform=Affine2D().scale(5, 4).translate(36, 20), clip_on=False))
    with matplotlib.rc_context(rc("wide")):
        assert "<circle" not in embedded(slim(svg(fig)))


def test_axes_without_idle_parts_draw_what_matplotlibs_own_draw():
    def paint(kind) -> str:
        fig = Figure(figsize=(4, 3))
        ax = fig.add_axes((0.15, 0.15, 0.8, 0.8), axes_class=kind)
        ax.tick_params(axis="x", pad=4, labelcolor="#B0440F")
        ax.set_xticks([0, 1, 2], ["2021", "2022", "2023"])
        ax.set_yticks([])
        ax.plot([0, 1, 2], [1, 3, 2])
        ax.text(1, 2, "dua\nbaris", ha="right", va="center", linespacing=1.3, rotation=20)
        ax.text(1, 2.5, "dalam bingkai", bbox={"facecolor": "white", "pad": 2}, clip_on=True)
        return svg(fig)

    with matplotlib.rc_context(rc("wide")):
        assert paint(Panel) == paint(Axes) == paint(Panel)


def test_two_processes_embed_the_same_bytes(tmp_path):
    words = "".join(
        f'<g><use href="#g0" x="{x}"/><use href="#g1" x="{x + 50 + n % 2}"/><use href="#g2" x="{x + 101}"/></g>'
        for n, x in enumerate(range(0, 4000, 37))
    )
    letters = "".join(f'<path id="g{n}" d="M{n} 0h9v9z"/>' for n in range(3))
    (tmp_path / "one.svg").write_text(f'<svg width="9"><defs>{letters}</defs>{words}</svg>')
    code = "import sys; from scevaluation.charts.embed import embedded; print(embedded(open(sys.argv[1]).read()))"
    said = {
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "one.svg")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3", "4", "5")
    }
    assert len(said) == 1
