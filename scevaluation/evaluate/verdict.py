"""VERDICTS: the judgement on every node as a row with its reason.

A rule is a row of RULES: what it is called, when it holds, what it compares with what, and the key of its reason in words.
Of each family the first rule that holds decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.modifiers import disruption, event_effects, without_events
from scevaluation.evaluate.posterior import LEVEL, LIKELY, directions
from scevaluation.evaluate.priors import DATED
from scevaluation.evaluate.series import Series, series
from scevaluation.evaluate.trend import COARSE_ROUNDS, CYCLE_ROUNDS, MINIMUM, NOW_ROUNDS, later, next_targets, posteriors
from scevaluation.frames import TREND, VERDICTS
from scevaluation.instrument import Instrument
from scevaluation.period import PARTS, Period
from scevaluation.programme import Programme
from scevaluation.words import Fact, Sentence

FAR, ON_TRACK = 0.5, 0.5
COARSE = 10.0  # points of a step from which on an item's direction needs more rounds
LIMITS = {"fewest": MINIMUM, "now_fewest": NOW_ROUNDS, "cycle_fewest": CYCLE_ROUNDS}
NAMED = 0.5  # a departure likelier than this is named
CHANCES = ("p_up", "p_flat", "p_down")
EVENT_KINDS = ("pandemic", "election")  # those whose effects are columns of TREND
SIDES = ("improving", "stagnant", "declining")
TURNS = {("improving", "stagnant"): "plateau", ("declining", "stagnant"): "halt"}
TURNS |= {("improving", "declining"): "turn_down", ("declining", "improving"): "turn_up"}
NO_DIRECTION = ("too_little_data", "too_coarse")
Case = Mapping[str, Any]  # numbers and names of one node, by column


@dataclass(frozen=True)
class Rule:
    """A row of the table of rules: `holds` says whether it applies to a case; the rest is its reason."""

    family: str
    name: str
    holds: Callable[[Case], bool]
    statistic: str
    operator: str
    threshold: float
    because: str


def _reached_now_falling(case: Case) -> bool:
    return case["level"] >= case["target"] and case["side"] == "declining"


def _not_improving(case: Case) -> bool:
    still = case["side"] == "stagnant" and case["course"] != "slow_rise"
    return case["seen"] <= 0 or still or case["side"] == "declining"


RULES = (
    Rule("direction", "too_little_data", lambda c: c["rounds"] < c["fewest"], "rounds", "<", np.nan, "because.too_little_data"),
    Rule("direction", "too_coarse", lambda c: c["rounds"] < c["coarse"], "rounds", "<", np.nan, "because.too_coarse"),
    Rule("direction", "improving", lambda c: c["p_up"] >= LEVEL, "p_up", ">=", LEVEL, "because.up"),
    Rule("direction", "declining", lambda c: c["p_down"] >= LEVEL, "p_down", ">=", LEVEL, "because.down"),
    # Shown to stand still, not merely not shown to move.
    Rule("direction", "stagnant", lambda c: c["p_flat"] >= LEVEL, "p_flat", ">=", LEVEL, "because.flat"),
    Rule("direction", "likely_improving", lambda c: c["p_up"] >= LIKELY, "p_up", ">=", LIKELY, "because.up"),
    Rule("direction", "likely_declining", lambda c: c["p_down"] >= LIKELY, "p_down", ">=", LIKELY, "because.down"),
    Rule("direction", "likely_stagnant", lambda c: c["p_flat"] >= LIKELY, "p_flat", ">=", LIKELY, "because.flat"),
    Rule("direction", "inconclusive", lambda c: max(c[p] for p in CHANCES) < LIKELY, "p_max", "<", LIKELY, "because.open"),
    Rule("pace", "no_target", lambda c: np.isnan(c["target"]), "target", "is", np.nan, "pace.no_target"),
    Rule("pace", "pace_unknown", lambda c: np.isnan(c["level"]), "level", "is", np.nan, "pace.pace_unknown"),
    Rule("pace", "reached_now_falling", _reached_now_falling, "level", ">=", np.nan, "pace.reached_now_falling"),
    Rule("pace", "target_held", lambda c: c["level"] >= c["target"], "level", ">=", np.nan, "pace.target_held"),
    Rule("pace", "pace_unknown", lambda c: np.isnan(c["seen"]), "seen", "is", np.nan, "pace.pace_unknown"),
    Rule("pace", "on_track", lambda c: c["p_hit"] >= ON_TRACK, "p_hit", ">=", ON_TRACK, "pace.on_track"),
    Rule("pace", "not_improving", _not_improving, "seen", "<=", 0.0, "pace.not_improving"),
    Rule("pace", "far_too_slow", lambda c: c["seen"] < FAR * c["needed"], "seen / needed", "<", FAR, "pace.far_too_slow"),
    Rule("pace", "too_slow", lambda c: c["p_hit"] < ON_TRACK, "p_hit", "<", ON_TRACK, "pace.too_slow"),
)


def decide(family: str, case: Case) -> Rule:
    """The first rule of a family that holds for a case."""
    return next(r for r in RULES if r.family == family and r.holds(case))


def verdicts(
    trend: pd.DataFrame,
    index: pd.DataFrame,
    programme: Programme,
    round_name: str,
    instruments: Mapping[str, Instrument] | None = None,
    modifiers: bool = True,
) -> pd.DataFrame:
    """A verdict for every row of a TREND table.

    Parameters
    ----------
    trend : TREND
        Of one region and round.
    index : INDEX
        What the trend was made from.
    programme : Programme
        Its targets, events and calendar; of several targets of a node the next one counts.
    round_name : str
    instruments : mapping of round to Instrument, optional
        Default: by the ids in `index`.
    modifiers : bool
        Whether to find what stands beside a direction; if not, `disruption` is "" and `event_dependent`
        False. Direction and pace are the same without.

    Returns
    -------
    VERDICTS
        `level` of the pace is the value of the round itself; `p_hit` comes from the forecast at the target's round.

    Raises
    ------
    EvaluationError
        If `trend` is of another region or round.
    """
    name = str(Period(round_name))
    if len(trend) and not ((trend["region"] == programme.region) & (trend["round"] == name)).all():
        fact = f"The trend is not of region {programme.region} and round {name} alone."
        raise EvaluationError(fact, "Compute it for that region and round.")
    if not len(trend):
        return VERDICTS.empty()
    s = series(index, programme, name, instruments, list(trend["node"]))
    delta = trend["delta"].to_numpy(float)
    levels = index[(index["region"] == programme.region) & (index["round"] == name)].set_index("node")["value100"]
    targets = next_targets(programme, name)
    cases = [_case(row, levels, targets.get(row["node"]), name, programme) for row in trend.to_dict("records")]
    for case, coarse in zip(cases, coarse_items(s), strict=True):
        limits = ((k, v[programme.calendar]) for k, v in LIMITS.items())
        case |= dict(limits) | {"coarse": COARSE_ROUNDS[programme.calendar] if coarse else 0}
    _add_chances(cases, s, programme, delta, targets, instruments, index)
    beside = [("", "")] * len(cases)
    if modifiers:
        plain, effects = without_events(s, programme, delta), event_effects(s, programme, delta, trend)
        beside = list(zip(plain, (disruption(e, s, i, programme) for i, e in enumerate(effects)), strict=True))
    rows = [_row(case, *said) for case, said in zip(cases, beside, strict=True)]
    return VERDICTS.check(pd.DataFrame(rows, columns=list(VERDICTS.columns)))


def coarse_items(s: Series) -> np.ndarray:
    """Nodes that are one score on so coarse a scale that a few rounds hide any slope, (N,) of bool."""
    return (s.share > 0.5) & (s.step >= COARSE)


def now_of(case: Case) -> tuple[str, float]:
    """Direction of the pace now and the probability behind it; "too_early" with too few rounds, or too few of the cycle."""
    chances = [case[f"now_{p}"] for p in CHANCES]
    if decide("direction", case).name in NO_DIRECTION:
        return "too_little_data", np.nan
    if case["rounds"] < case["now_fewest"] or case["cycle_rounds"] < case["cycle_fewest"]:
        return "too_early", np.nan
    return str(directions(chances[0], chances[1], chances[2])[()]), max(chances)


def course_of(direction: str, now: str, low: float, high: float) -> str:
    """What the two paces together are called, '' where they agree: a plateau, a turn, or a slow pace that stays below delta.

    A pace now that is not even likely says nothing, nor does one on the side of the pace since the start.
    """
    since, late = direction.removeprefix("likely_"), now.removeprefix("likely_")
    if late in SIDES and late != since and since in (*SIDES, "inconclusive"):
        return TURNS.get((since, late), f"now_{late}")
    return {1: "slow_rise", -1: "slow_fall"}.get((low > 0) - (high < 0), "") if since == "stagnant" else ""


def departure_of(case: Case) -> str:
    """The kind of departure with more than even chances, and its round; '' without one."""
    found = {kind: case[f"p_{kind}"] for kind in ("season", *DATED)}
    kind = max(found, key=lambda k: found[k])
    if not found[kind] > NAMED:
        return ""
    return kind if kind == "season" else f"{kind}:{case[f'{kind}_round']}"


def _case(row: dict, levels: pd.Series, target, name: str, programme: Programme) -> dict:
    """What the rules look at: the TREND row, the level, the target and the pace it needs."""
    level = float(levels.get(row["node"], np.nan))
    goal = float(target.value) if target else np.nan
    years = (Period(target.round).number - Period(name).number) / PARTS[programme.calendar] if target else np.nan
    gap = goal - level
    needed = np.nan if np.isnan(gap) else max(gap, 0.0) / years if years > 0 else 0.0 if gap <= 0 else np.nan
    chance = np.nan if np.isnan(gap) or years > 0 else float(gap <= 0)
    ahead = {"target": goal, "target_round": target.round if target else "", "needed": needed, "p_hit": chance}
    return {**row, **ahead, "level": level, "seen": row["slope"], "p_max": max(row[p] for p in CHANCES)}


def _add_chances(
    cases: list[dict], s: Series, programme: Programme, delta: np.ndarray, targets: dict, instruments, index: pd.DataFrame
) -> None:
    """P(level at the target's round >= target), from the forecasts of all series together."""
    last = s.numbers[-1]
    names = sorted({t.round for t in targets.values() if Period(t.round).number > last}, key=Period)
    if not names:
        return
    goal = np.array([c["target"] for c in cases])
    exposed = later(s, programme, names, instruments, index)
    how: dict = {"ahead": [Period(n).number for n in names], "target": goal, "ahead_exposures": exposed, "intervals": False}
    for rows, p in posteriors(s, programme, delta, **how):
        for place, i in enumerate(rows):
            if cases[i]["target_round"] in names and np.isfinite(cases[i]["level"]):
                cases[i]["p_hit"] = float(p.p_reach[names.index(cases[i]["target_round"]), place])


def _row(case: dict, plain: str, disruption: str) -> dict:
    """One row of VERDICTS."""
    says = decide("direction", case)
    direction = "too_little_data" if says.name in NO_DIRECTION else says.name
    name = direction.removeprefix("likely_")
    now, certainty = now_of(case)
    course = course_of(direction, now, case["low"], case["high"])
    case = {**case, "side": name, "course": course}
    pace = decide("pace", case)
    chance = {"improving": case["p_up"], "declining": case["p_down"], "stagnant": case["p_flat"], "inconclusive": case["p_max"]}
    statistic = says.statistic
    if statistic == "p_max":
        statistic = max(CHANCES, key=lambda k: case[k])
    row = {k: case[k] for k in ("region", "round", "node", "needed", "seen", "p_hit", "target", "target_round")}
    row |= {"direction": direction, "certainty": chance.get(name, np.nan), "pace": pace.name, "disruption": disruption}
    row |= {"event_dependent": bool(plain) and plain != name and name != "too_little_data", "comparable": bool(case["linked"])}
    row |= {"rule": says.name, "statistic": statistic}
    row |= {k: getattr(says, k) for k in ("operator", "threshold", "because")}
    if says.name in NO_DIRECTION:
        row["threshold"] = float(case["fewest" if says.name == "too_little_data" else "coarse"])
    row |= {"now": now, "now_certainty": certainty, "course": course, "departure": departure_of(case)}
    return row


def reason(trend_row: Case, verdict_row: Case, named: Callable[[str], str] = str) -> Sentence:
    """The evidence line of a verdict: chance, interval, rounds, smallest slope that could be seen, agreement, events.

    `named` gives a round's name in words. Every number is a `Fact` tied to its cell of TREND or VERDICTS.
    """
    cell = partial(TREND.fact, trend_row)
    delta = cell("delta", 1 if trend_row["delta"] >= 0.1 else 2)
    places: dict[str, Fact | Sentence | str] = {"rounds": cell("rounds", 0), "delta": delta}
    if verdict_row["direction"] == "too_little_data":
        return Sentence(verdict_row["because"], {**places, "minimum": f"{verdict_row['threshold']:g}"})
    places |= {c: cell(c, 1, sign=True) for c in ("low", "high")}
    places |= {"detectable": cell("detectable", 1), "agree": cell("agree", 0)}
    places |= {c: cell(c, 0, percent=True) for c in CHANCES}
    for kind in EVENT_KINDS:
        ends = {c: cell(kind + s, 1, sign=True) for c, s in (("mean", ""), ("low", "_low"), ("high", "_high"))}
        places[kind] = Sentence(f"because.effect_{kind}", ends) if np.isfinite(trend_row[kind]) else ""
    marks = [k for k, on in (("events", verdict_row["event_dependent"]), ("break", not verdict_row["comparable"])) if on]
    places["marks"] = Sentence("because.marks_" + "_".join(marks)) if marks else ""
    places |= {"now": _now(trend_row, verdict_row), "departure": _departure(trend_row, verdict_row, named)}
    fewest = NOW_ROUNDS[Period(trend_row["round"]).kind]
    places["short"] = Sentence("because.short", {"n": str(fewest)}) if trend_row["rounds"] < fewest else ""
    return Sentence(verdict_row["because"], places)


def _now(trend_row: Case, verdict_row: Case) -> Sentence | str:
    """The pace after the last bend, where it may be judged and is at least likely something."""
    if verdict_row["now"].removeprefix("likely_") not in SIDES:
        return ""
    places = {c: TREND.fact(trend_row, f"now_{c}", 1, sign=True) for c in ("low", "high")}
    places["chance"] = VERDICTS.fact(verdict_row, "now_certainty", 0, percent=True)
    return Sentence("because.now_" + verdict_row["now"].removeprefix("likely_"), places)


def _departure(trend_row: Case, verdict_row: Case, named: Callable[[str], str]) -> Sentence | str:
    """What the series departed by, where that is more likely than not."""
    kind, _, when = verdict_row["departure"].partition(":")
    if not kind:
        return ""
    places = {"chance": TREND.fact(trend_row, f"p_{kind}", 0, percent=True), "when": named(when) if when else ""}
    if kind == "shift":
        places["shift"] = TREND.fact(trend_row, "shift", 1, sign=True)
    return Sentence(f"because.departure_{kind}", places)
