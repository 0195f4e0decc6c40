"""Read an .xlsb, the binary form of an .xlsx: the same of it, from records in place of XML (MS-XLSB); standard library only.

Formulas are stored as tokens; that a cell has one is told, its text is not.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from scevaluation.grid.archive import Archive, Clock
from scevaluation.grid.limits import COLUMNS, ROWS, SILENCE, Refused
from scevaluation.grid.sheet import Budget, Looks, Sheet, Style
from scevaluation.grid.styles import BUILTIN, PALETTE, THEME, numbered, theme, tinted
from scevaluation.grid.xls import Bytes, flag_or_error, marked, rk, value_of
from scevaluation.grid.xlsx import UNKNOWN_FORMULA, Words, refuse_macros, relations

Act = Callable[[Bytes], None]
_SHORT, _FORMULAS = range(12, 19), {8: 6, 9: 5, 10: 4, 11: 3}  # cells without a column, and those of formulas by the plain cell's number


def read(raw: bytes, clock: Clock) -> tuple[list, list]:
    """Looks and sheets of a workbook, as plain tuples; refused if it cannot be read, or goes over a limit."""
    book = Archive(raw)
    refuse_macros(book)
    part = "xl/workbook.bin"
    beside = relations(book, part, clock)
    goals = dict(beside.values())
    try:
        workbook, looks = _Workbook(), Looks()
        _each(book, part, {153: workbook.properties, 156: workbook.sheet}, clock)
        colours = theme(book.pieces(goals["theme"]), clock) if goals.get("theme", "") in book else list(THEME)
        styles, strings = _Styles(colours), list[Words]()
        if "styles" in goals:
            _each(book, goals["styles"], styles.acts, clock)
        if "sharedStrings" in goals:
            _each(book, goals["sharedStrings"], {19: lambda data: strings.append(_words(data, styles))}, clock)
        made, budget, out = styles.styles(looks), Budget(), []
        for name, hidden, relation in workbook.sheets:
            if relation not in beside:
                raise Refused("file_damaged")
            kind, goal = beside[relation]
            if kind == "worksheet":
                sheet = Sheet(name, budget, hidden)
                _read_sheet(book, goal, _Cells(sheet, made, strings, styles, workbook.from_1904), clock)
                out.append(sheet.plain())
    except (struct.error, IndexError) as error:
        raise Refused("file_damaged") from error
    return list(looks.all), out


def _each(book: Archive, part: str, acts: dict[int, Act], clock: Clock) -> None:
    """Do what is to be done with each record of a part that matters; refused where a record is cut off, or longer than any."""
    rest, at = b"", 0
    pieces = book.pieces(part)
    while True:
        head = _head(rest, at)
        if head is None or head[2] + head[1] > len(rest):
            if head and head[1] > SILENCE:
                raise Refused("file_strange")
            piece = next(pieces, None)
            if piece is None:
                if at < len(rest):
                    raise Refused("file_damaged")
                return
            rest, at = rest[at:] + piece, 0
            clock.tick(len(piece))
            continue
        kind, size, start = head
        act = acts.get(kind)
        if act:
            act(Bytes([rest[start : start + size]]))
        at = start + size


def _head(raw: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, size and beginning of the record at a place; None if its head is not there whole."""
    numbers = []
    for longest in (2, 4):  # bytes of seven bits each, the last one below 128
        number = 0
        for n in range(longest):
            if at >= len(raw):
                return None
            byte, at = raw[at], at + 1
            number |= (byte & 0x7F) << 7 * n
            if byte < 0x80:
                break
        numbers.append(number)
    return numbers[0], numbers[1], at


def _text(data: Bytes) -> str:
    """A text with its length in front; "" where there is none."""
    (count,) = data.unpack("<L")
    if count == 0xFFFFFFFF:
        return ""
    if count > SILENCE:
        raise Refused("file_strange")
    return data.take(2 * count).decode("utf-16-le", "replace")


def _words(data: Bytes, styles: _Styles) -> Words:
    """A text with runs."""
    (flags,) = data.unpack("<B")
    text = _text(data)
    runs = data.unpack("<L")[0] if flags & 1 else 0
    return marked(text, [data.unpack("<HH") for _ in range(min(runs, len(text) + 1))], styles.font)


class _Workbook:
    def __init__(self):
        self.from_1904 = False
        self.sheets: list[tuple[str, bool, str]] = []

    def properties(self, data: Bytes) -> None:
        self.from_1904 = bool(data.unpack("<L")[0] & 1)

    def sheet(self, data: Bytes) -> None:
        hidden, _ = data.unpack("<LL")
        relation = _text(data)
        self.sheets.append((_text(data), hidden & 3 != 0, relation))


class _Styles:
    """Number formats, fonts and fills; `styles` are those of cells by their number."""

    def __init__(self, colours: list[str]):
        self.theme, self.palette, self.own = colours, list(PALETTE), list[str]()
        self.formats: dict[int, str] = {}
        self.fonts: list[tuple[bool, bool]] = []
        self.fills: list[tuple] = []
        self.xfs: list[tuple[int, int, int]] = []
        self.inside = False
        self.acts: dict[int, Act] = {
            44: self._format, 43: self._font, 45: self._fill, 47: self._xf, 475: self._indexed, 617: self._begin, 618: self._end,
        }  # fmt: skip

    def _begin(self, _: Bytes) -> None:
        self.inside = True

    def _end(self, _: Bytes) -> None:
        self.inside = False

    def _format(self, data: Bytes) -> None:
        (number,) = data.unpack("<H")
        self.formats[number] = _text(data)

    def _font(self, data: Bytes) -> None:
        _, flags, _, raised = data.unpack("<HHHH")
        self.fonts.append((bool(flags & 8), raised in (1, 2)))

    def font(self, number: int) -> tuple[bool, bool]:
        """Whether a font strikes out, and raises."""
        return self.fonts[number] if number < len(self.fonts) else (False, False)

    def _fill(self, data: Bytes) -> None:
        self.fills.append(data.unpack("<LBBhBBBB"))

    def _indexed(self, data: Bytes) -> None:
        self.own.append(data.take(3).hex().upper())

    def _xf(self, data: Bytes) -> None:
        if self.inside:
            _, code, font, fill = data.unpack("<HHHH")
            self.xfs.append((code, font, fill))

    def _colour(self, number: int) -> str:
        """The colour of a solid fill as RRGGBB; "" if it has none."""
        if number >= len(self.fills) or self.fills[number][0] != 1:
            return ""
        _, flags, index, tint, *rgb, _ = self.fills[number]
        kind = flags >> 1
        if kind == 2:
            base = bytes(rgb).hex().upper()
        else:
            colours = {1: self.palette, 3: self.theme}.get(kind, [])
            base = colours[index] if index < len(colours) else ""
        return tinted(base, str(tint / 32767)) if base else ""

    def styles(self, looks: Looks) -> list[Style]:
        """Every cell style; the first one stands for cells without."""
        self.palette[: len(self.own)] = self.own
        given = []
        for code, font, fill in self.xfs or [(0, 0, 0)]:
            text = self.formats.get(code) or BUILTIN.get(code) or f"[format {code}]"
            given.append((text, self._colour(fill), *self.font(font)))
        return numbered(looks, given)


def _read_sheet(book: Archive, part: str, cells: _Cells, clock: Clock) -> None:
    _each(book, part, cells.acts, clock)
    beside = relations(book, part, clock)
    for where, relation, inner in cells.anchors:
        address = beside.get(relation, ("", ""))[1] if relation else ""
        cells.sheet.link(where, address or (f"#{inner}" if inner else ""))
    for kind, goal in beside.values():
        if kind == "comments" and goal in book:
            _each(book, goal, {635: cells.comment_at, 637: cells.comment}, clock)


class _Cells:
    """The cells of one sheet, and what belongs to them."""

    def __init__(self, sheet: Sheet, made: list[Style], strings: list[Words], styles: _Styles, from_1904: bool):
        self.sheet, self.made, self.strings, self.styles, self.from_1904 = sheet, made, strings, styles, from_1904
        self.row = self.column = -1
        self.noted: tuple[int, int] | None = None
        self.anchors: list[tuple[tuple[int, int, int, int] | None, str, str]] = []
        self.acts: dict[int, Act] = {0: self._row, 60: self._columns, 176: self._merged, 494: self._link}
        self.acts |= {n: self._cell_of(n) for n in (*range(2, 12), *range(13, 19), 62)} | {1: self._empty, 12: self._empty_short}

    def _row(self, data: Bytes) -> None:
        self.row, _, _, _, flags = data.unpack("<LLHBB")
        self.column = -1
        if flags & 0x10:
            self.sheet.hidden_rows.add(self.row)

    def _columns(self, data: Bytes) -> None:
        first, last, width, _, flags = data.unpack("<LLLLH")
        if flags & 1 or not width:
            self.sheet.hidden_columns.append((first, last))

    def _area(self, data: Bytes) -> tuple[int, int, int, int] | None:
        top, bottom, left, right = data.unpack("<LLLL")
        return (top, left, bottom, right) if top <= bottom < ROWS and left <= right < COLUMNS else None

    def _merged(self, data: Bytes) -> None:
        self.sheet.merge(self._area(data))

    def _link(self, data: Bytes) -> None:
        where = self._area(data)
        relation, inner = _text(data), _text(data)
        self.anchors.append((where, relation, inner))

    def comment_at(self, data: Bytes) -> None:
        """Where the comment stands whose text follows."""
        _, top, _, left, _ = data.unpack("<LLLLL")
        self.noted = (top, left)

    def comment(self, data: Bytes) -> None:
        """The text of a comment."""
        self.sheet.comment(self.noted, _words(data, self.styles)[0])

    def _empty(self, data: Bytes) -> None:
        self.column = data.unpack("<L")[0]

    def _empty_short(self, _: Bytes) -> None:
        self.column += 1

    def _cell_of(self, number: int) -> Act:
        """What is done with a cell of a kind."""
        short, formula = number in _SHORT, number in _FORMULAS
        kind = number - 11 if short else _FORMULAS.get(number, number)

        def act(data: Bytes) -> None:
            self.column = self.column + 1 if short else data.unpack("<L")[0]
            look = data.unpack("<L")[0] & 0xFFFFFF
            style = self.made[look if look < len(self.made) else 0]
            found = self._value(kind, data, style)
            if formula:
                self.sheet.put(self.row, self.column, (*found[:3], UNKNOWN_FORMULA, "", ""))
            elif found[0] != "":
                self.sheet.put(self.row, self.column, found)

        return act

    def _value(self, kind: int, data: Bytes, style: Style) -> tuple:
        """Value, kind and look of a cell, and its runs if it has some."""
        if kind == 2:
            return value_of(rk(data.unpack("<L")[0]), style, self.from_1904)
        if kind == 5:
            return value_of(data.unpack("<d")[0], style, self.from_1904)
        if kind in (3, 4):
            return flag_or_error(data.unpack("<B")[0], kind == 3, style)
        if kind == 6:
            return _text(data), "text", style.text
        if kind == 62:
            words = _words(data, self.styles)
        else:
            (number,) = data.unpack("<L")
            if number >= len(self.strings):
                raise Refused("file_damaged")
            words = self.strings[number]
        return words[0], "text", style.text, *(("", *words[1:]) if any(words[1:]) else ())
