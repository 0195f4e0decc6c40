"""Contracts of the tables of items: change, leverage, coverage. They stand beside `frames`."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract

LINKS = ("same", "renamed", "split", "merged", "new", "broken", "scale", "first")  # broken: not comparable, scale: another scale
JOINTS = ("linked", "broken", "new", "noted")
NOTES = ("rescored", "step", "coverage")  # reasons of what is noted
REASONS = ("weights", "indicators", "scale", "aggregation", "split", "merged", "link", "absent", "few_rounds", "unsteady", *NOTES)
STATUSES = ("scored", "given", "inferred", "not_reported", "not_verified", "did_not_take_part", "not_applicable")
MARKS = ("measured", "reported", "estimated", "ungraded", "missing", "not_applicable", "not_asked")

ITEMS = contract(
    "ITEMS",
    "region round node",
    node=Column("str", "item, or the node above it where only that was scored"),
    previous=Column("str", "the round compared with; '' if none"),
    link=Column("str", "how it continues an item of that round", within=LINKS),
    before_node=Column("str", "its path in that round's questionnaire; '' if none"),
    now=Column("float", "score, 0-100", nullable=True),
    before=Column("float", "score of that round, 0-100; missing where the item is not comparable", nullable=True),
    change=Column("float", "now less before, points; missing where one is, or not comparable", nullable=True),
    comparable=Column("bool", "the item continues one of that round on the same scale"),
    weight=Column("float", "effective weight in the index, 0-1", nullable=True),
    agency=Column("str", "agencies responsible, apart by '; '; '' unknown"),
    status=Column("str", "why there is or is not a score", within=STATUSES),
    quality=Column("str", "worst grade of the data that count: A, B, C; '' unknown"),
)
LEVERAGE = contract(
    "LEVERAGE",
    "region round node",
    node=Column("str", "item, as in ITEMS"),
    agency=Column("str", "agencies responsible, apart by '; '; '' unknown"),
    status=Column("str", "as in ITEMS", within=STATUSES),
    reported=Column("bool", "the item has a score that counts"),
    weight=Column("float", "effective weight in the index, 0-1"),
    room=Column("float", "points (0-100) to the best score; missing where there is no score", nullable=True),
    gain=Column("float", "what the index would gain, points (0-100), were the item the best", nullable=True),
    one_up=Column("float", "the same for one point of the scale; missing on long scales", nullable=True),
    if_worst=Column("float", "change of the index were an item without score the worst", nullable=True),
)
COVERAGE = contract(
    "COVERAGE",
    "region round node",
    node=Column("str", "item of the last round, traced back by its links"),
    before_node=Column("str", "its path in this round's questionnaire; '' where it was not asked"),
    status=Column("str", "as in ITEMS; '' where it was not asked", within=("", *STATUSES)),
    quality=Column("str", "worst grade of the data that count: A, B, C; '' unknown"),
    mark=Column("str", "what is known, by grade", within=MARKS),
)
IDENTITY = contract(
    "IDENTITY",
    "instrument path round",
    instrument=Column("str", "id of the questionnaire"),
    path=Column("str", "the node's path in it"),
    round=Column("str", "first round of the questionnaire"),
    node=Column("str", "key of the node over all questionnaires: its path in the newest that has it"),
    link=Column("str", "how it continues a node of the questionnaire before", within=LINKS),
)
BREAKS = contract(
    "BREAKS",
    "node round reason",
    node=Column("str", "node of the last round, or a view over sector tags"),
    round=Column("str", "first round of the new questionnaire"),
    kind=Column("str", "linked: levels joined by what is common; broken: not joined; new: begins here; noted: moves none", within=JOINTS),
    common=Column("float", "share of the node's weight asked in both questionnaires, 0-1", low=0, high=1),
    reason=Column("str", "what differs (of scores: scored anew, or in other steps), or why the levels are not joined", within=REASONS),
)
