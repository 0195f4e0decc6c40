"""What is known of one sector of one round, gathered from every table that tells of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.charts import facts as facts_chart
from scevaluation.errors import EvaluationError
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.followup import carried
from scevaluation.evaluate.followup import followup as compute_followup
from scevaluation.evaluate.sector import headline_rule, members, node_of, sector_row
from scevaluation.instrument import SECTORS, Instrument
from scevaluation.intake.tables import Given
from scevaluation.issues import unknown
from scevaluation.report import items, people
from scevaluation.report.verdicts import row_of


@dataclass(frozen=True, eq=False, repr=False)
class View:
    """What is known of one sector: its node ('' not scored), leaves, and the rows of every table that tell of it."""

    e: Evaluation
    sector: str
    node: str
    leaves: tuple[str, ...]
    row: dict
    items: pd.DataFrame
    asked: pd.DataFrame
    carried: pd.DataFrame
    plans: pd.DataFrame
    statistics: pd.DataFrame

    @property
    def instrument(self) -> Instrument:
        """The questionnaire of the round."""
        return self.e.instrument


def sectors_known(e: Evaluation) -> bool:
    """Whether anything of a round may tell of a sector: of data frames, only what their nodes tell."""
    return not isinstance(e.programme, Given) or any(e.instrument.sectors_of(p) for p in e.instrument.nodes)


def view(e: Evaluation, sector: str) -> View:
    """Gather a sector's rows; UnknownName if there is no sector of that name, EvaluationError if the round has none at all."""
    if not sectors_known(e):
        fact = f"Round {e.round} is of data frames, and no indicator of them tells of a sector."
        remedy = f"history() draws {', '.join(e.top[:3])} over the rounds, item_history({e.top[0]!r}) follows indicators."
        raise EvaluationError(fact, remedy)
    if sector not in SECTORS:
        raise unknown(sector, SECTORS, problem="no_sector")
    found, region = people.people(e), e.programme.region
    node = node_of(sector, e.instrument, e.index, e.round)
    leaves = tuple(members(node, e.instrument))
    rows = items.items(e)
    rows = rows[rows["node"].isin([*leaves, node])].reset_index(drop=True)
    asked = found.recommendations[found.recommendations["sector"] == sector]
    plans = found.tables["CONTINUITY"]
    plans = plans[[sector in s.split() for s in plans["sectors"]]].reset_index(drop=True)
    numbers = statistics_of(e, sector)
    follow = compute_followup(asked, region, e.round)
    row = _row(e, sector, node, rows, follow, plans, numbers)
    return View(e, sector, node, leaves, row, rows, follow, carried(asked, region, e.round), plans, numbers)


def statistics_of(e: Evaluation, sector: str) -> pd.DataFrame:
    """STATISTICS of a sector up to the round's year, those the programme names first."""
    mine = e.indicators.loc[(e.indicators["sector"] == sector) & (e.indicators["kind"] == "series"), "indicator"]
    return e.beside[e.beside["indicator"].isin(mine)].reset_index(drop=True)


def _row(e: Evaluation, sector: str, node: str, rows, asked, plans, numbers) -> dict:
    """The row of SECTOR."""
    facts = facts_chart.fact_rows(e.context, e.indicators, e.programme.region, (sector,), e.round)
    owners = {a for names in rows["agency"] for a in names.split("; ") if a} - e.programme.outside
    counts = {"items": len(rows), "scored": int(rows["now"].notna().sum()), "agencies": len(owners), "programmes": len(plans)}
    counts |= {"open": int((asked["closed"] == "").sum()), "overdue": int((asked["state"] == "overdue").sum())}
    counts |= {"series": len(numbers), **{s: int((numbers["moved"] == s).sum()) for s in ("better", "worse")}}
    sides = {s: int((numbers["beside"] == s).sum()) for s in ("ahead", "behind", "alike")}
    counts |= {"judged": sum(sides.values()), "ahead": sides["ahead"], "behind": sides["behind"]}
    counts |= {"facts": facts["indicator"].nunique()}
    says = row_of(e.judged, node)
    same = bool(e.previous) and e.instruments[e.previous].id == e.instrument.id
    direction = says.get("direction", "too_little_data") if node else ""
    now = e.value(node, column="value100") if node else np.nan
    before = e.earlier(node, e.previous) if node else np.nan
    rule = headline_rule(direction, now, before, same, *(counts[k] for k in ("series", "judged", "ahead", "behind", "facts")))
    return sector_row(e.programme.region, e.round, sector, node, counts, rule).iloc[0].to_dict()
