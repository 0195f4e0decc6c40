"""What drawings of one's own borrow: settings for matplotlib and seaborn, palettes, and bands of cycles and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.transforms import ScaledTranslation

from scevaluation.draw.style import BAND, HUE, INK2, MUTED, PANDEMIC, RULE, rc, write
from scevaluation.errors import EvaluationError
from scevaluation.issues import unknown
from scevaluation.node import SECTORS
from scevaluation.period import Period
from scevaluation.programme import Event, Programme, load_programme
from scevaluation.words import words

# Of Paul Tol's "muted" scheme, which those who see few colours tell apart; its green and indigo stand for what they recall.
SECTOR_HUES = dict(zip(SECTORS, ("#332288", "#44AA99", "#999933", "#CC6677", "#117733"), strict=True))
MORE_HUES = ("#882255", "#AA4499", "#DDCC77", "#88CCEE")
KINDS = ("sectors", "directions")


def theme() -> None:
    """Nothing: from now on matplotlib and seaborn draw with the reports' font, sizes and colours."""
    matplotlib.rcParams.update(rc("wide"))
    colours = [*SECTOR_HUES.values(), *MORE_HUES]
    how: dict = {"axes.prop_cycle": cycler(color=colours), "figure.facecolor": "white", "axes.facecolor": "white", "legend.frameon": False}
    matplotlib.rcParams.update(how | {"savefig.bbox": "tight", "grid.color": RULE, "savefig.dpi": 200})


class Colours(dict):
    """Colours by name; one that is not known is refused with those near it."""

    def __missing__(self, name):
        raise unknown(str(name), self, "palette")


def palette(kind: str = "sectors", lang: str = "") -> dict[str, str]:
    """Colours by name, as seaborn's `palette` takes them: of "sectors", or of the "directions" of verdicts.

    Parameters
    ----------
    kind : {"sectors", "directions"}
    lang : str
        Names as the reports write them in that language, such as "en"; by default those of the tables.

    Raises
    ------
    UnknownName
        If there is no such palette or language.
    """
    if kind not in KINDS:
        raise unknown(kind, KINDS, "palette")
    found = SECTOR_HUES if kind == "sectors" else HUE | {f"likely_{d}": HUE[d] for d in ("improving", "stagnant", "declining")}
    if not lang:
        return Colours(found)
    w = words(lang)
    return Colours({w(f"{'sector' if kind == 'sectors' else 'direction'}.{name}"): hue for name, hue in found.items()})


def bands(ax: Axes, programme, lang: str = "id", kinds: str | Sequence[str] = (), labels: bool = True) -> Axes:
    """The same axes with the programme's cycles and events as bands behind what is drawn, each with its name.

    Parameters
    ----------
    ax : Axes
        With dates from left to right, as `Round.tidy` gives them, or years such as 2023.5; already drawn into.
    programme : Round, Programme or str
    lang : str
    kinds : str or sequence of str
        Kinds of events, such as "pandemic" and "election"; by default those that the trend takes into account.
    labels : bool
        Whether the names are written: of cycles above the axes, or at their top inside where panels have titles; of events at the foot.

    Raises
    ------
    EvaluationError
        If the axes have no time from left to right.
    """
    plan: Programme = load_programme(programme) if isinstance(programme, str) else getattr(programme, "programme", programme)
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    w, (low, high) = words(lang), ax.get_xlim()
    at = _places(ax, low, high)
    known = dict.fromkeys(e.kind for e in plan.events)
    if odd := [k for k in kinds if k not in known]:
        raise unknown(odd[0], known, plan.id)
    upright, head = ax.get_xaxis_transform(), ("top", -2) if _titled(ax) else ("bottom", 2)
    for n, cycle in enumerate(plan.cycles):
        start, end = max(at(Period(cycle.start).start), low), min(at(Period(cycle.end).end), high)
        if start >= end:
            continue
        if n % 2 == 0:
            ax.axvspan(start, end, color=BAND, lw=0, zorder=-2)
        if labels:
            write(ax, start, 1.0, w.label(cycle.label), 7.5, INK2, va=head[0], by=(2, head[1]), transform=upright)
    said: list = []
    for event in (e for e in plan.events if (e.kind in kinds if kinds else e.adjust)):
        start, end = max(at(event.first), low), min(at(_end(event)), high)
        if start < end:
            brief = end - start < (high - low) / 100  # a day or two: seen only as a line
            ax.axvspan(start, end, color=MUTED if brief else PANDEMIC, alpha=0.6 if brief else 0.35, lw=0.8 if brief else 0, zorder=-1)
            said += [((start + end) / 2, w("event." + event.kind))] if labels else []
    ax.set_xlim(low, high)
    _in_rows(ax, said, upright)
    return ax


def _titled(ax: Axes) -> bool:
    """Whether a title stands above the axes, or may come to stand there: they are one of several panels."""
    place = ax.get_subplotspec()
    panels = place.get_gridspec() if place is not None else None
    several = panels is not None and panels.nrows * panels.ncols > 1
    return several or any(ax.get_title(loc=side) for side in ("left", "center", "right"))


def _in_rows(ax: Axes, said: list[tuple[float, str]], upright) -> None:
    """Write names of events at the foot of the axes, each at its place, in as many rows as keep them apart; one name once at a place."""
    ends: list[float] = []  # right end of what stands in each row, in pixels
    for at, text in sorted(dict.fromkeys(said)):
        mark = write(ax, at, 0.0, text, 7.0, MUTED, "center", by=(0, 3), transform=upright)
        box = mark.get_window_extent()
        row = next((n for n, end in enumerate(ends) if end < box.x0), len(ends))
        ends[row:row + 1] = [box.x1 + 2]
        mark.set_transform(upright + ScaledTranslation(0, (3 + 9 * row) / 72, ax.figure.dpi_scale_trans))


def _end(event: Event) -> date:
    return event.last + timedelta(days=1)


def _places(ax: Axes, low: float, high: float):
    """Where a day stands on the axis: matplotlib's days, or years."""
    if "Date" in type(ax.xaxis.get_converter()).__name__:  # matplotlib's and pandas' converters, of which none is public
        return date2num
    if 1990 < low < high < 2100:
        return lambda day: day.year + (day.timetuple().tm_yday - 1) / 365.25
    remedy = "Draw the series first, with dates from left to right (tidy gives them as a column), or years such as 2023.5."
    raise EvaluationError("The axes have no time from left to right.", remedy)
