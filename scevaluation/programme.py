"""Programmes: a regency's rounds, cycles, events and targets, read from data/programmes/<name>."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import yaml
from pydantic import AfterValidator, Field, ValidationError, model_validator

from scevaluation import region
from scevaluation.errors import ProgrammeError, RoundError
from scevaluation.instrument import SECTORS, Frozen, Instrument, Label, load_instrument, read_yaml
from scevaluation.place import DATA
from scevaluation.rounds import Round

if TYPE_CHECKING:
    import pandas as pd

STATES = ("scored", "progress_only", "not_held", "not_published", "inferred")
RoundName = Annotated[str, AfterValidator(lambda v: str(Round(v)))]


class Cycle(Frozen):
    """A plan cycle, first to last round; cycles are data, never code."""

    id: str
    label: Label
    start: RoundName
    end: RoundName
    source: str


class RoundState(Frozen):
    """What is known of one round of a programme.

    `state` says whether it was scored, brought progress only, was not held, was not published, or is inferred from
    a published change; `instrument` is the questionnaire used; `label` its official name such as "Tahap II".
    """

    id: RoundName
    state: Literal[STATES]
    instrument: str = ""
    label: Label | None = None
    source: str = ""
    note: Label | None = None


class Event(Frozen):
    """Something dated that happened: an office and a date, never a person, a cause or blame.

    `sectors` are those exposed (empty: all); `adjust` makes it a term of the trend model; `lasts` counts rounds
    after `end` that still feel it.
    """

    start: str
    end: str
    kind: Literal["pandemic", "election", "leadership", "plan", "legal", "other"]
    label: Label
    source: str
    confidence: str
    sectors: tuple[Literal[SECTORS], ...] = ()
    adjust: bool = False
    lasts: int = 0

    @staticmethod
    def _date(text: str, last: bool) -> date:
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
            raise ValueError(f"event {self.label.en!r} ends before it starts")
        return self

    @property
    def first(self) -> date:
        return self._date(self.start, last=False)

    @property
    def last(self) -> date:
        return self._date(self.end, last=True)

    def touches(self, round_: Round) -> bool:
        """Whether the event falls into the round, or into the `lasts` rounds before it."""
        return any(self.first <= r.end and self.last >= r.start for r in (round_ + -i for i in range(self.lasts + 1)))


class Target(Frozen):
    """A target on 0-100 for a node at the end of a round."""

    node: str
    round: RoundName
    value: float = Field(ge=0, le=100)
    source: str


class Agency(Frozen):
    """An agency (OPD) that owns indicators."""

    id: str
    label: Label


class Programme(Frozen):
    """A regency's smart-city programme: the folder data/programmes/<id> as one frozen object.

    `delta` is the smallest pace that matters, points of 0-100 a year. With `delta_share` (such as 0.1) it is that share
    of the pace a node's target needs over its cycle; nodes without a target to rise to keep `delta`. One that is
    `official` is made from the ministry's letters alone and has no folder of its own.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    label: Label
    region: str
    region_label: Label
    cohort: str = ""
    made_up: bool = False
    official: bool = False
    calendar: Literal["S", "Q"] = "S"
    sectors: tuple[str, ...] = SECTORS
    delta: float = Field(default=1.0, gt=0)
    delta_share: float | None = Field(default=None, gt=0, le=1)
    peers: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    cycles: tuple[Cycle, ...]
    rounds: tuple[RoundState, ...]
    agencies: tuple[Agency, ...] = ()
    events: tuple[Event, ...] = ()
    targets: tuple[Target, ...] = ()
    notes: tuple[Label, ...] = ()
    folder: Path

    @model_validator(mode="after")
    def _consistent(self):
        ids = [r.id for r in self.rounds]
        if ids != sorted(ids) or len(set(ids)) != len(ids):
            raise ValueError("rounds must be in order of time, each once")
        if any(Round(i).kind != self.calendar for i in ids):
            raise ValueError(f"the calendar is {self.calendar}, but a round is of another kind")
        for r in self.rounds:
            if r.state == "scored" and not r.instrument:
                raise ValueError(f"round {r.id} was scored, but names no instrument")
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
        key = str(Round(name))
        if key not in self.states:
            raise RoundError(
                f"Programme {self.id} has no round {key}.", f"Its scored rounds: {', '.join(self.scored) or 'none'}."
            )
        return self.states[key]

    def instrument(self, name: str) -> Instrument:
        """The instrument of the round `name`."""
        state = self.round(name)
        if not state.instrument:
            raise RoundError(f"Round {name} of {self.id} has no instrument ({state.state}).", "Choose a scored round.")
        return load_instrument(state.instrument)

    def cycle(self, name: str) -> Cycle | None:
        """The cycle a round lies in."""
        when = Round(name)
        for c in self.cycles:
            if Round(c.start) <= when <= Round(c.end):
                return c
        return None

    def agency_names(self, lang: str) -> dict[str, str]:
        """Names of the agencies by id, in their order."""
        return {a.id: a.label[lang] for a in self.agencies}

    def table(self, name: str) -> pd.DataFrame:
        """A CSV of the programme's folder as text columns; empty if the programme has none."""
        import pandas as pd

        path = self.folder / f"{name}.csv"
        if not path.exists():
            return pd.DataFrame()
        return pd.read_csv(path, dtype=str, keep_default_na=False)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV as text; none if there is no such file. Without pandas, which takes longer to load than a table to read."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{k: v or "" for k, v in row.items() if k is not None} for row in csv.DictReader(file)]


def _events(path: Path) -> list[dict]:
    return [
        {
            "start": r["start"],
            "end": r["end"],
            "kind": r["kind"],
            "label": {"id": r["label_id"], "en": r["label_en"]},
            "source": r["source"],
            "confidence": r["confidence"],
            "sectors": [s for s in r.get("sectors", "").split(" ") if s],
            "adjust": r.get("adjust", "") == "yes",
            "lasts": int(r.get("lasts", "") or 0),
        }
        for r in read_rows(path)
    ]


def _targets(path: Path) -> list[dict]:
    return [{key: r[key] for key in ("node", "round", "value", "source")} for r in read_rows(path)]


def read_programme(folder: Path) -> Programme:
    """Read a programme's folder: programme.yaml, events.csv, targets.csv.

    Raises
    ------
    ProgrammeError
        If a file is absent, unreadable or contradicts another; with the places named.
    """
    path = folder / "programme.yaml"
    try:
        raw = read_yaml(path)
        raw = {**raw, "folder": folder, "events": _events(folder / "events.csv"), "targets": _targets(folder / "targets.csv")}
        return Programme.model_validate(raw)
    except FileNotFoundError as error:
        raise ProgrammeError(f"{folder} has no programme.yaml.", "Copy one from another programme and change it.") from error
    except yaml.YAMLError as error:
        raise ProgrammeError(f"{path} is not valid YAML: {error}", "Correct the file at that line.") from error
    except KeyError as error:
        raise ProgrammeError(f"A table in {folder} lacks the column {error}.", "data/README.md lists the columns.") from error
    except ValidationError as error:
        first = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise ProgrammeError(f"{path} does not describe a programme: {first}.", "Correct the named places.") from error


def programmes() -> tuple[str, ...]:
    """Names of the programmes under data/programmes."""
    return tuple(sorted(p.parent.name for p in (DATA / "programmes").glob("*/programme.yaml")))


@cache
def load_programme(name: str) -> Programme:
    """The programme called `name`, or "wilayah-<code>" for a region of the ministry's letters; read once.

    Raises
    ------
    ProgrammeError
        If there is none of that name; the message lists those there are.
    """
    if name.startswith(region.PREFIX):
        return region.region_programme(name)
    if name not in programmes():
        raise ProgrammeError(
            f"There is no programme {str(name)[:40]!r}.", f"Known programmes: {', '.join(programmes()) or 'none'}."
        )
    found = read_programme(DATA / "programmes" / name)
    if found.id != name:
        raise ProgrammeError(f"The folder {name} calls its programme {found.id}.", "Folder and id must be the same.")
    return found
