"""What was read of every cell of a table: the number or code taken from it, and by what mark that differs from what is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from scevaluation.grid.cell import Cell, column_of
from scevaluation.grid.shown import shown
from scevaluation.intake.bulk import TextTable, cells_of
from scevaluation.intake.cells import parse_number, written
from scevaluation.intake.header import SCORES
from scevaluation.intake.reading import Reading

KINDS = ("taken", "noted", "changed", "unread", "warned", "stopped")  # from the least to what a person must see first
OF_SEVERITY = {"error": "stopped", "warning": "warned", "note": "noted"}
BESIDE = ("comment", "colour")  # what stands beside a cell's content
LEFT_OUT = ("total", "repeated")  # why a whole row counts for nothing
_CELL = re.compile(r"^(?P<sheet>.+)!(?P<column>[A-Z]{0,3})(?P<row>[1-9]\d{0,6})(?::[A-Z0-9]+)?$", re.DOTALL)
_LINE = re.compile(r"^line (?P<row>[1-9]\d*)(?:, column (?P<column>[1-9]\d*))?$")
_NUMBER = re.compile(r"[-\u2212]?\d[\d,]*(?:\.\d+)?|[-\u2212]?\.\d+")


class Spot(NamedTuple):
    """A place in a file: its sheet, row and column from 0; -1 the whole row, or the whole sheet."""

    sheet: str
    row: int = -1
    column: int = -1


@dataclass
class Notes:
    """What was logged of a place, and what is wrong with it."""

    log: list[dict] = field(default_factory=list)
    issues: list[dict] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The mark that they ask for; "" none."""
        asked = [OF_SEVERITY[i["severity"]] for i in self.issues]
        asked += ["changed" if row["taken"] else "unread" for row in self.log if row["why"] not in BESIDE]
        return max(asked, key=KINDS.index, default="")


NOTHING = Notes()


@dataclass(frozen=True)
class Line:
    """A row as it is shown: its cells, the scores taken from it, and how many filled rows before it are not shown."""

    row: int
    cells: dict[int, Cell]
    scores: tuple[dict, ...] = ()
    before: int = 0


@dataclass(frozen=True)
class Shown:
    """The rows of a table that are shown, and what is not: `after` them, `marked` and `plain` in all."""

    lines: tuple[Line, ...]
    after: int
    marked: int
    plain: int
    filled: int


def spot_of(cell: str) -> Spot:
    """A place as SCORES, ISSUES and the log name it; what names none is taken for a sheet.

    >>> spot_of("Skor!E14")
    Spot(sheet='Skor', row=13, column=4)
    """
    if found := _LINE.match(cell):
        return Spot("", int(found["row"]) - 1, int(found["column"] or 0) - 1)
    if found := _CELL.match(cell):
        return Spot(found["sheet"], int(found["row"]) - 1, column_of(found["column"]))
    return Spot(cell)


class Marks:
    """Log and issues of a reading by place; of lines of a text, the log's by its field's column.

    A round's own table names the form and cell that each of its rows was taken from, and so do issues of those rows: `origins`
    are the rows by these.
    """

    def __init__(self, reading: Reading):
        self.reading, self.place = reading, reading.place
        self.at: dict[Spot, Notes] = {}
        self.origins = dict(self._origins()) if "file" in reading.place else {}
        for row in reading.log:
            self.at.setdefault(self._logged(row), Notes()).log.append(row)
        for one in reading.issues:
            self.at.setdefault(self.of(one), Notes()).issues.append(one)

    def _origins(self) -> Iterator[tuple[tuple[str, str], Spot]]:
        file, cell = self.place["file"], self.place.get("cell", -1)
        for row, line in self.rows():
            cells = _cells(line) if row >= self.reading.header.data else {}
            if name := written(cells.get(file), 200):
                yield (name, written(cells.get(cell), 200)), Spot(self.reading.grid.sheet, row)

    def of(self, row: dict) -> Spot:
        """The place of a row of SCORES or ISSUES."""
        key = (row["file"], row["cell"])
        if key in self.origins:
            return self.origins[key]
        return spot_of(row["cell"]) if row["file"] == self.reading.name else Spot("")

    def _logged(self, row: dict) -> Spot:
        spot = self.of(row)
        if spot.sheet or spot.row < 0 or spot.column >= 0:
            return spot
        name = row["field"]
        return spot._replace(column=self.place.get(name, self.place.get("score", -1) if _is_score(name) else -1))

    def notes(self, spot: Spot) -> Notes:
        """What was logged of a place, and what is wrong with it."""
        return self.at.get(spot, NOTHING)

    def rows(self) -> Iterator[tuple[int, list[str] | dict[int, Cell]]]:
        """All rows of the table that hold anything or are marked, from the top; those of a text as they are written."""
        reading = self.reading
        if reading.kind == "text":
            yield from ((n - 1, row) for n, row in TextTable(reading.raw, reading.path.name).lines())
            return
        marked = {s.row for s in self.at if s.sheet == reading.grid.sheet and s.row >= 0}
        yield from ((r, reading.grid.rows.get(r, {})) for r in sorted({*reading.grid.rows, *marked}))

    @cached_property
    def by_row(self) -> dict[int, int]:
        """The worst mark of each row that has one, as a number that grows with what a person must see."""
        out: dict[int, int] = {}
        for spot, notes in self.at.items():
            if spot.sheet == self.reading.grid.sheet and spot.row >= 0:
                out[spot.row] = max(out.get(spot.row, 0), KINDS.index(notes.kind) if notes.kind else 0)
        return out

    @property
    def scored(self) -> dict[str, int]:
        """Columns of scores by their field."""
        return {f: c for f, c in self.place.items() if _is_score(f)}

    def table(self, most: int) -> Shown:
        """The rows to show, at most so many below the column names: those with the worst marks first, then from the top."""
        data, marked = self.reading.header.data, self.by_row
        worst = sorted((r for r in marked if r >= data), key=lambda r: (-marked[r], r))
        chosen, free = set(worst[:most]), max(0, most - len(worst))
        lines, gap, plain, filled, columns = [], 0, 0, 0, tuple(self.scored.values())
        for row, line in self.rows():
            is_data = row >= data
            if is_data and not self._names_again(row):
                filled += _filled(line, columns)
            if is_data and row not in chosen and (row in marked or not free):
                gap, plain = gap + 1, plain + (row not in marked)
                continue
            free -= is_data and row not in chosen
            lines.append((row, _cells(line), gap))
            gap = 0
        scores = self._scores({row for row, _, _ in lines})
        kept = tuple(Line(r, c, tuple(scores.get(r, ())), g) for r, c, g in lines)
        return Shown(kept, gap, len(worst) - len(chosen), plain, filled)

    def _names_again(self, row: int) -> bool:
        """Whether a row holds the column names once more."""
        notes = self.notes(Spot(self.reading.grid.sheet, row))
        return any(r["why"] == "repeated" and r["field"] == "indicator" for r in notes.log)

    def _scores(self, rows: set[int]) -> dict[int, list[dict]]:
        out: dict[int, list[dict]] = {}
        wanted = {(self.reading.name, f"line {r + 1}"): r for r in rows} if self.reading.kind == "text" else {}
        wanted |= {key: spot.row for key, spot in self.origins.items() if spot.row in rows}
        for score in self.reading.rows:
            row = wanted.get((score["file"], score["cell"])) if self.reading.kind == "text" else self.of(score).row
            if row in rows:
                out.setdefault(row, []).append(score)
        return out

    @cached_property
    def left_out(self) -> dict[int, str]:
        """Rows of which nothing counts, and by which rule of the log."""
        out = {}
        for row in self.reading.log:
            if row["why"] in LEFT_OUT and not row["taken"]:
                out[self.of(row).row] = row["why"]
        counted = self._scores(set(out))
        return {row: why for row, why in out.items() if row not in counted}

    @property
    def changed(self) -> int:
        """How many numbers and codes were read other than written or shown, in rows that count."""
        changes = {(self._logged(r), r["field"]) for r in self.reading.log if r["taken"]}
        return len({c for c in changes | set(self._rounded()) if c[0].row not in self.left_out})

    def _rounded(self) -> Iterator[tuple[Spot, str]]:
        """Scores whose cell shows another number than it stores, as a format with fewer decimals does."""
        fields = {column: name for name, column in self.scored.items()}
        for score in self.reading.rows:
            spot = self.of(score)
            cell = self.reading.grid.rows.get(spot.row, {}).get(spot.column) if spot.sheet == self.reading.grid.sheet else None
            if cell is not None and score["score"] is not None and not same(cell, score["score"]):
                yield spot, fields.get(spot.column, "")

    def score(self, line: Line, name: str) -> dict | None:
        """The score that was taken from a column of a row."""
        own = {f for f in self.scored if f != "score"}
        found = (s for s in line.scores if s["source"] == name or (name == "score" and s["source"] not in own))
        return next(found, None)

    def kind(self, line: Line, column: int, name: str) -> str:
        """The mark of a cell that was read as a field; "" of an empty one that nothing was said of."""
        cell, asked = line.cells.get(column), self.notes(Spot(self.reading.grid.sheet, line.row, column)).kind
        if asked in ("stopped", "warned") or (asked and cell is None):
            return "unread" if asked == "changed" and not line.scores else asked
        if cell is None:
            return ""
        score = self.score(line, name) if _is_score(name) else None
        lost = not line.scores if score is None else score["score"] is None
        if name in ("evidence", "quality"):
            lost = not any(s[name] for s in line.scores)
        if not name or lost or (_is_score(name) and score is None):
            return "unread"
        if score is not None and not same(cell, score["score"]):
            return asked or "changed"
        # Issues name the lines of a text, not their cells: of a line that is stopped nobody can say which cell is fine.
        wrong = self.notes(Spot(self.reading.grid.sheet, line.row)).kind == "stopped"
        return asked or ("" if wrong else "taken")


def _is_score(name: str) -> bool:
    return name in SCORES or name.startswith("assessor:")


def same(cell: Cell, value: float | None) -> bool:
    """Whether the number that a cell shows is this one."""
    found = _NUMBER.search(shown(cell.value, cell.kind, cell.look))
    number = float(found[0].replace(",", "").replace("\u2212", "-")) if found and cell.kind == "number" else None
    number = parse_number(cell.value).value if cell.kind == "text" else number
    return value is not None and number is not None and abs(number - value) < 1e-9


def _cells(line: list[str] | dict[int, Cell]) -> dict[int, Cell]:
    return cells_of(line) if isinstance(line, list) else line


def _filled(line: list[str] | dict[int, Cell], columns: tuple[int, ...]) -> int:
    """How many of some columns hold anything in a row."""
    if isinstance(line, list):
        return sum(c < len(line) and bool(line[c]) and not line[c].isspace() for c in columns)
    return sum(c in line for c in columns)
