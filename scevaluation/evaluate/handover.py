"""DECISIONS, CYCLES and BRIEF: what a new regent takes over, cycle by cycle, and what has to be decided next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from scevaluation.evaluate.agenda import Topic, cut_off, falling, of_rows, overdue, pick, table
from scevaluation.evaluate.overall import FALLING, RISING, STILL
from scevaluation.frames import INDEX, ROOT, VERDICTS
from scevaluation.frames.agenda import BRIEF, CYCLES, DECISION_KINDS, DECISIONS
from scevaluation.frames.claims import thin as thinly
from scevaluation.frames.people import AGREEMENT
from scevaluation.period import Period
from scevaluation.programme import Programme

SLOW = ("not_improving", "far_too_slow", "too_slow")  # worst first
WEAK = ("weak", "undecided")
BEFORE = ""  # the time before the first cycle


def headline_rule(direction: str, up: int, down: int, scored: int, rounds: int) -> str:
    """Name of the brief's headline: by the composite's verdict and whether parts move; few, one or first without enough."""
    if direction == "too_little_data":
        return "first" if rounds == 1 else "one" if scored < 2 else "few" if scored < rounds else "few_all"
    side = "up" if direction in RISING else "down" if direction in FALLING else "flat" if direction in STILL else "open"
    return f"{side}_{'both' if up and down else 'rise' if up else 'fall' if down else 'none'}"


def slow(verdicts: pd.DataFrame, nodes: Sequence[str]) -> list[Topic]:
    """Nodes that miss their target at the pace seen, worst verdict first, then the greatest lack of pace.

    Those that fall are left out: they are a topic of their own. The number is the pace needed, the second the pace seen.
    """
    rows = verdicts[verdicts["node"].isin(nodes) & verdicts["pace"].isin(SLOW) & ~verdicts["direction"].isin(FALLING)]
    rows = rows[rows["needed"].notna() & rows["seen"].notna()]
    rows = rows.assign(order=rows["pace"].map(SLOW.index), lack=rows["needed"] - rows["seen"])
    rows = rows.sort_values(["order", "lack", "node"], ascending=[True, False, True], kind="stable")
    return of_rows("slow", VERDICTS, "needed", rows, node="node", second="seen")


def thin(index: pd.DataFrame, round_name: str, nodes: Sequence[str]) -> list[Topic]:
    """Nodes whose data are thin (`frames.claims.thin`), the least known first; the second number is what that leaves open."""
    rows = index[(index["round"] == round_name) & index["node"].isin(nodes) & index["coverage"].map(thinly)]
    rows = rows.assign(open=rows["high"] - rows["low"]).sort_values("coverage", kind="stable")
    return of_rows("thin", INDEX, "coverage", rows, node="node", second="open")


def panel(agreement: pd.DataFrame) -> list[Topic]:
    """The assessors, where their agreement over all items is weak, or its interval leaves that open."""
    rows = agreement[(agreement["node"] == ROOT) & agreement["judgement"].isin(WEAK)]
    return of_rows("panel", AGREEMENT, "alpha", rows, second="units")


def unpublished(programme: Programme, round_name: str) -> int:
    """Rounds up to this one that were not published."""
    return sum(r.state == "not_published" for r in programme.rounds if Period(r.id) <= Period(round_name))


def decisions(
    programme: Programme,
    round_name: str,
    until: str,
    nodes: Sequence[str],
    unsectored: bool,
    index: pd.DataFrame,
    trend: pd.DataFrame,
    verdicts: pd.DataFrame,
    people: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """The five decisions until the next evaluation; what could be raised is in ACTIONS.

    Parameters
    ----------
    programme : Programme
    round_name : str
        The last round scored.
    until : str
        The last round that is over by the day that is spoken of.
    nodes : sequence of str
        Nodes of the instrument's top level.
    unsectored : bool
        Whether whoever scores the region does so by other parts than the programme's sectors.
    index, trend, verdicts : INDEX, TREND, VERDICTS
    people : mapping of name to DataFrame
        REPORTING, FOLLOWUP, AGREEMENT and CONTINUITY.

    Returns
    -------
    DECISIONS
        By `topics.pick`: what falls, what is not known, what is overdue, what misses its target; then
        what the programme's own record lacks.
    """
    found = [
        *falling(trend, verdicts, nodes),
        *thin(index, round_name, nodes),
        *overdue(people["FOLLOWUP"]),
        *slow(verdicts, nodes),
        *cut_off(people["CONTINUITY"]),
        *panel(people["AGREEMENT"]),
        *cut_off(people["CONTINUITY"], "no_later_sign", "silent"),
    ]
    gone = unpublished(programme, until)
    lacks = (
        ("unpublished", gone > 0, gone),
        ("untargeted", not any(Period(t.round) >= Period(until) for t in programme.targets), 0),
        ("unowned", people["REPORTING"].empty, 0),
        ("unsectored", unsectored, len(programme.sectors)),
    )
    found += [Topic(kind, n, "PROGRAMME") for kind, there, n in lacks if there]
    return table(pick(found, DECISION_KINDS), DECISIONS, programme.region, round_name)


def cycles(index: pd.DataFrame, programme: Programme, round_name: str, nodes: Sequence[str]) -> pd.DataFrame:
    """What the index and its parts came to in every cycle up to a round.

    Parameters
    ----------
    index : INDEX
    programme : Programme
    round_name : str
    nodes : sequence of str

    Returns
    -------
    CYCLES
        First and last round with a value; a change only between two rounds of one questionnaire, so nothing is subtracted
        that is not comparable.
    """
    last = Period(round_name)
    names = [r.id for r in programme.rounds if Period(r.id) <= last]
    spans = [(c.id, [n for n in names if c.holds(n)]) for c in programme.cycles]
    early = [n for n in names if not any(c.begun(n) for c in programme.cycles)]
    own = index[(index["region"] == programme.region) & index["value100"].notna()]
    rows = [
        {"region": programme.region, "cycle": name, "node": node, "rounds": len(inside), **_span(own, node, inside)}
        for name, inside in [(BEFORE, early), *spans]
        if inside
        for node in nodes
    ]
    return CYCLES.of(rows)


def _span(own: pd.DataFrame, node: str, names: list[str]) -> dict:
    """The values of one node in one cycle."""
    seen = own[(own["node"] == node) & own["round"].isin(names)]
    seen = seen.iloc[np.argsort([Period(r).time for r in seen["round"]], kind="stable")]
    out = {"start": "", "end": "", "scored": len(seen), "first": np.nan, "last": np.nan, "change": np.nan, "state": "no_value"}
    if seen.empty:
        return out
    a, b = seen.iloc[0], seen.iloc[-1]
    same = a["instrument"] == b["instrument"]
    state = "one_round" if len(seen) == 1 else "computed" if same else "other_questionnaire"
    change = float(b["value100"] - a["value100"]) if state == "computed" else np.nan
    ends = {"start": a["round"], "end": b["round"], "first": float(a["value100"]), "last": float(b["value100"])}
    return {**out, **ends, "change": change, "state": state}


def brief(
    programme: Programme,
    round_name: str,
    nodes: Sequence[str],
    index: pd.DataFrame,
    verdicts: pd.DataFrame,
    people: Mapping[str, pd.DataFrame],
    decided: pd.DataFrame,
) -> pd.DataFrame:
    """BRIEF: one row that counts what the brief is about, and its headline's rule."""
    names = [r.id for r in programme.rounds if Period(r.id) <= Period(round_name)]
    has = index[(index["node"] == ROOT) & index["value100"].notna()]["round"]
    says = verdicts.drop_duplicates("node").set_index("node")["direction"]
    parts = says.reindex([n for n in nodes if n in says.index])
    counts = {k: int(parts.isin(g).sum()) for k, g in (("up", RISING), ("flat", STILL), ("down", FALLING))}
    asked = people["FOLLOWUP"]
    scored = int(has.isin(names).sum())
    row = {
        "region": programme.region,
        "round": round_name,
        "rounds": len(names),
        "scored": scored,
        "parts": len(nodes),
        **counts,
    }
    row |= {"unpublished": unpublished(programme, round_name), "undecided": len(nodes) - sum(counts.values())}
    row |= {"open": int((asked["closed"] == "").sum()), "overdue": int((asked["state"] == "overdue").sum())}
    row |= {"programmes": len(people["CONTINUITY"]), "decisions": len(decided)}
    row["rule"] = headline_rule(says.get(ROOT, "too_little_data"), counts["up"], counts["down"], scored, len(names))
    return BRIEF.check(pd.DataFrame([row])[list(BRIEF.columns)])


def still(trend: pd.DataFrame, verdicts: pd.DataFrame, nodes: Sequence[str]) -> pd.DataFrame:
    """Items that stand still or fall by their verdict, the fastest fall first: node, direction, round, slope, low, high, rounds."""
    says = verdicts[verdicts["direction"].isin(STILL + FALLING) & verdicts["node"].isin(nodes)][["node", "direction"]]
    rows = says.merge(trend[["round", "node", "slope", "low", "high", "rounds"]], on="node")
    return rows[rows["slope"].notna()].sort_values("slope", kind="stable", ignore_index=True)


def since(programme: Programme, round_name: str, day: date, asked: pd.DataFrame) -> dict[str, list]:
    """What changed after a round up to a day: `rounds` over (RoundState), `events` begun, the newest first, and the ids of
    recommendations that fell `due` and are open, and that were `closed` (FOLLOWUP as of the day)."""
    end = Period(round_name).end
    rounds = [r for r in programme.rounds if Period(r.id) > Period(round_name) and Period(r.id).end <= day]
    events = sorted((e for e in programme.events if end < e.first <= day), key=lambda e: e.first, reverse=True)
    late = asked[asked["state"] == "overdue"]
    due = [i for i, r in zip(late["id"], late["due"], strict=True) if Period(r) >= Period(round_name)]
    closed = [i for i, r in zip(asked["id"], asked["closed"], strict=True) if r and Period(r) > Period(round_name)]
    return {"rounds": rounds, "events": events, "due": due, "closed": closed}
