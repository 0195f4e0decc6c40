"""AGREEMENT, SEVERITY and GAP: do the assessors agree, is one of them stricter, do agencies claim more than is verified."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from scevaluation.evaluate.redaction import ASSESSOR, letters
from scevaluation.frames import ROOT
from scevaluation.frames.people import AGREEMENT, ALL, GAP, SEVERITY
from scevaluation.instrument import SECTORS, Instrument
from scevaluation.period import Period

DRAWS, SEED = 1000, 20241127
LEVEL = 0.90
# Krippendorff (2004), Content Analysis, chapter 11: rely on 0.8 and above; 0.667 is the least for tentative conclusions.
RELIABLE, TENTATIVE = 0.8, 0.667
FEWEST_UNITS, FEWEST_ITEMS = 5, 3
SMALL = 1 / 30  # of the scale's length: a mean distance that makes no difference to read, 0.1 on 1-4
VERIFIED = ("verified", "final")
COUNTED = ("scored", "inferred")


def _scores(ratings: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Units of ratings (units, assessors) that have two scores or more: of each score, unit by unit, its unit and the number of its value,
    and how many scores each unit has."""
    seen = np.isfinite(ratings)
    kept = seen.sum(axis=1) > 1
    value = np.unique(np.round(ratings[kept][seen[kept]], 9), return_inverse=True)[1]
    number = seen[kept].sum(axis=1)
    return np.repeat(np.arange(len(number)), number), value, number


def _ordinal(scores: tuple[np.ndarray, np.ndarray, np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Alpha of units' scores, each unit taken so often as weights (units, draws) say; NaN where nothing varies.

    The ordinal distance of two values is the distance of their middle ranks, so all sums are of ranks and of their squares, and
    no table of pairs or of units by values is needed: a unit's m scores make m (m - 1) pairs, each counted 1 / (m - 1).
    """
    unit, value, number = scores
    order = np.argsort(value, kind="stable")
    n = np.add.reduceat(weights[unit[order]], np.searchsorted(value[order], np.arange(value.max() + 1)), axis=0)
    total = n.sum(axis=0)
    rank = np.cumsum(n, axis=0) - n / 2
    sums, squares = np.zeros_like(weights), np.zeros_like(weights)
    first = np.cumsum(number) - number
    for k in range(number.max()):  # the scores of all units in turn: of few assessors quicker than sums by unit
        some = slice(None) if k < number.min() else np.flatnonzero(number > k)
        own = rank[value[first[some] + k]]
        sums[some] += own
        squares[some] += own * own
    alike = np.ascontiguousarray((weights * (sums**2 - squares) / (number - 1)[:, None]).T).sum(axis=1)
    spread = (n * rank**2).sum(axis=0)
    observed, expected = 2 * spread - 2 * alike, 2 * total * spread - 2 * (n * rank).sum(axis=0) ** 2
    varies = expected > 1e-12 * np.maximum(total, 1) ** 4
    return np.where(varies, 1 - (total - 1) * observed / np.where(varies, expected, 1), np.nan)


def alpha(ratings: np.ndarray) -> float:
    """Krippendorff's alpha for ordinal scores (units, assessors): 1 is full agreement, 0 what chance would give.

    A score is NaN where an assessor gave none; a unit with fewer than two does not count. NaN if no unit has two scores, or all
    scores are equal. Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section D.
    """
    scores = _scores(np.asarray(ratings, float))
    units = len(scores[2])
    return float(_ordinal(scores, np.ones((units, 1)))[0]) if units else float("nan")


def interval(ratings: np.ndarray, seed: int = SEED, draws: int = DRAWS) -> tuple[float, float]:
    """Bounds of alpha's 90 % interval: units drawn anew with replacement, `draws` times.

    Draws without variation have no alpha and are left out; with fewer than `FEWEST_UNITS` units there is no interval.
    Source: Zapf, Castell, Morawietz and Karch (2016), BMC Medical Research Methodology 16:93.
    """
    scores = _scores(np.asarray(ratings, float))
    units = len(scores[2])
    if units < FEWEST_UNITS:
        return float("nan"), float("nan")
    weights = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), draws).T.astype(float, order="C")
    drawn = _ordinal(scores, weights)
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < draws / 2:
        return float("nan"), float("nan")
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def called(sources) -> dict[str, str]:
    """A letter for every assessor among sources; ids that are single capital letters keep theirs, others get one.

    >>> called(["assessor:B", "self"])
    {'assessor:B': 'B'}
    """
    own = sorted({s for s in sources if s.startswith(ASSESSOR)})
    if all(len(s) == len(ASSESSOR) + 1 and s[-1].isascii() and s[-1].isupper() for s in own):
        return {s: s[-1] for s in own}
    return {s: a.removeprefix(ASSESSOR) for s, a in letters(own).items()}


def ratings(scores: pd.DataFrame) -> pd.DataFrame:
    """Assessors' scores: region, round, indicator, agency, assessor (a letter), score; only what was scored."""
    rows = scores[scores["source"].str.startswith(ASSESSOR) & scores["status"].isin(COUNTED) & scores["score"].notna()]
    out = rows.assign(assessor=rows["source"].map(called(scores["source"].unique())))
    return out[["region", "round", "indicator", "agency", "assessor", "score"]].reset_index(drop=True)


def panel(scores: pd.DataFrame, round_name: str) -> pd.DataFrame:
    """The ratings of one round with each item's `low`, `high`, `mean` and `spread` (high less low), widest first."""
    rows = ratings(scores[scores["round"] == round_name])
    item = rows.groupby(["region", "indicator", "agency"], sort=False)["score"]
    low, high = item.transform("min"), item.transform("max")
    out = rows.assign(low=low, high=high, mean=item.transform("mean"), spread=(high - low).round(9), n=item.transform("size"))
    out = out[out["n"] > 1].drop(columns="n")
    out["place"] = np.arange(len(out))
    first = out.groupby(["region", "indicator", "agency"], sort=False)["place"].transform("min")
    order = out.assign(first=first).sort_values(["spread", "first", "assessor"], ascending=[False, True, True], kind="stable")
    return order.drop(columns=["place", "first"]).reset_index(drop=True)


def nodes_of(indicator: str, instrument: Instrument) -> tuple[str, ...]:
    """The nodes that an indicator's agreement counts for: the index, its component or sector views, and itself."""
    top = indicator.split("/", 1)[0]
    views = () if instrument.top == "sector" else instrument.sectors_of(indicator)
    return tuple(dict.fromkeys((ROOT, top, *(f"sector:{s}" for s in views), indicator)))


def _coded(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Ratings with a number for each unit (a round or indicator, and an agency) and each assessor: texts are looked at once for all."""
    return rows.assign(unit=rows.groupby([unit, "agency"], sort=False).ngroup(), code=pd.factorize(rows["assessor"], sort=True)[0])


def _wide(rows: pd.DataFrame) -> np.ndarray:
    """Scores (units, assessors) of the units that two or more scored, from `_coded` ratings."""
    unit, (codes, assessor) = pd.factorize(rows["unit"].to_numpy())[0], np.unique(rows["code"].to_numpy(), return_inverse=True)
    wide = np.full((unit.max(initial=-1) + 1, len(codes)), np.nan)
    wide[unit, assessor] = rows["score"].to_numpy()
    return wide[np.isfinite(wide).sum(axis=1) > 1]


def _agreement_row(node: str, wide: np.ndarray, spread: float) -> dict:
    low, high = interval(wide, SEED + crc32(node.encode()))
    about = {"node": node, "units": len(wide), "assessors": int(np.isfinite(wide).any(axis=0).sum()), "spread": spread}
    value = alpha(wide) if len(wide) else float("nan")
    return about | {"alpha": value, "low": low, "high": high, "judgement": judged_alpha(low, high)}


def judged_alpha(low: float, high: float) -> str:
    """What an interval of alpha says: strong from 0.8, usable from 0.667, weak below; else undecided, or too few units."""
    if np.isnan(low):
        return "too_few"
    if low >= RELIABLE:
        return "strong"
    if low >= TENTATIVE:
        return "usable"
    return "weak" if high < TENTATIVE else "undecided"


def agreement(scores: pd.DataFrame, instrument: Instrument, round_name: str) -> pd.DataFrame:
    """Agreement of the assessors in one round: of all items, of each component or sector, of each indicator.

    Parameters
    ----------
    scores : SCORES
        Of one region, this round and those before it, on the instrument's scale (`index.on_scale`).
    instrument : Instrument
        Of the round.
    round_name : str

    Returns
    -------
    AGREEMENT
        Nodes in the order of the instrument. Units of a group are its items in this round; units of one indicator are the
        rounds up to this one, as an item of one round alone has no variation to agree on.
    """
    rows = ratings(scores)
    rows = rows[[Period(r) <= Period(round_name) for r in rows["round"]]]
    now = panel(scores, round_name)
    if now.empty:
        return AGREEMENT.empty()
    spread = now.drop_duplicates(["indicator", "agency"]).assign(
        nodes=lambda t: [nodes_of(i, instrument) for i in t["indicator"]]
    )
    long = now.assign(nodes=[nodes_of(i, instrument) for i in now["indicator"]]).explode("nodes")
    mean = spread.explode("nodes").groupby("nodes")["spread"].mean()
    leaves = set(now["indicator"])
    order = [n for n in (*instrument.nodes, *(f"sector:{s}" for s in SECTORS)) if n in mean.index]
    past = dict(iter(_coded(rows, "round").groupby("indicator", sort=False)))
    groups = dict(iter(_coded(long, "indicator").groupby("nodes", sort=False)))
    out = []
    for node in order:
        out.append(_agreement_row(node, _wide(past[node] if node in leaves else groups[node]), float(mean[node])))
    table = pd.DataFrame(out).assign(region=now["region"].iloc[0], round=round_name)
    return AGREEMENT.check(table[list(AGREEMENT.columns)])


def mean_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean of paired differences with its 90 % interval (Student); no interval for fewer than `FEWEST_ITEMS`."""
    n = len(values)
    middle = float(np.mean(values)) if n else float("nan")
    if n < FEWEST_ITEMS:
        return middle, float("nan"), float("nan")
    half = float(stdtrit(n - 1, (1 + LEVEL) / 2) * np.std(values, ddof=1) / np.sqrt(n))
    return middle, middle - half, middle + half


def judged(low: float, high: float, small: float, under: str, over: str) -> str:
    """alike if the interval lies within +-small; `under` or `over` if it lies beyond; else undecided, or too few."""
    if np.isnan(low):
        return "too_few"
    if -small <= low and high <= small:
        return "alike"
    if high < -small:
        return under
    return over if low > small else "undecided"


def severity(scores: pd.DataFrame, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """How much stricter (below zero) or milder (above) each assessor scores than the others on the same items.

    Parameters
    ----------
    scores : SCORES
        Of one region, on the instruments' scales (`index.on_scale`).
    instruments : mapping of round to Instrument
        For the length of the scale, on which `SMALL` counts.

    Returns
    -------
    SEVERITY
        A row for each round and assessor. An item counts if at least one other assessor scored it too.
    """
    rows = ratings(scores)
    item = rows.groupby(["region", "round", "indicator", "agency"])["score"]
    n, total = item.transform("size"), item.transform("sum")
    rows = rows[n > 1].assign(difference=(rows["score"] - (total - rows["score"]) / (n - 1).clip(lower=1))[n > 1])
    out = []
    for (region, when, assessor), mine in rows.groupby(["region", "round", "assessor"]):
        middle, low, high = mean_interval(mine["difference"].to_numpy())
        scale = instruments[when].scale
        said = judged(low, high, SMALL * (scale.high - scale.low) + 1e-9, "stricter", "milder")
        out.append((region, when, assessor, len(mine), middle, low, high, said))
    return SEVERITY.of(out)


def gaps(scores: pd.DataFrame, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """What agencies gave themselves against what was verified, on the same items.

    Parameters
    ----------
    scores : SCORES
        Of one region, on the instruments' scales (`index.on_scale`). Verified is the row "verified", else "final".
    instruments : mapping of round to Instrument

    Returns
    -------
    GAP
        A row for each round and agency, and one for all ('*'); items of no agency count in that one only.
    """
    known = scores[scores["status"].isin(COUNTED) & scores["score"].notna() & scores["source"].isin(("self", *VERIFIED))]
    key = ["region", "round", "indicator", "agency"]
    wide = known.pivot_table(index=key, columns="source", values="score", aggfunc="mean").reindex(columns=["self", *VERIFIED])
    wide["checked"] = wide["verified"].fillna(wide["final"])
    pairs = wide[wide["self"].notna() & wide["checked"].notna()].reset_index()
    every = pd.concat([pairs[pairs["agency"] != ""], pairs.assign(agency=ALL)])
    out = []
    for (region, when, agency), mine in every.groupby(["region", "round", "agency"]):
        gap = (mine["self"] - mine["checked"]).to_numpy()
        middle, low, high = mean_interval(gap)
        scale = instruments[when].scale
        said = judged(low, high, SMALL * (scale.high - scale.low) + 1e-9, "below", "above")
        means = float(mine["self"].mean()), float(mine["checked"].mean())
        out.append((region, when, agency, len(mine), *means, middle, low, high, int((gap > 1e-9).sum()), said))
    return GAP.of(out)
