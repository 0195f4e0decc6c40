"""The tables of method uncertainty: levels, changes, choices, ranks, leave-one-out."""

from __future__ import annotations

from scevaluation.frames.contract import NODE, Column, contract

LEVEL_STATES = ("computed", "below_coverage", "index_only", "weights_unknown", "missing", "not_in_this_questionnaire")
CHANGE_STATES = ("computed", "little_common", "nothing_common", "index_only", "weights_unknown", "other_scale")
AUDITED = ("computed", "few_units", "constant", "one_indicator")

METHOD_ITEMS = contract(
    "METHOD_ITEMS",
    "region round node",
    round=Column("str", "the newest round"),
    rounds=Column("int", "rounds in which it was scored"),
    mean=Column("float", "over its comparable rounds, 0-100", nullable=True),
    sd=Column("float", "standard deviation over the same, points", nullable=True),
    target=Column("float", "of the node or the nearest above, 0-100; 100 without one"),
    zscore=Column("str", "whether z-scores can be made", within=("own_history", "constant", "few_rounds")),
    floored=Column("int", "rounds in which a geometric mean takes 1 point, the score being lower"),
)
ROBUSTNESS = contract(
    "ROBUSTNESS",
    "region round node",
    nominal=Column("float", "by the stated method, 0-100", nullable=True),
    median=Column("float", "over the methods, points", nullable=True),
    low=Column("float", "5th percentile over the methods", nullable=True),
    high=Column("float", "95th percentile over the methods", nullable=True),
    methods=Column("int", "methods that give a value"),
    drawn=Column("int", "methods drawn"),
    state=Column("str", "why there is or is not a value", within=LEVEL_STATES),
)
ROBUST_CHANGE = contract(
    "ROBUST_CHANGE",
    "region round previous node",
    previous=Column("str", "the round compared with"),
    node=NODE,
    nominal=Column("float", "like-for-like change by the stated method, points", nullable=True),
    median=Column("float", "over the methods, points", nullable=True),
    low=Column("float", "5th percentile over the methods", nullable=True),
    high=Column("float", "95th percentile over the methods", nullable=True),
    rose=Column("float", "share of the methods in which it rose", nullable=True, low=0, high=1),
    fell=Column("float", "share of the methods in which it fell", nullable=True, low=0, high=1),
    common=Column("float", "share of the weight scored in both rounds and comparable by the links", low=0, high=1 + 1e-12),
    methods=Column("int", "methods that give a change"),
    drawn=Column("int", "methods drawn"),
    state=Column("str", "why there is or is not a change", within=CHANGE_STATES),
)
CHOICES = contract(
    "CHOICES",
    "region round previous choice",
    previous=Column("str", "the round compared with; '' for the level of the index"),
    choice=Column("str", "what was chosen", within=("weights", "normalisation", "aggregation", "missing")),
    first=Column("float", "Sobol index of first order: share of the variance by this choice alone", nullable=True),
    first_half=Column("float", "half-width of its 95 % interval", nullable=True),
    total=Column("float", "total Sobol index: with all interactions", nullable=True),
    total_half=Column("float", "half-width of its 95 % interval", nullable=True),
    sd=Column("float", "standard deviation over the design, points", nullable=True),
    runs=Column("int", "methods computed"),
    state=Column("str", "why there are or are not indices", within=("computed", "no_spread", "not_computed")),
)
RANKS = contract(
    "RANKS",
    "region round node cohort",
    cohort=Column("str", "cohort, or 'all'"),
    value=Column("float", "published index on the scale"),
    rank=Column("int", "by the published index; 1 is best, ties share the smaller number"),
    rank_low=Column("float", "5th percentile of the rank over the methods", nullable=True),
    rank_median=Column("float", "median rank over the methods", nullable=True),
    rank_high=Column("float", "95th percentile of the rank over the methods", nullable=True),
    n=Column("int", "regions ranked"),
    methods=Column("int", "methods drawn"),
    state=Column("str", "why there is or is not an interval", within=("ranked", "no_components")),
)
WITHOUT = contract(
    "WITHOUT",
    "region round previous kind left_out",
    previous=Column("str", "the round compared with; '' if there is none"),
    kind=Column("str", "what is left out", within=("sector", "agency")),
    left_out=Column("str", "node of the sector, or the agency's id"),
    weight=Column("float", "share of the index's weight that leaves", low=0, high=1 + 1e-12),
    value=Column("float", "index of the round, 0-100", nullable=True),
    without=Column("float", "the same without it", nullable=True),
    effect=Column("float", "without less with, points", nullable=True),
    change=Column("float", "like-for-like change of the index, points", nullable=True),
    change_without=Column("float", "the same without it", nullable=True),
    state=Column("str", "why there is or is not a value", within=("computed", "nothing_left", "below_coverage")),
)
CORRELATIONS = contract(
    "CORRELATIONS",
    "one other",
    one=Column("str", "indicator"),
    other=Column("str", "indicator, further down in the questionnaire"),
    inside=Column("bool", "both stand right below the same node"),
    n=Column("int", "units that have both"),
    r=Column("float", "Pearson's correlation", nullable=True, low=-1 - 1e-12, high=1 + 1e-12),
    state=Column("str", "why there is or is not a figure", within=AUDITED),
)
STRUCTURE = contract(
    "STRUCTURE",
    "node",
    node=Column("str", "node above indicators"),
    items=Column("int", "indicators or nodes right below it"),
    n=Column("int", "units with every one of them"),
    alpha=Column("float", "Cronbach's alpha, of pairwise covariances", nullable=True, high=1 + 1e-12),
    within=Column("float", "mean correlation of those below it with each other", nullable=True, low=-1 - 1e-12, high=1 + 1e-12),
    across=Column("float", "their mean correlation with all others of the same depth", nullable=True, low=-1 - 1e-12, high=1 + 1e-12),
    first=Column("float", "share of the variance in the first principal component", nullable=True, low=0, high=1 + 1e-12),
    kaiser=Column("int", "principal components with an eigenvalue above 1; 0 where there is no figure"),
    state=Column("str", "why there are or are not figures", within=AUDITED),
)
IMPORTANCE = contract(
    "IMPORTANCE",
    "node",
    node=Column("str", "indicator"),
    n=Column("int", "units with a value of it and of the index"),
    weight=Column("float", "effective weight in the index, 0-1", low=0, high=1 + 1e-12),
    r_above=Column("float", "its correlation with the node right above it", nullable=True, low=-1 - 1e-12, high=1 + 1e-12),
    r_index=Column("float", "its correlation with the index", nullable=True, low=-1 - 1e-12, high=1 + 1e-12),
    importance=Column("float", "its share of all squared correlations with the index: its effective weight by correlation", nullable=True),
    effect=Column("float", "mean size of the index's change without it, on the scale of the data", nullable=True, low=0),
    effect_most=Column("float", "the largest such change", nullable=True, low=0),
    ranks=Column("float", "mean size of the units' change of rank without it", nullable=True, low=0),
    ranks_most=Column("float", "the largest change of rank", nullable=True, low=0),
    state=Column("str", "why there are or are not figures", within=AUDITED),
)
