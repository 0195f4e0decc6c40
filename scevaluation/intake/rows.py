"""All rows below the column names: each a line of scores, a total, a heading, or named as what it is."""

from __future__ import annotations

from scevaluation.grid.cell import Cell, Grid
from scevaluation.intake import sheets as sheet
from scevaluation.intake.bulk import TextTable
from scevaluation.intake.cells import parse_number, written
from scevaluation.intake.form import COLUMNS, ORIGIN, Form
from scevaluation.intake.header import SCORES as SCORED
from scevaluation.intake.header import Header, is_header
from scevaluation.intake.lines import Line
from scevaluation.intake.matching import Match


def read_rows(form: Form, grid: Grid, header: Header, text: TextTable | None) -> Grid:
    """Read the table into the form; returned is the grid as it was read: of a text table, all its lines where that was needed."""
    form.long = "source" in header.place
    quick = text if text is not None and _as_kept(header) else None
    if text is not None and quick is None:
        grid = text.grid()
    form.grid = grid
    place = form.place = columns(form, grid, header)
    scored = _scored(form, grid, header, place)
    if scored:
        if text is None:
            merges(form, grid, header, place, scored)
            sheet.unread(form, grid, header, place)
        count = len(form.issues)
        filled = quick.read(form, header, place) if quick else _lines(form, grid, header, place, scored)
        if text is not None and text.cut:
            _cut(form, text, header, place)
        totals(form)
        twins(form)
        if not filled or (not form.rows and len(form.issues) == count):
            form.issue(grid.sheet, "empty_table", "error", "", "", "fill_in")
    return grid


def _as_kept(header: Header) -> bool:
    """Whether the columns are those of the project's own tables and no others."""
    odd = header.close or header.twice or header.unknown or header.names or header.renamed
    known = {*COLUMNS, *ORIGIN}
    return not odd and header.data == 1 and set(header.text.values()) <= known and {"source", "score"} <= set(header.place)


def _scored(form: Form, grid: Grid, header: Header, place: dict[str, int]) -> list[str]:
    """The columns of scores; none if it cannot be told whose they are, or what they score."""
    if "indicator" not in place and not header.names:
        return []
    scored = [f for f in place if f in SCORED or f.startswith("assessor:")]
    if "score" in place and "source" not in place:
        at, text = grid.at(header.data - 1, place["score"]), header.text[place["score"]]
        if len(scored) > 1:
            form.issue(at, "no_source", "error", text, "", "name_column")
            return []
        if not form.asked(at, "source", text, Match("self", "close")):
            return []
    if scored and "self" not in scored and "score" not in scored:
        form.issue(grid.sheet, "no_own_scores", "note", "", "", "look")
    return scored


def _lines(form: Form, grid: Grid, header: Header, place: dict[str, int], scored: list[str]) -> int:
    """Read the lines one by one; how many hold anything."""
    filled, width = 0, max(header.text) + 1
    for row in sorted(r for r in grid.rows if r >= header.data):
        cells = grid.rows[row]
        filled += 1
        if is_header(cells):
            if {c: written(v) for c, v in cells.items()} != {c: header.text.get(c) for c in cells}:
                form.issue(grid.at(row), "second_table", "error", "", "", "keep_one")
                break
            form.changed(grid.at(row), "indicator", written(cells.get(place.get("indicator", -1))), "", "repeated")
            continue
        if not grid.sheet and max(cells) >= width:
            form.issue(grid.at(row), "row_too_long", "error", max(cells) + 1, width, "quote_commas")
        Line(form, grid, row, cells, place).read(header, scored)
    return filled


def _cut(form: Form, text: TextTable, header: Header, place: dict[str, int]) -> None:
    """A text table whose last line has no end may be cut off: in a number or a name, nobody could tell."""
    line, last = text.last
    ends = next((v for v in reversed(last) if v.strip()), "")
    told = {*header.names, *(c for f, c in place.items() if f not in ("evidence", "quality"))}
    short = len(last) <= max(header.text) or len(last) - 1 in told
    severity = "error" if short or parse_number(ends).value is not None else "warning"
    form.issue(text.head.at(line - 1), "row_cut", severity, ends, "", "send_again")


def columns(form: Form, grid: Grid, header: Header) -> dict[str, int]:
    """Column of each field; renamed ones are logged, close ones need a yes, doubled ones are refused."""
    place, top = dict(header.place), header.data - 1
    place |= {text: c for c, text in header.text.items() if form.own and text in ORIGIN}
    for column in header.renamed:
        name = next(f for f, c in place.items() if c == column)
        form.changed(grid.at(top, column), name, header.text[column], name, "column")
    for column, name in header.close:
        if form.asked(grid.at(top, column), "column", header.text[column], Match(name, "close")):
            place[name] = column
    for column in header.twice:
        form.issue(grid.at(top, column), "column_twice", "error", header.text[column], "", "keep_one")
    filled: dict[int, bool] = {}
    for row, cells in grid.rows.items():
        for column, cell in cells.items() if row >= header.data else ():
            filled[column] = filled.get(column, False) or cell.kind == "number" or parse_number(cell.value).value is not None
    for column in sorted(filled):
        if column in header.unknown:
            form.issue(grid.at(top, column), "column_ignored", "warning", header.text[column], "", "name_column")
        elif column not in header.text and filled[column]:
            form.issue(grid.at(top, column), "column_unnamed", "warning" if grid.sheet else "error", "", "", "name_column")
    return place


def merges(form: Form, grid: Grid, header: Header, place: dict[str, int], scored: list[str]) -> None:
    """An agency merged over its rows stands for all of them; a merged score stands for none; a heading over its row is none."""
    values = {place[f] for f in [*scored, "indicator"] if f in place}
    for top, left, bottom, right in grid.merged:
        if bottom < header.data or top < header.data:
            continue
        covered = values & set(range(left, right + 1))
        if covered and (top != bottom or len(covered) > 1) and not _heading(grid, top, bottom, place, scored):
            area = f"{grid.at(top, left)}:{grid.at(bottom, right).rpartition('!')[2]}"
            form.issue(area, "merged_cells", "error", area, "", "unmerge")
        elif left == right and left == place.get("agency") and left in grid.rows.get(top, {}):
            for row in range(top + 1, min(bottom, max(grid.rows)) + 1):
                if row in grid.rows:
                    grid.rows[row][left] = grid.rows[top][left]
                    form.changed(grid.at(row, left), "agency", "", written(grid.rows[top][left]), "merged")


def _heading(grid: Grid, top: int, bottom: int, place: dict[str, int], scored: list[str]) -> bool:
    """Whether a merged area is one row that holds text alone."""
    cells: dict[int, Cell] = grid.rows.get(top, {})
    return top == bottom and all(cell.kind == "text" for cell in cells.values()) and not any(place[f] in cells for f in scored)


def totals(form: Form) -> None:
    """A row of a node whose children stand in the table too is a total of theirs: left out, and compared with them."""
    for row in form.totals:
        below = {c: _mean(form, c, row["source"]) for c in form.instrument.children(row["indicator"])}
        known = {c: v for c, v in below.items() if v is not None}
        if not known:
            form.rows.append(row)
            continue
        form.changed(row["cell"], row["source"], "" if row["score"] is None else f"{row['score']:g}", "", "total")
        form.issue(row["cell"], "row_total", "note", row["indicator"], "", "none")
        if row["score"] is None or len(known) < len(below) or form.instrument.weights == "unknown":
            continue
        mean = sum(v * form.instrument.share(c) for c, v in known.items())
        fits = (mean, sum(known.values()) / len(known), sum(known.values()))
        if min(abs(row["score"] - v) for v in fits) > max(form.instrument.tolerance, 0.0051):
            said = f"{row['score']:g} ({row['indicator']})", f"{mean:.3f} ({row['source']})"
            form.issue(row["cell"], "sum_differs", "warning", *said, "look")


def _mean(form: Form, path: str, source: str) -> float | None:
    """The mean of a node's own scores of a source, else of its leaves'."""
    values = [r["score"] for r in form.rows if r["source"] == source and r["score"] is not None
              and (r["indicator"] == path or r["indicator"].startswith(path + "/"))]  # fmt: skip
    return sum(values) / len(values) if values else None


def twins(form: Form) -> None:
    """Codes that a spreadsheet takes for one number (1.1 and 1.10): two lines of the one and none of the other are asked."""
    for group in (g for g in form.codes.values() if len(g) > 1):
        mine = [r for r in form.rows if r["indicator"] in group]
        absent = sorted(set(group) - {r["indicator"] for r in mine})
        for row in mine if absent else ():
            if sum(r["indicator"] == row["indicator"] and r["source"] == row["source"] for r in mine) > 1:
                form.issue(row["cell"], "code_spoiled", "error", row["indicator"], ", ".join(group), "code_as_text")
