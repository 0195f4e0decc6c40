"""The round that a sheet's name, a title or a file's name speaks of."""

from __future__ import annotations

import re

from scevaluation.period import PARTS, Period

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_WORDS = {"satu": 1, "kesatu": 1, "pertama": 1, "first": 1, "dua": 2, "kedua": 2, "second": 2}
_WORDS |= {"tiga": 3, "ketiga": 3, "third": 3, "empat": 4, "keempat": 4, "fourth": 4}
_NUMBER = "|".join((*_WORDS, "iv|iii|ii|i|[1-4]"))
_PLAIN = re.compile(r"(?<![0-9])(20[0-9]{2})[ _-]?([sq])([1-4])(?![0-9])")
_WHOLE = re.compile(r"(20[0-9]{2})[ ._/-]0?([1-4])")
_BEHIND = re.compile(r"(?<![a-z0-9])([sq])([1-4])[ /_-](20[0-9]{2})(?![0-9])")
_HALVES = re.compile(r"\b(jan(?:uari|uary)?|jul[iy]?) ?(?:-|\u2013|s\.?/?d\.?|sampai|to|hingga) ?(juni?e?|des(?:ember)?|dec(?:ember)?)\b")
_HALF = {("jan", "jun"): 1, ("jul", "des"): 2, ("jul", "dec"): 2}
_PART = re.compile(
    rf"\b(semester|sem|smt|tahap|triwulan|tw|kuartal|quarter)\.? ?(?:ke-?)?({_NUMBER})\b"
    r"(?! ?(?:dan|and|&|,|-|/|s/d|sampai) ?(?:iv|iii|ii|i|[1-4])\b)"
)
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_LAW = r"(?:peraturan|perda|perbup|perwal|perpres|permen\w*|keputusan|undang|uu|sk|rpjmd|rkpd|anggaran)"
_TITLE = re.compile(rf"(?!.*\b{_LAW}\b)[^0-9]*\b(?:tahun|year) 20[0-9]{{2}}[^0-9]*")
_QUARTERS = ("triwulan", "tw", "kuartal", "quarter")


def round_said(text: str, calendar: str, whole: bool = False) -> str:
    """A round such as "2018-S1", a year such as "2018", or "" if a text names neither, or several.

    The calendar, "S" or "Q", is what a bare number beside a year counts; beside "Y" it counts nothing. `whole` says that the text is
    a name of its own, such as a sheet's, in which "2018" and "2018-1" name a round. In a title a year alone counts where it is the
    only number and no law's or plan's.

    >>> round_said("HASIL EVALUASI SEMESTER I TAHUN 2018", "S")
    '2018-S1'
    """
    low = " ".join(text.casefold().split())
    found = {f"{y}-{kind.upper()}{n}" for y, kind, n in _PLAIN.findall(low)}
    found |= {f"{y}-{kind.upper()}{n}" for kind, n, y in _BEHIND.findall(low)}
    bare = _WHOLE.fullmatch(low) if whole else None
    if bare and calendar != "Y":
        found.add(f"{bare[1]}-{calendar}{bare[2]}")
    parts = {(("Q" if word in _QUARTERS else "S"), _ROMAN.get(n) or _WORDS.get(n) or int(n)) for word, n in _PART.findall(low)}
    halves = {_HALF.get((first[:3], last[:3])) for first, last in _HALVES.findall(low)}
    parts = parts or {("S", n) for n in halves if n}
    years = set(_YEAR.findall(low))
    if not found and len(parts) == len(years) == 1:
        (kind, n), year = parts.pop(), years.pop()
        found.add(f"{year}-{kind}{n}")
    elif not found and len(years) == 1 and not parts and ((whole and low in years) or _TITLE.fullmatch(low)):
        return years.pop()
    named = {r for r in found if int(r[-1]) <= PARTS[r[5]]}
    return named.pop() if len(named) == 1 else ""


def same_round(said: str, round_name: str) -> bool:
    """Whether what is said may be the round: the same, or its year."""
    return said in ("", round_name) or said == str(Period(round_name).year)
