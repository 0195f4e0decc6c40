"""Evaluation: everything a report needs of one round, and which earlier round it is compared with; computed once, frozen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from scevaluation import __version__
from scevaluation.card import said
from scevaluation.errors import RoundError
from scevaluation.evaluate.claims import Scale, as_claimed, beside_as_claimed, claims
from scevaluation.evaluate.compare import compare
from scevaluation.evaluate.index import index as compute_index
from scevaluation.evaluate.inputs import hashes, round_inputs
from scevaluation.evaluate.nearest import nearest
from scevaluation.evaluate.peers import ALL, difference_noise, own_cohort
from scevaluation.evaluate.peers import peers as compute_peers
from scevaluation.evaluate.places import groups
from scevaluation.evaluate.printed import participants, printed
from scevaluation.evaluate.redaction import redacted
from scevaluation.evaluate.rescore import rescored
from scevaluation.evaluate.series import series
from scevaluation.evaluate.statement import statement
from scevaluation.evaluate.statistics import statistics
from scevaluation.evaluate.trend import trend as compute_trend
from scevaluation.evaluate.verdict import verdicts as compute_verdicts
from scevaluation.frames import CHANGE, INDEX, ISSUES, ROOT
from scevaluation.frames.sectors import STATISTICS
from scevaluation.identity import present
from scevaluation.instrument import SECTORS, Instrument
from scevaluation.intake import context, release
from scevaluation.intake.check import load_scores
from scevaluation.intake.public import provenance
from scevaluation.intake.round_files import round_files
from scevaluation.intake.survey import summary_issues
from scevaluation.intake.tables import Given
from scevaluation.issues import issue, refusal, unknown
from scevaluation.period import PARTS, Period
from scevaluation.programme import Event, Programme, load_programme
from scevaluation.region import ABSENT


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """The tables of one round and what they were made from.

    Attributes
    ----------
    programme : Programme
    round, previous : str
        The round, and the one it is compared with ("" if there is none).
    instruments : dict of round to Instrument
    scores, issues, index, change, trend, breaks, verdicts, peers, official, context, indicators, national : DataFrame
        As in `frames`; `index` as printed where the ministry's letter scored the region by this instrument, `breaks` with what the data say
        of them, `official` all of that letter's rows, else none, `context` the statistics of the region and its peers.
    provenance : dict
        SHA-256 of every input file by name relative to data/.
    version : str
        Of this package.
    as_of : str
        The day that is spoken of, such as "2025-03-01", where it is not the last of the round.
    chosen : tuple of str
        Codes of the peers that the reader chose; () for those that are near.
    """

    programme: Programme
    round: str
    previous: str
    instruments: dict[str, Instrument]
    scores: pd.DataFrame
    issues: pd.DataFrame
    index: pd.DataFrame
    change: pd.DataFrame
    trend: pd.DataFrame
    breaks: pd.DataFrame
    verdicts: pd.DataFrame
    peers: pd.DataFrame
    official: pd.DataFrame
    context: pd.DataFrame
    indicators: pd.DataFrame
    national: pd.DataFrame
    provenance: dict[str, str]
    version: str = __version__
    as_of: str = ""
    chosen: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """The day that is spoken of: the last of the round, unless another one was asked for."""
        return date.fromisoformat(self.as_of) if self.as_of else Period(self.round).end

    @property
    def now(self) -> str:
        """The round of the calendar in which that day lies, held or not."""
        return str(Period.at(self.day, self.programme.calendar))

    @property
    def over(self) -> str:
        """The last round of the calendar that is over by that day, held or not."""
        now = Period(self.now)
        return str(now if now.end <= self.day else now + -1)

    @property
    def instrument(self) -> Instrument:
        """The questionnaire of this round."""
        return self.instruments[self.round]

    @property
    def top(self) -> tuple[str, ...]:
        """Nodes right below the index: sectors, components, or whatever the instrument calls them."""
        return self.instrument.components

    @property
    def points(self) -> bool:
        """Whether the report speaks of points of 0-100; that on the ministry's instrument speaks of its scale."""
        return not self.instrument.ministry

    @property
    def unit(self) -> str:
        """Key of the word for one of `top`."""
        return f"unit.{self.instrument.top}"

    @property
    def events(self) -> tuple[Event, ...]:
        """Events that began up to the day that is spoken of."""
        return tuple(e for e in self.programme.events if e.first <= self.day)

    def __repr__(self) -> str:
        return said("Evaluation", f"{self.programme.id} {self.round}", top=self.top, rounds=len(self.instruments))

    def value(self, node: str = ROOT, round_name: str = "", column: str = "value") -> float:
        """A node's value on the scale, or another column of INDEX, in this round by default; NaN if there is none.

        A node of this round is followed back through what it was called before.

        Raises
        ------
        UnknownName
            If no questionnaire of the programme has the node, or INDEX has no such column of numbers.
        RoundError
            If the programme does not know the round.
        """
        name = self.programme.round(round_name).id if round_name else self.round
        rows = self.traced[(self.traced["node"] == node) & (self.traced["round"] == name)]
        numbers = [c for c, k in INDEX.columns.items() if k.dtype == "float"]
        if column not in numbers:
            raise unknown(column, numbers, "INDEX")
        if len(rows):
            return float(rows[column].iloc[0])
        if node not in (known := self._nodes()):
            raise unknown(node, known, f"{self.programme.id} {self.round}")
        return float("nan")

    @cached_property
    def traced(self) -> pd.DataFrame:
        """INDEX of all rounds with every node under what it is called in this one: what forms over several rounds draw."""
        return present(self.index, self.instruments, self.round)

    @cached_property
    def statistics(self) -> pd.DataFrame:
        """STATISTICS of the region up to the round's year: those the programme names first, then every other series."""
        if self.context.empty:
            return STATISTICS.empty()
        every = self.indicators.loc[self.indicators["kind"] == "series", "indicator"]
        codes = tuple(dict.fromkeys((*self.programme.context, *every)))
        until = Period(self.round).year
        return statistics(self.programme.region, self.context, self.indicators, context.moves(), codes, until)

    @cached_property
    def statement(self) -> pd.DataFrame:
        """STATEMENT of what others said of the programme, by the statistics that its reports show."""
        shown = self.statistics[self.statistics["indicator"].isin(self.programme.context)]
        tables = (self.change, self.trend, self.verdicts, self.peers, shown)
        sectors = self.indicators.set_index("indicator")["sector"].to_dict()
        return statement(self.programme, self.round, self.previous, self.instruments, *tables, sectors)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """GROUPS of the round's letter, seen from the region; none without one."""
        return groups(self.official, self.programme.region)

    @cached_property
    def nearest(self) -> pd.DataFrame:
        """NEAREST of the region in the round's letter: peers near by size, place and level, or those chosen; none without a letter."""
        return nearest(self.official, self.programme.region, self.top, self.chosen)

    @cached_property
    def told_in(self) -> Scale:
        """What page one is written in: points of 100, without a verdict beside a letter, or on the ministry's instrument, its scale."""
        judged = any((self.verdicts["node"] == ROOT) & (self.verdicts["direction"] != "too_little_data"))
        return Scale.of(judged or (self.points and self.peers.empty), self.instrument.scale)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """CLAIMS: all that the reports may say of the round, with evidence and strength."""
        now, own = self.index[self.index["round"] == self.round], own_cohort(self.peers)
        medians = {}
        if own is not None and not self.official.empty:
            cohort = self.official if own["cohort"] == ALL else self.official[self.official["cohort"] == own["cohort"]]
            medians = cohort.groupby("node")["value"].median().to_dict()
        noise = difference_noise(self.instruments[self.previous], self.instrument) if self.previous else float("nan")
        turned = [Period(r) for r in self.breaks.loc[(self.breaks["node"] == ROOT) & (self.breaks["kind"] != "noted"), "round"]]
        apart = ""
        if self.previous:
            apart = "scale" if self.change.empty else "questionnaire" if any(Period(self.previous) < r for r in turned) else ""
        linked = any(Period(self.round).number - r.number < 2 * PARTS[self.programme.calendar] for r in turned)
        tables = (now, self.trend, self.verdicts, self.change, self.peers, self.top, self.told_in)
        return claims(*tables, medians, noise, apart, linked, self.statistics, self.statement)

    @cached_property
    def judged(self) -> pd.DataFrame:
        """VERDICTS in the words that the claims permit: what pages are made from."""
        return as_claimed(self.verdicts, self.claims)

    @cached_property
    def beside(self) -> pd.DataFrame:
        """STATISTICS in the words that the claims permit: what pages are made from."""
        return self.statistics if self.statistics.empty else beside_as_claimed(self.statistics, self.claims)

    def earlier(self, node: str, round_name: str, column: str = "value100") -> float:
        """`value` of an earlier round that may be subtracted from this one's; NaN where another questionnaire asks otherwise."""
        mine = self.breaks[(self.breaks["node"] == node) & (self.breaks["kind"] != "noted")]
        apart = not round_name or any(Period.typed(round_name) < Period(r) for r in mine["round"])
        return float("nan") if apart else self.value(node, round_name, column)

    def _nodes(self) -> dict[str, None]:
        """Every node there could be a value of: the nearest to the index first."""
        tags = {s for i in self.instruments.values() for p in i.leaves for s in i.sectors_of(p)}
        views = (f"sector:{s}" for s in SECTORS if s in tags or not isinstance(self.programme, Given))
        return dict.fromkeys((ROOT, *self.top, *(n for i in self.instruments.values() for n in i.nodes), *views))


def _previous(index: pd.DataFrame, round_name: str) -> str:
    """The last earlier round that has an index; a round that brought progress only cannot be compared with."""
    rounds = index.loc[(index["node"] == ROOT) & index["value"].notna(), "round"].unique()
    return max((r for r in rounds if Period(r) < Period(round_name)), key=Period, default="")


def _with_survey(issues: pd.DataFrame, plan: Programme) -> pd.DataFrame:
    """ISSUES with what can hardly be in the programme's table of survey means."""
    doubts = [i for i in summary_issues(plan) if i["severity"] == "warning"]
    return ISSUES.check(pd.concat([issues, pd.DataFrame(doubts)], ignore_index=True)) if doubts else issues


def evaluate_round(programme: str | Programme, round_name: str, public: bool = False, peers: tuple[str, ...] = ()) -> Evaluation:
    """Evaluate one round of a programme, such as "2023-S2", with all rounds before it; `public`: see `redaction`.

    `peers` are codes of regions that stand in the place of the programme's own peers.

    Raises
    ------
    RoundError
        If the round was not scored or has no file, or peers are chosen where no letter scores the region.
    ScoresRefused
        If a round's file has errors; all are listed.
    """
    plan = load_programme(programme) if isinstance(programme, str) else programme
    state = plan.round(round_name)
    if state.state == ABSENT:
        raise plan.no_round(state.id, "round_not_taken")
    files = round_files(plan, state.id)
    if state.state != "scored":
        raise plan.no_round(state.id, "round_unscored")
    if state.id not in files:
        raise refusal(RoundError, [issue(plan.id, "", "no_round_table", "error", state.id, "", "add_round")])
    scores, issues = load_scores(plan, state.id)
    issues, inputs = _with_survey(issues, plan), hashes(round_inputs(plan, state.id))
    if public:
        plan = release.public(plan)
        (scores, issues), inputs = redacted(scores, issues), provenance(inputs, plan)
    instruments = {name: plan.instrument(name) for name in files}
    if not peers:
        return evaluate(plan, state.id, instruments, scores, issues, inputs)
    if plan.region in peers:
        raise RoundError(f"{plan.region} is the region of {plan.id} itself.", "Name other regions as its peers.")
    e = evaluate(plan.model_copy(update={"peers": peers}), state.id, instruments, scores, issues, inputs)
    if e.official.empty:
        raise RoundError(f"No letter of {state.id} scores the region of {plan.id}, so it has no peers.", "Leave peers out.")
    return replace(e, chosen=peers)


def evaluate(
    plan: Programme,
    round_name: str,
    instruments: dict[str, Instrument],
    scores: pd.DataFrame,
    issues: pd.DataFrame,
    provenance: dict[str, str],
) -> Evaluation:
    """Evaluate SCORES of a round and of rounds before it, wherever they come from."""
    asked = instruments
    scores, instruments = rescored(scores, asked)
    index = compute_index(scores, instruments)
    # An old questionnaire's figures on a new scale are printed nowhere.
    letters = {name: participants(plan, name, one) for name, one in asked.items() if one.scale == instruments[name].scale}
    index = printed(index, pd.concat(list(letters.values()), ignore_index=True), instruments)
    previous = _previous(index, round_name)
    change = compare(index, instruments, round_name, previous) if previous else CHANGE.empty()
    trend = compute_trend(index, plan, round_name, instruments)
    rows = letters[round_name]
    peers = compute_peers(rows, plan.region)
    told = context.read_context((plan.region, *plan.peers) if plan.context else ())
    breaks = series(index, plan, round_name, instruments).breaks
    verdicts = compute_verdicts(trend, index, plan, round_name, instruments)
    tables = (scores, issues, index, change, trend, breaks, verdicts, peers, rows, told, context.indicators(), context.national())
    return Evaluation(plan, round_name, previous, instruments, *tables, provenance)
