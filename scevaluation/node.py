"""A node of an instrument's tree: its label, its weight, and how an indicator is measured."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from scevaluation.errors import RoundError
from scevaluation.grid.yamlfile import Wrong
from scevaluation.period import Period

Sector = Literal["infrastructure", "public_services", "education", "health", "environment"]
Quality = Literal["faster", "easier", "open", "certain", "non_discriminatory"]
SECTORS: tuple[str, ...] = get_args(Sector)
QUALITIES: tuple[str, ...] = get_args(Quality)

Number = Annotated[float, Field(strict=True)]  # no text, no yes or no
NOT_COMPARABLE = "-"  # a node's `link`: it continues nothing of the questionnaire before
LARGEST = 1e6  # of weights and scales: far beyond any real one, far below what sums or squares could not hold
FAR = 1e15  # of goalposts, which may be rupiahs
MEASURED = ("scale", "goalposts", "unit", "direction", "transform")  # how a leaf may be measured otherwise


def _round_name(text: str) -> str:
    try:
        return str(Period(text))
    except RoundError as error:
        raise Wrong("no_round", text, "", "write_round") from error


def _year_as_text(value):
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


RoundName = Annotated[str, BeforeValidator(_year_as_text), AfterValidator(_round_name)]  # YAML reads a bare year as a number


def each_once(names: Iterable[str], key: str) -> None:
    """Refuse a list of a model whose entries repeat a name; `key` is the list's."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            raise Wrong("entry_twice", name, "", "keep_one", (key, number))
        seen.add(name)


class Frozen(BaseModel):
    """Base of all models: frozen, no unknown fields, no endless numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Label(Frozen):
    """A name in the languages of the reports; one that is given once, or in one language, stands in both."""

    id: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _in_both(cls, value):
        if isinstance(value, str):
            return {"id": value, "en": value}
        if isinstance(value, dict):
            value = {k: None if isinstance(v, str) and not v.strip() else v for k, v in value.items()}
        if isinstance(value, dict) and (value.get("id") is None) != (value.get("en") is None):
            one = value.get("id") if value.get("en") is None else value["en"]
            return {**value, "id": one, "en": one}
        return value

    def __getitem__(self, lang: str) -> str:
        return getattr(self, lang)


class Scale(Frozen):
    """The scale of a score, worst to best, on which `high` is better.

    `step` is the grid of single scores (the panel's mean of 5 moves by 0.2), None if unknown.
    """

    low: Number = Field(ge=-LARGEST, le=LARGEST)
    high: Number = Field(ge=-LARGEST, le=LARGEST)
    step: Number | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _ordered(self):
        if not self.low < self.high:
            raise Wrong("scale_falls", f"{self.low:g}\u2013{self.high:g}")
        return self

    @property
    def small(self) -> float:
        """A difference on it that says little: the round number nearest to a thirtieth of its length, 0.1 on 1-4."""
        part = (self.high - self.low) / 30
        power = 10.0 ** math.floor(math.log10(part))
        return min((power, 2 * power, 5 * power, 10 * power), key=lambda step: abs(math.log(step / part)))

    @property
    def ticks(self) -> list[float]:
        """Round values on it, six at most: 1, 2, 3, 4 on 1-4."""
        part = (self.high - self.low) / 5 * (1 - 1e-9)
        power = 10.0 ** math.floor(math.log10(part))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= part)
        return [k * step for k in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)]

    def to100(self, value):
        """`value` (scale; scalar or array) on 0-100."""
        return (value - self.low) / (self.high - self.low) * 100

    def from100(self, value):
        """`value` (0-100) on the scale."""
        return self.low + value / 100 * (self.high - self.low)


class Goalposts(Frozen):
    """The values of an indicator that count as 0 and as 100 (OECD/JRC: goalposts); where less is better, `worst` is the higher one."""

    worst: Number = Field(ge=-FAR, le=FAR)
    best: Number = Field(ge=-FAR, le=FAR)

    @model_validator(mode="after")
    def _apart(self):
        if self.worst == self.best:
            raise Wrong("goalposts_equal", f"{self.worst:g}")
        return self


class Range(Frozen):
    """The values of an indicator that are wanted, from `low` to `high`, both included."""

    low: Number
    high: Number


def _direction(value):
    """A direction as a model has it; -1 and 1 are read as lower and higher."""
    if isinstance(value, dict) and set(value) == {"low", "high"} and all(type(v) in (int, float) for v in value.values()):
        return Range(**value)
    found = {-1: "lower", 1: "higher"}.get(value, value) if type(value) in (int, str) else value
    if found not in ("", "lower", "higher") and not isinstance(found, Range):
        raise Wrong("none_of", str(value), "higher, lower, {low, high}")
    return found


class Node(Frozen):
    """A node of the tree: a component, dimension or, as a leaf, an item.

    `weight` counts among its siblings (None while unknown); a leaf may say the levels of its scale in words and
    the sectors, dimensions and qualities it tells of. What a leaf is measured in may be its own: `scale`, or `goalposts` that any
    number is put between, its `unit`, the `direction` that is better, `transform: log` before it is put between its ends. A node
    with others below it may take another mean than the instrument (`aggregation`). `about` says in one line what it is, with the
    source, where there is one.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    label: Label
    about: Label | None = None
    weight: Number | None = Field(default=None, ge=0, le=LARGEST)
    sectors: tuple[Sector, ...] = ()
    dimension: str = ""
    quality: Literal["", Quality] = ""
    agency: str = ""
    levels: tuple[Label, ...] = ()
    scale: Scale | None = None
    goalposts: Goalposts | None = None
    unit: Label | None = None
    direction: Annotated[Literal["", "higher", "lower"] | Range, BeforeValidator(_direction)] = ""
    transform: Literal["", "log"] = ""
    aggregation: Literal["", "arithmetic", "geometric"] = ""
    link: str | tuple[str, ...] = ""
    note: str = ""
    children: tuple[Node, ...] = ()

    @model_validator(mode="after")
    def _siblings(self):
        each_once((child.id for child in self.children), "children")
        weights = [child.weight for child in self.children if child.weight is not None]
        if weights and len(weights) < len(self.children):
            bare = next(n for n, child in enumerate(self.children) if child.weight is None)
            raise Wrong("weights_mixed", self.children[bare].id, self.id, "add_weights", ("children", bare))
        if weights and not sum(weights):
            raise Wrong("weights_zero", self.id, "", "add_weights", ("children",))
        return self

    @property
    def links(self) -> tuple[str, ...]:
        """What it continues of the questionnaire before: paths, "-" for nothing, or () where its name and place say it."""
        return () if not self.link else (self.link,) if isinstance(self.link, str) else self.link

    @model_validator(mode="after")
    def _measured(self):
        posts = self.goalposts
        for key in MEASURED if self.children else ("aggregation",):
            if getattr(self, key):
                raise Wrong("leaf_only" if self.children else "inner_only", key, self.id, "delete_key", (key,))
        if posts and self.direction == ("lower" if posts.worst < posts.best else "higher"):
            raise Wrong("direction_against", self.direction, f"{posts.worst:g}\u2013{posts.best:g}", "correct_value", ("direction",))
        if posts and self.levels and not self.scale:
            raise Wrong("levels_scale", self.id, "", "add_key", ("levels",))
        return self
