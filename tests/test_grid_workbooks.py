"""What stands in a workbook or page is what is read: every trap by hand."""

import io
import os
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
from raw_books import ods, ods_parts, relations, xlsx, xlsx_parts, zipped

from scevaluation.errors import IntakeError
from scevaluation.grid.book import grid, kind_of, read_bytes
from scevaluation.grid.cell import Look
from scevaluation.grid.kinds import OLE
from scevaluation.grid.limits import Refused
from scevaluation.grid.reading import read
from scevaluation.issues import told
from scevaluation.words import CHECK, words


def grids(raw):
    _, looks, sheets = read(raw)
    return [grid(sheet, [Look(*look) for look in looks]) for sheet in sheets]


def cells(raw):
    """Value and kind of every cell of the first sheet by its place."""
    return {(r, c): (cell.value, cell.kind) for r, line in grids(raw)[0].rows.items() for c, cell in line.items()}


def refused(raw):
    with pytest.raises(Refused) as caught:
        read(raw)
    return caught.value.problem


def fonts(*inner):
    return "<fonts>" + "".join(f"<font>{i}</font>" for i in inner) + "</fonts>"


def test_every_type_of_a_stored_value():
    data = (
        '<row r="1"><c r="A1"><v>2.50</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="str"><v>ya</v></c>'
        '<c r="D1" t="inlineStr"><is><t>di sini</t></is></c><c r="E1" t="b"><v>1</v></c><c r="F1" t="e"><v>#N/A</v></c>'
        '<c r="G1" t="d"><v>2025-03-01</v></c><c r="H1" t="d"><v>2025-03-01T13:30:00Z</v></c><c r="I1"><v>1e3</v></c></row>'
    )
    assert cells(xlsx(data, strings="<si><t>satu</t></si><si><t>dua</t></si>")) == {
        (0, 0): (2.5, "number"), (0, 1): ("dua", "text"), (0, 2): ("ya", "text"), (0, 3): ("di sini", "text"),
        (0, 4): (True, "bool"), (0, 5): ("#N/A", "error"), (0, 6): (date(2025, 3, 1), "date"),
        (0, 7): (datetime(2025, 3, 1, 13, 30), "date"), (0, 8): (1000.0, "number"),
    }  # fmt: skip


@pytest.mark.parametrize("text", ["NaN", "nan", "INF", "-inf", "1e999", "1_000", "tiga"])
def test_a_number_that_is_none_is_an_error_with_its_text(text):
    assert cells(xlsx(f'<row r="1"><c r="A1"><v>{text}</v></c></row>')) == {(0, 0): (text, "error")}


def test_empty_and_styled_cells_are_no_cells():
    data = '<row r="1"><c r="A1" s="0"/><c r="B1"><v></v></c><c r="C1" t="inlineStr"><is><t></t></is></c>'
    data += '<c r="D1" t="str"><v/></c></row>'
    assert cells(xlsx(data)) == {}


def test_a_formula_stands_beside_its_value():
    data = (
        '<row r="1"><c r="A1"><f>SUM(B1:C1)</f><v>5</v></c><c r="B1"><f>NOW()</f></c><c r="C1" t="str"><f>""</f><v></v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" ref="A2:A4" si="0">B2*2</f><v>4</v></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="0"/><v>6</v></c></row><row r="4"><c r="A4"><f t="shared" si="7"/><v>8</v></c></row>'
        '<row r="5"><c r="A5"><v>9</v></c></row>'
    )
    found = grids(xlsx(data))[0].rows
    assert [(c.value, c.kind, c.formula) for c in found[0].values()] == [
        (5.0, "number", "=SUM(B1:C1)"), (None, "", "=NOW()"), ("", "text", '=""')
    ]  # fmt: skip
    assert [found[r][0].formula for r in (1, 2, 3, 4)] == ["=B2*2", "=B2*2", "=\u2026", ""]


def test_a_dimension_that_is_too_small_hides_nothing():
    data = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c><c r="D{r}"><v>4</v></c></row>' for r in range(1, 9))
    assert len(cells(xlsx(data, before='<dimension ref="A1:B3"/>'))) == 16


def test_rows_and_cells_without_numbers_stand_one_after_the_other():
    data = '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r="5"><c r="C5"><v>4</v></c><c><v>5</v></c></row><row><c><v>6</v></c></row>'
    assert {k: v[0] for k, v in cells(xlsx(data)).items()} == {(0, 0): 1, (0, 2): 3, (4, 2): 4, (4, 3): 5, (5, 0): 6}


def test_of_a_cell_that_stands_twice_the_last_is_read_and_its_place_is_kept():
    data = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="A1"><v>3</v></c></row>'
    found = grids(xlsx(data))[0]
    assert found.rows[0][0].value == 3.0 and found.twice == {(0, 0)}


@pytest.mark.parametrize("place", ["XFE1", "A1048577", "A0", "AAAA1", "1", "R1C1"])
def test_a_cell_that_no_sheet_has_refuses_the_file(place):
    assert refused(xlsx(f'<row r="1"><c r="{place}"><v>1</v></c></row>')) == "file_bad_cell"


def test_the_last_cell_of_a_sheet_costs_one_cell():
    assert cells(xlsx('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')) == {(1048575, 16383): (1.0, "number")}


def test_a_string_that_is_not_there_is_damage():
    assert refused(xlsx('<row r="1"><c r="A1" t="s"><v>3</v></c></row>')) == "file_damaged"


def test_letters_written_as_numbers_are_letters():
    data = '<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000D_b _x005F_x000D_ _xD83D__xDE00_ _xD83D_</t></is></c></row>'
    assert cells(xlsx(data))[0, 0] == ("a\rb _x000D_ \U0001f600 \ufffd", "text")


def test_runs_keep_their_marks_and_leak_into_no_other_cell():
    run = '<r><t xml:space="preserve">7 </t></r><r><rPr><strike/></rPr><t>8</t></r>'
    run += '<r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>'
    strings = f"<si>{run}</si><si><t>bersih</t></si>"
    strings += '<si><r><rPr><strike val="0"/></rPr><t>x</t></r><rPh sb="0" eb="1"><t>aside</t></rPh></si>'
    inline = '<is><r><rPr><strike/><vertAlign val="subscript"/></rPr><t>a</t></r></is>'
    data = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>'
        f'<c r="D1" t="inlineStr">{inline}</c><c r="E1" t="inlineStr"><is><t>b</t></is></c><c r="F1"><v>1</v></c></row>'
    )
    found = grids(xlsx(data, strings=strings))[0].rows[0]
    assert [(c.value, c.struck, c.raised) for c in found.values()] == [
        ("7 82", "8", "2"), ("bersih", "", ""), ("x", "", ""), ("a", "a", "a"), ("b", "", ""), (1.0, "", "")
    ]  # fmt: skip


STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="0.0%"/><numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts>'
    + fonts("", "<strike/>", '<vertAlign val="superscript"/>')
    + '<fills><fill><patternFill/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFFF00"/><bgColor indexed="64"/>'
    '</patternFill></fill><fill><patternFill patternType="solid"><fgColor theme="4" tint="0.5"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor indexed="10"/></patternFill></fill></fills>'
    '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164" fontId="1" fillId="1"/>'
    '<xf numFmtId="14" fillId="2"/><xf numFmtId="22" fontId="2" fillId="3"/><xf numFmtId="20"/><xf numFmtId="165"/>'
    '<xf numFmtId="150"/><xf numFmtId="1" fontId="9" fillId="9"/></cellXfs><dxfs><dxf><font><strike/></font></dxf></dxfs>'
)


def test_styles_say_format_fill_and_marks():
    data = '<row r="1">' + "".join(f'<c r="{c}1" s="{s}"><v>0.5</v></c>' for s, c in enumerate("ABCDEFGHI")) + "</row>"
    found = [c.look for c in grids(xlsx(data, styles=STYLES))[0].rows[0].values()]
    assert found[0] == Look() and found[8] == Look()  # a style that is not there is the first one
    assert found[1] == Look("percent", 2, 1, "", "0.0%", "FFFF00", struck=True)
    assert (found[2].kind, found[2].fill) == ("date", "A7C0DE")
    assert (found[3].fill, found[3].raised, found[3].struck) == ("FF0000", True, False)
    assert (found[6].kind, found[7].kind, found[7].fill) == ("unknown", "number", "")


@pytest.mark.parametrize(
    ("style", "stored", "value"),
    [
        (2, "45717", date(2025, 3, 1)),
        (2, "45717.5", datetime(2025, 3, 1, 12)),
        (3, "45717", datetime(2025, 3, 1)),
        (4, "0.5625", time(13, 30)),
        (4, "1.5", datetime(1900, 1, 1, 12)),
        (5, "1.5", timedelta(hours=36)),
        (2, "1", date(1900, 1, 1)),
        (2, "61", date(1900, 3, 1)),
        (2, "-3", -3.0),
        (2, "1e9", 1e9),
    ],
)
def test_days_and_times_come_from_their_format(style, stored, value):
    found = cells(xlsx(f'<row r="1"><c r="A1" s="{style}"><v>{stored}</v></c></row>', styles=STYLES))
    assert found[0, 0] == (value, "number" if isinstance(value, float) else "date")


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    raw = xlsx('<row r="1"><c r="A1" s="2"><v>44255</v></c></row>', styles=STYLES, properties='<workbookPr date1904="1"/>')
    assert cells(raw)[0, 0] == (date(2025, 3, 1), "date")


def test_what_is_hidden_is_told():
    data = "".join(
        f'<row r="{r}" {"hidden=" + chr(34) + "1" + chr(34) if r in (2, 4) else ""}>'
        + ("" if r == 4 else f'<c r="A{r}"><v>1</v></c><c r="C{r}"><v>1</v></c>')
        + "</row>"
        for r in range(1, 5)
    )
    cols = '<cols><col min="2" max="3" hidden="1"/><col min="5" max="16384" hidden="1"/></cols>'
    found = grids(xlsx(data, before=cols, state="veryHidden", behind='<autoFilter ref="A1:C4"/>'))[0]
    assert (found.hidden, found.hidden_rows, found.hidden_columns) == (True, {1}, {2})
    assert not grids(xlsx(data))[0].hidden


def test_comments_merged_areas_and_links():
    names = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    behind = (
        '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="D1"/></mergeCells><hyperlinks><hyperlink ref="A2:A3" r:id="rId7"/>'
        '<hyperlink ref="C1" location="Sampul!A1"/><hyperlink ref="C2" r:id="rId99"/></hyperlinks>'
    )
    parts = xlsx_parts('<row r="1"><c r="A1"><v>1</v></c></row>', behind=behind)
    beside = [("rId7", "hyperlink", "https://kab.go.id/bukti"), ("rId8", "comments", "../comments1.xml")]
    beside.append(("rId9", "threadedComment", "../t.xml"))
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = relations(beside)
    box = "".join(
        f'<comment ref="{at}"><text><r><t>{a}</t></r><r><t>{b}</t></r></text></comment>'
        for at, a, b in (("B2", "cek ", "lagi"), ("C3", "[Threaded comment]", ""))
    )
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts["xl/comments1.xml"] = f"<comments {main} {names}><commentList>{box}</commentList></comments>"
    thread = '<threadedComment ref="C3"><text>satu</text></threadedComment><threadedComment ref="C3"><text>dua</text></threadedComment>'
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    parts["xl/t.xml"] = f'<ThreadedComments xmlns="{space}">{thread}</ThreadedComments>'
    found = grids(zipped(parts))[0]
    assert found.comments == {(1, 1): "cek lagi", (2, 2): "satu\ndua"}
    assert found.merged == ((0, 0, 1, 1),)
    assert found.links == {(1, 0): "https://kab.go.id/bukti", (2, 0): "https://kab.go.id/bukti", (0, 2): "#Sampul!A1"}


def test_strict_open_xml_is_read_like_any_other():
    data = '<row r="1"><c r="A1" s="1" t="n"><v>0.5</v></c><c r="B1" t="s"><v>0</v></c></row>'
    found = grids(xlsx(data, strict=True, styles=STYLES, strings="<si><t>ya</t></si>"))[0].rows[0]
    assert (found[0].value, found[0].look.code, found[1].value) == (0.5, "0.0%", "ya")


def test_elements_may_have_any_prefix():
    parts = xlsx_parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    sheet = parts["xl/worksheets/sheet1.xml"].replace("xmlns=", "xmlns:x=")
    for name in ("worksheet", "sheetData", "row", "c ", "c>", "v>"):
        sheet = sheet.replace(f"<{name}", f"<x:{name}").replace(f"</{name}", f"</x:{name}")
    assert cells(zipped(parts | {"xl/worksheets/sheet1.xml": sheet})) == {(0, 0): (1.0, "number")}


def test_the_sheets_are_those_that_the_workbook_names():
    parts = xlsx_parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    parts["xl/worksheets/sheet9.xml"] = "<worksheet/>"
    assert [g.sheet for g in grids(zipped(parts))] == ["Skor"]


# .ods


def line(*inner, facts=""):
    return f"<table:table-row {facts}>{''.join(inner)}</table:table-row>"


def text(words, facts=""):
    return f'<table:table-cell office:value-type="string" {facts}><text:p>{words}</text:p></table:table-cell>'


def value(kind, stored, facts=""):
    name = "value" if kind in ("float", "percentage", "currency") else f"{kind}-value"
    return (
        f'<table:table-cell office:value-type="{kind}" office:{name}="{stored}" {facts}><text:p>?</text:p></table:table-cell>'
    )


def test_every_type_of_an_open_document():
    row = line(
        value("float", "2.5"), value("percentage", ".702"), value("currency", "1000"), value("date", "2025-03-01"),
        value("date", "2025-03-01T13:30:00"), value("time", "PT13H30M00S"), value("time", "PT36H00M00S"), value("boolean", "true"),
        text("ya"), value("float", "NaN"), text("#N/A", 'calcext:value-type="error" table:formula="of:=NA()"'),
        value("float", "4", 'table:formula="of:=[.A1]*2"'),
    )  # fmt: skip
    found = grids(ods(row))[0].rows[0]
    assert [(c.value, c.kind) for c in found.values()] == [
        (2.5, "number"), (0.702, "number"), (1000.0, "number"), (date(2025, 3, 1), "date"), (datetime(2025, 3, 1, 13, 30), "date"),
        (time(13, 30), "date"), (timedelta(hours=36), "date"), (True, "bool"), ("ya", "text"), ("NaN", "error"), ("#N/A", "error"),
        (4.0, "number"),
    ]  # fmt: skip
    assert [found[c].formula for c in (0, 10, 11)] == ["", "=NA()", "=[.A1]*2"]
    assert (found[1].look.kind, found[1].look.power, found[3].look.kind) == ("percent", 2, "date")


def test_text_of_an_open_document_as_it_is_seen():
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><dc:creator>Budi</dc:creator><text:p>cek</text:p>'
        "<text:p>lagi</text:p></office:annotation><text:p>7<text:s text:c=\"2\"/><text:span text:style-name=\"T1\">8</text:span>\n 9"
        '<text:line-break/><text:a xlink:href="https://kab.go.id">x</text:a></text:p><text:p>dua<text:tab/>2'
        '<text:span text:style-name="T2">3</text:span></text:p><draw:frame><draw:text-box><text:p>gambar</text:p></draw:text-box>'
        "</draw:frame></table:table-cell>"
    )  # fmt: skip
    styles = (
        '<style:style style:name="T1" style:family="text"><style:text-properties style:text-line-through-type="single"/></style:style>'
        '<style:style style:name="T2" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>'
    )
    found = grids(ods(line(cell, text("b")), automatic=styles))[0]
    first, second = found.rows[0].values()
    assert (first.value, first.struck, first.raised) == ("7  8 9\nx\ndua\t23", "8", "3")
    assert (second.value, second.struck, second.raised) == ("b", "", "")
    assert found.comments == {(0, 0): "cek\nlagi"} and found.links == {(0, 0): "https://kab.go.id"}


def test_repeated_cells_and_rows_stand_as_often_as_they_say_and_empty_ones_cost_nothing():
    often = 'table:number-rows-repeated="2"'
    rows = (
        line('<table:table-cell table:number-columns-repeated="16000"/>', facts='table:number-rows-repeated="1000000"')
        + line(value("float", "1", 'table:number-columns-repeated="2"'), "<table:table-cell/>", text("z"), facts=often)
        + line('<table:table-cell table:style-name="x" table:number-columns-repeated="16384"/>', facts='table:number-rows-repeated="48574"')
    )  # fmt: skip
    found = cells(ods(rows))
    assert sorted(found) == [(r, c) for r in (1000000, 1000001) for c in (0, 1, 3)]


@pytest.mark.parametrize(("across", "down"), [(16384, 1048576), (1, 600000), (16000, 40)])
def test_a_filled_cell_repeated_too_often_refuses_the_file(across, down):
    row = line(value("float", "1", f'table:number-columns-repeated="{across}"'), facts=f'table:number-rows-repeated="{down}"')
    assert refused(ods(row)) == "file_too_many_cells"


def test_hidden_parts_and_merged_areas_of_an_open_document():
    columns = '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="9"/>'
    rows = (
        line(value("float", "1"), value("float", "2"))
        + line(value("float", "1"), facts='table:visibility="filter"')
        + line(
            text("a", 'table:number-columns-spanned="2" table:number-rows-spanned="2"'),
            "<table:covered-table-cell/>",
            text("c"),
        )
        + line(value("float", "1"), facts='table:visibility="collapse" table:number-rows-repeated="2"')
    )
    sheet = '<style:style style:name="ta9" style:family="table"><style:table-properties table:display="false"/></style:style>'
    found = grids(ods(rows, columns, 'table:style-name="ta9"', automatic=sheet))[0]
    assert (found.hidden, found.hidden_rows, found.hidden_columns) == (True, {1, 3, 4}, {1, 2})
    assert found.merged == ((2, 0, 3, 1),) and found.rows[2][2].value == "c"


ODS_STYLES = (
    '<number:percentage-style style:name="N1"><number:number number:decimal-places="1" number:min-integer-digits="1"/>'
    "<number:text>%</number:text></number:percentage-style>"
    '<number:number-style style:name="N2"><number:number number:decimal-places="0" number:min-integer-digits="1"/>'
    "<number:text> poin</number:text></number:number-style>"
    '<number:number-style style:name="N3P0"/><number:number-style style:name="N3"><number:text>kurang</number:text>'
    '<style:map style:condition="value()&gt;=3" style:apply-style-name="N3P0"/></number:number-style>'
    '<number:date-style style:name="N4"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/></number:date-style>'
    '<number:number-style style:name="N5"><number:number number:decimal-places="0" number:min-integer-digits="1" number:grouping="true" '
    'number:display-factor="1000"/></number:number-style>'
    '<number:time-style style:name="N6" number:truncate-on-overflow="false"><number:hours/><number:text>:</number:text>'
    '<number:minutes number:style="long"/></number:time-style>'
    + "".join(
        f'<style:style style:name="ce{n}" style:family="table-cell" style:parent-style-name="Baik" style:data-style-name="N{n}"/>'
        for n in range(1, 7)
    )
    + '<style:style style:name="ce7" style:family="table-cell"><style:text-properties style:text-line-through-style="solid" '
    'style:text-position="33% 58%"/></style:style>'
)
COMMON = '<style:style style:name="Baik" style:family="table-cell"><style:table-cell-properties fo:background-color="#ffff00"/></style:style>'


def test_formats_of_an_open_document_mean_the_same_as_their_codes():
    made = [value("float", "2500", f'table:style-name="ce{n}"') for n in (1, 2, 3, 3, 5, 7)]
    made[2] = made[2].replace("2500", "2")
    made += [value("date", "2025-03-01", 'table:style-name="ce4"'), value("time", "PT36H00M00S", 'table:style-name="ce6"')]
    found = [c.look for c in grids(ods(line(*made), automatic=ODS_STYLES, common=COMMON))[0].rows[0].values()]
    assert [(x.kind, x.power, x.unit) for x in found] == [
        ("percent", 2, ""), ("number", 0, "poin"), ("text", 0, "kurang"), ("hidden", 0, ""), ("number", -3, ""), ("general", 0, ""),
        ("date", 0, ""), ("time", 0, ""),
    ]  # fmt: skip
    assert [x.fill for x in found[:2]] == ["FFFF00"] * 2 and (found[5].struck, found[5].raised, found[5].fill) == (
        True,
        True,
        "",
    )
    assert [found[n].code for n in (0, 4, 6, 7)] == ["0.0%", "#,##0,", 'dd"/"mm"/"yyyy', '[h]":"mm']


def test_a_column_lends_its_style_to_cells_without_one():
    columns = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:default-cell-style-name="ce1"/>'
    found = grids(ods(line(*[value("percentage", ".7")] * 3), columns, automatic=ODS_STYLES, common=COMMON))[0].rows[0]
    assert [c.look.fill for c in found.values()] == ["", "", "FFFF00"]


# Web pages


def page(inner, head=""):
    return f"<html><head>{head}</head><body>{inner}</body></html>".encode()


def test_a_table_of_a_web_page():
    raw = page(
        '<table><tr><th>Indikator</th><th colspan="2">Nilai &amp; bukti</th></tr><tr><td rowspan=2>a<br>b</td><td> 2,5 </td>'
        '<td><a href="https://kab.go.id">ya</a></td></tr><tr style="display: none"><td>7<sup>2</sup> <s>8</s></td><td></td></tr></table>',
        "<style>td {}</style><script>var t = '<table>';</script>",
    )
    found = grids(raw)[0]
    assert {(r, c): x.value for r, row in found.rows.items() for c, x in row.items()} == {
        (0, 0): "Indikator", (0, 1): "Nilai & bukti", (1, 0): "a\nb", (1, 1): "2,5", (1, 2): "ya", (2, 1): "72 8"
    }  # fmt: skip
    assert (
        found.sheet == "table1"
        and found.merged == ((0, 1, 0, 2), (1, 0, 2, 0))
        and found.links == {(1, 2): "https://kab.go.id"}
    )
    assert (found.rows[2][1].struck, found.rows[2][1].raised, found.hidden_rows) == ("8", "2", {2})


def test_of_tables_in_tables_the_innermost_are_read():
    raw = page("<table><tr><td>x<table><tr><td>1</td></tr></table></td><td><table><tr><td>2</table></td></tr></table>")
    assert [(g.sheet, g.rows[0][0].value) for g in grids(raw)] == [("table1", "1"), ("table2", "2")]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (page("<p>Silakan masuk"), "file_no_table"),
        (page("<table><tr><td>1</td></tr>"), "file_cut_off"),
        (page("<table><tr><td>1</td></tr></table>" * 2)[:-40], "file_cut_off"),
        (b"<html><table><tr><td>\xff\xfe</table>", "file_letters"),
        (page("<![foo <table>"), "file_damaged"),
    ],
)
def test_a_page_that_is_no_whole_table_is_refused(raw, problem):
    assert refused(raw) == problem


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_a_page_is_read_in_its_own_letters(code):
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={code.removesuffix("-sig")}">'
    raw = f"<html>{meta}<table><tr><td>Caf\u00e9</td></tr></table></html>".encode(code)
    assert grids(raw)[0].rows[0][0].value == "Caf\u00e9"


# What is refused whole


def changed(raw, at, by):
    return raw[:at] + by + raw[at + len(by) :]


FORM = xlsx('<row r="1"><c r="A1"><v>1</v></c></row>')
PARTS = xlsx_parts('<row r="1"><c r="A1"><v>1</v></c></row>')
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "b">]>'
ODS = ods_parts('<table:table table:name="Skor"/>')


def central(raw, offset, by):
    """A file whose zip directory says something else of its sheet."""
    entry = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"xl/worksheets/sheet1.xml"))
    return changed(raw, entry + offset, by)


REFUSED = {
    "ole": (OLE + b"\0" * 600, "file_old"),
    "ole locked": (OLE + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
    "biff": (b"\x09\x08\x10\x00\x00\x06", "file_old"),
    "picture": (b"\x89PNG\r\n\x1a\n", "file_other"),
    "pdf": (b"%PDF-1.7", "file_other"),
    "noise": (bytes(range(256)) * 8, "file_other"),
    "xml 2003": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "file_xml_2003"),
    "other xml": (b'<?xml version="1.0"?><rss/>', "file_no_workbook"),
    "any zip": (zipped({"a.txt": "b"}), "file_no_workbook"),
    "document": (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "file_no_workbook"),
    "empty zip": (zipped({}), "file_no_workbook"),
    "cut off": (FORM[:-200], "file_damaged"),
    "half": (FORM[: len(FORM) // 2], "file_damaged"),
    "macros": (zipped(PARTS | {"xl/vbaProject.bin": "x"}), "file_macros"),
    "old macros": (zipped(PARTS | {"xl/macrosheets/sheet1.xml": "x"}), "file_macros"),
    "xlsb": (
        zipped(PARTS | {"xl/workbook.bin": "x", "_rels/.rels": relations([("rId1", "officeDocument", "xl/workbook.bin")])}),
        "file_xlsb",
    ),
    "doctype": (zipped(PARTS | {"xl/worksheets/sheet1.xml": DOCTYPE + PARTS["xl/worksheets/sheet1.xml"]}), "file_defines"),
    "broken xml": (zipped(PARTS | {"xl/worksheets/sheet1.xml": PARTS["xl/worksheets/sheet1.xml"][:-9]}), "file_damaged"),
    "no sheet": (zipped({n: t for n, t in PARTS.items() if "sheet1" not in n}), "file_damaged"),
    "no relation": (zipped({n: t for n, t in PARTS.items() if "_rels/workbook" not in n}), "file_damaged"),
    "no styles": (zipped({n: t for n, t in xlsx_parts("", styles="<a/>").items() if "styles" not in n}), "file_damaged"),
    "size too small": (central(FORM, 24, b"\x09\x00\x00\x00"), "file_damaged"),
    "size too large": (central(FORM, 24, b"\x00\x00\x01\x00"), "file_damaged"),
    "packed size too large": (central(FORM, 20, b"\xff\xff\x00\x00"), "file_damaged"),
    "check sum": (central(FORM, 16, b"\x01\x02\x03\x04"), "file_damaged"),
    "password": (central(FORM, 8, b"\x01"), "file_encrypted"),
    "strange packing": (central(FORM, 10, b"\x0c"), "file_damaged"),
    "before the file": (changed(FORM, FORM.rindex(b"PK\x05\x06") + 16, b"\xff\xff\xff\x7f"), "file_damaged"),
    "many members": (zipped(PARTS | {f"xl/{n}": "" for n in range(2001)}), "file_unpacks"),
    "too large unpacked": (zipped(PARTS | {"xl/a": b"\0" * (100 * 2**20)}), "file_unpacks"),
    "ods macros": (zipped(ODS | {"Basic/Standard/a.xml": ""}), "file_macros"),
    "ods scripts": (zipped(ODS | {"Scripts/python/a.py": ""}), "file_macros"),
    "ods locked": (zipped(ODS | {"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "file_encrypted"),
    "ods document": (zipped(ODS | {"mimetype": "application/vnd.oasis.opendocument.text"}), "file_no_workbook"),
    "ods doctype": (zipped(ODS | {"content.xml": DOCTYPE + ODS["content.xml"]}), "file_defines"),
    "deep": (xlsx("<a>" * 60 + "</a>" * 60), "file_strange"),
    "cell in cell": (xlsx('<row r="1"><c><c><v>1</v></c></c></row>'), "file_strange"),
    "long text": (xlsx(f'<row r="1"><c t="inlineStr"><is><t>{"a" * 2**20}b</t></is></c></row>'), "file_strange"),
    "long attribute": (xlsx(f'<row r="1" x="{"a" * 2**21}"/>'), "file_strange"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_whole(name):
    raw, problem = REFUSED[name]
    assert refused(raw) == problem


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused():
    out = io.BytesIO(FORM)
    with zipfile.ZipFile(out, "a") as book:
        book.writestr("XL/worksheets/Sheet1.xml", "<worksheet/>")
    assert refused(out.getvalue()) == "file_damaged"


def test_a_cut_or_changed_byte_ends_in_the_same_cells_or_a_refusal():
    whole, read_anyway = grids(FORM), 0
    for at in range(2, len(FORM), 3):
        for raw in (FORM[:at], changed(FORM, at, b"\xff")):
            try:
                found = grids(raw)
            except Refused:
                continue
            assert found == whole, at
            read_anyway += 1
    assert read_anyway > 10  # dates of the zip and parts that a table has no need of


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (FORM, "xlsx"),
        (zipped(ODS), "ods"),
        (page("x"), "html"),
        (b"\xef\xbb\xbf  <TABLE>", "html"),
        ("\ufeff<html>".encode("utf-16-le"), "html"),
        (b"a,b\n1,2\n", "text"),
        (b"", "text"),
        ("a;b".encode("utf-16"), "text"),
        ("indikator;nilai".encode("utf-16-le"), "text"),
        (b"<5,2\n", "text"),
        (b"MZ;1\n", "text"),
    ],
)
def test_the_content_tells_the_kind(raw, kind):
    assert kind_of(raw, "file.xls") == kind


def test_a_refusal_names_the_file_in_both_languages():
    with pytest.raises(IntakeError) as caught:
        kind_of(OLE, "form.xls")
    assert told(caught.value, words("en", CHECK)) == (
        "form.xls: the file is an old .xls workbook.",
        "Open it and save it as .xlsx.",
    )
    assert told(caught.value, words("id", CHECK))[0] == "form.xls: berkas ini buku kerja .xls versi lama."


def test_only_plain_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    with (tmp_path / "huge.csv").open("wb") as huge:
        huge.truncate(100 * 2**20 + 1)
    bad = {"pipe.csv": "not_plain", "zero.csv": "not_plain", ".": "not_plain", "huge.csv": "too_large", "no": "not_opened"}
    for name, problem in bad.items():
        with pytest.raises(IntakeError) as caught:
            read_bytes(tmp_path / name)
        assert caught.value.issues[0]["problem"] == f"file_{problem}"
    (tmp_path / "form.csv").write_bytes(b"a,b\n")
    assert read_bytes(tmp_path / "form.csv") == b"a,b\n"
