"""INDEX: scores aggregated up the instrument's tree; no value below the coverage asked; the bounds of what is missing.

Every region and round of one instrument is computed at once: the scores become arrays (units, nodes), a unit being a
region in a round, and each inner node is one weighted mean over its children's columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.errors import InstrumentError, RoundError
from scevaluation.frames import INDEX, ROOT
from scevaluation.instrument import SECTORS, Instrument

BASIS = ("final", "verified", "assessor")
STATUS = ("missing", "scored", "inferred", "given", "not_applicable")
MISSING, SCORED, INFERRED, GIVEN, NOT_APPLICABLE = range(len(STATUS))
EDGE = 1e-12


def index(
    scores: pd.DataFrame, instruments: Mapping[str, Instrument], basis: tuple[str, ...] = BASIS, views: bool = True
) -> pd.DataFrame:
    """Aggregate scores of any number of regions and rounds.

    Parameters
    ----------
    scores : SCORES
        As each indicator is measured; see `on_scale`. An agency's score of an indicator is the first kind of source in `basis`
        that has one (assessors are averaged); an indicator's is the mean of its agencies'. Only rows with status scored or inferred
        count, so that a printed 0 of a region that did not take part never does. A node above the leaves may be scored itself: that
        value stands where what is scored below it does not reach the instrument's coverage.
    instruments : mapping of round to Instrument
        The questionnaire of every round in `scores`.
    basis : tuple of {"final", "verified", "assessor", "self"}
        Which sources count, best first.
    views : bool
        Whether to add rows "sector:<name>" over the leaves tagged with a sector, where the instrument's top level is not
        called sectors.

    Returns
    -------
    INDEX
        Sorted by region and round, nodes in the tree's order. A node's `value` is the weighted mean of those below it that
        have one; it is missing where `coverage`, the share of the weight below that has a score, is less than the
        instrument asks. A node without a value lifts nothing above it: its share counts as missing there. What is not
        applicable leaves the weights. `low` and `high` (0-100) are the value if all that is missing were the scale's worst
        or best, so low <= value100 <= high; without a value, what was scored below counts in them.

    Raises
    ------
    UnknownWeights
        If something would have to be aggregated with unknown weights; a published index passes through.
    RoundError
        If a round has no instrument.
    InstrumentError
        If a score names a node its instrument has not.
    """
    if not len(scores):
        return INDEX.empty()
    region, regions = pd.factorize(scores["region"], sort=True)
    when, rounds = pd.factorize(scores["round"], sort=True)
    for name in rounds:
        if name not in instruments:
            raise RoundError(f"Round {name} has scores, but no instrument.", "Name the instrument in the programme's file.")
    scores = on_scale(scores, instruments)
    names = np.array([instruments[name].id for name in rounds], object)[when]
    parts = []
    for name in sorted(set(names)):
        instrument = next(instruments[r] for r in rounds if instruments[r].id == name)
        mine = names == name
        parts.append(_of_instrument(scores[mine], region[mine] * len(rounds) + when[mine], instrument, basis, views))
    out = pd.concat(parts, ignore_index=True)
    out = out.iloc[np.argsort(out["unit"].to_numpy(), kind="stable")].reset_index(drop=True)
    unit = out.pop("unit").to_numpy()
    out["region"] = np.asarray(regions, object)[unit // len(rounds)]
    out["round"] = np.asarray(rounds, object)[unit % len(rounds)]
    return out[list(INDEX.columns)]


def on_scale(scores: pd.DataFrame, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """SCORES with every score on its instrument's scale: what is measured otherwise is normalised (`Instrument.normalise`).

    Each score by itself, before any mean over assessors or agencies: of a wanted range one below and one above are not one in it.
    """
    if not any(i.measured for i in instruments.values()):
        return scores
    score = scores["score"].to_numpy(float, copy=True)
    for (name, path), at in scores.groupby(["round", "indicator"]).indices.items():
        score[at] = instruments[name].on_scale(path, score[at])
    return scores.assign(score=score)


@dataclass
class _Grid:
    """Arrays (units, nodes) being filled from the leaves up.

    `applies` says what counts in the weights and `named` which nodes get a row.
    """

    given: np.ndarray
    inferred: np.ndarray
    applies: np.ndarray
    named: np.ndarray
    value: np.ndarray
    coverage: np.ndarray
    low: np.ndarray
    high: np.ndarray
    status: np.ndarray


def _codes(column: pd.Series, order: Mapping[str, int]) -> np.ndarray:
    """Numbers of a text column by `order`, -1 where it has none; text is looked at once for each distinct value."""
    code, distinct = pd.factorize(column)
    return np.array([*(order.get(v, -1) for v in distinct), -1])[code]


def _places(scores: pd.DataFrame, instrument: Instrument) -> np.ndarray:
    place = _codes(scores["indicator"], {p: n for n, p in enumerate(instrument.nodes)})
    if (place < 0).any():
        unknown = sorted(set(scores["indicator"].to_numpy()[place < 0]))
        raise InstrumentError(
            f"Instrument {instrument.id} has no indicator {', '.join(map(str, unknown[:5]))}.",
            "Check that the round names the instrument its scores were made with.",
        )
    return place


def _grid(scores: pd.DataFrame, unit: np.ndarray, instrument: Instrument, basis: tuple[str, ...]) -> tuple[_Grid, np.ndarray]:
    """The entered values, before any aggregation; and the units' numbers."""
    row, units = pd.factorize(unit, sort=True)
    shape = (len(units), len(instrument.nodes))
    size = shape[0] * shape[1]
    cell = row * shape[1] + _places(scores, instrument)
    agency, agencies = pd.factorize(scores["agency"], use_na_sentinel=False)
    sources = {s: basis.index(s.partition(":")[0]) for s in scores["source"].unique() if s.partition(":")[0] in basis}
    kind = _codes(scores["source"], sources)
    score = scores["score"].to_numpy(float)
    status = _codes(scores["status"], {"scored": SCORED, "inferred": INFERRED, "not_applicable": NOT_APPLICABLE})
    use = np.isfinite(score) & (kind >= 0) & ((status == SCORED) | (status == INFERRED))
    # An entry is what one agency says of one node: the best kind of source that it has.
    entry, keys = pd.factorize(cell[use] * len(agencies) + agency[use])
    kinds = max(len(basis), 1)
    flat, length = entry * kinds + kind[use], len(keys) * kinds
    count = np.bincount(flat, minlength=length).reshape(-1, kinds)
    total = np.bincount(flat, weights=score[use], minlength=length).reshape(-1, kinds)
    guess = np.bincount(flat, weights=status[use] == INFERRED, minlength=length).reshape(-1, kinds)
    best, at = np.argmax(count > 0, axis=1), np.arange(len(keys))
    where = keys // len(agencies)
    number = np.bincount(where, minlength=size)
    summed = np.bincount(where, weights=total[at, best] / count[at, best], minlength=size)
    given = np.divide(summed, number, out=np.full(size, np.nan), where=number > 0).reshape(shape)
    inferred = np.bincount(where, weights=guess[at, best], minlength=size).reshape(shape) > 0
    named = np.bincount(cell, minlength=size).reshape(shape) > 0
    asked = np.bincount(cell[status != NOT_APPLICABLE], minlength=size).reshape(shape) > 0
    known = np.isfinite(given)
    low, high = (np.where(known, given, limit) for limit in (instrument.scale.low, instrument.scale.high))
    marks = np.where(known, np.where(inferred, INFERRED, SCORED), MISSING)
    grid = _Grid(given, inferred, asked | ~named, named, given.copy(), known.astype(float), low, high, marks)
    return grid, units


def _of_instrument(
    scores: pd.DataFrame, unit: np.ndarray, instrument: Instrument, basis: tuple[str, ...], views: bool
) -> pd.DataFrame:
    """INDEX columns of one instrument's scores, with the unit's number in place of region and round."""
    paths = list(instrument.nodes)
    place = {p: n for n, p in enumerate(paths)}
    grid, units = _grid(scores, unit, instrument, basis)
    for path in paths:
        below = [place[c] for c in instrument.children(path)]
        grid.applies[:, below] &= grid.applies[:, [place[path]]]
    grid.applies |= np.isfinite(grid.given)
    for path in reversed(paths):
        if instrument.nodes[path].children:
            _aggregate(path, instrument, place, grid)
    grid.status[~grid.applies] = NOT_APPLICABLE
    for bound in (grid.low, grid.high):
        bound[~grid.applies] = np.nan
    grid.named[:, [place[p] for p in (ROOT, *instrument.components)]] = True
    known = instrument.weights != "unknown"
    weight = np.array([instrument.effective[p] for p in paths]) if known else np.full(len(paths), np.nan)
    if views and known and instrument.top != "sector":
        extra = _views(instrument, place, grid)
        paths += [f"sector:{s}" for s in extra]
        weight = np.append(weight, [v.pop("weight") for v in extra.values()])
        for name in ("named", "value", "low", "high", "coverage", "status"):
            setattr(grid, name, np.column_stack([getattr(grid, name), *(v[name] for v in extra.values())]))
    at = np.nonzero(grid.named)
    row, column = at
    out: dict = {"unit": units[row], "node": np.array(paths, object)[column], "value": grid.value[at]}
    out |= {c: instrument.scale.to100(g[at]) for c, g in (("value100", grid.value), ("low", grid.low), ("high", grid.high))}
    out |= {"coverage": np.minimum(grid.coverage[at], 1.0), "weight": weight[column]}
    out |= {"status": np.array(STATUS, object)[grid.status[at]], "instrument": instrument.id, "weights": instrument.weights}
    return pd.DataFrame(out)


def _aggregate(path: str, instrument: Instrument, place: Mapping[str, int], g: _Grid) -> None:
    """Fill the column of `path` from its children's; a value entered at `path` stands where they do not suffice."""
    here, below = place[path], [place[c] for c in instrument.children(path)]
    g.named[:, here] |= g.named[:, below].any(axis=1)
    g.applies[:, here] = np.isfinite(g.given[:, here]) | g.applies[:, below].any(axis=1)
    entered = np.isfinite(g.given[:, here])
    if instrument.weights == "unknown":
        if (np.isfinite(g.value[:, below]).any(axis=1) & ~entered).any():
            instrument.require_weights()
        g.status[entered & ~g.inferred[:, here], here] = GIVEN
        return
    share = np.array([instrument.share(c) for c in instrument.children(path)])
    weight, known = share * g.applies[:, below], np.isfinite(g.value[:, below])
    how = instrument.mean_of(path)
    mean = _mean(weight * known, g.value[:, below], how)
    cover = np.nan_to_num(_mean(weight, g.coverage[:, below] * known, "arithmetic"))
    enough = np.isfinite(mean) & (cover >= instrument.coverage - EDGE)
    alone = entered & ~enough
    g.value[:, here] = np.where(alone, g.given[:, here], np.where(enough, mean, np.nan))
    g.coverage[:, here] = np.where(alone, 1.0, cover)
    g.status[:, here] = np.where(alone, np.where(g.inferred[:, here], INFERRED, GIVEN), np.where(enough, SCORED, MISSING))
    for bound, limit in ((g.low, instrument.scale.low), (g.high, instrument.scale.high)):
        mixed = _mean(weight, np.where(known | ~enough[:, None], bound[:, below], limit), how)
        bound[:, here] = np.where(alone, g.given[:, here], np.where(np.isfinite(mixed), mixed, limit))


def _mean(weight: np.ndarray, x: np.ndarray, how: str) -> np.ndarray:
    """Weighted means over the columns; NaN where nothing has weight. A geometric mean with a zero is zero."""
    total = weight.sum(axis=1)
    used = weight > 0
    x = np.where(used, x, 1.0)
    zero = (used & (x <= 0)).any(axis=1)
    x = np.log(np.where(x > 0, x, 1.0)) if how == "geometric" else x
    mean = np.divide((weight * x).sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0)
    return np.where(zero, 0.0, np.exp(mean)) if how == "geometric" else mean


def _views(instrument: Instrument, place: Mapping[str, int], g: _Grid) -> dict[str, dict]:
    """Columns of every sector that has tagged leaves with a weight; a unit has a row where one of them was asked."""
    out: dict[str, dict] = {}
    for sector in SECTORS:
        leaves = [p for p in instrument.leaves if sector in instrument.sectors_of(p) and instrument.effective[p] > 0]
        if not leaves:
            continue
        at = [place[p] for p in leaves]
        share = np.array([instrument.effective[p] for p in leaves])
        weight = share * g.applies[:, at]
        x = g.value[:, at]
        cover = np.nan_to_num(_mean(weight, np.isfinite(x).astype(float), "arithmetic"))
        how = instrument.mean_of(ROOT)
        mean = _mean(weight * np.isfinite(x), x, how)
        value = np.where(cover >= instrument.coverage - EDGE, mean, np.nan)
        applies = g.applies[:, at].any(axis=1)
        low, high = (_mean(weight, b[:, at], how) for b in (g.low, g.high))
        status = np.where(np.isfinite(value), SCORED, np.where(applies, MISSING, NOT_APPLICABLE))
        out[sector] = {"named": g.named[:, at].any(axis=1), "value": value, "low": low, "high": high}
        out[sector] |= {"coverage": cover, "status": status, "weight": share.sum()}
    return out
