"""Panel: one region's lowest known scores over its rounds, every node under one identity across questionnaires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError
from scevaluation.frames import ROOT
from scevaluation.frames.methods import METHOD_ITEMS
from scevaluation.identity import identities
from scevaluation.instrument import Instrument
from scevaluation.methods.composite import is_constant, rescale
from scevaluation.period import Period
from scevaluation.programme import Programme

HISTORY = 3  # rounds of its own from which an indicator's z-scores can be made
FLOOR = 1.0  # points; the least value in a geometric mean, which has no meaning at zero or below
OWN_HISTORY, CONSTANT, FEW_ROUNDS = "own_history", "constant", "few_rounds"


@dataclass(frozen=True, eq=False)
class Panel:
    """Scores on 0-100 and what was asked, (rounds, columns); a column is an identity of a node.

    Attributes
    ----------
    region : str
    rounds : tuple of str
    instruments : tuple of Instrument
        Of every round.
    columns : tuple of str
        The path in the newest questionnaire that has the node (with the questionnaire's id if the path is taken).
    places : dict of instrument id to dict of path to column
    x : ndarray
        Values of the lowest known nodes, NaN elsewhere.
    asked : ndarray of bool
        Lowest nodes that count in the weights, known or missing.
    alone : ndarray of bool
        Inner nodes whose value was given, not made from what is below.
    value : ndarray
        As INDEX says for every node; NaN below the coverage asked.
    target : ndarray (columns,)
        Target of the node or the nearest one above, 100 without any.
    """

    region: str
    rounds: tuple[str, ...]
    instruments: tuple[Instrument, ...]
    columns: tuple[str, ...]
    places: dict[str, dict[str, int]]
    x: np.ndarray
    asked: np.ndarray
    alone: np.ndarray
    value: np.ndarray
    target: np.ndarray

    @property
    def nodes(self) -> tuple[str, ...]:
        """The index and the newest questionnaire's components."""
        return (ROOT, *self.instruments[-1].components)

    def tops(self, r: int = -1) -> list[int]:
        """Columns of `nodes` in a round: of the index its own, of components what they are in the newest questionnaire."""
        newest = self.places[self.instruments[-1].id]
        return [self.places[self.instruments[r].id][ROOT], *(newest[n] for n in self.nodes[1:])]

    @cached_property
    def under(self) -> dict[str, np.ndarray]:
        """By questionnaire (columns, nodes) 0 or 1: which of `nodes` a column stands under, itself included."""
        tops = {c: n for n, c in enumerate(self.tops()) if n}
        out = {}
        for name, place in self.places.items():
            out[name] = np.zeros((len(self.columns), len(self.nodes)))
            out[name][:, 0] = 1.0
            for path, c in place.items():
                n = tops.get(place[path.partition("/")[0]])
                if n is not None:
                    out[name][c, n] = 1.0
        return out

    @cached_property
    def comparable(self) -> np.ndarray:
        """Whether a round has the scale of the newest: only such rounds make an indicator's history."""
        last = self.instruments[-1].scale
        return np.array([(i.scale.low, i.scale.high) == (last.low, last.high) for i in self.instruments])

    @cached_property
    def scored(self) -> np.ndarray:
        """(columns,) of bool: scored in some round."""
        return np.isfinite(self.x).any(axis=0)

    @cached_property
    def history(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Per column: mean and sd over the rounds, and why they can or cannot make z-scores."""
        seen = np.where(self.comparable[:, None], self.x, np.nan)
        count = np.isfinite(seen).sum(axis=0)
        mean, sd = np.full(len(count), np.nan), np.full(len(count), np.nan)
        state = np.full(len(count), FEW_ROUNDS, object)
        for c in np.flatnonzero(count >= HISTORY):
            known = seen[np.isfinite(seen[:, c]), c]
            mean[c], sd[c] = known.mean(), 0.0 if is_constant(known) else known.std(ddof=1)
            state[c] = OWN_HISTORY if sd[c] > 0 else CONSTANT
        return mean, sd, state

    def normalised(self, how: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Values (rounds, columns) by a normalisation, and (columns,) what the worst and the best score come to.

        All are in points. "goalposts" are the scale's ends, the same in every round. "target" is the share of the way
        from the worst score to the target, no more than all of it, times the mean target. "zscore" is the deviation
        from the column's own mean in its own standard deviations, put on the mean level and the mean deviation of all
        columns, so that each moves by the same size; its bounds are the lowest and highest seen, and a column without
        spread or history keeps its goalposts.
        "scale" is the raw score.
        """
        x, low, high = self.x, np.zeros(len(self.columns)), np.full(len(self.columns), 100.0)
        if how == "target":
            mean = self.target[self.scored].mean() if self.scored.any() else 100.0
            return np.minimum(rescale(x, 0.0, self.target, (0.0, mean)), mean), low, np.full(len(high), mean)
        if how == "scale":
            scale = self.instruments[-1].scale
            return scale.from100(x), scale.from100(low), scale.from100(high)
        mean, sd, state = self.history
        own = np.flatnonzero(state == OWN_HISTORY)
        if how == "goalposts" or not len(own):
            return x, low, high
        x = x.copy()
        x[:, own] = mean[own].mean() + (x[:, own] - mean[own]) / sd[own] * sd[own].mean()
        seen = x[self.comparable][:, own]
        low[own], high[own] = np.nanmin(seen, axis=0), np.nanmax(seen, axis=0)
        return x, low, high

    def items(self) -> pd.DataFrame:
        """METHOD_ITEMS: what the normalisations use of every indicator scored in some round."""
        mean, sd, state = self.history
        at = np.flatnonzero(self.scored)
        x, about = self.x[:, at], {"region": self.region, "round": self.rounds[-1], "node": [self.columns[c] for c in at]}
        counts = {"rounds": np.isfinite(x).sum(axis=0), "floored": (x < FLOOR).sum(axis=0)}
        found = {"mean": mean[at], "sd": sd[at], "target": self.target[at], "zscore": state[at]}
        return METHOD_ITEMS.check(pd.DataFrame(about | counts | found))


def panel(index: pd.DataFrame, instruments: Mapping[str, Instrument], programme: Programme, round_name: str = "") -> Panel:
    """The programme's region in INDEX up to a round (default: all).

    Raises
    ------
    EvaluationError
        If the region has no row up to the round.
    """
    own = index[index["region"] == programme.region]
    last = Period(round_name) if round_name else None
    rounds = tuple(sorted((r for r in own["round"].unique() if last is None or Period(r) <= last), key=Period))
    if not rounds:
        fact = f"The index has no row of region {programme.region} up to {round_name or 'any round'}."
        raise EvaluationError(fact, "Compute the index of its rounds first.")
    by_round = tuple(instruments[r] for r in rounds)
    places, columns = identities(by_round)
    shape = (len(rounds), len(columns))
    x, value = np.full(shape, np.nan), np.full(shape, np.nan)
    asked, alone = np.zeros(shape, bool), np.zeros(shape, bool)
    for n, (name, one) in enumerate(zip(rounds, by_round, strict=True)):
        _fill(own[own["round"] == name], one, places[one.id], x[n], asked[n], alone[n], value[n])
    goals = _targets(programme, by_round, places, rounds[-1])
    return Panel(programme.region, rounds, by_round, columns, places, x, asked, alone, value, goals)


def _fill(rows: pd.DataFrame, one: Instrument, place: Mapping[str, int], x, asked, alone, value) -> None:
    """One round's row of the panel, in place."""
    found = {n: (v, s) for n, v, s in zip(rows["node"], rows["value100"], rows["status"], strict=True)}
    outside = set()
    for path, node in one.nodes.items():
        c = place[path]
        known, status = found.get(path, (np.nan, "missing"))
        value[c] = known
        if one.parents.get(path) in outside or status == "not_applicable":
            outside.add(path)
        elif node.children and (status in ("given", "inferred")) and np.isfinite(known):
            alone[c] = asked[c] = True
            x[c] = known
            outside.add(path)
        elif not node.children:
            asked[c] = True
            x[c] = known


def _targets(programme: Programme, instruments, places, last: str) -> np.ndarray:
    """Target of every column: of the node or the nearest above; the next one counts, else the latest."""
    ordered = sorted(
        programme.targets, key=lambda t: (Period(t.round) < Period(last), abs(Period(t.round).number - Period(last).number))
    )
    goal = {t.node: t.value for t in reversed(ordered) if t.value > 0}
    size = 1 + max(max(mine.values()) for mine in places.values())
    out = np.full(size, 100.0)
    for one in instruments:
        mine: dict[str, float] = {}
        for path in one.nodes:
            mine[path] = goal.get(path, mine.get(one.parents.get(path), 100.0))
            out[places[one.id][path]] = mine[path]
    return out
