"""Lanes: a chart of rows, each with its label left of the plot (wide) or above it (phone), and a word at its right end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scevaluation.charts.style import BASE, GRID, INK, INK2, MUTED, PHONE, RULE, SMALLEST, WIDE, axes_at, canvas, fit, write

MARGIN, GUTTER = 0.06, 0.12  # inches: around the figure, between label and plot


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
    """The drawn rows: axes with inches downwards as y, middle and plotted part of each row, and inches of one unit of x."""

    fig: Figure
    ax: Axes
    y: list[float]
    parts: list[tuple[float, float]]
    base: float
    unit: float
    wide: bool


@dataclass(frozen=True)
class _Row:
    lane: Lane
    label: str
    right: str
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
        Inches for the labels (wide only), and for the words at the right end.
    row : float
        Height of the plotted part of a row, inches.
    axis : float
        Inches over the first row for the numbers of the axis.
    """
    base, wide = BASE[layout], layout == "wide"
    end = right if wide else right_phone
    room = left - GUTTER if wide else PHONE - 2 * MARGIN
    sized = [_sized(lane, room, end - GUTTER, base, wide, row) for lane in rows]
    top, height = above + axis, sum(r.height for r in sized) or 0.01
    fig = canvas(layout, top + height + 0.08)
    start, width = (left, WIDE - left - end) if wide else (MARGIN, PHONE - MARGIN - end)
    ax = axes_at(fig, start, top, width, height)
    ax.set_xlim(*span)
    ax.set_ylim(height, 0)
    ax.set_axis_off()
    unit = width / (span[1] - span[0])
    view = Lanes(fig, ax, [], [(0.0, height)] if wide else [], base, unit, wide)
    at = 0.0
    for r in sized:
        view.y.append(_write(view, r, at, span, (start, end)))
        at += r.height
        if not wide and not r.lane.head:
            view.parts.append((2 * view.y[-1] - at + 0.04, at))
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


def _sized(lane: Lane, room: float, end: float, base: float, wide: bool, row: float) -> _Row:
    weight = "bold" if lane.bold or lane.head else "normal"
    size = base if wide or lane.head else base - 0.6
    line = size * 1.17 / 72
    label = fit(lane.label, room if not lane.head or not wide else room + 2, size, weight)
    small, thick = max(base - 0.4, SMALLEST), "bold" if lane.bold else "normal"
    right = "\n".join(fit(part, end, small, thick) for part in lane.right.split("\n")) if lane.right else ""
    count = label.count("\n") + 1
    if lane.head:
        return _Row(lane, label, right, line * count + 0.14)
    beside = max(row, line * max(count if wide else 1, right.count("\n") + 1) + 0.06)
    return _Row(lane, label, right, beside if wide else beside + line * count + 0.02)


def _write(view: Lanes, r: _Row, at: float, span, sides: tuple[float, float]) -> float:
    """Write a row's texts; return the middle of its plot."""
    ax, base, unit, lane = view.ax, view.base, view.unit, r.lane
    size = base if view.wide or lane.head else base - 0.6
    weight = "bold" if lane.bold or lane.head else "normal"
    start, end = sides
    edge = span[0] - (start - MARGIN) / unit if view.wide else span[0]
    if lane.head:
        write(ax, edge, at + r.height - 0.04, r.label, size, INK, "left", "bottom", weight=weight, linespacing=0.95, gid="head")
        return at + r.height / 2
    lines = (r.label.count("\n") + 1) * size * 1.17 / 72 if not view.wide else 0.0
    middle = at + (r.height + lines) / 2
    more = {"weight": weight, "linespacing": 0.95, "gid": "row"}
    if view.wide:
        write(ax, edge, middle, r.label, size, INK, "left", "center", **more)
    else:
        write(ax, edge, at + 0.03, r.label, size, INK, "left", "top", **more)
    if r.right:
        small = max(base - 0.4, SMALLEST)
        x = span[1] + (end - MARGIN) / unit
        write(ax, x, middle, r.right, small, lane.color, "right", "center", linespacing=1.05, weight=weight, gid="right")
    if lane.ruled:
        ax.plot([edge, span[1] + (end - MARGIN) / unit], [at + r.height] * 2, color=INK, lw=0.8, clip_on=False, gid="rule")
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
