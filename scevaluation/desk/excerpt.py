"""The cell of a file that a row came from, with what stands around it, read as inert text."""

from __future__ import annotations

import csv
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from scevaluation.errors import IntakeError
from scevaluation.intake.cells import separator

LARGEST = 20 * 2**20
LONGEST = 90  # letters of a cell that are shown
SCORE = "score"  # the column of a table a line is about
_CELL = re.compile(r"^(?P<sheet>.+)!\$?(?P<column>[A-Z]{1,3})\$?(?P<row>\d{1,7})(?::.*)?$")
_LINE = re.compile(r"^line (?P<row>\d{1,7})$")


@dataclass(frozen=True)
class Excerpt:
    """Rows of a file around a cell.

    Attributes
    ----------
    path : Path
    place : str
        As the tables name it: "Skor!E14" or "line 55".
    head : tuple of str
        Column letters, or the names in the first line.
    rows : tuple of (int, tuple of str)
        Number of each row in the file, and its cells.
    hit : (int, int)
        Row number and column position of the cell.
    """

    path: Path
    place: str
    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    hit: tuple[int, int]


def excerpt(path: Path | str, place: str, around: int = 3, columns: int = 8) -> Excerpt | None:
    """What stands around a cell; None if `place` names no single cell or line of the file.

    Parameters
    ----------
    path : Path
        .csv or .xlsx.
    place : str
        As `cell` in SCORES and ISSUES.
    around, columns : int
        Rows shown before and after, and the most columns.

    Raises
    ------
    IntakeError
        If the file cannot be opened, or is larger than 20 MB.
    """
    path = Path(path)
    line, cell = _LINE.match(place), _CELL.match(place)
    if not (line or cell):
        return None
    try:
        if path.stat().st_size > LARGEST:
            raise IntakeError(f"{path.name} is too large to look into here.", "Open it in a spreadsheet program.")
        raw = path.read_bytes()
    except OSError as error:
        raise IntakeError(f"{path.name} cannot be opened: {error.strerror}.", "Check that it still stands there.") from error
    if line and path.suffix.lower() == ".csv":
        return _of_table(path, raw, place, int(line["row"]), around)
    if cell and path.suffix.lower() == ".xlsx":
        return _of_workbook(path, raw, place, cell, around, columns)
    return None


def _short(value) -> str:
    text = "" if value is None else re.sub(r"\s+", " ", str(value)).strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\u2026"


def _of_table(path: Path, raw: bytes, place: str, number: int, around: int) -> Excerpt | None:
    text = raw.decode("utf-8-sig", "replace")
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator(text)))
    if not 1 < number <= len(lines):
        return None
    head = tuple(_short(h) for h in lines[0])
    rows = range(max(2, number - around), min(len(lines), number + around) + 1)
    cells = tuple((n, tuple(_short(v) for v in (lines[n - 1] + [""] * len(head))[: len(head)])) for n in rows)
    return Excerpt(path, place, head, cells, (number, head.index(SCORE) if SCORE in head else 0))


def _of_workbook(path: Path, raw: bytes, place: str, cell: re.Match, around: int, columns: int) -> Excerpt | None:
    import openpyxl
    from openpyxl.utils import column_index_from_string, get_column_letter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of a workbook that are not read, such as newer drop-downs
        try:
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # any damage ends here: nothing of the file is shown
            raise IntakeError(f"{path.name} cannot be read as a workbook.", "Open it, save it again as .xlsx.") from error
    if cell["sheet"] not in book.sheetnames:
        return None
    row, column = int(cell["row"]), column_index_from_string(cell["column"])
    left = max(1, min(column - columns + 2, column))
    top, width = max(1, row - around), range(left, left + columns)
    found = book[cell["sheet"]].iter_rows(top, row + around, left, left + columns - 1, values_only=True)
    rows = tuple((n, tuple(_short(v) for v in values)) for n, values in enumerate(found, top))
    rows = tuple((n, (*v, *[""] * (columns - len(v)))) for n, v in rows)
    return Excerpt(path, place, tuple(get_column_letter(c) for c in width), rows, (row, column - left))
