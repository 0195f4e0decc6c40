"""A round while it is being filled: who owes what, how far the index can still move, and what a restatement did."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from scevaluation.evaluate.index import BASIS
from scevaluation.evaluate.index import index as compute_index
from scevaluation.evaluate.trend import trend
from scevaluation.evaluate.verdict import verdicts
from scevaluation.frames import ROOT
from scevaluation.frames.intake import BOARD
from scevaluation.instrument import Instrument
from scevaluation.programme import Programme

DONE = ("counted", "own_score", "no_evidence", "not_applicable")


def _state(rows: pd.DataFrame, form: str) -> str:
    """State of one indicator of one agency from its scores and its agency's form."""
    known = rows[rows["score"].notna()]
    kinds = set(known["source"].str.split(":").str[0])
    if kinds & set(BASIS):
        return "counted"
    if kinds:
        return "own_score" if (known["evidence"] != "").any() else "no_evidence"
    if (rows["status"] == "not_applicable").any():
        return "not_applicable"
    return "not_reported" if len(rows) else form


def board(
    scores: pd.DataFrame, asked: pd.DataFrame, received: pd.DataFrame, instrument: Instrument, today: str = ""
) -> pd.DataFrame:
    """Every indicator of every agency and how far it is.

    Parameters
    ----------
    scores : SCORES
        Of the round so far.
    asked : DataFrame
        agency, indicator, deadline ('' none).
    received : DataFrame
        agency, state (taken, waiting) and received (day) of the forms.
    instrument : Instrument
    today : str
        Day by which what has not come is late; '' judges only what has come.

    Returns
    -------
    BOARD
        In the order of `asked`.
    """
    by = {k: g for k, g in scores.groupby(["agency", "indicator"], sort=False)}
    came = received.sort_values("received").drop_duplicates("agency").set_index("agency")["received"].to_dict()
    states = received.sort_values("state").drop_duplicates("agency").set_index("agency")["state"].to_dict()
    forms = {"taken": "not_reported", "waiting": "waiting"}
    weights = instrument.effective if instrument.weights != "unknown" else {}
    out = []
    for row in asked.to_dict("records"):
        agency, path = row["agency"], row["indicator"]
        state = _state(by.get((agency, path), scores.iloc[:0]), forms.get(states.get(agency, ""), "not_received"))
        day = came.get(agency, "")
        until = day if state in DONE else today
        late = max((pd.Timestamp(until) - pd.Timestamp(row["deadline"])).days, 0) if until and row["deadline"] else 0
        out.append((agency, path, state, day, row["deadline"], late, weights.get(path, float("nan"))))
    return BOARD.of(out)


def bounds(scores: pd.DataFrame, instrument: Instrument, round_name: str) -> dict[str, float]:
    """Where the index can still lie, 0-100.

    Returns
    -------
    dict
        low and high: what is not verified yet worst, best; coverage (0-1): of the weight that is verified; own: the index
        if the agencies' own scores were confirmed, own_low and own_high then. Missing where nothing can be said.
    """
    out: dict[str, float] = {}
    any_share = instrument.model_copy(update={"coverage": 1e-9})  # what is verified counts here, however little of its component
    for name, basis in (("", BASIS), ("own", (*BASIS, "self"))):
        table = compute_index(scores, {round_name: instrument}, basis) if len(scores) else pd.DataFrame(columns=["node", "value100"])
        value = float(table.loc[table["node"] == ROOT, "value100"].max())
        seen = compute_index(scores, {round_name: any_share}, basis, views=False) if len(scores) else table
        row = seen[seen["node"] == ROOT]
        found = row.iloc[0] if len(row) else {"low": 0.0, "high": 100.0, "coverage": 0.0}
        mark = f"{name}_" if name else ""
        out |= {f"{mark}low": float(found["low"]), f"{mark}high": float(found["high"])}
        out |= {name or "value": value, f"{mark}coverage": float(found["coverage"])}
    return out


def restatement(
    scores: pd.DataFrame, before: pd.DataFrame, programme: Programme, instruments: Mapping[str, Instrument], round_name: str
) -> pd.DataFrame:
    """Index and verdicts of a round with its scores as first reported and as they stand.

    Parameters
    ----------
    scores : SCORES
        Of all rounds up to and with the round, as they stand.
    before : SCORES
        Of the round, as first reported.
    programme, instruments, round_name

    Returns
    -------
    DataFrame
        node (the index and what is right below), value_before, value (0-100), direction_before, direction.
    """
    others = scores[scores["round"] != round_name]
    old = pd.concat([t for t in (others, before) if len(t)], ignore_index=True)
    parts = []
    for table in (old, scores):
        levels = compute_index(table, instruments)
        slopes = trend(levels, programme, round_name, instruments)
        said = verdicts(slopes, levels, programme, round_name, instruments).set_index("node")["direction"]
        now = levels[levels["round"] == round_name].set_index("node")["value100"]
        parts.append((now, said))
    nodes = (ROOT, *instruments[round_name].components)
    row = lambda n: (n, parts[0][0].get(n), parts[1][0].get(n), parts[0][1].get(n, ""), parts[1][1].get(n, ""))  # noqa: E731
    columns = ["node", "value_before", "value", "direction_before", "direction"]
    return pd.DataFrame([row(n) for n in nodes], columns=columns).astype({"value_before": float, "value": float})
