"""The gate: everything wrong with a round, at once, each with cell, found, expected and remedy; errors stop here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scevaluation.errors import RoundError, ScoresRefused
from scevaluation.frames import ISSUES, SCORES, SEVERITIES
from scevaluation.intake.form import refuse
from scevaluation.intake.judge import judged
from scevaluation.intake.reading import Received, read
from scevaluation.issues import issue, refusal
from scevaluation.programme import Programme, load_programme
from scevaluation.region import region_scores
from scevaluation.rounds import Round

if TYPE_CHECKING:
    import pandas as pd

TABLES = (".csv", ".xlsx", ".ods")


def check_scores(
    scores: pd.DataFrame, programme: Programme, round_name: str, issues: pd.DataFrame | None = None
) -> pd.DataFrame:
    """All that is wrong or odd about a round's scores.

    Parameters
    ----------
    scores : SCORES
        Of one round.
    programme, round_name
        Whose they are.
    issues : ISSUES, optional
        What reading found; kept in front.

    Returns
    -------
    ISSUES
        errors stop, warnings and notes are shown. Straight-lining: one value in at least 80 % of 10 or more items of
        one component and source.
    """
    found = [] if issues is None else issues.to_dict("records")
    return as_issues(judged(scores.to_dict("records"), programme, round_name, found))


def as_issues(found: list[dict]) -> pd.DataFrame:
    """Rows of ISSUES as the table."""
    import pandas as pd

    return ISSUES.check(pd.DataFrame(found, columns=list(ISSUES.columns)))


def accepted(path: Path, programme: Programme, round_name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores of a file that passed the gate, and its warnings and notes.

    Raises
    ------
    IntakeError
        If the file is no table at all.
    ScoresRefused
        With all issues, if any is an error.
    """
    found = read(path, programme, round_name)
    if found.errors:
        raise refusal(ScoresRefused, found.errors)
    return SCORES.check(found.scores()), as_issues(found.issues)


def load_scores(programme: Programme, until: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """SCORES and ISSUES of all rounds of a programme that have a file, up to `until`; each passes the gate."""
    import pandas as pd

    if programme.official:
        return region_scores(programme, until), ISSUES.empty()
    parts = [accepted(path, programme, name) for name, path in round_files(programme, until).items()]
    if not parts:
        return SCORES.empty(), ISSUES.empty()
    return pd.concat([p[0] for p in parts], ignore_index=True), pd.concat([p[1] for p in parts], ignore_index=True)


def check_file(path: Path | str, programme: str = "", round_name: str = "", sheet: str = "") -> pd.DataFrame:
    """ISSUES of one file; programme and round from the arguments, the workbook's cover, or its place in data/."""
    return as_issues(issues_of(path, programme, round_name, sheet))


def issues_of(path: Path | str, programme: str = "", round_name: str = "", sheet: str = "") -> list[dict]:
    """The rows of `check_file` as dicts, for who has no other use of pandas."""
    file = Received(Path(path))
    said = file.said()
    programme, round_name = programme or said.get("programme", ""), round_name or said.get("round", "")
    if not (programme and round_name):
        raise refuse(file.path.name, "says_no_round", "", "", "name_programme")
    plan = load_programme(programme)
    plan.round(round_name)
    return file.read(plan, str(Round(round_name)), sheet_name=sheet).issues


def worst_first(issues: pd.DataFrame) -> pd.DataFrame:
    """ISSUES by severity, errors first."""
    return issues.sort_values("severity", key=lambda s: s.map(SEVERITIES.index), kind="stable", ignore_index=True)


def round_files(programme: Programme, until: str | None = None) -> dict[str, Path]:
    """The file of every round of the programme that has one, in time.

    Raises
    ------
    RoundError
        If a file is named after no round of the programme, or two stand for one round.
    """
    if programme.official:
        rounds = [r.id for r in programme.rounds if until is None or Round(r.id) <= Round(until)]
        return dict.fromkeys(rounds, programme.folder / "results.csv")
    found: dict[str, Path] = {}
    for path in sorted((programme.folder / "rounds").glob("*.*")):
        if path.suffix.lower() not in TABLES or path.name.startswith((".", "~")) or not path.is_file():
            continue
        name = _round_of(path, programme)
        if name in found:
            raise RoundError(f"{programme.id} has two files for {name}: {found[name].name} and {path.name}.", "Keep one.")
        if until is None or Round(name) <= Round(until):
            found[name] = path
    return dict(sorted(found.items()))


def _round_of(path: Path, programme: Programme) -> str:
    try:
        return str(programme.round(path.stem).id)
    except RoundError as error:
        place = f"{programme.id}/rounds/{path.name}"
        raise refusal(RoundError, [issue(place, "", "no_round_file", "error", path.stem, "2024-S2.csv", "rename_or_move")]) from error
