"""Small SVG: in a browser it looks as matplotlib's own; what stands in it, said line by line."""

import hashlib
import io
import re
import xml.etree.ElementTree as ET
from itertools import pairwise, product

import matplotlib
import numpy as np
import pytest
from chart_data import make
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.path import Path
from PIL import Image

from scevaluation.draw.axes import Panel
from scevaluation.draw.panels import axes_at, canvas
from scevaluation.draw.style import mark, rc, write
from scevaluation.draw.svg import svg
from scevaluation.press import browser_gates

HOSTILE = '--><script>alert("1")</script><!-- & \u2013 <b>'


@pytest.fixture(autouse=True)
def look():
    with matplotlib.rc_context(rc("wide")):
        yield


def figure(width: float = 2, height: float = 1) -> tuple[Figure, Axes]:
    """An empty figure whose axes fill it, on 0..144 by 0..72 points."""
    fig = Figure(figsize=(width, height))
    ax = fig.add_axes((0, 0, 1, 1), axes_class=Panel)
    ax.set_axis_off()
    ax.set_xlim(0, width * 72)
    ax.set_ylim(0, height * 72)
    ax.patch.set_visible(False)
    fig.patch.set_visible(False)
    return fig, ax


def drawn(fig: Figure) -> list[str]:
    """Lines of what was drawn, without the head and the definitions."""
    lines = svg(fig).splitlines()
    return lines[lines.index("</defs>") + 1 : -1]


def test_lines_of_a_text_stand_equally_far_apart_whatever_their_tails():
    for angle in (0, 58):
        fig, ax = figure()
        write(ax, 40, 30, "sekolah\n(gypsum) Q\nxx\nluas", 8, linespacing=0.92, rotation=angle)
        places = [tuple(map(float, p)) for p in re.findall(r"translate\(([-\d.]+) ([-\d.]+)\)", "".join(drawn(fig)))]
        assert len(places) == 4
        steps = [np.hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places)]
        assert max(steps) - min(steps) < 0.02


# As matplotlib's own


def everything() -> Figure:
    fig = canvas("wide", 3)
    fig.set_facecolor("white")
    ax = axes_at(fig, 0.5, 0.3, 6, 2.4)
    ax.set_xlim(0, 10)
    ax.set_ylim(0, 10)
    ax.set_xticks([0, 5, 10], ["nol", "lima", "sepuluh"])
    x = np.arange(11.0)
    ax.plot(x, np.where(x == 4, np.nan, x), color="#0067A3", lw=2, gid="gap")
    ax.plot(x, 14 - 1.5 * x, color="#B0440F", ls=(0, (3, 2)), lw=1.2, alpha=0.5)
    ax.plot(x, 5 + 0.1 * x, "o", ms=5, mfc="white", mec="#16222D", mew=1.1, clip_on=False)
    ax.plot(x, 4 + 0.1 * x, "^", ms=6, color="#66645F")
    ax.plot([3], [9.9], "s", ms=9, color="#66645F")
    ax.scatter(x, 8 + 0.1 * x, s=9 + 3 * x, c=["#0067A3", "#B0440F"] * 5 + ["#16222D"], lw=0.5, edgecolors="white")
    ax.vlines([2, 6, 12], 1, 3, color="#16222D", alpha=0.4, lw=3)
    ax.fill_between(x, 1, 2 + np.sin(x), color="#123F5A", alpha=0.2, lw=0)
    ax.axvspan(7, 8, facecolor="none", edgecolor="#D9C7A8", hatch="////", lw=0)
    ax.barh(6.5, 4, height=0.8, left=1, facecolor="#EFF3F6", edgecolor="#123F5A", hatch="\\\\\\")
    ax.add_patch(Circle((5, 5), 1.2, facecolor="none", edgecolor="#B0440F"))
    ax.add_collection(LineCollection([[(0, 9), (3, 9.5), (12, 9)], [(1, 8), (2, 8.5)]], color="#CBD4DB", capstyle="round"))
    for n, direction in enumerate(("improving", "likely_declining", "inconclusive", "stagnant")):
        mark(ax, direction, 1 + n, 3.4)
    write(ax, 5, 5, "dua\nbaris", 9, "#16222D", "center", "center", weight="bold", linespacing=1.3)
    write(ax, 9.8, 1, "miring, 2,5 \u2013 a\u0301", 12, "#B0440F", "right", "bottom", rotation=30)
    write(ax, 9.9, 9, "terpotong di tepi", 10, "#0067A3", "left", "top", clip_on=True)
    write(
        ax, 6, 7, "berlatar", 8, "#000000", "left", bbox={"facecolor": "#FFFFFF", "edgecolor": "#C3CCD4", "pad": 2}, alpha=0.6
    )
    return fig


FIGURES = {
    "everything": lambda layout: everything(),
    "trends": lambda layout: make("trends").paint(layout),
    "heatmap": lambda layout: make("heatmap").paint(layout),
}


def stock(fig: Figure) -> str:
    out = io.StringIO()
    FigureCanvasSVG(fig)
    fig.savefig(out, format="svg", metadata={"Date": None}, facecolor="white")
    return out.getvalue().partition("<!DOCTYPE")[2].partition(">")[2]


@pytest.fixture(scope="module")
def tab():
    with browser_gates.browser() as on:
        yield on.new_page(viewport={"width": 800, "height": 900}, device_scale_factor=2)


@pytest.mark.parametrize(("name", "layout"), list(product(FIGURES, ("wide", "phone"))))
def test_in_a_browser_it_looks_as_matplotlibs_own(tab, name, layout):
    def seen(text: str) -> np.ndarray:
        tab.set_content(f'<body style="margin:0">{text}</body>')
        return np.asarray(Image.open(io.BytesIO(tab.locator("svg").first.screenshot())).convert("RGB"), int)

    with matplotlib.rc_context(rc(layout)):
        ours, other = svg(FIGURES[name](layout)), stock(FIGURES[name](layout))
    a, b = seen(ours), seen(other)
    assert a.shape == b.shape
    # Tenths of a point move the grey of an edge; a lost, moved or miscoloured mark is many dots that differ much.
    assert (np.abs(a - b).max(axis=2) > 80).sum() <= 10
    assert len(ours) < 0.5 * len(other)


def test_axes_without_idle_parts_draw_what_matplotlibs_own_draw():
    def paint(kind, limits) -> str:
        fig = Figure(figsize=(4, 3))
        ax = fig.add_axes((0.15, 0.15, 0.8, 0.8), axes_class=kind)
        if limits:
            ax.set_xlim(-1, 3)
            ax.set_ylim(0, 4)
        ax.tick_params(axis="x", pad=4, labelcolor="#B0440F")
        ax.set_xticks([0, 1, 2], ["2021", "2022", "2023"])
        ax.set_yticks([])
        ax.plot([0, 1, 2], [1, 3, 2])
        ax.plot([0, 1], [2, 2], "s", ms=4, mfc="white", mec="black")
        ax.add_patch(Rectangle((0.5, 0.5), 1, 1))
        ax.hlines([1, 2], 0, 2)
        ax.text(1, 2, "dua\nbaris", ha="right", va="center", linespacing=1.3, rotation=20)
        ax.text(1, 2.5, "dalam bingkai", bbox={"facecolor": "white", "pad": 2}, clip_on=True)
        return svg(fig)

    for limits in (True, False):
        assert paint(Panel, limits) == paint(Axes, limits) == paint(Panel, limits)


# Line by line


def test_a_line_is_one_outline_in_tenths_of_a_point():
    fig, ax = figure()
    ax.plot([3.04, 10, 120], [4, 70, np.float64(60.06)], color="#112233", lw=2, gid="line", solid_capstyle="butt")
    assert drawn(fig) == [
        '<g id="line">',
        '<path d="M3 68L10 2L120 11.9" clip-path="url(#p0)" style="fill:none;stroke:#112233;stroke-width:2"/>',
        "</g>",
    ]


def test_what_is_well_inside_its_frame_is_not_cut():
    fig, ax = figure()
    ax.plot([10, 20], [10, 20])
    assert "clip" not in svg(fig)
    ax.plot([10, 200], [10, 20])
    assert svg(fig).count('clip-path="url(#p0)"') == svg(fig).count('<clipPath id="p0">') == 1


def test_a_group_that_nothing_is_drawn_in_is_not_written():
    fig, ax = figure()
    ax.add_collection(LineCollection([], gid="none"))
    ax.plot([], [], gid="empty")
    assert drawn(fig) == []


def test_negative_and_tiny_numbers_survive():
    fig, ax = figure()
    ax.add_patch(Polygon([(-0.001, 72), (-12.54, 72.001), (1e-05, 40)], clip_on=False))
    assert re.search(r'd="([^"]+)"', svg(fig))[1] == "M0 0H-12.5L0 32z"


def test_marks_share_one_outline():
    fig, ax = figure()
    ax.plot([20, 40], [30, 30], "o", ms=6, color="#0067A3", gid="dot")
    ax.scatter([60, 80], [30, 40], s=36, color="#B0440F", lw=0, gid="many")
    text = svg(fig)
    uses = re.findall(r'<use href="#(m\d)" x="([\d.]+)" y="([\d.]+)"', text)
    assert [(x, y) for _, x, y in uses] == [("60", "42"), ("80", "32"), ("20", "42"), ("40", "42")]
    assert len({name for name, _, _ in uses}) == len(re.findall('<circle r="[\\d.]+" id="m', text)) <= 2


def test_dashes_alpha_and_joins_are_said_once_each():
    fig, ax = figure()
    ax.plot([10, 20], [10, 20], color="#0067A3", zorder=0, alpha=0.5, lw=1, ls=(0, (3, 2)), dash_capstyle="butt")
    ax.add_patch(Rectangle((30, 30), 10, 10, facecolor=(1, 0, 0, 0.25), edgecolor="#112233", lw=1))
    first, second = re.findall(r'style="([^"]+)"', "\n".join(drawn(fig)))
    assert first == "fill:none;stroke-dasharray:3,2;stroke:#0067a3;stroke-opacity:0.5"
    assert second == "fill:#ff0000;fill-opacity:0.25;stroke:#112233;stroke-linejoin:miter"


def test_a_hatch_is_a_pattern_of_its_colour():
    fig, ax = figure()
    ax.add_patch(Rectangle((30, 30), 10, 10, facecolor="none", edgecolor="#D9C7A8", hatch="////", lw=0))
    text = svg(fig)
    assert '<pattern id="h0"' in text and "stroke:#d9c7a8" in text and 'style="fill:url(#h0)"' in text


def test_hostile_texts_and_names_stay_texts():
    fig, ax = figure()
    ax.text(10, 10, HOSTILE, fontsize=8, gid='a"><script>')
    root = ET.fromstring(svg(fig))
    assert {e.tag.split("}")[1] for e in root.iter()} <= {"svg", "defs", "path", "g", "use"}
    assert "script>" not in "".join(re.sub(r"<!--.*?-->", "", svg(fig), flags=re.DOTALL).split("id=")[0])


def test_a_dollar_is_a_dollar_and_no_formula():
    fig, ax = figure()
    ax.text(10, 10, r"$5 juta dan \frac $6 juta", fontsize=8)
    assert r"<!-- $5 juta dan \frac $6 juta -->" in svg(fig)


def test_letters_are_defined_once_and_placed_in_steps():
    fig, ax = figure()
    ax.text(10, 10, "aa", fontsize=10, color="#112233")
    ax.text(10, 30, "a", fontsize=20)
    text = svg(fig)
    assert text.count('<path id="g') == 1 and text.count('<use href="#g0"') == 3
    assert 'transform="translate(10 62) scale(0.05 -0.05)"' in text and 'translate(10 42) scale(0.1 -0.1)"' in text


def test_an_outline_cuts_as_a_frame_does():
    fig, ax = figure()
    for x in (20, 40):
        patch = ax.add_patch(Rectangle((x, 0), 10, 72, lw=0, facecolor="#112233"))
        patch.set_clip_path(Path([(0, 0), (60, 0), (30, 60)]), ax.transData)
    text = svg(fig)
    assert text.count('<clipPath id="p0"><path d="M0 72H60L30 12"/></clipPath>') == 1
    assert text.count(' clip-path="url(#p0)"') == 2


def test_every_version_of_matplotlib_from_the_lowest_declared_on_gives_the_same_text():
    # Up to 3.10 texts were laid out by other heights. Where a version changes pictures, look at them, then at this hash.
    text = svg(everything())
    assert text == svg(everything())
    assert hashlib.sha256(text.encode()).hexdigest() == "27317bb316e60946809be8357f0c4b46bd0f8ac4eceb385f3ddcb191728623e0"
