"""Small writers of .xls (BIFF8 in its container) and .xlsb, record by record, so that a test can say exactly what stands in them."""

import struct

from desk_data import zipped
from raw_books import relations

from scevaluation.grid.kinds import OLE

SECTOR = 512


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of an .xls."""
    return struct.pack("<HH", kind, len(body)) + body


def bof(kind: int = 0x10, version: int = 0x600) -> bytes:
    return record(0x0809, struct.pack("<HHHHLL", version, kind, 0, 0, 0, 0))


def text(said: str, size: str = "<H", wide: bool | None = None, runs: list[tuple[int, int]] = ()) -> bytes:
    """A text with its length in front, one byte a letter where that is enough."""
    wide = any(ord(c) > 255 for c in said) if wide is None else wide
    letters = said.encode("utf-16-le" if wide else "latin-1")
    head = struct.pack(size, len(letters) // (2 if wide else 1)) + bytes([wide | (8 if runs else 0)])
    return head + (struct.pack("<H", len(runs)) if runs else b"") + letters + b"".join(struct.pack("<HH", *run) for run in runs)


def cell(kind: int, row: int, column: int, body: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<HHH", row, column, style) + body)


def cell_of(row: int, column: int, value, style: int = 0) -> bytes:
    """A plain cell."""
    if isinstance(value, bool):
        return cell(0x0205, row, column, bytes([value, 0]), style)
    if isinstance(value, str):
        return cell(0x0204, row, column, text(value), style)
    return cell(0x0203, row, column, struct.pack("<d", value), style)


def xf(font: int = 0, code: int = 0, colour: int = -1) -> bytes:
    pattern = 0 if colour < 0 else 1 << 26
    return record(0x00E0, struct.pack("<HH10sLH", font, code, b"", pattern, 0x40 if colour < 0 else colour))


def stream(sheets: dict[str, bytes], head: bytes = b"", states: dict[str, int] | None = None, kinds: dict[str, int] | None = None) -> bytes:
    """A workbook's stream: `head` is what stands in it before the sheets, which are given by their records."""
    said = lambda name, place: struct.pack("<LBB", place, (states or {}).get(name, 0), (kinds or {}).get(name, 0)) + text(name, "<B")  # noqa: E731
    places = dict.fromkeys(sheets, 0)
    for _ in range(2):
        start = bof(5) + head + b"".join(record(0x0085, said(n, places[n])) for n in sheets) + record(0x000A)
        at = len(start)
        for name, body in sheets.items():
            places[name], at = at, at + len(bof()) + len(body) + 4
    return start + b"".join(bof() + body + record(0x000A) for body in sheets.values())


def container(streams: dict[str, bytes], storages: tuple[str, ...] = ()) -> bytes:
    """Streams in a container of sectors of 512 bytes; those below 4096 bytes in small ones."""
    small, mini, body = b"", [], b""
    entries, fat = [], []

    def put(data: bytes) -> int:
        nonlocal body
        start, count = len(fat), -(-len(data) // SECTOR)
        fat.extend([*range(start + 1, start + count), 0xFFFFFFFE] if count else [])
        body += data.ljust(count * SECTOR, b"\0")
        return start if count else 0xFFFFFFFE

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le")
        return struct.pack("<64sHBBLLL36xLQ", raw, len(raw) + 2, kind, 1, *[0xFFFFFFFF] * 3, start, size)

    for name, data in streams.items():
        if len(data) < 4096:
            start, count = len(mini), -(-len(data) // 64)
            mini += [*range(start + 1, start + count), 0xFFFFFFFE]
            small += data.ljust(count * 64, b"\0")
        else:
            start = put(data)
        entries.append(entry(name, 2, start, len(data)))
    root = entry("Root Entry", 5, put(small), len(small))
    entries += [entry(name, 1, 0, 0) for name in storages]
    first = put(b"".join([root, *entries]))
    minis = put(struct.pack(f"<{len(mini)}L", *mini).ljust(-(-len(mini) * 4 // SECTOR) * SECTOR, b"\xff")) if mini else 0xFFFFFFFE
    own = next(n for n in range(1, 100) if n * 128 >= len(fat) + n)
    at = len(fat)
    fat += [0xFFFFFFFD] * own
    body += struct.pack(f"<{own * 128}L", *fat, *[0xFFFFFFFF] * (own * 128 - len(fat)))
    head = OLE + b"\0" * 16 + struct.pack("<HHHHHHLLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, own, first, 0, 4096, minis, 1, 0xFFFFFFFE, 0)
    return head + struct.pack("<109L", *range(at, at + own), *[0xFFFFFFFF] * (109 - own)) + body


def xls(sheets: dict[str, list[list]]) -> bytes:
    """An .xls of plain cells."""
    rows = {n: b"".join(cell_of(r, c, v) for r, row in enumerate(t) for c, v in enumerate(row) if v is not None) for n, t in sheets.items()}
    return container({"Workbook": stream(rows, xf())})


def part(kind: int, body: bytes = b"") -> bytes:
    """A record of an .xlsb."""
    low, high = kind & 0x7F, kind >> 7
    head, size = bytes([low | 0x80, high]) if high else bytes([low]), b""
    left = len(body)
    while left > 0x7F:
        size, left = size + bytes([left & 0x7F | 0x80]), left >> 7
    return head + size + bytes([left]) + body


def said(letters: str) -> bytes:
    raw = letters.encode("utf-16-le")
    return struct.pack("<L", len(raw) // 2) + raw


def at(row: int) -> bytes:
    """The head of a row."""
    return part(0, struct.pack("<LLHBB", row, 0, 300, 0, 0))


def bcell(kind: int, column: int, body: bytes, style: int = 0) -> bytes:
    return part(kind, struct.pack("<LL", column, style) + body)


def bcell_of(column: int, value, style: int = 0) -> bytes:
    if isinstance(value, bool):
        return bcell(4, column, bytes([value]), style)
    return bcell(6, column, said(value), style) if isinstance(value, str) else bcell(5, column, struct.pack("<d", value), style)


def xlsb_parts(data: bytes, styles: bytes = b"", strings: bytes = b"", flags: int = 0, state: int = 0, comments: bytes = b"") -> dict:
    """Members of an .xlsb with one sheet, Skor: `data` are its records."""
    book = part(153, struct.pack("<LL", flags, 0) + said("")) + part(156, struct.pack("<LL", state, 1) + said("rId1") + said("Skor"))
    rows = [("rId1", "worksheet", "worksheets/sheet1.bin"), ("rId2", "styles", "styles.bin")]
    rows += [("rId3", "sharedStrings", "sharedStrings.bin")]
    beside = relations([("rId1", "comments", "../comments1.bin"), ("rId2", "hyperlink", "https://a.b/c")])
    return {
        "[Content_Types].xml": "<Types/>", "_rels/.rels": relations([("rId1", "officeDocument", "xl/workbook.bin")]),
        "xl/workbook.bin": book, "xl/_rels/workbook.bin.rels": relations(rows), "xl/worksheets/sheet1.bin": data,
        "xl/worksheets/_rels/sheet1.bin.rels": beside, "xl/styles.bin": styles, "xl/sharedStrings.bin": strings,
        "xl/comments1.bin": comments,
    }  # fmt: skip


def xlsb(rows: list[list]) -> bytes:
    """An .xlsb of plain cells."""
    lines = [at(r) + b"".join(bcell_of(c, v) for c, v in enumerate(row) if v is not None) for r, row in enumerate(rows)]
    return zipped(xlsb_parts(b"".join(lines)))
