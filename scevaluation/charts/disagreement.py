"""Form 12: where the assessors disagree: their letters on the scale by item, widest first, and their agreement by sector."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts.titles import few, names
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import EVERY, Band, Bar, Dot, Rows, Stroke, Text, Upright, over
from scevaluation.draw.rows import MARGIN, Item, even_rows, head, rows_of
from scevaluation.draw.style import CONTEXT, GRID, INK, INK2, LINE, SMALLEST, fit, spread, text_width
from scevaluation.frames import ROOT
from scevaluation.frames.claims import JUDGED, OPEN, SHORT
from scevaluation.frames.people import AGREEMENT
from scevaluation.words import Sentence, Words

MOST = 20  # items drawn; the rest stand in the table of the round
LETTERS = 9  # assessors; beyond it only dots are drawn
RELIABLE, TENTATIVE = 0.8, 0.667
COLUMNS = ("label", "agency_label", "assessor", "score", "mean", "spread")


def disagreement(
    panel: pd.DataFrame, agreement: pd.DataFrame, labels: dict[str, str], scale: tuple[float, float], words: Words
) -> Chart:
    """The assessors' scores of each item with their range, and alpha with its interval of all items and each sector.

    The chart's rows: indicator, label, assessor, score, mean, spread of the `MOST` items with the widest range.

    Parameters
    ----------
    panel : DataFrame
        As `evaluate.agreement.panel` returns, of one round; assessors are letters. An optional column `agency_label`.
    agreement : AGREEMENT
        Of the same round.
    labels : dict of node to text
        Of indicators, sectors and "index".
    scale : tuple of float
        Lowest and highest score.
    """
    if panel.empty:
        title, empty = Sentence("chart.disagreement.title_empty"), Sentence("chart.disagreement.empty")
        return Chart("disagreement", words, title, empty=empty)
    rows = panel.assign(label=panel["indicator"].map(lambda i: labels.get(i, i)))
    rows = rows if "agency_label" in rows else rows.assign(agency_label=rows["agency"])
    items = rows.drop_duplicates(["indicator", "agency"])[["indicator", "agency"]].reset_index(drop=True)
    drawn = rows.merge(items.head(MOST), on=["indicator", "agency"], sort=False)
    whole_or_part = [n for n in agreement["node"] if n.startswith("sector:") or "/" not in n]
    groups = agreement[agreement["node"].isin(set(whole_or_part) - set(panel["indicator"]))]
    view = _View(drawn, len(items), groups, labels, scale, words)
    whole = groups[groups["node"] == ROOT]
    title = finding(rows, whole.iloc[0] if len(whole) else None, labels, words)
    shown = {c: "people.column." + c for c in COLUMNS}
    return Chart("disagreement", words, title, view.note(), view.alt(), drawn, **both(view.paint), labels=shown)


def finding(panel: pd.DataFrame, whole, labels: dict[str, str], words: Words) -> Sentence:
    """What the interval of the overall agreement says, and where the assessors lie furthest apart.

    Parameters
    ----------
    panel : DataFrame
        The rows drawn, widest first.
    whole : row of AGREEMENT or None
        Of all items.
    """
    widest = panel["spread"].max()
    if widest == 0:
        return Sentence("finding.disagreement.none")
    where = panel.loc[panel["spread"] == widest, "indicator"].drop_duplicates()
    named = few(labels.get(i, i) for i in where)
    who = names(where, labels, words) if named else words("people.many_items", n=words.count(len(where)))
    places = {"names": who, "spread": words.num(widest, 2)}
    if whole is None or whole["judgement"] == "too_few":
        return Sentence("finding.disagreement.too_few", places, SHORT)
    facts = {c: AGREEMENT.fact(whole, c, 2) for c in ("alpha", "low", "high")}
    sure = OPEN if whole["judgement"] == "undecided" else JUDGED
    by = {sure: "finding.disagreement." + whole["judgement"], OPEN: "finding.disagreement.undecided", SHORT: "finding.disagreement.too_few"}
    return Sentence.judged(sure, by, {**places, **facts})


class _View:
    """Items in the order drawn, groups with an agreement, and how they are painted."""

    def __init__(self, rows, total: int, groups: pd.DataFrame, labels, scale, words: Words):
        self.rows, self.total, self.groups, self.labels, self.scale, self.words = rows, total, groups, labels, scale, words
        self.items = [g for _, g in rows.groupby(["indicator", "agency"], sort=False)]
        self.first = pd.DataFrame([g.iloc[0] for g in self.items])
        names = self.first["label"].value_counts()
        who = zip(self.first["label"], self.first["agency_label"], strict=True)
        self.names = [f"{name} ({agency})" if names[name] > 1 else name for name, agency in who]

    def note(self) -> str:
        w = self.words
        parts = [w("chart.disagreement.note", low=w.num(self.scale[0], 0), high=w.num(self.scale[1], 0))]
        parts += [w("chart.disagreement.note_most", n=len(self.items), all=self.total)] if self.total > len(self.items) else []
        if self.groups["alpha"].notna().any():
            parts.append(w("chart.disagreement.note_alpha", low=w.num(TENTATIVE, 3), high=w.num(RELIABLE, 1)))
        return " ".join(parts)

    def alt(self) -> str:
        w = self.words
        ends = [(w.num(r.low, 2), w.num(r.high, 2)) for r in self.first.head(6).itertuples()]
        parts = [w("chart.disagreement.alt_row", name=n, low=a, high=b) for n, (a, b) in zip(self.names, ends, strict=False)]
        return w("chart.disagreement.alt", n=self.total, assessors=self.rows["assessor"].nunique(), parts="; ".join(parts))

    def paint(self, layout: str):
        """The figure of a layout."""
        w, wide = self.words, layout == "wide"
        strip = 0.62 + 0.2 * len(self.groups) if len(self.groups) else 0.0
        spreads = zip(self.names, self.first["spread"], strict=True)
        items = [Item(name, right=w.num(v, 2), color=INK if v else INK2) for name, v in spreads]
        low, high = self.scale
        pad, right = (high - low) * 0.04, 0.62 if wide else 0.5
        view = rows_of(layout, items, (low - pad, high + pad), left=2.55, right=right, head=strip + 0.42, band=0.27)
        view.axis([(t, w.num(t, 0)) for t in np.arange(np.ceil(low), np.floor(high) + 1)])
        column = over(view, w("people.spread_head"), view.right - MARGIN, align="right", by="right")
        view.draw([column, head(view, w("people.items_head"))])
        self._marks(view)
        if strip:
            self._strip(view)
        return view.fig

    def _marks(self, view: Rows) -> None:
        """Of every item the range as a bar, the mean as a tick, a dot a score, and over it the letters of those who gave it."""
        given = [g.groupby("score", sort=True)["assessor"].agg("".join) for g in self.items]
        at, x = np.repeat(range(len(given)), [len(g) for g in given]), np.concatenate([g.index.to_numpy(float) for g in given])
        spans = Bar(EVERY, self.first["low"], self.first["high"], CONTEXT, 4, "range", cap="round", shift=0.05, z=1)
        means = Stroke(EVERY, self.first["mean"], 0.05, INK, 1.1, "mean", shift=0.05, z=2.5)
        view.draw([spans, means, Dot(at, x, LINE, 3.6, "scores", shift=0.05, z=3)])
        if self.rows["assessor"].nunique() > LETTERS or self.rows["assessor"].str.len().max() > 1:
            return
        for i, letters in enumerate(given):
            self._letters(view, i, letters)

    def _letters(self, view: Rows, row: int, given: pd.Series) -> None:
        size = max(view.base - 1, SMALLEST)
        widest = max(text_width(t, size) for t in given) + 0.03
        places = spread(given.index.to_numpy(float), widest / view.unit, *view.ax.get_xlim())
        y = view.y[row] + 0.05
        look: dict = {"align": "center", "name": "letters", "upright": "bottom"}
        view.draw(Text(text, None, x, size, shift=y - 0.055, **look) for x, text in zip(places, given, strict=True))

    def _strip(self, view: Rows) -> None:
        """Alpha with its interval: all items, then each sector; two lines mark what may be relied on."""
        n, sides = len(self.groups), (view.left, 1.3) if view.wide else (1.27, 1.18)
        low = min(0.0, np.floor(np.nanmin([0.0, *self.groups["low"], *self.groups["alpha"]]) * 2) / 2)
        low = max(low, -1.0)
        strip = even_rows(view.layout, np.arange(n) + 0.5, n, 0.2, sides, 0.42, 0, (low, 1), fig=view.fig)
        strip.draw([Band(TENTATIVE, 1, "usable")])
        for x in np.arange(low, 1.01, 0.5):
            grid = Upright(x, GRID, 0.7, cap="round", z=0.1)
            strip.draw([grid, over(strip, self.words.num(x, 1), x)])
        strip.draw(Upright(x, INK2, 0.8, "threshold", (0, (2, 1.6)), z=0.5) for x in (TENTATIVE, RELIABLE))
        strip.draw([head(strip, self.words("people.alpha_head"), 0.25)])
        for i, r in enumerate(self.groups.itertuples(index=False)):
            strip.draw(self._alpha(strip, i, r, low))

    def _alpha(self, strip: Rows, row: int, r, low: float) -> list:
        w, left, right = self.words, strip.left, strip.right
        weight, name = ("bold", w("people.all_items")) if r.node == ROOT else ("normal", self.labels.get(r.node, r.node))
        size = max(strip.base - 0.5, SMALLEST)
        text, said = fit(name, left - 0.2, size, weight, 1), f"{w.num(r.alpha, 2)}  {w('people.agreement.' + r.judgement)}"
        said, alpha = fit(said, right - 0.12, size, weight, 1), r.alpha if r.alpha >= low else np.nan
        return [
            Text(text, row, MARGIN - left, size, INK, by="left", weight=weight, name="group"),
            Bar(row, max(r.low, low), r.high, LINE, 3.2, "interval", alpha=0.35),
            Dot(row, alpha, LINE, 4.6, "alpha", face=LINE if np.isfinite(r.low) else "white", edge=1, z=3),
            Text(said, row, right - MARGIN, size, align="right", by="right", weight=weight),
        ]
