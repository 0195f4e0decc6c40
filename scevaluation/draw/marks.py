"""Marks in rows: what stands in them, and the drawn rows that it stands in.

Lengths are inches, widths of lines and sizes of dots and letters are points, `x` is in units of the axis. A mark is drawn in
one row, or in several as one mark of its `name`; `z` says what lies above what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scevaluation.draw.style import BAND, BASE, GRID, INK, INK2, LINE, MUTED, RULE, write


@dataclass(frozen=True, eq=False)
class Rows:
    """The drawn rows: a figure with axes, whose y runs from the top.

    Attributes
    ----------
    y : array of float
        Where the marks of each row stand.
    spans : list of tuple of float
        From where to where a line through the rows is drawn; on a phone it leaves out the labels.
    left, width, right : float
        Inches beside the plot and of it.
    small : float
        Points of numbers and heads over the rows.
    tall : float
        Inches of one unit of y.
    """

    fig: Figure
    ax: Axes
    layout: str
    left: float
    width: float
    right: float
    y: np.ndarray
    spans: list[tuple[float, float]]
    small: float
    tall: float = 1.0

    @property
    def wide(self) -> bool:
        return self.layout == "wide"

    @property
    def base(self) -> float:
        """Points of the layout's texts."""
        return BASE[self.layout]

    @property
    def unit(self) -> float:
        """Inches of one unit of x."""
        low, high = self.ax.get_xlim()
        return self.width / (high - low)

    def draw(self, marks: Iterable) -> Rows:
        """Draw marks in their order."""
        for mark in marks:
            mark.draw(self)
        return self

    def axis(self, ticks: Sequence[tuple[float, str]]) -> None:
        """Lines through the rows at ticks with their texts over the rows, and a ground below these."""
        for x, text in ticks:
            self.draw([Upright(x, GRID, 0.7, "grid", z=0.1), over(self, text, x, name="tick")])
        self.draw([Rule(0, 0, 0, RULE, 0.6, z=0.2)])


EVERY = slice(None)  # rows
Places = int | Sequence[int] | np.ndarray | slice | None


def _down(view: Rows, row: Places, shift: float):
    """y of a row or several; of the plot's top where `row` is None."""
    return shift / view.tall + (0.0 if row is None else view.y[row])


def _across(view: Rows, x, by: str) -> tuple:
    """x by the axis ("x"), or inches right of the plot's "left" or "right" or the picture's "end", and what it counts in."""
    if by == "x":
        return x, {}
    start = {"left": 0, "right": 1, "end": 1 + view.right / view.width}[by]
    return x / view.width + start, {"transform": view.ax.get_yaxis_transform()}


def _finite(y, *values) -> list[np.ndarray]:
    """y and the values beside it, without places where one is not finite."""
    places = np.array([np.atleast_1d(v) for v in np.broadcast_arrays(y, *values)], float)
    return list(places[:, np.isfinite(places).all(axis=0)])


@dataclass(frozen=True, eq=False)
class Dot:
    """A dot in a row, or one in each of several; none where `x` is not finite.

    `row` is the row's place, or several, or None for the plot's top; `face` is the colour inside where it is not `color`,
    `edge` the rim's width, `shift` inches below the row's middle; where `cut` is false, a dot at the plot's edge is whole.
    """

    row: Places
    x: float | Sequence[float] | np.ndarray
    color: str = LINE
    size: float = 5.0
    name: str | None = None
    face: str | None = None
    edge: float = 0.0
    shape: str = "o"
    by: str = "x"
    shift: float = 0.0
    cut: bool = True
    z: float = 2.0

    def draw(self, view: Rows) -> None:
        x, place = _across(view, np.asarray(self.x, float), self.by)
        y, x = _finite(_down(view, self.row, self.shift), x)
        if len(x):
            look: dict = {"ms": self.size, "color": self.color, "mfc": self.face, "mew": self.edge, "zorder": self.z}
            view.ax.plot(x, y, self.shape, clip_on=self.cut, gid=self.name, **look, **place)


@dataclass(frozen=True, eq=False)
class Bar:
    """A level bar from `start` to `end` in a row, or one in each of several; none where an end is not finite."""

    row: Places
    start: float | Sequence[float] | np.ndarray
    end: float | Sequence[float] | np.ndarray
    color: str = LINE
    width: float = 2.0
    name: str | None = None
    alpha: float | None = None
    dash: tuple | str = "-"
    cap: str = "butt"
    shift: float = 0.0
    z: float = 2.0

    def draw(self, view: Rows) -> None:
        y, start, end = _finite(_down(view, self.row, self.shift), self.start, self.end)
        look: dict = {"color": self.color, "lw": self.width, "alpha": self.alpha, "ls": self.dash, "capstyle": self.cap}
        if len(y):
            view.ax.hlines(y, start, end, zorder=self.z, gid=self.name, **look)


@dataclass(frozen=True, eq=False)
class Stroke:
    """An upright stroke at `x` of a row, `half` inches up and down, or one in each of several rows."""

    row: Places
    x: float | Sequence[float] | np.ndarray
    half: float
    color: str = INK
    width: float = 1.0
    name: str | None = None
    cap: str = "butt"
    shift: float = 0.0
    z: float = 2.0

    def draw(self, view: Rows) -> None:
        y, x = _finite(_down(view, self.row, self.shift), self.x)
        half = self.half / view.tall
        look: dict = {"color": self.color, "lw": self.width, "capstyle": self.cap}
        if len(y):
            view.ax.vlines(x, y - half, y + half, zorder=self.z, gid=self.name, **look)


@dataclass(frozen=True, eq=False)
class Upright:
    """A line at `x` through the rows, between `top` and `bottom` of y; on a phone it leaves out their labels."""

    x: float
    color: str = INK2
    width: float = 0.8
    name: str | None = None
    dash: tuple | str = "-"
    cap: str = "butt"
    top: float = 0.0
    bottom: float = np.inf
    z: float = 2.0

    def draw(self, view: Rows) -> None:
        parts = [(max(a, self.top), min(b, self.bottom)) for a, b in view.spans if a < self.bottom and b > self.top]
        look: dict = {"color": self.color, "lw": self.width, "ls": self.dash, "capstyle": self.cap, "zorder": self.z}
        if parts:
            view.ax.vlines([self.x] * len(parts), *zip(*parts, strict=True), gid=self.name, **look)


@dataclass(frozen=True, eq=False)
class Rule:
    """A level line at `y` inches from the top, `left` and `right` inches further than the plot."""

    y: float
    left: float
    right: float
    color: str = RULE
    width: float = 0.8
    name: str | None = None
    z: float = 2.0

    def draw(self, view: Rows) -> None:
        ends, y = [-self.left / view.width, 1 + self.right / view.width], self.y / view.tall
        look: dict = {"color": self.color, "lw": self.width, "zorder": self.z, "gid": self.name, "clip_on": False}
        view.ax.plot(ends, [y, y], transform=view.ax.get_yaxis_transform(), **look)


@dataclass(frozen=True, eq=False)
class Band:
    """A light ground from `start` to `end` behind all rows."""

    start: float
    end: float
    name: str | None = None

    def draw(self, view: Rows) -> None:
        view.ax.axvspan(self.start, self.end, color=BAND, lw=0, zorder=0, gid=self.name)


@dataclass(frozen=True, eq=False)
class Text:
    """A text beside a row's marks, or (`row` None) `shift` inches below the plot's top; `spacing` is that of its lines.

    `by` says what `x` is: a value of the axis ("x"), or inches right of the plot's "left" or "right" or the picture's "end";
    `upright` what of the text stands at its height: "center", "center_baseline", "top", "bottom" or "baseline".
    """

    text: str
    row: int | None
    x: float
    size: float
    color: str = INK2
    align: str = "left"
    by: str = "x"
    weight: str = "normal"
    name: str | None = None
    shift: float = 0.0
    upright: str = "center"
    spacing: float | None = None
    z: float = 3.0

    def draw(self, view: Rows) -> None:
        (x, place), y = _across(view, self.x, self.by), _down(view, self.row, self.shift)
        look: dict = {"weight": self.weight, "linespacing": self.spacing, "zorder": self.z, "gid": self.name, **place}
        write(view.ax, x, y, self.text, self.size, self.color, self.align, self.upright, **look)


def over(view: Rows, text: str, x: float, up: float = 0.05, align: str = "center", color: str = MUTED, **more) -> Text:
    """A small text over the rows, such as a number of the axis or the head of a column; its foot is `up` inches above them."""
    look: dict = {"size": view.small, "color": color, "align": align, "shift": -up, "upright": "bottom"}
    return Text(text, None, x, **{**look, **more})
