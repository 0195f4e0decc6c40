"""A batch or site as the person at the screen sees it: a bar, what is under way, what failed and why, and a table at the end."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

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
        summary = _made(jobs, how, lang, told=lambda outcome: failures([outcome], w))
        failures([outcome for outcome in summary.failed if outcome.job not in summary.reasons], w)
        _lists(summary, w)
        return summary
    return _with_bar(jobs, how, explain, w)


def _made(jobs: list[Job], how: How, lang: str, **told) -> Summary:
    """The batch, and the site of its folder brought up to it."""
    from scevaluation.press.site.build import FOLDER, KNOWN, refresh

    summary = make_all(jobs, how, **told)
    if how.site and (summary.made or not (how.out / FOLDER / KNOWN).exists()):
        summary.site = refresh(how.out, lang, how.workers)
    return summary


def reason(said: str, w: Words) -> str:
    """Why a report is made, as `keys.why` has it, in words."""
    kind, _, name = said.partition(" ")
    return w(f"batch.why.{kind}", name=name)


def failures(outcomes: list[Outcome], w: Words) -> None:
    """A line on each report that failed."""
    for outcome in outcomes:
        if outcome.failed:
            print(_failure(outcome, w), file=sys.stderr)


def _failure(outcome: Outcome, w: Words) -> str:
    return w("batch.failure", what=outcome.job, why=outcome.failed)


@contextlib.contextmanager
def bar(w: Words, explain: bool = False) -> Iterator[tuple[Callable[[str], None], dict[str, Callable]]]:
    """A bar while reports are made: how a line is said above it, and what `batch.make_all` tells it by."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    say = partial(console.print, markup=False, highlight=False)
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=None)

        def planned(summary: Summary, todo: list[Job]) -> None:
            progress.update(task, total=len(todo))
            for job in todo if explain else ():
                say(f"{job}: {', '.join(reason(r, w) for r in summary.reasons[job])}")

        def one(outcome: Outcome) -> None:
            if outcome.failed:
                say(_failure(outcome, w), style="bold")
            progress.advance(task)

        def watch(running: list[Job]) -> None:
            progress.update(task, description=" | ".join(map(str, running)))

        yield say, {"told": one, "watch": watch, "planned": planned}
        progress.update(task, description="")


def _with_bar(jobs: list[Job], how: How, explain: bool, w: Words) -> Summary:
    start = time.perf_counter()
    with bar(w, explain) as (_, told):
        summary = _made(jobs, how, w.lang, **told)
    _table(summary, time.perf_counter() - start, how, w)
    return summary


def _table(summary: Summary, seconds: float, how: How, w: Words) -> None:
    from rich.console import Console
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
    Console(stderr=True).print(table)
    counts = {k: w.num(len(getattr(summary, k)), 0) for k in ("made", "unchanged", "failed", "left")}
    key = "batch.done_left" if summary.left else "batch.done"
    print(w(key, **counts, seconds=w.num(seconds, 1), place=how.out / "index.html"))
    failures(summary.failed, w)
    _lists(summary, w)


def _lists(summary: Summary, w: Words) -> None:
    """Say which of the list of reports and their site could not be written."""
    for what, why in (("index", summary.index), ("site", summary.site)):
        if why:
            print(w("batch.failure", what=w("batch." + what), why=why), file=sys.stderr)


def _group(job: Job) -> str:
    """Regions of a letter count together; programmes by name."""
    return PREFIX.removesuffix("-") if job.programme.startswith(PREFIX) else job.programme
