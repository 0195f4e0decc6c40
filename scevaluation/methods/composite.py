"""Building blocks of composite indices: normalisation, aggregation up a tree, ranks.

Pure functions on arrays, for any number of units (regions, or one region's rounds) and of weight sets at once. Missing
values are NaN and stay out of every statistic; nothing is made up for them here. Standard methods of the field: OECD
and JRC, Handbook on Constructing Composite Indicators (2008).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError
from scevaluation.issues import unknown

FLAT = 1e-12  # a spread below this share of the size is rounding, not spread
ARITHMETIC, GEOMETRIC, HARMONIC = MEANS = "arithmetic", "geometric", "harmonic"
LOG_ZERO = -1e290  # so far down that with any weight at all a geometric mean is zero
LARGE = 1e290  # the reciprocal of a zero, so far up that with any weight at all a harmonic mean is zero


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


def climb(
    x: np.ndarray,
    children: Mapping[str, Sequence[str]],
    leaves: Sequence[str],
    weights: Mapping[str, np.ndarray],
    how: str | Mapping[str, str] = ARITHMETIC,
    threshold: float = 0.0,
) -> dict[str, np.ndarray]:
    """Weighted means of every inner node of a tree, for many units and many weight sets at once.

    Parameters
    ----------
    x : ndarray (units, leaves)
        Values, NaN where missing; zero or more for a geometric or harmonic mean, which a zero makes zero.
    children : mapping of inner node to its children
        Children before their parents (as `dict` keeps the order).
    leaves : sequence of str
        Names of the columns of `x`.
    weights : mapping of node to ndarray (sets,)
        Among its siblings, in any unit, not below zero.
    how : {"arithmetic", "geometric", "harmonic"}, or mapping of inner node to one of them
    threshold : float
        A mean is missing where less than this share of the weight below it has a value; a node without one lifts nothing
        above it, where its share counts as missing. The rule of `evaluate.index`.

    Returns
    -------
    dict of inner node to ndarray (sets, units)
        Over the children that have a value, by their weights. NaN where none has one with a weight.

    Raises
    ------
    UnknownName
        If another mean is asked.
    EvaluationError
        If a geometric or harmonic one is of values below zero, or a weight is negative.
    """
    means = dict.fromkeys(children, how) if isinstance(how, str) else how
    for other in sorted({*means.values()} - {*MEANS}):
        raise unknown(other, MEANS, "mean")
    for one in (GEOMETRIC, HARMONIC):
        if one in means.values() and (_known(x) < 0).any():
            raise EvaluationError(f"A {one} mean of values below zero has no meaning.", "Normalise them to zero or more.")
    if any((np.asarray(w) < 0).any() for w in weights.values()):
        raise EvaluationError("A weight is below zero.", "Give weights of zero or more.")
    x, place = np.asarray(x, float), {name: n for n, name in enumerate(leaves)}
    out: dict[str, np.ndarray] = {}
    cover: dict[str, np.ndarray] = {}
    for node, below in children.items():
        out[node] = mean_below(node, below, place, x, out, weights, threshold, cover, means[node])
    return out


def mean_below(
    node, below, place, x, inner, weights, threshold: float = 0.0, cover: dict | None = None, how: str = ARITHMETIC
) -> np.ndarray:
    """One step of `climb`: (sets, units), leaves by matrix products, inner nodes one by one; `cover` is kept from step to step."""
    mine = [c for c in below if c in place]
    given = {GEOMETRIC: logarithm, HARMONIC: reciprocal}.get(how, np.asarray)
    top = full = held = asked = np.zeros(())
    if mine:
        w = np.stack([np.asarray(weights[c], float) for c in mine], axis=-1)
        values = given(x[:, [place[c] for c in mine]].T)
        known = np.isfinite(values)
        top, full = w @ np.where(known, values, 0.0), w @ known.astype(float)
        held = full
        asked = w.sum(axis=-1, keepdims=True)
    for child in below:
        if child not in place:
            weight, value = np.asarray(weights[child], float)[..., None], given(inner[child])
            known = np.isfinite(value)
            top = top + weight * np.where(known, value, 0.0)
            full = full + weight * known
            held = held + weight * (cover[child] if cover else known)
            asked = asked + weight
    enough = (full > 0) & (held >= threshold * asked * (1 - 1e-12))
    if cover is not None:
        cover[node] = np.divide(held, asked, out=np.zeros(np.shape(full)), where=enough)
    mean = np.divide(top, full, out=np.full(np.shape(full), np.nan), where=enough)
    if how == HARMONIC:
        return np.where(mean > LARGE**0.5, 0.0, np.divide(1.0, mean, out=np.full(np.shape(mean), np.nan), where=np.isfinite(mean)))
    return np.exp(mean) if how == GEOMETRIC else mean


def logarithm(x) -> np.ndarray:
    """Logarithms for a geometric mean: of zero so low that the mean is zero; what is missing stays missing."""
    x = np.asarray(x, float)
    return np.where(x == 0, LOG_ZERO, np.log(x, out=np.full(x.shape, np.nan), where=x > 0))


def reciprocal(x) -> np.ndarray:
    """Reciprocals for a harmonic mean: of zero so high that the mean is zero; what is missing stays missing."""
    x = np.asarray(x, float)
    return np.where(x == 0, LARGE, np.divide(1.0, x, out=np.full(x.shape, np.nan), where=x > 0))


def noisy(rng: np.random.Generator, shape, spread: float) -> np.ndarray:
    """Factors on weights, uniform within `spread` either side of 1."""
    return rng.uniform(1 - spread, 1 + spread, shape)


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks along the last axis: 1 is the highest, equal values share the smaller number; missing ones have 0."""
    values = np.asarray(values, float)
    rows = pd.DataFrame(np.where(np.isfinite(values), values, np.nan).reshape(-1, values.shape[-1]))
    return rows.rank(axis=1, method="min", ascending=False).fillna(0).to_numpy().astype(int).reshape(values.shape)
