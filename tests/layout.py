"""A mutated form as a file of some kind: what each kind of program writes of the same cells."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import openpyxl
import xlsxwriter
from desk_data import csv, html, ods
from mutator import Line, Score, Sheet
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

DAY = datetime(2025, 5, 2)
FORMULA, ERROR = "=1+1", "#DIV/0!"


def rows_of(sheet: Sheet) -> list[list]:
    """Rows of the table from its first title on; a score is a `Score`, all else a plain value."""
    head = [sheet.heads[c] for c in sheet.columns]
    out = [[t] for t in sheet.titles] + [head]
    for n in range(len(sheet.lines) + 1):
        for place, cells in sheet.after:
            if place == n or (n == len(sheet.lines) and place > n):
                out.append(_between(sheet, head, cells))
        if n < len(sheet.lines):
            out.append([_cell(sheet.lines[n], c) for c in sheet.columns])
    return out


def _between(sheet: Sheet, head: list[str], cells: list) -> list:
    if cells == ["head"]:
        return list(head)
    row: list = [None] * len(sheet.columns)
    for text, column in zip(cells, ("indicator", "self"), strict=False):
        if column in sheet.columns:
            row[sheet.columns.index(column)] = text
    return row


def _cell(line: Line, column: str):
    return line.scores[column] if column in line.scores else line.words[column]


def as_text(value):
    """What a table in text, a web page or a plain ods holds of a cell: what is shown of it."""
    if not isinstance(value, Score):
        return value
    if value.mark == "error":
        return ERROR
    if value.mark == "date":
        return "02/05/2025"
    if value.mark in ("struck", "raised", "run"):
        return f"{value.stored} ?"
    if value.code.endswith("%"):
        return f"{value.seen:g}%"
    if value.code not in ("General", "@") and value.seen is not None and value.code in HIDES:
        return HIDES[value.code]
    return value.stored


HIDES = {
    ";;;": "?", '0.0"/4"': "2/4", '"baik"': "baik", '[>=2]"tinggi";"rendah"': "tinggi", "d mmm yyyy": "2 Jan 1900", "0.0,": "0.0k",
    "hh:mm": "12:00",
}  # fmt: skip


def _plain(rows: list[list]) -> list[list]:
    wide = max(len(r) for r in rows)
    return [[*map(as_text, r), *[None] * (wide - len(r))] for r in rows]


def _place(sheet: Sheet) -> tuple[int, int]:
    """Row of the first line of scores and column of one of its scores."""
    return len(sheet.titles) + 1, next((n for n, c in enumerate(sheet.columns) if c == "self"), 0)


def by_xlsxwriter(sheet: Sheet) -> bytes:
    """A workbook as xlsxwriter writes it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(sheet.name)
    for r, row in enumerate(rows_of(sheet)):
        for c, value in enumerate(row):
            _xlsxwriter_cell(book, page, r, c, value)
    _xlsxwriter_more(book, page, sheet)
    book.close()
    return out.getvalue()


def _xlsxwriter_cell(book, page, r: int, c: int, value) -> None:
    score = value if isinstance(value, Score) else Score(value, None)
    look = {"num_format": score.code} | {"struck": {"font_strikeout": True}, "raised": {"font_script": 1}}.get(score.mark, {})
    style = book.add_format(look) if len(look) > 1 or score.code != "General" else None
    if score.mark == "error":
        page.write_formula(r, c, "=1/0", None, ERROR)
    elif score.mark == "formula":
        page.write_formula(r, c, FORMULA, style, score.stored)
    elif score.mark == "date":
        page.write_datetime(r, c, DAY, book.add_format({"num_format": "d mmm yyyy"}))
    elif score.mark == "run":
        page.write_rich_string(r, c, book.add_format({"font_strikeout": True}), "1", f" {score.stored:g}")
    elif score.stored is not None:
        page.write(r, c, score.stored, style)


def _xlsxwriter_more(book, page, sheet: Sheet) -> None:
    row, column = _place(sheet)
    if "comment" in sheet.decorated:
        page.write_comment(row, column, "lihat lampiran")
    if "hidden row" in sheet.decorated:
        page.set_row(row, None, None, {"hidden": True})
    if "hidden column" in sheet.decorated:
        page.set_column(column, column, None, None, {"hidden": True})
    if "notes" in sheet.decorated:
        book.add_worksheet("Catatan").write(0, 0, "tidak ada")
    for name in [*sheet.others, *(["Tersembunyi"] if "hidden sheet" in sheet.decorated else [])]:
        other = book.add_worksheet(name)
        if name == "Tersembunyi":
            other.hide()
        for r, cells in enumerate([["Indikator", "Nilai mandiri"], ["health/imunisasi", 1.0]]):
            other.write_row(r, 0, cells)


def by_openpyxl(sheet: Sheet) -> bytes:
    """A workbook as openpyxl writes it: formulas without a stored value are left to the other writer."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet.name
    for r, row in enumerate(rows_of(sheet), 1):
        for c, value in enumerate(row, 1):
            _openpyxl_cell(page.cell(r, c), value if isinstance(value, Score) else Score(value, None))
    row, column = _place(sheet)
    if "comment" in sheet.decorated:
        page.cell(row + 1, column + 1).comment = Comment("lihat lampiran", "x")
    if "colour" in sheet.decorated:
        page.cell(row + 1, column + 1).fill = PatternFill("solid", fgColor="FFFF00")
    if "hidden row" in sheet.decorated:
        page.row_dimensions[row + 1].hidden = True
    for name in sheet.others:
        for cells in [["Indikator", "Nilai mandiri"], ["health/imunisasi", 1.0]]:
            (book[name] if name in book.sheetnames else book.create_sheet(name)).append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _openpyxl_cell(cell, score: Score) -> None:
    value = {"error": ERROR, "date": DAY}.get(score.mark, score.stored)
    if score.mark == "run":
        value = CellRichText(TextBlock(InlineFont(strike=True), "1"), f" {score.stored:g}")
    cell.value = value
    if isinstance(value, str) and value.startswith("="):
        cell.data_type = "s"
    if score.mark == "struck":
        cell.font = Font(strike=True)
    if score.mark == "raised":
        cell.font = Font(vertAlign="superscript")
    if score.code != "General":
        cell.number_format = score.code


def _text(sheet: Sheet, mark: str) -> bytes:
    rows = _plain(rows_of(sheet))
    if mark == ";":
        rows = [[str(v).replace(".", ",") if isinstance(v, float) else v for v in row] for row in rows]
    return csv(rows, mark)


KINDS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "xlsxwriter": ("xlsx", by_xlsxwriter),
    "openpyxl": ("xlsx", by_openpyxl),
    "ods": ("ods", lambda s: ods(_plain(rows_of(s)), s.name)),
    "comma": ("csv", lambda s: _text(s, ",")),
    "semicolon": ("csv", lambda s: _text(s, ";")),
    "windows": ("csv", lambda s: b"\xef\xbb\xbf" + _text(s, ";").replace(b"\n", b"\r\n")),
    "tab": ("csv", lambda s: _text(s, "\t")),
    "utf-16": ("csv", lambda s: _text(s, "\t").decode().encode("utf-16")),
    "said": ("csv", lambda s: b"sep=;\n" + _text(s, ";")),
    "page": ("xlsx", lambda s: html(_plain(rows_of(s)))),
}
