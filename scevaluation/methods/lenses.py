"""What other published systems would say of the same series, side by side with the verdicts here.

Each lens looks at the first and the last value alone, as its publisher does; none says how sure it is. They are shown
for comparison and decide nothing. Sources: Sustainable Development Report (SDSN), Open SDG's progress method by
Statistics Canada, the United Nations' SDG progress chart, Eurostat's SDG monitoring report.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError

NOT_AVAILABLE = "not_available"
ZERO = 0.001  # what the growth-rate lenses put for a base or target of zero
NEAR_LIMIT = 4.44  # exponent by which Statistics Canada lowers its thresholds near a natural limit
READ_AS = {
    "up": "improving",
    "moderately_improving": "improving",
    "stagnating": "stagnant",
    "decreasing": "declining",
    "target_achieved": "improving",
    "substantial_progress": "improving",
    "moderate_progress": "improving",
    "limited_progress": "stagnant",
    "deterioration": "declining",
    "on_track": "improving",
    "moderate": "improving",
    "marginal": "improving",
    "stagnation": "stagnant",
    "regression": "declining",
    "significant_progress": "improving",
    "slight_progress": "stagnant",
    "movement_away": "declining",
    "significant_movement_away": "declining",
    "insufficient_progress": "stagnant",
    NOT_AVAILABLE: "too_little_data",
}

NONE = 1e-100  # nearer to zero is zero: ratios to it would pass the largest number


def _arrays(*values) -> list[np.ndarray]:
    read = (np.atleast_1d(np.asarray(v, float)) for v in values)
    return list(np.broadcast_arrays(*(np.where(np.abs(v) < NONE, 0.0, v) for v in read)))


def _direction(direction) -> np.ndarray:
    d = np.asarray(direction, float)
    if not np.isin(d, (-1, 1)).all():
        raise EvaluationError(
            "It is not said whether high or low values are good.", "Give the direction: 1 if high is good, -1 if low is."
        )
    return d


def _name(conditions, names, usable: np.ndarray) -> np.ndarray:
    """The first name whose condition holds; not available where not usable."""
    out = np.select(conditions, names[:-1], names[-1]).astype(object)
    out[~usable] = NOT_AVAILABLE
    return out


def cagr(start, end, years) -> np.ndarray:
    """Compound annual growth rate; a zero start counts as .001; missing over a change of sign or without any years."""
    start, end, years = _arrays(start, end, years)
    start = np.where(start == 0, ZERO, start)
    with np.errstate(over="ignore"):  # from next to nothing: growth beyond all limits, infinite
        ratio = np.divide(end, start)
    usable = (ratio >= 0) & (years > 0)
    rate = np.full(ratio.shape, np.nan)
    rate[usable] = ratio[usable] ** (1 / years[usable]) - 1
    return rate


def sdsn(start, end, start_year, end_year, worst, best, green, horizon: float = 2030) -> pd.DataFrame:
    """The dashboards' arrow: growth of the score against the growth needed to the green threshold.

    Parameters
    ----------
    start, end : array
        Value in the first and last year of the window.
    start_year, end_year : array
    worst, best, green : array
        Lower bound (score 0), optimum (score 100) and green threshold, in the series' unit; best may be below worst.
    horizon : float
        Year in which green is to be reached.

    Returns
    -------
    DataFrame
        score (0-100, not clipped), ratio, verdict: up (green reached or on the way), moderately_improving (at least half
        of the growth needed), stagnating, decreasing.
    """
    start, end, y0, y1, worst, best, green = _arrays(start, end, start_year, end_year, worst, best, green)
    if (worst == best).any():
        raise EvaluationError("Lower bound and optimum are the same value.", "Give the values that score 0 and 100.")
    first, last, goal = (100 * (x - worst) / (best - worst) for x in (start, end, green))
    usable = np.isfinite(first) & np.isfinite(last) & (y1 > y0)
    years, left = np.where(usable, y1 - y0, np.nan), np.where(horizon > y0, horizon - y0, np.nan)
    needed = (goal - first) / left
    ratio = np.divide((last - first) / years, needed, out=np.full(len(first), np.nan), where=needed > 0)
    falling = np.where(needed > 0, ratio < 0, last < first)
    reached = last >= goal - 1e-9
    verdict = _name(
        [reached | (ratio >= 1), ratio >= 0.5, falling], ["up", "moderately_improving", "decreasing", "stagnating"], usable
    )
    return pd.DataFrame({"score": last, "ratio": ratio, "verdict": verdict})


def open_sdg(base, current, base_year, current_year, direction, target=np.nan, target_year=2030, limit=np.nan) -> pd.DataFrame:
    """Statistics Canada's progress measure, as Open SDG computes it.

    Parameters
    ----------
    base, current, base_year, current_year : array
    direction : array of 1 or -1
    target, target_year : array
        NaN without a target: then the growth rate is held against 1.5 % and .5 % a year, less near a natural limit.
    limit : array
        Natural limit; NaN without one. Not used where there is a target.

    Returns
    -------
    DataFrame
        value (growth rate, or its ratio to the rate required), score (-5 to 5), verdict.
    """
    d = _direction(direction)
    base, current, y0, y1, d, target, yt, limit = _arrays(base, current, base_year, current_year, d, target, target_year, limit)
    with_target = np.isfinite(target)
    target = np.where(target == 0, ZERO, target)
    sign = np.where(base < 0, -1.0, 1.0)
    near = _near_limit(base, limit)
    rate = cagr(base, current, y1 - y0) * sign * d
    required = np.abs(cagr(base, target, yt - y0))
    value = np.where(with_target, np.divide(rate, required, out=np.full(len(rate), np.nan), where=required > 0), rate)
    achieved = with_target & np.where(d > 0, current >= target, current <= target)
    high, middle = np.where(with_target, 0.95, 0.015 * near), np.where(with_target, 0.6, 0.005 * near)
    usable = achieved | np.isfinite(value)
    verdict = _name(
        [achieved, value >= high, value >= middle, value >= 0],
        ["target_achieved", "substantial_progress", "moderate_progress", "limited_progress", "deterioration"],
        usable,
    )
    score = np.where(with_target, _score_target(value), _score_rate(value, near))
    return pd.DataFrame({"value": value, "score": np.where(achieved, 5.0, score), "verdict": verdict})


def _near_limit(base: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Factor from 1 (far from the limit) down to 0 (at it) on the thresholds."""
    b, top = np.abs(base), np.abs(limit)
    away = np.divide(np.abs(b - top), top, out=np.ones(len(b)), where=np.isfinite(top) & (top > 0))
    return np.where(np.isnan(limit) | (b >= 2 * top), 1.0, 1 - (1 - np.minimum(away, 1)) ** NEAR_LIMIT)


def _score_target(ratio: np.ndarray) -> np.ndarray:
    return np.clip(np.where(ratio >= 0.6, 7.1429 * ratio - 4.2857, 4.1667 * ratio - 2.5), -5, 5)


def _score_rate(rate: np.ndarray, near: np.ndarray) -> np.ndarray:
    x = np.divide(rate, near, out=np.where(np.isnan(rate), np.nan, np.inf), where=near > 0)
    rising = np.select(
        [x >= 0.015, x >= 0.005], [500 * np.minimum(x, 1) - 5, 250 * np.minimum(x, 1) - 1.25], 500 * np.minimum(x, 1) - 2.5
    )
    return np.clip(np.where(rate < 0, 125 * rate - 2.5, rising), -5, 5)


def un(base, current, base_year, current_year, target, horizon: float = 2030, direction=np.nan) -> pd.DataFrame:
    """The United Nations' progress chart: how much of the way the pace so far would cover by the horizon.

    Parameters
    ----------
    base, current, base_year, current_year, target : array
    horizon : float
    direction : array of 1 or -1, optional
        Then a base at or past the target leaves no way to go: on_track while the target is held, else regression.

    Returns
    -------
    DataFrame
        ratio = (value expected at the horizon - base) / (target - base), verdict: on_track (from .95), moderate (.5),
        marginal (.1), stagnation (-.1), regression.
    """
    base, current, y0, y1, target, d = _arrays(base, current, base_year, current_year, target, direction)
    years, way = np.where(y1 > y0, y1 - y0, np.nan), np.where(target == base, np.nan, target - base)
    ratio = (current - base) / years * (horizon - y0) / way
    reached = (target == base) & (current == base)
    past, held = d * (base - target) >= 0, d * (current - target) >= 0
    verdict = _name(
        [reached | (past & held), past, ratio >= 0.95, ratio >= 0.5, ratio >= 0.1, ratio >= -0.1],
        ["on_track", "regression", "on_track", "moderate", "marginal", "stagnation", "regression"],
        reached | (past & np.isfinite(current) & (y1 > y0)) | np.isfinite(ratio),
    )
    return pd.DataFrame({"ratio": ratio, "verdict": verdict})


def eurostat(base, current, base_year, current_year, direction, target=np.nan, target_year=2030) -> pd.DataFrame:
    """Eurostat's arrows: growth rate against 1 % and 0, with a target its ratio to the rate required against .95, .60, 0.

    Returns
    -------
    DataFrame
        value, verdict: significant_progress, moderate_progress (with a target), slight_progress (below 1 %, without),
        insufficient_progress (with a target), movement_away, significant_movement_away (without).
    """
    d = _direction(direction)
    base, current, y0, y1, d, target, yt = _arrays(base, current, base_year, current_year, d, target, target_year)
    with_target = np.isfinite(target)
    rate = cagr(base, current, y1 - y0) * np.where(base < 0, -1, 1) * d
    required = np.abs(cagr(base, np.where(target == 0, ZERO, target), yt - y0))
    ratio = np.divide(rate, required, out=np.full(len(rate), np.nan), where=required > 0)
    value = np.where(with_target, ratio, rate)
    achieved = with_target & np.where(d > 0, current >= target, current <= target)
    verdict = _name(
        [
            achieved | (value >= np.where(with_target, 0.95, 0.01)),
            with_target & (value >= 0.6),
            with_target & (value >= 0),
            value >= 0,
            with_target | (value >= -0.01),
        ],
        [
            "significant_progress",
            "moderate_progress",
            "insufficient_progress",
            "slight_progress",
            "movement_away",
            "significant_movement_away",
        ],
        achieved | np.isfinite(value),
    )
    return pd.DataFrame({"value": value, "verdict": verdict})


def lenses(
    y, years, direction=1, target=np.nan, target_year=2030.0, worst=0.0, best=100.0, green=np.nan, limit=np.nan
) -> pd.DataFrame:
    """All lenses on S series, side by side.

    Parameters
    ----------
    y : array (S, n) or (n,)
        NaN where missing; first and last value count.
    years : array (n,)
        Decimal years, rising.
    direction : array of 1 or -1
        Whether high or low values are good.
    target, target_year : array, float
        For Open SDG, Eurostat and the United Nations.
    worst, best, green : array
        For SDSN; green is the target if not given.
    limit : array
        Natural limit, for Open SDG.

    Returns
    -------
    DataFrame
        A row a series: the verdict of each lens, and `<lens>_as` what it comes to in the words used here; a lens
        without what it needs says not_available.
    """
    y, years = np.atleast_2d(np.asarray(y, float)), np.asarray(years, float)
    if y.shape[1] != len(years) or (np.diff(years) <= 0).any():
        raise EvaluationError(
            f"{y.shape[1]} values were given for {len(years)} years, or the years do not rise.",
            "Give one value a year, in order.",
        )
    seen = np.isfinite(y)
    some = seen.any(axis=1)
    first = np.where(some, seen.argmax(axis=1), 0)
    last = np.where(some, len(years) - 1 - seen[:, ::-1].argmax(axis=1), 0)
    row = np.arange(len(y))
    start, end, y0, y1 = y[row, first], y[row, last], years[first], years[last]
    green = np.where(np.isnan(green), target, green)
    found = {
        "sdsn": sdsn(start, end, y0, y1, worst, best, green, target_year),
        "open_sdg": open_sdg(start, end, y0, y1, direction, target, target_year, limit),
        "un": un(start, end, y0, y1, target, target_year, direction),
        "eurostat": eurostat(start, end, y0, y1, direction, target, target_year),
    }
    out = pd.DataFrame({name: frame["verdict"] for name, frame in found.items()})
    if np.isnan(green).all():
        out["sdsn"] = NOT_AVAILABLE
    return out.assign(**{f"{name}_as": out[name].map(READ_AS) for name in found})
