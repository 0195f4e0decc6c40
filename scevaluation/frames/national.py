"""Contracts of the tables over all regions of a round; those of one region's are in `frames`."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract

_ROUND = Column("str", "round, such as 2023-S2")
_NODE = Column("str", "a component, or 'index'")
_COHORT = Column("str", "cohort, or 'all'")
REGIONS = contract(
    "REGIONS",
    "region round",
    round=_ROUND,
    name=Column("str", "name of the regency or city"),
    province=Column("str", "its province today"),
    cohort=Column("str", "its cohort in the letter"),
    status=Column("str", "whether it took part", within=("scored", "did_not_take_part")),
    value=Column("float", "published index, on the scale; missing if it did not take part", nullable=True),
    rank=Column("float", "whole number, 1 is best, ties share the smaller", nullable=True),
    rank_low=Column("float", "best rank of the 90 % interval", nullable=True),
    rank_high=Column("float", "worst rank of the 90 % interval", nullable=True),
    n=Column("int", "participants ranked", low=0),
    cohort_rank=Column("float", "rank in its cohort", nullable=True),
    cohort_low=Column("float", "best rank of the 90 % interval", nullable=True),
    cohort_high=Column("float", "worst rank of the 90 % interval", nullable=True),
    cohort_n=Column("int", "participants of the cohort", low=0),
    change=Column("float", "published change, on the scale", nullable=True),
    common=Column("float", "median change of its cohort", nullable=True),
    net=Column("float", "change with the cohort's median taken off", nullable=True),
)
COHORTS = contract(
    "COHORTS",
    "round cohort",
    round=_ROUND,
    cohort=_COHORT,
    listed=Column("int", "regions in the letter", low=0),
    took_part=Column("int", "regions with an index", low=0),
    absent=Column("int", "regions that did not take part", low=0),
    median=Column("float", "median index of the participants", nullable=True),
    p10=Column("float", "tenth percentile of the index", nullable=True),
    p90=Column("float", "ninetieth percentile", nullable=True),
    with_change=Column("int", "participants with a published change", low=0),
    rose=Column("int", "change above zero", low=0),
    fell=Column("int", "change below zero", low=0),
    same=Column("int", "change of exactly zero", low=0),
    small=Column("int", "change of at most 0.1 either way", low=0),
    common=Column("float", "median change", nullable=True),
    sd=Column("float", "standard deviation of the change", nullable=True),
    width=Column("float", "median number of places a rank's 90 % interval spans beyond one", nullable=True),
    pairs=Column("int", "regions that took part in both letters", low=0),
    flips=Column("int", "of those, official and like-for-like change have opposite signs", low=0),
    shift=Column("float", "mean of like-for-like less official change", nullable=True),
    reproduced=Column("int", "indices that their components reproduce within the instrument's tolerance", low=0),
)
SPREAD = contract(
    "SPREAD",
    "round cohort node",
    round=_ROUND,
    cohort=_COHORT,
    node=_NODE,
    weight=Column("float", "weight in the index, 0-1", nullable=True),
    n=Column("int", "participants with a value", low=0),
    zeros=Column("int", "values of exactly 0 that the printed index counts", low=0),
    low=Column("float", "lowest value", nullable=True),
    **{f"p{q}": Column("float", f"percentile {q}", nullable=True) for q in (10, 25, 50, 75, 90)},
    high=Column("float", "highest value", nullable=True),
)
PAIRS = contract(
    "PAIRS",
    "region round previous",
    round=_ROUND,
    previous=Column("str", "the letter compared with"),
    name=Column("str", "name of the regency or city"),
    cohort=Column("str", "its cohort in the later letter"),
    before=Column("float", "printed index of the earlier round"),
    value=Column("float", "printed index of this round"),
    official=Column("float", "value less before"),
    like_for_like=Column("float", "change with the earlier round's weights and components", nullable=True),
    difference=Column("float", "like-for-like less official", nullable=True),
    flips=Column("bool", "the two changes have opposite signs"),
)
LEVELS = ("country", "islands", "province")
GROUPS = contract(
    "GROUPS",
    "round level group cohort",
    round=_ROUND,
    level=Column("str", "what the group is part of the country by", within=LEVELS),
    group=Column("str", "name of the islands, code of the province, or 'country'"),
    cohort=_COHORT,
    regions=Column("float", "regencies and cities there today; of 'all' alone", nullable=True),
    listed=Column("int", "of those in the letter", low=0),
    took_part=Column("int", "of those with an index", low=0),
    absent=Column("int", "in the letter, but did not take part", low=0),
    not_listed=Column("float", "not in the letter; of 'all' alone", nullable=True),
    median=Column("float", "median index of one cohort's participants, where there are three or more", nullable=True),
    higher=Column("float", "of a region's own group and cohort: participants with a higher index than it", nullable=True),
)
LETTERS = contract(
    "LETTERS",
    "region round",
    letter=Column("str", "number of the ministry's letter"),
    cohort=Column("str", "the region's cohort in it; '' where it is not listed"),
    status=Column("str", "whether it took part", within=("scored", "did_not_take_part", "not_listed")),
    value=Column("float", "published index, on the scale; missing if it did not take part", nullable=True),
)
NEAREST = contract(
    "NEAREST",
    "region round by peer node",
    by=Column("str", "by what the peer is near, or chosen by the reader", within=("population", "province", "islands", "level", "chosen")),
    peer=Column("str", "code of the peer"),
    node=Column("str", "'index', or a component of the region's own questionnaire"),
    order=Column("int", "place among those near by the same, the nearest first", low=1),
    name=Column("str", "name of the peer"),
    cohort=Column("str", "its cohort in the letter; '' where it is not listed"),
    status=Column("str", "whether it took part", within=("scored", "did_not_take_part", "not_listed")),
    population=Column("float", "people living there, of the year that all regions have", nullable=True),
    value=Column("float", "its published value, on the scale; missing if it has none", nullable=True),
    difference=Column("float", "the region's value less the peer's; missing where another questionnaire scored", nullable=True),
)
NATIONAL = {t.name: t for t in (REGIONS, COHORTS, SPREAD, PAIRS, GROUPS)}
