"""RANKS: the rank of every participant of an official round under plausible methods."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.errors import InstrumentError
from scevaluation.evaluate.peers import ALL
from scevaluation.frames import ROOT
from scevaluation.frames.methods import RANKS
from scevaluation.instrument import Instrument
from scevaluation.methods.composite import noisy, ranks, rescale, standardise
from scevaluation.methods.replay import AGGREGATIONS, FLOOR, NORMALISATIONS, SEED, WEIGHT_SPREAD, N


def method_ranks(
    official: pd.DataFrame, instruments: Mapping[str, Instrument], round_name: str = "", n: int = N, seed: int = SEED
) -> pd.DataFrame:
    """Rank of every region by the published index, with the 5-95 % range over methods.

    A method varies every cohort's stated weights by up to 25 %, normalises the published components by the scale's ends,
    by the distance to the best value reached, or by z-scores over the participants, and takes the arithmetic or the
    geometric mean.

    `official` is as `intake.official.read_official` returns, `instruments` are by cohort, `round_name` is the round wanted of
    several. RANKS is by cohort ("all" first) and rank. A region without all its components has its published rank and no
    interval; under the methods the others are ranked among themselves. `state` says which. An InstrumentError if a cohort of the
    round has no instrument.
    """
    rows = official[official["round"] == round_name] if round_name else official
    wide = rows.pivot_table(index="region", columns="node", values="value", aggfunc="first")
    if ROOT not in wide or not wide[ROOT].notna().any():
        return RANKS.empty()
    wide = wide[wide[ROOT].notna()]
    cohort = rows.drop_duplicates("region").set_index("region")["cohort"].reindex(wide.index)
    drawn = _drawn(wide, cohort, instruments, n, seed)
    parts = []
    for name in (ALL, *sorted(cohort.unique())):
        inside = np.ones(len(wide), bool) if name == ALL else (cohort == name).to_numpy()
        parts.append(_table(wide[inside], drawn[:, inside], name))
    return RANKS.check(pd.concat(parts, ignore_index=True).assign(round=str(rows["round"].iloc[0]), node=ROOT, methods=n))


def _drawn(wide: pd.DataFrame, cohort: pd.Series, instruments: Mapping[str, Instrument], n: int, seed: int) -> np.ndarray:
    """(methods, regions) index in points; NaN without all components."""
    rng = np.random.default_rng(seed)
    kind, how = rng.integers(0, len(NORMALISATIONS), n), rng.integers(0, len(AGGREGATIONS), n)
    out = np.full((n, len(wide)), np.nan)
    asked = {}
    for name in sorted(cohort.unique()):
        if name not in instruments:
            raise InstrumentError(f"Cohort {name} has no instrument.", "Give the instrument of every cohort of the round.")
        asked[name] = list(instruments[name].components)
    points = _normalised(wide, cohort, instruments, list(dict.fromkeys(c for v in asked.values() for c in v)))
    for name, parts in asked.items():
        mine = np.flatnonzero((cohort == name).to_numpy())
        share = np.array([instruments[name].share(c) for c in parts])
        weight = share * noisy(rng, (n, len(parts)), WEIGHT_SPREAD)
        weight /= weight.sum(axis=1, keepdims=True)
        for k, values in enumerate(points):
            x = values.iloc[mine][parts].to_numpy(float)
            plain, logs = kind == k, np.log(np.maximum(x, FLOOR))
            for at, of in ((plain & (how == 0), x), (plain & (how == 1), logs)):
                mean = weight[at] @ of.T
                out[np.ix_(at, mine)] = np.exp(mean) if of is logs else mean
    return out


def _normalised(wide: pd.DataFrame, cohort: pd.Series, instruments, parts: list[str]) -> list[pd.DataFrame]:
    """The components in points by every normalisation, in the order of NORMALISATIONS."""
    x = wide.reindex(columns=parts)
    scales = cohort.map(lambda c: instruments[c].scale)
    low, high = (np.array([getattr(s, e) for s in scales])[:, None] for e in ("low", "high"))
    goal = pd.DataFrame(rescale(x.to_numpy(float), low, high), index=x.index, columns=parts)
    best = goal.max()
    target = goal / best.where(best > 0, 100.0) * 100
    sd = goal.std(ddof=1)
    own = sd.fillna(0) > 0
    mean, size = (goal.mean()[own].mean(), sd[own].mean()) if own.any() else (50.0, 0.0)
    z = pd.DataFrame(standardise(goal.to_numpy(float), mean, size), index=x.index, columns=parts)
    return [goal, target, z]


def _table(wide: pd.DataFrame, drawn: np.ndarray, name: str) -> pd.DataFrame:
    value = wide[ROOT].to_numpy(float)
    whole = np.isfinite(drawn).all(axis=0)
    table = pd.DataFrame({"region": wide.index, "cohort": name, "value": value, "rank": ranks(value), "n": len(value)})
    interval = np.full((3, len(value)), np.nan)
    if whole.any():
        interval[:, whole] = np.quantile(ranks(drawn[:, whole]), (0.05, 0.5, 0.95), axis=0, method="nearest")
    table["rank_low"], table["rank_median"], table["rank_high"] = interval
    table["state"] = np.where(whole, "ranked", "no_components")
    return table.sort_values(["rank", "region"], kind="stable")
