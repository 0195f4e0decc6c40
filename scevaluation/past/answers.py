"""The mapping as it comes back: what was answered and corrected in it, or a sentence for each cell that cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass

from scevaluation.errors import IntakeError, RoundError
from scevaluation.grid.book import read_book
from scevaluation.grid.cell import Cell, Grid
from scevaluation.grid.table import number_of
from scevaluation.intake.cells import written
from scevaluation.issues import clean_text, issue, nearest, refusal
from scevaluation.past.found import Found
from scevaluation.past.mapping import ARROW, COLUMNS, FACTS, SHEETS
from scevaluation.past.questions import OPEN, TABLES, Key, Names, Question, corrected, open_cell, questions, value_text
from scevaluation.period import Period
from scevaluation.words import LANGUAGES, Words, words

Change = tuple[str, Key, str, object]
_NUMBERS = ("low", "high", "weight")


@dataclass(frozen=True)
class Line:
    """A row of a sheet by the names of its columns, and where each cell stands."""

    cells: dict[str, str]
    places: dict[str, str]


class Returned:
    """A mapping that somebody saved, as .xlsx or .ods: its sheets by what they are, whatever language they are in.

    Raises
    ------
    IntakeError
        If it cannot be read, or is no mapping.
    """

    def __init__(self, raw: bytes, name: str):
        self.name, self.raw = clean_text(name, 120), raw
        titles = {words(lang)("past.sheet." + s).casefold(): s for lang in LANGUAGES for s in SHEETS}
        grids = {titles[g.sheet.casefold()]: g for g in read_book(raw, name).grids if g.sheet.casefold() in titles}
        absent = [s for s in SHEETS[:4] if s not in grids] + ["files"] * ("files" not in grids)
        if absent:
            shown = ", ".join(words("id")("past.sheet." + s) for s in absent)
            raise refusal(IntakeError, [issue(self.name, "", "past_no_mapping", "error", "", shown, "past_map_again")])
        self.lines = {s: self._lines(s, grid) for s, grid in grids.items() if s in COLUMNS}
        said = {line.cells["file"]: line.cells["sha256"] for line in self.lines["files"]}
        self.facts = {f: said.get(f, "") for f in FACTS}
        rows = (line.cells for line in self.lines["files"] if len(line.cells["sha256"]) == 64)
        self.files = {r["file"]: (r["sha256"], r["path"]) for r in rows}
        self.lang = self.facts["lang"] if self.facts["lang"] in LANGUAGES else "id"

    def _lines(self, name: str, grid: Grid) -> list[Line]:
        heads = {words(lang)("past.col." + f).casefold(): f for lang in LANGUAGES for f in COLUMNS[name]}
        for top in sorted(grid.rows):
            place = {heads[t]: c for c, cell in grid.rows[top].items() if (t := written(cell).casefold()) in heads}
            if len(place) == len(COLUMNS[name]):
                return [self._line(grid, row, place) for row in sorted(grid.rows) if row > top]
        raise refusal(IntakeError, [issue(self.name, grid.sheet, "past_no_columns", "error", "", "", "past_map_again")])

    @staticmethod
    def _line(grid: Grid, row: int, place: dict[str, int]) -> Line:
        cells = grid.rows[row]
        return Line({f: _text(cells.get(c)) for f, c in place.items()}, {f: grid.at(row, c) for f, c in place.items()})


def _text(cell: Cell | None) -> str:
    """A cell's text; of a number all its digits, as the mapping compares them."""
    if cell is None:
        return ""
    return f"{cell.value:.12g}" if cell.kind == "number" else written(cell, 2000)


def answered(found: Found, book: Returned, accept: bool = False) -> tuple[Found, list[Question]]:
    """What was found, as the mapping that came back corrects it; and the questions that were left to what was proposed.

    Parameters
    ----------
    found : Found
        As it was when the mapping was written from it.
    accept : bool
        Whether a question without an answer is answered by what was proposed, if something was.

    Raises
    ------
    IntakeError
        With every cell that is unanswered or says what cannot be; nothing is then taken.
    """
    reader = _Answers(found, book, words(book.lang), accept)
    changes = reader.read()
    if reader.wrong:
        raise refusal(IntakeError, reader.wrong)
    return corrected(found, changes), reader.left


class _Answers:
    """Reads a mapping: changes, and what is wrong."""

    def __init__(self, found: Found, book: Returned, w: Words, accept: bool):
        self.found, self.book, self.accept = found, book, accept
        self.names, self.asked = Names(found, w), questions(found)
        self.wrong: list[dict] = []
        self.left: list[Question] = []

    def read(self) -> list[Change]:
        out = [change for name in TABLES for change in self._corrections(name)]
        return out + self._answers()

    def _refuse(self, at: str, problem: str, found="", expected="", remedy="past_correct") -> None:
        self.wrong.append(issue(self.book.name, at, problem, "error", found, expected, remedy))

    def _corrections(self, name: str) -> list[Change]:
        """Cells of a table that say other than was proposed."""
        key, out = TABLES[name], list[Change]()
        rows = {tuple(str(r[k]) for k in key): r for r in getattr(self.found, name).to_dict("records")}
        asked = {(k, q.field) for q in self.asked if q.table == name for k in q.rows}
        seen: dict[Key, str] = {}
        for line in self.book.lines[name]:
            own, at = tuple(line.cells[k] for k in key), line.places[key[0]]
            if own not in rows or own in seen:
                self._refuse(at, "entry_twice" if own in seen else "past_row_unknown", " ".join(own), "", "past_map_again")
                continue
            seen[own] = at
            for field in (f for f in OPEN[name] if open_cell(self.found, name, rows[own], f)):
                if (own, field) in asked:
                    if line.cells[field] and not line.cells[field].startswith(ARROW):
                        self._refuse(line.places[field], "past_answer_there", line.cells[field], "", "past_answer")
                    continue
                change = self._value(line.cells[field], line.places[field], name, field, rows[own])
                if change is not None and not _same(change, value_text(rows[own], field), field):
                    out.append((name, own, field, _typed(change, field)))
        for own in rows.keys() - seen.keys():
            self._refuse("", "past_row_gone", " ".join(own), "", "past_map_again")
        return out

    def _answers(self) -> list[Change]:
        lines, out = {line.cells["name"]: line for line in self.book.lines["questions"]}, list[Change]()
        for question in self.asked:
            line = lines.get(question.name)
            if line is None:
                self._refuse("", "past_row_gone", question.name, "", "past_map_again")
                continue
            text, at = line.cells["answer"], line.places["answer"]
            row = self._row(question)
            if not text and self.accept and (question.proposed or question.field == "source"):
                value: str | None = question.proposed
                self.left.append(question)
            elif not text:
                self._refuse(at, "past_unanswered", line.cells["question"], "", "past_answer")
                continue
            else:
                value = self._value(text, at, question.table, question.field, row)
            if value is not None:
                out += [(question.table, own, question.field, _typed(value, question.field)) for own in question.rows]
        return out

    def _row(self, question: Question) -> dict:
        rows, key = getattr(self.found, question.table), TABLES[question.table]
        return next(r for r in rows.to_dict("records") if tuple(str(r[k]) for k in key) == question.rows[0])

    def _value(self, text: str, at: str, table: str, field: str, row: dict) -> str | None:
        """What a cell says, as the table's text; None, and an issue, where that cannot be."""
        generation = row.get("instrument", "") if table == "indicators" else ""
        if field in _NUMBERS:
            number = number_of(text) if text else None
            if text and (number is None or (field == "weight" and number < 0)):
                self._refuse(at, "no_number", text, "", "write_number")
                return None
            if not text and field == "weight":
                self._refuse(at, "value_empty", "", "", "fill_value")
                return None
            return "" if number is None else f"{number:.12g}"
        if field == "round" and text:
            try:
                return str(Period(text))
            except RoundError:
                self._refuse(at, "no_round", text, "", "write_round")
                return None
        if field == "label" and not text:
            self._refuse(at, "value_empty", "", "", "fill_value")
            return None
        said = self.names.read(field, text, generation)
        if field == "role" and said == "score" != row["role"] and not self._scored(row):
            self._refuse(at, "past_unread", row["header"], "", "past_header")
            return None
        if said is None:
            known = self.names.options(field, generation)
            self._refuse(at, "none_of", text, ", ".join(nearest(text, known, 6)), "choose_known")
        return said

    def _scored(self, row: dict) -> bool:
        """Whether a column was read as scores."""
        scores = self.found.scores
        return bool(((scores["file"] == row["file"]) & (scores["sheet"] == row["sheet"]) & (scores["column"] == row["column"])).any())


def _same(one: str, other: str, field: str) -> bool:
    return _typed(one, field) == _typed(other, field) or one == other


def _typed(text: str, field: str):
    """A text of a table as the table holds it."""
    if field in ("held", "use"):
        return text == "yes"
    if field in _NUMBERS:
        return float(text) if text else float("nan")
    return text
