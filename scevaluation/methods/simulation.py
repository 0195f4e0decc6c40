"""Series with known truth: short, noisy, autocorrelated, with a pandemic, elections, a new instrument and missing rounds.

Rules of verdict are judged on them: in the notebook of methods (`calibration`) and in the benchmarks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LENGTHS = (8, 12, 16)
DELTA = 1.0
SLOPES = np.array([-4, -2, -1, -0.5, 0, 0.5, 1, 2, 4])  # points a year
SHARES = dict(zip(SLOPES, (0.10, 0.20, 0, 0.10, 0.20, 0.10, 0, 0.20, 0.10), strict=True))
SDS, RHOS = (1.5, 3.0, 6.0), (0.0, 0.3, 0.6)
GRIDS, GRID_SHARES = (0.5, 1.0, 2.5), (0.4, 0.4, 0.2)


@dataclass(frozen=True)
class Simulated:
    """Series (S, n) with what a rule is told (round numbers, exposures (n,)) and the truth it is judged by.

    `weight` (S,) makes the shares of the true slopes add up to 1; `truth` is improving, stagnant or declining, "" for a
    slope of exactly delta.
    """

    y: np.ndarray
    numbers: np.ndarray
    exposures: dict[str, np.ndarray]
    slope: np.ndarray
    sd: np.ndarray
    rho: np.ndarray
    weight: np.ndarray
    truth: np.ndarray


def exposures(n: int) -> dict[str, np.ndarray]:
    """Rounds (n,) touched by the pandemic, by elections, and under the new instrument; 0 is 2017-S1."""
    k = np.arange(n)
    return {"pandemic": ((k >= 6) & (k <= 9)) * 1.0, "election": np.isin(k, (2, 3, 15)) * 1.0, "instrument": (k >= 12) * 1.0}


def noise(rng: np.random.Generator, sd: np.ndarray, rho: np.ndarray, n: int) -> np.ndarray:
    """Stationary AR(1) with marginal sd, (S, n)."""
    e = np.empty((len(sd), n))
    e[:, 0] = rng.normal(0, sd)
    for k in range(1, n):
        e[:, k] = rho * e[:, k - 1] + rng.normal(0, sd * np.sqrt(1 - rho**2))
    return e


def simulate(n: int, seed: int, each: int = 80) -> Simulated:
    """`each` series of `n` half-yearly rounds from 2017-S1 on for every true slope, noise sd and autocorrelation (81 cells).

    Values are 0-100, rounded to a grid of .5, 1 or 2.5; one interior round is missing in a third of the series. The same seed
    and length give the same series.
    """
    rng = np.random.default_rng([seed, n])
    slope, sd, rho = (np.repeat(g.ravel(), each) for g in np.meshgrid(SLOPES, SDS, RHOS, indexing="ij"))
    size, told = len(slope), exposures(n)
    effect = {
        "pandemic": -rng.uniform(2, 8, size) * (rng.random(size) < 0.7),
        "election": -rng.uniform(0, 4, size) * (rng.random(size) < 0.6),
        "instrument": rng.normal(0, 4, size) * (rng.random(size) < 0.5),
    }
    y = rng.uniform(40, 65, size)[:, None] + slope[:, None] * np.arange(n) / 2 + noise(rng, sd, rho, n)
    for kind, x in told.items():
        y = y + effect[kind][:, None] * x
    grid = rng.choice(GRIDS, size, p=GRID_SHARES)[:, None]
    y = np.round(np.clip(y, 0, 100) / grid) * grid
    gone = np.flatnonzero(rng.random(size) < 0.35)
    y[gone, rng.integers(1, n - 1, len(gone))] = np.nan
    truth = np.select([slope > DELTA, slope < -DELTA, abs(slope) < DELTA], ["improving", "declining", "stagnant"], "")
    weight = np.array([SHARES[b] for b in slope])
    return Simulated(y, np.arange(n), told, slope, sd, rho, weight / weight.sum(), truth)
