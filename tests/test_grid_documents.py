"""What stands in an .ods or a web page is what is read: every trap by hand."""

from datetime import date, datetime, time, timedelta

import pytest
from raw_books import cells, grids, ods, page, refused


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
COMMON = (
    '<style:style style:name="Baik" style:family="table-cell">'
    '<style:table-cell-properties fo:background-color="#ffff00"/></style:style>'
)


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


@pytest.mark.parametrize(("inside", "position", "kind"), [(" ", 3, "number"), (" ", 2, "unknown"), ("-", 3, "unknown")])
def test_text_between_the_digits_of_an_open_document(inside, position, kind):
    embedded = f'<number:embedded-text number:position="{position}">{inside}</number:embedded-text>'
    number = f'<number:number number:decimal-places="0" number:min-integer-digits="1">{embedded}</number:number>'
    styles = f'<number:number-style style:name="N1">{number}</number:number-style>'
    styles += '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    found = grids(ods(line(value("float", "45717", 'table:style-name="ce1"')), automatic=styles))
    assert found[0].rows[0][0].look.kind == kind


def test_a_column_lends_its_style_to_cells_without_one():
    columns = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:default-cell-style-name="ce1"/>'
    found = grids(ods(line(*[value("percentage", ".7")] * 3), columns, automatic=ODS_STYLES, common=COMMON))[0].rows[0]
    assert [c.look.fill for c in found.values()] == ["", "", "FFFF00"]


# Web pages


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
