"""What a public report may not hold: who assessed, and what people wrote."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.place import sha256
from scevaluation.programme import Programme

ASSESSOR = "assessor:"
HIDDEN = "\u2026"


def letters(sources) -> dict[str, str]:
    """A letter for every assessor among sources; in an order that does not follow their names.

    >>> letters(["assessor:x", "final"])
    {'assessor:x': 'assessor:A'}
    """
    names = sorted({s for s in sources if s.startswith(ASSESSOR)}, key=sha256)
    return {name: ASSESSOR + _letter(n) for n, name in enumerate(names)}


def _letter(n: int) -> str:
    return (_letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)


def redacted(scores: pd.DataFrame, issues: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """SCORES and ISSUES without assessors' names, evidence, and texts quoted from files; every figure stays.

    What an issue found is kept where it holds figures and the codes of indicators and agencies alone. The file and cell of
    a score are kept where the file is called after its round; a returned form may be called after who filled it in.
    """
    called = letters(scores["source"].unique())
    known = {*scores["indicator"], *scores["agency"]}
    rounds = set(scores["round"])
    plain = np.array([all(_plain(t, known) for t in text.replace(",", " ").split()) for text in issues["found"]], bool)
    own = [file.partition(".")[0] == name for file, name in zip(scores["file"], scores["round"], strict=True)]
    stem = np.array([file.partition(".")[0] in rounds for file in issues["file"]], bool)
    where = {"file": scores["file"].where(own, HIDDEN), "cell": scores["cell"].where(own, "")}
    return scores.assign(source=scores["source"].replace(called), evidence="", **where), issues.assign(
        file=issues["file"].where(stem, HIDDEN),
        cell=issues["cell"].map(lambda text: _called(text, called)).where(stem, ""),
        found=issues["found"].where(plain, HIDDEN),
        expected=issues["expected"].map(lambda text: _called(text, called)),
    )


def unsigned(programme: Programme) -> Programme:
    """The programme without what people wrote and said about it and its rounds; one made from the ministry's letters keeps them."""
    if programme.official:
        return programme
    rounds = tuple(r.model_copy(update={"note": None}) for r in programme.rounds)
    bare = programme.model_copy(update={"notes": (), "statement": None, "rounds": rounds})
    for name in set(vars(bare)) - set(type(programme).model_fields):
        del vars(bare)[name]  # what the other remembers of its own rounds
    return bare


def _called(text: str, names: dict[str, str]) -> str:
    """A text with assessors called by their letters; the longest names first, since one may begin another."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, names[name])
    return text


def _plain(token: str, known: set[str]) -> bool:
    return token in known or all(c.isdigit() or c in ".%()/:;=-+" for c in token)
