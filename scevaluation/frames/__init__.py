"""Contracts of the tables: key, columns, meaning. Everything computed is a table of these.

`round` is text such as "2024-S2", which sorts in time; `region` is Kemendagri's code of today ("94.04");
`node` is a path in the instrument's tree ("outcome/3.1.1"), "index" for its root, or a view over
sector tags ("sector:health").
"""

from __future__ import annotations

from scevaluation.errors import ContractError
from scevaluation.frames.contract import Column, Contract
from scevaluation.frames.core import (
    CHANGE,
    CONTEXT,
    CONTRIBUTIONS,
    DIRECTIONS,
    INDEX,
    ISSUES,
    PACES,
    PEERS,
    ROOT,
    SCORES,
    SEVERITIES,
    SOURCES,
    STATUSES,
    TREND,
    VERDICTS,
)
from scevaluation.frames.methods import (
    CHANGE_STATES,
    CHOICES,
    LEVEL_STATES,
    METHOD_ITEMS,
    RANKS,
    ROBUST_CHANGE,
    ROBUSTNESS,
    WITHOUT,
)
from scevaluation.frames.surveys import ANSWERS, IMPORTANCE, QUALITIES, SKM, SURVEY

__all__ = [
    "ANSWERS",
    "CHANGE",
    "CHANGE_STATES",
    "CHOICES",
    "CONTEXT",
    "CONTRIBUTIONS",
    "DIRECTIONS",
    "IMPORTANCE",
    "INDEX",
    "ISSUES",
    "LEVEL_STATES",
    "METHOD_ITEMS",
    "PACES",
    "PEERS",
    "QUALITIES",
    "RANKS",
    "ROBUSTNESS",
    "ROBUST_CHANGE",
    "ROOT",
    "SCORES",
    "SEVERITIES",
    "SKM",
    "SOURCES",
    "STATUSES",
    "SURVEY",
    "TABLES",
    "TREND",
    "VERDICTS",
    "WITHOUT",
    "Column",
    "Contract",
    "ContractError",
]

TABLES = {
    t.name: t
    for t in (
        SCORES,
        ISSUES,
        INDEX,
        CHANGE,
        TREND,
        VERDICTS,
        PEERS,
        CONTEXT,
        ANSWERS,
        SURVEY,
        QUALITIES,
        SKM,
        IMPORTANCE,
        ROBUSTNESS,
        ROBUST_CHANGE,
        CHOICES,
        WITHOUT,
    )
}
