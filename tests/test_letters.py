"""Text laid out once, and what a page embeds of a picture."""

import os
import re
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

from scevaluation.draw.embed import embedded
from scevaluation.draw.letters import LETTERS, outline
from scevaluation.draw.style import _font, rc
from scevaluation.draw.svg import svg

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


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [6.9, 8.0, 19.5])
def test_a_text_is_as_wide_as_matplotlib_says(text, size):
    font = _font(size, "bold")
    assert LETTERS.measure(text, font) == pytest.approx(
        text_to_path.get_text_width_height_descent(text, font, False)
    )


def test_a_text_drawn_twice_is_laid_out_once():
    with matplotlib.rc_context(rc("wide")):
        svg(_paint())
        before = LETTERS.laid_out.cache_info()
        svg(_paint())
        after = LETTERS.laid_out.cache_info()
    assert after.misses == before.misses and after.hits > before.hits


FORKED = """
import os, string, sys
import matplotlib
from scevaluation.draw.letters import LETTERS
from scevaluation.draw.style import _font, rc
LETTERS.placed("0", _font(8.0, "bold"))
children = []
for n in range(6):
    child = os.fork()
    if not child:
        assert LETTERS.font.cache_info().currsize == 0
        for weight in ("bold", "normal", "semibold"):
            LETTERS.placed(string.ascii_letters[n:] + string.punctuation, _font(8.0, weight))
        os._exit(0)
    children.append(child)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_children_of_a_process_that_has_drawn_read_their_fonts_alone():
    assert subprocess.run([sys.executable, "-c", FORKED], check=False).returncode == 0


LINE, CURVE, MOVE, CLOSE = Path.LINETO, Path.CURVE3, Path.MOVETO, Path.CLOSEPOLY


def test_a_letters_outline_is_written_relative_in_whole_steps():
    points = [(8, 0), (8, 10), (22.5, 24), (33.5, 36), (0, 0)]
    assert outline(np.array(points), np.array([MOVE, LINE, CURVE, CURVE, CLOSE])) == "M8 0v10q14 14 26 26z"


def test_a_second_outline_of_a_letter_starts_where_it_says():
    points = [(0, 0), (5, 0), (0, 0), (10, 10), (10, 15), (0, 0)]
    assert outline(np.array(points), np.array([MOVE, LINE, CLOSE] * 2)) == "M0 0h5zM10 10v5z"


def test_a_blank_has_no_outline():
    assert outline(np.empty((0, 2)), np.empty(0)) == ""


def _marks(svg: str) -> int:
    """Marks that a picture draws by name; a word that stands once and is written often counts with all its letters."""
    words = {name: body.count("<use ") for name, body in re.findall(r'<g id="(\w+)">((?:<use [^>]*/>)+)</g>', svg)}
    drawn = re.sub(r'<g id="\w+">(?:<use [^>]*/>)+</g>', "", svg)
    return sum(words.get(name, 1) for name in re.findall(r'<use href="#(\w+)"', drawn))


def test_what_a_page_embeds_is_smaller_and_draws_as_much():
    with matplotlib.rc_context(rc("wide")):
        whole = svg(_paint())
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
        whole = svg(fig)
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
        small = embedded(svg(fig))
    x, y, r = (float(v) for v in re.search(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', small).groups())
    assert (x, 72 - y, r) == pytest.approx((36, 20, radius), abs=0.06)


def test_an_ellipse_stays_an_outline():
    fig = Figure(figsize=(1, 1))
    fig.add_artist(PathPatch(Path.unit_circle(), transform=Affine2D().scale(5, 4).translate(36, 20), clip_on=False))
    with matplotlib.rc_context(rc("wide")):
        assert "<circle" not in embedded(svg(fig))


def test_two_processes_embed_the_same_bytes(tmp_path):
    words = "".join(
        f'<g><use href="#g0" x="{x}"/><use href="#g1" x="{x + 50 + n % 2}"/><use href="#g2" x="{x + 101}"/></g>'
        for n, x in enumerate(range(0, 4000, 37))
    )
    letters = "".join(f'<path id="g{n}" d="M{n} 0h9v9z"/>' for n in range(3))
    (tmp_path / "one.svg").write_text(f'<svg width="9"><defs>{letters}</defs>{words}</svg>')
    code = "import sys; from scevaluation.draw.embed import embedded; print(embedded(open(sys.argv[1]).read()))"
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
