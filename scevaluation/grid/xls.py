"""Read an old .xls (BIFF8: Excel 97 to 2003) as a stream of records: the same of it as of an .xlsx; standard library only.

Formulas are stored as tokens; that a cell has one is told, its text is not. Records are those of MS-XLS.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator

from scevaluation.grid.archive import Clock
from scevaluation.grid.limits import SILENCE, Refused
from scevaluation.grid.ole import Container
from scevaluation.grid.sheet import Budget, Looks, Sheet, Style, numeric
from scevaluation.grid.styles import BUILTIN, PALETTE, numbered
from scevaluation.grid.xlsx import UNKNOWN_FORMULA, Words

BIFF8 = 0x0600
BOF, EOF, CONTINUE, LOCKED = 0x0809, 0x000A, 0x003C, 0x002F
WEB = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")  # the mark of an address of the web
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
Record = tuple[int, list[bytes]]  # its kind, and its bytes with those of the records that continue it


def read(raw: bytes, clock: Clock) -> tuple[list, list]:
    """Looks and sheets of a workbook, as plain tuples; refused if it cannot be read, or goes over a limit."""
    book = Container(raw)
    if "encryptedpackage" in book:
        raise Refused("file_encrypted", remedy="remove_password")
    if "workbook" not in book:
        raise Refused("file_old", remedy="save_as_xlsx") if "book" in book else Refused("file_no_workbook", remedy="save_as_xlsx")
    if "_vba_project_cur" in book or "vba" in book:
        raise Refused("file_macros", remedy="without_macros")
    try:
        return _Workbook(book.read("workbook"), clock).read()
    except (struct.error, IndexError) as error:
        raise Refused("file_damaged") from error


def records(raw: bytes, at: int, clock: Clock) -> Iterator[Record]:
    """Records from a place on to the end of what begins there; what lies inside it (charts) is left out."""
    depth, held = 0, None
    while at + 4 <= len(raw):
        kind, size = struct.unpack_from("<HH", raw, at)
        body = raw[at + 4 : at + 4 + size]
        at += 4 + size
        clock.tick(4 + size)
        if len(body) < size:
            break
        if kind == CONTINUE and held is not None:
            held[1].append(body)
            continue
        if held is not None and depth == 1:
            yield held
        held = None
        depth += (kind == BOF) - (kind == EOF)
        if depth < 1:
            return
        held = (kind, [body]) if kind != EOF else None
    raise Refused("file_damaged")  # no end was found


class Bytes:
    """Bytes of a record and of those that continue it, read from the front."""

    def __init__(self, parts: list[bytes], at: int = 0):
        self.parts, self.part, self.at = parts, 0, at

    def take(self, count: int) -> bytes:
        """So many bytes, from the next part too; refused where there are no more."""
        out = b""
        while len(out) < count:
            piece = self.parts[self.part][self.at : self.at + count - len(out)]
            out, self.at = out + piece, self.at + len(piece)
            if len(out) < count:
                self._next()
        return out

    def _next(self) -> None:
        self.part, self.at = self.part + 1, 0
        if self.part >= len(self.parts):
            raise Refused("file_damaged")

    def unpack(self, form: str) -> tuple:
        return struct.unpack(form, self.take(struct.calcsize(form)))

    def letters(self, count: int, wide: bool) -> str:
        """So many letters; a part that goes on in the middle of them begins by saying how wide they are."""
        out: list[str] = []
        while count:
            left = len(self.parts[self.part]) - self.at
            take = min(count, left // 2 if wide else left)
            raw = self.take(take * (2 if wide else 1))
            out.append(raw.decode("utf-16-le", "replace") if wide else raw.decode("latin-1"))
            count -= take
            if count:
                self._next()
                wide = bool(self.take(1)[0] & 1)
        return "".join(out)

    def text(self) -> tuple[str, list[tuple[int, int]]]:
        """A text with its length in front, and its runs: from which letter on, by the number of the font."""
        count, flags = self.unpack("<HB")
        runs = self.unpack("<H")[0] if flags & 8 else 0
        beside = self.unpack("<L")[0] if flags & 4 else 0
        if beside > SILENCE:
            raise Refused("file_strange")
        text = self.letters(count, bool(flags & 1))
        places = [self.unpack("<HH") for _ in range(runs)]
        self.take(beside)
        return text, places


def rk(number: int) -> float:
    """A number stored in four bytes."""
    if number & 2:
        value = float((number >> 2) - ((number & 0x80000000) >> 1))
    else:
        value = struct.unpack("<d", struct.pack("<Q", (number & 0xFFFFFFFC) << 32))[0]
    return value / 100 if number & 1 else value


def marked(text: str, runs: list[tuple[int, int]], fonts: Callable[[int], tuple[bool, bool]]) -> Words:
    """A text with what of it is struck out, and what is raised."""
    if not runs:
        return text, "", ""
    ends = [*(start for start, _ in runs[1:]), len(text)]
    parts = [(text[start:end], *fonts(font)) for (start, font), end in zip(runs, ends, strict=True)]
    return text, "".join(p[0] for p in parts if p[1]), "".join(p[0] for p in parts if p[2])


def value_of(number: float, style: Style, from_1904: bool) -> tuple:
    """A stored number as a cell; one that is none is an error."""
    return numeric(number, style, from_1904) if math.isfinite(number) else (str(number), "error", style.text)


class _Workbook:
    """The head of a workbook, and its sheets."""

    def __init__(self, raw: bytes, clock: Clock):
        self.raw, self.clock = raw, clock
        self.looks = Looks()
        self.from_1904 = False
        self.formats: dict[int, str] = {}
        self.marks: list[tuple[bool, bool]] = []
        self.xfs: list[tuple[int, int, int]] = []
        self.palette = list(PALETTE)
        self.strings: list[Words] = []
        self.sheets: list[tuple[str, bool, int]] = []
        self.acts: dict[int, Callable[[Bytes], None]] = {
            0x0022: self._dates, 0x0085: self._sheet, 0x00FC: self._strings, 0x041E: self._format, 0x0031: self._font, 0x00E0: self._xf,
            0x0092: self._palette,
        }  # fmt: skip

    def read(self) -> tuple[list, list]:
        kind, version = struct.unpack_from("<H2xH", self.raw)
        if kind != BOF or version != BIFF8:
            raise Refused("file_old", remedy="save_as_xlsx") if kind & 0xFF == 9 else Refused("file_damaged")
        shared = None
        for kind, parts in records(self.raw, 0, self.clock):
            if kind == LOCKED:
                raise Refused("file_encrypted", remedy="remove_password")
            if kind == 0x00FC:
                shared = parts  # fonts of runs may stand behind
            elif kind in self.acts:
                self.acts[kind](Bytes(parts))
        if shared:
            self._strings(Bytes(shared))
        styles = self._styles()
        budget, out = Budget(), []
        for name, hidden, place in self.sheets:
            sheet = Sheet(name, budget, hidden)
            _Cells(sheet, styles, self).read(place)
            out.append(sheet.plain())
        return list(self.looks.all), out

    def _dates(self, data: Bytes) -> None:
        self.from_1904 = data.unpack("<H")[0] == 1

    def _sheet(self, data: Bytes) -> None:
        place, hidden, kind, count, wide = data.unpack("<LBBBB")
        if kind == 1:
            raise Refused("file_macros", remedy="without_macros")
        if kind == 0:
            self.sheets.append((data.letters(count, bool(wide & 1)), hidden & 3 != 0, place))

    def _format(self, data: Bytes) -> None:
        (number,) = data.unpack("<H")
        self.formats[number] = data.text()[0]

    def _font(self, data: Bytes) -> None:
        _, flags, _, _, raised = data.unpack("<HHHHH")
        self.marks.append((bool(flags & 8), raised in (1, 2)))

    def font(self, number: int) -> tuple[bool, bool]:
        """Whether a font strikes out, and raises; the number 4 is given to none."""
        place = number - (number > 4)
        return self.marks[place] if number != 4 and place < len(self.marks) else (False, False)

    def _xf(self, data: Bytes) -> None:
        font, code, _, pattern, colours = data.unpack("<HH10sLH")
        self.xfs.append((font, code, colours & 0x7F if pattern >> 26 == 1 else -1))

    def _palette(self, data: Bytes) -> None:
        (count,) = data.unpack("<H")
        for n in range(min(count, 56)):
            self.palette[8 + n] = data.take(4)[:3].hex().upper()

    def _strings(self, data: Bytes) -> None:
        _, count = data.unpack("<LL")
        for n in range(count):
            if not n % 4096:
                self.clock.tick(2**16)
            self.strings.append(marked(*data.text(), self.font))

    def _styles(self) -> list[Style]:
        looks = []
        for font, code, colour in self.xfs or [(0, 0, -1)]:
            text = self.formats.get(code) or BUILTIN.get(code) or f"[format {code}]"
            looks.append((text, self.palette[colour] if 0 <= colour < len(self.palette) else "", *self.font(font)))
        return numbered(self.looks, looks)


class _Cells:
    """The cells of one sheet, and what belongs to them."""

    def __init__(self, sheet: Sheet, styles: list[Style], book: _Workbook):
        self.sheet, self.styles, self.book = sheet, styles, book
        self.waiting: tuple[int, int, Style] | None = None  # a formula whose text comes in a record of its own
        self.object, self.notes, self.boxes = -1, dict[int, tuple[int, int]](), dict[int, str]()
        self.acts: dict[int, Callable[[Bytes], None]] = {
            0x0203: self._number, 0x027E: self._rk, 0x00BD: self._several, 0x00FD: self._shared, 0x0204: self._label, 0x00D6: self._label,
            0x0205: self._flag, 0x0006: self._formula, 0x0207: self._result, 0x0208: self._row, 0x007D: self._columns,
            0x00E5: self._merged, 0x001C: self._note, 0x005D: self._object, 0x01B8: self._link,
        }  # fmt: skip

    def read(self, place: int) -> None:
        kind, version = struct.unpack_from("<H2xH", self.book.raw, place)
        if kind != BOF or version != BIFF8:
            raise Refused("file_damaged")
        for kind, parts in records(self.book.raw, place, self.book.clock):
            if kind == 0x01B6:
                self._box(parts)
            elif kind in self.acts:
                self.acts[kind](Bytes(parts))
        for number, spot in self.notes.items():
            self.sheet.comment(spot, self.boxes.get(number, ""))

    def _cell(self, data: Bytes) -> tuple[int, int, Style]:
        row, column, xf = data.unpack("<HHH")
        return row, column, self.styles[xf] if xf < len(self.styles) else self.styles[0]

    def _put_number(self, row: int, column: int, style: Style, number: float) -> None:
        self.sheet.put(row, column, value_of(number, style, self.book.from_1904))

    def _number(self, data: Bytes) -> None:
        self._put_number(*self._cell(data), data.unpack("<d")[0])

    def _rk(self, data: Bytes) -> None:
        self._put_number(*self._cell(data), rk(data.unpack("<L")[0]))

    def _several(self, data: Bytes) -> None:
        row, column = data.unpack("<HH")
        for n in range((sum(map(len, data.parts)) - 6) // 6):
            xf, number = data.unpack("<HL")
            self._put_number(row, column + n, self.styles[xf if xf < len(self.styles) else 0], rk(number))

    def _shared(self, data: Bytes) -> None:
        row, column, style = self._cell(data)
        (number,) = data.unpack("<L")
        if number >= len(self.book.strings):
            raise Refused("file_damaged")
        self._put_text(row, column, style, self.book.strings[number])

    def _label(self, data: Bytes) -> None:
        row, column, style = self._cell(data)
        text, runs = data.text()
        if not runs and len(data.parts[-1]) - data.at >= 2 and data.part == len(data.parts) - 1:
            runs = [data.unpack("<HH") for _ in range(min(data.unpack("<H")[0], (len(data.parts[-1]) - data.at) // 4))]
        self._put_text(row, column, style, marked(text, runs, self.book.font))

    def _put_text(self, row: int, column: int, style: Style, words: Words) -> None:
        if words[0]:
            runs = ("", *words[1:]) if any(words[1:]) else ()
            self.sheet.put(row, column, (words[0], "text", style.text, *runs))

    def _flag(self, data: Bytes) -> None:
        row, column, style = self._cell(data)
        value, is_error = data.unpack("<BB")
        self.sheet.put(row, column, flag_or_error(value, bool(is_error), style))

    def _formula(self, data: Bytes) -> None:
        row, column, style = self._cell(data)
        result = data.take(8)
        self.waiting = None
        if result[6:] != b"\xff\xff":
            found = value_of(struct.unpack("<d", result)[0], style, self.book.from_1904)
        elif result[0] in (1, 2):
            found = flag_or_error(result[2], result[0] == 2, style)
        elif result[0] == 0:
            self.waiting = (row, column, style)
            return
        else:
            found = ("", "text", style.text)
        self.sheet.put(row, column, (*found, UNKNOWN_FORMULA, "", ""))

    def _result(self, data: Bytes) -> None:
        if self.waiting:
            row, column, style = self.waiting
            self.waiting = None
            self.sheet.put(row, column, (data.text()[0], "text", style.text, UNKNOWN_FORMULA, "", ""))

    def _row(self, data: Bytes) -> None:
        row, _, _, height, _, _, flags = data.unpack("<HHHHHHL")
        if flags & 0x20 or not height & 0x7FFF:
            self.sheet.hidden_rows.add(row)

    def _columns(self, data: Bytes) -> None:
        first, last, width, _, flags = data.unpack("<HHHHH")
        if flags & 1 or not width:
            self.sheet.hidden_columns.append((first, last))

    def _merged(self, data: Bytes) -> None:
        for _ in range(data.unpack("<H")[0]):
            top, bottom, left, right = data.unpack("<HHHH")
            self.sheet.merge((top, left, bottom, right) if top <= bottom and left <= right else None)

    def _link(self, data: Bytes) -> None:
        """An address that cells lead to: on the web, or inside the workbook; one of a file on a disk is left out."""
        top, bottom, left, right = data.unpack("<HHHH")
        _, _, flags = data.unpack("<16sLL")
        for mark in (0x10, 0x80):  # what is shown for it, and the frame it opens in
            if flags & mark:
                _counted(data)
        address = ""
        if flags & 0x100:
            address = _counted(data)
        elif flags & 1:
            if data.take(16) != WEB:
                return
            address = data.take(min(data.unpack("<L")[0], SILENCE)).decode("utf-16-le", "replace").partition("\0")[0]
        inner = _counted(data) if flags & 8 else ""
        if top <= bottom and left <= right:
            self.sheet.link((top, left, bottom, right), address or (f"#{inner}" if inner else ""))

    def _note(self, data: Bytes) -> None:
        row, column, _, number = data.unpack("<HHHH")
        self.notes[number] = (row, column)

    def _object(self, data: Bytes) -> None:
        _, _, _, self.object = data.unpack("<HHHH")

    def _box(self, parts: list[bytes]) -> None:
        """The text of a box, which a note is shown in: its length in the record, its letters in the one that continues it."""
        (count,) = struct.unpack_from("<H", parts[0], 10)
        if count and len(parts) > 1 and parts[1]:
            data = Bytes(parts[1:])
            self.boxes[self.object] = data.letters(count, bool(data.take(1)[0] & 1))


def _counted(data: Bytes) -> str:
    """A text with the number of its letters in front, and a zero at its end."""
    count = data.unpack("<L")[0]
    if count > SILENCE:
        raise Refused("file_strange")
    return data.take(2 * count).decode("utf-16-le", "replace").rstrip("\0")


def flag_or_error(value: int, is_error: bool, style: Style) -> tuple:
    """A truth value or an error as a cell."""
    return (ERRORS.get(value, "#?"), "error", style.text) if is_error else (value != 0, "bool", style.text)


