"""Where one starts in JupyterLab: the notebooks laid out to be clicked, and the programmes there are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

import nbformat

from scevaluation.desk.show import framed, heads, table
from scevaluation.errors import EvaluationError, WorkspaceError
from scevaluation.issues import issue, refusal, told
from scevaluation.place import LAYERS, SHIPPED, WORKSPACE, NotWritable, every, put, sha256
from scevaluation.press.normalise import normal
from scevaluation.press.notebook import spoken
from scevaluation.programme import load_programme, programmes
from scevaluation.report.part import Part
from scevaluation.words import Words, words

START = "START.ipynb"
FOLDER, RECORD = "lab", ".shipped.json"  # where copies lie that are only for work by hand: no report is made from them


def found(w: Words) -> Part:
    """The programmes there are, with their rounds; one that cannot be read says why."""
    rows, said = [], []
    for name in programmes():
        try:
            plan = load_programme(name)
            label, about = w.label(plan.label), _rounds([w.round(r) for r in plan.scored], w)
            newest = plan.scored[-1] if plan.scored else ""
        except EvaluationError as error:
            label, about, newest = "", told(error, w)[0], ""
        own = load_folder(name) != SHIPPED / "data" / "programmes" / name
        cells = (name, label, about, newest, w("lab.start.own" if own else "lab.start.shipped"))
        rows.append(("", [escape(c) for c in cells]))
        said.append(f"{name}: {about}")
    head = heads(w, "programme", "programme_name", "rounds", "newest", "whose")
    return Part(framed(table(head, rows, "programmes"), kind="desk-start"), "\n".join(said))


def _rounds(names: list[str], w: Words) -> str:
    if len(names) < 2:
        return w("lab.start.one_round", first=names[0]) if names else w("lab.start.no_rounds")
    return w("lab.start.rounds", n=w.num(len(names), 0), first=names[0], last=names[-1])


def load_folder(name: str) -> Path:
    """The folder a programme is read from."""
    return next(p.parent for p in every(f"programmes/{name}/programme.yaml"))


def rounds_line(programme: str) -> str:
    """A programme's rounds in one line, for the anchors of a notebook."""
    plan = load_programme(programme)
    return f"{programme}: {len(plan.scored)} of {len(plan.rounds)} rounds scored, {plan.scored[0]} to {plan.scored[-1]}"


def laid_out(root: Path, lang: str = "id") -> Path:
    """The start notebook below a folder that JupyterLab shows: the clone's own, else a copy beside copies of all others.

    The copies speak `lang`. One that nobody changed but by running it gives way to a newer version; one that was changed stays.

    Raises
    ------
    WorkspaceError
        If the copies cannot be written.
    """
    own = LAYERS["notebooks"][0] / START
    if own.is_file() and own.is_relative_to(root):
        return own
    folder = root / FOLDER
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        record = {}
    try:
        for source in sorted((SHIPPED / "notebooks").glob("*.ipynb")):
            path, text = folder / source.name, _in_language(source, lang)
            if not path.exists() or (record.get(source.name) == _hash(path) != sha256(text)):
                put(path, text.encode())
                record[source.name] = sha256(text)
        put(folder / RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
    except NotWritable as error:
        about = issue(str(folder), "", "not_writable", "error", str(error), "", "make_room")
        raise refusal(WorkspaceError, [about]) from error
    return folder / START


def _in_language(source: Path, lang: str) -> str:
    """A shipped notebook in its normal form, its prose and the language it begins with as asked."""
    notebook = spoken(nbformat.read(source, 4), words(lang))
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source = cell.source.replace('lang = "id"', f'lang = "{lang}"')
    return normal(nbformat.writes(notebook))


def _hash(path: Path) -> str:
    """Hash of a notebook without what running it leaves; "" of one that is none any more."""
    try:
        return sha256(normal(path.read_text("utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return ""


def opened(more: Sequence[str] = (), lang: str = "id") -> int:
    """Open JupyterLab on the start notebook, in the workspace or the working directory, until it is ended; its status.

    Parameters
    ----------
    more : sequence of str
        Further options of JupyterLab, such as "--no-browser".
    lang : str
        Language of the notebooks laid out.
    """
    root = (WORKSPACE or Path.cwd()).resolve()
    place = laid_out(root, lang).resolve().relative_to(root).as_posix()
    options = [f"--ServerApp.root_dir={root}", f"--LabApp.default_url=/lab/tree/{place}"]
    named = {"SCEVALUATION_WORKSPACE": str(root)} if WORKSPACE else {}
    try:
        return subprocess.call([sys.executable, "-m", "jupyterlab", *options, *more], env=os.environ | named, cwd=root)
    except KeyboardInterrupt:
        return 0
