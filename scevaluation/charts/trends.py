"""Form 3: how every sector moved since the first round, as small multiples on one range."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd

from scevaluation.charts import findings
from scevaluation.charts.chart import Chart, both
from scevaluation.charts.style import (
    BASE,
    CONTEXT,
    GRID,
    INK,
    INK2,
    LINE,
    MUTED,
    RULE,
    axes_at,
    canvas,
    hue,
    mark,
    shade_cycles,
    shade_events,
    wrap,
)
from scevaluation.programme import Programme, Round
from scevaluation.words import Sentence, Words


def _table(index, verdicts, programme: Programme, round_name: str, nodes, labels) -> pd.DataFrame:
    """A row a node and round that was drawn, with the verdict of the node."""
    rows = index[index["node"].isin(nodes) & (index["round"] <= round_name)]
    rows = rows[["node", "round", "value100", "low", "high", "instrument"]].sort_values(
        ["node", "round"], key=lambda s: s.map({n: i for i, n in enumerate(nodes)}) if s.name == "node" else s, kind="stable")
    says = verdicts.set_index("node")
    rows["label"] = rows["node"].map(labels)
    rows["direction"] = rows["node"].map(says["direction"]).fillna("too_little_data")
    rows["linked"] = rows["node"].map(says["comparable"]).fillna(True).astype(bool)
    rows["target"] = rows["node"].map({t.node: t.value for t in programme.targets}).astype(float)
    return rows.reset_index(drop=True)


def trends(index: pd.DataFrame, verdicts: pd.DataFrame, programme: Programme, round_name: str, nodes: list[str], labels: dict[str, str], words: Words) -> Chart:
    """Small multiples of `nodes`, the first one the composite.

    Parameters
    ----------
    index : INDEX
        Of the programme's region.
    verdicts : VERDICTS
        For the word and mark of each panel.
    programme : Programme
        Its cycles, events and targets.
    round_name : str
        The last round shown.
    nodes : list of str
        Panels, in order.
    labels : dict of node to text
    words : Words

    Returns
    -------
    Chart
        Rows: node, round, value100, low, high, instrument, label, direction, linked, target.
    """
    rows = _table(index, verdicts, programme, round_name, nodes, labels)
    if rows["value100"].notna().sum() == 0:
        return Chart("trends", words, Sentence("chart.trends.title_empty"), rows=rows, empty=Sentence("chart.trends.empty"))
    shown = [n for n in nodes if rows.loc[rows["node"] == n, "value100"].notna().any()]
    view = _View(rows, programme, round_name, shown, labels, words)
    note = Sentence("chart.trends.note")
    return Chart("trends", words, findings.trends(rows, shown, labels, words), note, _alt(rows, shown, labels, words),
                 rows.drop(columns=["instrument"]), **both(view.paint))


def _alt(rows, nodes, labels, w: Words) -> str:
    parts = []
    for n in nodes:
        seen = rows[(rows["node"] == n) & rows["value100"].notna()]
        parts.append(w("chart.trends.alt_panel", name=labels[n], first=w.num(seen["value100"].iloc[0]), start=w.round(seen["round"].iloc[0]),
                       last=w.num(seen["value100"].iloc[-1]), end=w.round(seen["round"].iloc[-1]),
                       verdict=w("direction." + seen["direction"].iloc[0]).lower()))
    return w("chart.trends.alt", n=w.count(len(nodes)), parts="; ".join(parts))


class _View:
    """What is common to all panels: ranges, calendar, words."""

    def __init__(self, rows, programme, round_name, nodes, labels, words):
        self.rows, self.programme, self.nodes, self.labels, self.words = rows, programme, nodes, labels, words
        self.end = Round(round_name)
        self.first = Round(rows["round"].min()).time - 0.25
        self.last = self.end.time + 0.25
        seen = pd.concat([rows["value100"], rows["target"]]).dropna()
        self.low, self.high = math.floor((seen.min() - 2) / 10) * 10, math.ceil((seen.max() + 2) / 10) * 10
        span = (self.high - self.low) / 10
        self.step = 10 if span <= 6 else 20

    def paint(self, layout: str):
        columns = 3 if layout == "wide" else 1
        count = len(self.nodes)
        columns = min(columns, count)
        lines = math.ceil(count / columns)
        tall = 2.06 if layout == "wide" else 1.42
        fig = canvas(layout, lines * tall + 0.04)
        width = (7.09 if layout == "wide" else 3.42) / (3 if layout == "wide" else 1)
        for i, node in enumerate(self.nodes):
            left, top = (i % columns) * width, (i // columns) * tall
            ax = axes_at(fig, left + 0.02, top + 0.32, width - 0.46, tall - 0.56)
            self._panel(ax, node, first=i == 0, left=i % columns == 0, layout=layout)
        return fig

    def _panel(self, ax, node: str, first: bool, left: bool, layout: str) -> None:
        base = BASE[layout]
        rows = self.rows[self.rows["node"] == node]
        verdict = rows["direction"].iloc[0]
        x = np.array([Round(r).time for r in rows["round"]])
        y = rows["value100"].to_numpy(float)
        ax.set_xlim(self.first, self.last)
        ax.set_ylim(self.low, self.high)
        size = max(base - 1.1, 6.9)
        shade_cycles(ax, self.programme, self.words, first, self.first, self.last, size)
        shade_events(ax, [e for e in self.programme.events if e.first <= self.end.end], self.words, first, self.first, self.last, size)
        self._frame(ax, left, base)
        for other in self.nodes[1:]:
            if other != node:
                more = self.rows[self.rows["node"] == other]
                ax.plot([Round(r).time for r in more["round"]], more["value100"], color=CONTEXT, lw=0.8, zorder=1)
        ax.fill_between(x, rows["low"].astype(float), rows["high"].astype(float), color=LINE, alpha=0.16, lw=0, zorder=1.5, gid="ribbon")
        self._line(ax, x, y, rows)
        self._end(ax, x, y, rows, verdict, base, first)
        above = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}
        title = wrap(self.labels[node], 24 if layout == "wide" else 30)
        ax.annotate(title, (0, 1), (0, 4), fontsize=base + 1.2, fontweight="bold", linespacing=0.95, **above)
        ax.annotate(self.words("direction." + verdict), (1, 1), (-15, 4), ha="right", fontsize=base, color=hue(verdict), fontweight="semibold", **above)
        height = ax.get_position().height * ax.figure.get_size_inches()[1] * 72
        width = ax.get_position().width * ax.figure.get_size_inches()[0] * 72
        mark(ax, verdict, 1 - 6 / width, 1 + (4 + base * 0.5) / height, 4.2, ax.transAxes)

    def _frame(self, ax, left: bool, base: float) -> None:
        years = [y for y in range(math.ceil(self.first), math.floor(self.last) + 1) if (y - math.ceil(self.first)) % 2 == 0]
        ax.set_xticks([y + 0.5 if y + 0.5 < self.last else y for y in years], [str(y) for y in years])
        ticks = range(self.low + self.step if self.low else self.low, self.high, self.step)
        ax.set_yticks(list(ticks), [])
        for t in ticks:
            ax.axhline(t, color=GRID, lw=0.7, zorder=0.2)
            if left:
                ax.text(self.first + 0.06, t + (self.high - self.low) * 0.012, str(t), fontsize=max(base - 0.8, 6.9), color=MUTED, va="bottom")
        ax.spines["bottom"].set_color(RULE)

    def _line(self, ax, x, y, rows) -> None:
        """Solid between neighbouring rounds; a thin dashed bridge over a missing one; nothing across an unlinked instrument."""
        seen = np.flatnonzero(np.isfinite(y))
        numbers = [Round(r).number for r in rows["round"]]
        names, linked = rows["instrument"].to_list(), bool(rows["linked"].iloc[0])
        for a, b in itertools.pairwise(seen):
            if names[a] != names[b] and not linked:
                continue
            near = numbers[b] - numbers[a] == 1
            ax.plot(x[[a, b]], y[[a, b]], color=LINE, lw=1.9 if near else 0.9, ls="-" if near else (0, (2, 1.6)), zorder=2, gid="segment" if near else "bridge")
        for a, b in zip(range(len(names) - 1), range(1, len(names)), strict=True):
            if names[a] != names[b]:
                middle = (x[a] + x[b]) / 2
                ax.plot([middle] * 2, [0, 0.04], transform=ax.get_xaxis_transform(), color=INK2, lw=1.2, zorder=3, gid="new-instrument")

    def _end(self, ax, x, y, rows, verdict: str, base: float, first: bool) -> None:
        """The last value with its number, and the target as a dark tick with its own."""
        seen = np.flatnonzero(np.isfinite(y))
        at, value, target = x[seen[-1]], y[seen[-1]], rows["target"].iloc[0]
        ax.plot([at], [value], "o", ms=4.6, color=hue(verdict), mec="white", mew=0.6, zorder=4, clip_on=False, gid="last")
        gap = (self.high - self.low) * 0.085
        place = value
        if np.isfinite(target):
            ax.plot([self.last - 0.02, self.last + 0.25], [target] * 2, color=INK, lw=1.8, zorder=4, clip_on=False, gid="target", solid_capstyle="butt")
            ax.text(self.last + 0.33, target, self.words.num(target, 0), fontsize=base, va="center", color=INK2)
            place = value if abs(value - target) > gap else target + math.copysign(gap, value - target or -1)
            if first:
                ax.text(self.last + 0.0, target + gap * 0.62, self.words("chart.target"), fontsize=max(base - 1.1, 6.9), va="bottom", color=INK2)
        ax.text(self.last + 0.18, place, self.words.num(value), fontsize=base + 1, fontweight="bold", va="center", color=hue(verdict))
