"""What would raise the index most: each item's weight times the room it has left; what was left unreported apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts.titles import few
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import EVERY, Bar, Rows, Text, Upright, over
from scevaluation.draw.rows import Item, rows_of
from scevaluation.draw.style import GRID, INK, INK2, LINE, text_width
from scevaluation.words import Sentence, Words, capital, lower

MOST, MOST_SILENT = 12, 12  # rows drawn of items with and without a score
COLUMNS = ("node", "label", "owner", "reported", "weight", "room", "one_up", "gain", "if_worst")
SHOWN = ("label", "owner", "weight", "room", "one_up", "gain", "if_worst")
NEAR = 1e-9  # gains this close are alike
LIGHT = "#9DB9C9"  # the rest of a bar: LINE thinned, 2.1 on white, outlined with LINE


def leverage_rows(table: pd.DataFrame, labels: dict[str, str], owners: dict[str, str]) -> pd.DataFrame:
    """The rows drawn, `COLUMNS`: items with a score by gain, the largest first, then those without one by their span."""
    owner = [", ".join(owners.get(a, a) for a in text.split("; ") if a) for text in table["agency"]]
    rows = table.assign(label=[labels.get(n, n) for n in table["node"]], owner=owner)
    seen = rows[rows["reported"]].sort_values("gain", ascending=False, kind="stable")
    seen = seen[seen["gain"] > NEAR][:MOST]
    silent = rows[~rows["reported"] & rows["gain"].notna()]
    silent = silent.assign(span=silent["gain"] - silent["if_worst"]).sort_values("span", ascending=False, kind="stable")
    return pd.concat([seen, silent[:MOST_SILENT]], ignore_index=True)[list(COLUMNS)]


def leverage(
    table: pd.DataFrame, labels: dict[str, str], owners: dict[str, str], unit: str, words: Words, digits: int = 1
) -> Chart:
    """Bars of what the index would gain, sorted; outlined ranges of items without a score.

    The chart's rows: as `leverage_rows`; a designed empty state where the index or its weights are unknown, or nothing has
    room.

    Parameters
    ----------
    table : LEVERAGE
        Gains in the unit shown.
    labels, owners : dict of node and of agency to text
    unit : str
        Key of words that names the unit of gains.
    digits : int
        Decimals of gains.
    """
    rows = leverage_rows(table, labels, owners)
    title = finding(rows, table, words)
    if rows.empty:
        known = len(table) > 0 and table["gain"].notna().any()
        return Chart("leverage", words, title, empty=Sentence("chart.leverage." + ("full" if known else "empty")))
    view = _View(rows, table, unit, words, digits)
    shown = {c: "items.column." + c for c in SHOWN}
    return Chart("leverage", words, title, view.note(), view.alt(), rows, **both(view.paint), labels=shown)


def finding(rows: pd.DataFrame, table: pd.DataFrame, words: Words) -> Sentence:
    """The item (or the two) by which the index would gain most, and how many have no score.

    Parameters
    ----------
    rows : DataFrame
        As drawn, sorted: label, reported, gain.
    table : LEVERAGE
    """
    silent = int((~table["reported"]).sum()) if len(table) else 0
    tail = [Sentence("finding.leverage.silent", {"n": words.count(silent)})] if silent else []
    seen = rows[rows["reported"]] if len(rows) else rows
    if seen.empty:
        return tail[0] if tail and len(rows) else Sentence("finding.leverage.none")
    most = seen["gain"].max()
    first = seen[(seen["gain"] - most).abs() <= NEAR]
    if not few(first["label"]):
        head = Sentence("finding.leverage.many", {"n": capital(words.count(len(first)))})
    elif len(first) > 1 or len(seen) == 1:
        head = Sentence("finding.leverage.one", {"first": words.join(lower(x) for x in first["label"])})
    else:
        next_best = seen.loc[seen.index.difference(first.index), "gain"].max()
        second = seen[(seen["gain"] - next_best).abs() <= NEAR]
        places = {"first": lower(first["label"].iloc[0]), "second": lower(second["label"].iloc[0])}
        two = len(second) == 1 and few(places.values())
        head = Sentence("finding.leverage.two" if two else "finding.leverage.one", places)
    return Sentence("finding.leverage.with", {"head": head, "tail": tail[0]}) if tail else head


class _View:
    """Bars from zero, the index as it is."""

    def __init__(self, rows: pd.DataFrame, table: pd.DataFrame, unit: str, words: Words, digits: int):
        self.rows, self.words, self.unit, self.digits = rows, words, unit, digits
        self.left = int((table["reported"] & (table["gain"] > NEAR)).sum()) - int(rows["reported"].sum())
        self.silent_left = int((~table["reported"]).sum()) - int((~rows["reported"]).sum())
        self.step = bool(rows["one_up"].notna().any())

    def note(self) -> str:
        w, rows = self.words, self.rows
        parts = [w("chart.leverage.note", unit=w(self.unit))] if rows["reported"].any() else []
        parts += [w("chart.leverage.note_step")] if self.step else []
        parts += [w("chart.leverage.note_silent")] if not rows["reported"].all() else []
        parts += [w("chart.leverage.note_rest", n=w.num(self.left, 0))] if self.left > 0 else []
        parts += [w("chart.leverage.note_silent_rest", n=w.num(self.silent_left, 0))] if self.silent_left > 0 else []
        return " ".join(parts)

    def alt(self) -> str:
        w = self.words
        seen, silent = self.rows[self.rows["reported"]], self.rows[~self.rows["reported"]]
        parts = [f"{r.label} {self._num(r.gain)}" for r in seen.head(8).itertuples()]
        more = [f"{r.label} {self._range(r)}" for r in silent.head(4).itertuples()]
        none = w("chart.leverage.alt_none")
        return w("chart.leverage.alt", parts="; ".join(parts) or none, silent="; ".join(more) or none)

    def _num(self, value: float) -> str:
        return self.words.num(value, self.digits, sign=True)

    def _range(self, row) -> str:
        return f"{self._num(row.if_worst)} {self.words('items.to')} {self._num(row.gain)}"

    def _items(self) -> list[Item]:
        w, out = self.words, []
        for i, r in enumerate(self.rows.itertuples()):
            first = not r.reported and (i == 0 or self.rows["reported"].iloc[i - 1])
            weight = w("chart.leverage.weight", weight=w.pct(r.weight, 1))
            below = w("items.pair", first=r.owner, second=weight) if r.owner else weight
            out.append(Item(r.label, below, heading=w("chart.leverage.silent") if first else ""))
        return out

    def _text(self, r) -> str:
        return self._num(r.gain) if r.reported else self._range(r)

    def paint(self, layout: str):
        """The figure of a layout."""
        rows = self.rows
        head = 0.2 if layout == "wide" else 0.22
        view = rows_of(layout, self._items(), right=0.06, head=head, foot=0.04, band=0.3, close=True)
        widest = max(text_width(self._text(r), view.base + 0.5, "bold") for r in rows.itertuples())
        low = min(0.0, rows["if_worst"].fillna(0).min())
        span = float(rows["gain"].max()) - low
        free = min((widest + 0.08) / view.width, 0.6)
        view.ax.set_xlim(low - 0.01 * span, low + span * 1.01 / (1 - free))
        self._axis(view)
        for i, r in enumerate(rows.itertuples()):
            self._bar(view, i, r)
        return view.fig

    def _axis(self, view: Rows) -> None:
        """The zero line, named as the index of now; where ranges push it away from the labels, light lines lead to it."""
        low, high = view.ax.get_xlim()
        if view.wide and -low > 0.1 * (high - low):
            view.draw([Bar(EVERY, low, 0, GRID, 0.7, "leader", z=0)])
        label = over(view, self.words("chart.leverage.zero"), 0, 0.04, "left", name="zero-label")
        view.draw([Upright(0, INK, 0.9, "zero", z=4), label])

    def _bar(self, view: Rows, row: int, r) -> None:
        """Dark for one step, light for the rest; an outlined, hatched range where nothing was reported."""
        barh, y, thick = view.ax.barh, view.y[row], 0.14 if view.wide else 0.15
        if r.reported:
            barh(y, r.gain, height=thick, facecolor=LIGHT, edgecolor=LINE, lw=0.8, zorder=2, gid="bar")
            if np.isfinite(r.one_up) and r.one_up > 0:
                barh(y, r.one_up, height=thick, facecolor=LINE, edgecolor=LINE, lw=0.8, zorder=3, gid="step")
        else:
            look: dict = {"facecolor": "white", "edgecolor": INK2, "hatch": "////"}
            barh(y, r.gain - r.if_worst, left=r.if_worst, height=thick, lw=0.9, zorder=2, gid="silent", **look)
        color, weight = (LINE, "bold") if r.reported else (INK2, "semibold")
        x = r.gain + 4 / 72 / view.unit
        view.draw([Text(self._text(r), row, x, view.base + 0.5, color, weight=weight, name="value")])
