"""CLAIMS of a round, made from its tables before any sentence is; and how sentences read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.evaluate.peers import ALL, own_cohort
from scevaluation.evaluate.posterior import LEVEL, LIKELY
from scevaluation.evaluate.trend import MINIMUM
from scevaluation.frames import CHANGE, INDEX, PEERS, ROOT, TREND, VERDICTS
from scevaluation.frames import claims as table
from scevaluation.frames.claims import CLAIMS, FACT, JUDGED, LOW_COVERAGE, OPEN, SHORT
from scevaluation.frames.contract import Contract
from scevaluation.frames.sectors import STATEMENT, STATISTICS
from scevaluation.node import Scale as InstrumentScale
from scevaluation.period import Period
from scevaluation.words import Fact, rounded

NO_SIDE = {"inconclusive": OPEN, "too_little_data": SHORT, "too_early": SHORT}
EARLY = "early"  # scope of a pace now that is not judged yet, in a cycle that has just begun
BECAUSE = {"improving": "up", "declining": "down", "stagnant": "flat", "inconclusive": "open", "too_little_data": "too_little_data"}
SIDE = {1: "up", 0: "flat", -1: "down"}


@dataclass(frozen=True)
class Scale:
    """How a report writes values: the column of INDEX and of CHANGE, decimals, the best value, and a difference that counts as none."""

    column: str
    digits: int
    best: float
    small: float

    @classmethod
    def of(cls, points: bool, own: InstrumentScale) -> Scale:
        """In points of 100, or on the instrument's own scale."""
        return cls("value100", 1, 100.0, own.small) if points else cls("value", 2, own.high, own.small)


def side(change: float, digits: int) -> str:
    """up, down or flat, as the change is printed; none if it is missing."""
    return "none" if np.isnan(change) else SIDE[int(np.sign(rounded(change, digits)))]


def strength_of(direction: str) -> str:
    """The strength of a verdict."""
    return NO_SIDE.get(direction) or (table.LIKELY if direction.startswith("likely_") else JUDGED)


def claims(
    index: pd.DataFrame,
    trend: pd.DataFrame,
    verdicts: pd.DataFrame,
    change: pd.DataFrame,
    peers: pd.DataFrame,
    top: Sequence[str],
    scale: Scale,
    medians: Mapping[str, float] | None = None,
    noise: float = np.nan,
    apart: str = "",
    linked: bool = False,
    statistics: pd.DataFrame | None = None,
    statement: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What may be said of one round of one region.

    Parameters
    ----------
    index, trend, verdicts, change, peers : INDEX, TREND, VERDICTS, CHANGE, PEERS
        Of one region; `index` only of the round itself.
    top : sequence of str
        The nodes below the index.
    scale : Scale
    medians : mapping of node to float, optional
        Of the own cohort, on the scale.
    noise : float
        How far chance alone moves the difference between the two rounds (90 %), on the scale; NaN if that is not known.
    apart : {"", "scale", "questionnaire"}
        Why nothing may be subtracted from the index of the round before.
    linked : bool
        Whether the change of the last two years crosses a questionnaire that is linked to the one before.
    statistics, statement : STATISTICS, STATEMENT, optional

    Returns
    -------
    CLAIMS
        A change is set first against `noise`, then beside the common movement, then the cohort's spread.
    """
    rows = [*_verdicts(trend, verdicts, linked), *_levels(index, (ROOT, *top), scale)]
    known = index.loc[index["node"] == ROOT, scale.column].notna().any()
    rows += _changes(change, peers, scale, noise, apart if known else "missing")
    rows += _places(index, peers, (ROOT, *top), medians or {}, scale.small)
    if statistics is not None:
        rows += [_statistic(r) for r in statistics.to_dict("records")]
    if statement is not None:
        rows += [_statement(r) for r in statement.to_dict("records")]
    if not rows or index.empty:
        return CLAIMS.empty()
    about = {c: index[c].iloc[0] for c in ("region", "round")} | {"strength": FACT, "places": "{}"}
    about |= dict.fromkeys(("scope", "says", "evidence"), "")
    told = [{**row, "sentence": table.keys_of(row)} for row in (about | r for r in rows)]
    return CLAIMS.check(pd.DataFrame(told, columns=list(CLAIMS.columns)).astype(dict.fromkeys(NUMBERS, float)))


NUMBERS = [name for name, column in CLAIMS.columns.items() if column.dtype == "float"]


def _from(contract: Contract, row: Mapping, column: str) -> dict:
    """A number of a row with the cell it stands in."""
    return {"value": float(row[column]), "evidence": f"{contract.name}|{contract.row_key(row)}|{column}"}


def _verdicts(trend: pd.DataFrame, verdicts: pd.DataFrame, linked: bool) -> list[dict]:
    out = []
    lines = trend.set_index("node", drop=False)
    for v in verdicts.to_dict("records"):
        line, node = lines.loc[v["node"]].to_dict(), {"subject": v["node"]}
        ends = {c: line[c] for c in ("low", "high")} | {"threshold": line["delta"], "of": line["rounds"]}
        name = v["direction"].removeprefix("likely_")
        short = strength_of(v["direction"]) == SHORT
        out.append(
            {"claim": "direction", **node, "scope": "start", **_from(TREND, line, "slope"), **ends, "chance": v["certainty"]}
            | {"says": "" if name in NO_SIDE else name, "strength": strength_of(v["direction"])}
            | ({"threshold": v["threshold"]} if short else {})
        )
        late = v["now"].removeprefix("likely_")
        ends = {"low": line["now_low"], "high": line["now_high"], "threshold": line["delta"], "of": line["cycle_rounds"]}
        out.append(
            {"claim": "now", **node, **_from(TREND, line, "now"), **ends, "chance": v["now_certainty"]}
            | {"says": "" if late in NO_SIDE else late, "scope": EARLY if late == "too_early" else "", "strength": strength_of(v["now"])}
        )
        if v["course"]:
            slow = v["course"].startswith("slow_")  # the whole interval lies on that side
            said = {"says": v["course"], "strength": JUDGED if slow else strength_of(v["now"]), "chance": v["now_certainty"]}
            out.append({"claim": "course", **node, **said, "evidence": f"VERDICTS|{VERDICTS.row_key(v)}|course"})
        kind, _, when = v["departure"].partition(":")
        if kind == "shift":
            chance = line["p_shift"]
            sure = JUDGED if chance >= LEVEL else table.LIKELY if chance >= LIKELY else OPEN
            out.append({"claim": "shift", **node, "scope": when, **_from(TREND, line, "shift"), "chance": chance, "strength": sure})
        if np.isfinite(v["target"]):
            aim = {**node, "scope": v["target_round"], "says": v["pace"], "chance": v["p_hit"]}
            out.append({"claim": "target", **aim, **_from(VERDICTS, v, "target")})
            if np.isfinite(v["needed"]):
                out.append({"claim": "needed", **node, "scope": v["target_round"], **_from(VERDICTS, v, "needed")})
        if v["node"] == ROOT:
            since = {"scope": "linked" if linked else "", "says": side(line["recent"], 1)}
            out.append({"claim": "recent", **node, **since, **_from(TREND, line, "recent")})
    return out


def _levels(index: pd.DataFrame, nodes: Sequence[str], scale: Scale) -> list[dict]:
    out = []
    for row in index[index["node"].isin(nodes)].to_dict("records"):
        node = {"subject": row["node"]}
        if row["node"] == ROOT or np.isfinite(row[scale.column]):
            out.append({"claim": "level", **node, **_from(INDEX, row, scale.column)})
        cover = {"says": "thin" if table.thin(row["coverage"]) else "whole", "threshold": LOW_COVERAGE}
        out.append({"claim": "coverage", **node, **_from(INDEX, row, "coverage"), **cover})
        if np.isfinite(row["weight"]):
            out.append({"claim": "weight", **node, **_from(INDEX, row, "weight")})
    return out


def _changes(change: pd.DataFrame, peers: pd.DataFrame, scale: Scale, noise: float, apart: str) -> list[dict]:
    """The difference from the round before, as the ministry's letter prints it where that has it, and what was usual."""
    total, own = change[change["kind"] == "total"], own_cohort(peers)
    row: dict = {"claim": "difference", "subject": ROOT, "says": apart or "first"}
    since = total["previous"].iloc[0] if len(total) else ""
    if apart != "missing" and own is not None and np.isfinite(own["own_change"]):
        row |= _from(PEERS, own.to_dict(), "own_change")
    elif not apart and len(total):
        row |= _from(CHANGE, total.iloc[0].to_dict(), "official" + scale.column.removeprefix("value"))
    by = row.get("value", np.nan)
    if np.isnan(by):
        return [row | {"scope": since, "strength": SHORT}]
    known = np.isfinite(noise)
    row |= {"scope": since, "says": side(by, scale.digits), "low": by - noise, "high": by + noise, "threshold": noise}
    out = [row | {"strength": FACT if not known else JUDGED if abs(by) > noise else OPEN}]
    like = f"like_for_like{scale.column.removeprefix('value')}"
    if len(total) and np.isfinite(total[like].iloc[0]):
        same = _from(CHANGE, total.iloc[0].to_dict(), like)
        out.append({"claim": "like_for_like", "subject": ROOT, "scope": since, "says": side(same["value"], scale.digits), **same})
    if own is not None and own["size"]:
        counts = {"n": own["smaller_moves"], "of": own["n_change"]}
        usual = {"subject": ROOT, "scope": own["cohort"], "says": own["size"], **counts}
        out.append({"claim": "usual", **usual, **_from(PEERS, own.to_dict(), "common_change")})
    return out


def _places(index: pd.DataFrame, peers: pd.DataFrame, nodes: Sequence[str], medians: Mapping[str, float], small: float) -> list[dict]:
    """Rank with its range, own cohort first; and how far the index and its parts are from the own cohort's median, as printed."""
    out: list[dict] = []
    own = own_cohort(peers)
    if own is None:
        return out
    for row in [own.to_dict(), *peers[(peers["cohort"] == ALL) & (own["cohort"] != ALL)].to_dict("records")]:
        ends = {"low": row["rank_low"], "high": row["rank_high"], "of": row["n"]}
        out.append({"claim": "rank", "subject": ROOT, "scope": row["cohort"], **_from(PEERS, row, "rank"), **ends})
    values = index.set_index("node")["value"].to_dict() | {ROOT: own["value"]}
    for node in nodes:
        median = own["median"] if node == ROOT else medians.get(node, np.nan)
        if not np.isfinite([values.get(node, np.nan), median]).all():
            continue
        gap = round(rounded(values[node], 2) - rounded(median, 2), 9)
        where = "level" if abs(gap) < small else "above" if gap > 0 else "below"
        said = {"subject": node, "scope": own["cohort"]}
        cell = _from(PEERS, own.to_dict(), "median")["evidence"] if node == ROOT else ""
        out.append({"claim": "median", **said, "value": float(median), "evidence": cell})
        cell = f"INDEX|{own['round']}|{node}|value"
        out.append({"claim": "gap", **said, "value": gap, "says": where, "threshold": small, "evidence": cell})
    return out


def _statistic(row: dict) -> dict:
    """A statistic's change beside the country's in the same years."""
    ends = {"low": row["common"] - row["noise"], "high": row["common"] + row["noise"], "threshold": row["noise"], "n": row["n"]}
    sure = {"told": FACT, "alike": OPEN}.get(row["beside"], JUDGED)
    said = {"claim": "statistic", "subject": row["indicator"], "scope": "country", "says": row["beside"], "strength": sure}
    return said | _from(STATISTICS, row, "change") | ends


def _statement(row: dict) -> dict:
    """What the data make of a part of what others said."""
    said = {"claim": "statement", "subject": row["evidence"], "scope": str(row["part"]), "says": row["outcome"]}
    ends = {c: row[c] for c in ("low", "high", "n", "of")}
    return said | _from(STATEMENT, row, "value") | ends | {"strength": OPEN if row["outcome"] == "open" else JUDGED}


@dataclass(frozen=True)
class Claims:
    """CLAIMS by kind and subject: what sentences are made from."""

    rows: dict[tuple[str, str], list[dict]]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Claims:
        rows: dict = {}
        for row in frame.to_dict("records"):
            rows.setdefault((row["claim"], row["subject"]), []).append(row)
        return cls(rows)

    def get(self, claim: str, subject: str = ROOT) -> dict:
        """The first row of a kind on a subject; {} if there is none."""
        return self.rows.get((claim, subject), [{}])[0]

    def value(self, claim: str, subject: str = ROOT) -> float:
        return self.get(claim, subject).get("value", np.nan)

    def direction(self, subject: str = ROOT) -> str:
        """The verdict that the claim permits; '' without one."""
        row = self.get("direction", subject)
        return table.direction_of(row) if row else ""

    def weakest(self, subjects: Sequence[str]) -> str:
        """The strength of a sentence on the directions of these."""
        return table.weakest(self.get("direction", s)["strength"] for s in subjects)

    def now(self, subject: str) -> str:
        """The verdict on the pace now that the claim permits, or too_early."""
        row = self.get("now", subject)
        return "too_early" if row["strength"] == SHORT and row["scope"] == EARLY else table.direction_of(row)

    def course(self, subject: str) -> str:
        """What both paces together may be called; '' where they agree, or the claim is not even likely."""
        row = self.get("course", subject)
        if not table.permitted(row) or (row["says"].startswith("slow_") and not self.direction(subject).endswith("stagnant")):
            return ""
        return row["says"]

    def thin(self, subject: str) -> bool:
        return self.get("coverage", subject).get("says") == "thin"

    def fact(self, claim: str, subject: str = ROOT, digits: int = 1, column: str = "value", **how) -> Fact:
        """A number of a claim, tied to its cell."""
        return CLAIMS.fact(self.get(claim, subject), column, digits, **how)


def beside_as_claimed(statistics: pd.DataFrame, claimed: pd.DataFrame) -> pd.DataFrame:
    """STATISTICS that moved unlike the country only where CLAIMS permit to say so: what pages are made from."""
    said = Claims.of(claimed)
    beside = [str(table.permitted(said.get("statistic", i))).rpartition(".")[2] for i in statistics["indicator"]]
    return STATISTICS.check(statistics.assign(beside=beside))


def as_claimed(verdicts: pd.DataFrame, claimed: pd.DataFrame) -> pd.DataFrame:
    """VERDICTS in the words that CLAIMS permit: what pages are made from."""
    said, out = Claims.of(claimed), verdicts.copy()
    for column, found in (("direction", said.direction), ("course", said.course), ("now", said.now)):
        out[column] = [found(n) for n in verdicts["node"]]
    other = (out["direction"] != verdicts["direction"]).to_numpy()
    out.loc[other, "because"] = ["because." + BECAUSE[d.removeprefix("likely_")] for d in out.loc[other, "direction"]]
    short = other & (out["direction"] == "too_little_data").to_numpy()
    out.loc[short, "threshold"] = [float(MINIMUM[Period(name).kind]) for name in out.loc[short, "round"]]
    return VERDICTS.check(out)
