"""Rows of a dot with its interval on a shared axis: what the service qualities and the satisfaction elements have in common."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scevaluation.charts.style import (
    BAND,
    BASE,
    GRID,
    INK,
    INK2,
    LINE,
    MUTED,
    PHONE,
    RULE,
    SMALLEST,
    WIDE,
    axes_at,
    canvas,
    fit,
    hue,
    mark,
    write,
)


@dataclass(frozen=True)
class Dot:
    """One row: where its dot, interval and earlier dot stand (NaN: none), and what is written beside them.

    `value_text` is bold at the right, `range_text` under or beside it, `change_text` in a column of its own with the mark of
    `direction` ("" for none); `bold` marks a row that sums up the others.
    """

    label: str
    count: str
    value: float
    low: float
    high: float
    value_text: str
    range_text: str = ""
    before: float = float("nan")
    change_text: str = ""
    direction: str = ""
    bold: bool = False


@dataclass(frozen=True)
class Rows:
    """Rows and their axis: ticks with texts, named bands (from, to, name), a header for the values and one for the changes."""

    dots: list[Dot]
    low: float
    high: float
    ticks: list[tuple[float, str]]
    bands: list[tuple[float, float, str]] = field(default_factory=list)
    head: str = ""
    change_head: str = ""


def paint(layout: str, rows: Rows) -> Figure:
    """The figure of one layout."""
    wide, base = layout == "wide", BASE[layout]
    height, top = (0.36, 0.36) if wide else (0.6, 0.36)
    if rows.bands:
        top += 0.17
    changes = any(d.change_text for d in rows.dots)
    fig = canvas(layout, top + height * len(rows.dots) + 0.06)
    left, right = (2.62, 2.2 if changes else 1.15) if wide else (0.04, 0.92)
    ax = axes_at(fig, left, top, (WIDE if wide else PHONE) - left - right, height * len(rows.dots))
    _axis(ax, rows, base, changes, wide)
    for i, dot in enumerate(rows.dots):
        y = i + (0.5 if wide else 0.72)
        _marks(ax, dot, y, wide)
        _texts(ax, dot, i, y, base, wide)
    return fig


def _x(ax: Axes, inches: float) -> float:
    """A distance in inches as a share of the axes' width."""
    return inches / (ax.get_position().width * ax.figure.get_size_inches()[0])


def _axis(ax: Axes, rows: Rows, base: float, changes: bool, wide: bool) -> None:
    count, small = len(rows.dots), max(base - 0.8, SMALLEST)
    ax.set_xlim(rows.low, rows.high)
    ax.set_ylim(count, 0)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines["bottom"].set_visible(False)
    row = 0.36 if wide else 0.6
    for n, (a, b, name) in enumerate(rows.bands):
        a, b = max(a, rows.low), min(b, rows.high)
        if b > a:
            if n % 2 == 0:
                ax.axvspan(a, b, color=BAND, lw=0, zorder=0, gid="band")
            write(ax, (a + b) / 2, -0.24 / row, name, base, INK2, "center", "bottom", weight="bold", gid="band-name")
    for tick, text in rows.ticks:
        ax.axvline(tick, color=RULE if rows.bands else GRID, lw=0.8, zorder=0.2)
        write(ax, tick, -0.06 / row, text, small, MUTED, "center", "bottom", gid="tick")
    beside = ax.get_yaxis_transform()
    if wide or not changes:
        write(ax, 1 + _x(ax, 0.12), -0.06 / row, rows.head, small, INK2, "left", "bottom", transform=beside)
    if changes:
        at = 1 + _x(ax, 1.18 if wide else 0.12)
        write(ax, at, -0.06 / row, rows.change_head, small, INK2, "left", "bottom", transform=beside, gid="change-head")
    for i in range(1, count):
        ax.plot(
            [-_x(ax, 2.6 if wide else 0.02), 1 + _x(ax, 2.15 if wide and changes else 1.1 if wide else 0.9)],
            [i, i],
            transform=beside,
            color=INK if rows.dots[i - 1].bold else GRID,
            lw=0.8 if rows.dots[i - 1].bold else 0.6,
            clip_on=False,
            zorder=0.1,
        )


def _marks(ax: Axes, dot: Dot, y: float, wide: bool) -> None:
    """Interval, earlier dot, dot."""
    if np.isfinite(dot.before):
        ax.plot([dot.before], [y], "o", ms=5.4, mfc="white", mec=LINE, mew=1.1, zorder=2, clip_on=False, gid="before")
    if np.isfinite(dot.low) and np.isfinite(dot.high):
        ax.plot([dot.low, dot.high], [y, y], color=LINE, lw=5, alpha=0.26, solid_capstyle="butt", zorder=3, gid="interval")
    if np.isfinite(dot.value):
        ax.plot(
            [dot.value],
            [y],
            "o",
            ms=6.4 if wide else 6.8,
            color=LINE,
            mec="white",
            mew=0.7,
            zorder=4,
            clip_on=False,
            gid="value",
        )


def _texts(ax: Axes, dot: Dot, i: int, y: float, base: float, wide: bool) -> None:
    beside, small = ax.get_yaxis_transform(), max(base - 0.8, SMALLEST)
    weight = "bold" if dot.bold else "normal"
    right = 1 + _x(ax, 0.12)
    if wide:
        label = fit(dot.label, 1.78, base + 0.4, weight)
        write(
            ax,
            -_x(ax, 2.58),
            y,
            label,
            base + 0.4,
            INK,
            "left",
            "center",
            transform=beside,
            weight=weight,
            gid="row",
            linespacing=1.0,
        )
        write(ax, -_x(ax, 0.12), y, dot.count, small, INK2, "right", "center", transform=beside, gid="count")
        write(ax, right, y, dot.value_text, base + 1, LINE, "left", "center", transform=beside, weight="bold", gid="number")
        write(ax, 1 + _x(ax, 0.46), y, dot.range_text, small, INK2, "left", "center", transform=beside, gid="range")
        at, level = 1 + _x(ax, 1.18), y
    else:
        room = PHONE - 0.14 - 0.92 - 0.02 * len(dot.count)
        write(
            ax,
            0,
            i + 0.3,
            fit(dot.label, room, base, weight, 1),
            base,
            INK,
            "left",
            "center",
            transform=beside,
            weight=weight,
            gid="row",
        )
        write(ax, 1 + _x(ax, 0.88), i + 0.3, dot.count, small, INK2, "right", "center", transform=beside, gid="count")
        write(ax, right, y, dot.value_text, base + 1, LINE, "left", "center", transform=beside, weight="bold", gid="number")
        at, level = 1 + _x(ax, 0.5), y
    if dot.change_text:
        if dot.direction and wide:
            mark(ax, dot.direction, at + _x(ax, 0.05), level, 4.2, transform=beside)
        shift = 0.16 if wide else 0.0
        color = hue(dot.direction) if dot.direction else INK2
        text = dot.change_text if wide else dot.change_text.partition(" ")[0]
        write(
            ax,
            at + _x(ax, shift),
            level,
            text,
            base if wide else small,
            color,
            "left",
            "center",
            transform=beside,
            gid="change",
        )


def ticks_between(low: float, high: float, step: float, words) -> list[tuple[float, str]]:
    """Every `step` from low to high with its number."""
    count = round((high - low) / step)
    digits = 0 if float(step).is_integer() else 1
    return [(low + i * step, words.num(low + i * step, digits)) for i in range(count + 1)]
