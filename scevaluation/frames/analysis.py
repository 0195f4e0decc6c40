"""Contracts of the tables that one's own questions ask for: drivers, what is owed, two rounds side by side."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract
from scevaluation.frames.items import LINKS, NOTES, STATUSES

APART = {
    "": "they are comparable",
    "missing": "one side has no value",
    "questionnaire": "it is scored by another questionnaire",
    "new": "the first's questionnaire does not have it",
    "absent": "the other's questionnaire does not have it",
    "broken": "its questionnaire says that it continues nothing of the other's",
    "split": "one item of the first's became several",
    "merged": "several items of the first's became one",
    "link": "it was split or merged, so that it continues no single node",
    "indicators": "what is asked below it is not the same",
    "weights": "the weights below it are others",
    "scale": "its scale is another",
    "aggregation": "the mean is taken in another way",
    "few_rounds": "there are too few rounds of both questionnaires to link its values",
    "unsteady": "how far the level shifted between the questionnaires is not known well enough",
    **dict.fromkeys(NOTES, "noted where it stands, and moves no level: it makes nothing incomparable by itself"),
}

DRIVERS = contract(
    "DRIVERS",
    "region round previous node",
    previous=Column("str", "the round compared with"),
    node=Column("str", "indicator"),
    link=Column("str", "how it continues an indicator of that round", within=LINKS),
    before_node=Column("str", "its path in that round's questionnaire; '' if none"),
    before=Column("float", "score of that round, 0-100; missing where it is not comparable", nullable=True),
    now=Column("float", "score, 0-100", nullable=True),
    change=Column("float", "now less before, points", nullable=True),
    share=Column("float", "share of that round's weight among the indicators compared, 0-1", nullable=True, low=0, high=1 + 1e-12),
    contribution=Column(
        "float", "share times change, points; rows sum to the like-for-like change; in letters CHANGE has that of components", nullable=True
    ),
    agency=Column("str", "agencies responsible in the round, apart by '; '; '' unknown"),
)
OWED = contract(
    "OWED",
    "region round node agency",
    node=Column("str", "indicator"),
    agency=Column("str", "agency responsible"),
    due=Column("bool", "it was to be reported: False where it is not applicable"),
    reported=Column("bool", "it has a score, of whatever source"),
    status=Column("str", "why there is or is not a score that counts", within=STATUSES),
    score=Column("float", "the score that counts, 0-100", nullable=True),
    weight=Column("float", "effective weight in the index, 0-1", nullable=True),
    gain=Column("float", "what the index would gain, points (0-100), were it the best", nullable=True),
    if_worst=Column("float", "change of the index were an indicator without score the worst", nullable=True),
)
COMPARED = contract(
    "COMPARED",
    "node",
    node=Column("str", "node of the second round's questionnaire"),
    first=Column("float", "value of the first, 0-100", nullable=True),
    second=Column("float", "value of the second, 0-100", nullable=True),
    difference=Column("float", "second less first, points; missing where the two are not comparable", nullable=True),
    comparable=Column("bool", "both ask the same, on one scale, weighed the same way; or both letters print it: as printed"),
    reason=Column("str", "why they are not comparable; '' where they are", within=tuple(APART)),
    first_scale=Column("float", "value of the first on its questionnaire's scale", nullable=True),
    second_scale=Column("float", "value of the second on its questionnaire's scale", nullable=True),
    difference_scale=Column("float", "second less first on the scale; missing where it is not one", nullable=True),
    first_weight=Column("float", "effective weight in the first's index, 0-1", nullable=True),
    second_weight=Column("float", "effective weight in the second's index, 0-1", nullable=True),
    first_coverage=Column("float", "share of the weight below with a score, of the first", nullable=True),
    second_coverage=Column("float", "share of the weight below with a score, of the second", nullable=True),
)
