"""Read a received workbook or page: its grids, or one sentence that says why not."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from scevaluation.errors import IntakeError
from scevaluation.grid.cell import Cell, Grid, Look
from scevaluation.grid.child import CHILD
from scevaluation.grid.kinds import kind_of as told_kind
from scevaluation.grid.limits import BYTES, Refused
from scevaluation.grid.sheet import unpacked
from scevaluation.issues import issue, refusal


@dataclass(frozen=True)
class Book:
    """A workbook or page: `kind` is xlsx, ods or html; `grids` are its sheets in their order."""

    kind: str
    grids: tuple[Grid, ...]


def read_bytes(path: Path) -> bytes:
    """A received file's bytes.

    Raises
    ------
    IntakeError
        If it is a folder, a pipe or a device, larger than 100 MB, or cannot be opened. Nothing but a plain file is opened.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise _refused(path.name, Refused("file_not_plain", remedy="plain_file"))
        with path.open("rb") as stream:
            raw = stream.read(BYTES + 1) if facts.st_size <= BYTES else b""
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "?"
        raise _refused(path.name, Refused("file_not_opened", said, "check_path")) from error
    if max(facts.st_size, len(raw)) > BYTES:
        raise _refused(path.name, _too_large())
    return raw


def kind_of(raw: bytes, name: str) -> str:
    """What a file is by its content: xlsx, ods, html or text; its ending may lie.

    Raises
    ------
    IntakeError
        If it is something else: encrypted, an old .xls, damaged, a picture.
    """
    try:
        return told_kind(raw)
    except Refused as error:
        raise _refused(name, error) from error


def read_book(raw: bytes, name: str) -> Book:
    """The sheets of a workbook or page, read by the child process.

    Raises
    ------
    IntakeError
        If it cannot be read, or goes over a limit; only this file is then lost.
    """
    try:
        if len(raw) > BYTES:
            raise _too_large()
        kind, looks, sheets = CHILD.ask(raw)
    except Refused as error:
        raise _refused(name, error) from error
    all_looks = [Look(*look) for look in looks]
    return Book(kind, tuple(grid(sheet, all_looks) for sheet in sheets))


def grid(sheet: tuple, looks: list[Look]) -> Grid:
    """A sheet as the reader's plain tuples have it."""
    name, rows, hidden, hidden_rows, hidden_columns, merged, comments, links, twice = sheet
    lines = {row: {column: _cell(cell, looks) for column, cell in line.items()} for row, line in rows.items()}
    return Grid(
        name, lines, hidden, frozenset(hidden_rows), frozenset(hidden_columns), merged, comments, links, twice=frozenset(twice)
    )


def _cell(cell: tuple, looks: list[Look]) -> Cell:
    value, kind, look, *rest = cell
    return Cell(unpacked(value) if kind == "date" else value, kind, looks[look], *rest)


def _too_large() -> Refused:
    return Refused("file_too_large", f"{BYTES // 2**20}", "only_the_table")


def _refused(name: str, why: Refused) -> IntakeError:
    return refusal(IntakeError, [issue(name, "", why.problem, "error", why.found, "", why.remedy)])
