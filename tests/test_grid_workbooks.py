"""What stands in an .xlsx is what is read: every trap by hand."""

from datetime import date, datetime, time, timedelta

import pytest
from raw_books import cells, grids, refused, relations, xlsx, xlsx_parts, zipped

from scevaluation.grid.cell import Look


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


def test_empty_cells_are_left_out_only_where_they_are_cells():
    row = '<row r="1"><c r="A1" s="0"/><c r="B1" t="inlineStr"><is><t><![CDATA[<c r="A1"/>]]></t></is></c></row>'
    assert cells(xlsx(row)) == {(0, 1): ('<c r="A1"/>', "text")}
    assert cells(xlsx('<row r="1"><c r="A1" s="0"/><c><v>2</v></c></row>')) == {(0, 1): (2.0, "number")}
    many = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}"><v>{n}</v></c><c r="C{n}" s="0"/></row>' for n in range(1, 30_001))
    assert cells(xlsx(many)) == {(n, 1): (n + 1.0, "number") for n in range(30_000)}


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
