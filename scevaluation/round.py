"""The face: a round, or the nation, with its tables and forms."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from importlib import import_module

import pandas as pd

from scevaluation.errors import IntakeError
from scevaluation.evaluate import evaluation, national
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.items import coverage
from scevaluation.evaluate.leverage import leverage
from scevaluation.evaluate.sides import sides
from scevaluation.evaluate.survey import survey_round
from scevaluation.frames import SCORES, TABLES
from scevaluation.frames.agenda import ACTIONS, BETTER
from scevaluation.frames.items import COVERAGE, IDENTITY, ITEMS, LEVERAGE
from scevaluation.frames.people import PEOPLE
from scevaluation.frames.sectors import STATEMENT, STATISTICS
from scevaluation.frames.surveys import SURVEY
from scevaluation.identity import identity
from scevaluation.intake import tables
from scevaluation.intake.check import judged_scores
from scevaluation.intake.release import Public
from scevaluation.intake.typed import typed
from scevaluation.issues import unknown
from scevaluation.kinds import KINDS
from scevaluation.methods.report import Methods, ranks_chart
from scevaluation.period import Period
from scevaluation.programme import Programme, load_programme
from scevaluation.report import annex, handover, own, people, verdicts
from scevaluation.report import items as items_
from scevaluation.report import national as nation
from scevaluation.report import round as round_
from scevaluation.report import steps as steps_
from scevaluation.report import survey as survey_
from scevaluation.report.agencies import Agenda
from scevaluation.report.face import Face, Report, aloud, answer, described, form, plain, table
from scevaluation.report.handover import Brief
from scevaluation.report.nearest import nearest_peers
from scevaluation.report.sector import Sector
from scevaluation.report.sector_view import sectors_known, view
from scevaluation.report.sides import Comparison
from scevaluation.report.skm import Satisfaction
from scevaluation.report.statement import statement_lines
from scevaluation.words import Words, words

ANALYSIS = ("tidy()", "item_history()", "drivers()", "owed()", "value()", "to_excel()", "sc.compare(r, other)")
GIVEN = ("scores", "issues", "index", "change", "trend", "breaks", "verdicts", "peers", "context")


def _described(e, names: tuple[str, ...]) -> dict:
    """The fields of an evaluation; the tables of those names with the meaning of their columns."""
    given = {f.name: getattr(e, f.name) for f in fields(e)}
    return given | {n: described(given[n], TABLES[n.upper()]) for n in names}


def _items(e: Evaluation) -> pd.DataFrame:
    return items_.items(e)  # type: ignore[has-type]  # a cached function of a module that is typed after this one


def _steps(e: Evaluation) -> dict[str, pd.DataFrame]:
    return steps_.tables(e)  # type: ignore[has-type]


def _survey(e: Evaluation) -> pd.DataFrame:
    return survey_.citizens(e).survey  # type: ignore[has-type]


def _people(name: str) -> cached_property:
    return table(PEOPLE[name], lambda e: people.people(e).tables[name])


@dataclass(frozen=True, eq=False, repr=False)
class Round(Face, Evaluation):
    """A round of a programme: its tables (`r.index`, `r.verdicts`), its forms (`r.scorecard()`), and answers to questions of one's own.

    `r.tidy("index")` gives a table ready to plot, `r.item_history("health")` indicators over the rounds, `r.drivers("health")` what moved
    a sector, `r.owed("dinas-kesehatan")` what an agency answers for, `r.to_excel()` all tables. It is an `Evaluation`.

    Attributes
    ----------
    words : Words
        The language of its forms.
    """

    words: Words = field(default_factory=words)
    plan = round_.PLAN

    @property
    def judged(self) -> pd.DataFrame:  # type: ignore[override]
        """VERDICTS in the words that the claims permit."""
        return self.data.judged

    @cached_property
    def data(self) -> Evaluation:
        """What the forms are given."""
        return plain(self, Evaluation)

    @classmethod
    def of(cls, e: Evaluation, lang: str = "id") -> Round:
        """The face of an evaluation."""
        return cls(**_described(e, GIVEN), words=words(lang))

    @classmethod
    @typed
    def from_frames(
        cls,
        scores: pd.DataFrame,
        indicators: pd.DataFrame | None = None,
        round_name: str = "",
        programme: str | Programme = "",
        *,
        unit: str = "",
        scale: tuple[float, float] | None = None,
        aggregation: str = "arithmetic",
        coverage: float = 0.65,
        lang: str = "id",
    ) -> Round:
        """A round of scores in memory, with the rounds before it: as from files, without any file.

        Parameters
        ----------
        scores : DataFrame
            SCORES; or, beside `indicators`, a row a unit and time and a column an indicator (iData of COINr: uCode, Time, codes).
        indicators : DataFrame, optional
            A row a node of the index (iMeta of COINr: iCode, Parent, and where given iName, Weight, Direction, Type, Unit, Agency, and
            Worst and Best as goalposts). Without it the questionnaires are the programme's.
        round_name : str
            The last round there is a score of, unless another is named.
        programme : str or Programme, optional
            Whose cycles, events, targets and agencies hold; needed without `indicators`.
        unit : str
            Which of several units (uCode) is evaluated: a round is one region's.
        scale : tuple of float, optional
            Worst and best score of all indicators that have no goalposts.
        aggregation : {"arithmetic", "geometric"}
        coverage : float
            Share of the weight below a node that must have a score.
        lang : str
            The language of its forms.

        Raises
        ------
        ContractError, IntakeError, InstrumentError, UnknownName
            If a table is not of that shape.
        ScoresRefused
            If there is an error in the scores, such as one off its scale; all are listed.
        """
        plan = load_programme(programme) if isinstance(programme, str) and programme else programme or None
        tables.tabled(scores, "scores")
        if indicators is not None:
            how = {"scale": scale, "aggregation": aggregation, "coverage": coverage}
            plan, scores = tables.programme_of(scores, indicators, plan, unit, **how)
        elif plan is None:
            raise IntakeError("Neither indicators nor a programme say what was asked.", "Give indicators=..., or programme=....")
        known = SCORES.check(tables.long(scores))
        now = plan.round(round_name or max(known["round"], key=Period, default="")).id
        known = known[[Period(name) <= Period(now) for name in known["round"]]].reset_index(drop=True)
        instruments = {name: plan.instrument(name) for name in sorted(known["round"].unique(), key=Period)}
        return cls.of(evaluation.evaluate(plan, now, instruments, known, judged_scores(known, plan), {}), lang)

    def _known(self) -> pd.DataFrame:
        return self.data.claims

    tidy, to_excel, to_parquet = aloud(own.tidy), aloud(own.to_excel), aloud(own.to_parquet)
    value, earlier = aloud(Evaluation.value), aloud(Evaluation.earlier)

    def table_names(self) -> list[str]:
        """Tables there are, each an attribute."""
        return [*GIVEN, *(n for n, v in vars(Round).items() if isinstance(v, cached_property) and n != "data")]

    def _facts(self) -> dict[str, object]:
        kinds = [k for k in _of_round() if k != "sector" or sectors_known(self.data)]
        about: dict[str, object] = {"programme": self.programme.id, "round": self.round, "analysis": ANALYSIS}
        return about | {"reports": [f"report({k!r})" for k in kinds]}

    @aloud
    def report(self, kind: str, sector: str = "") -> Report:
        """The face of a kind of report made from this round, by its name; one on a sector takes the sector's name.

        Raises
        ------
        UnknownName
            If no such kind is made from a round, or there is no such sector.
        """
        if kind not in _of_round():
            raise unknown(kind, _of_round(), problem="no_kind")
        if sector and KINDS[kind].each != "sector":
            raise unknown(sector, (), kind, "no_sector")
        module, name = KINDS[kind].face.split(":")
        if KINDS[kind].each == "pair":
            return self.comparison()
        data = view(self.data, sector) if KINDS[kind].each == "sector" else self.data
        return getattr(import_module(module), name)(data, self.words)

    @aloud
    def sector(self, name: str) -> Sector:
        """What is known of one sector; refused where it is none, or the round is of data frames whose indicators tell of none."""
        return Sector(view(self.data, name), self.words)

    def agenda(self) -> Agenda:
        """The sheet for the discussion with the agencies."""
        return Agenda(self.data, self.words)

    def brief(self, as_of: str = "") -> Brief:
        """The brief for a new regent; `as_of` a later day, such as "2025-03-01"."""
        return Brief(handover.as_of(self.data, as_of) if as_of else self.data, self.words)

    @aloud
    def comparison(self, other: str = "", public: bool = False) -> Comparison:
        """This round beside another: a round, a programme, or PROGRAMME/ROUND; by default the round before. `public` is that of both."""
        return Comparison(sides(self.data, other, public or isinstance(self.programme, Public)), self.words)

    def methods(self) -> Methods:
        """What the verdicts assume, and whether that holds."""
        return Methods(self.data, self.words)

    summary = form(round_.summary)
    masthead = form(round_.masthead)
    headline = form(round_.headline)
    scorecard = form(round_.scorecard)
    glossary = form(annex.glossary)
    history = form(round_.history)
    statement_lines = form(statement_lines)
    first_steps = form(steps_.first_steps, "steps")
    step_line = form(steps_.step_line)
    steps = form(steps_.steps, "steps")
    change_line = form(round_.change_line)
    heatmap = form(round_.heatmap)
    waterfall = form(round_.waterfall)
    trajectory = form(items_.trajectory, "targets")
    evidence = form(verdicts.evidence, "targets")
    leverage_chart = form(items_.leverage_chart, "items")
    quadrant = form(survey_.quadrant, "items")
    ministry = form(round_.ministry)
    place_line = form(round_.place_line)
    cohort = form(round_.cohort)
    strip = form(round_.strip, "ministry")
    nearest_peers = form(nearest_peers)
    ranks_chart = form(ranks_chart, "ministry")
    statistics_chart = form(round_.statistics_chart)
    facts = form(round_.facts)
    dumbbell = form(items_.dumbbell)
    sector_pages = form(verdicts.sector_pages)
    qualities_chart = form(survey_.qualities_chart, "service")
    skm_chart = form(survey_.skm_chart, "service")
    answers_chart = form(survey_.answers_chart, "service")
    agencies = form(people.agencies, "people")
    disagreement = form(people.disagreement, "people")
    followup_chart = form(people.followup_chart, "people")
    timeline = form(round_.timeline)
    event_list = form(annex.event_list)
    programmes = form(annex.programmes)
    quality = form(annex.quality)
    coverage_map = form(items_.coverage_map)
    coverage_table = form(annex.coverage_table)
    checks = form(annex.checks)
    method = form(annex.method)
    inputs = form(annex.inputs)
    item_table = form(items_.item_table)
    people_numbers = form(people.people_numbers, "people")
    step_numbers = form(steps_.step_numbers, "steps")

    item_history = answer(own.item_history)
    drivers = answer(own.drivers)
    owed = answer(own.owed)

    items = table(ITEMS, _items)
    leverage = table(LEVERAGE, lambda e: leverage(_items(e), e.instrument))
    actions = table(ACTIONS, lambda e: _steps(e)["ACTIONS"])
    better = table(BETTER, lambda e: _steps(e)["BETTER"])
    identity = table(IDENTITY, lambda e: identity(e.instruments, e.round))
    coverage = table(COVERAGE, lambda e: coverage(e.index, e.scores, e.instruments, e.programme.region, e.round))
    agreement, severity, gap = _people("AGREEMENT"), _people("SEVERITY"), _people("GAP")
    responsibility, reporting = _people("RESPONSIBILITY"), _people("REPORTING")
    followup, carried, continuity = _people("FOLLOWUP"), _people("CARRIED"), _people("CONTINUITY")
    survey = table(SURVEY, _survey)
    claims = Face.claims
    statistics = table(STATISTICS, lambda e: e.statistics)
    statement = table(STATEMENT, lambda e: e.statement)


def _of_round() -> list[str]:
    """Kinds of report that are made from a round, besides the round's own."""
    return [name for name, kind in KINDS.items() if kind.each != "nation" and name != "round"]


@dataclass(frozen=True, eq=False, repr=False)
class Nation(Face, national.Nation):
    """A round over all regions of the ministry's letter, with its forms in the language of `words`."""

    words: Words = field(default_factory=words)
    plan = nation.PLAN

    @cached_property
    def data(self) -> national.Nation:
        """What the forms are given."""
        return plain(self, national.Nation)

    tidy, to_excel, to_parquet = aloud(own.tidy_nation), aloud(own.to_excel), aloud(own.to_parquet)
    summary = form(nation.summary)
    masthead = form(nation.masthead)
    headline = form(nation.headline)
    find = form(nation.find)
    distribution = form(nation.distribution)
    side_by_side = form(nation.side_by_side)
    strip = form(nation.strip)
    moves_line = form(nation.moves_line)
    movers = form(nation.movers)
    pairs_line = form(nation.pairs_line)
    flips = form(nation.flips)
    absent = form(nation.absent)
    finder = form(nation.finder)
    checks_line = form(nation.checks_line)
    method = form(nation.method)
    inputs = form(annex.inputs)


@typed
def evaluate_round(
    programme: str | Programme, round_name: str, public: bool = False, lang: str = "id", peers: str | tuple[str, ...] = ""
) -> Round:
    """A round of a programme, evaluated with all rounds before it.

    Parameters
    ----------
    programme : str or Programme
    round_name : str
        A scored round, such as "2023-S2".
    public : bool
        Without what names or quotes a person.
    lang : str
        The language of its forms.
    peers : str or tuple of str
        Regions to set beside it in place of the nearest, by codes of today or names, such as "Kota Jayapura, 96.03".

    Raises
    ------
    RoundError
        If the round was not scored or has no file, or peers are chosen where no letter scores the region.
    ScoresRefused
        If a round's file has errors; all are listed.
    UnknownName
        If there is no such language, or a peer is no region.
    """
    words(lang)
    return Round.of(evaluation.evaluate_round(programme, round_name, public, peers), lang)  # type: ignore[arg-type]  # codes, once read


@typed
def evaluate_nation(round_name: str, lang: str = "id") -> Nation:
    """A round over all regions of the ministry's letter.

    Parameters
    ----------
    round_name : str
        A round whose letter is carried, such as "2023-S2".
    lang : str
        The language of its forms.

    Raises
    ------
    RoundError
        If no letter of that round is carried.
    UnknownName
        If there is no such language.
    """
    w, n = words(lang), national.evaluate_nation(round_name)
    return Nation(**_described(n, tuple(name.lower() for name in n.tables)), words=w)


@typed
def evaluate_survey(programme: str | Programme, round_name: str, public: bool = False, lang: str = "id") -> Satisfaction:
    """What the satisfaction survey (SKM) of a round says; the round need not have been scored.

    Parameters
    ----------
    programme : str or Programme
    round_name : str
        A round the programme knows, such as "2023-S2".
    public : bool
        Without the programme's notes.
    lang : str
        The language of its forms.

    Raises
    ------
    RoundError
        If the programme does not know the round.
    UnknownName
        If there is no such language.
    """
    return Satisfaction(survey_round(programme, round_name, public), words(lang))
