"""A batch as the person at the screen sees it: a bar, what is under way, what failed and why, and a table at the end."""

from __future__ import annotations

import sys
import time

from scevaluation.press.batch import How, Summary, as_json, make_all
from scevaluation.press.jobs import Job
from scevaluation.press.pool import Outcome
from scevaluation.region import PREFIX


def told(jobs: list[Job], how: How, style: str = "full", explain: bool = False) -> Summary:
    """Make a batch and tell of it.

    Parameters
    ----------
    jobs, how
        As `batch.make_all` takes them.
    style : {"full", "quiet", "json"}
        A bar and a table, failures only, or one JSON object on standard output.
    explain : bool
        Whether to say why each report is made.
    """
    if style == "json":
        summary = _made(jobs, how)
        print(as_json(summary))
        return summary
    if style == "quiet":
        summary = _made(jobs, how, told=_failure)
        for outcome in summary.failed:
            if outcome.job not in summary.reasons:
                _failure(outcome)
        _index(summary)
        return summary
    return _with_bar(jobs, how, explain)


def _made(jobs: list[Job], how: How, **told) -> Summary:
    """The batch, and the site of its folder brought up to it; why that could not be stands where the list's reason does."""
    from scevaluation.press.site.build import FOLDER, KNOWN, refresh

    summary = make_all(jobs, how, **told)
    if how.site and (summary.made or not (how.out / FOLDER / KNOWN).exists()):
        summary.index = summary.index or refresh(how.out)
    return summary


def _failure(outcome: Outcome) -> None:
    if outcome.failed:
        print(f"failed: {outcome.job}: {outcome.failed}", file=sys.stderr)


def _with_bar(jobs: list[Job], how: How, explain: bool) -> Summary:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console, start = Console(stderr=True), time.perf_counter()
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=None)

        def planned(summary: Summary, todo: list[Job]) -> None:
            progress.update(task, total=len(todo))
            for job in todo if explain else ():
                console.print(f"{job}: {', '.join(summary.reasons[job])}", markup=False, highlight=False)

        def one(outcome: Outcome) -> None:
            if outcome.failed:
                console.print(f"failed: {outcome.job}: {outcome.failed}", style="bold", markup=False, highlight=False)
            progress.advance(task)

        def watch(running: list[Job]) -> None:
            progress.update(task, description=" | ".join(map(str, running)))

        summary = _made(jobs, how, told=one, watch=watch, planned=planned)
        progress.update(task, description="")
    _table(console, summary, time.perf_counter() - start, how)
    return summary


def _table(console, summary: Summary, seconds: float, how: How) -> None:
    from rich.table import Table

    table = Table("programme", "made", "unchanged", "failed", "seconds a report", box=None, header_style="bold")
    names = dict.fromkeys(_group(j) for j in (*(o.job for o in summary.made), *summary.unchanged, *(o.job for o in summary.failed)))
    for name in names:
        made = [o for o in summary.made if _group(o.job) == name]
        still = [j for j in summary.unchanged if _group(j) == name]
        failed = [o for o in summary.failed if _group(o.job) == name]
        mean = f"{sum(o.seconds for o in made) / len(made):.2f}" if made else ""
        table.add_row(name, *(str(len(v)) for v in (made, still, failed)), mean)
    console.print(table)
    counts = f"{len(summary.made)} made, {len(summary.unchanged)} unchanged, {len(summary.failed)} failed"
    left = f", {len(summary.left)} left" if summary.left else ""
    print(f"{counts}{left} in {seconds:.1f} s: {how.out / 'index.html'}")
    for outcome in summary.failed:
        _failure(outcome)
    _index(summary)


def _index(summary: Summary) -> None:
    if summary.index:
        print(f"failed: the list of reports: {summary.index}", file=sys.stderr)


def _group(job: Job) -> str:
    """Regions of a letter count together; programmes by name."""
    return PREFIX.removesuffix("-") if job.programme.startswith(PREFIX) else job.programme
