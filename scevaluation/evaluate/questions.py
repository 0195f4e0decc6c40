"""DRIVERS, OWED, COMPARED: what moved a sector since a round, what an agency owes, how two rounds stand side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError, RoundError
from scevaluation.evaluate.agencies import duties
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.index import on_scale
from scevaluation.evaluate.items import item_history, items
from scevaluation.evaluate.leverage import leverage
from scevaluation.evaluate.sector import members
from scevaluation.frames import ROOT
from scevaluation.frames.analysis import COMPARED, DRIVERS, OWED
from scevaluation.identity import VIEW, Pair, trace
from scevaluation.instrument import MINISTRY, SECTORS, Instrument
from scevaluation.issues import unknown
from scevaluation.period import Period


def node_called(e: Evaluation, name: str) -> str:
    """A node of the round's questionnaire by its path, or a sector by its name: its node, else the view over what is tagged with it.

    Raises
    ------
    UnknownName
        If the questionnaire has neither.
    """
    views = {s for p in e.instrument.leaves for s in e.instrument.sectors_of(p)}
    if name in e.instrument.nodes:
        return name
    if name.removeprefix(VIEW) in views:
        return VIEW + name.removeprefix(VIEW)
    raise unknown(name, dict.fromkeys((ROOT, *e.top, *(s for s in SECTORS if s in views), *e.instrument.nodes)), e.instrument.id)


def below(e: Evaluation, name: str) -> list[str]:
    """Indicators of a node or sector, in the tree's order; all of them for "index"."""
    node = node_called(e, name)
    return list(e.instrument.leaves) if node == ROOT else members(node, e.instrument)


def histories(e: Evaluation, name: str = ROOT) -> pd.DataFrame:
    """Every indicator of a node or sector in every round, linked over its renames: node, round, value100, comparable.

    What was only scored at a node above the indicators stands under that node.
    """
    table = item_history(e.index, e.instruments, e.programme.region, e.round)
    return table[_inside(table["node"], e, name)].reset_index(drop=True)


def _inside(nodes: pd.Series, e: Evaluation, name: str) -> pd.Series:
    """Which rows are of an indicator of a node or sector, or of a node above indicators that are all of it."""
    wanted = set(below(e, name))
    return nodes.map(lambda n: (mine := set(members(n, e.instrument))) and mine <= wanted).astype(bool)


def drivers(e: Evaluation, name: str = ROOT, since: str = "") -> pd.DataFrame:
    """DRIVERS: what each indicator of a node or sector adds to its change since a round, the largest rise first.

    A contribution is the indicator's change times the share it had, in that round, of the weight of all indicators compared; they
    sum to the like-for-like change. What was not asked then, or has no score in one of the rounds, stands last, without one.

    Parameters
    ----------
    e : Evaluation
    name : str
        A node's path, a sector's name, or "index".
    since : str
        An earlier scored round; the one before by default.

    Raises
    ------
    RoundError
        If there is no such earlier round with scores.
    UnknownName
        If the questionnaire has no such node or sector.
    EvaluationError
        If an indicator counts through a geometric mean, whose parts do not add up.
    """
    wanted = below(e, name)
    known = [r for r in e.instruments if Period(r) < Period(e.round)]
    then = e.programme.round(since).id if since else e.previous
    if then not in known:
        raise RoundError(f"There is no scored round {then or 'before'} before {e.round}.", f"Earlier rounds: {', '.join(known) or 'none'}.")
    old = e.instruments[then]
    if any(i.mean_of(p) != "arithmetic" for i in (old, e.instrument) for p in i.nodes if i.nodes[p].children):
        fact = "The questionnaire takes a geometric mean, whose parts do not add up."
        raise EvaluationError(fact, "See the change itself: sc.compare(r1, r2).")
    rows = items(e.index, e.scores, e.instruments, e.programme.region, e.round, then)
    rows = rows[_inside(rows["node"], e, name)] if wanted else rows.iloc[:0]
    both = rows["comparable"] & rows["change"].notna() & (old.weights != "unknown")
    weight = np.array([old.effective[p] if ok else np.nan for p, ok in zip(rows["before_node"], both, strict=True)], float)
    total = np.nansum(weight)
    rows = rows.assign(share=weight / total if total > 0 else np.nan)
    rows = rows.assign(contribution=rows["share"] * rows["change"])
    return DRIVERS.check(rows.sort_values("contribution", ascending=False, kind="stable", ignore_index=True)[list(DRIVERS.columns)])


def owed(e: Evaluation, agency: str) -> pd.DataFrame:
    """OWED: every indicator that an agency answers for in the round; what it has not reported first, the heaviest first.

    Raises
    ------
    UnknownName
        If no agency of that id is known.
    """
    rows = duties(on_scale(e.scores, e.instruments), e.instruments)
    known = dict.fromkeys([*(a.id for a in e.programme.agencies), *rows["agency"]])
    if agency not in known:
        raise unknown(agency, known, f"{e.programme.id} {e.round}")
    rows = rows[(rows["agency"] == agency) & (rows["round"] == e.round)].rename(columns={"indicator": "node"})
    if rows.empty:
        return OWED.empty()
    every = items(e.index, e.scores, e.instruments, e.programme.region, e.round, e.previous)
    gains = leverage(every, e.instrument)[["node", "gain", "if_worst"]]
    known_of = every[["node", "status", "weight"]].merge(gains, on="node", how="left")
    table = rows.drop(columns="weight").merge(known_of, on="node", how="left")
    table["status"] = table["status"].fillna("not_reported")
    table = table.astype({"due": bool, "reported": bool, "score": float})
    table = table.sort_values(["reported", "weight"], ascending=[True, False], kind="stable", ignore_index=True)
    return OWED.check(table[list(OWED.columns)])


def compare(first: Evaluation, second: Evaluation) -> pd.DataFrame:
    """COMPARED: every node of two rounds of one region, or of two regions, side by side, as far as both asked the same.

    Of one region what a node was called earlier is followed by the questionnaires' links, and a level on the far side of a
    questionnaire that asks otherwise is not subtracted. Two regions are compared by one questionnaire, or by those of one family of
    the ministry where they ask the same.

    Raises
    ------
    EvaluationError
        If nothing of the two is comparable.
    """
    e, other = second, first
    paths = [*e.instrument.nodes, *(n for n in e.index.loc[e.index["round"] == e.round, "node"].unique() if n.startswith(VIEW))]
    same = e.programme.region == other.programme.region
    judge = _over_time(other, e) if same else _across(other.instrument, e.instrument)
    values = [_values(x) for x in (other, e)]
    rows = []
    for path in paths:
        reason, old = judge(path)
        a, b = values[0].get(old, np.nan), values[1].get(path, np.nan)
        if not reason and not (np.isfinite(a) and np.isfinite(b)):
            reason = "missing"
        rows.append((path, a, b, np.nan if reason else b - a, not reason, reason))
    table = COMPARED.check(pd.DataFrame(rows, columns=list(COMPARED.columns)).astype({"first": float, "second": float}))
    if not table["comparable"].any():
        said = [f"{x.programme.id} {x.round} ({x.instrument.id})" for x in (other, e)]
        raise EvaluationError(
            f"{said[0]} and {said[1]} are not comparable: no part of the two questionnaires asks the same.",
            "Compare two rounds of one region, or two regions by one questionnaire.",
        )
    return table


def _values(e: Evaluation) -> pd.Series:
    """The round's values on 0-100 by node."""
    own = e.index[(e.index["round"] == e.round) & (e.index["region"] == e.programme.region)]
    return own.set_index("node")["value100"]


def _over_time(first: Evaluation, second: Evaluation):
    """How a node of the second round stands to the first of one region: (reason, path then)."""
    later, earlier = (first, second) if Period(second.round) < Period(first.round) else (second, first)
    instruments = {earlier.round: earlier.instrument, **later.instruments}
    since = later.breaks["round"].map(lambda r: Period(earlier.round) < Period(r)).astype(bool)
    broken = later.breaks[(later.breaks["kind"] != "noted") & since]
    reasons = dict(zip(broken["node"], broken["reason"], strict=True))

    def back(path: str) -> tuple[str, str]:
        """Of a node of the later round: why its level is another, and its path in the earlier one."""
        if path.startswith(VIEW):
            return reasons.get(path, ""), path
        how, old = trace(path, later.round, instruments)[earlier.round]
        return (how if how not in ("same", "renamed") else reasons.get(path, "")), old

    if later is second:
        return back
    ahead = {old: (why, path) for path in later.instrument.nodes for why, old in [back(path)] if old}
    return lambda path: back(path) if path.startswith(VIEW) else ahead.get(path, ("absent", ""))


def _across(one: Instrument, other: Instrument):
    """How a node of one region's questionnaire stands to that of another region: (reason, path there)."""
    if one.id == other.id:
        return lambda path: ("", path)
    if not one.family == other.family == MINISTRY:
        return lambda path: ("questionnaire", "")
    pair = Pair(one, other)

    def judge(path: str) -> tuple[str, str]:
        how, old = ("same", path) if path.startswith(VIEW) else pair.before(path)
        joint = pair.joint(path)
        if how not in ("same", "renamed"):
            return how, ""
        return ("" if joint.kind == "same" else joint.reason), old

    return judge
