"""Instruments: the questionnaire of a round as a weighted tree, read from YAML, dated and sourced."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from scevaluation.errors import InstrumentError, UnknownWeights
from scevaluation.frames import ROOT
from scevaluation.place import DATA

SECTORS = ("infrastructure", "public_services", "education", "health", "environment")
QUALITIES = ("faster", "easier", "open", "certain", "non_discriminatory")
Weights = Literal["stated", "reproduced", "both", "inferred", "own", "unknown"]


class Frozen(BaseModel):
    """Base of all models: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(Frozen):
    """A name in the languages of the reports."""

    id: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return getattr(self, lang)


class Scale(Frozen):
    """The scale of a score, worst to best, on which `high` is better.

    `step` is the grid of single scores (the panel's mean of 5 moves by 0.2), None if unknown.
    """

    low: float
    high: float
    step: float | None = None

    @model_validator(mode="after")
    def _ordered(self):
        if not self.low < self.high:
            raise ValueError(f"scale {self.low} to {self.high} is not rising")
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
    weight: float | None = Field(default=None, ge=0)
    sectors: tuple[Literal[SECTORS], ...] = ()
    dimension: str = ""
    quality: Literal[("", *QUALITIES)] = ""
    agency: str = ""
    levels: tuple[Label, ...] = ()
    link: str = ""
    note: str = ""
    children: tuple[Node, ...] = ()

    @model_validator(mode="after")
    def _siblings(self):
        ids = [child.id for child in self.children]
        double = sorted({i for i in ids if ids.count(i) > 1})
        if double:
            raise ValueError(f"{self.id}: children repeat the id {', '.join(double)}")
        known = [child.weight is not None for child in self.children]
        if any(known) and not all(known):
            raise ValueError(f"{self.id}: some children have a weight and some none")
        return self


class Dimension(Frozen):
    """One of the programme's dimensions with its sub-dimensions and the sectors they tell of."""

    id: str
    label: Label
    subdimensions: tuple[Node, ...]


class Predicate(Frozen):
    """A published name for a range of the index: from `low` (included) up to the next."""

    low: float
    label: Label


class Instrument(Frozen):
    """A dated questionnaire: tree, weights with their provenance, scale.

    `weights` says where the weights come from: stated by the publisher, reproduced from published results, both,
    inferred, own (the regency's), or unknown; with unknown weights no index is computed.
    """

    id: str
    label: Label
    valid_from: str
    valid_to: str = ""
    scale: Scale
    weights: Weights
    weights_source: Label
    source: str
    checked: str = ""
    aggregation: Literal["arithmetic", "geometric"] = "arithmetic"
    coverage: float = Field(default=0.65, gt=0, le=1)
    tolerance: float = Field(default=0.01, ge=0)
    predicates: tuple[Predicate, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    tree: Node

    @field_validator("weights_source", mode="before")
    @classmethod
    def _in_both(cls, value):
        """A source written once stands in both languages."""
        return {"id": value, "en": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _consistent(self):
        if self.tree.id != ROOT:
            raise ValueError(f"the root of the tree must be called {ROOT}")
        lacks = [p for p, n in self.nodes.items() if p != ROOT and n.weight is None]
        if self.weights != "unknown" and lacks:
            raise ValueError(f"weights are said to be {self.weights}, but {', '.join(lacks[:5])} has none")
        if self.weights == "unknown" and len(lacks) < len(self.nodes) - 1:
            raise ValueError("weights are said to be unknown, but some nodes have one")
        return self

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
        total = sum(s.weight for s in siblings)
        return self.nodes[path].weight / total if total else 0.0

    @cached_property
    def effective(self) -> dict[str, float]:
        """Effective weight of every node in the index, 0-1; the root's is 1."""
        out = {ROOT: 1.0}
        for path in self.nodes:
            if path != ROOT:
                out[path] = out[self.parents[path]] * self.share(path)
        return out

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


def read_yaml(path: Path):
    """Contents of a YAML file; by libyaml where it is at hand, ten times as fast."""
    return yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def read_instrument(path: Path) -> Instrument:
    """Read one instrument from YAML.

    Raises
    ------
    InstrumentError
        If the file is absent, no YAML, or contradicts itself.
    """
    try:
        return Instrument.model_validate(read_yaml(path))
    except FileNotFoundError as error:
        raise InstrumentError(f"There is no instrument file {path.name}.", f"Instruments are in {path.parent}.") from error
    except yaml.YAMLError as error:
        raise InstrumentError(f"{path.name} is not valid YAML: {error}", "Correct the file at that line.") from error
    except ValidationError as error:
        first = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise InstrumentError(f"{path.name} does not describe an instrument: {first}.", "Correct the named places.") from error


@cache
def load_instrument(name: str, folder: Path | None = None) -> Instrument:
    """The instrument called `name` from `folder` (default data/instruments); read once."""

    folder = folder or DATA / "instruments"
    path = folder / f"{name}.yaml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.yaml"))) or "none"
        raise InstrumentError(f"There is no instrument {name}.", f"Known instruments: {known}.")
    found = read_instrument(path)
    if found.id != name:
        raise InstrumentError(f"{path.name} calls itself {found.id}.", "File name and id must be the same.")
    return found
