"""What is collected while a form is read: rows, what was changed, what is wrong; and the questions it asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from scevaluation.errors import IntakeError
from scevaluation.grid.cell import Cell, Grid
from scevaluation.instrument import Instrument
from scevaluation.intake.cells import thousands_of, written
from scevaluation.intake.levels import level_names
from scevaluation.intake.matching import Match, match, normal
from scevaluation.intake.matching import written as names_of
from scevaluation.issues import clean_text, issue, refusal
from scevaluation.programme import Programme
from scevaluation.region import region_doubt, region_of

Yes = Callable[[str, str, str], bool]
SHEET, COVER = "Skor", "Sampul"
COLUMNS = ("indicator", "agency", "source", "score", "status", "evidence", "quality")
ORIGIN = ("file", "cell")
MOST_OF_A_KIND = 500


def never(field: str, found: str, taken: str) -> bool:
    """Nobody says yes."""
    return False


def always(field: str, found: str, taken: str) -> bool:
    """Every close match is taken, and logged; that a file is of another round than it says needs a person."""
    return field != "round"


class Change(NamedTuple):
    """What was read other than written: a row of IMPORT_LOG without its file."""

    cell: str
    field: str
    found: str
    taken: str
    why: str


class Form:
    """Collects rows, log and issues of one file.

    `own` says that the file is the round's own table, whose rows keep the origin they name; `long` that the table has a line for
    each score with its source, as the project keeps tables; `block` are the scores above since the last total.
    """

    def __init__(self, name: str, sha256: str, programme: Programme, round_name: str, yes: Yes, own: bool):
        self.name, self.sha256, self.programme, self.round = clean_text(name, 120), sha256, programme, round_name
        self.yes, self.own, self.long = yes, own, False
        self.instrument: Instrument = programme.instrument(round_name)
        self.facts, self.place = dict[str, str](), dict[str, int]()
        self.rows, self.issues, self.totals = list[dict](), list[dict](), list[dict]()
        self.log: list[Change] = []
        self._logged: set[Change] = set()
        self.seen, self.silent = set[str](), set[tuple[str, str]]()
        self.owned: dict[str, tuple[str, ...]] = {}
        self.block: dict[str, list[float]] = {}
        self.answers: dict[tuple[str, str, str], bool] = {}
        self.grid = Grid("")
        self.latest: tuple = ()
        self.matches: dict[tuple[str, str], Match] = {}
        self._levels: dict[str, dict[str, float]] = {}
        self._thousands: dict[int, str] = {}
        self.kinds: Counter = Counter()

    @cached_property
    def indicators(self) -> dict[str, str]:
        """Paths, ids and labels of the nodes; what means two of them names neither, but a path always names itself."""
        nodes = self.instrument.nodes.items()
        loose = names_of((t, p) for p, n in nodes for t in (n.label.id, n.label.en, n.id))
        return loose | {normal(p): p for p, _ in nodes}

    @cached_property
    def codes(self) -> dict[float, tuple[str, ...]]:
        """Paths of the nodes whose code a spreadsheet would take for a number, by that number: 1.1 and 1.10 are one."""
        out: dict[float, tuple[str, ...]] = {}
        for path, node in self.instrument.nodes.items():
            if node.id.replace(".", "", 1).isdigit():
                out[float(node.id)] = (*out.get(float(node.id), ()), path)
        return out

    @cached_property
    def agencies(self) -> dict[str, str]:
        return names_of((t, a.id) for a in self.programme.agencies for t in (a.id, a.label.id, a.label.en))

    @cached_property
    def known_agencies(self) -> str:
        return ", ".join(a.id for a in self.programme.agencies)

    def levels(self, path: str) -> dict[str, float]:
        """Scores of the level texts of an indicator; of one that is not known, those of all."""
        if path not in self._levels:
            nodes = [self.instrument.nodes[path]] if path else self.instrument.nodes.values()
            self._levels[path] = {t: v for n in nodes for t, v in level_names(n, self.instrument).items()}
        return self._levels[path]

    def thousands(self, column: int) -> str:
        """The mark that groups thousands in a column: see `thousands_of`."""
        if column not in self._thousands:
            cells = (row.get(column) for row in self.grid.rows.values())
            self._thousands[column] = thousands_of(c.value for c in cells if c is not None and c.kind == "text")
        return self._thousands[column]

    def keep(self, row: dict) -> None:
        """A row of scores that was read; a node that has children may turn out to be a total."""
        if self.instrument.nodes[row["indicator"]].children and not self.long:
            self.totals.append(row)
            self.block.clear()
            return
        self.rows.append(row)
        if row["score"] is not None:
            self.block.setdefault(row["source"], []).append(row["score"])

    def issue(self, cell: str, problem: str, severity: str = "error", found="", expected="", remedy="correct_cell") -> None:
        """Name what is wrong; of one kind no more than a person can read, the rest is counted."""
        self.latest = (problem, severity, found, expected, remedy)
        count = self.kinds[problem, severity] = self.kinds[problem, severity] + 1
        if count <= MOST_OF_A_KIND:
            self.issues.append(issue(self.name, cell, problem, severity, found, expected, remedy))

    @property
    def errors(self) -> int:
        """How many errors there are, named or not."""
        return sum(n for (_, severity), n in self.kinds.items() if severity == "error")

    def more(self) -> None:
        """How many more issues of a kind there were than are named."""
        for (problem, severity), n in self.kinds.items():
            if n > MOST_OF_A_KIND:
                self.issues.append(issue(self.name, "", "more", severity, n - MOST_OF_A_KIND, problem, "correct_cell"))

    def changed(self, cell: str, field: str, found, taken, why: str) -> None:
        """Log what was read other than written."""
        change = Change(cell, field, clean_text(found, 200), clean_text(taken, 200), why)
        if change not in self._logged:
            self._logged.add(change)
            self.log.append(change)

    def named(self, cell: str, field: str, text, names: dict[str, str], unknown: str, known: str) -> str:
        """The id a text stands for, or '' with an issue; close ones need a yes."""
        if (field, text) not in self.matches:
            self.matches[field, text] = match(text, names)
        found, said = self.matches[field, text], clean_text(text, 120)
        if found.kind == "exact":
            if found.taken != said:
                self.changed(cell, field, said, found.taken, "name")
            return found.taken
        if found.kind == "close":
            return self.asked(cell, field, said, found)
        self.issue(cell, unknown, "error", said, ", ".join(found.near) or known, "use_agency" if field == "agency" else "use_code")
        return ""

    def asked(self, cell: str, field: str, said: str, found: Match, problem: str = "close_match", remedy: str = "accept") -> str:
        """What a person agrees a text stands for; '' with an issue if nobody does."""
        key = (field, said, found.taken)
        if key not in self.answers:
            self.answers[key] = self.yes(*key)
        if self.answers[key]:
            self.changed(cell, field, said, found.taken, "close")
            return found.taken
        self.issue(cell, problem, "error", said, found.taken, remedy)
        return ""

    def region(self, at: str, cell: Cell) -> None:
        """A region's name or code must be this programme's; a code that is not certain is named with its system and date."""
        text, own = written(cell, 120), self.programme.region
        labels = (own, self.programme.region_label.id, self.programme.region_label.en)
        names = names_of((label, own) for label in labels)
        if normal(text) in names:
            if text not in labels:
                self.changed(at, "region", text, own, "name")
            return
        found = region_of(cell.value)
        if found.kind in ("zero", "old") and found.near == (own,):
            self.changed(at, "region", text, own, "code")
            if found.kind == "old":
                problem, shown, remedy = region_doubt(found)
                self.issue(at, problem, "note", text, shown, remedy)
        elif found.kind in ("exact", "name"):
            if found.taken != own:
                self.issue(at, "wrong_region", "error", text, f"{own} {labels[1]}", "right_file")
        elif found.kind == "none" and match(text, names).kind == "close":
            self.asked(at, "region", text, match(text, names))
        else:
            problem, shown, remedy = region_doubt(found)
            self.issue(at, problem, "error", text, shown or f"{own} {labels[1]}", remedy)

    def without_repeats(self) -> bool:
        """A row that stands twice with the same content counts once; whether there was no second row of anything."""
        if len(set(map(itemgetter("indicator", "agency", "source"), self.rows))) == len(self.rows):
            return True
        first, said = dict[tuple, dict](), itemgetter(*COLUMNS)
        for row in self.rows:
            if first.setdefault(said(row), row) is not row:
                self.changed(row["cell"], row["source"], row["indicator"], "", "repeated")
                self.issue(row["cell"], "row_repeated", "note", row["indicator"], "", "keep_one")
        self.rows = list(first.values())
        return False

    def absent(self, asked: Iterable[dict]) -> None:
        """Indicators that the form's agencies were asked for and that it does not hold."""
        said = self.facts.get("agency")
        agencies = {said} if said else {r["agency"] for r in self.rows}
        due = [r["indicator"] for r in asked if r["agency"] in agencies]
        if gone := [p for p in due if p not in self.seen]:
            self.issue("", "row_absent", "warning", f"{len(gone)}/{len(due)}", ", ".join(gone), "remind")


def refuse(name: str, problem: str, found="", expected="", remedy: str = "send_again") -> IntakeError:
    """The error of a file that is no table at all."""
    return refusal(IntakeError, [issue(clean_text(name, 120), "", problem, "error", found, expected, remedy)])
