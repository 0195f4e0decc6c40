"""A programme as everybody may see it: typed fields, and of the free texts those that somebody said yes to.

What is not listed in `TYPED` is free: it is left out, or stands as three dots, until its own yes is stored (see `release`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scevaluation.place import sha256
from scevaluation.programme import Programme
from scevaluation.words import LANGUAGES, words

if TYPE_CHECKING:
    import pandas as pd

HIDDEN = "\u2026"
PUBLISHED = ("official/", "context/", "instruments/")  # folders of data/ that are no programme's
# Fields whose values are closed (rounds, days, numbers, codes, names of offices): what else a programme's files hold is free text.
TYPED = {
    "programme": ("region_label", "cohort", "cycles.label", "rounds.label", "agencies.label"),
    "events": ("start", "end", "kind", "sectors", "adjust", "lasts"),
    "recommendations": ("raised", "agency", "sector", "due", "status", "closed", "indicator", "cost"),
    "programmes": ("agency", "sectors", "dimension", "first_year", "last_year", "statistics", "seen"),
    "answers": ("region", "round", "item", "answer", "respondent", "cell"),
    "survey": ("region", "round", "item", "n", "mean", "sd"),
}
_FILES = re.compile(r"(?:programme|source)\.yaml|(?:events|targets|recommendations|programmes|survey|public)\.csv")
_OF_ROUND = re.compile(r"(?:survey-|rounds/)?(?:[^/]+/)?[\w-]+\.(?:csv|xlsx|ods)")
_ID = re.compile(r"[A-Za-z]{0,3}[-. ]?\d{1,5}")


class Public(Programme):
    """A programme without the free texts nobody said yes to; `allowed` are the marks of those somebody did."""

    allowed: frozenset[str]

    def tells(self, text: str) -> bool:
        """Whether a free text may be told to everybody."""
        return text == "" or mark(text) in self.allowed


def mark(text: str) -> str:
    """What a text is kept by: a letter and the beginning of its hash, which no spreadsheet takes for a number.

    >>> mark("Umumkan daftar jalan prioritas")
    'h7ec5a0b6b1c2b8f0'
    """
    return "h" + sha256(text)[:16]


def both(one: str, other: str) -> str:
    """A text in two languages as one, which is asked about once."""
    return one if one == other or not other else other if not one else f"{one} / {other}"


def recommendations(rows: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """Recommendations as a programme may tell of them: one without a yes is called by its number."""
    if not isinstance(programme, Public) or rows.empty:
        return rows
    numbered = [f"R{n}" for n in range(1, len(rows) + 1)]
    ids = list(rows["id"]) if all(map(_ID.fullmatch, rows["id"])) else numbered
    told = [programme.tells(both(a, b)) for a, b in zip(rows["text_id"], rows["text_en"], strict=True)]
    out = rows[["id", *TYPED["recommendations"]]].assign(id=ids, agency=_agencies(rows["agency"], programme), evidence="")
    for lang in LANGUAGES:
        bare = [words(lang)("public.recommendation", id=i) for i in ids]
        out[f"text_{lang}"] = [t if ok else b for t, ok, b in zip(rows[f"text_{lang}"], told, bare, strict=True)]
    return out[[c for c in rows.columns if c in out]]


def programmes(rows: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """Programmes of agencies as a programme may tell of them."""
    if not isinstance(programme, Public) or rows.empty:
        return rows
    told = [programme.tells(both(a, b)) for a, b in zip(rows["status"], rows["status_en"], strict=True)]
    status = {c: rows[c].where(told, HIDDEN) for c in ("status", "status_en")}
    names = {"programme": masked(rows["programme"], programme), "agency": _agencies(rows["agency"], programme)}
    out = rows[list(TYPED["programmes"])].assign(source="", **names, **status)
    return out[[c for c in rows.columns if c in out]]


def answers(rows: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """ANSWERS as a programme may tell of them: a unit or group without a yes has a number for a name."""
    if not isinstance(programme, Public) or rows.empty:
        return rows
    return rows.assign(**{c: masked(rows[c], programme) for c in rows.columns if c not in (*TYPED["answers"], "file")})


def survey(rows: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """SURVEY as a programme may tell of it."""
    if not isinstance(programme, Public) or rows.empty:
        return rows
    return rows.assign(source=[s if re.fullmatch(r"survey-[\w-]+\.csv", s) or programme.tells(s) else HIDDEN for s in rows["source"]])


def provenance(hashes: dict[str, str], programme: Programme) -> dict[str, str]:
    """Hashes of a programme's inputs, where a file that is not called by its place has a number for a name."""
    if not isinstance(programme, Public):
        return hashes
    own, out = f"programmes/{programme.id}/", dict[str, str]()
    for name, digest in hashes.items():
        rest = name.removeprefix(own)
        of_round = _OF_ROUND.fullmatch(rest) and any(r in rest for r in programme.states)
        known = name.startswith(PUBLISHED) or _FILES.fullmatch(rest) or of_round
        out[name if known else f"{own}{HIDDEN} {len(out) + 1}"] = digest
    return out


def masked(column: pd.Series, programme: Public) -> pd.Series:
    """A column's texts, those without a yes as dots and a number, equal ones equal (small letters, what is in brackets left out)."""
    keys = [" ".join(re.findall(r"\w+", re.sub(r"\([^)]*\)", " ", t).casefold())) for t in column]
    order = {k: n for n, k in enumerate(dict.fromkeys(keys), 1)}
    return column.where([programme.tells(t) for t in column], [f"{HIDDEN} {order[k]}" for k in keys])


def _agencies(column: pd.Series, programme: Public) -> pd.Series:
    """Agencies the programme knows; others without a yes are masked."""
    known = column.isin([a.id for a in programme.agencies])
    return column.where(known, masked(column, programme))
