"""The series behind TREND: one region's nodes over its rounds, what events touch them, and new instruments linked.

Linking. At a change of questionnaire a node's level may move because other things are asked. What is asked in both
questionnaires tells by how much: D, the node's value less the mean of its common indicators (weighed as in the new
questionnaire), is taken over up to four rounds on each side; its difference is the shift, by which the earlier rounds
are moved to the present level. The shift is uncertain by the scatter of D and, for the share of weight that is not
common, by the prior of an unlinked shift; that is the prior of what remains of it in the model, so the error is carried
into every interval.
Where less than half of the weight is common, or `identity` says that the node is broken, the levels are not comparable: the
history keeps its own level before a step that is free, so that a direction never follows from an unlinked jump. A node that
continues nothing begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.priors import PRIOR
from scevaluation.evaluate.rounding import steps
from scevaluation.frames import ROOT
from scevaluation.frames.items import BREAKS
from scevaluation.identity import VIEW, Joint, Pair, Tie, keys, leaf_shares, pair_of, present, sum_shares
from scevaluation.instrument import SECTORS, Instrument, load_instrument
from scevaluation.period import Period
from scevaluation.programme import Cycle, Programme

LINK_ROUNDS = 4
SINCE_BREAK = 4  # rounds since an unlinked break from which on there may be a direction


@dataclass(frozen=True, eq=False)
class Series:
    """N nodes over the n rounds of a calendar, on 0-100.

    Attributes
    ----------
    y : ndarray (N, n)
        Values on the level of the last questionnaire; NaN where missing. Those before `since` stand on a level of their own.
    numbers : ndarray (n,)
        Round numbers.
    exposures : dict of term to ndarray (N, n)
        Events by kind; "instrument" (and "instrument:2", ...) is the part of prior sd left to the model, "unlinked" a free step.
    shift : ndarray (N,)
        Linked shift at the last new instrument; NaN where there was none.
    linked : ndarray (N,) of bool
        Levels are comparable over all rounds.
    level : ndarray (N,) of int
        Depth in the tree, -1 for views; series of one level are alike enough to share what they tell of the noise.
    breaks : BREAKS
        With what the data say: levels that are too few or too unsteady to be linked are broken.
    since : ndarray (N,) of int
        Column of the last break that is not linked, 0 without one: levels before it are not comparable.
    step, share : ndarray (N,)
        Step of single scores in points, 0 if unknown, and share of one score's rounding variance left in the node.
    boundary : int or None
        Round number with which the present cycle began.
    starts : tuple of int
        Round numbers from the last one on with which a cycle begins.
    """

    nodes: tuple[str, ...]
    rounds: tuple[str, ...]
    y: np.ndarray
    numbers: np.ndarray
    exposures: dict[str, np.ndarray]
    shift: np.ndarray
    linked: np.ndarray
    level: np.ndarray
    breaks: pd.DataFrame
    since: np.ndarray
    step: np.ndarray
    share: np.ndarray
    boundary: int | None
    starts: tuple[int, ...]

    @property
    def rounds_used(self) -> np.ndarray:
        """Comparable rounds (N,): all with a value, but with fewer than four since an unlinked break only these."""
        seen = np.isfinite(self.y)
        after = (seen & (np.arange(len(self.rounds)) >= self.since[:, None])).sum(axis=1)
        return np.where((self.since > 0) & (after < SINCE_BREAK), after, seen.sum(axis=1))


def series(
    index: pd.DataFrame, programme: Programme, round_name: str, instruments: Mapping[str, Instrument] | None = None, nodes=None
) -> Series:
    """Series of a region's nodes up to a round.

    Parameters
    ----------
    index : INDEX
    programme : Programme
    round_name : str
    instruments : mapping of round to Instrument, optional
        Default: by the ids in `index`.
    nodes : sequence of str, optional
        Default: those of the last round. A node without a value keeps its row, all missing.

    Raises
    ------
    EvaluationError
        If the region has no row up to the round.
    """
    last = Period(round_name)
    own = index[index["region"] == programme.region]
    rounds = tuple(sorted((r for r in own["round"].unique() if Period(r) <= last), key=Period))
    if not rounds:
        raise EvaluationError(
            f"The index has no row of region {programme.region} up to {round_name}.", "Compute the index of its rounds first."
        )
    nodes = tuple(own.loc[own["round"] == rounds[-1], "node"] if nodes is None else dict.fromkeys(nodes))
    used = dict(own.drop_duplicates("round").set_index("round")["instrument"])
    by_round = {r: (instruments or {}).get(r) or load_instrument(used[r]) for r in rounds}
    known = keys(by_round[r] for r in rounds)
    rows = present(own, by_round, rounds[-1])
    wide = rows.pivot_table(index="node", columns="round", values="value100", aggfunc="first", dropna=False, sort=False)
    wide = wide.reindex(columns=list(rounds))
    y = wide.reindex(list(nodes)).to_numpy(float, copy=True)
    shift, linked, changes, breaks, since = _link_all(y, nodes, wide, by_round, rounds, known)
    exposures = events(programme, nodes, rounds, by_round[rounds[-1]]) | changes
    level = np.array([-1 if n.startswith(VIEW) else 0 if n == ROOT else 1 + n.count("/") for n in nodes], int)
    numbers = np.array([Period(r).number for r in rounds])
    coarse = steps(index, own[own["round"] == rounds[-1]], by_round[rounds[-1]], nodes)
    cycles = _cycles(programme, rounds[-1])
    return Series(nodes, rounds, y, numbers, exposures, shift, linked, level, breaks, since, *coarse, *cycles)


def _cycles(programme: Programme, name: str) -> tuple[int | None, tuple[int, ...]]:
    """Round numbers with which the cycle of a round began, None outside of all, and with which one begins from that round on."""
    last = Period(name)

    def first(cycle: Cycle) -> int:
        found = Period.at(Period(cycle.start).start, last.kind)
        return (found if cycle.begun(str(found)) else found + 1).number

    now = programme.cycle(name)
    later = sorted({n for n in map(first, programme.cycles) if n >= last.number})
    return first(now) if now else None, tuple(later)


def events(programme: Programme, nodes, rounds, instrument: Instrument) -> dict[str, np.ndarray]:
    """Exposure (nodes, rounds), 0 or 1, to every kind of event that is to be adjusted for.

    A node is exposed if the event names no sectors, one of the node's, or if the node tells of no particular sector.
    """
    out: dict[str, np.ndarray] = {}
    adjusted = [e for e in programme.events if e.adjust]
    sectors = [sectors_of(n, instrument) for n in nodes] if adjusted else []
    for event in adjusted:
        touched = np.array([event.touches(Period(r)) for r in rounds], bool)
        exposed = np.array([not event.sectors or not s or bool(s & set(event.sectors)) for s in sectors], bool)
        both = (exposed[:, None] & touched).astype(float)
        out[event.kind] = np.maximum(out.get(event.kind, 0.0), both)
    return out


def sectors_of(node: str, instrument: Instrument) -> set[str]:
    """Sectors a node tells of: a view's own, a top-level sector's, else the tags of it and all below; empty if none."""
    first = node.removeprefix(VIEW).partition("/")[0]
    if first in SECTORS and (node.startswith(VIEW) or instrument.top == "sector"):
        return {first}
    return {
        s for p in instrument.nodes if node == ROOT or p == node or p.startswith(node + "/") for s in instrument.sectors_of(p)
    }


def _link_all(y: np.ndarray, nodes, wide: pd.DataFrame, by_round: Mapping[str, Instrument], rounds, known):
    """Move `y` in place to the last level, or cut it off: (shift, linked, exposures to what is left of each change, breaks, since)."""
    changes = [j for j in range(1, len(rounds)) if by_round[rounds[j]].id != by_round[rounds[j - 1]].id]
    shift, linked, found = np.full(len(nodes), np.nan), np.ones(len(nodes), bool), []
    steps: dict[str, np.ndarray] = {}
    since = np.zeros(len(nodes), int)
    for number, j in enumerate(changes):
        free = np.zeros(y.shape)
        left, pair = np.zeros(y.shape), pair_of(by_round, rounds[j - 1], rounds[j])
        then, now = ({key: path for path, key in known[i.id].items()} for i in (pair.then, pair.now))
        span = _within(changes, j, len(rounds))
        for i, node in enumerate(nodes):
            view = node.startswith(VIEW)
            here, old = (node, node) if view else (now.get(node), then.get(node))
            if here is None:
                continue
            joint = pair.joint(here, old)
            seen = np.isfinite(y[i, :j]).any() and np.isfinite(y[i, j:]).any()
            by, sd, reason = (
                _link(wide, known, pair, joint, node, j, span) if seen and joint.kind == "linked" else (0.0, 0.0, "")
            )
            kind = "broken" if reason else joint.kind
            found += joint.rows(node, rounds[j], reason)
            if not seen:
                continue
            linked[i] &= kind in ("same", "linked")
            shift[i] = by if kind == "linked" else np.nan
            if kind in ("same", "linked"):
                left[i, j:] = sd / PRIOR.instrument
                y[i, :j] += by
            elif kind == "broken" and (reason or joint.reason) != "link":
                free[i, j:], since[i] = 1.0, j
            else:
                y[i, :j] = np.nan
                for earlier in steps.values():
                    earlier[i] = 0.0
        suffix = "" if number == 0 else f":{number + 1}"
        steps |= {f"instrument{suffix}": left} | ({f"unlinked{suffix}": free} if free.any() else {})
    return shift, linked, steps, BREAKS.of(found), since


def _within(breaks: list[int], j: int, n: int) -> tuple[int, int]:
    """First column of the questionnaire before column j, and the one after the last of the questionnaire from j on."""
    return max([b for b in breaks if b < j], default=0), min([b for b in breaks if b > j], default=n)


def _link(
    wide: pd.DataFrame, known, pair: Pair, joint: Joint, node: str, j: int, span: tuple[int, int]
) -> tuple[float, float, str]:
    """(shift, its sd, "") of a node at column j, or why its levels cannot be linked."""
    old, new = (leaf_shares(i, node if node.startswith(VIEW) else _path(known, i, node)) for i in (pair.then, pair.now))
    x = np.array([_values(wide, known, pair, tie, old, new, j) for tie in joint.common])
    weight = np.array([[sum_shares(new, tie.new)] for tie in joint.common])
    seen = np.isfinite(x) * weight
    total = seen.sum(axis=0)
    mean = np.divide(
        (seen * np.nan_to_num(x)).sum(axis=0), total, out=np.full(x.shape[1], np.nan), where=total >= 0.5 * weight.sum()
    )
    rest = wide.loc[node].to_numpy(float) - mean
    before, after = rest[span[0] : j], rest[j : span[1]]
    before, after = before[np.isfinite(before)][-LINK_ROUNDS:], after[np.isfinite(after)][:LINK_ROUNDS]
    free = len(before) + len(after) - 2
    if not len(before) or not len(after) or free < 1:
        return np.nan, np.nan, "few_rounds"
    scatter = (((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum()) / free
    sd = np.sqrt(scatter * (1 / len(before) + 1 / len(after)) + ((1 - joint.share) * PRIOR.instrument) ** 2)
    return (float(after.mean() - before.mean()), float(sd), "") if sd < PRIOR.instrument else (np.nan, np.nan, "unsteady")


def _path(known, instrument: Instrument, node: str) -> str:
    return next((path for path, key in known[instrument.id].items() if key == node), node)


def _values(
    wide: pd.DataFrame, known, pair: Pair, tie: Tie, old: Mapping[str, float], new: Mapping[str, float], j: int
) -> np.ndarray:
    """What a common item scored in every round; where it was split or merged, the mean of its parts while all are known."""

    def mean(paths, instrument: Instrument, shares: Mapping[str, float]) -> np.ndarray:
        rows = wide.reindex([known[instrument.id][p] for p in paths]).to_numpy(float)
        return (
            rows[0] if len(rows) == 1 else np.average(rows, axis=0, weights=[sum_shares(shares, (p,)) or 1e-12 for p in paths])
        )

    before, after = mean(tie.old, pair.then, old), mean(tie.new, pair.now, new)
    return np.where(np.arange(len(before)) < j, before, after)
