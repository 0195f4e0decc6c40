"""The posterior behind every trend: of the slope of many short series, exact, without simulation.

Model, with everything on 0-100 and t in years since a series' first value:

    y - 50 = level + slope t + sum of effects x exposures + e,    e = AR(1)(rho, sigma) by round number + rounding

Level, slope and effects have independent normal priors and are integrated out at each of 120 points (rho, sigma); the
posterior of any of them is then a mixture of 120 normals, whose distribution function is exact. Ends of intervals are
found to about 1e-5 points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.engine import Ask, design_sd, run
from scevaluation.evaluate.priors import PRIOR, Prior

__all__ = ["LEVEL", "LIKELY", "PRIOR", "Estimate", "Posterior", "Prior", "design_sd", "directions", "fit", "side"]

LEVEL, LIKELY = 0.90, 0.80


@dataclass(frozen=True)
class Estimate:
    """Posterior of one quantity for all series: mean, sd and the ends of the 90 % interval, each (S,) or (H, S)."""

    mean: np.ndarray
    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Posterior:
    """What `fit` knows of S series, in the units of its input; NaN where a series has no value.

    Attributes
    ----------
    slope : Estimate
        Units a year, (S,).
    p_up, p_flat, p_down : ndarray (S,)
        P(slope > delta), P(|slope| <= delta), P(slope < -delta).
    effects : dict of term to Estimate
        Shift while fully exposed; NaN where a series was never exposed.
    level : Estimate
        The series itself at the last round of the calendar, (S,).
    ahead : Estimate
        The same at the H rounds asked for, (H, S).
    p_reach : ndarray (H, S)
        P(value there >= target); NaN without a target.
    rounds : ndarray (S,) of int
        Values used.
    detectable : ndarray (S,)
        Slope that would be called improving at .90 with a chance of .80.
    agree : ndarray (S,) of int
        Runs leaving one round out that keep the direction (likely or not); -1 if not asked for.
    direction : ndarray (S,) of str
    rho, sigma : ndarray (S,)
        Posterior means of autocorrelation and noise.
    """

    slope: Estimate
    p_up: np.ndarray
    p_flat: np.ndarray
    p_down: np.ndarray
    effects: dict[str, Estimate]
    level: Estimate
    ahead: Estimate
    p_reach: np.ndarray
    rounds: np.ndarray
    detectable: np.ndarray
    agree: np.ndarray
    direction: np.ndarray
    rho: np.ndarray
    sigma: np.ndarray


def directions(p_up, p_flat, p_down, level: float = LEVEL, likely: float = LIKELY) -> np.ndarray:
    """Names of the direction for arrays of probabilities; "too_little_data" where they are missing."""
    p_up, p_flat, p_down = (np.asarray(p, float) for p in (p_up, p_flat, p_down))
    out = np.full(p_up.shape, "inconclusive", object)
    for limit, prefix in ((likely, "likely_"), (level, "")):
        for p, name in ((p_up, "improving"), (p_flat, "stagnant"), (p_down, "declining")):
            out[p >= limit] = prefix + name
    out[np.isnan(p_up)] = "too_little_data"
    return out


def side(direction) -> np.ndarray:
    """Directions without "likely"."""
    return np.array([str(d).removeprefix("likely_") for d in np.ravel(direction)], object)


def fit(
    y,
    numbers,
    exposures: Mapping[str, np.ndarray] | None = None,
    *,
    per_year: int = 2,
    delta: float | np.ndarray = 1.0,
    prior: Prior = PRIOR,
    pool_rho: bool | None = False,
    scale: tuple[float, float] = (0.0, 100.0),
    ahead: Sequence[int] = (),
    ahead_exposures: Mapping[str, np.ndarray] | None = None,
    target=None,
    leave_one_out: bool = False,
    intervals: bool = True,
    slope_only: bool = False,
) -> Posterior:
    """Posterior of the trend of S series that share a calendar of n rounds.

    Parameters
    ----------
    y : array (S, n) or (n,)
        Values on `scale`; NaN where a round is missing.
    numbers : array (n,) of int
        Round numbers, rising; gaps count.
    exposures : mapping of term to array (n,) or (S, n)
        Exposure to what may shift the level, mostly 0 or 1: "pandemic", "election", "instrument" or any other name;
        "instrument:2" is a second term of a kind.
    per_year : int
        Rounds a year.
    delta : float or array (S,)
        Smallest slope that matters, units of y a year.
    prior : Prior
        On 0-100 whatever the scale.
    pool_rho : bool, optional
        False: every series has its own rho. True: the series share one, so each weighs it also by the others' marginal
        likelihoods. None: from 10 series on both readings, weighed by the probability the data give them.
    scale : (float, float)
        Worst and best value; everything is computed on 0-100 and given back on this scale.
    ahead : sequence of int
        Round numbers to forecast, without events unless `ahead_exposures` (H,) or (S, H) says so; an "instrument" term stays.
    target : float or array (S,), optional
        Threshold of `p_reach`, units of y.
    leave_one_out : bool
        Whether to count agreement of n further fits.
    intervals : bool
        Whether to compute the ends of intervals (the slowest part); else they are NaN.
    slope_only : bool
        Whether to leave effects, level and forecasts out; they are NaN then.

    Returns
    -------
    Posterior

    Raises
    ------
    EvaluationError
        For shapes, round numbers, delta or values that make no sense.
    """
    y, numbers = _checked(y, numbers, delta, scale, ahead)
    terms, future = _exposed(y, numbers, exposures or {}, len(ahead), ahead_exposures or {})
    unit = 100.0 / (scale[1] - scale[0])
    size = np.broadcast_to(np.asarray(delta, float) * unit, len(y))
    goal = np.broadcast_to(np.asarray(np.nan if target is None else target, float), len(y))
    goal, y = (goal - scale[0]) * unit, (y - scale[0]) * unit
    ask = Ask(numbers, terms, future, np.asarray(ahead, int), per_year, size, prior, goal, intervals, slope_only)
    out = run(ask, y, pool_rho)
    out["direction"] = directions(out["p_up"], out["p_flat"], out["p_down"])
    agree = _agreement(ask, y, pool_rho, out["direction"]) if leave_one_out else np.full(len(y), -1)
    return _posterior(out, agree, 1 / unit, scale[0], tuple(terms))


def _checked(y, numbers, delta, scale, ahead) -> tuple[np.ndarray, np.ndarray]:
    """Values (S, n) and round numbers (n,), if they make sense."""
    y = np.atleast_2d(np.asarray(y, float))
    numbers = np.asarray(numbers)
    if y.ndim != 2 or numbers.ndim != 1 or y.shape[1] != len(numbers) or not len(numbers):
        fact = f"{y.shape} values were given for {numbers.shape} rounds."
        raise EvaluationError(fact, "Give one row a series and one column a round.")
    if not np.issubdtype(numbers.dtype, np.number) or (numbers != np.round(numbers)).any() or (np.diff(numbers) <= 0).any():
        raise EvaluationError("The round numbers do not rise by whole steps.", "Put the rounds in order of time, each once.")
    if np.shape(delta) not in ((), (len(y),)) or not (np.isfinite(delta) & (np.asarray(delta) > 0)).all():
        raise EvaluationError(f"delta is {delta}.", "Give the smallest pace that matters, in points a year, above 0.")
    if np.isinf(y).any():
        raise EvaluationError("A value is infinite.", "Leave a missing value empty and correct the others.")
    if not scale[0] < scale[1]:
        fact = f"The scale {scale[0]} to {scale[1]} is not rising."
        raise EvaluationError(fact, "Give the worst value first and the best second.")
    if len(ahead) and min(ahead) <= numbers[-1]:
        raise EvaluationError("A forecast was asked for a round that is past.", "Ask for rounds after the last one.")
    return y, numbers.astype(int)


def _exposed(y: np.ndarray, numbers: np.ndarray, exposures: Mapping, steps: int, later: Mapping) -> tuple[dict, dict]:
    """Exposures by term in the rounds (S, n) and in those to come (S, steps)."""
    terms, future = {}, {}
    for name, exposure in exposures.items():
        x = np.asarray(exposure, float)
        if x.shape not in ((len(numbers),), y.shape) or not np.isfinite(x).all():
            fact = f"The exposure to {name} does not fit the rounds."
            raise EvaluationError(fact, "Give one finite number a round (and series).")
        terms[name] = np.broadcast_to(x, y.shape)
        given = later.get(name)
        if given is None:
            given = x[..., -1:] if name.startswith("instrument") else np.zeros(1)
        future[name] = np.broadcast_to(np.asarray(given, float), (len(y), steps))
    return terms, future


def _agreement(ask: Ask, y: np.ndarray, pool_rho: bool | None, direction: np.ndarray) -> np.ndarray:
    """Runs without one of its rounds in which a series keeps its direction, (S,)."""
    whole, agree = side(direction), np.zeros(len(y), int)
    none = {n: x[:, :0] for n, x in ask.future.items()}
    quick = replace(ask, intervals=False, slope_only=True, ahead=ask.ahead[:0], future=none)
    for column in np.flatnonzero(np.isfinite(y).any(axis=0)):
        less = y.copy()
        less[:, column] = np.nan
        out = run(quick, less, pool_rho)
        same = side(directions(out["p_up"], out["p_flat"], out["p_down"])) == whole
        agree += same & np.isfinite(y[:, column])
    return agree


def _posterior(out: dict, agree: np.ndarray, unit: float, zero: float, terms: tuple[str, ...]) -> Posterior:
    """The statistics in the units of the input."""

    def estimate(rows: np.ndarray, offset: float = 0.0) -> Estimate:
        mean, sd, low, high = np.moveaxis(rows, -2, 0) * unit
        return Estimate(mean + offset, sd, low + offset, high + offset)

    steps = len(out["p_reach"])
    ahead = np.stack([out[f"ahead{h}"] for h in range(steps)]) if steps else np.empty((0, 4, len(agree)))
    slope = estimate(out["slope"])
    detectable = out["delta"] * unit + (ndtri(LEVEL) + ndtri(LIKELY)) * slope.sd
    same = {n: out[n] for n in ("p_up", "p_flat", "p_down", "p_reach", "rounds", "direction", "rho")}
    moved = {"level": estimate(out["level"], zero), "ahead": estimate(ahead, zero), "sigma": out["sigma"] * unit}
    effects = {n: estimate(out[n]) for n in terms}
    return Posterior(slope=slope, effects=effects, detectable=detectable, agree=agree, **moved, **same)
