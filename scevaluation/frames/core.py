"""The tables of a round: scores, issues, index, change, trend, verdicts, peers, statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scevaluation.frames.contract import Column, contract, ends

if TYPE_CHECKING:
    import pandas as pd

ROOT = "index"
SOURCES = ("self", "verified", "final", "assessor")  # an assessor is "assessor:<id>"
STATUSES = ("scored", "not_reported", "did_not_take_part", "not_applicable", "inferred")
SEVERITIES = ("error", "warning", "note")
DIRECTIONS = (
    "improving", "likely_improving", "stagnant", "likely_stagnant", "declining", "likely_declining", "inconclusive", "too_little_data",
)  # fmt: skip
PACES = (
    "target_held", "reached_now_falling", "on_track", "too_slow", "far_too_slow", "not_improving", "pace_unknown", "no_target",
)  # fmt: skip
COURSES = (
    "", "plateau", "halt", "turn_up", "turn_down", "now_improving", "now_stagnant", "now_declining", "slow_rise", "slow_fall",
)  # fmt: skip
SIZES = ("near", "moved", "far", "")  # of a change, beside those of the cohort
CONTRIBUTIONS = ("score", "weight", "coverage", "instrument", "printed")

SCORES = contract(
    "SCORES",
    "region round indicator agency source",
    indicator=Column("str", "path of the node that was scored, mostly a leaf"),
    agency=Column("str", "agency responsible; '' where the score belongs to none"),
    source=Column("str", "self, verified, final or assessor:<id>"),
    score=Column("float", "as its indicator is measured, mostly on the instrument's scale; missing is never zero", nullable=True),
    status=Column("str", "why there is or is not a score", within=STATUSES),
    evidence=Column("str", "inert text or address; '' where none was given"),
    quality=Column("str", "grade of the datum: A measured, B reported, C estimated; '' unknown"),
    file=Column("str", "file the row was read from"),
    cell=Column("str", "sheet!cell or line"),
)


def as_scores(**columns) -> pd.DataFrame:
    """SCORES of columns by name: final scores that stand in no file, where nothing else is said."""
    import pandas as pd

    usual = dict.fromkeys(SCORES.columns, "") | {"source": "final", "status": "scored"}
    return pd.DataFrame(usual | columns, columns=list(SCORES.columns))


ISSUES = contract(
    "ISSUES",
    "file cell problem",
    file=Column("str", "file"),
    cell=Column("str", "sheet!cell, line, or '' for the file"),
    problem=Column("str", "name of the problem, a key of words"),
    severity=Column("str", "error stops, warning is shown, note informs", within=SEVERITIES),
    found=Column("str", "what stands there"),
    expected=Column("str", "what should stand there"),
    remedy=Column("str", "what to do"),
)
INDEX = contract(
    "INDEX",
    "region round node",
    value=Column("float", "on the instrument's scale, as printed where it is; missing below the coverage threshold", nullable=True),
    value100=Column("float", "the same on 0-100", nullable=True),
    low=Column("float", "0-100, if all that is missing were worst", nullable=True),
    high=Column("float", "0-100, if all that is missing were best", nullable=True),
    coverage=Column("float", "share of the weight below with a score, of nodes without a value none", low=0, high=1 + 1e-12),
    weight=Column("float", "effective weight in the index, 0-1", nullable=True),
    status=Column("str", "scored, inferred, given (entered at this node), missing, not_applicable"),
    instrument=Column("str", "id of the instrument"),
    weights=Column("str", "provenance of the weights: stated, reproduced, both, inferred, unknown, own"),
)
CHANGE = contract(
    "CHANGE",
    "region round previous node kind",
    previous=Column("str", "the round compared with"),
    node=Column("str", "'index' with kind total, or the node that contributes"),
    kind=Column("str", "total, score, weight, coverage, instrument; printed: off the components' mean", within=("total", *CONTRIBUTIONS)),
    official=Column("float", "change as published or recomputed, on the scale", nullable=True),
    like_for_like=Column("float", "change with the same weights and items (in letters: components), on the scale", nullable=True),
    contribution=Column("float", "share of the official change, on the scale; rows sum to the total", nullable=True),
    official100=Column("float", "the official change in points of 0-100", nullable=True),
    like_for_like100=Column("float", "the like-for-like change in points of 0-100", nullable=True),
    contribution100=Column("float", "the contribution in points of 0-100", nullable=True),
)
TREND = contract(
    "TREND",
    "region round node",
    round=Column("str", "the last round used"),
    slope=Column("float", "points (0-100) a year", nullable=True),
    **ends(of="the 90 % interval of the slope"),
    p_up=Column("float", "P(slope > delta)", nullable=True, low=0, high=1),
    p_flat=Column("float", "P(|slope| <= delta)", nullable=True, low=0, high=1),
    p_down=Column("float", "P(slope < -delta)", nullable=True, low=0, high=1),
    rounds=Column("int", "comparable rounds used"),
    delta=Column("float", "smallest pace that matters, points a year"),
    detectable=Column("float", "minimum detectable slope, points a year", nullable=True),
    agree=Column("int", "leave-one-round-out runs with the same direction"),
    pandemic=Column("float", "event effect, points", nullable=True),
    **ends("pandemic_"),
    election=Column("float", "event effect, points", nullable=True),
    **ends("election_"),
    step=Column("float", "level shift at the new instrument, points", nullable=True),
    **ends("step_"),
    linked=Column("bool", "levels before and after a new instrument are comparable"),
    recent=Column("float", "change over the last two years, linked, points, without a verdict", nullable=True),
    now=Column("float", "pace after the last bend, points a year", nullable=True),
    **ends("now_", "the 90 % interval of the pace now"),
    now_p_up=Column("float", "P(pace now > delta)", nullable=True, low=0, high=1),
    now_p_flat=Column("float", "P(|pace now| <= delta)", nullable=True, low=0, high=1),
    now_p_down=Column("float", "P(pace now < -delta)", nullable=True, low=0, high=1),
    cycle_rounds=Column("int", "rounds of the present cycle, where it began within the series, else all rounds used"),
    p_season=Column("float", "P(the halves of a year differ)", nullable=True, low=0, high=1),
    p_outlier=Column("float", "P(one round is off)", nullable=True, low=0, high=1),
    outlier_round=Column("str", "the likeliest round, '' without statistics"),
    p_shift=Column("float", "P(the level shifted, without notice)", nullable=True, low=0, high=1),
    shift_round=Column("str", "the likeliest first round after it"),
    shift=Column("float", "its size if it was then, points", nullable=True),
    p_bend=Column("float", "P(the pace changed)", nullable=True, low=0, high=1),
    bend_round=Column("str", "the likeliest round after which it did"),
    rounding_sd=Column("float", "sd of the rounding of single scores that is left in the node, points; 0 unknown"),
    at_end=Column("int", "rounds at an end of the scale"),
)
VERDICTS = contract(
    "VERDICTS",
    "region round node",
    round=Column("str", "the round judged"),
    direction=Column("str", "the verdict", within=DIRECTIONS),
    certainty=Column("float", "probability behind the direction", nullable=True, low=0, high=1),
    pace=Column("str", "against the cycle's target", within=PACES),
    needed=Column("float", "points a year needed to the target", nullable=True),
    seen=Column("float", "points a year seen", nullable=True),
    p_hit=Column("float", "P(level at the target round >= target)", nullable=True, low=0, high=1),
    target=Column("float", "target, 0-100", nullable=True),
    target_round=Column("str", "round of the target, '' if none"),
    disruption=Column("str", "'', or kind:recovered, kind:not_recovered (it was lower), kind:raised (it was higher)"),
    event_dependent=Column("bool", "the direction changes without the event terms"),
    comparable=Column("bool", "False: level not comparable across an unlinked instrument change"),
    rule=Column("str", "name of the rule that decided"),
    statistic=Column("str", "name of the statistic compared"),
    operator=Column("str", "how it was compared"),
    threshold=Column("float", "with what", nullable=True),
    because=Column("str", "key of the reason in words"),
    now=Column("str", "direction of the pace now, or too_early in the cycle", within=(*DIRECTIONS, "too_early")),
    now_certainty=Column("float", "probability behind it", nullable=True, low=0, high=1),
    course=Column("str", "what both paces together are called: plateau, turn_up, slow_rise ...; '' where they agree", within=COURSES),
    departure=Column("str", "kind:round of what the series departed by with P > .5, a season without round; ''"),
)
PEERS = contract(
    "PEERS",
    "region round node cohort",
    cohort=Column("str", "cohort, or 'all'"),
    n=Column("int", "regions of the cohort that have a value"),
    value=Column("float", "the region's value on the scale", nullable=True),
    median=Column("float", "the cohort's median", nullable=True),
    rank=Column("int", "1 is best; ties share the smaller number"),
    rank_low=Column("int", "best rank of the 90 % interval"),
    rank_high=Column("int", "worst rank of the 90 % interval"),
    percentile=Column("float", "share of the others that are below, half of those equal, 0-1", nullable=True),
    n_change=Column("int", "regions of the cohort that have a change"),
    own_change=Column("float", "the region's official change on the scale", nullable=True),
    common_change=Column("float", "median change of the cohort", nullable=True),
    smaller_moves=Column("int", "regions whose change, the common movement taken off, is larger in size than this one's"),
    size=Column("str", "change: near (as small as the nearer half's), far (of 20 fewer than a tenth moved so), moved, ''", within=SIZES),
)
CONTEXT = contract(
    "CONTEXT",
    "region indicator period source",
    indicator=Column("str", "code of the statistic, such as UHH_LF"),
    period=Column("str", "year or round, such as 2023 or 2023-S2"),
    value=Column("float", "in the indicator's unit", nullable=True),
    source=Column("str", "publisher and place"),
    confidence=Column("str", "official, seen, derived, conflicting, spoken"),
    chosen=Column("bool", "the value shown where sources conflict"),
    note_id=Column("str", "'' or a remark, Indonesian"),
    note_en=Column("str", "the same, English"),
)
