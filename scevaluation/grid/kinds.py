"""What a file is by its content, whatever its name; standard library only."""

from __future__ import annotations

from scevaluation.grid.archive import Archive
from scevaluation.grid.limits import Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_OTHERS = {
    b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"II*\x00": "TIFF", b"MM\x00*": "TIFF", b"RIFF": "RIFF",
    b"{\\rtf": "RTF", b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"BZh": "bzip2", b"\xfd7zXZ": "xz",
    b"SQLite format 3": "SQLite", b"MZ": "EXE", b"\x7fELF": "ELF",
}  # fmt: skip
_PAGE = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<div", b"<style", b"<center", b"<font")
START = 4096


def kind_of(raw: bytes) -> str:
    """xlsx, xlsb, xls, ods, html or text; refused if it is another thing: encrypted, older than Excel 97, a picture, a damaged zip."""
    if raw.startswith(b"PK"):
        return _kind_of_zip(Archive(raw))
    if raw.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise Refused("file_encrypted", remedy="remove_password")
        return "xls"
    if raw.startswith(_OLD):
        raise Refused("file_old", remedy="save_as_xlsx")
    for magic, name in _OTHERS.items():
        if raw.startswith(magic) and (len(magic) > 2 or b"\0" in raw[:START]):
            raise Refused("file_other", name)
    return _kind_of_text(raw)


def _kind_of_zip(book: Archive) -> str:
    if "mimetype" in book and "content.xml" in book:
        return "ods"
    if "[content_types].xml" not in book or not any(n.startswith("xl/") for n in book.members):
        raise Refused("file_no_workbook", remedy="save_as_xlsx")
    return "xlsb" if "xl/workbook.bin" in book else "xlsx"


def _kind_of_text(raw: bytes) -> str:
    start = _ascii(raw[:START])
    if start.startswith(b"<") and (start.startswith(_PAGE) or b"<html" in start or (b"<table" in start and b"<?xml" not in start)):
        return "html"
    if start.startswith(b"<?xml") or start.startswith(b"<workbook"):
        is_2003 = b"urn:schemas-microsoft-com:office:spreadsheet" in start or b"excel.sheet" in start
        raise Refused("file_xml_2003" if is_2003 else "file_no_workbook", remedy="save_as_xlsx")
    if b"\0" in raw[:START] and not _wide(raw[:START]):
        raise Refused("file_other", "0x00")
    return "text"


def _ascii(start: bytes) -> bytes:
    """The beginning in small ASCII letters, whichever way it is encoded."""
    bare = start.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return (bare.replace(b"\0", b"") if _wide(start) else bare).lstrip().lower()


def _wide(start: bytes) -> bool:
    """Whether it looks like text of two bytes a letter."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    zeros = [start[side::2].count(0) for side in (0, 1)]
    return min(zeros) == 0 and max(zeros) * 4 > len(start)
