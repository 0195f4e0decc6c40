"""Titles of the official charts: made by tested rules from the rows drawn."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from scevaluation.frames import ROOT
from scevaluation.node import Scale
from scevaluation.words import Fact, Sentence, Words, capital, decimals, lower, part_of


def ministry(rows: pd.DataFrame, scale: Scale, words: Words) -> Sentence:
    """How many components lie what is small on the scale or more below the cohort's median, and which lies furthest below."""
    parts = rows[(rows["node"] != ROOT) & rows["value"].notna() & rows["p50"].notna()]
    gap = (parts["value"] - parts["p50"]).round(9)
    below = parts[gap <= -scale.small]
    places = {"n": capital(words.count(len(below))), "of": words.count(len(parts)), "cohort": rows["cohort"].iloc[0]}
    if below.empty:
        return Sentence("finding.ministry.none", places)
    key = "finding.ministry.all" if len(below) == len(parts) else "finding.ministry.some"
    return Sentence(key, {**places, "worst": lower(parts.loc[gap.idxmin(), "label"])})


def place(row, column: str, digits: int = 0, sign: bool = False, size: bool = False) -> Fact:
    """A number of a PEERS row, tied to its cell."""
    return Fact(float(row[column]), "PEERS", f"{row['round']}|{row['node']}|{row['cohort']}", column, digits, sign, size)


def cohort(peers: pd.DataFrame, words: Words) -> Sentence:
    """Rank among all with its denominator, and in the own cohort."""
    own = peers[peers["cohort"] == "all"].iloc[0]
    places = {"rank": place(own, "rank"), "n": place(own, "n")}
    rest = peers[peers["cohort"] != "all"]
    if rest.empty:
        return Sentence("finding.cohort.all", places)
    mine = rest.iloc[0]
    places |= {"rank2": place(mine, "rank"), "n2": place(mine, "n"), "cohort": mine["cohort"]}
    return Sentence("finding.cohort.both", places)


def cohort_note(peers: pd.DataFrame, scale: Scale, words: Words) -> Sentence:
    """The rank's interval among all, and the size of the change beside those of the own cohort."""
    own = peers[peers["cohort"] == "all"].iloc[0]
    places: dict = {"low": place(own, "rank_low"), "high": place(own, "rank_high"), "n": place(own, "n")}
    mine = peers.loc[peers["n"].idxmin()]
    if not mine["size"]:
        return Sentence("chart.cohort.note_short", places)
    change, common = (place(mine, c, 2, sign=True) for c in ("own_change", "common_change"))
    places |= {"change": change, "common": common, "more": place(mine, "smaller_moves"), "of": place(mine, "n_change")}
    places["small"] = words.num(scale.small, decimals(scale.small))
    places["group"] = "" if mine["cohort"] == "all" else Sentence("peers.cohort", {"cohort": mine["cohort"]})
    key = {"near": "chart.cohort.note_usual", "far": "chart.cohort.note_unusual"}.get(mine["size"], "chart.cohort.note_moved")
    return Sentence(key, places)


def history(rows: pd.DataFrame, words: Words) -> Sentence:
    """How many rounds have a public index."""
    seen = rows[rows["value"].notna()]
    inferred = int((seen["state"] == "inferred").sum())
    key = "finding.history.inferred" if inferred else "finding.history.plain"
    count = words.count if len(rows) < 10 else lambda n: words.num(n, 0)  # written alike in one sentence
    return Sentence(key, {"n": count(len(seen)), "total": count(len(rows)), "inferred": count(inferred)})


def context(stats: pd.DataFrame, meta: pd.DataFrame, words: Words) -> Sentence:
    """How many STATISTICS are better in their last year than in their first, which are worse, and how many moved unlike the country."""
    told = stats[stats["moved"] != "no_direction"]
    if told.empty:
        return Sentence("finding.context.plain", {"n": capital(words.count(len(stats)))})
    better, worse = (told.loc[told["moved"] == side, "indicator"] for side in ("better", "worse"))
    places: dict = {"n": capital(words.count(len(better))), "of": words.count(len(told)), "beside": beside(told, words.count)}
    places["worse"] = words.join(lower(words.column(meta.loc[c], "label")) for c in worse)
    if len(better) == len(told):
        return Sentence("finding.context.all", {**places, "n": part_of(len(better), len(better), words.count)})
    said = "none" if better.empty else "some"
    return Sentence(f"finding.context.{said}" + ("_worse" if len(worse) else ""), places)


def beside(stats: pd.DataFrame, count: Callable[[int], str]) -> Sentence:
    """How many STATISTICS moved unlike the country in the same years by more than chance; that none can be judged, where none can."""
    n = {side: int((stats["beside"] == side).sum()) for side in ("ahead", "behind", "alike")}
    judged = sum(n.values())
    sides = [side for side in ("ahead", "behind") if n[side]] or ["alike" if judged else "told"]
    return Sentence("finding.beside." + "_".join(sides), {k: count(v) for k, v in {**n, "judged": judged}.items()})
