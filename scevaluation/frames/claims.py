"""CLAIMS: what a report says, each with its evidence and the strength it may have; and the words that a strength permits."""

from __future__ import annotations

from collections.abc import Mapping

from scevaluation.frames.contract import Column, contract, ends

FACT, JUDGED, LIKELY, OPEN, SHORT = STRENGTHS = ("fact", "judged", "likely", "open", "short")
KINDS = (
    "direction", "now", "course", "shift", "recent", "target", "needed", "level", "coverage", "weight",
    "difference", "usual", "rank", "median", "gap", "statistic", "statement",
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

# What may be said of a claim, as a key of words. Words of direction need a verdict; two rounds allow a difference, and whether
# it is more than noise.
PERMITTED: dict[str, dict[str, str]] = {
    "direction": {
        JUDGED: "direction.{says}",
        LIKELY: "direction.likely_{says}",
        OPEN: "direction.inconclusive",
        SHORT: "direction.too_little_data",
    },
    "now": {JUDGED: "lede.now_{says}", LIKELY: "lede.now_{says}", OPEN: "", SHORT: ""},
    "shift": {JUDGED: "lede.shift", LIKELY: "lede.shift_likely", OPEN: "", SHORT: ""},
    "difference": {JUDGED: "few_beyond_{says}", OPEN: "few_within", FACT: "few_alone_{says}", SHORT: "few_alone_{says}"},
    "gap": {FACT: "card.{says}"},
}


def permitted(claim: Mapping) -> str:
    """The key of the words that a row of CLAIMS may be told in, by its kind and strength; '' where it may not be told."""
    return PERMITTED[claim["claim"]].get(claim["strength"], "").format(says=claim["says"])


def direction_of(claim: Mapping) -> str:
    """The verdict that a claim of direction, or of the pace now, permits: improving, likely_improving, inconclusive, too_little_data ..."""
    sure = claim["strength"] if claim["says"] or claim["strength"] == SHORT else OPEN
    return PERMITTED["direction"][sure].format(says=claim["says"]).removeprefix("direction.")
