"""Dirty values: what people write into a cell, made into a number or named as a problem; nothing is ever evaluated."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from scevaluation.errors import IntakeError
from scevaluation.issues import clean_text

MISSING = {
    "",
    "-",
    "--",
    "\u2013",
    "\u2014",
    "n/a",
    "na",
    "n.a.",
    "nihil",
    "kosong",
    "tidak ada",
    "belum ada",
    "null",
    "none",
    "nan",
}
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_GROUPED = re.compile(r"^\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*$")
LONGEST = 40


class Parsed(NamedTuple):
    """A number (None if missing or unreadable), the problem's name ('' if none), and whether the text was tidied."""

    value: float | None
    problem: str = ""
    tidied: bool = False


def parse_number(value) -> Parsed:
    """A cell's value as a number.

    A comma or point that is followed by other than three digits is a decimal mark; where both stand, the last one is
    the decimal mark. "1.234" with three digits behind one mark is ambiguous: on scales that end below 1,000 it can
    only be a decimal, so it is read as 1.234.

    Parameters
    ----------
    value : object
        What the file holds: number, text, bool, None.

    Returns
    -------
    Parsed
        `problem` is "" or one of text_for_number, not_finite.
    """
    if value is None:
        return Parsed(None)
    if isinstance(value, bool):
        return Parsed(None, "text_for_number")
    if isinstance(value, int | float):
        number = float(value)
        if math.isnan(number):
            return Parsed(None)
        return Parsed(number) if math.isfinite(number) else Parsed(None, "not_finite")
    if not isinstance(value, str):
        return Parsed(None, "text_for_number")
    return _parse_text(value)


def _parse_text(text: str) -> Parsed:
    bare = _SPACES.sub("", text).lower()
    if bare in {_SPACES.sub("", m) for m in MISSING}:
        return Parsed(None)
    if len(bare) > LONGEST:
        return Parsed(None, "text_for_number")
    bare = bare.replace("\u2212", "-").replace("\u2013", "-").removeprefix("rp").removeprefix(".").removesuffix("%")
    sign = -1.0 if bare.startswith("-") else 1.0
    bare = bare.lstrip("+-") if bare[:1] in "+-" else bare
    if not re.fullmatch(r"[0-9][0-9.,']*|[.,][0-9]+", bare, re.ASCII):
        return Parsed(None, "text_for_number")
    number = _marks(bare)
    if number is None:
        return Parsed(None, "text_for_number")
    value = sign * float(number)
    return Parsed(value, "", tidied=text.strip() != number)


def _marks(bare: str) -> str | None:
    """Digits with one decimal point, or None if the marks make no number."""
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        decimal, group = (",", ".") if comma > point else (".", ",")
        whole, _, rest = bare.rpartition(decimal)
        if decimal in whole or not _GROUPED.match(whole) or "'" in bare or group in rest:
            return None
        return whole.replace(group, "") + "." + (rest or "0")
    mark = "," if comma >= 0 else "."
    if bare.count(mark) > 1 or "'" in bare:
        return re.sub(r"[.,']", "", bare) if _GROUPED.match(bare) else None
    return bare.replace(",", ".").removesuffix(".") or None


def separator(text: str) -> str:
    """What parts the cells of a table in text: the semicolon where its first line has more of them than commas."""
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def stored(sheet) -> Iterable:
    """The cells that a sheet of openpyxl holds.

    It has no public way to them alone: `iter_rows` makes every cell up to the last, and for one stray cell in row 5,000 and
    column 1,000 takes 13 s.
    """
    return sheet._cells.values()


MONTHS = {
    name: n
    for n, names in enumerate(
        ("jan januari january", "feb februari february", "mar maret march", "apr april", "mei may", "jun juni june",
         "jul juli july", "agu agustus agt aug august", "sep sept september", "okt oktober oct october",
         "nov november nop nopember", "des desember dec december"),
        1,
    )
    for name in names.split()
}  # fmt: skip


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
        raise IntakeError(f"{text[:40]!r} is no day.", "Write it as 2025-06-30.")
    return day
