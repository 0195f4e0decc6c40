"""SECTOR and STATISTICS: what is known of one sector in one round, counted, and which headline that allows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.frames.sectors import SECTOR
from scevaluation.instrument import Instrument
from scevaluation.words import rounded


def node_of(sector: str, instrument: Instrument, index: pd.DataFrame, round_name: str) -> str:
    """A sector's node: that of the top level, else the view over the items tagged with it; '' if there is neither."""
    if instrument.top == "sector" and sector in instrument.components:
        return sector
    view = f"sector:{sector}"
    return view if ((index["node"] == view) & (index["round"] == round_name)).any() else ""


def members(node: str, instrument: Instrument) -> list[str]:
    """Leaves of the questionnaire that make up a sector's node, in the tree's order."""
    if node.startswith("sector:"):
        return [p for p in instrument.leaves if node.removeprefix("sector:") in instrument.sectors_of(p)]
    return [p for p in instrument.leaves if p == node or p.startswith(node + "/")] if node else []


def headline_rule(
    direction: str, now: float, before: float, comparable: bool, series: int, judged: int, ahead: int, behind: int, facts: int
) -> str:
    """Name of a sector's headline.

    Parameters
    ----------
    direction : str
        Of its verdict; '' where the sector is not scored.
    now, before : float
        Its value now and in the round before (0-100).
    comparable : bool
        Whether the two may be compared.
    series, judged, ahead, behind, facts : int
        As in SECTOR.

    Returns
    -------
    str
        judged: enough rounds for a verdict; few_up, few_down, few_flat, few_first or no_value: scored, too few rounds;
        else by the statistics beside the country's: statistics_ahead, _behind, _mixed, _alike; _told: none can be judged so;
        facts; nothing.
    """
    if direction and direction != "too_little_data":
        return "judged"
    if direction:
        if np.isnan(now):
            return "no_value"
        if np.isnan(before) or not comparable:
            return "few_first"
        change = rounded(now, 1) - rounded(before, 1)
        return "few_up" if change > 0 else "few_down" if change < 0 else "few_flat"
    if series:
        if not judged:
            return "statistics_told"
        return f"statistics_{'mixed' if ahead and behind else 'ahead' if ahead else 'behind' if behind else 'alike'}"
    return "facts" if facts else "nothing"


def sector_row(region: str, round_name: str, sector: str, node: str, counts: Mapping[str, int], rule: str) -> pd.DataFrame:
    """SECTOR: the one row of a sector."""
    row = {"region": region, "round": round_name, "sector": sector, "node": node, **counts, "rule": rule}
    return SECTOR.check(pd.DataFrame([row])[list(SECTOR.columns)])
