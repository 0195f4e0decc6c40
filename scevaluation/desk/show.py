"""What the desk shows, as parts: pure functions from tables to HTML and plain text. Widgets put the same parts on screen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from importlib import resources

import numpy as np
import pandas as pd

from scevaluation.desk.reach import Reach, reach
from scevaluation.desk.scenario import Scenario, as_evaluated, goal
from scevaluation.desk.what_if import Outcome, apply, side_by_side
from scevaluation.draw.style import mark_html
from scevaluation.errors import EvaluationError
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT
from scevaluation.issues import told
from scevaluation.report.part import Part, note
from scevaluation.report.people import node_names
from scevaluation.report.round import labels
from scevaluation.words import Fact, Sentence, Words, capital, lower

LARGE = 1000  # from here on a score in its unit stands without decimals
SAME = 0.05  # points; smaller than what is written
DASH = "\u2013"
NUMBERS = ("share", "value", "worth", "slope", "place", "score", "now", "to", "gain", "change")  # columns set to the right


@cache
def _css() -> str:
    return (resources.files("scevaluation.desk") / "desk.css").read_text("utf-8").replace("\n", "")


def framed(html: str, projector: bool = False, kind: str = "") -> str:
    """HTML with the desk's look, which JupyterLab does not know; twice the size for a projector."""
    classes = " ".join(("desk", *(["projector"] if projector else []), *([kind] if kind else [])))
    return f'<style>{_css()}</style><div class="{classes}">{html}</div>'


def refused(error: EvaluationError, w: Words, projector: bool, kind: str) -> Part:
    """An error shown in place of a part, since the desk goes on."""
    said = " ".join(told(error, w))
    return Part(framed(f'<p class="flag">{escape(said)}</p>', projector, kind), said)


def empty(text: str) -> str:
    """What is said where there is nothing, as HTML."""
    return f'<div class="empty">{escape(text)}</div>'


def heads(w: Words, *names: str) -> list[tuple[str, bool]]:
    """The head of a `table` by the names of its columns."""
    return [(w("lab.col." + name), name in NUMBERS) for name in names]


def table(head: Sequence[tuple[str, bool]], rows: Sequence[tuple[str, Sequence[str]]], name: str = "") -> str:
    """A table of cells that are HTML already: (header, is a number) for every column, (class, cells) for every row."""

    def css(name: str) -> str:
        return f" class={name}" if name else ""

    kinds = ["n" if number else "" for _, number in head]
    top = "".join(f'<th scope="col"{css(kind)}>{escape(h)}</th>' for (h, _), kind in zip(head, kinds, strict=True))
    body = []
    for row, (first, *rest) in rows:
        tail = "".join(f"<td{css(getattr(c, 'css', '') or k)}>{c}</td>" for c, k in zip(rest, kinds[1:], strict=True))
        body.append(f'<tr{css(row)}><th scope="row">{first}</th>{tail}</tr>')
    return (
        f'<div class="scroll"><table class="desk-table" data-table="{escape(name)}">'
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def said(e: Evaluation, o: Outcome, base: Outcome, w: Words) -> Sentence:
    """The outcome in one sentence, by rule: how far the index moved and how many verdicts change."""
    now, was = o.verdicts.set_index("node"), base.verdicts.set_index("node")
    changed = sum(any(now.at[n, c] != was.at[n, c] for c in ("direction", "pace")) for n in now.index)
    value, before = o.value(), base.value()
    places = {"node": lower(labels(e, w)[ROOT]), "value": Fact(value, "INDEX", f"{e.round}|{ROOT}", "value100")}
    if o.scenario.empty:
        return Sentence("lab.said.same", {**places, "direction": lower(w("direction." + now.at[ROOT, "direction"]))})
    some = {"n": w.num(changed, 0), "all": w.num(len(now), 0)}
    places["verdicts"] = Sentence("lab.verdicts.some", some) if changed else Sentence("lab.verdicts.same")
    if not np.isfinite(value):
        return Sentence("lab.said.none", places)
    if not np.isfinite(before) or abs(value - before) < SAME:
        return Sentence("lab.said.level", places)
    places["size"] = w.num(abs(value - before), 1)
    return Sentence("lab.said.up" if value > before else "lab.said.down", places)


def outcome(e: Evaluation, o: Outcome, w: Words, projector: bool = False) -> Part:
    """What a scenario comes to, beside the evaluation: index, places, verdicts, ranks."""
    base = apply(e, as_evaluated(e))
    sentence = said(e, o, base, w)
    value, before = o.value(), base.value()
    big = (
        f'<div class="big"><data class="desk-index" value="{value!r}">{w.num(value, 1)}</data>'
        f'<span class="was">{escape(w("lab.was", value=w.num(before, 1)))}</span></div>'
    )
    html = f"<h3>{capital(w.html(sentence))}</h3>{big}{_outcome_table(e, o, base, w, projector)}{_ranks(e, o, w)}"
    if o.left_out:
        html += f'<p class="flag">{escape(w("lab.left_out", rounds=w.join(map(w.round, o.left_out))))}</p>'
    html += note(w("lab.note.outcome"))
    return Part(framed(html, projector, "desk-outcome"), capital(w.text(sentence)))


def _outcome_table(e: Evaluation, o: Outcome, base: Outcome, w: Words, projector: bool) -> str:
    shown = ("node", "share", "value", "strip", "verdict", *(() if projector else ("slope", "place")))
    name, place = labels(e, w), o.places.set_index("node")
    now, was, slope = o.verdicts.set_index("node"), base.verdicts.set_index("node"), o.trend.set_index("node")
    rows = []
    for n in [x for x in o.nodes if x in now.index]:
        v, value, before = now.loc[n], o.value(n), base.value(n)
        share, moves = 1.0 if n == ROOT else float(place.at[n, "share"]), np.isfinite(slope.at[n, "slope"])
        low, middle, high = (w.num(slope.at[n, c], 1, sign=True) for c in ("low", "slope", "high"))
        cells = {
            "node": escape(name[n]),
            "share": w.pct(share, 1) if np.isfinite(share) else DASH,
            "value": f'<data value="{value!r}" data-node="{escape(n)}">{w.num(value, 1)}</data>'
            + f'<br><span class="under">{w.num(value - before, 1, sign=True)}</span>',
            "strip": strip(before, value, v["target"]),
            "verdict": _verdict(v, was.loc[n], w),
            "slope": f'{middle}<br><span class="under">{escape(w("lab.pace", low=low, high=high))}</span>' if moves else DASH,
            "place": "" if n == ROOT else f"{place.at[n, 'place']} / {place.at[n, 'of']}" if place.at[n, "place"] else DASH,
        }
        rows.append(("first" if n == ROOT else "", [cells[k] for k in shown]))
    return table(heads(w, *shown), rows, "outcome")


def _chance(p: float, w: Words) -> str:
    """The chance to reach the target in time, in brackets; a forecast that rounding makes certain is still none."""
    return f" ({escape(w.pct(np.clip(p, 1e-9, 1 - 1e-9)))})" if np.isfinite(p) else ""


def strip(before: float, now: float, target: float) -> str:
    """Where a value stands between 0 and 100; the numbers stand beside it, so it has no text of its own."""
    marks = (("goal", target), ("before", before), ("now", now))
    inner = "".join(f'<i class="{k}" style="left:{v:.2f}%"></i>' for k, v in marks if np.isfinite(v))
    return f'<span class="strip" aria-hidden="true"><i class="axis"></i>{inner}</span>'


def _verdict(now: pd.Series, was: pd.Series, w: Words) -> str:
    """Direction, and below it the pace against the target with its chance; what differs is underlined."""
    direction = _changed(escape(w("direction." + now["direction"])), now["direction"] != was["direction"])
    pace = _changed(escape(w("pace." + now["pace"])), now["pace"] != was["pace"]) + _chance(now["p_hit"], w)
    return f'<span class="whole">{mark_html(now["direction"])}{direction}</span><br><span class="under">{pace}</span>'


def _changed(text: str, differs: bool) -> str:
    return f'<span class="differs">{text}</span>' if differs else text


def _ranks(e: Evaluation, o: Outcome, w: Words) -> str:
    """The region's rank among the participants of the ministry's letter, with its interval."""
    if len(e.peers) and o.scenario.scores:
        return note(w("lab.no_ranks"))
    lines = []
    for r in o.peers.itertuples():
        numbers = {"rank": r.rank, "n": r.n, "low": r.rank_low, "high": r.rank_high}
        text = w("lab.rank.all", **numbers) if r.cohort == "all" else w("lab.rank.cohort", cohort=r.cohort, **numbers)
        lines.append(f"<p>{escape(text)}</p>")
    return "".join(lines)


def way(
    e: Evaluation,
    scenario: Scenario,
    w: Words,
    node: str = ROOT,
    target: float | None = None,
    most: float | None = None,
    projector: bool = False,
) -> Part:
    """What must change to reach a target (default: the node's own, or the scenario's)."""
    name = labels(e, w)[node]
    aim = goal(e, scenario, node) if target is None else target
    if not np.isfinite(aim):
        text = capital(w("lab.reach.no_target", node=name))
        return Part(framed(empty(text), projector, "desk-way"), text)
    found = reach(e, scenario, aim, node, most)
    n = len(found.changes)
    numbers = {k: w.num(v, 1) for k, v in (("target", found.target), ("value", found.value), ("best", found.best))}
    many = "" if found.state != "possible" else ".one" if n == 1 else ".many"
    text = capital(w.text(Sentence("lab.reach." + found.state + many, {"node": lower(name), "n": w.count(n), **numbers})))
    html = f"<h3>{escape(text)}</h3>"
    if n:
        limit = w("lab.reach.top") if most is None else w("lab.reach.most", points=w.num(most, 0 if most == int(most) else 2))
        html += _way_table(e, found, w) + note(w("lab.reach.note", most=limit, unreported=w.num(found.unreported, 0)))
    return Part(framed(html, projector, "desk-way"), text)


def _way_table(e: Evaluation, r: Reach, w: Words) -> str:
    names, agencies, short = node_names(e, w), e.programme.agency_names(w.lang), labels(e, w)[r.node]
    head = [*heads(w, "item", "agency", "now", "to", "gain"), (w("lab.col.after", node=short), True)]
    rows = []
    for c in r.changes.itertuples():
        who = item_name(c.node, names), escape(agencies.get(c.agency, c.agency) or DASH)
        scores = _as_measured(e, c.node, c.now, w), _as_measured(e, c.node, c.to, w, c.to - c.now)
        rows.append(("", [*who, *map(escape, scores), w.num(c.gain, 1, sign=True), w.num(c.after, 1)]))
    return table(head, rows, "way")


def _as_measured(e: Evaluation, node: str, score: float, w: Words, way: float = 0.0) -> str:
    """A score with its unit; of an item measured its own way also, by the `way` it goes, whether it is the least or the most."""
    unit, own = e.instrument.nodes[node].unit, node in e.instrument.measured
    text = w.num(score, 0 if own and abs(score) >= LARGE else 2) + (f"\u00a0{unit[w.lang]}" if unit else "")
    return w("lab.reach.at_most" if way < 0 else "lab.reach.at_least", score=text) if own and way else text


def item_name(node: str, names: dict[str, str]) -> str:
    """An item's name and where it stands, as HTML."""
    top = node.partition("/")[0]
    under = f' <span class="path">({escape(names.get(top, top))})</span>' if top != node else ""
    return escape(names.get(node, node)) + under


def compared(e: Evaluation, scenarios: Sequence[Scenario], w: Words, projector: bool = False) -> Part:
    """Scenarios side by side with the evaluation: a column each, a row for the index and for each node below it."""
    title = capital(w("lab.compare.title", node=lower(labels(e, w)[ROOT])))
    if not scenarios:
        text = w("lab.compare.none")
        return Part(framed(f"<h3>{escape(title)}</h3>{empty(text)}", projector, "desk-compare"), text)
    rows = side_by_side(e, scenarios).set_index(["node", "scenario"])
    name, columns = labels(e, w), ["", *(s.name for s in scenarios)]
    head = [(c, False) for c in (w("lab.col.node"), w("lab.evaluated"), *columns[1:])]
    nodes = [n for n in (ROOT, *e.top) if (n, "") in rows.index]
    body = [("first" if n == ROOT else "", [escape(name[n]), *(_cell(rows.loc[(n, c)], c, w) for c in columns)]) for n in nodes]
    notes = "".join(f"<p><b>{escape(s.name)}</b>: {escape(s.note)}</p>" for s in scenarios if s.note)
    html = f"<h3>{escape(title)}</h3>{table(head, body, 'compare')}{notes}{note(w('lab.compare.note'))}"
    values = [f"{c or w('lab.evaluated')}: {w.num(rows.at[(ROOT, c), 'value100'], 1)}" for c in columns]
    return Part(framed(html, projector, "desk-compare"), "; ".join(values))


def _cell(row: pd.Series, scenario: str, w: Words) -> str:
    """One node under one scenario: value, change, verdict, chance of the target."""
    change = f' <span class="path">({w.num(row["change"], 1, sign=True)})</span>' if scenario else ""
    verdict = mark_html(row["direction"]) + _changed(escape(w("direction." + row["direction"])), row["direction_differs"])
    pace = _changed(escape(w("pace." + row["pace"])), row["pace_differs"]) + _chance(row["p_hit"], w)
    return f"<b>{w.num(row['value100'], 1)}</b>{change}<br>{verdict}<br>{pace}"
