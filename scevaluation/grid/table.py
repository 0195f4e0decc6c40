"""Tables beside the rounds: a header and rows of text, each row knowing its line; strict, and refused whole with all that is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scevaluation.errors import EvaluationError, ProgrammeError, RoundError
from scevaluation.grid.files import read_bytes, refused
from scevaluation.grid.limits import Refused
from scevaluation.grid.text import decode, lines
from scevaluation.issues import issue, near, refusal
from scevaluation.period import Period

FLAGS = {"": False, **dict.fromkeys(("yes", "ya", "true", "benar", "1"), True)}
FLAGS |= dict.fromkeys(("no", "tidak", "false", "salah", "0"), False)
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})


class Row(dict):
    """Text by column, with the file and the line in which it begins."""

    def __init__(self, file: str, line: int, cells: Iterable[tuple[str, str]]):
        self.file, self.line = file, line
        super().__init__(cells)

    def at(self, column: str = "") -> str:
        """Place of a cell, or of the row: "line 3, value"."""
        return f"line {self.line}, {column}" if column else f"line {self.line}"

    def issue(self, column: str, problem: str, severity: str = "error", expected="", remedy="correct_cell", found=None) -> dict:
        """A row of ISSUES about a cell, or about the row where `column` is ""; `found` is the cell's text unless given."""
        said = self.get(column, "") if found is None else found
        return issue(self.file, self.at(column), problem, severity, said, expected, remedy)


@dataclass(frozen=True)
class Table:
    """A table as it was read: its columns in the file's order, rows, and notes (rows of ISSUES) on columns that nobody reads."""

    file: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[dict, ...] = ()


def read_table(path: Path, required: Sequence[str], optional: Sequence[str] = (), kind: type[EvaluationError] = ProgrammeError) -> Table:
    """Read a table; without rows and columns if there is no such file.

    Parameters
    ----------
    required, optional : sequence of str
        Columns that must, and that may be there. Others are kept, and noted.
    kind : class
        Of the error.

    Raises
    ------
    EvaluationError
        Of that class, with every line that is longer or shorter than the header, and all else that is wrong.
    """
    raw = bytes_if_there(path, kind)
    if raw is None:
        return Table(path.name)
    rows = text_rows(raw, path.name, kind)
    if not rows:
        raise refusal(kind, [issue(path.name, "", "empty_file", remedy="write_columns")])
    (line, header), body = rows[0], rows[1:]
    columns = [name.strip().lower() for name in header]
    notes, wrong = _columns(path.name, line, columns, required, optional)
    read = [_row(path.name, n, cells, columns, wrong) for n, cells in body if any(c.strip() for c in cells)]
    if wrong:
        raise refusal(kind, wrong)
    return Table(path.name, tuple(c for c in columns if c), tuple(read), tuple(notes))


def bytes_if_there(path: Path, kind: type[EvaluationError]) -> bytes | None:
    """Contents of a file, None if it is not there; one that cannot be opened or is too large is refused."""
    return read_bytes(path, kind) if os.path.lexists(path) else None


def text_of(raw: bytes, name: str, kind: type[EvaluationError]) -> str:
    """`text.decode`, refused as an error of ours."""
    try:
        return decode(raw)
    except Refused as error:
        raise refused(error, name, kind) from error


def text_rows(raw: bytes, name: str, kind: type[EvaluationError]) -> list[tuple[int, list[str]]]:
    """All rows of a table in text with their lines, refused as an error of ours."""
    try:
        return list(lines(decode(raw)))
    except Refused as error:
        raise refused(error, name, kind) from error


def _columns(file: str, line: int, columns: list[str], required, optional) -> tuple[list[dict], list[dict]]:
    """Notes on columns that nobody reads; what is wrong with the header."""
    known = [*required, *optional]
    places = [(f"line {line}, column {n + 1}", name) for n, name in enumerate(columns)]
    wrong = [issue(file, f"line {line}", "column_missing", found=c, remedy="add_column") for c in required if c not in columns]
    twice = [(place, name) for n, (place, name) in enumerate(places) if name and name in columns[:n]]
    wrong += [issue(file, place, "column_twice", found=name, remedy="keep_one") for place, name in twice]
    unread = [(place, name) for place, name in places if name and name not in known]
    notes = [issue(file, place, "column_unread", "note", name, *near_of(name, known, "rename_column", "none")) for place, name in unread]
    return notes, wrong


def near_of(name: str, known: Sequence[str], remedy: str, else_: str) -> tuple[str, str]:
    """What a name may have been meant as, with one remedy where something comes near it and another where nothing does."""
    close = near(str(name), tuple(known), 1)
    return (close[0], remedy) if close else ("", else_)


def _row(file: str, line: int, cells: list[str], columns: list[str], wrong: list[dict]) -> Row:
    """A line as a row; one that has more or fewer cells than the header, or repeats it, goes to `wrong`."""
    extra = [c.strip() for c in cells[len(columns) :] if c.strip()]
    row = Row(file, line, ((name, cell.strip()) for name, cell in zip(columns, cells, strict=False) if name))
    nameless = [c.strip() for name, c in zip(columns, cells, strict=False) if not name and c.strip()]
    if extra:
        wrong.append(row.issue("", "line_longer", found=len(cells), expected=len(columns), remedy="quote_commas"))
    elif len(cells) < len(columns):
        wrong.append(row.issue("", "line_shorter", found=len(cells), expected=len(columns), remedy="fill_line"))
    elif nameless:
        wrong.append(row.issue("", "cell_nameless", found=nameless[0], remedy="name_column"))
    elif [c.strip().lower() for c in cells[: len(columns)]] == columns:
        wrong.append(row.issue("", "header_again", remedy="delete_line"))
    return row


def flag_of(text: str) -> bool | None:
    """Yes or no in any spelling; nothing is no, None is neither.

    >>> flag_of("Ya"), flag_of(""), flag_of("maybe")
    (True, False, None)
    """
    return FLAGS.get(text.strip().lower())


def number_of(text: str) -> float | None:
    """A plain number with a decimal point or comma; None if it is none, or if its marks could also part thousands.

    >>> number_of("66,5"), number_of("1.250.000"), number_of("6e1")
    (66.5, None, None)
    """
    bare = text.strip().translate(_MINUS)
    return float(bare.replace(",", ".")) if _NUMBER.fullmatch(bare) else None


def flag(row: Row, column: str, wrong: list[dict]) -> bool:
    """A cell as yes or no; anything else goes to `wrong`."""
    found = flag_of(row.get(column, ""))
    if found is None:
        wrong.append(row.issue(column, "no_flag", remedy="write_flag"))
    return bool(found)


def number(row: Row, column: str, wrong: list[dict]) -> float:
    """A cell as a number; what is none, or nothing, goes to `wrong`."""
    found = number_of(row[column])
    if found is None and not _empty(row, column, wrong):
        wrong.append(row.issue(column, "text_for_number"))
    return 0.0 if found is None else found


def count(row: Row, column: str, most: int, wrong: list[dict]) -> int:
    """A cell as a whole number from 0 to `most`, nothing as 0; what is none goes to `wrong`."""
    text = row.get(column, "")
    found = number_of(text) if text else 0.0
    if found is None or found != int(found) or not 0 <= found <= most:
        wrong.append(row.issue(column, "no_count", expected=f"0\u2013{most}"))
        return 0
    return int(found)


def round_of(row: Row, column: str, wrong: list[dict]) -> str:
    """A cell as the name of a round; what is none goes to `wrong`."""
    try:
        return str(Period(row[column]))
    except RoundError:
        if not _empty(row, column, wrong):
            wrong.append(row.issue(column, "no_round", remedy="write_round"))
        return ""


def year(row: Row, column: str, wrong: list[dict]) -> str:
    """A cell as a year from 2000 on; what is none goes to `wrong`."""
    if re.fullmatch(r"20[0-9]{2}", row[column]):
        return row[column]
    if not _empty(row, column, wrong):
        wrong.append(row.issue(column, "no_year", expected="2024"))
    return ""


def _empty(row: Row, column: str, wrong: list[dict]) -> bool:
    """Whether a cell that is needed is empty; to `wrong` if so."""
    if not row[column]:
        wrong.append(row.issue(column, "value_empty", remedy="fill_value"))
    return not row[column]
