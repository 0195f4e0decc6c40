"""AGENDA and SHEET: what a discussion with the agencies should take up, and how the agencies stand as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from scevaluation.evaluate.agreement import FEWEST_ITEMS
from scevaluation.evaluate.overall import FALLING
from scevaluation.frames import TREND, Contract
from scevaluation.frames.agenda import AGENDA, AGENDA_KINDS, SHEET
from scevaluation.frames.people import ALL, FOLLOWUP, GAP, REPORTING, SEVERITY

WIDE = 1 / 6  # of the scale's length: assessors this far apart did not see the same thing; half a point on 1-4
BETWEEN = " | "  # programmes in one cell
RUNS = ("continues", "restarted", "moved")
SHOWN = 5


@dataclass(frozen=True)
class Topic:
    """A topic before it is chosen: whom and what it is about, its number, and where that stands.

    `table`, `key` and `column` name the cell of `value`; empty where the number was counted over rows of `table`.
    """

    kind: str
    value: float
    table: str
    key: str = ""
    column: str = ""
    node: str = ""
    agency: str = ""
    what: str = ""
    second: float = float("nan")


def of_rows(kind: str, contract: Contract, column: str, rows: pd.DataFrame, **about: str) -> list[Topic]:
    """A topic a row of a table, its number in `column`; `about` says which columns are its node, agency, what and second."""
    found = ((r, {field: r[c] for field, c in about.items()}) for r in rows.to_dict("records"))
    return [Topic(kind, r[column], contract.name, contract.row_key(r), column, **said) for r, said in found]


def pick(topics: Iterable[Topic], kinds: Sequence[str], most: int = SHOWN) -> list[Topic]:
    """The topics to show: the first of each kind in the order of `kinds`, then the second of each, until there are `most`.

    Topics of one kind come most urgent first, as the kinds do; the list is by kind, so that it reads from the most urgent down.
    """
    groups: dict[str, list[Topic]] = {k: [] for k in kinds}
    for t in topics:
        groups[t.kind].append(t)
    turns = [(turn, k, g[turn]) for turn in range(most) for k, g in groups.items() if turn < len(g)]
    return [t for _, _, t in sorted(turns[:most], key=lambda x: (kinds.index(x[1]), x[0]))]


def table(chosen: Sequence[Topic], contract: Contract, region: str, round_name: str) -> pd.DataFrame:
    """The chosen topics as rows of `contract`, ranked in their order."""
    if not chosen:
        return contract.empty()
    rows = [{**vars(t), "region": region, "round": round_name, "rank": n} for n, t in enumerate(chosen, 1)]
    return contract.check(pd.DataFrame(rows).astype({"value": float, "second": float})[list(contract.columns)])


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
    marks = {"lacking": owed["missing"] > 0, "due": owed["due"], "missing": owed["missing"]}
    marks |= {"open": asked["closed"] == "", "overdue": asked["state"] == "overdue", "sighted": sighted}
    marks |= {"runs": (state.isin(RUNS) | (state == "taken_over")) & ~sighted}
    marks |= {"finished": state == "finished", "cut_off": state == "cut_off", "silent": state == "no_later_sign"}
    row = {"agencies": len(owed), "recommendations": len(asked), "programmes": len(plans)}
    row |= {k: int(v.sum()) for k, v in marks.items()}
    rule = headline_rule(*(row[k] for k in ("due", "missing", "recommendations", "overdue", "programmes")))
    return SHEET.check(pd.DataFrame([{"region": region, "round": round_name, **row, "rule": rule}]))


def overdue(asked: pd.DataFrame) -> list[Topic]:
    """By agency its recommendations past their due round, most of them first; the second number is the most rounds late."""
    late = asked[asked["state"] == "overdue"].groupby("agency", sort=False)
    return _most_first(Topic("overdue", len(g), FOLLOWUP.name, agency=a, second=int(g["late"].max())) for a, g in late)


def _most_first(topics: Iterable[Topic]) -> list[Topic]:
    return sorted(topics, key=lambda t: (-t.value, -t.second, t.agency))


def _missing(owed: pd.DataFrame) -> list[Topic]:
    rows = owed[owed["missing"] > 0].sort_values(["streak", "missing", "agency"], ascending=[False, False, True])
    return of_rows("missing", REPORTING, "missing", rows, node="indicators", agency="agency", second="streak")


def falling(trend: pd.DataFrame, verdicts: pd.DataFrame, nodes: Sequence[str]) -> list[Topic]:
    """Nodes that decline by their verdict, the fastest first; the number is their pace."""
    down = set(verdicts.loc[verdicts["direction"].isin(FALLING), "node"]) & set(nodes)
    rows = trend[trend["node"].isin(down)].sort_values("slope", kind="stable")
    return of_rows("falling", TREND, "slope", rows, node="node")


def _spread(panel: pd.DataFrame, length: float) -> list[Topic]:
    """Items on which the assessors lie `WIDE` of the scale apart or more, the widest first."""
    items = panel.drop_duplicates(["indicator", "agency"])
    items = items[items["spread"] >= WIDE * length - 1e-9]
    found = items[["spread", "indicator", "agency"]].itertuples(index=False)
    return [Topic("spread", spread, "PANEL", node=node, agency=a, second=len(items)) for spread, node, a in found]


def _claims(gap: pd.DataFrame) -> list[Topic]:
    """Agencies whose own scores surely lie above what was verified, the farthest first."""
    rows = gap[(gap["agency"] != ALL) & (gap["judgement"] == "above")].sort_values("gap", ascending=False, kind="stable")
    return of_rows("claim", GAP, "gap", rows, agency="agency", second="items")


def cut_off(plans: pd.DataFrame, state: str = "cut_off", kind: str = "cut_off") -> list[Topic]:
    """By agency its programmes that were cut off (or of another state): how many, which, and the latest year of a sign."""
    groups = (
        (a, len(g), int(g["last"].max()), g["programme"])
        for a, g in plans[plans["state"] == state].groupby("agency", sort=False)
    )
    return _most_first(Topic(kind, n, "CONTINUITY", agency=a, what=BETWEEN.join(p), second=last) for a, n, last, p in groups)


def _severity(rows: pd.DataFrame, round_name: str) -> list[Topic]:
    now = rows[(rows["round"] == round_name) & (rows["items"] >= FEWEST_ITEMS)]
    mine = now[now["judgement"].isin(("stricter", "milder"))]
    mine = mine.loc[mine["difference"].abs().sort_values(ascending=False, kind="stable").index]
    return of_rows("severity", SEVERITY, "difference", mine, what="assessor", second="items")


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
