"""The reader and openpyxl, which is another program, find the same in workbooks that xlsxwriter and openpyxl write."""

import io
from datetime import date, datetime, time

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.numbers import BUILTIN_FORMATS

from scevaluation.grid.book import grid
from scevaluation.grid.cell import Look
from scevaluation.grid.formats import parsed
from scevaluation.grid.reading import read
from scevaluation.grid.styles import BUILTIN, PALETTE

CODES = ("General", "0", "0.0%", "#,##0.00", '0" poin"', "0.00E+00", "@", "0;-0;;@")
FILLS = ("", "FFFF00", "00B050")
TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30).filter(
    lambda t: t[0] not in "={" and "_x" not in t and "://" not in t and ":" not in t and "@" not in t
)
NUMBER = st.floats(-1e12, 1e12) | st.integers(-(10**9), 10**9)
VALUE = NUMBER | TEXT | st.booleans()
CELL = st.tuples(VALUE, st.sampled_from(CODES), st.sampled_from(FILLS), st.booleans())
CELLS = st.dictionaries(st.tuples(st.integers(0, 60), st.integers(0, 30)), CELL, min_size=1, max_size=12)
HIDDEN = st.tuples(st.sets(st.integers(0, 60), max_size=3), st.sets(st.integers(0, 30), max_size=3), st.booleans())


def by_xlsxwriter(cells, hidden, notes):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("Sampul")
    sheet = book.add_worksheet("Skor")
    for (row, column), (value, code, fill, struck) in cells.items():
        look = book.add_format({"num_format": code, "font_strikeout": struck, **({"bg_color": f"#{fill}"} if fill else {})})
        write = (
            sheet.write_boolean
            if isinstance(value, bool)
            else sheet.write_string
            if isinstance(value, str)
            else sheet.write_number
        )
        write(row, column, value, look)
    for row in hidden[0]:
        sheet.set_row(row, None, None, {"hidden": True})
    for column in hidden[1]:
        sheet.set_column(column, column, None, None, {"hidden": True})
    for (row, column), text in notes.items():
        sheet.write_comment(row, column, text)
    if hidden[2]:
        sheet.hide()
    sheet.merge_range(70, 0, 71, 3, "digabung")
    book.close()
    return out.getvalue()


def by_openpyxl(cells, hidden, notes):
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Skor")
    for (row, column), (value, code, fill, struck) in cells.items():
        cell = sheet.cell(row + 1, column + 1, value)
        cell.number_format, cell.font = code, Font(strike=struck)
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
    for row in hidden[0]:
        sheet.row_dimensions[row + 1].hidden = True
    for column in hidden[1]:
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column + 1)].hidden = True
    for (row, column), text in notes.items():
        sheet.cell(row + 1, column + 1).comment = Comment(text, "x")
    sheet.sheet_state = "veryHidden" if hidden[2] else "visible"
    sheet.cell(71, 1, "digabung")
    sheet.merge_cells("A71:D72")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ours(raw):
    _, looks, sheets = read(raw)
    return [grid(sheet, [Look(*look) for look in looks]) for sheet in sheets]


def theirs(raw):
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Skor"]
    return sheet, {(c.row - 1, c.column - 1): c for line in sheet.iter_rows() for c in line if c.value is not None}


def same(raw):
    mine = ours(raw)[1]
    sheet, cells = theirs(raw)
    found = {(r, c): cell for r, line in mine.rows.items() for c, cell in line.items()}
    assert found.keys() == cells.keys()
    for place, cell in found.items():
        other = cells[place]
        assert cell.value == other.value and type(cell.value) in (float, str, bool)
        assert cell.look.code == other.number_format
        fill = other.fill.fgColor.rgb[-6:] if other.fill.patternType == "solid" else ""
        assert (cell.look.fill, cell.look.struck) == (fill, bool(other.font.strike))
    rows = {r - 1 for r, d in sheet.row_dimensions.items() if d.hidden}
    assert mine.hidden_rows == rows & mine.rows.keys() and mine.hidden == (sheet.sheet_state != "visible")
    columns = {openpyxl.utils.column_index_from_string(c) - 1 for c, d in sheet.column_dimensions.items() if d.hidden}
    assert mine.hidden_columns >= columns & {c for _, c in found}
    assert mine.merged == tuple((m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in sheet.merged_cells.ranges)
    notes = {(c.row - 1, c.column - 1): c.comment.text for line in sheet.iter_rows() for c in line if c.comment}
    assert mine.comments == notes


@settings(max_examples=25, deadline=None)
@given(CELLS, HIDDEN, st.dictionaries(st.tuples(st.integers(0, 60), st.integers(0, 30)), TEXT.filter(str.strip), max_size=2))
def test_both_find_the_same(cells, hidden, notes):
    same(by_xlsxwriter(cells, hidden, notes))
    same(by_openpyxl(cells, hidden, notes))


@pytest.mark.parametrize("code", ["yyyy-mm-dd", "dd/mm/yyyy hh:mm", "h:mm", "[$-421]d mmmm yyyy"])
@pytest.mark.parametrize("value", [date(2025, 3, 1), datetime(2025, 3, 1, 13, 30), date(1900, 1, 5), time(13, 30)])
def test_days_are_the_same(code, value):
    book = openpyxl.Workbook()
    book.active["A1"] = value
    book.active["A1"].number_format = code
    out = io.BytesIO()
    book.save(out)
    cell = ours(out.getvalue())[0].rows[0][0]
    other = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active["A1"].value
    if isinstance(cell.value, time) or isinstance(other, time):
        assert cell.value == other or code != "h:mm"
    else:
        assert datetime(*cell.value.timetuple()[:6]) == other


def test_formats_with_a_number_are_those_of_the_other_program():
    """But for 44, whose sections that one does not part; it stands like 43 with a currency."""
    assert BUILTIN.keys() == BUILTIN_FORMATS.keys()
    assert [n for n, code in BUILTIN.items() if code != BUILTIN_FORMATS[n]] == [44]
    assert [s.kind for s in parsed(BUILTIN[44]).sections] == [s.kind for s in parsed(BUILTIN[43]).sections]


def test_colours_with_a_number_are_those_of_the_other_program():
    from openpyxl.styles.colors import COLOR_INDEX

    assert [c[-6:] for c in COLOR_INDEX[:64]] == PALETTE
