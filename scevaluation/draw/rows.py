"""Rows: the frame of charts that draw a row an item.

A chart says its items, which the frame measures and writes, and its marks, which `Rows.draw` draws in the order given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.figure import Figure

from scevaluation.draw.marks import Rows, Rule, Text
from scevaluation.draw.panels import axes_at, canvas
from scevaluation.draw.style import BASE, INK, INK2, PHONE, RULE, SMALLEST, TOTAL, drawable, fit, text_width

MARGIN, GUTTER = 0.06, 0.12  # inches: around the figure, between label and plot
GAP = 0.11  # inches between labels that end at the plot and the plot
LINES = 3  # of a label at most
CLOSE = (1.45, 2.45)  # least and most inches of labels that end at the plot
FEW, SHORT = 6, 1.05  # up to so many rows a phone has room for labels above; where all are so short they stand beside


@dataclass(frozen=True)
class Item:
    """A row: its label, a smaller line below it, the words at its right end, and the heading of the group that it begins.

    `bold` is a row that sums up others, `ruled` one with a line below it; `color` is that of the words at the right.
    """

    label: str
    below: str = ""
    right: str = ""
    heading: str = ""
    color: str = INK2
    bold: bool = False
    ruled: bool = False

    @property
    def weight(self) -> str:
        return "bold" if self.bold else "normal"


def even_rows(
    layout: str,
    y: Sequence[float] | np.ndarray,
    height: float,
    tall: float,
    sides: tuple[float, float],
    head: float,
    foot: float,
    span: tuple[float, float] = (0.0, 1.0),
    small: float | None = None,
    fig: Figure | None = None,
) -> Rows:
    """Rows without labels, for charts whose rows are equally high.

    Parameters
    ----------
    layout : {"wide", "phone"}
    y : sequence of float
        Where the marks of each row stand, in rows from the top.
    height, tall : float
        Rows there are room for, and inches of one.
    head, foot : float
        Inches kept free above and below the rows.
    sides : tuple of float
        Inches left and right of the plot.
    span : tuple of float
        Range of x.
    small : float, optional
        Points of numbers and heads over the rows.
    fig : Figure, optional
        One that the rows stand in beside others; default one of their own.
    """
    left, right = sides
    width = TOTAL[layout] - left - right
    fig = fig or canvas(layout, head + height * tall + foot)
    ax = axes_at(fig, left, head, width, height * tall)
    ax.set_xlim(*span)
    ax.set_ylim(height, 0)
    ax.set_axis_off()
    small = small or max(BASE[layout] - 0.8, SMALLEST)
    return Rows(fig, ax, layout, left, width, right, np.asarray(y, float), [(0.0, height)], small, tall)


def rows_of(
    layout: str,
    items: Sequence[Item],
    span: tuple[float, float] = (0.0, 1.0),
    *,
    left: float = 2.1,
    right: float = 1.0,
    head: float = 0.22,
    foot: float = 0.08,
    band: float = 0.25,
    close: bool = False,
    most: float = np.inf,
) -> Rows:
    """Rows with their labels left of the plot on wide, above the marks on a phone.

    Labels and words get the inches they need, and the plot the rest.

    Parameters
    ----------
    layout : {"wide", "phone"}
    span : tuple of float
        Range of x.
    left, right : float
        Most inches for the labels (wide only), and for the words at the right end; no room at the right puts these under
        the label.
    head, foot : float
        Inches kept free above and below the rows.
    band : float
        Inches that the marks of a row need.
    close : bool
        Labels end at the plot, not begin at the picture's edge, with their smaller lines below them; all of `right` is kept
        free, and on a phone short labels of many rows stand left of the plot too.
    most : float
        Inches that the plot has at most; the rest stays free at the right.
    """
    labels = _Close(layout, items, right, band, most) if close else _Apart(layout, items, left, right, band)
    texts, y, spans, at = [], [], [], 0.0
    for item in items:
        if item.heading:
            more, at = labels.heading(item.heading, at)
            texts += more
        more, middle, part, at = labels.row(item, at)
        texts += more
        y.append(middle)
        spans.append(part)
    view = even_rows(layout, y, at or 0.01, 1.0, labels.sides, head, foot, span, labels.small)
    return replace(view, spans=spans if close or not view.wide else view.spans).draw(texts)


class _Apart:
    """Labels that begin at the picture's edge; their heights."""

    small = None

    def __init__(self, layout: str, items: Sequence[Item], left: float, right: float, band: float):
        base, self.wide, self.band = BASE[layout], layout == "wide", band
        self.base, self.size, self.words = base, base if self.wide else base - 0.6, base - (0.4 if self.wide else 0.6)
        names = [(i.label, base, i.weight) for i in items]
        said = [(part, self.words, i.weight) for i in items for part in i.right.split("\n")]
        self.left = _needed(names, 1.2, left) if self.wide else MARGIN
        self.right = _needed(said, 0.5, right)
        self.room = self.left - GUTTER if self.wide else PHONE - 2 * MARGIN
        self.under = self.right <= 0
        self.sides = self.left, max(self.right, MARGIN)
        self.edge: dict = {"x": MARGIN - self.left, "by": "left", "align": "left"}

    def heading(self, text: str, at: float) -> tuple[list, float]:
        text = fit(text, self.room + (2 if self.wide else 0), self.base, "bold", LINES)
        at += self.base * 1.17 / 72 * _lines(text) + 0.14
        look: dict = {"weight": "bold", "name": "head", "upright": "bottom", "spacing": 0.95}
        return [Text(text, None, size=self.base, color=INK, shift=at - 0.04, **self.edge, **look)], at

    def row(self, item: Item, at: float) -> tuple[list, float, tuple[float, float], float]:
        line, parts = self.size * 1.17 / 72, item.right.split("\n")
        label = fit(item.label, self.room, self.size, item.weight, LINES)
        parts = [" \u00b7 ".join(parts)] if self.under else parts
        room = self.room if self.under else self.right - GUTTER
        right = "\n".join(fit(part, room, self.words, item.weight, LINES) for part in parts)
        name, more = line * _lines(label), line * _lines(right)
        above, below = (0.0 if self.wide else name), (more if self.under else 0.0)
        tall = max(self.band, max(name if self.wide else line, 0.0 if self.under else more) + 0.06)
        tall += above + below + (0.0 if self.wide else 0.07 if self.under else 0.02)
        middle, end = at + (tall + above + max(below - 0.05, 0.0)) / 2, at + tall
        look: dict = {"weight": item.weight, "spacing": 0.95}
        place: dict = {"shift": middle} if self.wide else {"shift": at + 0.03, "upright": "top"}
        texts: list = [Text(label, None, size=self.size, color=INK, name="row", **self.edge, **place, **look)]
        look = {"weight": item.weight, "size": self.words, "color": item.color, "name": "right"}
        if right and self.under:
            texts.append(Text(right, None, shift=at + 0.03 + above, upright="top", spacing=0.95, **self.edge, **look))
        elif right:
            texts.append(Text(right, None, self.right - MARGIN, align="right", by="right", shift=middle, spacing=1.05, **look))
        if item.ruled:
            texts.append(Rule(end, self.left - MARGIN, self.right - MARGIN, INK, 0.8, "rule"))
        return texts, middle, (2 * middle - end + (0.1 if self.under else 0.04), end), end


class _Close:
    """Labels that end at the plot, with a smaller line below; their heights."""

    def __init__(self, layout: str, items: Sequence[Item], right: float, band: float, most: float):
        wide, total, self.band, self.right = layout == "wide", TOTAL[layout], band, right
        self.base, self.small = BASE[layout], max(BASE[layout] - 1.0, SMALLEST)
        widest = max(text_width(drawable(t), self.base) for i in items for t in (i.label, i.below))
        self.beside = wide or (len(items) > FEW and widest <= SHORT)
        self.left = min(max(widest + GAP + 0.03, CLOSE[0] if wide else 0), CLOSE[1]) if self.beside else MARGIN
        self.sides = self.left, max(right, total - self.left - most)
        self.room = self.left - GAP if self.beside else total - 0.08
        self.line = self.base * 1.16 / 72

    def heading(self, text: str, at: float) -> tuple[list, float]:
        at += 0.3 if at else 0.2
        edge = self.left if self.beside else 0.0
        look: dict = {"by": "left", "weight": "bold", "name": "heading", "shift": at - 0.05, "upright": "bottom"}
        return [Text(text, None, -edge, self.base, INK, **look), Rule(at - 0.03, edge, self.right, RULE, 0.7)], at

    def row(self, item: Item, at: float) -> tuple[list, float, tuple[float, float], float]:
        label, below = fit(item.label, self.room, self.base, lines=LINES), fit(item.below, self.room, self.small, lines=LINES)
        name = self.line * _lines(label)
        text = name + self.line * 0.92 * _lines(below)
        tall = max(text + 0.06, self.band) if self.beside else text
        start = at + tall / 2 - text / 2
        place: dict = {"x": -GAP, "align": "right"} if self.beside else {"x": 0.0}
        place |= {"row": None, "by": "left", "upright": "top", "spacing": 1.0}
        texts = [Text(label, size=self.base, color=INK, name="row", shift=start, **place)]
        texts += [Text(below, size=self.small, name="below", shift=start + name, **place)] if below else []
        if self.beside:
            return texts, at + tall / 2, (at, at + tall), at + tall
        end = at + (text + self.band)
        return texts, at + text + self.band / 2 - 0.03, (at + text + 0.01, end - 0.05), end


def head(view: Rows, text: str, up: float = 0.24) -> Text:
    """What the rows are, from the picture's edge `up` inches over them."""
    look: dict = {"by": "left", "weight": "bold", "shift": -up, "upright": "bottom"}
    return Text(text, None, MARGIN - view.left, view.base + 0.5, INK, **look)


def _needed(texts: list[tuple[str, float, str]], least: float, most: float) -> float:
    """Inches that the widest of texts (with size and weight) needs beside the plot."""
    widest = max((text_width(drawable(t), size, weight) for t, size, weight in texts), default=0.0)
    return min(max(widest + GUTTER + MARGIN, least), most)


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0
