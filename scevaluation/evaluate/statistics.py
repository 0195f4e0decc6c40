"""STATISTICS: official series of a region, told by their first and last year, judged only beside the country in the same years."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from scevaluation.evaluate.peers import WIDTH
from scevaluation.frames.sectors import STATISTICS

START = 2017
LEAST = 4  # years of a series that is told


def yearly(context: pd.DataFrame, indicators: pd.DataFrame, codes: Iterable[str], until: int) -> pd.DataFrame:
    """CONTEXT rows of whole years that compare with one another, with `year`: from 2017, or where the method began, to `until`."""
    rows = context[context["indicator"].isin(list(codes)) & context["period"].str.fullmatch(r"\d{4}") & context["value"].notna()]
    start = indicators.set_index("indicator")["comparable_from"].map(lambda v: int(v) if v else START).clip(lower=START)
    rows = rows.assign(year=rows["period"].astype(int))
    return rows[(rows["year"] >= rows["indicator"].map(start)) & (rows["year"] <= until)]


def panels(context: pd.DataFrame, indicators: pd.DataFrame, national: pd.DataFrame, codes: tuple[str, ...], until: int) -> pd.DataFrame:
    """region ("" for the national median), indicator, year, value, chosen, source: what charts of statistics draw, in the codes' order."""
    columns = ["region", "indicator", "year", "value", "chosen", "source"]
    middle = national.rename(columns={"p50": "value"}).assign(region="", chosen=True)
    out = pd.concat([yearly(rows, indicators, codes, until)[columns] for rows in (context, middle)], ignore_index=True)
    place = {c: i for i, c in enumerate(codes)}
    key = lambda s: s.map(place) if s.name == "indicator" else s  # noqa: E731
    return out.sort_values(["indicator", "region", "year"], key=key, kind="stable", ignore_index=True)


def moved(values: pd.Series, direction: int) -> int:
    """1 better, -1 worse, 0 no clear direction, from first to last value.

    A direction needs a change of more than half of all moves between neighbours, up and down alike (the efficiency ratio
    of Kaufman, 1995): a series that mostly swings to and fro has none.
    """
    net, path = float(values.iloc[-1] - values.iloc[0]), float(values.diff().abs().sum())
    return int(np.sign(net) * direction) if round(2 * abs(net) - path, 9) > 0 else 0


def beside(change: float, common: float, noise: float, direction: int) -> str:
    """ahead or behind: further from the country's median change than chance alone moves; alike: not; told: nothing to judge it by."""
    if not direction or not np.isfinite([common, noise]).all():
        return "told"
    gap = round((change - common) * direction, 9)
    return "alike" if abs(gap) <= round(noise, 9) else "ahead" if gap > 0 else "behind"


def statistics(
    region: str, context: pd.DataFrame, indicators: pd.DataFrame, moves: pd.DataFrame, codes: tuple[str, ...], until: int
) -> pd.DataFrame:
    """Series of one region since 2017.

    Parameters
    ----------
    region : str
    context : CONTEXT
    indicators, moves : DataFrame
        As `intake.context` reads them.
    codes : tuple of str
        Statistics, in order; one with fewer than `LEAST` chosen years is left out.
    until : int
        Last year.

    Returns
    -------
    STATISTICS
        `common` and `noise` only where MOVES has the very years the series begins and ends with, else NaN and `beside` is told.
        The noise is that of a regency of usual scatter: yearly moves beside the country's, scattered about the regency's own
        pace, add up as a random walk.
    """
    rows = yearly(context, indicators, codes, until)
    own = rows[(rows["region"] == region) & rows["chosen"].astype(bool)]
    side = indicators.set_index("indicator")["direction"].astype(int)
    country = moves.set_index(["indicator", "start", "end"])[["median", "scatter"]]
    out = []
    for code in codes:
        mine = own[own["indicator"] == code].sort_values("year")
        if len(mine) < LEAST:
            continue
        start, end = (int(y) for y in mine["year"].iloc[[0, -1]])
        first, last = mine["value"].iloc[[0, -1]].astype(float)
        key = (code, start, end)
        common, scatter = country.loc[key] if key in country.index else (np.nan, np.nan)
        noise = WIDTH * scatter * np.sqrt(end - start)
        said = {1: "better", -1: "worse", 0: "open"}[moved(mine["value"], side[code])] if side[code] else "no_direction"
        judged = beside(last - first, common, noise, side[code])
        out.append((region, code, str(start), str(end), len(mine), first, last, last - first, said, float(common), float(noise), judged))
    return STATISTICS.of(out)
