"""One line of a table of scores: what every cell says, what was changed in reading it, what is asked."""

from __future__ import annotations

from scevaluation.frames import SCORES, STATUSES
from scevaluation.grid.cell import Cell, Grid
from scevaluation.intake.cells import parse_number, written
from scevaluation.intake.header import Header
from scevaluation.intake.levels import CHOICES, status_choices, status_text
from scevaluation.intake.matching import Match, match, normal
from scevaluation.intake.scores import score_of
from scevaluation.issues import clean_text

TOTALS = {
    "jumlah", "total", "rata rata", "rerata", "jumlah total", "subtotal", "sub total", "average", "sum", "mean", "nilai rata rata",
    "rata rata nilai", "total nilai", "grand total",
}  # fmt: skip
ACTIVE = ("=", "+", "@", "-", "\t")
LONGEST = 2000
KNOWN_SOURCES = {"mandiri": "self", "terverifikasi": "verified", "akhir": "final", "self": "self", "verified": "verified", "final": "final"}
GIVEN = ("indicator", "agency", "region", "source", "status")
OWN = ("agency", "source", "status", "evidence", "quality")
DASHES = ("-", "\u2013", "\u2014")


class Line:
    """One row of the table of a form; `form` is the reader that keeps the log and the issues."""

    def __init__(self, form, grid: Grid, row: int, cells: dict[int, Cell], place: dict[str, int]):
        self.form, self.grid, self.row, self.cells, self.place = form, grid, row, cells, place

    def said(self, field: str) -> Cell | None:
        """The cell of a field; one that holds nothing but blanks is empty."""
        cell = self.cells.get(self.place.get(field, -1))
        return None if cell is None or (cell.kind == "text" and not cell.formula and not cell.value.strip()) else cell

    def text(self, field: str, longest: int = 2000) -> str:
        return written(self.said(field), longest)

    def cell(self, field: str) -> str:
        return self.spot(self.place.get(field, -1))

    def spot(self, column: int) -> str:
        """The place of a cell; in a text table that of its line."""
        return self.grid.at(self.row, column if self.grid.sheet else -1)

    def read(self, header: Header, scored: list[str]) -> None:
        form = self.form
        filled = [f for f in scored if self.said(f) is not None]
        errors, stopped = form.errors, self.spoiled()
        path = "" if "indicator" in stopped else self.indicator(header, filled)
        if not path:
            if form.errors > errors:
                self.others(filled, stopped)
            return
        form.seen.add(path)
        agency = "" if "agency" in stopped else self.agency(path)
        if self.text("region"):
            form.region(self.cell("region"), self.said("region"))
        status = "" if "status" in stopped else self.status()
        evidence, quality = self.evidence(), self.text("quality", 10).upper()
        if quality not in ("", "A", "B", "C"):
            form.issue(self.cell("quality"), "unknown_quality", "warning", quality, "A, B, C", "choose_status")
        if not self.grid.sheet:
            self.decimals(scored)
        if not filled and not status:
            if form.instrument.nodes[path].children:
                return
            form.silent.add((path, agency))
        origin = self.origin()
        # An empty row is kept under one of the columns of scores.
        for field in filled or [next((f for f in ("self", "verified", "score", "final") if f in scored), scored[0])]:
            source = self.source() if field == "score" else field
            value = score_of(self, field, path) if filled else None
            state = status or ("scored" if value is not None else "not_reported")
            state = "not_reported" if value is None and state in ("scored", "inferred") else state
            mine = evidence if not source.startswith("assessor:") else ""
            row = (form.programme.region, form.round, path, agency, source, value, state, mine, quality)
            form.keep(dict(zip(SCORES.columns, (*row, *(origin or (form.name, self.cell(field)))), strict=True)))

    def decimals(self, scored: list[str]) -> None:
        """In a text table, one to three digits behind a score, in a column of no score, may be its decimals."""
        columns = {self.place[f] for f in scored}
        for column in sorted(c + 1 for c in columns if c + 1 not in columns and c + 1 != self.place.get("evidence")):
            text = written(self.cells.get(column))
            if text.isdecimal() and len(text) < 4:
                self.form.issue(self.grid.at(self.row), "decimals_beside", "error", text, "", "quote_commas")

    def others(self, filled: list[str], stopped: set[str]) -> None:
        """What else is wrong with a line whose indicator is not known, so that all of it is named at once."""
        if "agency" not in stopped:
            self.given_agency()
        if "status" not in stopped:
            self.status()
        for field in filled:
            score_of(self, field, "")

    def spoiled(self) -> set[str]:
        """Fields of the row that hold an error of a formula, or what was struck out: named, and not read."""
        given = {field: cell for field in GIVEN if (cell := self.said(field)) is not None}
        wrong = {field: cell for field, cell in given.items() if cell.kind == "error" or cell.struck or cell.look.struck}
        for field, cell in wrong.items():
            if cell.kind == "error":
                self.form.issue(self.cell(field), "error_cell", "error", cell.value)
            else:
                self.form.issue(self.cell(field), "struck_out", "error", cell.struck or written(cell), "", "unstrike")
        return set(wrong)

    def origin(self) -> tuple[str, str] | None:
        """File and cell of the form that a row of the round's own table was taken from."""
        file = self.text("file", 200) if self.form.own else ""
        return (file, self.text("cell", 200)) if file else None

    def source(self) -> str:
        form, text, at = self.form, self.text("source", 40), self.cell("source")
        if "source" not in self.place:
            return "self"
        low = text.lower()
        taken = "assessor:" + text[9:].strip().upper() if low.startswith("assessor:") and text[9:] else KNOWN_SOURCES.get(low, "")
        if taken:
            if taken != text:
                form.changed(at, "source", text, taken, "name")
            return taken
        near = match(text, KNOWN_SOURCES)
        if near.kind == "close":
            return form.asked(at, "source", text, near) or "self"
        form.issue(at, "unknown_source", "error", text, "self, verified, final, assessor:<id>", "choose_known")
        return "self"

    def indicator(self, header: Header, filled: list[str]) -> str:
        """Path of the row's indicator; code and name must not contradict each other."""
        form = self.form
        code = self.text("indicator", 200)
        names = self.names(header, "note" if code else "error")
        if names is None:
            return ""
        text, at = code, self.cell("indicator")
        if names and not code:
            text, at = names[0][1], self.grid.at(self.row, names[0][0])
        if (filled or text) and self.total(text, filled):
            form.changed(self.grid.at(self.row), "indicator", text, "", "total")
            told = ("note", text, "", "none") if normal(text) in TOTALS else ("warning", text, "", "look")  # by its number alone
            form.issue(self.grid.at(self.row), "row_total", *told)
            form.block.clear()
            return ""
        if not text:
            if filled:
                column = self.place.get("indicator", header.names[0] if header.names else -1)
                form.issue(self.spot(column), "row_without_indicator")
            return ""
        path = self.matched(at, text, names, bool(filled or self.text("status")))
        own = {normal(form.instrument.nodes[path].label[lang]) for lang in ("id", "en")} if path else set()
        for column, name in names if path else []:
            other = match(name, form.indicators)
            if other.taken not in ("", path) and normal(name) not in own:
                form.issue(self.grid.at(self.row, column), "code_and_name_differ", "error", name, path, "correct_cell")
        return path

    def names(self, header: Header, severity: str) -> list[tuple[int, str]] | None:
        """The names of the row's indicator by column; None if an error of a formula stands for the only ones."""
        cells = {c: cell for c in header.names if (cell := self.cells.get(c)) is not None}
        spoiled = [c for c, cell in cells.items() if cell.kind == "error"]
        texts = [(c, text) for c, cell in cells.items() if c not in spoiled and (text := written(cell, 200))]
        for column in spoiled:
            self.form.issue(self.spot(column), "error_cell", "note" if texts else severity, cells[column].value, "", "correct_cell")
        return None if spoiled and not texts and severity == "error" else texts

    def matched(self, at: str, text: str, names: list[tuple[int, str]], says: bool) -> str:
        """The path that a code or name stands for."""
        form, cell = self.form, self.said("indicator")
        if cell is not None and cell.kind in ("number", "date"):
            return self.spoiled_code(at, cell, text, names)
        taken, kind, _ = match(text, form.indicators)
        if not says and (kind == "none" or (kind != "exact" and not any(self.text(f) for f in OWN))):
            form.issue(at, "row_unknown", "note", text, "", "none")
            return ""
        longer = kind == "close" and normal(text).startswith(f"{normal(taken)} ")  # one below a node is not meant to be that node
        if longer and (below := [p for p in form.instrument.leaves if p.startswith(f"{taken}/")]):
            form.issue(at, "unknown_indicator", "error", text, ", ".join(below), "use_code")
            return ""
        return form.named(at, "indicator", text, form.indicators, "unknown_indicator", form.instrument.id)

    def spoiled_code(self, at: str, cell: Cell, text: str, names: list[tuple[int, str]]) -> str:
        """A code that a spreadsheet holds as a number has lost its zeros: matched back only where one code fits it."""
        form = self.form
        fits: tuple[str, ...] = form.codes.get(cell.value, ()) if cell.kind == "number" else ()
        if len(fits) > 1:
            named = {match(name, form.indicators).taken for _, name in names} & set(fits)
            fits = tuple(named) if len(named) == 1 else fits
        if len(fits) == 1:
            if form.instrument.nodes[fits[0]].id != text:
                form.changed(at, "indicator", text, fits[0], "code")
            return fits[0]
        if not fits and cell.kind == "number":
            return form.named(at, "indicator", text, form.indicators, "unknown_indicator", form.instrument.id)
        form.issue(at, "code_spoiled", "error", text, ", ".join(fits) or form.instrument.id, "code_as_text")
        return ""

    def total(self, text: str, filled: list[str]) -> bool:
        """Whether the row is a total: by its name, or because it says nothing but the mean or sum of the rows above it."""
        return normal(text) in TOTALS or (bool(filled) and self.equals_its_block(text, filled))

    def equals_its_block(self, text: str, filled: list[str]) -> bool:
        """Whether a row of an unknown name or none is the mean or sum of all rows above it since the last such row.

        One that names an agency, a status or evidence is a line of somebody's, whatever its score.
        """
        form = self.form
        if form.long or match(text, form.indicators).kind in ("exact", "close") or any(self.text(f) for f in OWN):
            return False
        for field in filled:
            above, value = form.block.get(field, []), self.number(field)
            if len(above) < 2 or value is None:
                return False
            if min(abs(value - sum(above) / len(above)), abs(value - sum(above))) > 0.0051:
                return False
        return True

    def number(self, field: str) -> float | None:
        cell = self.said(field)
        return None if cell is None or cell.kind not in ("number", "text") else parse_number(cell.value).value

    def given_agency(self) -> tuple[bool, str]:
        """Whether the row names an agency, and which one."""
        form, text = self.form, self.text("agency", 120)
        if not text or text in DASHES:
            return False, ""
        return True, form.named(self.cell("agency"), "agency", text, form.agencies, "unknown_agency", form.known_agencies)

    def agency(self, path: str) -> str:
        """The row's agency: its cell, else the cover; an owner of the indicator is only proposed."""
        form, (given, found) = self.form, self.given_agency()
        if given:
            if found and form.owned.get(path) and found not in form.owned[path]:
                form.issue(self.cell("agency"), "not_owner", "warning", f"{found} {path}", ", ".join(form.owned[path]), "look")
            return found
        said = form.facts.get("agency")
        if said == "" or (said is None and form.long and "agency" in self.place):
            return ""  # a table that names agency and source line by line means what it leaves empty
        if said:
            form.changed(self.cell("agency"), "agency", "", said, "cover")
            return said
        node = form.instrument.nodes[path].agency
        owners: tuple[str, ...] = form.owned.get(path) or ((node,) if node in form.agencies.values() else ())
        if len(owners) > 1:
            form.issue(self.cell("agency"), "unknown_agency", "error", path, ", ".join(owners), "use_agency")
        return form.asked(self.cell("agency"), "agency", path, Match(owners[0], "close")) if len(owners) == 1 else ""

    def status(self) -> str:
        form, text = self.form, self.text("status", 80)
        key = normal(text)
        if not key:
            return ""
        known = {normal(s): s for s in STATUSES}
        known |= {normal(p): s for s in CHOICES for p in (status_text(s), *status_text(s).split("/"))}
        if key not in known:
            form.issue(self.cell("status"), "unknown_status", "error", text, ", ".join(status_choices()), "choose_status")
            return ""
        if known[key] != text and text not in {status_text(s) for s in CHOICES}:
            form.changed(self.cell("status"), "status", text, known[key], "status")
        return known[key]

    def evidence(self) -> str:
        """Evidence as inert text: what a spreadsheet would run gets an apostrophe in front."""
        form, said, cell = self.form, self.said("evidence"), self.cell("evidence")
        text = written(said, LONGEST + 1)
        if said is not None and said.kind == "error":
            form.issue(cell, "error_cell", "warning", text, "", "look")
        if said is not None and not text and said.formula:
            text = clean_text(said.formula, LONGEST + 1)
        link = clean_text(self.grid.links.get((self.row, self.place.get("evidence", -1)), ""), LONGEST)
        if link and link != text:
            form.changed(cell, "evidence", text, f"{text} ({link})", "link")
            text = f"{text} ({link})".strip()
        if text in DASHES:
            return ""
        if text.replace(",", "").replace(".", "").isdigit() and len(text) < 4:
            form.issue(cell, "evidence_number", "error" if not self.grid.sheet else "warning", text, "", "correct_cell")
        if len(text) > LONGEST:
            text = text[:LONGEST]
            form.changed(cell, "evidence", "", text, "cut")
        if not text.startswith(ACTIVE):
            return text
        form.changed(cell, "evidence", text, "'" + text, "inert")
        return "'" + text
