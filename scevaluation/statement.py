"""A sentence that others said of a programme, in parts, each with the evidence that judges it."""

from __future__ import annotations

from typing import Literal

from scevaluation.node import Frozen, Label

Evidence = Literal[
    "index_up", "index_still", "index_down", "statistics_better", "statistics_still", "statistics_worse", "pandemic", "election"
]


class StatementPart(Frozen):
    """What a part of the sentence says, and the evidence that must all bear it out; without any it cannot be told."""

    says: Label
    evidence: tuple[Evidence, ...]


class Statement(Frozen):
    """A sentence of others with its source: the text is that of its parts, one after the other."""

    source: Label
    parts: tuple[StatementPart, ...]
