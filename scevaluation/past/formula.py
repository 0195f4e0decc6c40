"""What a sheet's own formulas give of the cells as they are stored: sums, means and products, as a spreadsheet works them out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from scevaluation.grid.cell import Cell, column_of
from scevaluation.past.layout import View

Place = tuple[str, int, int]
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<sheet>'[^']+'!|[A-Za-z_][\w.]*!)?\$?(?P<c1>[A-Z]{1,3})\$?(?P<r1>\d+)(?::\$?(?P<c2>[A-Z]{1,3})\$?(?P<r2>\d+))?"
    r"(?![\w(])|(?P<name>[A-Z][A-Z0-9.]*)\(|(?P<mark>[-+*/(),;%^]))"
)
_DEEP = 30
_MANY = 20_000


class Unknown(Exception):
    """A formula with more than sums, means and products."""


class Failed(Exception):
    """What a spreadsheet shows as an error: a text where a number belongs, a division by zero."""


class Formulas:
    """The formulas of a workbook."""

    def __init__(self, views: Mapping[str, View]):
        self.views = views
        self._known: dict[Place, float | None] = {}

    def cell(self, place: Place) -> Cell | None:
        """A stored cell; None if it is empty."""
        view = self.views.get(place[0])
        return view.grid.rows.get(place[1], {}).get(place[2]) if view else None

    def refers(self, place: Place) -> list[Place]:
        """The filled cells that a cell's formula reads itself."""
        cell = self.cell(place)
        if cell is None or not cell.formula:
            return []
        try:
            found = [p for m in _tokens(cell.formula) if m["c1"] for p in _area(m, place[0])]
        except Unknown:
            return []
        return [p for p in dict.fromkeys(found) if self.cell(p) is not None]

    def leaves(self, place: Place, deep: int = 0) -> list[Place]:
        """The cells without a formula that a cell's formula reads in the end."""
        below = self.refers(place)
        if not below or deep > _DEEP:
            return [place] if deep else []
        return list(dict.fromkeys(leaf for p in below for leaf in self.leaves(p, deep + 1)))

    def now(self, place: Place) -> float | None:
        """What a cell's formula gives of the cells as they are stored; None if it is an error, or not understood."""
        try:
            return _number(self._value(place, {}, 0))
        except (Unknown, Failed, RecursionError):
            return None

    def slope(self, place: Place, of: Place) -> float | None:
        """By how much a formula's value grows with a cell that it reads; None if that is not told."""
        cell = self.cell(place)
        if cell is None or not cell.formula:
            return None
        try:
            both = [_Reader(self, cell.formula, place[0], {of: x}, 0).result() for x in (1.0, 2.0)]
        except (Unknown, Failed, RecursionError):
            return None
        return both[1] - both[0]

    def _value(self, place: Place, given: Mapping[Place, float], deep: int):
        if place in given:
            return given[place]
        cell = self.cell(place)
        if cell is None:
            return None
        if not cell.formula:
            if cell.kind == "error":
                raise Failed
            return cell.value if cell.kind in ("number", "text", "bool") else None
        if given:
            return cell.value if cell.kind == "number" else 0.0
        if place not in self._known:
            if deep > _DEEP:
                raise Unknown
            self._known[place] = None
            self._known[place] = _Reader(self, cell.formula, place[0], {}, deep + 1).result()
        found = self._known[place]
        if found is None:
            raise Failed
        return found


def _tokens(formula: str) -> Iterator[re.Match]:
    text, at = formula.lstrip("=").strip(), 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unknown
        yield found
        at = found.end()


def _area(found: re.Match, sheet: str) -> list[Place]:
    name = (found["sheet"] or "").rstrip("!").strip("'") or sheet
    top, left = int(found["r1"]) - 1, column_of(found["c1"])
    bottom, right = (int(found["r2"]) - 1, column_of(found["c2"])) if found["c2"] else (top, left)
    if (bottom - top + 1) * (right - left + 1) > _MANY:
        raise Unknown
    return [(name, r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]


def _number(value) -> float:
    """A value beside an operator."""
    if isinstance(value, list):
        if len(value) != 1:
            raise Unknown
        value = value[0]
    if isinstance(value, str):
        raise Failed
    return float(value or 0.0)


class _Reader:
    """One formula: a sum of products of numbers, cells and functions."""

    def __init__(self, formulas: Formulas, formula: str, sheet: str, given: Mapping[Place, float], deep: int):
        self.formulas, self.sheet, self.given, self.deep = formulas, sheet, given, deep
        self.tokens = list(_tokens(formula))
        self.at = 0

    def result(self) -> float:
        value = _number(self._sum())
        if self.at < len(self.tokens):
            raise Unknown
        if not math.isfinite(value):
            raise Failed
        return value

    def _mark(self, marks: str) -> str:
        mark = self.tokens[self.at]["mark"] if self.at < len(self.tokens) else None
        if mark and mark in marks:
            self.at += 1
            return mark
        return ""

    def _sum(self):
        value = self._product()
        while mark := self._mark("+-"):
            other = _number(self._product())
            value = _number(value) + (other if mark == "+" else -other)
        return value

    def _product(self):
        value = self._part()
        while mark := self._mark("*/%"):
            if mark == "%":
                value = _number(value) / 100
                continue
            other = _number(self._part())
            if mark == "/" and other == 0:
                raise Failed
            value = _number(value) * other if mark == "*" else _number(value) / other
        return value

    def _part(self):
        if mark := self._mark("+-"):
            return _number(self._part()) * (-1 if mark == "-" else 1)
        if self._mark("("):
            value = self._sum()
            if not self._mark(")"):
                raise Unknown
            return value
        if self.at >= len(self.tokens):
            raise Unknown
        token = self.tokens[self.at]
        self.at += 1
        if token["number"]:
            return float(token["number"])
        if token["c1"]:
            return [self.formulas._value(p, self.given, self.deep) for p in _area(token, self.sheet)]
        if token["name"]:
            return self._function(token["name"])
        raise Unknown

    def _function(self, name: str) -> float:
        parts = []
        while not self._mark(")"):
            parts.append(self._sum())
            if not self._mark(",;") and (self.at >= len(self.tokens) or self.tokens[self.at]["mark"] != ")"):
                raise Unknown
        numbers = [v for p in parts for v in (p if isinstance(p, list) else [p]) if isinstance(v, float) and not isinstance(v, bool)]
        if name in ("AVERAGE", "MIN", "MAX") and not numbers:
            raise Failed
        if name == "SUM":
            return sum(numbers)
        if name == "AVERAGE":
            return sum(numbers) / len(numbers)
        if name == "COUNT":
            return float(len(numbers))
        if name in ("MIN", "MAX"):
            return (min if name == "MIN" else max)(numbers)
        if name == "ROUND" and len(parts) == 2:
            return round(_number(parts[0]) + 1e-12, int(_number(parts[1])))
        if name == "SUMPRODUCT" and all(isinstance(p, list) for p in parts) and len({len(p) for p in parts}) == 1:
            return sum(math.prod(v if isinstance(v, float) else 0.0 for v in row) for row in zip(*parts, strict=True))
        raise Unknown
