"""An instrument as a sheet: columns and keys, and the reading of a workbook or text table of them, as strict as YAML.

Four parts: what the instrument is (key, value), its tree (a row a node), and where it has them, predicates and dimensions. Each
stands on a sheet of its name, or below a line with that name alone; the first needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from scevaluation.errors import InstrumentError, IntakeError
from scevaluation.grid.book import read_book
from scevaluation.grid.cell import Cell, Grid
from scevaluation.grid.files import read_bytes
from scevaluation.grid.formats import shown_number
from scevaluation.grid.kinds import kind_of
from scevaluation.grid.limits import DEPTH, Refused
from scevaluation.grid.shown import shown
from scevaluation.grid.table import near_of, number_of, text_rows
from scevaluation.grid.yamlfile import Document
from scevaluation.issues import errors_of, issue, refusal

ENDINGS = (".yaml", ".xlsx", ".ods", ".csv")
FACTS, TREE, PREDICATES, DIMENSIONS = "Instrumen", "Indikator", "Predikat", "Dimensi"
PARTS = {
    **dict.fromkeys(("instrumen", "instrument", "sampul"), FACTS), **dict.fromkeys(("indikator", "indicators"), TREE),
    **dict.fromkeys(("predikat", "predicates"), PREDICATES), **dict.fromkeys(("dimensi", "dimensions"), DIMENSIONS),
}  # fmt: skip
ROOT_CODE = "index"
LIST, LINKS = "list", "links"  # columns that hold several values


def _label(name: str) -> dict[str, tuple]:
    return {name: (name,), f"{name}_id": (name, "id"), f"{name}_en": (name, "en")}


def _scale(name: str = "scale") -> dict[str, tuple]:
    return {f"{name}_{end}": (name, end) for end in ("low", "high", "step")}


_PLAIN = ("family", "calendar", "top", "valid_from", "valid_to", "weights", "source", "checked", "aggregation", "coverage", "tolerance")
KEYS = {"id": ("id",)} | _label("label") | _scale() | {k: (k,) for k in (*_PLAIN, "rescore")} | _label("weights_source")
COLUMNS = {
    "code": (), "parent": (), **_label("label"), **_label("about"), "weight": ("weight",), "sector": ("sectors",),
    "dimension": ("dimension",), "quality": ("quality",), "owner": ("agency",), "direction": ("direction",),
    "wanted_low": ("direction", "low"), "wanted_high": ("direction", "high"), **_scale(), "worst": ("goalposts", "worst"),
    "best": ("goalposts", "best"), **_label("unit"), "transform": ("transform",), "aggregation": ("aggregation",), "link": ("link",),
    "note": ("note",),
}  # fmt: skip
STEPS = {"low": ("low",), **_label("label")}
LEVEL = re.compile(r"level_([1-9][0-9]?)(?:_(id|en))?")
NUMBERS = frozenset(
    ("weight", "wanted_low", "wanted_high", "scale_low", "scale_high", "scale_step", "worst", "best", "coverage", "tolerance", "low")
)
CODES = ("code", "parent", "link", "id")  # which a spreadsheet spoils when it takes them for numbers or days
SEVERAL = {"sector": LIST, "link": LINKS, "rescore": LIST}
SAME = {
    "kode": "code", "induk": "parent", "nama": "label", "bobot": "weight", "arah": "direction", "perangkat_daerah": "owner",
    "agency": "owner", "sektor": "sector", "sectors": "sector", "tautan": "link", "dimensi": "dimension", "mutu": "quality",
    "satuan": "unit", "terburuk": "worst", "terbaik": "best", "catatan": "note",
}  # fmt: skip
QUOTED = re.compile(r"'+[=+\-@\t\r]")  # a text table's cell that no spreadsheet takes for a formula


class Sheets(Document):
    """What a sheet says of an instrument, knowing the cell of each part; `notes` are rows of ISSUES on what was read otherwise or not."""

    def __init__(self, file: str):
        dict.__init__(self)
        self.file = file
        self.cells: dict[tuple, str] = {}
        self.notes: list[dict] = []

    def at(self, path: Sequence = ()) -> str:
        """Place of a part by its keys and numbers; of one that is not there, of what it belongs to."""
        way = tuple(path)
        while way and way not in self.cells:
            way = way[:-1]
        return self.cells.get(way, "")


def read_sheet(path: Path) -> Sheets:
    """Read an instrument's workbook or text table; nothing of it is judged that the model judges.

    Raises
    ------
    InstrumentError
        If it cannot be read, or holds what is not one thing: with every cell.
    """
    raw = read_bytes(path, InstrumentError)
    try:
        text = kind_of(raw) == "text"
        grids = (_text_grid(raw, path.name),) if text else read_book(raw, path.name).grids
    except Refused as error:
        raise refusal(InstrumentError, [issue(path.name, error.cell, error.problem, "error", error.found, "", error.remedy)]) from error
    except IntakeError as error:
        raise refusal(InstrumentError, list(error.issues)) from error
    reader = _Reader(Sheets(path.name))
    for grid in grids:
        reader.read(grid, len(grids) == 1)
    out = reader.whole()
    if wrong := errors_of(out.notes):
        raise refusal(InstrumentError, wrong)
    return out


def _text_grid(raw: bytes, name: str) -> Grid:
    rows = text_rows(raw, name, InstrumentError)
    plain = lambda text: text[1:] if QUOTED.match(text) else text  # noqa: E731
    return Grid("", {n - 1: {c: Cell(plain(text), "text") for c, text in enumerate(row) if text.strip()} for n, row in rows})


def named(text: object) -> str:
    """A column or key as this room calls it."""
    plain = re.sub(r"[\s-]+", "_", str(text).strip().lower())
    return SAME.get(plain, re.sub(r"^tingkat_", "level_", plain))


def part_of(name: str) -> str:
    """The part that a sheet or a line of this name begins; "" for another name."""
    return PARTS.get(name.strip().lower(), "")


def way_of(name: str, columns: dict[str, tuple]) -> tuple | None:
    """Where a column's value stands in its model; None if there is no such column."""
    level = LEVEL.fullmatch(name) if columns is COLUMNS else None
    if level:
        return ("levels", int(level[1]) - 1, *filter(None, level.groups()[1:]))
    return columns.get(name)


class _Reader:
    """Rows of the parts, gathered over all sheets."""

    def __init__(self, out: Sheets):
        self.out = out
        self.header: dict[int, str] = {}
        self.part = ""
        self.grid = Grid("")
        self.rows: dict[str, list[tuple[dict, dict]]] = {TREE: [], PREDICATES: [], DIMENSIONS: []}

    def wrong(self, row: int, column: int, problem: str, found="", expected="", remedy="correct_cell", severity="error") -> None:
        self.out.notes.append(issue(self.out.file, self.grid.at(row, column), problem, severity, found, expected, remedy))

    def read(self, grid: Grid, alone: bool) -> None:
        """The rows of one sheet, to the part that its name or a line above them says."""
        self.grid, self.header = grid, {}
        self.part = part_of(grid.sheet) or (FACTS if alone else "")
        if not self.part:
            if grid.rows:
                self.out.notes.append(issue(self.out.file, grid.sheet, "sheet_unread", "note", grid.sheet, "", "none"))
            return
        for row in sorted(grid.rows):
            line = {c: cell for c, cell in grid.rows[row].items() if cell.kind or cell.formula}
            line = {c: cell for c, cell in line.items() if not (cell.kind == "text" and not cell.value.strip())}
            if line:
                self._row(row, line)
        self._beside(grid)

    def _beside(self, grid: Grid) -> None:
        """What of a sheet is not read, or was not to be seen."""
        for top, left, bottom, _ in grid.merged:
            if top < bottom or self.part != FACTS:
                self.wrong(top, left, "merged_cells", f"{grid.at(top, left)}\u2026", "", "unmerge")
        for row, column in sorted(grid.twice):
            self.wrong(row, column, "cell_twice", remedy="keep_one")
        seen = {"hidden_rows": [str(r + 1) for r in sorted(grid.hidden_rows)]}
        seen |= {"hidden_columns": [grid.at(0, c).removesuffix("1") for c in sorted(grid.hidden_columns)]}
        seen |= {"comments_unread": [grid.at(*at) for at in sorted(grid.comments)]}
        for problem, places in seen.items():
            if places:
                about = (problem, "note", len(places), ", ".join(places[:12]), "look")
                self.out.notes.append(issue(self.out.file, grid.sheet, *about))

    def _row(self, row: int, line: dict[int, Cell]) -> None:
        first = line.get(0)
        said = part_of(first.value) if first and len(line) == 1 and first.kind == "text" else ""
        if said:
            self.part, self.header = said, {}
        elif self.part == FACTS and len(line) > 2 and "code" in {named(c.value) for c in line.values()}:
            self.part, self.header = TREE, {}
            self._columns(row, line)
        elif self.part == FACTS:
            self._fact(row, line)
        elif not self.header:
            self._columns(row, line)
        else:
            self._entry(row, line)

    def _fact(self, row: int, line: dict[int, Cell]) -> None:
        """A key and its value."""
        if 0 not in line or len(line) > 2 or set(line) - {0, 1}:
            stray = next(c for c in line if c > 1) if set(line) - {0, 1} else 0
            self.wrong(row, stray, "cell_nameless", str(next(iter(line.values())).value), "", "name_key")
            return
        key = named(line[0].value)
        way = KEYS.get(key)
        if way is None:
            near, remedy = near_of(key, tuple(KEYS), "rename_key", "delete_key")
            self.wrong(row, 0, "key_near" if near else "key_unknown", key, near, remedy)
        elif way in self.out.cells:
            self.wrong(row, 0, "entry_twice", key, "", "keep_one")
        elif 1 in line:
            self._set(self.out, (), way, key, row, 1, line[1])

    def _columns(self, row: int, line: dict[int, Cell]) -> None:
        columns = STEPS if self.part == PREDICATES else COLUMNS
        for column, cell in sorted(line.items()):
            name = named(cell.value)
            if way_of(name, columns) is None:
                near, remedy = near_of(name, tuple(columns), "rename_column", "delete_column")
                self.wrong(row, column, "column_like" if near else "column_ignored", name, near, remedy)
            elif name in self.header.values():
                self.wrong(row, column, "column_twice", name, "", "keep_one")
            self.header[column] = name
        needed = "low" if self.part == PREDICATES else "code"
        if needed not in self.header.values():
            self.wrong(row, -1, "column_missing", needed, "", "add_column")

    def _entry(self, row: int, line: dict[int, Cell]) -> None:
        """A node or predicate: its values, and the places of its cells."""
        columns = STEPS if self.part == PREDICATES else COLUMNS
        held = Sheets(self.out.file)
        held.cells[()] = self.grid.at(row)
        known: dict[str, str] = {}
        for column, cell in sorted(line.items()):
            name = self.header.get(column)
            way = way_of(name, columns) if name else None
            if name is None:
                self.wrong(row, column, "cell_nameless", str(cell.value), "", "name_column")
            elif way == ():
                known[name] = str(self._value(name, row, column, cell) or "")
                held.cells[(name,)] = self.grid.at(row, column)
            elif way is not None:
                self._set(held, (), way, name, row, column, cell)
        if not known.get("code") and self.part != PREDICATES:
            self.wrong(row, -1, "value_empty", "", "", "fill_value")
        self.rows[self.part].append((known, {"values": held}))

    def _set(self, data: Sheets, base: tuple, way: tuple, name: str, row: int, column: int, cell: Cell) -> None:
        """Put a cell's value where it belongs, and remember its place."""
        value = self._value(name, row, column, cell)
        if value is None or (name == "direction" and value == "range"):
            return
        holder: dict = data
        for key in way[:-1]:
            inner = holder.get(key)
            if isinstance(inner, str) and key != "direction":
                inner = {"id": inner, "en": inner}
            elif inner is not None and not isinstance(inner, dict):
                self.wrong(row, column, "not_allowed", value, "", "correct_value")
                return
            holder[key] = inner = {} if inner is None else inner
            data.cells.setdefault((*base, key), self.grid.at(row, column))
            holder = inner
        holder[way[-1]] = value
        data.cells[(*base, *way)] = self.grid.at(row, column)

    def _value(self, name: str, row: int, column: int, cell: Cell) -> object:
        """What a cell says as a column's value: what is seen of it; None where that is not one thing."""
        problem = _fault(cell)
        if problem:
            self.wrong(row, column, *problem)
            return None
        if cell.formula:
            self.wrong(row, column, "formula", cell.formula, "", "look", "note")
        if name in NUMBERS:
            return self._number(row, column, cell)
        text = shown(cell.value, cell.kind, cell.look).strip() if cell.kind != "text" else cell.value.strip()
        if name in CODES and (cell.kind in ("date", "bool") or (cell.kind == "number" and cell.value != int(cell.value))):
            self.wrong(row, column, "code_spoiled", text, "?" if cell.kind != "number" else f"{text}, {text}0", "code_as_text")
            return None
        if name not in SEVERAL:
            return text
        parts = [p.strip() for p in re.split(r"[,;]" if name == "sector" else ";", text)]
        if name == "rescore":
            return [number if (number := number_of(p)) is not None else exact(p) for p in parts if p]
        return [p for p in parts if p] if name == "sector" or len(parts) > 1 else text

    def _number(self, row: int, column: int, cell: Cell) -> object:
        if cell.kind == "number":
            return float(shown_number(cell.value, cell.look)) if cell.look.power else cell.value
        if cell.kind != "text":
            return shown(cell.value, cell.kind, cell.look)
        text = cell.value.strip()
        if self.grid.sheet and re.fullmatch(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", text):
            self.wrong(row, column, "ambiguous_number", text, "", "write_plainly")
            return None
        found = number_of(text)
        return found if found is not None else exact(text)

    def whole(self) -> Sheets:
        """All parts as one document; nodes below their parents in the order of their rows."""
        out = self.out
        for key, inner in (("tree", "children"), ("dimensions", "subdimensions")):
            rows = self.rows[TREE if key == "tree" else DIMENSIONS]
            if rows:
                _Tree(out, rows, inner).grow(key)
        steps = [entry["values"] for _, entry in self.rows[PREDICATES]]
        if steps:
            out["predicates"] = [dict(s) for s in steps]
            for n, step in enumerate(steps):
                out.cells |= {("predicates", n, *way): at for way, at in step.cells.items()}
        return out


def exact(text: str) -> object:
    """A number with more digits than a spreadsheet keeps, as it is written to lose none; else the text itself."""
    try:
        return float(text) if repr(float(text)) == text else text
    except ValueError:
        return text


def _fault(cell: Cell) -> tuple | None:
    """What makes a cell say two things or none: problem, found, expected, remedy."""
    if cell.kind == "error":
        return ("error_cell", cell.value, "", "correct_cell")
    if not cell.kind:
        return ("formula_without_value", cell.formula, "", "paste_value")
    if cell.struck or cell.look.struck:
        return ("struck_out", cell.struck or str(cell.value), "", "unstrike")
    look = cell.look
    if cell.kind == "number" and (look.signless or look.kind in ("hidden", "text", "unknown") or re.search(r"\d", look.unit)):
        return ("shown_differs", shown(cell.value, cell.kind, cell.look), f"{cell.value:g}", "correct_cell")
    return None


class _Tree:
    """Rows of nodes that name their parents, as nested children."""

    def __init__(self, out: Sheets, rows: list, inner: str):
        self.out, self.inner = out, inner
        self.rows = [(known.get("code", ""), known.get("parent", ""), entry["values"]) for known, entry in rows]
        self.below: dict[int, list[int]] = {}

    def grow(self, key: str) -> None:
        """Put them into the document below `key`."""
        root = next((n for n, (code, parent, _) in enumerate(self.rows) if code == ROOT_CODE and not parent), -1)
        if self.inner != "children":
            root = -1
        tops = [n for n, (_, parent, _) in enumerate(self.rows) if n != root and parent in ("", ROOT_CODE)]
        owners = dict(self._owners(root))
        reached, fresh = set(tops), set(tops)
        for _ in range(DEPTH):
            fresh = {n for n, above in owners.items() if above in fresh} - reached
            reached |= fresh
        for n, above in owners.items():
            if n in reached:
                self.below.setdefault(above, []).append(n)
            else:
                self._wrong(n, "parent_ring", self.rows[n][1])
        if self.inner == "children":
            called = {"label": self.out["label"]} if "label" in self.out else {}
            self.out[key] = {"id": ROOT_CODE, **called, **(self.rows[root][2] if root >= 0 else {})}
            self.out.cells |= {(key, *way): at for way, at in self.rows[root][2].cells.items()} if root >= 0 else {}
            self.out[key]["children"] = [self._node(c, (key, "children", i)) for i, c in enumerate(tops)]
        else:
            self.out[key] = [self._node(c, (key, i), "subdimensions") for i, c in enumerate(tops)]

    def _wrong(self, n: int, problem: str, found: str, expected: str = "", remedy: str = "correct_cell") -> None:
        self.out.notes.append(self.rows[n][2].issue(("parent",), problem, found, expected, remedy))

    def _owners(self, root: int) -> Iterator[tuple[int, int]]:
        """Each node with the row of its parent: named by its path, or by its code where only one has it."""
        below = [(n, code, parent) for n, (code, parent, _) in enumerate(self.rows) if n != root]
        paths = {code if parent in ("", ROOT_CODE) else f"{parent}/{code}": n for n, code, parent in below}
        codes: dict[str, list[int]] = {}
        for n, (code, _, _) in enumerate(self.rows):
            codes.setdefault(code, []).append(n)
        for n, _, parent in below:
            if parent in ("", ROOT_CODE):
                continue
            found = [paths[parent]] if parent in paths else codes.get(parent, [])
            if len(found) == 1:
                yield n, found[0]
            elif found:
                self._wrong(n, "parent_several", parent, ", ".join(p for p, at in paths.items() if at in found), "write_path")
            else:
                near, _ = near_of(parent, tuple(paths), "", "")
                self._wrong(n, "parent_nowhere", parent, near or "\u2013")

    def _node(self, n: int, path: tuple, inner: str = "children") -> dict:
        code, _, values = self.rows[n]
        self.out.cells |= {(*path, *way): at for way, at in values.cells.items()}
        self.out.cells[(*path, "id")] = values.at(("code",))
        node = {"id": code, **values}
        if levels := node.get("levels"):
            places = range(max(levels) + 1)
            if gap := next((i for i in places if i not in levels), None):
                self.out.notes.append(values.issue(("levels",), "level_absent", gap + 1, "", "fill_value"))
            node["levels"] = [levels.get(i, "\u2013") for i in places]
        below = self.below.get(n, [])
        if below or inner != "children":
            node[inner] = [self._node(c, (*path, inner, i)) for i, c in enumerate(below)]
        return node
