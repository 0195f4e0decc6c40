"""Form 8: agencies by sectors: who answers for what, the score of what was reported, and what is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from scevaluation.charts import findings_people as findings
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.style import (
    BAND,
    BASE,
    DOWN,
    GRID,
    INK,
    INK2,
    LEVEL_MAP,
    PHONE,
    RULE,
    SMALLEST,
    WIDE,
    axes_at,
    canvas,
    fit,
    ink_on,
    text_width,
    write,
)
from scevaluation.words import Sentence, Words

ALL = findings.ALL
COLUMNS = ("label", "sector_label", "items", "reported", "score", "state_label")


def agencies(
    rows: pd.DataFrame, reporting: pd.DataFrame, labels: dict[str, str], sectors: dict[str, str], words: Words
) -> Chart:
    """A matrix of agencies and sectors, with what all agencies, and all sectors, come to.

    Parameters
    ----------
    rows : RESPONSIBILITY
        Of one round, agencies in order, '*' among them.
    reporting : REPORTING
        Of the same round: since when an agency leaves something out.
    labels, sectors : dict of agency, and of sector, to text

    Returns
    -------
    Chart
        Rows: those given, with labels. Empty where an agency does not answer for a sector; hatched where nothing of what
        is due was reported.
    """
    if rows.empty:
        return Chart("agencies", words, Sentence("chart.agencies.title_empty"), empty=Sentence("chart.agencies.empty"))
    view = _View(rows, reporting, labels, sectors, words)
    drawn = view.rows.assign(
        label=view.rows["agency"].map(view.name),
        sector_label=view.rows["sector"].map(view.column),
        state_label=[words("people.duty." + s) for s in view.rows["state"]],
    )
    title = findings.agencies(rows, labels, words)
    shown = {c: "people.column." + c for c in COLUMNS}
    return Chart("agencies", words, title, view.note(), view.alt(), drawn, **both(view.paint), labels=shown)


def _middle(text: str) -> str:
    return "center" if "\n" in text else "center_baseline"


class _View:
    """The matrix as drawn: order of agencies and sectors ('*' first), values, range of colours."""

    def __init__(self, rows: pd.DataFrame, reporting: pd.DataFrame, labels, sectors, words: Words):
        self.words, self.labels, self.sectors = words, labels, sectors
        first = rows.drop_duplicates("agency")["agency"]
        self.agencies = [ALL, *(a for a in first if a != ALL)]
        given = rows.drop_duplicates("sector")["sector"]
        parts = [s for s in given if s != ALL]
        self.columns = [ALL, *parts] if len(parts) > 1 else parts
        self.cell = {(r.agency, r.sector): r for r in rows.itertuples(index=False)}
        self.rows = rows[rows["sector"].isin(self.columns)].reset_index(drop=True)
        self.streak = dict(zip(reporting["agency"], reporting["streak"], strict=True)) if len(reporting) else {}
        known = self.rows["score"].dropna()
        middle = (known.min() + known.max()) / 2 if len(known) else 50.0
        half = max((known.max() - known.min()) / 2, 5) if len(known) else 5.0
        self.low, self.high = middle - half * 1.05, middle + half * 1.05

    def name(self, agency: str) -> str:
        return self.words("people.all_agencies") if agency == ALL else self.labels.get(agency, agency)

    def column(self, sector: str) -> str:
        if sector == ALL:
            return self.words("people.all_sectors")
        return self.sectors.get(sector, sector) or self.words("people.no_sector")

    def _total(self, agency: str):
        return self.cell[(agency, ALL)]

    def note(self) -> str:
        """What the marks that were drawn mean."""
        w, state = self.words, set(self.rows["state"])
        parts = [w("chart.agencies.note")]
        parts += [w("chart.agencies.note_duty")] if "not_responsible" in state else []
        parts += [w("chart.agencies.note_missing")] if "not_reported" in state else []
        parts += [w("chart.agencies.note_partly")] if "partly_reported" in state else []
        parts += [w("chart.agencies.note_inapplicable")] if "not_applicable" in state else []
        parts += [w("chart.agencies.note_unverified")] if self._unverified().any() else []
        parts += [w("chart.agencies.note_streak")] if max(self.streak.values(), default=0) > 1 else []
        return " ".join(parts)

    def _unverified(self) -> pd.Series:
        return self.rows["state"].isin(("reported", "partly_reported")) & self.rows["score"].isna()

    def alt(self) -> str:
        w, total = self.words, self._total(ALL)
        late = [a for a in self.agencies[1:] if self._total(a).reported < self._total(a).items]
        parts = [
            w("chart.agencies.alt_late", name=self.name(a), reported=self._total(a).reported, items=self._total(a).items)
            for a in late[:8]
        ]
        more = [w("chart.agencies.alt_more", n=w.num(len(late) - 8, 0))] if len(late) > 8 else []
        return w(
            "chart.agencies.alt",
            agencies=len(self.agencies) - 1,
            sectors=len([c for c in self.columns if c != ALL]),
            reported=total.reported,
            items=total.items,
            late=", ".join([*parts, *more]) or w("chart.agencies.alt_none"),
        )

    def paint(self, layout: str):
        base, wide, n = BASE[layout], layout == "wide", len(self.columns)
        left, right = (1.95, 0.9) if wide else (1.12, 0.5)
        width = min((WIDE if wide else PHONE) - left - right, n * (0.86 if wide else 0.6))
        size = base if wide else base - 0.9
        texts = [fit(self.name(a), left - 0.14, size, "bold" if a == ALL else "normal", 3) for a in self.agencies]
        row = max(0.25, 0.17 + 0.13 * max(t.count("\n") for t in texts))
        heads = self._heads(width / n, base, wide)
        top = heads[1] + 0.1
        fig = canvas(layout, top + row * len(texts) + 0.06)
        ax = axes_at(fig, left, top, width, row * len(texts))
        ax.set_xlim(0, n)
        ax.set_ylim(len(texts), 0)
        ax.set_axis_off()
        unit = width / n
        self._cells(ax, unit, row, base)
        for i, text in enumerate(texts):
            weight = "bold" if i == 0 else "normal"
            write(ax, -0.1 / unit, i + 0.5, text, size, INK, "right", _middle(text), weight=weight, linespacing=1.0, gid="row")
        self._names(ax, heads[0], unit, row, base, wide)
        self._reported(ax, unit, row, base, wide)
        ax.plot([-left / unit, n + right / unit], [1, 1], color=INK, lw=0.9, clip_on=False)
        if ALL in self.columns:
            ax.plot([1, 1], [-0.04 / row, len(texts)], color=INK, lw=0.9, clip_on=False)
        return fig

    def _heads(self, cell: float, base: float, wide: bool) -> tuple[list[str], float]:
        """Texts over the columns and the inches they need: level in the wide layout, slanted on a phone."""
        size = max(base - 0.5, SMALLEST) if wide else base - 1.2
        if wide:
            texts = [fit(self.column(c), cell - 0.06, size, "bold") for c in self.columns]
            return texts, max(t.count("\n") + 1 for t in texts) * size * 1.17 / 72 + 0.06
        texts = [fit(self.column(c), 1.05, size, "bold") for c in self.columns]
        longest = max(text_width(line, size, "bold") for t in texts for line in t.split("\n"))
        return texts, longest * 0.85 + 0.15

    def _names(self, ax, texts: list[str], unit: float, row: float, base: float, wide: bool) -> None:
        size = max(base - 0.5, SMALLEST) if wide else base - 1.2
        slant = {} if wide else {"rotation": 58, "rotation_mode": "anchor"}
        for j, text in enumerate(texts):
            weight = "bold" if self.columns[j] == ALL else "normal"
            x, align = (j + 0.5, "center") if wide else (j + 0.42, "left")
            place = {"weight": weight, "linespacing": 0.92, "gid": "column"}
            write(ax, x, -0.06 / row, text, size, INK, align, "bottom", **slant, **place)

    def _cells(self, ax, unit: float, row: float, base: float) -> None:
        corners, dx, dy = [], 0.075 / unit, 0.075 / row
        for i, agency in enumerate(self.agencies):
            if i:
                ax.plot([0, len(self.columns)], [i + 1] * 2, color=GRID, lw=0.6, zorder=0.1)
            for j, sector in enumerate(self.columns):
                color = self._cell(ax, i, j, self.cell[(agency, sector)], base, agency == ALL or sector == ALL)
                if color and self.cell[(agency, sector)].state == "partly_reported":
                    corners.append(
                        ([(j + 0.97, i + 0.05), (j + 0.97 - dx, i + 0.05), (j + 0.97, i + 0.05 + dy)], ink_on(color))
                    )
        for points, color in corners:
            ax.add_collection(PolyCollection([points], facecolors=[color], lw=0, gid="partly"))

    def _cell(self, ax, i: int, j: int, r, base: float, total: bool) -> str:
        """One cell; its colour where it has a ground."""
        if r.state == "not_responsible":
            return ""
        box = {"xy": (j + 0.03, i + 0.05), "width": 0.94, "height": 0.9}
        if r.state in ("not_reported", "not_applicable"):
            hatch = {"hatch": "////", "facecolor": "white"} if r.state == "not_reported" else {"facecolor": "white"}
            ax.add_patch(Rectangle(**box, edgecolor=RULE, lw=0.5, gid=r.state.replace("_", "-"), **hatch))
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
            text = "\u2013" if r.state == "not_reported" else self.words("people.inapplicable")
            write(ax, j + 0.5, i + 0.5, text, max(base - 0.5, SMALLEST), INK2, "center", "center", bbox=ground)
            return ""
        known = np.isfinite(r.score)
        at = float(np.clip((r.score - self.low) / (self.high - self.low), 0, 1)) if known else 0.0
        color = LEVEL_MAP(at) if known else BAND
        ax.add_patch(Rectangle(**box, facecolor=color, lw=0, gid="cell" if known else "unverified"))
        text = self.words.num(r.score, 0) if known else "?"
        weight = "bold" if total else "normal"
        write(ax, j + 0.5, i + 0.5, text, base, ink_on(color), "center", "center_baseline", weight=weight, gid="score")
        return color

    def _reported(self, ax, unit: float, row: float, base: float, wide: bool) -> None:
        """How many of the indicators due each agency reported, and for how many rounds in a row some were not."""
        w, edge = self.words, len(self.columns) + (0.84 if wide else 0.44) / unit
        size, small = max(base - 0.3, SMALLEST), max(base - 0.8, SMALLEST)
        head = w("people.reported_head") if wide else w("people.reported_short")
        write(ax, edge, -0.06 / row, head, small, INK2, "right", "bottom", linespacing=0.92)
        for i, agency in enumerate(self.agencies):
            r, streak = self._total(agency), int(self.streak.get(agency, 0))
            lacks = r.reported < r.items
            text = w("people.of", n=r.reported, all=r.items) if wide else f"{r.reported}/{r.items}"
            text += f" \u00b7 {streak}\u00d7" if streak > 1 and wide else ""
            weight = "bold" if lacks or i == 0 else "normal"
            write(
                ax,
                edge,
                i + 0.5,
                text,
                size,
                DOWN if lacks else INK2,
                "right",
                "center_baseline",
                weight=weight,
                gid="reported",
            )
