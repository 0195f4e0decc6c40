"""Form 6: what moved inside a sector or component: every item before and now, the largest rise first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts.titles import counts, few
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import EVERY, Bar, Dot, Rows, Text, over
from scevaluation.draw.rows import Item, rows_of
from scevaluation.draw.scale import decimals, steps
from scevaluation.draw.style import DOWN, FLAT, GRID, INK, INK2, UP, text_width
from scevaluation.words import Sentence, Words, lower, part_of

MOST, TOGETHER, LARGEST = 40, 120, 10  # rows drawn of one chart; of all on a page; of each where all would be more than that
SHOWN = ("label", "group", "before", "now", "change")
COLUMNS = ("node", *SHOWN, "status")
NEAR = 1e-9  # changes this close are alike


def dumbbell_rows(items: pd.DataFrame, labels: dict[str, str], most: int = MOST) -> pd.DataFrame:
    """The rows drawn, `COLUMNS`: pairs by change, then items without a comparison, then those without a score now.

    Of more than `most`, the pairs with the largest changes are kept; another group only where it has room as a whole.
    """
    has_now, has_before = items["now"].notna(), items["before"].notna()
    group = np.where(has_now & has_before, "pair", np.where(has_now, "alone", "unscored"))
    rows = items.assign(group=group, label=[labels.get(n, n) for n in items["node"]])
    pairs = rows[rows["group"] == "pair"]
    pairs = pairs.loc[pairs["change"].abs().sort_values(ascending=False, kind="stable").index[:most]]
    pairs = pairs.sort_values("change", ascending=False, kind="stable")
    alone, unscored = (rows[rows["group"] == g] for g in ("alone", "unscored"))
    unscored = unscored[: len(unscored) if len(pairs) + len(unscored) <= most else 0]
    alone = alone[: len(alone) if len(pairs) + len(unscored) + len(alone) <= most else 0]
    return pd.concat([pairs, alone, unscored], ignore_index=True)[list(COLUMNS)]


def dumbbell(
    items: pd.DataFrame,
    labels: dict[str, str],
    name: str,
    rounds: tuple[str, str],
    axis: tuple[float, float],
    words: Words,
    digits: int = 1,
    threshold: float = 5.0,
    key: str = "",
    most: int = MOST,
) -> Chart:
    """Hollow dots before, solid dots now.

    The chart's rows: as `dumbbell_rows`; a designed empty state where no item can be compared.

    Parameters
    ----------
    items : ITEMS
        Of one sector or component; values on the axis' scale.
    labels : dict of node to text
    name : str
        Of the sector or component.
    rounds : tuple of str
        The round before ("" if none) and this one.
    axis : tuple of float
        Worst and best value of the scale. Drawn is the part that holds the values, printed above the rows.
    digits : int
        Decimals of values.
    threshold : float
        Changes smaller than this are not labelled.
    key : str
        Ends the figure's name, where a page has several.
    most : int
        Rows drawn.
    """
    rows = dumbbell_rows(items, labels, most)
    title = finding(items, labels, name, words)
    figure = "dumbbell" + (f"-{key}" if key else "")
    if not (rows["group"] == "pair").any():
        return Chart(figure, words, title, empty=_why(items, rounds, words), heading=3)
    view = _View(rows, len(items), rounds, axis, words, digits, threshold)
    rows = rows.assign(group=[words("chart.dumbbell." + g) for g in rows["group"]])
    shown = {c: "items.column." + c for c in SHOWN}
    return Chart(figure, words, title, view.note(), view.alt(name), rows, **both(view.paint), heading=3, labels=shown)


def finding(items: pd.DataFrame, labels: dict[str, str], name: str, words: Words) -> Sentence:
    """How many comparable items rose and fell, and the largest of each where it is one alone."""
    pairs = items[items["change"].notna()]
    up, down = pairs[pairs["change"] > NEAR], pairs[pairs["change"] < -NEAR]
    of, rose, fell = counts(words, len(pairs), len(up), len(down))
    places: dict = {"name": name, "up": rose, "down": fell}
    whole = max(len(up), len(down)) == len(pairs)
    kind = ("items.plain" if len(pairs) == len(items) else "items.comparable") + ("_one" if len(pairs) == 1 else "")
    places["of"] = Sentence(kind, {"n": part_of(len(pairs), len(pairs), words.count) if whole else of})
    if pairs.empty:
        return Sentence("finding.dumbbell.none", places)
    if up.empty and down.empty:
        return Sentence("finding.dumbbell.same", places)
    best, worst = _only(up, up["change"].max(), labels), _only(down, down["change"].min(), labels)
    if down.empty or up.empty:
        one = best or worst
        key = ("all_" if whole else "") + ("up" if down.empty else "down")
        return Sentence("finding.dumbbell." + key + ("_most" if one else ""), {**places, "most": one})
    key = "both_named" if best and worst and few((best, worst)) else "both"
    return Sentence("finding.dumbbell." + key, {**places, "best": best, "worst": worst})


def _only(rows: pd.DataFrame, edge: float, labels: dict[str, str]) -> str:
    """Label of the one row whose change is the largest or smallest, `edge`; "" where there are several, or none."""
    at = rows[(rows["change"] - edge).abs() <= NEAR]
    return lower(labels.get(at["node"].iloc[0], at["node"].iloc[0])) if len(at) == 1 else ""


def _why(items: pd.DataFrame, rounds: tuple[str, str], w: Words) -> Sentence:
    """Why nothing can be compared."""
    places = {"previous": w.round(rounds[0]) if rounds[0] else "", "round": w.round(rounds[1])}
    if not items["now"].notna().any():
        return Sentence("chart.dumbbell.empty_missing", places)
    if not rounds[0]:
        return Sentence("chart.dumbbell.empty_first", places)
    key = "empty_before" if items["comparable"].any() else "empty_new"
    return Sentence("chart.dumbbell." + key, places)


def stretch(seen: np.ndarray, axis: tuple[float, float]) -> tuple[float, float]:
    """The part of the scale to draw: the values in tenths of the scale, at least four of them; wider than the scale if need be."""
    step = (axis[1] - axis[0]) / 10
    low = axis[0] + np.floor((np.nanmin(seen) - axis[0]) / step + 1e-9) * step
    high = axis[0] + np.ceil((np.nanmax(seen) - axis[0]) / step - 1e-9) * step
    while high - low < 4 * step - 1e-9:
        if low > axis[0] + 1e-9:
            low -= step
        if high < axis[1] - 1e-9 and high - low < 4 * step - 1e-9:
            high += step
        if low <= axis[0] + 1e-9 and high >= axis[1] - 1e-9:
            break
        if high - low < 4 * step - 1e-9 and (low > axis[1] or high < axis[0]):
            low, high = low - step, high + step
    return float(low), float(high)


class _View:
    """Dots on one axis, a row an item."""

    def __init__(self, rows, total: int, rounds, axis, words: Words, digits: int, threshold: float):
        self.rows, self.total, self.rounds, self.words = rows, total, rounds, words
        self.digits, self.threshold = digits, threshold
        self.low, self.high = stretch(rows[["before", "now"]].to_numpy(float), axis)
        self.counts = rows["group"].value_counts()

    def note(self) -> str:
        """What each mark that was drawn means, and how many items are not drawn."""
        w = self.words
        places = {"previous": w.round(self.rounds[0]), "round": w.round(self.rounds[1])}
        labels = w("chart.dumbbell.note_labels", threshold=w.num(self.threshold, self.digits))
        parts = [w("chart.dumbbell.note", **places), labels]
        parts += [w("chart.dumbbell.note_" + group) for group in ("alone", "unscored") if group in self.counts]
        left = self.total - len(self.rows)
        return " ".join(parts + ([w("chart.dumbbell.note_rest", n=w.num(left, 0))] if left else []))

    def alt(self, name: str) -> str:
        w = self.words
        pairs = self.rows[self.rows["group"] == "pair"]
        shown = pairs if len(pairs) <= 8 else pd.concat([pairs.head(4), pairs.tail(4)])
        told = [(r.label, w.num(r.before, self.digits), w.num(r.now, self.digits)) for r in shown.itertuples()]
        parts = "; ".join(w("chart.dumbbell.alt_row", name=name, before=before, now=now) for name, before, now in told)
        return w("chart.dumbbell.alt", name=name, n=w.num(len(self.rows), 0), parts=parts)

    def _items(self) -> list[Item]:
        first = ~self.rows["group"].duplicated() & (self.rows["group"] != "pair")
        heads = [self.words("chart.dumbbell." + g) if new else "" for g, new in zip(self.rows["group"], first, strict=True)]
        return [Item(label, heading=head) for label, head in zip(self.rows["label"], heads, strict=True)]

    def paint(self, layout: str):
        """The figure of a layout."""
        wide, rows = layout == "wide", self.rows
        right, head, band, size = (1.1, 0.42, 0.205, 5.6) if wide else (1.12, 0.46, 0.25, 6.6)
        view = rows_of(layout, self._items(), right=right, head=head, foot=0.04, band=band, close=True)
        pad = 0.07 * (self.high - self.low) / view.width
        view.ax.set_xlim(self.low - pad, self.high + pad)
        self._axis(view)
        view.draw(self._key(view))
        now, before = rows["now"].to_numpy(float), rows["before"].to_numpy(float)
        rise = np.sign(np.round(now - before, 9))
        hue = np.select([rise > 0, rise < 0, rise == 0], [UP, DOWN, FLAT], INK2)
        alike = [(h, np.flatnonzero(hue == h)) for h in (UP, DOWN, FLAT, INK2)]
        view.draw(Bar(at, before[at], now[at], h, 2, "change", alpha=0.55, z=2) for h, at in alike)
        view.draw([Dot(EVERY, before, INK2, size, "before", face="white", edge=1.1, z=3, cut=False)])
        view.draw(Dot(at, now[at], h, size, "now", edge=1, z=4, cut=False) for h, at in alike)
        for i, r in enumerate(rows.itertuples()):
            view.draw(self._numbers(view, i, r))
        return view.fig

    def _numbers(self, view: Rows, row: int, r) -> list[Text]:
        look: dict = {"size": view.base, "align": "right", "by": "end", "weight": "semibold"}
        out = [Text(self.words.num(r.now, self.digits), row, -0.6, color=INK, name="value", **look)]
        if r.group == "pair" and abs(r.change) >= self.threshold - 1e-9:
            text = self.words.num(r.change, self.digits, sign=True)
            out.append(Text(text, row, 0, color=UP if r.change > 0 else DOWN, name="label", **look))
        return out

    def _axis(self, view: Rows) -> None:
        """Grid with its numbers above the rows, and what stands in the right column."""
        w, ticks, (tops, feet) = self.words, steps(self.low, self.high), np.array(view.spans).T
        parts = np.repeat(tops, len(ticks)), np.repeat(feet, len(ticks))
        view.ax.vlines(np.tile(ticks, len(tops)), *parts, color=GRID, lw=0.8, zorder=0)
        view.draw(over(view, w.num(t, decimals(ticks)), t, 0.04, name="tick") for t in ticks)
        columns = ((w("chart.dumbbell.now"), -0.6), (w("chart.dumbbell.change"), 0))
        view.draw(over(view, text, x, 0.04, "right", INK2, by="end") for text, x in columns)

    def _key(self, view: Rows) -> list:
        """The two kinds of dots with their rounds, above the axis."""
        out: list = []
        x, high = 0.0, -0.27 if view.wide else -0.3
        place: dict = {"shift": high, "by": "left"}
        for name, face in zip(self.rounds, ("white", INK2), strict=True):
            text = self.words.round(name)
            out.append(Dot(None, x + 0.05, INK2, 5, face=face, edge=1.1, cut=False, **place))
            out.append(Text(text, None, x + 0.12, view.small, name="key", **place))
            x += text_width(text, view.small) + 0.34
        return out
