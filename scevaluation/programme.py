"""Programmes: a regency's rounds, cycles, events, targets and the smallest pace that matters, read from data/programmes/<name>."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from scevaluation import region
from scevaluation.card import card, said
from scevaluation.errors import EvaluationError, ProgrammeError, RoundError
from scevaluation.grid.table import Row, count, flag, flag_of, number, read_table
from scevaluation.grid.yamlfile import Document, Wrong, described, model, read_yaml
from scevaluation.instrument import Calendar, Instrument, load_instrument
from scevaluation.issues import clean_text, issue, nearest, refusal
from scevaluation.node import Frozen, Label, Number, RoundName, Sector, each_once
from scevaluation.period import PARTS, Period
from scevaluation.place import every, find, read_once
from scevaluation.statement import Statement

if TYPE_CHECKING:
    import pandas as pd

State = Literal["scored", "progress_only", "not_held", "not_published", "inferred", "did_not_take_part"]
EVENT = ("start", "end", "kind", "label_id", "label_en", "source", "confidence")
EVENT_MORE = ("sectors", "adjust", "lasts")
TARGET = ("node", "round", "value", "source")
BESIDE = {"events": "events.csv", "targets": "targets.csv"}  # what stands in tables of its own, not in programme.yaml
LONGEST = 40  # rounds that an event may be felt after its end
_REGION = re.compile(r"[0-9]{2}\.[0-9]{2}")
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:-[0-9]{2}(?:-[0-9]{2})?)?")


def _yes_or_no(value):
    found = flag_of(value) if isinstance(value, str) else value
    if found is None:
        raise Wrong("no_flag", value or "", "", "write_flag")
    return found


def _day(text: str) -> str:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        Event.date_of(text, last=False)
    except ValueError as error:
        raise Wrong("no_day", text, "2024-06-30, 2024-06, 2024", "write_day") from error
    return text


def _region_code(text: str) -> str:
    if not _REGION.fullmatch(text):
        raise Wrong("no_region_code", text, "94.04", "correct_value")
    return text


Flag = Annotated[bool, BeforeValidator(_yes_or_no)]
RegionCode = Annotated[str, AfterValidator(_region_code)]
Day = Annotated[str, AfterValidator(_day)]


class Cycle(Frozen):
    """A plan cycle, first to last round; cycles are data, never code."""

    id: str
    label: Label
    start: RoundName
    end: RoundName
    source: str

    @model_validator(mode="after")
    def _ordered(self):
        if Period(self.end) < Period(self.start):
            raise Wrong("ends_before", self.end, self.start, "correct_value", ("end",))
        return self

    def begun(self, name: str) -> bool:
        """Whether the round `name` lies in the cycle or after it; by days, for a cycle may be dated in years."""
        return Period(self.start).start <= Period(name).start

    def holds(self, name: str) -> bool:
        """Whether the round `name` lies in the cycle."""
        return self.begun(name) and Period(name).end <= Period(self.end).end


class RoundState(Frozen):
    """What is known of one round of a programme.

    `state` says whether it was scored, brought progress only, was not held, was not published, is inferred from a published
    change, or the region did not take part; `instrument` is the questionnaire used; `label` its official name ("Tahap II").
    """

    id: RoundName
    state: State
    instrument: str = ""
    label: Label | None = None
    source: str = ""
    note: Label | None = None


class Event(Frozen):
    """Something dated that happened: an office and a date, never a person, a cause or blame.

    `sectors` are those exposed (empty: all); `adjust` makes it a term of the trend model; `lasts` counts rounds
    after `end` that still feel it.
    """

    start: Day
    end: Day
    kind: Literal["pandemic", "election", "leadership", "plan", "legal", "other"]
    label: Label
    source: str
    confidence: str
    sectors: tuple[Sector, ...] = ()
    adjust: Flag = False
    lasts: Annotated[int, Field(strict=True, ge=0, le=LONGEST)] = 0

    @staticmethod
    def date_of(text: str, last: bool) -> date:
        """The first or last day of a day, month or year."""
        parts = [int(p) for p in text.split("-")]
        year = parts[0]
        month = parts[1] if len(parts) > 1 else (12 if last else 1)
        if len(parts) > 2:
            return date(year, month, parts[2])
        if not last:
            return date(year, month, 1)
        return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)

    @model_validator(mode="after")
    def _ordered(self):
        if self.first > self.last:
            raise Wrong("event_ends_before", self.label.en, "", "correct_value", ("end",))
        return self

    @property
    def first(self) -> date:
        return self.date_of(self.start, last=False)

    @property
    def last(self) -> date:
        return self.date_of(self.end, last=True)

    def touches(self, round_: Period) -> bool:
        """Whether the event falls into the round, or into the `lasts` rounds before it."""
        return any(self.first <= r.end and self.last >= r.start for r in (round_ + -i for i in range(self.lasts + 1)))


class Target(Frozen):
    """A target on 0-100 for a node at the end of a round."""

    node: str
    round: RoundName
    value: Number = Field(ge=0, le=100)
    source: str


class Agency(Frozen):
    """An agency (OPD) that owns indicators, or a body `outside` the regency's government, which owes no report."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    label: Label
    outside: Flag = False


class Programme(Frozen):
    """A regency's smart-city programme: the folder data/programmes/<id> as one frozen object.

    `planned` are evaluations to come, each a round, or a year where no more is known.
    `delta` is the smallest pace that matters, points of 0-100 a year. With `delta_share` (such as 0.1) it is that share
    of the pace a node's target needs over its cycle; nodes without a target to rise to keep `delta`. One that is
    `official` is made from the ministry's letters alone and has no folder of its own. `statement` is what others said of it.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    label: Label
    region: RegionCode
    region_label: Label
    cohort: str = ""
    made_up: Flag = False
    official: bool = False
    calendar: Calendar = "S"
    sectors: tuple[Sector, ...] = get_args(Sector)
    delta: Number = Field(default=1.0, gt=0, le=100)
    delta_share: Number | None = Field(default=None, gt=0, le=1)
    peers: tuple[RegionCode, ...] = ()
    context: tuple[str, ...] = ()
    cycles: tuple[Cycle, ...]
    rounds: tuple[RoundState, ...]
    planned: tuple[RoundName, ...] = ()
    agencies: tuple[Agency, ...] = ()
    events: tuple[Event, ...] = ()
    targets: tuple[Target, ...] = ()
    notes: tuple[Label, ...] = ()
    statement: Statement | None = None
    folder: Path

    @model_validator(mode="after")
    def _consistent(self):
        for part in ("rounds", "cycles", "agencies"):
            each_once((one.id for one in getattr(self, part)), part)
        each_once(self.sectors, "sectors")
        each_once(self.peers, "peers")
        before = ""
        for n, r in enumerate(self.rounds):
            if Period(r.id).kind != self.calendar:
                raise Wrong("other_calendar", r.id, self.calendar, "correct_value", ("rounds", n, "id"))
            if before and Period(r.id) < Period(before):
                raise Wrong("rounds_order", r.id, before, "order_rounds", ("rounds", n, "id"))
            if r.state == "scored" and not r.instrument:
                raise Wrong("scored_without", r.id, "", "name_instrument", ("rounds", n))
            before = r.id
        return self

    @cached_property
    def states(self) -> dict[str, RoundState]:
        """The programme's rounds by name."""
        return {r.id: r for r in self.rounds}

    @property
    def scored(self) -> tuple[str, ...]:
        """Rounds with scores of their own, in time."""
        return tuple(r.id for r in self.rounds if r.state == "scored")

    def round(self, name: str) -> RoundState:
        """The round called `name`.

        Raises
        ------
        RoundError
            If the programme does not know it.
        """
        try:
            key = str(Period.typed(name))
        except RoundError:
            found = issue(self.id, "", "round_misspelt", "error", name, ", ".join(nearest(name, reversed(self.states))), "choose_round")
            raise refusal(RoundError, [found]) from None
        if key not in self.states:
            raise self.no_round(key, "round_absent")
        return self.states[key]

    def instrument(self, name: str) -> Instrument:
        """The instrument of the round `name`."""
        state = self.round(name)
        if not state.instrument:
            raise self.no_round(state.id, "round_without")
        return load_instrument(state.instrument)

    def no_round(self, name: str, problem: str) -> EvaluationError:
        """The error that a round of this name cannot be had, with those that were scored."""
        known, remedy = ", ".join(reversed(self.scored)) or "\u2013", {"round_not_taken": "choose_scored"}.get(problem, "choose_round")
        return refusal(RoundError, [issue(self.id, "", problem, "error", name, known, remedy)])

    def __repr__(self) -> str:
        return said("Programme", self.id, **self._shown())

    def _repr_html_(self) -> str:
        return card(self.label.en, **{"id": self.id} | self._shown())

    def _shown(self) -> dict[str, object]:
        """What its card says of it."""
        counted = {"agencies": self.agencies, "events": self.events, "targets": self.targets}
        return {"region": self.region_label.en, "scored": self.scored} | {k: len(v) for k, v in counted.items()}

    def cycle(self, name: str) -> Cycle | None:
        """The cycle a round lies in."""
        return next((c for c in self.cycles if c.holds(name)), None)

    def agency_names(self, lang: str) -> dict[str, str]:
        """Names of the agencies by id, in their order; those of bodies outside the regency's government last."""
        return {a.id: a.label[lang] for a in sorted(self.agencies, key=lambda a: a.outside)}

    @cached_property
    def outside(self) -> frozenset[str]:
        """Bodies outside the regency's government, by id."""
        return frozenset(a.id for a in self.agencies if a.outside)

    def table(self, name: str) -> pd.DataFrame:
        """A CSV of the programme's folder as text columns; empty if the programme has none."""
        import pandas as pd

        found = read_table(self.folder / f"{name}.csv", ())
        return pd.DataFrame(found.rows, columns=list(found.columns), dtype=object)


def _events(path: Path) -> tuple[Event, ...]:
    """Events of a table; refused with all lines that are wrong."""
    wrong: list[dict] = []
    rows = read_table(path, EVENT, EVENT_MORE).rows
    out = [_event(row, wrong) for row in rows]
    _each_once(rows, ("start", "end", "kind", "label_id"), "label_id", wrong)
    if wrong:
        raise refusal(ProgrammeError, wrong)
    return tuple(e for e in out if e)


def _event(row: Row, wrong: list[dict]) -> Event | None:
    said = {key: row[key] for key in ("start", "end", "kind", "source", "confidence")}
    said["label"] = {lang: row[f"label_{lang}"] or None for lang in ("id", "en")}
    said["sectors"] = row.get("sectors", "").split()
    said["adjust"], said["lasts"] = flag(row, "adjust", wrong), count(row, "lasts", LONGEST, wrong)
    return _of_row(Event, said, row, wrong)


def _targets(path: Path, calendar: str) -> tuple[Target, ...]:
    """Targets of a table; refused with all lines that are wrong."""
    wrong: list[dict] = []
    rows = read_table(path, TARGET).rows
    out = [_of_row(Target, {**row, "value": number(row, "value", wrong)}, row, wrong) for row in rows]
    wrong += [
        rows[n].issue("round", "other_calendar", expected=calendar)
        for n, target in enumerate(out)
        if target and calendar in PARTS and Period(target.round).kind != calendar
    ]
    _each_once(rows, ("node", "round"), "node", wrong)
    if wrong:
        raise refusal(ProgrammeError, wrong)
    return tuple(out)


def _each_once(rows: tuple[Row, ...], columns: tuple[str, ...], named: str, wrong: list[dict]) -> None:
    """Lines that say again what a line before says; to `wrong`."""
    seen: dict[tuple, int] = {}
    for row in rows:
        first = seen.setdefault(tuple(row[c] for c in columns), row.line)
        if first != row.line:
            wrong.append(row.issue(named, "line_twice", expected=first, remedy="keep_one"))


def _of_row(kind, said: dict, row: Row, wrong: list[dict]):
    """A model of a table's row; what is wrong with it goes to `wrong`, at its column."""
    known = kind.model_fields
    try:
        return kind.model_validate({key: value for key, value in said.items() if key in known})
    except ValidationError as error:
        for found in error.errors(include_url=False):
            about = described(found, kind)
            path = [str(p) for p in (*found["loc"], *about.at) if isinstance(p, str)]
            column = path[0] if path and path[0] in row else "_".join(path)
            wrong.append(row.issue(column, about.problem, "error", about.expected, about.remedy, about.found))
        return None


def read_programme(folder: Path) -> Programme:
    """Read a programme's folder: programme.yaml, events.csv, targets.csv.

    Raises
    ------
    ProgrammeError
        If a file is absent, unreadable or contradicts another; with the places named.
    """
    absent = partial(issue, folder.name, "", "no_programme_file", remedy="copy_file")
    document = read_yaml(folder / "programme.yaml", ProgrammeError, absent)
    _refuse_own(document)
    events = _events(folder / BESIDE["events"])
    targets = _targets(folder / BESIDE["targets"], str(document.get("calendar", "S")))
    return model(Programme, document, ProgrammeError, folder=folder, events=events, targets=targets)


def _refuse_own(document: Document) -> None:
    """Refuse keys of a programme's file that are not for it to say."""
    wrong = [document.issue((k,), "key_near", k, BESIDE[k], "move_key") for k in BESIDE if k in document]
    wrong += [document.issue((k,), "key_unknown", k, "", "delete_key") for k in ("folder", "official") if k in document]
    wrong += [document.issue(("id",), "workspace_name", n, "", "choose_name") for n in region.TAKEN if n == document.get("id")]
    if wrong:
        raise refusal(ProgrammeError, wrong)


def programmes() -> tuple[str, ...]:
    """Names of the programmes under data/programmes."""
    return tuple(sorted(p.parent.name for p in every("programmes/*/programme.yaml")))


def _files(name: str) -> list[Path]:
    file = find("programmes", name, "programme.yaml")
    return region.FILES() if name.startswith(region.PREFIX) else [file, *(file.with_name(n) for n in BESIDE.values())]


@read_once(_files)
def load_programme(name: str) -> Programme:
    """The programme called `name`, or "wilayah-<code>" for a region of the ministry's letters; read again only if its files change.

    Raises
    ------
    ProgrammeError
        If there is none of that name, and the message lists those there are; or if its files cannot be read.
    """
    if name.startswith(region.PREFIX):
        return Programme.model_validate(region.published(name))
    if name not in programmes():
        known = ", ".join(programmes()) or "\u2013"
        raise refusal(ProgrammeError, [issue(clean_text(name, 40), "", "no_programme", "error", "", known, "choose_known")])
    found = read_programme(find("programmes", name, "programme.yaml").parent)
    if found.id != name:
        raise refusal(ProgrammeError, [issue(f"{name}/programme.yaml", "", "other_id", "error", found.id, name, "same_id")])
    return found
