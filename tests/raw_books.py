"""Workbooks and pages written part by part, so that a test can say exactly what stands in them; and what is read of them."""


import pytest
from desk_data import zipped

from scevaluation.grid.book import grid
from scevaluation.grid.cell import Look
from scevaluation.grid.limits import Refused
from scevaluation.grid.reading import read

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_KINDS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODS = {
    "office": "office:1.0",
    "style": "style:1.0",
    "text": "text:1.0",
    "table": "table:1.0",
    "number": "datastyle:1.0",
    "fo": "xsl-fo-compatible:1.0",
    "draw": "drawing:1.0",
}


def relations(rows: list[tuple[str, str, str]], kinds: str = KINDS) -> str:
    """Rows of id, kind, target; a target with "://" is outside."""
    outside = ' TargetMode="External"'
    inner = "".join(
        f'<Relationship Id="{i}" Type="{kinds}/{kind}" Target="{to}"{outside if "://" in to else ""}/>' for i, kind, to in rows
    )
    return f'<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'


def xlsx_parts(
    data: str = "",
    before: str = "",
    behind: str = "",
    styles: str = "",
    strings: str = "",
    properties: str = "",
    state: str = "",
    strict: bool = False,
) -> dict[str, str]:
    """Members of a workbook with one sheet, Skor: `data` is what stands in its sheetData."""  # fmt: skip
    main, kinds = (STRICT, STRICT_KINDS) if strict else (MAIN, KINDS)
    names = f'xmlns="{main}" xmlns:r="{kinds}"'
    sheet = f'<sheet name="Skor" sheetId="1" {state and f"""state="{state}" """}r:id="rId1"/>'
    rows = [("rId1", "worksheet", "worksheets/sheet1.xml")]
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations([("rId1", "officeDocument", "xl/workbook.xml")], kinds),
        "xl/workbook.xml": f"<workbook {names}>{properties}<sheets>{sheet}</sheets></workbook>",
        "xl/worksheets/sheet1.xml": f"<worksheet {names}>{before}<sheetData>{data}</sheetData>{behind}</worksheet>",
    }
    if styles:
        parts["xl/styles.xml"] = f"<styleSheet {names}>{styles}</styleSheet>"
        rows.append(("rId2", "styles", "styles.xml"))
    if strings:
        parts["xl/sharedStrings.xml"] = f"<sst {names}>{strings}</sst>"
        rows.append(("rId3", "sharedStrings", "/xl/sharedStrings.xml"))
    return parts | {"xl/_rels/workbook.xml.rels": relations(rows, kinds)}


def xlsx(data: str = "", **parts) -> bytes:
    return zipped(xlsx_parts(data, **parts))


def ods_parts(tables: str, automatic: str = "", common: str = "") -> dict[str, str]:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{uri}"' for n, uri in _ODS.items())
    names += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    names += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    made = f"<office:automatic-styles>{automatic}</office:automatic-styles>"
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {names}>{made}{body}</office:document-content>",
        "styles.xml": f"<office:document-styles {names}><office:styles>{common}</office:styles></office:document-styles>",
        "META-INF/manifest.xml": "<manifest/>",
    }


def ods(rows: str, columns: str = "", facts: str = "", **styles) -> bytes:
    return zipped(ods_parts(f'<table:table table:name="Skor" {facts}>{columns}{rows}</table:table>', **styles))


def page(inner, head=""):
    return f"<html><head>{head}</head><body>{inner}</body></html>".encode()


def grids(raw):
    """What the reader finds, in this process."""
    _, looks, sheets = read(raw)
    return [grid(sheet, [Look(*look) for look in looks]) for sheet in sheets]


def cells(raw):
    """Value and kind of every cell of the first sheet by its place."""
    return {(r, c): (cell.value, cell.kind) for r, line in grids(raw)[0].rows.items() for c, cell in line.items()}


def refused(raw):
    """The problem for which a file is not read."""
    with pytest.raises(Refused) as caught:
        read(raw)
    return caught.value.problem
