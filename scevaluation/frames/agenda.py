"""Contracts of what is to be talked about or decided: agenda, decisions, cycles, and the counts behind the briefs."""

from __future__ import annotations

from scevaluation.frames.contract import Column, Contract, contract, ends

AGENDA_KINDS = ("overdue", "missing", "falling", "spread", "claim", "cut_off", "severity", "silent", "unowned", "unasked")
DECISION_KINDS = (
    "falling", "thin", "overdue", "slow", "cut_off", "panel", "silent", "unpublished", "untargeted", "unowned", "unsectored",
)  # fmt: skip


def _listed(name: str, kinds: tuple[str, ...]) -> Contract:
    return contract(
        name,
        "region round rank",
        rank=Column("int", "place on the list, 1 first", low=1),
        kind=Column("str", "the rule that put it there", within=kinds),
        node=Column("str", "sector, component or item; '' none"),
        agency=Column("str", "agency it concerns; '' none"),
        what=Column("str", "programme, assessor or recommendation it concerns; '' none"),
        value=Column("float", "its number"),
        second=Column("float", "a second number of the same rule", nullable=True),
        table=Column("str", "table the number was read from, or counted in"),
        key=Column("str", "row of that table; '' where rows were counted"),
        column=Column("str", "column of that table; '' where rows were counted"),
    )


AGENDA, DECISIONS = _listed("AGENDA", AGENDA_KINDS), _listed("DECISIONS", DECISION_KINDS)
SHEET = contract(
    "SHEET",
    "region round",
    agencies=Column("int", "agencies with something due"),
    lacking=Column("int", "of these with something not reported"),
    due=Column("int", "indicators due"),
    missing=Column("int", "of these without a score"),
    recommendations=Column("int", "recommendations made up to the round"),
    open=Column("int", "of these open"),
    overdue=Column("int", "of these past their due round"),
    programmes=Column("int", "programmes of agencies on record"),
    runs=Column("int", "of these known to run, or ended and taken over"),
    sighted=Column("int", "of these seen in the year judged or the last, not known to run"),
    finished=Column("int", "of these finished"),
    cut_off=Column("int", "of these cut off"),
    silent=Column("int", "of these without a later sign"),
    rule=Column("str", "which headline"),
)
CYCLES = contract(
    "CYCLES",
    "region cycle node",
    cycle=Column("str", "cycle's id; '' the rounds before the first one"),
    node=Column("str", "the index, a sector or a component"),
    start=Column("str", "first round of the cycle with a value; '' none"),
    end=Column("str", "last such round up to the round judged"),
    rounds=Column("int", "rounds of the cycle up to the round judged"),
    scored=Column("int", "of these with a value"),
    first=Column("float", "value at the start, 0-100", nullable=True),
    last=Column("float", "value at the end, 0-100", nullable=True),
    change=Column("float", "last less first, points; missing where not comparable, or one round only", nullable=True),
    state=Column("str", "why there is a change or none", within=("computed", "one_round", "no_value", "other_questionnaire")),
)
BRIEF = contract(
    "BRIEF",
    "region round",
    rounds=Column("int", "rounds of the calendar since the first one on record"),
    scored=Column("int", "of these with a value"),
    unpublished=Column("int", "of these held or not known, without a published value"),
    parts=Column("int", "sectors or components"),
    up=Column("int", "of these rising by their verdict"),
    flat=Column("int", "of these standing still"),
    down=Column("int", "of these falling"),
    undecided=Column("int", "of these inconclusive, or with too little data"),
    open=Column("int", "open recommendations"),
    overdue=Column("int", "of these past their due round"),
    programmes=Column("int", "programmes of agencies on record"),
    decisions=Column("int", "decisions named"),
    rule=Column("str", "which headline"),
)
ACTIONS = contract(
    "ACTIONS",
    "region round rank",
    rank=Column("int", "place on the list, 1 first; 0 all of them together", low=0),
    node=Column("str", "indicator, or the part of the index where only that was scored; the index for all together"),
    agency=Column("str", "agencies responsible, apart by '; '; '' unknown"),
    outside=Column("bool", "none of them is an agency of the programme"),
    now=Column("float", "its value as it is measured", nullable=True),
    level=Column("float", "the next level, or the best value where it is not scored in levels, as it is measured", nullable=True),
    adds=Column("float", "what the index gains there, all else as it is, in `unit`"),
    **ends("adds_", "what is open by the panel's noise (90 %) and by what is missing"),
    unit=Column("str", "points of 0-100, or points of the ministry's scale", within=("points", "scale")),
    p_with=Column("float", "P(index at its target's round >= target) were it higher by all steps", nullable=True, low=0, high=1),
    p_without=Column("float", "the same without this step, and in row 0 without any", nullable=True, low=0, high=1),
    short=Column("float", "what the index lacks to its target, in `unit`; missing without a target ahead", nullable=True),
    asked=Column("str", "open recommendations on it, apart by blanks; '' none"),
    named=Column("bool", "they name the indicator; else they are those of its agency in its sector"),
)
BETTER = contract(
    "BETTER",
    "region round node peer",
    node=Column("str", "component of the letter"),
    peer=Column("str", "code of a region of the same cohort whose index is higher"),
    index=Column("float", "its index on the scale"),
    value=Column("float", "its value of the component on the scale"),
    gap=Column("float", "by how much that is more than the region's own"),
)
