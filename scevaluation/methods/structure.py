"""CORRELATIONS, STRUCTURE, IMPORTANCE: how the indicators of an index hang together, and which of them carry it.

The audit of the OECD/JRC Handbook (2008), step 4: correlations, Cronbach's alpha, principal components; importance by the squared
correlation with the index, the linear measure of Becker and others (Ecological Indicators 80, 2017); and the index without each
indicator. Units are regions, or one region's rounds. Below ten units nothing is computed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.frames.methods import CORRELATIONS, IMPORTANCE, STRUCTURE
from scevaluation.intake.tables import parents
from scevaluation.methods.composite import is_constant, ranks
from scevaluation.methods.handbook import aggregate, weigh

FEWEST = 10  # units below which a correlation says next to nothing: at ten, 0.63 is what chance alone reaches once in twenty


def _pearson(x: np.ndarray, y: np.ndarray) -> tuple[int, float, str]:
    """Units that have both, their correlation, and why there is none."""
    both = np.isfinite(x) & np.isfinite(y)
    n = int(both.sum())
    if n < FEWEST:
        return n, np.nan, "few_units"
    if is_constant(x[both]) or is_constant(y[both]):
        return n, np.nan, "constant"
    return n, float(np.clip(np.corrcoef(x[both], y[both])[0, 1], -1, 1)), "computed"


def correlations(data: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """CORRELATIONS: Pearson's correlation of every pair of indicators, of the units that have both.

    Parameters
    ----------
    data : DataFrame
        A row a unit, a column an indicator.
    indicators : DataFrame
        A row a node: iCode, Parent.
    """
    above = parents(indicators)
    leaves = _leaves(above)
    rows = []
    for n, one in enumerate(leaves):
        for other in leaves[n + 1 :]:
            seen, r, state = _pearson(data[one].to_numpy(float), data[other].to_numpy(float))
            rows.append((one, other, above[one] == above[other], seen, r, state))
    return CORRELATIONS.of(rows)


def _leaves(above: Mapping[str, str]) -> list[str]:
    inner = set(above.values())
    return [c for c in above if c not in inner]


def cronbach(data: pd.DataFrame) -> float:
    """Cronbach's alpha of the columns, of pairwise covariances: how far they measure one thing; NaN below two columns or ten units.

    k² times the mean covariance of two columns, by the sum of all covariances; below zero where they run against each other.
    """
    k, cov = data.shape[1], data.astype(float).cov(min_periods=FEWEST).to_numpy()
    total = cov.sum()
    if k < 2 or not np.isfinite(cov).all() or abs(total) <= 0:
        return float("nan")
    return float(k**2 * cov[~np.eye(k, dtype=bool)].mean() / total)


def components(data: pd.DataFrame) -> pd.DataFrame:
    """Principal components of the columns' correlations: a row a component, with eigenvalue, share of the variance, and loadings.

    Of units that have every column, and with more of them than columns; empty otherwise. The sign of a component is that with which
    its loadings sum to more than zero.
    """
    whole = data.astype(float).dropna()
    columns = ["eigenvalue", "share", *data.columns]
    if len(whole) < max(FEWEST, whole.shape[1] + 1) or any(is_constant(whole[c]) for c in whole):
        return pd.DataFrame(columns=columns, dtype=float)
    values, vectors = np.linalg.eigh(np.corrcoef(whole.to_numpy(), rowvar=False))
    values, vectors = values[::-1], vectors[:, ::-1]
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1, 1)
    table = np.column_stack([np.maximum(values, 0), np.maximum(values, 0) / values.sum(), vectors.T])
    return pd.DataFrame(table, columns=columns, index=pd.RangeIndex(1, len(values) + 1, name="component"))


def structure(data: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """STRUCTURE: of every node above indicators, how far what is below it hangs together.

    Parameters
    ----------
    data : DataFrame
        A row a unit; a column an indicator, and one for every node (`aggregate`) where nodes stand below nodes.
    indicators : DataFrame
        As in `correlations`.
    """
    above = parents(indicators)
    depth = {c: _steps(c, above) for c in above}
    rows = []
    for node in dict.fromkeys(p for p in above.values() if p):
        below = [c for c, p in above.items() if p == node and c in data]
        peers = [c for c in above if c in data and above[c] != node and depth[c] == depth[node] + 1]
        rows.append((node, len(below), *_group(data, below, peers)))
    return STRUCTURE.of(rows)


def _steps(code: str, above: Mapping[str, str]) -> int:
    return 1 + _steps(above[code], above) if above[code] else 0


def _group(data: pd.DataFrame, below: list[str], peers: list[str]) -> tuple:
    """n, alpha, within, across, first, kaiser and state of the columns below a node."""
    n = int(data[below].notna().all(axis=1).sum()) if below else 0
    nothing = (n, *[float("nan")] * 4, 0)
    if len(below) < 2:
        return (*nothing, "one_indicator")
    if n < FEWEST:
        return (*nothing, "few_units")
    if any(is_constant(data[c]) for c in below):
        return (*nothing, "constant")
    pairs = [_pearson(*(data[c].to_numpy(float) for c in p))[1] for p in zip(*_two(below), strict=True)]
    outer = [_pearson(data[a].to_numpy(float), data[b].to_numpy(float))[1] for a in below for b in peers]
    found = components(data[below])
    first, kaiser = (float(found["share"].iloc[0]), int((found["eigenvalue"] > 1).sum())) if len(found) else (float("nan"), 0)
    return n, cronbach(data[below]), _mean(pairs), _mean(outer), first, kaiser, "computed"


def _two(names: list[str]) -> tuple[list[str], list[str]]:
    at = np.triu_indices(len(names), 1)
    return [names[i] for i in at[0]], [names[i] for i in at[1]]


def _mean(values: list[float]) -> float:
    known = [v for v in values if np.isfinite(v)]
    return float(np.mean(known)) if known else float("nan")


def importance(
    data: pd.DataFrame, indicators: pd.DataFrame, weights=None, how: str | Mapping[str, str] = "arithmetic", threshold: float = 0.0
) -> pd.DataFrame:
    """IMPORTANCE: how much each indicator carries the index, by weight, by correlation, and by what the index would be without it.

    Parameters
    ----------
    data : DataFrame
        A row a unit, a column an indicator, normalised.
    indicators, weights, how, threshold
        As in `methods.aggregate`.
    """
    above = parents(indicators)
    leaves, root = _leaves(above), next(c for c, p in above.items() if not p and c in above.values())
    own = weigh(indicators) if weights is None else pd.Series(weights, dtype=float)
    share = own / own.groupby([above[c] for c in own.index]).transform("sum")
    data = data[leaves].astype(float)
    whole = aggregate(data, indicators, how, own, threshold)
    index = whole[root].to_numpy(float)
    before = ranks(index).astype(float)
    rows = []
    for leaf in leaves:
        x = data[leaf].to_numpy(float)
        n, r, state = _pearson(x, index)
        row: dict = {"node": leaf, "n": n, "weight": _product(leaf, above, share), "r_index": r, "state": state}
        row["r_above"] = _pearson(x, whole[above[leaf]].to_numpy(float))[1]
        if n >= FEWEST and len(leaves) > 1:
            rest = aggregate(data.assign(**{leaf: np.nan}), indicators, how, own)[root].to_numpy(float)
            moved = np.abs(rest - index)
            shift = np.abs(ranks(np.where(np.isfinite(index), rest, np.nan)) - before)[np.isfinite(moved)]
            row |= {"effect": np.nanmean(moved), "effect_most": np.nanmax(moved), "ranks": shift.mean(), "ranks_most": shift.max()}
        rows.append(row)
    table = pd.DataFrame(rows).reindex(columns=list(IMPORTANCE.columns))
    squared = table["r_index"] ** 2
    table["importance"] = squared / squared.sum() if squared.sum() > 0 else np.nan
    return IMPORTANCE.check(table.astype({c: float for c, k in IMPORTANCE.columns.items() if k.dtype == "float"}))


def _product(code: str, above: Mapping[str, str], share: pd.Series) -> float:
    out = 1.0
    while above[code]:
        out, code = out * float(share[code]), above[code]
    return out
