"""What is wrong with a file: rows of ISSUES as plain dicts, and the sentences of fact and remedy made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeVar

from scevaluation.errors import EvaluationError, UnknownName
from scevaluation.words import CHECK, LANGUAGES, Words, capital, words

NUMERIC = (
    "off_scale", "zero_score", "off_grid", "sum_differs", "published_far", "out_of_history", "score_and_status",
)  # numbers that the gate itself writes  # fmt: skip
OWN = ("number_tidied", "unit_dropped", "percent_read", "percent_scale", "shown_differs", "correct_same")  # what was read of them
WRITTEN = (
    "text_for_number", "row_unknown", "close_match", "unknown_agency", "unknown_indicator", "unknown_status", "unknown_source",
)  # what somebody wrote into a cell: of several words it stands in quotes, or it would be read as part of the sentence
MOST = 10  # issues that an error's text names
E = TypeVar("E", bound=EvaluationError)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")


def clean_text(value, longest: int = 2000) -> str:
    """A cell's text as inert text: control characters dropped, spaces folded, cut at `longest`."""
    if value is None:
        return ""
    text = str(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return _SPACES.sub(" ", text).strip()[:longest]


@lru_cache(4096)
def near(text: str, known: tuple[str, ...], most: int = 3, least: float = 0.6) -> list[str]:
    """The known names that come near a written one, the nearest first: what it may have been meant as, never taken for it."""
    return get_close_matches(text, known, most, least)


def nearest(name: str, known: Iterable[str], most: int = 12) -> list[str]:
    """Of the names known those most like `name` first, then the others.

    >>> nearest("helth", ["roads", "health"])
    ['health', 'roads']
    """
    names = tuple(dict.fromkeys(known))
    return list(dict.fromkeys([*near(str(name), names, 5, 0.5), *names]))[:most]


def issue(file: str, cell: str, problem: str, severity: str = "error", found="", expected="", remedy="correct_cell") -> dict:
    """A row of ISSUES: `problem` and `remedy` are keys of words, `found` and `expected` become inert text."""
    said = {"found": clean_text(found, 120), "expected": clean_text(expected, 300)}
    return {"file": file, "cell": cell, "problem": problem, "severity": severity, **said, "remedy": remedy}


def errors_of(issues: Iterable[dict]) -> list[dict]:
    """Those that stop."""
    return [i for i in issues if i["severity"] == "error"]


def count(issues: Iterable[dict], severity: str) -> int:
    """How many issues of a severity there are, those that are only counted too."""
    return sum(int(i["found"]) if i["problem"] == "more" else 1 for i in issues if i["severity"] == severity)


def refusal(kind: type[E], issues: Sequence[dict]) -> E:
    """The error of a class that stands for issues: of one its sentence, of several the first and their number.

    Its text is English; `told` says it in the reader's language.
    """
    fact, remedy = _told(issues, words("en", CHECK))
    return kind(fact, remedy, tuple(issues))


def unknown(name: str, known: Iterable[str], where: str = "", problem: str = "none_of") -> EvaluationError:
    """The error that a name is none of those known, which it lists, the nearest first."""
    shown = ", ".join(nearest(name, known)) or "\u2013"
    return refusal(UnknownName, [issue(where, "", problem, "error", name, shown, "choose_known")])


def told(error: EvaluationError, w: Words) -> tuple[str, str]:
    """An error as its sentences of fact and remedy, in the language of `w` where it stands for issues."""
    return _told(error.issues, w) if error.issues else (error.fact, error.remedy)


@contextmanager
def spoken(lang: str) -> Iterator[None]:
    """Within it an error is also said in that language, for a reader at a notebook; its own text stays English."""
    try:
        yield
    except EvaluationError as error:
        if error.issues and lang in LANGUAGES:
            error.said = " ".join(told(error, words(lang, CHECK)))
        raise


def _told(issues: Sequence[dict], w: Words) -> tuple[str, str]:
    if len(issues) == 1:
        return sentence(issues[0], w), w("remedy." + issues[0]["remedy"])
    lines = "\n".join(describe(i, w) for i in issues[:MOST])
    return w("issues.several", file=issues[0]["file"], n=w.num(len(issues), 0)) + "\n" + lines, w("issues.correct_all")


def describe(found: dict, w: Words, place: bool = True) -> str:
    """One sentence of fact and one of remedy for a row of ISSUES, behind file and cell if `place`."""
    return f"{sentence(found, w, place)} {w('remedy.' + found['remedy'])}".strip()


def sentence(found: dict, w: Words, place: bool = True) -> str:
    """The sentence of fact alone; an issue of no file, such as what was typed as a command, has no place."""
    where = f"{found['file']}, {w.place(found['cell'])}" if found["cell"] else found["file"]
    fact = w(f"issue.{found['problem']}", **_places(found, w))
    return f"{where}: {fact}" if place and where else capital(fact)


def _places(found: dict, w: Words) -> dict[str, str]:
    """The places of an issue's sentence; our own numbers in the language's form, what was found in a cell as it stands there."""
    places = {"found": found["found"], "expected": found["expected"]}
    if found["problem"] in ("straight_lining", "not_reported"):
        share, _, value = found["found"].partition(" = ")
        places["part"], _, places["whole"] = share.partition("/")
        places["value"] = w.marks(value)
    if found["problem"] in WRITTEN and " " in found["found"]:
        places["found"] = f"\u201c{found['found']}\u201d"
    own = ("found", "expected") if found["problem"] in NUMERIC else ("expected",) if found["problem"] in OWN else ()
    return places | {key: w.marks(places[key]) for key in own}
