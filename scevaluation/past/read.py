"""Read an office's old workbooks: every sheet of each, whatever its layout, to what was found in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path

from scevaluation.errors import IntakeError
from scevaluation.frames.past import PAST_COLUMNS, PAST_INDICATORS, PAST_PRINTED, PAST_ROUNDS, PAST_SCORES, PAST_UNUSED
from scevaluation.grid.book import kind_of, read_book
from scevaluation.grid.cell import Cell, Grid
from scevaluation.grid.files import read_bytes, refused
from scevaluation.grid.limits import Refused
from scevaluation.grid.sheet import Budget
from scevaluation.grid.text import decode
from scevaluation.grid.text import lines as text_lines
from scevaluation.intake.matching import normal
from scevaluation.issues import clean_text, issue, refusal
from scevaluation.past.blocks import Block, blocks_of, context, notes_of
from scevaluation.past.formula import Formulas
from scevaluation.past.found import Found, because
from scevaluation.past.gather import gathered
from scevaluation.past.generations import Generation, code_of, generations, indicators
from scevaluation.past.layout import Table, View, tables
from scevaluation.past.prove import prove
from scevaluation.past.roles import Col
from scevaluation.past.terms import NOT_HELD, Scale, scales, when
from scevaluation.past.weights import Said, said_in, weighed
from scevaluation.period import PARTS, Period

_KINDS = {c: c for c in ("indicator", "code", "sector", "agency", "weight", "score", "source", "round", "mean", "status", "note", "unused")}
_NONE = float("nan")
_MOST = 400  # texts that are listed of one sheet


def read(files: Iterable[Path]) -> Found:
    """What workbooks, pages and text tables say of past rounds; nothing is taken.

    Parameters
    ----------
    files : iterable of Path
        .xlsx, .ods, .csv and what else the reader of received files knows; each name once.

    Returns
    -------
    Found
        With `printed` proved. What is not sure is marked so, with its alternatives.

    Raises
    ------
    IntakeError
        With a row of ISSUES for every file that cannot be read, holds no table of scores, or contradicts itself.
    """
    reader = _Reader()
    for path in files:
        reader.file(Path(path))
    return reader.found()


class _Reader:
    def __init__(self) -> None:
        self.issues: list[dict] = []
        self.blocks: list[Block] = []
        self.columns: list[dict] = []
        self.unused: dict[tuple[str, str, str], dict] = {}
        self.scales: list[Scale] = []
        self.names: set[str] = set()
        self.weights: dict[tuple[str, str], Said] = {}

    def file(self, path: Path) -> None:
        """One file; what is wrong with it is kept."""
        name = clean_text(path.name, 120)
        if name in self.names:
            self.issues.append(issue(name, "", "past_same_name", "error", remedy="past_rename"))
            return
        self.names.add(name)
        try:
            grids = _grids(read_bytes(path, IntakeError), path.name)
        except IntakeError as error:
            self.issues += error.issues or [issue(name, "", "file_no_workbook", "error", remedy="send_again")]
            return
        views = {g.sheet: View(g, name) for g in grids}
        formulas, before = Formulas(views), len(self.blocks)
        found = [(view, tables(view)) for view in views.values()]
        alone = sum(bool(t) for _, t in found) == 1
        for view, mine in found:
            self.weights[name, view.sheet] = said_in(view)
            self._sheet(view, mine, formulas, alone)
        if not any(b.scores or b.printed for b in self.blocks[before:]):
            filled = any(v.rows for v in views.values())
            self.issues.append(issue(name, "", "past_no_table" if filled else "empty_file", "error", remedy="past_table"))

    def _sheet(self, view: View, mine: list[Table], formulas: Formulas, alone: bool) -> None:
        texts = {(r, c): view.text(r, c) for r in view.rows for c in view.own(r)}
        words = [t for (r, c), t in texts.items() if view.grid.rows[r][c].kind == "text"]
        said = [s for t in words for s in scales(t)]
        self.scales += said
        legend, read = notes_of(words), set[int]()
        first = len(self.blocks)
        for table in mine:
            around = context(table, view.file, alone, legend)
            blocks, cols, rows = blocks_of(table, formulas, around, view.file)
            read |= rows | set(table.heads)
            for block in blocks:
                if len(mine) == 1:
                    block.scales += said
                self.blocks.append(block)
            self._columns(table, cols, rows)
        if not mine and any(NOT_HELD.search(t.casefold()) for t in words):
            self._not_held(view, words)
        for place, text in list(view.grid.comments.items())[:_MOST]:
            self._unused(view, view.name(*place), text, because("past.why.comment"))
        for (r, c), text in list(texts.items())[:20_000]:
            if r not in read and len(self.unused) < _MOST * max(1, len(self.names)):
                self._unused(view, view.name(r, c), text, because("past.why.beside"))
        self._looks(view, legend, read, {s["cell"] for b in self.blocks[first:] for s in b.scores})
        for block in self.blocks[first:]:
            if view.grid.hidden:
                block.use, block.sure, block.because = bool(block.round), False, because("past.why.hidden", sheet=view.sheet)

    def _not_held(self, view: View, words: list[str]) -> None:
        from scevaluation.past.blocks import name_of

        named = name_of([("sheet", view.sheet, ""), *(("title", t, "") for t in words if when(t).year)])
        if named.round:
            self.blocks.append(Block(view.file, view.sheet, named, held=False))

    def _columns(self, table: Table, cols: list[Col], rows: set[int]) -> None:
        view = table.view
        for col in cols:
            role = "score" if col.role == "item" else _KINDS.get(col.role, "unused")
            place = {"file": view.file, "sheet": view.sheet, "column": table.column_key(col.column)}
            self.columns.append(place | {"header": col.header, "role": role, "source": col.source, "sure": col.sure, "why": col.why})
            if role in ("note", "status", "unused"):
                for r, text in [*col.texts.items(), *((r, f.text) for r, f in col.figures.items())][:_MOST]:
                    why = because("past.why.column_unused" if role == "unused" else "past.why.note")
                    self._unused(view, view.name(r, col.column), text, why)

    def _looks(self, view: View, legend: dict[str, str], read: set[int], scores: set[str]) -> None:
        """Colours of scores that no legend explains, and rows that are hidden."""
        fills: dict[str, list[str]] = defaultdict(list)
        for r in read:
            for c, cell in view.grid.rows.get(r, {}).items():
                fill = cell.look.fill
                if fill and fill != "FFFFFF" and fill not in legend and view.name(r, c) in scores:
                    fills[fill].append(view.name(r, c))
        for fill, cells in fills.items():
            self._unused(view, " ".join(cells), f"#{fill}", because("past.why.colour", n=len(cells)))
        hidden = sorted(view.grid.hidden_rows & read)
        if hidden:
            self._unused(view, " ".join(str(r + 1) for r in hidden), "", because("past.why.hidden_rows", n=len(hidden)))

    def _unused(self, view: View, cell: str, text: str, why: str) -> None:
        row = {"file": view.file, "sheet": view.sheet, "cell": cell, "text": clean_text(text, 300), "why": why}
        first = self.unused.setdefault((view.file, view.sheet, cell), row)
        if first is not row and row["text"] not in first["text"]:
            first["text"] = clean_text(f"{first['text']}; {row['text']}", 600)

    def found(self) -> Found:
        """What all files say together."""
        numbers = count(1)
        for block in self.blocks:
            block.id = f"r{next(numbers):02d}"

        def problem(score: dict, what: str, found: str) -> None:
            place = f"{score['sheet']}!{score['cell']}" if score["sheet"] else score["cell"]
            self.issues.append(issue(score["file"], place, what, "error", found, remedy="past_one"))

        if not self.issues:
            gathered(self.blocks, problem)
            weighed(self.blocks, self.weights)
        if not self.blocks and not self.issues:
            self.issues.append(issue("", "", "past_no_table", "error", remedy="past_table"))
        if self.issues:
            raise refusal(IntakeError, self.issues)
        everywhere = list(dict.fromkeys(self.scales))
        made = generations(self.blocks, everywhere)
        of = {g.id: g for g in made}
        rounds = self._rounds(of)
        scores, printed = self._rows(of)
        found = Found(
            PAST_ROUNDS.of(rounds), PAST_COLUMNS.of(self._patched()), PAST_INDICATORS.of(indicators(made)), PAST_SCORES.of(scores),
            PAST_PRINTED.of(printed), PAST_UNUSED.of(list(self.unused.values())),
        )  # fmt: skip
        return replace(found, printed=prove(found)).checked()

    def _rounds(self, of: dict[str, Generation]) -> list[dict]:
        rows = []
        kinds = {Period(b.round).kind for b in self.blocks if b.round} - {"Y"}
        seen: set[str] = set()
        order = sorted(self.blocks, key=lambda b: (Period(b.round or "2099"), not (b.use and b.held), b.id))
        for b in order:
            g = of.get(b.generation)
            ends = g.ends if g else None
            sure, why, others = b.named.sure and b.sure, b.because or b.named.why, [*b.named.alternatives, *b.others]
            if not b.named.sure:
                why = b.named.why
            if b.round and kinds and Period(b.round).kind == "Y" and (b.use or not b.sure):
                kind = min(kinds)
                sure, why = False, because("past.why.round_year", said=b.named.said)
                others = [f"{b.round}-{kind}{n}" for n in range(1, PARTS[kind] + 1)]
            if ends and g and g.id not in seen and b.use:
                seen.add(g.id)
                if not ends.sure:
                    sure, why, others = False, ends.why if sure else why, [*others, *ends.others]
            percent = any(s["kept"] == "percent" for s in b.scores)
            said = "" if not percent else "points" if not ends or ends.high >= 100 else "fraction" if ends.high <= 1 else "points"
            if percent and ends and 1 < ends.high < 100:
                sure, why, others = False, because("past.why.percent_scale"), [*others, "percent=fraction"]
            if not b.use and not b.sure:
                others = [*others, "use=yes"]
            elif b.use and not b.sure and not others:
                others = [*others, "use=no"]
            rows.append({
                "block": b.id, "file": b.file, "sheet": b.sheet, "cell": b.named.cell, "said": b.named.said, "round": b.round,
                "held": b.held, "level": b.level, "instrument": b.generation, "low": ends.low if ends else _NONE,
                "high": ends.high if ends else _NONE, "percent": said, "use": b.use and b.held, "sure": sure, "why": why,
                "alternatives": "|".join(dict.fromkeys(others)),
            })  # fmt: skip
        return self._gaps(rows)

    def _gaps(self, rows: list[dict]) -> list[dict]:
        """Rounds between others of which nothing was found."""
        known = sorted({Period(r["round"]) for r in rows if r["round"]})
        if not known or len({p.kind for p in known}) > 1:
            return rows
        numbers, n = {p.number for p in known}, count(1)
        for missing in sorted(set(range(min(numbers), max(numbers))) - numbers):
            before = max(p for p in known if p.number < missing)
            row = next(r for r in rows if r["round"] == str(before))
            gap = str(before + (missing - before.number))
            empty = dict.fromkeys(("sheet", "cell", "said", "instrument", "percent", "alternatives"), "")
            gone = {"block": f"g{next(n):02d}", "round": gap, "held": False, "low": _NONE, "high": _NONE, "use": False, "sure": True}
            rows.append(row | empty | gone | {"why": because("past.why.gap")})
        return rows

    def _rows(self, of: dict[str, Generation]) -> tuple[list[dict], list[dict]]:
        scores, printed = [], []
        for b in self.blocks:
            g = of.get(b.generation)
            for s in b.scores:
                code = code_of(g, b, s["path"]) if g else ""
                if s["score"] is None and s["kept"] in ("unread", "error", "struck"):
                    self._note(s, because("past.why.not_number"))
                if not code:
                    if s["score"] is not None:
                        self._note(s, because("past.why.no_indicator", label=s["path"][-1]))
                    continue
                written = b.spelt.get(s["path"], s["path"])
                if written[-1] != s["path"][-1] and normal(written[-1]) != normal(s["path"][-1]):
                    self._note(s | {"text": s["path"][-1]}, because("past.why.spelling", label=written[-1]))
                kept = s["kept"] if s["kept"] in ("number", "text", "percent") else ""
                value = _NONE if s["score"] is None else s["score"]
                row = s | {"block": b.id, "code": code, "kept": kept, "score": value}
                scores.append({c: row[c] for c in PAST_SCORES.columns})
            for s, why in b.dropped:
                self._note(s, why)
            for p in b.printed:
                code = code_of(g, b, p["path"]) if g else ""
                if not code:
                    self._note(p, because("past.why.no_indicator", label=(p["path"] or ("-",))[-1]))
                    continue
                made = {"how": "", "found": _NONE, "agrees": False, "why": "", "block": b.id, "code": code}
                made |= {k: _NONE if p[k] is None else p[k] for k in ("printed", "now")}
                printed.append({c: (p | made)[c] for c in PAST_PRINTED.columns})
        return scores, printed

    def _note(self, row: dict, why: str) -> None:
        place = {"file": row["file"], "sheet": row["sheet"], "cell": row["cell"], "text": row["text"], "why": why}
        self.unused.setdefault((row["file"], row["sheet"], row["cell"]), place)

    def _patched(self) -> list[dict]:
        """The columns with what the gathering of all files settled."""
        rows = {(r["file"], r["sheet"], r["column"]): r for r in self.columns}
        for b in self.blocks:
            for column in {s["column"] for s in [*b.scores, *(s for s, _ in b.dropped)]}:
                row = rows[b.file, b.sheet, column]
                if b.promoted:
                    row |= {"role": "score", "source": "final", "why": because("past.why.only_means")}
                if b.renamed:
                    row |= {"source": b.renamed, "sure": False, "why": because("past.why.sheet_assessor", sheet=b.sheet)}
                row["sure"] = bool(row["sure"] or (b.confirmed and row["source"].startswith("assessor")))
        return self.columns


def _grids(raw: bytes, name: str) -> tuple[Grid, ...]:
    """The sheets of a file; of a text table one without a name."""
    if kind_of(raw, name) != "text":
        return read_book(raw, name).grids
    try:
        rows, budget = {}, Budget()
        for n, (_, cells) in enumerate(text_lines(decode(raw))):
            rows[n] = {c: Cell(t, "text") for c, t in enumerate(cells) if t.strip()}
            budget.take(len(rows[n]))
    except Refused as error:
        raise refused(error, name, IntakeError) from error
    return (Grid("", {n: cells for n, cells in rows.items() if cells}),)


