"""The look: palette, font, sizes, and the marks every chart shares."""

from __future__ import annotations

import logging
import warnings
from functools import cache
from importlib import resources
from importlib.util import find_spec

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, ScaledTranslation

from scevaluation.draw.embed import address
from scevaluation.draw.letters import LETTERS
from scevaluation.draw.sealed import sealed

INK, INK2, MUTED, LINE = "#16222D", "#44525F", "#5F6D7A", "#123F5A"
UP, DOWN, FLAT = "#0067A3", "#B0440F", "#66645F"
CONTEXT, GRID, RULE, BAND, PANDEMIC = "#CBD4DB", "#E1E7EC", "#C3CCD4", "#EFF3F6", "#D9C7A8"
LEVELS = ("#F4F1E4", "#CFE0DD", "#8FBFC6", "#4C92A8", "#1F6685", "#0C3B57")
LEVEL_MAP = LinearSegmentedColormap.from_list("level", LEVELS)
SMALLEST = 6.9  # points; nothing on a chart is written smaller
WIDE, PHONE = 7.09, 3.42
TOTAL = {"wide": WIDE, "phone": PHONE}  # inches
BASE = {"wide": 8.0, "phone": 9.5}
FAMILY, FALLBACK = "Source Sans Pro", "DejaVu Sans"
HUE = {"improving": UP, "stagnant": FLAT, "declining": DOWN, "inconclusive": INK2, "too_little_data": INK2}
ANGLE = {"improving": 90, "likely_improving": 38, "stagnant": 0, "likely_stagnant": 0}
ANGLE |= {"declining": -90, "likely_declining": -38}
# An arrow pointing right in a box of -1..1: shaft and head as one outline.
ARROW = ((-0.95, -0.17), (0.15, -0.17), (0.15, -0.62), (0.95, 0.0), (0.15, 0.62), (0.15, 0.17), (-0.95, 0.17))


@cache
def family() -> str:
    """The font's name once it is registered; DejaVu Sans, with a warning, where its package is not installed."""
    # DejaVu Sans has no semibold; that its bold stands in needs no message for every text.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    if find_spec("font_source_sans_pro") is None:
        warnings.warn("The package font-source-sans-pro is not installed; charts fall back to DejaVu Sans.", stacklevel=2)
        return FALLBACK
    folder = resources.files("font_source_sans_pro") / "files"
    known = font_manager.fontManager.ttflist
    before = len(known)
    for weight in ("Regular", "Semibold", "Bold"):
        with resources.as_file(folder / f"SourceSansPro-{weight}.ttf") as path:
            font_manager.fontManager.addfont(str(path))
    # Before a font of the same name that the system has, perhaps of another edition.
    known[:] = known[before:] + known[:before]
    return FAMILY


def rc(layout: str) -> dict:
    """matplotlib settings of a layout, "wide" or "phone"; they also hold while saving, for the same bytes each time."""
    base = BASE[layout]
    out = {"font.family": [family(), FALLBACK], "font.size": base, "text.color": INK}
    out |= {"axes.labelcolor": INK2, "axes.edgecolor": RULE, "axes.linewidth": 0.6, "axes.axisbelow": True}
    out |= {f"axes.spines.{side}": False for side in ("top", "right", "left")}
    out |= {"xtick.color": RULE, "xtick.labelcolor": INK2, "xtick.labelsize": base - 0.5}
    out |= {"ytick.color": RULE, "ytick.labelcolor": MUTED, "ytick.labelsize": base - 0.8}
    out |= {"xtick.major.size": 2.5, "xtick.major.width": 0.6, "ytick.major.size": 0}
    return out | {"lines.solid_capstyle": "round", "hatch.linewidth": 0.5}


def hue(direction: str) -> str:
    """Colour of a verdict."""
    return HUE[direction.removeprefix("likely_")]


def mark(ax: Axes, direction: str, x: float, y: float, size: float = 4.0, transform=None) -> None:
    """Draw a verdict's mark at (x, y) of `transform`, `size` points half wide: an arrow by angle, or a hollow circle."""
    at = ScaledTranslation(x, y, transform or ax.transData)  # type: ignore[arg-type]  # the stub knows no other transform
    scale, look = Affine2D().scale(size / 72), {"facecolor": hue(direction), "lw": 0}
    if direction in ANGLE:
        shape, place = Path([*ARROW, ARROW[0]], closed=True), Affine2D().rotate_deg(ANGLE[direction]) + scale
    else:
        shape, place, look = Path.unit_circle(), scale.scale(0.72), {"fill": False, "edgecolor": hue(direction), "lw": 1.1}
    place = place + ax.figure.dpi_scale_trans + at
    ax.add_artist(PathPatch(shape, transform=place, clip_on=False, gid=f"mark-{direction}", **look))


def mark_svg(direction: str) -> str:
    """The mark as a small SVG picture's data address, for tables and headings."""
    if direction not in ANGLE:
        shape = f'<circle r="0.66" fill="none" stroke="{hue(direction)}" stroke-width="0.24"/>'
    else:
        points = " ".join(f"{x:g},{-y:g}" for x, y in ARROW)
        shape = f'<polygon points="{points}" fill="{hue(direction)}" transform="rotate({-ANGLE[direction]})"/>'
    return address(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 2 2" width="16" height="16">{shape}</svg>')


def mark_html(direction: str) -> str:
    """The mark as an <img>; its meaning stands beside it as a word, so its alt is empty."""
    return f'<img class="mark" src="{mark_svg(direction)}" alt="" width="16" height="16">'


def ink_on(color) -> str:
    """Black or white, whichever stands out more on `color`."""
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(color))
    luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return "#FFFFFF" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "#000000"


def spread(wanted, gap: float, low: float, high: float) -> np.ndarray:
    """Positions near `wanted` (sorted by it), at least `gap` apart, within low..high where there is room."""
    wanted = np.asarray(wanted, float)
    order = np.argsort(wanted, kind="stable")
    out = np.clip(wanted[order], low, high)
    for i in range(1, len(out)):
        out[i] = max(out[i], out[i - 1] + gap)
    if len(out) and out[-1] > high:
        out[-1] = high
        for i in range(len(out) - 2, -1, -1):
            out[i] = min(out[i], out[i + 1] - gap)
    return out[np.argsort(order)]


@cache
def _font(size: float, weight: str) -> font_manager.FontProperties:
    with sealed():
        return font_manager.FontProperties(family=[family(), FALLBACK], size=size, weight=weight)


@cache
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of one line of text in inches, as it will be drawn."""
    return LETTERS.measure(text, _font(size, weight))[0] / 72 if text else 0.0


@cache
def _letters() -> frozenset[int]:
    """Code points that the fonts have."""
    faces = {font_manager.findfont(font_manager.FontProperties(family=name)) for name in (family(), FALLBACK)}
    return frozenset(code for face in faces for code in font_manager.get_font(face).get_charmap())


def drawable(text: str) -> str:
    """Text with the mark of an unknown letter in place of what no font here can draw."""
    return "".join(c if ord(c) in _letters() or c == "\n" else "\ufffd" for c in text)


def fit(text: str, width: float, size: float, weight: str = "normal", lines: int = 2) -> str:
    """Text broken by measure into at most `lines` lines of `width` inches; what has no room ends in an ellipsis.

    The full text stands in the rows behind the chart.
    """

    def cut(line: str) -> str:
        while line and text_width(line + "\u2026", size, weight) > width:
            line = line[:-1]
        return line.rstrip() + "\u2026"

    out: list[str] = []
    words = drawable(text).split()
    while words:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size, weight) <= width:
            line += " " + words.pop(0)
        if len(out) == lines - 1 and words:
            out.append(cut(" ".join([line, *words])))
            break
        out.append(line if text_width(line, size, weight) <= width else cut(line))
    return "\n".join(out)


def write(ax: Axes, x, y, text: str, size: float, color=INK2, ha="left", va="baseline", by=None, **more):
    """One text at (x, y) of the axes' data, or of `transform`, moved by points right and up; `size` in points."""
    font = _font(size, more.pop("weight", "normal"))
    if by:
        shift = ScaledTranslation(by[0] / 72, by[1] / 72, ax.figure.dpi_scale_trans)
        more["transform"] = more.get("transform", ax.transData) + shift
    return ax.text(x, y, text, color=color, horizontalalignment=ha, verticalalignment=va, fontproperties=font, **more)


@cache
def outline(text: str, size: float, weight: str = "normal") -> tuple[str, float]:
    """Text as an SVG outline in pixels with its foot at zero, and its width: for small pictures that carry no font."""
    with sealed():
        points, codes = text_to_path.get_text_path(_font(size, weight), text)
    scale = size / text_to_path.FONT_SCALE
    letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}
    out = []
    for part, code in Path(points, codes).iter_segments(simplify=False, curves=True):
        places = (part.reshape(-1, 2) * (scale, -scale)).tolist() if code != Path.CLOSEPOLY else []
        out.append(letters[code] + "".join(f"{x:.1f} {y:.1f} " for x, y in places))
    return "".join(out).replace(" Z", "Z").strip(), text_width(text, size, weight) * 72
