"""The file of every round of a programme."""

from __future__ import annotations

import json
from pathlib import Path

from scevaluation.errors import EvaluationError, IntakeError, RoundError
from scevaluation.issues import issue, refusal
from scevaluation.period import Period
from scevaluation.place import sha256
from scevaluation.programme import Programme
from scevaluation.region import ABSENT

TABLES = (".csv", ".xlsx", ".ods", ".xls", ".xlsb")
MOVING = ".moving.json"


def moving(home: Path) -> dict:
    """What an import that is not whole yet is putting into a programme's folder; empty where there is none.

    programme: the hash of programme.yaml with which it is whole; files: names below data/.
    """
    try:
        said = json.loads((home / MOVING).read_text("utf-8"))
        whole = said["programme"] == sha256((home / "programme.yaml").read_bytes())
        return {} if whole or not isinstance(said["files"], list) else said
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def round_files(programme: Programme, until: str | None = None) -> dict[str, Path]:
    """The file of every round of the programme that has one, in time.

    Raises
    ------
    RoundError
        If a file is named after no round of the programme, or two stand for one round.
    """
    if programme.official:
        there = [r.id for r in programme.rounds if r.state != ABSENT]
        rounds = [name for name in there if until is None or Period(name) <= Period(until)]
        return dict.fromkeys(rounds, programme.folder / "results.csv")
    found: dict[str, Path] = {}
    coming = {Path(name).name for name in moving(programme.folder).get("files", ())}
    for path in sorted((programme.folder / "rounds").glob("*.*")):
        if path.suffix.lower() not in TABLES or path.name.startswith((".", "~")) or not path.is_file():
            continue
        if path.name in coming and path.stem not in programme.states:
            continue
        name = _round_of(path, programme)
        if name in found:
            both = f"{found[name].name}, {path.name}"
            raise refusal(RoundError, [issue(f"{programme.id}/rounds", "", "two_files", "error", both, name, "keep_one")])
        if until is None or Period(name) <= Period(until):
            found[name] = path
    return dict(sorted(found.items()))


def no_forms(programme: Programme) -> EvaluationError:
    """The error of a programme that is made of the letters: no form can be asked for or taken."""
    return refusal(IntakeError, [issue(programme.id, "", "from_letters", "error", "", "", "own_programme")])


def unnamed(programme: Programme, round_name: str, severity: str) -> dict | None:
    """A row of ISSUES where a programme does not name a round as a scored one, with the line that would; None where it does."""
    state = programme.states.get(round_name)
    if state is not None and state.state == "scored" and state.instrument:
        return None
    last = programme.states[programme.scored[-1]].instrument if programme.scored else "\u2026"
    line = f"- {{id: {round_name}, state: scored, instrument: {last}}}"
    return issue(f"{programme.id}/programme.yaml", "", "round_unnamed", severity, round_name, line, "add_line")


def _round_of(path: Path, programme: Programme) -> str:
    try:
        return str(programme.round(path.stem).id)
    except RoundError as error:
        place = f"{programme.id}/rounds/{path.name}"
        raise refusal(RoundError, [issue(place, "", "no_round_file", "error", path.stem, "2024-S2.csv", "rename_or_move")]) from error
