"""Two rounds side by side: COMPARED, and both evaluations of which it is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from scevaluation.evaluate.evaluation import Evaluation, evaluate_round
from scevaluation.evaluate.other import nothing_common, other, seen_from
from scevaluation.evaluate.peers import peers
from scevaluation.evaluate.printed import participants
from scevaluation.frames import CHANGE, TREND, VERDICTS
from scevaluation.frames.analysis import COMPARED
from scevaluation.identity import VIEW, Pair, trace
from scevaluation.instrument import MINISTRY, Instrument
from scevaluation.period import Period
from scevaluation.programme import Programme


@dataclass(frozen=True, eq=False)
class Sides:
    """A round and the one it is set beside.

    Attributes
    ----------
    e : Evaluation
        Of the round whose report it is.
    first, second : Evaluation
        The other round, and this one, as the newer of two rounds of one programme tells of both.
    compared : COMPARED
    """

    e: Evaluation
    first: Evaluation
    second: Evaluation
    compared: pd.DataFrame

    @property
    def both(self) -> tuple[Evaluation, Evaluation]:
        """First and second."""
        return self.first, self.second

    @property
    def one_scale(self) -> bool:
        """Whether both speak of the questionnaire's own scale, and it is one: then differences are told on it, else in points."""
        a, b = (e.instrument.scale for e in self.both)
        return not (self.first.points or self.second.points) and (a.low, a.high) == (b.low, b.high)

    @property
    def provenance(self) -> dict[str, str]:
        """Hash of every input file of both sides."""
        return self.first.provenance | self.e.provenance

    @cached_property
    def rows(self) -> pd.DataFrame:
        """COMPARED by node, with what is told of both sides as `a` and `b` and the difference as `by`, in the unit of `one_scale`."""
        end = "_scale" if self.one_scale else ""
        columns = {"first" + end: "a", "second" + end: "b", "difference" + end: "by"}
        return self.compared.assign(**{new: self.compared[old] for old, new in columns.items()}).set_index("node", drop=False)


def sides(e: Evaluation, text: str = "", public: bool = False) -> Sides:
    """A round beside another one, written as `other` reads it; by default beside the round before.

    Parameters
    ----------
    e : Evaluation
    text : str
    public : bool
        Whether the other one too is to be without what names or quotes a person.

    Raises
    ------
    EvaluationError
        If there is no such round, nothing is known of it, or nothing of the two is comparable.
    """
    plan, name = other(e.programme, e.round, text or e.previous)
    if plan.id == e.programme.id and name in e.instruments:
        first, second = at(e, name), e
    elif plan.id == e.programme.id:
        first = evaluate_round(e.programme, name, public)
        second = at(first, e.round)
    else:
        first, second = _seen(plan, name, public), e
    return Sides(e, first, second, compare(first, second))


def _seen(plan: Programme, name: str, public: bool) -> Evaluation:
    """A round as the next scored one tells of it, where it was not scored itself."""
    found = evaluate_round(plan, seen_from(plan, name), public)
    return found if found.round == name else at(found, name)


def at(e: Evaluation, name: str) -> Evaluation:
    """An earlier round as a later one's evaluation tells of it: its scores, index and place; nothing is judged."""
    one = e.instruments[name]
    until = {n: t[[Period(r) <= Period(name) for r in t["round"]]] for n, t in (("index", e.index), ("scores", e.scores))}
    rescored = e.programme.instrument(name).scale != one.scale  # figures on another scale are printed nowhere
    letter = participants(e.programme, name, one)
    letter = letter.iloc[:0] if rescored else letter
    kept = {r: i for r, i in e.instruments.items() if Period(r) <= Period(name)}
    bare = {"change": CHANGE.empty(), "trend": TREND.empty(), "verdicts": VERDICTS.empty(), "breaks": e.breaks.iloc[:0]}
    tables = {**until, **bare, "peers": peers(letter, e.programme.region), "official": letter}
    return replace(e, round=name, previous="", instruments=kept, as_of="", **tables)


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
    later, earlier = (first, second) if Period(second.round) < Period(first.round) else (second, first)
    line = later.instruments.get(earlier.round)
    if earlier.programme.region != later.programme.region or line is None or line.id != earlier.instrument.id:
        judge = _across(first.instrument, second.instrument)
    else:
        if line.scale != earlier.instrument.scale:  # scored anew on the later scale
            earlier = at(later, earlier.round)
        first, second = (later, earlier) if later is first else (earlier, later)
        judge = _over_time(earlier, later, later is second)
    views = (n for n in second.index.loc[second.index["round"] == second.round, "node"].unique() if n.startswith(VIEW))
    values = _now(first), _now(second)
    rows = [_row(path, *judge(path), *values) for path in (*second.instrument.nodes, *views)]
    scales = [(x.instrument.scale.low, x.instrument.scale.high) for x in (first, second)]
    table = pd.DataFrame(rows, columns=list(COMPARED.columns))
    if scales[0] != scales[1]:
        table["difference_scale"] = np.nan
    table = COMPARED.check(table.astype({c: k.dtype for c, k in COMPARED.columns.items() if k.dtype == "float"}))
    if not table["comparable"].any():
        raise nothing_common(*(f"{x.programme.id} {x.round} ({x.instrument.id})" for x in (first, second)))
    return table


def _now(e: Evaluation) -> dict[str, dict]:
    """The round's rows of INDEX by node."""
    own = e.index[(e.index["round"] == e.round) & (e.index["region"] == e.programme.region)]
    return own.set_index("node").to_dict("index")


def _row(path: str, reason: str, old: str, first: dict[str, dict], second: dict[str, dict]) -> tuple:
    """A row of COMPARED."""
    a, b = first.get(old, {}), second.get(path, {})
    pairs = [[x.get(c, np.nan) for x in (a, b)] for c in ("value100", "value", "weight", "coverage")]
    if not reason and not np.isfinite(pairs[0]).all():
        reason = "missing"
    by = [np.nan if reason else y - x for x, y in pairs[:2]]
    return path, *pairs[0], by[0], not reason, reason, *pairs[1], by[1], *pairs[2], *pairs[3]


def _over_time(earlier: Evaluation, later: Evaluation, onward: bool):
    """How a node of the later round, or if not `onward` of the earlier, stands to the other of one region: (reason, path there)."""
    instruments = later.instruments
    since = later.breaks["round"].map(lambda r: Period(earlier.round) < Period(r)).astype(bool)
    broken = later.breaks[(later.breaks["kind"] != "noted") & since]
    reasons = dict(zip(broken["node"], broken["reason"], strict=True))

    def back(path: str) -> tuple[str, str]:
        """Of a node of the later round: why its level is another, and its path in the earlier one."""
        if path.startswith(VIEW):
            return reasons.get(path, ""), path
        how, old = trace(path, later.round, instruments)[earlier.round]
        return (how if how not in ("same", "renamed") else reasons.get(path, "")), old

    if onward:
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
