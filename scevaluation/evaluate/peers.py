"""PEERS: a region among the participants of an official round: rank with interval, and its change beside theirs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.frames import PEERS, ROOT
from scevaluation.instrument import Instrument

DRAWS, SEED = 2000, 20231204
# Assumptions behind the rank's interval, printed with it: one assessor's scatter, the panel, items of a component, and
# how far the weights might plausibly differ.
ASSESSOR_SD, PANEL, WEIGHT_SPREAD, ROUNDING = 0.5, 5, 0.25, 0.005
ITEMS = {"baseline": 5, "output": 7, "outcome": 33, "impact": 54, "quick-win": 12, "collaboration": 6}
CHANGE_NODE = "improvement"
ALL = "all"


def changes(official: pd.DataFrame) -> pd.DataFrame:
    """Published changes of the participants: region, cohort, change (on the scale); regions without one are left out."""
    rows = official[(official["node"] == CHANGE_NODE) & official["value"].notna()]
    return rows[["region", "cohort", "value"]].rename(columns={"value": "change"}).reset_index(drop=True)


def _draws(wide: pd.DataFrame, cohort: pd.Series, instruments: Mapping[str, Instrument]) -> np.ndarray:
    """Plausible indices (draws, regions): components with panel noise and rounding, weights spread alike for a cohort."""
    rng = np.random.default_rng(SEED)
    out = np.full((DRAWS, len(wide)), np.nan)
    for name, instrument in sorted(instruments.items()):
        mine = (cohort == name).to_numpy()
        if not mine.any():
            continue
        parts = list(instrument.components)
        x = wide.loc[mine, parts].to_numpy(float)
        sd = ASSESSOR_SD / np.sqrt(PANEL * np.array([ITEMS[c] for c in parts]))
        noise = rng.normal(0, sd, (DRAWS, *x.shape)) + rng.uniform(-ROUNDING, ROUNDING, (DRAWS, *x.shape))
        weight = np.array([instrument.share(c) for c in parts]) * rng.uniform(1 - WEIGHT_SPREAD, 1 + WEIGHT_SPREAD, (DRAWS, len(parts)))
        weight /= weight.sum(axis=1, keepdims=True)
        out[:, mine] = np.einsum("drc,dc->dr", x + noise, weight)
    return out


def peers(official: pd.DataFrame, region: str, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """The region's place among all participants and in its own cohort.

    Parameters
    ----------
    official : DataFrame
        One round, as `intake.official.read_official` returns.
    region : str
    instruments : mapping of cohort to Instrument
        For the rank's interval: 5-95 % over 2,000 draws of panel noise (an assessor's sd of 0.5 on a panel of five),
        rounding of the components, and weights up to 25 % different.

    Returns
    -------
    PEERS
        Rows for "all" and the own cohort; empty if the region did not take part.
    """
    wide = official.pivot_table(index="region", columns="node", values="value", aggfunc="first")
    if region not in wide.index or pd.isna(wide.at[region, ROOT]):
        return PEERS.empty()
    wide = wide[wide[ROOT].notna()]
    cohort = official.drop_duplicates("region").set_index("region")["cohort"].reindex(wide.index)
    drawn = _draws(wide, cohort, instruments)
    round_name = str(official["round"].iloc[0])
    rows = []
    for name in dict.fromkeys((ALL, cohort[region])):
        inside = np.ones(len(wide), bool) if name == ALL else (cohort == name).to_numpy()
        rows.append({"region": region, "round": round_name, "node": ROOT, "cohort": name,
                     **_place(wide[inside], drawn[:, inside], region), **_change(wide[inside], region)})
    return PEERS.check(pd.DataFrame(rows))


def _place(wide: pd.DataFrame, drawn: np.ndarray, region: str) -> dict:
    value, at = wide[ROOT], wide.index.get_loc(region)
    own = value[region]
    ranks = 1 + (drawn > drawn[:, [at]]).sum(axis=1)
    low, high = np.quantile(ranks, (0.05, 0.95), method="nearest")
    others = len(value) - 1
    return {
        "n": len(value), "value": float(own), "median": float(value.median()), "rank": int(1 + (value > own).sum()),
        "rank_low": int(low), "rank_high": int(high),
        "percentile": float((value < own).sum() / others) if others else np.nan,
    }


def _change(wide: pd.DataFrame, region: str) -> dict:
    """Own change beside the cohort's, the cohort's median taken off; `usual` is within the central 90 %."""
    change = wide[CHANGE_NODE].dropna() if CHANGE_NODE in wide else pd.Series(dtype=float)
    own = change.get(region, np.nan)
    common = float(change.median()) if len(change) else np.nan
    if np.isnan(own):
        return {"n_change": len(change), "own_change": np.nan, "common_change": common, "smaller_moves": 0, "usual": True}
    low, high = change.quantile(0.05), change.quantile(0.95)
    size = (change.drop(region) - common).abs().round(9)
    return {
        "n_change": len(change), "own_change": float(own), "common_change": common,
        "smaller_moves": int((size > round(abs(own - common), 9)).sum()), "usual": bool(low <= own <= high),
    }
