"""Mend a round that was taken in: undo what should not count, correct one score by hand, make its tables anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scevaluation.errors import EvaluationError, IntakeError, ScoresRefused
from scevaluation.frames import SCORES
from scevaluation.intake.cells import parse_number
from scevaluation.intake.check import check_scores
from scevaluation.intake.derive import KEY, UNDOABLE, Key, Record, State, hashed, number, packed, tokens_of
from scevaluation.intake.store import Desk, as_scores, at_desk
from scevaluation.issues import clean_text, errors_of, issue, nearest, refusal
from scevaluation.programme import Programme

LONGEST = 120  # letters of a reason or a name


@dataclass(frozen=True)
class Undone:
    """What no longer counts, by the names of files and records; how many scores are other now, and how many left the table."""

    what: tuple[str, ...]
    changed: int
    gone: int


class Corrected(NamedTuple):
    """A score before and after it was corrected; '' is missing."""

    old: str
    new: str


@dataclass(frozen=True)
class Rebuilt:
    """Files that were other than the journal says, received files that are absent or damaged, and how many records there are."""

    changed: tuple[str, ...]
    lost: tuple[str, ...]
    records: int


def _needs(file: str, **texts: str) -> dict[str, str]:
    """Texts that must say something, as inert text."""
    said = {option: clean_text(text, LONGEST) for option, text in texts.items()}
    empty = [issue(file, "", "must_be_said", "error", f"--{option}", "", "say_it") for option, text in said.items() if not text]
    if empty:
        raise refusal(IntakeError, empty)
    return said


def undo(programme: Programme, round_name: str, what: str, reason: str, day: date, by: str = "", **turn) -> Undone:
    """Let something that was done to a round no longer count; it stays in the journal, and so does this.

    Parameters
    ----------
    what : str
        A record of the journal by its number or name; or a received file by its path, name or hash: then all records by which
        it was taken. An undoing can itself be undone.
    reason, by : str
        Why; who says so ('' nobody is named).
    **turn
        `wait` and `tell` of `journal.held`.

    Raises
    ------
    IntakeError
        If no reason is given, or `what` is not there, no longer counts, or is more than one thing.
    """
    why = _needs(f"rounds/{round_name}", reason=reason)["reason"]
    with at_desk(programme, round_name, day, whole=True, **turn) as desk:
        tokens = _meant(desk, what)
        before = len(desk.state.standing())
        added, changed = desk.add("undone", of=[list(t) for t in tokens], reason=why, by=clean_text(by, LONGEST))
        return Undone(tuple(_named(desk.state, *t) for t in tokens), added + changed, max(before - len(desk.state.standing()), 0))


def _named(state: State, count: int, sha256: str) -> str:
    record = state.records[count - 1]
    file = state.received[sha256]["file"] if sha256 else record.said.get("file", "")
    return f"{file} ({record.name})" if file else record.name


def _meant(desk: Desk, what: str) -> list[tuple[int, str]]:
    """The records that are meant, of which each still counts."""
    state, found = desk.state, _record_of(desk.state, what)
    if found is not None:
        tokens = [(found.number, "")] if found.kind in UNDOABLE[:-1] else []
        problem = "undo_not"
    else:
        files = _files_of(state, what)
        files = [f for f in files if set(tokens_of(state, f)) - state.dead] or files
        if len(files) > 1:
            said = ", ".join(f"{sha[:12]} ({state.received[sha]['received']})" for sha in files)
            raise refusal(IntakeError, [issue(f"rounds/{desk.round}", "", "undo_several", "error", what, said, "name_hash")])
        tokens, problem = [t for sha in files for t in tokens_of(state, sha)], "undo_unknown"
    left = [t for t in tokens if t not in state.dead]
    if not left:
        known = ", ".join(_named(state, r.number, "") for r in state.records[-5:])
        problem = "undo_again" if tokens else problem
        raise refusal(IntakeError, [issue(f"rounds/{desk.round}", "", problem, "error", what, known, "name_record")])
    return left


def _record_of(state: State, what: str) -> Record | None:
    """The record of a number, such as 12 or 000012, or of a name."""
    count = int(what) if what.isascii() and what.isdigit() and len(what) <= 6 else 0
    return next((r for r in state.records if what in (r.name, r.name.removesuffix(".json")) or r.number == count), None)


def _files_of(state: State, what: str) -> list[str]:
    """Hashes of received files of a path, a hash or its beginning, or a name."""
    path = Path(what)
    if path.is_file() and (sha := hashed(path.read_bytes())) in state.received:
        return [sha]
    begins = [sha for sha in state.received if len(what) >= 12 and sha.startswith(what.lower())]
    return begins or [sha for sha, row in state.received.items() if row["file"] == clean_text(path.name, 120)]


def correct(programme: Programme, round_name: str, key: Key, score: str, reason: str, by: str, day: date, **turn) -> Corrected:
    """Correct one score of a round by hand; old and new value, reason and name stay in the journal.

    Parameters
    ----------
    key : (str, str, str)
        Indicator, agency and source of a row that stands in the round's table.
    score : str
        The right score, such as 3 or 2,5; '' if there is none.
    reason, by : str
        Why, and who says so.
    **turn
        `wait` and `tell` of `journal.held`.

    Raises
    ------
    IntakeError
        If there is no such row, it has this score already, the score is no number, or reason or name is absent.
    ScoresRefused
        If the check finds an error in it, as in any score.
    """
    said = _needs(f"rounds/{round_name}", reason=reason, by=by)
    with at_desk(programme, round_name, day, **turn) as desk:
        old = _standing(desk, key)
        value = _number(desk, key, score)
        if number(value) == number(old["score"]):
            raise _refused(desk, "correct_same", key, number(value) or old["status"])
        # A score that is there was given, one that is taken away is not reported; an inferred one stays inferred.
        status = "not_reported" if value is None else "inferred" if old["status"] == "inferred" else "scored"
        new = old | {"score": value, "status": status, "file": desk.table.name, "cell": ", ".join(key)}
        _judge(desk, key, new)
        desk.add("corrected", row=packed([new])[0], old=[old["score"], old["status"]], **said)
        return Corrected(number(old["score"]), number(value))


def _refused(desk: Desk, problem: str, key: Key, expected: str = "", kind: type[EvaluationError] = IntakeError) -> EvaluationError:
    found = ", ".join(part or "\u2013" for part in key)
    remedy = "none" if problem == "correct_same" else "look_table"
    return refusal(kind, [issue(desk.table.name, "", problem, "error", found, expected, remedy)])


def _standing(desk: Desk, key: Key) -> dict:
    rows = desk.state.standing()
    if key not in rows:
        known = [", ".join(k) for k in rows if k[0] == key[0]]
        if not known:
            shown = ", ".join(nearest(key[0], (k[0] for k in rows)))
            raise refusal(IntakeError, [issue(desk.table.name, "", "none_of", "error", key[0], shown or "\u2013", "choose_known")])
        raise _refused(desk, "correct_unknown", key, "; ".join(known))
    return rows[key]


def _number(desk: Desk, key: Key, score: str) -> float | None:
    parsed = parse_number(score)
    if parsed.problem:
        raise refusal(IntakeError, [issue(desk.table.name, ", ".join(key), parsed.problem, "error", score)])
    return parsed.value


def _judge(desk: Desk, key: Key, new: dict) -> None:
    """The check of the whole round as it would be; an error in the corrected row stops."""
    table = as_scores(desk.standing, desk.programme, desk.round)
    other = (table[list(KEY)] != list(key)).any(axis=1)
    row = pd.DataFrame([new | {"region": desk.programme.region, "round": desk.round}])[list(SCORES.columns)].astype({"score": float})
    table = pd.concat([t for t in (table[other], row) if len(t)], ignore_index=True)
    issues = check_scores(table, desk.programme, desk.round).to_dict("records")
    wrong = [i for i in errors_of(issues) if (i["file"], i["cell"]) == (new["file"], new["cell"])]
    if wrong:
        raise refusal(ScoresRefused, wrong)


def rebuild(programme: Programme, round_name: str, day: date, **turn) -> Rebuilt:
    """Make everything that follows from a round's journal anew, and look whether the received files are whole.

    What was written into the round's table by hand is recorded first, and counts. `turn`: `wait` and `tell` of `journal.held`.
    """
    with at_desk(programme, round_name, day, whole=True, **turn) as desk:
        lost = [r.said["file"] for r in desk.state.records if "sha256" in r.said and not _whole(desk, r)]
        return Rebuilt(tuple(desk.healed), tuple(dict.fromkeys(lost)), len(desk.state.records))


def _whole(desk: Desk, record: Record) -> bool:
    path = desk.kept / f"{record.said['sha256']}{record.said['ending']}"
    return path.is_file() and hashed(path.read_bytes()) == record.said["sha256"]
