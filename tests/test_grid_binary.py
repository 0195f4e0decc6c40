"""Old .xls and .xlsb: the same cells as of an .xlsx, each record that matters, and a sentence for everything else."""

import datetime
import io
import random
import struct

import openpyxl
import pytest
from binary_books import (
    at,
    bcell,
    bcell_of,
    bof,
    cell,
    cell_of,
    container,
    part,
    record,
    said,
    stream,
    text,
    xf,
    xls,
    xlsb,
    xlsb_parts,
)
from desk_data import zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from mangle import mutated
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from raw_books import cells, grids, refused

from scevaluation.grid.cell import Grid
from scevaluation.grid.limits import Refused
from scevaluation.grid.xlsx import UNKNOWN_FORMULA

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=40)
VALUE = st.floats(allow_nan=False, allow_infinity=False) | TEXT | st.booleans()
ROWS = st.lists(st.lists(VALUE | st.none(), max_size=6), max_size=12)


def one(body: bytes, head: bytes = b"", **more) -> Grid:
    """The only sheet of an .xls with these records."""
    return grids(container({"Workbook": stream({"Skor": body}, head or xf(), **more)}))[0]


def values(grid: Grid) -> dict:
    return {(r, c): found.value for r, line in grid.rows.items() for c, found in line.items()}


def expected(rows: list[list]) -> dict:
    return {(r, c): v for r, row in enumerate(rows) for c, v in enumerate(row) if v not in (None, "")}


@settings(max_examples=80, deadline=None)
@given(rows=ROWS)
def test_plain_cells_are_read_as_they_were_written(rows):
    assert values(grids(xls({"Skor": rows}))[0]) == expected(rows)
    assert values(grids(xlsb(rows))[0]) == expected(rows)


# .xls, record by record


def test_numbers_in_four_bytes():
    whole = struct.pack("<L", (-7 & 0x3FFFFFFF) << 2 | 2)
    cents = struct.pack("<L", 12345 << 2 | 3)
    half = struct.pack("<L", struct.unpack("<Q", struct.pack("<d", 2.5))[0] >> 32 & 0xFFFFFFFC)
    several = record(0x00BD, struct.pack("<HH", 1, 0) + b"\0\0" + whole + b"\0\0" + cents + struct.pack("<H", 1))
    found = one(b"".join(cell(0x027E, 0, n, raw) for n, raw in enumerate((whole, cents, half))) + several)
    assert values(found) == {(0, 0): -7.0, (0, 1): 123.45, (0, 2): 2.5, (1, 0): -7.0, (1, 1): 123.45}


def test_formats_fills_and_marks_are_those_of_the_cells_style():
    fonts = b"".join(record(0x0031, struct.pack("<HHHHH", 200, flags, 0, 400, up)) for flags, up in (*[(0, 0)] * 4, (8, 1)))
    head = fonts + record(0x041E, struct.pack("<H", 164) + text('0.0" poin"')) + record(0x0092, struct.pack("<H", 1) + b"\x01\x02\x03\x00")
    head += xf() + xf(0, 9) + xf(0, 164, 8) + xf(5) + xf(0, 999, 13)
    found = one(b"".join(cell_of(0, n, 0.5, n) for n in range(5)), head).rows[0]
    assert (found[1].look.kind, found[1].look.power) == ("percent", 2)
    assert (found[2].look.unit, found[2].look.decimals, found[2].look.fill) == ("poin", 1, "010203")
    assert found[3].look.struck and found[3].look.raised
    assert (found[4].look.kind, found[4].look.fill) == ("unknown", "FFFF00")


@pytest.mark.parametrize(("flag", "day"), [(0, datetime.date(2017, 6, 30)), (1, datetime.date(2021, 7, 1))])
def test_days_of_1900_and_of_1904(flag, day):
    head = record(0x0022, struct.pack("<H", flag)) + xf() + xf(0, 14)
    found = one(cell_of(0, 0, 42916.0, 1), head).rows[0][0]
    assert (found.value, found.kind) == (day, "date")
    found = grids(zipped(xlsb_parts(at(0) + bcell_of(0, 42916.0, 1), part(617) + bxf() + bxf(14) + part(618), flags=flag)))[0].rows[0][0]
    assert (found.value, found.kind) == (day, "date")


def test_formulas_have_their_stored_value_and_are_marked():
    def formula(column, result):
        return cell(0x0006, 0, column, result + b"\0" * 6)

    special = lambda kind, value: bytes([kind, 0, value, 0, 0, 0, 255, 255])  # noqa: E731
    body = formula(0, struct.pack("<d", 2.5)) + formula(1, special(0, 0)) + record(0x0207, text("hasil \u2013"))
    found = one(body + formula(2, special(1, 1)) + formula(3, special(2, 0x2A)) + formula(4, special(3, 0))).rows[0]
    assert [c.value for c in found.values()] == [2.5, "hasil \u2013", True, "#N/A", ""]
    assert [c.kind for c in found.values()] == ["number", "text", "bool", "error", "text"]
    assert {c.formula for c in found.values()} == {UNKNOWN_FORMULA}


def test_a_text_that_goes_on_in_other_records_and_has_runs():
    fonts = b"".join(record(0x0031, struct.pack("<HHHHH", 200, flags, 0, 400, 0)) for flags in (0, 8))
    first = text("x" * 20)[:-5]
    shared = record(0x00FC, struct.pack("<LL", 3, 3) + first) + record(0x003C, b"\x01" + "é–Жab".encode("utf-16-le"))
    shared += record(0x003C, text("lama baru", runs=[(0, 1), (4, 0)]) + text("\u4e2d"))
    found = one(b"".join(cell(0x00FD, n, 0, struct.pack("<L", n)) for n in range(3)), fonts + xf() + shared)
    assert values(found) == {(0, 0): "x" * 15 + "é–Жab", (1, 0): "lama baru", (2, 0): "\u4e2d"}
    assert found.rows[1][0].struck == "lama"


def test_what_else_stands_on_a_sheet():
    note = record(0x005D, struct.pack("<HHHH", 0x15, 0x12, 25, 7) + b"\0" * 14)
    note += record(0x01B6, b"\0" * 10 + struct.pack("<HH", 4, 0) + b"\0" * 4)
    note += record(0x003C, b"\0halo") + record(0x001C, struct.pack("<HHHH", 1, 0, 0, 7))
    chart = bof(0x20) + cell_of(0, 0, 99.0) + record(0x000A)
    body = record(0x0208, struct.pack("<HHHHHHL", 2, 0, 1, 300, 0, 0, 0x20))
    body += record(0x007D, struct.pack("<HHHHH", 1, 1, 2000, 0, 1)) + chart
    body += b"".join(cell_of(r, c, 1.0) for r in range(4) for c in range(2)) + record(0x00E5, struct.pack("<HHHHH", 1, 3, 3, 0, 1))
    found = one(body + note, states={"Skor": 1})
    assert (found.hidden, found.hidden_rows, found.hidden_columns) == (True, {2}, {1})
    assert (found.merged, found.comments) == (((3, 0, 3, 1),), {(1, 0): "halo"}) and values(found)[(0, 0)] == 1.0


# .xlsb, record by record


def bxf(code: int = 0, font: int = 0, fill: int = 0) -> bytes:
    return part(47, struct.pack("<HHHHH", 0, code, font, fill, 0) + b"\0" * 6)


def test_an_xlsb_has_styles_texts_formulas_and_what_else_stands_on_the_sheet():
    colour = lambda kind, index=0, rgb=b"\0\0\0": struct.pack("<BBh", kind << 1, index, 0) + rgb + b"\xff"  # noqa: E731
    fonts = part(43, struct.pack("<HHHH", 200, 0, 400, 0)) + part(43, struct.pack("<HHHH", 200, 8, 400, 2))
    fills = part(45, struct.pack("<L", 0) + colour(0)) + part(45, struct.pack("<L", 1) + colour(2, rgb=b"\xff\xee\x01"))
    fills += part(45, struct.pack("<L", 1) + colour(3, 4)) + part(45, struct.pack("<L", 1) + colour(1, 13))
    xfs = part(617) + bxf() + bxf(9) + bxf(164, 0, 1) + bxf(0, 1, 2) + bxf(0, 0, 3) + part(618)
    styles = part(44, struct.pack("<H", 164) + said('0.0" poin"')) + fonts + fills + bxf(10) + xfs
    rich = b"\x01" + said("lama baru") + struct.pack("<LHHHH", 2, 0, 1, 4, 0)
    strings = part(19, b"\0" + said("teks")) + part(19, rich)
    rk = struct.pack("<L", 12345 << 2 | 3)
    data = part(60, struct.pack("<LLLLH", 9, 9, 2000, 0, 1)) + at(0)
    data += b"".join(bcell_of(n, 0.5, n) for n in range(5)) + bcell(2, 9, rk)
    data += at(1) + bcell(7, 0, struct.pack("<L", 0)) + part(17, struct.pack("<L", 0) + said("pendek")) + bcell(7, 2, struct.pack("<L", 1))
    data += part(0, struct.pack("<LLHBB", 2, 0, 0, 0, 0x10)) + bcell(9, 0, struct.pack("<d", 3.5) + b"\0" * 8)
    data += bcell(8, 1, said("hasil") + b"\0" * 8) + bcell(10, 2, b"\x01" + b"\0" * 8)
    data += bcell(11, 3, b"\x07" + b"\0" * 8) + bcell(3, 4, b"\x2a")
    data += part(176, struct.pack("<LLLL", 3, 4, 0, 1)) + part(494, struct.pack("<LLLL", 0, 0, 0, 0) + said("rId2") + said("") * 3)
    comments = part(635, struct.pack("<LLLLL", 0, 1, 1, 0, 0) + b"\0" * 16) + part(637, b"\0" + said("halo"))
    (found,) = grids(zipped(xlsb_parts(data, styles, strings, state=2, comments=comments)))
    looks = [found.rows[0][n].look for n in range(5)]
    assert (looks[1].kind, looks[2].unit, looks[2].fill) == ("percent", "poin", "FFEE01")
    assert (looks[3].struck, looks[3].raised, looks[3].fill, looks[4].fill) == (True, True, "4F81BD", "FFFF00")
    assert values(found)[(0, 9)] == 123.45 and [c.value for c in found.rows[1].values()] == ["teks", "pendek", "lama baru"]
    assert found.rows[1][2].struck == "lama"
    assert [(c.value, c.kind) for c in found.rows[2].values()] == [
        (3.5, "number"), ("hasil", "text"), (True, "bool"), ("#DIV/0!", "error"), ("#N/A", "error"),
    ]  # fmt: skip
    assert [bool(c.formula) for c in found.rows[2].values()] == [True] * 4 + [False]
    assert (found.hidden, found.hidden_rows, found.hidden_columns, found.merged) == (True, {2}, {9}, ((3, 0, 4, 1),))
    assert (found.comments, found.links) == ({(1, 0): "halo"}, {(0, 0): "https://a.b/c"})


# Another program as judge


def made() -> bytes:
    """A workbook with what people put into one."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Skor"
    days = [datetime.date(2017, 6, 30), datetime.datetime(2020, 1, 2, 3, 4, 5)]
    for n, value in enumerate([1, 2.5, -3.75, 1e10, 0.702, "teks", "é – ü 中文 😀", *days, "x" * 9000, 1 / 3], 1):
        sheet.cell(n, 1, value)
    codes = {"0.0%": 0.25, "0%": 0.5, '0.0" poin"': 2.5, "#,##0.00": 1250000.5, "0;-0;;@": 0, "mm/yyyy": days[0], "@": "1.10"}
    for n, (code, value) in enumerate(codes.items(), 1):
        sheet.cell(n, 2, value).number_format = code
    for n, formula in enumerate(("=A1+A2", '=A6&"x"', "=1/0", "=A1>0"), 1):
        sheet.cell(n, 3, formula)
    sheet["D1"], sheet["D2"], sheet["D3"] = "kuning", "coret", 9
    sheet["D1"].fill, sheet["D2"].font = PatternFill("solid", fgColor="FFFF00"), Font(strike=True)
    sheet["D3"].font = Font(vertAlign="superscript")
    sheet["D1"].comment, sheet["D4"] = Comment("halo é", "a"), "tautan"
    sheet["D4"].hyperlink = "https://example.org/a"
    sheet.merge_cells("E1:F2")
    sheet["E1"] = "gabung"
    sheet.row_dimensions[3].hidden = sheet.column_dimensions["B"].hidden = True
    hidden = book.create_sheet("Rahasia")
    hidden.sheet_state = "hidden"
    for n in range(1, 1500):
        hidden.cell(n, 2, f"baris {n} " + "ä" * (n % 37) + "Ж" * (n % 5 == 0))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.slow
def test_what_libreoffice_writes_as_xls_is_what_it_writes_as_xlsx(tmp_path, soffice):
    from python_calamine import CalamineWorkbook

    (tmp_path / "a.xlsx").write_bytes(made())
    for kind, folder in (("xls", "old"), ("xlsx:Calc MS Excel 2007 XML", "new")):
        soffice(kind, tmp_path / folder, tmp_path / "a.xlsx")
    old, new = (grids((tmp_path / name).read_bytes()) for name in ("old/a.xls", "new/a.xlsx"))
    for before, after in zip(old, new, strict=True):
        for field in ("sheet", "hidden", "hidden_rows", "hidden_columns", "merged", "comments", "links"):
            assert getattr(before, field) == getattr(after, field), field
        places = [{(r, c): v for r, line in g.rows.items() for c, v in line.items()} for g in (before, after)]
        assert places[0].keys() == places[1].keys()
        for place, found in places[0].items():
            other = places[1][place]
            same = found.value == (pytest.approx(other.value, rel=1e-14) if other.kind == "number" else other.value)
            assert same and found[1:3] == other[1:3] and found[4:] == other[4:] and bool(found.formula) == bool(other.formula), place
    book = CalamineWorkbook.from_path(tmp_path / "old/a.xls")
    for grid in old:
        rows = book.get_sheet_by_name(grid.sheet).to_python(skip_empty_area=False)
        plain = {place: v for place, v in values(grid).items() if grid.rows[place[0]][place[1]].kind != "error"}
        assert {(r, c): rows[r][c] for r, c in plain} == plain


# What is refused

def held(raw: bytes) -> bytes:
    return container({"Workbook": raw})


def with_sheet(raw: bytes) -> bytes:
    return zipped(PARTS | {"xl/worksheets/sheet1.bin": raw})


PLAIN = stream({"Skor": cell_of(0, 0, 1.0)}, xf())
EMPTY = stream({"Skor": b""})
PARTS = xlsb_parts(at(0) + bcell_of(0, 1.0))
WHOLE = container({"Workbook": PLAIN})
REFUSED = {
    "Excel 95": (container({"Book": PLAIN}), "file_old"),
    "BIFF5 in a stream of today": (container({"Workbook": bof(5, 0x500) + record(0x000A)}), "file_old"),
    "a password": (container({"Workbook": stream({"Skor": b""}, record(0x002F, b"\0" * 54))}), "file_encrypted"),
    "macros": (container({"Workbook": PLAIN}, ("_VBA_PROJECT_CUR",)), "file_macros"),
    "macros of Excel 4": (container({"Workbook": stream({"M": b""}, kinds={"M": 1})}), "file_macros"),
    "a document": (container({"WordDocument": b"x" * 600}), "file_no_workbook"),
    "no BIFF at all": (container({"Workbook": b"x" * 600}), "file_damaged"),
    "a sheet without end": (container({"Workbook": PLAIN[:-4]}), "file_damaged"),
    "a sheet elsewhere": (held(EMPTY.replace(struct.pack("<L", len(EMPTY) - len(bof()) - 4), b"\xff\xff\0\0", 1)), "file_damaged"),
    "a text of the table that is not there": (held(stream({"S": cell(0x00FD, 0, 0, b"\x05\0\0\0")}, xf())), "file_damaged"),
    "fewer texts than are told": (held(stream({"S": b""}, record(0x00FC, struct.pack("<LL", 9, 4_000_000_000)))), "file_damaged"),
    "a record cut off": (held(stream({"S": record(0x0203, b"\0\0")})), "file_damaged"),
    "a stream longer than the file": (WHOLE.replace(struct.pack("<LQ", 0, len(PLAIN)), struct.pack("<LQ", 0, 2**31)), "file_damaged"),
    "only a head": (WHOLE[:512], "file_damaged"),
    "xlsb macros": (zipped(PARTS | {"xl/vbaProject.bin": "x"}), "file_macros"),
    "xlsb without its sheet": (zipped({n: t for n, t in PARTS.items() if "sheet1.bin" not in n}), "file_damaged"),
    "xlsb without relations": (zipped({n: t for n, t in PARTS.items() if "workbook.bin.rels" not in n}), "file_damaged"),
    "xlsb cut off in a record": (with_sheet((at(0) + bcell_of(0, "abc"))[:-2]), "file_damaged"),
    "xlsb with a record of gigabytes": (with_sheet(b"\x00\xff\xff\xff\x7f"), "file_strange"),
    "xlsb with a text of gigabytes": (with_sheet(at(0) + bcell(6, 0, b"\xfe\xff\xff\xff")), "file_strange"),
    "xlsb with a cell nowhere": (with_sheet(at(2**31) + bcell_of(0, 1.0)), "file_bad_cell"),
    "xlsb text that is not there": (with_sheet(at(0) + bcell(7, 0, b"\x05\0\0\0")), "file_damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_whole(name):
    raw, problem = REFUSED[name]
    assert refused(raw) == problem


def test_chains_of_sectors_that_bite_their_tail_end():
    large = container({"Workbook": PLAIN + record(0x0000, b"x" * 8000)})
    fat = struct.pack("<LLL", 1, 2, 3)
    assert fat in large
    assert refused(large.replace(fat, struct.pack("<LLL", 1, 0, 3), 1)) == "file_damaged"


@pytest.mark.parametrize("kind", ["xls", "xlsb"])
def test_mangled_bytes_end_in_cells_or_a_refusal(kind):
    chance, read_anyway = random.Random(18), 0
    old = xls({"Skor": [["a", "b"], [1.5, "x" * 50]] * 9})
    data = b"".join(at(r) + bcell_of(0, "a") + bcell(7, 1, struct.pack("<L", 0)) for r in range(9))
    parts = {"data": data, "styles": part(617) + bxf(9) + part(618), "strings": part(19, b"\0" + said("teks"))}
    for _ in range(1500):
        name = chance.choice(list(parts))  # within the zip, whose check sums would catch every change
        changed = parts | {name: mutated(parts[name], "bytes", chance)}
        try:
            found = grids(mutated(old, "bytes", chance) if kind == "xls" else zipped(xlsb_parts(**changed)))
        except Refused as error:
            assert error.problem.startswith("file_")
            continue
        assert all(isinstance(g, Grid) for g in found)
        read_anyway += 1
    assert 0 < read_anyway < 1500


def test_every_cut_of_an_xls_is_refused():
    raw = xls({"Skor": [["a" * 30, 1.5]] * 200})
    assert all(refused(raw[:n]) in ("file_damaged", "file_no_workbook") for n in range(8, len(raw) - 1024, 97))


def test_cells_of_the_first_sheet_by_place():
    assert cells(xls({"Skor": [["Indikator", 2.5]]})) == {(0, 0): ("Indikator", "text"), (0, 1): (2.5, "number")}


def test_a_form_of_scores_in_either_is_read_like_any_other(tmp_path):
    from scevaluation.intake.reading import read
    from scevaluation.programme import load_programme

    rows = [["Indikator", "Perangkat daerah", "Nilai terverifikasi"], ["health/malaria", "dinas-kesehatan", 2.5]]
    for name, raw in {"a.xls": xls({"Skor": rows}), "a.xlsb": xlsb([*rows])}.items():
        (tmp_path / name).write_bytes(raw)
        found = read(tmp_path / name, load_programme("contoh"), "2024-S2")
        assert [(r["indicator"], r["score"]) for r in found.rows] == [("health/malaria", 2.5)] and found.kind == name[2:]
