"""Who moved most between two letters: all changes as dots, and the largest with the cohort's common movement taken off."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts.cohort import dots
from scevaluation.charts.titles import total
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import Band, Bar, Dot, Rows, Rule, Text, over
from scevaluation.draw.panels import canvas
from scevaluation.draw.rows import even_rows
from scevaluation.draw.style import BASE, DOWN, GRID, INK, INK2, RULE, UP, fit, text_width, write
from scevaluation.frames.national import COHORTS
from scevaluation.node import Scale
from scevaluation.region import short_name
from scevaluation.words import Sentence, Words, decimals

MOST = 8  # named on each side
COLUMNS = ("region", "name", "cohort", "change", "common", "net", "named")


def mover_rows(regions: pd.DataFrame) -> pd.DataFrame:
    """region, name, cohort, change, common, net of every region with a change, largest net rise first; `named` on the chart."""
    rows = regions[regions["net"].notna()].assign(order=lambda t: -t["net"].round(9))
    rows = rows.sort_values(["order", "name"], kind="stable", ignore_index=True)
    up, down = rows.index[rows["order"] < 0][:MOST], rows.index[rows["order"] > 0][-MOST:]
    return rows.assign(named=rows.index.isin([*up, *down]))[list(COLUMNS)]


def movers(regions: pd.DataFrame, cohorts: pd.DataFrame, scale: Scale, words: Words) -> Chart:
    """A dot histogram of all published changes, and below it the regions that moved furthest beyond their cohort.

    The chart's rows: as `mover_rows`.

    Parameters
    ----------
    regions : REGIONS
    cohorts : COHORTS
        Of the same round, for the counts.
    scale : Scale
        On which all are scored.
    """
    rows = mover_rows(regions)
    if rows.empty:
        return Chart("movers", words, Sentence("chart.movers.title_empty"), empty=Sentence("chart.movers.empty"))
    named = rows[rows["named"]]

    each = cohorts[(cohorts["cohort"] != "all") & cohorts["common"].notna()]
    common = words.join(f"{r.cohort} {words.num(r.common, 2, sign=True)}" for r in each.itertuples())
    ends = (("first", rows.iloc[0]), ("last", rows.iloc[-1]))
    places = {k: f"{r['name']} {words.num(r['net'], 2, sign=True)}" for k, r in ends}
    row = total(cohorts)
    note = Sentence("chart.movers.note", {"common": common, "small": words.num(scale.small, decimals(scale.small))})
    alt = words("chart.movers.alt", n=len(rows), rose=int(row["rose"]), fell=int(row["fell"]), **places)
    pictures = both(lambda layout: _paint(layout, rows, named, scale.small, words))
    return Chart("movers", words, finding(cohorts), note, alt, rows, **pictures)


def finding(cohorts: pd.DataFrame) -> Sentence:
    """How many rose, fell and hardly moved."""
    row = total(cohorts)
    places = {name: COHORTS.fact(row, name, 0) for name in ("rose", "fell", "small")}
    return Sentence("finding.movers", {**places, "n": COHORTS.fact(row, "with_change", 0)})


def _paint(layout: str, rows: pd.DataFrame, named: pd.DataFrame, small: float, w: Words):
    wide, base = layout == "wide", BASE[layout]
    size = base if wide else base - 0.7
    names = max((text_width(short_name(n), size) for n in named["name"]), default=0.0)
    sides = (1.75, 1.15) if wide else (min(names, 1.6) + 0.08, 0.52)
    row, top, gap = (0.19, 1.45, 0.62) if wide else (0.235, 1.5, 0.66)
    reach = float(np.ceil(rows[["change", "net"]].abs().max().max() / (2.5 * small) + 0.2) * 2.5 * small)
    fig = canvas(layout, top + (gap + row * len(named) + 0.08 if len(named) else 0.1))
    above, span = sides if wide else (0.06, 0.06), (-reach, reach)
    _all(even_rows(layout, [], top - 0.45, 1, above, 0.3, 0, span, fig=fig), rows["change"].to_numpy(), small, w)
    if len(named):
        y = np.arange(len(named)) + 0.5
        _most(even_rows(layout, y, len(y), row, sides, top + gap, 0, span, fig=fig), named, size, small, w)
    return fig


def _all(view: Rows, values: np.ndarray, small: float, w: Words) -> None:
    """Every published change as a dot; how many fell and rose stand on their sides."""
    ax, base, place, reach = view.ax, view.base, {"transform": view.ax.transAxes}, view.ax.get_xlim()[1]
    height, step = dots(values, small / 2), 5 * small
    ax.set_axis_on()
    ax.set_ylim(-0.7, max(height.max(), 6) * 1.15)
    ax.set_yticks([])
    ax.spines["bottom"].set_color(RULE)
    view.draw([Band(-small, small, "small")])
    ticks = np.arange(np.ceil(-reach / step), np.floor(reach / step) + 1) * step
    ticks = ticks[np.abs(ticks) < reach * 0.93]
    ax.set_xticks(ticks, [w.num(t, decimals(step), sign=True) for t in ticks])
    x = (np.floor(np.round(values / (small / 2), 9)) + 0.5) * (small / 2)
    ax.axvline(0, color=INK2, lw=0.8, zorder=0.5)
    for ink, mine in ((UP, values > 0), (DOWN, values < 0), (INK2, values == 0)):
        ax.scatter(x[mine], height[mine], s=8 if view.wide else 7, color=ink, lw=0, zorder=2, gid="participants")
    for side, sign, align in ((0, -1, "left"), (1, 1, "right")):
        n = int((np.sign(values) == sign).sum())
        key, ink = ("chart.movers.rose", UP) if sign > 0 else ("chart.movers.fell", DOWN)
        write(ax, side, 0.62, w.num(n, 0), base + 8, ink, align, "bottom", weight="bold", gid="count", **place)
        write(ax, side, 0.6, w(key), base, INK2, align, "top", **place)
    write(ax, 0, 1.02, w("chart.movers.all"), base + 1, INK, "left", "bottom", weight="bold", **place)


def _most(view: Rows, named: pd.DataFrame, size: float, small: float, w: Words) -> None:
    """The furthest movers, a stem from zero each; names (of `size` points) left, their numbers right."""
    base, (low, high) = view.base, view.ax.get_xlim()
    view.draw([Band(-small, small, "small")])
    view.ax.axvline(0, color=INK2, lw=0.8, zorder=0.5)
    title: dict = {"by": "left", "weight": "bold", "shift": -0.33, "upright": "baseline"}
    look: dict = {"size": base - 0.6, "by": "right", "upright": "baseline"}
    columns = ((w("chart.movers.net"), 0.5), (w("chart.movers.printed"), 1.15))
    heads = [over(view, text, x, 0.08, "right", INK2, **look) for text, x in columns]
    view.draw([Text(w("chart.movers.most"), None, -view.left, base + 1, INK, **title), *heads[: 1 + view.wide]])
    for t in np.arange(np.ceil(low / (5 * small)), np.floor(high / (5 * small)) + 1) * (5 * small):
        view.ax.axvline(t, color=GRID, lw=0.7, zorder=0.2)
    turn = int((named["net"] > 0).sum())
    view.draw([Rule(turn * view.tall, view.left, 1.15 if view.wide else 0.5)] if 0 < turn < len(named) else [])
    for i, r in enumerate(named.itertuples()):
        view.draw(_mover(view, i, r, size, w))


def _mover(view: Rows, i: int, r, size: float, w: Words) -> list:
    color, net, printed = UP if r.net > 0 else DOWN, w.num(r.net, 2, sign=True), w.num(r.change, 2, sign=True)
    name = fit(short_name(r.name), view.left - 0.06, size, lines=1)
    right: dict = {"align": "right", "by": "right"}
    out = [
        Bar(i, 0, r.net, color, 2, "stem", z=1),
        Dot(i, r.net, color, 5 if view.wide else 5.5, "net", edge=1, z=2),
        Text(name, i, -0.04, size, INK, "right", by="left", name="name"),
        Text(net, i, 0.5, view.base, color, weight="bold", name="value", **right),
        Text(printed, i, 1.15, view.base - 0.3, **right),
    ]
    return out if view.wide else out[:-1]
