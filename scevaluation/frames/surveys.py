"""The tables of citizen surveys, service qualities, satisfaction, and importance."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract, ends

ANSWERS = contract(
    "ANSWERS",
    "region round unit respondent item",
    unit=Column("str", "service or agency asked about; '' where the survey has one only"),
    respondent=Column("str", "number or code of the respondent, never a name"),
    group=Column("str", "group of the respondent, such as users of the service; '' unknown"),
    item=Column("str", "a service quality, or an element of the satisfaction survey"),
    answer=Column("float", "1-4; missing is never zero", nullable=True, low=1, high=4),
    file=Column("str", "file the row was read from"),
    cell=Column("str", "line"),
)
SURVEY = contract(
    "SURVEY",
    "region round item",
    item=Column("str", "a service quality, or an element of the satisfaction survey"),
    n=Column("int", "respondents who answered", low=0),
    mean=Column("float", "mean answer, 1-4", nullable=True, low=1, high=4),
    sd=Column("float", "standard deviation of the answers; missing below two respondents", nullable=True, low=0),
    source=Column("str", "where the figures come from"),
)
QUALITIES = contract(
    "QUALITIES",
    "region round quality",
    quality=Column("str", "faster, easier, open, certain, non_discriminatory"),
    value100=Column("float", "0-100", nullable=True),
    **ends(of="the 90 % interval"),
    n=Column("int", "respondents, or items with a score", low=0),
    of=Column("int", "respondents, or items asked", low=0),
    basis=Column("str", "a survey of citizens, or the instrument's items", within=("survey", "items")),
    previous=Column("str", "the survey's round before; '' if none"),
    before=Column("float", "value of that round, 0-100", nullable=True),
    change=Column("float", "points since then", nullable=True),
    **ends("change_"),
)
SKM = contract(
    "SKM",
    "region round item",
    item=Column("str", "one of the nine elements, or 'index'"),
    n=Column("int", "respondents who answered; of the index, the fewest of an element", low=0),
    mean=Column("float", "1-4", nullable=True),
    weight=Column("float", "exactly 1/9; 1 for the index"),
    value100=Column("float", "mean times 25, 25-100", nullable=True),
    **ends(of="the 90 % interval"),
    predicate=Column("str", "A, B, C or D by the value to two decimals; '' without a value"),
    rounded=Column("float", "of the index: what the rounded weight 0.11 would give", nullable=True),
    rounded_predicate=Column("str", "and its class"),
)
IMPORTANCE = contract(
    "IMPORTANCE",
    "region round node",
    weight=Column("float", "effective weight in the index, 0-1"),
    value100=Column("float", "score, 0-100", nullable=True),
    **ends(of="its interval"),
    basis=Column("str", "assessors (90 %), bounds of what is missing, or '' unknown", within=("assessors", "bounds", "")),
    mean_weight=Column("float", "mean weight of the indicators", nullable=True),
    mean_value=Column("float", "weighted mean of the scored indicators, 0-100", nullable=True),
    urgent=Column("bool", "heavier than the mean weight and below the mean score"),
    certain=Column("bool", "urgent with its whole interval below the mean score"),
)
