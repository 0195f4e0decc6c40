"""Files that are no past: damaged, locked, empty, huge, of something else, or contradicting themselves."""

import random
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl

HEAD = ["Indikator", "OPD", "Nilai"]


def _zip(members):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in members.items():
            book.writestr(name, data)
    return out.getvalue()


def _book(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _raw(raw, name="x.xlsx"):
    def make(folder: Path):
        (folder / name).write_bytes(raw() if callable(raw) else raw)
        return [folder / name]

    return make


def _good():
    return _book(("2019-1", [HEAD, *([f"Indikator {n}", "Dinas", n] for n in "123")]))


def _with_good(raw, name="x.xlsx"):
    """One bad file beside a good one: nothing is taken of either."""

    def make(folder: Path):
        (folder / "baik.xlsx").write_bytes(_good())
        return [folder / "baik.xlsx", *_raw(raw, name)(folder)]

    return make


def _same_name(folder: Path):
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    for n in "ab":
        (folder / n / "x.xlsx").write_bytes(_good())
    return [folder / "a" / "x.xlsx", folder / "b" / "x.xlsx"]


def _cut():
    raw = _good()
    return raw[: len(raw) // 2]


def _flipped():
    raw = bytearray(_good())
    for n in random.Random(1).sample(range(60, len(raw) - 60), 200):
        raw[n] ^= 255
    return bytes(raw)


def _folder(folder: Path):
    (folder / "x.xlsx").mkdir()
    return [folder / "x.xlsx"]


TWICE = [HEAD, ["Jalan", "Dinas PUPR", 3.0], ["Air", "Dinas PUPR", 2.0], ["Jalan", "Dinas PUPR", 2.5]]
LETTER = [["Kepada Yth. Kepala Bappeda"], ["Dengan hormat, bersama ini kami sampaikan"], ["hasil evaluasi"], ["Terima kasih"]]
ADDRESSES = [["Nama", "Alamat", "Telepon"], ["Budi", "Jl. Mawar 1", "0811-222-333"], ["Sari", "Jl. Melati 2", "0812-333-444"]]
BAD = {
    "empty bytes": _raw(b""),
    "text of a letter": _raw(b"Kepada Yth.\nBersama ini kami sampaikan\n", "surat.csv"),
    "latin letters": _raw("Indikator;Nilai\nKualit\u00e9;3\n".encode("latin-1"), "x.csv"),
    "zeros": _raw(b"\0" * 5000),
    "zeros as text": _raw(b"a,b\n\0,1\n", "x.csv"),
    "locked": _raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600),
    "compound file of nothing": _raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x.xls"),
    "picture": _raw(b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    "pdf": _raw(b"%PDF-1.7\n" + b"\0" * 100, "x.pdf"),
    "zip of something else": _raw(_zip({"a.txt": "x"})),
    "macros": _raw(_zip({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"}), "x.xlsm"),
    "bomb": _raw(lambda: _zip({"xl/workbook.xml": b"0" * (101 * 2**20)})),
    "not xml": _raw(_zip({"xl/workbook.xml": "not xml", "[Content_Types].xml": "nor this"})),
    "cut off": _raw(_cut),
    "flipped": _raw(_flipped),
    "no sheet with anything": _raw(lambda: _book(("Sheet1", []))),
    "header alone": _raw(lambda: _book(("2019-1", [HEAD]))),
    "header without figures": _raw(lambda: _book(("2019-1", [HEAD, ["Jalan", "Dinas PUPR", None], ["Air", "Dinas PUPR", None]]))),
    "figures without header": _raw(lambda: _book(("2019-1", [["Jalan", 3], ["Air", 2], ["Sampah", 4]]))),
    "numbers alone": _raw(lambda: _book(("2019-1", [[random.Random(n).random() for _ in range(5)] for n in range(20)]))),
    "letter": _raw(lambda: _book(("Surat", LETTER))),
    "addresses": _raw(lambda: _book(("2019-1", ADDRESSES))),
    "one score twice": _raw(lambda: _book(("2019-1", TWICE))),
    "huge": _raw(lambda: b"Indikator;Nilai\n" + b"x;1\n" * 600_000, "x.csv"),
    "open quotation mark": _raw(b'Indikator,Nilai\n"Jalan,3\nAir,2\n', "x.csv"),
    "folder": _folder,
    "not there": lambda folder: [folder / "tidak ada.xlsx"],
    "two of one name": _same_name,
    "no file": lambda folder: [],
    "bad beside good": _with_good(_cut),
    "letter beside good": _with_good(lambda: _book(("Surat", LETTER))),
    "web page without a table": _raw(b"<html><body><p>hasil</p></body></html>", "x.xls"),
}
