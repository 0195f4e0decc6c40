"""Read a round's file, .xlsx or .csv in the project's layout, into SCORES; every oddity of a cell becomes an issue."""

from __future__ import annotations

import csv
import hashlib
import io
import warnings
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scevaluation.errors import IntakeError, RoundError
from scevaluation.frames import ISSUES, SCORES, STATUSES
from scevaluation.intake.cells import parse_number, separator, stored
from scevaluation.issues import clean_text
from scevaluation.programme import Programme
from scevaluation.rounds import Round

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 100 * 2**20
MOST_MEMBERS = 2000
MOST_ROWS = 200_000
SHEET, COVER = "Skor", "Sampul"
COLUMNS = ("indicator", "agency", "source", "score", "status", "evidence", "quality")
ORIGIN = ("file", "cell")
HEADERS = {
    "indicator": ("indicator", "indikator", "kode"),
    "agency": ("agency", "perangkat daerah", "opd"),
    "self": ("self", "nilai mandiri"),
    "verified": ("verified", "nilai terverifikasi"),
    "final": ("final", "nilai akhir"),
    "status": ("status", "keadaan"),
    "evidence": ("evidence", "bukti"),
    "quality": ("quality", "mutu data"),
    "score": ("score", "skor"),
    "source": ("source", "sumber nilai"),
}
ASSESSOR = ("assessor:", "asesor:")


@dataclass(frozen=True)
class RoundFile:
    """A received file: its scores, what was found in single cells, and its hash."""

    path: Path
    sha256: str
    scores: pd.DataFrame
    issues: pd.DataFrame


class _Reader:
    """Collects rows and issues of one file."""

    def __init__(self, name: str, programme: Programme, round_name: str):
        self.name, self.programme, self.round = name, programme, round_name
        self.rows: list[dict] = []
        self.issues: list[dict] = []

    def issue(self, cell: str, problem: str, severity: str, found="", expected="", remedy="correct_cell") -> None:
        self.issues.append(
            {
                "file": self.name,
                "cell": cell,
                "problem": problem,
                "severity": severity,
                "found": clean_text(found, 120),
                "expected": clean_text(expected, 200),
                "remedy": remedy,
            }
        )

    def row(self, cell: str, indicator, agency, source: str, score, status, evidence, quality, origin=("", "")) -> None:
        """One score with where it stands; a text that is no number is an error, missing is no zero.

        `origin` is the file and cell of a returned form that the row was taken from.
        """
        parsed = parse_number(score)
        if parsed.problem:
            self.issue(cell, parsed.problem, "error", score, "", "correct_cell")
        elif parsed.tidied:
            self.issue(cell, "number_tidied", "note", score, f"{parsed.value:g}", "none")
        state = clean_text(status).lower().replace(" ", "_")
        if not state:
            state = "scored" if parsed.value is not None else "not_reported"
        if state not in STATUSES:
            self.issue(cell, "unknown_status", "error", status, ", ".join(STATUSES), "choose_status")
            state = "not_reported" if parsed.value is None else "scored"
        if state in ("scored", "inferred") and parsed.value is None and not parsed.problem:
            state = "not_reported"
        self.rows.append(
            {
                "region": self.programme.region,
                "round": self.round,
                "indicator": clean_text(indicator),
                "agency": clean_text(agency),
                "source": source,
                "score": parsed.value,
                "status": state,
                "evidence": clean_text(evidence),
                "quality": clean_text(quality, 10),
                "file": clean_text(origin[0]) or self.name,
                "cell": clean_text(origin[1]) if clean_text(origin[0]) else cell,
            }
        )

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        import pandas as pd

        scores = pd.DataFrame(self.rows, columns=list(SCORES.columns)).astype({"score": float})
        issues = pd.DataFrame(self.issues, columns=list(ISSUES.columns)).drop_duplicates(list(ISSUES.key))
        return scores, issues


def read_round(path: Path, programme: Programme, round_name: str) -> RoundFile:
    """Read a round's file without judging its scores.

    Parameters
    ----------
    path : Path
        A .csv or .xlsx in the layout that `blank` writes.
    programme, round_name
        Whose round it is said to be.

    Raises
    ------
    IntakeError
        If the file is no table at all: absent, encrypted, truncated, a macro workbook, too large. Nothing is then read.
    """
    received = Received(path)
    scores, issues = received.read(programme, str(Round(round_name))).frames()
    return RoundFile(received.path, hashlib.sha256(received.raw).hexdigest(), scores, issues)


class Received:
    """A received file, read and opened once, by whoever asks first.

    Parameters
    ----------
    path : Path
        A .csv or .xlsx in the layout that `blank` writes.
    """

    def __init__(self, path: Path):
        self.path = Path(path)

    @cached_property
    def raw(self) -> bytes:
        return read_bytes(self.path)

    @cached_property
    def written(self):
        """The workbook with its formulas."""
        _checked_zip(self.raw, self.path.name)
        return _open(self.raw, self.path.name, False)

    @cached_property
    def values(self):
        """The workbook with the values stored beside its formulas; opened again only if it has any."""
        formulas = any(c.data_type == "f" for sheet in self.written.worksheets for c in stored(sheet))
        return _open(self.raw, self.path.name, True) if formulas else self.written

    def said(self) -> dict[str, str]:
        """Programme and round as the workbook's cover names them, or the place of a .csv in data/."""
        if self.path.suffix.lower() != ".csv":
            return cover_facts(self.values[COVER]) if COVER in self.values.sheetnames else {}
        place = self.path.resolve()
        return {"programme": place.parent.parent.name, "round": place.stem} if place.parent.name == "rounds" else {}

    def read(self, programme: Programme, round_name: str) -> _Reader:
        """Rows and issues as plain dicts, which need no pandas."""
        reader = _Reader(self.path.name, programme, round_name)
        if self.path.suffix.lower() == ".csv":
            _read_csv(self.raw, reader)
        else:
            _read_workbook(self.values, self.written, reader)
        return reader


def read_bytes(path: Path) -> bytes:
    """The bytes of a received file.

    Raises
    ------
    IntakeError
        If it cannot be opened or is larger than 100 MB.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise IntakeError(f"{path.name} is larger than 100 MB.", "Send only the sheet with the scores.")
        return path.read_bytes()
    except OSError as error:
        raise IntakeError(
            f"{path.name} cannot be opened: {error.strerror}.", "Check the path and that no other program locks it."
        ) from error


def _read_csv(raw: bytes, reader: _Reader) -> None:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IntakeError(f"{reader.name} is not UTF-8 text (byte {error.start}).", "Save it as CSV UTF-8.") from error
    if "\0" in text:
        raise IntakeError(f"{reader.name} is no text table.", "Save it as CSV UTF-8 or as .xlsx.")
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    try:
        rows = list(table)
    except csv.Error as error:
        raise IntakeError(f"{reader.name}, line {table.line_num}: {error}.", "Save the table again as CSV UTF-8.") from error
    header = [clean_text(h).lower() for h in rows[0]] if rows else []
    lacks = [c for c in COLUMNS[:4] if c not in header]
    if lacks:
        raise IntakeError(f"{reader.name} has no column {', '.join(lacks)}.", f"The columns are {', '.join(COLUMNS)}.")
    place = {c: header.index(c) for c in (*COLUMNS, *ORIGIN) if c in header}
    for line, row in enumerate(rows[1:], 2):
        if any(v.strip() for v in row):
            got = {c: row[i] if i < len(row) else "" for c, i in place.items()}
            reader.row(
                f"line {line}",
                got["indicator"],
                got["agency"],
                clean_text(got["source"]),
                got["score"],
                got.get("status", ""),
                got.get("evidence", ""),
                got.get("quality", ""),
                tuple(got.get(c, "") for c in ORIGIN),
            )
    if not reader.rows:
        reader.issue("", "empty_table", "error", "", "", "fill_in")


def _checked_zip(raw: bytes, name: str) -> None:
    """Refuse what is no plain .xlsx before anything opens it."""
    if raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise IntakeError(f"{name} is encrypted or an old .xls workbook.", "Remove the password or save it as .xlsx.")
    if raw[:1024].lstrip().lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise IntakeError(f"{name} is a web page saved as a workbook.", "Open it and save it as .xlsx.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            members = book.infolist()
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > LARGEST:
                raise IntakeError(f"{name} unpacks to more than 100 MB.", "Send only the sheet with the scores.")
            names = {m.filename.lower() for m in members}
            if any(n.endswith("vbaproject.bin") for n in names):
                raise IntakeError(f"{name} holds macros.", "Save it as .xlsx without macros.")
            if "xl/workbook.xml" not in names:
                raise IntakeError(f"{name} is no workbook.", "Save it as .xlsx.")
            if book.testzip() is not None:
                raise IntakeError(f"{name} is damaged.", "Ask for it again.")
    except (zipfile.BadZipFile, zlib_error(), EOFError, NotImplementedError, RuntimeError) as error:
        raise IntakeError(f"{name} is truncated or no workbook.", "Ask for it again, as .xlsx.") from error


def zlib_error():
    """The error of the zlib module, imported only when a workbook is read."""
    import zlib

    return zlib.error


def _open(raw: bytes, name: str, values: bool):
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of parts it leaves out, such as drop-downs of newer Excel
        try:
            return openpyxl.load_workbook(io.BytesIO(raw), data_only=values, keep_links=False)
        except Exception as error:  # any damage inside the XML ends here; the file is refused whole
            raise IntakeError(
                f"{name} cannot be read as a workbook ({type(error).__name__}).", "Open it, save it again as .xlsx."
            ) from error


def _read_workbook(cached, written, reader: _Reader) -> None:
    name = reader.name
    if COVER in cached.sheetnames:
        _read_cover(cached[COVER], reader)
    if SHEET not in cached.sheetnames:
        raise IntakeError(
            f"{name} has no sheet {SHEET} (found: {clean_text(', '.join(cached.sheetnames), 100)}).",
            "Fill in the workbook that `scevaluation blank` writes.",
        )
    sheet, formulas = cached[SHEET], written[SHEET]
    top, place = _header(sheet, name)
    for area in written[SHEET].merged_cells.ranges:
        if area.max_row >= top:
            reader.issue(f"{SHEET}!{area.coord}", "merged_cells", "error", area.coord, "", "unmerge")
    if (sheet.max_row or 0) > MOST_ROWS:
        raise IntakeError(f"{name}, sheet {SHEET} has more than {MOST_ROWS} rows.", "Delete the empty rows below the table.")
    for number in range(top + 1, (sheet.max_row or 0) + 1):
        _read_line(sheet, formulas, number, place, reader)
    if not reader.rows:
        reader.issue(SHEET, "empty_table", "error", "", "", "fill_in")


def cover_facts(sheet) -> dict[str, str]:
    """Programme, round and instrument as a workbook's cover names them."""
    facts = {}
    for row in sheet.iter_rows(min_row=1, max_row=40, max_col=2, values_only=True):
        key = clean_text(row[0]).lower()
        if len(row) > 1 and key in ("programme", "round", "instrument", "region"):
            facts[key] = clean_text(row[1])
    return facts


def _read_cover(sheet, reader: _Reader) -> None:
    facts = cover_facts(sheet)
    state = reader.programme.states.get(reader.round)
    expected = {
        "programme": reader.programme.id,
        "round": reader.round,
        "instrument": state.instrument if state else "",
        "region": reader.programme.region,
    }
    for key, value in facts.items():
        if expected[key] and value != expected[key]:
            reader.issue(f"{COVER}!{key}", "wrong_" + key, "error", value, expected[key], "right_file")


def _header(sheet, name: str) -> tuple[int, dict[str, int]]:
    """Row of the header and column of each field, found by name in either language."""
    known = {text: field for field, texts in HEADERS.items() for text in texts}
    for number, row in enumerate(sheet.iter_rows(min_row=1, max_row=30, values_only=True), 1):
        place: dict[str, int] = {}
        for column, value in enumerate(row, 1):
            text = clean_text(value).lower().split("/")[0].strip()
            if text in known:
                place.setdefault(known[text], column)
            elif text.startswith(ASSESSOR):
                place.setdefault("assessor:" + text.partition(":")[2].strip().upper(), column)
        if "indicator" in place and any(k in place for k in ("self", "verified", "final", "score")):
            return number, place
    raise IntakeError(
        f"{name}, sheet {SHEET} has no row with the column names.", "Keep the header row that `scevaluation blank` writes."
    )


def _read_line(sheet, formulas, number: int, place: dict[str, int], reader: _Reader) -> None:
    def cell(field: str):
        column = place.get(field)
        return sheet.cell(number, column) if column else None

    def value(field: str):
        found = cell(field)
        return found.value if found is not None else None

    if not clean_text(value("indicator")):
        return
    entered = []
    for field in [f for f in place if f in ("self", "verified", "final", "score") or f.startswith("assessor:")]:
        here = cell(field)
        where = f"{SHEET}!{here.coordinate}"
        written = formulas.cell(number, place[field]).value
        if isinstance(written, str) and written.startswith("="):
            problem = ("formula_without_value", "error") if here.value is None else ("formula", "warning")
            reader.issue(where, *problem, written, "", "paste_value")
        source = clean_text(value("source")) or "verified" if field == "score" else field
        if clean_text(here.value) or field == "verified":
            entered.append((where, source, here.value))
    filled = [v for _, _, v in entered if clean_text(v)]
    for where, source, found in entered:
        if source == "verified" and found is None and filled:
            continue
        reader.row(
            where,
            value("indicator"),
            value("agency"),
            source,
            found,
            value("status") if found is None else "",
            value("evidence") if source in ("self", "verified", "final") else "",
            value("quality"),
        )


def round_files(programme: Programme, until: str | None = None) -> dict[str, Path]:
    """The file of every round of the programme that has one, in time."""
    if programme.official:
        rounds = [r.id for r in programme.rounds if until is None or Round(r.id) <= Round(until)]
        return dict.fromkeys(rounds, programme.folder / "results.csv")
    found: dict[str, Path] = {}
    for path in sorted((programme.folder / "rounds").glob("*.*")):
        if path.suffix.lower() not in (".csv", ".xlsx") or path.name.startswith((".", "~")):
            continue
        name = str(programme.round(path.stem).id)
        if name in found:
            raise RoundError(f"{programme.id} has two files for {name}: {found[name].name} and {path.name}.", "Keep one.")
        if until is None or Round(name) <= Round(until):
            found[name] = path
    return dict(sorted(found.items()))
