"""A round's name and its place in time: half-years, quarters and years."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache, total_ordering

from scevaluation.errors import RoundError

PARTS = {"S": 2, "Q": 4, "Y": 1}
_ROUND = re.compile(r"(20[0-9]{2})(?:-([SQ])([1-4]))?")
_TYPED = re.compile(r"\s*(20[0-9]{2})[\s/_.-]?([SQsq])\s?([1-4])\s*")


def _refused(text: str) -> RoundError:
    """The error of what is no round; its row of ISSUES is written here, since their words need to know what a round is."""
    shown = "".join(c if c.isprintable() else " " for c in text[:40])
    said = {"file": "", "cell": "", "severity": "error", "expected": "", "problem": "no_round", "found": shown, "remedy": "write_round"}
    return RoundError(f"{shown!r} is no round.", "Write a half-year as 2024-S2, a quarter as 2025-Q3 or a year as 2024.", (said,))


def _name(year: int, kind: str, part: int) -> str:
    return str(year) if kind == "Y" else f"{year}-{kind}{part}"


@lru_cache(4096)
def _read(text: str) -> tuple[int, str, int, tuple[float, str]]:
    """Year, kind and part of a round's name, and its place in time: its middle as a decimal year, then its name."""
    found = _ROUND.fullmatch(text)
    if not found or int(found[3] or 1) > PARTS[found[2] or "Y"]:
        raise _refused(text)
    year, kind, part = int(found[1]), found[2] or "Y", int(found[3] or 1)
    return year, kind, part, (year + (part - 0.5) / PARTS[kind], _name(year, kind, part))


@total_ordering
class Period:
    """A round such as 2024-S2 (half-year), 2025-Q3 (quarter) or 2024 (year); ordered by the middle of each.

    Attributes
    ----------
    year, part : int
        Calendar year and half-year or quarter within it; of a year the part is 1.
    kind : str
        "S", "Q" or "Y".
    """

    __slots__ = ("_place", "kind", "part", "year")

    def __init__(self, name: str):
        self.year, self.kind, self.part, self._place = _read(str(name))

    @classmethod
    def at(cls, day: date, kind: str) -> Period:
        """The round of a calendar ("S", "Q" or "Y") in which a day lies.

        >>> Period.at(date(2025, 3, 1), "S")
        Period('2025-S1')
        """
        return cls(_name(day.year, kind, (day.month - 1) * PARTS[kind] // 12 + 1))

    @classmethod
    def typed(cls, text: str) -> Period:
        """The round of a name as people type it, which a file may not hold: in any case, with another mark or none in between.

        >>> Period.typed("2024 s2")
        Period('2024-S2')
        """
        found = _TYPED.fullmatch(str(text))
        return cls(f"{found[1]}-{found[2]}{found[3]}".upper() if found else text)

    @property
    def number(self) -> int:
        """Rounds since 2017 began: 0 for 2017-S1 (or 2017-Q1, or 2017)."""
        return (self.year - 2017) * PARTS[self.kind] + self.part - 1

    @property
    def time(self) -> float:
        """The middle of the round as a decimal year."""
        return self._place[0]

    @property
    def start(self) -> date:
        return date(self.year, (self.part - 1) * 12 // PARTS[self.kind] + 1, 1)

    @property
    def end(self) -> date:
        after = self + 1
        return date.fromordinal(after.start.toordinal() - 1)

    def __add__(self, rounds: int) -> Period:
        year, part = divmod(self.number + rounds, PARTS[self.kind])
        return Period(_name(2017 + year, self.kind, part + 1))

    def __str__(self) -> str:
        return self._place[1]

    def __repr__(self) -> str:
        return f"Period({str(self)!r})"

    def __eq__(self, other) -> bool:
        return str(self) == str(other)

    def __lt__(self, other) -> bool:
        other = other if isinstance(other, Period) else Period(other)
        return self._place < other._place

    def __hash__(self) -> int:
        return hash(str(self))
