"""Contracts of the tables of one sector."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract, ends

MOVES = contract(
    "MOVES",
    "indicator start end",
    indicator=Column("str", "code of the statistic"),
    start=Column("int", "first year"),
    end=Column("int", "last year"),
    count=Column("int", "regencies and cities with every year between that has a national distribution"),
    median=Column("float", "median of their changes from first to last year, in the statistic's unit"),
    scatter=Column("float", "sd a year of their moves beside the median's, about the own pace of each", low=0),
    source=Column("str", "publisher"),
)
STATISTICS = contract(
    "STATISTICS",
    "region indicator",
    indicator=Column("str", "code of the statistic"),
    start=Column("str", "first year shown"),
    end=Column("str", "last year shown"),
    n=Column("int", "years with a value"),
    first=Column("float", "value of the first year, in the statistic's unit"),
    last=Column("float", "value of the last year"),
    change=Column("float", "last less first"),
    moved=Column("str", "first to last", within=("better", "worse", "open", "no_direction")),
    common=Column("float", "median change of all regencies and cities between the same years", nullable=True),
    noise=Column("float", "how far chance alone moves a regency off that, 90 %", nullable=True, low=0),
    beside=Column("str", "against the country: further than chance, not, or told alone", within=("ahead", "behind", "alike", "told")),
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
    judged=Column("int", "of the series those with the country's change between the same years"),
    ahead=Column("int", "of these better than the country's change by more than chance"),
    behind=Column("int", "of these worse than it by more than chance"),
    facts=Column("int", "indicators with dated facts, without a series"),
    rule=Column("str", "which headline"),
)
STATEMENT = contract(
    "STATEMENT",
    "region round part evidence",
    part=Column("int", "part of the sentence, from 1"),
    evidence=Column("str", "what judges it, and what it would have to say, such as index_still"),
    outcome=Column("str", "what the data make of it", within=("supported", "refuted", "open")),
    rule=Column("str", "which rule decided"),
    value=Column("float", "change (scale), pace (points a year) or event's difference (points)", nullable=True),
    **ends(of="the 90 % interval, of a change of its noise"),
    common=Column("float", "median change of the own cohort", nullable=True),
    n=Column("int", "comparable rounds, statistics found to be so, or events on record"),
    of=Column("int", "of so many statistics that can be judged, or comparable rounds"),
    names=Column("str", "these statistics, or the verdict"),
    untold=Column("str", "sectors of the programme without a series"),
)
