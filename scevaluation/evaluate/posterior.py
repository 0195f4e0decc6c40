"""The posterior behind every trend: what `fit` knows of many short series, exact, without simulation.

The model is in `model`, the averaging over its departures in `averaging`, what a report's series teach one another in `learning`.
Ends of intervals are found to about 1e-5 of the sd.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.averaging import LEVEL, LIKELY, Ask, directions, run, side
from scevaluation.evaluate.priors import DATED, KINDS, PRIOR, Prior, stays

__all__ = ["LEVEL", "LIKELY", "PRIOR", "Departures", "Estimate", "Pace", "Posterior", "Prior", "directions", "fit", "side"]


@dataclass(frozen=True)
class Estimate:
    """Posterior of one quantity for all series: mean, sd and the ends of the 90 % interval, each (S,) or (H, S)."""

    mean: np.ndarray
    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Pace(Estimate):
    """A pace, units a year, with P(> delta), P(within +-delta) and P(< -delta), (S,)."""

    p_up: np.ndarray
    p_flat: np.ndarray
    p_down: np.ndarray

    @property
    def direction(self) -> np.ndarray:
        """Its names by `directions`."""
        return directions(self.p_up, self.p_flat, self.p_down)


@dataclass(frozen=True)
class Departures:
    """How likely every kind of departure is, (S,) by kind; round numbers of the likeliest dates; size of the shift there, units of y.

    `learned` are the odds of every kind beforehand, as the other series taught them.
    """

    p: dict[str, np.ndarray]
    at: dict[str, np.ndarray]
    shift: np.ndarray
    learned: dict[str, np.ndarray]


@dataclass(frozen=True)
class Posterior:
    """What `fit` knows of S series, in the units of its input; NaN where a series has no value.

    Attributes
    ----------
    slope, now : Pace
        Since the start, and after the last bend.
    departures : Departures
    effects : dict of term to Estimate
        Shift while fully exposed; NaN where a series was never exposed.
    ahead : Estimate
        The series itself at the H rounds asked for, with a bend or a shift to come, (H, S).
    p_reach : ndarray (H, S)
        P(value there >= target); NaN without a target.
    rounds : ndarray (S,) of int
        Values used.
    detectable : ndarray (S,)
        Slope that would be called improving at .90 with a chance of .80.
    agree : ndarray (S,) of int
        Rounds without which the direction stays (likely or not); -1 if not asked for.
    rho, sigma : ndarray (S,)
        Posterior means of autocorrelation and noise.
    """

    slope: Pace
    now: Pace
    departures: Departures
    effects: dict[str, Estimate]
    ahead: Estimate
    p_reach: np.ndarray
    rounds: np.ndarray
    detectable: np.ndarray
    agree: np.ndarray
    rho: np.ndarray
    sigma: np.ndarray

    @property
    def direction(self) -> np.ndarray:
        """Of the pace since the start."""
        return self.slope.direction


def fit(
    y,
    numbers,
    exposures: Mapping[str, np.ndarray] | None = None,
    *,
    per_year: int = 2,
    delta: float | np.ndarray = 1.0,
    prior: Prior = PRIOR,
    together: bool = False,
    scale: tuple[float, float] = (0.0, 100.0),
    step=0.0,
    share=1.0,
    boundary: int | None = None,
    starts: Sequence[int] = (),
    ahead: Sequence[int] = (),
    ahead_exposures: Mapping[str, np.ndarray] | None = None,
    target=None,
    leave_one_out: bool = False,
    intervals: bool = True,
    slope_only: bool = False,
    judged: np.ndarray | None = None,
) -> Posterior:
    """Posterior of the trend of S series that share a calendar of n rounds.

    Parameters
    ----------
    y : array (S, n) or (n,)
        Values on `scale`; NaN where a round is missing.
    numbers : array (n,) of int
        Round numbers, rising; gaps count. Of two rounds a year the even ones are first half-years.
    exposures : mapping of term to array (n,) or (S, n)
        Exposure to what may shift the level, mostly 0 or 1: "pandemic", "election", "instrument", "unlinked" or any other name;
        "instrument:2" is a second term of a kind.
    per_year : int
        Rounds a year.
    delta : float or array (S,)
        Smallest slope that matters, units of y a year.
    prior : Prior
        On 0-100 whatever the scale.
    together : bool
        Whether the series are of one kind, and tell one another how common departures and autocorrelation are.
    scale : (float, float)
        Worst and best value; everything is computed on 0-100 and given back on this scale.
    step, share : float or array (S,)
        Grid of single scores, units of y, 0 if unknown; and the variance of a value's rounding in that of one score.
    boundary : int, optional
        Round number with which the present cycle began.
    starts : sequence of int
        Round numbers from the last one on with which a cycle begins: forecasts allow for a bend there.
    ahead : sequence of int
        Round numbers to forecast, without events unless `ahead_exposures` (H,) or (S, H) says so; what `priors.stays` stays.
    target : float or array (S,), optional
        Threshold of `p_reach`, units of y.
    leave_one_out : bool
        Whether to count agreement without each round.
    intervals : bool
        Whether to compute the ends of intervals (the slowest part); else they are NaN.
    slope_only : bool
        Whether to leave all but the two paces and the departures out; it is NaN then.
    judged : array (S,) of bool, optional
        Series that are asked about; the others only teach these, and have no statistics.

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

    def each(x) -> np.ndarray:
        return np.broadcast_to(np.asarray(x, float), len(y))

    goal = (each(np.nan if target is None else target) - scale[0]) * unit
    sizes = (each(delta) * unit, prior, goal, np.nan_to_num(each(step) * unit), each(share), boundary, starts)
    ask = Ask(numbers, terms, future, np.asarray(ahead, int), per_year, *sizes, intervals, slope_only, leave_one_out)
    return _posterior(ask, run(ask, (y - scale[0]) * unit, together, judged), 1 / unit, scale[0])


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
            given = x[..., -1:] if stays(name) else np.zeros(1)
        future[name] = np.broadcast_to(np.asarray(given, float), (len(y), steps))
    return terms, future


def _posterior(ask: Ask, out: dict, unit: float, zero: float) -> Posterior:
    """The statistics in the units of the input."""

    def estimate(rows: np.ndarray, offset: float = 0.0) -> Estimate:
        mean, sd, low, high = np.moveaxis(rows, -2, 0) * unit
        return Estimate(mean + offset, sd, low + offset, high + offset)

    slope, now = (Pace(*out[n] * unit, *out[f"chances {n}"]) for n in ("slope", "now"))
    steps = len(ask.ahead)
    ahead = np.stack([out[f"ahead{h}"] for h in range(steps)]) if steps else np.empty((0, 4, len(ask.delta)))
    by_kind = ({k: out[n][i] for i, k in enumerate(KINDS)} for n in ("p", "at", "learned"))
    p, at, learned = by_kind
    return Posterior(
        slope=slope,
        now=now,
        departures=Departures(p, {k: at[k] for k in DATED}, out["shift"] * unit, learned),
        effects={n: estimate(out[f"effect {n}"]) for n in ask.terms},
        ahead=estimate(ahead, zero),
        p_reach=out["p_reach"],
        rounds=out["rounds"],
        detectable=ask.delta * unit + (ndtri(LEVEL) + ndtri(LIKELY)) * slope.sd,
        agree=out["agree"],
        rho=out["rho"],
        sigma=out["sigma"] * unit,
    )
