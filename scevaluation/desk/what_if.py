"""What if: index, verdicts and ranks of a round under a scenario, by the functions that made the evaluation itself.

Other weights count in every round. In an earlier questionnaire each node's weight is multiplied by the same factor as
that of the node which continues it, so that a reweighted series has no step of its own making. A value that was given
for a node as a whole cannot be weighed anew: where the weights below it change it is left out, never kept as it was.

Parts that a scenario does not touch are remembered, so that a slider costs what it moves and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from pandera.config import config_context

from scevaluation.desk.scenario import Scenario, as_evaluated, assumed_programme, checked, shares
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.index import index as compute_index
from scevaluation.evaluate.inputs import cohort_instruments
from scevaluation.evaluate.items import trace
from scevaluation.evaluate.peers import peers as compute_peers
from scevaluation.evaluate.printed import beside_printed
from scevaluation.evaluate.trend import trend as compute_trend
from scevaluation.evaluate.verdict import verdicts as compute_verdicts
from scevaluation.frames import PEERS, ROOT, as_scores
from scevaluation.frames.scenarios import COMPARISON
from scevaluation.instrument import MINISTRY, Instrument, Node

SAME = 1e-12  # shares closer than this are one
CONTINUES = ("same", "renamed", "scale")


@dataclass(frozen=True, eq=False)
class Outcome:
    """The tables of a round under a scenario, of the index and the nodes right below it.

    INDEX of all rounds; TREND (`agree` is not counted) and VERDICTS (without what stands beside a direction) of `nodes`; PEERS, if
    the round has a letter; PLACES; and the rounds whose index cannot be weighed anew.
    """

    scenario: Scenario
    nodes: tuple[str, ...]
    index: pd.DataFrame
    trend: pd.DataFrame
    verdicts: pd.DataFrame
    peers: pd.DataFrame
    places: pd.DataFrame
    left_out: tuple[str, ...]

    def value(self, node: str = ROOT) -> float:
        """A node's value in the round on 0-100; NaN if there is none."""
        rows = self.index[(self.index["node"] == node) & (self.index["round"] == self.scenario.round)]
        return float(rows["value100"].iloc[0]) if len(rows) else float("nan")


def apply(e: Evaluation, scenario: Scenario) -> Outcome:
    """Index, verdicts and ranks under a scenario; the evaluation stays as it is.

    Equal to what `evaluate_round` gives for a programme whose files say what the scenario assumes. ScenarioError if the scenario
    names what the evaluation has not; all is listed.
    """
    checked(e, scenario)
    with config_context(validation_enabled=False):  # a third of the time; the tests hold these tables to their contracts
        index, left_out = _index(e, scenario.weights, scenario.scores)
        judged = _judged(e, scenario.model_copy(update={"name": "-", "note": ""}))
        peers = _peers(e, scenario.weights) if not scenario.scores else PEERS.empty()
        return Outcome(scenario, (ROOT, *e.top), index, *judged, peers, _places(e, scenario, index), left_out)


def reweighted(e: Evaluation, scenario: Scenario) -> dict[str, Instrument]:
    """The questionnaire of every round with the scenario's weights."""
    return dict(_reweighted(e, scenario.weights)) if scenario.weights else dict(e.instruments)


@lru_cache(maxsize=64)
def _reweighted(e: Evaluation, weights: tuple) -> tuple[tuple[str, Instrument], ...]:
    moves = _moves(e, as_evaluated(e).model_copy(update={"weights": weights}))
    traces = {p: trace(p, e.round, e.instruments) for p in moves}
    out: dict[str, Instrument] = {}
    made: dict[str, Instrument] = {}
    for name, one in e.instruments.items():
        if one.id not in made:
            mine = {at: moves[p] for p, steps in traces.items() for how, at in [steps[name]] if at and how in CONTINUES}
            made[one.id] = one if one.weights == "unknown" else _with_weights(one, mine)
        out[name] = made[one.id]
    return tuple(out.items())


@dataclass(frozen=True)
class _Move:
    """How a node's weight changes: times `factor`; to `share` of its family where it had no weight."""

    factor: float
    share: float


def _moves(e: Evaluation, scenario: Scenario) -> dict[str, _Move]:
    """Of every node of a touched family whose share changes."""
    families = dict.fromkeys(e.instrument.parents[n] for n, _ in scenario.weights)
    new = {c: v for parent in families for c, v in shares(e, scenario, parent).items()}
    old = {c: e.instrument.share(c) for c in new}
    return {c: _Move(v / old[c] if old[c] else np.nan, v) for c, v in new.items() if abs(v - old[c]) > SAME}


def _with_weights(one: Instrument, moves: Mapping[str, _Move]) -> Instrument:
    """The questionnaire with some nodes' weights moved."""
    if not moves:
        return one

    def moved(node: Node, move: _Move | None, total: float) -> float:
        if move is None:
            return node.weight or 0.0
        return total * move.share if np.isnan(move.factor) else (node.weight or 0.0) * move.factor

    def walk(node: Node, prefix: str) -> Node:
        total = sum(c.weight or 0.0 for c in node.children)
        new = [(walk(c, f"{prefix}{c.id}/"), moved(c, moves.get(prefix + c.id), total)) for c in node.children]
        return node.model_copy(update={"children": tuple(c.model_copy(update={"weight": w}) for c, w in new)})

    fields = {f: getattr(one, f) for f in type(one).model_fields} | {"weights": "own", "tree": walk(one.tree, "")}
    return type(one).model_construct(**fields)


@lru_cache(maxsize=64)
def _index(e: Evaluation, weights: tuple, scores: tuple) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """INDEX under weights and supposed scores, and the rounds whose index cannot be weighed anew."""
    if not weights and not scores:
        return e.index, ()
    scenario = as_evaluated(e).model_copy(update={"weights": weights, "scores": scores})
    instruments = reweighted(e, scenario)
    rows = _kept(e, instruments) if weights else e.scores
    index = compute_index(_supposed(e, rows, dict(scores)), {r: instruments[r] for r in instruments})
    if any(i.family == MINISTRY for i in e.instruments.values()):
        index = beside_printed(index, compute_index(e.scores, e.instruments), e.index)
    before, now = (set(t.loc[(t["node"] == ROOT) & t["value"].notna(), "round"]) for t in (e.index, index))
    return index, tuple(sorted(before - now))


@lru_cache(maxsize=16)
def _as_a_whole(e: Evaluation) -> tuple[tuple[str, str], ...]:
    """(round, node) of every node above the leaves that was scored itself."""
    pairs = e.scores[["round", "indicator"]].drop_duplicates()
    leaves = {r: set(i.leaves) for r, i in e.instruments.items()}
    return tuple((r, n) for r, n in pairs.itertuples(index=False) if n not in leaves[r])


def _kept(e: Evaluation, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """Scores without those of nodes as a whole whose inner weights changed, and without rounds of unknown weights."""
    unknown = {r for r, one in e.instruments.items() if one.weights == "unknown"}
    gone = {(r, n) for r, n in _as_a_whole(e) if r not in unknown and n in _touched(e.instruments[r], instruments[r])}
    if not gone and not unknown:
        return e.scores
    mine = zip(e.scores["round"], e.scores["indicator"], strict=True)
    return e.scores[[r not in unknown and (r, n) not in gone for r, n in mine]]


def _touched(old: Instrument, new: Instrument) -> set[str]:
    """Nodes below which a weight changed."""
    if new is old:
        return set()
    above = {old.parents[p] for p in old.parents if abs(old.share(p) - new.share(p)) > SAME}
    touched = set()
    while above:
        touched |= above
        above = {old.parents[p] for p in above if p in old.parents}
    return touched


def _supposed(e: Evaluation, rows: pd.DataFrame, scores: Mapping[str, float]) -> pd.DataFrame:
    """Scores with the items of the round as supposed."""
    if not scores:
        return rows
    other = rows[~((rows["round"] == e.round) & rows["indicator"].isin(scores))]
    new = as_scores(region=e.programme.region, round=e.round, indicator=list(scores), score=list(scores.values()))
    return pd.concat([other, new], ignore_index=True)


@lru_cache(maxsize=64)
def _judged(e: Evaluation, scenario: Scenario) -> tuple[pd.DataFrame, pd.DataFrame]:
    """TREND and VERDICTS of the nodes shown; those below the index are remembered while only their weights change."""
    index, _ = _index(e, scenario.weights, scenario.scores)
    plan, instruments = assumed_programme(e, scenario), reweighted(e, scenario)
    inner = any(n not in e.top for n, _ in scenario.weights) or bool(scenario.scores)
    nodes = [ROOT, *e.top] if inner or not scenario.weights else [ROOT]
    trend = compute_trend(index, plan, e.round, instruments, nodes, leave_one_out=False)
    verdicts = compute_verdicts(trend, index, plan, e.round, instruments, modifiers=False)
    if len(nodes) > 1:
        return trend, verdicts
    below = _judged(e, scenario.model_copy(update={"weights": ()}))
    return tuple(pd.concat([new, old.iloc[1:]], ignore_index=True) for new, old in zip((trend, verdicts), below, strict=True))


def _places(e: Evaluation, scenario: Scenario, index: pd.DataFrame) -> pd.DataFrame:
    """The nodes right below the index in order of their values."""
    now = index[index["round"] == e.round].set_index("node")["value100"]
    value = now.reindex(list(e.top)).to_numpy(float)
    known = e.instrument.weights != "unknown"
    share = shares(e, scenario) if known else dict.fromkeys(e.top, np.nan)
    place = np.array([1 + int((value > v + 1e-9).sum()) if np.isfinite(v) else 0 for v in value], int)
    table = {"node": list(e.top), "value100": value, "share": [share[n] for n in e.top], "place": place}
    return pd.DataFrame({**table, "of": int(np.isfinite(value).sum())})


@lru_cache(maxsize=16)
def _peers(e: Evaluation, weights: tuple) -> pd.DataFrame:
    """The region's rank if every participant were weighed so; the ministry's own where nothing of the index's weights changed."""
    top = tuple((n, v) for n, v in weights if n in e.top)
    if e.official.empty or not top:
        return e.peers
    scenario = as_evaluated(e).model_copy(update={"weights": top})
    moves = _moves(e, scenario)
    cohorts = {c: _with_weights(i, moves) for c, i in cohort_instruments(e.round, e.official["cohort"]).items()}
    return compute_peers(_weighed(e.official, cohorts), e.programme.region, cohorts)


def _weighed(official: pd.DataFrame, cohorts: Mapping[str, Instrument]) -> pd.DataFrame:
    """Official results with every index made from the components; participants that lack one leave the ranking."""
    wide = official.pivot_table(index="region", columns="node", values="value", aggfunc="first", dropna=False)
    cohort = official.drop_duplicates("region").set_index("region")["cohort"].reindex(wide.index)
    made = pd.Series(np.nan, wide.index)
    for name, one in cohorts.items():
        mine = cohort == name
        parts = wide.loc[mine].reindex(columns=list(one.components)).to_numpy(float)
        made[mine] = parts @ np.array([one.share(c) for c in one.components])
    out = official[official["node"] != "improvement"].copy()
    root = out["node"] == ROOT
    out.loc[root, "value"] = made.reindex(out.loc[root, "region"]).to_numpy()
    return out


def side_by_side(e: Evaluation, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """COMPARISON of the evaluation with scenarios, in their order."""
    base = apply(e, as_evaluated(e))
    parts = [_rows("", base, base), *(_rows(s.name, apply(e, s), base) for s in scenarios)]
    return pd.concat(parts, ignore_index=True)


def _rows(name: str, o: Outcome, base: Outcome) -> pd.DataFrame:
    verdict, before = o.verdicts.set_index("node"), base.verdicts.set_index("node")
    place = o.places.set_index("node")["place"]
    rows = []
    for n in (n for n in o.nodes if n in verdict.index):
        row = {"scenario": name, "node": n, "value100": o.value(n), "change": o.value(n) - base.value(n)}
        row |= {c: verdict.at[n, c] for c in ("direction", "pace", "p_hit", "target")} | {"place": int(place.get(n, 0))}
        rows.append(row | {f"{c}_differs": verdict.at[n, c] != before.at[n, c] for c in ("direction", "pace")})
    return pd.DataFrame(rows, columns=list(COMPARISON.columns))
