"""A grid of cells as a person sees it: what is stored, what is shown, and what else a reader of the sheet would notice.

Imports nothing but the standard library: the process that reads received files loads it too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Look(NamedTuple):
    """What a cell's style says of its value: one for all cells of that style that the same section of its format shows.

    Attributes
    ----------
    kind : str
        Meaning of the number format for this value: general, number, percent, date, time, text, fraction, hidden, or unknown
        where it cannot be told. hidden: nothing is shown, as with ";;;" or a zero under "#". text: the number is shown as a
        text, under "@" as it stands (`unit` is then ""), else as the letters of `unit` alone, such as "baik", "0/4", or the
        "-" of an accounting format's zero.
    power : int
        The shown number is the stored one times ten to this power: 2 of a percentage, -3 of each trailing comma.
    decimals : int
        Shown behind the mark; -1 as many as there are.
    unit : str
        Literal text that the format shows beside the number, such as "poin" or "Rp"; signs of plus and minus and brackets are
        none. One with digits, such as "/4", makes another number of it to the eye.
    code : str
        The format as the file writes it.
    fill : str
        Background colour as RRGGBB; "" none.
    struck, raised : bool
        Whether the whole cell is struck out, or written as superscript or subscript.
    signless : bool
        The number is shown with the other sign: a negative one without minus and brackets ("0.0;[Red]0.0"), or one that is not
        negative with them ("(0)").
    """

    kind: str = "general"
    power: int = 0
    decimals: int = -1
    unit: str = ""
    code: str = "General"
    fill: str = ""
    struck: bool = False
    raised: bool = False
    signless: bool = False


PLAIN = Look()


class Cell(NamedTuple):
    """One filled cell.

    Attributes
    ----------
    value : float, str, bool, date, datetime, time, timedelta or None
        What is stored; of a formula, the value stored beside it. Whole numbers are floats, texts are as they stand.
    kind : str
        number, text, date, bool, error (`value` is its text, such as "#N/A", or a "number" that is none, such as "NaN"), or ""
        of a formula without a value.
    look : Look
    formula : str
        As written, from "=" on; "" none. One that follows another has that one's text.
    struck, raised : str
        The parts of a text that are struck out, or set higher or lower; "" none.
    """

    value: Any
    kind: str
    look: Look = PLAIN
    formula: str = ""
    struck: str = ""
    raised: str = ""


@dataclass(frozen=True)
class Grid:
    """One sheet: only filled cells, by row and column counted from 0.

    `sheet` is "" for a table that has none, whose places are then lines. `merged` are areas (top, left, bottom, right), both
    ends included. `hidden_rows` hold also what a filter hides; of rows and columns only those with filled cells are named.
    `comments` and `links` stand by (row, column). `cut` says that the last line of a text has no end. `twice` are places that
    the file fills more than once: the last one is read.
    """

    sheet: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    cut: bool = False
    twice: frozenset[tuple[int, int]] = frozenset()

    def at(self, row: int, column: int = -1) -> str:
        """Place of a cell, or of a row, as people name it: Skor!E14, or line 14, column 5."""
        if not self.sheet:
            return f"line {row + 1}" if column < 0 else f"line {row + 1}, column {column + 1}"
        return f"{self.sheet}!{row + 1}" if column < 0 else f"{self.sheet}!{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """Letters of a column counted from 0.

    >>> letters(27)
    'AB'
    """
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def column_of(name: str) -> int:
    """A column's number from 0 by its letters.

    >>> column_of("AB")
    27
    """
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
