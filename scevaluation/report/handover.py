"""The forms of the brief for a new regent, as of any day: what the programme reached, what to do first and to decide, what stands still."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from html import escape

import numpy as np
import pandas as pd

from scevaluation.draw.style import mark_html
from scevaluation.draw.table import Field, html_table
from scevaluation.errors import ReportError
from scevaluation.evaluate import handover as made
from scevaluation.evaluate.agenda import BETWEEN
from scevaluation.evaluate.claims import Claims
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.overall import FALLING, RISING, STILL, tier, units, unsure
from scevaluation.evaluate.steps import next_evaluation
from scevaluation.frames import CHANGE, INDEX, PEERS, ROOT, TREND, VERDICTS
from scevaluation.frames.agenda import ACTIONS, BETTER, BRIEF, CYCLES, DECISIONS
from scevaluation.frames.claims import CLAIMS, FACT
from scevaluation.frames.items import LEVERAGE
from scevaluation.frames.people import PEOPLE
from scevaluation.issues import issue, refusal
from scevaluation.kinds import KINDS
from scevaluation.period import Period
from scevaluation.programme import Event
from scevaluation.report import annex, items, part, people, plan
from scevaluation.report import steps as first
from scevaluation.report.face import Report, form
from scevaluation.report.part import Part, note, section
from scevaluation.report.plan import Chapter, Plan, Table
from scevaluation.report.round import cards, history, labels, says, spoken, timeline, told, with_predicate
from scevaluation.report.verdicts import row_of
from scevaluation.words import Sentence, Words, decimals, in_any_language, lower

MOST_STILL, MOST_OPEN, MOST_EVENTS = 6, 10, 8


@lru_cache(maxsize=4)
def tables(e: Evaluation) -> dict[str, pd.DataFrame]:
    """DECISIONS, CYCLES and BRIEF of an evaluation, as of its day; computed once."""
    found = people.own_tables(e)
    decided = made.decisions(e.programme, e.round, e.over, e.top, e.instrument.ministry, e.index, e.trend, e.judged, found)
    cycles = made.cycles(e.traced, e.programme, e.round, (ROOT, *e.top))
    brief = made.brief(e.programme, e.over, e.top, e.index, e.judged, found, decided)
    return {"DECISIONS": decided, "CYCLES": cycles, "BRIEF": brief}


def as_of(e: Evaluation, day: str) -> Evaluation:
    """The same evaluation as of a later day, such as "2025-03-01"; ReportError for a day before its round is over."""
    end, about = Period(e.round).end, (e.programme.id, "")
    try:
        late = date.fromisoformat(day) >= end
    except ValueError:
        raise refusal(ReportError, [issue(*about, "no_day", "error", day, "2025-03-01", "write_day")]) from None
    if not late:
        raise refusal(ReportError, [issue(*about, "day_early", "error", day, f"{e.round} ({end})", "later_day")])
    return replace(e, as_of="" if day == str(end) else day)


def masthead(e: Evaluation, w: Words) -> Part:
    """Who, as of which day, from which round."""
    name = w("kind.handover")
    if not e.as_of:
        return plan.masthead(e, w, name)
    title = w("family.title_day", kind=name, region=w.label(e.programme.region_label), day=w.day(e.day))
    return part.masthead(e, w, name, title)


def since(e: Evaluation, w: Words) -> Part | None:
    """What changed between the round and the day of the brief; None where they are the same."""
    if not e.as_of:
        return None
    found = made.since(e.programme, e.round, e.day, people.people(e).tables["FOLLOWUP"])
    rounds = [w("family.since.round_" + r.state, round=w.round_long(r.id)) for r in found["rounds"]]
    said = [w("family.since.from", day=w.day(e.day), round=w.round_long(e.round)), *rounds]
    texts = w.column(people.people(e).recommendations.set_index("id"), "text")
    for kind in ("due", "closed"):
        if found[kind]:
            named = plan.listed([texts[i] for i in found[kind]], w)
            said.append(w("family.since." + kind, n=w.num(len(found[kind]), 0), named=named))
    events = [f"<li>{escape(_dated(v, w))} <b>{escape(w.label(v.label))}</b></li>" for v in found["events"][:MOST_EVENTS]]
    if not events:
        said.append(w("family.since.no_event"))
    listed = f"<ul>{''.join(events)}</ul>{_more(len(found['events']) - MOST_EVENTS, w)}" if events else ""
    text = " ".join(said)
    return section(f"<p>{escape(text)}</p>{listed}", w("family.since.head", round=w.round_long(e.round)), "stands", text, level=2)


def _dated(event: Event, w: Words) -> str:
    """The day of an event's beginning, as precisely as it was recorded."""
    return w.day(event.first) if len(event.start) == len("2024-06-30") else event.start


def headline(e: Evaluation, w: Words) -> Part:
    """What the programme reached since its first round, in one sentence; value, pace and target; three findings."""
    row = tables(e)["BRIEF"].iloc[0].to_dict()
    begun = min((r.id for r in e.programme.rounds), key=Period)
    places: dict = plan.cells(BRIEF, row, [c for c, k in BRIEF.columns.items() if k.dtype == "int"])
    places |= {"since": w.round_long(begun), "unit": w(e.unit)}
    judged = "" if row["rule"].startswith("few") else row["rule"].partition("_")[2]
    if judged:
        claimed = Claims.of(e.claims)
        for side, these in (("up", RISING), ("down", FALLING)):
            places[f"unsure_{side}"] = unsure(claimed, [n for n in e.top if claimed.direction(n) in these], w.count)
        places["units"] = units(e.unit, len(e.top))
        places["tier"] = lower(w.text(spoken(tier(claimed), w)))
    sure = claimed.weakest([ROOT]) if judged else FACT
    head = Sentence("family.brief.head." + (f"judged_{judged}" if judged else row["rule"]), places, sure)
    return plan.opening(head, with_predicate(_lede(e, places, w), e, w), cards(says(e, w), w), w)


def _lede(e: Evaluation, places: dict, w: Words) -> Sentence:
    trend, says = row_of(e.trend, ROOT), row_of(e.judged, ROOT)
    now = e.index[(e.index["node"] == ROOT) & (e.index["round"] == e.round)].iloc[0].to_dict()
    region = w.label(e.programme.region_label)
    if says["direction"] == "too_little_data":
        value = plan.cell(INDEX, now, "value100", 1) if e.points else plan.cell(INDEX, now, "value", 2)
        best = "100" if e.points else w.num(e.instrument.scale.high, 0)
        key = "family.brief.lede.unpublished" + ("_ministry" if e.instrument.ministry else "")
        hidden = Sentence(key, places) if places["unpublished"].value else ""
        said = {"region": region, "value": value, "best": best, "unpublished": hidden}
        return Sentence("family.brief.lede.few", places | said)
    out = {**places, "region": region, "value": plan.cell(INDEX, now, "value100", 1)}
    out["pace"] = plan.cell(TREND, trend, "slope", 1, sign=True)
    out["followup"] = Sentence("family.brief.lede.followup", places) if places["open"].value else ""
    if np.isnan(says["needed"]) or Period(says["target_round"]).end <= e.day:
        return Sentence("family.brief.lede.plain", out)
    out |= {"target": plan.cell(VERDICTS, says, "target", decimals(says["target"])), "when": w.round_long(says["target_round"])}
    return Sentence("family.brief.lede.target", {**out, "needed": plan.cell(VERDICTS, says, "needed", 1, sign=True)})


def decision_list(e: Evaluation, w: Words) -> Part:
    """The decisions until the next evaluation, each with its reason and number."""
    rows = tables(e)["DECISIONS"].to_dict("records")
    names = e.programme.agency_names(w.lang)
    nodes = {**people.node_names(e, w), **items.item_names(e, w, whole=True), **labels(e, w)}
    ahead = next_evaluation(e.programme, e.day)
    until = w.round_long(ahead) if ahead else w("family.brief.next")
    said = [_decision(e, r, names, nodes, until, w) for r in rows]
    heading = w("family.brief.decisions", n=w.count(len(rows), capital=True), until=until)
    return plan.topics(heading, said, w, "decisions")


def _decision(e: Evaluation, r: dict, names: dict, nodes: dict, until: str, w: Words) -> tuple[Sentence, ...]:
    """Title, reason and what is to be there by when, of a row of DECISIONS."""
    kind = r["kind"]
    digits = {"falling": 1, "slow": 1, "panel": 2}.get(kind, 0)
    how = {"falling": {"size": True}, "thin": {"percent": True}, "slow": {"sign": True}}.get(kind, {})
    second = {"digits": 1, "sign": True} if kind == "slow" else {}
    places = {
        "agency": names.get(r["agency"], r["agency"]) or w("family.no_owner"),
        "node": w.join(lower(nodes.get(n, n)) for n in r["node"].split()),
        "what": r["what"],
        "value": plan.cell(DECISIONS, r, "value", digits, **how),
        "second": plan.cell(DECISIONS, r, "second", **second) if pd.notna(r["second"]) else "",
        "until": until,
        "unit": w(e.unit),
    }
    if kind in ("cut_off", "silent"):  # a year is no quantity: 2020, not 2.020
        places |= {"second": str(int(r["second"])), "what": plan.listed(r["what"].split(BETWEEN), w)}
    keys = ("family.decision." + kind + part for part in ("", ".reason", ".ask"))
    sure = Claims.of(e.claims).weakest(r["node"].split()) if kind == "falling" else FACT
    return tuple(Sentence(w.of(key, e.instrument.ministry), places, sure) for key in keys)


def reached(e: Evaluation, w: Words) -> Part:
    """Cycle by cycle, the index and every part of it at the first and the last round with a value."""
    rows, names = tables(e)["CYCLES"], labels(e, w)
    cycles = {"": w("family.brief.before"), **{c.id: w.label(c.label) for c in e.programme.cycles}}
    order = [c for c in cycles if c in set(rows["cycle"])]
    by = {(r["cycle"], r["node"]): r for r in rows.to_dict("records")}
    nodes = [n for n in (ROOT, *e.top) if any((c, n) in by for c in order)]
    table = [{"name": names[n], **{c: _cycle(e, by[c, n], w) for c in order}} for n in nodes]
    heads = {c: f"{cycles[c]} ({_ends(rows[(rows['cycle'] == c)], w)})" for c in order}
    fields = [Field("name", w("family.column.part")), *(Field(c, heads[c]) for c in order)]
    low, high = (0.0, 100.0) if e.points else (e.instrument.scale.low, e.instrument.scale.high)
    said = note(w("family.brief.reached_note", low=w.num(low, 0), high=w.num(high, 0)))
    return section(html_table(table, fields) + said, w("family.brief.reached"), level=2)


def _ends(rows: pd.DataFrame, w: Words) -> str:
    """First and last round with a value, of the row that has most of them."""
    most = rows.loc[rows["scored"].idxmax()]
    if not most["scored"]:
        return w("family.brief.no_round")
    ends = list(dict.fromkeys((most["start"], most["end"])))
    return f" {w('card.to')} ".join(w.round(r) for r in ends)


def _cycle(e: Evaluation, r: dict, w: Words) -> str:
    """A node's way through a cycle; on the questionnaire's own scale on the ministry's, and where that changed on the way."""
    if r["state"] == "no_value":
        return w("family.brief.no_value")
    first, last, change, digits = r["first"], r["last"], r["change"], 1
    ends = [e.instruments[r[c]].scale for c in ("start", "end")]
    if (ends[0].low, ends[0].high) != (ends[1].low, ends[1].high):
        said = zip(("first", "last"), ends, strict=True)
        places = {c: w("family.brief.on_scale", value=w.num(s.from100(r[c]), 2), scale=w.span(s)) for c, s in said}
        return w("family.brief.way_scales", **places)
    if not e.points:
        change, digits = change * (ends[1].high - ends[1].low) / 100, 2
        first, last = (scale.from100(v) for scale, v in zip(ends, (first, last), strict=True))
    if r["state"] == "one_round":
        return w.num(last, digits)
    key = "family.brief.way" if r["state"] == "computed" else "family.brief.way_other"
    return w(key, first=w.num(first, digits), last=w.num(last, digits), change=w.num(change, digits, sign=True))


def stands(e: Evaluation, w: Words) -> Part | None:
    """What stands still or falls below the sectors, the fastest fall first; None where there is no verdict that says so."""
    nodes = [n for n in e.instrument.leaves if "/" in n]
    rows = made.still(e.trend, e.judged, nodes)
    if rows.empty:
        return None
    names, body = people.node_names(e, w), ""
    for r in rows.head(MOST_STILL).to_dict("records"):
        pace = {c: plan.cell(TREND, r, c, 1, sign=True) for c in ("slope", "low", "high")}
        said = w.html(Sentence("family.brief.pace", pace))
        body += f"<li>{mark_html(r['direction'])} <b>{escape(names[r['node']])}</b> {said}</li>"
    level = int(rows["direction"].isin(STILL).sum())
    head = w("family.brief.still", still=w.num(level, 0), n=w.num(len(nodes), 0), fall=w.num(len(rows) - level, 0))
    return section(f"<ul>{body}</ul>{_more(len(rows) - MOST_STILL, w)}", head, "stands", level=2)


def _more(n: int, w: Words) -> str:
    """How many are not listed, as HTML; "" for none."""
    return note(w("family.brief.more", n=w.num(n, 0))) if n > 0 else ""


def still_open(e: Evaluation, w: Words) -> Part | None:
    """Open recommendations, overdue first; None where none was made."""
    rows = people.people(e).tables["FOLLOWUP"]
    if rows.empty:
        return None
    rows = rows[rows["closed"] == ""].sort_values("agency", key=lambda a: a.isin(e.programme.outside), kind="stable")
    late = int((rows["state"] == "overdue").sum())
    head = w("family.brief.open", n=w.num(len(rows), 0), late=w.num(late, 0))
    body = people.asked_table(e, rows.head(MOST_OPEN), w, raised=False)
    return section(body + _more(len(rows) - MOST_OPEN, w), head, "long narrow compact", level=2)


def available(e: Evaluation) -> dict[str, bool]:
    """Whether the data hold what a part of the brief is about."""
    found, judged = people.people(e).tables, bool((e.judged["direction"] != "too_little_data").any())
    of = {"duties": "REPORTING", "followup": "FOLLOWUP", "programmes": "CONTINUITY"}
    held = {name: len(found[table]) > 0 for name, table in of.items()}
    sectors = {"sectors": False} if e.instrument.ministry else {}
    held["steps"] = len(first.tables(e)["ACTIONS"]) > 0
    return {"verdicts": judged, "targets": bool(e.programme.targets), **sectors, **held, "events": bool(e.events)}


def page_tables(e: Evaluation) -> list[Table]:
    """The tables behind the text."""
    own, found, index = tables(e) | first.tables(e), people.people(e).tables, e.traced[e.traced["node"].isin({ROOT, *e.top})]
    return [
        *((c, own[c.name]) for c in (BRIEF, ACTIONS, BETTER, DECISIONS, CYCLES)),
        (INDEX, index),
        (CHANGE, e.change),
        (CLAIMS, told(e)),
        (TREND, e.trend),
        (VERDICTS, e.verdicts),
        (PEERS, e.peers),
        (LEVERAGE, own["LEVERAGE"]),
        *((PEOPLE[n], found[n]) for n in ("REPORTING", "AGREEMENT", "FOLLOWUP", "CARRIED", "CONTINUITY")),
    ]


PLAN: Plan = Plan(
    KINDS["handover"],
    (Chapter("steps", ("steps",)), Chapter("brief_decide"), Chapter("brief_since"), Chapter("numbers")),
    available,
    page_tables,
    lambda name: "family.brief.absent." + name,
)


def summary(e: Evaluation) -> str:
    """The brief's counts in plain figures: a stored check of the notebook."""
    r = tables(e)["BRIEF"].iloc[0]
    moved = f"{r['up']} up, {r['flat']} flat, {r['down']} down of {r['parts']}"
    return f"{r['rule']}: {r['scored']} of {r['rounds']} rounds; {moved}"


def decision_line(e: Evaluation) -> str:
    """The decisions in plain figures."""
    return "; ".join(f"{r.rank} {r.kind} {r.value:.2f}" for r in tables(e)["DECISIONS"].itertuples())


def cycle_line(e: Evaluation) -> str:
    """The index cycle by cycle in plain figures."""
    rows = tables(e)["CYCLES"]
    rows = rows[rows["node"] == ROOT].itertuples()
    return "; ".join(f"{r.cycle or 'before'}: {r.scored} of {r.rounds} rounds, {r.first:.1f} to {r.last:.1f}" for r in rows)


in_any_language(globals())


class Brief(Report):
    """The brief for a new regent."""

    plan = PLAN
    summary = form(summary)
    masthead = form(masthead)
    headline = form(headline)
    since = form(since)
    cycle_line = form(cycle_line)
    reached = form(reached)
    step_line = form(first.step_line)
    steps = form(first.steps, "steps")
    decision_line = form(decision_line)
    decision_list = form(decision_list)
    stands = form(stands)
    history = form(history)
    timeline = form(timeline, "events")
    still_open = form(still_open)
    inputs = form(annex.inputs)
