"""Contracts of the tables: key, columns, meaning. Everything computed is a table of these.

`round` is text such as "2024-S2", which sorts in time; `region` is Kemendagri's code of today ("94.04");
`node` is a path in the instrument's tree ("outcome/3.1.1"), "index" for its root, or a view over
sector tags ("sector:health").
"""

from __future__ import annotations

from scevaluation.errors import ContractError
from scevaluation.frames import (
    agenda,
    analysis,
    claims,
    core,
    intake,
    items,
    methods,
    national,
    people,
    scenarios,
    sectors,
    surveys,
)
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
    as_scores,
)

_ROOMS = (core, claims, items, people, agenda, sectors, national, surveys, methods, analysis, scenarios, intake)
TABLES = {t.name: t for room in _ROOMS for t in vars(room).values() if isinstance(t, Contract)}
