"""Read a returned form, whatever was done to it: every change to a value is logged, what is not certain is asked or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scevaluation.errors import IntakeError
from scevaluation.frames import ISSUES, SCORES
from scevaluation.instrument import Instrument
from scevaluation.intake.cells import parse_date, parse_number
from scevaluation.intake.check import check_scores
from scevaluation.intake.grids import Grid, grids
from scevaluation.intake.header import SCORES as SCORED
from scevaluation.intake.header import Header, find_header
from scevaluation.intake.lines import Line, _indicator_names, _level_names, _region_names
from scevaluation.intake.log import IMPORT_LOG
from scevaluation.intake.matching import Match, match, normal, written
from scevaluation.intake.workbook import COVER, SHEET, read_bytes
from scevaluation.issues import clean_text
from scevaluation.programme import Programme
from scevaluation.rounds import Round

Yes = Callable[[str, str, str], bool]
FACTS = ("programme", "round", "instrument", "region", "agency", "deadline", "filled")


def never(field: str, found: str, taken: str) -> bool:
    """Nobody says yes."""
    return False


def always(field: str, found: str, taken: str) -> bool:
    """Every close match is taken, and logged."""
    return True


@dataclass(frozen=True)
class Returned:
    """A returned form: its scores, what was changed in reading, what is wrong; `facts` are what its cover says.

    `silent` are indicator and agency of rows left empty without a status: they say nothing, not that a score is withdrawn.
    """

    path: Path
    sha256: str
    raw: bytes
    kind: str
    facts: dict[str, str]
    scores: pd.DataFrame
    log: pd.DataFrame
    issues: pd.DataFrame
    silent: frozenset[tuple[str, str]] = frozenset()

    @property
    def errors(self) -> pd.DataFrame:
        return self.issues[self.issues["severity"] == "error"]


def read_returned(
    path: Path, programme: Programme, round_name: str, asked: pd.DataFrame | None = None, yes: Yes = never
) -> Returned:
    """Read a returned form and judge it.

    Parameters
    ----------
    path : Path
        .xlsx, .ods, .csv, or a web page saved as .xls.
    programme, round_name
        Whose round; it must be known and have an instrument.
    asked : ASKED, optional
        Which indicators each agency was asked for; those absent from the form are named.
    yes : callable
        Asked with field, text found and name proposed for every close match; False leaves it an error.

    Raises
    ------
    IntakeError
        If it is no table at all, or holds macros. Nothing is then read.
    """
    path, name = Path(path), str(Round(round_name))
    raw = read_bytes(path)
    kind, sheets = grids(raw, path.name)
    form = _Form(path.name, hashlib.sha256(raw).hexdigest(), programme, name, yes)
    form.owned = {} if asked is None else asked.groupby("indicator")["agency"].apply(tuple).to_dict()
    form.cover(sheets)
    chosen = form.choose(sheets)
    form.table(*chosen)
    form.absent(asked)
    scores = form.frame()
    issues = check_scores(scores, programme, name, pd.DataFrame(form.issues, columns=list(ISSUES.columns)))
    log = pd.DataFrame(form.log, columns=list(IMPORT_LOG.columns), dtype=object).drop_duplicates(ignore_index=True)
    return Returned(path, form.sha256, raw, kind, form.facts, scores, IMPORT_LOG.check(log), issues, frozenset(form.silent))


class _Form:
    """Collects rows, log and issues of one form."""

    def __init__(self, name: str, sha256: str, programme: Programme, round_name: str, yes: Yes):
        self.name, self.sha256, self.programme, self.round, self.yes = clean_text(name, 120), sha256, programme, round_name, yes
        self.instrument: Instrument = programme.instrument(round_name)
        self.facts: dict[str, str] = {}
        self.rows: list[dict] = []
        self.log: list[dict] = []
        self.issues: list[dict] = []
        self.seen: set[str] = set()
        self.silent: set[tuple[str, str]] = set()
        self.owned: dict[str, tuple[str, ...]] = {}
        self.indicators = _indicator_names(self.instrument)
        self.paths = {normal(p): p for p in self.instrument.nodes}
        self.agencies = written((t, a.id) for a in programme.agencies for t in (a.id, a.label.id, a.label.en))
        self.regions = _region_names(programme)
        self.levels = {p: _level_names(n, self.instrument) for p, n in self.instrument.nodes.items()}
        self.answers: dict[tuple[str, str], bool] = {}

    def issue(self, cell: str, problem: str, severity: str = "error", found="", expected="", remedy="correct_cell") -> None:
        row = {"file": self.name, "cell": cell, "problem": problem, "severity": severity}
        self.issues.append(row | {"found": clean_text(found, 120), "expected": clean_text(expected, 300), "remedy": remedy})

    def changed(self, cell: str, field: str, found, taken, why: str) -> None:
        row = {"sha256": self.sha256, "file": self.name, "cell": cell, "field": field}
        self.log.append(row | {"found": clean_text(found, 200), "taken": clean_text(taken, 200), "why": why})

    def named(self, cell: str, field: str, text, names: dict[str, str], unknown: str, known: str) -> str:
        """The id a text stands for, or '' with an issue; close ones need a yes."""
        found = match(text, names)
        said = clean_text(text, 120)
        if found.kind == "exact":
            if found.taken != said:
                self.changed(cell, field, said, found.taken, "name")
            return found.taken
        if found.kind == "close":
            return self.asked(cell, field, said, found)
        self.issue(cell, unknown, "error", said, ", ".join(found.near) or known, "use_code")
        return ""

    def asked(self, cell: str, field: str, said: str, found: Match) -> str:
        if (field, said) not in self.answers:
            self.answers[field, said] = self.yes(field, said, found.taken)
        if self.answers[field, said]:
            self.changed(cell, field, said, found.taken, "close")
            return found.taken
        self.issue(cell, "close_match", "error", said, found.taken, "accept")
        return ""

    def cover(self, sheets: list[Grid]) -> None:
        """What the cover says; it must be this programme, round, instrument and region."""
        cover = next((g for g in sheets if normal(g.sheet) == normal(COVER)), None)
        if cover is None:
            return
        said = {}
        for row, cells in enumerate(cover.cells[:60]):
            key = normal(cells[0]).partition(" ")[0] if cells and isinstance(cells[0], str) else ""
            if key in FACTS and len(cells) > 1 and cells[1] is not None and key not in said:
                said[key] = (cover.at(row, 1), cells[1])
        expected = {"programme": self.programme.id, "round": self.round, "instrument": self.instrument.id}
        for key, (cell, value) in said.items():
            text = clean_text(value, 120)
            if key in expected and text != expected[key]:
                self.issue(cell, "wrong_" + key, "error", text, expected[key], "right_file")
            elif key == "region":
                self.region(cell, text)
            elif key == "agency" and text:
                text = self.named(cell, "agency", text, self.agencies, "unknown_agency", self._known_agencies())
            elif key in ("deadline", "filled") and text:
                text = self.day(cell, key, value)
            if text or (key == "agency" and clean_text(value)):
                self.facts[key] = text

    def day(self, cell: str, key: str, value) -> str:
        day = parse_date(value)
        if day is None:
            self.issue(cell, "unknown_date", "warning", value, "2025-06-30", "write_date")
            return ""
        if clean_text(value) != day.isoformat():
            self.changed(cell, key, value, day.isoformat(), "date")
        return day.isoformat()

    def region(self, cell: str, text: str) -> None:
        """A region's name or code must be this programme's."""
        known = f"{self.programme.region} {self.programme.region_label.id}"
        found = self.named(cell, "region", text, self.regions, "wrong_region", known)
        if found and found != self.programme.region:
            self.issue(cell, "wrong_region", "error", text, known, "right_file")

    def _known_agencies(self) -> str:
        return ", ".join(a.id for a in self.programme.agencies)

    def choose(self, sheets: list[Grid]) -> tuple[Grid, Header]:
        """The sheet with the table; others are logged, and refused if they hold a second table that could be the one."""
        found = []
        for g in sheets:
            header = None if g.hidden or normal(g.sheet) == normal(COVER) else find_header(g)
            if header:
                found.append((g, header))
            elif g.sheet and normal(g.sheet) not in (normal(COVER), "daftar", "petunjuk"):
                self.changed(g.sheet, "", g.sheet, "", "sheet")
        if not found:
            names = ", ".join(g.sheet for g in sheets if g.sheet)
            raise IntakeError(
                f"{self.name} has no row with the column names{f' (sheets: {clean_text(names, 100)})' if names else ''}.",
                "Keep the header row that `scevaluation blank` writes.",
            )
        own = [f for f in found if f[0].sheet == SHEET]
        for g, _ in found:
            if len(found) > 1 and (not own or g is not own[0][0]):
                self.issue(g.sheet, "other_table", "warning" if own else "error", g.sheet, SHEET, "keep_one")
        return (own or found)[0]

    def table(self, grid: Grid, header: Header) -> None:
        """All rows below the column names."""
        place = self.columns(grid, header)
        if "indicator" not in place and not header.names:
            return
        scored = [f for f in place if f in SCORED or f.startswith("assessor:")]
        if "score" in place and "source" not in place:
            cell = grid.at(header.data - 1, place["score"])
            if len(scored) > 1 or not self.asked(cell, "source", header.text[place["score"]], Match("self", "close")):
                if len(scored) > 1:
                    self.issue(cell, "no_source", "error", header.text[place["score"]], "", "name_column")
                return
        if not scored:
            return
        if "self" not in scored and "score" not in scored:
            self.issue(grid.sheet, "no_own_scores", "note", "", "", "look")
        self.merges(grid, header, place, scored)
        count = len(self.issues)
        width = max(header.text) + 1
        filled = 0
        for row in range(header.data, len(grid.cells)):
            line = Line(self, grid, row, place)
            if any(clean_text(v) for v in grid.cells[row]):
                filled += 1
                if any(clean_text(v) for v in grid.cells[row][width:]) and not grid.sheet:
                    self.issue(grid.at(row, -1), "row_too_long", "error", len(grid.cells[row]), width, "quote_commas")
                line.read(header, scored)
        if grid.cut and grid.cells:
            self.cut(grid, header, place)
        if not filled or (not self.rows and len(self.issues) == count):
            self.issue(grid.sheet, "empty_table", "error", "", "", "fill_in")

    def cut(self, grid: Grid, header: Header, place: dict[str, int]) -> None:
        """A text table whose last line has no end may be cut off: in a number or a name, nobody could tell."""
        last = grid.cells[-1]
        ends = next((v for v in reversed(last) if clean_text(v)), None)
        told = {*header.names, *(c for f, c in place.items() if f not in ("evidence", "quality"))}
        short = len(last) <= max(header.text) or len(last) - 1 in told
        severity = "error" if short or parse_number(ends).value is not None else "warning"
        self.issue(grid.at(len(grid.cells) - 1, -1), "row_cut", severity, ends, "", "send_again")

    def columns(self, grid: Grid, header: Header) -> dict[str, int]:
        """Column of each field; renamed ones are logged, close ones need a yes, doubled ones are refused."""
        place = dict(header.place)
        top = header.data - 1
        for column in header.renamed:
            name = next(f for f, c in place.items() if c == column)
            self.changed(grid.at(top, column), name, header.text[column], name, "column")
        for column, name in header.close:
            text = header.text[column]
            if self.asked(grid.at(top, column), "column", text, Match(name, "close")):
                place[name] = column
        for column in header.twice:
            self.issue(grid.at(top, column), "column_twice", "error", header.text[column], "", "keep_one")
        for column in header.unknown:
            if any(len(r) > column and clean_text(r[column]) for r in grid.cells[header.data :]):
                self.issue(grid.at(top, column), "column_ignored", "warning", header.text[column], "", "name_column")
        for column in range(max(map(len, grid.cells[header.data :]), default=0)):
            if column not in header.text and any(
                len(r) > column and parse_number(r[column]).value is not None for r in grid.cells[header.data :]
            ):
                self.issue(grid.at(top, column), "column_unnamed", "warning" if grid.sheet else "error", "", "", "name_column")
        return place

    def merges(self, grid: Grid, header: Header, place: dict[str, int], scored: list[str]) -> None:
        """An agency merged over its rows stands for all of them; a merged score stands for none."""
        values = {place[f] for f in [*scored, "indicator"] if f in place}
        for top, left, bottom, right in grid.merged:
            if bottom < header.data or top < header.data:
                continue
            if any(left <= c <= right for c in values) and (top != bottom or len(values & set(range(left, right + 1))) > 1):
                area = f"{grid.at(top, left)}:{grid.at(bottom, right).rpartition('!')[2]}"
                self.issue(area, "merged_cells", "error", area, "", "unmerge")
            elif left == right and left == place.get("agency") and len(grid.cells[top]) > left:
                for row in range(top + 1, min(bottom + 1, len(grid.cells))):
                    cells = grid.cells[row]
                    cells += [None] * (left + 1 - len(cells))
                    cells[left] = grid.cells[top][left]
                    self.changed(grid.at(row, left), "agency", "", cells[left], "merged")

    def absent(self, asked: pd.DataFrame | None) -> None:
        """Indicators that the form's agencies were asked for and that it does not hold."""
        said = self.facts.get("agency")
        agencies = {said} if said else {r["agency"] for r in self.rows}
        due = [] if asked is None else list(asked.loc[asked["agency"].isin(agencies), "indicator"])
        gone = [p for p in due if p not in self.seen]
        if gone:
            self.issue("", "row_absent", "warning", f"{len(gone)}/{len(due)}", ", ".join(gone), "remind")

    def frame(self) -> pd.DataFrame:
        """The rows as SCORES; a row that stands twice with the same content counts once."""
        scores = pd.DataFrame(self.rows, columns=list(SCORES.columns)).astype({"score": float})
        key = list(SCORES.key)
        same = scores.duplicated([*key, "score", "status", "evidence", "quality"])
        for row in scores[same].to_dict("records"):
            self.changed(row["cell"], row["source"], row["indicator"], "", "repeated")
        return scores[~same].reset_index(drop=True)
