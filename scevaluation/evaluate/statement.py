"""STATEMENT: what the data support, refute or cannot tell of a sentence that others said of the programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from scevaluation.evaluate.overall import FALLING, RISING, STILL
from scevaluation.evaluate.peers import difference_noise, own_cohort
from scevaluation.frames import ROOT
from scevaluation.frames.sectors import STATEMENT
from scevaluation.instrument import Instrument
from scevaluation.period import Period
from scevaluation.programme import Programme

YEARS = 6  # of a series of which it is said that it stands still
SIDES = {"up": RISING, "still": STILL, "down": FALLING}


def statement(
    programme: Programme,
    round_name: str,
    previous: str,
    instruments: Mapping[str, Instrument],
    change: pd.DataFrame,
    trend: pd.DataFrame,
    verdicts: pd.DataFrame,
    peers: pd.DataFrame,
    statistics: pd.DataFrame,
    sectors: Mapping[str, str],
) -> pd.DataFrame:
    """The programme's statement against the tables of a round.

    Parameters
    ----------
    programme : Programme
    round_name, previous : str
        The round, and the one it is compared with, '' if there is none.
    instruments : mapping of round to Instrument
    change, trend, verdicts, peers, statistics : CHANGE, TREND, VERDICTS, PEERS, STATISTICS
        Of one region; statistics those that the report shows.
    sectors : mapping of indicator to sector

    Returns
    -------
    STATEMENT
        A row for each part and piece of evidence; empty without a statement.
    """
    if programme.statement is None:
        return STATEMENT.empty()
    untold = [s for s in programme.sectors if s not in set(statistics["indicator"].map(sectors))]
    out = []
    for number, part in enumerate(programme.statement.parts, 1):
        for evidence in part.evidence:
            kind, _, claim = evidence.partition("_")
            if kind == "index":
                found = _index(claim, round_name, previous, instruments, change, trend, verdicts, peers)
            elif kind == "statistics":
                found = {**statistics_rule(claim, statistics, bool(untold)), "untold": " ".join(untold)}
            else:
                found = _event(kind, programme, round_name, trend)
            blank = dict.fromkeys(("value", "low", "high", "common"), np.nan) | {"n": 0, "of": 0, "names": "", "untold": ""}
            about = {"region": programme.region, "round": round_name, "part": number, "evidence": evidence}
            out.append({c: (about | blank | found)[c] for c in STATEMENT.columns})
    return STATEMENT.of(out)


def together(outcomes: Iterable[str]) -> str:
    """A part's outcome from those of its evidence: refuted by one, supported by all alone; open without any."""
    said = set(outcomes)
    return "refuted" if "refuted" in said else "supported" if said == {"supported"} else "open"


def difference_rule(claim: str, change: float, noise: float) -> str:
    """What a difference between two rounds makes of a claim of direction (up, still, down), if chance moves it by `noise` (90 %).

    It refutes one where it goes another way by more than that, and supports none: two rounds show no direction.
    """
    if np.isnan(change) or np.isnan(noise) or abs(change) <= noise:
        return "open"
    return "open" if claim == ("up" if change > 0 else "down") else "refuted"


def direction_rule(claim: str, direction: str) -> str:
    """What a verdict of the engine makes of a claim."""
    return "supported" if direction in SIDES[claim] else "refuted" if any(direction in g for g in SIDES.values()) else "open"


def statistics_rule(claim: str, statistics: pd.DataFrame, lacking: bool) -> dict:
    """What STATISTICS make of "some are better" (worse, still): outcome, rule, n, of and names.

    Better needs a last year better than the first, and by more than the country's change and chance; one is enough to support. Six years
    that swing without a clear direction are named, but are not shown to stand still. Refuted only where every sector has a series, all
    can be judged and none is so.
    """
    if claim == "still":
        judged = statistics[statistics["n"] >= YEARS]
        found = judged[judged["moved"] == "open"]
    else:
        judged = statistics[statistics["beside"] != "told"]
        found = judged[(judged["moved"] == claim) & (judged["beside"] == {"better": "ahead", "worse": "behind"}[claim])]
    whole = len(judged) == len(statistics) > 0 and not lacking
    outcome = ("open" if claim == "still" else "supported") if len(found) else "refuted" if whole else "open"
    rule = f"statistics_{claim}" if len(found) else f"statistics_no_{claim}" if len(judged) else "statistics_none"
    return {"outcome": outcome, "rule": rule, "n": len(found), "of": len(judged), "names": " ".join(found["indicator"])}


def _index(claim, round_name, previous, instruments, change, trend, verdicts, peers) -> dict:
    """The verdict where there is one, else the difference from the round before against the noise of the panel."""
    says, line = (t[t["node"] == ROOT].iloc[0] for t in (verdicts, trend))
    known = {"n": int(line["rounds"])}
    if says["direction"] != "too_little_data":
        outcome = direction_rule(claim, says["direction"])
        pace = {"value": line["slope"], "low": line["low"], "high": line["high"], "names": says["direction"]}
        return {**known, **pace, "outcome": outcome, "rule": "index_judged"}
    total, cohort = change[change["kind"] == "total"], own_cohort(peers)
    if total.empty or np.isnan(total["official"].iloc[0]):
        return {**known, "outcome": "open", "rule": "index_unknown"}
    by = float(total["official"].iloc[0])
    noise = difference_noise(instruments[previous], instruments[round_name])
    rule = "unjudged" if np.isnan(noise) else "within" if abs(by) <= noise else "beyond"
    beside = np.nan if cohort is None else float(cohort["common_change"])
    bounds = {"value": by, "low": -noise, "high": noise, "common": beside}
    return {**known, **bounds, "outcome": difference_rule(claim, by, noise), "rule": f"index_{rule}"}


def _event(kind: str, programme: Programme, round_name: str, trend: pd.DataFrame) -> dict:
    """Whether scores differ where such events were, by TREND: supported where the interval leaves zero out, else it cannot be told."""
    line, end = trend[trend["node"] == ROOT].iloc[0], Period(round_name).end
    known = {"n": sum(e.kind == kind and e.first <= end for e in programme.events), "of": int(line["rounds"])}
    value, low, high = (float(line[kind + c]) for c in ("", "_low", "_high"))
    if np.isnan(value):
        return {**known, "outcome": "open", "rule": "event_unmeasured" if known["n"] else "event_unrecorded"}
    seen = low > 0 or high < 0
    bounds = {"value": value, "low": low, "high": high}
    return {**known, **bounds, "outcome": "supported" if seen else "open", "rule": "event_seen" if seen else "event_unclear"}
