"""INDEX: scores aggregated up the instrument's tree, with coverage and the bounds of what is missing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.frames import INDEX, ROOT
from scevaluation.instrument import SECTORS, Instrument

BASIS = ("final", "verified", "assessor")


def index(scores: pd.DataFrame, instruments: Mapping[str, Instrument], basis: tuple[str, ...] = BASIS) -> pd.DataFrame:
    """Aggregate scores of any number of regions and rounds.

    Parameters
    ----------
    scores : SCORES
        A leaf's value is the first kind of source in `basis` that has one; several agencies or assessors are averaged.
        A node above the leaves may be scored itself: that stands where nothing below it is scored.
    instruments : mapping of round to Instrument
        The questionnaire of every round in `scores`.
    basis : tuple of {"final", "verified", "assessor", "self"}
        Which sources count, best first.

    Returns
    -------
    INDEX
        value on the scale (missing where coverage is below the instrument's threshold), value100, low and high on 0-100.

    Raises
    ------
    UnknownWeights
        If something would have to be aggregated with unknown weights.
    """
    parts = []
    rounds = scores["round"].map({r: i.id for r, i in instruments.items()})
    for name, group in scores.groupby(rounds, sort=True):
        instrument = next(i for i in instruments.values() if i.id == name)
        parts.append(_of_instrument(group, instrument, basis))
    if not parts:
        return INDEX.empty()
    out = pd.concat(parts, ignore_index=True).sort_values(["region", "round"], kind="stable", ignore_index=True)
    return out[list(INDEX.columns)]


def _values(scores: pd.DataFrame, paths: list[str], basis: tuple[str, ...]):
    """Arrays (units, nodes): the value, whether it is inferred, whether the node applies, whether a row names it; and the units."""
    units = pd.MultiIndex.from_frame(scores[["region", "round"]])
    code, unit = units.factorize(sort=True)
    place = scores["indicator"].map({p: n for n, p in enumerate(paths)}).to_numpy(float)
    kind = scores["source"].str.partition(":")[0].map({b: n for n, b in enumerate(basis)}).to_numpy(float)
    shape = (len(unit), len(paths), len(basis))
    value = scores["score"].to_numpy(float)
    use = np.isfinite(value) & np.isfinite(place) & np.isfinite(kind)
    flat = np.ravel_multi_index((code[use], place[use].astype(int), kind[use].astype(int)), shape)
    size = int(np.prod(shape))
    count = np.bincount(flat, minlength=size).reshape(shape)
    total = np.bincount(flat, weights=value[use], minlength=size).reshape(shape)
    mean = np.divide(total, count, out=np.full(shape, np.nan), where=count > 0)
    best = np.take_along_axis(mean, np.argmax(count > 0, axis=2)[..., None], axis=2)[..., 0]

    def mask(rows) -> np.ndarray:
        out = np.zeros(shape[:2], bool)
        known = rows & np.isfinite(place)
        out[code[known], place[known].astype(int)] = True
        return out

    status = scores["status"].to_numpy()
    applies = ~(mask(status == "not_applicable") & np.isnan(best))
    return best, mask(status == "inferred"), applies, mask(np.ones(len(scores), bool)), unit


def _of_instrument(scores: pd.DataFrame, instrument: Instrument, basis: tuple[str, ...]) -> pd.DataFrame:
    paths = list(instrument.nodes)
    given, inferred, applies, named, units = _values(scores, paths, basis)
    place = {p: n for n, p in enumerate(paths)}
    value = given.copy()
    coverage = np.isfinite(given).astype(float)
    low, high = (np.where(np.isfinite(given), given, limit) for limit in (instrument.scale.low, instrument.scale.high))
    status = np.where(np.isfinite(given), np.where(inferred, "inferred", "scored"), "missing").astype(object)
    if instrument.weights == "unknown":
        if np.isfinite(given[:, 1:]).any():
            instrument.require_weights()
    else:
        for path in reversed(paths):
            if instrument.nodes[path].children:
                _aggregate(path, instrument, place, value, coverage, low, high, status, applies, named)
    # A node without leaves of its own that was entered is "scored"; one above leaves that stands alone is "given".
    weight = np.array([instrument.effective[p] for p in paths]) if instrument.weights != "unknown" else np.full(len(paths), np.nan)
    keep = named | np.array([p == ROOT or p in instrument.components for p in paths])
    row, column = np.nonzero(keep)
    out = pd.DataFrame({
        "region": units.get_level_values(0)[row], "round": units.get_level_values(1)[row], "node": np.array(paths, object)[column],
        "value": value[row, column], "value100": instrument.scale.to100(value[row, column]),
        "low": instrument.scale.to100(low[row, column]), "high": instrument.scale.to100(high[row, column]),
        "coverage": coverage[row, column], "weight": weight[column], "status": status[row, column],
        "instrument": instrument.id, "weights": instrument.weights,
    })
    views = _views(instrument, place, value, units)
    return pd.concat([out, views], ignore_index=True) if len(views) else out


def _aggregate(path, instrument, place, value, coverage, low, high, status, applies, named) -> None:
    """Fill column `path` of the arrays from its children, where any of them has a score."""
    here, below = place[path], [place[c] for c in instrument.children(path)]
    share = np.array([instrument.share(c) for c in instrument.children(path)])
    weight = share * applies[:, below]
    base = weight.sum(axis=1)
    base = np.where(base > 0, base, np.nan)
    scored = coverage[:, below] @ np.ones(len(below)) > 0
    cover = np.nan_to_num((weight * coverage[:, below]).sum(axis=1) / base)
    present = np.isfinite(value[:, below])
    used = weight * present
    total = used.sum(axis=1)
    x = np.where(present, value[:, below], 1.0)
    x = np.log(x) if instrument.aggregation == "geometric" else x
    mean = np.divide((used * x).sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0)
    mean = np.exp(mean) if instrument.aggregation == "geometric" else mean
    mean = np.where(cover >= instrument.coverage - 1e-12, mean, np.nan)
    value[scored, here] = mean[scored]
    status[scored, here] = np.where(np.isfinite(mean), "scored", "missing")[scored]
    coverage[scored, here] = cover[scored]
    alone = ~scored & (status[:, here] == "scored")
    status[alone, here] = "given"
    for bound, limit in ((low, instrument.scale.low), (high, instrument.scale.high)):
        mixed = _mean(weight, bound[:, below], instrument.aggregation)
        bound[:, here] = np.where(scored, mixed, np.where(np.isfinite(value[:, here]), value[:, here], limit))
    named[:, here] |= scored


def _mean(weight: np.ndarray, x: np.ndarray, how: str) -> np.ndarray:
    total = weight.sum(axis=1)
    x = np.log(x) if how == "geometric" else x
    mean = np.divide((weight * x).sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0)
    return np.exp(mean) if how == "geometric" else mean


def _views(instrument: Instrument, place: dict, value: np.ndarray, units) -> pd.DataFrame:
    """Rows "sector:<name>" over tagged leaves, where the tree's top level is not the sectors themselves."""
    if instrument.weights == "unknown" or set(instrument.components) <= set(SECTORS):
        return pd.DataFrame()
    parts = []
    for sector in SECTORS:
        leaves = [p for p in instrument.leaves if sector in instrument.nodes[p].sectors]
        if not leaves:
            continue
        share = np.array([instrument.effective[p] for p in leaves])
        x = value[:, [place[p] for p in leaves]]
        used = np.isfinite(x) * share
        cover = used.sum(axis=1) / share.sum()
        mean = _mean(used, np.where(np.isfinite(x), x, 1.0), instrument.aggregation)
        mean = np.where(cover >= instrument.coverage - 1e-12, mean, np.nan)
        bounds = {
            k: instrument.scale.to100(_mean(np.broadcast_to(share, x.shape), np.where(np.isfinite(x), x, v), instrument.aggregation))
            for k, v in (("low", instrument.scale.low), ("high", instrument.scale.high))
        }
        parts.append(pd.DataFrame({
            "region": units.get_level_values(0), "round": units.get_level_values(1), "node": f"sector:{sector}", "value": mean,
            "value100": instrument.scale.to100(mean), **bounds, "coverage": cover, "weight": share.sum(),
            "status": np.where(np.isfinite(mean), "scored", "missing"), "instrument": instrument.id, "weights": instrument.weights,
        }))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
