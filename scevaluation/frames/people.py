"""Contracts of the tables about people: assessors, agencies, recommendations, programmes. They stand beside `frames`."""

from __future__ import annotations

from scevaluation.frames.contract import Column, contract, ends

ALL = "*"
AGREEMENTS = ("strong", "usable", "weak", "undecided", "too_few")
BIASES = ("stricter", "milder", "alike", "undecided", "too_few")
CLAIMS = ("above", "below", "alike", "undecided", "too_few")
DUTIES = ("reported", "partly_reported", "not_reported", "not_applicable", "not_responsible")
FOLLOWED = ("overdue", "due_now", "open", "done", "dropped")
CONTINUITIES = ("continues", "restarted", "moved", "taken_over", "finished", "cut_off", "no_later_sign")

_AGENCY = Column("str", "agency responsible; '*' all of them")
_REPORTED = (
    "weighted mean of what is reported, 0-100; of other indicators in each round, so that two rounds are not subtracted: see drivers()"
)
_ITEMS = Column("int", "items compared")
AGREEMENT = contract(
    "AGREEMENT",
    "region round node",
    units=Column("int", "items of the round; of one indicator, rounds up to this one; scored by two or more"),
    assessors=Column("int", "assessors who scored them"),
    alpha=Column("float", "Krippendorff's alpha, ordinal", nullable=True, high=1 + 1e-12),
    **ends(),
    spread=Column("float", "mean distance of highest and lowest score in the round, on the scale", nullable=True),
    judgement=Column("str", "what the interval says", within=AGREEMENTS),
)
SEVERITY = contract(
    "SEVERITY",
    "region round assessor",
    assessor=Column("str", "a letter, never a name"),
    items=_ITEMS,
    difference=Column("float", "mean distance from the others on the same items, on the scale", nullable=True),
    **ends(),
    judgement=Column("str", "what the interval says", within=BIASES),
)
GAP = contract(
    "GAP",
    "region round agency",
    agency=_AGENCY,
    items=_ITEMS,
    own=Column("float", "mean of the agency's own scores, on the scale", nullable=True),
    verified=Column("float", "mean of the verified scores of the same items", nullable=True),
    gap=Column("float", "own less verified", nullable=True),
    **ends(),
    above=Column("int", "items whose own score is above the verified one"),
    judgement=Column("str", "what the interval says", within=CLAIMS),
)
RESPONSIBILITY = contract(
    "RESPONSIBILITY",
    "region round agency sector",
    agency=_AGENCY,
    sector=Column("str", "sector or component; '' none, '*' all of them"),
    items=Column("int", "indicators due; what is not applicable is not due"),
    reported=Column("int", "of these with a score"),
    share=Column("float", "reported of due, 0-1", nullable=True, low=0, high=1),
    score=Column("float", _REPORTED, nullable=True),
    state=Column("str", "why there is or is not a score", within=DUTIES),
)
REPORTING = contract(
    "REPORTING",
    "region round agency",
    agency=_AGENCY,
    due=Column("int", "indicators due"),
    missing=Column("int", "of these without a score"),
    rounds=Column("int", "rounds in which something was due"),
    rounds_missing=Column("int", "of these with something missing"),
    streak=Column("int", "rounds in a row, up to this one, with something missing"),
    indicators=Column("str", "what is missing, separated by blanks"),
)
FOLLOWUP = contract(
    "FOLLOWUP",
    "region round id",
    id=Column("str", "of the recommendation"),
    agency=Column("str", "agency that owns it"),
    sector=Column("str", "sector, '' none"),
    raised=Column("str", "round in which it was made"),
    due=Column("str", "round by whose end it was to be done"),
    closed=Column("str", "round in which it was done or dropped, '' still open"),
    status=Column("str", "open, in_progress, done, dropped; as of the round"),
    state=Column("str", "against its due round", within=FOLLOWED),
    age=Column("int", "rounds of the calendar since it was raised, until it was closed", low=0),
    late=Column("int", "rounds after the due round, 0 in time", low=0),
    indicator=Column("str", "indicator, sector or component it is to raise, '' not said"),
    cost=Column("float", "what it costs, rupiahs; missing where not said", nullable=True, low=0),
)
CARRIED = contract(
    "CARRIED",
    "region round",
    raised=Column("int", "made in the round"),
    done=Column("int", "done in the round"),
    dropped=Column("int", "dropped in the round"),
    open=Column("int", "open when the round ended"),
    overdue=Column("int", "of these past their due round"),
)
CONTINUITY = contract(
    "CONTINUITY",
    "region agency programme first",
    agency=Column("str", "agency that runs it"),
    programme=Column("str", "name"),
    sectors=Column("str", "separated by blanks"),
    first=Column("int", "year of the first sign"),
    last=Column("int", "year of the last sign or of the end, never after the year judged"),
    cycles=Column("str", "cycles it touches, separated by blanks"),
    state=Column("str", "what became of it", within=CONTINUITIES),
    successor=Column("str", "programme that took over, '' none known"),
    successor_agency=Column("str", "its agency"),
    rule=Column("str", "which sign decided: status, end, sighting, same_name, same_agency"),
)
PEOPLE = {t.name: t for t in (AGREEMENT, SEVERITY, GAP, RESPONSIBILITY, REPORTING, FOLLOWUP, CARRIED, CONTINUITY)}
