"""Make reports: run the notebook, render the page and its other forms, write all beside their place and rename them into it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from scevaluation import __version__
from scevaluation.errors import ReportError
from scevaluation.issues import issue, refusal
from scevaluation.place import READY, REPORTS, making, sha256, swept
from scevaluation.press.jobs import NATION, Job, checked, checked_formats, manifests
from scevaluation.press.lock import not_writable, sweep
from scevaluation.programme import load_programme
from scevaluation.words import words

_INSIDE = re.compile(r"(?:[^./\\:\0][^/\\:\0]*/)*[^./\\:\0][^/\\:\0]*")  # a plain name in a folder or in one below it


@dataclass(frozen=True)
class Made:
    """A report that was made: where it is and what it says first; `files` are all its files by ending."""

    programme: str
    round: str
    lang: str
    kind: str
    page: Path
    notebook: Path
    manifest: Path
    headline: str
    files: tuple[Path, ...] = ()


def write_together(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Put files in a folder as a set, in the order given: all of them, or none and what stood there before still stands.

    They are written into a hidden folder beside their place and renamed into it. Where one cannot be replaced, as a workbook that is
    open on Windows, those replaced before it are put back. Where the process is killed between, `place.swept` goes on with it.

    Raises
    ------
    ReportError
        If the folder cannot be written, or a file in it not be replaced, which is named; if a name leads out of the folder.
    """
    if outside := [n for n in files if not _INSIDE.fullmatch(n)]:
        raise refusal(ReportError, [issue(str(folder), "", "name_outside", "error", outside[0], "", "look_at_worker")])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        swept(folder)
        beside = Path(tempfile.mkdtemp(prefix=making(), dir=folder))
    except OSError as error:
        raise not_writable(folder, error) from error
    kept, put = dict[str, Path](), list[str]()
    name = ""
    try:
        (beside / "new").mkdir()
        for name, data in files.items():
            (beside / "new" / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / "new" / name).write_bytes(data.encode() if isinstance(data, str) else data)
        for name in files:
            if (folder / name).is_file():
                kept[name] = _copy(folder / name, beside / "old" / name)
        os.replace(beside / "new", beside / READY)
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(beside / READY / name, folder / name)
            put.append(name)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.replace(beside / READY, beside / "new")
        for done in put:
            with contextlib.suppress(OSError):
                os.replace(kept[done], folder / done) if done in kept else (folder / done).unlink()
        open_ = isinstance(error, PermissionError) and name in kept and os.access(folder, os.W_OK)
        if open_:
            raise refusal(ReportError, [issue(str(folder / name), "", "file_open", "error", "", "", "close_file")]) from error
        raise not_writable(folder, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _copy(path: Path, kept: Path) -> Path:
    """A second name of a file that is about to be replaced, or a copy where the disk knows no second names."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, kept)
    except OSError:
        shutil.copy2(path, kept)
    return kept


def make_report(
    programme: str,
    round_name: str,
    lang: str = "id",
    kind: str = "round",
    out: Path | None = None,
    engine: str = "inprocess",
    sector: str = "",
    formats: tuple[str, ...] = ("html",),
    public: bool = False,
    as_of: str = "",
    other: str = "",
    peers: str = "",
) -> Made:
    """Make one report: an HTML page, the executed notebook, other formats asked for, and a manifest of their inputs.

    Parameters
    ----------
    programme, round_name, lang, kind, sector : str
        What to report; all are checked before anything runs.
    out : Path, optional
        Folder of all reports (default reports/).
    engine : {"inprocess", "kernel"}
        How the notebook's cells run.
    formats : tuple of {"html", "pdf", "xlsx", "figures", "slides"}
        Page and notebook are always made.
    public : bool
        Without what names or quotes a person.
    as_of : str
        Of a handover brief the day it speaks of, such as "2025-03-01"; without `round_name` of the last round scored by then.
    other : str
        Of a comparison the round it is set beside: a round, a programme, or PROGRAMME/ROUND; by default the round before.
    peers : str
        Of a round's report the regions set beside its own in place of the nearest, by codes or names with commas between.

    Raises
    ------
    EvaluationError
        If the programme, round or language is unknown or the round's scores have errors. Nothing is then written.
    """
    job = checked(Job(programme, round_name, lang, kind, sector, public, as_of, other, peers))
    sweep(out or REPORTS)
    made = write_report(job, out or REPORTS, engine, formats)
    write_index(out or REPORTS)
    return made


def write_report(job: Job, root: Path, engine: str = "inprocess", formats: tuple[str, ...] = ("html",)) -> Made:
    """Make the files of a checked job and put them into their place, the manifest last."""
    start = time.perf_counter()
    files, manifest = report_files(job, engine, formats)
    return place(job, root, files, manifest, time.perf_counter() - start)


def place(job: Job, root: Path, files: Mapping[str, str | bytes], manifest: dict, seconds: float) -> Made:
    """Write a report's files and its manifest, with the time it took apart from what is hashed."""
    folder, name = root / job.folder, f"{job.stem}.json"
    whole = {**manifest, "sha256": manifest_hash(manifest), "run": {"seconds": round(seconds, 2)}}
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_together(folder, {**files, name: text})
    page, notebook, beside = (folder / f"{job.stem}{ending}" for ending in (".html", ".ipynb", ".json"))
    paths = tuple(folder / n for n in (*files, name))
    return Made(job.programme, job.round, job.lang, job.kind, page, notebook, beside, str(manifest["headline"]), paths)


def manifest_hash(manifest: dict) -> str:
    """Hash of a manifest without the time its report took and the hash itself."""
    kept = {k: v for k, v in manifest.items() if k not in ("sha256", "run")}
    return sha256(json.dumps(kept, ensure_ascii=False, sort_keys=True))


def report_files(job: Job, engine: str, formats: tuple[str, ...]) -> tuple[dict[str, str | bytes], dict[str, object]]:
    """Every file of a report by name, and its manifest; nothing is written.

    ReportError for an unknown format, or where a cell of the notebook fails.
    """
    from scevaluation.press import notebook as nb
    from scevaluation.press.formats import further
    from scevaluation.press.imprint import imprint_of, parts
    from scevaluation.press.keys import facts, fingerprint, key_of

    checked_formats(formats)
    w, made_from = words(job.lang), facts(job, formats)
    try:
        done = nb.run_notebook(job.notebook, job.parameters, engine)
        html = nb.page(done, w, parts(imprint_of(job), w, fingerprint(made_from)))
        files: dict[str, str | bytes] = {f"{job.stem}.ipynb": nb.executed_json(done), f"{job.stem}.html": html}
        files |= further(job, html, formats, w)
    except OSError as error:  # such as a temporary file on a full disk
        raise not_writable(Path(tempfile.gettempdir()), error) from error
    plans = [] if job.programme == NATION else [load_programme(name) for name, _ in job.sides]
    if job.public:
        from scevaluation.intake.release import public  # loads pandas

        plans = [public(plan) for plan in plans]
    return files, {
        **asdict(job),
        "label": w.label(plans[0].label) if plans else w(f"kind.{job.kind}"),
        **{key: nb.marked(done, key) for key in ("title", "headline")},
        "made_up": any(plan.made_up for plan in plans),
        "version": __version__,
        "engine": engine,
        "made_from": made_from,
        "key": key_of(made_from),
        "outputs": {name: sha256(data) for name, data in files.items()},
    }


def write_index(root: Path) -> Path:
    """Write index.html of a folder of reports: every report whose manifest and page are there, newest round first."""
    from scevaluation.press.index_page import index_html

    entries = []
    for path, entry in manifests(root):
        target = path.with_suffix(".html")
        if entry and target.exists():
            others = {n: (path.parent / n) for n in entry["outputs"] if n.endswith((".pdf", ".xlsx"))}
            more = {n: p.relative_to(root).as_posix() for n, p in others.items() if p.exists()}
            entries.append({**entry, "href": target.relative_to(root).as_posix(), "more": more})
    write_together(root, {"index.html": index_html(entries)})
    return root / "index.html"
