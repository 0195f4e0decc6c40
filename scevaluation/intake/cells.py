"""Dirty values: what people write into a cell, made into a number or named as a problem; nothing is ever evaluated."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from scevaluation.errors import IntakeError
from scevaluation.grid.cell import Cell
from scevaluation.issues import clean_text, issue, refusal

_SPACES = re.compile(r"[ \u00a0\u202f\u2009]+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,'])[0-9]{3})(?:\1[0-9]{3})*")
_BLANKS = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_THREE = re.compile(r"[+-]?[0-9]{1,3}([.,])[0-9]{3}")
LONGEST = 40
NEVER, ASK = "never", "ask"


def _bare(text: str) -> str:
    """A text for comparison with words of nothing: small letters, no blanks."""
    return re.sub(r"\s+", "", text).lower()


MISSING = frozenset(
    map(_bare, ("", "-", "--", "\u2013", "\u2014", "n/a", "na", "n.a.", "nihil", "kosong", "tidak ada", "belum ada", "null", "none", "nan"))
)


class Parsed(NamedTuple):
    """A number (None if missing or unreadable), the problem's name ('' if none), and whether the text was tidied."""

    value: float | None
    problem: str = ""
    tidied: bool = False


def parse_number(value, thousands: str = NEVER) -> Parsed:
    """A cell's value as a number.

    A comma or point that is followed by other than three digits is a decimal mark; where both stand, the last one is
    the decimal mark. "1.234" with three digits behind one mark is a decimal on scales that end below 1,000, where it can be
    nothing else; on longer ones the rest of its column tells: see `thousands_of`. Blanks stand between groups of three digits
    only, and never a line break. `thousands` is "never"; the mark that groups thousands in this column, "." or ","; or "ask" if it
    cannot be told. The problem is "" or one of text_for_number, not_finite, ambiguous_number.
    """
    if value is None or value != value:
        return Parsed(None)
    if isinstance(value, str):
        return _parse_text(value, thousands)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Parsed(None, "text_for_number")
    return Parsed(float(value)) if math.isfinite(value) else Parsed(None, "not_finite")


def _parse_text(text: str, thousands: str) -> Parsed:
    if _bare(text) in MISSING:
        return Parsed(None)
    number = _SPACES.sub(" ", text).strip()
    if len(number) > LONGEST or not number.isprintable():
        return Parsed(None, "text_for_number")
    number = number.replace("\u2212", "-").replace("\u2013", "-")
    bare = re.sub(r"^rp\.? ?", "", number, flags=re.IGNORECASE).removesuffix("%").rstrip()
    sign = -1.0 if bare.startswith("-") else 1.0
    bare = bare[1:] if bare[:1] in "+-" else bare
    if _BLANKS.fullmatch(bare):
        bare = bare.replace(" ", "")
    if not re.fullmatch(r"[0-9][0-9.,']*|[.,][0-9]+", bare, re.ASCII):
        return Parsed(None, "text_for_number")
    if thousands == ASK and _THREE.fullmatch(bare):
        return Parsed(None, "ambiguous_number")
    digits = _marks(bare, thousands)
    if digits is None:
        return Parsed(None, "text_for_number")
    return Parsed(sign * float(digits), "", tidied=text.strip() != ("-" if sign < 0 else "") + digits)


def _marks(bare: str, thousands: str) -> str | None:
    """Digits with one decimal point, or None if the marks make no number."""
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        decimal, group = (",", ".") if comma > point else (".", ",")
        whole, _, rest = bare.rpartition(decimal)
        if decimal in whole or not _GROUPED.fullmatch(whole) or "'" in bare or group in rest:
            return None
        return whole.replace(group, "") + "." + (rest or "0")
    mark = "," if comma >= 0 else "."
    if bare.count(mark) > 1 or "'" in bare or (mark == thousands and _THREE.fullmatch(bare)):
        return re.sub(r"[.,']", "", bare) if _GROUPED.fullmatch(bare) else None
    bare = bare.replace(",", ".").removesuffix(".")
    return "0" + bare if bare.startswith(".") else bare or None


def thousands_of(texts: Iterable[str]) -> str:
    """The mark that groups thousands in a column of a scale that passes 1,000: ".", ",", "never", or "ask" if nothing tells.

    >>> thousands_of(["1.500", "1.250.000"])
    '.'
    """
    groups, decimals = set(), set()
    for text in texts:
        marks = re.sub(r"[^.,]", "", text)
        if len(set(marks)) == 2:
            groups.add(marks[0])
            decimals.add(marks[-1])
        elif len(marks) > 1:
            groups.add(marks[0])
        elif marks and not _THREE.fullmatch(text.strip()):
            decimals.add(marks)
    if groups & decimals or len(groups) > 1 or len(decimals) > 1:
        return ASK
    if groups:
        return groups.pop()
    return {",": ".", ".": ","}[decimals.pop()] if decimals else ASK


def written(cell: Cell | None, longest: int = 2000) -> str:
    """A cell as inert text: numbers in full, days as 2025-06-30."""
    if cell is None or cell.value is None:
        return ""
    value = cell.value
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.isoformat() if isinstance(value, date) else clean_text(value, longest)


_MONTHS = (
    "jan januari january;feb februari february;mar maret march;apr april;mei may;jun juni june;jul juli july;"
    "agu agustus agt aug august;sep sept september;okt oktober oct october;nov november nop nopember;des desember dec december"
)
MONTHS = {name: n for n, names in enumerate(_MONTHS.split(";"), 1) for name in names.split()}


def parse_date(value) -> date | None:
    """A day as people write it, in Indonesian or English; None if it is none.

    Digits alone are read as day, month, year, as Indonesians write them, or as year-month-day.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    parts = re.findall(r"[A-Za-z]+|\d+", clean_text(value, LONGEST)) if isinstance(value, str) else []
    weekdays = ("senin", "selasa", "rabu", "kamis", "jumat", "jum", "at", "sabtu", "minggu")
    parts = [p for p in parts if p.lower() not in weekdays and not p.lower().endswith("day")]
    if len(parts) > 3 and len(parts[0]) == 4 and not any(p.strip("0") for p in parts[3:] if p.isdigit()):
        parts = parts[:3]
    if len(parts) != 3:
        return None
    first, month, last = parts
    if not first.isdigit():
        first, month = month, first
    number = int(month) if month.isdigit() else MONTHS.get(month.lower(), 0)
    year, day = (first, last) if len(first) == 4 else (last, first)
    if not (len(year) == 4 and year.isdigit() and day.isdigit()):
        return None
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def day_or_today(text: str) -> date:
    """A day given to a command, or today if none is.

    Raises
    ------
    IntakeError
        If the text is no day.
    """
    if not text:
        return date.today()
    day = parse_date(text)
    if day is None:
        raise refusal(IntakeError, [issue("", "", "no_date", "error", clean_text(text, 40), "", "write_day")])
    return day
