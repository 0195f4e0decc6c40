"""The gate: everything wrong with a round, at once, each with cell, found, expected and remedy; errors stop here."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scevaluation.errors import ScoresRefused
from scevaluation.frames import ISSUES, SCORES, SEVERITIES
from scevaluation.intake.consistency import consistency
from scevaluation.intake.form import refuse
from scevaluation.intake.judge import judged
from scevaluation.intake.official import region_scores
from scevaluation.intake.preflight import across, placed, preflight, tried
from scevaluation.intake.reading import Reading, Received, read
from scevaluation.intake.round_files import round_files
from scevaluation.issues import errors_of, refusal
from scevaluation.period import Period
from scevaluation.programme import Programme, load_programme

if TYPE_CHECKING:
    import pandas as pd


def check_scores(scores: pd.DataFrame, programme: Programme, round_name: str, issues: pd.DataFrame | None = None) -> pd.DataFrame:
    """ISSUES: all that is wrong or odd about one round's SCORES, behind the `issues` that reading found.

    Errors stop, warnings and notes are shown. Straight-lining: one value in at least 80 % of 10 or more items of one component and
    source.
    """
    found = [] if issues is None else issues.to_dict("records")
    return as_issues(judged(scores.to_dict("records"), programme, round_name, found))


def as_issues(found: list[dict]) -> pd.DataFrame:
    """Rows of ISSUES as the table."""
    import pandas as pd

    return ISSUES.check(pd.DataFrame(found, columns=list(ISSUES.columns)))


def accepted(path: Path, programme: Programme, round_name: str) -> Reading:
    """A file that passed the gate.

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
    return found


def judged_scores(scores: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """ISSUES of SCORES in memory, by the rules that a file's are judged by.

    Raises
    ------
    ScoresRefused
        With all issues, if any is an error.
    """
    each = {name: rows.to_dict("records") for name, rows in scores.groupby("round")}
    found = placed(each, {name: judged(rows, programme, name, []) for name, rows in each.items()})
    if errors := errors_of(found):
        raise refusal(ScoresRefused, errors)
    return as_issues(found)


def load_scores(programme: Programme, until: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """SCORES and ISSUES of all rounds of a programme that have a file, up to `until`; each passes the gate."""
    import pandas as pd

    if programme.official:
        return region_scores(programme, until), ISSUES.empty()
    found = {name: accepted(path, programme, name) for name, path in round_files(programme, until).items()}
    if not found:
        return SCORES.empty(), ISSUES.empty()
    issues = placed({n: r.rows for n, r in found.items()}, {n: r.issues for n, r in found.items()}) + across(programme, found)
    once = {tuple(i[k] for k in ISSUES.key): i for i in reversed(issues)}
    return SCORES.check(pd.concat([r.scores() for r in found.values()], ignore_index=True)), as_issues(list(once.values())[::-1])


def check_file(path: Path | str, programme: str = "", round_name: str = "", sheet: str = "") -> pd.DataFrame:
    """ISSUES of one file; programme and round from the arguments, the workbook's cover, or its place in data/."""
    return as_issues(issues_of(path, programme, round_name, sheet))


def issues_of(path: Path | str, programme: str = "", round_name: str = "", sheet: str = "") -> list[dict]:
    """The rows of `check_file` as dicts, for who has no other use of pandas.

    A file that lies among a programme's rounds is judged with the programme's other files, whose faults would change its report.
    """
    file = Received(Path(path))
    said = file.said()
    programme, round_name = programme or said.get("programme", ""), round_name or said.get("round", "")
    if not (programme and round_name):
        raise refuse(file.path.name, "says_no_round", "", "", "name_programme")
    plan = load_programme(programme)
    plan.round(round_name)
    name = str(Period(round_name))
    found = file.read(plan, name, sheet_name=sheet)
    if not file.own:
        return found.issues
    return found.issues + across(plan, {name: found}) + consistency(plan) + _survey(plan)


def _survey(programme: Programme) -> list[dict]:
    """Issues of the programme's means of surveys; pandas is loaded only where there are any."""
    if not (programme.folder / "survey.csv").exists():
        return []
    from scevaluation.intake.survey import summary_issues

    return summary_issues(programme)


def of_programme(name: str) -> list[dict]:
    """Rows of ISSUES on everything of a programme, errors first; one that cannot be read at all is told as its errors.

    Raises
    ------
    ProgrammeError
        If there is no programme of that name.
    """
    return sorted(preflight(load_programme(name)), key=lambda i: SEVERITIES.index(i["severity"]))


def issues_of_each(names: list[str], programme: str = "", round_name: str = "", sheet: str = "") -> list[dict]:
    """Rows of ISSUES on files and programmes, each as `issues_of` or `of_programme` has them.

    Of several, one that cannot be read is told as its errors and hides no other; a single one raises what they raise.
    """
    out: list[dict] = []
    for name in names:
        file = Path(name).exists() or Path(name).suffix
        ask = partial(issues_of, name, programme, round_name, sheet) if file else partial(of_programme, name)
        out += ask() if len(names) == 1 else tried(ask, out) or []
    return out


def worst_first(issues: pd.DataFrame) -> pd.DataFrame:
    """ISSUES by severity, errors first."""
    return issues.sort_values("severity", key=lambda s: s.map(SEVERITIES.index), kind="stable", ignore_index=True)
