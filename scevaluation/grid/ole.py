"""The container that old .xls files are in (OLE2, MS-CFB): its streams by name, within the bytes of the file; standard library only."""

from __future__ import annotations

import struct

from scevaluation.grid.limits import MEMBERS, Refused

_END = 0xFFFFFFFA  # from here on numbers of sectors mean something else
_ENTRY = 128
STORAGE, STREAM, ROOT = 1, 2, 5


class Container:
    """Names of storages and streams, small letters; a stream is put together when it is asked for."""

    def __init__(self, raw: bytes):
        self.raw = raw
        try:
            shift, small = struct.unpack_from("<HH", raw, 30)
            first, cutoff, mini, _, more, more_count = struct.unpack_from("<L4xLLLLL", raw, 48)
            if shift not in (9, 12) or small != 6:
                raise Refused("file_damaged")
            self.size, self.cutoff = 1 << shift, cutoff
            self.fat = self._table(self._sectors_of_fat(more, more_count))
            self.entries = self._entries(first)
            root = next((e for e in self.entries.values() if e[0] == ROOT), None)
            if root is None:
                raise Refused("file_damaged")
            self.mini_fat = self._table(self._chain(mini, self.fat))
            self.small = self._joined(root[1], root[2])
        except struct.error as error:
            raise Refused("file_damaged") from error

    def _sectors_of_fat(self, more: int, count: int) -> list[int]:
        """Sectors that hold the table of sectors: 109 named in the head, others in a chain of their own."""
        out = list(struct.unpack_from("<109L", self.raw, 76))
        each = self.size // 4 - 1
        for _ in range(min(count, len(self.raw) // self.size + 1)):
            if more >= _END:
                break
            *part, more = struct.unpack_from(f"<{each + 1}L", self.raw, self._place(more))
            out += part
        return [s for s in out if s < _END]

    def _place(self, sector: int) -> int:
        place = (sector + 1) * self.size
        if place >= len(self.raw):
            raise Refused("file_damaged")
        return place

    def _table(self, sectors: list[int]) -> list[int]:
        if len(sectors) > len(self.raw) // self.size:
            raise Refused("file_damaged")
        whole = b"".join(self._sector(s) for s in sectors)
        return list(struct.unpack(f"<{len(whole) // 4}L", whole[: len(whole) // 4 * 4]))

    def _sector(self, sector: int) -> bytes:
        place = self._place(sector)
        return self.raw[place : place + self.size].ljust(self.size, b"\0")  # the last one may be cut off

    def _chain(self, start: int, table: list[int]) -> list[int]:
        """Sectors of a stream one after another; one that comes back to itself is damaged."""
        out: list[int] = []
        while start < _END:
            if start >= len(table) or len(out) >= len(table):
                raise Refused("file_damaged")
            out.append(start)
            start = table[start]
        return out

    def _joined(self, start: int, size: int) -> bytes:
        return b"".join(self._sector(s) for s in self._chain(start, self.fat))[:size]

    def _entries(self, first: int) -> dict[str, tuple[int, int, int]]:
        """Kind, start and size by name; of several of one name the first."""
        out: dict[str, tuple[int, int, int]] = {}
        whole = b"".join(self._sector(s) for s in self._chain(first, self.fat))
        for at in range(0, min(len(whole), MEMBERS * _ENTRY), _ENTRY):
            length, kind = struct.unpack_from("<HB", whole, at + 64)
            start, size = struct.unpack_from("<LL", whole, at + 116)
            name = whole[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
            if kind in (STORAGE, STREAM, ROOT):
                out.setdefault(name, (kind, start, size))
        return out

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.entries

    def read(self, name: str) -> bytes:
        """A stream whole; refused if it is not there, or shorter than it says."""
        kind, start, size = self.entries.get(name.lower(), (0, 0, 0))
        if kind != STREAM or size > len(self.raw):
            raise Refused("file_damaged")
        if size >= self.cutoff:
            out = self._joined(start, size)
        else:
            parts = self._chain(start, self.mini_fat)
            out = b"".join(self.small[s * 64 : s * 64 + 64] for s in parts)[:size]
        if len(out) < size:
            raise Refused("file_damaged")
        return out
