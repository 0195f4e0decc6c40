"""Contracts of the tables: key, columns, meaning. Everything computed is a table of these.

`round` is text such as "2024-S2", which sorts in time; `region` is Kemendagri's code of today ("94.04");
`node` is a path in the instrument's tree ("outcome/3.1.1"), "index" for its root, or a view over
sector tags ("sector:health").
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from scevaluation.errors import ContractError

ROOT = "index"
SOURCES = ("self", "verified", "final", "assessor")  # an assessor is "assessor:<id>"
STATUSES = ("scored", "not_reported", "did_not_take_part", "not_applicable", "inferred")
SEVERITIES = ("error", "warning", "note")
DIRECTIONS = (
    "improving",
    "likely_improving",
    "stagnant",
    "likely_stagnant",
    "declining",
    "likely_declining",
    "inconclusive",
    "too_little_data",
)
PACES = (
    "target_held",
    "reached_now_falling",
    "on_track",
    "too_slow",
    "far_too_slow",
    "not_improving",
    "pace_unknown",
    "no_target",
)
CONTRIBUTIONS = ("score", "weight", "coverage", "instrument")
LEVEL_STATES = ("computed", "below_coverage", "index_only", "weights_unknown", "missing", "not_in_this_questionnaire")
CHANGE_STATES = ("computed", "little_common", "nothing_common", "index_only", "weights_unknown", "other_scale")


@dataclass(frozen=True)
class Column:
    """One column: dtype is "str", "float", "int" or "bool"; `within` closes its values, `low`..`high` bounds them."""

    dtype: str
    meaning: str
    nullable: bool = False
    within: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Contract:
    """A table's name, the key that names a row, and its columns."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, Column]

    @property
    def schema(self):
        """The contract as a `pandera` schema (strict columns, unique key)."""
        import pandera.pandas as pa

        kinds = {"str": str, "float": float, "int": int, "bool": bool}
        columns = {}
        for name, column in self.columns.items():
            checks = []
            if column.within is not None:
                checks.append(pa.Check.isin(column.within))
            if column.low is not None:
                checks.append(pa.Check.ge(column.low))
            if column.high is not None:
                checks.append(pa.Check.le(column.high))
            dtype = None if column.dtype == "str" else kinds[column.dtype]
            if column.dtype == "str":
                checks.append(pa.Check(lambda s: s.map(lambda v: isinstance(v, str)), name="is text", ignore_na=True))
            columns[name] = pa.Column(dtype, checks=checks, nullable=column.nullable, description=column.meaning)
        return pa.DataFrameSchema(columns, unique=list(self.key) or None, strict=True, name=self.name)

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return `frame` with the contract's column order, or raise `ContractError` with all that is wrong."""
        import pandera.errors

        try:
            return self.schema.validate(frame, lazy=True)[list(self.columns)]
        except pandera.errors.SchemaErrors as error:
            cases = error.failure_cases[["column", "check", "failure_case"]].astype(str).drop_duplicates()
            lines = "; ".join(f"{c}: {k} ({v})" for c, k, v in cases.head(8).itertuples(index=False))
            raise ContractError(
                f"The table {self.name} breaks its contract: {lines}.",
                "Compare it with scevaluation.frames, which lists key, columns and allowed values.",
            ) from error

    def empty(self) -> pd.DataFrame:
        """A table of this contract without rows."""
        kinds = {"str": "object", "float": "float64", "int": "int64", "bool": "bool"}
        return pd.DataFrame({name: pd.Series(dtype=kinds[c.dtype]) for name, c in self.columns.items()})


_REGION = Column("str", "Kemendagri's code of today, such as 94.04")
_ROUND = Column("str", "round, such as 2024-S2")
_NODE = Column("str", "path in the instrument's tree, or a view such as sector:health")

SCORES = Contract(
    "SCORES",
    ("region", "round", "indicator", "agency", "source"),
    {
        "region": _REGION,
        "round": _ROUND,
        "indicator": Column("str", "path of the node that was scored, mostly a leaf"),
        "agency": Column("str", "agency responsible; '' where the score belongs to none"),
        "source": Column("str", "self, verified, final or assessor:<id>"),
        "score": Column("float", "on the instrument's scale; missing is never zero", nullable=True),
        "status": Column("str", "why there is or is not a score", within=STATUSES),
        "evidence": Column("str", "inert text or address; '' where none was given"),
        "quality": Column("str", "grade of the datum: A measured, B reported, C estimated; '' unknown"),
        "file": Column("str", "file the row was read from"),
        "cell": Column("str", "sheet!cell or line"),
    },
)
ISSUES = Contract(
    "ISSUES",
    ("file", "cell", "problem"),
    {
        "file": Column("str", "file"),
        "cell": Column("str", "sheet!cell, line, or '' for the file"),
        "problem": Column("str", "name of the problem, a key of words"),
        "severity": Column("str", "error stops, warning is shown, note informs", within=SEVERITIES),
        "found": Column("str", "what stands there"),
        "expected": Column("str", "what should stand there"),
        "remedy": Column("str", "what to do"),
    },
)
INDEX = Contract(
    "INDEX",
    ("region", "round", "node"),
    {
        "region": _REGION,
        "round": _ROUND,
        "node": _NODE,
        "value": Column("float", "on the instrument's scale; missing below the coverage threshold", nullable=True),
        "value100": Column("float", "the same on 0-100", nullable=True),
        "low": Column("float", "0-100, if all that is missing were worst", nullable=True),
        "high": Column("float", "0-100, if all that is missing were best", nullable=True),
        "coverage": Column("float", "share of the weight below that has a score", low=0, high=1 + 1e-12),
        "weight": Column("float", "effective weight in the index, 0-1", nullable=True),
        "status": Column("str", "scored, inferred, given (entered at this node), missing, not_applicable"),
        "instrument": Column("str", "id of the instrument"),
        "weights": Column("str", "provenance of the weights: stated, reproduced, both, inferred, unknown, own"),
    },
)
CHANGE = Contract(
    "CHANGE",
    ("region", "round", "previous", "node", "kind"),
    {
        "region": _REGION,
        "round": _ROUND,
        "previous": Column("str", "the round compared with"),
        "node": Column("str", "'index' with kind total, or the node that contributes"),
        "kind": Column("str", "total, score, weight, coverage, instrument", within=("total", *CONTRIBUTIONS)),
        "official": Column("float", "change as published or recomputed, on the scale", nullable=True),
        "like_for_like": Column("float", "change with the same weights and items, on the scale", nullable=True),
        "contribution": Column("float", "share of the official change, on the scale; rows sum to the total", nullable=True),
        "official100": Column("float", "the official change in points of 0-100", nullable=True),
        "like_for_like100": Column("float", "the like-for-like change in points of 0-100", nullable=True),
        "contribution100": Column("float", "the contribution in points of 0-100", nullable=True),
    },
)
TREND = Contract(
    "TREND",
    ("region", "round", "node"),
    {
        "region": _REGION,
        "round": Column("str", "the last round used"),
        "node": _NODE,
        "slope": Column("float", "points (0-100) a year", nullable=True),
        "low": Column("float", "lower end of the 90 % interval of the slope", nullable=True),
        "high": Column("float", "upper end", nullable=True),
        "p_up": Column("float", "P(slope > delta)", nullable=True, low=0, high=1),
        "p_flat": Column("float", "P(|slope| <= delta)", nullable=True, low=0, high=1),
        "p_down": Column("float", "P(slope < -delta)", nullable=True, low=0, high=1),
        "rounds": Column("int", "comparable rounds used"),
        "delta": Column("float", "smallest pace that matters, points a year"),
        "detectable": Column("float", "minimum detectable slope, points a year", nullable=True),
        "agree": Column("int", "leave-one-round-out runs with the same direction"),
        "pandemic": Column("float", "event effect, points", nullable=True),
        "pandemic_low": Column("float", "lower end of its 90 % interval", nullable=True),
        "pandemic_high": Column("float", "upper end", nullable=True),
        "election": Column("float", "event effect, points", nullable=True),
        "election_low": Column("float", "lower end of its 90 % interval", nullable=True),
        "election_high": Column("float", "upper end", nullable=True),
        "step": Column("float", "level shift at the new instrument, points", nullable=True),
        "step_low": Column("float", "lower end of its 90 % interval", nullable=True),
        "step_high": Column("float", "upper end", nullable=True),
        "linked": Column("bool", "levels before and after a new instrument are comparable"),
        "recent": Column("float", "change over the last two years, linked, points, without a verdict", nullable=True),
    },
)
VERDICTS = Contract(
    "VERDICTS",
    ("region", "round", "node"),
    {
        "region": _REGION,
        "round": Column("str", "the round judged"),
        "node": _NODE,
        "direction": Column("str", "the verdict", within=DIRECTIONS),
        "certainty": Column("float", "probability behind the direction", nullable=True, low=0, high=1),
        "pace": Column("str", "against the cycle's target", within=PACES),
        "needed": Column("float", "points a year needed to the target", nullable=True),
        "seen": Column("float", "points a year seen", nullable=True),
        "p_hit": Column("float", "P(level at the target round >= target)", nullable=True, low=0, high=1),
        "target": Column("float", "target, 0-100", nullable=True),
        "target_round": Column("str", "round of the target, '' if none"),
        "disruption": Column("str", "'', or kind:recovered, kind:not_recovered (it was lower), kind:raised (it was higher)"),
        "event_dependent": Column("bool", "the direction changes without the event terms"),
        "comparable": Column("bool", "False: level not comparable across an unlinked instrument change"),
        "more_rounds": Column("int", "about how many more rounds a decision needs; -1 unknown or none"),
        "rule": Column("str", "name of the rule that decided"),
        "statistic": Column("str", "name of the statistic compared"),
        "operator": Column("str", "how it was compared"),
        "threshold": Column("float", "with what", nullable=True),
        "because": Column("str", "key of the reason in words"),
    },
)
PEERS = Contract(
    "PEERS",
    ("region", "round", "node", "cohort"),
    {
        "region": _REGION,
        "round": _ROUND,
        "node": _NODE,
        "cohort": Column("str", "cohort, or 'all'"),
        "n": Column("int", "regions of the cohort that have a value"),
        "value": Column("float", "the region's value on the scale", nullable=True),
        "median": Column("float", "the cohort's median", nullable=True),
        "rank": Column("int", "1 is best; ties share the smaller number"),
        "rank_low": Column("int", "best rank of the 90 % interval"),
        "rank_high": Column("int", "worst rank of the 90 % interval"),
        "percentile": Column("float", "share of the others that are below, 0-1", nullable=True),
        "n_change": Column("int", "regions of the cohort that have a change"),
        "own_change": Column("float", "the region's official change on the scale", nullable=True),
        "common_change": Column("float", "median change of the cohort", nullable=True),
        "smaller_moves": Column(
            "int", "regions whose change, the common movement taken off, is larger in size than this one's"
        ),
        "usual": Column("bool", "the change lies within the central 90 % of the cohort's changes"),
    },
)
CONTEXT = Contract(
    "CONTEXT",
    ("region", "indicator", "period", "source"),
    {
        "region": _REGION,
        "indicator": Column("str", "code of the statistic, such as UHH_LF"),
        "period": Column("str", "year or round, such as 2023 or 2023-S2"),
        "value": Column("float", "in the indicator's unit", nullable=True),
        "source": Column("str", "publisher and place"),
        "confidence": Column("str", "official, seen, derived, conflicting, spoken"),
        "chosen": Column("bool", "the value shown where sources conflict"),
        "note": Column("str", "'' or a remark"),
    },
)
ANSWERS = Contract(
    "ANSWERS",
    ("region", "round", "unit", "respondent", "item"),
    {
        "region": _REGION,
        "round": _ROUND,
        "unit": Column("str", "service or agency asked about; '' where the survey has one only"),
        "respondent": Column("str", "number or code of the respondent, never a name"),
        "group": Column("str", "group of the respondent, such as users of the service; '' unknown"),
        "item": Column("str", "a service quality, or an element of the satisfaction survey"),
        "answer": Column("float", "1-4; missing is never zero", nullable=True, low=1, high=4),
        "file": Column("str", "file the row was read from"),
        "cell": Column("str", "line"),
    },
)
SURVEY = Contract(
    "SURVEY",
    ("region", "round", "item"),
    {
        "region": _REGION,
        "round": _ROUND,
        "item": Column("str", "a service quality, or an element of the satisfaction survey"),
        "n": Column("int", "respondents who answered", low=0),
        "mean": Column("float", "mean answer, 1-4", nullable=True, low=1, high=4),
        "sd": Column("float", "standard deviation of the answers; missing below two respondents", nullable=True, low=0),
        "source": Column("str", "where the figures come from"),
    },
)
QUALITIES = Contract(
    "QUALITIES",
    ("region", "round", "quality"),
    {
        "region": _REGION,
        "round": _ROUND,
        "quality": Column("str", "faster, easier, open, certain, non_discriminatory"),
        "value100": Column("float", "0-100", nullable=True),
        "low": Column("float", "lower end of the 90 % interval", nullable=True),
        "high": Column("float", "upper end", nullable=True),
        "n": Column("int", "respondents, or items with a score", low=0),
        "of": Column("int", "respondents, or items asked", low=0),
        "basis": Column("str", "a survey of citizens, or the instrument's items", within=("survey", "items")),
        "previous": Column("str", "the survey's round before; '' if none"),
        "before": Column("float", "value of that round, 0-100", nullable=True),
        "change": Column("float", "points since then", nullable=True),
        "change_low": Column("float", "lower end of its 90 % interval", nullable=True),
        "change_high": Column("float", "upper end", nullable=True),
    },
)
SKM = Contract(
    "SKM",
    ("region", "round", "item"),
    {
        "region": _REGION,
        "round": _ROUND,
        "item": Column("str", "one of the nine elements, or 'index'"),
        "n": Column("int", "respondents who answered; of the index, the fewest of an element", low=0),
        "mean": Column("float", "1-4", nullable=True),
        "weight": Column("float", "exactly 1/9; 1 for the index"),
        "value100": Column("float", "mean times 25, 25-100", nullable=True),
        "low": Column("float", "lower end of the 90 % interval", nullable=True),
        "high": Column("float", "upper end", nullable=True),
        "predicate": Column("str", "A, B, C or D by the value to two decimals; '' without a value"),
        "rounded": Column("float", "of the index: what the rounded weight 0.11 would give", nullable=True),
        "rounded_predicate": Column("str", "and its class"),
    },
)
IMPORTANCE = Contract(
    "IMPORTANCE",
    ("region", "round", "node"),
    {
        "region": _REGION,
        "round": _ROUND,
        "node": _NODE,
        "weight": Column("float", "effective weight in the index, 0-1"),
        "value100": Column("float", "score, 0-100", nullable=True),
        "low": Column("float", "lower end of its interval", nullable=True),
        "high": Column("float", "upper end", nullable=True),
        "basis": Column(
            "str", "assessors (90 %), bounds of what is missing, or '' unknown", within=("assessors", "bounds", "")
        ),
        "mean_weight": Column("float", "mean weight of the indicators", nullable=True),
        "mean_value": Column("float", "weighted mean of the scored indicators, 0-100", nullable=True),
        "urgent": Column("bool", "heavier than the mean weight and below the mean score"),
        "certain": Column("bool", "urgent with its whole interval below the mean score"),
    },
)
METHOD_ITEMS = Contract(
    "METHOD_ITEMS",
    ("region", "round", "node"),
    {
        "region": _REGION,
        "round": Column("str", "the newest round"),
        "node": _NODE,
        "rounds": Column("int", "rounds in which it was scored"),
        "mean": Column("float", "over its comparable rounds, 0-100", nullable=True),
        "sd": Column("float", "standard deviation over the same, points", nullable=True),
        "target": Column("float", "of the node or the nearest above, 0-100; 100 without one"),
        "zscore": Column("str", "whether z-scores can be made", within=("own_history", "constant", "few_rounds")),
        "floored": Column("int", "rounds in which a geometric mean takes 1 point, the score being lower"),
    },
)
ROBUSTNESS = Contract(
    "ROBUSTNESS",
    ("region", "round", "node"),
    {
        "region": _REGION,
        "round": _ROUND,
        "node": _NODE,
        "nominal": Column("float", "by the stated method, 0-100", nullable=True),
        "median": Column("float", "over the methods, points", nullable=True),
        "low": Column("float", "5th percentile over the methods", nullable=True),
        "high": Column("float", "95th percentile over the methods", nullable=True),
        "methods": Column("int", "methods that give a value"),
        "drawn": Column("int", "methods drawn"),
        "state": Column("str", "why there is or is not a value", within=LEVEL_STATES),
    },
)
ROBUST_CHANGE = Contract(
    "ROBUST_CHANGE",
    ("region", "round", "previous", "node"),
    {
        "region": _REGION,
        "round": _ROUND,
        "previous": Column("str", "the round compared with"),
        "node": _NODE,
        "nominal": Column("float", "like-for-like change by the stated method, points", nullable=True),
        "median": Column("float", "over the methods, points", nullable=True),
        "low": Column("float", "5th percentile over the methods", nullable=True),
        "high": Column("float", "95th percentile over the methods", nullable=True),
        "rose": Column("float", "share of the methods in which it rose", nullable=True, low=0, high=1),
        "fell": Column("float", "share of the methods in which it fell", nullable=True, low=0, high=1),
        "common": Column(
            "float", "share of the weight scored in both rounds and comparable by the links", low=0, high=1 + 1e-12
        ),
        "methods": Column("int", "methods that give a change"),
        "drawn": Column("int", "methods drawn"),
        "state": Column("str", "why there is or is not a change", within=CHANGE_STATES),
    },
)
CHOICES = Contract(
    "CHOICES",
    ("region", "round", "previous", "choice"),
    {
        "region": _REGION,
        "round": _ROUND,
        "previous": Column("str", "the round compared with; '' for the level of the index"),
        "choice": Column("str", "what was chosen", within=("weights", "normalisation", "aggregation", "missing")),
        "first": Column("float", "Sobol index of first order: share of the variance by this choice alone", nullable=True),
        "first_half": Column("float", "half-width of its 95 % interval", nullable=True),
        "total": Column("float", "total Sobol index: with all interactions", nullable=True),
        "total_half": Column("float", "half-width of its 95 % interval", nullable=True),
        "sd": Column("float", "standard deviation over the design, points", nullable=True),
        "runs": Column("int", "methods computed"),
        "state": Column("str", "why there are or are not indices", within=("computed", "no_spread", "not_computed")),
    },
)
RANKS = Contract(
    "RANKS",
    ("region", "round", "node", "cohort"),
    {
        "region": _REGION,
        "round": _ROUND,
        "node": _NODE,
        "cohort": Column("str", "cohort, or 'all'"),
        "value": Column("float", "published index on the scale"),
        "rank": Column("int", "by the published index; 1 is best, ties share the smaller number"),
        "rank_low": Column("float", "5th percentile of the rank over the methods", nullable=True),
        "rank_median": Column("float", "median rank over the methods", nullable=True),
        "rank_high": Column("float", "95th percentile of the rank over the methods", nullable=True),
        "n": Column("int", "regions ranked"),
        "methods": Column("int", "methods drawn"),
        "state": Column("str", "why there is or is not an interval", within=("ranked", "no_components")),
    },
)
WITHOUT = Contract(
    "WITHOUT",
    ("region", "round", "previous", "kind", "left_out"),
    {
        "region": _REGION,
        "round": _ROUND,
        "previous": Column("str", "the round compared with; '' if there is none"),
        "kind": Column("str", "what is left out", within=("sector", "agency")),
        "left_out": Column("str", "node of the sector, or the agency's id"),
        "weight": Column("float", "share of the index's weight that leaves", low=0, high=1 + 1e-12),
        "value": Column("float", "index of the round, 0-100", nullable=True),
        "without": Column("float", "the same without it", nullable=True),
        "effect": Column("float", "without less with, points", nullable=True),
        "change": Column("float", "like-for-like change of the index, points", nullable=True),
        "change_without": Column("float", "the same without it", nullable=True),
        "state": Column("str", "why there is or is not a value", within=("computed", "nothing_left", "below_coverage")),
    },
)
TABLES = {
    t.name: t
    for t in (
        SCORES,
        ISSUES,
        INDEX,
        CHANGE,
        TREND,
        VERDICTS,
        PEERS,
        CONTEXT,
        ANSWERS,
        SURVEY,
        QUALITIES,
        SKM,
        IMPORTANCE,
        ROBUSTNESS,
        ROBUST_CHANGE,
        CHOICES,
        WITHOUT,
    )
}
