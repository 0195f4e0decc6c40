"""What charts along years share: the calendar behind them, the ground below, and lines that stop where they must."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, ScaledTranslation

from scevaluation.draw.panels import inches
from scevaluation.draw.style import BAND, GRID, INK2, LINE, MUTED, PANDEMIC, RULE, SMALLEST, text_width, write


class Span(NamedTuple):
    """A time with its name, in decimal years; `kind` names its mark, a hatch where it is `long`, else a line."""

    start: float
    end: float
    name: str
    kind: str = ""
    long: bool = False


class Joined(NamedTuple):
    """How the values of a line hang together, as their places.

    Attributes
    ----------
    breaks : list of int
        Where another instrument begins.
    bridges, cuts : list of (int, int)
        Neighbours with a missing round between them, and those that are not comparable.
    runs : list of list of int
        What a solid line joins.
    """

    breaks: list[int]
    bridges: list[tuple[int, int]]
    cuts: list[tuple[int, int]]
    runs: list[list[int]]


def joined(values: np.ndarray, instruments: list[str], comparable: bool, near=None) -> Joined:
    """How values hang together by their `instruments` ("" unknown); `near` says of each whether the next follows at once."""
    known = [i for i, name in enumerate(instruments) if name]
    breaks = [b for a, b in pairwise(known) if instruments[a] != instruments[b]]
    seen = np.flatnonzero(np.isfinite(values)).tolist()
    out = Joined(breaks, [], [], [[i] for i in seen[:1]])
    for a, b in pairwise(seen):
        cut = not comparable and any(a < i <= b for i in breaks)
        if cut or b - a > 1 or not (near is None or near[a]):
            (out.cuts if cut else out.bridges).append((a, b))
            out.runs.append([])
        out.runs[-1].append(b)
    return out


def outline(x: np.ndarray, y: np.ndarray, join: Joined) -> np.ndarray:
    """The solid line as places, a row each, without a value between its runs."""
    hole = np.full((1, 2), np.nan)
    return np.vstack([np.empty((0, 2)), *(p for run in join.runs for p in (np.column_stack([x[run], y[run]]), hole))])


def line(ax: Axes, x: np.ndarray, y: np.ndarray, join: Joined) -> None:
    """Solid between rounds in a row; a thin bridge over a missing one; two strokes instead of a line into what is not comparable."""
    ax.plot(*outline(x, y, join).T, color=LINE, lw=1.9, solid_joinstyle="round", zorder=2, gid="line")
    for a, b in join.bridges:
        ax.plot(x[[a, b]], y[[a, b]], color=LINE, lw=0.9, ls=(0, (2, 1.6)), zorder=2, gid="bridge")
    for a, b in join.cuts:
        _broken(ax, (x[a] + x[b]) / 2, (y[a] + y[b]) / 2)


def new_instruments(ax: Axes, x: np.ndarray, join: Joined) -> None:
    """A short line at the foot before each round that begins a new instrument."""
    for i in join.breaks:
        at = (x[i - 1] + x[i]) / 2
        ax.plot([at, at], [0, 0.07], transform=ax.get_xaxis_transform(), color=INK2, lw=1.2, zorder=3, gid="new-instrument")


def _broken(ax: Axes, x: float, y: float) -> None:
    at = ScaledTranslation(x, y, ax.transData)  # type: ignore[arg-type]  # any transform will do, whatever the stub says
    strokes = Path([(-2.4, -3), (-0.4, 3), (0.4, -3), (2.4, 3)], [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO])
    place = Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans + at
    ax.add_artist(PathPatch(strokes, fill=False, edgecolor=INK2, lw=1, transform=place, clip_on=False, zorder=3, gid="break"))


def ground(ax: Axes, ticks: list[tuple[float, str]], years: list[tuple[float, str]], base: float, drop=0.055, **look) -> None:
    """Level lines with their numbers above them at the left, the line at the foot, and texts `drop` inches below it.

    `look` is of the numbers; `base` is the layout's size in points.
    """
    (first, last), (low, high), tall = ax.get_xlim(), ax.get_ylim(), inches(ax)[1]
    ax.hlines([t for t, _ in ticks], first, last, color=GRID, lw=0.7, zorder=0.2)
    for t, text in ticks:
        write(ax, first, t + 0.02 * (high - low) / tall, text, max(base - 0.8, SMALLEST), MUTED, "left", "bottom", **look)
    ax.plot([first, last], [low] * 2, color=RULE, lw=1.1, zorder=0.3, clip_on=False)
    for x, text in years:
        write(ax, x, -drop / tall, text, base - 0.5, INK2, "center", "top", transform=ax.get_xaxis_transform())


def shade_cycles(ax: Axes, cycles: list[Span], first: float, last: float, size: float = SMALLEST, named: bool = False) -> None:
    """Light bands for every other cycle within first..last; `named` writes at the top what fits into a band."""
    a, b = ax.get_xlim()
    unit, place = inches(ax)[0] / (b - a), ax.get_xaxis_transform()
    for n, cycle in enumerate(cycles):
        start, end = max(cycle.start, first), min(cycle.end, last)
        if end <= start:
            continue
        if n % 2 == 0:
            ax.axvspan(start, end, color=BAND, lw=0, zorder=0, gid="cycle")
        if named and text_width(cycle.name, size) + 0.06 < (end - start) * unit:
            box = {"facecolor": "white" if n % 2 else BAND, "edgecolor": "none", "pad": 0.6}
            write(ax, start + 0.03 / unit, 0.985, cycle.name, size, INK2, "left", "top", transform=place, zorder=0.7, bbox=box)


def shade_events(ax: Axes, events: list[Span], first: float, last: float, size: float, named: bool = False) -> None:
    """Long events hatched, others as dotted lines; `named` writes at the foot what has room."""
    place = ax.get_xaxis_transform()
    a0, b0 = ax.get_xlim()
    unit = inches(ax)[0] / (b0 - a0)
    taken: list[tuple[float, float]] = []
    for event in events:
        a, b = max(event.start, first), min(event.end, last)
        if b < a:
            continue
        wide, ground = text_width(event.name, size) / unit, None
        if event.long:
            ax.axvspan(a, b, facecolor="none", edgecolor=PANDEMIC, hatch="////", lw=0, zorder=0.5, gid=event.kind)
            x, align, box = (a + b) / 2, "center", (a + b - wide) / 2
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        else:
            ax.axvline(a, color=MUTED, lw=0.8, ls=(0, (1, 1.6)), zorder=0.6, gid=event.kind)
            right = a > (first + last) / 2
            x, align = a + (-0.025 if right else 0.025) / unit, "right" if right else "left"
            box = x - wide if right else x
        if named and all(box > hi or box + wide < lo for lo, hi in taken):
            taken.append((box - 0.02 / unit, box + wide + 0.02 / unit))
            write(ax, x, 0.02, event.name, size, INK2, align, "bottom", transform=place, bbox=ground, zorder=1.6)
