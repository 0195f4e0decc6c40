"""Make many reports: every scored round of some programmes, each on its own."""

from __future__ import annotations

from pathlib import Path

from scevaluation.errors import EvaluationError
from scevaluation.programme import load_programme, programmes
from scevaluation.publish.report import Made, make_report


def make_all(names: list[str], langs: list[str], out: Path | None = None) -> tuple[list[Made], dict[str, str]]:
    """Make the round report of every scored round.

    Parameters
    ----------
    names : list of str
        Programmes; empty for all.
    langs : list of str
        Languages.

    Returns
    -------
    made : list of Made
    failed : dict
        Reason by "programme round lang"; a report that fails stops no other.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    jobs = [(p, r, lang) for p in names or programmes() for r in load_programme(p).scored for lang in langs]
    made: list[Made] = []
    failed: dict[str, str] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=len(jobs))
        for programme, round_name, lang in jobs:
            progress.update(task, description=f"{programme} {round_name} {lang}")
            try:
                made.append(make_report(programme, round_name, lang, out=out))
            except EvaluationError as error:
                failed[f"{programme} {round_name} {lang}"] = str(error)
            progress.advance(task)
    return made, failed
