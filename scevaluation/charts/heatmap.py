"""Form 4: the whole history at a glance, nodes by rounds, light to dark."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn
from matplotlib.patches import Rectangle

from scevaluation.charts import findings
from scevaluation.charts.chart import Chart, both
from scevaluation.charts.style import BASE, INK, INK2, LEVEL_MAP, PANDEMIC, RULE, axes_at, canvas, hue, ink_on, mark, wrap
from scevaluation.programme import Programme, Round
from scevaluation.words import Sentence, Words


def heatmap(index: pd.DataFrame, verdicts: pd.DataFrame, programme: Programme, round_name: str, nodes: list[str], labels: dict[str, str], words: Words) -> Chart:
    """Value (0-100) of every node in every round of the programme up to `round_name`.

    Parameters
    ----------
    index, verdicts : INDEX, VERDICTS
    programme : Programme
        Its rounds (one not held is a hatched cell), cycles and events.
    nodes : list of str
        Rows, the composite first.
    labels : dict of node to text

    Returns
    -------
    Chart
        Rows: node, round, value100, label.
    """
    rounds = [r.id for r in programme.rounds if Round(r.id) <= Round(round_name)]
    wide = index[index["node"].isin(nodes)].pivot_table(index="node", columns="round", values="value100", aggfunc="first")
    wide = wide.reindex(index=nodes, columns=rounds).astype(float)
    rows = wide.stack(future_stack=True).rename("value100").reset_index().assign(label=lambda t: t["node"].map(labels))
    if len(wide.columns) < 3 or wide.notna().sum().sum() == 0:
        return Chart("heatmap", words, Sentence("chart.heatmap.title_empty"), rows=rows, empty=Sentence("chart.heatmap.empty"))
    view = _View(wide, verdicts.set_index("node"), programme, labels, words)
    return Chart("heatmap", words, findings.heatmap(wide, labels, words), Sentence("chart.heatmap.note"), view.alt(), rows, **both(view.paint))


class _View:
    def __init__(self, wide, verdicts, programme, labels, words):
        self.wide, self.programme, self.labels, self.words = wide, programme, labels, words
        self.direction = [verdicts["direction"].get(n, "too_little_data") for n in wide.index]
        values = wide.to_numpy()
        low, high = np.nanmin(values), np.nanmax(values)
        middle, half = (low + high) / 2, max((high - low) / 2, 5)
        self.low, self.high = middle - half * 1.05, middle + half * 1.05

    def alt(self) -> str:
        w, last = self.words, self.wide.columns[-1]
        parts = [w("chart.heatmap.alt_row", name=self.labels[n], value=w.num(v, 0)) for n, v in self.wide[last].items() if np.isfinite(v)]
        return w("chart.heatmap.alt", rows=len(self.wide), rounds=self.wide.shape[1], last=w.round(last), parts=", ".join(parts))

    def paint(self, layout: str):
        return self._wide() if layout == "wide" else self._phone()

    def _cells(self, ax, table: pd.DataFrame, size: float) -> None:
        values = table.to_numpy()
        text = np.array([["" if not np.isfinite(v) else f"{v:.0f}" for v in row] for row in values])
        seaborn.heatmap(table, ax=ax, cmap=LEVEL_MAP, vmin=self.low, vmax=self.high, annot=text, fmt="", cbar=False, linewidths=0.9,
                        linecolor="white", annot_kws={"fontsize": size}, xticklabels=False, yticklabels=False)
        for label in ax.texts:
            x, y = label.get_position()
            value = values[int(y), int(x)]
            if np.isfinite(value):
                share = (value - self.low) / (self.high - self.low)
                label.set_color(ink_on(LEVEL_MAP(share)))
        for i, j in zip(*np.nonzero(~np.isfinite(values)), strict=True):
            ax.add_patch(Rectangle((j + 0.04, i + 0.05), 0.92, 0.9, facecolor="white", edgecolor=RULE, hatch="////", lw=0.5, gid="missing"))
            ax.text(j + 0.5, i + 0.5, "\u2013", ha="center", va="center", fontsize=size, color=INK2, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})
        ax.set_xlabel("")
        ax.set_ylabel("")
        ax.spines[:].set_visible(False)

    def _wide(self):
        base, count, rounds = BASE["wide"], len(self.wide), list(self.wide.columns)
        row = 0.272 if count <= 10 else 0.2
        fig = canvas("wide", 0.56 + row * count + 0.42)
        left, right = 1.32, 0.92
        ax = axes_at(fig, left, 0.56, 7.09 - left - right, row * count)
        self._cells(ax, self.wide, base if len(rounds) <= 18 else base - 1)
        for i, node in enumerate(self.wide.index):
            ax.text(-0.18, i + 0.5, wrap(self.labels[node], 26), ha="right", va="center", fontsize=base, fontweight="bold" if i == 0 else "normal", linespacing=0.9)
        if count > 1:
            ax.plot([-3, len(rounds)], [1, 1], color=INK, lw=0.9, clip_on=False)
        self._heads(ax, rounds, base)
        self._feet(ax, rounds, count, base)
        self._changes(ax, len(rounds), base)
        return fig

    def _heads(self, ax, rounds, base) -> None:
        """Cycle, year and half-year above the columns; a line where a cycle begins."""
        years = [r[:4] for r in rounds]
        for year in dict.fromkeys(years):
            at = [i for i, y in enumerate(years) if y == year]
            ax.text((at[0] + at[-1] + 1) / 2, -0.78, year, ha="center", va="bottom", fontsize=base - 0.5, fontweight="semibold")
        for i, r in enumerate(rounds):
            ax.text(i + 0.5, -0.16, ("I", "II", "III", "IV")[Round(r).part - 1], ha="center", va="bottom", fontsize=base - 1, color=INK2)
        cycles = [self.programme.cycle(r) for r in rounds]
        for cycle in dict.fromkeys(cycles):
            at = [i for i, c in enumerate(cycles) if c == cycle]
            name = self.words.label(cycle.label) if cycle else self.words("chart.preparation")
            ax.plot([at[0] + 0.08, at[-1] + 0.92], [-1.42] * 2, color=INK2, lw=0.8, clip_on=False)
            ax.text((at[0] + at[-1] + 1) / 2, -1.52, name, ha="center", va="bottom", fontsize=base - 0.5)
            if at[0]:
                ax.plot([at[0]] * 2, [-0.05, len(self.wide)], color=INK, lw=1.1, clip_on=False)

    def _feet(self, ax, rounds, count, base) -> None:
        """Events under the columns they touch: a bar for a span, a triangle for a day."""
        for event in self.programme.events:
            at = [i for i, r in enumerate(rounds) if event.touches(Round(r))]
            if not event.adjust or not at:
                continue
            middle = (at[0] + at[-1] + 1) / 2
            if event.kind == "pandemic":
                ax.plot([at[0] + 0.06, at[-1] + 0.94], [count + 0.24] * 2, color=PANDEMIC, lw=3, clip_on=False, solid_capstyle="butt")
            else:
                ax.plot([middle], [count + 0.26], marker="^", ms=3.6, color=INK2, clip_on=False)
            ax.text(middle, count + 0.5, self.words("event." + event.kind), ha="center", va="top", fontsize=max(base - 1.1, 6.9), color=INK2)

    def _changes(self, ax, end, base) -> None:
        w = self.words
        ax.text(end + 2.75, -0.16, w("chart.two_years"), ha="right", va="bottom", fontsize=base - 0.8, color=INK2)
        for i, node in enumerate(self.wide.index):
            change = two_years(self.wide.loc[node])
            mark(ax, self.direction[i], end + 0.55, i + 0.5, 3.8)
            ax.text(end + 2.75, i + 0.5, w.num(change, 1, sign=True), ha="right", va="center", fontsize=base, fontweight="bold", color=hue(self.direction[i]))

    def _phone(self):
        base, table = BASE["phone"], self.wide.T.iloc[::-1]
        columns = table.shape[1]
        row = 0.262
        fig = canvas("phone", 1.0 + row * len(table) + 0.06)
        left = 0.62
        ax = axes_at(fig, left, 1.0, min(3.42 - left - 0.42, 0.5 * columns), row * len(table))
        self._cells(ax, table, base - 0.5)
        for i, r in enumerate(table.index):
            ax.text(-0.12, i + 0.5, self.words.round(r), ha="right", va="center", fontsize=base - 0.8)
            after = self.programme.cycle(table.index[i + 1]) if i + 1 < len(table) else None
            if i + 1 < len(table) and after != self.programme.cycle(r):
                ax.plot([-1.2, columns], [i + 1] * 2, color=INK, lw=1, clip_on=False)
        for j, node in enumerate(table.columns):
            ax.text(j + 0.42, -0.2, wrap(self.labels[node], 18), rotation=58, ha="left", va="bottom", rotation_mode="anchor", fontsize=base - 0.8,
                    fontweight="bold" if j == 0 else "normal", linespacing=0.9)
        return fig


def two_years(values: pd.Series) -> float:
    """Change of a node over the last four rounds' time; NaN where either end is missing."""
    last = values.index[-1]
    start = str(Round(last) + (-4 if Round(last).kind == "S" else -8))
    return float(values[last] - values[start]) if start in values.index else float("nan")
