"""Matrix: the frame of charts that draw a cell for every row and column, with names left of the cells and above them.

x of the axes counts columns to the right and y rows downwards, so that cell (0, 0) reaches from (0, 0) to (1, 1); what stands
around the cells is placed by inches from them. Letters are in points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from scevaluation.draw.panels import axes_at, canvas
from scevaluation.draw.style import INK, INK2, LEVEL_MAP, RULE, fit, ink_on, text_width, write

SLANT = {"ha": "left", "rotation": 58, "rotation_mode": "anchor"}
LOOK: dict[str, Any] = {"color": INK, "linespacing": 0.92}
LEAST = 5.0  # half of the range of colours at least, so that small differences do not look large


@dataclass(frozen=True)
class Names:
    """Names of the rows, or of the columns, of a matrix, broken by measure; what has no room ends in an ellipsis.

    Attributes
    ----------
    texts : sequence of str
    size : float
        Points.
    room, gap : float
        Inches that a line has, and between the names and the cells.
    lines : int
        Of a name at most.
    total : tuple of float, optional
        Where the first is that of a total: bold, with a line behind it that reaches so many inches beyond the cells, at their
        beginning and end.
    slant, heavy : bool
        Names of columns turned, so that long ones stand above narrow cells; all broken as if they were bold.
    look : mapping
        More arguments of `style.write`.
    """

    texts: Sequence[str]
    size: float
    room: float
    gap: float
    lines: int = 2
    total: tuple[float, float] | None = None
    slant: bool = False
    heavy: bool = False
    look: Mapping = field(default_factory=dict)

    def weight(self, i: int) -> str:
        """Weight of the letters of the name at `i`."""
        return "bold" if self.total and i == 0 else "normal"

    @cached_property
    def broken(self) -> list[str]:
        """The names as they are written."""
        weights = ["bold" if self.heavy else self.weight(i) for i in range(len(self.texts))]
        return [fit(t, self.room, self.size, w, self.lines) for t, w in zip(self.texts, weights, strict=True)]

    @property
    def most(self) -> int:
        """Lines of the name that has most."""
        return max(t.count("\n") + 1 for t in self.broken)

    @property
    def height(self) -> float:
        """Inches that names of columns need above their gap."""
        if not self.slant:
            return self.most * self.size * 1.17 / 72
        return 0.85 * max(text_width(line, self.size, "bold") for t in self.broken for line in t.split("\n"))


@dataclass(frozen=True, eq=False)
class Matrix:
    """A matrix as laid out: figure, axes, names, and inches of a cell's width and height."""

    fig: Figure
    ax: Axes
    rows: Names
    columns: Names
    cell: float
    row: float

    def behind(self, inches: float) -> float:
        """x so many inches right of the cells."""
        return len(self.columns.texts) + inches / self.cell

    def above(self, inches: float) -> float:
        """y so many inches over the cells."""
        return -inches / self.row

    def below(self, inches: float) -> float:
        """y so many inches under the cells."""
        return len(self.rows.texts) + inches / self.row

    def box(self, i: int, j: int, side: float, **look) -> None:
        """The ground of the cell in row `i` and column `j`, `side` of its width free at each side."""
        self.ax.add_patch(Rectangle((j + side, i + 0.05), 1 - 2 * side, 0.9, **look))

    def text(self, i: int, j: int, text: str, size: float, color=INK2, va: str = "center", **look) -> None:
        """A text in the middle of a cell."""
        write(self.ax, j + 0.5, i + 0.5, text, size, color, "center", va, **look)

    def mesh(self, values: np.ndarray, shade: Shades) -> None:
        """All cells as coloured grounds with white lines between them; those without a value stay white."""
        look = {"cmap": LEVEL_MAP, "vmin": shade.low, "vmax": shade.high, "linewidth": 0.9, "edgecolor": "white"}
        self.ax.pcolormesh(np.ma.masked_invalid(values), gid="cells", **look)

    def blank(self, i: int, j: int, side: float, text: str, size: float, **look) -> None:
        """A cell without a value: an outline, a hatch if `look` has one, and a text on a white ground."""
        self.box(i, j, side, facecolor="white", edgecolor=RULE, lw=0.5, **look)
        self.text(i, j, text, size, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})

    def fold(self, cells: Sequence[tuple[int, int, tuple | str]], inches: float, top: float, gid: str) -> None:
        """Folded corners on cells (row, column, colour), `top` of a row's height below its top."""
        wide, tall = inches / self.cell, inches / self.row
        places = [(j + 0.97, i + top) for i, j, _ in cells]
        shapes = [[(x, y), (x - wide, y), (x, y + tall)] for x, y in places]
        if shapes:
            self.ax.add_collection(PolyCollection(shapes, facecolors=[ink_on(c) for *_, c in cells], lw=0, gid=gid))

    def name(self) -> None:
        """Write the names of rows and columns, and draw the lines behind totals."""
        rows, columns = self.rows, self.columns
        line: dict[str, Any] = {"color": INK, "lw": 0.9, "clip_on": False}
        for i, text in enumerate(rows.broken):
            upright = "center" if "\n" in text else "center_baseline"
            look = {**LOOK, "ha": "right", "va": upright, "weight": rows.weight(i), "gid": "row", **rows.look}
            write(self.ax, -rows.gap / self.cell, i + 0.5, text, rows.size, **look)
        place = SLANT if columns.slant else {"ha": "center"}
        for j, text in enumerate(columns.broken):
            look = {**LOOK, "va": "bottom", "weight": columns.weight(j), "gid": "column", **place, **columns.look}
            write(self.ax, j + (0.42 if columns.slant else 0.5), self.above(columns.gap), text, columns.size, **look)
        if rows.total and len(rows.texts) > 1:
            self.ax.plot([-rows.total[0] / self.cell, self.behind(rows.total[1])], [1, 1], **line)
        if columns.total and len(columns.texts) > 1:
            self.ax.plot([1, 1], [self.above(columns.total[0]), self.below(columns.total[1])], **line)


def matrix(
    layout: str,
    rows: Names,
    columns: Names,
    cells: Callable[[Matrix], None],
    *,
    size: tuple[float, float],
    left: float,
    head: float,
    foot: float = 0.06,
) -> Matrix:
    """A figure with cells and their names, to which a chart adds what stands beside, above and below.

    Parameters
    ----------
    layout : {"wide", "phone"}
    rows, columns : Names
        Empty texts where a chart writes heads of its own.
    cells : callable
        Draws all cells, before the names.
    size : tuple of float
        Width and height of a cell, inches.
    left, head, foot : float
        Inches kept free left of the cells, above and below them.

    Raises
    ------
    ValueError
        If there are no rows or no columns.
    """
    n, count = len(columns.texts), len(rows.texts)
    if not n or not count:
        raise ValueError("A matrix has at least one row and one column; a chart that has none says so in words.")
    fig = canvas(layout, head + size[1] * count + foot)
    ax = axes_at(fig, left, head, size[0] * n, size[1] * count)
    ax.set_xlim(0, n)
    ax.set_ylim(count, 0)
    ax.set_axis_off()
    page = Matrix(fig, ax, rows, columns, *size)
    cells(page)
    page.name()
    return page


class Shades:
    """Colours from light to dark over the range of the known values, with a little room at both ends."""

    def __init__(self, values):
        known = np.asarray(values, float)
        known = known[np.isfinite(known)]
        low, high = (known.min(), known.max()) if len(known) else (50.0, 50.0)
        middle, half = (low + high) / 2, max((high - low) / 2, LEAST) * 1.05
        self.low, self.high = middle - half, middle + half

    def __call__(self, value: float) -> tuple:
        return LEVEL_MAP((value - self.low) / (self.high - self.low))
