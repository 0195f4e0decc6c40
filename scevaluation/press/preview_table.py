"""The tables of a preview: laid out as the sheet is, every cell with what was read of it, and why where that differs."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from functools import cached_property
from html import escape

from scevaluation.draw.table import Html, scrolled
from scevaluation.grid.cell import Cell, Grid, letters
from scevaluation.grid.shown import shown
from scevaluation.intake.marks import BESIDE, Line, Marks, Notes, Shown, Spot, same, spot_of
from scevaluation.intake.sheets import cover_of
from scevaluation.issues import sentence
from scevaluation.report.part import DOT
from scevaluation.words import Words

ROWS, COLUMNS, LETTERS, COVER_ROWS, LONG = 300, 60, 400, 60, 40
SIGNS = {"taken": "=", "noted": "i", "changed": "~", "unread": "\u2013", "warned": "!", "stopped": "\u00d7"}
_HUES = {20: "red", 48: "orange", 70: "yellow", 165: "green", 255: "blue", 290: "purple", 340: "pink", 361: "red"}  # up to


def anchor(spot: Spot, grid: Grid) -> str:
    """The name by which a cell or row of the table, or of another sheet, is linked to: E14, line5, cover-B3."""
    front = "" if spot.sheet == grid.sheet else "cover-"
    if not spot.sheet:
        return f"line{spot.row + 1}" + (f"-{spot.column + 1}" if spot.column >= 0 else "")
    return f"{front}{letters(spot.column) if spot.column >= 0 else 'row'}{spot.row + 1}"


def sign(kind: str, w: Words) -> str:
    """A mark: its sign, and its word for who hears the page."""
    return f'<b class="sign">{SIGNS[kind]}<span class="visually-hidden"> {escape(w("preview.kind." + kind))}</span></b>'


def inert(text: str, longest: int = LETTERS) -> str:
    """A text of a file as HTML: as it stands, without what cannot be seen, cut where it is very long."""
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in text[: longest + 1])
    return escape(text if len(text) <= longest else text[:longest] + "\u2026")


def colour_name(fill: str) -> str:
    """The plain name of a colour written as RRGGBB, a key of words."""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", fill):
        return "other"
    hue, light, strong = colorsys.rgb_to_hls(*(int(fill[i : i + 2], 16) / 255 for i in (0, 2, 4)))
    if strong < 0.12 or not 0.06 < light < 0.97:
        return "black" if light < 0.2 else "white" if light > 0.93 else "grey"
    return next(name for end, name in _HUES.items() if hue * 360 < end)


def _seen(cell: Cell | None) -> str:
    """A cell's text as HTML; struck-out and raised parts as they look."""
    if cell is None:
        return ""
    text = inert(shown(cell.value, cell.kind, cell.look))
    for whole, part, tag in ((cell.look.struck, cell.struck, "s"), (cell.look.raised, cell.raised, "sup")):
        if whole:
            text = f"<{tag}>{text}</{tag}>"
        elif part and escape(part) in text:
            text = text.replace(escape(part), f"<{tag}>{escape(part)}</{tag}>", 1)
    return text


@dataclass(frozen=True)
class Table:
    """The table of a reading as HTML."""

    marks: Marks
    w: Words

    @property
    def grid(self) -> Grid:
        return self.marks.reading.grid

    @cached_property
    def shown(self) -> Shown:
        """Its rows that are shown."""
        return self.marks.table(ROWS)

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """Its columns that are shown: all that hold anything, of very many those that are read or marked first."""
        header, place = self.marks.reading.header, self.marks.place
        rows = {line.row for line in self.shown.lines}
        marked = {s.column for s in self.marks.at if s.sheet == self.grid.sheet and s.row in rows and s.column >= 0}
        first = {*place.values(), *header.names, *marked}
        every = sorted(first.union(header.text, *(line.cells for line in self.shown.lines)), key=lambda c: (c not in first, c))
        return tuple(sorted(every[:COLUMNS]))

    @cached_property
    def left_out(self) -> int:
        """How many columns that hold anything are not shown."""
        return len({c for line in self.shown.lines for c in line.cells} - set(self.columns))

    @cached_property
    def fields(self) -> dict[int, str]:
        """What each column was read as."""
        name = "name" if "indicator" in self.marks.place else "name_alone"
        return dict.fromkeys(self.marks.reading.header.names, name) | {c: f for f, c in self.marks.place.items()}

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Names of all cells and rows that stand on the page."""
        return frozenset(re.findall(r' id="([^"]+)"', self.html + self.cover))

    @cached_property
    def html(self) -> str:
        """The table itself."""
        heads = {c: letters(c) if self.grid.sheet else str(c + 1) for c in self.columns}
        heads |= {c: heads[c] + _small([self.w("preview.hidden_column")]) for c in heads if c in self.grid.hidden_columns}
        names = "".join(f'<th scope="col">{name}</th>' for name in heads.values())
        corner = f'<td class="corner"><span class="visually-hidden">{escape(self.w("preview.row"))}</span></td>'
        body = "".join(self._line(line) for line in self.shown.lines) + self._gap(self.shown.after)
        table = f'<table class="sheet"><thead><tr>{corner}{names}</tr></thead><tbody>{body}</tbody></table>'
        return scrolled(table, self.w("preview.table"))

    def _gap(self, rows: int) -> str:
        text = escape(self.w("preview.gap", n=self.w.num(rows, 0)))
        return f'<tr class="gap"><td colspan="{len(self.columns) + 1}">{text}</td></tr>' if rows else ""

    def _line(self, line: Line) -> str:
        header = self.marks.reading.header
        cells = "".join(self._cell(line, c) for c in self.columns)
        kind = "title" if line.row < header.top else "names" if line.row < header.data else ""
        row = f"<tr{f' class={kind}' if kind else ''}>{self._number(line, kind)}{cells}</tr>"
        return self._gap(line.before) + row + (self._read_as() if line.row == header.data - 1 else "")

    def _read_as(self) -> str:
        """The line below the column names: the field that each column was read as."""
        cells = []
        for column in self.columns:
            kind, _, who = self.fields.get(column, "").partition(":")
            text = self.w("preview.field." + kind if kind else "preview.column_unread") + (f" {who}" if who else "")
            cells.append(f"<td{'' if kind else ' class=unread'}>{'' if kind else sign('unread', self.w)}{escape(text)}</td>")
        return f'<tr class="read-as"><th scope="row">{escape(self.w("preview.read_as"))}</th>{"".join(cells)}</tr>'

    def _number(self, line: Line, kind: str) -> str:
        """The row's number, with what is said of the whole row."""
        spot, w, left = Spot(self.grid.sheet, line.row), self.w, self.marks.left_out.get(line.row, "")
        notes = self.marks.notes(spot)
        why = self._reasons(notes, None)
        if left and not why:
            why.append(w("preview.left_out", why=w("desk.why." + left)))
        if line.row in self.grid.hidden_rows:
            why.append(w("preview.hidden_row"))
        spots = (Spot(self.grid.sheet, line.row, c) for c in (-1, *self.columns))
        if not kind and not line.scores and not any(self.marks.notes(s).kind for s in spots):
            counted = any(c in line.cells for c in self.marks.scored.values())
            why.append(w("preview.row_unread" if counted else "preview.row_heading"))
        kind = notes.kind or ("unread" if left else "")
        mark, said = (sign(kind, w), f' class="{kind}"') if kind else ("", "")
        return f'<th scope="row" id="{anchor(spot, self.grid)}"{said}>{mark}{line.row + 1}{_small(why)}</th>'

    def _cell(self, line: Line, column: int) -> str:
        header, spot = self.marks.reading.header, Spot(self.grid.sheet, line.row, column)
        name, notes = self.fields.get(column, ""), self.marks.notes(spot)
        kind = self.marks.kind(line, column, name) if line.row >= header.data else notes.kind
        cell, over = line.cells.get(column), self._merged(line.row, column)
        seen = _seen(None if over else cell)
        score = self.marks.score(line, name) if name in self.marks.scored else None
        got, why = self._got(kind, cell, score, notes), self._reasons(notes, cell)
        if kind == "changed" and not why:
            why = [self.w("preview.as_stored")]
        if over:
            why.insert(0, self.w("preview.merged", cell=over))
        beside = _small(self._parts(cell, notes)) + self._beside(notes)
        return _td(anchor(spot, self.grid), kind, seen, got, _small(why) + beside, self.w)

    def _got(self, kind: str, cell: Cell | None, score: dict | None, notes: Notes) -> str:
        """What was taken from a cell, where that is not what it shows."""
        w = self.w
        if score is not None and score["score"] is not None:
            number = w.marks(f"{score['score']:.15g}")
            plain = cell is not None and same(cell, score["score"]) and all(r["why"] in BESIDE for r in notes.log)
            return "" if plain else w("preview.got", taken=number)
        if score is not None and (cell is None or kind == "unread"):
            return w("preview.got", taken=w("lab.status." + score["status"]))
        taken = next((r["taken"] for r in reversed(notes.log) if r["taken"] and r["why"] not in BESIDE), "")
        return w("preview.got", taken=taken) if taken and kind != "unread" else ""

    def _reasons(self, notes: Notes, cell: Cell | None) -> list[str]:
        """Why a place was read other than it looks, or not: the log's rules, then what is wrong."""
        w, out = self.w, []
        text = shown(cell.value, cell.kind, cell.look) if cell else ""
        for row in notes.log:
            if row["why"] not in BESIDE:
                differs = row["found"] and row["found"] != " ".join(text.split())
                found = w("preview.found", found=row["found"]) if differs else ""
                rest = w("preview.got", taken=row["taken"]) if row["taken"] and cell is None else ""
                out.append(DOT.join(t for t in (w("desk.why." + row["why"]), found, rest) if t))
        return out + [f"{w('severity.' + i['severity'])}: {sentence(i, w, False)}" for i in notes.issues]

    def _beside(self, notes: Notes) -> str:
        """Comment and colour of a cell as HTML: they are seen, and not read."""
        w, out = self.w, []
        for row in notes.log:
            why = w("desk.why." + row["why"])
            if row["why"] == "comment":
                out.append(f'<small class="why">{escape(why)}: {inert(row["found"])}</small>')
            elif row["why"] == "colour":
                name = colour_name(row["found"])
                hue = f' style="background:#{row["found"]}"' if name != "other" else ""
                said = escape(f"{why}: {w('preview.colour.' + name)}")
                out.append(f'<small class="why"><i class="swatch"{hue}></i>{said}</small>')
        return "".join(out)

    def _parts(self, cell: Cell | None, notes: Notes) -> list[str]:
        """What is struck out or set higher in a cell, where no issue says so."""
        said = {i["problem"] for i in notes.issues}
        if cell is None:
            return []
        struck = ["preview.struck"] if (cell.struck or cell.look.struck) and "struck_out" not in said else []
        raised = ["preview.raised"] if (cell.raised or cell.look.raised) and "raised" not in said else []
        return [self.w(k) for k in (*struck, *raised)]

    def _merged(self, row: int, column: int) -> str:
        """The cell whose merged area covers this one."""
        for top, left, bottom, right in self.grid.merged:
            if top <= row <= bottom and left <= column <= right and (row, column) != (top, left):
                return f"{letters(left)}{top + 1}"
        return ""

    @cached_property
    def cover(self) -> str:
        """The cover as a table, where the workbook has one."""
        read = {spot for at, _ in cover_of(self.marks.reading.sheets).values() if (spot := spot_of(at))}
        sheet = next((g for g in self.marks.reading.sheets if read and g.sheet == next(iter(read)).sheet), None)
        if sheet is None or sheet.sheet == self.grid.sheet:
            return ""
        rows = "".join(self._cover_row(sheet, row, read) for row in sorted(sheet.rows)[:COVER_ROWS])
        head = '<thead><tr><td class="corner"></td><th scope="col">A</th><th scope="col">B</th></tr></thead>'
        return scrolled(f'<table class="sheet small">{head}<tbody>{rows}</tbody></table>', Html(inert(sheet.sheet)))

    def _cover_row(self, sheet: Grid, row: int, read: set[Spot]) -> str:
        cells = []
        for column in (0, 1):
            spot, cell = Spot(sheet.sheet, row, column), sheet.rows[row].get(column)
            notes = self.marks.notes(spot)
            kind, why = notes.kind or ("taken" if spot in read else ""), _small(self._reasons(notes, cell))
            cells.append(_td(anchor(spot, self.grid), kind, _seen(cell), self._got(kind, cell, None, notes), why, self.w))
        return f'<tr><th scope="row">{row + 1}</th>{"".join(cells)}</tr>'


def _small(lines: list[str]) -> str:
    return "".join(f'<small class="why">{inert(t)}</small>' for t in lines)


def _td(name: str, kind: str, seen: str, got: str, why: str, w: Words) -> str:
    """A cell as HTML."""
    mark = sign(kind, w) if kind else ""
    taken = f'<small class="got">{inert(got)}</small>' if got else ""
    classes = f"{kind} long".strip() if why or len(seen) > LONG else kind
    said = f' class="{classes}"' if classes else ""
    return f'<td id="{name}"{said}>{mark}<span class="seen">{seen}</span>{taken}{why}</td>'
