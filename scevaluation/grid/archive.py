"""The zip and the XML of a workbook, read as a stream within the limits; standard library only."""

from __future__ import annotations

import io
import posixpath
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from scevaluation.grid.limits import BYTES, DEPTH, MEMBERS, SECONDS, SILENCE, Refused

PIECE = 2**16
TICK = 2**18  # bytes between two looks at the clock
ENTRY = 512  # bytes that a member may take in the directory


class Clock:
    """How long one file is read."""

    def __init__(self, seconds: float = SECONDS):
        self.end = time.monotonic() + seconds
        self.passed = 0

    def tick(self, size: int) -> None:
        """Count bytes; refuse the file when its time is over."""
        self.passed += size
        if self.passed >= TICK:
            self.passed = 0
            if time.monotonic() > self.end:
                raise Refused("file_too_slow", str(SECONDS), "only_the_table")


class Archive:
    """The members of a zip by their names in small letters, each inside its own bytes and none too large."""

    def __init__(self, raw: bytes):
        self.raw = raw
        if _directory(raw) > MEMBERS * ENTRY:
            raise Refused("file_unpacks", f"{MEMBERS}", "only_the_table")
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as error:
            raise Refused("file_damaged") from error
        members = [m for m in self.zip.infolist() if not m.is_dir()]
        self.members = {m.filename.replace("\\", "/").lstrip("/").lower(): m for m in members}
        if len(members) > MEMBERS or sum(m.file_size for m in members) > BYTES:
            raise Refused("file_unpacks", f"{MEMBERS}", "only_the_table")
        if len(self.members) < len(members) or not _apart(members, len(raw)):
            raise Refused("file_damaged")

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.members

    def pieces(self, name: str) -> Iterator[bytes]:
        """A member unpacked, piece by piece; its size and its check sum are those that the zip tells."""
        member = self.members.get(name.lower())
        if member is None:
            raise Refused("file_damaged")
        if member.flag_bits & 1:
            raise Refused("file_encrypted", remedy="remove_password")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("file_damaged")
        left = member.file_size
        try:
            with self.zip.open(member) as stream:
                while piece := stream.read(PIECE):
                    left -= len(piece)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, struct.error) as error:
            raise Refused("file_damaged") from error
        if left:
            raise Refused("file_damaged")

    def read(self, name: str) -> bytes:
        """A member whole."""
        return b"".join(self.pieces(name))


def _directory(raw: bytes) -> int:
    """Bytes of the zip's directory as its end tells them: a huge one is refused before it is read."""
    end = raw.rfind(b"PK\x05\x06")
    if end < 0 or len(raw) < end + 22:
        raise Refused("file_damaged")
    size = struct.unpack_from("<L", raw, end + 12)[0]
    large = raw.rfind(b"PK\x06\x06")
    return size if size != 0xFFFFFFFF or large < 0 or len(raw) < large + 56 else struct.unpack_from("<Q", raw, large + 40)[0]


def _apart(members: list[zipfile.ZipInfo], size: int) -> bool:
    """Whether no member reaches into the next one or begins before the file."""
    places = sorted((m.header_offset, m.header_offset + 30 + m.compress_size) for m in members)
    limits = [*(start for start, _ in places[1:]), size]
    return all(start >= 0 and end <= limit for (start, end), limit in zip(places, limits, strict=False))


def target(part: str, address: str) -> str:
    """The name of a member that a part of the workbook points to."""
    joined = posixpath.join("/" + posixpath.dirname(part), address.replace("\\", "/"))
    return posixpath.normpath(joined).lstrip("/")


def _defines(*_) -> None:
    raise Refused("file_defines", remedy="save_as_xlsx")


class Elements:
    """Handlers of one part: methods for the elements that matter by name, and a limit on depth.

    `starts` take the attributes, `ends` nothing; text is collected while `heard` is a list.
    """

    def __init__(self):
        self.starts: dict[str, Callable[[dict], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self.depth = self.length = 0
        self.heard: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise Refused("file_strange")
        act = self.starts.get(name)
        if act is not None:
            act(attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        act = self.ends.get(name)
        if act is not None:
            act()

    def text(self, data: str) -> None:
        if self.heard is not None:
            self.length += len(data)
            if self.length > SILENCE:
                raise Refused("file_strange")
            self.heard.append(data)

    def hear(self, _attributes: dict | None = None) -> None:
        self.heard, self.length = [], 0

    def said(self) -> str:
        """What was heard since `hear`; nothing more is."""
        text, self.heard = "".join(self.heard or ()), None
        return text

    def read(self, pieces: Iterator[bytes], clock: Clock):
        """Read XML, whose names come as "namespace name".

        Refused if it is none, defines anything of its own, is nested deeper or silent longer than a table is, or the time is over.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text, parser.buffer_size = True, PIECE
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = self.start, self.end, self.text
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _defines
        fed = 0
        try:
            for piece in pieces:
                parser.Parse(piece, False)
                fed += len(piece)
                clock.tick(len(piece))
                if fed - parser.CurrentByteIndex > SILENCE:
                    raise Refused("file_strange")
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise Refused("file_damaged") from error
        return self
