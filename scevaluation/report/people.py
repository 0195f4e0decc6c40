"""Forms about people: agencies, assessors, recommendations, programmes. Notebooks call these, one a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import pandas as pd

from scevaluation.charts import agencies as agencies_chart
from scevaluation.charts import continuity, followup, gap, severity
from scevaluation.charts import disagreement as disagreement_chart
from scevaluation.evaluate import agencies as duty
from scevaluation.evaluate import agreement as agree
from scevaluation.evaluate.continuity import continuity as compute_continuity
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.followup import carried
from scevaluation.evaluate.followup import followup as compute_followup
from scevaluation.evaluate.index import on_scale
from scevaluation.frames import ROOT
from scevaluation.frames.people import PEOPLE
from scevaluation.instrument import SECTORS
from scevaluation.intake.people import read_programmes, read_recommendations
from scevaluation.programme import Programme
from scevaluation.report.part import Field, Part, apart, registers
from scevaluation.words import Words, in_any_language


class Tables(Mapping):
    """Tables by name, each made when it is first asked for: agreement of a large panel takes longer than all else."""

    def __init__(self, made: dict[str, Callable[[], pd.DataFrame]]):
        self.made = {name: cache(make) for name, make in made.items()}

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.made[name]()

    def __iter__(self):
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)


@dataclass(frozen=True, eq=False)
class People:
    """The tables about people of one evaluation, by their contract's name, the panel's scores, and what was recommended."""

    tables: Tables
    panel: pd.DataFrame
    recommendations: pd.DataFrame


def _of(rows: pd.DataFrame, round_name: str) -> pd.DataFrame:
    return rows[rows["round"] == round_name].reset_index(drop=True)


def within(plan: Programme, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the regency's own agencies, without those of bodies outside its government."""
    return rows[~rows["agency"].isin(plan.outside)]


def own_tables(e: Evaluation) -> dict[str, pd.DataFrame]:
    """The tables about people, of programmes those of the regency's own agencies alone: what its agencies are asked about."""
    found = people(e).tables
    return {**found, "CONTINUITY": within(e.programme, found["CONTINUITY"])}


@lru_cache(maxsize=4)
def people(e: Evaluation) -> People:
    """All tables about people of an evaluation; each computed once, when it is asked for.

    Returns
    -------
    People
        `tables`: AGREEMENT, GAP, RESPONSIBILITY, REPORTING and FOLLOWUP of the round, SEVERITY and CARRIED up to it,
        CONTINUITY as of its year.
    """
    plan, region, scores = e.programme, e.programme.region, on_scale(e.scores, e.instruments)
    asked, owed = read_recommendations(plan), cache(lambda: duty.duties(scores, e.instruments))
    own = tuple(a.id for a in plan.agencies)
    tables = {
        "AGREEMENT": lambda: agree.agreement(scores, e.instrument, e.round),
        "SEVERITY": lambda: agree.severity(scores, e.instruments),
        "GAP": lambda: _of(agree.gaps(scores, e.instruments), e.round),
        "RESPONSIBILITY": lambda: duty.responsibility(owed(), own, e.round, plan.outside),
        "REPORTING": lambda: _of(duty.reporting(within(plan, owed())), e.round),
        "FOLLOWUP": lambda: compute_followup(asked, region, e.now),
        "CARRIED": lambda: carried(asked, region, e.now),
        "CONTINUITY": lambda: compute_continuity(read_programmes(plan), plan.cycles, region, e.day.year),
    }
    return People(Tables(tables), agree.panel(scores, e.round), asked)


def node_names(e: Evaluation, w: Words) -> dict[str, str]:
    """Text of every node of the round's instrument and of the views by sector."""
    return {ROOT: w("people.all_items"), **e.instrument.names(w.lang), **{f"sector:{s}": w("sector." + s) for s in SECTORS}}


def _scale(e: Evaluation) -> tuple[float, float]:
    return e.instrument.scale.low, e.instrument.scale.high


def agencies(e: Evaluation, w: Words):
    """Form 8: agencies by sectors, else by the top level. Not responsible is empty, not reported is hatched."""
    found, tagged, names = people(e).tables, e.instrument.tagged, e.programme.agency_names(w.lang)
    parts = {s: w("sector." + s) for s in SECTORS} if tagged else e.instrument.names(w.lang)
    unit = "unit.sector" if tagged else e.unit
    return agencies_chart.agencies(found["RESPONSIBILITY"], found["REPORTING"], names, parts, w, unit, e.programme.outside)


def disagreement(e: Evaluation, w: Words):
    """Form 12: where the assessors differ, and how far they agree."""
    found, names = people(e), e.programme.agency_names(w.lang)
    panel = found.panel.assign(agency_label=[names.get(a, a) for a in found.panel["agency"]])
    return disagreement_chart.disagreement(panel, found.tables["AGREEMENT"], node_names(e, w), _scale(e), w)


def severity_chart(e: Evaluation, w: Words):
    """How strict each assessor is beside the others."""
    low, high = _scale(e)
    return severity.severity(people(e).tables["SEVERITY"], e.round, agree.SMALL * (high - low), w)


def gap_chart(e: Evaluation, w: Words):
    """What agencies gave themselves against what was verified."""
    return gap.gap(people(e).tables["GAP"], e.programme.agency_names(w.lang), _scale(e), w)


def followup_chart(e: Evaluation, w: Words):
    """Form 15: what became of the recommendations."""
    found = people(e)
    asked = found.recommendations
    texts = dict(zip(asked["id"], w.column(asked, "text"), strict=True))
    names, outside = e.programme.agency_names(w.lang), e.programme.outside
    return followup.followup(found.tables["FOLLOWUP"], found.tables["CARRIED"], texts, names, w, outside)


def continuity_chart(e: Evaluation, w: Words, until: int | None = None):
    """Programmes of the agencies through the cycles, as of the round's year, or as of `until`."""
    plan, year, rows = e.programme, until or e.day.year, people(e).tables["CONTINUITY"]
    if until is not None:
        rows = compute_continuity(read_programmes(plan), plan.cycles, plan.region, until)
    return continuity.continuity(rows, plan.cycles, year, plan.agency_names(w.lang), w, plan.outside)


def asked_table(e: Evaluation, rows: pd.DataFrame, w: Words, raised: bool = True) -> str:
    """Recommendations of FOLLOWUP with their age as HTML, and if `raised` since when; "" for none."""
    texts, names = w.column(people(e).recommendations.set_index("id"), "text"), e.programme.agency_names(w.lang)
    fields = [
        Field("id", w("family.column.recommendation"), lambda i: texts[i]),
        Field("agency", w("family.column.agency"), lambda a: names.get(a, a)),
        *([Field("raised", w("family.column.raised"), w.round, True)] if raised else []),
        Field("due", w("family.column.until"), lambda r: w.round(r) if r else "\u2013", True),
        Field("late", w("family.column.late"), lambda v: w.num(v, 0) if v else "\u2013", True),
        Field("age", w("family.column.age"), lambda v: w.num(v, 0), True),
    ]
    return apart(rows, fields, "agency", e.programme.outside, w)


def people_numbers(e: Evaluation, w: Words) -> Part:
    """The tables behind the titles of these forms, every cell addressable."""
    found = people(e).tables
    return registers(((PEOPLE[n], found[n]) for n in PEOPLE), w)


in_any_language(globals())
