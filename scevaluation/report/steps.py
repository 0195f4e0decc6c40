"""The forms of the action brief: what to do first, who does it, what it adds, and how far the target is with and without it."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import numpy as np
import pandas as pd

from scevaluation.draw.table import Field, Html, html_table
from scevaluation.evaluate import steps as made
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.items import measured
from scevaluation.evaluate.targets import past_targets, reach
from scevaluation.frames import ROOT, VERDICTS
from scevaluation.frames.agenda import ACTIONS, BETTER
from scevaluation.period import Period
from scevaluation.report import items, people
from scevaluation.report.part import Part, note, registers, section
from scevaluation.report.round import labels, region_names
from scevaluation.report.verdicts import row_of
from scevaluation.words import Sentence, Words, decimals, in_any_language, lower

ON_ONE, ASKED = 3, 2  # steps named on page one, recommendations at a step


@lru_cache(maxsize=4)
def tables(e: Evaluation) -> dict[str, pd.DataFrame]:
    """LEVERAGE, ACTIONS and BETTER of an evaluation, as of its day; computed once."""
    rows, found, plan = items.items(e), people.people(e), e.programme
    lever, raw = items.leverage(e), measured(e.scores, plan.region)
    here = {n: v for (r, n), v in raw.items() if r == e.round}
    own, verdict = tuple(a.id for a in plan.agencies if not a.outside), row_of(e.judged, ROOT)
    ahead = bool(verdict) and np.isfinite(verdict["target"]) and Period(verdict["target_round"]).end > e.day
    short = float(verdict["target"]) - e.value(column="value100") if ahead else np.nan
    steps = made.steps(
        rows, lever, e.instrument, own, made.noise(found.panel, e.instrument, list(rows["node"])), found.tables["FOLLOWUP"], here,
        lambda added: reach(e.index, plan, e.round, e.instruments, added), short,
    )  # fmt: skip
    parts = [n.partition("/")[0] for n in steps["node"] if n != ROOT]
    return {"LEVERAGE": lever, "ACTIONS": steps, "BETTER": made.better(e.official, plan.region, parts)}


def _rows(e: Evaluation) -> list[dict]:
    steps = tables(e)["ACTIONS"]
    return steps[steps["rank"] > 0].to_dict("records")


def first_steps(e: Evaluation, w: Words) -> Part | None:
    """For page one: the first steps by name, and where they are explained; None where nothing can be raised."""
    rows, names = _rows(e), items.item_names(e, w, whole=True)
    if not rows:
        return None
    said = "; ".join(w("steps.named", n=w.num(r["rank"], 0), name=lower(names[r["node"]]), level=_level(e, r, w)) for r in rows[:ON_ONE])
    more = f'<a href="#steps">{escape(w("steps.more"))}</a>'
    return Part(f'<section class="part first"><h2>{escape(w("steps.first"))}</h2><p>{escape(said)}. {more}</p></section>', said)


def steps(e: Evaluation, w: Words) -> Part | None:
    """Every step with its level, owner, what it adds, the chance of the target, and what was recommended; empty fields to fill in."""
    rows = _rows(e)
    if not rows:
        return None
    names, owners = items.item_names(e, w, whole=True), e.programme.agency_names(w.lang)
    peers = {n: g for n, g in tables(e)["BETTER"].groupby("node")}
    chance = bool(np.isfinite(rows[0]["p_with"]))
    shown = [
        {
            "name": w("steps.rank", n=w.num(r["rank"], 0), name=names[r["node"]]),
            "level": Html(_levels(e, r, w)),
            "owner": Html(_owner(r, owners, w)),
            "adds": Html(_adds(e, r, w)),
            "chance": w.pct(r["p_without"]) if chance else "",
            "act": Html(_action(e, r, w)),
            "peers": _peers(peers.get(r["node"].partition("/")[0]), w),
        }
        for r in rows
    ]
    columns = (("name", True), ("level", True), ("owner", True), ("adds", True), ("chance", chance), ("act", True), ("peers", len(peers)))
    fields = [Field(c, w(f"steps.column.{c}"), number=c in ("adds", "chance")) for c, there in columns if there]
    told = [w.html(s) for s in _told(e, w)]
    below = "steps.note" + ("_ministry" if e.instrument.ministry else "")
    body = f"<p>{' '.join(told)}</p>{html_table(shown, fields, kind='cards steps', columns=True)}{note(w(below))}"
    return section(body, "", "long", "\n".join(str(r["name"]) for r in shown))


def _told(e: Evaluation, w: Words) -> list[Sentence]:
    """All steps together, the target with and without them, and the next evaluation."""
    table = tables(e)["ACTIONS"]
    whole, digits = table[table["rank"] == 0].iloc[0].to_dict(), _digits(e)
    unit = Sentence("steps.unit_" + whole["unit"], {"scale": w.span(e.instrument.scale)})
    places: dict = {"adds": ACTIONS.fact(whole, "adds", digits), "unit": unit, "n": w.count(len(table) - 1)}
    out, verdict = [Sentence("steps.together", places)], row_of(e.judged, ROOT)
    if np.isnan(whole["short"]):
        behind = past_targets(e.traced, e.programme, str(Period(e.over) + 1), ())
        said = [Sentence("steps.past", {"said": items.past_target(row, labels(e, w)[ROOT], w)}) for row in behind.to_dict("records")]
        out += said or [Sentence("steps.untargeted")]
    else:
        places["target"] = VERDICTS.fact(verdict, "target", decimals(verdict["target"], most=2))
        places["when"] = w.round_long(verdict["target_round"])
        if np.isfinite(whole["p_with"]):
            for c in ("p_without", "p_with"):
                places[c] = ACTIONS.fact(whole, c, 0, percent=True)
            out.append(Sentence("steps.reach", places))
        else:
            places["short"] = ACTIONS.fact(whole, "short", digits, size=True)
            out.append(Sentence("steps.way" if whole["short"] > 0 else "steps.held", places))
    after = made.next_evaluation(e.programme, e.day)
    out.append(Sentence("steps.next", {"round": w.round_long(after)}) if after else Sentence("steps.next_unknown"))
    return out


def _digits(e: Evaluation) -> int:
    return 1 if e.points else 2


def _level(e: Evaluation, r: dict, w: Words) -> str:
    """The level aimed at: level 3, or the best value in its unit."""
    node = e.instrument.nodes[r["node"]]
    if r["node"] not in e.instrument.measured and float(r["level"]).is_integer():
        return w("steps.to_level", level=w.short(r["level"]))
    return w("steps.to_value", value=w.short(r["level"]), unit=w.label(node.unit) if node.unit else "").strip()


def _levels(e: Evaluation, r: dict, w: Words) -> str:
    """Its value now, the level aimed at, and that level's text where the questionnaire has one."""
    node, low = e.instrument.nodes[r["node"]], (e.instrument.scale_of(r["node"]) or e.instrument.scale).low
    said = escape(w("steps.from", now=w.num(r["now"], 2) if not e.points or node.levels else w.short(r["now"]), level=_level(e, r, w)))
    at = round(r["level"] - low)
    text = w.label(node.levels[at]) if 0 <= at < len(node.levels) and r["node"] not in e.instrument.measured else ""
    return said + (f"<br><small>{escape(text)}</small>" if text else "")


def _fill(w: Words) -> str:
    """An empty field, to be filled in by hand."""
    return f'<span class="fill"><span class="visually-hidden">{escape(w("steps.fill"))}</span></span>'


def _owner(r: dict, owners: dict, w: Words) -> str:
    names = [owners.get(a, a) for a in r["agency"].split("; ") if a]
    said = escape(w.join(names)) if names else _fill(w)
    return said + (f"<br><small>{escape(w('people.outside'))}</small>" if r["outside"] else "")


def _adds(e: Evaluation, r: dict, w: Words) -> str:
    """What it adds, with its interval where that is known."""
    digits = _digits(e)
    said, low, high = escape(w.num(r["adds"], digits, sign=True)), w.num(r["adds_low"], digits), w.num(r["adds_high"], digits)
    return said if low == high else f"{said}<br><small>{escape(w('steps.between', low=low, high=high))}</small>"


def _action(e: Evaluation, r: dict, w: Words) -> str:
    """Open recommendations on it with their dates and costs; else empty fields."""
    found = people.people(e)
    texts = w.column(found.recommendations.set_index("id"), "text")
    asked, ids = found.tables["FOLLOWUP"].set_index("id"), r["asked"].split()
    if not ids:
        return _fields("", np.nan, w, _fill(w))
    lines = [_fields(asked.at[i, "due"], asked.at[i, "cost"], w, escape(texts[i]), bool(asked.at[i, "late"])) for i in ids[:ASKED]]
    head = "" if r["named"] else f"<small>{escape(w('steps.near'))}</small><br>"
    more = f"<br><small>{escape(w('steps.others', n=w.num(len(ids) - ASKED, 0)))}</small>" if len(ids) > ASKED else ""
    return head + "<br>".join(lines) + more


def _fields(due: str, cost: float, w: Words, what: str, late: bool = False) -> str:
    """An action with its date and cost, each an empty field where it is not known."""
    when = escape(w("steps.late", round=w.round(due)) if late else w.round(due)) if due else _fill(w)
    price = escape(w("steps.rupiah", amount=w.num(cost, 0))) if np.isfinite(cost) else _fill(w)
    return f"{what}<br><small>{escape(w('steps.due'))} {when} {escape(w('steps.cost'))} {price}</small>"


def _peers(rows: pd.DataFrame | None, w: Words) -> str:
    """Regions of the cohort that lie farthest ahead in it, with their values."""
    if rows is None:
        return "\u2013"
    names = region_names()
    return "; ".join(w("steps.peer", name=names.get(r.peer, r.peer), value=w.num(r.value, 2)) for r in rows.itertuples())


def step_numbers(e: Evaluation, w: Words) -> Part:
    """The tables behind the steps, every cell addressable."""
    return registers(((ACTIONS, tables(e)["ACTIONS"]), (BETTER, tables(e)["BETTER"])), w)


def step_line(e: Evaluation) -> str:
    """The steps in plain figures: a stored check of the notebooks."""
    said = (f"{r['rank']} {r['node']} {r['now']:.2f} to {r['level']:.2f}: {r['adds']:+.2f}" for r in _rows(e))
    return "; ".join(said) or "none"


in_any_language(globals())
