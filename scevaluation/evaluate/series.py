"""The series behind TREND: one region's nodes over its rounds, what events touch them, and new instruments linked.

Linking. At a change of questionnaire a node's level may move because other things are asked. What is asked in both
questionnaires tells by how much: D, the node's value less the mean of its common indicators (weighed as in the new
questionnaire), is taken over up to four rounds on each side; its difference is the shift, by which the earlier rounds
are moved to the present level. The shift is uncertain by the scatter of D and, for the share of weight that is not
common, by the prior of an unlinked shift; that is the prior of what remains of it in the model, so the error is carried
into every interval.
Where less than half of the weight is common the levels are not comparable, and the whole shift is left to the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.compare import NOT_COMPARABLE
from scevaluation.evaluate.priors import PRIOR
from scevaluation.frames import ROOT
from scevaluation.instrument import SECTORS, Instrument, load_instrument
from scevaluation.period import Period
from scevaluation.programme import Programme

LINK_SHARE, LINK_ROUNDS = 0.5, 4
VIEW = "sector:"


@dataclass(frozen=True, eq=False)
class Series:
    """N nodes over the n rounds of a calendar, on 0-100.

    Attributes
    ----------
    y : ndarray (N, n)
        Values on the level of the last questionnaire where linked; NaN where missing.
    numbers : ndarray (n,)
        Round numbers.
    exposures : dict of term to ndarray (N, n)
        Events by kind; "instrument" (and "instrument:2", ...) is the part of prior sd left to the model, 1 unlinked.
    shift : ndarray (N,)
        Linked shift at the last new instrument; NaN where there was none.
    linked : ndarray (N,) of bool
        Levels are comparable over all rounds.
    level : ndarray (N,) of int
        Depth in the tree, -1 for views; series of one level are alike enough to share what they tell of the noise.
    """

    nodes: tuple[str, ...]
    rounds: tuple[str, ...]
    y: np.ndarray
    numbers: np.ndarray
    exposures: dict[str, np.ndarray]
    shift: np.ndarray
    linked: np.ndarray
    level: np.ndarray


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
    wide = own.pivot_table(index="node", columns="round", values="value100", aggfunc="first", dropna=False, sort=False).reindex(
        columns=list(rounds)
    )
    nodes = tuple(own.loc[own["round"] == rounds[-1], "node"] if nodes is None else dict.fromkeys(nodes))
    used = dict(own.drop_duplicates("round").set_index("round")["instrument"])
    by_round = {r: (instruments or {}).get(r) or load_instrument(used[r]) for r in rounds}
    wide = _renamed(wide, by_round, rounds)
    y = wide.reindex(list(nodes)).to_numpy(float, copy=True)
    shift, linked, steps = _link_all(y, nodes, wide, by_round, rounds)
    exposures = events(programme, nodes, rounds, by_round[rounds[-1]]) | steps
    level = np.array([-1 if n.startswith(VIEW) else 0 if n == ROOT else 1 + n.count("/") for n in nodes], int)
    return Series(nodes, rounds, y, np.array([Period(r).number for r in rounds]), exposures, shift, linked, level)


def events(programme: Programme, nodes, rounds, instrument: Instrument) -> dict[str, np.ndarray]:
    """Exposure (nodes, rounds), 0 or 1, to every kind of event that is to be adjusted for.

    A node is exposed if the event names no sectors, one of the node's, or if the node tells of no particular sector.
    """
    out: dict[str, np.ndarray] = {}
    sectors = [sectors_of(n, instrument) for n in nodes]
    for event in programme.events:
        if not event.adjust:
            continue
        touched = np.array([event.touches(Period(r)) for r in rounds], bool)
        exposed = np.array([not event.sectors or not s or bool(s & set(event.sectors)) for s in sectors], bool)
        both = (exposed[:, None] & touched).astype(float)
        out[event.kind] = np.maximum(out.get(event.kind, 0.0), both)
    return out


def sectors_of(node: str, instrument: Instrument) -> set[str]:
    """Sectors a node tells of: a view's own, a top-level sector's, else the tags of it and all below; empty if none."""
    first = node.removeprefix(VIEW).partition("/")[0]
    if first in SECTORS:
        return {first}
    return {s for p, n in instrument.nodes.items() if node == ROOT or p == node or p.startswith(node + "/") for s in n.sectors}


def _renamed(wide: pd.DataFrame, by_round: Mapping[str, Instrument], rounds) -> pd.DataFrame:
    """Earlier rounds of an indicator that was called otherwise, under its present name."""
    out = wide.copy()
    for r in rounds:
        for path in by_round[r].leaves:
            old = by_round[r].nodes[path].link
            if old not in ("", NOT_COMPARABLE, path) and old in out.index and path in out.index:
                before = [q for q in rounds if Period(q) < Period(r)]
                out.loc[path, before] = out.loc[path, before].fillna(out.loc[old, before])
    return out


def _shares(node: str, instrument: Instrument) -> dict[str, float]:
    """Share of the node's weight that each leaf below it has."""
    if instrument.weights == "unknown":
        return {}
    if node.startswith(VIEW):
        leaves = [p for p in instrument.leaves if node.removeprefix(VIEW) in instrument.nodes[p].sectors]
    else:
        leaves = [p for p in instrument.leaves if node == ROOT or p == node or p.startswith(node + "/")]
    total = sum(instrument.effective[p] for p in leaves)
    return {p: instrument.effective[p] / total for p in leaves} if total > 0 else {}


def _link_all(y: np.ndarray, nodes, wide: pd.DataFrame, by_round: Mapping[str, Instrument], rounds):
    """Move `y` in place to the last level: (shift, linked, exposures to what is left of each change)."""
    breaks = [j for j in range(1, len(rounds)) if by_round[rounds[j]].id != by_round[rounds[j - 1]].id]
    shift, linked, steps = np.full(len(nodes), np.nan), np.ones(len(nodes), bool), {}
    for number, j in enumerate(breaks):
        left = np.zeros(y.shape)
        for i, node in enumerate(nodes):
            if not (np.isfinite(y[i, :j]).any() and np.isfinite(y[i, j:]).any()):
                continue
            by, sd = _link(node, wide, by_round[rounds[j - 1]], by_round[rounds[j]], j, _within(breaks, j, len(rounds)))
            left[i, j:] = 1.0 if np.isnan(by) else sd / PRIOR.instrument
            linked[i] &= np.isfinite(by)
            shift[i] = np.nan if by == 0 and sd == 0 else np.nan_to_num(by)
            y[i, :j] += np.nan_to_num(by)
        steps["instrument" if number == 0 else f"instrument:{number + 1}"] = left
    return shift, linked, steps


def _within(breaks: list[int], j: int, n: int) -> tuple[int, int]:
    """First column of the questionnaire before column j, and the one after the last of the questionnaire from j on."""
    return max([b for b in breaks if b < j], default=0), min([b for b in breaks if b > j], default=n)


def _link(
    node: str, wide: pd.DataFrame, then: Instrument, now: Instrument, j: int, span: tuple[int, int]
) -> tuple[float, float]:
    """(shift, its sd) of a node at column j; (0, 0) if nothing of it changed, NaN if it cannot be linked."""
    old, new = _shares(node, then), _shares(node, now)
    pairs = {p: now.nodes[p].link or p for p in new if now.nodes[p].link != NOT_COMPARABLE}
    common = [p for p, q in pairs.items() if q in old and p in wide.index]
    share = min(sum(old[pairs[p]] for p in common), sum(new[p] for p in common)) if common else 0.0
    if share < LINK_SHARE:
        return np.nan, np.nan
    if len(common) == len(new) == len(old) and all(np.isclose(new[p], old[pairs[p]]) for p in common):
        return 0.0, 0.0
    x, weight = wide.loc[common].to_numpy(float), np.array([new[p] for p in common])[:, None]
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
        return np.nan, np.nan
    scatter = (((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum()) / free
    sd = np.sqrt(scatter * (1 / len(before) + 1 / len(after)) + ((1 - share) * PRIOR.instrument) ** 2)
    return (float(after.mean() - before.mean()), float(sd)) if sd < PRIOR.instrument else (np.nan, np.nan)
