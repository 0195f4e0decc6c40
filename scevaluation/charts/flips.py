"""Regions of both letters: the official change beside the change with the earlier letter's weights."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import findings_national
from scevaluation.charts.findings_national import short
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.style import (
    BASE,
    CONTEXT,
    GRID,
    INK,
    INK2,
    LINE,
    MUTED,
    PHONE,
    WIDE,
    axes_at,
    canvas,
    fit,
    text_width,
    write,
)
from scevaluation.period import Period
from scevaluation.words import Sentence, Words

COLUMNS = ("region", "name", "before", "value", "official", "like_for_like", "difference", "flips")


def flip_rows(pairs: pd.DataFrame) -> pd.DataFrame:
    """Of PAIRS what is drawn: regions whose sign turns first, each group by official change, largest first."""
    rows = pairs[pairs["like_for_like"].notna()].assign(order=lambda t: -t["official"].round(9))
    return rows.sort_values(["flips", "order", "name"], ascending=[False, True, True], ignore_index=True)[list(COLUMNS)]


def flips(pairs: pd.DataFrame, cohorts: pd.DataFrame, words: Words) -> Chart:
    """A row a region: hollow the official change, full the like-for-like change; those that change sign stand first.

    Parameters
    ----------
    pairs : PAIRS
    cohorts : COHORTS
        Of the same round, for the counts.

    Returns
    -------
    Chart
        Rows as `flip_rows`.
    """
    rows = flip_rows(pairs)
    if rows.empty:
        return Chart("flips", words, Sentence("chart.flips.title_empty"), empty=Sentence("chart.flips.empty"))
    before = str(Period(pairs["previous"].iloc[0]).year)

    def paint(layout: str):
        return _paint(layout, rows, before, words)

    shift = findings_national.of_cohort(findings_national.total(cohorts), "shift", 2, sign=True)
    turned = words.join(
        f"{r.name} {words.num(r.official, 2, sign=True)} / {words.num(r.like_for_like, 2, sign=True)}"
        for r in rows[rows["flips"]].itertuples()
    )
    return Chart(
        "flips",
        words,
        findings_national.flips(cohorts, words),
        Sentence("chart.flips.note", {"shift": shift, "year": before}),
        words("chart.flips.alt", n=len(rows), year=before, turned=turned or "\u2013"),
        rows,
        **both(paint),
    )


def _paint(layout: str, rows: pd.DataFrame, before: str, w: Words):
    wide, base, turned = layout == "wide", BASE[layout], int(rows["flips"].sum())
    small = base if wide else base - 0.7
    names = max(text_width(short(r.name), small, "bold" if r.flips else "normal") for r in rows.itertuples())
    left = min(names, 1.75 if wide else 1.6) + 0.1
    right, row, top = (1.3, 0.172, 0.46) if wide else (0.94, 0.225, 0.5)
    gap = 0.3 if 0 < turned < len(rows) else 0
    page = WIDE if wide else PHONE
    fig = canvas(layout, top + row * len(rows) + gap + 0.06)
    reach = rows[["official", "like_for_like"]].to_numpy()
    unit, inch = 1 / row, 1 / (page - left - right)
    low, high = min(reach.min(), 0), max(reach.max(), 0)
    pad = max(0.06 * inch * (high - low), 0.06)
    low, high = low - pad, high + pad
    ax = axes_at(fig, left, top, page - left - right, row * len(rows) + gap)
    ax.set_xlim(low, high)
    ax.set_ylim(len(rows) + gap * unit, 0)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines["bottom"].set_visible(False)
    beside = ax.get_yaxis_transform()
    step = 0.5
    sparse = step if (page - left - right) * step / (high - low) > 0.4 else 2 * step
    for t in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step:
        ax.axvline(t, color=INK2 if t == 0 else GRID, lw=0.9 if t == 0 else 0.7, zorder=0)
        if t % sparse == 0:
            write(ax, t, -0.06 * unit, w.num(t, 1, sign=True), base - 0.8, MUTED, "center", "bottom")
    columns = (1 + 0.55 * inch, 1 + 1.22 * inch) if wide else (1 + 0.44 * inch, 1 + 0.9 * inch)
    heads = (w("chart.flips.official"), w("chart.flips.weights", year=before))
    for x, text in zip(columns, heads, strict=True):
        write(ax, x, -0.06 * unit, text, max(base - 0.9, 6.9), INK2, "right", "bottom", transform=beside, linespacing=1.0)
    if turned:
        _heading(ax, -0.28 * unit, w("chart.flips.turned"), left * inch, base)
    if gap:
        _heading(ax, turned + gap * unit * 0.72, w("chart.flips.kept"), left * inch, base)
    for i, r in enumerate(rows.itertuples()):
        _row(ax, r, i + 0.5 + (0 if r.flips else gap * unit), columns, (left - 0.06, small), inch, w)
    return fig


def _heading(ax, y: float, text: str, left: float, base: float) -> None:
    write(ax, -left, y, text, base + 0.6, INK, "left", "baseline", transform=ax.get_yaxis_transform(), weight="bold")


def _row(ax, r, y: float, columns: tuple[float, float], names: tuple[float, float], inch: float, w: Words) -> None:
    """One region: name (room in inches, size), both changes as dots joined by a line, both numbers."""
    color, weight = (LINE, "bold") if r.flips else (MUTED, "normal")
    beside, (room, size) = ax.get_yaxis_transform(), names
    ax.plot([r.official, r.like_for_like], [y, y], color=LINE if r.flips else CONTEXT, lw=1.6, zorder=1, gid="shift")
    ax.plot([r.official], [y], "o", ms=4.6, mfc="white", mec=color, mew=1.1, zorder=2, gid="official")
    ax.plot([r.like_for_like], [y], "o", ms=5, color=color, zorder=3, gid="like")
    text = fit(short(r.name), room, size, weight, 1)
    write(ax, -0.05 * inch, y, text, size, INK, "right", "center", transform=beside, weight=weight, gid="name")
    for x, value, bold in zip(columns, (r.official, r.like_for_like), ("normal", "bold"), strict=True):
        number = w.num(value, 2, sign=True)
        write(ax, x, y, number, size, INK if r.flips else INK2, "right", "center", transform=beside, weight=bold)
