"""The forms of the sheet for a discussion with the agencies (FGD): an agenda on one page, and what stands behind it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from html import escape

import pandas as pd

from scevaluation.draw.chart import Chart
from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate import agenda as made
from scevaluation.evaluate.claims import Claims
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT, TREND
from scevaluation.frames.agenda import AGENDA, SHEET
from scevaluation.frames.claims import FACT
from scevaluation.frames.people import PEOPLE
from scevaluation.intake.people import read_programmes
from scevaluation.kinds import KINDS
from scevaluation.period import Period
from scevaluation.report import annex, people, plan
from scevaluation.report.face import Report, form
from scevaluation.report.part import Part, folded, note, section
from scevaluation.report.plan import Chapter, Plan, Table
from scevaluation.report.round import labels
from scevaluation.words import Sentence, Words, in_any_language, lower


@lru_cache(maxsize=4)
def tables(e: Evaluation) -> dict[str, pd.DataFrame]:
    """SHEET and AGENDA of an evaluation; computed once."""
    found, region = people.people(e), e.programme.region
    scale = e.instrument.scale
    held = people.own_tables(e)
    topics = made.agenda(held, found.panel, e.trend, e.judged, e.top, scale.high - scale.low, region, e.round)
    return {"SHEET": made.sheet(held, region, e.round), "AGENDA": topics}


def available(e: Evaluation) -> dict[str, bool]:
    """Whether the data hold what a part of the sheet is about."""
    held = {**people.people(e).tables, "PANEL": people.people(e).panel}
    of = {"duties": "REPORTING", "gap": "GAP", "panel": "PANEL", "programmes": "CONTINUITY", "followup": "FOLLOWUP"}
    out = {name: len(held[table]) > 0 for name, table in of.items()}
    return out | {"lacking": not all(out.values())}


def headline(e: Evaluation, w: Words) -> Part:
    """Who is behind, by the sheet's counts; below it what is on record."""
    row = tables(e)["SHEET"].iloc[0].to_dict()
    places = plan.cells(SHEET, row, [c for c, k in SHEET.columns.items() if k.dtype == "int"])
    lede = "duties" if row["due"] else "programmes" if row["programmes"] else "nothing"
    head = Sentence(w.of("family.sheet.head." + row["rule"], e.instrument.ministry), places)
    lede += "_ministry" if lede == "programmes" and e.instrument.ministry else ""
    record = "cut_off" if row["cut_off"] else "carried" if row["programmes"] else ""
    said = {
        "reports": Sentence("family.sheet.lede." + ("lacking" if row["lacking"] else "complete"), places),
        "record": Sentence("family.sheet.lede." + record, places) if record else "",
    }
    return plan.opening(head, Sentence("family.sheet.lede." + lede, {**places, **said}), [], w)


def agenda_list(e: Evaluation, w: Words) -> Part:
    """What to talk about, each topic with its reason and the question to answer."""
    rows = tables(e)["AGENDA"].to_dict("records")
    names, nodes = e.programme.agency_names(w.lang), {**people.node_names(e, w), **labels(e, w)}
    said = [_topic(e, r, names, nodes, w) for r in rows]
    heading = w("family.sheet.agenda", n=w.count(len(rows)))
    return plan.topics(heading, said, w, "agenda")


def _topic(e: Evaluation, r: dict, names: dict[str, str], nodes: dict[str, str], w: Words) -> tuple[Sentence, ...]:
    """Title, reason and question of a row of AGENDA."""
    kind = r["kind"]
    digits = {"falling": 1, "spread": 2, "claim": 2, "severity": 2}.get(kind, 0)
    how = {"size": True} if kind in ("falling", "severity") else {}
    places = {
        "agency": names.get(r["agency"], r["agency"]),
        "node": plan.listed([lower(nodes.get(n, n)) for n in r["node"].split()], w),
        "what": r["what"],
        "value": plan.cell(AGENDA, r, "value", digits, **how),
        "second": plan.cell(AGENDA, r, "second") if pd.notna(r["second"]) else "",
    }
    if kind in ("cut_off", "silent"):  # a year is no quantity: 2020, not 2.020
        places |= {"second": str(int(r["second"])), "what": plan.listed(r["what"].split(made.BETWEEN), w)}
    if kind == "severity":
        kind += "_stricter" if r["value"] < 0 else "_milder"
    if kind == "falling":
        owners = people.people(e).tables["RESPONSIBILITY"]
        mine = owners[(owners["sector"] == r["node"]) & ~owners["agency"].isin(["*"]) & (owners["items"] > 0)]["agency"]
        places["agency"] = w.join(names.get(a, a) for a in mine) or w("family.no_owner")
    places["unit"] = Sentence(e.unit)
    sure = Claims.of(e.claims).weakest(r["node"].split()) if kind == "falling" else FACT
    return tuple(Sentence("family.agenda." + kind + part, places, sure) for part in ("", ".reason", ".ask"))


def behind(e: Evaluation, w: Words) -> Part:
    """By agency what is due, what is missing and since when, and its open recommendations; who is furthest behind first."""
    found, names = people.people(e), e.programme.agency_names(w.lang)
    nodes, asked = people.node_names(e, w), found.tables["FOLLOWUP"]
    rows = found.tables["REPORTING"]
    still = asked[asked["closed"] == ""].groupby("agency").size()
    late = asked[asked["state"] == "overdue"].groupby("agency").size()
    table = rows.assign(
        name=[names.get(a, a) for a in rows["agency"]],
        said=[w("people.of", n=w.num(m, 0), all=w.num(d, 0)) for m, d in zip(rows["missing"], rows["due"], strict=True)],
        open=[int(still.get(a, 0)) for a in rows["agency"]],
        overdue=[int(late.get(a, 0)) for a in rows["agency"]],
    ).sort_values(["overdue", "missing", "open", "name"], ascending=[False, False, False, True])
    whole = lambda v: w.num(v, 0)  # noqa: E731
    fields = [
        Field("name", w("family.column.agency")),
        Field("said", w("family.column.missing"), number=True),
        Field("indicators", w("family.column.which"), lambda t: w.join(lower(nodes.get(n, n)) for n in t.split()) or "\u2013"),
        *(Field(c, w("family.column." + c), whole, True) for c in ("streak", "open", "overdue")),
    ]
    return section(html_table(table, fields) + note(w("family.sheet.behind_note")), w("family.sheet.behind"), "long narrow")


def spreads(e: Evaluation, w: Words) -> Part:
    """Every indicator by how far its assessors lie apart: the order in which to talk about them."""
    found, names, nodes = people.people(e), e.programme.agency_names(w.lang), people.node_names(e, w)
    rows = found.panel.drop_duplicates(["indicator", "agency"])
    rows = rows[rows["spread"] > 0]
    two = lambda v: w.num(v, 2)  # noqa: E731
    fields = [
        Field("indicator", w("family.column.item"), lambda n: nodes.get(n, n)),
        Field("agency", w("family.column.agency"), lambda a: names.get(a, a) or "\u2013"),
        *(
            Field(c, w("family.column." + k), two, True)
            for c, k in (("low", "lowest"), ("high", "highest"), ("spread", "spread"))
        ),
    ]
    head = w("family.sheet.spreads", n=w.num(len(rows), 0))
    body = html_table(rows, fields) if len(rows) else f"<p>{escape(w('family.sheet.spreads_none'))}</p>"
    return section(folded(head, body), kind="long", text=head)


def latest(e: Evaluation) -> int:
    """The last year of which the programme's own list tells, never before the round's."""
    rows = read_programmes(e.programme)
    years = [int(v) for c in ("first_year", "last_year", "seen") for v in rows[c] if v]
    return max([Period(e.round).year, *years])


def continuity_latest(e: Evaluation, w: Words) -> Chart | None:
    """Programmes as of the last year on record, where that is later than the round's."""
    until = latest(e)
    if until == Period(e.round).year or e.programme.made_up:
        return None
    chart = people.continuity_chart(e, w, until)
    finding = Sentence("family.sheet.latest", {"year": str(until), "finding": chart.finding})
    return replace(chart, name="continuity-latest", finding=finding)


def asked_list(e: Evaluation, w: Words) -> Part:
    """Open recommendations by agency, with their age; the longest overdue first within each."""
    rows = people.people(e).tables["FOLLOWUP"]
    rows = rows[rows["closed"] == ""]
    late = rows.groupby("agency")["late"].transform("max") if len(rows) else rows["late"]
    order = {"most": False, "agency": True, "late": False, "age": False}
    rows = rows.assign(most=late).sort_values(list(order), ascending=list(order.values()), kind="stable")
    body = people.asked_table(e, rows, w) or f"<p>{escape(w('family.sheet.asked_none'))}</p>"
    return section(body, w("family.sheet.asked"), "long narrow compact")


def page_tables(e: Evaluation) -> list[Table]:
    """The tables behind the agenda and the titles."""
    found, own = people.people(e).tables, tables(e)
    top = e.trend[e.trend["node"].isin([ROOT, *e.top])]
    return [(SHEET, own["SHEET"]), (AGENDA, own["AGENDA"]), (TREND, top), *((PEOPLE[n], found[n]) for n in PEOPLE)]


PLAN: Plan = Plan(
    KINDS["agencies"],
    (
        Chapter("sheet_duties", ("duties",)),
        Chapter("sheet_scores", ("gap", "panel")),
        Chapter("sheet_programmes", ("programmes",)),
        Chapter("sheet_followup", ("followup",)),
        Chapter("quality", ("lacking",)),
        Chapter("numbers"),
    ),
    available,
    page_tables,
    lambda name: "family.sheet.absent." + name,
    first_page_full=lambda e: available(e)["duties"],
)


def summary(e: Evaluation) -> str:
    """Who is behind in plain figures: a stored check of the notebook."""
    r = tables(e)["SHEET"].iloc[0]
    late = f"{r['overdue']} of {r['open']} recommendations overdue"
    return f"{r['rule']}: {r['missing']} of {r['due']} indicators missing, {late}"


def agenda_line(e: Evaluation) -> str:
    """The agenda's kinds in plain figures."""
    rows = tables(e)["AGENDA"]
    return "; ".join(f"{r.rank} {r.kind} {r.value:.2f}" for r in rows.itertuples())


def programme_line(e: Evaluation) -> str:
    """What became of the programmes in plain figures."""
    r = tables(e)["SHEET"].iloc[0]
    return f"{r['programmes']} programmes: {r['runs']} run, {r['sighted']} seen, {r['cut_off']} cut off, {r['silent']} without a later sign"


in_any_language(globals())


class Agenda(Report):
    """The sheet for the discussion with the agencies."""

    plan = PLAN
    summary = form(summary)
    headline = form(headline)
    agenda_line = form(agenda_line)
    agenda_list = form(agenda_list)
    agencies = form(people.agencies, "duties")
    behind = form(behind, "duties")
    gap_chart = form(people.gap_chart, "gap")
    disagreement = form(people.disagreement, "panel")
    spreads = form(spreads, "panel")
    severity_chart = form(people.severity_chart, "panel")
    programme_line = form(programme_line)
    continuity_chart = form(people.continuity_chart, "programmes")
    continuity_latest = form(continuity_latest, "programmes")
    followup_chart = form(people.followup_chart, "followup")
    asked_list = form(asked_list, "followup")
    inputs = form(annex.inputs)
