"""Form 8: agencies by sectors: who answers for what, the score of what was reported, and what is missing."""

from __future__ import annotations

from collections.abc import Set
from functools import partial

import numpy as np
import pandas as pd

from scevaluation.charts.titles import few
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.matrix import Matrix, Names, Shades, matrix
from scevaluation.draw.style import BAND, BASE, DOWN, GRID, INK2, PHONE, SMALLEST, WIDE, ink_on, write
from scevaluation.frames.people import ALL, RESPONSIBILITY
from scevaluation.words import Sentence, Words

MOST = 30  # agencies drawn
OUTSIDE = "\0outside"  # the heading of bodies outside the regency's government
COLUMNS = ("label", "sector_label", "items", "reported", "score", "state_label")


def agencies(
    rows: pd.DataFrame,
    reporting: pd.DataFrame,
    labels: dict[str, str],
    sectors: dict[str, str],
    words: Words,
    unit: str = "unit.sector",
    outside: Set[str] = frozenset(),
) -> Chart:
    """A matrix of agencies and sectors, with what all agencies, and all sectors, come to.

    The chart's rows: those given, with labels. Empty where an agency does not answer for a sector; hatched where nothing of
    what is due was reported.

    Parameters
    ----------
    rows : RESPONSIBILITY
        Of one round, agencies in order, '*' among them.
    reporting : REPORTING
        Of the same round: since when an agency leaves something out.
    labels, sectors : dict of agency, and of sector, to text
    unit : str
        Key of what the sectors are called.
    outside : set of str
        Bodies outside the regency's government, last in `rows`: below a heading of their own; they owe no report.
    """
    if rows.empty:
        return Chart("agencies", words, Sentence("chart.agencies.title_empty"), empty=Sentence("chart.agencies.empty"))
    view = _View(rows, reporting, labels, sectors, words, unit, outside)
    drawn = view.rows.assign(
        label=view.rows["agency"].map(view.name),
        sector_label=view.rows["sector"].map(view.column),
        state_label=[words("people.duty." + s) for s in view.rows["state"]],
    )
    title = finding(rows[~rows["agency"].isin(outside)], labels, words)
    shown = {c: "people.column." + c for c in COLUMNS}
    shown |= {} if unit == "unit.sector" else {"sector_label": "quadrant.part"}
    return Chart("agencies", words, title, view.note(), view.alt(), drawn, **both(view.paint), labels=shown)


def finding(rows: pd.DataFrame, labels: dict[str, str], words: Words) -> Sentence:
    """How many of the indicators due were reported, and by whom some were not; agencies that have no room are counted.

    Parameters
    ----------
    rows : RESPONSIBILITY
    labels : dict of agency to text
    """
    total = rows[(rows["agency"] == ALL) & (rows["sector"] == ALL)].iloc[0]
    lacks = rows[(rows["sector"] == ALL) & (rows["agency"] != ALL) & (rows["reported"] < rows["items"])]
    places = {c: RESPONSIBILITY.fact(total, c, 0) for c in ("reported", "items")}
    if lacks.empty:
        return Sentence("finding.agencies.all", {"items": places["items"]})
    who = [labels.get(a, a) for a in lacks["agency"]]
    if not few(who):
        return Sentence("finding.agencies.many", {**places, "n": words.count(len(who))})
    return Sentence("finding.agencies.some", {**places, "names": words.join(who)})


class _View:
    """The matrix as drawn: order of agencies and sectors ('*' first), values, range of colours."""

    def __init__(self, rows: pd.DataFrame, reporting: pd.DataFrame, labels, sectors, words: Words, unit: str, outside: Set[str]):
        self.unit = words(unit)
        self.words, self.labels, self.sectors = words, labels, sectors
        whole = rows[(rows["sector"] == ALL) & (rows["agency"] != ALL)]
        lacks = (whole["items"] - whole["reported"]).sort_values(ascending=False, kind="stable")
        self.count, self.every = len(whole), list(whole.loc[~whole["agency"].isin(outside), "agency"])
        self.cell = {(r.agency, r.sector): r for r in rows.itertuples(index=False)}
        rows = rows[rows["agency"].isin({ALL, *whole.loc[lacks.index[:MOST], "agency"]})]
        first = rows.drop_duplicates("agency")["agency"]
        self.own = [ALL, *(a for a in first if a != ALL and a not in outside)]
        far = [a for a in first if a in outside]
        self.agencies = [*self.own, *([OUTSIDE] if far else []), *far]
        given = rows.drop_duplicates("sector")["sector"]
        parts = [s for s in given if s != ALL]
        self.columns = [ALL, *parts] if len(parts) > 1 else parts
        self.rows = rows[rows["sector"].isin(self.columns)].reset_index(drop=True)
        self.streak = dict(zip(reporting["agency"], reporting["streak"], strict=True)) if len(reporting) else {}
        self.shade = Shades(self.rows["score"])

    def name(self, agency: str) -> str:
        said = {ALL: "people.all_agencies", OUTSIDE: "people.outside"}.get(agency)
        return self.words(said) if said else self.labels.get(agency, agency)

    def column(self, sector: str) -> str:
        if sector == ALL:
            return self.words("people.all_sectors", unit=self.unit)
        return self.sectors.get(sector, sector) or self.words("people.no_sector")

    def _total(self, agency: str):
        return self.cell[(agency, ALL)]

    def note(self) -> str:
        """What the marks that were drawn mean."""
        w, state = self.words, set(self.rows["state"])
        unknown = set(self.rows.loc[self.rows["score"].isna(), "state"])
        parts = [w("chart.agencies.note")]
        parts += [w("chart.agencies.note_duty")] if "not_responsible" in state else []
        parts += [w("chart.agencies.note_missing")] if "not_reported" in state else []
        parts += [w("chart.agencies.note_partly")] if "partly_reported" in state else []
        parts += [w("chart.agencies.note_inapplicable")] if "not_applicable" in state else []
        parts += [w("chart.agencies.note_unverified")] if unknown & {"reported", "partly_reported"} else []
        parts += [w("chart.agencies.note_streak")] if max(self.streak.values(), default=0) > 1 else []
        parts += [w("chart.agencies.note_most", n=MOST, all=self.count)] if self.count > MOST else []
        return " ".join(parts)

    def alt(self) -> str:
        w, of = self.words, {a: self._total(a) for a in (ALL, *self.every)}
        late = [a for a in self.every if of[a].reported < of[a].items]
        parts = [w("chart.agencies.alt_late", name=self.name(a), reported=of[a].reported, items=of[a].items) for a in late[:8]]
        parts += [w("chart.agencies.alt_more", n=w.num(len(late) - 8, 0))] if len(late) > 8 else []
        counts = {"agencies": len(of) - 1, "sectors": len([c for c in self.columns if c != ALL])}
        counts |= {"reported": of[ALL].reported, "items": of[ALL].items}
        return w("chart.agencies.alt", late=", ".join(parts) or w("chart.agencies.alt_none"), unit=self.unit, **counts)

    def paint(self, layout: str):
        base, wide, n = BASE[layout], layout == "wide", len(self.columns)
        left, right, broad, beside = (1.95, 0.9, 0.86, 0.84) if wide else (1.12, 0.5, 0.6, 0.44)
        cell = min(((WIDE if wide else PHONE) - left - right) / n, broad)
        texts, look = [self.name(a) for a in self.agencies], {"linespacing": 1.0}
        rows = Names(texts, base if wide else base - 0.9, left - 0.14, 0.1, 3, (left, right), look=look)
        size, room = (max(base - 0.5, SMALLEST), cell - 0.06) if wide else (base - 1.2, 1.05)
        total = (0.04, 0.0) if ALL in self.columns else None
        texts = [self.column(c) for c in self.columns]
        columns = Names(texts, size, room, 0.06, total=total, slant=not wide, heavy=True)
        row, head = max(0.25, 0.17 + 0.13 * (rows.most - 1)), columns.height + (0.06 if wide else 0.15) + 0.1
        cells = partial(self._cells, base=base)
        page = matrix(layout, rows, columns, cells, size=(cell, row), left=left, head=head)
        self._reported(page, page.behind(beside), base, wide)
        return page.fig

    def _cells(self, page: Matrix, base: float) -> None:
        partly = []
        for i, agency in enumerate(self.agencies):
            if i:
                page.ax.plot([0, len(self.columns)], [i + 1] * 2, color=GRID, lw=0.6, zorder=0.1)
            for j, sector in enumerate(self.columns if agency != OUTSIDE else ()):
                r = self.cell[(agency, sector)]
                color = self._cell(page, i, j, r, base, ALL in (agency, sector))
                partly += [(i, j, color)] if r.state == "partly_reported" else []
        for corner in partly:
            page.fold([corner], 0.075, 0.05, "partly")

    def _cell(self, page: Matrix, i: int, j: int, r, base: float, total: bool):
        """Draw one cell, and return its colour where it has one: empty where not responsible, hatched where not reported."""
        if r.state in ("not_reported", "not_applicable"):
            hatch = {"hatch": "////"} if r.state == "not_reported" else {}
            text = self.words("people.inapplicable") if not hatch else "\u2013"
            page.blank(i, j, 0.03, text, max(base - 0.5, SMALLEST), gid=r.state.replace("_", "-"), **hatch)
        elif r.state != "not_responsible":
            known = np.isfinite(r.score)
            color = self.shade(r.score) if known else BAND
            page.box(i, j, 0.03, facecolor=color, lw=0, gid="cell" if known else "unverified")
            look = {"weight": "bold" if total else "normal", "gid": "score"}
            text = self.words.num(r.score, 0) if known else "?"
            page.text(i, j, text, base, ink_on(color), "center_baseline", **look)
            return color
        return None

    def _reported(self, page: Matrix, edge: float, base: float, wide: bool) -> None:
        """How many of the indicators due each agency reported, and for how many rounds in a row some were not."""
        w = self.words
        head = w("people.reported_head") if wide else w("people.reported_short")
        write(page.ax, edge, page.above(0.06), head, max(base - 0.8, SMALLEST), INK2, "right", "bottom", linespacing=0.92)
        for i, agency in enumerate(self.own):
            r, streak = self._total(agency), int(self.streak.get(agency, 0))
            lacks = r.reported < r.items
            text = w("people.of", n=r.reported, all=r.items) if wide else f"{r.reported}/{r.items}"
            text += f" \u00b7 {streak}\u00d7" if streak > 1 and wide else ""
            place = {"ha": "right", "va": "center_baseline", "weight": "bold" if lacks or i == 0 else "normal"}
            color = DOWN if lacks else INK2
            write(page.ax, edge, i + 0.5, text, max(base - 0.3, SMALLEST), color, gid="reported", **place)
