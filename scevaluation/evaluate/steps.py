"""ACTIONS and BETTER: what to do first, chosen by rule, what it adds to the index, and who of the cohort is ahead there."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from scevaluation.evaluate.leverage import LONG, tried
from scevaluation.evaluate.peers import part_sd
from scevaluation.evaluate.statistics import WIDTH
from scevaluation.frames import ROOT
from scevaluation.frames.agenda import ACTIONS, BETTER
from scevaluation.instrument import Instrument
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import rounded

MOST, PEERS_NAMED = 5, 3
HELD = 0.25  # of a level: one assessor of four a level below
RESULT = ("scored", "inferred")  # states of rounds that brought an index


def next_evaluation(programme: Programme, day: date) -> str:
    """The next evaluation of the programme's calendar that brings a result, as known today; "" if none is on record.

    Rounds after the day that brought an index, and those planned. One that was not held, or whose result was not published, is
    passed over, and so is a plan that a round has fulfilled by the day: never one whose time is over.
    """
    held = [Period(r.id) for r in programme.rounds if r.state in RESULT]
    ahead = [r for r in held if r.end > day]
    for plan in map(Period, programme.planned):
        if plan.end >= day and not any(plan.start <= r.start and r.end <= min(day, plan.end) for r in held):
            ahead.append(plan)
    return str(min(ahead)) if ahead else ""


def next_level(score: float, instrument: Instrument) -> float:
    """The next whole level above a score, on the instrument's scale; its best where its points are no levels.

    A level that a panel's mean lacks no more than `HELD` of counts as reached: from 1.8 the next level is 3, from 1.7 it is 2.
    """
    low, high = instrument.scale.low, instrument.scale.high
    return high if high - low > LONG else min(low + math.floor(score - low + HELD + 1e-9) + 1, high)


def noise(panel: pd.DataFrame, instrument: Instrument, nodes: Sequence[str]) -> dict[str, float]:
    """Standard deviation of every node's score by its panel, on the instrument's scale; NaN where nothing tells of one.

    Of the assessors' own scores, theirs about each item's mean, pooled over the items; of the ministry's the assumptions of
    `peers`. `panel` is as `agreement.panel` returns.
    """
    if instrument.ministry:
        return {n: part_sd(n) for n in nodes}
    items = panel.groupby(["indicator", "agency"])
    free = len(panel) - items.ngroups
    if free <= 0:
        return dict.fromkeys(nodes, np.nan)
    one = math.sqrt(float(((panel["score"] - panel["mean"]) ** 2).sum()) / free)
    many = panel["indicator"].value_counts()
    plain = [n for n in many.index if n not in instrument.measured]
    return dict.fromkeys(nodes, np.nan) | {n: one / math.sqrt(many[n]) for n in plain}


def little(instrument: Instrument) -> float:
    """What says little on the scale, in points."""
    return instrument.scale.small / (instrument.scale.high - instrument.scale.low) * 100


def outside(agency: str, own: Collection[str]) -> bool:
    """Whether none of the agencies of a cell ("a; b") is one of the programme's own; unknown ones and lists are not."""
    named = [a for a in agency.split("; ") if a]
    return bool(named and own) and not set(named) & set(own)


def chosen(leverage: pd.DataFrame, instrument: Instrument, own: Collection[str]) -> pd.DataFrame:
    """At most five rows of LEVERAGE: most weight times room first (`gain`), those of bodies outside the regency after all others.

    What has no score is no step: nothing is known of its level. Nor is what lacks no more than says little on the scale.
    """
    rows = leverage[leverage["reported"].astype(bool) & (leverage["gain"] > 0) & (leverage["room"] > little(instrument))]
    rows = rows.assign(outside=[outside(a, own) for a in rows["agency"]], order=-rows["gain"].round(9))
    return rows.sort_values(["outside", "order"], kind="stable").head(MOST)


def steps(
    items: pd.DataFrame,
    leverage: pd.DataFrame,
    instrument: Instrument,
    own: Collection[str],
    sd: Mapping[str, float],
    asked: pd.DataFrame,
    measured: Mapping[str, float],
    reach: Callable[[Sequence[float]], np.ndarray],
    short: float,
) -> pd.DataFrame:
    """The steps of a round, and in row 0 all of them together.

    Parameters
    ----------
    items, leverage : ITEMS, LEVERAGE
    instrument : Instrument
    own : collection of str
        The programme's agencies.
    sd : mapping of node to float
        As `noise` returns.
    asked : FOLLOWUP
    measured : mapping of node to float
        Scores as they were measured, of nodes that are not simply scored on the instrument's scale.
    reach : callable
        P of the target for points by which the index is higher; see `targets.reach`.
    short : float
        Points that the index lacks to its target; NaN without one ahead.

    Returns
    -------
    ACTIONS
        The one that adds most first, as it is written, of those that are `chosen`.

        What a step adds is the index with the item at its next level less the index as it is. Its interval holds that for scores
        within the panel's noise, and for what is missing as it is left out, at its worst and at its best.
    """
    rows = chosen(leverage, instrument, own)
    if rows.empty:
        return ACTIONS.empty()
    nodes, scale = rows["node"].tolist(), instrument.scale
    now = scale.from100(items.set_index("node")["now"].reindex(nodes).to_numpy(float))
    level = np.array([scale.high if n in instrument.measured else next_level(x, instrument) for n, x in zip(nodes, now, strict=True)])
    adds, others = _adds(items, instrument, nodes, level, np.array([sd.get(n, np.nan) for n in nodes]))
    by = (scale.high - scale.low) / 100 if instrument.ministry else 1.0
    printed = [rounded(a * by, 2 if instrument.ministry else 1) for a in adds[1:, 0]]
    order = sorted(range(len(nodes)), key=lambda i: (rows["outside"].iloc[i], -printed[i]))  # as what each adds is written
    rows, nodes, now, level = rows.iloc[order], [nodes[i] for i in order], now[order], level[order]
    adds, others = adds[[0, *(i + 1 for i in order)]], others[order]
    chance = np.full(len(nodes) + 2, np.nan)
    if np.isfinite(short):
        chance[:] = reach([adds[0, 0], 0.0, *others])
    seen = [measured.get(n, x) if n in instrument.measured else x for n, x in zip(nodes, now, strict=True)]
    goal = [instrument.as_measured(n, x, s) for n, x, s in zip(nodes, level, seen, strict=True)]
    region, round_name = items["region"].iloc[0], items["round"].iloc[0]
    told = [(ROOT, "", False, np.nan, np.nan, "", False)]
    for node, agency, out, *ends in zip(nodes, rows["agency"], rows["outside"], seen, goal, strict=True):
        told.append((node, agency, out, *ends, *_asked(node, agency, instrument, asked)))
    table = pd.DataFrame(told, columns=["node", "agency", "outside", "now", "level", "asked", "named"])
    table[["adds", "adds_low", "adds_high"]] = adds * by
    table = table.assign(region=region, round=round_name, rank=range(len(table)), unit="scale" if instrument.ministry else "points")
    return ACTIONS.check(table.assign(p_without=chance[1:], p_with=chance[0], short=short * by)[list(ACTIONS.columns)])


def _adds(
    items: pd.DataFrame, instrument: Instrument, nodes: list[str], level: np.ndarray, sd: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What all steps together, then each of them, add to the index (points), with the ends of each one's interval, (1 + steps, 3).

    Then what all but each add, (steps,).
    """
    used = items[items["status"] != "not_applicable"]
    off = items.loc[items["status"] == "not_applicable", "node"].tolist()
    names, scale = used["node"].tolist(), instrument.scale
    x = scale.from100(used["now"].to_numpy(float))
    gone, at = np.isnan(x), [names.index(n) for n in nodes]
    worlds = [x, *(np.where(gone, end, x) for end in ((scale.low, scale.high) if gone.any() else ()))]
    tries = []
    for world in worlds:
        for i, to, noise_ in zip(at, level, WIDTH * np.nan_to_num(sd), strict=True):
            for score in (world[i], max(world[i] - noise_, scale.low), min(world[i] + noise_, to)):
                tries += [_with(world, [i], [score]), _with(world, [i], [to])]
    n, whole = len(tries), _with(x, at, level)
    tries += [x, whole, *(_with(whole, [i], [x[i]]) for i in at)]
    found = tried(np.array(tries), names, off, instrument, items["round"].iloc[0])
    rise = (found[1:n:2] - found[:n:2]).reshape(len(worlds), len(nodes), 3)
    known = np.isfinite(sd) | gone.any()
    low, high = (np.where(known, end(rise, axis=(0, 2)), np.nan) for end in (np.min, np.max))
    together = found[n + 1 :] - found[n]
    return np.vstack([[together[0], np.nan, np.nan], np.column_stack([rise[0, :, 0], low, high])]), together[1:]


def _with(x: np.ndarray, at: list[int], values) -> np.ndarray:
    out = x.copy()
    out[at] = values
    return out


def _asked(node: str, agency: str, instrument: Instrument, asked: pd.DataFrame) -> tuple[str, bool]:
    """Open recommendations on a node, and whether they name it or something below it.

    Where none does, those of its agencies in its sectors that name no indicator.
    """
    still = asked[asked["closed"] == ""]
    named = still[(still["indicator"] == node) | still["indicator"].str.startswith(node + "/")]
    if len(named):
        return " ".join(named["id"]), True
    owners, sectors = set(agency.split("; ")) - {""}, set(instrument.sectors_of(node))
    near = [r["agency"] in owners and not r["indicator"] and bool(sectors & set(r["sector"].split())) for r in still.to_dict("records")]
    return " ".join(still.loc[near, "id"]), False


def better(official: pd.DataFrame, region: str, nodes: Sequence[str]) -> pd.DataFrame:
    """Of every component the regions of the same cohort with a higher index that lie farthest ahead in it, three at most.

    Parameters
    ----------
    official : DataFrame
        As `intake.official.read_official` returns, of one round.
    region : str
    nodes : sequence of str
        Components.

    Returns
    -------
    BETTER
        The farthest ahead first; empty if the region did not take part, or none is ahead.
    """
    own = official[official["region"] == region]
    if own.empty:
        return BETTER.empty()
    mates = official[official["cohort"] == own["cohort"].iloc[0]]
    wide = mates.pivot_table(index="region", columns="node", values="value", aggfunc="first")
    if region not in wide.index:
        return BETTER.empty()
    ahead = wide[wide[ROOT].round(9) > round(wide.at[region, ROOT], 9)]
    rows = []
    for node in dict.fromkeys(n for n in nodes if n in wide):
        gap = (ahead[node] - wide.at[region, node]).round(9)
        for peer in gap[gap > 0].sort_values(ascending=False, kind="stable").index[:PEERS_NAMED]:
            about = (region, own["round"].iloc[0], node, peer)
            rows.append((*about, float(ahead.at[peer, ROOT]), float(ahead.at[peer, node]), float(gap[peer])))
    return BETTER.of(rows)
