"""Form 9: the ministry's view: components on their own scale with weights, among the participants."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import findings_official
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.style import BASE, CONTEXT, GRID, INK, INK2, LINE, MUTED, TOTAL, axes_at, canvas, write
from scevaluation.frames import ROOT
from scevaluation.instrument import Instrument
from scevaluation.words import Sentence, Words


def ministry_rows(
    official: pd.DataFrame, region: str, instrument: Instrument, before: pd.Series, labels: dict[str, str]
) -> pd.DataFrame:
    """node, label, weight, value, before, and the cohort's p10, p50, p90 and n: the index first, then the components."""
    cohort = official.loc[official["region"] == region, "cohort"].iloc[0]
    peers = official[official["cohort"] == cohort]
    rows = []
    for node in (ROOT, *instrument.components):
        values = peers.loc[peers["node"] == node, "value"].dropna()
        own = peers.loc[(peers["node"] == node) & (peers["region"] == region), "value"]
        q = values.quantile([0.1, 0.5, 0.9]).to_numpy() if len(values) else [np.nan] * 3
        rows.append(
            {
                "node": node,
                "label": labels[node],
                "weight": 1.0 if node == ROOT else instrument.share(node),
                "value": float(own.iloc[0]) if len(own) else np.nan,
                "before": float(before.get(node, np.nan)),
                "p10": q[0],
                "p50": q[1],
                "p90": q[2],
                "n": len(values),
                "cohort": cohort,
            }
        )
    return pd.DataFrame(rows)


def ministry(
    official: pd.DataFrame, region: str, instrument: Instrument, before: pd.Series, labels: dict[str, str], words: Words
) -> Chart:
    """Dot strips of index and components.

    Parameters
    ----------
    official : DataFrame
        One round, as `intake.official.read_official` returns.
    region : str
    instrument : Instrument
        Of the region's cohort, for weights and scale.
    before : Series
        The region's values of the previous round by node, as far as known.
    labels : dict of node to text

    Returns
    -------
    Chart
        Rows as `ministry_rows`.
    """
    if official[official["region"] == region].empty:
        return Chart("ministry", words, Sentence("chart.ministry.title_empty"), empty=Sentence("chart.ministry.empty"))
    rows = ministry_rows(official, region, instrument, before, labels)
    cohort, n = rows["cohort"].iloc[0], int(rows["n"].iloc[0])

    def paint(layout: str):
        return _paint(layout, rows, instrument, words)

    note = Sentence("chart.ministry.note", {"cohort": cohort, "n": words.num(n, 0)})
    parts = "; ".join(
        words("chart.ministry.alt_row", name=r.label, value=words.num(r.value, 2), median=words.num(r.p50, 2))
        for r in rows.itertuples()
    )
    return Chart(
        "ministry",
        words,
        findings_official.ministry(rows, words),
        note,
        words("chart.ministry.alt", cohort=cohort, n=n, parts=parts),
        rows,
        **both(paint),
    )


def _paint(layout: str, rows: pd.DataFrame, instrument: Instrument, w: Words):
    base, count, wide = BASE[layout], len(rows), layout == "wide"
    row = 0.28 if wide else 0.52
    fig = canvas(layout, 0.3 + row * count + 0.05)
    left, right = (1.75, 0.75) if wide else (0.14, 0.62)
    ax = axes_at(fig, left, 0.3, TOTAL[layout] - left - right, row * count)
    ax.set_xlim(instrument.scale.low, instrument.scale.high)
    ax.set_ylim(count, 0)
    ax.set_yticks([])
    ticks = np.arange(np.ceil(instrument.scale.low), instrument.scale.high + 0.01)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    for t in ticks:
        ax.axvline(t, color=GRID, lw=0.8, zorder=0)
        write(ax, t, -0.12, w.num(t, 0), base - 0.8, MUTED, "center", "bottom")
    beside = ax.get_yaxis_transform()
    for i, r in enumerate(rows.itertuples()):
        y = i + (0.5 if wide else 0.68)
        ax.plot([r.p10, r.p90], [y, y], color=CONTEXT, lw=7, solid_capstyle="butt", zorder=1, gid="cohort")
        ax.plot([r.p50] * 2, [y - 0.2, y + 0.2], color=INK2, lw=1.4, zorder=2, gid="median")
        if np.isfinite(r.before):
            ax.plot([r.before], [y], "o", ms=6, mfc="white", mec=LINE, mew=1.2, zorder=3, gid="before")
        ax.plot([r.value], [y], "o", ms=7 if i == 0 else 6, color=LINE, zorder=4, gid="value")
        weight = "" if r.node == ROOT else w("chart.ministry.weight", weight=w.pct(r.weight))
        bold = "bold" if i == 0 else "normal"
        if wide:
            write(ax, -0.035, y, r.label, base + 0.6, INK, "right", "center", transform=beside, weight=bold)
            write(ax, -0.38, y, weight, base - 0.8, INK2, "left", "center", transform=beside)
        else:
            text = f"{r.label}  {weight}".strip()
            write(ax, 0, i + 0.3, text, base, INK, "left", "center", transform=beside, weight=bold)
        write(ax, 1.035, y, w.num(r.value, 2), base + 1, LINE, "left", "center", transform=beside, weight="bold")
    if count > 1:
        ax.plot([-0.38 if wide else 0, 1.16], [1, 1], transform=beside, color=INK, lw=0.9, clip_on=False)
    return fig
