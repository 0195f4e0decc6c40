"""Form 4: the whole history at a glance, nodes by rounds, light to dark."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

from scevaluation.charts.series import series
from scevaluation.charts.titles import ROUNDS, names, newest
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.matrix import Matrix, Names, Shades, matrix
from scevaluation.draw.style import BASE, INK, INK2, PANDEMIC, PHONE, SMALLEST, WIDE, fit, hue, ink_on, mark, text_width, write
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import Sentence, Words, capital, lower

SHOWN = ("label", "round", "value100", "coverage")
ACROSS = 8  # on a phone up to this many nodes stand as columns; more stand as rows of the newest rounds
NEWEST = 6
ROMAN = ("I", "II", "III", "IV")
LINE = {"linespacing": None}  # names of one line, as high as the font has them
SPELL: dict = {"color": PANDEMIC, "lw": 3, "clip_on": False, "solid_capstyle": "butt", "gid": "event"}
DAY: dict = {"ms": 3.6, "color": INK2, "clip_on": False, "gid": "event"}


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

    The chart's rows: `series.COLUMNS`, a row a cell. With fewer than three rounds, or no value at all: a designed empty
    state.

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
    """
    rows = series(index, verdicts, programme, round_name, list(nodes), labels)
    wide = rows.pivot(index="node", columns="round", values="value100")
    wide = wide.reindex(index=list(nodes), columns=list(dict.fromkeys(rows["round"])))
    if wide.shape[1] < 3 or not wide.notna().any(axis=None):
        return Chart("heatmap", words, Sentence("chart.heatmap.title_empty"), empty=Sentence("chart.heatmap.empty"))
    view = _View(rows, wide, dict(zip(trend["node"], trend["recent"], strict=True)), programme, words)
    used = rows.loc[rows["value100"].notna()].drop_duplicates("round").set_index("round")["instrument"].reindex(wide.columns)
    one = wide.loc[:, used.isna() | (used == used.dropna().iloc[-1])]
    title, shown = finding(one, view.labels, words), {c: "column." + c for c in SHOWN}
    return Chart("heatmap", words, title, view.note(), view.alt(), rows, **both(view.paint), labels=shown)


def finding(wide: pd.DataFrame, labels: dict[str, str], words: Words) -> Sentence:
    """Highest and lowest row of the last column, ties named together, and whether the lowest was the highest at first.

    `wide` is of one questionnaire.
    """
    parts = (wide.iloc[1:] if len(wide) > 1 else wide).round(9)
    last, first = parts.iloc[:, -1].dropna(), parts.iloc[:, 0].dropna()
    if last.empty:
        return Sentence("finding.heatmap.missing")
    if len(wide) == 1:
        return Sentence("finding.heatmap.single", {"top": lower(labels[last.index[0]])})
    if len(last) == 1:
        return Sentence("finding.heatmap.one", {"top": lower(labels[last.index[0]])})
    top, low = (list(last.index[last == v]) for v in (last.max(), last.min()))
    if last.max() == last.min():
        return Sentence("finding.heatmap.equal")
    turned = len(low) == 1 and len(first) > 1 and list(first.index[first == first.max()]) == low
    key = "finding.heatmap.turned" if turned else "finding.heatmap.range"
    return Sentence(key, {"top": capital(names(top, labels, words)), "low": names(low, labels, words)})


class _View:
    """The table as drawn: values, marks of weak data, changes, range of colours."""

    def __init__(self, rows: pd.DataFrame, wide: pd.DataFrame, recent: dict[str, float], programme, words: Words):
        self.whole, self.wide, self.programme, self.words = wide, wide.iloc[:, -ROUNDS:], programme, words
        wide = self.wide
        self.weak = rows.pivot(index="node", columns="round", values="weak").reindex_like(wide).astype(bool)
        first = rows.drop_duplicates("node").set_index("node").reindex(wide.index)
        self.labels, self.direction = dict(first["label"]), list(first["direction"])
        self.change = [recent.get(n, float("nan")) for n in wide.index]
        self.shade = Shades(wide)

    def note(self) -> str:
        """What the marks that were drawn mean."""
        w = self.words
        parts = [w("chart.heatmap.note")]
        parts += [w("chart.heatmap.note_missing")] if self.wide.isna().any(axis=None) else []
        parts += [w("chart.heatmap.note_weak")] if self.weak.any(axis=None) else []
        parts += [w("chart.heatmap.note_change")]
        parts += [w("chart.heatmap.note_unlinked")] if any(np.isnan(c) for c in self.change) else []
        return " ".join(parts + newest(self.wide.shape[1], self.whole.shape[1], w))

    def alt(self) -> str:
        """Size, and the newest value of each row, as far as a reader can bear."""
        w, last = self.words, self.wide.columns[-1]
        seen = [(n, v) for n, v in self.wide[last].items() if np.isfinite(v)]
        parts = [w("chart.heatmap.alt_row", name=self.labels[n], value=w.num(v, 0)) for n, v in seen[:12]]
        parts += [w("chart.heatmap.alt_more", n=w.num(len(seen) - 12, 0))] if len(seen) > 12 else []
        size = {"rows": len(self.wide), "rounds": self.whole.shape[1], "last": w.round(last)}
        return w("chart.heatmap.alt", parts=", ".join(parts) or w("chart.heatmap.alt_none"), **size)

    def paint(self, layout: str):
        if layout == "wide":
            return self._wide()
        return self._phone() if len(self.wide) <= ACROSS else self._phone_rows()

    def _cells(self, page: Matrix, table: pd.DataFrame, weak: pd.DataFrame, most: float) -> None:
        """Cells with their integers; hatched where missing; a folded corner where the data are weak."""
        values, w, corners = table.to_numpy(float), self.words, []
        page.mesh(values, self.shade)
        widest = max((w.num(v, 0) for v in values.ravel() if np.isfinite(v)), key=len, default="00")
        size = max(min(most, most * page.cell / (text_width(widest, most) * 1.15)), SMALLEST)
        for (i, j), value in np.ndenumerate(values):
            if np.isnan(value):
                page.blank(i, j, 0.04, "\u2013", size, hatch="////", gid="missing")
                continue
            color = self.shade(value)
            page.text(i, j, w.num(value, 0), size, ink_on(color))
            corners += [(i, j, color)] if weak.at[(table.index[i], table.columns[j])] else []
        page.fold(corners, 0.07, 0.03, "weak")

    # wide: nodes as rows, rounds as columns

    def _wide(self):
        base, left, right, count = BASE["wide"], 1.32, 0.86, self.wide.shape[1]
        rows = Names(list(self.labels.values()), base, left - 0.16, 0.1, total=(left, 0.0))
        row = 0.272 if len(self.wide) <= 10 else 0.245 if rows.most > 1 else 0.2
        rows = rows if row > 0.21 else replace(rows, size=base - 0.5)
        cells = partial(self._cells, table=self.wide, weak=self.weak, most=base)
        size, blank = ((WIDE - left - right) / count, row), Names([""] * count, base, left, 0)
        page = matrix("wide", rows, blank, cells, size=size, left=left, head=0.6, foot=0.34)
        self._heads(page, list(self.wide.columns), base - 0.5, max(base - 1, SMALLEST))
        self._feet(page, list(self.wide.columns), max(base - 1.1, SMALLEST))
        self._changes(page, base)
        return page.fig

    def _heads(self, page: Matrix, rounds: list[str], size: float, small: float) -> None:
        """Cycle, year and half-year above the columns; a line where a cycle begins."""
        look: dict = {"size": size, "color": INK, "ha": "center", "va": "bottom"}
        for year, a, b in _spans([r[:4] for r in rounds]):
            text = year if (b - a) * page.cell > 0.34 else "\u2019" + year[2:]
            write(page.ax, (a + b) / 2, page.above(0.21), text, weight="semibold", **look)
        for i, r in enumerate(rounds if page.cell > 0.14 else ()):
            write(page.ax, i + 0.5, page.above(0.045), _part(r), small, INK2, "center", "bottom")
        for cycle, a, b in _spans([self.programme.cycle(r) for r in rounds]):
            name = self.words.label(cycle.label) if cycle else self.words("chart.preparation")
            page.ax.plot([a + 0.08, b - 0.08], [page.above(0.39)] * 2, color=INK2, lw=0.8, clip_on=False)
            text = fit(name, (b - a) * page.cell, size, lines=1)
            write(page.ax, (a + b) / 2, page.above(0.415), text, gid="cycle", **look)
            if a:
                page.ax.plot([a] * 2, [-0.02, page.below(0)], color=INK, lw=1.1, clip_on=False, gid="cycle-start")

    def _spells(self, rounds: list[str]) -> list[tuple[str, int, int]]:
        """Kind, first and last of the rounds, of every event that they show."""
        out = []
        for event in self.programme.events:
            at = [i for i, r in enumerate(rounds) if event.first <= Period(r).end and event.last >= Period(r).start]
            if event.adjust and at:
                out.append((event.kind, at[0], at[-1]))
        return out

    def _feet(self, page: Matrix, rounds: list[str], size: float) -> None:
        """Events under the columns they fall into: a bar for a span, a triangle for a day; a word where it has room."""
        end = -1e9
        for kind, a, b in self._spells(rounds):
            middle, text = (a + b + 1) / 2, self.words("event." + kind)
            if kind == "pandemic":
                page.ax.plot([a + 0.06, b + 0.94], [page.below(0.065)] * 2, **SPELL)
            else:
                page.ax.plot([middle], [page.below(0.07)], marker="^", **DAY)
            half = text_width(text, size) / page.cell / 2
            if middle - half > end:
                write(page.ax, middle, page.below(0.13), text, size, INK2, "center", "top")
                end = middle + half

    def _changes(self, page: Matrix, base: float) -> None:
        w, right = self.words, page.behind(0.84)
        write(page.ax, right, page.above(0.045), w("chart.two_years"), max(base - 0.8, SMALLEST), INK2, "right", "bottom")
        for i, (change, direction) in enumerate(zip(self.change, self.direction, strict=True)):
            look = {"weight": "bold", "gid": "change"}
            mark(page.ax, direction, page.behind(0.2), i + 0.5, 3.8)
            write(page.ax, right, i + 0.5, w.num(change, 1, sign=True), base, hue(direction), "right", "center", **look)

    # phone: rounds as rows, newest first; with many nodes these as rows and the newest rounds as columns

    def _phone(self):
        base, table, left, right = BASE["phone"], self.wide.T.iloc[::-1], 0.6, 0.68
        columns, size = table.shape[1], base - 0.8
        cell = min((PHONE - left - right) / columns, 0.5)
        rows = Names([self.words.round(r) for r in table.index], size, left, 0.05, look={"va": "center", **LINE})
        look = {"linespacing": 0.9}
        names = Names(list(self.labels.values()), size, 1.15, 0.34, total=(0.26, 0.0), slant=True, look=look)

        def cells(page: Matrix) -> None:
            self._cells(page, table, self.weak.T, base - 0.5)
            for i, (above, below) in enumerate(pairwise(self.programme.cycle(r) for r in table.index), 1):
                if above != below:
                    page.ax.plot([-left / cell, columns], [i] * 2, color=INK, lw=1, clip_on=False, gid="cycle-start")

        page = matrix("phone", rows, names, cells, size=(cell, 0.262), left=left, head=names.height + 0.5)
        for j, direction in enumerate(self.direction):
            mark(page.ax, direction, j + 0.5, page.above(0.16), 4.2)
        self._beside(page, list(table.index), base - 1.2)
        return page.fig

    def _beside(self, page: Matrix, rounds: list[str], size: float) -> None:
        """Events beside the rounds they fall into."""
        x = page.behind(0.07)
        for kind, a, b in self._spells(rounds):
            y = (a + b + 1) / 2
            if kind == "pandemic":
                page.ax.plot([x] * 2, [a + 0.06, b + 0.94], **SPELL)
            else:
                page.ax.plot([x], [y], marker="<", **DAY)
            write(page.ax, x + 0.07 / page.cell, y, self.words("event." + kind), size, INK2, "left", "center")

    def _phone_rows(self):
        base, table, left, right = BASE["phone"], self.wide.iloc[:, -NEWEST:].iloc[:, ::-1], 1.42, 0.24
        cell = (PHONE - left - right) / table.shape[1]
        texts, look = list(self.labels.values()), {"va": "center"}
        rows = Names(texts, base - 0.8, left - 0.12, 0.07, total=(left, 0.0), look=look)
        texts = [f"\u2019{r[2:4]}-{_part(r)}".removesuffix("-") for r in table.columns]
        columns = Names(texts, base - 1.2, cell, 0.05, look={"color": INK2, **LINE})
        cells = partial(self._cells, table=table, weak=self.weak, most=base - 0.5)
        size = cell, 0.33 if rows.most > 1 else 0.262
        page = matrix("phone", rows, columns, cells, size=size, left=left, head=0.3)
        for i, direction in enumerate(self.direction):
            mark(page.ax, direction, page.behind(0.13), i + 0.5, 4.2)
        return page.fig


def _part(name: str) -> str:
    """Which half-year or quarter a round is; '' of a year."""
    r = Period(name)
    return "" if r.kind == "Y" else ROMAN[r.part - 1]


def _spans(values: list) -> list[tuple]:
    """Each value with where its run begins and ends."""
    out = []
    for value in dict.fromkeys(values):
        at = [i for i, v in enumerate(values) if v == value]
        out.append((value, at[0], at[-1] + 1))
    return out
