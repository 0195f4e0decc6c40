"""A whole site: the reports of programmes and letters made where they are new or changed, then the pages linked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from scevaluation.errors import EvaluationError
from scevaluation.intake.official import official_rounds
from scevaluation.intake.persons import Names
from scevaluation.issues import unknown
from scevaluation.place import REPORTS, sha256
from scevaluation.press.batch import How, Summary, jobs_of, make_all, national_jobs, to_make
from scevaluation.press.bundle import PROFILES, ask, beside, refuse_people, search_for
from scevaluation.press.jobs import NATION, Job
from scevaluation.press.keys import forget
from scevaluation.press.lock import locked
from scevaluation.press.pool import MEMORY, TIMEOUT, Outcome, said
from scevaluation.press.report import place
from scevaluation.press.site.build import FOLDER, Site, build
from scevaluation.programme import load_programme
from scevaluation.region import PREFIX, region_name, regions_of
from scevaluation.words import Words, words

PUBLIC = ".public"  # in the folder of reports: what a public site is made of


def whole(
    programmes: Iterable[str] = (),
    letters: Iterable[str] = ("all",),
    kinds: Iterable[str] = ("round",),
    langs: Iterable[str] = ("id",),
    profile: str = "internal",
    workers: int = 0,
    reports: Path | None = None,
    out: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
    **told: Callable,
) -> tuple[Site, Summary]:
    """Make what is new or changed of the reports asked for, and the site of all that lie in the folder of reports.

    Parameters
    ----------
    programmes : iterable of str
        Empty for all of the workspace.
    letters : iterable of str
        Rounds of the ministry's letters, of each the report over all regions and that of every region; "all", or "none".
    kinds, langs : iterable of str
        The round's report comes of every round, what else is asked for of the newest alone.
    profile : {"internal", "public"}
        A public site is made of reports without what names or quotes a person, each looked at as a public bundle is.
    workers : int
        0: one a core.
    reports, out : Path, optional
        Folder of reports; of the site (default `site` in it, of a public one `site-public`).
    tell : callable of a line
        Is told of a public site which texts were left out.
    told, watch, planned : callable, optional
        As `batch.make_all` takes them; a public site does not watch.

    Raises
    ------
    EvaluationError
        For an unknown programme, letter, kind, language or profile, before anything is made; of a public site, if a page names a person.
    """
    if profile not in PROFILES:
        raise unknown(profile, PROFILES, "--profile")
    root, kinds, langs, rounds = reports or REPORTS, tuple(kinds), tuple(langs), tuple(letters)
    rounds = official_rounds() if rounds == ("all",) else () if rounds == ("none",) else rounds
    jobs = _newest(jobs_of(programmes, "", kinds, langs)) + [job for name in rounds for job in national_jobs(name, langs)]
    jobs += _pairs(rounds, langs) if "compare" in kinds else []
    public = profile == "public"
    jobs = list(dict.fromkeys(replace(job, public=public) for job in jobs))

    if public:
        for name in dict.fromkeys(job.programme for job in jobs):
            if name != NATION and not name.startswith(PREFIX):
                ask(load_programme(name), words(langs[0]), tell)
        names = cache(_names)  # of this run alone: the files they are read from may change
        root, folder, look_at = root / PUBLIC, out or root / f"{FOLDER}-public", _last_look(names)
        summary = _public(jobs, root, workers, names, **told)
    else:
        folder, look_at = out or root / FOLDER, _no_look
        summary = make_all(jobs, How(out=root, workers=workers), **told)
    with locked(root):
        return build(root, folder, look_at, workers), summary


def in_words(site: Site, summary: Summary, w: Words) -> str:
    """A line on what became of a site."""
    counts = {"pages": site.pages, "made": len(summary.made), "written": site.written, "removed": site.removed}
    return w("site.made", **{k: w.num(n, 0) for k, n in counts.items()}, size=w.num(site.size / 1e6, 1))


def _no_look(_programme: str, _files: Mapping[str, bytes]) -> None:
    """An internal site is not looked at."""


def _newest(jobs: list[Job]) -> list[Job]:
    """Without the further kinds of rounds that a programme has left behind."""
    last: dict[str, str] = {}
    for job in jobs:
        last[job.programme] = max(last.get(job.programme, ""), job.round)
    return [job for job in jobs if job.kind in ("round", "compare") or job.round == last[job.programme]]


def _pairs(rounds: tuple[str, ...], langs: tuple[str, ...]) -> list[Job]:
    """What sets the newest letter beside the one before, of every region that took part in both."""
    last = sorted(rounds)[-2:]
    both = set.intersection(*(set(regions_of(name)) for name in last)) if len(last) == 2 else set()
    return jobs_of(map(region_name, sorted(both)), last[-1], ("compare",), langs) if both else []


def _public(
    jobs: list[Job],
    root: Path,
    workers: int,
    names: Callable[[str], Names],
    told: Callable[[Outcome], None] = lambda _: None,
    planned: Callable[[Summary, list[Job]], None] = lambda _s, _j: None,
    **_watch: Callable,
) -> Summary:
    """Reports for the public, made as those of a public bundle are: each is looked at before it is put in its place."""
    summary = Summary()
    with locked(root):
        forget()
        todo = to_make(jobs, How(out=root), summary)
        planned(summary, todo)
        for outcome, files, manifest in beside(todo, ("html",), workers, MEMORY, TIMEOUT) if todo else ():
            if not outcome.failed:
                try:
                    _placed(outcome, root, files, manifest, names(outcome.job.programme))
                except (EvaluationError, OSError) as error:
                    outcome = replace(outcome, failed=said(error, outcome.job.lang))
            (summary.failed if outcome.failed else summary.made).append(outcome)
            told(outcome)
    return summary


def _placed(outcome: Outcome, root: Path, files: Mapping[str, bytes], manifest: dict, names: Names) -> None:
    """Put a public report in its place, if it names nobody."""
    job = outcome.job
    refuse_people({n: d for n, d in files.items() if not n.endswith(".ipynb")}, names)
    kept = {n: d for n, d in files.items() if n in manifest["outputs"] and not n.endswith(".ipynb")}
    of = {**manifest, "outputs": {n: sha256(d) for n, d in kept.items()}}
    place(job, root, kept, {k: v for k, v in of.items() if k not in ("sha256", "run")}, outcome.seconds)


def _names(programme: str) -> Names:
    """Names that may stand on no public page of a programme; on one over all regions, those that may on none of a region's."""
    return search_for(load_programme(programme if programme != NATION else region_name(regions_of(official_rounds()[-1])[0])))


def _last_look(names: Callable[[str], Names]) -> Callable[[str, Mapping[str, bytes]], None]:
    """Looks at pages before they are written: those of a programme for its own names, those of all for all."""
    seen = dict.fromkeys((NATION,))

    def look(programme: str, files: Mapping[str, bytes]) -> None:
        seen[programme or NATION] = None
        for name in (programme,) if programme else [p for p in seen if not p.startswith(PREFIX)]:
            refuse_people({n: d for n, d in files.items() if n.endswith(".html")}, names(name))

    return look
