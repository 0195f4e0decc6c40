"""Contracts of the tables of one sector."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract

STATISTICS = contract(
    "STATISTICS",
    "region indicator",
    indicator=Column("str", "code of the statistic"),
    start=Column("str", "first year shown"),
    end=Column("str", "last year shown"),
    n=Column("int", "years with a value"),
    first=Column("float", "value of the first year, in the statistic's unit"),
    last=Column("float", "value of the last year"),
    moved=Column("str", "first to last", within=("better", "worse", "open", "no_direction")),
)
SECTOR = contract(
    "SECTOR",
    "region round sector",
    sector=Column("str", "sector"),
    node=Column("str", "its node in the questionnaire; '' it is not scored"),
    items=Column("int", "indicators of the sector"),
    scored=Column("int", "of these with a score"),
    agencies=Column("int", "agencies that answer for them"),
    programmes=Column("int", "programmes of agencies on record that name the sector"),
    open=Column("int", "open recommendations of the sector"),
    overdue=Column("int", "of these past their due round"),
    series=Column("int", "official statistics with a series"),
    better=Column("int", "of these better in the last year than in the first"),
    worse=Column("int", "of these worse"),
    facts=Column("int", "indicators with dated facts, without a series"),
    rule=Column("str", "which headline"),
)
