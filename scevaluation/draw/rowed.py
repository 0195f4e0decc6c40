"""Rows of labels beside marks: the frame of the charts that draw a row an item."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scevaluation.draw.style import (
    BASE,
    INK,
    INK2,
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

LEFT = (1.45, 2.45)  # inches of the labels at the left of a wide picture: least and most
LINES = 3  # of a label at most
GAP = 0.11  # inches between labels and marks
FEW = 6  # rows: up to so many a phone has room for labels above their marks
SHORT = 1.05  # inches: where a phone's labels are all as short, they stand beside the marks as on wide


@dataclass(frozen=True)
class Item:
    """A row: its label, a smaller line below it, and the heading of the group that begins with it."""

    label: str
    below: str = ""
    heading: str = ""


@dataclass(frozen=True)
class Rows:
    """A figure with its axes, whose y runs in inches from the top; `y` is where each row's marks stand, `spans` their room."""

    fig: Figure
    ax: Axes
    y: list[float]
    spans: list[tuple[float, float]]
    base: float
    small: float
    width: float
    right: float
    height: float
    left: float
    wide: bool


def rowed(
    layout: str,
    items: list[Item],
    right: float,
    head: float,
    foot: float = 0.04,
    band: float = 0.26,
    reach: float | None = None,
    most: float = math.inf,
) -> Rows:
    """Lay out rows: labels at the left on wide, above the marks on a phone unless all are short.

    Parameters
    ----------
    layout : "wide" or "phone"
    items : list of Item
    right, head, foot : float
        Inches kept free at the right of the marks, above and below the rows.
    band : float
        Inches that the marks of a row need.
    reach : float, optional
        Inches right of the marks at which the lines of headings end; default `right`.
    most : float
        Inches that the marks have at most; the rest stays free at the right.
    """
    base, wide = BASE[layout], layout == "wide"
    small, total = max(base - 1.0, SMALLEST), WIDE if wide else PHONE
    widest = _widest(items, base)
    beside = wide or (len(items) > FEW and widest <= SHORT)
    left = min(max(widest + GAP + 0.03, LEFT[0] if wide else 0), LEFT[1]) if beside else 0.06
    right = max(right, total - left - most)
    room = left - GAP if beside else total - 0.08
    labels = [fit(i.label, room, base, lines=LINES) for i in items]
    belows = [fit(i.below, room, small, lines=LINES) for i in items]
    line = base * 1.16 / 72
    names = [(t.count("\n") + 1) * line for t in labels]
    texts = [n + ((b.count("\n") + 1) * line * 0.92 if b else 0) for n, b in zip(names, belows, strict=True)]
    tops, at = [], 0.0
    for item, text in zip(items, texts, strict=True):
        at += (0.3 if at else 0.2) if item.heading else 0.0
        tops.append(at)
        at += max(text + 0.06, band) if beside else text + band
    fig = canvas(layout, head + at + foot)
    ax = axes_at(fig, left, head, total - left - right, at)
    ax.set_axis_off()
    ax.set_ylim(at, 0)
    out = Rows(fig, ax, [], [], base, small, total - left - right, right, at, left, wide)
    edge, end = -left / out.width if beside else 0.0, 1 + (right if reach is None else reach) / out.width
    for item, label, below, name, text, top in zip(items, labels, belows, names, texts, tops, strict=True):
        tall = max(text + 0.06, band) if beside else text
        middle = top + tall / 2
        if item.heading:
            _heading(out, item.heading, top, edge, end)
        _label(out, label, below, middle - text / 2, name, beside)
        out.y.append(middle if beside else top + text + band / 2 - 0.03)
        out.spans.append((top, top + tall) if beside else (top + text + 0.01, top + text + band - 0.05))
    return out


def _widest(items: list[Item], base: float) -> float:
    """Inches of the longest label on one line."""
    return max(text_width(drawable(t), base) for i in items for t in (i.label, i.below))


def _heading(page: Rows, text: str, top: float, edge: float, end: float) -> None:
    """The name of a group above its first row, on a line from one edge to the other."""
    place = page.ax.get_yaxis_transform()
    style = {"transform": place, "weight": "bold", "gid": "heading"}
    write(page.ax, edge, top - 0.05, text, page.base, INK, "left", "bottom", **style)
    page.ax.plot([edge, end], [top - 0.03] * 2, transform=place, color=RULE, lw=0.7, clip_on=False)


def _label(page: Rows, label: str, below: str, start: float, under: float, beside: bool) -> None:
    """A row's label from `start` down, and `under` that its smaller line."""
    place = page.ax.get_yaxis_transform()
    x, align = (-GAP / page.width, "right") if beside else (0.0, "left")
    style = {"transform": place, "linespacing": 1.0}
    write(page.ax, x, start, label, page.base, INK, align, "top", gid="row", **style)
    if below:
        write(page.ax, x, start + under, below, page.small, INK2, align, "top", gid="below", **style)


def steps(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers within low..high, at most `most` of them where the range allows, for the ticks of an axis."""
    span = max(high - low, 1e-9)
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * f for f in (1, 2, 2.5, 5, 10) if power * f >= raw - 1e-12)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 10) + 0.0 for i in range(first, last + 1)]


def decimals(ticks: list[float]) -> int:
    """Decimals that tell the ticks apart."""
    return next((d for d in range(4) if all(abs(round(t, d) - t) < 1e-9 for t in ticks)), 3)
