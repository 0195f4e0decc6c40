"""Titles of the official charts: made by tested rules from the rows drawn."""

from __future__ import annotations

import numpy as np
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


def moved(values: pd.Series, direction: int) -> int:
    """1 better, -1 worse, 0 no clear direction, from first to last value.

    A direction needs a change of more than half of all moves between neighbours, up and down alike (the efficiency ratio
    of Kaufman, 1995): a series that mostly swings to and fro has none.
    """
    net, path = float(values.iloc[-1] - values.iloc[0]), float(values.diff().abs().sum())
    return int(np.sign(net) * direction) if round(2 * abs(net) - path, 9) > 0 else 0


def context(own: pd.DataFrame, meta: pd.DataFrame, shown: list[str], words: Words) -> Sentence:
    """How many of the statistics with a direction are better in their last year than in their first, and which are not."""
    judged = [c for c in shown if int(meta.at[c, "direction"])]
    if not judged:
        return Sentence("finding.context.plain", {"n": capital(words.count(len(shown)))})
    mine = {c: own[own["indicator"] == c] for c in judged}
    signs = {c: moved(mine[c]["value"], int(meta.at[c, "direction"])) for c in judged}
    named = {s: words.join(lower(words.column(meta.loc[c], "label")) for c in judged if signs[c] == s) for s in (-1, 0)}
    better = sum(s > 0 for s in signs.values())
    places = {"n": capital(words.count(better)), "of": words.count(len(judged)), "worse": named[-1], "open": named[0]}
    if better == len(judged):
        return Sentence("finding.context.all", {"n": part_of(better, better, words.count)})
    said = (("none", not better), ("worse", named[-1]), ("open", better and named[0]))
    return Sentence("finding.context." + "_".join(k for k, true in said if true), places)
