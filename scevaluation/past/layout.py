"""The tables of a sheet: where a header stands, how many rows it has, what is above it and what below."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from scevaluation.grid.cell import Cell, Grid, letters
from scevaluation.grid.formats import shown_number
from scevaluation.grid.shown import shown
from scevaluation.intake.cells import parse_number
from scevaluation.issues import clean_text
from scevaluation.past.terms import holds, nothing, source_of, term, when

_LEVEL = re.compile(r"(?:level|lvl|tingkat|nilai|skor)?\s*(\d{1,3}(?:[.,]\d+)?)\s*(?:[(=:\u2013-]\s*[^\W\d].*)?", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?(\d{1,2})\)?")
_MARK = re.compile(r"(?<=[\d%])\s*(?:\*{1,3}|[\u2020\u2021]|[\u00b9\u00b2\u00b3\u2070-\u2079]{1,2}|(?<=\s)\d\))\)?$")  # of a footnote
_PAGE = re.compile(r"\W*(?:hal|halaman|page|lanjutan|sambungan|continued|\d+\W*$)", re.IGNORECASE)
_FAR = 4  # rows of a header at most
_LONG = 60  # letters beyond which a text is no header


class Figure(NamedTuple):
    """What a cell says where a number belongs: the number (none where it says that there is none), how it is kept, its text."""

    value: float | None
    kept: str
    text: str


@lru_cache(20_000)
def figure(cell: Cell | None) -> Figure | None:
    """A cell as a figure; None if it is empty or another text. Of an error or a struck-out number the value is none."""
    if cell is None or cell.value is None or cell.kind in ("date", "bool"):
        return None
    text = clean_text(shown(cell.value, cell.kind, cell.look), 120)
    if cell.kind == "error":
        return Figure(None, "error", str(cell.value))
    if cell.struck or cell.look.struck:
        return Figure(None, "struck", text)
    if cell.kind == "number":
        percent = cell.look.kind == "percent"
        return Figure(float(shown_number(cell.value, cell.look)) if percent else cell.value, "percent" if percent else "number", text)
    if nothing(text):
        return Figure(None, "", text)
    found = _LEVEL.fullmatch(text)
    parsed = parse_number(found[1] if found else _MARK.sub("", text))
    if parsed.value is None or parsed.problem:
        return None
    return Figure(parsed.value, "percent" if _MARK.sub("", text).endswith("%") else "text", text)


class View:
    """A sheet with what merged areas cover: `text` and `cell` of any place, `own` cells of a row."""

    def __init__(self, grid: Grid, file: str):
        self.grid, self.file, self.sheet = grid, file, grid.sheet
        self.covered: dict[tuple[int, int], tuple[int, int, int, int]] = {}
        for area in grid.merged:
            top, left, bottom, right = area
            if (bottom - top + 1) * (right - left + 1) <= 20_000:
                self.covered |= {(r, c): area for r in range(top, bottom + 1) for c in range(left, right + 1)}
        self._texts: dict[tuple[int, int], str] = {}
        self._figures: dict[tuple[int, int], Figure | None] = {}
        self._own: dict[int, list[int]] = {}
        self.rows = sorted(r for r in grid.rows if self.own(r))

    def area(self, row: int, column: int) -> tuple[int, int, int, int]:
        """The merged area around a place, or the place alone."""
        return self.covered.get((row, column), (row, column, row, column))

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell seen at a place."""
        top, left, *_ = self.area(row, column)
        return self.grid.rows.get(top, {}).get(left)

    def text(self, row: int, column: int) -> str:
        """The text seen at a place."""
        place = self.area(row, column)[:2]
        if place not in self._texts:
            cell, text = self.cell(row, column), ""
            if cell is not None and cell.kind == "date":
                text = f"{cell.value:%Y-%m}" if hasattr(cell.value, "year") else ""
            elif cell is not None and cell.value is not None:
                text = clean_text(shown(cell.value, cell.kind, cell.look), 400)
            self._texts[place] = text
        return self._texts[place]

    def figure(self, row: int, column: int) -> Figure | None:
        """The figure at a place, once for a merged area."""
        if (row, column) not in self._figures:
            own = self.area(row, column)[:2] == (row, column)
            self._figures[row, column] = figure(self.cell(row, column)) if own else None
        return self._figures[row, column]

    def own(self, row: int) -> list[int]:
        """Columns of the filled cells that stand in a row itself."""
        if row not in self._own:
            line = self.grid.rows.get(row, {})
            self._own[row] = [c for c in sorted(line) if self.area(row, c)[:2] == (row, c) and self.text(row, c)]
        return self._own[row]

    def numeric(self, row: int, column: int) -> bool:
        """Whether a cell is a figure or says that there is none, and no year."""
        found = self.figure(row, column)
        return found is not None and not when(found.text).year and not (found.value is None and term(found.text))

    def name(self, row: int, column: int) -> str:
        """A cell's name."""
        return f"{letters(column)}{row + 1}"


@dataclass(frozen=True)
class Table:
    """A table: rows of its header (`heads`), of its body, its columns, and the texts above; `key` tells it from others of its sheet."""

    view: View
    heads: tuple[int, ...]
    body: tuple[int, ...]
    columns: tuple[int, ...]
    titles: tuple[str, ...]
    key: str = ""
    numbering: frozenset[int] = field(default_factory=frozenset)

    def column_key(self, column: int) -> str:
        """The column as PAST_COLUMNS names it."""
        return letters(column) + self.key

    @cached_property
    def paths(self) -> dict[int, tuple[str, ...]]:
        """The texts of each column's header, from above."""
        rows = [r for r in self.heads if r not in self.numbering]
        seen = {(r, c): self.view.text(r, c) for r in rows for c in self.columns}
        for n, r in enumerate(rows[:-1]):
            for left, c in zip(self.columns, self.columns[1:], strict=False):
                below = any(self.view.text(q, c) for q in rows[n + 1 :] if self.view.area(q, c)[0] == q)
                split = any(self.view.text(q, left) for q in rows[n + 1 :] if self.view.area(q, left)[0] == q)
                if not seen[r, c] and below and split:
                    seen[r, c] = seen[r, left]
        return {c: tuple(dict.fromkeys(t for r in rows if (t := seen[r, c]))) for c in self.columns}


def tables(view: View) -> list[Table]:
    """The tables of a sheet, from above."""
    found: list[tuple[list[int], set[int]]] = []
    done = -1
    for row in view.rows:
        if row > done and _begins(view, row):
            heads, numbering = _header(view, row, done)
            found.append((heads, numbering))
            done = heads[-1]
    out: list[Table] = []
    for n, (heads, numbering) in enumerate(found):
        end = found[n + 1][0][0] if n + 1 < len(found) else 1 << 30
        after = [r for r in view.rows if heads[-1] < r < end]
        before = [r for r in view.rows if (found[n - 1][0][-1] if n else -1) < r < heads[0]]
        figures = [r for r in before if any(view.numeric(r, c) for c in view.own(r))] if n else []
        titles = [" ".join(view.text(r, c) for c in view.own(r)) for r in before if r > max(figures, default=-1)]
        texts = _texts(view, heads)
        again = set(titles) <= set(out[-1].titles) or all(_PAGE.match(t) for t in titles) if out else False
        if n and again and texts == _texts(view, found[n - 1][0]):
            out[-1] = Table(view, out[-1].heads, (*out[-1].body, *after), out[-1].columns, out[-1].titles, out[-1].key, out[-1].numbering)
            continue
        for columns in _beside(view, heads, after):
            key = f":{heads[0] + 1}" if len(found) > 1 else ""
            out.append(Table(view, tuple(heads), tuple(after), columns, tuple(titles), key, frozenset(numbering)))
    return [t for t in out if t.body]


def _texts(view: View, heads: Iterable[int]) -> list[list[str]]:
    return [[view.text(r, c) for c in view.own(r)] for r in heads]


def _named(text: str) -> bool:
    """Whether a short text names what headers name."""
    if len(text) > _LONG or len(text.split()) > 8:
        return False
    said = when(text)
    few = len(text.split()) <= 5
    if term(text) or said.kind or said.year or source_of(text):
        return True
    return few and any(holds(text, r) for r in ("score", "mean", "weight"))


def _begins(view: View, row: int) -> bool:
    """Whether a table's header begins in a row."""
    own = view.own(row)
    texts = {c: view.text(row, c) for c in own}
    if len(own) < 2 or any(view.numeric(row, c) or len(texts[c]) > 2 * _LONG or ":" in (texts[c][0], texts[c][-1]) for c in own):
        return False
    hits = [c for c in own if _named(texts[c])]
    if len(own) == 2 and when(texts[own[1]]).year and term(texts[own[0]]) in ("round", "code"):
        return False
    below = view.rows[(at := bisect_right(view.rows, row)) : at + 12]
    columns = {c for top in own for c in range(top, view.area(row, top)[3] + 1)}
    figures = [sum(view.numeric(r, c) for c in view.own(r) if c >= min(columns)) for r in below]
    if len(hits) >= 2 and any(term(texts[c]) or when(texts[c]).kind or source_of(texts[c]) for c in hits):
        return any(figures)
    under = [r for r in below[:2] if sum(view.numeric(r, c) for c in columns) >= min(2, len(own) - 1)]
    few = max((len(t) for t in texts.values()), default=0) <= _LONG and len(set(texts.values())) == len(own)
    return few and bool(under) and (len(own) >= 3 or (len(hits) == 1 and len(own) == 2))


def _header(view: View, row: int, done: int) -> tuple[list[int], set[int]]:
    """Rows of the header that begins in a row, and those of them that only number the columns."""
    first, above = row, row - 1
    wide = [c for c in view.own(above) if view.area(above, c)[3] > c] if above > done and above in view.rows else []
    if wide and min(wide) > min(view.own(row)) and all(not view.numeric(above, c) for c in view.own(above)):
        first = above
    heads, numbering = sorted({first, row}), set[int]()
    while len(heads) < _FAR + 1:
        last = heads[-1]
        after = next(iter(view.rows[bisect_right(view.rows, last) :][:1]), None)
        if after is None or after > last + 2:
            break
        if _numbers(view, after):
            numbering.add(after)
        elif not _goes_on(view, heads, after):
            break
        heads.append(after)
    return heads, numbering


def _numbers(view: View, row: int) -> bool:
    """Whether a row numbers the columns: 1, 2, 3 or (1), (2), (3)."""
    own = [c for c in view.own(row)]
    said = [_NUMBERED.fullmatch(view.text(row, c)) for c in own]
    numbers = [int(s[1]) for s in said if s]
    return len(own) >= 3 and len(numbers) == len(own) and numbers == list(range(numbers[0], numbers[0] + len(own))) and numbers[0] <= 2


def _goes_on(view: View, heads: list[int], row: int) -> bool:
    own = view.own(row)
    if any(view.numeric(row, c) for c in own):
        return False
    areas = [view.area(row, c) for c in own]
    if any(sum(left <= c <= right for c in view.own(heads[-1])) > 1 for _, left, _, right in areas):
        return False  # a cell across columns that the row above names apart heads a part of the body
    bottom = max(view.area(heads[0], c)[2] for c in view.own(heads[0]))
    under = [c for c in own if any(view.area(r, c)[3] > view.area(r, c)[1] for r in heads) or not any(view.text(r, c) for r in heads)]
    named = [c for c in own if _named(view.text(row, c))]
    if len(own) == 1 and not (under and row <= bottom):
        return bool(under) and bool(named) and view.area(row, own[0])[3] == own[0]
    return bool(own) and (set(own) <= {*under, *named} and (len(under) >= 1 or len(named) >= 2))


def _beside(view: View, heads: list[int], body: list[int]) -> list[tuple[int, ...]]:
    """Columns of the header's table, or of several that stand beside each other with an empty column between."""
    rows = [*heads, *body]
    wide = {c for r in heads for o in view.own(r) for c in range(o, view.area(r, o)[3] + 1)}
    filled = sorted({c for r in rows for c in view.own(r)} | wide)
    filled = [c for c in filled if c in wide or sum(view.numeric(r, c) for r in body) > 1 or _texted(view, body, c)]
    groups: list[list[int]] = []
    for c in filled:
        if groups and c == groups[-1][-1] + 1:
            groups[-1].append(c)
        else:
            groups.append([c])

    def whole(group: list[int]) -> bool:
        return any(term(view.text(r, c)) in ("indicator", "sector") for r in heads for c in group)

    joined: list[list[int]] = []  # a group without labels, such as notes, belongs to the table on its left
    for group in groups:
        if joined and not whole(group):
            joined[-1] += group
        else:
            joined.append(group)
    return [tuple(g) for g in joined] if len(joined) > 1 and whole(joined[0]) else [tuple(filled)]


def _texted(view: View, body: list[int], column: int) -> bool:
    """Whether a column without a header holds texts in most rows."""
    return sum(column in view.grid.rows.get(r, {}) for r in body) > len(body) / 2
