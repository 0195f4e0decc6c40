"""Titles of the survey, quadrant and rank charts: made by tested rules from the rows drawn, never with a cause."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts.findings import MANY, few
from scevaluation.frames import ROOT
from scevaluation.words import Fact, Sentence, Words, capital, lower, rounded

LARGEST_GROUP = 2  # a lowest or highest group of more qualities than this says nothing


def apart(rows: pd.DataFrame, top: bool) -> list[str]:
    """The smallest group (one or two) whose intervals lie wholly below, or above, those of all others; [] if there is none.

    Parameters
    ----------
    rows : DataFrame
        label, value100, low, high; a row without an interval counts as its value alone.
    """
    known = rows[rows["value100"].notna()]
    low, high = (known[c].fillna(known["value100"]).to_numpy(float) for c in ("low", "high"))
    if top:
        low, high = -high, -low
    order = np.argsort((low + high) / 2, kind="stable")
    for size in range(1, min(LARGEST_GROUP, len(known) - 2) + 1):
        inside, outside = order[:size], order[size:]
        if high[inside].max() < low[outside].min():
            return list(known["label"].iloc[np.sort(inside)])
    return []


def moved(rows: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Labels of rows whose change has an interval wholly above zero, and wholly below."""
    return list(rows.loc[rows["change_low"] > 0, "label"]), list(rows.loc[rows["change_high"] < 0, "label"])


def qualities(rows: pd.DataFrame, words: Words) -> Sentence:
    """Which qualities lie clearly lowest (else highest), and which moved since the survey before."""
    known, basis = rows[rows["value100"].notna()], rows["basis"].iloc[0]
    if len(known) == 1:
        first = Sentence(f"finding.qualities.{basis}_one", {"name": lower(known["label"].iloc[0])})
    else:
        low, top = apart(rows, top=False), apart(rows, top=True)
        key = "low" if low else "top" if top else "open"
        first = Sentence(f"finding.qualities.{basis}_{key}", {"names": words.join(lower(n) for n in low or top)})
    up, down = moved(rows)
    if not (up or down):
        return first
    places = {"up": _named(up, len(rows), words), "down": _named(down, len(rows), words)}
    key = "both" if up and down else "up" if up else "down"
    places["previous"] = words.round(rows["previous"].iloc[0])
    return Sentence("finding.qualities.two", {"first": first, "second": Sentence("finding.qualities." + key, places)})


def _named(names: list[str], of: int, words: Words) -> str:
    """Up to three names; all five together, more are counted."""
    if len(names) == of == 5:
        return words("finding.qualities.all")
    if len(names) > MANY:
        return words("finding.qualities.many", n=words.count(len(names)))
    return words.join(lower(n) for n in names)


def skm(rows: pd.DataFrame, words: Words) -> Sentence:
    """The score with its class, and the element that lies lowest; without all nine elements, that there is no score."""
    total = rows[rows["item"] == ROOT].iloc[0]
    parts = rows[(rows["item"] != ROOT) & rows["value100"].notna()]
    if np.isnan(total["value100"]):
        return Sentence("finding.skm.partial", {"n": words.count(len(parts)), "of": words.count(len(rows) - 1)})
    value = Fact(float(total["value100"]), "SKM", f"{total['round']}|{ROOT}", "value100", 2)
    places = {"value": value, "predicate": total["predicate"]}
    least = parts["value100"].round(9)
    if least.min() == least.max():
        return Sentence("finding.skm.equal", places)
    lowest = [lower(n) for n in parts.loc[least == least.min(), "label"]]
    if len(lowest) > MANY:
        return Sentence("finding.skm.equal", places)
    return Sentence("finding.skm.low", {**places, "names": words.join(lowest)})


def skm_rounds(rows: pd.DataFrame, words: Words) -> Sentence:
    """The index of the last survey beside that of the one before, and whether their intervals lie apart."""
    before, now = rows.iloc[-2], rows.iloc[-1]
    places: dict = {"round": words.round(now["round"]), "previous": words.round(before["round"])}
    places |= {k: Fact(float(r["value100"]), "SKM", f"{r['round']}|{ROOT}", "value100", 2) for k, r in (("value", now), ("before", before))}
    if now[["low", "high"]].isna().any() or before[["low", "high"]].isna().any():
        key = "plain"
    else:
        key = "above" if now["low"] > before["high"] else "below" if now["high"] < before["low"] else "meet"
    return Sentence("finding.skm_rounds." + key, places)


def quadrant(rows: pd.DataFrame, words: Words) -> Sentence:
    """Which indicators weigh more than the mean and score below it; those that have no room are counted and the first is named."""
    urgent = rows[rows["urgent"]]
    if rows["weight"].max() - rows["weight"].min() < 1e-9:
        return Sentence("finding.quadrant.equal")
    if urgent.empty:
        return Sentence("finding.quadrant.none")
    first = urgent["label"].iloc[0]
    if not few(urgent["label"]):
        return Sentence("finding.quadrant.many", {"n": capital(words.count(len(urgent))), "name": lower(first)})
    return Sentence("finding.quadrant.few", {"names": capital(words.join(lower(n) for n in urgent["label"]))})


def ranks(rows: pd.DataFrame, region: str, words: Words) -> Sentence:
    """The region's rank with range and denominator, and how many others' ranges meet its own."""
    own = rows[rows["region"] == region].iloc[0]
    others = rows[rows["region"] != region]
    meet = others[(others["rank_low"] <= own["rank_high"]) & (others["rank_high"] >= own["rank_low"])]
    places = {"name": own["label"], "others": words.num(len(meet), 0)}
    places |= {c: words.num(float(own[c]), 0) for c in ("rank", "rank_low", "rank_high", "n")}
    return Sentence("finding.ranks.some" if len(meet) else "finding.ranks.alone", places)


def likert(good: pd.Series, words: Words) -> Sentence:
    """The item with the smallest share of good answers, where one is smallest in whole per cent."""
    share = good.mul(100).map(rounded)
    places = {"name": good.idxmin(), "share": words.pct(float(good.min()))}
    if len(good) == 1:
        return Sentence("finding.likert.one", places)
    if (share == share.min()).sum() > 1:
        return Sentence("finding.likert.equal")
    return Sentence("finding.likert.least", places)
