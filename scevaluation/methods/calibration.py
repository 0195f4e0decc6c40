"""Whether claims come true: the engine and the published lenses on series whose truth is known.

A probability is honest if, of all series about which it is claimed, that share turns out as claimed. Real rounds cannot
show this, for nobody knows a sector's true pace; the simulated ones of `simulation` can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from scevaluation.evaluate.posterior import LEVEL, Posterior, fit
from scevaluation.methods.lenses import lenses
from scevaluation.methods.simulation import DELTA, LENGTHS, Simulated, simulate

SEED = 20241128
EACH = 80  # series a cell: 6,480 a length
EDGES = (1 / 3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
FEWEST = 30  # series below which a bin is not shown
GREEN, START = 75.0, 2017.25  # target the lenses are given, to be reached in 2030; middle of 2017-S1
DECIDED = ("improving", "stagnant", "declining")
LENSES = ("sdsn", "open_sdg", "un", "eurostat")
_Z = 1.6448536269514722  # 95 % quantile of the normal, for 90 % intervals


@dataclass(frozen=True, eq=False)
class Calibration:
    """What a trial on known truth found, by number of rounds.

    Attributes
    ----------
    bins : DataFrame
        rounds, low, high (limits of the claimed probability), series, claimed (its mean), true (share that came true) with
        true_low and true_high (90 %, Wilson).
    claims : DataFrame
        rounds, decided (share of series with a verdict), claimed, true: of verdicts with probability .90 or more.
    covers : DataFrame
        rounds, rho (true autocorrelation of the noise, NaN for all), covers: share of 90 % intervals that hold the truth.
    rules : DataFrame
        rounds, rule ("ours" and the lenses), correct (share among decided), moves (says it moves, of the truly stagnant),
        still (says stagnant, of the truly improving), decided.
    """

    bins: pd.DataFrame
    claims: pd.DataFrame
    covers: pd.DataFrame
    rules: pd.DataFrame


def calibrate(lengths: Sequence[int] = LENGTHS, seed: int = SEED, each: int = EACH, misdated: int = 0) -> Calibration:
    """Try the engine and the lenses on series of `lengths` rounds, simulated by `seed` and `each`.

    `misdated` are rounds by which the engine is told pandemic and elections too late, to see what a wrong calendar costs. All
    shares are weighed by how often each true slope is thought to occur.
    """
    bins, claims, covers, rules = [], [], [], []
    for n in lengths:
        s = simulate(n, seed, each)
        p = fit(s.y, s.numbers, _told(s, misdated), delta=DELTA, slope_only=True)
        says, chance = favoured(p)
        right = says == s.truth
        bins += [{"rounds": n, **row} for row in _bins(chance, right, s.weight)]
        claims.append({"rounds": n, **_claim(chance, right, s.weight)})
        covers += [{"rounds": n, **row} for row in _covers(s, p)]
        rules += [{"rounds": n, "rule": name, **rates(s, v)} for name, v in {"ours": p.direction, **_lenses(s)}.items()]
    return Calibration(*(pd.DataFrame(rows) for rows in (bins, claims, covers, rules)))


def _told(s: Simulated, late: int) -> dict[str, np.ndarray]:
    """The exposures, those to events `late` rounds after their true dates."""
    shifted = {n: np.concatenate([np.zeros(late), x[: len(x) - late]]) for n, x in s.exposures.items()}
    return {n: x if n == "instrument" else shifted[n] for n, x in s.exposures.items()}


def favoured(p: Posterior) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest of improving, stagnant and declining of every series, and its probability."""
    chances = np.stack([p.slope.p_up, p.slope.p_flat, p.slope.p_down])
    return np.array(DECIDED, object)[chances.argmax(axis=0)], chances.max(axis=0)


def wilson(share: float, n: float) -> tuple[float, float]:
    """90 % interval of a share seen in n independent cases (Wilson 1927)."""
    middle, spread = share + _Z**2 / (2 * n), _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return float(max((middle - spread) / (1 + _Z**2 / n), 0)), float(min((middle + spread) / (1 + _Z**2 / n), 1))


def _bins(chance: np.ndarray, right: np.ndarray, weight: np.ndarray) -> list[dict]:
    """A row a bin of claimed probability; weighed series count for as many as their weights are worth (Kish)."""
    out = []
    for low, high in pairwise(EDGES):
        inside = (chance >= low) & ((chance < high) | (high == 1)) & (weight > 0)
        if inside.sum() < FEWEST:
            continue
        w = weight[inside]
        true = float((w * right[inside]).sum() / w.sum())
        ends = wilson(true, w.sum() ** 2 / (w**2).sum())
        claimed = float((w * chance[inside]).sum() / w.sum())
        row = {"low": low, "high": high, "series": int(inside.sum()), "claimed": claimed, "true": true}
        out.append(row | {"true_low": ends[0], "true_high": ends[1]})
    return out


def _claim(chance: np.ndarray, right: np.ndarray, weight: np.ndarray) -> dict:
    w = weight * (chance >= LEVEL)
    decided = w.sum()
    return {
        "decided": float(decided),
        "claimed": float((w * chance).sum() / decided),
        "true": float((w * right).sum() / decided),
    }


def _covers(s: Simulated, p: Posterior) -> list[dict]:
    held = (p.slope.low <= s.slope) & (s.slope <= p.slope.high)
    rows = [{"rho": np.nan, "covers": float((s.weight * held).sum())}]
    by_rho = ((float(rho), s.weight * (s.rho == rho)) for rho in np.unique(s.rho))
    return rows + [{"rho": rho, "covers": float((w * held).sum() / w.sum())} for rho, w in by_rho]


def _lenses(s: Simulated) -> dict[str, np.ndarray]:
    found = lenses(s.y, START + s.numbers / 2, target=GREEN)
    return {name: found[f"{name}_as"].to_numpy() for name in LENSES}


def rates(s: Simulated, says: np.ndarray) -> dict[str, float]:
    """How a rule that `says` directions (S,) fares: correct among decided, moves when stagnant, still when improving, decided.

    "likely" ones, inconclusive and too little data count as not decided.
    """
    decided, w = np.isin(says, DECIDED), s.weight
    still, up = s.truth == "stagnant", s.truth == "improving"
    settled = w[decided].sum()
    return {
        "correct": float(w[decided & (says == s.truth)].sum() / settled) if settled > 0 else float("nan"),
        "moves": float(w[still & decided & (says != "stagnant")].sum() / w[still].sum()),
        "still": float(w[up & (says == "stagnant")].sum() / w[up].sum()),
        "decided": float(settled),
    }
