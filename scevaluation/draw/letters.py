"""Text of charts as outlines, each text laid out once: the two layouts and many reports share what they say.

matplotlib lays a text out anew at every measuring and drawing, which is two thirds of the time of a chart. Outlines are
laid out at one size and scaled, so what was laid out for one picture serves all.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from scevaluation.draw.sealed import sealed

SCALE = text_to_path.FONT_SCALE
STEPS = 200  # a font's size in steps of its outlines' grid; two are a quarter of a printer's dot at 12 points


class Letters:
    """matplotlib's text as outlines, remembered by font and text."""

    def __init__(self):
        self.measured = lru_cache(maxsize=20_000)(self._measured)
        self.laid_out = lru_cache(maxsize=20_000)(self._laid_out)
        self.font = lru_cache(maxsize=64)(self._font)
        self.outlines: dict[str, str] = {}

    def _font(self, families: tuple[str, ...], style: Any, weight) -> FT2Font:
        with sealed():
            faces = [font_manager.FontProperties(family=[name], style=style, weight=weight) for name in families]
            return font_manager.get_font([font_manager.findfont(face) for face in faces])

    def _sized(self, *face) -> FT2Font:
        """The font at the outlines' size, which others who share it change."""
        font = self.font(*face)
        font.set_size(SCALE, text_to_path.DPI)
        return font

    def _measured(self, text: str, *face) -> tuple[float, float, float]:
        font = self._sized(*face)
        font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
        width, height = font.get_width_height()
        return width / 64, height / 64, font.get_descent() / 64

    def measure(self, text: str, prop) -> tuple[float, float, float]:
        """Width, height and depth below the line of a text, in points."""
        scale = prop.get_size_in_points() / SCALE
        width, height, depth = self.measured(text, *_face(prop))
        return width * scale, height * scale, depth * scale

    def _laid_out(self, text: str, *face) -> tuple[tuple[str, str], ...]:
        info, outlines, _ = text_to_path.get_glyphs_with_font(self._sized(*face), text)
        grid = STEPS / SCALE
        self.outlines |= {n: outline(v * grid, codes) for n, (v, codes) in outlines.items() if n not in self.outlines}
        places = [(name, round(x * grid), round(y * grid)) for name, x, y, _ in info]
        return tuple((name, (f' x="{x}"' if x else "") + (f' y="{y}"' if y else "")) for name, x, y in places)

    def placed(self, text: str, prop) -> tuple[tuple[str, str], ...]:
        """Letters of a text, each a name in `outlines` and the attributes that place it, in steps of the grid."""
        return self.laid_out(text, *_face(prop))


def _face(prop) -> tuple:
    return tuple(prop.get_family()), prop.get_style(), prop.get_weight()


LETTERS = Letters()
# A font reads its letters from an open file, whose place a fork would share: children open their own, as matplotlib's do.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=LETTERS.font.cache_clear)


def outline(vertices: np.ndarray, codes: np.ndarray) -> str:
    """A letter's outline (points in steps, matplotlib's codes) for SVG, each point relative to the one before.

    Where a curve goes on as the one before ended, which TrueType outlines mostly do, only its end is written (`t`); the
    point of control that follows from it is at most one step away from where it was.
    """
    out: list[str] = []
    at, start = (0, 0), (0, 0)
    control: tuple[int, int] | None = None
    parts = _parts(vertices, codes)
    for (command, points), (after, ahead) in zip(parts, [*parts[1:], ("", [])], strict=False):
        if command == "Z":
            out.append("z")
            at, control = start, None
            continue
        ends = [(round(x), round(y)) for x, y in points]
        if command == "M":
            out.append(f"M{ends[0][0]} {ends[0][1]}")
            start = ends[0]
        elif command == "Q":
            follows = (2 * at[0] - control[0], 2 * at[1] - control[1]) if control else None
            smooth = follows is not None and _near(follows, points[0], 1)
            control = follows if smooth and follows else ends[0]
            middle = ((control[0] + ahead[0][0]) / 2, (control[1] + ahead[0][1]) / 2) if after == "Q" else points[1]
            ends[1] = (round(middle[0]), round(middle[1])) if _near(middle, points[1], 0.5) else ends[1]
            out.append(_moved("T" if smooth else "Q", ends[1:] if smooth else [control, ends[1]], at))
        else:
            out.append(_moved(command, ends, at))
        at, control = ends[-1], control if command == "Q" else None
    # A command's letter need not be said twice in a row.
    kept = [c if n == 0 or c[0] != out[n - 1][0] or c[0] in "Mz" else " " + c[1:] for n, c in enumerate(out)]
    return "".join(kept).replace(" -", "-")


def _parts(vertices: np.ndarray, codes: np.ndarray) -> list[tuple[str, list[tuple[float, float]]]]:
    """Commands of an outline with their points."""
    letter = {int(c): text for c, text in ((Path.MOVETO, "M"), (Path.LINETO, "L"), (Path.CURVE3, "Q"), (Path.CURVE4, "C"))}
    points, out, n = np.asarray(vertices, float).tolist(), [], 0
    while n < len(codes):
        code = int(codes[n])
        need = {"Q": 2, "C": 3}.get(letter.get(code, ""), 1)
        if code in letter:
            out.append((letter[code], [(x, y) for x, y in points[n : n + need]]))
        elif code == Path.CLOSEPOLY:
            out.append(("Z", []))
        n += need
    return out


def _near(a: tuple[float, float], b: tuple[float, float], far: float) -> bool:
    return abs(a[0] - b[0]) <= far and abs(a[1] - b[1]) <= far


def _moved(command: str, pairs: list[tuple[int, int]], at: tuple[int, int]) -> str:
    """A command with its points relative to where it starts; a level or upright line by its length alone."""
    (x, y), *more = [(x - at[0], y - at[1]) for x, y in pairs]
    if command == "L" and not more and 0 in (x, y):
        return f"h{x}" if y == 0 else f"v{y}"
    return command.lower() + " ".join(f"{x} {y}" for x, y in ((x, y), *more))
