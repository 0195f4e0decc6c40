"""Titles: sentences that tested rules make from the rows drawn. They say what moved, never why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.words import Fact, Sentence, Words

RISING = ("improving", "likely_improving")
FALLING = ("declining", "likely_declining")
STILL = ("stagnant", "likely_stagnant")


def fact(row, column: str, digits: int = 1, sign: bool = False, size: bool = False, table: str = "CHANGE") -> Fact:
    """A number of a CHANGE row, tied to its cell."""
    key = "|".join(str(row[k]) for k in ("round", "previous", "node", "kind"))
    return Fact(float(row[column]), table, key, column, digits, sign, size)


def lower(text: str) -> str:
    """A label inside a sentence: small first letter, unless it is an abbreviation."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def names(nodes, labels: dict[str, str], words: Words) -> str:
    return words.join(lower(labels[n]) for n in nodes)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def trends(rows: pd.DataFrame, nodes: list[str], labels: dict[str, str], words: Words) -> Sentence:
    """Who rises, who falls, else who stands still, by the verdicts of the panels after the first."""
    says = rows.drop_duplicates("node").set_index("node")["direction"].reindex(nodes[1:])
    up, down, flat = ([n for n in says.index if says[n] in group] for group in (RISING, FALLING, STILL))
    places = {"up": names(up, labels, words), "down": names(down, labels, words), "flat": names(flat, labels, words)}
    key = "".join(k for k, v in (("up", up), ("down", down)) if v) or ("flat" if flat else "open")
    return Sentence(f"finding.trends.{key}", {k: capital(v) if key.startswith(k) else v for k, v in places.items()})


def heatmap(wide: pd.DataFrame, labels: dict[str, str], words: Words) -> Sentence:
    """Highest and lowest row of the last column, and whether the same rows were so in the first."""
    parts = wide.iloc[1:] if len(wide) > 1 else wide
    last, first = parts.iloc[:, -1].dropna(), parts.iloc[:, 0].dropna()
    if last.empty:
        return Sentence("finding.heatmap.missing")
    top, low = last.idxmax(), last.idxmin()
    if top == low:
        return Sentence("finding.heatmap.one", {"top": labels[top]})
    was_top = not first.empty and first.idxmax() == low
    return Sentence("finding.heatmap.turned" if was_top else "finding.heatmap.range", {"top": capital(labels[top]), "low": lower(labels[low])})


def change(total, words: Words) -> Sentence:
    """The official change, and whether the like-for-like change has the other sign."""
    places = {"previous": words.round(total["previous"]), "round": words.round(total["round"]), "official": fact(total, "official", 2, size=True)}
    official, like = total["official"], total["like_for_like"]
    side = "flat" if abs(round(official, 2)) == 0 else "up" if official > 0 else "down"
    if np.isfinite(like) and abs(round(like, 2)) > 0 and side != "flat" and (like > 0) != (official > 0):
        return Sentence(f"finding.change.{side}_flips", {**places, "like": fact(total, "like_for_like", 2, sign=True)})
    return Sentence(f"finding.change.{side}", places)
