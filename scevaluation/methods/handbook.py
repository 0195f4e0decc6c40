"""The steps of a composite index on data frames: normalise, treat, impute, weigh, aggregate (OECD/JRC Handbook, 2008).

A frame has a row a unit (region, round) and a column an indicator; its index is kept. Missing values stay missing in every step
but `impute`, which says what it filled. An unknown word is an error that names those that are near it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError
from scevaluation.intake.tables import counted, parents
from scevaluation.issues import unknown
from scevaluation.methods.composite import climb, is_constant, ranks, rescale, standardise

NORMALISATIONS = ("goalposts", "min-max", "z-score", "rank", "distance to target")
TREATMENTS = ("winsorise", "log", "winsorise or log")
IMPUTATIONS = ("none", "mean", "median", "group mean")
WEIGHTS = ("given", "equal")
SKEW, KURTOSIS = 2.0, 3.5  # beyond both, a distribution has outliers by the JRC's habit


def _one_of(word: str, known: Sequence[str], what: str) -> str:
    if word not in known:
        raise unknown(str(word), known, what)
    return word


def _numbers(data: pd.DataFrame) -> np.ndarray:
    for column in data:
        if not pd.api.types.is_numeric_dtype(data[column]):
            remedy = "Give columns of indicators alone; keep names of units in the index."
            raise EvaluationError(f"Column {column} holds no numbers.", remedy)
    return data.to_numpy(float, na_value=np.nan)


def _each(data: pd.DataFrame, given, what: str) -> np.ndarray:
    """A value for every column: one for all, or by the column's name."""
    if isinstance(given, pd.Series | Mapping):
        if lacks := [c for c in data if c not in given]:
            raise EvaluationError(f"There is no {what} of {lacks[0]}.", f"Give one for every column ({len(lacks)} are absent).")
        return np.array([given[c] for c in data], float)
    return np.full(data.shape[1], float(given))


def normalise(
    data: pd.DataFrame,
    how: str,
    *,
    worst=None,
    best=None,
    target=None,
    direction=1,
    to: tuple[float, float] = (0.0, 100.0),
) -> pd.DataFrame:
    """The same frame on one scale, on which more is better.

    Parameters
    ----------
    data : DataFrame
    how : {"goalposts", "min-max", "z-score", "rank", "distance to target"}
        Between fixed values `worst` and `best` (what lies beyond counts as that end); between the smallest and largest value there
        is; deviations from the mean in standard deviations (n - 1); ranks, 1 the lowest, ties sharing the mean of their ranks; share
        of `target`, with 1 at most. Only goalposts keep a value what it was when other units or rounds come in.
    worst, best, target : float, Series or mapping by column
    direction : {1, -1}, Series or mapping by column
        -1 where less is better; goalposts say it themselves.
    to : tuple of float
        Ends of the new scale, for goalposts and min-max.

    Raises
    ------
    UnknownName
        If there is no such normalisation.
    EvaluationError
        If what it needs is not given, or an indicator has one value only where it needs two.
    """
    _one_of(how, NORMALISATIONS, "normalise")
    x = _numbers(data)
    if how == "goalposts":
        if worst is None or best is None:
            raise EvaluationError("Goalposts are not said.", "Give worst=... and best=..., one for all columns or by column.")
        low, high = _each(data, worst, "worst value"), _each(data, best, "best value")
        out = rescale(np.clip(x, np.minimum(low, high), np.maximum(low, high)), low, high, to)
        return pd.DataFrame(out, data.index, data.columns)
    x = x * _each(data, direction, "direction")
    if how == "z-score":
        return pd.DataFrame(standardise(x, 0.0, 1.0), data.index, data.columns)
    if how == "rank":
        return pd.DataFrame(x, data.index, data.columns).rank(method="average")
    if how == "distance to target":
        if target is None:
            raise EvaluationError("No target is said.", "Give target=..., one for all columns or by column.")
        goal = _each(data, target, "target") * _each(data, direction, "direction")
        low = np.nanmin(x, axis=0)
        return pd.DataFrame(np.minimum((x - low) / _apart(low, goal, data), 1.0), data.index, data.columns)
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    return pd.DataFrame(to[0] + (x - low) / _apart(low, high, data) * (to[1] - to[0]), data.index, data.columns)


def _apart(low: np.ndarray, high: np.ndarray, data: pd.DataFrame) -> np.ndarray:
    if (same := ~(high > low)).any():
        column = data.columns[int(np.argmax(same))]
        raise EvaluationError(f"{column} has no spread to measure by.", "Leave it out, or use goalposts, which need none.")
    return high - low


def has_outliers(x) -> bool:
    """Whether a distribution is both skewed and heavy in its tails: |skewness| of 2 and kurtosis of 3.5 or more (JRC)."""
    from scipy import stats

    known = np.asarray(x, float)
    known = known[np.isfinite(known)]
    if len(known) < 4 or is_constant(known):
        return False
    return abs(stats.skew(known, bias=False)) >= SKEW and stats.kurtosis(known, bias=False) >= KURTOSIS


def _winsorised(x: np.ndarray, most: int) -> np.ndarray:
    """The outermost values drawn in to their neighbour's on the side of the skewness, until no outliers are left or `most` share one."""
    from scipy import stats

    out, drawn = x.copy(), {True: 0, False: 0}
    while has_outliers(out) and sum(drawn.values()) < most:
        high = bool(stats.skew(out[np.isfinite(out)]) >= 0)
        at = out == (np.nanmax(out) if high else np.nanmin(out))
        inner = out[np.isfinite(out) & ~at]
        out[at] = inner.max() if high else inner.min()
        drawn[high] = int(at.sum())
    return out


def _logged(x: np.ndarray) -> np.ndarray:
    """Logarithms of values shifted so that the smallest is 1 % of the range above zero."""
    low, high = np.nanmin(x), np.nanmax(x)
    return np.log(x - low + 0.01 * (high - low))


def treat(data: pd.DataFrame, how: str = "winsorise", most: int = 5) -> pd.DataFrame:
    """The same frame with the outliers of each indicator that has any drawn in; `attrs["treated"]` says which were, and how.

    Parameters
    ----------
    data : DataFrame
    how : {"winsorise", "log", "winsorise or log"}
        The outermost values take their neighbour's, at most `most` of them; the logarithm of the shifted values; or the one and, where
        that does not suffice, the other.
    most : int

    Raises
    ------
    UnknownName
        If there is no such treatment.
    """
    _one_of(how, TREATMENTS, "treat")
    out, treated = data.astype(float).copy(), {}
    for column, x in zip(data, _numbers(data).T, strict=True):
        if not has_outliers(x):
            continue
        drawn = _winsorised(x, most)
        use = "log" if how == "log" or (how == "winsorise or log" and has_outliers(drawn)) else "winsorise"
        out[column] = _logged(x) if use == "log" else drawn
        treated[column] = use
    out.attrs = {**data.attrs, "treated": treated}
    return out


def impute(data: pd.DataFrame, how: str, groups=None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame with what is missing filled, and a frame of the same shape that says where.

    Parameters
    ----------
    data : DataFrame
    how : {"none", "mean", "median", "group mean"}
        By what the indicator has elsewhere; there is no usual one, and "none" leaves all as it is.
    groups : sequence, optional
        The group of every row, for "group mean".

    Raises
    ------
    UnknownName
        If there is no such imputation.
    EvaluationError
        If a group mean is asked without groups.
    """
    _one_of(how, IMPUTATIONS, "impute")
    x = pd.DataFrame(_numbers(data), data.index, data.columns)
    if how == "group mean":
        if groups is None:
            raise EvaluationError("The groups are not said.", "Give groups=..., the group of every row.")
        fill = x.groupby(np.asarray(groups)).transform("mean")
    else:
        fill = {"none": {}, "mean": x.mean(), "median": x.median()}[how]
    out = x.fillna(fill) if len(fill) else x
    return out, x.isna() & out.notna()


def weigh(indicators: pd.DataFrame, how: str = "given") -> pd.Series:
    """Weight of every node among its siblings, in shares of 1, by its code.

    Parameters
    ----------
    indicators : DataFrame
        A row a node: iCode, Parent, Weight (as iMeta of COINr).
    how : {"given", "equal"}

    Raises
    ------
    UnknownName
        If there is no such way of weighing, or a parent is none of the codes.
    """
    _one_of(how, WEIGHTS, "weigh")
    above, rows = parents(indicators), counted(indicators)
    own = rows["Weight"].to_numpy(float) if how == "given" and "Weight" in rows else np.ones(len(rows))
    weight = pd.Series(own, index=list(above), dtype=float)
    return weight / weight.groupby(list(above.values())).transform("sum")


def aggregate(
    data: pd.DataFrame, indicators: pd.DataFrame, how: str | Mapping[str, str] = "arithmetic", weights=None, threshold: float = 0.0
) -> pd.DataFrame:
    """The frame with a column for every node above the indicators: their weighted mean, up to the index.

    Parameters
    ----------
    data : DataFrame
        A column an indicator, normalised.
    indicators : DataFrame
        As in `weigh`.
    how : {"arithmetic", "geometric", "harmonic"}, or mapping of node to one of them
    weights : Series or mapping by code, optional
        Those of `weigh`, or others of any unit; default the given ones.
    threshold : float
        Share of the weight below a node that must have a value; the instruments here ask 0.65.

    Raises
    ------
    UnknownName
        If there is no such mean.
    EvaluationError
        If an indicator has no column or no weight, or the values do not allow the mean.
    """
    above = parents(indicators)
    below: dict[str, list[str]] = {}
    for code, parent in above.items():
        if parent:
            below.setdefault(parent, []).append(code)
    depth = {c: _depth(c, above) for c in below}
    inner = {c: below[c] for c in sorted(below, key=lambda c: -depth[c])}
    leaves = [c for c in above if c not in below]
    if lacks := [c for c in leaves if c not in data]:
        raise EvaluationError(f"There is no column of {lacks[0]}.", f"Give a column for every indicator ({len(lacks)} are absent).")
    own = weigh(indicators) if weights is None else weights
    if lacks := [c for c, p in above.items() if p and c not in own]:
        raise EvaluationError(f"There is no weight of {lacks[0]}.", f"Give one for every node ({len(lacks)} are absent).")
    each = {c: np.array([float(own[c])]) for c, p in above.items() if p}
    found = climb(_numbers(data[leaves]), inner, leaves, each, how, threshold)
    return pd.concat([data[leaves], pd.DataFrame({c: found[c][0] for c in reversed(inner)}, index=data.index)], axis=1)


def _depth(code: str, above: Mapping[str, str]) -> int:
    n = 0
    while code := above.get(code, ""):
        n += 1
    return n


def rank(data: pd.DataFrame) -> pd.DataFrame:
    """Rank of every unit in every column: 1 is the highest, equal values share the smaller number, a missing one has none."""
    found = ranks(_numbers(data).T).T
    return pd.DataFrame(np.where(found > 0, found.astype(float), np.nan), data.index, data.columns)
