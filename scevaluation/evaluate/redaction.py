"""What a public report may not hold: who assessed, and what people wrote."""

from __future__ import annotations

from hashlib import sha256

import pandas as pd

ASSESSOR = "assessor:"
HIDDEN = "\u2026"


def letters(sources) -> dict[str, str]:
    """A letter for every assessor among sources; in an order that does not follow their names.

    >>> letters(["assessor:x", "final"])
    {'assessor:x': 'assessor:A'}
    """
    names = sorted({s for s in sources if s.startswith(ASSESSOR)}, key=lambda s: sha256(s.encode()).hexdigest())
    return {name: ASSESSOR + _letter(n) for n, name in enumerate(names)}


def _letter(n: int) -> str:
    return (_letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)


def redacted(scores: pd.DataFrame, issues: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """SCORES and ISSUES without assessors' names, evidence, and texts quoted from files; every figure stays.

    What an issue found is kept where it holds figures and the codes of indicators and agencies alone.
    """
    called = letters(scores["source"].unique())
    known = {*scores["indicator"], *scores["agency"]}
    plain = issues["found"].map(lambda text: all(_plain(t, known) for t in text.replace(",", " ").split()))
    scores = scores.assign(source=scores["source"].replace(called), evidence="")
    return scores, issues.assign(found=issues["found"].where(plain, HIDDEN))


def _plain(token: str, known: set[str]) -> bool:
    return token in known or all(c.isdigit() or c in ".%()/:;=-+" for c in token)
