"""Building blocks of composite indices: normalisation, aggregation up a tree, ranks.

Pure functions on arrays, for any number of units (regions, or one region's rounds) and of weight sets at once. Missing
values are NaN and stay out of every statistic; nothing is made up for them here. Standard methods of the field: OECD
and JRC, Handbook on Constructing Composite Indicators (2008).
"""

from __future__ import annotations

import numpy as np

from scevaluation.errors import EvaluationError

FLAT = 1e-12  # a spread below this share of the size is rounding, not spread
ARITHMETIC, GEOMETRIC = "arithmetic", "geometric"


def _known(x) -> np.ndarray:
    x = np.asarray(x, float)
    return x[np.isfinite(x)]


def is_constant(x) -> bool:
    """Whether all known values are the same up to rounding; true too where none or one is known."""
    x = _known(x)
    return len(x) < 2 or np.ptp(x) <= FLAT * max(1.0, np.abs(x).max())


def rescale(x, low, high, to: tuple[float, float] = (0.0, 100.0)) -> np.ndarray:
    """`x` from low..high to `to`, with fixed goalposts (or minimum and maximum); low above high turns the direction.

    Raises
    ------
    EvaluationError
        If a goalpost pair is one value.
    """
    low, high = np.asarray(low, float), np.asarray(high, float)
    if (low == high).any():
        raise EvaluationError("Worst and best value of an indicator are the same.", "Give two goalposts that differ.")
    return to[0] + (np.asarray(x, float) - low) / (high - low) * (to[1] - to[0])


def standardise(x, mean: float = 0.0, sd: float = 1.0) -> np.ndarray:
    """Columns of `x` to this mean and standard deviation (n - 1) over the rows; a constant column is the mean."""
    x = np.asarray(x, float)
    out = np.full(x.shape, np.nan)
    for column in np.ndindex(x.shape[1:]):
        here = x[(slice(None), *column)]
        if is_constant(here):
            out[(slice(None), *column)] = np.where(np.isfinite(here), mean, np.nan)
        else:
            out[(slice(None), *column)] = mean + (here - np.nanmean(here)) / np.nanstd(here, ddof=1) * sd
    return out


def mean_below(below, place, x, inner, weights, threshold: float = 0.0) -> np.ndarray:
    """The weighted mean of a node's children that have a value (sets, units): leaves by matrix products, inner nodes one by one.

    `x` holds the leaves' values (units, leaves) at their `place`, `inner` those of inner nodes (sets, units), in logarithms for a
    geometric mean; `weights` (sets,) of each child are in any unit. NaN where less than `threshold` of the weight has a value.
    """
    mine = [c for c in below if c in place]
    top = full = asked = np.zeros(())
    if mine:
        w = np.stack([np.asarray(weights[c], float) for c in mine], axis=-1)
        values = x[:, [place[c] for c in mine]].T
        known = np.isfinite(values)
        top, full = w @ np.where(known, values, 0.0), w @ known.astype(float)
        asked = w.sum(axis=-1, keepdims=True)
    for child in below:
        if child not in place:
            weight, known = np.asarray(weights[child], float)[..., None], np.isfinite(inner[child])
            top = top + weight * np.where(known, inner[child], 0.0)
            full = full + weight * known
            asked = asked + weight
    enough = (full > 0) & (full >= threshold * asked * (1 - 1e-12))
    return np.divide(top, full, out=np.full(np.shape(full), np.nan), where=enough)


def noisy(rng: np.random.Generator, shape, spread: float) -> np.ndarray:
    """Factors on weights, uniform within `spread` either side of 1."""
    return rng.uniform(1 - spread, 1 + spread, shape)


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks along the last axis: 1 is the highest, equal values share the smaller number; missing ones have 0."""
    from scipy.stats import rankdata

    known = np.isfinite(values)
    place = rankdata(np.where(known, -values, np.inf), method="min", axis=-1).astype(int)
    return np.where(known, place, 0)
