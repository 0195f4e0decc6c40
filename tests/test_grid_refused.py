"""What is refused whole, each with its own sentence; content decides, not the name."""

import io
import os
import zipfile

import pytest
from raw_books import grids, ods_parts, page, refused, relations, xlsx, xlsx_parts, zipped

from scevaluation.errors import IntakeError
from scevaluation.grid.book import kind_of
from scevaluation.grid.files import read_bytes
from scevaluation.grid.kinds import OLE
from scevaluation.grid.limits import Refused
from scevaluation.issues import told
from scevaluation.words import CHECK, words


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
    "ole": (OLE + b"\0" * 600, "file_damaged"),
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
        "file_damaged",
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
    "too large unpacked": (lambda: zipped(PARTS | {"xl/a": b"\0" * (100 * 2**20)}), "file_unpacks"),
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
    assert refused(raw() if callable(raw) else raw) == problem


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
        kind_of(REFUSED["biff"][0], "form.xls")
    assert told(caught.value, words("en", CHECK)) == (
        "form.xls: the file is a workbook of Excel 95 or older.",
        "Open it and save it as .xlsx.",
    )
    assert told(caught.value, words("id", CHECK))[0] == "form.xls: berkas ini buku kerja dari Excel 95 atau lebih lama."


def test_only_plain_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    with (tmp_path / "huge.csv").open("wb") as huge:
        huge.truncate(100 * 2**20 + 1)
    bad = dict.fromkeys(("pipe.csv", "zero.csv", "."), "file_not_plain") | {"huge.csv": "file_too_large", "no": "not_there"}
    for name, problem in bad.items():
        with pytest.raises(IntakeError) as caught:
            read_bytes(tmp_path / name, IntakeError)
        assert caught.value.issues[0]["problem"] == problem
    (tmp_path / "form.csv").write_bytes(b"a,b\n")
    assert read_bytes(tmp_path / "form.csv", IntakeError) == b"a,b\n"
