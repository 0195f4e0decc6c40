"""Make reports: run the notebook, render the page, write both beside their place and rename them into it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scevaluation import __version__
from scevaluation.errors import ReportError
from scevaluation.programme import DATA, load_programme
from scevaluation.words import words

REPORTS = Path(os.environ.get("SCEVALUATION_REPORTS") or DATA.parent / "reports")
KINDS = {"round": "2_round_report"}


@dataclass(frozen=True)
class Made:
    """A report that was made: where it is and what it says first."""

    programme: str
    round: str
    lang: str
    kind: str
    page: Path
    notebook: Path
    manifest: Path
    headline: str


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_together(folder: Path, files: dict[str, str]) -> None:
    """Write texts into a hidden folder beside their place, then rename them into it, in the order given."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    except OSError as error:
        raise ReportError(f"{folder} cannot be written: {error.strerror}.", "Choose another folder with --out.") from error
    try:
        for name, text in files.items():
            (beside / name).write_text(text, "utf-8", newline="\n")
        for name in files:
            os.replace(beside / name, folder / name)
    except OSError as error:
        raise ReportError(
            f"{folder} cannot be written: {error.strerror}.", "Free some space, or choose another folder with --out."
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def make_report(
    programme: str, round_name: str, lang: str = "id", kind: str = "round", out: Path | None = None, engine: str = "inprocess"
) -> Made:
    """Make one report: an HTML page, the executed notebook, and a manifest of what they were made from.

    Parameters
    ----------
    programme, round_name, lang, kind : str
        What to report; all are checked before anything runs.
    out : Path, optional
        Folder of all reports (default reports/).
    engine : {"inprocess", "kernel"}
        How the notebook's cells run.

    Raises
    ------
    EvaluationError
        If the programme, round or language is unknown or the round's scores have errors. Nothing is then written.
    """
    from scevaluation.publish import notebook as nb

    if kind not in KINDS:
        raise ReportError(f"There is no kind of report {kind[:40]!r}.", f"Known kinds: {', '.join(KINDS)}.")
    plan = load_programme(programme)
    state = plan.round(round_name)
    if state.state != "scored":
        raise ReportError(
            f"Round {state.id} of {programme} was not scored ({state.state}).", f"Scored rounds: {', '.join(plan.scored)}."
        )
    w = words(lang)
    done = nb.run_notebook(KINDS[kind], {"programme": programme, "round": state.id, "lang": lang}, engine)
    html = nb.page(done, w)
    stem = f"{kind}.{lang}"
    headline = nb.marked(done, "headline")
    texts = {f"{stem}.ipynb": nb.executed_json(done), f"{stem}.html": html}
    manifest = {
        "programme": programme,
        "round": state.id,
        "lang": lang,
        "kind": kind,
        "title": nb.marked(done, "title"),
        "headline": headline,
        "made_up": plan.made_up,
        "version": __version__,
        "inputs": json.loads(nb.marked(done, "inputs") or "{}"),
        "outputs": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()},
    }
    texts[f"{stem}.json"] = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    root = out or REPORTS
    folder = root / programme / state.id
    write_together(folder, texts)
    write_index(root)
    return Made(
        programme, state.id, lang, kind, folder / f"{stem}.html", folder / f"{stem}.ipynb", folder / f"{stem}.json", headline
    )


def write_index(root: Path) -> Path:
    """Write index.html of a folder of reports: every report whose manifest and page are there, newest round first."""
    from scevaluation.publish.index_page import index_html

    entries = []
    for path in sorted(root.glob("*/*/*.json")):
        entry = json.loads(path.read_text("utf-8"))
        target = path.with_suffix(".html")
        if target.exists() and {"programme", "round", "lang", "kind", "headline"} <= entry.keys():
            entries.append({**entry, "href": target.relative_to(root).as_posix()})
    write_together(root, {"index.html": index_html(entries)})
    return root / "index.html"
