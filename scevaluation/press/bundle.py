"""One zip to share: the reports of a round in all forms, with a manifest of hashes; internal, or public without people."""

from __future__ import annotations

import io
import json
import os
import socket
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from scevaluation import __version__
from scevaluation.errors import ReportError
from scevaluation.intake import release
from scevaluation.intake.persons import EDGE, Names, contact
from scevaluation.issues import clean_text, issue, refusal, unknown
from scevaluation.place import REPORTS, NotWritable, making, sha256
from scevaluation.press.formats import drawn
from scevaluation.press.jobs import FORMATS, KINDS, Job, checked, checked_formats, sectors_of
from scevaluation.press.keys import standing
from scevaluation.press.lock import temporary
from scevaluation.press.pool import Outcome, Task, run
from scevaluation.press.readable import readable
from scevaluation.press.report import report_files, write_together
from scevaluation.programme import Programme, load_programme
from scevaluation.words import Words, words

PROFILES = ("internal", "public")
DAY = (1980, 1, 1, 0, 0, 0)  # of every file in the zip, so that the same input gives the same bytes
UNLIMITED = 1 << 40  # bytes and seconds that a report may take here
SHOWN, LONGEST = 20, 90  # texts left out that are told of, the others stand in the list; letters of each


def share(
    programme: str,
    round_name: str,
    profile: str = "internal",
    langs: tuple[str, ...] = ("id",),
    kinds: tuple[str, ...] = ("round",),
    formats: tuple[str, ...] = FORMATS,
    out: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write the bundle of a round into its folder of reports.

    Parameters
    ----------
    programme, round_name : str
    profile : {"internal", "public"}
        A public bundle holds typed fields alone, and of the free texts (recommendations, events, notes, programmes, units of a survey)
        those that public.csv of the programme has a yes for; no evidence, assessor's name or contact, and no notebook.
    langs, kinds, formats : tuple of str
        What to put in; a kind made by sector comes for each of the round's sectors.
    out : Path, optional
        Folder of all reports (default reports/).
    tell : callable of a line
        Is told which texts were left out, where they stand, and how to say yes.

    Returns
    -------
    Path
        share-<profile>.zip.

    Raises
    ------
    ReportError
        For an unknown profile; of a public bundle, if what a questionnaire says waits for a yes, or something in it names a person
        after all. No bundle is written.
    """
    if profile not in PROFILES:
        raise unknown(profile, PROFILES, "--profile")
    public = profile == "public"
    jobs = _jobs(programme, round_name, langs, kinds, public)
    if public:
        ask(load_programme(programme), words(langs[0]), tell)
    plan, root = load_programme(programme), out or REPORTS
    files = {n: d for n, d in _files(jobs, formats, root).items() if not (public and n.endswith(".ipynb"))}
    folder = root / programme / round_name
    given = {n: d for n, d in files.items() if ".drawn/" not in n}
    facts = {
        "programme": programme,
        "region": plan.region,
        "round": round_name,
        "profile": profile,
        "made_up": plan.made_up,
        "version": __version__,
        "files": {name: {"sha256": sha256(data), "bytes": len(data)} for name, data in sorted(given.items())},
    }
    given["manifest.json"] = (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    name = f"share-{profile}.zip"
    if public:
        refuse_people(files | given, search_for(plan))
    write_together(folder, {name: _zip(given)})
    return folder / name


def _files(jobs: list[Job], formats: tuple[str, ...], root: Path) -> dict[str, bytes]:
    """Files of all reports: of those that stand in their folder unchanged, and made of the others, several at a time.

    A public report stands nowhere. With it come its pictures as they are drawn.
    """
    checked_formats(formats)
    files: dict[str, bytes] = {}
    todo = []
    for job in jobs:
        found = {} if job.public else standing(job, formats, root)
        files |= found
        todo += [] if found else [job]
    if len(todo) < 2:  # one is made here: to start a process for it takes as long as it gains
        for job in todo:
            made = report_files(job, "inprocess", formats)[0] | (drawn(job) if job.public else {})
            files |= {n: d.encode() if isinstance(d, str) else d for n, d in made.items()}
        return files
    for outcome, made_of, _ in beside(todo, formats):
        if outcome.failed:
            raise ReportError(f"{outcome.job}: {outcome.failed}", words(outcome.job.lang)("batch.no_bundle"))
        files |= made_of
    return files


def beside(
    jobs: list[Job], formats: tuple[str, ...], workers: int = 0, memory: int = UNLIMITED, timeout: float = UNLIMITED
) -> Iterator[tuple[Outcome, dict[str, bytes], dict]]:
    """Reports made several at a time where nobody reads them, as they end: what became of each, its files and its manifest.

    With a public one come its pictures as they are drawn. Of one that failed there are no files; nothing stays.
    """
    with tempfile.TemporaryDirectory(prefix=making(), dir=temporary()) as root:
        tasks = [Task(job, Path(root), "inprocess", formats, memory, job.public) for job in jobs]
        for outcome in run(tasks, min(workers or os.cpu_count() or 1, len(tasks)), timeout):
            job, folder = outcome.job, Path(root) / outcome.job.folder
            files: dict[str, bytes] = {}
            for path in [p for p in folder.rglob("*") if p.is_file()] if not outcome.failed else ():
                if (name := path.relative_to(folder).as_posix()).startswith(f"{job.stem}."):
                    files[name] = path.read_bytes()
                    path.unlink()
            yield outcome, files, json.loads(files.pop(f"{job.stem}.json", b"{}"))


def ask(plan: Programme, w: Words, tell: Callable[[str], None]) -> None:
    """Write the list of texts that are asked about, tell of those left out, and stop where a questionnaire's would have to be."""
    found = release.asked(plan)
    left = [a for a in found if not a.told]
    if not left:
        return
    try:
        where = str(release.listed(plan, found, w.lang))
    except NotWritable:
        where = ""
    waits = [a for a in left if a.file in {f"{r.instrument}.yaml" for r in plan.rounds}]
    if waits:
        raise refusal(ReportError, [issue(a.file, a.place, "public_waits", "error", a.text, where, "say_yes") for a in waits])
    open_ = [a for a in left if a.answer is None]
    tell(w("public.left", n=w.num(len(left), 0), open=w.num(len(open_), 0)))
    for a in open_[:SHOWN]:
        tell(f"  {a.file}, {w.place(a.place)}: {clean_text(a.text, LONGEST)} ({w(f'public.why.{a.why}')})")
    if len(open_) > SHOWN:
        tell("  " + w("public.more", n=w.num(len(open_) - SHOWN, 0)))
    tell(w("public.how", path=where) if where else w("public.nowhere"))


def _jobs(programme: str, round_name: str, langs, kinds, public: bool) -> list[Job]:
    """Checked jobs of a bundle; unknown kinds and languages are refused before anything runs."""
    out = []
    for lang in langs:
        words(lang)
        for kind in kinds:
            if kind not in KINDS:
                raise unknown(kind, KINDS, problem="no_kind")
            each = sectors_of(load_programme(programme), round_name, kind)
            out += [checked(Job(programme, round_name, lang, kind, sector, public)) for sector in each]
    return out


def search_for(programme: Programme) -> Names:
    """Names that may stand nowhere in a public bundle: those of persons, and of this machine and who is at work on it.

    One of a single word that is a word of the report anyway tells nothing by standing there, once what is free is left out.
    """
    here = {socket.gethostname(), Path.home().name} - {"localhost", "root", "home", "user", "runner", ""}
    return Names(release.names_of(programme) | here, release.common(programme))


def refuse_people(files: Mapping[str, bytes], names: Names) -> None:
    """The last look at a public bundle.

    Raises
    ------
    ReportError
        If a file holds a name, a contact, a person's number, or a place on a computer, whatever form its signs have.
    """
    for whole, data in files.items():
        for name, text in readable(whole, data):
            found = names.sure(text) or names.maybe(text) or (contact(text) or ("", ""))[1]
            if found:
                raise refusal(ReportError, [issue(name, "", "public_holds", "error", found.replace(EDGE, " "), "", "open_not")])


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            bundle.writestr(entry, files[name])
    return out.getvalue()
