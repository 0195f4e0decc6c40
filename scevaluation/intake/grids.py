"""Open what people send back: .xlsx, .ods, .csv, or a web page saved as .xls, as plain grids of cells. Nothing in it acts."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from scevaluation.errors import IntakeError
from scevaluation.intake.cells import stored
from scevaluation.intake.workbook import LARGEST, MOST_MEMBERS, MOST_ROWS, _checked_zip, _open, zlib_error

KINDS = ("xlsx", "ods", "html", "csv")
MOST_COLUMNS = 400
MOST_CELLS = 2_000_000
_TABLE, _TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{n}:1.0}}" for n in ("table", "text"))
_LINK = "{http://www.w3.org/1999/xlink}"


@dataclass(frozen=True)
class Grid:
    """One sheet: `cells[row][column]` from A1, 0-based; `formulas` hold places whose value a formula made, `links` addresses.

    `merged` are areas (top, left, bottom, right), both ends included. `sheet` is "" for a table that has none, whose places
    are then lines; `cut` says that its last line has no end.
    """

    sheet: str
    cells: list[list]
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    cut: bool = False

    def at(self, row: int, column: int) -> str:
        """Place of a cell as people name it: Skor!E14, or line 14, column 5."""
        if not self.sheet:
            return f"line {row + 1}" if column < 0 else f"line {row + 1}, column {column + 1}"
        return f"{self.sheet}!{row + 1}" if column < 0 else f"{self.sheet}!{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """Letters of a column counted from 0.

    >>> letters(27)
    'AB'
    """
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def kind_of(raw: bytes, name: str) -> str:
    """What a file is by its content; its ending may lie.

    Raises
    ------
    IntakeError
        If it is encrypted, an old .xls, damaged, full of macros, or too large when unpacked.
    """
    start = raw[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if raw[:4] == b"PK\x03\x04":
        return _kind_of_zip(raw, name)
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<div")):
        return "html"
    if start.startswith(b"<") and (b"<html" in start or b"<table" in start):
        return "html"
    if raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or Path(name).suffix.lower() in (".xlsx", ".ods", ".xlsm", ".xls"):
        _checked_zip(raw, name)
    return "csv"


def _kind_of_zip(raw: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            members = book.infolist()
            names = {m.filename.lower() for m in members}
            if "mimetype" not in names or "content.xml" not in names:
                _checked_zip(raw, name)
                return "xlsx"
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > LARGEST:
                raise IntakeError(f"{name} unpacks to more than 100 MB.", "Send only the sheet with the scores.")
            if book.read("mimetype").strip() != b"application/vnd.oasis.opendocument.spreadsheet":
                raise IntakeError(f"{name} is no workbook.", "Save it as .xlsx or .ods.")
            if any(n.startswith(("basic/", "scripts/")) and not n.endswith("/") for n in names):
                raise IntakeError(f"{name} holds macros.", "Save it without macros.")
            if b"encryption-data" in book.read("META-INF/manifest.xml"):
                raise IntakeError(f"{name} is encrypted.", "Remove the password.")
            if book.testzip() is not None:
                raise IntakeError(f"{name} is damaged.", "Ask for it again.")
    except (zipfile.BadZipFile, zlib_error(), EOFError, NotImplementedError, RuntimeError, KeyError) as error:
        raise IntakeError(f"{name} is truncated or no workbook.", "Ask for it again, as .xlsx.") from error
    return "ods"


def grids(raw: bytes, name: str) -> tuple[str, list[Grid]]:
    """The kind of a file and its sheets.

    Formulas are never evaluated: a cell that holds one has the value stored in the file. Links, scripts and styles are left.

    Raises
    ------
    IntakeError
        If nothing can be read from it; the file is refused whole.
    """
    kind = kind_of(raw, name)
    found = {"xlsx": _xlsx, "ods": _ods, "html": _html, "csv": _csv}[kind](raw, name)
    if sum(len(row) for g in found for row in g.cells) > MOST_CELLS or any(len(g.cells) > MOST_ROWS for g in found):
        raise IntakeError(f"{name} has more than {MOST_ROWS} rows.", "Delete the empty rows and columns around the table.")
    return kind, found


def _values(raw: bytes, name: str) -> dict[str, tuple[list[list], bool]]:
    """Cells of every sheet from A1, and whether it is hidden; read by calamine."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        out = {}
        for meta in book.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.total_height * sheet.total_width > MOST_CELLS:
                raise IntakeError(f"{name}, sheet {meta.name[:30]} is too large.", "Delete the empty rows and columns.")
            rows = [[None if v == "" else v for v in row[:MOST_COLUMNS]] for row in sheet.to_python(skip_empty_area=False)]
            out[meta.name] = (rows, meta.visible != calamine.SheetVisibleEnum.Visible)
        return out
    except calamine.CalamineError as error:
        raise IntakeError(f"{name} cannot be read as a workbook.", "Open it, save it again as .xlsx.") from error


def _xlsx(raw: bytes, name: str) -> list[Grid]:
    values, written = _values(raw, name), _open(raw, name, False)
    out = []
    for sheet, (cells, hidden) in values.items():
        if sheet not in written.sheetnames or not hasattr(written[sheet], "merged_cells"):
            continue
        page = written[sheet]
        at = lambda c: (c.row - 1, c.column - 1)  # noqa: E731
        formulas = {at(c): str(getattr(c.value, "text", c.value)) for c in stored(page) if c.data_type == "f"}
        merged = tuple((m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in page.merged_cells.ranges)
        links = {at(c): c.hyperlink.target for c in stored(page) if c.hyperlink and c.hyperlink.target}
        out.append(Grid(sheet, cells, formulas, merged, hidden, links))
    return out


def _ods(raw: bytes, name: str) -> list[Grid]:
    values = _values(raw, name)
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        content = book.read("content.xml")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise IntakeError(f"{name} holds definitions that a table has no need of.", "Open it, save it again as .xlsx.")
    try:
        tables = ElementTree.fromstring(content).iter(f"{_TABLE}table")
        marks = {t.get(f"{_TABLE}name"): _ods_marks(t) for t in tables}
    except ElementTree.ParseError as error:
        raise IntakeError(f"{name} cannot be read as a workbook.", "Open it, save it again as .xlsx.") from error
    out = []
    for sheet, (cells, hidden) in values.items():
        formulas, merged, links = marks.get(sheet, ({}, (), {}))
        out.append(Grid(sheet, cells, formulas, merged, hidden, links))
    return out


def _ods_marks(table) -> tuple[dict, tuple, dict]:
    """Places of formulas, merged areas and links of one sheet of a .ods."""
    formulas, merged, links, row = {}, [], {}, 0
    for line in table.iter(f"{_TABLE}table-row"):
        column = 0
        for cell in line:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            if cell.get(f"{_TABLE}formula"):
                formulas[row, column] = cell.get(f"{_TABLE}formula").removeprefix("of:")
            for anchor in cell.iter(f"{_TEXT}a"):
                links[row, column] = anchor.get(f"{_LINK}href", "")
            down, right = (int(cell.get(f"{_TABLE}number-{n}-spanned", 1)) for n in ("rows", "columns"))
            if down > 1 or right > 1:
                merged.append((row, column, row + down - 1, column + right - 1))
            column += int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        row += int(line.get(f"{_TABLE}number-rows-repeated", 1))
    return formulas, tuple(merged), links


def _text(raw: bytes, name: str) -> str:
    code = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = raw.decode(code)
    except UnicodeDecodeError as error:
        raise IntakeError(f"{name} is not UTF-8 text (byte {error.start}).", "Save it as CSV UTF-8 or as .xlsx.") from error
    if "\0" in text:
        raise IntakeError(f"{name} is no text table.", "Save it as CSV UTF-8 or as .xlsx.")
    return text


def _csv(raw: bytes, name: str) -> list[Grid]:
    text = _text(raw, name)
    lines = [line for line in text.splitlines() if line.strip()][:40]
    mark = max(";\t,", key=lambda m: max((line.count(m) for line in lines), default=0) + (m != ",") * 0.5)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        rows = [[v or None for v in row[:MOST_COLUMNS]] for row in table]
    except csv.Error as error:
        raise IntakeError(f"{name}, line {table.line_num}: {error}.", "Save the table again as CSV UTF-8.") from error
    return [Grid("", rows, cut=not text.endswith(("\n", "\r")))]


def _html(raw: bytes, name: str) -> list[Grid]:
    from bs4 import BeautifulSoup

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of text that looks like an address or like XML; both are only text here
        page = BeautifulSoup(_text(raw, name), "html.parser")
    for part in page(["script", "style", "template", "noscript"]):
        part.decompose()
    text = _text(raw, name).lower()
    if text.count("</table") < text.count("<table"):
        raise IntakeError(f"{name} is cut off inside its table.", "Ask for it again, best as .xlsx.")
    tables = [t for t in page("table") if not t.find("table")]
    if not tables:
        raise IntakeError(f"{name} is a web page without a table.", "Open it and save it as .xlsx.")
    return [_html_grid(t, f"table{n}") for n, t in enumerate(tables, 1)]


def _span(cell, name: str) -> int:
    text = str(cell.get(name, "1")).strip()
    return min(max(int(text), 1), MOST_COLUMNS) if text.isdecimal() else 1


def _html_grid(table, name: str) -> Grid:
    cells, merged, links, taken = [], [], {}, set()
    for row, line in enumerate(table("tr")):
        cells.append([])
        column = 0
        for cell in line(["td", "th"]):
            while (row, column) in taken:
                column += 1
            down, right = _span(cell, "rowspan"), _span(cell, "colspan")
            if column + right > MOST_COLUMNS or len(taken) > MOST_CELLS:
                break
            cells[row] += [None] * (column + right - len(cells[row]))
            cells[row][column] = " ".join(cell.get_text(" ").split()) or None
            anchor = cell.find("a", href=True)
            if anchor:
                links[row, column] = anchor["href"]
            if down > 1 or right > 1:
                merged.append((row, column, row + down - 1, column + right - 1))
                taken |= {(row + d, column + r) for d in range(down) for r in range(right)}
            column += right
    return Grid(name, cells, {}, tuple(merged), False, links)
