"""DRIVERS, OWED: what moved a sector since a round, what an agency owes."""

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
from scevaluation.frames.analysis import DRIVERS, OWED
from scevaluation.identity import VIEW
from scevaluation.instrument import SECTORS
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
