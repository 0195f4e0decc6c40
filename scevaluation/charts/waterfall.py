"""Form 5: what moved the index between two rounds; the bars sum to the change exactly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import findings
from scevaluation.charts.chart import Chart, both
from scevaluation.charts.style import BASE, DOWN, FLAT, GRID, INK, INK2, RULE, UP, axes_at, canvas, wrap
from scevaluation.frames import CONTRIBUTIONS
from scevaluation.words import Sentence, Words


def _bars(change: pd.DataFrame, labels: dict[str, str], words: Words) -> pd.DataFrame:
    """One bar a node for its scores, largest first, then one bar each for weights, coverage and instrument."""
    parts = change[change["kind"] != "total"]
    scores = parts[parts["kind"] == "score"].groupby("node", sort=False)["contribution"].sum().sort_values(ascending=False, kind="stable")
    rows = [(n, "score", labels.get(n, n), v) for n, v in scores.items()]
    for kind in CONTRIBUTIONS[1:]:
        total = parts.loc[parts["kind"] == kind, "contribution"].sum()
        if abs(total) > 1e-12:
            rows.append((kind, kind, words("change." + kind), total))
    return pd.DataFrame(rows, columns=["node", "kind", "label", "contribution"])


def waterfall(change: pd.DataFrame, labels: dict[str, str], ends: tuple[float, float], words: Words) -> Chart:
    """Contributions from the previous round's index to this one's.

    Parameters
    ----------
    change : CHANGE
        Of one region and pair of rounds.
    labels : dict of node to text
    ends : tuple of float
        Index of the previous round and of this one, on the instrument's scale.
    words : Words

    Returns
    -------
    Chart
        Rows: node, kind, label, contribution (they sum to ends[1] - ends[0]); a designed empty state where one round's
        components are unknown.
    """
    total = change[change["kind"] == "total"]
    if total.empty:
        return Chart("waterfall", words, Sentence("chart.waterfall.title_empty"), empty=Sentence("chart.waterfall.none"))
    first = total.iloc[0]
    bars = _bars(change, labels, words)
    places = {"previous": words.round(first["previous"]), "round": words.round(first["round"])}
    if bars.empty:
        return Chart("waterfall", words, findings.change(first, words), rows=bars, empty=Sentence("chart.waterfall.empty", places))
    view = _View(bars, ends, places, words)
    like = first["like_for_like"]
    note = Sentence("chart.waterfall.note", {"like": findings.fact(first, "like_for_like", 2, sign=True), "official": findings.fact(first, "official", 2, sign=True), **places}
                    ) if np.isfinite(like) else Sentence("chart.waterfall.note_short", places)
    return Chart("waterfall", words, findings.change(first, words), note, view.alt(), bars, **both(view.paint))


class _View:
    def __init__(self, bars, ends, places, words):
        self.bars, self.ends, self.places, self.words = bars, ends, places, words

    def alt(self) -> str:
        w = self.words
        parts = ", ".join(f"{r.label} {w.num(r.contribution, 2, sign=True)}" for r in self.bars.itertuples())
        return w("chart.waterfall.alt", start=w.num(self.ends[0], 2), end=w.num(self.ends[1], 2), parts=parts, **self.places)

    def paint(self, layout: str):
        base, w, count = BASE[layout], self.words, len(self.bars) + 2
        row = 0.26 if layout == "wide" else 0.34
        fig = canvas(layout, 0.1 + row * count + 0.08)
        left = 2.1 if layout == "wide" else 1.32
        width = (7.09 if layout == "wide" else 3.42) - left - 0.62
        ax = axes_at(fig, left, 0.06, width, row * count)
        levels = np.concatenate([[self.ends[0]], self.ends[0] + self.bars["contribution"].cumsum()])
        low, high = levels.min(), levels.max()
        pad = max((high - low) * 0.12, 0.01)
        ax.set_xlim(low - pad, high + pad)
        ax.set_ylim(count, 0)
        ax.set_xticks([])
        ax.set_yticks([])
        ax.spines["bottom"].set_visible(False)
        for at in (self.ends[0], self.ends[1]):
            ax.axvline(at, color=GRID, lw=0.8, zorder=0)
        texts = [(self.places["previous"], True), *((t, False) for t in self.bars["label"]), (self.places["round"], True)]
        for i, (text, bold) in enumerate(texts):
            ax.text(-0.02, i + 0.5, wrap(text, 34 if layout == "wide" else 21), transform=ax.get_yaxis_transform(), ha="right", va="center",
                    fontsize=base, fontweight="bold" if bold else "normal", linespacing=0.9)
        for i, value in ((0, self.ends[0]), (count - 1, self.ends[1])):
            ax.plot([value], [i + 0.5], marker="D", ms=5, color=INK, gid="end")
            ax.text(value, i + 0.5, "  " + w.num(value, 2), va="center", fontsize=base + 1, fontweight="bold")
        for i, bar in enumerate(self.bars.itertuples(), 1):
            self._bar(ax, i, levels[i - 1], bar, base)
            ax.plot([levels[i]] * 2, [i + 0.5, i + 1.5], color=RULE, lw=0.7, zorder=0.5)
        return fig

    def _bar(self, ax, i, start, bar, base) -> None:
        """Scores solid; weights outlined, coverage and instrument hatched, for these are no doing of the agencies."""
        color = UP if bar.contribution > 0 else DOWN
        look = {"score": {"facecolor": color, "edgecolor": color}, "weight": {"facecolor": "white", "edgecolor": FLAT},
                "coverage": {"facecolor": "white", "edgecolor": FLAT, "hatch": "////"}, "instrument": {"facecolor": "white", "edgecolor": FLAT, "hatch": "\\\\\\\\"}}
        ax.barh(i + 0.5, bar.contribution, left=start, height=0.56, lw=0.9, gid=f"bar-{bar.kind}", **look[bar.kind])
        end = start + bar.contribution
        beside = max(start, end)
        ax.annotate(self.words.num(bar.contribution, 2, sign=True), (beside, i + 0.5), (4, 0), textcoords="offset points", va="center", ha="left",
                    fontsize=base, fontweight="semibold", color=color if bar.kind == "score" else INK2)
