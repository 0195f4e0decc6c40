"""What a public report may not hold: who assessed, and what people wrote."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.intake.public import HIDDEN, Public
from scevaluation.place import sha256
from scevaluation.programme import Programme

ASSESSOR = "assessor:"


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
    own = [file.partition(".")[0] == name for file, name in zip(scores["file"], scores["round"], strict=True)]
    where = {"file": scores["file"].where(own, HIDDEN), "cell": scores["cell"].where(own, "")}
    told = scores.assign(source=scores["source"].replace(called), evidence="", **where)
    return told, _issues(issues, {*scores["indicator"], *scores["agency"]}, set(scores["round"]), called)


def told_issues(issues: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """ISSUES of a programme's surveys as everybody may see them; as they are where the programme is not `Public`."""
    if not isinstance(programme, Public):
        return issues
    return _issues(issues, {a.id for a in programme.agencies}, set(programme.states), {})


def _issues(issues: pd.DataFrame, known: set[str], rounds: set[str], called: dict[str, str]) -> pd.DataFrame:
    plain = np.array([all(_plain(t, known) for t in text.replace(",", " ").split()) for text in issues["found"]], bool)
    stem = np.array([file.partition(".")[0].removeprefix("survey-") in {*rounds, "survey"} for file in issues["file"]], bool)
    return issues.assign(
        file=issues["file"].where(stem, HIDDEN),
        cell=issues["cell"].map(lambda text: _called(text, called)).where(stem, ""),
        found=issues["found"].where(plain, HIDDEN),
        expected=issues["expected"].map(lambda text: _called(text, called)),
    )


def _called(text: str, names: dict[str, str]) -> str:
    """A text with assessors called by their letters; the longest names first, since one may begin another."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, names[name])
    return text


def _plain(token: str, known: set[str]) -> bool:
    return token.strip("()") in known or all(c.isdigit() or c in ".%()/:;=-+" for c in token)
