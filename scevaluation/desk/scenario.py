"""Scenario: what is assumed otherwise than in the evaluation, as a frozen object and as a YAML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import BeforeValidator, Field, PlainSerializer, field_validator

from scevaluation.errors import ScenarioError
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.trend import next_targets
from scevaluation.frames import ROOT
from scevaluation.grid.table import read_bytes, text_of
from scevaluation.grid.yamlfile import Wrong, model, parse
from scevaluation.instrument import Frozen
from scevaluation.intake.journal import put
from scevaluation.issues import issue, refusal
from scevaluation.period import Period
from scevaluation.programme import Event, Programme, RoundName, Target

LARGEST = 64 * 1024  # bytes of a scenario's file
EDGE = 1e-5  # by which shares written with six decimals may miss their sum
V = TypeVar("V")


def _pairs(value):
    """A mapping as pairs in order of their keys, so that a frozen object holds nothing that can change."""
    if not isinstance(value, Mapping):
        return value
    return tuple(sorted((str(k), v) for k, v in value.items()))


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Points = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Score = Annotated[float, Field(allow_inf_nan=False)]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Map = Annotated[tuple[tuple[Key, V], ...], BeforeValidator(_pairs), PlainSerializer(dict)]


class Scenario(Frozen):
    """What is assumed for one round of a programme; empty parts stay as evaluated.

    `weights` are shares (0-1) of nodes among their siblings in the round's questionnaire; siblings that are not named keep their
    ratio and share the rest. `delta` is the smallest pace that matters, points of 0-100 a year, for every node. `targets` (0-100)
    stand in place of the node's next one; a node without gets it at the end of the cycle. `events`, called by kind and first day
    ("election:2024-11-27"), are whether the trend is adjusted for them. `scores` of items, on the scale, are of this round alone.
    """

    name: Annotated[str, Field(min_length=1, max_length=60)]
    note: Annotated[str, Field(max_length=1000)] = ""
    programme: str
    round: RoundName
    weights: Map[Share] = ()
    delta: Annotated[float, Field(gt=0, le=50, allow_inf_nan=False)] | None = None
    targets: Map[Points] = ()
    events: Map[bool] = ()
    scores: Map[Score] = ()

    @field_validator("name")
    @classmethod
    def _printable(cls, value: str) -> str:
        if not value.strip() or not value.isprintable():
            raise Wrong("no_line", value)
        return value.strip()

    @property
    def empty(self) -> bool:
        """Whether nothing is assumed otherwise."""
        return not (self.weights or self.delta or self.targets or self.events or self.scores)


def event_key(event: Event) -> str:
    """What a scenario calls an event."""
    return f"{event.kind}:{event.start}"


def as_evaluated(e: Evaluation, name: str = "-") -> Scenario:
    """The scenario that assumes nothing."""
    return Scenario(name=name, programme=e.programme.id, round=e.round)


def read_scenario(path: Path | str) -> Scenario:
    """Read a scenario's file; nothing in it is ever run.

    ScenarioError if the file is absent, no YAML, too large or no scenario; with file and place of all that is wrong.
    """
    path = Path(path)
    raw = read_bytes(path, ScenarioError)
    if raw is None:
        raise refusal(ScenarioError, [issue(path.name, "", "not_there", remedy="check_folder")])
    if len(raw) > LARGEST:
        raise refusal(ScenarioError, [issue(path.name, "", "text_too_large", found="> 64 KB", remedy="shorten")])
    return model(Scenario, parse(text_of(raw, path.name, ScenarioError), path.name, ScenarioError), ScenarioError)


def slug(name: str) -> str:
    """A scenario's file name without ending."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50].strip("-")
    if not plain:
        raise ScenarioError(f"{name[:40]!r} makes no file name.", "Use letters or digits.")
    return plain


def save_scenario(scenario: Scenario, folder: Path | str) -> Path:
    """Put a scenario as YAML in its place, whole; the same scenario gives the same bytes. IntakeError if it cannot be written."""
    path = Path(folder) / f"{slug(scenario.name)}.yaml"
    whole = scenario.model_dump(exclude_defaults=True)
    whole |= {"weights": {n: round(v, 6) for n, v in scenario.weights}} if scenario.weights else {}
    put(path, yaml.safe_dump(whole, allow_unicode=True, sort_keys=False).encode("utf-8"))
    return path


def scenarios(folder: Path | str, e: Evaluation) -> tuple[Scenario, ...]:
    """The scenarios of an evaluation's programme and round in a folder, by file name; others are left aside."""
    found = [read_scenario(p) for p in sorted(Path(folder).glob("*.yaml"))] if folder and Path(folder).is_dir() else []
    return tuple(s for s in found if (s.programme, s.round) == (e.programme.id, e.round))


@dataclass(frozen=True)
class Horizon:
    """By when a node's target is to be reached, and its value as evaluated (NaN: none)."""

    round: str
    value: float


def horizon(e: Evaluation, node: str) -> Horizon:
    """A node's next target, or the end of the round's cycle (else of the last one named) for a node without."""
    found = next_targets(e.programme, e.round).get(node)
    if found:
        return Horizon(found.round, found.value)
    cycle = e.programme.cycle(e.round)
    last = cycle.end if cycle else max((t.round for t in e.programme.targets), key=Period, default=e.round)
    return Horizon(last if Period(last) > Period(e.round) else str(Period(e.round) + 1), float("nan"))


def goal(e: Evaluation, scenario: Scenario, node: str) -> float:
    """The target of a node, 0-100: the scenario's, else its own; NaN if there is none."""
    return dict(scenario.targets).get(node, horizon(e, node).value)


def checked(e: Evaluation, scenario: Scenario) -> Scenario:
    """The scenario, if everything it names exists in the evaluation; ScenarioError with all that does not."""
    one, wrong = e.instrument, []
    if (scenario.programme, scenario.round) != (e.programme.id, e.round):
        wrong.append(f"it is of {scenario.programme} {scenario.round}, not of {e.programme.id} {e.round}")
    wrong += [f"weights.{n} is no node of {one.id}" for n, _ in scenario.weights if n not in one.parents]
    wrong += [f"targets.{n} is neither the index nor a node below it" for n, _ in scenario.targets if n not in (ROOT, *e.top)]
    known = {event_key(v) for v in e.programme.events}
    wrong += [f"events.{k} is no event of the programme" for k, _ in scenario.events if k not in known]
    for item, value in scenario.scores:
        if item not in one.leaves:
            wrong.append(f"scores.{item} is no item of {one.id}")
        elif (scale := one.scale_of(item)) and not scale.low <= value <= scale.high:
            wrong.append(f"scores.{item} is {value:g}, outside {scale.low:g}-{scale.high:g}")
    wrong += [] if wrong else _shares(e, scenario)
    if wrong:
        raise ScenarioError(f"Scenario {scenario.name!r}: {'; '.join(wrong[:8])}.", "Correct these places or leave them out.")
    return scenario


def _shares(e: Evaluation, scenario: Scenario) -> list[str]:
    """What is wrong with shares among siblings."""
    if scenario.weights and e.instrument.weights == "unknown":
        return [f"weights cannot be changed: those of {e.instrument.id} are not known"]
    given, wrong = dict(scenario.weights), []
    for parent in sorted({e.instrument.parents[n] for n in given}):
        siblings = e.instrument.children(parent)
        total = sum(given.get(s, 0.0) for s in siblings)
        if total > 1 + EDGE:
            wrong.append(f"weights below {parent} sum to {total:.4g}, more than 1")
        elif abs(total - 1) > EDGE and all(s in given for s in siblings):
            wrong.append(f"weights below {parent} sum to {total:.4g}, not to 1")
    return wrong


def shares(e: Evaluation, scenario: Scenario, parent: str = ROOT) -> dict[str, float]:
    """Share of every child of a node under a scenario; those not named keep their ratio and share the rest."""
    old = {c: e.instrument.share(c) for c in e.instrument.children(parent)}
    given = {c: v for c, v in scenario.weights if c in old}
    free = sum(v for c, v in old.items() if c not in given)
    rest = max(1 - sum(given.values()), 0.0)
    equal = len(old) - len(given)
    return {c: given.get(c, rest * (v / free if free else 1 / max(equal, 1))) for c, v in old.items()}


def assumed_programme(e: Evaluation, scenario: Scenario) -> Programme:
    """The programme with the scenario's delta, targets and events."""
    plan, switch, goal = e.programme, dict(scenario.events), dict(scenario.targets)
    events = tuple(v.model_copy(update={"adjust": switch.get(event_key(v), v.adjust)}) for v in plan.events)
    places = {n: horizon(e, n).round for n in goal}
    kept = tuple(t for t in plan.targets if (t.node, t.round) not in places.items())
    new = tuple(Target(node=n, round=places[n], value=v, source=f"scenario {scenario.name}") for n, v in goal.items())
    change: dict = {"events": events, "targets": kept + new}
    if scenario.delta:
        change |= {"delta": scenario.delta, "delta_share": None}
    return plan.model_copy(update=change)
