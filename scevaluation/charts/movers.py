"""Who moved most between two letters: all changes as dots, and the largest with the cohort's common movement taken off."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import findings_national
from scevaluation.charts.cohort import dots
from scevaluation.charts.findings_national import short
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.style import (
    BAND,
    BASE,
    DOWN,
    GRID,
    INK,
    INK2,
    PHONE,
    RULE,
    UP,
    WIDE,
    axes_at,
    canvas,
    fit,
    text_width,
    write,
)
from scevaluation.words import Sentence, Words

SMALL, BIN = 0.1, 0.05
MOST = 8  # named on each side
COLUMNS = ("region", "name", "cohort", "change", "common", "net", "named")


def mover_rows(regions: pd.DataFrame) -> pd.DataFrame:
    """region, name, cohort, change, common, net of every region with a change, largest net rise first; `named` on the chart."""
    rows = regions[regions["net"].notna()].assign(order=lambda t: -t["net"].round(9))
    rows = rows.sort_values(["order", "name"], kind="stable", ignore_index=True)
    up, down = rows.index[rows["order"] < 0][:MOST], rows.index[rows["order"] > 0][-MOST:]
    return rows.assign(named=rows.index.isin([*up, *down]))[list(COLUMNS)]


def movers(regions: pd.DataFrame, cohorts: pd.DataFrame, words: Words) -> Chart:
    """A dot histogram of all published changes, and below it the regions that moved furthest beyond their cohort.

    Parameters
    ----------
    regions : REGIONS
    cohorts : COHORTS
        Of the same round, for the counts.

    Returns
    -------
    Chart
        Rows as `mover_rows`.
    """
    rows = mover_rows(regions)
    if rows.empty:
        return Chart("movers", words, Sentence("chart.movers.title_empty"), empty=Sentence("chart.movers.empty"))
    named = rows[rows["named"]]

    def paint(layout: str):
        return _paint(layout, rows, named, words)

    each = cohorts[(cohorts["cohort"] != "all") & cohorts["common"].notna()]
    common = words.join(f"{r.cohort} {words.num(r.common, 2, sign=True)}" for r in each.itertuples())
    ends = (("first", rows.iloc[0]), ("last", rows.iloc[-1]))
    places = {k: f"{r['name']} {words.num(r['net'], 2, sign=True)}" for k, r in ends}
    total = findings_national.total(cohorts)
    return Chart(
        "movers",
        words,
        findings_national.movers(cohorts),
        Sentence("chart.movers.note", {"common": common, "small": words.num(SMALL, 1)}),
        words("chart.movers.alt", n=len(rows), rose=int(total["rose"]), fell=int(total["fell"]), **places),
        rows,
        **both(paint),
    )


def _paint(layout: str, rows: pd.DataFrame, named: pd.DataFrame, w: Words):
    wide, base = layout == "wide", BASE[layout]
    small = base if wide else base - 0.7
    names = max((text_width(short(n), small) for n in named["name"]), default=0.0)
    left, right = (1.75, 1.15) if wide else (min(names, 1.6) + 0.08, 0.52)
    row, top, gap = (0.19, 1.45, 0.62) if wide else (0.235, 1.5, 0.66)
    width = (WIDE if wide else PHONE) - left - right
    reach = float(np.ceil(rows[["change", "net"]].abs().max().max() / 0.25 + 0.2) * 0.25)
    fig = canvas(layout, top + (gap + row * len(named) + 0.08 if len(named) else 0.1))
    above = axes_at(fig, left if wide else 0.06, 0.3, width if wide else PHONE - 0.12, top - 0.45)
    below = [axes_at(fig, left, top + gap, width, row * len(named))] if len(named) else []
    for ax in (above, *below):
        ax.set_xlim(-reach, reach)
        ax.set_xticks([])
        ax.set_yticks([])
        ax.spines["bottom"].set_visible(False)
        ax.axvspan(-SMALL, SMALL, color=BAND, lw=0, zorder=0, gid="small")
    _all(above, rows["change"].to_numpy(), reach, w, base, layout)
    for ax in below:
        _most(ax, named.reset_index(drop=True), reach, (left, small), w, base, layout)
    return fig


def _all(ax, values: np.ndarray, reach: float, w: Words, base: float, layout: str) -> None:
    """Every published change as a dot; how many fell and rose stand on their sides."""
    height = dots(values, BIN)
    crowd = max(height.max(), 6)
    ax.set_ylim(-0.7, crowd * 1.15)
    ax.spines["bottom"].set(visible=True, color=RULE)
    step = 0.5
    ticks = np.arange(np.ceil(-reach / step), np.floor(reach / step) + 1) * step
    ticks = ticks[np.abs(ticks) < reach * 0.93]
    ax.set_xticks(ticks, [w.num(t, 1, sign=True) for t in ticks])
    x = (np.floor(np.round(values / BIN, 9)) + 0.5) * BIN
    ax.axvline(0, color=INK2, lw=0.8, zorder=0.5)
    for ink, mine in ((UP, values > 0), (DOWN, values < 0), (INK2, values == 0)):
        ax.scatter(x[mine], height[mine], s=8 if layout == "wide" else 7, color=ink, lw=0, zorder=2, gid="participants")
    for side, sign, align in ((0, -1, "left"), (1, 1, "right")):
        n = int((np.sign(values) == sign).sum())
        key, ink = ("chart.movers.rose", UP) if sign > 0 else ("chart.movers.fell", DOWN)
        write(ax, side, 0.62, w.num(n, 0), base + 8, ink, align, "bottom", transform=ax.transAxes, weight="bold", gid="count")
        write(ax, side, 0.6, w(key), base, INK2, align, "top", transform=ax.transAxes)
    write(ax, 0, 1.02, w("chart.movers.all"), base + 1, INK, "left", "bottom", transform=ax.transAxes, weight="bold")


def _most(ax, named: pd.DataFrame, reach: float, names: tuple[float, float], w: Words, base: float, layout: str) -> None:
    """The furthest movers, a stem from zero each; names (room in inches, size) left, their numbers right."""
    wide, (left, small) = layout == "wide", names
    ax.set_ylim(len(named), 0)
    beside, unit = ax.get_yaxis_transform(), len(named) / (ax.get_position().height * ax.figure.get_size_inches()[1])
    inch = 1 / (ax.get_position().width * ax.figure.get_size_inches()[0])
    ax.axvline(0, color=INK2, lw=0.8, zorder=0.5)
    write(ax, -left * inch, -0.33 * unit, w("chart.movers.most"), base + 1, INK, transform=beside, weight="bold")
    write(ax, 1 + 0.5 * inch, -0.08 * unit, w("chart.movers.net"), base - 0.6, INK2, "right", transform=beside)
    if wide:
        write(ax, 1 + 1.15 * inch, -0.08 * unit, w("chart.movers.printed"), base - 0.6, INK2, "right", transform=beside)
    for t in np.arange(np.ceil(-reach / 0.5), np.floor(reach / 0.5) + 1) * 0.5:
        ax.axvline(t, color=GRID, lw=0.7, zorder=0.2)
    turn = int((named["net"] > 0).sum())
    if 0 < turn < len(named):
        ax.plot(
            [-left * inch, 1 + (1.15 if wide else 0.5) * inch], [turn] * 2, transform=beside, color=RULE, lw=0.8, clip_on=False
        )
    for i, r in enumerate(named.itertuples()):
        y, color = i + 0.5, UP if r.net > 0 else DOWN
        ax.plot([0, r.net], [y, y], color=color, lw=2, solid_capstyle="butt", zorder=1, gid="stem")
        ax.plot([r.net], [y], "o", ms=5 if wide else 5.5, color=color, zorder=2, gid="net")
        text = fit(short(r.name), left - 0.06, small, lines=1)
        write(ax, -0.04 * inch, y, text, small, INK, "right", "center", transform=beside, gid="name")
        value = w.num(r.net, 2, sign=True)
        write(ax, 1 + 0.5 * inch, y, value, base, color, "right", "center", transform=beside, weight="bold", gid="value")
        if wide:
            write(ax, 1 + 1.15 * inch, y, w.num(r.change, 2, sign=True), base - 0.3, INK2, "right", "center", transform=beside)
