"""Make many reports, one a core at a time: what is new or changed, and tell what became of each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scevaluation.document import document
from scevaluation.errors import EvaluationError, ReportError
from scevaluation.evaluate.other import before
from scevaluation.issues import issue, refusal, unknown
from scevaluation.period import Period
from scevaluation.place import REPORTS
from scevaluation.press.jobs import KINDS, NATION, Job, checked, checked_formats, rounds_of, sectors_of
from scevaluation.press.keys import forget, why
from scevaluation.press.lock import locked
from scevaluation.press.pool import MEMORY, TIMEOUT, Outcome, Task, run, said
from scevaluation.press.report import write_index
from scevaluation.programme import Programme, load_programme, programmes
from scevaluation.region import ABSENT, region_name, regions_of
from scevaluation.words import words
from scevaluation.workspace import own_programmes


@dataclass(frozen=True)
class How:
    """How a batch is made: formats, workers, engine, limits; `scheduler` is the address of a dask cluster, `site` whether the linked
    pages are brought up to it."""

    out: Path = REPORTS
    formats: tuple[str, ...] = ("html",)
    workers: int = 0
    engine: str = "inprocess"
    scheduler: str = ""
    upload: bool = False
    force: bool = False
    keep_going: bool = True
    wait: bool = False
    timeout: float = TIMEOUT
    memory: int = MEMORY
    method: str = ""
    site: bool = True


@dataclass
class Summary:
    """What became of a batch: jobs made, unchanged, failed with the reason, left undone; why each was made.

    `index` says why the list of reports (index.html) could not be written, `site` why their site could not; "" if it was.
    """

    made: list[Outcome] = field(default_factory=list)
    unchanged: list[Job] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)
    left: list[Job] = field(default_factory=list)
    index: str = ""
    site: str = ""
    reasons: dict[Job, tuple[str, ...]] = field(default_factory=dict)


def jobs_of(
    names: Iterable[str] = (), rounds: str = "", kinds: Iterable[str] = ("round",), langs: Iterable[str] = ("id",), as_of: str = ""
) -> list[Job]:
    """The jobs of some programmes: every round that a kind can be made of (or those of `rounds`), in every language and sector.

    Parameters
    ----------
    names : iterable of str
        Programmes; empty for all of the workspace.
    rounds : str
        Rounds separated by commas, or first..last; empty for all.
    kinds, langs : iterable of str
    as_of : str
        Of kinds that tell of any day: one report a programme, as of that day, from the last round scored by then.

    Raises
    ------
    EvaluationError
        For an unknown programme, round, kind or language, before anything is made. A programme whose files cannot be read is a job
        without a round instead, which fails and stops no other.
    """
    out, kinds, langs = [], tuple(kinds), tuple(langs)
    known = [k for k in KINDS if KINDS[k].each != "nation"]
    for kind in kinds:
        if kind not in known:
            raise unknown(kind, known, problem="no_kind")
    for lang in langs:
        words(lang)
    plans, broken = [], []
    for name in tuple(names) or own_programmes():
        try:
            plans.append(load_programme(name))
        except EvaluationError:
            if name not in programmes():
                raise
            broken.append(name)  # one whose files cannot be read stops only itself
    if as_of:
        return [_dated(Job(plan.id, rounds, lang, kind, as_of=as_of)) for plan in plans for kind in kinds for lang in langs] + [
            Job(name, "", langs[0], kinds[0]) for name in broken
        ]
    each: dict[str, dict[str, tuple[str, ...]]] = {}
    for plan in plans:
        try:
            each[plan.id] = {kind: rounds_of(plan, kind) for kind in kinds}
        except EvaluationError:
            broken.append(plan.id)
    chosen = _chosen(each, rounds) if each or not broken else set()
    for plan in (p for p in plans if p.id in each):
        try:
            held = [r.id for r in plan.rounds if r.id in chosen]
            made = [(r, kind, sectors_of(plan, r, kind)) for r in held for kind in kinds if r in each[plan.id][kind]]
        except EvaluationError:
            broken.append(plan.id)
        else:
            each_of = ((r, lang, kind, part) for r, kind, parts in made for lang in langs for part in parts)
            out += [Job(plan.id, *of, other=_before(plan, of[0], of[2])) for of in each_of]
    return out + [Job(name, "", langs[0], kinds[0]) for name in broken]


def _before(plan: Programme, round_name: str, kind: str) -> str:
    """The round that a report of two is set beside in a batch; "" for other kinds."""
    return before(plan, round_name) if KINDS[kind].each == "pair" else ""


def _dated(job: Job) -> Job:
    """The checked job; one of a programme that is not as far stops only itself, when its turn comes."""
    try:
        return checked(job)
    except EvaluationError as error:
        if job.round or not any(i["problem"] == "day_early" for i in error.issues):
            raise
        return job


def _chosen(each: Mapping[str, Mapping[str, tuple[str, ...]]], rounds: str) -> set[str]:
    """Rounds meant by `rounds`; of each named one a report can be made in one of the programmes, and a range must hold one."""
    scored = sorted({r for held in each.values() for names in held.values() for r in names})
    if not rounds:
        return set(scored)
    first, dots, last = rounds.partition("..")
    if dots:
        low, high = Period(first.strip()), Period(last.strip())
        found = {r for r in scored if low <= Period(r) <= high}
        missing = [] if found else [rounds]
    else:
        found = {str(Period(r.strip())) for r in rounds.split(",") if r.strip()}
        missing = sorted(found - set(scored))
    if missing or not found:
        known = ", ".join(scored) or "\u2013"
        raise refusal(ReportError, [issue(", ".join(each), "", "round_unscored", "error", ", ".join(missing), known, "choose_scored")])
    return found


def national_jobs(round_name: str, langs: Iterable[str] = ("id",)) -> list[Job]:
    """The national report of a letter and the round report of every region in it, whether it took part or not."""
    name, langs = str(Period(round_name)), tuple(langs)
    regions = sorted((*regions_of(name), *regions_of(name, ABSENT)))
    if not regions:
        checked(Job(NATION, name, "id", "national"))
    nation = [Job(NATION, name, lang, "national") for lang in langs]
    return nation + [Job(region_name(code), name, lang) for code in regions for lang in langs]


def make_all(
    jobs: list[Job],
    how: How,
    told: Callable[[Outcome], None] = lambda _: None,
    watch: Callable[[list[Job]], None] = lambda _: None,
    planned: Callable[[Summary, list[Job]], None] = lambda _s, _j: None,
) -> Summary:
    """Make those of the jobs that are new or whose inputs changed.

    `told`, `watch` and `planned` are told of every outcome, of the jobs under way, and at the start of what is unchanged and what
    will be made. EvaluationError if the folder cannot be written or another batch holds it; a failed report is in the summary.
    """
    checked_formats(how.formats)
    document()  # what cannot be said of any report stops all, once
    summary = Summary()
    with locked(how.out, how.wait):
        forget()
        todo = to_make(jobs, how, summary)
        planned(summary, todo)
        for outcome in _outcomes(todo, how, watch):
            (summary.failed if outcome.failed else summary.made).append(outcome)
            told(outcome)
            if outcome.failed and not how.keep_going:
                break
        ended = {o.job for o in (*summary.made, *summary.failed)}
        summary.left = [job for job in todo if job not in ended]
        if todo or not (how.out / "index.html").exists():
            try:
                write_index(how.out)
            except ReportError as error:
                summary.index = said(error, next((job.lang for job in jobs), "id"))
    return summary


def to_make(jobs: list[Job], how: How, summary: Summary) -> list[Job]:
    """Jobs to make; one whose inputs cannot even be read has failed already."""
    todo = []
    for job in dict.fromkeys(jobs):
        try:
            if not job.round:
                _refused(job)
            reasons = why(job, how.formats, how.out) or (("forced",) if how.force else ())
        except (EvaluationError, OSError) as error:
            summary.failed.append(Outcome(job, 0.0, failed=said(error, job.lang)))
            continue
        if reasons:
            summary.reasons[job] = reasons
            todo.append(job)
        else:
            summary.unchanged.append(job)
    return todo


def _refused(job: Job) -> None:
    """Raise what is wrong with a programme of which no round could be told."""
    plan = load_programme(job.programme)
    for name in rounds_of(plan, job.kind) if not job.as_of else ():
        sectors_of(plan, name, job.kind)
    checked(job)


def _outcomes(todo: list[Job], how: How, watch: Callable[[list[Job]], None]) -> Iterable[Outcome]:
    if not todo:
        return ()
    if how.scheduler:
        from scevaluation.press.cluster import run_on

        return run_on(how.scheduler, todo, how, watch)
    tasks = [Task(job, how.out, how.engine, how.formats, how.memory) for job in todo]
    workers = min(how.workers or os.cpu_count() or 1, len(tasks))
    return run(tasks, workers, how.timeout, how.method, watch)


def as_json(summary: Summary) -> str:
    """The summary for scripts: one JSON object, in ASCII, which every pipe carries unaltered."""
    whole = {
        "made": [{"report": str(o.job), "seconds": round(o.seconds, 2), "headline": o.headline} for o in summary.made],
        "unchanged": [str(job) for job in summary.unchanged],
        "failed": [{"report": str(o.job), "reason": o.failed} for o in summary.failed],
        "left": [str(job) for job in summary.left],
        "index": summary.index,
        "site": summary.site,
        "reasons": {str(job): list(reasons) for job, reasons in summary.reasons.items()},
    }
    return json.dumps(whole, indent=1)
