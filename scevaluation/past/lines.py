"""The rows of a table: indicators with what is above them, and the rows that sum them up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scevaluation.intake.matching import normal
from scevaluation.past.formula import Formulas
from scevaluation.past.layout import Table
from scevaluation.past.roles import Col, digits

_NUMBER = re.compile(
    r"\s*((?:[A-Z]|[IVX]{1,5}|\d{1,3}|[a-z])(?:\.\d{1,3}|\.[a-zA-Z])*)(?:\s*[.)]\s*|\s+-\s+|\s+(?<=\.\d\s)|\s+(?<=\.\d\d\s))(?=\S)"
)
_ROMAN = re.compile(r"[IVX]+")
HEADED = re.compile(r"\s*[(\[]\s*(?:(?:bobot|weight)\W*(\d+(?:[.,]\d+)?)\s*%?|(\d+(?:[.,]\d+)?)\s*%)\s*[)\]]\s*$", re.IGNORECASE)
_SUMS = (
    "rata rata|rata|rerata|rata2|jumlah|jml|total|sub total|subtotal|average|mean|indeks|index|ikm|nrr|overall|sum|grand total|nilai akhir"
    "|skor akhir"
)
_SUM = re.compile(rf"(?:(?:nilai|skor|score) )?(?:{_SUMS})(?!\w)")
_WHOLE = re.compile(r"(?<!\w)(?:indeks|index|total|overall|grand|akhir|keseluruhan|ikm|semua|seluruh)(?!\w)")
_FILLING = re.compile(
    rf"(?<!\w)(?:{_SUMS}|nilai|skor|score|sektor|domain|dimensi|aspek|bidang|keseluruhan|semua|seluruh|umum|evaluasi|per|of|the"
    r"|smart city|sc|spbe|kabupaten|kota|indikator|unsur|tertimbang|all|unit pelayanan|skm|konversi|hasil|akhir|final|daerah|kab)(?!\w)"
)


@dataclass
class Line:
    """A row: `kind` leaf, parent or total; `path` are the labels from above down, () of the index."""

    row: int
    kind: str
    path: tuple[str, ...]
    code: str = ""


def cleaned(label: str) -> tuple[str, str]:
    """A label's number and the label without it and without the weight that it says.

    >>> cleaned("1.2 Jalan  mantap"), cleaned("A. KESEHATAN (bobot 25%)"), cleaned("Kesehatan (25 %)")
    (('1.2', 'Jalan mantap'), ('A', 'KESEHATAN'), ('', 'Kesehatan'))
    """
    text = HEADED.sub("", " ".join(label.split()))
    found = _NUMBER.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def lines(table: Table, cols: list[Col], formulas: Formulas) -> list[Line]:
    """The rows of a table that hold figures or stand above such, from above; of a table whose columns are indicators, none."""
    return _Rows(table, cols, formulas).read() if any(c.role == "indicator" for c in cols) else []


class _Rows:
    def __init__(self, table: Table, cols: list[Col], formulas: Formulas):
        self.table, self.view, self.formulas = table, table.view, formulas
        self.label = next(c for c in cols if c.role == "indicator")
        self.sectors = [c for c in cols if c.role == "sector"]
        self.code = next((c for c in cols if c.role == "code" and c.column < self.label.column), None)
        self.facts = [c for c in cols if c.role in ("agency", "source")]
        self.down = [c for c in cols if c.role in ("source", "round", "agency")]
        self.scores = [c for c in cols if c.role == "score"]
        self.means = [c for c in cols if c.role == "mean"]
        self.heads = {tuple(self.view.text(r, c) for c in table.columns) for r in table.heads}

    def read(self) -> list[Line]:
        rows = [r for r in self.table.body if tuple(self.view.text(r, c) for c in self.table.columns) not in self.heads]
        self.codes: dict[int, str] = {}
        self.labels: dict[int, str] = {}
        self.ahead: set[int] = set()  # rows whose figures sum up those below
        carried = ""
        for r in rows:
            code, label = cleaned(self._label(r))
            if not label and self._figures(r) and self.down and carried:
                label = carried
            own = self.view.text(r, self.code.column) if self.code else ""
            own = own if own != self._label(r) and len(own) <= 12 else ""
            self.codes[r], self.labels[r] = (own or code).strip().rstrip(".)").strip("("), label
            if label:
                carried = label if self._figures(r) or self._fact(r) else ""
        rows = [r for r in rows if self.labels[r]]
        dotted = self._dotted(rows)
        self.prefixes = {c[: m.start()] for c in (self.codes[r] for r in rows) for m in re.finditer(r"\.", c)} if dotted else set()
        totals = {r for r in rows if self._total(r, rows)}
        rows_left = [r for r in rows if r not in totals]
        self.next: dict[int, int] = {}
        leaf = -1
        for r in reversed(rows_left):
            self.next[r] = leaf
            leaf = r if self._figures(r) else leaf
        parents = {r for r in rows_left if self._heads(r, dotted)}
        leaves = [r for r in rows_left if r not in parents and (self._figures(r) or self._fact(r))]
        out = self._tree(rows, totals, parents, set(leaves), dotted)
        above = {x.path[:n] for x in out if x.kind == "leaf" for n in range(len(x.path))}
        return [x for x in out if x.kind != "parent" or x.path in above]

    def _label(self, r: int) -> str:
        label = self.view.text(r, self.label.column)
        if label or self._figures(r) == 0:
            return label or next((t for c in self.table.columns[:3] if len(t := self.view.text(r, c)) > 3), "")
        return next((t for c in self.table.columns if c < self.label.column and _SUM.match(normal(t := self.view.text(r, c)))), "")

    def _figures(self, r: int) -> int:
        return sum(r in c.figures for c in [*self.scores, *self.means])

    def _fact(self, r: int) -> bool:
        """Whether a row names an agency or a source; one whose own label stands in such a column does not."""
        own = self._label(r)
        return any(c.texts.get(r, own) != own for c in self.facts)

    def _dotted(self, rows: list[int]) -> bool:
        return sum("." in self.codes[r] for r in rows) >= 2

    def _total(self, r: int, rows: list[int]) -> bool:
        figures = [(c, c.figures[r]) for c in [*self.scores, *self.means] if r in c.figures]
        if not figures or (self.codes[r] and self.codes[r] in self.prefixes):
            return False
        reads = [[p for p in self.formulas.refers((self.view.sheet, r, c.column)) if p[0] == self.view.sheet] for c, _ in figures]
        made = [any(p[1] != r for p in found) for found in reads]
        if all(made) and not _SUM.match(normal(self.labels[r])) and all(p[1] >= r for found in reads for p in found):
            self.ahead.add(r)
            return False
        if all(made) or (any(made) and not any(c in self.scores and not m for (c, _), m in zip(figures, made, strict=True))):
            return True
        plain = normal(self.labels[r])
        if not _SUM.match(plain):
            return False
        known = {normal(self.labels[q]) for q in rows if q < r and not self._figures(q)}
        known |= {normal(t) for c in self.sectors for t in c.texts.values()}
        known |= {normal(cleaned(t.rpartition(":")[2])[1]) for t in self.table.titles}  # Dimensi: Smart Living
        rest = " ".join(_FILLING.sub(" ", plain).split())
        area = self.view.area(r, self.label.column)
        if area[3] > area[1] and _WHOLE.search(plain) and not self.codes[r] and not self._fact(r):
            return True  # across the columns that number and name indicators
        if not rest or rest in known or any(rest == " ".join(_FILLING.sub(" ", k).split()) for k in known):
            return True
        return not self._fact(r) and not self.codes[r] and self._adds_up(r, rows)

    def _adds_up(self, r: int, rows: list[int]) -> bool:
        """Whether the figures of a row are the mean or the sum of those above it; one without decimals must be so exactly."""
        told = 0
        for c in [*self.scores, *self.means]:
            found = c.figures.get(r)
            above = [f.value for q in rows if q < r and (f := c.figures.get(q)) and f.value is not None]
            if found is None or found.value is None or len(above) < 3:
                continue
            near = (0.5 * 10.0 ** -digits(found) if digits(found) else 0.0) + 1e-9
            if min(abs(found.value - sum(above)), abs(found.value - sum(above) / len(above))) > near:
                return False
            told += 1
        return told > 0

    def _heads(self, r: int, dotted: bool) -> bool:
        """Whether a row names what stands below it."""
        if r in self.ahead:
            return True
        if dotted and self.codes[r]:
            if self.codes[r] in self.prefixes:
                return True
            if "." in self.codes[r]:
                return False
        leaf = self.next[r]
        if self._figures(r) or self._fact(r) or leaf < 0:
            return False
        text = self.labels[r]
        same = _sort(self.codes[r], text)[0] == _sort(self.codes[leaf], self.labels[leaf])[0]
        area = self.view.area(r, self.label.column)
        wide = area[3] > area[1] or text.isupper() or bool((self.view.cell(r, self.label.column) or _NONE).look.fill)
        return bool(wide or (self.code and not same) or not (self.code or self.facts))

    def _tree(self, rows: list[int], totals: set[int], parents: set[int], leaves: set[int], dotted: bool) -> list[Line]:
        out: list[Line] = []
        stack: list[tuple[str, tuple, str]] = []  # code, sort, label
        columns: dict[int, str] = {}
        before = ""
        for r in rows:
            mine = _sort(self.codes[r], self.labels[r])
            if r in parents:
                stack = self._above(stack, r, mine, before, dotted)
                before = "parent"
                columns.clear()
                out.append(Line(r, "parent", tuple(s[2] for s in stack), self.codes[r]))
            elif r in leaves:
                for n, c in enumerate(self.sectors):
                    text = cleaned(self.view.text(r, c.column))[1]
                    if text and text != columns.get(c.column):
                        columns = {k: v for k, v in columns.items() if k in [s.column for s in self.sectors[:n]]} | {c.column: text}
                above = [s for s in stack if not (dotted and self.codes[r] and s[0] and not self.codes[r].startswith(s[0] + "."))]
                path = (*(s[2] for s in above), *(columns[c.column] for c in self.sectors if c.column in columns), self.labels[r])
                out.append(Line(r, "leaf", path, self.codes[r]))
                before = "leaf"
            elif r in totals:
                out.append(Line(r, "total", self._node(r, out), self.codes[r]))
        return out

    def _above(self, stack: list, r: int, mine: tuple, before: str, dotted: bool) -> list:
        entry = (self.codes[r], mine, self.labels[r])
        if dotted and self.codes[r]:
            return [*(s for s in stack if s[0] and self.codes[r].startswith(s[0] + ".")), entry]
        at = next((n for n, s in enumerate(stack) if s[1] == mine), None)
        if at is not None:
            return [*stack[:at], entry]
        return [*stack, entry] if before == "parent" else [entry]

    def _node(self, r: int, out: list[Line]) -> tuple[str, ...]:
        """Which node a row sums up."""
        leaves = [x for x in out if x.kind == "leaf"]
        above = list(dict.fromkeys(x.path[:n] for x in leaves for n in range(1, len(x.path))))
        rest = " ".join(_FILLING.sub(" ", normal(self.labels[r])).split())
        for path in above:
            if rest and rest in (normal(path[-1]), " ".join(_FILLING.sub(" ", normal(path[-1])).split())):
                return path
        cells = [p for c in [*self.scores, *self.means] for p in self.formulas.leaves((self.view.sheet, r, c.column))]
        read = {p[1] for p in cells if p[0] == self.view.sheet}
        covered = [x.path for x in leaves if x.row in read]
        if covered:
            common = covered[0][:-1]
            while common and any(p[: len(common)] != common for p in covered):
                common = common[:-1]
            return common
        done = {x.path for x in out if x.kind == "total"}
        mine = leaves[-1].path[:-1] if leaves else ()
        if _WHOLE.search(normal(self.labels[r])) or mine in done:
            return ()
        for scope in (mine, ()):
            if self._adds_up(r, [x.row for x in leaves if x.path[: len(scope)] == scope]):
                return scope
        others = {x.path[:-1] for x in leaves} - {mine}
        return () if others and not others & done else mine


def _sort(code: str, label: str) -> tuple[str, bool]:
    """Of which sort a row's number is, and whether its label is in capitals."""
    bare = code.partition(".")[0]
    known = (("none", not bare), ("number", bare.isdigit()), ("roman", _ROMAN.fullmatch(bare)), ("upper", bare.isupper()))
    return next((sort for sort, holds in known if holds), "lower"), label.isupper()


class _NoLook:
    class look:
        fill = ""


_NONE = _NoLook()
