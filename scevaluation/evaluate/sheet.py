"""AGENDA and SHEET: what a discussion with the agencies should take up, and how the agencies stand as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from scevaluation.evaluate.agreement import FEWEST_ITEMS
from scevaluation.evaluate.contracts import ALL, FOLLOWUP, GAP, REPORTING, SEVERITY
from scevaluation.evaluate.overall import FALLING
from scevaluation.evaluate.topics import AGENDA, AGENDA_KINDS, Topic, key_of, pick, table
from scevaluation.frames import TREND, Column, Contract

WIDE = 1 / 6  # of the scale's length: assessors this far apart did not see the same thing; half a point on 1-4
BETWEEN = " | "  # programmes in one cell
RUNS = ("continues", "restarted", "moved")
SHEET = Contract(
    "SHEET",
    ("region", "round"),
    {
        "region": Column("str", "Kemendagri's code of today, such as 94.04"),
        "round": Column("str", "round, such as 2024-S2"),
        "agencies": Column("int", "agencies with something due"),
        "lacking": Column("int", "of these with something not reported"),
        "due": Column("int", "indicators due"),
        "missing": Column("int", "of these without a score"),
        "recommendations": Column("int", "recommendations made up to the round"),
        "open": Column("int", "of these open"),
        "overdue": Column("int", "of these past their due round"),
        "programmes": Column("int", "programmes of agencies on record"),
        "runs": Column("int", "of these known to run, or ended and taken over"),
        "sighted": Column("int", "of these seen in the year judged or the last, not known to run"),
        "finished": Column("int", "of these finished"),
        "cut_off": Column("int", "of these cut off"),
        "silent": Column("int", "of these without a later sign"),
        "rule": Column("str", "which headline"),
    },
)


def headline_rule(due: int, missing: int, recommendations: int, overdue: int, programmes: int) -> str:
    """Name of the sheet's headline: who is behind if anything is due, else what is on record.

    both, missing, overdue: something is behind; in_time: nothing is. Without duties and recommendations: programmes, or
    nothing.
    """
    if missing and overdue:
        return "both"
    if missing or overdue:
        return "missing" if missing else "overdue"
    if due or recommendations:
        return "in_time"
    return "programmes" if programmes else "nothing"


def sheet(tables: Mapping[str, pd.DataFrame], region: str, round_name: str) -> pd.DataFrame:
    """SHEET: one row that counts what the tables about people hold.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        REPORTING, FOLLOWUP and CONTINUITY of the round.
    region, round_name : str
    """
    owed, asked, plans = tables["REPORTING"], tables["FOLLOWUP"], tables["CONTINUITY"]
    state = plans["state"]
    sighted = (state == "continues") & (plans["rule"] == "sighting")
    counts = {
        "agencies": len(owed),
        "lacking": (owed["missing"] > 0).sum(),
        "due": owed["due"].sum(),
        "missing": owed["missing"].sum(),
        "recommendations": len(asked),
        "open": (asked["closed"] == "").sum(),
        "overdue": (asked["state"] == "overdue").sum(),
        "programmes": len(plans),
        "runs": ((state.isin(RUNS) | (state == "taken_over")) & ~sighted).sum(),
        "sighted": sighted.sum(),
        "finished": (state == "finished").sum(),
        "cut_off": (state == "cut_off").sum(),
        "silent": (state == "no_later_sign").sum(),
    }
    row = {k: int(v) for k, v in counts.items()}
    rule = headline_rule(*(row[k] for k in ("due", "missing", "recommendations", "overdue", "programmes")))
    return SHEET.check(pd.DataFrame([{"region": region, "round": round_name, **row, "rule": rule}]))


def overdue(asked: pd.DataFrame) -> list[Topic]:
    """By agency its recommendations past their due round, most of them first; the second number is the most rounds late."""
    late = asked[asked["state"] == "overdue"]
    groups = [(len(g), int(g["late"].max()), a) for a, g in late.groupby("agency", sort=False)]
    return [
        Topic("overdue", n, FOLLOWUP.name, agency=a, second=most)
        for n, most, a in sorted(groups, key=lambda x: (-x[0], -x[1], x[2]))
    ]


def _missing(owed: pd.DataFrame) -> list[Topic]:
    rows = owed[owed["missing"] > 0].sort_values(["streak", "missing", "agency"], ascending=[False, False, True])
    return [
        Topic(
            "missing",
            r["missing"],
            REPORTING.name,
            key_of(r, REPORTING),
            "missing",
            r["indicators"],
            r["agency"],
            "",
            r["streak"],
        )
        for r in rows.to_dict("records")
    ]


def falling(trend: pd.DataFrame, verdicts: pd.DataFrame, nodes: Sequence[str]) -> list[Topic]:
    """Nodes that decline by their verdict, the fastest first; the number is their pace."""
    down = set(verdicts.loc[verdicts["direction"].isin(FALLING), "node"]) & set(nodes)
    rows = trend[trend["node"].isin(down)].sort_values("slope", kind="stable")
    return [Topic("falling", r["slope"], TREND.name, key_of(r, TREND), "slope", r["node"]) for r in rows.to_dict("records")]


def _spread(panel: pd.DataFrame, length: float) -> list[Topic]:
    """Items on which the assessors lie `WIDE` of the scale apart or more, the widest first."""
    items = panel.drop_duplicates(["indicator", "agency"])
    items = items[items["spread"] >= WIDE * length - 1e-9]
    return [
        Topic("spread", r["spread"], "PANEL", node=r["indicator"], agency=r["agency"], second=len(items))
        for r in items.to_dict("records")
    ]


def _claims(gap: pd.DataFrame) -> list[Topic]:
    """Agencies whose own scores surely lie above what was verified, the farthest first."""
    rows = gap[(gap["agency"] != ALL) & (gap["judgement"] == "above")].sort_values("gap", ascending=False, kind="stable")
    return [
        Topic("claim", r["gap"], GAP.name, key_of(r, GAP), "gap", agency=r["agency"], second=r["items"])
        for r in rows.to_dict("records")
    ]


def cut_off(plans: pd.DataFrame, state: str = "cut_off", kind: str = "cut_off") -> list[Topic]:
    """By agency its programmes that were cut off (or of another state): how many, which, and the latest year of a sign."""
    rows = plans[plans["state"] == state]
    groups = [(len(g), int(g["last"].max()), a, BETWEEN.join(g["programme"])) for a, g in rows.groupby("agency", sort=False)]
    return [
        Topic(kind, n, "CONTINUITY", agency=a, what=names, second=last)
        for n, last, a, names in sorted(groups, key=lambda x: (-x[0], -x[1], x[2]))
    ]


def _severity(rows: pd.DataFrame, round_name: str) -> list[Topic]:
    mine = rows[
        (rows["round"] == round_name) & rows["judgement"].isin(("stricter", "milder")) & (rows["items"] >= FEWEST_ITEMS)
    ]
    mine = mine.loc[mine["difference"].abs().sort_values(ascending=False, kind="stable").index]
    return [
        Topic(
            "severity", r["difference"], SEVERITY.name, key_of(r, SEVERITY), "difference", what=r["assessor"], second=r["items"]
        )
        for r in mine.to_dict("records")
    ]


def agenda(
    tables: Mapping[str, pd.DataFrame],
    panel: pd.DataFrame,
    trend: pd.DataFrame,
    verdicts: pd.DataFrame,
    nodes: Sequence[str],
    length: float,
    region: str,
    round_name: str,
) -> pd.DataFrame:
    """The five topics of a discussion with the agencies.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        REPORTING, GAP, SEVERITY, FOLLOWUP and CONTINUITY.
    panel : DataFrame
        As `agreement.panel` returns: widest spread first.
    trend, verdicts : TREND, VERDICTS
    nodes : sequence of str
        Sectors or components.
    length : float
        Of the scale.
    region, round_name : str

    Returns
    -------
    AGENDA
        By `topics.pick`: one of each kind in the order of urgency, then the second of each. Where no indicator has an
        owner, or nothing was recommended, that is a topic itself.
    """
    found = [
        *overdue(tables["FOLLOWUP"]),
        *_missing(tables["REPORTING"]),
        *falling(trend, verdicts, nodes),
        *_spread(panel, length),
        *_claims(tables["GAP"]),
        *cut_off(tables["CONTINUITY"]),
        *_severity(tables["SEVERITY"], round_name),
        *cut_off(tables["CONTINUITY"], "no_later_sign", "silent"),
    ]
    if tables["REPORTING"].empty:
        found.append(Topic("unowned", 0, REPORTING.name))
    if tables["FOLLOWUP"].empty:
        found.append(Topic("unasked", 0, FOLLOWUP.name))
    return table(pick(found, AGENDA_KINDS), AGENDA, region, round_name)
