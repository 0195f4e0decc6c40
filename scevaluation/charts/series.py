"""What charts along rounds draw: rows of nodes by rounds, with verdicts and targets, nothing filled in; cycles and events."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from scevaluation.draw.years import Span
from scevaluation.frames import ROOT
from scevaluation.frames.claims import thin
from scevaluation.period import PARTS, Period
from scevaluation.programme import Event, Programme
from scevaluation.words import Words

VALUES = ("value100", "low", "high", "coverage")
COLUMNS = ("node", "label", "round", *VALUES, "instrument", "weak", "direction", "course", "now", "comparable", "target")
SAID = ("direction", "course", "now", "comparable")


def cycles(programme: Programme, words: Words) -> list[Span]:
    """The programme's cycles, whole years and parts of years as they are."""
    ends = [(Period(c.start), Period(c.end), words.label(c.label)) for c in programme.cycles]
    return [Span(a.year + (a.part - 1) / PARTS[a.kind], b.year + b.part / PARTS[b.kind], name) for a, b, name in ends]


def events(found: Iterable[Event], words: Words) -> list[Span]:
    """Events that the trend takes into account: the pandemic long, others days."""
    kept = [(e, words("event." + e.kind)) for e in found if e.adjust]
    return [Span(decimal_year(e.first), decimal_year(e.last), n, "event-" + e.kind, e.kind == "pandemic") for e, n in kept]


def decimal_year(day) -> float:
    """A date as a decimal year."""
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def judged(verdicts: pd.DataFrame, round_name: str, nodes: list[str]) -> pd.DataFrame:
    """direction, course, now, comparable and target by node, of the verdicts of `round_name`; too little data where there is none."""
    own = verdicts[verdicts["round"] == round_name].drop_duplicates("node").set_index("node").reindex(nodes)
    comparable = np.array([bool(v) if isinstance(v, bool | np.bool_) else True for v in own["comparable"]], bool)
    direction, target = own["direction"].fillna("too_little_data").astype(str), pd.to_numeric(own["target"]).astype(float)
    also = {c: own[c].fillna("").astype(str) for c in ("course", "now")}
    return pd.DataFrame({"direction": direction, **also, "comparable": comparable, "target": target})


def targets(programme: Programme, round_name: str) -> dict[str, tuple[float, str]]:
    """The next target of each node at or after a round, else its last: value (0-100) and round."""
    out: dict[str, tuple[float, str]] = {}
    for t in sorted(programme.targets, key=lambda t: Period(t.round)):
        if t.node not in out or Period(out[t.node][1]) < Period(round_name):
            out[t.node] = (t.value, t.round)
    return out


def shown_rounds(index: pd.DataFrame, programme: Programme, round_name: str) -> list[str]:
    """Rounds of the programme and of the table, up to `round_name`, in time: one that was not held is shown as missing."""
    names = {r.id for r in programme.rounds} | set(index["round"])
    return sorted((r for r in names if Period(r) <= Period(round_name)), key=Period)


def series(
    index: pd.DataFrame, verdicts: pd.DataFrame, programme: Programme, round_name: str, nodes: list[str], labels: dict[str, str]
) -> pd.DataFrame:
    """A row a node and round, also for rounds without a value.

    Parameters
    ----------
    index, verdicts : INDEX, VERDICTS
    programme : Programme
        Its rounds and targets; only rows of its region are used.
    round_name : str
        The last round.
    labels : dict of node to text

    Returns
    -------
    DataFrame
        `COLUMNS`. `weak` marks a value whose coverage is under 80 %, and a composite in a round in which one of the
        other nodes has no value.
    """
    mine = index[(index["region"] == programme.region) & index["node"].isin(nodes)]
    rounds = shown_rounds(mine, programme, round_name)
    grid = pd.MultiIndex.from_product([nodes, rounds], names=["node", "round"])
    rows = mine.set_index(["node", "round"])[[*VALUES, "instrument"]].reindex(grid).reset_index()
    rows[list(VALUES)] = rows[list(VALUES)].astype(float).where(np.isfinite)
    rows["instrument"] = rows["instrument"].fillna("").astype(str)
    has = rows["value100"].notna()
    parts = rows[rows["node"] != ROOT].assign(has=has).groupby("round")["has"]
    lacks = rows["round"].map(~parts.all()).fillna(False).astype(bool) if len(nodes) > 1 else False
    rows["weak"] = has & (rows["coverage"].map(thin).astype(bool) | ((rows["node"] == ROOT) & lacks))
    says, aims = judged(verdicts, round_name, nodes), {n: v for n, (v, _) in targets(programme, round_name).items()}
    rows["label"] = rows["node"].map(lambda n: labels.get(n, n))
    rows[list(SAID)] = says.loc[rows["node"], list(SAID)].to_numpy()
    rows["target"] = rows["node"].map(says["target"].fillna(pd.Series(aims, dtype=float))).astype(float)
    return rows[list(COLUMNS)]
