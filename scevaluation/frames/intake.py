"""Contracts of what intake keeps beside a round, and of how far a round is filled."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract

WHY = (
    "number", "unit", "level", "name", "close", "column", "status", "merged", "cover", "inert", "link", "formula", "date", "cut",
    "repeated", "sheet", "total", "percent", "code", "comment", "colour", "by_hand", "corrected", "undone",
)  # fmt: skip
_SHA = Column("str", "SHA-256 of the received file")
_FILE = Column("str", "name of the received file")
IMPORT_LOG = contract(
    "IMPORT_LOG",
    "",
    sha256=_SHA,
    file=_FILE,
    cell=Column("str", "sheet!cell or line; '' the file"),
    field=Column("str", "what the cell was read as"),
    found=Column("str", "what stands there"),
    taken=Column("str", "what was taken; '' nothing"),
    why=Column("str", "rule by which", within=WHY),
)
RECEIVED = contract(
    "RECEIVED",
    "sha256",
    sha256=_SHA,
    file=_FILE,
    received=Column("str", "day it was taken in, such as 2025-06-30"),
    filled=Column("str", "day the form says it was filled in; '' unknown"),
    agency=Column("str", "agency the form names; '' none"),
    state=Column("str", "whether its rows count", within=("taken", "waiting", "undone")),
    entries=Column("int", "entries it added or changed", low=0),
)
ENTRIES = contract(
    "ENTRIES",
    "number",
    number=Column("int", "order in which entries were taken", low=1),
    indicator=Column("str", "path of the node that was scored"),
    agency=Column("str", "agency responsible"),
    source=Column("str", "self, verified, final or assessor:<id>"),
    score=Column("float", "on the instrument's scale; missing is never zero", nullable=True),
    status=Column("str", "why there is or is not a score; withdrawn: the row was taken out by hand"),
    evidence=Column("str", "inert text"),
    quality=Column("str", "grade of the datum"),
    sha256=_SHA,
    file=_FILE,
    cell=Column("str", "sheet!cell or line"),
    received=Column("str", "day it was taken in"),
)
ASKED = contract(
    "ASKED",
    "agency indicator",
    agency=Column("str", "agency asked"),
    indicator=Column("str", "path of the indicator"),
    deadline=Column("str", "day by which; '' none"),
)
STATES = ("counted", "own_score", "no_evidence", "not_applicable", "not_reported", "waiting", "not_received")
BOARD = contract(
    "BOARD",
    "agency indicator",
    agency=Column("str", "agency asked"),
    indicator=Column("str", "path of the indicator"),
    state=Column("str", "how far it is", within=STATES),
    received=Column("str", "day its first form was taken in; '' none"),
    deadline=Column("str", "day by which; '' none"),
    days=Column("int", "days after the deadline that it came, or that have passed without it", low=0),
    weight=Column("float", "weight in the index, 0-1", nullable=True),
)
