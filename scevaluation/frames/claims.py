"""CLAIMS: what a report says, each with its evidence and the strength it may have; and the words that a strength permits."""

from __future__ import annotations

from collections.abc import Mapping

from scevaluation.frames.contract import Column, contract, ends

FACT, JUDGED, LIKELY, OPEN, SHORT = STRENGTHS = ("fact", "judged", "likely", "open", "short")
LOW_COVERAGE = 0.8  # of the weight below a node, under which its data are thin
KINDS = (
    "direction", "now", "course", "shift", "recent", "target", "needed", "level", "coverage", "weight",
    "difference", "like_for_like", "usual", "rank", "median", "gap", "statistic", "statement",
)  # fmt: skip
CLAIMS = contract(
    "CLAIMS",
    "region round claim subject scope",
    claim=Column("str", "kind of claim", within=KINDS),
    subject=Column("str", "a node, a statistic, or a part of a statement with its evidence"),
    scope=Column("str", "since which round or up to which, or against whom: a cohort, all, country; '' none"),
    says=Column("str", "what is claimed, such as improving, up, below; '' nothing but the number"),
    value=Column("float", "the number that is told", nullable=True),
    **ends(of="its interval"),
    chance=Column("float", "probability behind what is claimed", nullable=True, low=0, high=1),
    n=Column("float", "how many, of those in `of`", nullable=True),
    of=Column("float", "of how many", nullable=True),
    threshold=Column(
        "float", "what decides: of a direction the smallest pace that matters, of a difference its noise", nullable=True
    ),
    strength=Column(
        "str", "fact; judged P >= .90 or beyond noise; likely P >= .80; open; short: too little data", within=STRENGTHS
    ),
    evidence=Column("str", "the cell that `value` was read or taken from: table|key|column"),
)

# Which words may be said of a claim: of a strength that is not there none. Words of direction need a verdict; two rounds allow a
# difference, and whether it is more than noise.
PERMITTED: dict[str, dict[str, str]] = {
    "direction": {JUDGED: "", LIKELY: "likely_", OPEN: "inconclusive", SHORT: "too_little_data"},  # the first two before what is claimed
    "now": {JUDGED: "now", LIKELY: "now"},
    "course": {JUDGED: "course", LIKELY: "course"},
    "shift": {JUDGED: "shift", LIKELY: "shift_likely"},
    "difference": {JUDGED: "beyond", LIKELY: "beyond", OPEN: "within", FACT: "alone", SHORT: "alone"},
    "gap": {FACT: "gap"},
}


def permitted(claim: Mapping) -> str | None:
    """The words that a row of CLAIMS may be told in, by its kind and strength; None where it may not be told, or is not there."""
    return PERMITTED[claim["claim"]].get(claim["strength"]) if claim else None


def direction_of(claim: Mapping) -> str:
    """The verdict that a claim of direction, or of the pace now, permits: improving, likely_improving, inconclusive, too_little_data ..."""
    said, strength = claim["says"], claim["strength"]
    permits = PERMITTED["direction"]
    return permits[strength] + said if said and strength in (JUDGED, LIKELY) else permits[SHORT if strength == SHORT else OPEN]
