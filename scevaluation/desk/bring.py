"""An office's old workbooks on the desk: those of a folder, what they say, what must be answered, and what was taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import escape
from pathlib import Path

import pandas as pd

from scevaluation import place
from scevaluation.desk.show import empty, framed, refused, table
from scevaluation.errors import EvaluationError
from scevaluation.past import office
from scevaluation.past.found import Found, said
from scevaluation.past.mapping import COLUMNS, proof_rows
from scevaluation.past.questions import OPEN, Key, Names, Question, corrected, value_text
from scevaluation.past.take import ENDINGS
from scevaluation.programme import load_programme
from scevaluation.report.part import Part
from scevaluation.words import Words

MOST = 200  # rows of a table that are shown


@dataclass(frozen=True, eq=False)
class Past:
    """Old workbooks of a folder as a notebook holds them; `paths` are those found, `refused` why they could not be read."""

    folder: Path
    programme: str
    paths: tuple[Path, ...]

    @cached_property
    def read(self) -> office.Proposal | EvaluationError | None:
        """What they say; an error if that cannot be told, None where there are none."""
        if not self.paths:
            return None
        try:
            return office.propose(self.paths, load_programme(self.programme))
        except EvaluationError as error:
            return error

    @property
    def proposal(self) -> office.Proposal | None:
        return self.read if isinstance(self.read, office.Proposal) else None

    def line(self) -> str:
        """What was found in plain figures: a stored check of the notebook."""
        rounds = len(set(self.proposal.found.taken()["round"])) if self.proposal else 0
        scores = int(self.proposal.found.taken()["score"].notna().sum()) if self.proposal else 0
        return f"{len(self.paths)} workbooks, {rounds} rounds, {scores} scores"

    def asked_line(self) -> str:
        """How much must be answered, in plain figures."""
        return f"{len(self.proposal.asked) if self.proposal else 0} questions"

    def proof_line(self) -> str:
        """How many printed figures are reproduced, in plain figures."""
        printed = self.proposal.found.printed if self.proposal else pd.DataFrame({"agrees": []})
        return f"{int(printed['agrees'].sum())} of {len(printed)} printed figures reproduced"


def past(folder: Path | str, programme: str) -> Past:
    """The old workbooks of a folder of the workspace, or of the working folder."""
    tries = [Path(folder), *([place.WORKSPACE / folder] if place.WORKSPACE else [])]
    home = next((p for p in tries if p.is_dir()), tries[-1])
    found = (p for p in home.glob("*.*") if p.suffix.lower() in ENDINGS and not p.name.startswith((".", "~")))
    return Past(home, programme, tuple(sorted(found)))


def past_table(p: Past, name: str, w: Words, projector: bool = False) -> Part:
    """What was found as a table: rounds, columns, indicators, proof or unused; what cannot be read is said, since the desk goes on."""
    if isinstance(p.read, EvaluationError):
        return refused(p.read, w, projector, "desk-past")
    if p.read is None:
        text = w("lab.past.nothing", folder=p.folder)
        return Part(framed(empty(text), projector, "desk-past"), text)
    return Part(framed(_table(p.read.found, name, w), projector, "desk-past"), f"{w('past.sheet.' + name)}: {p.read.programme.id}")


def _table(found: Found, name: str, w: Words) -> str:
    names = Names(found, w)
    rows = proof_rows(found) if name == "proof" else getattr(found, name)
    fields = [f for f in COLUMNS[name] if f in rows and f not in ("file", "block")]
    head = [(w("past.col." + f), f in ("low", "high", "weight", "printed", "found")) for f in fields]
    body = [("", [escape(_cell(row, f, name, names, w)) for f in fields]) for row in rows.head(MOST).to_dict("records")]
    title = w("past.sheet." + name) + (f" ({MOST} / {len(rows)})" if len(rows) > MOST else "")
    return f"<h3>{escape(title)}</h3>{table(head, body, 'past-' + name)}"


def _cell(row: dict, field: str, name: str, names: Names, w: Words) -> str:
    if field == "why":
        return said(row["why"], w)
    if field in ("level", "what"):
        return w(f"past.{field}.{row[field]}")
    if isinstance(row[field], float):
        return w.short(row[field])
    if field == "agrees":
        return w("past.yes" if row[field] else "past.no")
    open_ = field in OPEN.get(name, ()) and not (field == "source" and row["role"] != "score")
    return names.shown(field, value_text(row, field), row.get("instrument", "")) if open_ else "" if field == "source" else str(row[field])


def asked(p: Past, w: Words, projector: bool = False) -> Part:
    """What must be answered before anything can be taken."""
    if p.proposal is None:
        return past_table(p, "rounds", w, projector)
    lines = [question_text(p.proposal.found, q, w) for q in p.proposal.asked] or [w("past.asks_none")]
    return Part(framed(listed(lines), projector, "desk-past"), "\n".join(lines))


def question_text(found: Found, q: Question, w: Words) -> str:
    """A question, with where it comes from."""
    label = Names(found, w).nodes.get(q.generation, {}).get(q.rows[0][-1], "")
    return f"{w('past.ask.' + q.field, label=label)} ({', '.join(q.where[:4])}; {said(q.why, w)})"


def listed(lines: Sequence[str]) -> str:
    """Lines as HTML."""
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def take_past(p: Past, answers: Iterable[tuple[Question, str]], w: Words, mapping: Path | None = None) -> Part:
    """Take the rounds, by answers or by a mapping that was corrected, and say what became of them; a refusal is shown."""
    today = date.today().isoformat()
    try:
        if mapping:
            done = office.bring(mapping, today, programme=p.programme)
        elif p.proposal:
            changes: list[tuple[str, Key, str, object]] = [
                (q.table, row, q.field, _typed(q.field, value)) for q, value in answers for row in q.rows
            ]
            done = office.agreed(p.proposal, corrected(p.proposal.found, changes), today)
        else:
            return past_table(p, "rounds", w)
    except EvaluationError as error:
        return refused(error, w, False, "desk-past")
    lines = office.brought_lines(done, w)
    return Part(framed(listed(lines), False, "desk-past"), "\n".join(lines))


def _typed(field: str, value: str) -> object:
    if field in ("held", "use"):
        return value == "yes"
    return float(value) if field in ("low", "high", "weight") else value
