"""The rounds of a table: whose scores of what stand in which cell, what is printed beside them, and by which name the round is known."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scevaluation.intake.matching import normal
from scevaluation.past.formula import Formulas, Place
from scevaluation.past.found import because
from scevaluation.past.layout import Figure, Table
from scevaluation.past.lines import _SUM, Line, cleaned, lines
from scevaluation.past.roles import Col, derived, digits, roles
from scevaluation.past.terms import Scale, name, scales, source_of, term, when

_FACT = re.compile(r"([^:=]{2,40}?)\s*[:=]\s*(\S.*?)\s*")
_WHO = re.compile(r"(?:nama\s+)?(?:penilai|asesor|assessor|evaluator)\s*[:=]\s*(\S.*)", re.IGNORECASE)
_MEAN = re.compile(r"^(?!.*(?:tertimbang|bobot|jumlah|total|weight|indeks)).*(?:rata|nrr|mean|average)")
_SUMMED = re.compile(r"(?<!\w)(?:jumlah|jml|total|sum|subtotal)(?!\w)")
Labels = tuple[str, ...]


_BY = {
    "header": "past.why.round_header", "row": "past.why.round_row", "sheet": "past.why.round_sheet", "title": "past.why.round_title",
    "file": "past.why.round_file",
}  # fmt: skip


class Named(NamedTuple):
    """By which name a round is known: `said` in `cell` ('' of a sheet or file), whether it is sure, and what else it may be."""

    round: str
    said: str
    cell: str
    sure: bool
    why: str
    alternatives: tuple[str, ...] = ()


@dataclass
class Block:
    """A round in a table. `scores` and `printed` are rows of PAST_SCORES and PAST_PRINTED with a `path` of labels for their code."""

    file: str
    sheet: str
    named: Named
    level: str = "indicator"
    sectors: bool = False
    scores: list[dict] = field(default_factory=list)
    printed: list[dict] = field(default_factory=list)
    weights: dict[Labels, float] = field(default_factory=dict)
    owners: dict[Labels, str] = field(default_factory=dict)
    order: dict[Labels, None] = field(default_factory=dict)
    scales: list[Scale] = field(default_factory=list)
    held: bool = True
    title: str = ""
    room: str = ""  # the sector that a line above it names
    id: str = ""
    use: bool = True
    sure: bool = True
    because: str = ""
    others: tuple[str, ...] = ()
    confirmed: bool = False  # another table has the same scores of the same sources
    generation: str = ""
    spelt: dict[Labels, Labels] = field(default_factory=dict)  # its labels to those of its questionnaire
    renamed: str = ""  # source that its sheet's name gives
    promoted: str = ""  # column of means that are its scores
    means: dict[str, bool] = field(default_factory=dict)  # column to whether it is a plain mean
    dropped: list[tuple[dict, str]] = field(default_factory=list)

    @property
    def round(self) -> str:
        return self.named.round

    @property
    def agencies(self) -> bool:
        """Whether its scores name agencies."""
        return any(s["agency"] for s in self.scores)

    def keyed(self, agencies: bool) -> list[tuple[tuple, dict]]:
        """Its scores with what tells each from others: label, source and, if `agencies`, agency; and where these repeat, all."""
        keys = [(normal(s["path"][-1]), s["source"], s["agency"] if agencies else "") for s in self.scores]
        seen = Counter(keys)
        more = [(*k, *map(normal, s["path"][:-1]), s["agency"]) if seen[k] > 1 else k for k, s in zip(keys, self.scores, strict=True)]
        return list(zip(more, self.scores, strict=True))

    @property
    def by_agency(self) -> bool:
        """Whether agencies tell its scores apart: one has them all, or several have the same indicator."""
        owners: dict[tuple, set[str]] = defaultdict(set)
        for s in self.scores:
            owners[(*map(normal, s["path"]), s["source"])].add(s["agency"])
        return len(set().union(*owners.values())) == 1 or any(len(who) > 1 for who in owners.values())

    def beside(self, other: Block) -> list[tuple[tuple, dict]]:
        """As `keyed`, beside another block, which may name no agencies, or the one of an indicator by another name."""
        return self.keyed(self.agencies and other.agencies and (self.by_agency or other.by_agency))

    def values(self, other: Block) -> dict[tuple, float]:
        """Its scores by what tells each from others beside another block."""
        return {key: s["score"] for key, s in self.beside(other) if s["score"] is not None}


def name_of(said: Sequence[tuple[str, str, str]]) -> Named:
    """The round that texts name: (where, text, cell), the nearest to the figures first.

    The first text with a year and the first with a part of it are taken; another text that names another year or part makes it unsure.
    """
    found = [(where, text, cell, w) for where, text, cell in said if (w := when(text)).year or w.kind]
    parts = [f for f in found if f[3].kind in ("S", "Q")]
    years = [f for f in found if f[3].year]
    if not years:
        text, cell = (parts[0][1], parts[0][2]) if parts else ("", "")
        return Named("", text, cell, False, because("past.why.round_none"))
    one, other = (parts or years)[0], years[0]
    year, part = other[3], one[3]
    where, text, cell = (one if one[3].year == year.year else other)[:3]
    kind, n = (part.kind, part.part) if parts else ("Y", 1)
    taken = name(year.year, kind, n)
    own = where in ("header", "row")
    rest = [f for f in found if f[0] != where and not (own and f[3].kind == "Y")]
    more = {name(f[3].year or year.year, *((f[3].kind, f[3].part) if f[3].kind in ("S", "Q") else (kind, n))) for f in rest} - {taken}
    if more:
        others = "; ".join(dict.fromkeys(f[1] for f in rest))
        return Named(taken, text, cell, False, because("past.why.round_differs", said=text, other=others), tuple(sorted(more)))
    doubts = tuple(o for f in (one, other) for o in f[3].others if o != taken)
    why = because("past.why.round_unusual" if doubts else _BY[where], said=text)
    return Named(taken, text, cell, not doubts, why, tuple(dict.fromkeys(doubts)))


@dataclass(frozen=True)
class Context:
    """What stands around a table: (where, text) that may name its round, whose scores it holds by its sheet's name or title."""

    said: tuple[tuple[str, str, str], ...]
    source: str
    texts: tuple[str, ...]
    legend: dict[str, str]
    facts: dict[str, str]  # by role, what lines such as "OPD: Dinas Kesehatan" above it say


def context(table: Table, file: str, alone: bool, legend: dict[str, str]) -> Context:
    """The context of a table; `alone` where its file has no other, so that the file's name speaks of it."""
    sheet = table.view.sheet
    titles = [t for t in table.titles if when(t).year or when(t).kind]
    best = sorted(titles, key=lambda t: -(bool(when(t).year) + bool(when(t).kind in ("S", "Q"))))[:1]
    stem = file.rsplit(".", 1)[0]
    said = [("sheet", sheet, ""), *(("title", t, "") for t in best)]
    if alone or not name_of(said).round:
        said.append(("file", stem, ""))
    who = next((m[1].strip() for t in table.titles if (m := _WHO.fullmatch(t.strip()))), "")
    kinds = (s for t in table.titles if (s := source_of(t)) in ("self", "verified"))
    source = f"assessor:{who}" if who else source_of(sheet) or next(kinds, "")
    texts = (*table.titles, sheet, *(t for p in table.paths.values() for t in p), stem)
    facts = {role: cleaned(m[2])[1] for t in table.titles if (m := _FACT.fullmatch(t)) and (role := term(m[1])) in ("agency", "sector")}
    return Context(tuple(said), source, texts, legend, facts)


class _Blocks:
    """The blocks of one table while they are made."""

    def __init__(self, table: Table, cols: list[Col], formulas: Formulas, around: Context, file: str):
        self.table, self.view, self.cols, self.formulas, self.around, self.file = table, table.view, cols, formulas, around, file
        self.found: dict[str, Block] = {}
        self.role = {c.role: c for c in reversed(cols)}
        self.scores = [c for c in cols if c.role in ("score", "item")]
        self.means = [c for c in cols if c.role == "mean"]
        self.rounds = [c for c in cols if c.role == "round"]
        self.at: dict[Place, dict] = {}
        self.carried: dict[int, str] = {}
        label = self.role.get("indicator")
        self.sectors = label is not None and label.word == "sector"
        self.base: dict[int, str] = {}
        self.read: set[int] = set()

    def of(self, col: Col | None, row: int) -> Block | None:
        """The block of a column's figure in a row."""
        said = []
        if col is not None and (col.when.kind or col.when.year):
            words = " ".join(p for p in col.path if when(p).year or when(p).kind) or " ".join(col.path)
            words = words if when(words) == col.when else " ".join(col.path)  # 2022 over II
            said.append(("header", words, self.view.name(self.table.heads[-1], col.column)))
        texts = [(c, t) for c in self.rounds if (t := self.down(c, row))]
        if texts:
            words = " ".join(t if when(t).year or when(t).kind else f"{c.header} {t}" for c, t in texts)
            if not (when(words).year or when(words).kind):
                return None
            said.append(("row", words, self.view.name(row, texts[0][0].column)))
        key = "|".join(t for _, t, _ in said)
        if key not in self.found:
            block = Block(self.file, self.view.sheet, name_of([*said, *self.around.said]), sectors=self.sectors)
            block.room = self.around.facts.get("sector", "")
            block.title = next((t for t in reversed(self.table.titles) if not when(t).year and not scales(t)), "")
            block.means = {self.table.column_key(c.column): bool(_MEAN.search(normal(c.header))) for c in self.means}
            block.scales = [s for t in self.around.texts for s in scales(t)]
            self.found[key] = block
        return self.found[key]

    def down(self, col: Col, row: int) -> str:
        """The text of a column in a row, or that above it where a column names a thing once."""
        text = self.view.text(row, col.column)
        if text:
            self.carried[col.column] = text
        return text or self.carried.get(col.column, "")

    def place(self, row: int, col: Col) -> Place:
        return self.view.sheet, row, col.column

    def score(self, block: Block, col: Col, row: int, path: Labels, agency: str, source: str, found: Figure) -> None:
        missing = found.value is None
        legend = self.around.legend.get(self.view.grid.rows[row][col.column].look.fill, "")
        known = {"path": path, "agency": col.agency or agency, "source": source, "score": found.value, "text": found.text}
        kept = "number" if not self.view.sheet and found.kept == "text" else found.kept
        place = {"file": self.file, "sheet": self.view.sheet, "cell": self.view.name(row, col.column)}
        column = self.table.column_key(col.column)
        entry = {**known, "kept": kept, "status": found.text if missing else legend, **place, "column": column}
        block.scores.append(entry)
        self.at[self.place(row, col)] = entry
        block.order[path] = None

    def print(self, block: Block, col: Col, row: int, path: Labels, what: str, found: Figure, source: str) -> None:
        place = self.place(row, col)
        cell = self.formulas.cell(place)
        formula = cell.formula if cell else ""
        reads = [p for p in self.formulas.leaves(place) if p[0] == self.view.sheet] if formula else []
        names = " ".join(self.view.name(p[1], p[2]) for p in reads if p in self.at)
        error = found.kept in ("error", "struck")
        exact = 6 if cell is None or cell.look.decimals < 0 else min(cell.look.decimals, 6)
        if found.value is None and not error:
            return
        block.printed.append({
            "path": path, "source": source, "what": what, "printed": found.value, "text": found.text, "cells": names,
            "digits": exact if formula else digits(found), "now": self.formulas.now(place) if formula else None,
            "file": self.file, "sheet": self.view.sheet, "cell": self.view.name(row, col.column),
            "column": self.table.column_key(col.column),
        })  # fmt: skip

    def usual(self) -> None:
        """A table with an indicator in each row."""
        rows = lines(self.table, self.cols, self.formulas)
        self.read = {x.row for x in rows}
        agency, source = self.role.get("agency"), self.role.get("source")
        for line in rows:
            if line.kind == "leaf":
                self._leaf(line, agency, source)
        for line in rows:
            self._weigh(line)
            for col in self.means if line.kind == "leaf" else [*self.scores, *self.means]:
                if found := col.figures.get(line.row):
                    block = self._beside(col, line.row)
                    what = "row" if line.kind == "leaf" else self._what(line)
                    if block:
                        self.print(block, col, line.row, line.path, what, found, col.source or self._base(col, rows) or "")
        self._shares(rows)

    def _what(self, line: Line) -> str:
        sums = _SUMMED.search(normal(self.view.text(line.row, self.role["indicator"].column))) and line.kind == "total"
        return "total" if sums else "sector" if line.path else "index"

    def _leaf(self, line: Line, agency: Col | None, source: Col | None) -> None:
        owner = self.view.text(line.row, agency.column) if agency else self.around.facts.get("agency", "")
        by_row = ""
        if source and (who := self.down(source, line.row)):
            if derived(who):
                self.read.discard(line.row)
                return
            by_row = source_of(who) or "assessor:" + who
        for col in self.scores:
            found = col.figures.get(line.row)
            if found is None and line.row in col.texts:
                found = Figure(None, "unread", col.texts[line.row])
            top = self.view.area(line.row, col.column)
            if found is None and top[0] < line.row and top[0] in col.figures and (block := self.of(col, line.row)):
                cell, column = self.view.name(line.row, col.column), self.table.column_key(col.column)
                place = {"file": self.file, "sheet": self.view.sheet, "cell": cell, "column": column}
                block.dropped.append((place | {"text": col.figures[top[0]].text}, because("past.why.merged", label=line.path[-1])))
            if found is None:
                continue
            block = self.of(col, line.row)
            if block is not None:
                self.score(block, col, line.row, line.path, owner, col.source or by_row or self.around.source or "final", found)
                block.owners.setdefault(line.path, owner)
        if not self.scores and self.means:
            for col in self.means:
                block = self.of(col, line.row)
                if block:
                    block.order[line.path] = None
                    block.owners.setdefault(line.path, owner)

    def _beside(self, col: Col, row: int) -> Block | None:
        """The block that a mean stands in: its header's or row's, else that of the scores it reads or stands behind."""
        if col.when.year or col.when.kind or self.rounds or not self.scores:
            return self.of(col, row)
        left = [c for c in self.scores if c.column < col.column]
        return self.of(left[-1] if left else self.scores[0], row)

    def _base(self, col: Col, rows: list[Line]) -> str:
        """Whose scores a mean's formulas read, where it is of one source alone."""
        if col.column not in self.base:
            seen = Counter(
                frozenset(self.at[p]["source"] for p in self.formulas.leaves(self.place(x.row, col)) if p in self.at)
                for x in rows if x.kind == "leaf"
            )  # fmt: skip
            best = next(iter(seen.most_common(1)), (frozenset(), 0))[0]
            self.base[col.column] = next(iter(best)) if len(best) == 1 else ""
        return self.base[col.column]

    def _weigh(self, line: Line) -> None:
        col = self.role.get("weight")
        found = col.figures.get(line.row) if col and line.kind != "total" else None
        if found and found.value is not None and found.value >= 0:
            for block in self.found.values():
                block.weights.setdefault(line.path, found.value)

    def _shares(self, rows: list[Line]) -> None:
        """Weights of sectors, as the formula of the index has them."""
        nodes = {x.row: x.path for x in rows if x.kind != "leaf" and x.path}
        for line in (x for x in rows if x.kind == "total" and not x.path):
            for col in [*self.means, *self.scores]:
                cell = self.formulas.cell(self.place(line.row, col))
                reads = [p for p in self.formulas.refers(self.place(line.row, col)) if p[1] in nodes]
                block = self._beside(col, line.row) if cell and "*" in cell.formula and reads else None
                for p in reads if block else ():
                    slope = self.formulas.slope(self.place(line.row, col), p)
                    if slope is not None and slope >= 0 and block:
                        block.weights.setdefault(nodes[p[1]], round(slope, 9))

    def items(self) -> None:
        """A table with an indicator in each column: respondents, agencies or rounds go down."""
        agency, source = self.role.get("agency"), self.role.get("source") or self.role.get("code")
        for row in self.table.body:
            text = next((t for c in self.table.columns if _SUM.match(normal(t := self.view.text(row, c)))), "")
            made = any(p[1] != row for c in self.scores for p in self.formulas.refers(self.place(row, c)))
            if not any(row in c.figures for c in self.scores):
                continue
            self.read.add(row)
            who = self.view.text(row, source.column) if source else ""
            by = source_of(who) or (f"assessor:{source.header} {who}" if source and who else self.around.source or "final")
            if by.startswith("assessor") and source and source.role == "code" and (agency or self.rounds):
                by = self.around.source or "final"
            owner = self.view.text(row, agency.column) if agency else ""
            for col in self.scores:
                found, block = col.figures.get(row), self.of(col, row)
                if found is None or block is None:
                    continue
                path = tuple(cleaned(p)[1] for p in col.item)
                if text or made:
                    self.print(block, col, row, path, "total" if _SUMMED.search(normal(text)) else "row", found, "")
                else:
                    self.score(block, col, row, path or col.path, owner, by, found)
            for col in self.means:
                found, block = col.figures.get(row), self.of(None, row)
                if found and block and (text or made or self.rounds) and not (agency and not text):
                    self.print(block, col, row, (), "index", found, "" if text or made or by == "final" else by)


def blocks_of(table: Table, formulas: Formulas, around: Context, file: str) -> tuple[list[Block], list[Col], set[int]]:
    """The rounds of a table, its columns with their roles, and the rows that were read."""
    cols = roles(table, formulas)
    made = _Blocks(table, cols, formulas, around, file)
    if any(c.role == "item" for c in cols):
        made.items()
    else:
        made.usual()
        for col in made.scores:  # a round that is named and has nothing below its name
            if not col.figures and (col.when.year or col.when.kind) and made.found:
                made.of(col, table.body[0])
    out = [b for b in made.found.values() if b.scores or b.printed or (b.named.round and (made.scores or made.means))]
    for block in out:
        block.held = any(s["score"] is not None for s in block.scores) or bool(block.printed)
    return out, cols, made.read


def notes_of(texts: Iterable[str]) -> dict[str, str]:
    """What a sheet's legend says of colours: fill to meaning."""
    out: dict[str, str] = {}
    for text in texts:
        for colour, said in _LEGEND.findall(text):
            for fill in _COLOURS.get(colour.casefold().split("-")[0], ()):
                out[fill] = said.strip()
    return out


_LEGEND = re.compile(
    r"(kuning|merah|hijau|biru|oranye|jingga|abu(?:-abu)?|yellow|red|green|blue|orange|grey|gray)\s*[=:]\s*([^;,.]+)", re.IGNORECASE
)
_COLOURS = {
    **dict.fromkeys(("kuning", "yellow"), ("FFFF00", "FFFF99", "FFF200", "FFFFCC", "FFEB9C", "FFF2CC", "FFC000", "FFD966")),
    **dict.fromkeys(("merah", "red"), ("FF0000", "FF9999", "FFC7CE", "FF6666", "F8CBAD", "C00000", "FFCCCC", "E6B8B7")),
    **dict.fromkeys(("hijau", "green"), ("00FF00", "92D050", "00B050", "C6EFCE", "C6E0B4", "E2EFDA", "A9D08E", "D8E4BC")),
    **dict.fromkeys(("biru", "blue"), ("0000FF", "00B0F0", "0070C0", "BDD7EE", "DDEBF7", "9DC3E6", "B8CCE4", "CCDDFF")),
    **dict.fromkeys(("oranye", "jingga", "orange"), ("FFA500", "FFC000", "F4B084", "FCE4D6", "ED7D31", "FABF8F")),
    **dict.fromkeys(("abu", "grey", "gray"), ("808080", "BFBFBF", "D9D9D9", "A6A6A6", "C0C0C0", "D0CECE")),
}
