"""Forms of what citizens say and of what to see to first: qualities, satisfaction, urgent indicators, ranks with ranges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from scevaluation.charts import likert, qualities, skm
from scevaluation.charts import quadrant as quadrant_chart
from scevaluation.draw.chart import Chart
from scevaluation.evaluate import survey
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.screening import LEAST, screen, usable
from scevaluation.evaluate.survey import Surveyed
from scevaluation.frames import ISSUES
from scevaluation.instrument import load_instrument
from scevaluation.intake.survey import SKM_INSTRUMENT
from scevaluation.words import Words, in_any_language


@dataclass(frozen=True, eq=False)
class Citizens:
    """Surveys of a programme up to a round: usable ANSWERS, ISSUES of reading and screening, SURVEY of every round."""

    answers: pd.DataFrame
    issues: pd.DataFrame
    survey: pd.DataFrame


@lru_cache(maxsize=4)
def citizens(e: Evaluation | Surveyed, target: tuple[str, ...] = (), population: int = 0, least: int = LEAST) -> Citizens:
    """The surveys of a round's programme, screened.

    Parameters
    ----------
    e : Evaluation or Surveyed
    target : tuple of str
        Groups the survey is meant for; respondents of another are left out and counted among the issues.
    population, least : int
        As `evaluate.screening.screen` takes them.
    """
    answers, issues = survey.programme_answers(e.programme, e.round)
    found = screen(answers[answers["round"] == e.round], target, population, least)
    wrong = [t for t in (issues, found) if len(t)]
    issues = pd.concat(wrong, ignore_index=True) if wrong else ISSUES.empty()
    counted = usable(answers, target)
    return Citizens(counted, issues, survey.programme_survey(e.programme, counted))


def qualities_chart(e: Evaluation, w: Words, target: tuple[str, ...] = ()) -> Chart | None:
    """Form 10: five qualities of service from the round's survey, else from the instrument's items; else an empty state.

    None where the survey asked something else, the nine elements.
    """
    region, told = e.programme.region, citizens(e, target).survey
    table = survey.qualities(told, region, e.round)
    if table.empty:
        table = survey.item_qualities(e.index, e.scores, e.instrument, region, e.round)
    if table.empty and (told["round"] == e.round).any():
        return None
    return qualities.qualities(table, w)


def answers_chart(e: Evaluation | Surveyed, w: Words, target: tuple[str, ...] = ()) -> Chart | None:
    """Appendix to form 10: how the answers are spread; None without a table of respondents of the round."""
    found = citizens(e, target).answers
    shares = survey.answer_shares(found[found["round"] == e.round])
    return None if shares.empty else likert.likert(shares, _item_labels(w), w)


def skm_chart(e: Evaluation | Surveyed, w: Words, target: tuple[str, ...] = ()) -> Chart | None:
    """The satisfaction score by PermenPANRB 14/2017; None without a survey of the nine elements."""
    table = survey.skm(citizens(e, target).survey, e.programme.region, e.round)
    return None if table.empty else skm.skm(table, _item_labels(w), w)


def quadrant(e: Evaluation, w: Words) -> Chart:
    """Form 11: weight and score of every indicator of the round."""
    table = survey.importance(e.index, e.scores, e.instrument, e.programme.region, e.round)
    return quadrant_chart.quadrant(table, e.instrument.names(w.lang), w)


def _item_labels(w: Words) -> dict[str, str]:
    """Text of every service quality and of every element."""
    instrument = load_instrument(SKM_INSTRUMENT)
    texts = {q: w("service_quality." + q) for q in survey.NAMES}
    return texts | {n: instrument.name(n, w.lang) for n in instrument.leaves}


in_any_language(globals())
