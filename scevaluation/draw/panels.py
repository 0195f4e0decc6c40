"""Figures and axes placed in inches, and small multiples: panels abreast on wide and below each other on a phone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scevaluation.draw.axes import Panel
from scevaluation.draw.style import TOTAL


def canvas(layout: str, height: float) -> Figure:
    """An empty figure of the layout's width, `height` inches."""
    return Figure(figsize=(TOTAL[layout], height))


def axes_at(fig: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes placed in inches from the figure's left and top; without a ground of their own, since the page is white."""
    w, h = fig.get_size_inches()
    ax = fig.add_axes((left / w, 1 - (top + height) / h, width / w, height / h), axes_class=Panel)
    ax.patch.set_visible(False)
    return ax


def inches(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in inches."""
    box, (w, h) = ax.get_position(), ax.figure.get_size_inches()  # type: ignore[union-attr]  # no subfigures here
    return box.width * w, box.height * h


def panels(
    layout: str,
    heads: list[float],
    paint: Callable[[Axes, int], None],
    abreast: int,
    size: tuple[float, float],
    foot: float,
    last: float | None = None,
    left: float = 0.02,
    step: float | None = None,
) -> Figure:
    """The figure of a layout with a panel for each of `heads`; all lengths are inches.

    Parameters
    ----------
    layout : "wide" or "phone"
    heads : list of float
        Room above each panel; those abreast share the deepest.
    paint : callable of Axes and int
        Draws into the axes of the panel of that number.
    abreast : int
        Panels in a row.
    size : tuple of float
        Width and height of a panel's axes.
    foot, last : float
        Room below each row of panels; below the last one, where that differs.
    left, step : float
        Left edge of the first panel, and from one to the next; default: they share the figure's width.
    """
    step = step or share(layout, abreast)
    width, height = size
    deep = np.array([max(heads[i : i + abreast]) for i in range(0, len(heads), abreast)])
    tops = np.cumsum(deep + height + foot) - height - foot
    fig = canvas(layout, tops[-1] + height + (foot if last is None else last))
    for i in range(len(heads)):
        column, row = i % abreast, i // abreast
        paint(axes_at(fig, left + column * step, tops[row], width, height), i)
    return fig


def share(layout: str, abreast: int) -> float:
    """Inches that each panel has of the figure's width."""
    return TOTAL[layout] / abreast
