"""Published tables as data frames: text where nothing else is asked for, and refused with every line that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scevaluation.errors import ProgrammeError
from scevaluation.grid.table import Row, number_of, read_table
from scevaluation.issues import refusal

if TYPE_CHECKING:
    import pandas as pd


Names = Sequence[str]
Judge = Callable[[Row, list[dict]], None]


def read_frame(
    path: Path, columns: Names, optional: Names = (), numbers: Names = (), whole: Names = (), look: Judge | None = None
) -> pd.DataFrame:
    """The known columns of a table as a data frame; without rows if there is no such file.

    Parameters
    ----------
    columns, optional : sequence of str
        That must, and that may be there.
    numbers, whole : sequence of str
        Columns of numbers, nothing being NaN, and of whole numbers.
    look : callable
        What else is wrong with a row, to the list of issues.

    Raises
    ------
    ProgrammeError
        With every line that is wrong.
    """
    import pandas as pd

    wrong: list[dict] = []
    table = read_table(path, columns, optional)
    rows = []
    for row in table.rows:
        rows.append({**row, **{c: _number(row, c, wrong) for c in numbers}, **{c: _whole(row, c, wrong) for c in whole}})
        if look:
            look(row, wrong)
    if wrong:
        raise refusal(ProgrammeError, wrong)
    kinds = dict.fromkeys(numbers, float) | dict.fromkeys(whole, int)
    known = [c for c in table.columns if c in {*columns, *optional}] or list(columns)
    return pd.DataFrame(rows, columns=known).astype(dict.fromkeys(known, str) | kinds)


def _number(row: Row, column: str, wrong: list[dict]) -> float:
    found = number_of(row[column]) if row[column] else float("nan")
    if found is None:
        wrong.append(row.issue(column, "text_for_number"))
    return float("nan") if found is None else found


def _whole(row: Row, column: str, wrong: list[dict]) -> int:
    found = number_of(row[column])
    if found is None or found != int(found):
        wrong.append(row.issue(column, "not_whole"))
        return 0
    return int(found)


def once(columns: Names) -> Judge:
    """A look that finds lines which say again what a line before says in these columns."""
    seen: dict[tuple, int] = {}

    def look(row: Row, wrong: list[dict]) -> None:
        first = seen.setdefault(tuple(row[c] for c in columns), row.line)
        if first != row.line:
            wrong.append(row.issue(columns[-1], "line_twice", expected=first, remedy="keep_one"))

    return look
