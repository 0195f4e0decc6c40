"""What must change to reach a target: the smallest set of item changes.

Rule. Only items with a score may improve, each at most to its limit; of an item without a score nothing is assumed. The
items are taken in order of what the node gains with each at its limit, the largest first, until the target is
reached; the last one improves only as far as needed, to the next step of its scale. Every score is as its item is
measured: in its unit, lower where less is better. Where the node is a weighted mean
(of the values or of their logarithms) gains do not depend on each other, so no smaller set reaches the target, and of
the smallest sets this one could rise furthest. Items in order of the questionnaire where they gain the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.desk.scenario import Scenario, checked
from scevaluation.desk.what_if import apply, reweighted
from scevaluation.errors import ScenarioError
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.index import index as compute_index
from scevaluation.evaluate.items import items as compute_items
from scevaluation.evaluate.leverage import tried
from scevaluation.frames import ROOT
from scevaluation.frames.scenarios import CHANGES
from scevaluation.instrument import Instrument

NEAR = 1e-9  # points; a target closer than this is reached
FINE = 0.01  # step of a score where the scale has none
PARTS = 100  # of the way of an item measured its own way without steps: it goes by the power of ten below such a part
TRIED = 200  # scores tried at once


@dataclass(frozen=True, eq=False)
class Reach:
    """What a target takes: the target, the value now, and the best with every scored item at its limit, all on 0-100.

    `state` is reached, possible, impossible, no_value or weights_unknown. `changes` is the smallest set, with an impossible target
    all that can rise; of `unreported` items, without a score, nothing is assumed.
    """

    node: str
    state: str
    target: float
    value: float
    best: float
    changes: pd.DataFrame
    unreported: int


def reach(e: Evaluation, scenario: Scenario, target: float, node: str = ROOT, most: float | None = None) -> Reach:
    """The smallest set of item changes with which the index, or a node right below it, reaches a target (0-100) in its round.

    The scenario's weights and supposed scores count; `most` is by how many points of the questionnaire's scale one item may rise
    (default: to the top). ScenarioError if the node is not one of those, the target not within 0-100 or `most` not above 0.
    """
    checked(e, scenario)
    if node not in (ROOT, *e.top) or not 0 <= target <= 100 or (most is not None and not most > 0):
        raise ScenarioError(
            f"A target of {target:g} for {node} with steps of up to {most} cannot be worked out.",
            f"Name one of {', '.join((ROOT, *e.top))}, a target of 0-100 and a step above 0.",
        )
    if e.instrument.weights == "unknown":
        return Reach(node, "weights_unknown", target, np.nan, np.nan, CHANGES.empty(), 0)
    outcome, one = apply(e, scenario), reweighted(e, scenario)[e.round]
    rows = compute_items(outcome.index, e.scores, e.instruments, e.programme.region, e.round)
    rows = rows[rows["status"] != "not_applicable"].reset_index(drop=True)
    below = np.array([node == ROOT or p == node or p.startswith(node + "/") for p in rows["node"]], bool)
    unreported = int((below & rows["now"].isna().to_numpy()).sum())
    value = outcome.value(node)
    if not np.isfinite(value):
        return Reach(node, "no_value", target, value, np.nan, CHANGES.empty(), unreported)
    now = one.scale.from100(rows["now"].to_numpy(float))
    limit = np.where(below, np.maximum(now, one.scale.high if most is None else np.minimum(now + most, one.scale.high)), now)
    raw = _raw(e, scenario, one, rows["node"].tolist(), now)
    better = zip(rows["node"], limit, now, raw, strict=True)
    limit = np.array([one.as_measured(p, v, x) if v > n else x for p, v, n, x in better], float)
    case = _Case(e, one, rows, node, raw)
    best = float(case.values(limit[None])[0])
    if value >= target - NEAR:
        return Reach(node, "reached", target, value, best, CHANGES.empty(), unreported)
    state = "possible" if best >= target - NEAR else "impossible"
    return Reach(node, state, target, value, best, _smallest(case, limit, target, best), unreported)


def _raw(e: Evaluation, scenario: Scenario, one: Instrument, nodes: list[str], now: np.ndarray) -> np.ndarray:
    """Scores of items as they are measured, of those on the scale: the mean of what was reported, where it counts as much."""
    if not one.measured.intersection(nodes):
        return now
    plain = compute_index(e.scores[e.scores["round"] == e.round], {e.round: one.plain}, views=False)
    mine = plain[plain["region"] == e.programme.region].set_index("node")["value"]
    said = (mine.to_dict() | dict(scenario.scores)).get
    found = [(p, v, said(p, np.nan)) for p, v in zip(nodes, now, strict=True)]
    return np.array([x if abs(one.on_scale(p, x) - v) < NEAR else one.as_measured(p, v, x) for p, v, x in found], float)


@dataclass(frozen=True, eq=False)
class _Case:
    """One node of one round whose items are tried at other scores, as measured; every try is the index computed anew."""

    e: Evaluation
    instrument: Instrument
    items: pd.DataFrame
    node: str
    now: np.ndarray

    def values(self, tries: np.ndarray) -> np.ndarray:
        """The node's value (0-100) for every row of scores (tries, items); NaN is no score."""
        off = self.e.scores[(self.e.scores["round"] == self.e.round) & (self.e.scores["status"] == "not_applicable")]
        out_of = sorted(set(off["indicator"]) - set(self.items["node"]))
        return tried(self.on_scale(tries), self.items["node"].tolist(), out_of, self.instrument, self.e.round, self.node)

    def on_scale(self, scores: np.ndarray) -> np.ndarray:
        """Scores (tries, items) on the instrument's scale."""
        columns = zip(self.items["node"], scores.T, strict=True)
        return np.stack([self.instrument.on_scale(p, x) for p, x in columns], axis=1)


def _smallest(case: _Case, limit: np.ndarray, target: float, best: float) -> pd.DataFrame:
    """CHANGES in the order they are taken."""
    before, top = case.on_scale(np.stack([case.now, limit]))
    free = np.flatnonzero(top > before + NEAR)
    if not len(free):
        return CHANGES.empty()
    at_limit = np.where(np.arange(len(case.now)) == free[:, None], limit, case.now)
    # From the other end, so that a geometric mean that is zero until several items rise still has an order.
    without = np.where(np.arange(len(case.now)) == free[:, None], case.now, limit)
    alone, missed = case.values(at_limit), best - case.values(without)
    order = free[np.lexsort((free, -alone.round(9), -missed.round(9)))]
    steps = np.array([np.where(np.isin(np.arange(len(limit)), order[: k + 1]), limit, case.now) for k in range(len(order))])
    after = case.values(steps).copy()
    enough = np.flatnonzero(after >= target - NEAR)
    count = int(enough[0]) + 1 if len(enough) else len(order)
    to = limit[order[:count]].copy()
    if len(enough):
        to[-1] = _needed(case, steps[count - 1], order[count - 1], target)
        last = steps[count - 1].copy()
        last[order[count - 1]] = to[-1]
        after[count - 1] = case.values(last[None])[0]
    start = float(case.values(case.now[None])[0])
    gain = np.diff(np.concatenate([[start], after[:count]]))
    rows = case.items.iloc[order[:count]]
    table = {"node": rows["node"].to_numpy(), "agency": rows["agency"].to_numpy(), "now": case.now[order[:count]], "to": to}
    return CHANGES.check(pd.DataFrame({**table, "gain": gain, "after": after[:count]}))


def _needed(case: _Case, scores: np.ndarray, item: int, target: float) -> float:
    """The score of the last item nearest to what it is now, on the steps of its scale, with which the target is reached."""
    path, now, limit = case.items["node"].iloc[item], case.now[item], scores[item]
    scale, own = case.instrument.scale_of(path), path in case.instrument.measured
    fine = 10.0 ** math.floor(math.log10(abs(limit - now) / PARTS)) if own else FINE
    grid = _grid(scale.low if scale else 0.0, (scale and scale.step) or fine, now, limit)
    first, last = 0, len(grid) - 1  # more never lowers the node, and the last one reaches the target
    while first < last:
        at = np.unique(np.linspace(first, last, TRIED).astype(int))
        tries = np.repeat(scores[None], len(at), axis=0)
        tries[:, item] = grid[at]
        found = int(np.argmax(case.values(tries) >= target - NEAR))
        first, last = at[found - 1] + 1 if found else at[0], at[found]
    return float(grid[last])


def _grid(low: float, step: float, now: float, limit: float) -> np.ndarray:
    """Scores from `now` to `limit`, nearest first, on steps from `low`; the limit is always the last."""
    on = (np.array([now, limit]) - low) / step
    steps = np.arange(math.ceil(on.min() - 1e-9), math.floor(on.max() + 1e-9) + 1)
    found = np.round(low + step * (steps if limit > now else steps[::-1]), 10)
    between = (np.abs(found - now) > 1e-9 * step) & (np.abs(found - limit) > 1e-9 * step)
    return np.append(found[between], limit)
