"""Sentences of the tables of robustness: data with Facts, chosen by rules, written by `words`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError
from scevaluation.frames import ROOT
from scevaluation.frames.methods import CHOICES, ROBUST_CHANGE, ROBUSTNESS
from scevaluation.words import Sentence

FIRM, MOSTLY = 0.95, 0.67  # share of methods from which a movement is called firm, and called more likely than not
NARROW = 5.0  # points; a narrower interval of the level is no matter of method


def _row(table: pd.DataFrame, **key) -> pd.Series:
    rows = table[np.logical_and.reduce([table[c] == v for c, v in key.items()])] if len(table) else table
    if len(rows) != 1:
        wanted = ", ".join(f"{c} {v}" for c, v in key.items() if v)
        raise EvaluationError(f"The table has no row of {wanted}.", "Ask for a round and node that it has.")
    return rows.iloc[0]


def level_sentence(levels: pd.DataFrame, round_name: str, node: str = ROOT) -> Sentence:
    """The range of the level over the methods: narrow, wide, or why there is none."""
    row = _row(levels, round=round_name, node=node)
    if row["state"] != "computed":
        return Sentence("robust.level." + row["state"])
    fact = {c: ROBUSTNESS.fact(row, c) for c in ("nominal", "low", "high")} | {"methods": ROBUSTNESS.fact(row, "methods", 0)}
    return Sentence("robust.level.narrow" if row["high"] - row["low"] <= NARROW else "robust.level.wide", fact)


def change_rule(rose: float, fell: float) -> str:
    """rose, fell (in 95 % of the methods or more), rose_mostly, fell_mostly (67 %), unmoved, or depends."""
    if max(rose, fell) == 0:
        return "unmoved"
    side, share = ("rose", rose) if rose >= fell else ("fell", fell)
    return side if share >= FIRM else f"{side}_mostly" if share >= MOSTLY else "depends"


def change_sentence(changes: pd.DataFrame, round_name: str, previous: str, node: str = ROOT) -> Sentence:
    """In what share of the methods it rose or fell, or why that cannot be said."""
    if not previous:
        return Sentence("robust.change.one_round")
    if not (changes["round"] == round_name).any():
        return Sentence("robust.change.no_index")
    row = _row(changes, round=round_name, previous=previous, node=node)
    if row["state"] == "little_common":
        return Sentence("robust.change.little_common", {"common": ROBUST_CHANGE.fact(row, "common", 0, percent=True)})
    if row["state"] != "computed":
        return Sentence("robust.change." + row["state"])
    places = {c: ROBUST_CHANGE.fact(row, c, 0, percent=True) for c in ("rose", "fell")}
    places |= {c: ROBUST_CHANGE.fact(row, c, 1, sign=True) for c in ("median", "low", "high")}
    places["methods"] = ROBUST_CHANGE.fact(row, "methods", 0)
    return Sentence("robust.change." + change_rule(row["rose"], row["fell"]), places)


def choice_rule(rows: pd.DataFrame) -> tuple[str, list[str]]:
    """(rule, choices in order of their total index): one, two alike within their intervals, no_spread or not_computed."""
    state = rows["state"].iloc[0]
    ordered = rows.sort_values("total", ascending=False, kind="stable")
    names = ordered["choice"].tolist()
    if state != "computed":
        return state, names
    first, second = ordered.iloc[0], ordered.iloc[1]
    apart = first["total"] - second["total"] > np.hypot(first["total_half"], second["total_half"])
    return ("one" if apart else "two"), names


def choice_sentence(choices: pd.DataFrame, round_name: str, previous: str = "") -> Sentence:
    """Which choice of method the level (or with `previous` the change) hangs on most."""
    rows = choices[(choices["round"] == round_name) & (choices["previous"] == previous)]
    if not len(rows):
        return Sentence("robust.change.no_index" if previous else "robust.change.one_round")
    what = "robust.choices.change." if previous else "robust.choices.level."
    rule, names = choice_rule(rows)
    places: dict = {}
    if rule in ("one", "two"):
        for place, name in zip(("first", "second"), names, strict=False):
            places[place] = Sentence("robust.choice." + name)
            places[f"{place}_share"] = CHOICES.fact(rows[rows["choice"] == name].iloc[0], "total", 0, percent=True)
        if rule == "one":
            places = {k: v for k, v in places.items() if not k.startswith("second")}
    return Sentence(what + rule, places)
