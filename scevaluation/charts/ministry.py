"""Form 9: the ministry's view: components on their own scale with weights, among the participants."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import Bar, Dot, Rows, Rule, Stroke, Text, over
from scevaluation.draw.rows import even_rows
from scevaluation.draw.style import CONTEXT, GRID, INK, INK2, LINE
from scevaluation.frames import ROOT
from scevaluation.instrument import Instrument
from scevaluation.node import Scale
from scevaluation.words import Sentence, Words, capital, decimals, lower

COLUMNS = ("node", "label", "weight", "value", "before", "p10", "p50", "p90", "n", "cohort")


def ministry_rows(
    official: pd.DataFrame, region: str, instrument: Instrument, before: pd.Series, labels: dict[str, str]
) -> pd.DataFrame:
    """`COLUMNS`, p10 to n of the cohort: the index first, then the components."""
    cohort = official.loc[official["region"] == region, "cohort"].iloc[0]
    peers = official[official["cohort"] == cohort]
    rows = []
    for node in (ROOT, *instrument.components):
        values = peers.loc[peers["node"] == node, "value"].dropna()
        own = peers.loc[(peers["node"] == node) & (peers["region"] == region), "value"]
        q = values.quantile([0.1, 0.5, 0.9]).to_numpy() if len(values) else [np.nan] * 3
        weight, value = 1.0 if node == ROOT else instrument.share(node), float(own.iloc[0]) if len(own) else np.nan
        rows.append((node, labels[node], weight, value, float(before.get(node, np.nan)), *q, len(values), cohort))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def ministry(
    official: pd.DataFrame, region: str, instrument: Instrument, before: pd.Series, labels: dict[str, str], words: Words
) -> Chart:
    """Dot strips of index and components.

    The chart's rows: as `ministry_rows`.

    Parameters
    ----------
    official : DataFrame
        One round, as `intake.official.read_official` returns.
    instrument : Instrument
        Of the region's cohort, for weights and scale.
    before : Series
        The region's values of the previous round by node, as far as known.
    labels : dict of node to text
    """
    if official[official["region"] == region].empty:
        return Chart("ministry", words, Sentence("chart.ministry.title_empty"), empty=Sentence("chart.ministry.empty"))
    rows = ministry_rows(official, region, instrument, before, labels)
    cohort, n = rows["cohort"].iloc[0], int(rows["n"].iloc[0])

    scale = instrument.scale
    about = {"scale": words.span(scale), "small": words.num(scale.small, decimals(scale.small))}
    note = Sentence("chart.ministry.note", {"cohort": cohort, "n": words.num(n, 0), **about})
    told = [(r.label, words.num(r.value, 2), words.num(r.p50, 2)) for r in rows.itertuples()]
    parts = "; ".join(words("chart.ministry.alt_row", name=name, value=value, median=middle) for name, value, middle in told)
    title, alt = finding(rows, scale, words), words("chart.ministry.alt", cohort=cohort, n=n, parts=parts)
    return Chart("ministry", words, title, note, alt, rows, **both(lambda layout: _paint(layout, rows, instrument, words)))


def finding(rows: pd.DataFrame, scale: Scale, words: Words) -> Sentence:
    """How many components lie what is small on the scale or more below the cohort's median, and which lies furthest below."""
    parts = rows[(rows["node"] != ROOT) & rows["value"].notna() & rows["p50"].notna()]
    gap = (parts["value"] - parts["p50"]).round(9)
    below = parts[gap <= -scale.small]
    places = {"n": capital(words.count(len(below))), "of": words.count(len(parts)), "cohort": rows["cohort"].iloc[0]}
    if below.empty:
        return Sentence("finding.ministry.none", places)
    key = "finding.ministry.all" if len(below) == len(parts) else "finding.ministry.some"
    return Sentence(key, {**places, "worst": lower(parts.loc[gap.idxmin(), "label"])})


def _paint(layout: str, rows: pd.DataFrame, instrument: Instrument, w: Words):
    wide, n, (low, high) = layout == "wide", len(rows), (instrument.scale.low, instrument.scale.high)
    row, middle, sides = (0.28, 0.5, (1.75, 0.75)) if wide else (0.52, 0.68, (0.14, 0.62))
    view = even_rows(layout, np.arange(n) + middle, n, row, sides, 0.3, 0.05, (low, high))
    ticks = instrument.scale.ticks
    for t in ticks:
        view.ax.axvline(t, color=GRID, lw=0.8, zorder=0)
        view.draw([over(view, w.num(t, decimals(*ticks)), t, 0.12 * row)])
    for i, r in enumerate(rows.itertuples()):
        view.draw([*_marks(i, r, row), *_texts(view, i, r, row, w)])
    view.draw([Rule(row, 0.38 * view.width if wide else 0, 0.16 * view.width, INK, 0.9)] if n > 1 else [])
    return view.fig


def _marks(i: int, r, row: float) -> list:
    """The cohort's middle range with its median, the round before, this one."""
    return [
        Bar(i, r.p10, r.p90, CONTEXT, 7, "cohort", z=1),
        Stroke(i, r.p50, 0.2 * row, INK2, 1.4, "median", cap="round", z=2),
        Dot(i, r.before, LINE, 6, "before", face="white", edge=1.2, z=3),
        Dot(i, r.value, LINE, 7 if i == 0 else 6, "value", edge=1, z=4),
    ]


def _texts(view: Rows, i: int, r, row: float, w: Words) -> list[Text]:
    """Label with its weight at the left, on a phone above the marks; the value at the right."""
    weight = "" if r.node == ROOT else w("chart.ministry.weight", weight=w.pct(r.weight))
    inch = view.width
    look: dict = {"color": INK, "by": "left", "weight": "bold" if i == 0 else "normal"}
    value = Text(w.num(r.value, 2), i, 0.035 * inch, view.base + 1, LINE, by="right", weight="bold")
    if view.wide:
        name = Text(r.label, i, -0.035 * inch, view.base + 0.6, align="right", **look)
        return [name, Text(weight, i, -0.38 * inch, view.small, by="left"), value]
    return [Text(f"{r.label}  {weight}".strip(), i, 0, view.base, shift=-0.38 * row, **look), value]
