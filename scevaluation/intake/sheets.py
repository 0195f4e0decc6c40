"""Which sheet holds the table, what the cover and titles say, and what a sheet holds that is not read."""

from __future__ import annotations

from collections import Counter

from scevaluation.grid.cell import Cell, Grid
from scevaluation.intake.cells import parse_date, written
from scevaluation.intake.form import COVER, SHEET, Form, refuse
from scevaluation.intake.header import Header, find_header
from scevaluation.intake.matching import Match, normal
from scevaluation.intake.rounds_said import round_said, same_round
from scevaluation.issues import clean_text

FACTS = ("programme", "round", "instrument", "region", "agency", "deadline", "filled")
ASIDE = tuple(map(normal, (COVER, "daftar", "petunjuk")))
DEEPEST = 60
LISTED = 12


def cover_of(sheets: tuple[Grid, ...]) -> dict[str, tuple[str, Cell]]:
    """What the cover says: place and cell by fact."""
    cover = next((g for g in sheets if normal(g.sheet) == normal(COVER)), None)
    said: dict[str, tuple[str, Cell]] = {}
    if cover is None:
        return said
    for row in sorted(cover.rows)[:DEEPEST]:
        name, cell = cover.rows[row].get(0), cover.rows[row].get(1)
        key = normal(name.value).partition(" ")[0] if name is not None and name.kind == "text" else ""
        if key in FACTS and cell is not None:
            said.setdefault(key, (cover.at(row, 1), cell))
    return said


def read_cover(form: Form, sheets: tuple[Grid, ...]) -> None:
    """The cover must be of this programme, round, instrument and region."""
    expected = {"programme": form.programme.id, "round": form.round, "instrument": form.instrument.id}
    for key, (at, cell) in cover_of(sheets).items():
        text = written(cell, 120)
        if cell.kind == "error":
            form.issue(at, "error_cell", "error", text, "", "correct_cell")
            continue
        if key in expected and text != expected[key]:
            form.issue(at, "wrong_" + key, "error", text, expected[key], "right_file")
        elif key == "region":
            form.region(at, cell)
        elif key == "agency" and text:
            form.facts[key] = form.named(at, key, text, form.agencies, "unknown_agency", form.known_agencies)
            continue
        elif key in ("deadline", "filled") and text:
            text = _day(form, at, key, cell)
        if text:
            form.facts[key] = text


def _day(form: Form, at: str, key: str, cell) -> str:
    day = parse_date(cell.value)
    if day is None:
        form.issue(at, "unknown_date", "warning", written(cell), "2025-06-30", "write_date")
        return ""
    if written(cell) != day.isoformat():
        form.changed(at, key, written(cell), day.isoformat(), "date")
    return day.isoformat()


def choose(form: Form, sheets: tuple[Grid, ...], asked: str = "") -> tuple[Grid, Header]:
    """The sheet with the table: the one asked for, the one called Skor, the one of the round, or the only one; never the first.

    Others are logged, and refused if they hold a second table that could be the one.
    """
    if asked:
        return _asked(form, sheets, asked)
    found = []
    for g in sheets:
        header = None if normal(g.sheet) in ASIDE[:1] else find_header(g)
        if header and g.hidden:
            form.issue(g.sheet, "hidden_sheet", "note", g.sheet, "", "look")
        elif header:
            found.append((g, header))
        elif g.sheet and normal(g.sheet) not in ASIDE:
            form.changed(g.sheet, "", g.sheet, "", "sheet")
    if not found:
        raise _no_header(form, sheets)
    calendar = form.programme.calendar
    own = [f for f in found if f[0].sheet == SHEET]
    own = own or [f for f in found if round_said(f[0].sheet, calendar, True) == form.round]
    for g, _ in found:
        if len(found) > 1 and (len(own) != 1 or g is not own[0][0]):
            form.issue(g.sheet, "other_table", "warning" if len(own) == 1 else "error", g.sheet, SHEET, "name_sheet")
    return (own or found)[0]


def _asked(form: Form, sheets: tuple[Grid, ...], asked: str) -> tuple[Grid, Header]:
    chosen = [g for g in sheets if g.sheet == asked] or [g for g in sheets if g.sheet and normal(g.sheet) == normal(asked)]
    if len(chosen) != 1:
        raise refuse(form.name, "no_sheet", asked, ", ".join(g.sheet for g in sheets if g.sheet), "name_sheet")
    header = find_header(chosen[0])
    if header is None:
        raise _no_header(form, chosen)
    for g in sheets:
        if g is not chosen[0] and normal(g.sheet) not in ASIDE:
            form.changed(g.sheet, "", g.sheet, "", "sheet")
    return chosen[0], header


def _no_header(form: Form, sheets) -> Exception:
    names = clean_text(", ".join(g.sheet for g in sheets if g.sheet), 100)
    return refuse(form.name, "no_header", names or "\u2013", "", "keep_header")


def ask_round(form: Form, grid: Grid, header: Header, stem: str) -> None:
    """A round named by the sheet, a title or the file that differs from the one asked for needs a person's yes.

    That another title names the right one is no excuse: the table may be of either.
    """
    calendar = form.programme.calendar
    said = [(grid.sheet, round_said(grid.sheet, calendar, True))]
    for row in (r for r in sorted(grid.rows) if r < header.top):
        said += [(grid.at(row, c), round_said(str(v.value), calendar)) for c, v in grid.rows[row].items() if v.kind == "text"]
    if not form.own:
        said.append(("", round_said(stem, calendar)))
    for at, s in said:
        if not same_round(s, form.round):
            form.asked(at, "round", s, Match(form.round, "close"), "other_round", "right_round")


def unread(form: Form, grid: Grid, header: Header, place: dict[str, int]) -> None:
    """Name what a person sees in the sheet and the reading leaves out: comments, colours, and what is hidden."""
    for row, column in sorted(grid.twice):
        form.issue(grid.at(row, column), "cell_twice", "error", "", "", "save_again")
    for (row, column), text in sorted(grid.comments.items()):
        form.changed(grid.at(row, column), "comment", text, "", "comment")
    if grid.comments:
        form.issue(grid.sheet, "comments_unread", "note", len(grid.comments), _places(grid, grid.comments), "look")
    coloured = _coloured(grid, header)
    for row, column in coloured:
        form.changed(grid.at(row, column), "colour", grid.rows[row][column].look.fill, "", "colour")
    if coloured:
        form.issue(grid.sheet, "colours_unread", "note", len(coloured), _places(grid, coloured), "look")
    rows = sorted(r for r in grid.hidden_rows if r >= header.data and r in grid.rows)
    if rows:
        form.issue(grid.sheet, "hidden_rows", "note", len(rows), _listed([str(r + 1) for r in rows]), "look")
    columns = sorted(c for c in grid.hidden_columns if c in {*place.values(), *header.names})
    if columns:
        form.issue(grid.sheet, "hidden_columns", "note", len(columns), _listed([header.text.get(c, "") for c in columns]), "look")


def _coloured(grid: Grid, header: Header) -> list[tuple[int, int]]:
    """Cells of the table whose colour is not the usual one of their column."""
    fills: dict[int, Counter] = {}
    cells = [(r, c, cell) for r, row in grid.rows.items() if r >= header.data for c, cell in row.items()]
    for _, column, cell in cells:
        fills.setdefault(column, Counter())[cell.look.fill] += 1
    usual = {c: counts.most_common(1)[0][0] for c, counts in fills.items()}
    return sorted((r, c) for r, c, cell in cells if cell.look.fill and cell.look.fill != usual[c])


def _places(grid: Grid, places) -> str:
    return _listed([grid.at(r, c).rpartition("!")[2] for r, c in sorted(places)])


def _listed(texts: list[str]) -> str:
    return ", ".join(texts[:LISTED]) + (", \u2026" if len(texts) > LISTED else "")
