"""Make reports: run the notebook, render the page and its other forms, write all beside their place and rename them into it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scevaluation import __version__
from scevaluation.errors import ReportError
from scevaluation.instrument import SECTORS
from scevaluation.programme import DATA, Programme, Round, load_programme
from scevaluation.words import words

REPORTS = Path(os.environ.get("SCEVALUATION_REPORTS") or DATA.parent / "reports")
NATION = "nasional"  # the folder of reports over all regions; no programme may be called so
FORMATS = ("html", "pdf", "xlsx", "figures", "slides")


@dataclass(frozen=True)
class Kind:
    """A kind of report: its notebook, and what it is made for each of: a round, a sector of it, or the nation's round."""

    notebook: str
    each: str = "round"


KINDS = {
    "round": Kind("2_round_report"),
    "sector": Kind("3_sector_report", "sector"),
    "agencies": Kind("4_agencies"),
    "methods": Kind("6_methods"),
    "national": Kind("7_national", "nation"),
    "handover": Kind("8_handover"),
}


@dataclass(frozen=True)
class Job:
    """One report to make; `sector` only where the kind is made by sector, `public` without what names or quotes a person."""

    programme: str
    round: str
    lang: str = "id"
    kind: str = "round"
    sector: str = ""
    public: bool = False

    @property
    def stem(self) -> str:
        """Name of its files without ending."""
        part = f"-{self.sector}" if self.sector else ""
        return f"{self.kind}{part}.{self.lang}"

    @property
    def folder(self) -> Path:
        """Its folder below that of all reports."""
        return Path(self.programme) / self.round

    @property
    def parameters(self) -> dict:
        """Values of its notebook's parameters."""
        each = KINDS[self.kind].each
        out = {"round": self.round, "lang": self.lang}
        if each != "nation":
            out |= {"programme": self.programme, "public": self.public}
        return out | ({"sector": self.sector} if each == "sector" else {})

    def __str__(self) -> str:
        return " ".join(p for p in (self.programme, self.round, self.kind, self.sector, self.lang) if p)


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


def sha256(data: bytes | str) -> str:
    """Hash of bytes or of a text's UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def write_together(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files into a hidden folder beside their place, then rename them into it, in the order given.

    Raises
    ------
    ReportError
        If the folder cannot be written; what stood there before still stands.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    except OSError as error:
        raise ReportError(f"{folder} cannot be written: {error.strerror}.", "Choose another folder with --out.") from error
    try:
        for name, data in files.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(data.encode() if isinstance(data, str) else data)
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(beside / name, folder / name)
    except OSError as error:
        raise ReportError(
            f"{folder} cannot be written: {error.strerror}.", "Free some space, or choose another folder with --out."
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def checked(job: Job) -> Job:
    """The job with its round's name in full.

    Raises
    ------
    EvaluationError
        If its kind, programme, round, sector or language is unknown, or the round was not scored.
    """
    if job.kind not in KINDS:
        raise ReportError(f"There is no kind of report {job.kind[:40]!r}.", f"Known kinds: {', '.join(KINDS)}.")
    words(job.lang)
    each = KINDS[job.kind].each
    if each == "nation":
        from scevaluation.intake.official import official_rounds

        name = str(Round(job.round))
        if name not in official_rounds():
            raise ReportError(f"There is no letter over all regions of {name}.", f"Rounds: {', '.join(official_rounds())}.")
        return Job(NATION, name, job.lang, job.kind, "", job.public)
    plan = load_programme(job.programme)
    state = plan.round(job.round)
    if state.state != "scored":
        raise ReportError(
            f"Round {state.id} of {plan.id} was not scored ({state.state}).", f"Scored rounds: {', '.join(plan.scored)}."
        )
    if (each == "sector") != bool(job.sector) or (job.sector and job.sector not in sectors_of(plan, state.id)):
        known = ", ".join(sectors_of(plan, state.id)) if each == "sector" else "none"
        raise ReportError(
            f"A report of kind {job.kind} cannot be made of sector {job.sector[:40]!r}.", f"Sectors of {plan.id}: {known}."
        )
    return Job(plan.id, state.id, job.lang, job.kind, job.sector, job.public)


def sectors_of(plan: Programme, round_name: str) -> tuple[str, ...]:
    """Sectors of which a round of a programme has scores or statistics: those its instrument or context knows."""
    instrument = plan.instrument(round_name)
    tagged = {s for n in instrument.nodes.values() for s in n.sectors} | (set(instrument.components) & set(SECTORS))
    return tuple(s for s in plan.sectors if s in tagged or plan.context)


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

    Raises
    ------
    EvaluationError
        If the programme, round or language is unknown or the round's scores have errors. Nothing is then written.
    """
    job = checked(Job(programme, round_name, lang, kind, sector, public))
    made = write_report(job, out or REPORTS, engine, formats)
    write_index(out or REPORTS)
    return made


def write_report(job: Job, root: Path, engine: str = "inprocess", formats: tuple[str, ...] = ("html",), key: str = "") -> Made:
    """Make the files of a checked job and put them into their place, the manifest last; `key` is the hash of its inputs."""
    files, manifest = report_files(job, engine, formats)
    manifest["key"] = key
    name = f"{job.stem}.json"
    files[name] = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    folder = root / job.folder
    write_together(folder, files)
    page, notebook = (folder / f"{job.stem}{ending}" for ending in (".html", ".ipynb"))
    paths = tuple(folder / n for n in files)
    return Made(
        job.programme, job.round, job.lang, job.kind, page, notebook, folder / name, str(manifest["headline"]), paths
    )


def report_files(job: Job, engine: str, formats: tuple[str, ...]) -> tuple[dict[str, str | bytes], dict[str, object]]:
    """Every file of a report by name, and its manifest; nothing is written.

    Raises
    ------
    ReportError
        For an unknown format, or where a cell of the notebook fails.
    """
    from scevaluation.publish import notebook as nb
    from scevaluation.publish.formats import further

    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise ReportError(f"There is no format {', '.join(unknown)[:60]}.", f"Known formats: {', '.join(FORMATS)}.")
    w = words(job.lang)
    done = nb.run_notebook(KINDS[job.kind].notebook, job.parameters, engine)
    html = nb.page(done, w)
    files: dict[str, str | bytes] = {f"{job.stem}.ipynb": nb.executed_json(done), f"{job.stem}.html": html}
    files |= further(job, html, formats, w)
    plan = None if job.programme == NATION else load_programme(job.programme)
    return files, {
        "programme": job.programme,
        "label": w(f"kind.{job.kind}") if plan is None else w.label(plan.label),
        "round": job.round,
        "lang": job.lang,
        "kind": job.kind,
        "sector": job.sector,
        "public": job.public,
        "parameters": job.parameters,
        "title": nb.marked(done, "title"),
        "headline": nb.marked(done, "headline"),
        "made_up": bool(plan and plan.made_up),
        "version": __version__,
        "engine": engine,
        "inputs": json.loads(nb.marked(done, "inputs") or "{}"),
        "outputs": {name: sha256(data) for name, data in files.items()},
    }


def manifests(root: Path) -> list[tuple[Path, dict]]:
    """Every report's manifest below a folder of reports, with its path; {} where a file of that place cannot be read as one."""
    return [(path, read_manifest(path)) for path in sorted(root.glob("*/*/*.json"))]


def read_manifest(path: Path) -> dict:
    """A report's manifest; {} if the file is absent or is none."""
    try:
        entry = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    needed = {"programme", "round", "lang", "kind", "headline", "outputs"}
    return entry if isinstance(entry, dict) and needed <= entry.keys() else {}


def write_index(root: Path) -> Path:
    """Write index.html of a folder of reports: every report whose manifest and page are there, newest round first."""
    from scevaluation.publish.index_page import index_html

    entries = []
    for path, entry in manifests(root):
        target = path.with_suffix(".html")
        if entry and target.exists():
            others = {n: (path.parent / n) for n in entry["outputs"] if n.endswith((".pdf", ".xlsx"))}
            more = {n: p.relative_to(root).as_posix() for n, p in others.items() if p.exists()}
            entries.append({**entry, "href": target.relative_to(root).as_posix(), "more": more})
    write_together(root, {"index.html": index_html(entries)})
    return root / "index.html"
