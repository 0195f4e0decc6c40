"""Titles: sentences that tested rules make from the rows drawn. They say what moved, never why."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from scevaluation.frames import ROOT
from scevaluation.words import Fact, Sentence, Words, capital, decimals, lower, rounded

MOVES = ("improving", "likely_improving", "declining", "likely_declining", "stagnant", "likely_stagnant")
MANY, ROOM = 3, 50  # names in a title, and letters of several, that leave it on three lines of a phone; others are counted


def fact(row, column: str, digits: int = 1, sign: bool = False, size: bool = False, table: str = "CHANGE") -> Fact:
    """A number of a CHANGE row, tied to its cell."""
    key = "|".join(str(row[k]) for k in ("round", "previous", "node", "kind"))
    return Fact(float(row[column]), table, key, column, digits, sign, size)


def few(texts) -> bool:
    """Whether names are so few and short that a title has room for them; one alone always is."""
    texts = list(texts)
    return len(texts) == 1 or (len(texts) <= MANY and sum(map(len, texts)) <= ROOM)


def names(nodes, labels: dict[str, str], words: Words) -> str:
    """Labels as a list in a sentence; those that have no room are counted."""
    nodes = list(nodes)
    if not few(labels.get(n, n) for n in nodes):
        return words("finding.many", n=words.count(len(nodes)))
    return words.join(lower(labels.get(n, n)) for n in nodes)


def trends(rows: pd.DataFrame, nodes: list[str], labels: dict[str, str], words: Words) -> Sentence:
    """Which targets drawn are reached and which part is furthest below its own; without targets, the way of the first panel.

    The headline of a report already tells the verdicts on its parts; that of a sector does not tell those of its indicators.
    """
    if nodes[0] != ROOT and len(nodes) > 1:
        return _inside(rows, nodes[1:], words)
    return _against_targets(rows, nodes, labels, words) or _path(rows[rows["node"] == nodes[0]], labels[nodes[0]], words)


def _inside(rows: pd.DataFrame, nodes: list[str], words: Words) -> Sentence:
    """How many of the indicators move, and how."""
    says = rows.drop_duplicates("node").set_index("node")["direction"].reindex(nodes)
    found = {lower(words("direction." + k)): int((says == k).sum()) for k in MOVES}
    found[words("finding.trends.undecided")] = len(nodes) - sum(found.values())
    parts = [(k, n) for k, n in found.items() if n]
    if len(parts) == 1:
        return Sentence("finding.trends.inside_all", {"n": words.count(len(nodes)), "says": parts[0][0]})
    told = words.join(f"{words.count(n)} {k}" for k, n in parts)
    return Sentence("finding.trends.inside", {"n": words.count(len(nodes)), "parts": told})


def _path(rows: pd.DataFrame, name: str, words: Words) -> Sentence:
    """The first value of a series by its last questionnaire and the last one, in points of 100."""
    seen = rows[rows["value100"].notna()]
    if seen.empty:
        return Sentence("finding.trends.none", {"name": name})
    seen = seen[seen["instrument"] == seen["instrument"].iloc[-1]]
    places: dict = {"name": name}
    for value, when, row in (("first", "start", seen.iloc[0]), ("last", "end", seen.iloc[-1])):
        cell = f"{row['round']}|{row['node']}"
        places |= {value: Fact(float(row["value100"]), "INDEX", cell, "value100"), when: words.round(row["round"])}
    return Sentence("finding.trends." + ("path" if len(seen) > 1 else "one"), places)


def _against_targets(rows: pd.DataFrame, nodes: list[str], labels: dict[str, str], words: Words) -> Sentence | None:
    """Targets reached in the last round, by the values as they are written, and the part with most left; None without targets.

    A part counts where it has a value in the last round and a target; it takes two of them to say who is furthest away.
    """
    if "target" not in rows:
        return None
    last = rows.drop_duplicates("node", keep="last").set_index("node").reindex(nodes)
    last = last[last["target"].notna() & last["value100"].notna()]
    parts = last[last.index.isin(nodes[1:])]
    if len(parts) < 2:
        return None
    target, seen = (last[column].map(partial(rounded, digits=1)) for column in ("target", "value100"))
    reached, left = list(last.index[target <= seen]), (target - seen)[parts.index].round(1)
    if left.max() <= 0:
        return Sentence("finding.trends.target_all" if len(reached) == len(last) else "finding.trends.target_parts")
    places: dict = {"names": capital(names(reached, labels, words))}
    key = "finding.trends.target_" + ("some" if reached else "none")
    if (left == left.max()).sum() > 1:
        return Sentence(key, places)
    far = left.idxmax()
    cell = f"{parts.at[far, 'round']}|{far}"
    value = Fact(float(parts.at[far, "value100"]), "INDEX", cell, "value100", 1)
    target = Fact(float(parts.at[far, "target"]), "VERDICTS", cell, "target", decimals(parts.at[far, "target"]))
    return Sentence(key + "_far", {**places, "name": lower(labels.get(far, far)), "value": value, "target": target})


def heatmap(wide: pd.DataFrame, labels: dict[str, str], words: Words) -> Sentence:
    """Highest and lowest row of the last column, ties named together, and whether the lowest was the highest at first.

    `wide` is of one questionnaire.
    """
    parts = (wide.iloc[1:] if len(wide) > 1 else wide).round(9)
    last, first = parts.iloc[:, -1].dropna(), parts.iloc[:, 0].dropna()
    if last.empty:
        return Sentence("finding.heatmap.missing")
    if len(wide) == 1:
        return Sentence("finding.heatmap.single", {"top": lower(labels[last.index[0]])})
    if len(last) == 1:
        return Sentence("finding.heatmap.one", {"top": lower(labels[last.index[0]])})
    top, low = (list(last.index[last == v]) for v in (last.max(), last.min()))
    if last.max() == last.min():
        return Sentence("finding.heatmap.equal")
    turned = len(low) == 1 and len(first) > 1 and list(first.index[first == first.max()]) == low
    key = "finding.heatmap.turned" if turned else "finding.heatmap.range"
    return Sentence(key, {"top": capital(names(top, labels, words)), "low": names(low, labels, words)})


def change(total, words: Words, bars: pd.DataFrame | None = None, points: bool = False, parts: str = "indicators") -> Sentence:
    """The official change, whether the like-for-like change has the other sign, else which bar is the largest of its side.

    Parameters
    ----------
    total : row of CHANGE
    bars : DataFrame, optional
        label and contribution of the bars drawn.
    points : bool
        Whether to speak of points of 0-100 instead of the instrument's scale.
    parts : {"indicators", "components"}
        What the like-for-like change compares.
    """
    end, digits = ("100", 1) if points else ("", 2)
    places: dict = {"previous": words.round(total["previous"]), "round": words.round(total["round"])}
    official, like = float(total["official" + end]), float(total["like_for_like" + end])
    if not np.isfinite(official):
        return Sentence("finding.change.unknown", places)
    places["official"] = fact(total, "official" + end, digits, size=True)
    side = "flat" if rounded(official, digits) == 0 else "up" if official > 0 else "down"
    if side == "flat":
        return Sentence("finding.change.flat", places)
    if np.isfinite(like) and rounded(like, digits) != 0 and (like > 0) != (official > 0):
        places["like"] = fact(total, "like_for_like" + end, digits, sign=True)
        places["parts"] = Sentence(f"change.same_{parts}")
        return Sentence(f"finding.change.{side}_flips", places)
    same = bars[np.sign(bars["contribution"]) == np.sign(official)] if bars is not None and len(bars) > 1 else pd.DataFrame()
    if len(same) and (same["contribution"].abs().round(9) == same["contribution"].abs().round(9).max()).sum() == 1:
        most = same.loc[same["contribution"].abs().idxmax(), "label"]
        return Sentence(f"finding.change.{side}_most", {**places, "most": lower(most)})
    return Sentence(f"finding.change.{side}", places)
