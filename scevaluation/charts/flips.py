"""Regions of both letters: the official change beside the change with the earlier letter's weights."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from scevaluation.charts.titles import total
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import Bar, Dot, Rows, Text, over
from scevaluation.draw.rows import even_rows
from scevaluation.draw.style import BASE, CONTEXT, GRID, INK, INK2, LINE, MUTED, SMALLEST, TOTAL, fit, text_width
from scevaluation.frames.national import COHORTS
from scevaluation.node import Scale
from scevaluation.period import Period
from scevaluation.region import short_name
from scevaluation.words import Sentence, Words, decimals

COLUMNS = ("region", "name", "before", "value", "official", "like_for_like", "difference", "flips")


def flip_rows(pairs: pd.DataFrame) -> pd.DataFrame:
    """Of PAIRS what is drawn: regions whose sign turns first, each group by official change, largest first."""
    rows = pairs[pairs["like_for_like"].notna()].assign(order=lambda t: -t["official"].round(9))
    return rows.sort_values(["flips", "order", "name"], ascending=[False, True, True], ignore_index=True)[list(COLUMNS)]


def flips(pairs: pd.DataFrame, cohorts: pd.DataFrame, scale: Scale, words: Words) -> Chart:
    """A row a region: hollow the official change, full the like-for-like change; those that change sign stand first.

    The chart's rows: as `flip_rows`.

    Parameters
    ----------
    pairs : PAIRS
    cohorts : COHORTS
        Of the same round, for the counts.
    scale : Scale
        On which all are scored.
    """
    rows = flip_rows(pairs)
    if rows.empty:
        return Chart("flips", words, Sentence("chart.flips.title_empty"), empty=Sentence("chart.flips.empty"))
    before = str(Period(pairs["previous"].iloc[0]).year)

    shift = COHORTS.fact(total(cohorts), "shift", 2, sign=True)
    num = partial(words.num, digits=2, sign=True)
    turned = words.join(f"{r.name} {num(r.official)} / {num(r.like_for_like)}" for r in rows[rows["flips"]].itertuples())
    note = Sentence("chart.flips.note", {"shift": shift, "year": before})
    alt = words("chart.flips.alt", n=len(rows), year=before, turned=turned or "\u2013")
    title = finding(cohorts)
    return Chart("flips", words, title, note, alt, rows, **both(lambda layout: _paint(layout, rows, before, 5 * scale.small, words)))


def finding(cohorts: pd.DataFrame) -> Sentence:
    """How many of the regions of both letters turn their sign."""
    row = total(cohorts)
    key = "finding.flips.some" if row["flips"] else "finding.flips.none"
    return Sentence(key, {"n": COHORTS.fact(row, "flips", 0), "of": COHORTS.fact(row, "pairs", 0)})


def _paint(layout: str, rows: pd.DataFrame, before: str, step: float, w: Words):
    wide, base, turned = layout == "wide", BASE[layout], int(rows["flips"].sum())
    size = base if wide else base - 0.7
    names = max(text_width(short_name(r.name), size, "bold" if r.flips else "normal") for r in rows.itertuples())
    left, right = min(names, 1.75 if wide else 1.6) + 0.1, 1.3 if wide else 0.94
    row, top, columns = (0.172, 0.46, (0.55, 1.22)) if wide else (0.225, 0.5, (0.44, 0.9))
    reach, width = rows[["official", "like_for_like"]].to_numpy(), TOTAL[layout] - left - right
    low, high = min(reach.min(), 0), max(reach.max(), 0)
    pad = max(0.06 * (1 / width) * (high - low), 0.12 * step)
    gap = 0.3 / row if 0 < turned < len(rows) else 0
    y = np.arange(len(rows)) + 0.5 + np.where(rows["flips"], 0, gap)
    view = even_rows(layout, y, len(rows) + gap, row, (left, right), top, 0.06, (low - pad, high + pad))
    _axis(view, step, w)
    look: dict = {"size": max(base - 0.9, SMALLEST), "by": "right", "spacing": 1.0}
    heads = [w("chart.flips.official"), w("chart.flips.weights", year=before)]
    view.draw(over(view, text, x, 0.06, "right", INK2, **look) for x, text in zip(columns, heads, strict=True))
    look = {"size": base + 0.6, "color": INK, "by": "left", "weight": "bold", "upright": "baseline"}
    view.draw([Text(w("chart.flips.turned"), None, -left, shift=-0.28, **look)] if turned else [])
    view.draw([Text(w("chart.flips.kept"), None, -left, shift=(turned + gap * 0.72) * row, **look)] if gap else [])
    for i, r in enumerate(rows.itertuples()):
        view.draw(_row(i, r, columns, left - 0.06, size, w))
    return view.fig


def _axis(view: Rows, step: float, w: Words) -> None:
    (low, high), sparse = view.ax.get_xlim(), step if step * view.unit > 0.4 else 2 * step
    for t in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step:
        view.ax.axvline(t, color=INK2 if t == 0 else GRID, lw=0.9 if t == 0 else 0.7, zorder=0)
        view.draw([over(view, w.num(t, decimals(step), sign=True), t, 0.06)] if round(t / step) % round(sparse / step) == 0 else [])


def _row(i: int, r, columns: tuple[float, float], room: float, size: float, w: Words) -> list:
    """One region: name (room in inches, size), both changes as dots joined by a line, both numbers."""
    color, line, ink, weight = (LINE, LINE, INK, "bold") if r.flips else (MUTED, CONTEXT, INK2, "normal")
    look: dict = {"size": size, "align": "right"}
    ends = (r.official, r.like_for_like)
    numbers = zip(columns, ends, ("normal", "bold"), strict=True)
    before = Dot(i, r.official, color, 4.6, "official", face="white", edge=1.1, z=2)
    shift, like = Bar(i, *ends, line, 1.6, "shift", cap="round", z=1), Dot(i, r.like_for_like, color, 5, "like", edge=1, z=3)
    name = Text(fit(short_name(r.name), room, size, weight, 1), i, -0.05, color=INK, by="left", weight=weight, name="name", **look)
    values = [Text(w.num(v, 2, sign=True), i, x, color=ink, by="right", weight=bold, **look) for x, v, bold in numbers]
    return [shift, before, like, name, *values]
