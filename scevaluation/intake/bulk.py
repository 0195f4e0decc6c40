"""A table in text: millions of lines in the project's own columns are read in seconds; what is odd goes the way of every cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter

from scevaluation.errors import IntakeError
from scevaluation.frames import SCORES, STATUSES
from scevaluation.grid import text as texts
from scevaluation.grid.cell import Cell, Grid
from scevaluation.grid.files import refused
from scevaluation.grid.limits import CELLS, Refused
from scevaluation.grid.table import text_of
from scevaluation.intake.form import Change, Form, refuse
from scevaluation.intake.header import DEEPEST, Header
from scevaluation.intake.lines import ACTIVE, DASHES, LONGEST, TOTALS, Line
from scevaluation.intake.matching import normal
from scevaluation.intake.scores import LONG
from scevaluation.issues import clean_text

_ASSESSOR = re.compile(r"assessor:[A-Z0-9._-]{1,30}").fullmatch
_PLAIN = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?").fullmatch
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9/_.-]{3,500}").fullmatch
_QUALITIES, _COUNTED, _SILENT = frozenset(("", "A", "B", "C")), frozenset(("", "scored", "inferred")), frozenset(STATUSES[1:4])
_OF_SCORES = ("unit_dropped", "number_tidied")  # named together with a change of a score: what else is named is of another cell
MOST_ERRORS = 5_000


class TextTable:
    """The lines of a table in text: `head` its first ones, `cut` whether the last has no end, `last` number and cells of the last read."""

    def __init__(self, raw: bytes, name: str):
        self.name = name
        self.last: tuple[int, list[str]] = 0, []
        self.text = text_of(raw, name, IntakeError)
        self.cut = texts.unended(self.text)
        self.mark = texts.separator(self.text)
        self.head = Grid("", {n - 1: cells_of(row) for n, row in islice(self.lines(), DEEPEST)})

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Lines that hold anything, with their numbers."""
        try:
            for found in texts.lines(self.text, self.mark):
                if "!" <= found[1][0][:1] <= "~" or any(map(str.strip, found[1])):
                    self.last = found
                    yield found
        except Refused as why:
            raise refused(why, self.name, IntakeError) from why

    def grid(self) -> Grid:
        """All its lines as cells; refused if they are too many for a table that is not in the project's own columns."""
        rows, count = {}, 0
        for number, row in self.lines():
            rows[number - 1] = cells_of(row)
            count += len(rows[number - 1])
            if count > CELLS:
                raise refuse(self.name, "many_cells", CELLS, "", "fewer_cells")
        return Grid("", rows)

    def read(self, form: Form, header: Header, place: dict[str, int]) -> int:
        """Read lines in the project's own columns; how many hold anything. After too many errors the rest is left unread."""
        quick, filled = _Quick(form, place, max(header.text) + 1), 0
        for number, row in self.lines():
            if number <= header.data:
                continue
            filled += 1
            if not quick.take(number, row):
                quick.slowly(number, row, header)
                if form.errors > MOST_ERRORS:
                    form.issue(f"line {number}", "given_up", "error", MOST_ERRORS, "", "correct_first")
                    break
        return filled


def cells_of(row: list[str]) -> dict[int, Cell]:
    """A line's cells that hold anything, by column."""
    return {c: Cell(v, "text") for c, v in enumerate(row) if v and not v.isspace()}


class _Quick:
    """Lines whose cells were all read before are taken at once; the others teach it, or are named.

    `known` holds ids by field and text, `sources` a text's source with what was logged of it, `scores` a text's number with what was
    logged and named of it.
    """

    def __init__(self, form: Form, place: dict[str, int], width: int):
        self.form, self.place, self.width = form, place, width
        exact = ((form.instrument.leaves, form.indicators), ((a.id for a in form.programme.agencies), form.agencies))
        paths, agencies = (
            {i: i for i in ids if names.get(key := normal(i)) == i and key not in TOTALS} for ids, names in exact
        )
        self.known: dict[str, dict[str, str]] = {"indicator": paths, "agency": {"": "", **agencies}}
        self.scores: dict[str, tuple] = {}
        self.sources: dict[str, tuple] = {}
        columns = [place.get(c, width) for c in ("indicator", "agency", "source", "score", "status", "evidence", "quality")]
        self.pick = itemgetter(*columns)
        self.origin = [place.get(c, width) for c in ("file", "cell")] if form.own and "file" in place else []
        self.full = max(columns + self.origin) < width
        asks = bool(form.owned) or "agency" not in place or form.facts.get("agency") is not None
        plain = {"region": form.programme.region, "round": form.round, "status": "scored", "file": form.name, "score": None}
        self.row = {name: plain.get(name, "") for name in SCORES.columns}
        self.off = asks or form.instrument.scale.high >= LONG or bool(form.instrument.measured)

    def take(self, number: int, row: list[str]) -> bool:
        """Whether the line was taken."""
        width, form, known = self.width, self.form, self.known
        if self.off or len(row) > width:
            return False
        cells = row if len(row) == width and self.full else row + [""] * (width + 1 - len(row))
        path, agency, source, score, status, evidence, quality = self.pick(cells)
        path, agency = known["indicator"].get(path), known["agency"].get(agency)
        source, renamed = (source, None) if _ASSESSOR(source) else self.sources.get(source, (None, None))
        if path is None or agency is None or source is None:
            return False
        if (evidence and not _NAME(evidence) and not _inert(evidence)) or quality not in _QUALITIES:
            return False
        found = self.scores.get(score) or self._plain(score)
        if found is None or status not in (_COUNTED if score else _SILENT):
            return False
        value, changed, problem = found
        cell = f"line {number}"
        if renamed:
            form.log.append(Change(cell, *renamed))
        if problem:
            form.log.append(Change(cell, *changed))
            form.issue(cell, *problem)
        file, at = [clean_text(cells[c], 200) for c in self.origin] if self.origin else ("", "")
        kept = self.row.copy()  # quicker than a new dict of eleven
        kept["indicator"], kept["agency"], kept["source"], kept["score"], kept["cell"] = path, agency, source, value, cell
        if status:
            kept["status"] = status
        if evidence and source[:9] != "assessor:":
            kept["evidence"] = evidence
        if quality:
            kept["quality"] = quality
        if file:
            kept["file"], kept["cell"] = file, at
        form.rows.append(kept)
        form.seen.add(path)
        return True

    def _plain(self, score: str) -> tuple | None:
        """A score that stands as a number is written, or that is not there; None for any other text."""
        if not score or _PLAIN(score):
            self.scores[score] = float(score) if score else None, None, None
        return self.scores.get(score)

    def slowly(self, number: int, row: list[str], header: Header) -> None:
        """Read a line cell by cell; what its cells were read as is known from now on."""
        form, cells = self.form, cells_of(row)
        log, rows, count = len(form.log), len(form.rows), sum(form.kinds.values())
        if cells and max(cells) >= self.width:
            form.issue(f"line {number}", "row_too_long", "error", max(cells) + 1, self.width, "quote_commas")
        Line(form, Grid(""), number - 1, cells, self.place).read(header, ["score"])
        if len(form.rows) != rows + 1:
            return
        new, named = {c.field: c[1:] for c in form.log[log:]}, sum(form.kinds.values()) - count
        scored = "score" in new and named == 1 and form.latest[0] in _OF_SCORES and form.latest[1] != "error"
        if len(new) < len(form.log) - log or new.keys() - {"score", "source"} or named != scored or ("score" in new) != scored:
            return
        texts = dict(zip(("source", "score"), self.pick(row + [""] * (self.width + 1 - len(row)))[2:4], strict=True))
        if scored:
            self.scores[texts["score"]] = form.rows[-1]["score"], new["score"], form.latest
        self.sources[texts["source"]] = form.rows[-1]["source"], new.get("source")
        for field, ids in self.known.items():
            at = self.place.get(field, self.width)
            ids[row[at] if at < len(row) else ""] = form.rows[-1][field]


def _inert(text: str) -> bool:
    """Whether a text may stand as it is."""
    if len(text) > LONGEST or text[0] in ACTIVE or text in DASHES or not text.isprintable():
        return False
    return text == text.strip() and "  " not in text and not (len(text) < 4 and text[-1].isdigit())
