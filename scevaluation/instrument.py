"""Instruments: the questionnaire of a round as a weighted tree, read from YAML, dated and sourced."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from scevaluation.card import card, said
from scevaluation.errors import InstrumentError, RoundError, UnknownWeights
from scevaluation.frames import ROOT
from scevaluation.grid.yamlfile import Wrong, model, read_yaml
from scevaluation.issues import issue, refusal
from scevaluation.period import Period
from scevaluation.place import DATA

Sector = Literal["infrastructure", "public_services", "education", "health", "environment"]
Quality = Literal["faster", "easier", "open", "certain", "non_discriminatory"]
SECTORS: tuple[str, ...] = get_args(Sector)
QUALITIES: tuple[str, ...] = get_args(Quality)
Weights = Literal["stated", "reproduced", "both", "inferred", "own", "unknown"]
Calendar = Literal["S", "Q", "Y"]
Top = Literal["sector", "component", "dimension", "domain", "pillar", "element"]

Number = Annotated[float, Field(strict=True)]  # no text, no yes or no
LARGEST = 1e6  # of weights and scales: far beyond any real one, far below what sums or squares could not hold


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

    def to100(self, value):
        """`value` (scale; scalar or array) on 0-100."""
        return (value - self.low) / (self.high - self.low) * 100

    def from100(self, value):
        """`value` (0-100) on the scale."""
        return self.low + value / 100 * (self.high - self.low)


class Node(Frozen):
    """A node of the tree: a component, dimension or, as a leaf, an item.

    `weight` counts among its siblings (None while unknown); a leaf may say the levels of its scale in words and
    the sectors, dimensions and qualities it tells of.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    label: Label
    weight: Number | None = Field(default=None, ge=0, le=LARGEST)
    sectors: tuple[Sector, ...] = ()
    dimension: str = ""
    quality: Literal["", Quality] = ""
    agency: str = ""
    levels: tuple[Label, ...] = ()
    link: str = ""
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


class Dimension(Frozen):
    """One of the programme's dimensions with its sub-dimensions and the sectors they tell of."""

    id: str
    label: Label
    subdimensions: tuple[Node, ...]


class Predicate(Frozen):
    """A published name for a range of the index: from `low` (included) up to the next."""

    low: Number
    label: Label


class Instrument(Frozen):
    """A dated questionnaire: whose it is, tree, weights with their provenance, scale.

    `family` says what it is and whose: ministry (the letters'), spbe, skm, own (the regency's) or any other plain id; what is
    compared across regions is of one family. `calendar` is the kind of its rounds, that of `valid_from` unless said; `top` is
    what its top level is called.
    `weights` says where the weights come from: stated by the publisher, reproduced from published results, both,
    inferred, own (the regency's), or unknown; with unknown weights no index is computed.
    """

    id: str
    label: Label
    family: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")] = "own"
    calendar: Calendar
    top: Top = "component"
    valid_from: RoundName
    valid_to: RoundName | Literal[""] = ""
    scale: Scale
    weights: Weights
    weights_source: Label
    source: str
    checked: str = ""
    aggregation: Literal["arithmetic", "geometric"] = "arithmetic"
    coverage: Number = Field(default=0.65, gt=0, le=1)
    tolerance: Number = Field(default=0.01, ge=0, le=LARGEST)
    predicates: tuple[Predicate, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    tree: Node

    @model_validator(mode="before")
    @classmethod
    def _calendar_of_start(cls, value):
        if isinstance(value, dict) and "calendar" not in value:
            with suppress(RoundError):  # a start that is no round is refused at its own place
                return {**value, "calendar": Period(value.get("valid_from", "")).kind}
            return {**value, "calendar": "S"}
        return value

    @model_validator(mode="after")
    def _consistent(self):
        if self.tree.id != ROOT:
            raise Wrong("root_name", self.tree.id, ROOT, "correct_value", ("tree", "id"))
        if self.valid_to and Period(self.valid_to) < Period(self.valid_from):
            raise Wrong("ends_before", self.valid_to, self.valid_from, "correct_value", ("valid_to",))
        below = [p for p in self.nodes if p != ROOT]
        lacks = [p for p in below if self.nodes[p].weight is None]
        if self.weights != "unknown" and lacks:
            raise Wrong("weights_missing", ", ".join(lacks[:5]), self.weights, "add_weights", ("weights",))
        if self.weights == "unknown" and len(lacks) < len(below):
            raise Wrong("weights_known", next(p for p in below if p not in lacks), "", "say_weights", ("weights",))
        self._predicates_rise()
        return self

    def _predicates_rise(self) -> None:
        """Refuse a predicate off the scale, or not above the one before."""
        for n, predicate in enumerate(self.predicates):
            low, place = predicate.low, ("predicates", n, "low")
            if not self.scale.low <= low <= self.scale.high:
                raise Wrong("predicate_off", f"{low:g}", f"{self.scale.low:g}\u2013{self.scale.high:g}", "correct_value", place)
            if n and low <= self.predicates[n - 1].low:
                raise Wrong("predicates_fall", f"{low:g}", f"> {self.predicates[n - 1].low:g}", "correct_value", place)

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node by its path, parents first; the root's path is "index"."""
        out: dict[str, Node] = {ROOT: self.tree}

        def walk(node: Node, prefix: str) -> None:
            for child in node.children:
                path = f"{prefix}{child.id}"
                out[path] = child
                walk(child, path + "/")

        walk(self.tree, "")
        return out

    @cached_property
    def parents(self) -> dict[str, str]:
        """The parent's path of every node but the root."""
        return {p: (p.rsplit("/", 1)[0] if "/" in p else ROOT) for p in self.nodes if p != ROOT}

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Paths of the nodes without children, in the tree's order."""
        return tuple(p for p, n in self.nodes.items() if not n.children)

    @cached_property
    def components(self) -> tuple[str, ...]:
        """Paths of the root's children."""
        return tuple(child.id for child in self.tree.children)

    def children(self, path: str) -> tuple[str, ...]:
        """Paths of the children of `path`."""
        prefix = "" if path == ROOT else path + "/"
        return tuple(prefix + child.id for child in self.nodes[path].children)

    def share(self, path: str) -> float:
        """Weight of `path` among its siblings, 0-1."""
        self.require_weights()
        siblings = self.nodes[self.parents[path]].children
        total = sum(s.weight or 0.0 for s in siblings)
        return (self.nodes[path].weight or 0.0) / total if total else 0.0

    @cached_property
    def effective(self) -> dict[str, float]:
        """Effective weight of every node in the index, 0-1; the root's is 1."""
        out = {ROOT: 1.0}
        for path in self.nodes:
            if path != ROOT:
                out[path] = out[self.parents[path]] * self.share(path)
        return out

    def __repr__(self) -> str:
        return said("Instrument", self.id, **self._shown())

    def _repr_html_(self) -> str:
        return card(self.label.en, **{"id": self.id} | self._shown())

    def _shown(self) -> dict[str, object]:
        """What its card says of it."""
        dates = f"{self.valid_from} to {self.valid_to or 'today'}"
        scale = f"{self.scale.low:g} to {self.scale.high:g}"
        return {"valid": dates, "scale": scale, "weights": self.weights, "components": self.components, "leaves": len(self.leaves)}

    def require_weights(self) -> None:
        """Raise `UnknownWeights` if no index can be computed with this instrument."""
        if self.weights == "unknown":
            raise UnknownWeights(
                f"The weights of instrument {self.id} are not known ({self.weights_source.en}), so no index can be computed.",
                "Show the published index as it is, or add the weights with their source to the instrument's file.",
            )

    def name(self, path: str, lang: str) -> str:
        """Name of the node `path`."""
        return self.nodes[path].label[lang]

    def names(self, lang: str) -> dict[str, str]:
        """Names of all nodes below the root by path, in the tree's order."""
        return {p: n.label[lang] for p, n in self.nodes.items() if p != ROOT}


def read_instrument(path: Path) -> Instrument:
    """Read one instrument from YAML.

    Raises
    ------
    InstrumentError
        If the file is absent, no YAML, or contradicts itself; with every place that is wrong.
    """
    return model(Instrument, read_yaml(path, InstrumentError, lambda: _absent(path)), InstrumentError)


def _absent(path: Path) -> dict:
    known = ", ".join(sorted(p.stem for p in path.parent.glob("*.yaml"))) or "\u2013"
    return issue(path.name, "", "no_instrument", "error", path.stem, known, "choose_known")


@cache
def load_instrument(name: str, folder: Path | None = None) -> Instrument:
    """The instrument called `name` from `folder` (default data/instruments); read once."""
    path = (folder or DATA / "instruments") / f"{name}.yaml"
    found = read_instrument(path)
    if found.id != name:
        wrong = issue(path.name, "", "other_id", "error", found.id, name, "same_id")
        raise refusal(InstrumentError, [wrong])
    return found
