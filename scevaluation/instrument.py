"""Instruments: the questionnaire of a round as a weighted tree, read from YAML or a sheet, dated and sourced."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from scevaluation.card import card, said
from scevaluation.errors import InstrumentError, RoundError, UnknownWeights
from scevaluation.frames import ROOT
from scevaluation.grid.yamlfile import Document, Wrong, model, read_yaml
from scevaluation.instrument_sheet import ENDINGS, read_sheet
from scevaluation.issues import issue, refusal
from scevaluation.node import (
    LARGEST,
    MEASURED,
    NOT_COMPARABLE,
    QUALITIES,
    SECTORS,
    Frozen,
    Label,
    Node,
    Number,
    Range,
    RoundName,
    Scale,
)
from scevaluation.period import Period
from scevaluation.place import every, find, forms, read_once
from scevaluation.words import rounded, words

__all__ = [
    "MINISTRY", "NOT_COMPARABLE", "QUALITIES", "SECTORS", "Frozen", "Instrument", "Label", "Node", "Scale",
    "load_instrument", "read_instrument",
]  # fmt: skip
MINISTRY = "ministry"  # the family of the letters' instruments
Weights = Literal["stated", "reproduced", "both", "inferred", "own", "unknown"]
Calendar = Literal["S", "Q", "Y"]
Top = Literal["sector", "component", "dimension", "domain", "pillar", "element"]


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
    inferred, own (the regency's), or unknown; with unknown weights no index is computed. `rescore` says what the scores of
    the questionnaire before come to on this scale: those of its levels at equal steps from the lowest to the highest, in between
    by proportion.
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
    rescore: tuple[Number, ...] = ()
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
        levels, ends = self.rescore, (self.scale.low, self.scale.high)
        if levels and not (len(levels) > 1 and ends[0] <= levels[0] and levels[-1] <= ends[1] and all(a < b for a, b in pairwise(levels))):
            said = ", ".join(f"{v:g}" for v in levels)
            raise Wrong("rescore_falls", said, f"{ends[0]:g}\u2013{ends[1]:g}", "correct_value", ("rescore",))
        below = [p for p in self.nodes if p != ROOT]
        lacks = [p for p in below if self.nodes[p].weight is None]
        if self.weights != "unknown" and lacks:
            raise Wrong("weights_missing", ", ".join(lacks[:5]), self.weights, "add_weights", ("weights",))
        if self.weights == "unknown" and len(lacks) < len(below):
            raise Wrong("weights_known", next(p for p in below if p not in lacks), "", "say_weights", ("weights",))
        self._predicates_rise()
        for path in self.nodes:
            self._can_be_computed(path)
        return self

    def _can_be_computed(self, path: str) -> None:
        """Refuse a leaf that cannot be normalised, and a node whose mean has no meaning."""
        node, place = self.nodes[path], self.places[path]
        if node.children:
            if self.scale.low < 0 and self.mean_of(path) == "geometric":
                at = (*place, "aggregation") if node.aggregation else ("aggregation",)
                raise Wrong("geometric_below_zero", path, f"{self.scale.low:g}", "correct_value", at)
            return
        low, high = sorted(self.ends(path))
        if node.transform and low <= 0:
            raise Wrong("log_not_positive", f"{low:g}", "> 0", "correct_value", (*place, "transform"))
        wanted = node.direction
        if isinstance(wanted, Range) and not low <= wanted.low <= wanted.high <= high:
            found, ends = f"{wanted.low:g}\u2013{wanted.high:g}", f"{low:g}\u2013{high:g}"
            raise Wrong("range_outside", found, ends, "correct_value", (*place, "direction"))

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
    def places(self) -> dict[str, tuple]:
        """Where every node stands in the file, by its path."""
        out: dict[str, tuple] = {ROOT: ("tree",)}
        for path in self.nodes:
            out |= {child: (*out[path], "children", n) for n, child in enumerate(self.children(path))}
        return out

    @cached_property
    def parents(self) -> dict[str, str]:
        """The parent's path of every node but the root."""
        return {p: (p.rsplit("/", 1)[0] if "/" in p else ROOT) for p in self.nodes if p != ROOT}

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Paths of the nodes without children, in the tree's order."""
        return tuple(p for p, n in self.nodes.items() if not n.children)

    @property
    def ministry(self) -> bool:
        """Whether it is the ministry's, whose results are printed in letters; its reports have a layout of their own."""
        return self.family == "ministry"

    def sectors_of(self, path: str) -> tuple[str, ...]:
        """Sectors a node tells of: its tags, else those of the nearest node above that has any; () if none.

        Where the top level are the sectors (`top`), a node of it that is one of `SECTORS` tells of itself.
        """
        while path in self.parents:
            if tags := self.nodes[path].sectors:
                return tags
            if self.top == "sector" and path in SECTORS:
                return (path,)
            path = self.parents[path]
        return ()

    @cached_property
    def tagged(self) -> bool:
        """Whether every indicator of it tells of a sector."""
        return all(self.sectors_of(path) for path in self.leaves)

    def predicate(self, value: float) -> Label | None:
        """The predicate of an index on the scale, as it is printed with two decimals; None without one."""
        held = [p.label for p in self.predicates if p.low <= rounded(value, 2)]
        return held[-1] if held else None

    @cached_property
    def components(self) -> tuple[str, ...]:
        """Paths of the root's children."""
        return tuple(child.id for child in self.tree.children)

    def children(self, path: str) -> tuple[str, ...]:
        """Paths of the children of `path`."""
        prefix = "" if path == ROOT else path + "/"
        return tuple(prefix + child.id for child in self.nodes[path].children)

    def mean_of(self, path: str) -> str:
        """The mean that a node takes of its children: arithmetic or geometric."""
        return self.nodes[path].aggregation or self.aggregation

    def mean(self, path: str, values: Mapping[str, float]) -> float:
        """A node's value of those of all its children, on the instrument's scale."""
        parts = [(self.share(child), values[child]) for child in self.children(path)]
        if self.mean_of(path) == "arithmetic":
            return sum(share * x for share, x in parts)
        return math.prod(x**share for share, x in parts)

    def scale_of(self, path: str) -> Scale | None:
        """The scale a node's score is judged by; None where it may be any finite number (goalposts and no scale)."""
        node = self.nodes.get(path, self.tree)
        return node.scale or (None if node.goalposts else self.scale)

    def ends(self, path: str) -> tuple[float, float]:
        """The values of a node, as it is measured, that count as 0 and as 100."""
        node = self.nodes[path]
        scale = node.scale or self.scale
        if node.goalposts:
            return node.goalposts.worst, node.goalposts.best
        return (scale.high, scale.low) if node.direction == "lower" else (scale.low, scale.high)

    @cached_property
    def measured(self) -> frozenset[str]:
        """Leaves whose score is not simply one on the instrument's scale."""
        return frozenset(p for p in self.leaves if any(getattr(self.nodes[p], key) for key in MEASURED if key != "unit"))

    def normalise(self, path: str, raw):
        """Scores of a leaf as it is measured (scalar or array, in its unit) on 0-100; what is missing stays missing.

        Linear from its worst to its best value, which are its goalposts, else the ends of its scale, else of the instrument's;
        with `transform: log` linear in the logarithm. What lies beyond an end counts as that end, as in the Human Development Index
        (UNDP, technical note 1). In a wanted range every value is 100, and from there it falls to 0 at both ends. Fixed ends are
        those of the OECD/JRC Handbook (2008), step 5: no value of a round moves another.
        """
        import numpy as np

        node, (worst, best) = self.nodes[path], self.ends(path)
        points = {worst: 0.0, best: 100.0}
        if isinstance(node.direction, Range):
            points = {worst: 0.0, best: 0.0, node.direction.low: 100.0, node.direction.high: 100.0}
        at, on = zip(*sorted(points.items()), strict=True)
        x = np.clip(np.asarray(raw, float), at[0], at[-1])
        return np.interp(np.log(x), np.log(at), on) if node.transform else np.interp(x, at, on)

    def as_measured(self, path: str, value: float, near: float) -> float:
        """The score of a node, in its unit, that counts as `value` on the instrument's scale; of a wanted range on the side of `near`."""
        if path not in self.measured:
            return value
        node, (worst, best) = self.nodes[path], self.ends(path)
        if isinstance(wanted := node.direction, Range):
            low, high = sorted((worst, best))
            worst, best = (low, wanted.low) if near < wanted.low else (high, wanted.high)
        share = self.scale.to100(value) / 100
        return worst * (best / worst) ** share if node.transform else worst + share * (best - worst)

    def on_scale(self, path: str, raw):
        """Scores of a node as it is measured (scalar or array) on the instrument's scale."""
        return self.scale.from100(self.normalise(path, raw)) if path in self.measured else raw

    @cached_property
    def plain(self) -> Instrument:
        """The same for scores that already stand on its scale: no leaf is measured otherwise."""

        def bare(node: Node) -> Node:
            kept = {key: getattr(node, key) for key in Node.model_fields if key not in MEASURED}
            return Node.model_construct(**kept | {"children": tuple(map(bare, node.children))})

        fields = {key: getattr(self, key) for key in type(self).model_fields} | {"tree": bare(self.tree)}
        return type(self).model_construct(**fields) if self.measured else self

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
        """Name of the node `path`; of an indicator that is not better the higher it is, with what is better."""
        node = self.nodes[path]
        label = node.label[lang]
        if node.children or path not in self.measured:
            return label
        if isinstance(node.direction, Range):
            return words(lang).best_at(label, node.direction.low, node.direction.high)
        worst, best = self.ends(path)
        return words(lang).best_at(label) if worst > best else label

    def names(self, lang: str) -> dict[str, str]:
        """Names of all nodes below the root by path, in the tree's order."""
        return {p: self.name(p, lang) for p in self.nodes if p != ROOT}


def read_instrument(path: Path) -> Instrument:
    """Read one instrument from YAML, or as a sheet (.xlsx, .ods, .csv).

    Raises
    ------
    InstrumentError
        If the file is absent, cannot be read, or contradicts itself; with every place that is wrong.
    """
    return model(Instrument, document(path), InstrumentError)


def document(path: Path) -> Document:
    """What an instrument's file says, knowing the line or cell of each part."""
    return read_yaml(path, InstrumentError, lambda: _absent(path)) if path.suffix not in ENDINGS[1:] else read_sheet(path)


def file_of(name: str, folder: Path | None = None) -> Path:
    """The file of the instrument called `name`: in the first layer that has it, YAML or sheet; where none has, the YAML that is not there.

    Raises
    ------
    InstrumentError
        If it stands there in more than one form.
    """
    found = forms(name if folder else f"instruments/{name}", ENDINGS, folder)
    if len(found) > 1:
        raise refusal(InstrumentError, [issue("", "", "two_files", "error", ", ".join(p.name for p in found), name, "keep_one")])
    return found[0] if found else folder / f"{name}.yaml" if folder else find("instruments", f"{name}.yaml")


def names(start: str = "") -> list[str]:
    """Names of all instruments that begin with `start`."""
    return sorted({p.stem for e in ENDINGS for p in every(f"instruments/{start}*{e}") if not p.name.startswith((".", "~"))})


def _absent(path: Path) -> dict:
    there = names() if path == find("instruments", path.name) else sorted(p.stem for p in path.parent.glob("*.yaml"))
    return issue(path.name, "", "no_instrument", "error", path.stem, ", ".join(there) or "\u2013", "choose_known")


@read_once(lambda name, folder=None: [file_of(name, folder)])
def load_instrument(name: str, folder: Path | None = None) -> Instrument:
    """The instrument called `name` from `folder` (default data/instruments); read again only if its file changes."""
    path = file_of(name, folder)
    found = read_instrument(path)
    if found.id != name:
        wrong = issue(path.name, "", "other_id", "error", found.id, name, "same_id")
        raise refusal(InstrumentError, [wrong])
    return found
