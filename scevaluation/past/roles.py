"""What each column of a table holds, by the words of its header and by what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from scevaluation.intake.matching import normal
from scevaluation.past.formula import Formulas
from scevaluation.past.found import because
from scevaluation.past.layout import Figure, Table
from scevaluation.past.terms import OFFICE, When, holds, said_unused, source_of, targeted, term, when


@dataclass
class Col:
    """A column; `role` is one of PAST_COLUMNS, "text" while it is not told, or "item" of one that is an indicator itself."""

    column: int
    path: tuple[str, ...]
    figures: dict[int, Figure]
    texts: dict[int, str]
    role: str = ""
    source: str = ""
    agency: str = ""
    when: When = field(default_factory=When)
    sure: bool = True
    why: str = ""

    @property
    def header(self) -> str:
        """Its header, the rows joined."""
        return "/".join(self.path)

    @property
    def numbers(self) -> list[float]:
        """Its numbers."""
        return [f.value for f in self.figures.values() if f.value is not None]

    @property
    def item(self) -> tuple[str, ...]:
        """What its header names beside rounds and what other headers name: an indicator, and what is above it."""
        return tuple(p for p in self.path if not (term(p) or when(p).year or when(p).kind))

    @property
    def word(self) -> str:
        """The role that its header names."""
        return next((t for p in reversed(self.path) if (t := term(p))), "")


def roles(table: Table, formulas: Formulas) -> list[Col]:
    """The columns of a table with their roles; none is an indicator's name if the table has none."""
    view = table.view
    out = []
    for c in table.columns:
        figures = {r: f for r in table.body if (f := view.figure(r, c)) is not None}
        texts = {r: t for r in table.body if r not in figures and view.area(r, c)[:2] == (r, c) and (t := view.text(r, c))}
        out.append(Col(c, table.paths[c], figures, texts))
    scored = any(c.word == "score" for c in out)
    for col in out:
        _first(table, formulas, col, scored)
    _label(out)
    if not any(c.role == "indicator" for c in out):  # an indicator in each column, whose name may begin like a mean's
        for col in out:
            if col.role == "mean" and not any(term(p) == "mean" for p in col.path) and not _worked_out(table, formulas, col):
                col.role = "score"
    _scores(table, out)
    _derived(out)
    parts = [c for c in out if c.role == "score" and c.when.kind in ("S", "Q")]
    finer = {c.when.year for c in parts}
    over = [c for c in out if c.role == "mean" and not (c.when.kind or c.when.year)]  # one mean behind several rounds is of them all
    behind = len(over) == 1 and len({c.when[:3] for c in parts}) > 1 and all(c.column < over[0].column for c in parts)
    for col in out:
        if col.role == "mean" and ((col.when.kind == "Y" and col.when.year in finer) or (behind and col is over[0])):
            col.role, col.why = "unused", because("past.why.column_rounds", header=col.header)
    return out


def _first(table: Table, formulas: Formulas, col: Col, scored: bool) -> None:
    """The role of a column by itself."""
    word, numbers = col.word, col.numbers
    col.when = when(" ".join(col.path))
    col.why = because("past.why.column_header", header=col.header or "-")
    named = col.when.kind or source_of(col.header)
    mostly = len(col.texts) > len(col.figures)
    if not numbers and (not col.figures or (col.texts and not named) or (mostly and holds(col.header, "indicator"))):
        _textual(col)
        return
    if len(col.texts) > 2 * len(numbers) + 2 and word not in ("score", "weight", "mean") and not named:
        _textual(col)
        return
    serial = len(numbers) >= 2 and numbers == [numbers[0] + n for n in range(len(numbers))] and numbers[0] in (0, 1)
    years = bool(numbers) and all(2000 <= n < 2050 and n == int(n) for n in numbers)
    if word in ("code", "indicator", "sector", "agency") or (serial and not named and (not word or (word == "score" and len(numbers) > 3))):
        col.role = "code"
    elif word == "source" and (serial or not numbers or (scored and len(col.path) == 1)):
        col.role = "source"
    elif (years and word in ("round", "")) or (numbers and word == "round" and not col.when.year and set(numbers) <= {1, 2, 3, 4}):
        col.role = "round"
    elif said_unused(col.header) or (
        col.path and (targeted(col.path[-1]) or (holds(col.path[-1], "note") and not holds(col.path[-1], "score")))
    ):
        col.role = "unused"  # "jangan dipakai", or a count of documents
    elif any(term(p) == "mean" for p in col.path) or (holds(col.header, "mean") and not _said(col)):
        col.role, col.why = "mean", because("past.why.column_mean", header=col.header)
    elif word == "weight" or (word in ("", "unused") and holds(col.header, "weight")):
        col.role = "weight"
    elif word in ("unused", "note", "status") or (holds(col.header, "unused") and word != "score" and not named):
        col.role = "unused" if word == "" else word
    elif _worked_out(table, formulas, col):
        col.role, col.why = "mean", because("past.why.column_formula", header=col.header or "-")
    else:
        col.role = "score"


def _said(col: Col) -> bool:
    """Whether a header with a word of sums names a round or a source beside it, as one of an index does not."""
    return bool(source_of(col.path[-1]) and not holds(col.path[-1], "mean")) if col.path else False


def _textual(col: Col) -> None:
    texts = list(col.texts.values())
    if not texts:
        known = ("score", "weight", "mean", "unused", "")
        col.role = "score" if col.when.year and col.word in ("score", "round", "") else "unused" if col.word in known else col.word
        col.role = "score" if source_of(col.header) and col.word != "note" and not holds(col.header, "mean") else col.role
        return
    share = len(texts) / 2
    rounds = sum(bool(when(t).year or when(t).kind) for t in texts)
    if col.word in ("indicator", "sector", "agency", "note", "status", "source", "code"):
        col.role = col.word
    elif rounds > share or (col.word == "round" and max(map(len, texts)) < 20):
        col.role = "round"
    elif col.word in ("mean", "score", "unused", "weight"):
        col.role = "unused"
    elif not holds(col.header, "indicator") and sum(bool(OFFICE.match(normal(t))) for t in texts) > share:
        col.role, col.why = "agency", because("past.why.column_offices", header=col.header or "-")
    elif (told := sum(bool(source_of(t)) for t in texts)) > 0.8 * share and told + sum(map(derived, texts)) > 1.6 * share:
        col.role, col.why = "source", because("past.why.column_sources", header=col.header or "-")
    elif holds(col.header, "agency") or holds(col.header, "note"):
        col.role = "agency" if holds(col.header, "agency") else "note"
    else:
        col.role = "text"


def derived(text: str) -> bool:
    """Whether a row's source is none, but names a difference or a mean of others."""
    return not source_of(text) and (holds(text, "unused") or holds(text, "mean"))


def _label(cols: list[Col]) -> None:
    """One column names the indicators; others that could do so name what is above them, or explain."""

    def kinds(role: str) -> list[Col]:
        return [c for c in cols if c.role == role]

    def distinct(col: Col) -> int:
        return len({normal(t) for t in col.texts.values()})

    named = kinds("indicator") or [c for c in kinds("text") if len(c.texts) > 1] or kinds("sector")
    if not named:
        return
    label = max(named, key=lambda c: (distinct(c), -c.column))
    for col in kinds("indicator"):
        if col is not label:
            col.role = "sector" if distinct(col) < distinct(label) else "note"
    for col in kinds("text"):
        above = col is not label and col.column < label.column and 1 < 2 * distinct(col) <= distinct(label) and not col.word
        col.role = "sector" if above else "note"
    label.role = "indicator"


def _scores(table: Table, cols: list[Col]) -> None:
    """Whose scores the columns of scores hold."""
    label = any(c.role == "indicator" for c in cols)
    scores = [c for c in cols if c.role == "score"]
    parents = [c.path[:-1] for c in scores]
    sided = any(c.role in ("source", "agency", "round", "code") for c in cols)
    open_ones = [c for c in scores if not (c.when.kind or source_of(c.header) or c.word == "score")]
    for col in scores:
        last = col.path[-1] if col.path else ""
        office = next((p for p in reversed(col.path) if OFFICE.match(normal(p)) and not term(p)), "")
        alone = parents.count(col.path[:-1]) == 1
        said = [(p, s) for p in reversed(col.path) if (s := source_of(p)) and not (term(p) == "source" and s.startswith("assessor"))]
        source = next((s for p, s in said if s and (p == last or alone or not s.startswith("assessor"))), "")
        above = any(term(p) in ("score", "source") or source_of(p) for p in col.path[:-1])
        if not label and not source and col.item and (len(scores) > 1 or sided):
            col.role, col.why = "item", because("past.why.column_item", header=col.header)
        elif source:
            col.source = source
        elif office:
            col.source, col.agency = "final", last
        elif col.word == "source" or (above and not alone and not term(last) and not (when(last).kind or when(last).year)):
            col.source = "assessor:" + last
        elif not (col.when.kind or col.when.year or col.word == "score") and any(c.when.year for c in scores):
            col.role, col.why = "unused", because("past.why.column_no_round", header=col.header or "-")
        elif not (col.when.kind or col.when.year or col.word == "score"):
            col.source = "final" if len(open_ones) == 1 and len(scores) == 1 else "assessor:" + (last or table.column_key(col.column))
            col.sure, col.why = False, because("past.why.column_numbers", header=col.header or "-")
    if not label:
        for col in (c for c in scores if c.role == "score"):
            col.role = "unused"
    _once(scores)


def _once(scores: list[Col]) -> None:
    """Of two columns that would hold the same score, the one that says so, or else the first, is proposed; the user is asked."""
    kept: dict[tuple, Col] = {}
    for col in sorted((c for c in scores if c.role == "score"), key=lambda c: (not source_of(c.header), c.column)):
        first = kept.setdefault((col.when.round, col.when.part, col.agency, col.source or "final"), col)
        if first is not col:
            col.role = "unused"
            for one, other in ((first, col), (col, first)):
                one.sure, one.why = False, because("past.why.column_twice", header=one.header, other=other.header)


def _worked_out(table: Table, formulas: Formulas, col: Col) -> bool:
    """Whether most of a column's figures are formulas that read other cells."""
    sheet = table.view.sheet
    made = [r for r in col.figures if any(p[1:] != (r, col.column) for p in formulas.refers((sheet, r, col.column)))]
    return 2 * len(made) > len(col.figures)


def _derived(cols: list[Col]) -> None:
    """A typed column that is the mean of two or more others is no score."""
    scores = [c for c in cols if c.role == "score"]
    for col in [c for c in scores if c.source in ("", "final")]:
        others = [c for c in scores if c is not col and c.when == col.when and c.agency == col.agency]
        if len(others) < 2:
            continue
        told = agreed = 0
        for row, found in col.figures.items():
            values = [f.value for c in others if (f := c.figures.get(row)) and f.value is not None]
            if found.value is None or len(values) < 2 or len(set(values)) == 1:
                continue
            told += 1
            agreed += abs(found.value - sum(values) / len(values)) <= 0.5 * 10.0 ** -digits(found) + 1e-9
        if told >= 3 and agreed >= 0.9 * told:
            col.role, col.source, col.why = "mean", "", because("past.why.column_arithmetic", header=col.header)


def digits(found: Figure) -> int:
    """Decimals that a figure is shown with."""
    bare = found.text.rstrip("%").replace(",", ".")
    return min(len(bare.partition(".")[2].rstrip()), 6)
