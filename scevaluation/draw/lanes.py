"""Lanes: a chart of rows, each with its label left of the plot (wide) or above it (phone), and a word at its right end.

Labels and words get the inches they need, and the plot the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scevaluation.draw.style import (
    BASE,
    GRID,
    INK,
    INK2,
    MUTED,
    PHONE,
    RULE,
    SMALLEST,
    WIDE,
    axes_at,
    canvas,
    drawable,
    fit,
    text_width,
    write,
)

MARGIN, GUTTER = 0.06, 0.12  # inches: around the figure, between label and plot
LINES = 3  # of a label at most
LEAST = {"left": 1.2, "right": 0.5}  # inches beside the plot, however short the labels and words


@dataclass(frozen=True)
class Lane:
    """A row: its label, the lines at its right end with their colour, and whether it is a heading over rows."""

    label: str
    right: str = ""
    color: str = INK2
    bold: bool = False
    head: bool = False
    ruled: bool = False


@dataclass(frozen=True, eq=False)
class Lanes:
    """The drawn rows: axes with inches downwards as y, middle and plotted part of each row, and inches of one unit of x.

    `start` and `end` are the x of the first label's left and of the last word's right edge, `sides` the inches beside the plot.
    """

    fig: Figure
    ax: Axes
    y: list[float]
    parts: list[tuple[float, float]]
    base: float
    unit: float
    wide: bool
    start: float
    end: float
    sides: tuple[float, float]


@dataclass(frozen=True)
class _Row:
    lane: Lane
    label: str
    right: str
    under: bool
    height: float


def lanes(
    layout: str,
    rows: Sequence[Lane],
    span: tuple[float, float],
    *,
    left: float = 2.1,
    right: float = 1.0,
    right_phone: float = 1.0,
    above: float = 0.0,
    row: float = 0.25,
    axis: float = 0.22,
) -> Lanes:
    """Rows of labels with an empty plot over `span` beside them; `above` inches stay free over the axis for other panels.

    Parameters
    ----------
    layout : {"wide", "phone"}
    rows : sequence of Lane
    span : tuple of float
        Range of x.
    left, right, right_phone : float
        Most inches for the labels (wide only), and for the words at the right end; 0 on a phone puts these under the label.
    row : float
        Height of the plotted part of a row, inches.
    axis : float
        Inches over the first row for the numbers of the axis.
    """
    base, wide = BASE[layout], layout == "wide"
    left = _needed([(r.label, base, r.bold) for r in rows if not r.head], "left", left) if wide else MARGIN
    said = [(part, _small(base, wide), r.bold) for r in rows for part in r.right.split("\n")]
    end = _needed(said, "right", right if wide else right_phone)
    room = left - GUTTER if wide else PHONE - 2 * MARGIN
    sized = [_sized(lane, room, end - GUTTER, base, wide, row) for lane in rows]
    top, height = above + axis, sum(r.height for r in sized) or 0.01
    fig = canvas(layout, top + height + 0.08)
    end = max(end, MARGIN)
    width = (WIDE if wide else PHONE) - left - end
    ax = axes_at(fig, left, top, width, height)
    ax.set_xlim(*span)
    ax.set_ylim(height, 0)
    ax.set_axis_off()
    unit = width / (span[1] - span[0])
    edges = span[0] - (left - MARGIN) / unit, span[1] + (end - MARGIN) / unit
    view = Lanes(fig, ax, [], [(0.0, height)] if wide else [], base, unit, wide, *edges, (left, end))
    at = 0.0
    for r in sized:
        view.y.append(_write(view, r, at))
        at += r.height
        if not wide and not r.lane.head:
            view.parts.append((2 * view.y[-1] - at + (0.1 if r.under else 0.04), at))
    return view


def upright(view: Lanes, x: float, top: float = 0.0, bottom: float = np.inf, **line) -> None:
    """A line at x through the rows between two heights; on a phone it leaves out their labels."""
    parts = [(max(a, top), min(b, bottom)) for a, b in view.parts if a < bottom and b > top]
    if parts:
        view.ax.vlines([x] * len(parts), *zip(*parts, strict=True), **line)


def bars(view: Lanes, y, first, last, **line) -> None:
    """Level bars, one a row, with flat ends; rows without finite ends have none. All are one mark of `gid`."""
    y, first, last = (np.asarray(v, float) for v in (y, first, last))
    has = np.isfinite(first) & np.isfinite(last)
    if has.any():
        view.ax.hlines(y[has], first[has], last[has], **{"capstyle": "butt", **line})


def dots(view: Lanes, x, y, **marker) -> None:
    """Dots, one a place; places without a finite x have none. All are one mark of `gid`."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    has = np.isfinite(x)
    if has.any():
        view.ax.plot(x[has], y[has], **{"marker": "o", "ls": "none", "mew": 0, **marker})


def _needed(texts: list[tuple[str, float, bool]], side: str, most: float) -> float:
    """Inches that the widest of texts (with size, and whether bold) needs beside the plot."""
    widest = max((text_width(drawable(t), size, "bold" if bold else "normal") for t, size, bold in texts), default=0.0)
    return min(max(widest + GUTTER + MARGIN, LEAST[side]), most)


def _small(base: float, wide: bool) -> float:
    """Points of the words at the right end: those of a label on a phone."""
    return base - (0.4 if wide else 0.6)


def _sized(lane: Lane, room: float, end: float, base: float, wide: bool, row: float) -> _Row:
    weight = "bold" if lane.bold or lane.head else "normal"
    size = base if wide or lane.head else base - 0.6
    line = size * 1.17 / 72
    label = fit(lane.label, room if not lane.head or not wide else room + 2, size, weight, LINES)
    under, small = end <= 0, _small(base, wide)
    parts = [lane.right.replace("\n", " \u00b7 ")] if under else lane.right.split("\n")
    right = "\n".join(fit(part, room if under else end, small, weight, LINES) for part in parts) if lane.right else ""
    count, more = label.count("\n") + 1, right.count("\n") + 1 if right else 0
    if lane.head:
        return _Row(lane, label, right, under, line * count + 0.14)
    beside = max(row, line * max(count if wide else 1, 0 if under else more) + 0.06)
    above = 0.0 if wide else line * (count + under * more) + (0.07 if under else 0.02)
    return _Row(lane, label, right, under, above + beside)


def _write(view: Lanes, r: _Row, at: float) -> float:
    """Write a row's texts; return the middle of its plot."""
    ax, base, lane = view.ax, view.base, r.lane
    size, small = base if view.wide or lane.head else base - 0.6, _small(base, view.wide)
    weight, line = "bold" if lane.bold or lane.head else "normal", size * 1.17 / 72
    if lane.head:
        foot = at + r.height - 0.04
        write(ax, view.start, foot, r.label, size, INK, "left", "bottom", weight=weight, linespacing=0.95, gid="head")
        return at + r.height / 2
    above = 0.0 if view.wide else line * (r.label.count("\n") + 1)
    more = {"weight": weight, "linespacing": 0.95, "gid": "row"}
    below = line * (r.right.count("\n") + 1) - 0.05 if r.under and r.right else 0.0
    middle = at + (r.height + above + below) / 2
    if view.wide:
        write(ax, view.start, middle, r.label, size, INK, "left", "center", **more)
    else:
        write(ax, view.start, at + 0.03, r.label, size, INK, "left", "top", **more)
    words = {"linespacing": 0.95 if r.under else 1.05, "weight": weight, "gid": "right"}
    if r.under:
        write(ax, view.start, at + 0.03 + above, r.right, small, lane.color, "left", "top", **words)
    elif r.right:
        write(ax, view.end, middle, r.right, small, lane.color, "right", "center", **words)
    if lane.ruled:
        ax.plot([view.start, view.end], [at + r.height] * 2, color=INK, lw=0.8, clip_on=False, gid="rule")
    return middle


def axis_above(view: Lanes, ticks: Sequence[tuple[float, str]], title: str = "") -> None:
    """Numbers over the rows and light lines through them; `title` left of the numbers in the wide layout."""
    ax, size = view.ax, max(view.base - 0.8, SMALLEST)
    for x, text in ticks:
        upright(view, x, color=GRID, lw=0.7, zorder=0.1, gid="grid")
        write(ax, x, -0.05, text, size, MUTED, "center", "bottom", gid="tick")
    ax.plot(ax.get_xlim(), [0, 0], color=RULE, lw=0.6, zorder=0.2, clip_on=False)
    if title and view.wide:
        write(ax, ax.get_xlim()[0] - GUTTER / view.unit, -0.05, title, size, MUTED, "right", "bottom")
