"""VERDICTS: the judgement on every node as a row with its reason; the rules are the functions of this file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.evaluate.trend import LEVEL, MINIMUM, PRIOR_SD, _groups, direction_of, fit, probabilities, series_of
from scevaluation.frames import VERDICTS
from scevaluation.instrument import Instrument
from scevaluation.programme import PARTS, Programme, Round

LIKELY, FAR, ON_TRACK = 0.80, 0.5, 0.5
MOST_MORE = 12


def direction(row: Mapping) -> dict:
    """Direction of a TREND row, with the probability behind it, the rule and its threshold."""
    if row["rounds"] < MINIMUM or np.isnan(row["slope"]):
        return {"direction": "too_little_data", "certainty": np.nan, "rule": "too_little_data", "statistic": "rounds",
                "operator": "<", "threshold": float(MINIMUM), "because": "because.rounds"}
    chances = {"improving": row["p_up"], "stagnant": row["p_flat"], "declining": row["p_down"]}
    name = str(direction_of(np.array([row["p_up"]]), np.array([row["p_flat"]]), np.array([row["p_down"]]), LEVEL, LIKELY)[0])
    best = max(chances, key=chances.get)
    statistic = {"improving": "p_up", "stagnant": "p_flat", "declining": "p_down"}[best]
    certainty = float(min(chances[best], 1.0))
    if name == "inconclusive":
        return {"direction": name, "certainty": certainty, "rule": "inconclusive", "statistic": statistic, "operator": "<",
                "threshold": LIKELY, "because": "because.open"}
    limit = LIKELY if name.startswith("likely_") else LEVEL
    return {"direction": name, "certainty": certainty, "rule": name, "statistic": statistic, "operator": ">=", "threshold": limit,
            "because": f"because.{best}"}


def more_rounds(row: Mapping) -> int:
    """About how many more rounds a decision needs, if the pace stays: the slope's variance falls with the cube of the length."""
    if np.isnan(row["slope"]) or max(row["p_up"], row["p_flat"], row["p_down"]) >= LEVEL:
        return -1
    sd = (row["high"] - row["low"]) / 3.29
    gap = abs(abs(row["slope"]) - row["delta"])
    if gap <= 0 or sd <= 0:
        return -1
    factor = (1.2816 * sd / gap) ** (2 / 3)
    more = int(np.ceil(row["rounds"] * (factor - 1)))
    return more if 0 < more <= MOST_MORE else -1


def disruption(row: Mapping, last_value: float) -> str:
    """The adjusted event whose effect excludes zero, largest first, and whether the level has recovered since."""
    found = []
    for kind in ("pandemic", "election"):
        if not np.isnan(row[kind]) and (row[kind + "_low"] > 0 or row[kind + "_high"] < 0):
            found.append((abs(row[kind]), kind))
    if not found:
        return ""
    kind = max(found)[1]
    back = row["recent"] * np.sign(-row[kind]) >= -abs(row[kind]) / 2 if not np.isnan(row["recent"]) else False
    return f"{kind}:{'recovered' if back else 'not_recovered'}"


def pace(level: float, seen: float, p_hit: float, target: float, years: float, declining: bool) -> tuple[str, float]:
    """Pace against a target and the points a year still needed."""
    if np.isnan(target):
        return "no_target", np.nan
    needed = (target - level) / years if years > 0 else (0.0 if level >= target else np.inf)
    if level >= target:
        return ("reached_now_falling" if declining else "target_held"), max(needed, 0.0)
    if np.isnan(seen):
        return "no_target", needed
    if p_hit >= ON_TRACK:
        return "on_track", needed
    if seen <= 0:
        return "not_improving", needed
    return ("far_too_slow" if seen < FAR * needed else "too_slow"), needed


def verdicts(trend: pd.DataFrame, index: pd.DataFrame, programme: Programme, round_name: str, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """A verdict for every row of a TREND table.

    Parameters
    ----------
    trend : TREND
    index : INDEX
        The same region's, for levels and series.
    programme : Programme
        For targets, events and calendar.
    round_name : str
    instruments : mapping of round to Instrument

    Returns
    -------
    VERDICTS
    """
    levels = index[index["round"] == round_name].set_index("node")["value100"]
    targets = {t.node: t for t in programme.targets if Round(t.round) >= Round(round_name)}
    chance = _chances(trend, index, programme, round_name, instruments, targets)
    plain = _without_events(trend, index, programme, round_name, instruments)
    rows = []
    for row in trend.to_dict("records"):
        node = row["node"]
        says = direction(row)
        target = targets.get(node)
        years = (Round(target.round).number - Round(round_name).number) / PARTS[programme.calendar] if target else np.nan
        level = float(levels.get(node, np.nan))
        p_hit = chance.get(node, np.nan)
        name, needed = ("no_target", np.nan) if np.isnan(level) else pace(
            level, row["slope"], p_hit, target.value if target else np.nan, years, says["direction"].endswith("declining"))
        decided = says["direction"].removeprefix("likely_")
        rows.append({
            "region": row["region"], "round": row["round"], "node": node, **says, "pace": name, "needed": needed, "seen": row["slope"],
            "p_hit": p_hit, "target": target.value if target else np.nan, "target_round": target.round if target else "",
            "disruption": disruption(row, level), "event_dependent": node in plain and plain[node].removeprefix("likely_") != decided,
            "comparable": bool(row["linked"]), "more_rounds": more_rounds(row),
        })
    return VERDICTS.check(pd.DataFrame(rows, columns=list(VERDICTS.columns)).astype(
        {"more_rounds": int, "comparable": bool, "event_dependent": bool, "threshold": float}))


def _fits(index, programme, round_name, instruments, nodes, ahead=(), events=True):
    """(node, Fit, place in it) of every node with enough rounds."""
    s = series_of(index, programme, round_name, instruments, nodes)
    for group, terms, step_sd in _groups(s):
        use = group[np.isfinite(s.y[group]).sum(axis=1) >= MINIMUM]
        if not len(use):
            continue
        kept = {k: v for k, v in terms.items() if events or k == "step"}
        prior = {"step": PRIOR_SD["step"] * max(step_sd, 0.05)}
        for mine, f in fit(s.y[use], s.numbers, kept, PARTS[programme.calendar], ahead, prior):
            for j, i in enumerate(mine):
                yield s.nodes[use[i]], f, j


def _chances(trend, index, programme, round_name, instruments, targets) -> dict[str, float]:
    """P(level at the target's round >= target) by node."""
    out = {}
    for when in {t.round for t in targets.values()}:
        nodes = [n for n in trend["node"] if n in targets and targets[n].round == when]
        for node, f, j in _fits(index, programme, round_name, instruments, nodes, (Round(when).number,)):
            out[node] = float(f.ahead_above(targets[node].value)[j])
    return out


def _without_events(trend, index, programme, round_name, instruments) -> dict[str, str]:
    """Direction by node if the model knew no events."""
    if not any(e.adjust for e in programme.events):
        return {}
    delta = float(trend["delta"].iloc[0]) if len(trend) else programme.delta
    return {
        node: str(direction_of(*(p[[j]] for p in probabilities(f, delta)))[0])
        for node, f, j in _fits(index, programme, round_name, instruments, list(trend["node"]), events=False)
    }
