"""What a workspace says of its reports as documents: draft, author, logo, day of issue; values checked, the logo made anew."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from scevaluation import place
from scevaluation.errors import WorkspaceError
from scevaluation.issues import clean_text, issue, nearest, refusal
from scevaluation.place import MARK, sha256
from scevaluation.workspace import settings

TABLE = "document"  # in the workspace's file
LETTERS = 120  # of an author
BYTES, PIXELS, SIDE = 1_000_000, 4_000_000, 4096  # that the file of a logo may have, its picture, and either side of it
SHOWN = (640, 160)  # pixels a logo is made smaller to: 300 dots an inch of the place it has in print
SIGNATURE = b"\x89PNG\r\n\x1a\n"
PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")  # chunks of a PNG that its picture is made of


@dataclass(frozen=True)
class Document:
    """A report as a document; by default nothing is said and its pages are numbered.

    `logo` is a PNG without anything but its picture, `mark` names the file it came from by a hash.
    """

    draft: bool = False
    author: str = ""
    logo: bytes = field(default=b"", repr=False)
    issued: date | None = None
    page_numbers: bool = True
    fingerprint: bool = False
    mark: str = ""

    @property
    def facts(self) -> dict[str, str | bool]:
        """What differs from the default, as a report's key counts it; {} if nothing does."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default and f.name != "mark"}
        return {n: v if isinstance(v, str | bool) else sha256(v) if isinstance(v, bytes) else str(v) for n, v in said.items()}


EXAMPLES = {
    "draft": "true, false",
    "author": '"Tim Evaluasi"',
    "logo": '"logo.png"',
    "issued": "2026-11-30",
    "page_numbers": "true, false",
    "fingerprint": "true, false",
}


def document() -> Document:
    """What the table [document] of the workspace's file says; the default where there is none.

    Raises
    ------
    WorkspaceError
        If it says something unknown, or a value or the logo's file cannot be used; all that is wrong is named.
    """
    table = settings().get(TABLE, {})
    if not isinstance(table, dict):
        raise refusal(WorkspaceError, [_wrong("bad_setting", f"{TABLE} = {table}", f"[{TABLE}]", "mend_setting")])
    wrong = [_wrong("no_setting", key, ", ".join(nearest(key, EXAMPLES)), "choose_setting") for key in table if key not in EXAMPLES]
    said = {key: value for key, value in table.items() if key in EXAMPLES}
    wrong += [_wrong("bad_setting", f"{k} = {v}", EXAMPLES[k], "mend_setting") for k, v in said.items() if not _fits(k, v)]
    if not wrong and "logo" in said:
        try:
            said["mark"], said["logo"] = _logo(said["logo"])
        except WorkspaceError as error:
            wrong = list(error.issues)
    if wrong:
        raise refusal(WorkspaceError, wrong)
    return Document(**said | {"author": clean_text(said.get("author", ""))})


def _wrong(problem: str, found: str, expected: str, remedy: str) -> dict:
    return issue(MARK, TABLE, problem, "error", found, expected, remedy)


def _fits(key: str, value) -> bool:
    """Whether a value is of its setting's kind; a time of the day is none of a day."""
    if key == "issued":
        return isinstance(value, date) and not isinstance(value, datetime)
    if key in ("author", "logo"):
        return isinstance(value, str) and 0 < len(clean_text(value)) <= LETTERS and len(value) <= LETTERS
    return isinstance(value, bool)


def _logo(name: str) -> tuple[str, bytes]:
    """Mark and picture of the logo in a file of the workspace."""
    home = (place.WORKSPACE or Path()).resolve()
    try:
        path = (home / name).resolve()
        if not path.is_relative_to(home) or not path.is_file():
            raise OSError
        with path.open("rb") as file:
            raw = file.read(BYTES + 1)
    except (OSError, ValueError, RuntimeError):
        raise refusal(WorkspaceError, [_wrong("no_logo", name, "", "put_logo")]) from None
    limit = f"{BYTES // 1000} kB, {SIDE} × {SIDE}, {PIXELS // 1_000_000} Mpx"
    if len(raw) > BYTES:
        raise refusal(WorkspaceError, [_wrong("large_logo", f"{name} (> {BYTES // 1000} kB)", limit, "shrink_logo")])
    try:
        bare = picture_alone(raw)
        width, height = struct.unpack(">II", bare[16:24])
        if max(width, height) <= SIDE and width * height <= PIXELS:
            return f"{name} h{sha256(raw)[:16]}", _anew(bare)
    except Exception:  # whatever a made-up picture does to its reader
        raise refusal(WorkspaceError, [_wrong("bad_logo", name, "PNG", "save_logo")]) from None
    raise refusal(WorkspaceError, [_wrong("large_logo", f"{name} ({width} × {height})", limit, "shrink_logo")])


def picture_alone(raw: bytes) -> bytes:
    """A PNG's chunks of its picture, each whole by its sum; what else is in the file, such as texts and profiles, is left out.

    ValueError if it is no PNG, or holds a chunk that its picture cannot be understood without and that is unknown.
    """
    if not raw.startswith(SIGNATURE + b"\0\0\0\rIHDR"):
        raise ValueError
    at, out = len(SIGNATURE), SIGNATURE
    while at + 12 <= len(raw):
        size, kind = struct.unpack(">I4s", raw[at : at + 8])
        chunk, total = raw[at : at + 8 + size], raw[at + 8 + size : at + 12 + size]
        if len(total) < 4 or zlib.crc32(chunk[4:]) != int.from_bytes(total, "big") or (kind[:1].isupper() and kind not in PICTURE):
            raise ValueError
        out += chunk + total if kind in PICTURE else b""
        if kind == b"IEND":
            return out
        at += 12 + size
    raise ValueError


@lru_cache(4)
def _anew(bare: bytes) -> bytes:
    """The picture decoded, made as small as it is shown, and written again, the same bytes each time."""
    from PIL import Image, ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, where it was loaded, has asked for what is cut off too
    with Image.open(io.BytesIO(bare), formats=("PNG",)) as found:
        found.load()
        deep = found.mode.startswith("I")  # sixteen bits of grey, of which Pillow makes no colours by itself
        picture = (found.point(lambda v: v * (1 / 256)).convert("L") if deep else found).convert("RGBA")
    picture.thumbnail(SHOWN, Image.Resampling.LANCZOS)
    if picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    out = io.BytesIO()
    picture.info.clear()
    picture.save(out, "PNG", compress_level=9)
    return out.getvalue()
