"""Rows of a dot with its interval on a shared axis: what the service qualities and the satisfaction elements have in common."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from scevaluation.draw.scale import neat_range
from scevaluation.draw.style import (
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
    text_width,
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


class _Page:
    """One layout's axes and columns; `at` takes x in inches from the figure's left and y in rows."""

    def __init__(self, layout: str, rows: Rows):
        self.rows, self.wide, self.base = rows, layout == "wide", BASE[layout]
        self.small = max(self.base - 0.8, SMALLEST)
        self.changes = any(d.change_text for d in rows.dots)
        self.row = 0.3 if self.wide else 0.6
        top = 0.26 + (0.17 if rows.bands else 0)
        left, self.side = (2.1 if self.changes else 2.62, 2.62 if self.changes else 1.5) if self.wide else (0.16, 0.96)
        self.width = WIDE if self.wide else PHONE
        self.left, self.right = left, self.width - self.side
        self.fig = canvas(layout, top + self.row * len(rows.dots) + 0.06)
        self.ax = axes_at(self.fig, left, top, self.right - left, self.row * len(rows.dots))
        self.at = blended_transform_factory(self.fig.dpi_scale_trans, self.ax.transData)

    def put(self, x: float, y: float, text: str, size: float, color=INK2, ha="left", va="center", **more) -> None:
        write(self.ax, x, y, text, size, color, ha, va, transform=self.at, **more)

    def axis(self) -> None:
        """Ticks and bands above the rows, headers, and rules between them."""
        ax, rows, count, above = self.ax, self.rows, len(self.rows.dots), -0.06 / self.row
        edge = (rows.high - rows.low) * 0.02
        ax.set_xlim(rows.low - edge, rows.high + edge)
        ax.set_ylim(count, 0)
        ax.set_axis_off()
        for n, (a, b, name) in enumerate(rows.bands):
            a, b = max(a, rows.low), min(b, rows.high)
            if b > a:
                if n % 2 == 0:
                    ax.axvspan(a, b, color=BAND, lw=0, zorder=0, gid="band")
                write(
                    ax, (a + b) / 2, -0.24 / self.row, name, self.base, INK2, "center", "bottom", weight="bold", gid="band-name"
                )
        for tick, text in rows.ticks:
            ax.axvline(tick, color=RULE if rows.bands else GRID, lw=0.8, zorder=0.2)
            write(ax, tick, above, text, self.small, MUTED, "center", "bottom", gid="tick")
        if self.wide or not self.changes:
            self.put(self.right + 0.14, above, rows.head, self.small, va="bottom")
        if self.changes and self.wide:
            self.put(self.right + 1.26, above, rows.change_head, self.small, va="bottom", gid="change-head")
        elif self.changes:
            self.put(self.width - 0.02, above, rows.change_head, self.small, ha="right", va="bottom", gid="change-head")
        for i in range(1, count):
            ink, line = (INK, 0.8) if rows.dots[i - 1].bold else (GRID, 0.6)
            ax.plot([0.02, self.width - 0.02], [i, i], transform=self.at, color=ink, lw=line, clip_on=False, zorder=0.1)

    def marks(self, dot: Dot, y: float) -> None:
        """Interval, earlier dot, dot."""
        plot = self.ax.plot
        if np.isfinite(dot.before):
            plot([dot.before], [y], "o", ms=5.4, mfc="white", mec=LINE, mew=1.1, zorder=2, clip_on=False, gid="before")
        if np.isfinite(dot.low) and np.isfinite(dot.high):
            plot([dot.low, dot.high], [y, y], color=LINE, lw=5, alpha=0.26, solid_capstyle="butt", zorder=3, gid="interval")
        if np.isfinite(dot.value):
            plot([dot.value], [y], "o", ms=6.6, color=LINE, mec="white", mew=0.7, zorder=4, clip_on=False, gid="value")

    def texts(self, dot: Dot, i: int, y: float) -> None:
        """Name and count at the left, value and interval at the right; on a phone name and count stand above the dot."""
        base, weight = self.base, "bold" if dot.bold else "normal"
        if self.wide:
            room = self.left - 0.34 - text_width(dot.count, self.small)
            name = fit(dot.label, room, base + 0.4, weight)
            self.put(0.04, y, name, base + 0.4, INK, weight=weight, gid="row", linespacing=1.0)
            self.put(self.left - 0.16, y, dot.count, self.small, ha="right", gid="count")
        else:
            room = self.width - 0.24 - text_width(dot.count, self.small)
            self.put(0.04, i + 0.3, fit(dot.label, room, base, weight, 1), base, INK, weight=weight, gid="row")
            self.put(self.width - 0.02, i + 0.3, dot.count, self.small, ha="right", gid="count")
        self.put(self.right + 0.14, y, dot.value_text, base + 1, LINE, weight="bold", gid="number")
        if self.wide:
            shift = 0.22 + text_width(dot.value_text, base + 1, "bold")
            self.put(self.right + max(shift, 0.52), y, dot.range_text, self.small, gid="range")
        if dot.change_text:
            self.change(dot, y)

    def change(self, dot: Dot, y: float) -> None:
        """The change since before, with its arrow where it is one."""
        text = dot.change_text if self.wide else dot.change_text.partition(" ")[0]
        size = self.base - 0.2 if self.wide else self.small
        # On a phone the texts end at the picture's edge, however long they are.
        x = self.right + 1.26 if self.wide else self.width - 0.15 - text_width(text, size)
        if dot.direction:
            mark(self.ax, dot.direction, x + 0.05, y, 4.2 if self.wide else 3.4, transform=self.at)
        self.put(x + 0.13, y, text, size, hue(dot.direction) if dot.direction else INK2, gid="change")


def paint(layout: str, rows: Rows) -> Figure:
    """The figure of one layout."""
    page = _Page(layout, rows)
    page.axis()
    for i, dot in enumerate(rows.dots):
        y = i + (0.5 if page.wide else 0.72)
        page.marks(dot, y)
        page.texts(dot, i, y)
    return page.fig


def axis_range(values: np.ndarray) -> tuple[float, float, float]:
    """Low, high and step of an axis around scores of 0-100; never beyond these ends unless a value is."""
    if values.min() < 0 or values.max() > 100:
        return neat_range(values)
    step = 10.0 if values.max() - values.min() <= 55 else 20.0
    low, high = np.floor((values.min() - 1) / step) * step, np.ceil((values.max() + 1) / step) * step
    low, high = max(float(low), 0.0), min(float(high), 100.0)
    return low, high, step


def ticks_between(low: float, high: float, step: float, words) -> list[tuple[float, str]]:
    """Every `step` from low to high with its number."""
    count = round((high - low) / step)
    digits = 0 if float(step).is_integer() else 1
    return [(low + i * step, words.num(low + i * step, digits)) for i in range(count + 1)]
