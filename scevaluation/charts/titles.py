"""What several titles share. A title is a sentence that `finding`, a tested rule beside its chart, makes from the rows drawn: never why."""

from __future__ import annotations

import pandas as pd

from scevaluation.words import Words, lower

MANY, ROOM = 3, 50  # names in a title, and letters of several, that leave it on three lines of a phone; others are counted


ROUNDS = 24  # newest rounds that have room side by side, so that each can still be told from the next


def newest(drawn: int, there_are: int, words: Words) -> list[str]:
    """For a note, that only the newest rounds are drawn, where there are more."""
    return [words("chart.newest_rounds", n=words.num(drawn, 0), all=words.num(there_are, 0))] if drawn < there_are else []


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


def counts(words: Words, *numbers: int) -> list[str]:
    """Counts in one sentence written alike: spelled out where all are below ten, else in digits."""
    return [words.count(n) if max(numbers) < 10 else words.num(n, 0) for n in numbers]


def total(cohorts: pd.DataFrame) -> pd.Series:
    """The row of COHORTS over all cohorts."""
    return cohorts[cohorts["cohort"] == "all"].iloc[0]
