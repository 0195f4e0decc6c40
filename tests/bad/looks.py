"""Bad files whose fault lies in how a cell looks, where it stands or how the file is written: cases of `make.py`."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime

import xlsxwriter
from desk_data import AGENCY, COVER, csv, good_rows, html, ods, xlsx, zipped

PLACE = dict[tuple[int, int], object]
STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}
CODES = {"imunisasi": "1.1", "persalinan": "1.2", "puskesmas": "1.10", "antrean": "1.30", "malaria": "2.1"}


def changed(*edits, rows=None) -> list[list]:
    """The good rows with some cells changed: (row, column, value), the column names being row 0."""
    out = [list(r) for r in (rows or good_rows())]
    for r, c, value in edits:
        out[r][c] = value
    return out


def styled(rows, formats: PLACE | None = None, rich: PLACE | None = None, more: Callable | None = None, name="Skor") -> bytes:
    """A workbook with formats by (row, column), texts of several runs, and what `more` does to book and sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2025, 1, 1)})
    sheet = book.add_worksheet(name)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, value, book.add_format(formats[r, c]) if (r, c) in (formats or {}) else None)
    for (r, c), runs in (rich or {}).items():
        sheet.write_rich_string(r, c, *(book.add_format(p) if isinstance(p, dict) else p for p in runs))
    if more:
        more(book, sheet)
    book.close()
    return out.getvalue()


def shown(code: str, value: float, row: int = 3) -> bytes:
    """One score under a number format."""
    return styled(changed((row, 3, value)), {(row, 3): {"num_format": code}})


def edited(raw: bytes, member: str, *changes: tuple[bytes, bytes]) -> bytes:
    """A workbook with bytes of one member (or of all, if member is "") replaced; each must be there."""
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        members = {n: book.read(n) for n in book.namelist()}
    for old, new in changes:
        hit = [n for n in members if (not member or n == member) and old in members[n]]
        assert hit, old
        members |= {n: members[n].replace(old, new) for n in hit}
    return zipped(members)


def cell_of(raw: bytes, place: str, xml: bytes) -> bytes:
    """A workbook whose cell is written otherwise."""
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        old = re.search(rb'<c r="%s"[^>]*>.*?</c>' % place.encode(), book.read("xl/worksheets/sheet1.xml"))[0]
    return edited(raw, "xl/worksheets/sheet1.xml", (old, xml))


def error(place: str, text: str) -> bytes:
    return cell_of(styled(good_rows()), place, f'<c r="{place}" t="e"><v>{text}</v></c>'.encode())


def region(value) -> bytes:
    return xlsx({"Sampul": [[k, value if k == "region" else v] for k, v in COVER], "Skor": good_rows()})


def coded(*edits) -> list[list]:
    """The good rows under the codes of an instrument that counts its indicators."""
    return changed(*edits, rows=[[CODES.get(str(r[0])[7:], r[0]), *r[1:]] for r in good_rows()])


def tail(*rows) -> bytes:
    """The good rows and more below."""
    return xlsx({"Skor": [*good_rows(), *rows]})


def total(name, value) -> list:
    return [name, None, None, value]


def xml_2003() -> bytes:
    cells = lambda row: "".join(f'<Cell><Data ss:Type="String">{v}</Data></Cell>' for v in row)  # noqa: E731
    rows = "".join(f"<Row>{cells(row)}</Row>" for row in good_rows())
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    table = f"<Worksheet><Table>{rows}</Table></Worksheet>"
    return f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">{table}</Workbook>'.encode()


MEAN = sum(r[3] for r in good_rows()[1:]) / 5
SUM = sum(r[3] for r in good_rows()[1:])
HIDDEN = {"hidden": True}
CASES = {
    # what is shown and what is stored
    "percent.xlsx": shown("0%", 0.025),
    "percent_of_100.xlsx": shown("0.0%", 0.025),
    "percent_rounded_of_100.xlsx": shown("0%", 0.025),
    "percent_quoted.xlsx": shown('0.0"%"', 2.5),
    "rounded.xlsx": shown("0", 2.5),
    "rounded_two.xlsx": shown("#,##0.00", 2.5),
    "signless.xlsx": shown("0.0;0.0", -2.5),
    "hidden_by_format.xlsx": shown(";;;", 2.5),
    "thousandfold.xlsx": shown("0.0,", 2.5),
    "of_four.xlsx": shown('0.0"/4"', 2.5),
    "points.xlsx": shown('0.0" poin"', 2.5),
    "rupiah_format.xlsx": shown('"Rp "0.0', 2.5),
    "word_format.xlsx": shown('[>=3]"baik";"kurang"', 2.5),
    "date_format.xlsx": shown("d mmm yyyy", 2.5),
    "fraction_format.xlsx": shown("# ?/?", 2.5),
    "text_format.xlsx": shown("@", 2.5),
    # errors of formulas
    "error_indicator.xlsx": error("A4", "#N/A"),
    "error_name.xlsx": error("B4", "#N/A"),
    "error_agency.xlsx": error("C4", "#REF!"),
    "error_score.xlsx": error("D4", "#DIV/0!"),
    "error_status.xlsx": cell_of(
        styled(changed((3, 3, None), (3, 4, "x"))), "E4", b'<c r="E4" t="e"><v>#NAME?</v></c>'
    ),
    "error_evidence.xlsx": error("F4", "#VALUE!"),
    "error_quality.xlsx": error("G4", "#N/A"),
    "not_a_number.xlsx": cell_of(styled(good_rows()), "D4", b'<c r="D4"><v>NaN</v></c>'),
    # texts
    "blank_inside.xlsx": xlsx({"Skor": changed((3, 3, "2 5"))}),
    "line_break.xlsx": xlsx({"Skor": changed((3, 3, "2\n5"))}),
    "no_zero_before.xlsx": xlsx({"Skor": changed((3, 3, "2.5"), (2, 3, "2,"))}),
    "half.csv": csv(changed((3, 3, ".5"))),
    "thousands.csv": csv(changed(*((n, 3, f"{n}.500") for n in range(1, 5)), (5, 3, "1.000.000"))),
    "thousands_unsure.csv": csv(changed(*((n, 3, f"{n}.500") for n in range(1, 6)))),
    "thousands_decimal.csv": csv(changed((1, 3, "1.500"))),
    "struck_cell.xlsx": styled(good_rows(), {(3, 3): {"font_strikeout": True}}),
    "struck_run.xlsx": styled(changed((3, 3, None)), None, {(3, 3): [{"font_strikeout": True}, "3", " 2.5"]}),
    "struck_indicator.xlsx": styled(good_rows(), {(3, 0): {"font_strikeout": True}}),
    "raised_cell.xlsx": styled(good_rows(), {(3, 3): {"font_script": 1}}),
    "raised_run.xlsx": styled(changed((3, 3, None)), None, {(3, 3): ["2", {"font_script": 1}, "5"]}),
    # hidden, coloured, commented
    "hidden_row.xlsx": styled(good_rows(), more=lambda book, sheet: sheet.set_row(3, None, None, HIDDEN)),
    "hidden_column.xlsx": styled(good_rows(), more=lambda book, sheet: sheet.set_column(3, 3, None, None, HIDDEN)),
    "hidden_sheet.xlsx": xlsx({"Skor": good_rows(), "Lama": changed((1, 3, 1))}, hidden=("Lama",)),
    "comment.xlsx": styled(good_rows(), more=lambda book, sheet: sheet.write_comment(3, 3, "lihat lampiran")),
    "coloured.xlsx": styled(good_rows(), {(3, 3): {"bg_color": "#FFFF00"}}),
    # rows that are none
    "totals_worded.xlsx": tail(total("RATA-RATA", MEAN), total("Jumlah Total", SUM), total("Grand Total", SUM)),
    "total_unnamed_mean.xlsx": tail(total("Nilai dinas", MEAN)),
    "total_unnamed_sum.xlsx": tail(total("Capaian keseluruhan", SUM)),
    "total_without_name.xlsx": tail(total(None, MEAN)),
    "total_of_none.xlsx": tail(total("Nilai dinas", 1)),
    "total_of_sector.xlsx": tail(["health", "Kesehatan", AGENCY, MEAN]),
    "total_of_sector_wrong.xlsx": tail(["health", "Kesehatan", AGENCY, 1.5]),
    "heading.xlsx": xlsx({"Skor": [good_rows()[0], ["Kesehatan"], *good_rows()[1:]]}),
    "heading_merged.xlsx": xlsx({"Skor": [good_rows()[0], [None], *good_rows()[1:]]}, merged=(("A2:G2", "Kesehatan"),)),
    "heading_unknown.xlsx": xlsx({"Skor": [good_rows()[0], ["Bagian A"], *good_rows()[1:]]}),
    "header_again.xlsx": xlsx({"Skor": [*good_rows()[:3], good_rows()[0], *good_rows()[3:]]}),
    "second_table.xlsx": xlsx({"Skor": [*good_rows()[:4], [], ["Indikator", "Nilai mandiri"], [good_rows()[4][0], 1]]}),
    # columns, sheets, rounds
    "score_twice.csv": csv([[*r, r[3] if n == 0 else 1] for n, r in enumerate(good_rows())]),
    "indicator_twice.xlsx": xlsx({"Skor": [[*r, r[0]] for r in good_rows()]}),
    "round_in_sheet.xlsx": styled(good_rows(), name="2024-S2"),
    "half_in_title.xlsx": xlsx({"Skor": [["Periode Januari s.d. Juni 2018"], *good_rows()]}),
    "round_in_words.xlsx": xlsx({"Skor": [["Semester kedua tahun 2025"], *good_rows()]}),
    "fraction_quoted.xlsx": shown('0"\u00bd"', 2.0),
    "round_in_title.xlsx": xlsx({"Skor": [["Evaluasi Semester II Tahun 2024"], *good_rows()]}),
    "nilai_2024-S2.csv": csv(good_rows()),
    "several_sheets.xlsx": xlsx({"Skor": good_rows(), "Catatan": [["tidak ada"]], "Petunjuk": [["isi kolom nilai"]]}),
    # codes that a spreadsheet spoils
    "code_number.xlsx": xlsx({"Skor": coded((4, 0, 1.3))}),
    "code_of_two.xlsx": xlsx({"Skor": coded((3, 0, 1.1))}),
    "code_of_two_unnamed.xlsx": xlsx({"Skor": [[r[0], *r[2:]] for r in coded((3, 0, 1.1), (1, 0, 1.1))]}),
    "code_date.xlsx": xlsx({"Skor": coded((2, 0, datetime(2025, 2, 1)))}),
    "region_number.xlsx": region(94.04),
    "region_zero_lost.xlsx": region("11.1"),
    "region_bps.xlsx": region("9412"),
    "region_before_2022.xlsx": region("91.09"),
    "region_other.xlsx": region("94.03"),
    # files
    "xml_2003.xls": xml_2003(),
    "strict.xlsx": edited(xlsx({"Skor": good_rows()}), "", *STRICT.items()),
    "far_cell.xlsx": edited(
        styled(good_rows()), "xl/worksheets/sheet1.xml",
        (b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t> </t></is></c></row></sheetData>'),
    ),
    "dimension_small.xlsx": edited(styled(good_rows()), "xl/worksheets/sheet1.xml", (b'ref="A1:G6"', b'ref="A1:B2"')),
    "cell_twice.xlsx": cell_of(styled(good_rows()), "D4", b'<c r="D4"><v>2.5</v></c><c r="D4"><v>3</v></c>'),
    "semicolon_comma.csv": csv(changed(*((n, 3, str(good_rows()[n][3]).replace(".", ",")) for n in range(1, 6))), ";"),
    "tab.csv": csv(good_rows(), "\t"),
    "utf_16.csv": csv(good_rows(), "\t").decode().encode("utf-16"),
    "utf_8_mark.csv": b"\xef\xbb\xbf" + csv(good_rows()),
    "said_separator.csv": b"sep=;\r\n" + csv(good_rows(), ";"),
    "quotes.csv": csv(changed((1, 5, 'bukti ""a"", b'))),
    "quoted_lines.csv": csv(changed((1, 5, "bukti, lalu\nlampiran"))),
    "percent.ods": ods(changed((3, 3, "250%"))),
    "percent_typed_of_100.csv": csv(changed((3, 3, "2.5 %"))),
    "decimal_comma.xls": html(changed((3, 3, "2,5"))),
}  # fmt: skip
