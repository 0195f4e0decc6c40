"""Form 4: the whole history at a glance, nodes by rounds, light to dark."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from scevaluation.charts import findings
from scevaluation.charts.series import series
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.style import (
    BASE,
    INK,
    INK2,
    LEVEL_MAP,
    PANDEMIC,
    PHONE,
    RULE,
    SMALLEST,
    WIDE,
    axes_at,
    canvas,
    fit,
    hue,
    inches,
    ink_on,
    mark,
    text_width,
    write,
)
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import Sentence, Words

SHOWN = ("label", "round", "value100", "coverage")
ACROSS = 8  # on a phone up to this many nodes stand as columns; more stand as rows of the newest rounds
NEWEST = 6
ROMAN = ("I", "II", "III", "IV")


def heatmap(
    index: pd.DataFrame,
    trend: pd.DataFrame,
    verdicts: pd.DataFrame,
    programme: Programme,
    round_name: str,
    nodes: list[str],
    labels: dict[str, str],
    words: Words,
) -> Chart:
    """Value (0-100) of every node in every round of the programme up to `round_name`.

    Parameters
    ----------
    index, trend, verdicts : INDEX, TREND, VERDICTS
        The column of changes is the trend's `recent`: linked, and missing where levels are not comparable.
    programme : Programme
        Its rounds (one not held is a hatched cell), cycles and events.
    round_name : str
        The last round shown.
    nodes : list of str
        Rows, the composite first.
    labels : dict of node to text
    words : Words

    Returns
    -------
    Chart
        Rows: `series.COLUMNS`, a row a cell. With fewer than three rounds, or no value at all: a designed empty state.
    """
    rows = series(index, verdicts, programme, round_name, list(nodes), labels)
    wide = rows.pivot(index="node", columns="round", values="value100").reindex(
        index=list(nodes), columns=list(dict.fromkeys(rows["round"]))
    )
    if wide.shape[1] < 3 or not wide.notna().any(axis=None):
        return Chart("heatmap", words, Sentence("chart.heatmap.title_empty"), empty=Sentence("chart.heatmap.empty"))
    view = _View(rows, wide, dict(zip(trend["node"], trend["recent"], strict=True)), programme, words)
    title = findings.heatmap(wide, view.labels, words)
    return Chart(
        "heatmap", words, title, view.note(), view.alt(), rows, **both(view.paint), labels={c: "column." + c for c in SHOWN}
    )


class _View:
    """The table as drawn: values, marks of weak data, changes, range of colours."""

    def __init__(self, rows: pd.DataFrame, wide: pd.DataFrame, recent: dict[str, float], programme, words: Words):
        self.wide, self.programme, self.words = wide, programme, words
        self.weak = rows.pivot(index="node", columns="round", values="weak").reindex_like(wide).astype(bool)
        first = rows.drop_duplicates("node").set_index("node").reindex(wide.index)
        self.labels, self.direction = dict(first["label"]), list(first["direction"])
        self.change = [recent.get(n, float("nan")) for n in wide.index]
        values = wide.to_numpy(float)
        middle, half = (np.nanmin(values) + np.nanmax(values)) / 2, max((np.nanmax(values) - np.nanmin(values)) / 2, 5)
        self.low, self.high = middle - half * 1.05, middle + half * 1.05

    def note(self) -> str:
        """What the marks that were drawn mean."""
        w = self.words
        parts = [w("chart.heatmap.note")]
        parts += [w("chart.heatmap.note_missing")] if self.wide.isna().any(axis=None) else []
        parts += [w("chart.heatmap.note_weak")] if self.weak.any(axis=None) else []
        parts += [w("chart.heatmap.note_change")]
        parts += [w("chart.heatmap.note_unlinked")] if any(np.isnan(c) for c in self.change) else []
        return " ".join(parts)

    def alt(self) -> str:
        """Size, and the newest value of each row, as far as a reader can bear."""
        w, last = self.words, self.wide.columns[-1]
        seen = [(n, v) for n, v in self.wide[last].items() if np.isfinite(v)]
        parts = [w("chart.heatmap.alt_row", name=self.labels[n], value=w.num(v, 0)) for n, v in seen[:12]]
        more = [w("chart.heatmap.alt_more", n=w.num(len(seen) - 12, 0))] if len(seen) > 12 else []
        return w(
            "chart.heatmap.alt",
            rows=len(self.wide),
            rounds=self.wide.shape[1],
            last=w.round(last),
            parts=", ".join([*parts, *more]) or w("chart.heatmap.alt_none"),
        )

    def paint(self, layout: str):
        if layout == "wide":
            return self._wide()
        return self._phone() if len(self.wide) <= ACROSS else self._phone_rows()

    def _cells(self, ax, table: pd.DataFrame, weak: pd.DataFrame, size: float) -> None:
        """Cells with their integers; hatched where missing; a folded corner where the data are weak."""
        values = table.to_numpy(float)
        ax.set_axis_off()
        ax.set_xlim(0, values.shape[1])
        ax.set_ylim(values.shape[0], 0)
        ax.pcolormesh(values, cmap=LEVEL_MAP, vmin=self.low, vmax=self.high, linewidths=0.9, edgecolor="white", gid="cells")
        wide, high = inches(ax)
        dx, dy = 0.07 / wide * values.shape[1], 0.07 / high * values.shape[0]
        corners = []
        for (i, j), value in np.ndenumerate(values):
            if np.isnan(value):
                ax.add_patch(
                    Rectangle(
                        (j + 0.04, i + 0.05), 0.92, 0.9, facecolor="white", edgecolor=RULE, hatch="////", lw=0.5, gid="missing"
                    )
                )
                write(
                    ax,
                    j + 0.5,
                    i + 0.5,
                    "–",
                    size,
                    INK2,
                    "center",
                    "center",
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
                )
                continue
            color = LEVEL_MAP((value - self.low) / (self.high - self.low))
            write(ax, j + 0.5, i + 0.5, self.words.num(value, 0), size, ink_on(color), "center", "center")
            if weak.iat[i, j]:
                corners.append(([(j + 0.97, i + 0.03), (j + 0.97 - dx, i + 0.03), (j + 0.97, i + 0.03 + dy)], ink_on(color)))
        if corners:
            ax.add_collection(PolyCollection([c for c, _ in corners], facecolors=[c for _, c in corners], lw=0, gid="weak"))

    def _size(self, table: pd.DataFrame, width: float, base: float) -> float:
        """Font of the integers: the base, smaller where the widest has no room, never under the smallest."""
        widest = max((self.words.num(v, 0) for v in table.to_numpy().ravel() if np.isfinite(v)), key=len, default="00")
        need = text_width(widest, base) * 1.15
        return max(min(base, base * width / need), SMALLEST)

    # wide: nodes as rows, rounds as columns

    def _wide(self):
        base, count, rounds = BASE["wide"], len(self.wide), list(self.wide.columns)
        left, right, top = 1.32, 0.86, 0.6
        texts = [fit(self.labels[n], left - 0.16, base, "bold" if i == 0 else "normal") for i, n in enumerate(self.wide.index)]
        row = 0.272 if count <= 10 else 0.245 if any("\n" in t for t in texts) else 0.2
        fig = canvas("wide", top + row * count + 0.34)
        ax = axes_at(fig, left, top, WIDE - left - right, row * count)
        cell = (WIDE - left - right) / len(rounds)
        self._cells(ax, self.wide, self.weak, self._size(self.wide, cell, base))
        for i, text in enumerate(texts):
            write(
                ax,
                -0.1 / cell,
                i + 0.5,
                text,
                base if row > 0.21 else base - 0.5,
                INK,
                "right",
                "center_baseline" if "\n" not in text else "center",
                weight="bold" if i == 0 else "normal",
                linespacing=0.92,
                gid="row",
            )
        if count > 1:
            ax.plot([-left / cell, len(rounds)], [1, 1], color=INK, lw=0.9, clip_on=False)
        self._heads(ax, rounds, base, row, cell)
        self._feet(ax, rounds, base, row, cell)
        self._changes(ax, len(rounds), base, row, cell)
        return fig

    def _heads(self, ax, rounds, base, row, cell) -> None:
        """Cycle, year and half-year above the columns; a line where a cycle begins."""
        years = [r[:4] for r in rounds]
        small = max(base - 1, SMALLEST)
        for year in dict.fromkeys(years):
            at = [i for i, y in enumerate(years) if y == year]
            write(
                ax,
                (at[0] + at[-1] + 1) / 2,
                -0.21 / row,
                year if len(at) * cell > 0.34 else "’" + year[2:],
                base - 0.5,
                INK,
                "center",
                "bottom",
                weight="semibold",
            )
        if cell > 0.14:
            for i, r in enumerate(rounds):
                write(ax, i + 0.5, -0.045 / row, ROMAN[Period(r).part - 1], small, INK2, "center", "bottom")
        cycles = [self.programme.cycle(r) for r in rounds]
        for cycle in dict.fromkeys(cycles):
            at = [i for i, c in enumerate(cycles) if c == cycle]
            name = self.words.label(cycle.label) if cycle else self.words("chart.preparation")
            ax.plot([at[0] + 0.08, at[-1] + 0.92], [-0.39 / row] * 2, color=INK2, lw=0.8, clip_on=False)
            write(
                ax,
                (at[0] + at[-1] + 1) / 2,
                -0.415 / row,
                fit(name, len(at) * cell, base - 0.5, lines=1),
                base - 0.5,
                INK,
                "center",
                "bottom",
                gid="cycle",
            )
            if at[0]:
                ax.plot([at[0]] * 2, [-0.02, len(self.wide)], color=INK, lw=1.1, clip_on=False, gid="cycle-start")

    def _spells(self, rounds: list[str]) -> list[tuple[str, int, int]]:
        """Kind, first and last column of every event that the columns show."""
        out = []
        for event in self.programme.events:
            at = [i for i, r in enumerate(rounds) if event.first <= Period(r).end and event.last >= Period(r).start]
            if event.adjust and at:
                out.append((event.kind, at[0], at[-1]))
        return out

    def _feet(self, ax, rounds, base, row, cell) -> None:
        """Events under the columns they fall into: a bar for a span, a triangle for a day; a word where it has room."""
        size, end, y = max(base - 1.1, SMALLEST), -1e9, len(self.wide)
        for kind, a, b in self._spells(rounds):
            middle, text = (a + b + 1) / 2, self.words("event." + kind)
            if kind == "pandemic":
                ax.plot(
                    [a + 0.06, b + 0.94],
                    [y + 0.065 / row] * 2,
                    color=PANDEMIC,
                    lw=3,
                    clip_on=False,
                    solid_capstyle="butt",
                    gid="event",
                )
            else:
                ax.plot([middle], [y + 0.07 / row], marker="^", ms=3.6, color=INK2, clip_on=False, gid="event")
            half = text_width(text, size) / cell / 2
            if middle - half > end:
                write(ax, middle, y + 0.13 / row, text, size, INK2, "center", "top")
                end = middle + half

    def _changes(self, ax, end, base, row, cell) -> None:
        w, right = self.words, end + 0.84 / cell
        write(ax, right, -0.045 / row, w("chart.two_years"), max(base - 0.8, SMALLEST), INK2, "right", "bottom")
        for i, change in enumerate(self.change):
            mark(ax, self.direction[i], end + 0.2 / cell, i + 0.5, 3.8)
            write(
                ax,
                right,
                i + 0.5,
                w.num(change, 1, sign=True),
                base,
                hue(self.direction[i]),
                "right",
                "center",
                weight="bold",
                gid="change",
            )

    # phone: rounds as rows, newest first; with many nodes these as rows and the newest rounds as columns

    def _phone(self):
        base, table = BASE["phone"], self.wide.T.iloc[::-1]
        columns, row, left, right = table.shape[1], 0.262, 0.6, 0.68
        cell = min((PHONE - left - right) / columns, 0.5)
        texts = [fit(self.labels[n], 1.15, base - 0.8, "bold" if j == 0 else "normal") for j, n in enumerate(table.columns)]
        top = max((text_width(line, base - 0.8, "bold") for t in texts for line in t.split("\n")), default=0.5) * 0.85 + 0.5
        fig = canvas("phone", top + row * len(table) + 0.06)
        ax = axes_at(fig, left, top, cell * columns, row * len(table))
        self._cells(ax, table, self.weak.T.iloc[::-1], self._size(table, cell, base - 0.5))
        for i, r in enumerate(table.index):
            write(ax, -0.05 / cell, i + 0.5, self.words.round(r), base - 0.8, INK, "right", "center", gid="row")
            if i and self.programme.cycle(table.index[i - 1]) != self.programme.cycle(r):
                ax.plot([-left / cell, columns], [i] * 2, color=INK, lw=1, clip_on=False, gid="cycle-start")
        for j, text in enumerate(texts):
            write(
                ax,
                j + 0.42,
                -0.34 / row,
                text,
                base - 0.8,
                INK,
                "left",
                "bottom",
                rotation=58,
                rotation_mode="anchor",
                weight="bold" if j == 0 else "normal",
                linespacing=0.9,
                gid="column",
            )
            mark(ax, self.direction[j], j + 0.5, -0.16 / row, 4.2)
        if columns > 1:
            ax.plot([1, 1], [-0.26 / row, len(table)], color=INK, lw=0.9, clip_on=False)
        self._beside(ax, table, base, row, cell)
        return fig

    def _beside(self, ax, table, base, row, cell) -> None:
        """Events beside the rounds they fall into."""
        x, size = table.shape[1] + 0.07 / cell, base - 1.2
        for kind, a, b in self._spells(list(table.index)):
            if kind == "pandemic":
                ax.plot([x] * 2, [a + 0.06, b + 0.94], color=PANDEMIC, lw=3, clip_on=False, solid_capstyle="butt", gid="event")
            else:
                ax.plot([x], [(a + b + 1) / 2], marker="<", ms=3.6, color=INK2, clip_on=False, gid="event")
            write(ax, x + 0.07 / cell, (a + b + 1) / 2, self.words("event." + kind), size, INK2, "left", "center")

    def _phone_rows(self):
        base, table = BASE["phone"], self.wide.iloc[:, -NEWEST:].iloc[:, ::-1]
        left, right, top, columns = 1.42, 0.24, 0.3, table.shape[1]
        texts = [
            fit(self.labels[n], left - 0.12, base - 0.8, "bold" if i == 0 else "normal") for i, n in enumerate(table.index)
        ]
        row = 0.33 if any("\n" in t for t in texts) else 0.262
        fig = canvas("phone", top + row * len(table) + 0.06)
        cell = (PHONE - left - right) / columns
        ax = axes_at(fig, left, top, cell * columns, row * len(table))
        self._cells(ax, table, self.weak.reindex_like(table), self._size(table, cell, base - 0.5))
        for i, text in enumerate(texts):
            write(
                ax,
                -0.07 / cell,
                i + 0.5,
                text,
                base - 0.8,
                INK,
                "right",
                "center",
                weight="bold" if i == 0 else "normal",
                linespacing=0.92,
                gid="row",
            )
            mark(ax, self.direction[i], columns + 0.13 / cell, i + 0.5, 4.2)
        for j, r in enumerate(table.columns):
            short = f"\u2019{r[2:4]}-{ROMAN[Period(r).part - 1]}"
            write(ax, j + 0.5, -0.05 / row, short, base - 1.2, INK2, "center", "bottom", gid="column")
        if len(table) > 1:
            ax.plot([-left / cell, columns], [1, 1], color=INK, lw=0.9, clip_on=False)
        return fig
