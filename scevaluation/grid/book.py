"""Read a received workbook or page: its grids, or one sentence that says why not."""

from __future__ import annotations

from dataclasses import dataclass

from scevaluation.errors import IntakeError
from scevaluation.grid.cell import Cell, Grid, Look
from scevaluation.grid.child import CHILD
from scevaluation.grid.files import refused, too_large
from scevaluation.grid.kinds import kind_of as told_kind
from scevaluation.grid.limits import BYTES, Refused
from scevaluation.grid.sheet import unpacked


@dataclass(frozen=True)
class Book:
    """A workbook or page: `kind` is xlsx, xlsb, xls, ods or html; `grids` are its sheets in their order."""

    kind: str
    grids: tuple[Grid, ...]


def kind_of(raw: bytes, name: str) -> str:
    """What a file is by its content: xlsx, xlsb, xls, ods, html or text; its ending may lie.

    Raises
    ------
    IntakeError
        If it is something else: encrypted, older than Excel 97, damaged, a picture.
    """
    try:
        return told_kind(raw)
    except Refused as error:
        raise refused(error, name, IntakeError) from error


def read_book(raw: bytes, name: str) -> Book:
    """The sheets of a workbook or page, read by the child process.

    Raises
    ------
    IntakeError
        If it cannot be read, or goes over a limit; only this file is then lost.
    """
    try:
        if len(raw) > BYTES:
            raise too_large()
        kind, looks, sheets = CHILD.ask(raw)
    except Refused as error:
        raise refused(error, name, IntakeError) from error
    all_looks = [Look(*look) for look in looks]
    return Book(kind, tuple(grid(sheet, all_looks) for sheet in sheets))


def grid(sheet: tuple, looks: list[Look]) -> Grid:
    """A sheet as the reader's plain tuples have it."""
    name, rows, hidden, hidden_rows, hidden_columns, merged, comments, links, twice = sheet
    lines = {row: {column: _cell(cell, looks) for column, cell in line.items()} for row, line in rows.items()}
    return Grid(name, lines, hidden, frozenset(hidden_rows), frozenset(hidden_columns), merged, comments, links, twice=frozenset(twice))


def _cell(cell: tuple, looks: list[Look]) -> Cell:
    value, kind, look, *rest = cell
    return Cell(unpacked(value) if kind == "date" else value, kind, looks[look], *rest)
