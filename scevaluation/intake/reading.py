"""The one reading of a file of scores: a returned form, a received workbook, a round's own table; what is read is what is seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scevaluation.errors import IntakeError
from scevaluation.frames import SCORES
from scevaluation.grid.book import kind_of, read_book
from scevaluation.grid.cell import Grid
from scevaluation.grid.files import read_bytes
from scevaluation.intake import sheets as sheet
from scevaluation.intake.bulk import TextTable
from scevaluation.intake.cells import written
from scevaluation.intake.form import Change, Form, Yes, never
from scevaluation.intake.header import Header
from scevaluation.intake.judge import judged
from scevaluation.intake.rows import read_rows
from scevaluation.issues import clean_text, errors_of
from scevaluation.period import Period
from scevaluation.place import sha256
from scevaluation.programme import Programme

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reading:
    """What a file says: rows of SCORES, what was changed in reading, what is wrong (ISSUES), as dicts.

    `facts` are what its cover says; `silent` are indicator and agency of rows left empty without a status: they say nothing, not
    that a score is withdrawn. `answers` are the questions that were asked, with what was said. `grid` and `header` are the table as
    it stands, without lines of a text that had nothing odd; `place` is the column that each field was read from, `sheets` are all
    sheets of a workbook. `own` says that it is the round's own table.
    """

    path: Path
    sha256: str
    raw: bytes
    kind: str
    facts: dict[str, str]
    rows: list[dict]
    changes: tuple[Change, ...]
    issues: list[dict]
    silent: frozenset[tuple[str, str]] = frozenset()
    answers: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    grid: Grid = field(default_factory=lambda: Grid(""))
    header: Header = field(default_factory=Header)
    place: dict[str, int] = field(default_factory=dict)
    sheets: tuple[Grid, ...] = ()
    programme: Programme | None = None
    round: str = ""
    own: bool = False

    @property
    def name(self) -> str:
        """The file's name as log and issues have it."""
        return clean_text(self.path.name, 120)

    @cached_property
    def log(self) -> list[dict]:
        """What was changed in reading, as rows of IMPORT_LOG."""
        return [{"sha256": self.sha256, "file": self.name, **change._asdict()} for change in self.changes]

    @property
    def errors(self) -> list[dict]:
        """Its issues that stop."""
        return errors_of(self.issues)

    def scores(self) -> pd.DataFrame:
        """Its rows as a table in the shape of SCORES."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=list(SCORES.columns)).astype({"score": float})


class Received:
    """A received file, read once by whoever asks first: a workbook, text table or web page; what it is its content says."""

    def __init__(self, path: Path):
        self.path = Path(path)
        self.raw = read_bytes(self.path, IntakeError)
        self.kind = kind_of(self.raw, self.path.name)
        self.text = TextTable(self.raw, self.path.name) if self.kind == "text" else None
        self.sheets = (self.text.head,) if self.text else read_book(self.raw, self.path.name).grids

    @property
    def own(self) -> bool:
        """Whether it lies where the tables of rounds lie."""
        return self.path.resolve().parent.name == "rounds"

    def said(self) -> dict[str, str]:
        """Programme and round as the cover names them, or the place of the file in data/."""
        said = {k: written(cell) for k, (_, cell) in sheet.cover_of(self.sheets).items()}
        place = self.path.resolve()
        return ({"programme": place.parent.parent.name, "round": place.stem} if self.own else {}) | said

    def read(self, programme: Programme, round_name: str, asked: Iterable[dict] = (), yes: Yes = never, sheet_name: str = "") -> Reading:
        """Its scores, judged; see `read`."""
        form = Form(self.path.name, sha256(self.raw), programme, str(Period(round_name)), yes, self.own)
        asked = list(asked)
        for row in asked:
            form.owned[row["indicator"]] = (*form.owned.get(row["indicator"], ()), row["agency"])
        sheet.read_cover(form, self.sheets)
        grid, header = sheet.choose(form, self.sheets, sheet_name)
        sheet.ask_round(form, grid, header, self.path.stem)
        grid = read_rows(form, grid, header, self.text)
        once = form.without_repeats()
        form.absent(asked)
        form.more()
        issues = judged(form.rows, programme, form.round, form.issues, form.own, once)
        return Reading(
            self.path, form.sha256, self.raw, self.kind, form.facts, form.rows, tuple(form.log), issues,
            frozenset(form.silent), form.answers, grid, header, form.place, self.sheets, programme, form.round, form.own,
        )  # fmt: skip


def read(path: Path, programme: Programme, round_name: str, asked: Iterable[dict] = (), yes: Yes = never, sheet_name: str = "") -> Reading:
    """Read a file of scores and judge it.

    Parameters
    ----------
    path : Path
        .xlsx, .xls, .xlsb, .ods, .csv (any separator, UTF-8 or UTF-16), or a web page saved as .xls.
    programme, round_name
        Whose round; it must be known and have an instrument.
    asked : iterable of dict
        Rows of ASKED: which indicators each agency was asked for; those absent from the form are named.
    yes : callable
        Asked with field, text found and name proposed for every close match; False leaves it an error.
    sheet_name : str
        The sheet with the table, where a workbook holds several.

    Raises
    ------
    IntakeError
        If it is no table at all, or holds macros. Nothing is then read.
    """
    return Received(path).read(programme, round_name, asked, yes, sheet_name)
