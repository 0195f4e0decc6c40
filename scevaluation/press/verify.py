"""Whether reports still are what their manifests say: outputs unchanged, and inputs the same as today's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from scevaluation.errors import EvaluationError, ReportError, WorkspaceError
from scevaluation.issues import issue, refusal
from scevaluation.place import MARK, sha256
from scevaluation.press.jobs import KINDS, job_of, manifests
from scevaluation.press.keys import facts, fingerprint
from scevaluation.press.report import manifest_hash
from scevaluation.words import Words

COLUMNS = ("report", "file", "state")


def verify(root: Path) -> pd.DataFrame:
    """Every file of every report below a folder that no longer matches.

    Returns
    -------
    DataFrame
        report, file, state: "changed" or "missing" (an output), "unreadable" or "altered" (the manifest), "input_changed",
        "input_missing", "input_new" (a file under data/ beside what the report was made from), "page_without_manifest". What the
        workspace says of its documents counts as an input, its file.
        Empty if all matches.

    Raises
    ------
    ReportError
        If the folder holds no report at all.
    WorkspaceError
        If the workspace's file says something that cannot be.
    """
    found = manifests(root)
    rows = [row for path, entry in found for row in _of_report(root, path, entry)]
    pages = {p for p in root.glob("*/*/*.html") if not p.with_suffix(".json").exists()}
    rows += [(p.relative_to(root).as_posix(), p.name, "page_without_manifest") for p in sorted(pages)]
    if not found and not pages:
        raise refusal(ReportError, [issue(str(root), "", "no_reports", "error", "", "", "name_reports")])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_report(root: Path, path: Path, entry: dict) -> list[tuple[str, str, str]]:
    name = path.relative_to(root).with_suffix("").as_posix()
    if not entry:
        return [(name, path.name, "unreadable")]
    rows = [] if entry.get("sha256") == manifest_hash(entry) else [(name, path.name, "altered")]
    for file, digest in sorted(entry["outputs"].items()):
        place = path.parent / file
        state = "missing" if not place.is_file() else "" if sha256(place.read_bytes()) == digest else "changed"
        rows += [(name, file, state)] if state else []
    return rows + [(name, file, state) for file, state in _inputs(entry)]


def _inputs(entry: dict) -> list[tuple[str, str]]:
    """Inputs that are not what they were; a report whose programme is gone has lost them all."""
    job, made_from = job_of(entry), entry.get("made_from", {})
    before = _counted(made_from)
    try:
        now = _counted(facts(job, ())) if job.kind in KINDS else {}
    except WorkspaceError:
        raise
    except EvaluationError:
        now = {}
    states = {n: "input_missing" if n not in now else "input_new" if n not in before else "input_changed" for n in before | now}
    return [(n, state) for n, state in sorted(states.items()) if before.get(n) != now.get(n)]


def _counted(made_from: dict) -> dict:
    """Hashes of inputs, and what is said of the document where anything is."""
    said = made_from.get("document")
    return {**made_from.get("inputs", {}), **({MARK: said} if said else {})}


def summary(root: Path, w: Words) -> tuple[list[str], bool]:
    """Lines to print, and whether all matches: every report with the fingerprint that its pages can show, what does not match, counts."""
    wrong, found = verify(root), manifests(root)
    names = {path.relative_to(root).with_suffix("").as_posix(): entry.get("made_from") for path, entry in found}
    lines = [f"{name} {fingerprint(made_from)}" for name, made_from in names.items() if made_from]
    lines += [f"{row.report}: {row.file}: {w('verify.' + row.state)}" for row in wrong.itertuples()]
    counts = w("verify.counts", reports=w.num(len(found), 0), wrong=w.num(wrong["report"].nunique(), 0))
    return [*lines, counts], not len(wrong)
