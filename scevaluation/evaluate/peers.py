"""PEERS: a region among the participants of an official round: rank with an interval from draws, its change beside theirs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.errors import InstrumentError
from scevaluation.evaluate.inputs import cohort_instruments
from scevaluation.frames import PEERS, ROOT
from scevaluation.instrument import Instrument

DRAWS, SEED = 2000, 20231204
# Assumptions behind the rank's interval, printed with it: one assessor's scatter, the panel (items of 2023 move in steps
# of 0.2, so five assessors), items of a component (the published item list of 2023), rounding of the letters to two
# decimals, and how far the weights might plausibly differ.
ASSESSOR_SD, PANEL, WEIGHT_SPREAD, ROUNDING = 0.5, 5, 0.25, 0.005
ITEMS = {"baseline": 5, "output": 7, "outcome": 33, "impact": 54, "quick-win": 12, "collaboration": 6}
WIDTH = 1.645  # standard deviations of a 90 % interval's half
RARE, FEWEST = 0.1, 20  # a change is unusual if fewer than a tenth moved as far; of fewer regions nothing is called so
CHANGE_NODE = "improvement"
ALL = "all"


def part_sd(node: str) -> float:
    """Standard deviation of a component's value, or of one item's, by the panel alone, on the scale: by the assumptions above."""
    return float(ASSESSOR_SD / np.sqrt(PANEL * (1 if "/" in node else ITEMS.get(node, 1))))


def panel_sd(instrument: Instrument) -> float:
    """Standard deviation of an index on the scale, from the panel's scatter and the rounding of its components: as in `peers`."""
    parts = list(instrument.components)
    weight = np.array([instrument.share(c) for c in parts])
    return float(np.sqrt((weight**2 * (np.array([part_sd(c) for c in parts]) ** 2 + ROUNDING**2 / 3)).sum()))


def difference_noise(first: Instrument, second: Instrument) -> float:
    """How far the panels alone move the difference between two rounds (90 %), on the scale; NaN unless both are the ministry's."""
    return WIDTH * math.hypot(panel_sd(first), panel_sd(second)) if first.ministry and second.ministry else np.nan


def _draws(wide: pd.DataFrame, cohort: pd.Series, instruments: Mapping[str, Instrument], node: str) -> np.ndarray:
    """Plausible values (draws, regions): components with panel noise and rounding, weights spread alike for a cohort."""
    rng = np.random.default_rng(SEED)
    out = np.full((DRAWS, len(wide)), np.nan)
    for name in sorted(cohort.unique()):
        if name not in instruments:
            raise InstrumentError(f"Cohort {name} has no instrument.", "Give the instrument of every cohort of the round.")
        mine, parts = (cohort == name).to_numpy(), list(instruments[name].components)
        x = wide.loc[mine].reindex(columns=parts).to_numpy(float)
        sd = np.array([part_sd(c) for c in parts])
        noise = rng.normal(0, sd, (DRAWS, *x.shape)) + rng.uniform(-ROUNDING, ROUNDING, (DRAWS, *x.shape))
        weight = np.array([instruments[name].share(c) for c in parts])
        weight = weight * rng.uniform(1 - WEIGHT_SPREAD, 1 + WEIGHT_SPREAD, (DRAWS, len(parts)))
        weight /= weight.sum(axis=1, keepdims=True)
        drawn = np.einsum("drc,dc->dr", x + noise, weight)
        if node in parts:
            drawn = x[:, parts.index(node)] + noise[:, :, parts.index(node)]
        # Without all its components a region's own published value is what there is to draw from.
        error = np.einsum("drc,dc->dr", noise, weight)
        out[:, mine] = np.where(np.isfinite(drawn), drawn, wide.loc[mine, node].to_numpy(float) + error)
    return out


def peers(
    official: pd.DataFrame, region: str, instruments: Mapping[str, Instrument] | None = None, round_name: str = "", node: str = ROOT
) -> pd.DataFrame:
    """The region's place among all participants and in its own cohort.

    Parameters
    ----------
    official : DataFrame
        As `intake.official.read_official` returns; one round, or several and the one wanted in `round_name`.
    region : str
    instruments : mapping of cohort to Instrument, optional
        Default: those of the round. For the rank's interval: 5-95 % over 2,000 draws of panel noise (an assessor's sd of 0.5 on
        a panel of five), rounding of the components, and weights up to 25 % different. Seeded, so the same input gives the same interval.
    round_name : str, optional
    node : str
        The index or one of its components; ranked against the cohorts that have it. A change is published of the index
        only.

    Returns
    -------
    PEERS
        Rows for "all" and the own cohort; empty if the region did not take part. Equal published values share the best
        rank, which the interval always holds.

    Raises
    ------
    InstrumentError
        If a cohort of the round has no instrument.
    """
    rows = official[official["round"] == round_name] if round_name else official
    own = rows.loc[(rows["region"] == region) & (rows["node"] == node), "value"]
    if not own.notna().any():
        return PEERS.empty()
    return _ranked(rows, [region], instruments or cohort_instruments(rows["round"].iloc[0], rows["cohort"]), node)


def all_peers(
    official: pd.DataFrame, instruments: Mapping[str, Instrument], round_name: str = "", node: str = ROOT
) -> pd.DataFrame:
    """`peers` of every participant of a round from one set of draws: the rows are those of each asked for alone.

    Returns
    -------
    PEERS
        For every region that took part, by code, its row for "all" and for its cohort.
    """
    rows = official[official["round"] == round_name] if round_name else official
    took_part = rows.loc[(rows["node"] == node) & rows["value"].notna(), "region"]
    return _ranked(rows, sorted(took_part.unique()), instruments, node) if len(took_part) else PEERS.empty()


def own_cohort(peers: pd.DataFrame) -> pd.Series | None:
    """The row of PEERS that a region is first set beside: its own cohort's, where that is not all; None if it did not take part."""
    return peers.loc[peers["n"].idxmin()] if len(peers) else None


def _ranked(rows: pd.DataFrame, regions: list[str], instruments: Mapping[str, Instrument], node: str) -> pd.DataFrame:
    wide = rows.pivot_table(index="region", columns="node", values="value", aggfunc="first")
    wide = wide[wide[node].notna()]
    cohort = rows.drop_duplicates("region").set_index("region")["cohort"].reindex(wide.index)
    drawn = _draws(wide, cohort, instruments, node)
    fields = wide if node == ROOT else wide.drop(columns=CHANGE_NODE, errors="ignore")
    within = {ALL: np.ones(len(wide), bool)} | {name: (cohort == name).to_numpy() for name in cohort.unique()}
    group = {name: _Group.of(fields[inside], drawn[:, inside], node) for name, inside in within.items()}
    about = {"round": str(rows["round"].iloc[0]), "node": node}
    out = [
        {"region": region, **about, "cohort": name, **_place(group[name], region), **_change(group[name], region)}
        for region in regions
        for name in dict.fromkeys((ALL, cohort[region]))
    ]
    return PEERS.check(pd.DataFrame(out))


@dataclass(frozen=True)
class _Group:
    """Participants ranked together: values, draws (draws, regions), changes and their median."""

    at: dict[str, int]
    value: np.ndarray
    drawn: np.ndarray
    change: np.ndarray
    median: float
    common: float

    @classmethod
    def of(cls, wide: pd.DataFrame, drawn: np.ndarray, node: str) -> _Group:
        value = wide[node].to_numpy(float)
        change = wide[CHANGE_NODE].to_numpy(float) if CHANGE_NODE in wide else np.full(len(wide), np.nan)
        seen = change[np.isfinite(change)]
        common = np.median(seen) if len(seen) else np.nan
        at = {region: i for i, region in enumerate(wide.index)}
        return cls(at, value, drawn, change, float(np.median(value)), float(common))


def _place(group: _Group, region: str) -> dict:
    value, at = group.value, group.at[region]
    own = value[at]
    rank = int(1 + (value > own).sum())
    ranks = 1 + (group.drawn > group.drawn[:, [at]]).sum(axis=1)
    low, high = np.quantile(ranks, (0.05, 0.95), method="nearest")
    others = len(value) - 1
    return {
        "n": len(value),
        "value": float(own),
        "median": group.median,
        "rank": rank,
        "rank_low": min(int(low), rank),
        "rank_high": max(int(high), rank),
        "percentile": float(((value < own).sum() + ((value == own).sum() - 1) / 2) / others) if others else np.nan,
    }


def _change(group: _Group, region: str) -> dict:
    """Own change beside the cohort's, the cohort's median taken off."""
    own, n = group.change[group.at[region]], int(np.isfinite(group.change).sum())
    if np.isnan(own):
        return {"n_change": n, "own_change": np.nan, "common_change": group.common, "smaller_moves": 0, "size": ""}
    moves = np.abs(group.change - group.common).round(9)
    more = int((moves > round(abs(own - group.common), 9)).sum())
    far = n >= FEWEST and more < RARE * n
    return {
        "n_change": n,
        "own_change": float(own),
        "common_change": group.common,
        "smaller_moves": more,
        "size": "far" if far else "near" if more * 2 >= n - 1 else "moved",
    }
