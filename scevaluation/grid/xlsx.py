"""Read an .xlsx as a stream: every filled cell with its meaning, and what else stands on the sheets; standard library only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from scevaluation.grid.archive import Archive, Clock, Elements, target
from scevaluation.grid.limits import Refused
from scevaluation.grid.sheet import Budget, Looks, Sheet, area, number, numeric, packed, place, unescaped
from scevaluation.grid.styles import MAIN, THEME, Styles, on, theme, whole

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships "
_RELATION = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships ",
    "http://purl.oclc.org/ooxml/officeDocument/relationships ",
)
_THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments "
_CELL = frozenset(f"{space}c" for space in MAIN)
UNKNOWN_FORMULA = "=\u2026"
Words = tuple[str, str, str]  # a text, what of it is struck out, what is raised


def read(raw: bytes, clock: Clock) -> tuple[list, list]:
    """Looks and sheets of a workbook, as plain tuples; refused if it cannot be read, or goes over a limit."""
    book = Archive(raw)
    refuse_macros(book)
    root = relations(book, "", clock)
    part = next((goal for kind, goal in root.values() if kind == "officeDocument"), "xl/workbook.xml")
    if part not in book:
        raise Refused("file_no_workbook", remedy="save_as_xlsx")
    workbook = _Workbook().read(book.pieces(part), clock)
    beside = relations(book, part, clock)
    goals = dict(beside.values())
    looks, budget = Looks(), Budget()
    colours = theme(book.pieces(goals["theme"]), clock) if goals.get("theme", "") in book else list(THEME)
    styles = Styles(looks, colours)
    if "styles" in goals:
        styles.read(book.pieces(goals["styles"]), clock)
    strings = _Strings()
    if "sharedStrings" in goals:
        strings.read(book.pieces(goals["sharedStrings"]), clock)
    made, out = styles.styles(), []
    for name, state, relation in workbook.sheets:
        if relation not in beside:
            raise Refused("file_damaged")
        kind, goal = beside[relation]
        if kind == "worksheet":
            sheet = Sheet(name, budget, state in ("hidden", "veryHidden"))
            _read_sheet(book, goal, _Cells(sheet, made, strings.all, workbook.from_1904), clock)
            out.append(sheet.plain())
    return list(looks.all), out


def refuse_macros(book: Archive) -> None:
    """Refuse a workbook that holds macros, of today or of old."""
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in book.members):
        raise Refused("file_macros", remedy="without_macros")


_EMPTY = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,6}")?/>(?=<c r="|</row>)')
_TAG = 4096  # bytes that a tag cut by the end of a piece may have


def lean(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The XML of a sheet without its empty cells, which styled rows have by the million; only as all writers spell them.

    Nothing is taken out of what may be a comment or plain text, nor where a cell's place follows from the one before.
    """
    rest, plain = b"", True
    for piece in pieces:
        piece = rest + piece
        cut = piece.rfind(b"<") if len(rest) < _TAG else -1
        piece, rest = (piece[:cut], piece[cut:]) if cut >= 0 else (piece, b"")
        plain = plain and b"<!" not in piece and b"<c>" not in piece and piece.count(b"<c ") == piece.count(b'<c r="')
        yield _EMPTY.sub(b"", piece) if plain else piece
    yield rest


def _read_sheet(book: Archive, part: str, cells: _Cells, clock: Clock) -> None:
    cells.read(lean(book.pieces(part)), clock)
    beside = relations(book, part, clock)
    for where, relation, inner in cells.anchors:
        address = beside.get(relation, ("", ""))[1] if relation else ""
        cells.sheet.link(area(where), address or (f"#{inner}" if inner else ""))
    boxes, threads = (
        [c for k, goal in beside.values() if k == kind and goal in book for c in _Comments().read(book.pieces(goal), clock).found]
        for kind in ("comments", "threadedComment")
    )
    threaded = {where for where, _ in threads}  # what stands in the box of a thread is only a notice for old programs
    for where, text in [c for c in boxes if c[0] not in threaded] + threads:
        cells.sheet.comment(place(where), text)


class _Relations(Elements):
    def __init__(self, part: str):
        super().__init__()
        self.part = part
        self.found: dict = {}
        self.starts = {f"{_PACKAGE}Relationship": self._one}

    def _one(self, a: dict) -> None:
        kind, goal = a.get("Type", "").rpartition("/")[2], a.get("Target", "")
        self.found[a.get("Id", "")] = (kind, goal if a.get("TargetMode") == "External" else target(self.part, goal))


def relations(book: Archive, part: str, clock: Clock) -> dict[str, tuple[str, str]]:
    """What a part of the workbook points to: kind and target by id."""
    folder, _, name = part.rpartition("/")
    member = f"{folder}/_rels/{name}.rels".lstrip("/")
    return _Relations(part).read(book.pieces(member), clock).found if member in book else {}


class _Workbook(Elements):
    def __init__(self):
        super().__init__()
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False
        for space in MAIN:
            self.starts |= {f"{space}sheet": self._sheet, f"{space}workbookPr": self._properties}

    def _sheet(self, a: dict) -> None:
        relation = next((a[f"{space}id"] for space in _RELATION if f"{space}id" in a), "")
        self.sheets.append((a.get("name", ""), a.get("state", ""), relation))

    def _properties(self, a: dict) -> None:
        self.from_1904 = on(a, "date1904", "0")


class _Rich(Elements):
    """Texts with runs: of each run, whether it is struck out or raised; pronunciations are left out."""

    def __init__(self):
        super().__init__()
        self.parts: list[tuple[str, bool, bool]] = []
        self.struck = self.raised = self.aside = False
        starts = {"r": self._run, "strike": self._strike, "vertAlign": self._align, "rPh": self._aside, "t": self.hear}
        for space in MAIN:
            self.starts |= {f"{space}{name}": act for name, act in starts.items()}
            self.ends |= {f"{space}t": self._text, f"{space}r": self._run, f"{space}rPh": self._aside}

    def _run(self, _: dict | None = None) -> None:
        self.struck = self.raised = False

    def _strike(self, a: dict) -> None:
        self.struck = on(a)

    def _align(self, a: dict) -> None:
        self.raised = a.get("val") in ("superscript", "subscript")

    def _aside(self, attributes: dict | None = None) -> None:
        self.aside = attributes is not None  # which its end has not

    def _text(self) -> None:
        text = self.said()
        if not self.aside:
            self.parts.append((text, self.struck, self.raised))

    def words(self) -> Words:
        """The text of all runs since the last time."""
        parts, self.parts = self.parts, []
        self._run()
        if len(parts) == 1 and not (parts[0][1] or parts[0][2]):
            return unescaped(parts[0][0]), "", ""
        chosen = (parts, [p for p in parts if p[1]], [p for p in parts if p[2]])
        whole_text, struck, raised = (unescaped("".join(p[0] for p in some)) for some in chosen)
        return whole_text, struck, raised


class _Strings(_Rich):
    def __init__(self):
        super().__init__()
        self.all: list[Words] = []
        self.ends |= {f"{space}si": lambda: self.all.append(self.words()) for space in MAIN}


class _Comments(_Rich):
    def __init__(self):
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.where = ""
        for space in MAIN:
            self.starts[f"{space}comment"], self.ends[f"{space}comment"] = self._at, self._one
        self.starts |= {f"{_THREADED}threadedComment": self._at, f"{_THREADED}text": self.hear}
        self.ends |= {f"{_THREADED}threadedComment": self._one, f"{_THREADED}text": self._text}

    def _at(self, a: dict) -> None:
        self.where = a.get("ref", "")

    def _one(self) -> None:
        self.found.append((self.where, self.words()[0]))


class _Cells(_Rich):
    """The cells of one sheet. An empty one costs no more than its element."""

    def __init__(self, sheet: Sheet, styles: list, strings: list[Words], from_1904: bool):
        super().__init__()
        self.sheet, self.styles, self.strings, self.from_1904 = sheet, styles, strings, from_1904
        self.anchors: list[tuple[str, str, str]] = []
        self.shared: dict[str, str] = {}
        self.row, self.reference, self.behind = -1, "", -1
        self.cell: Any = None  # attributes of the cell that is read
        self.filled, self.written = False, ""
        self.value: str | None = None
        self.formula: dict[str, str] | None = None
        starts = {"row": self._row, "v": self._fills, "is": self._inline, "f": self._formula, "col": self._columns}
        starts |= {"mergeCell": self._merged, "hyperlink": self._link}
        for space in MAIN:
            self.starts |= {f"{space}{name}": act for name, act in starts.items()}
            self.ends |= {f"{space}v": self._value, f"{space}f": self._written}

    def _columns(self, a: dict) -> None:
        if on(a, "hidden", "0") or a.get("width") == "0":
            self.sheet.hidden_columns.append((whole(a, "min", 1) - 1, whole(a, "max", 1) - 1))

    def _merged(self, a: dict) -> None:
        self.sheet.merge(area(a.get("ref", "")))

    def _link(self, a: dict) -> None:
        relation = next((a[f"{space}id"] for space in _RELATION if f"{space}id" in a), "")
        self.anchors.append((a.get("ref", ""), relation, a.get("location", "")))

    def _row(self, a: dict) -> None:
        self.row = whole(a, "r", 0) - 1 if "r" in a else self.row + 1
        self.reference, self.behind = "", -1
        if ("hidden" in a and on(a, "hidden")) or a.get("ht") == "0":
            self.sheet.hidden_rows.add(self.row)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _CELL:
            super().start(name, attributes)
            return
        if self.cell is not None:
            raise Refused("file_strange")
        self.cell = attributes
        if "r" in attributes:
            self.reference, self.behind = attributes["r"], 0
        else:
            self.behind += 1

    def end(self, name: str) -> None:
        if name not in _CELL:
            super().end(name)
            return
        if self.filled:
            self._put()
            self.filled = False
        self.cell = None

    def _fills(self, _: dict) -> None:
        self.filled = self.cell is not None
        self.hear()

    def _inline(self, _: dict) -> None:
        self.filled, self.parts = self.cell is not None, []

    def _value(self) -> None:
        self.value = self.said() if self.filled else None

    def _formula(self, a: dict) -> None:
        self.formula = a if self.cell is not None else None
        self._fills(a)

    def _written(self) -> None:
        text = self.said()
        key = self.formula.get("si", "") if self.formula else ""
        if text and key:
            self.shared.setdefault(key, text)
        self.written = f"={text or self.shared.get(key, '')}" if text or self.shared.get(key) else UNKNOWN_FORMULA

    def _place(self) -> tuple[int, int]:
        if not self.reference:
            return self.row, self.behind
        spot = place(self.reference)
        if spot is None:
            raise Refused("file_bad_cell", f"{self.sheet.name[:30]}!{self.reference[:20]}")
        return spot[0], spot[1] + self.behind

    def _put(self) -> None:
        style = self.cell.get("s")
        numbered = self.styles[int(style) if style and style.isdecimal() and int(style) < len(self.styles) else 0]
        value, self.value = self.value, None
        found = self._read_value(self.cell.get("t", "n"), value, numbered)
        if self.formula is not None or found[0] not in (None, ""):
            rest = (self.written, *(found[3:] or ("", "")))
            self.sheet.put(*self._place(), found[:3] + (rest if any(rest) else ()))
        self.formula, self.written = None, ""

    def _read_value(self, kind: str, value: str | None, style) -> tuple:
        """Value, kind and look of a cell, and its runs if it has some."""
        if kind == "inlineStr":
            text, *runs = self.words()
            return text or unescaped(value or ""), "text", style.text, *runs
        if value is None:
            return None, "", style.text
        if kind == "s":
            return self._shared(value, style)
        if kind == "n":
            return self._numeric(value.strip(), style)
        if kind == "b":
            return (value.strip() in ("1", "true"), "bool", style.text) if value.strip() else (None, "", style.text)
        if kind == "d":
            return _iso(value.strip(), style)
        return (unescaped(value) if kind == "str" else value, "error" if kind == "e" else "text", style.text)

    def _shared(self, value: str, style) -> tuple:
        text = value.strip()
        if not (text.isdecimal() and int(text) < len(self.strings)):
            raise Refused("file_damaged")
        words = self.strings[int(text)]
        return words[0], "text", style.text, *words[1:]

    def _numeric(self, value: str, style) -> tuple:
        found = number(value)
        if found is None:
            return (value, "error", style.text) if value else (None, "", style.text)
        return numeric(found, style, self.from_1904)


def _iso(text: str, style) -> tuple:
    """A day or time written out, as newer files may have it."""
    for kind in (date, datetime, time):
        try:
            return packed(kind.fromisoformat(text.removesuffix("Z"))), "date", style.look(1.0)
        except ValueError:
            continue
    return text, "error", style.text
