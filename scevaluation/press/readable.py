"""All that can be read in a file that is given away: text, texts of pictures and properties, as they are searched."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterator

from scevaluation.intake.persons import EDGE, plain, rendered

_DATA = re.compile(r"data:([a-z/+.-]+)(?:;charset=[\w-]+)?;base64,([\w+/=]+)")
_NUMBERS = re.compile(r'<c\b(?![^>]*\bt="(?:str|inlineStr)")[^>]*>\s*<v>[^<]*</v>')
_KINDS = {"image/svg+xml": ".svg", "image/png": ".png"}


def readable(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Name and text of every part of a file, as `persons.rendered` gives them, its own name first; parts of parts too.

    PDF is read by pypdf or poppler's pdftotext where one of them is installed: it is printed from a page that is searched as well.
    """
    yield name, plain(name)
    ending = name.rpartition(".")[2].lower()
    if ending in ("html", "svg", "xml", "rels", "vml"):
        markup = data.decode("utf-8", "replace")
        yield name, rendered(_NUMBERS.sub("", _DATA.sub("", markup)))
        for kind, packed in _DATA.findall(markup):
            if kind in _KINDS:
                yield from readable(name + _KINDS[kind], base64.b64decode(packed))
    elif ending in ("json", "ipynb"):
        yield name, EDGE.join(rendered(text) for text in _strings(json.loads(data)))
    elif ending in ("xlsx", "zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as whole:
            for part in whole.namelist():
                yield from readable(f"{name}/{part}", whole.read(part))
    elif ending == "png":
        yield name, plain(EDGE.join(_chunks(data)))
    elif ending == "pdf":
        yield name, plain(EDGE.join(_pages(data)))
    elif ending in ("txt", "csv", "md", "css"):
        yield name, plain(data.decode("utf-8", "replace"))


def _strings(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _strings(part)


def _chunks(data: bytes) -> Iterator[str]:
    """Texts of a PNG: every chunk but its pixels and palettes, those that are packed unpacked."""
    at = 8
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if kind in (b"tEXt", b"eXIf", b"iTXt"):
            yield body.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace")
        if kind in (b"zTXt", b"iTXt"):
            key, _, rest = body.partition(b"\0")
            packed = rest[1:] if kind == b"zTXt" else rest[2:].split(b"\0", 2)[-1]
            with contextlib.suppress(zlib.error):
                yield f"{key.decode('latin-1')} {zlib.decompress(packed).decode('utf-8', 'replace')}"
        at += 12 + size


def _pages(data: bytes) -> Iterator[str]:
    """Text of a PDF's pages, its properties, bookmarks and texts of pictures."""
    if shutil.which("pdftotext"):  # many times faster on pages full of pictures
        yield subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    try:
        from pypdf import PdfReader
    except ImportError:
        return
    reader = PdfReader(io.BytesIO(data))
    if not shutil.which("pdftotext"):
        yield from (page.extract_text() for page in reader.pages)
    for number in range(1, reader.trailer["/Size"]):  # type: ignore[call-overload]
        found = reader.get_object(number)
        yield from (str(v) for v in _values(found))
        if hasattr(found, "get_data") and isinstance(found, dict) and found.get("/Subtype") == "/XML":
            yield found.get_data().decode("utf-8", "replace")


def _values(found) -> Iterator[str]:
    """Strings of an object of a PDF, as they are shown."""
    for value in found.values() if isinstance(found, dict) else found if isinstance(found, list) else (found,):
        if isinstance(value, str) and not value.startswith("/"):
            yield value
        elif isinstance(value, dict | list) and not hasattr(value, "get_data"):
            yield from _values(value)
