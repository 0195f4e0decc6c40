"""Dated facts of sectors that have no honest series: a table that says so, never a trend."""

from __future__ import annotations

from html import escape

import pandas as pd

from scevaluation.draw.chart import Chart
from scevaluation.draw.table import Field, Html, html_table
from scevaluation.words import Sentence, Words, capital, lower

KINDS = ("fact", "effort")


def fact_rows(
    context: pd.DataFrame, indicators: pd.DataFrame, region: str, sectors: tuple[str, ...], until: str
) -> pd.DataFrame:
    """Chosen facts up to a year or round: sector, indicator, period, value, source, confidence, notes, `others` (other sources' values)."""
    meta = indicators[indicators["sector"].isin(sectors) & indicators["kind"].isin(KINDS)].set_index("indicator")
    mine = context[(context["region"] == region) & context["indicator"].isin(meta.index) & context["value"].notna()]
    mine, rows = mine[mine["period"].str[:4] <= until[:4]], []
    for (code, period), group in mine.groupby(["indicator", "period"], sort=False):
        others = tuple(float(v) for v in group.loc[~group["chosen"], "value"])
        for r in group[group["chosen"]].head(1).itertuples():
            rows.append((meta.at[code, "sector"], code, period, float(r.value), r.source, r.confidence, r.note_id, r.note_en, others))
    columns = ["sector", "indicator", "period", "value", "source", "confidence", "note_id", "note_en", "others"]
    table = pd.DataFrame(rows, columns=columns)
    place = table["sector"].map(sectors.index)
    table = table.assign(place=place).sort_values(["place", "indicator", "period"], kind="stable", ignore_index=True)
    return table.drop(columns="place")


def facts(
    context: pd.DataFrame, indicators: pd.DataFrame, region: str, sectors: tuple[str, ...], until: str, words: Words
) -> Chart:
    """A table of facts by sector, the newest of each indicator first.

    The chart's rows: as `fact_rows`.

    Parameters
    ----------
    context, indicators
        As `intake.context` reads them.
    sectors : tuple of str
        Sectors without a series.
    until : str
        Last year or round shown.
    """
    w = words
    rows = fact_rows(context, indicators, region, sectors, until)
    names = w.join(lower(w("sector." + s)) for s in sectors)
    title = Sentence("finding.facts", {"sectors": names})
    if rows.empty:
        return Chart("facts", w, title, empty=Sentence("chart.facts.empty"))
    meta = indicators.set_index("indicator")
    by_sector = rows.groupby("sector", sort=False)
    parts = [_sector_table(sector, mine, meta, w, alone=len(sectors) == 1) for sector, mine in by_sector]
    note, alt = Sentence("chart.facts.note"), w("chart.facts.alt", n=len(rows), sectors=names)
    return Chart("facts", w, title, note, alt, rows, body="".join(parts))


def _sector_table(sector: str, rows: pd.DataFrame, meta: pd.DataFrame, w: Words, alone: bool = False) -> str:
    """The facts of a sector; alone, its name stands in the title already, so the caption is for screen readers."""
    shown = [_fact(group, meta.loc[code], w) for code, group in rows.groupby("indicator", sort=False)]
    fields = [Field(c, w("facts." + c), css="n" if c == "value" else "") for c in ("what", "when", "value", "source")]
    return html_table(shown, fields, w("sector." + sector), "cards facts", hidden=alone)


def _fact(rows: pd.DataFrame, meta, w: Words) -> dict[str, str]:
    """One indicator: its newest figure with its warnings, and earlier ones and other sources' figures below it, with theirs.

    A figure from before the indicator is comparable, or with another note than the newest, is no earlier figure of the same.
    """
    digits = min(int(meta["digits"]), 2)
    *before, last = rows.to_dict("records")

    def warnings(r: dict) -> list[str]:
        doubted = r["confidence"] == "derived" or (r["confidence"] == "conflicting" and not r["others"])
        return [t for t in (w.column(r, "note"), w("facts." + r["confidence"]) if doubted else "") if t]

    warned = warnings(last)

    def told(r: dict) -> str:
        others = [w("facts.conflict", values=w.join(w.num(v, digits) for v in r["others"]))] if r["others"] else []
        said = [t for t in warnings(r) if t not in warned] + others
        return f"{w.num(r['value'], digits)} ({'; '.join([_when(r['period'], w), *said])})"

    def alike(r: dict) -> bool:
        return r["period"] >= meta["comparable_from"] and w.column(r, "note") == w.column(last, "note")

    below = [capital("; ".join(warned))] if warned else []
    below += [w("facts.conflict", values=w.join(w.num(v, digits) for v in last["others"]))] if last["others"] else []
    for key, these in (("facts.earlier", filter(alike, before)), ("facts.apart", (r for r in before if not alike(r)))):
        below += [w(key, values=values)] if (values := w.join(map(told, these))) else []
    publisher, _, title = last["source"].partition("; ")
    remark = w.column(meta, "note")
    return {
        "what": _above(w.column(meta, "label"), [capital(remark)] if remark else []),
        "when": _when(last["period"], w),
        "value": _above(_with_unit(w.num(last["value"], digits), w.column(meta, "unit")), below),
        "source": _above(publisher, [title]),
    }


def newest(rows: pd.DataFrame, meta, w: Words) -> Html:
    """One statistic's newest figure of rows of CONTEXT, in time, with its name and its warning below."""
    last = rows.iloc[-1]
    value = _with_unit(w.num(last["value"], min(int(meta["digits"]), 2)), w.column(meta, "unit"))
    warned = w.column(last, "note")
    return _above(f"{w.column(meta, 'label')}: {value} ({_when(last['period'], w)})", [capital(warned)] if warned else [])


def _above(text: str, below: list[str]) -> Html:
    """A text with smaller ones below it."""
    return Html(escape(text) + "".join(f"<br><small>{escape(t)}</small>" for t in below))


def _with_unit(number: str, unit: str) -> str:
    """A number with its unit as it is written: 43,1%, Rp30 miliar, 6 unit."""
    if unit == "%":
        return number + unit
    if "Rp" in unit.split():
        return " ".join([f"Rp{number}", *(part for part in unit.split() if part != "Rp")])
    return f"{number} {unit}"


def _when(period: str, w: Words) -> str:
    return w.round(period) if "-" in period else period
