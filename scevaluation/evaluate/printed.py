"""What the ministry's letters print of regions that they scored: the participants of a round, and printed figures in INDEX."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from scevaluation.frames import ROOT
from scevaluation.instrument import MINISTRY, Instrument
from scevaluation.intake.official import read_official
from scevaluation.programme import Programme
from scevaluation.region import cohort_instrument


def participants(plan: Programme, round_name: str, instrument: Instrument) -> pd.DataFrame:
    """All rows of a round's letter, if the programme's region was scored there by this very instrument; else none of them.

    Figures of one instrument say nothing of another's: a region that the ministry ranks has no such rank in its own questionnaire.

    Returns
    -------
    DataFrame
        As `intake.official.read_official` returns.
    """
    if instrument.family != MINISTRY:
        return _nobody()
    rows = read_official(round_name)
    own = rows.loc[(rows["region"] == plan.region) & (rows["node"] == ROOT) & rows["value"].notna(), "cohort"]
    return rows if instrument.id in {cohort_instrument(round_name, c) for c in own} else _nobody()


@cache
def _nobody() -> pd.DataFrame:
    return read_official("2017-S1").iloc[:0]


def printed(index: pd.DataFrame, letters: pd.DataFrame, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """INDEX with the values of `letters` (as `read_official` returns) in place of those recomputed; bounds move with them."""
    said = letters.dropna(subset=["value"]).set_index(["region", "round", "node"])["value"]
    value = said.reindex(pd.MultiIndex.from_frame(index[["region", "round", "node"]])).to_numpy(float)
    there = np.isfinite(value) & index["value"].notna().to_numpy()
    if not there.any():
        return index
    out = index.copy()
    points = np.array([instruments[r].scale.to100(v) for r, v in zip(index.loc[there, "round"], value[there], strict=True)])
    by = points - index.loc[there, "value100"].to_numpy(float)
    out.loc[there, ["value", "value100"]] = np.column_stack([value[there], points])
    for bound, end in (("low", np.minimum), ("high", np.maximum)):
        out.loc[there, bound] = end(np.clip(index.loc[there, bound].to_numpy(float) + by, 0, 100), points)
    return out


def beside_printed(index: pd.DataFrame, recomputed: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """INDEX of a supposition, moved by as much as what is `shown` (as printed) differs from what is `recomputed` without it.

    So a supposition moves a printed figure by what it changes, and by no rounding.
    """
    key, numbers = ["region", "round", "node"], ["value", "value100", "low", "high"]
    off = shown.set_index(key)[numbers] - recomputed.set_index(key)[numbers]
    moved = index[numbers].to_numpy(float) + off.reindex(pd.MultiIndex.from_frame(index[key])).fillna(0.0).to_numpy(float)
    return index.assign(**dict(zip(numbers, moved.T, strict=True)))
