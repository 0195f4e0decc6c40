"""Dated facts of sectors that have no honest series: a table that says so, never a trend."""

from __future__ import annotations

from html import escape

import pandas as pd

from scevaluation.draw.chart import Chart
from scevaluation.words import Sentence, Words, capital, lower

KINDS = ("fact", "effort")


def fact_rows(
    context: pd.DataFrame, indicators: pd.DataFrame, region: str, sectors: tuple[str, ...], until: str
) -> pd.DataFrame:
    """sector, indicator, period, value, source, note and `others` (other sources' values): chosen facts up to a year or round."""
    meta = indicators[indicators["sector"].isin(sectors) & indicators["kind"].isin(KINDS)].set_index("indicator")
    mine = context[
        (context["region"] == region)
        & context["indicator"].isin(meta.index)
        & context["value"].notna()
        & (context["period"].str[:4] <= until[:4])
    ]
    rows = []
    for (code, period), group in mine.groupby(["indicator", "period"], sort=False):
        chosen = group[group["chosen"]]
        if chosen.empty:
            continue
        first = chosen.iloc[0]
        others = [float(v) for v in group.loc[~group["chosen"], "value"]]
        rows.append(
            {
                "sector": meta.at[code, "sector"],
                "indicator": code,
                "period": period,
                "value": float(first["value"]),
                "source": first["source"],
                "note": first["note"],
                "others": tuple(others),
            }
        )
    table = pd.DataFrame(rows, columns=["sector", "indicator", "period", "value", "source", "note", "others"])
    return table.sort_values(
        ["sector", "indicator", "period"],
        key=lambda s: s.map({x: i for i, x in enumerate(sectors)}) if s.name == "sector" else s,
        kind="stable",
        ignore_index=True,
    )


def facts(
    context: pd.DataFrame, indicators: pd.DataFrame, region: str, sectors: tuple[str, ...], until: str, words: Words
) -> Chart:
    """A table of facts by sector, the newest of each indicator first.

    Parameters
    ----------
    context, indicators
        As `intake.context` reads them.
    region : str
    sectors : tuple of str
        Sectors without a series.
    until : str
        Last year or round shown.

    Returns
    -------
    Chart
        Rows as `fact_rows`.
    """
    w = words
    rows = fact_rows(context, indicators, region, sectors, until)
    names = w.join(lower(w("sector." + s)) for s in sectors)
    title = Sentence("finding.facts", {"sectors": names})
    if rows.empty:
        return Chart("facts", w, title, empty=Sentence("chart.facts.empty"))
    meta = indicators.set_index("indicator")
    parts = []
    for sector in sectors:
        mine = rows[rows["sector"] == sector]
        if len(mine):
            parts.append(_sector_table(sector, mine, meta, w, alone=len(sectors) == 1))
    return Chart(
        "facts",
        w,
        title,
        Sentence("chart.facts.note"),
        w("chart.facts.alt", n=len(rows), sectors=names),
        rows,
        body="".join(parts),
    )


def _sector_table(sector: str, rows: pd.DataFrame, meta: pd.DataFrame, w: Words, alone: bool = False) -> str:
    """The facts of a sector; alone, its name stands in the title already, so the caption is for screen readers."""
    heads = [w("facts.what"), w("facts.when"), w("facts.value"), w("facts.source")]
    head = "".join(
        f'<th scope="col" role="columnheader"{" class=n" if i == 2 else ""}>{escape(h)}</th>' for i, h in enumerate(heads)
    )
    body = "".join(_fact(group, meta.loc[code], heads, w) for code, group in rows.groupby("indicator", sort=False))
    name = escape(w("sector." + sector))
    hidden = ' class="visually-hidden"' if alone else ""
    return (
        f'<table class="cards facts" role="table"><caption{hidden}>{name}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def _fact(rows: pd.DataFrame, meta, heads: list[str], w: Words) -> str:
    """One indicator: its newest figure, with earlier ones and other sources' figures below it."""
    digits = min(int(meta["digits"]), 2)
    last, earlier = rows.iloc[-1], rows.iloc[:-1]
    unit = w.column(meta, "unit")
    value = _with_unit(w.num(last["value"], digits), unit)
    small = []
    if last["others"]:
        small.append(w("facts.conflict", values=w.join(w.num(v, digits) for v in last["others"])))
    if len(earlier):
        small.append(
            w("facts.earlier", values=w.join(f"{w.num(r.value, digits)} ({_when(r.period, w)})" for r in earlier.itertuples()))
        )
    extra = "".join(f"<br><small>{escape(text)}</small>" for text in small)
    source = last["source"].partition("; ")
    cells = [
        f'<td role="cell" data-label="{escape(heads[1])}">{escape(_when(last["period"], w))}</td>',
        f'<td role="cell" class="n" data-label="{escape(heads[2])}">{escape(value)}{extra}</td>',
        f'<td role="cell" data-label="{escape(heads[3])}">{escape(source[0])}<br><small>{escape(source[2])}</small></td>',
    ]
    remark = w.column(meta, "note")
    name = escape(w.column(meta, "label")) + (f"<br><small>{escape(capital(remark))}</small>" if remark else "")
    return f'<tr role="row"><th scope="row" role="rowheader">{name}</th>{"".join(cells)}</tr>'


def _with_unit(number: str, unit: str) -> str:
    """A number with its unit as it is written: 43,1%, Rp30 miliar, 6 unit."""
    if unit == "%":
        return number + unit
    if "Rp" in unit.split():
        return " ".join([f"Rp{number}", *(part for part in unit.split() if part != "Rp")])
    return f"{number} {unit}"


def _when(period: str, w: Words) -> str:
    return w.round(period) if "-" in period else period
