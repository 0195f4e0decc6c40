"""IDENTITY and BREAKS: which node of a questionnaire continues which, and where a node's level may not simply be joined.

A node continues what its `link` names in the questionnaire before, or else the node of the same name below what its parent
continues, unless another node claims that one; link "-" begins anew. One that several continue is split, one that continues
several is merged: such items are compared together, by their weights. Only what is the same is ever subtracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isclose
from typing import TYPE_CHECKING

from scevaluation.frames import ROOT
from scevaluation.frames.items import BREAKS, IDENTITY
from scevaluation.instrument import NOT_COMPARABLE, Instrument
from scevaluation.period import Period

if TYPE_CHECKING:
    import pandas as pd

VIEW = "sector:"
LINK_SHARE = 0.5  # of a node's weight that both questionnaires must ask for its levels to be linked


@dataclass(frozen=True)
class Tie:
    """Nodes of an earlier questionnaire, and those of a later one that continue them: mostly one and one."""

    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def how(self) -> str:
        """same, renamed, split, merged (of several into several: merged)."""
        if len(self.old) > 1:
            return "merged"
        return "split" if len(self.new) > 1 else "same" if self.old == self.new else "renamed"


@dataclass(frozen=True)
class Joint:
    """How a node's level goes on over one change of questionnaire.

    Attributes
    ----------
    kind : {"same", "linked", "broken", "new"}
    reason : str
        What differs: "" or scale, aggregation, indicators, weights; of a new node "link" or "absent".
    share : float
        Share of the node's weight that both questionnaires ask, 0-1, the smaller one.
    common : tuple of Tie
        Its lowest common nodes.
    notes : tuple of str
        What differs besides and moves no level: rescored, step, coverage.
    """

    kind: str
    reason: str
    share: float
    common: tuple[Tie, ...] = ()
    notes: tuple[str, ...] = ()

    def rows(self, node: str, round_name: str, unlinked: str = "") -> list[dict]:
        """Its rows of BREAKS; `unlinked` says why the data do not let the levels be linked after all."""
        said = [("broken", unlinked)] if unlinked else [(self.kind, self.reason)] if self.kind != "same" else []
        said += [("noted", note) for note in self.notes]
        return [{"node": node, "round": round_name, "kind": kind, "common": self.share, "reason": why} for kind, why in said]


class Pair:
    """Two questionnaires, one after the other.

    `returns` says that the later one was used before the earlier one: then the links of that one hold, read backwards.

    Attributes
    ----------
    then, now : Instrument
    ties : list of Tie
        In the order of `now`.
    """

    def __init__(self, then: Instrument, now: Instrument, returns: bool = False):
        self.then, self.now = then, now
        if then.id == now.id:
            self.ties = [Tie((p,), (p,)) for p in now.nodes]
        else:
            self.ties = [Tie(t.new, t.old) for t in _ties(now, then)] if returns else _ties(then, now)

    @cached_property
    def forward(self) -> dict[str, Tie]:
        """The tie of every node of `then` that goes on."""
        return {p: t for t in self.ties for p in t.old}

    @cached_property
    def back(self) -> dict[str, Tie]:
        """The tie of every node of `now` that continues one."""
        return {p: t for t in self.ties for p in t.new}

    @cached_property
    def common(self) -> tuple[Tie, ...]:
        """The lowest nodes that both ask on one scale, none below another: leaves on at least one side."""
        out: list[Tie] = []
        for tie in self.ties:
            lowest = all(not self.then.nodes[p].children for p in tie.old) or all(
                not self.now.nodes[p].children for p in tie.new
            )
            if lowest and self.one_scale(tie) and not any(_under(tie.old, t.old) or _under(tie.new, t.new) for t in out):
                out.append(tie)
        return tuple(out)

    def one_scale(self, tie: Tie) -> bool:
        """Whether the nodes of a tie are scored on the same scale."""
        ends = {measure(i, p) for i, paths in ((self.then, tie.old), (self.now, tie.new)) for p in paths}
        return len(ends) == 1

    def alike(self, tie: Tie) -> bool:
        """Whether the nodes of a tie are on one scale and, where they are made of others, by one mean: whether they may be subtracted."""
        sides = ((self.then, tie.old), (self.now, tie.new))
        means = {i.mean_of(p) for i, paths in sides for p in paths if i.nodes[p].children}
        return self.one_scale(tie) and len(means) < 2

    def before(self, path: str) -> tuple[str, str]:
        """How a node of `now` continues one of `then` (`ITEMS.link`), and its path there, "" unless it is one and the same."""
        tie = self.back.get(path)
        if tie is None:
            return ("broken" if self._cut(path) else "new"), ""
        if tie.how in ("split", "merged"):
            return tie.how, ""
        return (tie.how if self.one_scale(tie) else "scale"), tie.old[0]

    def _cut(self, path: str) -> bool:
        """Whether a node or one above it says that it continues nothing."""
        while path != ROOT:
            if NOT_COMPARABLE in self.now.nodes[path].links:
                return True
            path = self.now.parents[path]
        return False

    def joint(self, node: str, old: str | None = None) -> Joint:
        """How the level of a node of `now`, or of a view over a sector's tags, goes on; `old` is its path in `then`."""
        if self.then.id == self.now.id:
            return Joint("same", "", 1.0)
        view = node.startswith(VIEW)
        if old is None and not view:
            how, old = self.before(node)
            if not old:
                return Joint(
                    "broken" if how in ("split", "merged") else "new", {"broken": "link", "new": "absent"}.get(how, how), 0.0
                )
        before = node if view else str(old)
        weight0, weight1 = leaf_shares(self.then, before), leaf_shares(self.now, node)
        inside = tuple(t for t in self.common if _within(t.old, weight0) and _within(t.new, weight1))
        part0 = sum(sum_shares(weight0, t.old) for t in inside)
        part1 = sum(sum_shares(weight1, t.new) for t in inside)
        share, inner = float(min(part0, part1, 1.0)), view or bool(self.now.nodes[node].children)
        notes = self._notes(inside, inner)
        if inner and measure(self.then, ROOT) != measure(self.now, ROOT):
            return Joint("broken", "scale", share, notes=notes)
        if not view and not self.one_scale(Tie((before,), (node,))):
            return Joint("broken", "scale", share, notes=notes)
        if inner and _means(self.then, before) != _means(self.now, node):
            return Joint("broken", "aggregation", share, notes=notes)
        if share < LINK_SHARE:
            return Joint("broken", "indicators", share, notes=notes)
        whole = _close(part0, 1.0) and _close(part1, 1.0) and all(t.how in ("same", "renamed") for t in inside)
        if whole and all(_close(sum_shares(weight0, t.old), sum_shares(weight1, t.new)) for t in inside):
            return Joint("same", "", share, inside, notes)
        return Joint("linked", "weights" if whole else "indicators", share, inside, notes)

    def _notes(self, inside: Sequence[Tie], inner: bool) -> tuple[str, ...]:
        """What of a node's common ones, and of the rule by which it is given, differs without moving a level."""
        own = [p for t in inside for p in t.new if p not in self.now.measured]
        steps = [({_step(self.then, p) for p in t.old}, {_step(self.now, p) for p in t.new}) for t in inside]
        found = {
            "rescored": bool(self.now.rescore and own),
            "step": any(a != b and None not in a | b for a, b in steps),
            "coverage": bool(inside) and inner and self.then.coverage != self.now.coverage,
        }
        return tuple(note for note, holds in found.items() if holds)


def pair_of(instruments: Mapping[str, Instrument], earlier: str, later: str) -> Pair:
    """The questionnaires of two rounds; `instruments` by round tell whether the later one was already used before the earlier one."""
    begun: dict[str, int] = {}
    for n, name in enumerate(sorted(instruments, key=Period)):
        begun.setdefault(instruments[name].id, n)
    then, now = instruments[earlier], instruments[later]
    return Pair(then, now, begun[now.id] < begun[then.id])


def _ties(then: Instrument, now: Instrument) -> list[Tie]:
    """What continues what, by groups of nodes that hang together."""
    claimed = {old for node in now.nodes.values() for old in node.links}
    source: dict[str, tuple[str, ...]] = {}
    for path, node in now.nodes.items():
        parent = now.parents.get(path)
        if node.links:
            source[path] = tuple(p for p in node.links if p in then.nodes)
        elif parent is None:
            source[path] = (ROOT,)
        else:
            named = [p for above in source[parent] if (p := node.id if above == ROOT else f"{above}/{node.id}") in then.nodes]
            source[path] = tuple(named) if len(named) == 1 and named[0] not in claimed else ()
    heirs: dict[str, list[str]] = {}
    for path, found in source.items():
        for old in found:
            heirs.setdefault(old, []).append(path)
    out, done = [], set[str]()
    for path in now.nodes:
        if path in done or not source[path]:
            continue
        olds, news, queue = dict[str, None](), dict[str, None](), [path]
        while queue:
            one = queue.pop(0)
            if one not in news:
                news[one] = None
                olds |= dict.fromkeys(source[one])
                queue += [h for o in source[one] for h in heirs[o]]
        done |= news.keys()
        out.append(Tie(tuple(olds), tuple(news)))
    return out


def _close(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-5, abs_tol=1e-8)


def _under(paths: Sequence[str], above: Sequence[str]) -> bool:
    return any(p == a or a == ROOT or p.startswith(a + "/") for p in paths for a in above)


def _within(paths: Sequence[str], shares: Mapping[str, float]) -> bool:
    """Whether the leaves of all `paths` are among those that have a share of a node or view."""
    return all(p in shares or any(q.startswith(p + "/") for q in shares) for p in paths)


def sum_shares(shares: Mapping[str, float], paths: Iterable[str]) -> float:
    """Share of all leaves at or below the paths."""
    return sum(w for p in paths for q, w in shares.items() if q == p or q.startswith(p + "/"))


def measure(instrument: Instrument, path: str) -> tuple:
    """What a node's score is measured on: two nodes with the same are comparable."""
    node = instrument.nodes[path]
    scale = node.scale or instrument.scale
    return (scale.low, scale.high, node.goalposts, node.direction or "higher", node.transform)


def _step(instrument: Instrument, path: str) -> float | None:
    """The grid of a node's scores; None if unknown, or where the scale is that of a mean."""
    scale = instrument.scale_of(path)
    return scale.step if scale and not instrument.nodes[path].children else None


def _means(instrument: Instrument, node: str) -> str:
    return instrument.mean_of(ROOT if node.startswith(VIEW) else node)


def leaf_shares(instrument: Instrument, node: str) -> dict[str, float]:
    """Share of the weight of a node, or of a view over a sector's tags, that each leaf below it has; {} with unknown weights."""
    if instrument.weights == "unknown":
        return {}
    if node.startswith(VIEW):
        leaves = [p for p in instrument.leaves if node.removeprefix(VIEW) in instrument.sectors_of(p)]
    else:
        leaves = [p for p in instrument.leaves if _under((p,), (node,))]
    total = sum(instrument.effective[p] for p in leaves)
    return {p: instrument.effective[p] / total for p in leaves} if total > 0 else {}


def versions(instruments: Mapping[str, Instrument], last: str = "") -> list[tuple[str, Instrument]]:
    """(first round, questionnaire) of every change of questionnaire up to a round, in time; the first round's first."""
    names = sorted((r for r in instruments if not last or Period(r) <= Period(last)), key=Period)
    return [(r, instruments[r]) for n, r in enumerate(names) if n == 0 or instruments[names[n - 1]].id != instruments[r].id]


def identities(instruments: Iterable[Instrument]) -> tuple[dict[str, dict[str, int]], tuple[str, ...]]:
    """Number of every path of questionnaires in order of time, the same for what continues it; and the numbers' names.

    Returns
    -------
    (dict of instrument id to dict of path to number, tuple of str)
        A name is the path in the newest questionnaire that has the node (with the questionnaire's id if the path is taken).
    """
    places: dict[str, dict[str, int]] = {}
    order: list[Instrument] = []
    count = 0
    for one in instruments:
        if one.id not in places:
            back = Pair(order[-1], one).back if order else {}
            mine: dict[str, int] = {}
            for path in one.nodes:
                tie = back.get(path)
                if tie is not None and tie.how in ("same", "renamed"):
                    mine[path] = places[order[-1].id][tie.old[0]]
                else:
                    mine[path], count = count, count + 1
            places[one.id] = mine
        order.append(one)
    names: dict[int, str] = {}
    taken: set[str] = set()
    for one in reversed(order):
        for path, number in places[one.id].items():
            if number not in names:
                names[number] = path if path not in taken else f"{path}@{one.id}"
                taken.add(names[number])
    return places, tuple(names[n] for n in range(count))


def keys(instruments: Iterable[Instrument]) -> dict[str, dict[str, str]]:
    """Key of every path by questionnaire, of questionnaires in order of time."""
    places, names = identities(instruments)
    return {one: {path: names[n] for path, n in mine.items()} for one, mine in places.items()}


def present(index: pd.DataFrame, instruments: Mapping[str, Instrument], round_name: str) -> pd.DataFrame:
    """INDEX up to a round with every node under its key: what a node of the round's questionnaire was called earlier, under its name.

    Parameters
    ----------
    index : INDEX
    instruments : mapping of round to Instrument
    round_name : str
    """
    rounds = [r for r in index["round"].unique() if Period(r) <= Period(round_name)]
    rows, used = index[index["round"].isin(rounds)], versions({r: instruments[r] for r in rounds})
    if len(used) < 2:
        return rows
    known = keys(i for _, i in used)
    mine = {r: known[instruments[r].id] for r in rounds}
    return rows.assign(node=[mine[r].get(n, n) for r, n in zip(rows["round"], rows["node"], strict=True)])


def identity(instruments: Mapping[str, Instrument], round_name: str) -> pd.DataFrame:
    """IDENTITY of a programme's questionnaires up to a round, in order of time and of their trees.

    Parameters
    ----------
    instruments : mapping of round to Instrument
    round_name : str
    """
    used = versions(instruments, round_name)
    places, names = identities(i for _, i in used)
    rows = []
    for n, (first, one) in enumerate(used):
        pair = pair_of(instruments, used[n - 1][0], first) if n else None
        for path, number in places[one.id].items():
            how = pair.before(path)[0] if pair else "first"
            rows.append({"node": names[number], "round": first, "instrument": one.id, "path": path, "link": how})
    return IDENTITY.of(rows)


def breaks(instruments: Mapping[str, Instrument], round_name: str) -> pd.DataFrame:
    """BREAKS: every node of a round's questionnaire at every change of questionnaire before it, a row for all that differs.

    Parameters
    ----------
    instruments : mapping of round to Instrument
    round_name : str
    """
    used = versions(instruments, round_name)
    places, _ = identities(i for _, i in used)
    newest = {c: p for p, c in places[used[-1][1].id].items()} if used else {}
    rows = []
    for (before, _), (first, now) in pairwise(used):
        pair = pair_of(instruments, before, first)
        tagged = dict.fromkeys(s for p in now.leaves for s in now.sectors_of(p))
        views = [f"{VIEW}{s}" for s in tagged] if now.top != "sector" else []
        nodes = {p: newest[c] for p, c in places[now.id].items() if c in newest} | {v: v for v in views}
        for path, name in nodes.items():
            rows += pair.joint(path).rows(name, first)
    return BREAKS.of(rows)


def trace(path: str, round_name: str, instruments: Mapping[str, Instrument]) -> dict[str, tuple[str, str]]:
    """(how, path) of an item in every round up to `round_name`, latest first, by the links of each new questionnaire.

    A round before the item began has an empty path, and says how it began: new, broken, split or merged. What lies on the
    far side of another scale is "scale".
    """
    names = sorted((r for r in instruments if Period(r) <= Period(round_name)), key=Period, reverse=True)
    out, how, at = {}, "same", path
    rank = ("same", "renamed", "scale", "split", "merged", "new", "broken")
    for later, name in zip([round_name, *names], names, strict=False):
        if at and instruments[later].id != instruments[name].id:
            step, at = pair_of(instruments, name, later).before(at)
            how = max(how, step, key=rank.index)
        out[name] = (how, at)
    return out
