"""Read an .ods as a stream: every filled cell with its meaning, and what else stands on the sheets; standard library only."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from scevaluation.grid.archive import Archive, Clock
from scevaluation.grid.limits import CELLS, COLUMNS, Refused
from scevaluation.grid.ods_styles import OFFICE, TABLE, TEXT, OdsStyles, marks
from scevaluation.grid.sheet import Budget, Looks, Sheet, number, packed
from scevaluation.grid.styles import whole

_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_LINK = "http://www.w3.org/1999/xlink "
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|Err:[0-9]+")
_SPAN = re.compile(r"(-?)P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:[.,][0-9]+)?)S)?)?")
_GAP = re.compile(r"[ \t\r\n]+")
_GONE = ("collapse", "filter")
_REPEATED, _DOWN, _RIGHT = (f"{TABLE}number-{name}" for name in ("columns-repeated", "rows-spanned", "columns-spanned"))
_TYPE, _FORMULA = f"{OFFICE}value-type", f"{TABLE}formula"
_CACHE = "ta_extref"  # tables that keep what other files said


def read(raw: bytes, clock: Clock) -> tuple[list, list]:
    """Looks and sheets of a workbook, as plain tuples; refused if it cannot be read, or goes over a limit."""
    book = Archive(raw)
    if not book.read("mimetype").strip().startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise Refused("file_no_workbook", remedy="save_as_xlsx")
    if any(name.startswith(("basic/", "scripts/")) for name in book.members):
        raise Refused("file_macros", remedy="without_macros")
    if "META-INF/manifest.xml" in book and b"encryption-data" in book.read("META-INF/manifest.xml"):
        raise Refused("file_encrypted", remedy="remove_password")
    looks = Looks()
    styles = OdsStyles(looks)
    if "styles.xml" in book:
        styles.read(book.pieces("styles.xml"), clock)
    content = _Content(looks, styles).read(book.pieces("content.xml"), clock)
    return list(looks.all), [sheet.plain() for sheet in content.sheets]


class _Content(OdsStyles):
    """Rows and cells; what is repeated costs only where something stands."""

    def __init__(self, looks: Looks, common: OdsStyles):
        super().__init__(looks)
        self.named, self.codes, self.maps = common.named, common.codes, common.maps
        self.budget, self.address = Budget(), ""
        self.sheets: list[Sheet] = []
        self.sheet: Any = None  # between tables none
        self.row = self.column = self.nested = self.cell_depth = self.note_depth = 0
        self.row_facts, self.columns, self.note = dict[str, str](), list[str](), list[str]()
        self.line: list[tuple[int, tuple]] = []
        self.beside: list[tuple[int, int, int, str]] = []
        self.cell: dict[str, str] | None = None
        self.lines: list[list[tuple[str, bool, bool]]] = []
        self.spans: list[tuple[bool, bool]] = []
        cells = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
        paragraphs = (f"{TEXT}p", f"{TEXT}h")
        self.starts |= {f"{TABLE}table": self._table, f"{TABLE}table-column": self._columns, f"{TABLE}table-row": self._row}
        self.starts |= {f"{OFFICE}annotation": self._annotation, f"{TEXT}span": self._span, f"{TEXT}a": self._anchor}
        self.starts |= {f"{TEXT}tab": lambda _: self._put_text("\t"), f"{TEXT}line-break": lambda _: self._put_text("\n")}
        self.starts[f"{TEXT}s"] = lambda a: self._put_text(" " * min(whole(a, f"{TEXT}c", 1), 10_000))
        self.starts |= dict.fromkeys(cells, self._cell) | dict.fromkeys(paragraphs, self._paragraph)
        self.ends |= {f"{TABLE}table": self._table_end, f"{TABLE}table-row": self._row_end, f"{TEXT}span": self._span_end}
        self.ends |= {f"{OFFICE}annotation": self._annotation_end}
        self.ends |= dict.fromkeys(cells, self._cell_end) | dict.fromkeys(paragraphs, self._paragraph_end)

    def _table(self, a: dict) -> None:
        if self.sheet is not None:
            self.nested += 1
            return
        shape = self.whole_style("table", a.get(f"{TABLE}style-name", ""))
        self.sheet = Sheet(a.get(f"{TABLE}name", ""), self.budget, shape.get(f"{TABLE}display") == "false")
        self.row, self.columns = 0, []
        if a.get(f"{TABLE}style-name") != _CACHE:
            self.sheets.append(self.sheet)

    def _table_end(self) -> None:
        if self.nested:
            self.nested -= 1
        else:
            self.sheet = None

    def _columns(self, a: dict) -> None:
        if self.nested:
            return
        first = len(self.columns)
        count = min(max(1, whole(a, _REPEATED, 1)), COLUMNS - first)
        self.columns += [a.get(f"{TABLE}default-cell-style-name", "")] * count
        if a.get(f"{TABLE}visibility") in _GONE and count:
            self.sheet.hidden_columns.append((first, first + count - 1))

    def _row(self, a: dict) -> None:
        if not self.nested:
            self.row_facts, self.column, self.line, self.beside = a, 0, [], []

    def _row_end(self) -> None:
        if self.nested:
            return
        count = max(1, whole(self.row_facts, f"{TABLE}number-rows-repeated", 1))
        if len(self.line) * count > CELLS:
            raise Refused("file_too_many_cells", f"{CELLS}", "only_the_table")
        for row in range(self.row, self.row + count if self.line or self.beside else self.row):
            for column, cell in self.line:
                self.sheet.put(row, column, cell)
            for column, down, right, address in self.beside:
                self.sheet.merge((row, column, row + down - 1, column + right - 1))
                self.sheet.link((row, column, row, column), address)
            if self.row_facts.get(f"{TABLE}visibility") in _GONE:
                self.sheet.hidden_rows.add(row)
        self.row += count

    def _cell(self, a: dict) -> None:
        if not self.nested:
            self.cell, self.cell_depth = a, self.depth
            self.lines, self.address = [], ""

    def _cell_end(self) -> None:
        if self.nested or self.cell is None:
            return
        a, self.cell = self.cell, None
        first, count = self.column, max(1, whole(a, _REPEATED, 1)) if _REPEATED in a else 1
        self.column += count
        if self.address or _RIGHT in a or _DOWN in a:
            down, right = (max(1, whole(a, name, 1)) for name in (_DOWN, _RIGHT))
            self.beside.append((first, down, right, self.address))
        if self.lines or _TYPE in a or _FORMULA in a:
            self._fill(a, first, count)

    def _fill(self, a: dict, first: int, count: int) -> None:
        cell = self._read(a, first)
        if cell is None:
            return
        if first + count > COLUMNS:
            raise Refused("file_bad_cell", f"{self.sheet.name[:30]}, {self.row + 1}")
        if len(self.line) + count > CELLS:
            raise Refused("file_too_many_cells", f"{CELLS}", "only_the_table")
        self.line += [(first + i, cell) for i in range(count)]

    def _read(self, a: dict, column: int) -> tuple | None:
        """A cell as the sheet keeps it; None if it is empty."""
        column_style = self.columns[column] if column < len(self.columns) else ""
        name = a.get(f"{TABLE}style-name") or self.row_facts.get(f"{TABLE}default-cell-style-name") or column_style
        kind = a.get(_TYPE, "string" if self.lines else "")
        style = self.style(name, kind)
        text, struck, raised = self._words()
        formula = re.sub(r"^[a-z]+:(?==)", "", a.get(_FORMULA, ""))
        formula = f"={formula.removeprefix('=')}" if formula else ""
        failed = a.get(f"{_CALC}value-type") == "error" or (formula and _ERROR.fullmatch(text) and kind in ("string", "float"))
        found = (text or "#ERR", "error", style.text) if failed else self._value(a, kind, text, style)
        if found[0] in (None, "") and not formula:
            return None
        rest = (formula, struck, raised)
        return found + (rest if any(rest) else ())

    def _value(self, a: dict, kind: str, text: str, style) -> tuple:
        if kind in ("float", "percentage", "currency"):
            value = number(a.get(f"{OFFICE}value", ""))
            return (a.get(f"{OFFICE}value", text), "error", style.text) if value is None else (value, "number", style.look(value))
        if kind == "boolean":
            return a.get(f"{OFFICE}boolean-value") == "true", "bool", style.text
        if kind in ("date", "time"):
            written = a.get(f"{OFFICE}{kind}-value", "")
            when = _day(written) if kind == "date" else _span(written, style.code)
            return (written or text, "error", style.text) if when is None else (packed(when), "date", style.look(1.0))
        return (a.get(f"{OFFICE}string-value") or text if kind else None), "text" if kind else "", style.text

    def _words(self) -> tuple[str, str, str]:
        if len(self.lines) == 1 and len(self.lines[0]) == 1 and not any(self.lines[0][0][1:]):
            return self.lines[0][0][0], "", ""
        chosen = [[[p[0] for p in line if which is None or p[which]] for line in self.lines] for which in (None, 1, 2)]
        struck, raised = ("".join(t for line in some for t in line) for some in chosen[1:])
        return "\n".join("".join(line) for line in chosen[0]), struck, raised

    def _paragraph(self, _: dict) -> None:
        if self.note_depth:
            self.hear()
        elif self.cell is not None and not self.nested and self.depth == self.cell_depth + 1:
            self.lines.append([])
            self.spans = [(False, False)]
            self.hear()

    def _paragraph_end(self) -> None:
        if self.heard is None:
            return
        if self.note_depth:
            self.note.append(_GAP.sub(" ", self.said()))
        else:
            self._flush()
            self.heard, self.spans = None, []

    def _flush(self) -> None:
        """What was heard so far has the marks of the span it stands in."""
        text = "".join(self.heard or ())
        if text:
            self.lines[-1].append((text, *self.spans[-1]))
        self.heard = []

    def _put_text(self, text: str) -> None:
        if self.heard is not None:
            self.heard.append(text)

    def text(self, data: str) -> None:
        super().text(_GAP.sub(" ", data) if self.spans else data)

    def _span(self, a: dict) -> None:
        if self.heard is not None and self.spans and not self.note_depth:
            self._flush()
            found = marks(self.whole_style("text", a.get(f"{TEXT}style-name", "")))
            self.spans.append((self.spans[-1][0] or found[0], self.spans[-1][1] or found[1]))

    def _span_end(self) -> None:
        if self.heard is not None and len(self.spans) > 1 and not self.note_depth:
            self._flush()
            self.spans.pop()

    def _anchor(self, a: dict) -> None:
        if self.heard is not None and self.spans and not self.note_depth:
            self.address = self.address or a.get(f"{_LINK}href", "")

    def _annotation(self, _: dict) -> None:
        if self.cell is not None and not self.nested:
            self.note_depth, self.note = self.depth, []

    def _annotation_end(self) -> None:
        if self.note_depth:
            self.note_depth = 0
            self.sheet.comment((self.row, self.column), "\n".join(self.note).strip())


def _day(text: str) -> date | datetime | None:
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            continue
    return None


def _span(text: str, code: str) -> object:
    """A span of time; under a format that counts no hours beyond the day, the time of a day."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes = (float(part or 0) for part in found.groups()[1:4])
    try:
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=float((found[5] or "0").replace(",", ".")))
    except OverflowError:
        return None
    inside = not found[1] and span < timedelta(days=1) and "[" not in code
    return (datetime.min + span).time() if inside else -span if found[1] else span
