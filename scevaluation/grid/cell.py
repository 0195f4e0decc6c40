"""A grid of cells as a person sees it: what is stored, what is shown, and what else a reader of the sheet would notice.

Imports nothing but the standard library: the process that reads received files loads it too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Look(NamedTuple):
    """What a cell's style says, once for all cells of that style.

    Attributes
    ----------
    kind : str
        Meaning of the number format: general, number, percent, date, time, text, fraction, hidden, or unknown where it cannot
        be told.
    power : int
        The shown number is the stored one times ten to this power: 2 of a percentage, -3 of each trailing comma.
    decimals : int
        Shown behind the mark; -1 as many as there are.
    unit : str
        Literal text that the format shows beside the number, such as "poin" or "Rp".
    code : str
        The format as the file writes it.
    fill : str
        Background colour as RRGGBB; "" none.
    struck, raised : bool
        Whether the whole cell is struck out, or written as superscript or subscript.
    """

    kind: str = "general"
    power: int = 0
    decimals: int = -1
    unit: str = ""
    code: str = "General"
    fill: str = ""
    struck: bool = False
    raised: bool = False


PLAIN = Look()


class Cell(NamedTuple):
    """One filled cell.

    Attributes
    ----------
    value : float, str, bool, date, datetime, time, timedelta or None
        What is stored; of a formula, the value stored beside it. Whole numbers are floats, texts are as they stand.
    kind : str
        number, text, date, bool, error (`value` is its text, such as "#N/A"), or "" of a formula without a value.
    look : Look
    formula : str
        As written, from "=" on; "" none.
    struck, raised : str
        The parts of a text that are struck out, or set higher or lower; "" none.
    """

    value: object
    kind: str
    look: Look = PLAIN
    formula: str = ""
    struck: str = ""
    raised: str = ""


@dataclass(frozen=True)
class Grid:
    """One sheet: only filled cells, by row and column counted from 0.

    `sheet` is "" for a table that has none, whose places are then lines. `merged` are areas (top, left, bottom, right), both ends
    included. `hidden_rows` hold also what a filter hides. `comments` and `links` stand by (row, column). `cut` says that the last
    line of a text has no end.
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
