"""Form 12: where the assessors disagree: their letters on the scale by item, widest first, and their agreement by sector."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import findings_people as findings
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.lanes import Lane, axis_above, bars, dots, lanes
from scevaluation.draw.style import (
    BAND,
    BASE,
    CONTEXT,
    GRID,
    INK,
    INK2,
    LINE,
    MUTED,
    PHONE,
    SMALLEST,
    WIDE,
    axes_at,
    fit,
    spread,
    text_width,
    write,
)
from scevaluation.frames import ROOT
from scevaluation.words import Sentence, Words

MOST = 20  # items drawn; the rest stand in the table of the round
LETTERS = 9  # assessors; beyond it only dots are drawn
RELIABLE, TENTATIVE = 0.8, 0.667
COLUMNS = ("label", "agency_label", "assessor", "score", "mean", "spread")


def disagreement(
    panel: pd.DataFrame, agreement: pd.DataFrame, labels: dict[str, str], scale: tuple[float, float], words: Words
) -> Chart:
    """The assessors' scores of each item with their range, and alpha with its interval of all items and each sector.

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

    Returns
    -------
    Chart
        Rows: indicator, label, assessor, score, mean, spread of the `MOST` items with the widest range.
    """
    if panel.empty:
        return Chart(
            "disagreement", words, Sentence("chart.disagreement.title_empty"), empty=Sentence("chart.disagreement.empty")
        )
    rows = panel.assign(label=panel["indicator"].map(lambda i: labels.get(i, i)))
    rows = rows if "agency_label" in rows else rows.assign(agency_label=rows["agency"])
    items = rows.drop_duplicates(["indicator", "agency"])[["indicator", "agency"]].reset_index(drop=True)
    drawn = rows.merge(items.head(MOST), on=["indicator", "agency"], sort=False)
    whole_or_part = [n for n in agreement["node"] if n.startswith("sector:") or "/" not in n]
    groups = agreement[agreement["node"].isin(set(whole_or_part) - set(panel["indicator"]))]
    view = _View(drawn, len(items), groups, labels, scale, words)
    whole = groups[groups["node"] == ROOT]
    title = findings.disagreement(rows, whole.iloc[0] if len(whole) else None, labels, words)
    shown = {c: "people.column." + c for c in COLUMNS}
    return Chart("disagreement", words, title, view.note(), view.alt(), drawn, **both(view.paint), labels=shown)


class _View:
    """Items in the order drawn, groups with an agreement, and how they are painted."""

    def __init__(self, rows, total: int, groups: pd.DataFrame, labels, scale, words: Words):
        self.rows, self.total, self.groups, self.labels, self.scale, self.words = rows, total, groups, labels, scale, words
        self.items = [g for _, g in rows.groupby(["indicator", "agency"], sort=False)]
        names = [g["label"].iat[0] for g in self.items]
        self.names = [
            f"{n} ({g['agency_label'].iat[0]})" if names.count(n) > 1 else n for n, g in zip(names, self.items, strict=True)
        ]

    def note(self) -> str:
        w = self.words
        few = w.num(self.scale[0], 0), w.num(self.scale[1], 0)
        parts = [w("chart.disagreement.note", low=few[0], high=few[1])]
        parts += [w("chart.disagreement.note_most", n=len(self.items), all=self.total)] if self.total > len(self.items) else []
        if self.groups["alpha"].notna().any():
            parts.append(w("chart.disagreement.note_alpha", low=w.num(TENTATIVE, 3), high=w.num(RELIABLE, 1)))
        return " ".join(parts)

    def alt(self) -> str:
        w = self.words
        parts = [
            w("chart.disagreement.alt_row", name=n, low=w.num(g["low"].iat[0], 2), high=w.num(g["high"].iat[0], 2))
            for n, g in list(zip(self.names, self.items, strict=True))[:6]
        ]
        return w("chart.disagreement.alt", n=self.total, assessors=self.rows["assessor"].nunique(), parts="; ".join(parts))

    def paint(self, layout: str):
        wide = layout == "wide"
        strip = 0.62 + 0.2 * len(self.groups) if len(self.groups) else 0.0
        body = [
            Lane(n, self.words.num(g["spread"].iat[0], 2), INK if g["spread"].iat[0] else INK2)
            for n, g in zip(self.names, self.items, strict=True)
        ]
        pad = (self.scale[1] - self.scale[0]) * 0.04
        span = self.scale[0] - pad, self.scale[1] + pad
        view = lanes(layout, body, span, left=2.55, right=0.62, right_phone=0.5, above=strip, row=0.27, axis=0.42)
        ticks = np.arange(np.ceil(self.scale[0]), np.floor(self.scale[1]) + 1)
        axis_above(view, [(t, self.words.num(t, 0)) for t in ticks])
        size = max(view.base - 0.8, SMALLEST)
        spread_head, items_head = self.words("people.spread_head"), self.words("people.items_head")
        write(view.ax, view.end, -0.05, spread_head, size, MUTED, "right", "bottom")
        write(view.ax, view.start, -0.24, items_head, view.base + 0.5, INK, "left", "bottom", weight="bold")
        self._marks(view)
        if strip:
            self._strip(view, wide)
        return view.fig

    def _marks(self, view) -> None:
        """Of every item the range as a bar, the mean as a tick, a dot a score, and over it the letters of those who gave it."""
        first = pd.DataFrame([g.iloc[0] for g in self.items])
        y = np.array(view.y) + 0.05
        bars(view, y, first["low"], first["high"], color=CONTEXT, lw=4, capstyle="round", zorder=1, gid="range")
        view.ax.vlines(first["mean"], y - 0.05, y + 0.05, color=INK, lw=1.1, zorder=2.5, gid="mean")
        given = [g.groupby("score", sort=True)["assessor"].agg("".join) for g in self.items]
        x = np.concatenate([g.index.to_numpy(float) for g in given])
        dots(view, x, np.repeat(y, [len(g) for g in given]), ms=3.6, color=LINE, zorder=3, gid="scores")
        if self.rows["assessor"].nunique() > LETTERS or self.rows["assessor"].str.len().max() > 1:
            return
        for at, letters in zip(y, given, strict=True):
            self._letters(view, at, letters)

    def _letters(self, view, y: float, given: pd.Series) -> None:
        ax, size = view.ax, max(view.base - 1, SMALLEST)
        widest = max(text_width(t, size) for t in given) + 0.03
        places = spread(given.index.to_numpy(float), widest / view.unit, *ax.get_xlim())
        for x, text in zip(places, given, strict=True):
            write(ax, x, y - 0.055, text, size, INK2, "center", "bottom", gid="letters")

    def _strip(self, view, wide: bool) -> None:
        """Alpha with its interval: all items, then each sector; two lines mark what may be relied on."""
        w, base, n = self.words, BASE["wide" if wide else "phone"], len(self.groups)
        left, right, total = (view.sides[0], 1.3, WIDE) if wide else (1.27, 1.18, PHONE)
        low = min(0.0, np.floor(np.nanmin([0.0, *self.groups["low"], *self.groups["alpha"]]) * 2) / 2)
        low = max(low, -1.0)
        ax = axes_at(view.fig, left, 0.42, total - left - right, 0.2 * n)
        ax.set_xlim(low, 1)
        ax.set_ylim(n, 0)
        ax.set_axis_off()
        unit, size = (total - left - right) / (1 - low), max(base - 0.8, SMALLEST)
        ax.axvspan(TENTATIVE, 1, color=BAND, lw=0, zorder=0, gid="usable")
        for x in np.arange(low, 1.01, 0.5):
            ax.plot([x, x], [0, n], color=GRID, lw=0.7, zorder=0.1)
            write(ax, x, -0.05 / 0.2, w.num(x, 1), size, MUTED, "center", "bottom")
        for x in (TENTATIVE, RELIABLE):
            ax.plot([x, x], [0, n], color=INK2, lw=0.8, ls=(0, (2, 1.6)), zorder=0.5, gid="threshold")
        title = low - (left - 0.06) / unit
        write(ax, title, -0.25 / 0.2, w("people.alpha_head"), base + 0.5, INK, "left", "bottom", weight="bold")
        for i, r in enumerate(self.groups.itertuples(index=False)):
            self._alpha(ax, i + 0.5, r, (low, unit, left, right), base)

    def _alpha(self, ax, y: float, r, place: tuple[float, float, float, float], base: float) -> None:
        w, (low, unit, left, right) = self.words, place
        weight, name = ("bold", w("people.all_items")) if r.node == ROOT else ("normal", self.labels.get(r.node, r.node))
        size = max(base - 0.5, SMALLEST)
        text = fit(name, left - 0.2, size, weight, 1)
        write(ax, low - (left - 0.06) / unit, y, text, size, INK, "left", "center", weight=weight, gid="group")
        if np.isfinite(r.low):
            ax.plot([max(r.low, low), r.high], [y, y], color=LINE, lw=3.2, alpha=0.35, solid_capstyle="butt", gid="interval")
        if np.isfinite(r.alpha) and r.alpha >= low:
            ax.plot([r.alpha], [y], "o", ms=4.6, color=LINE, mfc=LINE if np.isfinite(r.low) else "white", zorder=3, gid="alpha")
        said = w("people.agreement." + r.judgement)
        text = f"{w.num(r.alpha, 2)}  {said}"
        write(
            ax,
            1 + (right - 0.06) / unit,
            y,
            fit(text, right - 0.12, size, weight, 1),
            size,
            INK2,
            "right",
            "center",
            weight=weight,
        )
