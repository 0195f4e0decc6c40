"""One sheet while it is read, as plain tuples that go cheaply from process to process; standard library only."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta

from scevaluation.grid.cell import Look
from scevaluation.grid.formats import day, look_of, parsed, section_of
from scevaluation.grid.limits import CELLS, COLUMNS, ROWS, Refused

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
WIDEST_LINK = 1000  # cells of one link


class Looks:
    """Every look of a workbook once, by its number."""

    def __init__(self):
        self.all: dict[Look, int] = {}

    def number(self, look: Look) -> int:
        return self.all.setdefault(look, len(self.all))


class Style:
    """One style of a workbook: its looks by value, each worked out once."""

    def __init__(self, looks: Looks, code: str = "General", fill: str = "", struck: bool = False, raised: bool = False):
        self.looks, self.given = looks, (code, fill, struck, raised)
        self.code = code
        self.plain = parsed(code).plain
        self.moment = any(s.kind in ("date", "time") for s in parsed(code).sections)
        self.text = looks.number(look_of(*self.given))
        self.number = looks.number(look_of(*self.given, 1.0)) if self.plain else -1

    def look(self, value: float) -> int:
        """The number of the look of a number."""
        return self.number if self.plain else self.looks.number(look_of(*self.given, value))


class Budget:
    """How many filled cells a workbook may still have, over all its sheets."""

    def __init__(self, left: int = CELLS):
        self.left = left

    def take(self, count: int = 1) -> None:
        self.left -= count
        if self.left < 0:
            raise Refused("file_too_many_cells", f"{CELLS}", "only_the_table")


class Sheet:
    """What is found of one sheet: filled cells and what belongs to them."""

    def __init__(self, name: str, budget: Budget, hidden: bool = False):
        self.name, self.budget, self.hidden = name, budget, hidden
        self.rows: dict[int, dict[int, tuple]] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.comments: dict[tuple[int, int], str] = {}
        self.links: dict[tuple[int, int], str] = {}
        self.twice: set[tuple[int, int]] = set()

    def put(self, row: int, column: int, cell: tuple) -> None:
        """A filled cell: value, kind, look, and if there are any, formula, struck and raised parts."""
        if not (0 <= row < ROWS and 0 <= column < COLUMNS):
            raise Refused("file_bad_cell", f"{self.name[:30]}, {row + 1}")
        line = self.rows.get(row)
        if line is None:
            line = self.rows[row] = {}
        elif column in line:
            self.twice.add((row, column))
        line[column] = cell
        self.budget.take()

    def comment(self, place: tuple[int, int] | None, text: str) -> None:
        if place and text.strip():
            self.budget.take()
            before = self.comments.get(place)
            self.comments[place] = text if before is None else f"{before}\n{text}"

    def link(self, area: tuple[int, int, int, int] | None, address: str) -> None:
        if area is None or not address:
            return
        top, left, bottom, right = area
        if (bottom - top + 1) * (right - left + 1) > WIDEST_LINK:
            bottom, right = top, left
        self.budget.take((bottom - top + 1) * (right - left + 1))
        self.links |= {(r, c): address for r in range(top, bottom + 1) for c in range(left, right + 1)}

    def merge(self, area: tuple[int, int, int, int] | None) -> None:
        if area and area[:2] != area[2:]:
            self.budget.take()
            self.merged.append(area)

    def plain(self) -> tuple:
        """As marshal takes it; of hidden rows and columns only those with filled cells."""
        columns = sorted({c for line in self.rows.values() for c in line}) if self.hidden_columns else []
        gone = tuple(c for c in columns if any(first <= c <= last for first, last in self.hidden_columns))
        rows = tuple(sorted(self.hidden_rows & self.rows.keys()))
        rest = (tuple(self.merged), self.comments, self.links, tuple(sorted(self.twice)))
        return (self.name, dict(sorted(self.rows.items())), self.hidden, rows, gone, *rest)


def place(reference: str) -> tuple[int, int] | None:
    """Row and column of a reference such as C5, counted from 0; None if it is none."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def area(reference: str) -> tuple[int, int, int, int] | None:
    """An area such as A1:B2, or one cell; None if it is none."""
    first, _, last = reference.partition(":")
    start, end = place(first), place(last or first)
    if start is None or end is None:
        return None
    rows, columns = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return rows[0], columns[0], rows[1], columns[1]


def number(text: str) -> float | None:
    """A finite number as a file stores it; None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def moment(value: float, code: str, from_1904: bool = False) -> object:
    """A number as the date, time or span that its format makes of it; the number itself where there is no such day."""
    section = section_of(code, value)
    if section is None or section.kind not in ("date", "time"):
        return value
    try:
        if section.elapsed:
            return timedelta(milliseconds=round(value * 86_400_000))
        if value < 0:
            return value
        when = day(value, from_1904)
    except OverflowError:
        return value
    if section.kind == "time" and value < 1:
        return when.time()
    return when if section.clock or when.time() != time.min else when.date()


def numeric(found: float, style: Style, from_1904: bool) -> tuple:
    """A stored number as value, kind and look: a number, or the day or time that its format makes of it."""
    look = style.look(found)
    if not style.moment:
        return found, "number", look
    when = moment(found, style.code, from_1904)
    return packed(when), "number" if when is found else "date", look


def packed(value: object) -> object:
    """A day, time or span as numbers that marshal takes."""
    if isinstance(value, datetime):
        return (*value.timetuple()[:6], value.microsecond)
    if isinstance(value, date):
        return value.year, value.month, value.day
    if isinstance(value, time):
        return value.hour, value.minute, value.second, value.microsecond
    return (value.days, value.seconds * 1_000_000 + value.microseconds) if isinstance(value, timedelta) else value


def unpacked(value: object) -> object:
    """The other way round of `packed`."""
    if not isinstance(value, tuple):
        return value
    if len(value) == 2:
        return timedelta(days=value[0], microseconds=value[1])
    return {3: date, 4: time, 7: datetime}[len(value)](*value)


def unescaped(text: str) -> str:
    """Letters that a workbook writes as _x000D_."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
