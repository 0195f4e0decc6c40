"""FOLLOWUP and CARRIED: what became of each recommendation as of a round, and how many are carried from round to round."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.frames.people import CARRIED, FOLLOWUP
from scevaluation.grid.table import number_of
from scevaluation.period import Period

CLOSED = ("done", "dropped")
ORDER = ("overdue", "due_now", "open", "done", "dropped")


def _rounds(first: str, last: str) -> int:
    return Period(last).number - Period(first).number


def _row(r: dict, region: str, now: str) -> tuple:
    """One recommendation as it stood when the round ended."""
    closed = r["closed"] if r["closed"] and Period(r["closed"]) <= Period(now) else ""
    # Whether work had begun in a past round is not known, so it was open then.
    status = r["status"] if closed or r["status"] not in CLOSED else "open"
    late = max(_rounds(r["due"], closed or now), 0) if r["due"] else 0
    state = status if closed else "overdue" if late else "due_now" if r["due"] == now else "open"
    age = _rounds(r["raised"], closed or now)
    about = region, now, r["id"], r["agency"], r["sector"], r["raised"], r["due"], closed, status, state, age, late
    cost = number_of(r["cost"]) if r.get("cost") else None
    return *about, r.get("indicator", ""), np.nan if cost is None else cost


def followup(recommendations: pd.DataFrame, region: str, round_name: str) -> pd.DataFrame:
    """Every recommendation made up to a round, as it stood at the round's end.

    Parameters
    ----------
    recommendations : DataFrame
        As `intake.people.read_recommendations` returns.
    region, round_name : str

    Returns
    -------
    FOLLOWUP
        Overdue first (latest first), then due in this round, open, done, dropped; each by age. Age and lateness count
        rounds of the calendar, also those that were not held. Overdue is what was due in an earlier round and is open.
    """
    mine = [r for r in recommendations.to_dict("records") if Period(r["raised"]) <= Period(round_name)]
    if not mine:
        return FOLLOWUP.empty()
    rows = pd.DataFrame([_row(r, region, round_name) for r in mine], columns=list(FOLLOWUP.columns))
    rows = rows.assign(rank=rows["state"].map(ORDER.index))
    rows = rows.sort_values(
        ["rank", "late", "age", "id"], ascending=[True, False, False, True], kind="stable", ignore_index=True
    )
    return FOLLOWUP.check(rows.drop(columns="rank"))


def carried(recommendations: pd.DataFrame, region: str, round_name: str) -> pd.DataFrame:
    """Open recommendations when each round ended, from the round of the first one on.

    Returns
    -------
    CARRIED
        A row for each round of the calendar, held or not; open is the open of the round before, plus raised, less done and
        dropped.
    """
    mine = recommendations[[Period(r) <= Period(round_name) for r in recommendations["raised"]]]
    if mine.empty:
        return CARRIED.empty()
    raised, due, closed = (np.array([Period(r).number if r else np.nan for r in mine[c]]) for c in ("raised", "due", "closed"))
    done = (mine["status"] == "done").to_numpy()
    first, last = int(raised.min()), Period(round_name).number
    out = []
    for n in range(first, last + 1):
        still = (raised <= n) & ~(closed <= n)
        counts = (raised == n, (closed == n) & done, (closed == n) & ~done, still, still & (due < n))
        out.append((region, str(Period(round_name) + (n - last)), *(int(c.sum()) for c in counts)))
    return CARRIED.of(out)
