"""TREND: how fast every node moves, with its interval, events and new instruments taken into account.

The model is in `posterior`, the series and their links in `series`; this file puts both into tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.posterior import Posterior, fit
from scevaluation.evaluate.priors import DATED, PRIOR, Prior
from scevaluation.evaluate.series import Series, events, series
from scevaluation.frames import TREND
from scevaluation.instrument import Instrument, load_instrument
from scevaluation.period import PARTS, Period
from scevaluation.programme import Programme, Target

# Rounds by calendar, found by simulation (benchmarks/stress.py): comparable ones below which there is no verdict on direction; those that
# a verdict on now needs, all and of the present cycle; and those that a coarse item's direction needs.
MINIMUM = {"Y": 6, "S": 6, "Q": 12}
NOW_ROUNDS, CYCLE_ROUNDS = {"Y": 10, "S": 10, "Q": 24}, {"Y": 5, "S": 5, "Q": 10}
COARSE_ROUNDS = {"Y": 12, "S": 12, "Q": 24}
RECENT = 2  # years over which the recent change is taken
COLUMNS = {"pandemic": "pandemic", "election": "election", "instrument": "step"}


def trend(
    index: pd.DataFrame,
    programme: Programme,
    round_name: str,
    instruments: Mapping[str, Instrument] | None = None,
    nodes=None,
    delta: float | None = None,
    prior: Prior = PRIOR,
    leave_one_out: bool = True,
) -> pd.DataFrame:
    """TREND of a region's nodes up to a round.

    Parameters
    ----------
    index : INDEX
        Rows of other regions and of later rounds are left aside.
    programme : Programme
        Its region, calendar, delta and adjusted events with the sectors exposed.
    round_name : str
        The last round used.
    instruments : mapping of round to Instrument, optional
        Default: by the ids in `index`.
    nodes : sequence of str, optional
        Default: all of the last round.
    delta : float, optional
        Smallest pace that matters, points a year; default the programme's (see `deltas`).
    prior : Prior
    leave_one_out : bool
        Whether to count in how many fits without one round the direction stays; `agree` is 0 if not. It takes most of the time.

    Returns
    -------
    TREND
        A row a node; below six comparable rounds its statistics are missing.

    Raises
    ------
    EvaluationError
        If the index has no row of the region, or delta is not above 0.
    """
    s = series(index, programme, round_name, instruments, nodes)
    smallest = deltas(s, programme, delta)
    columns: dict = {c: np.full(len(s.nodes), np.nan) for c in TREND.columns}
    columns |= {
        "region": programme.region,
        "round": str(Period(round_name)),
        "node": s.nodes,
        "rounds": s.rounds_used,
        "delta": smallest,
        "agree": np.zeros(len(s.nodes), int),
        "linked": s.linked,
        "cycle_rounds": cycle_rounds(s),
        "rounding_sd": s.step * np.sqrt(s.share / 12),
        "at_end": ((s.y <= 0) | (s.y >= 100)).sum(axis=1),
        **{f"{kind}_round": np.full(len(s.nodes), "", object) for kind in DATED},
    }
    for rows, p in posteriors(s, programme, smallest, prior=prior, leave_one_out=leave_one_out):
        for name, pace in (("", p.slope), ("now_", p.now)):
            for part in ("low", "high", "p_up", "p_flat", "p_down"):
                columns[name + part][rows] = getattr(pace, part)
        columns["slope"][rows], columns["now"][rows] = p.slope.mean, p.now.mean
        _write_departures(columns, s, rows, p)
        columns["detectable"][rows], columns["agree"][rows] = p.detectable, p.agree
        for term, effect in p.effects.items():
            _write_effect(columns, s, rows, term, effect)
        columns["recent"][rows] = _recent(s, rows, RECENT * PARTS[programme.calendar])
    return TREND.check(pd.DataFrame(columns, columns=list(TREND.columns)))


def cycle_rounds(s: Series) -> np.ndarray:
    """Rounds with a value in the present cycle where it began within the series, else all that are used, (N,)."""
    if s.boundary is None:
        return s.rounds_used
    seen = np.isfinite(s.y)
    inside = (seen & (s.numbers >= s.boundary)).sum(axis=1)
    return np.where((seen & (s.numbers < s.boundary)).any(axis=1), inside, s.rounds_used)


def _write_departures(columns: dict, s: Series, rows: np.ndarray, p: Posterior) -> None:
    """Chances of the departures a row tells of, and the likeliest round of each."""
    found, last = p.departures, Period(s.rounds[-1])
    columns["p_season"][rows] = found.p["season"]
    columns["shift"][rows] = found.shift
    for kind in DATED:
        columns[f"p_{kind}"][rows] = found.p[kind]
        columns[f"{kind}_round"][rows] = [str(last + int(k - s.numbers[-1])) if k >= 0 else "" for k in found.at[kind]]


def deltas(s: Series, programme: Programme, delta: float | None = None) -> np.ndarray:
    """The smallest pace that matters for every node, points a year, (N,).

    One for all, given or the programme's; with the programme's `delta_share`, that share of the pace a node's next target
    needs from the first value of the target's cycle on (else from its last value), where that is a rise.

    Raises
    ------
    EvaluationError
        If delta is not above 0.
    """
    one = programme.delta if delta is None else delta
    if not (np.isfinite(one) and one > 0):
        raise EvaluationError(f"delta is {one}.", "Give the smallest pace that matters, in points a year, above 0.")
    out = np.full(len(s.nodes), float(one))
    if delta is None and programme.delta_share:
        targets = next_targets(programme, s.rounds[-1])
        needed = np.array([_needed(s, i, targets.get(n), programme) for i, n in enumerate(s.nodes)])
        out = np.where(needed > 0, needed * programme.delta_share, out)
    return out


def _needed(s: Series, i: int, target: Target | None, programme: Programme) -> float:
    """Points a year from the start of a target's cycle to the target; NaN without a target or a value."""
    seen = np.flatnonzero(np.isfinite(s.y[i]) & (np.arange(len(s.rounds)) >= s.since[i]))
    cycle = programme.cycle(target.round) if target else None
    if target is None or not len(seen):
        return np.nan
    inside = [j for j in seen if cycle and cycle.begun(s.rounds[j])]
    start = inside[0] if inside else seen[-1]
    years = (Period(target.round).number - s.numbers[start]) / PARTS[programme.calendar]
    return float((target.value - s.y[i, start]) / years) if years > 0 else np.nan


def next_targets(programme: Programme, round_name: str) -> dict[str, Target]:
    """The next target of every node that is not past."""
    last = Period(round_name)
    ahead = sorted((t for t in programme.targets if Period(t.round) >= last), key=lambda t: Period(t.round), reverse=True)
    return {t.node: t for t in ahead}


def posteriors(
    s: Series, programme: Programme, delta: float | np.ndarray, without: tuple[str, ...] = (), **how
) -> Iterator[tuple[np.ndarray, Posterior]]:
    """(rows, Posterior) by level of the tree, of the series with enough rounds; terms in `without` are left out.

    `delta` is one for all or one a node.

    Series of one level are measured alike: they tell one another how common departures are.
    """
    enough = s.rounds_used >= MINIMUM[programme.calendar]
    target = how.pop("target", None)
    ahead = how.pop("ahead_exposures", None)
    judged = how.pop("judged", None)
    delta = np.broadcast_to(delta, len(s.nodes))
    for level in np.unique(s.level[enough]):
        rows = np.flatnonzero(enough & (s.level == level))
        terms = {n: x[rows] for n, x in s.exposures.items() if n not in without}
        how |= {"per_year": PARTS[programme.calendar], "delta": delta[rows], "together": True}
        how |= {"step": s.step[rows], "share": s.share[rows], "boundary": s.boundary, "starts": s.starts}
        how["judged"] = None if judged is None else judged[rows]
        how["target"] = None if target is None else target[rows]
        how["ahead_exposures"] = None if ahead is None else {n: x[rows] for n, x in ahead.items() if n in terms}
        yield rows, fit(s.y[rows], s.numbers, terms, **how)


def _write_effect(columns: dict, s: Series, rows: np.ndarray, term: str, effect) -> None:
    """Effects in points while exposed; an instrument's is the last one: the linked shift and what the model adds."""
    name = COLUMNS.get(term.partition(":")[0])
    if name is None:
        return
    size = s.exposures[term][rows].max(axis=1)
    known = np.isfinite(effect.mean)
    shift = np.nan_to_num(s.shift[rows]) if name == "step" else np.zeros(len(rows))
    for suffix, values in (("", effect.mean), ("_low", effect.low), ("_high", effect.high)):
        columns[name + suffix][rows[known]] = (shift + values * size)[known]


def _recent(s: Series, rows: np.ndarray, span: int) -> np.ndarray:
    """Change over the last `span` rounds; missing where either end is, or where levels between are not comparable."""
    at = np.flatnonzero(s.numbers == s.numbers[-1] - span)
    if not len(at):
        return np.full(len(rows), np.nan)
    return np.where(s.since[rows] <= at[0], s.y[rows, -1] - s.y[rows, at[0]], np.nan)


def later(s: Series, programme: Programme, names: list[str], instruments, index: pd.DataFrame) -> dict[str, np.ndarray]:
    """Exposure to events already dated in rounds to come, (N, H)."""
    used = index.loc[index["round"] == s.rounds[-1], "instrument"].iloc[0]
    instrument = (instruments or {}).get(s.rounds[-1]) or load_instrument(used)
    return events(programme, s.nodes, names, instrument)
