"""Figures and axes placed in inches, and small multiples: panels abreast on wide and below each other on a phone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scevaluation.draw.axes import Panel
from scevaluation.draw.style import TOTAL
from scevaluation.errors import EvaluationError

_LENT: ContextVar[list[Axes] | None] = ContextVar("lent", default=None)


@contextmanager
def lent(ax: Axes):
    """A context in which what is painted stands in the axes given, which must be all that it needs.

    Raises
    ------
    EvaluationError
        If it needs a second one.
    """
    kind, token = type(ax), _LENT.set([ax])
    ax.__class__ = Panel  # a chart is drawn by the methods of its own axes, such as a text without mathematics
    try:
        yield
    finally:
        ax.__class__ = kind
        _LENT.reset(token)


def canvas(layout: str, height: float) -> Figure:
    """An empty figure of the layout's width, `height` inches; in axes that are lent, theirs."""
    if given := _LENT.get():
        return given[0].figure  # type: ignore[return-value]  # a subfigure has all that is asked of it
    return Figure(figsize=(TOTAL[layout], height))


def axes_at(fig: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes placed in inches from the figure's left and top; without a ground of their own, since the page is white."""
    given = _LENT.get()
    if given is not None:
        if not given:
            raise EvaluationError("This chart is several panels and has no room in one axes.", "Draw it whole: chart.figure().")
        ax = given.pop()
        ax.spines[["top", "right", "left"]].set_visible(False)
        return ax
    w, h = fig.get_size_inches()
    ax = fig.add_axes((left / w, 1 - (top + height) / h, width / w, height / h), axes_class=Panel)
    ax.patch.set_visible(False)
    return ax


def inches(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in inches."""
    if _LENT.get() is not None:
        place = ax.get_window_extent()
        return place.width / ax.figure.dpi, place.height / ax.figure.dpi
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
