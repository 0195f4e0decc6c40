"""The forms of the satisfaction report (SKM, PermenPANRB 14/2017): index, nine elements and classes, from the survey alone."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TypeAlias

import pandas as pd

from scevaluation.charts import qualities as qualities_
from scevaluation.charts import skm as chart
from scevaluation.draw.chart import Chart
from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate import survey
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.redaction import told_issues
from scevaluation.evaluate.survey import CLASSES, Surveyed
from scevaluation.frames import ISSUES, ROOT
from scevaluation.frames.surveys import SKM, SURVEY
from scevaluation.instrument import load_instrument
from scevaluation.intake.survey import SKM_INSTRUMENT, elements, summary_issues
from scevaluation.kinds import KINDS
from scevaluation.period import Period
from scevaluation.report import annex, plan
from scevaluation.report import round as round_
from scevaluation.report import survey as survey_
from scevaluation.report.face import Report, form
from scevaluation.report.part import Part, note, section
from scevaluation.report.plan import Chapter, Plan, Table
from scevaluation.words import Sentence, Words, in_any_language, lower

Asked: TypeAlias = Evaluation | Surveyed  # a survey asks nothing of a round's scores


@lru_cache(maxsize=4)
def scores(e: Asked) -> pd.DataFrame:
    """SKM of every round up to this one."""
    return survey.skm_rounds(survey_.citizens(e).survey, e.programme.region, e.round)


def _now(e: Asked) -> pd.DataFrame:
    """SKM of this round, the index first; empty without a survey of the elements."""
    return scores(e)[scores(e)["round"] == e.round].reset_index(drop=True)


def _indices(e: Asked) -> pd.DataFrame:
    """The index row of every survey that has one."""
    return scores(e)[(scores(e)["item"] == ROOT) & scores(e)["value100"].notna()]


def summary(e: Asked) -> str:
    """The index in plain figures, by exact and by rounded weights: a stored check of the notebook."""
    now = _now(e)
    if now.empty:
        return f"{e.programme.id} {e.round}: no survey of the {len(elements())} elements"
    i = now.iloc[0]
    value = f"{i['value100']:.2f} {i['predicate']} (weight 0.11: {i['rounded']:.2f} {i['rounded_predicate']})"
    return f"{e.programme.id} {e.round}: SKM {value}, n {i['n']}, surveys {len(_indices(e))}"


def element_line(e: Asked) -> str:
    """The value and the class of each element in plain figures."""
    now = _now(e)
    said = (f"{_code(r.item)} {r.value100:.2f} {r.predicate}".strip() for r in now[now["item"] != ROOT].itertuples())
    return "; ".join(said) or "no element was asked: 0 of 9"


def round_line(e: Asked) -> str:
    """The index of every survey in plain figures."""
    return "; ".join(f"{r.round} {r.value100:.2f} {r.predicate}" for r in _indices(e).itertuples()) or "0 surveys with an index"


def _code(item: str) -> str:
    return f"U{elements().index(item) + 1}"


def _names(w: Words) -> dict[str, str]:
    instrument = load_instrument(SKM_INSTRUMENT)
    return {n: instrument.name(n, w.lang) for n in elements()}


def headline(e: Asked, w: Words) -> Part:
    """The index with its class; below it by both weights, of how many respondents, and what the survey before gave."""
    places: dict = {"region": w.label(e.programme.region_label), "round": w.round_long(e.round)}
    now = _now(e)
    if now.empty:
        key = "qualities" if available(e)["qualities"] else "none"
        return plan.opening(Sentence("skm.head.none", places), Sentence("skm.lede." + key, places), [], w)
    index, parts = now.iloc[0], now.iloc[1:]
    known = parts[parts["value100"].notna()]
    if len(known) < len(parts):
        names = _names(w)
        lacking = [lower(names[i]) for i in parts.loc[parts["value100"].isna(), "item"]]
        places |= {"n": w.count(len(known)), "of": w.count(len(parts)), "names": plan.listed(lacking, w)}
        return plan.opening(Sentence("skm.head.partial", places), Sentence("skm.lede.partial", places), [], w)
    asked = Sentence("skm.n.all" if parts["n"].nunique() == 1 else "skm.n.least", {"n": plan.cell(SKM, index, "n")})
    places |= {c: plan.cell(SKM, index, c, 2) for c in ("value100", "rounded")} | {"n": asked}
    places |= {"predicate": index["predicate"], "rounded_predicate": index["rounded_predicate"]}
    places["class"] = lower(_classes(w)[index["predicate"]])
    places["since"] = _since(e, w)
    key = "skm.lede.same" if index["predicate"] == index["rounded_predicate"] else "skm.lede.other"
    return plan.opening(Sentence("skm.head", places), Sentence(key, places), [], w)


def _since(e: Asked, w: Words) -> Sentence | str:
    """What the survey before gave; "" if there was none."""
    rows = _indices(e)
    if len(rows) < 2:
        return ""
    before = rows.iloc[-2]
    places = {"previous": w.round_long(before["round"]), "before": plan.cell(SKM, before, "value100", 2), "class": before["predicate"]}
    return Sentence("skm.since", places)


def _classes(w: Words) -> dict[str, str]:
    """What each class A to D is called."""
    labels = [w.label(p.label) for p in load_instrument(SKM_INSTRUMENT).predicates]
    return {text[0]: text.partition("(")[2].rstrip(")") for text in labels}


def elements_chart(e: Asked, w: Words) -> Chart | None:
    """Index and nine elements with their intervals, in bands named by class."""
    return survey_.skm_chart(e, w)


def element_table(e: Asked, w: Words) -> Part:
    """The nine elements as the regulation lists them: number, respondents, mean, value and class."""
    names, rows = {n: f"{_code(n)} {name}" for n, name in _names(w).items()} | {ROOT: w("survey.index")}, _now(e)
    rows = pd.concat([rows.iloc[1:], rows.iloc[:1]]).assign(name=lambda t: t["item"].map(names))
    name, mean = Field("name", w("survey.element")), Field("mean", w("survey.mean"), lambda v: w.num(v, 3), True)
    n, *rest = _fields(w)
    return section(html_table(rows, [name, n, mean, *rest]) + note(w("skm.table_note")), w("skm.table"), "long")


def _fields(w: Words) -> list[Field]:
    """Columns of respondents, value and class."""
    value = Field("value100", w("skm.value"), lambda v: w.num(v, 2), True)
    n = Field("n", w("survey.n"), lambda v: w.num(v, 0), True)
    return [n, value, Field("predicate", w("survey.predicate"), lambda v: v or "\u2013")]


def unit_table(e: Asked, w: Words) -> Part | None:
    """The index of every service unit asked; None where the survey names fewer than two."""
    rows = survey.skm_units(survey_.citizens(e).answers, e.programme.region, e.round)
    if len(rows) < 2:
        return None
    unit = Field("unit", w("skm.unit"), lambda v: v or "\u2013")
    return section(html_table(rows, [unit, *_fields(w)]) + note(w("skm.units_note")), w("skm.units"), "long")


def rounds_chart(e: Asked, w: Words) -> Chart:
    """The index of every survey with its interval."""
    return chart.rounds(_indices(e), w)


def qualities_chart(e: Asked, w: Words) -> Chart:
    """The five qualities of service as the survey has them."""
    return qualities_.qualities(survey.qualities(survey_.citizens(e).survey, e.programme.region, e.round), w)


def sample(e: Asked, w: Words) -> Part:
    """What is odd about the survey's figures or respondents, and where they come from."""
    found = survey_.citizens(e)
    doubts = pd.DataFrame([i for i in summary_issues(e.programme) if i["severity"] == "warning"], columns=list(ISSUES.columns))
    issues = found.issues if doubts.empty else pd.concat([found.issues, told_issues(doubts, e.programme)], ignore_index=True)
    listed = round_.issue_list(issues, w)
    sources = "; ".join(dict.fromkeys(found.survey.loc[found.survey["round"] == e.round, "source"]))
    return section(listed.html + note(w("skm.source", source=sources)), text=listed.text, kind="long")


def method(e: Asked, w: Words) -> Part:
    """How the index is computed, what each class is, and the programme's notes."""
    names, ends = _classes(w), [*(low for _, low in CLASSES)]
    tops = ["100.00", *(f"{float(low) - 0.01:.2f}" for low in ends[:-1])]
    rows = [{"class": c, "name": names[c], "from": w.marks(low), "to": w.marks(top)} for (c, low), top in zip(CLASSES, tops, strict=True)]
    fields = [Field("class", w("survey.predicate")), Field("name", w("skm.class"))]
    fields += [Field(c, w("skm." + c), number=True) for c in ("from", "to")]
    says = "".join(f"<p>{escape(w('skm.method.' + key))}</p>" for key in ("index", "rounded", "interval", "compare"))
    notes = "".join(note(w.label(text)) for text in e.programme.notes)
    return section(says + html_table(rows, fields, w("skm.classes")) + notes, kind="long")


def available(e: Asked) -> dict[str, bool]:
    """What the survey holds."""
    found = survey_.citizens(e)
    told = found.survey[found.survey["round"] == e.round]
    return {
        "skm": len(_now(e)) > 0,
        "rounds": len(_indices(e)) > 1 and _indices(e)["round"].iloc[-1] == e.round,
        "answers": bool((found.answers["round"] == e.round).any()),
        "qualities": len(survey.qualities(told, e.programme.region, e.round)) > 0,
        "survey": len(told) > 0,
    }


def tables(e: Asked) -> list[Table]:
    """Index and elements of all surveys so far, and the means behind them."""
    means = survey_.citizens(e).survey
    return [(SKM, scores(e)), (SURVEY, means[[Period(r) <= Period(e.round) for r in means["round"]]])]


NEEDS = {"elements": "skm", "rounds": "rounds", "answers": "answers", "qualities": "qualities", "sample": "survey"}
PLAN: Plan = Plan(
    KINDS["skm"],
    (*(Chapter(f"skm_{name}", (need,)) for name, need in NEEDS.items()), Chapter("skm_method"), Chapter("numbers", ("survey",))),
    available,
    tables,
    lambda name: "skm.absent." + name,
)

in_any_language(globals())


class Satisfaction(Report):
    """The satisfaction report of a round's survey."""

    plan = PLAN
    summary = form(summary)
    headline = form(headline)
    element_line = form(element_line)
    elements_chart = form(elements_chart, "skm")
    element_table = form(element_table, "skm")
    unit_table = form(unit_table, "answers")
    round_line = form(round_line)
    rounds_chart = form(rounds_chart, "rounds")
    answers_chart = form(survey_.answers_chart, "answers")
    qualities_chart = form(qualities_chart, "qualities")
    sample = form(sample, "survey")
    method = form(method)
    inputs = form(annex.inputs)
