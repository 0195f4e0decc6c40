"""A batch as the person at the screen sees it: a bar, what is under way, what failed and why, and a table at the end."""

from __future__ import annotations

import sys
import time

from scevaluation.press.batch import How, Summary, as_json, make_all
from scevaluation.press.jobs import Job
from scevaluation.press.pool import Outcome
from scevaluation.region import PREFIX
from scevaluation.words import Words, words


def told(jobs: list[Job], how: How, style: str = "full", explain: bool = False, lang: str = "id") -> Summary:
    """Make a batch and tell of it.

    Parameters
    ----------
    jobs, how
        As `batch.make_all` takes them.
    style : {"full", "quiet", "json"}
        A bar and a table, failures only, or one JSON object on standard output.
    explain : bool
        Whether to say why each report is made.
    lang : {"id", "en"}
        Language of all but the JSON object.
    """
    w = words(lang)
    if style == "json":
        summary = _made(jobs, how, lang)
        print(as_json(summary))
        return summary
    if style == "quiet":
        summary = _made(jobs, how, lang, told=lambda outcome: _failure(outcome, w))
        for outcome in summary.failed:
            if outcome.job not in summary.reasons:
                _failure(outcome, w)
        _lists(summary, w)
        return summary
    return _with_bar(jobs, how, explain, w)


def _made(jobs: list[Job], how: How, lang: str, **told) -> Summary:
    """The batch, and the site of its folder brought up to it."""
    from scevaluation.press.site.build import FOLDER, KNOWN, refresh

    summary = make_all(jobs, how, **told)
    if how.site and (summary.made or not (how.out / FOLDER / KNOWN).exists()):
        summary.site = refresh(how.out, lang)
    return summary


def reason(said: str, w: Words) -> str:
    """Why a report is made, as `keys.why` has it, in words."""
    kind, _, name = said.partition(" ")
    return w(f"batch.why.{kind}", name=name)


def failure(outcome: Outcome, w: Words) -> str:
    """The line on a report that failed."""
    return w("batch.failure", what=outcome.job, why=outcome.failed)


def _failure(outcome: Outcome, w: Words) -> None:
    if outcome.failed:
        print(failure(outcome, w), file=sys.stderr)


def _with_bar(jobs: list[Job], how: How, explain: bool, w: Words) -> Summary:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console, start = Console(stderr=True), time.perf_counter()
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=None)

        def planned(summary: Summary, todo: list[Job]) -> None:
            progress.update(task, total=len(todo))
            for job in todo if explain else ():
                console.print(f"{job}: {', '.join(reason(r, w) for r in summary.reasons[job])}", markup=False, highlight=False)

        def one(outcome: Outcome) -> None:
            if outcome.failed:
                console.print(failure(outcome, w), style="bold", markup=False, highlight=False)
            progress.advance(task)

        def watch(running: list[Job]) -> None:
            progress.update(task, description=" | ".join(map(str, running)))

        summary = _made(jobs, how, w.lang, told=one, watch=watch, planned=planned)
        progress.update(task, description="")
    _table(console, summary, time.perf_counter() - start, how, w)
    return summary


def _table(console, summary: Summary, seconds: float, how: How, w: Words) -> None:
    from rich.table import Table

    heads = ("programme", "made", "unchanged", "failed", "seconds")
    table = Table(*(w("batch.head." + head) for head in heads), box=None, header_style="bold")
    names = dict.fromkeys(_group(j) for j in (*(o.job for o in summary.made), *summary.unchanged, *(o.job for o in summary.failed)))
    for name in names:
        made = [o for o in summary.made if _group(o.job) == name]
        still = [j for j in summary.unchanged if _group(j) == name]
        failed = [o for o in summary.failed if _group(o.job) == name]
        mean = w.num(sum(o.seconds for o in made) / len(made), 2) if made else ""
        table.add_row(name, *(w.num(len(v), 0) for v in (made, still, failed)), mean)
    console.print(table)
    counts = {k: w.num(len(getattr(summary, k)), 0) for k in ("made", "unchanged", "failed", "left")}
    key = "batch.done_left" if summary.left else "batch.done"
    print(w(key, **counts, seconds=w.num(seconds, 1), place=how.out / "index.html"))
    for outcome in summary.failed:
        _failure(outcome, w)
    _lists(summary, w)


def _lists(summary: Summary, w: Words) -> None:
    """Say which of the list of reports and their site could not be written."""
    for what, why in (("index", summary.index), ("site", summary.site)):
        if why:
            print(w("batch.failure", what=w("batch." + what), why=why), file=sys.stderr)


def _group(job: Job) -> str:
    """Regions of a letter count together; programmes by name."""
    return PREFIX.removesuffix("-") if job.programme.startswith(PREFIX) else job.programme
