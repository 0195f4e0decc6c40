"""The cell of a file that a row came from, with what stands around it, read as inert text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scevaluation.errors import IntakeError
from scevaluation.grid.book import kind_of, read_book
from scevaluation.grid.cell import Cell, column_of, letters
from scevaluation.grid.files import read_bytes
from scevaluation.grid.shown import shown
from scevaluation.intake.bulk import TextTable

LARGEST = 20 * 2**20
LONGEST = 90  # letters of a cell that are shown
SCORE = "score"  # the column of a table a line is about
_CELL = re.compile(r"^(?P<sheet>.+)!\$?(?P<column>[A-Z]{1,3})\$?(?P<row>\d{1,7})(?::.*)?$")
_LINE = re.compile(r"^line (?P<row>\d{1,7})$")


@dataclass(frozen=True)
class Excerpt:
    """Rows of a file around a cell, each with its number in the file.

    `place` is as the tables name it ("Skor!E14" or "line 55"), `head` column letters or the names in the first line, and `hit`
    the row number and column position of the cell.
    """

    path: Path
    place: str
    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    hit: tuple[int, int]


def excerpt(path: Path | str, place: str, around: int = 3, columns: int = 8) -> Excerpt | None:
    """What stands around a cell of a text table, workbook or page; None if `place` names no single cell or line of it.

    `place` is as `cell` in SCORES and ISSUES; so many rows `around` it are shown, and at most so many `columns`. IntakeError if the
    file cannot be opened, or is larger than 20 MB.
    """
    path = Path(path)
    line, cell = _LINE.match(place), _CELL.match(place)
    if not (line or cell):
        return None
    raw = read_bytes(path, IntakeError)
    if len(raw) > LARGEST:
        raise IntakeError(f"{path.name} is too large to look into here.", "Open it in a spreadsheet program.")
    kind = kind_of(raw, path.name)
    if line and kind == "text":
        return _of_text(path, TextTable(raw, path.name), place, int(line["row"]), around)
    if cell and kind != "text":
        return _of_workbook(path, read_book(raw, path.name).grids, place, cell, around, columns)
    return None


def _short(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\u2026"


def _of_text(path: Path, table: TextTable, place: str, number: int, around: int) -> Excerpt | None:
    lines = dict(table.lines())
    first = min(lines, default=0)
    if number not in lines or number == first:
        return None
    head = tuple(_short(h) for h in lines[first])
    rows = [n for n in lines if first < n and abs(n - number) <= around]
    cells = tuple((n, tuple(_short(v) for v in (lines[n] + [""] * len(head))[: len(head)])) for n in rows)
    return Excerpt(path, place, head, cells, (number, head.index(SCORE) if SCORE in head else 0))


def _of_workbook(path: Path, grids, place: str, cell: re.Match, around: int, columns: int) -> Excerpt | None:
    grid = next((g for g in grids if g.sheet == cell["sheet"]), None)
    if grid is None:
        return None
    row, column = int(cell["row"]), column_of(cell["column"])
    left = max(0, column - columns + 2)
    width = range(left, left + columns)
    numbers = range(max(1, row - around), row + around + 1)
    rows = tuple((n, tuple(_shown(grid.rows.get(n - 1, {}).get(c)) for c in width)) for n in numbers)
    return Excerpt(path, place, tuple(letters(c) for c in width), rows, (row, column - left))


def _shown(cell: Cell | None) -> str:
    """A cell as the spreadsheet shows it."""
    return "" if cell is None else _short(shown(cell.value, cell.kind, cell.look))
