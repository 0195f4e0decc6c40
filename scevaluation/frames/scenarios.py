"""Contracts of the tables of scenarios: places, comparison, and the changes that reach a target."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract

PLACES = contract(
    "PLACES",
    "node",
    node=Column("str", "a node right below the index"),
    value100=Column("float", "its value, 0-100", nullable=True),
    share=Column("float", "its weight in the index, 0-1", nullable=True),
    place=Column("int", "1 is the highest value; equal values share the best place; 0 without a value", low=0),
    of=Column("int", "nodes with a value", low=0),
)
COMPARISON = contract(
    "COMPARISON",
    "scenario node",
    scenario=Column("str", "name; '' as evaluated"),
    node=Column("str", "the index or a node below it"),
    value100=Column("float", "0-100", nullable=True),
    change=Column("float", "points of 0-100 beside the evaluation", nullable=True),
    direction=Column("str", "as in VERDICTS"),
    pace=Column("str", "as in VERDICTS"),
    p_hit=Column("float", "chance to be at the target in time, 0-1", nullable=True),
    target=Column("float", "0-100", nullable=True),
    place=Column("int", "among the nodes below the index; 0 for the index", low=0),
    direction_differs=Column("bool", "from the evaluation's"),
    pace_differs=Column("bool", "from the evaluation's"),
)
CHANGES = contract(
    "CHANGES",
    "node",
    node=Column("str", "an item that must improve"),
    agency=Column("str", "who answers for it; '' nobody named"),
    now=Column("float", "score as the item is measured, in its unit"),
    to=Column("float", "score it must have, in the same unit; lower than now where less is better"),
    gain=Column("float", "what the target's node gains with this one after those before it, points of 0-100"),
    after=Column("float", "the node's value then, 0-100"),
)
