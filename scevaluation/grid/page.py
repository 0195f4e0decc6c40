"""Read the tables of a web page, as which some programs save a "workbook"; standard library only."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from scevaluation.grid.archive import PIECE, Clock
from scevaluation.grid.limits import CELLS, COLUMNS, DEPTH, SILENCE, Refused
from scevaluation.grid.sheet import Budget, Looks, Sheet, Style

_CODES = ("utf-8", "us-ascii", "utf-16", "windows-1252", "iso-8859-1", "iso-8859-15", "latin1")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_-]{1,20})""", re.IGNORECASE)
_ASIDE = ("script", "style", "template", "noscript", "title", "xml", "select", "textarea")
_BREAKS = ("br", "p", "div", "li")
_STRUCK, _RAISED = ("s", "strike", "del"), ("sup", "sub")
_GONE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
WIDEST = 1000  # columns or rows of one cell


def read(raw: bytes, clock: Clock) -> tuple[list, list]:
    """Looks and sheets of a page: a sheet for every table that holds no other, called table1 and so on.

    Refused if it has no table, is cut off inside one, or goes over a limit.
    """
    text, looks = decoded(raw), Looks()
    page = _Page(Style(looks).text)
    try:
        for start in range(0, len(text), PIECE):
            page.feed(text[start : start + PIECE])
            clock.tick(PIECE)
            if len(page.rawdata) > SILENCE:
                raise Refused("file_strange")
        page.close()
    except AssertionError as error:  # how the parser tells of a declaration that is none
        raise Refused("file_damaged") from error
    if page.open:
        raise Refused("file_cut_off")
    if not page.tables:
        raise Refused("file_no_table", remedy="save_as_xlsx")
    return list(looks.all), [table.plain() for table in page.tables]


def decoded(raw: bytes) -> str:
    """A page's text in the encoding that its first bytes or its head name, else UTF-8."""
    named = _CHARSET.search(raw[:4096])
    code = named[1].decode().lower() if named else "utf-8"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        code = "utf-16"
    elif raw.startswith(b"\xef\xbb\xbf") or code.startswith("utf-16"):
        code = "utf-8-sig"
    try:
        return raw.decode(code if code in (*_CODES, "utf-8-sig") else "utf-8")
    except UnicodeDecodeError as error:
        raise Refused("file_letters", str(error.start), "save_as_xlsx") from error


class _Table:
    """One table while it is read."""

    def __init__(self, budget: Budget):
        self.sheet = Sheet("", budget)
        self.row, self.column = -1, 0
        self.taken: set[tuple[int, int]] = set()
        self.cell: dict[str, str | None] | None = None
        self.parts: list[tuple[str, bool, bool]] = []
        self.inner, self.address, self.marks = False, "", [0, 0]


class _Page(HTMLParser):
    def __init__(self, look: int):
        super().__init__(convert_charrefs=True)
        self.look, self.budget = look, Budget()
        self.tables: list[Sheet] = []
        self.open: list[_Table] = []
        self.aside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self.aside:
            return
        a = dict(attributes)
        if tag in _ASIDE:
            self.aside = tag
        elif tag == "table":
            if len(self.open) >= DEPTH:
                raise Refused("file_strange")
            if self.open:
                self.open[-1].inner = True
            self.open.append(_Table(self.budget))
        elif self.open:
            self._inside(self.open[-1], tag, a)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in (*_ASIDE, "table"):
            self.handle_starttag(tag, attributes)

    def _inside(self, table: _Table, tag: str, a: dict) -> None:
        if tag == "tr":
            self._cell_end(table)
            table.row, table.column = table.row + 1, 0
            if "hidden" in a or _GONE.search(a.get("style") or ""):
                table.sheet.hidden_rows.add(table.row)
        elif tag in ("td", "th"):
            self._cell_end(table)
            table.row = max(table.row, 0)
            table.cell, table.parts, table.address, table.marks = a, [], "", [0, 0]
        elif table.cell is not None:
            self._mark(table, tag, a)

    def _mark(self, table: _Table, tag: str, a: dict) -> None:
        if tag in _BREAKS:
            table.parts.append(("\n", False, False))
        elif tag == "a":
            table.address = table.address or (a.get("href") or "").strip()
        for place, tags in enumerate((_STRUCK, _RAISED)):
            table.marks[place] += tag in tags

    def handle_endtag(self, tag: str) -> None:
        if self.aside:
            self.aside = "" if tag == self.aside else self.aside
        elif self.open:
            table = self.open[-1]
            if tag in ("td", "th", "tr", "table"):
                self._cell_end(table)
            if tag == "table":
                self.open.pop()
                if not table.inner:
                    table.sheet.name = f"table{len(self.tables) + 1}"
                    self.tables.append(table.sheet)
            elif tag in ("p", "div", "li") and table.cell is not None:
                table.parts.append(("\n", False, False))
            for place, tags in enumerate((_STRUCK, _RAISED)):
                table.marks[place] -= tag in tags and table.marks[place] > 0

    def handle_data(self, data: str) -> None:
        if self.open and not self.aside and self.open[-1].cell is not None:
            struck, raised = self.open[-1].marks
            self.open[-1].parts.append((re.sub(r"[ \t\r\n\f]+", " ", data), struck > 0, raised > 0))

    def _cell_end(self, table: _Table) -> None:
        if table.cell is None:
            return
        a, table.cell = table.cell, None
        while (table.row, table.column) in table.taken:
            table.column += 1
        row, column = table.row, table.column
        down, right = _span(a, "rowspan"), _span(a, "colspan")
        table.column += right
        if column + right > COLUMNS or len(table.taken) + down * right > CELLS:
            raise Refused("file_too_many_cells", f"{CELLS}", "only_the_table")
        if down > 1 or right > 1:
            table.sheet.merge((row, column, row + down - 1, column + right - 1))
            table.taken |= {(row + d, column + r) for d in range(down) for r in range(right)}
        table.sheet.link((row, column, row, column), table.address)
        if text := _lines(p[0] for p in table.parts):
            rest = ("", *(_lines(p[0] for p in table.parts if p[which]) for which in (1, 2)))
            table.sheet.put(row, column, (text, "text", self.look, *(rest if any(rest) else ())))


def _lines(parts) -> str:
    """Text as a browser shows it: gaps folded, lines without a letter at the ends dropped."""
    return "\n".join(re.sub(r" +", " ", line).strip(" ") for line in "".join(parts).split("\n")).strip("\n")


def _span(a: dict, name: str) -> int:
    text = (a.get(name) or "1").strip()
    return min(max(int(text), 1), WIDEST) if text.isdecimal() and len(text) < 6 else 1
