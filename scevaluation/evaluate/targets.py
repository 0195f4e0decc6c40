"""The way to a target: what was measured, what is needed from here on, and what is to be expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from scevaluation.evaluate.series import series
from scevaluation.evaluate.trend import deltas, later, next_targets, posteriors
from scevaluation.frames import ROOT
from scevaluation.instrument import Instrument
from scevaluation.period import Period
from scevaluation.programme import Programme

COLUMNS = ("node", "kind", "round", "value100", "low", "high", "instrument")
FAN = ("node", "round", "mean", "low", "high")
SHORTEST = 6  # rounds shown at least, where there are as many


def forecasts(
    index: pd.DataFrame, programme: Programme, round_name: str, instruments: Mapping[str, Instrument], until: Mapping[str, str]
) -> pd.DataFrame:
    """`trend.forecast` of many nodes at once: node, round, mean, low, high (90 %, 0-100).

    Parameters
    ----------
    until : mapping of node to round
        Last round of each fan. A node below six comparable rounds has no rows, nor one whose last round is not ahead.
    """
    parts = [pd.DataFrame({c: pd.Series(dtype=object if c in ("node", "round") else float) for c in FAN})]
    here = index[(index["region"] == programme.region) & (index["round"] == round_name)]["node"]
    s = series(index, programme, round_name, instruments, [*until, *here])
    last = Period(s.rounds[-1])
    ahead = {n: Period(r).number - last.number for n, r in until.items()}
    judged = np.isin(s.nodes, list(until))
    steps = max(ahead.values(), default=0)
    if steps >= 1:
        names = [str(last + i) for i in range(1, steps + 1)]
        exposed = later(s, programme, names, instruments, index)
        numbers = [Period(n).number for n in names]
        for rows, p in posteriors(s, programme, programme.delta, ahead=numbers, ahead_exposures=exposed, judged=judged):
            for place, i in enumerate(rows):
                if not judged[i]:
                    continue
                k = max(ahead[s.nodes[i]], 0)
                fan = {c: getattr(p.ahead, c)[:k, place] for c in ("mean", "low", "high")}
                parts.append(pd.DataFrame({"node": s.nodes[i], "round": names[:k], **fan}))
    found = [p for p in parts if len(p)]
    return pd.concat(found, ignore_index=True) if found else parts[0]


def reach(
    index: pd.DataFrame, programme: Programme, round_name: str, instruments: Mapping[str, Instrument], added: Sequence[float]
) -> np.ndarray:
    """P(index at its next target's round >= target) were it higher there by each of `added` (points); with 0 as in VERDICTS.

    NaN without a target ahead, or with too few rounds for a forecast.
    """
    goal, out = next_targets(programme, round_name).get(ROOT), np.full(len(added), np.nan)
    if goal is None or Period(goal.round) <= Period(round_name):
        return out
    s = series(index, programme, round_name, instruments, [ROOT])
    delta, exposed = deltas(s, programme), later(s, programme, [goal.round], instruments, index)
    how: dict = {"ahead": [Period(goal.round).number], "ahead_exposures": exposed, "intervals": False}
    for n, more in enumerate(added):
        for _, p in posteriors(s, programme, delta, target=np.array([goal.value - more]), **how):
            out[n] = float(p.p_reach[0, 0])
    return out


def paths(
    index: pd.DataFrame, verdicts: pd.DataFrame, programme: Programme, round_name: str, nodes: Iterable[str], fans: pd.DataFrame
) -> pd.DataFrame:
    """Rows to draw for every node with a target.

    Parameters
    ----------
    index, verdicts : INDEX, VERDICTS
        The verdicts of the round name target and target round.
    programme : Programme
    round_name : str
        The last round.
    nodes : iterable of str
        Those without a target are left out.
    fans : DataFrame
        node, round, mean, low, high, as `forecasts` gives.

    Returns
    -------
    DataFrame
        `COLUMNS`. "actual": every round since the cycle began (and at least `SHORTEST`), missing ones too; "needed": the
        last value and the target, two rows, only where the target's round lies ahead; "forecast": the fan with its
        90 % interval; "target": the target.
    """
    last = Period(round_name)
    own = index[(index["region"] == programme.region) & (index["round"].map(Period) <= last)]
    cycle = programme.cycle(round_name)
    names = sorted({r.id for r in programme.rounds if Period(r.id) <= last} | set(own["round"]), key=Period)
    names = [n for i, n in enumerate(names) if i >= len(names) - SHORTEST or (cycle and cycle.begun(n))]
    says = verdicts[verdicts["round"] == round_name].drop_duplicates("node").set_index("node")
    parts = []
    for node in nodes:
        if node not in says.index or not np.isfinite(says.at[node, "target"]):
            continue
        parts.append(_actual(own, node, names))
        parts.append(_ahead(parts[-1], node, last, float(says.at[node, "target"]), says.at[node, "target_round"]))
        fan = fans[fans["node"] == node]
        parts.append(fan.rename(columns={"mean": "value100"}).assign(kind="forecast", instrument=""))
    if not parts:
        return pd.DataFrame({c: pd.Series(dtype=float if c in ("value100", "low", "high") else object) for c in COLUMNS})
    return pd.concat([p[list(COLUMNS)] for p in parts if len(p)], ignore_index=True)


def _actual(own: pd.DataFrame, node: str, names: list[str]) -> pd.DataFrame:
    rows = own[own["node"] == node].drop_duplicates("round").set_index("round").reindex(names)
    found = {"value100": rows["value100"].to_numpy(float), "instrument": rows["instrument"].fillna("").to_numpy(object)}
    return pd.DataFrame({"node": node, "kind": "actual", "round": names, **found, "low": np.nan, "high": np.nan})


def _ahead(actual: pd.DataFrame, node: str, last: Period, target: float, target_round: str) -> pd.DataFrame:
    """The target, and the straight way to it from the round's value."""
    now = actual["value100"].iloc[-1]
    rows = [(node, "target", target_round, target)]
    if Period(target_round) > last and np.isfinite(now):
        rows = [(node, "needed", str(last), float(now)), (node, "needed", target_round, target), *rows]
    out = pd.DataFrame(rows, columns=["node", "kind", "round", "value100"])
    return out.assign(low=np.nan, high=np.nan, instrument="")


def with_target(verdicts: pd.DataFrame, round_name: str, nodes: Iterable[str]) -> dict[str, str]:
    """Round of the target by node, of those among `nodes` (and the index first) that have one."""
    mine = verdicts[(verdicts["round"] == round_name) & verdicts["target"].notna()].set_index("node")["target_round"]
    return {n: mine[n] for n in dict.fromkeys((ROOT, *nodes)) if n in mine}


def past_targets(index: pd.DataFrame, programme: Programme, round_name: str, nodes: Iterable[str]) -> pd.DataFrame:
    """Targets whose round lies behind, of nodes (and the index first) that have none ahead: what was reached of the last one.

    Returns
    -------
    DataFrame
        node, round, target, seen (the last round up to the target's that has a value; "" if none has), value (its, 0-100), short
        (points below the target; 0 or less if it was reached).
    """
    last = Period(round_name)
    ahead = {t.node for t in programme.targets if Period(t.round) >= last}
    behind = sorted((t for t in programme.targets if t.node not in ahead), key=lambda t: Period(t.round))
    by_node = {t.node: t for t in behind}
    own = index[(index["region"] == programme.region) & index["value100"].notna()]
    rows = []
    for node in dict.fromkeys((ROOT, *nodes)):
        target = by_node.get(node)
        if target:
            seen = own[(own["node"] == node) & (own["round"].map(Period) <= Period(target.round))].sort_values("round")
            when, value = (seen["round"].iloc[-1], float(seen["value100"].iloc[-1])) if len(seen) else ("", np.nan)
            rows.append((node, target.round, target.value, when, value, target.value - value))
    return pd.DataFrame(rows, columns=["node", "round", "target", "seen", "value", "short"])
