"""Check a received file: its issues, and for each the cell with what stands around it; what came in of a round so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from scevaluation.desk.indicators import cell_html
from scevaluation.desk.show import empty, framed, heads, refused, table
from scevaluation.errors import EvaluationError
from scevaluation.frames import ISSUES, SEVERITIES
from scevaluation.intake.check import check_file, worst_first
from scevaluation.intake.reading import read
from scevaluation.issues import describe, told
from scevaluation.period import Period
from scevaluation.place import find
from scevaluation.press.preview import preview_body, preview_css
from scevaluation.programme import Programme, load_programme
from scevaluation.report.part import Part
from scevaluation.words import Words

READ = (".xlsx", ".ods", ".csv", ".tsv", ".xls", ".xlsb", ".html")  # endings of files that can be read


@dataclass(frozen=True, eq=False)
class Checked:
    """A file and its ISSUES, errors first; `refused` says why it could not be read at all."""

    path: Path
    issues: pd.DataFrame
    refused: EvaluationError | None = None


def check(file: Path | str, programme: str, round_name: str) -> Checked:
    """The issues of a file; a file that cannot be read is a result too, since the desk goes on."""
    path = Path(file)
    try:
        return Checked(path, worst_first(check_file(path, programme, round_name)))
    except EvaluationError as error:
        return Checked(path, ISSUES.empty(), error)


def place(file: Path | str, programme: str) -> Path:
    """A file as a notebook names it: in the working folder, else in the programme's own, else beside the notebooks."""
    tries = [Path(file), load_programme(programme).folder / file, find(str(file), room="notebooks")]
    return next((p for p in tries if p.is_file()), tries[0])


def candidates(file: Path | str) -> tuple[Path, ...]:
    """Files beside a file that can be checked, the file itself among them, by name."""
    folder = Path(file).parent
    found = {p for p in folder.glob("*.*") if p.suffix.lower() in READ and not p.name.startswith((".", "~"))}
    return tuple(sorted(found | {Path(file)}))


def round_said(path: Path, default: str) -> str:
    """The round a file is of: by its name, if that is a round."""
    try:
        return str(Period(path.stem))
    except EvaluationError:
        return default


def shown(c: Checked, w: Words, row: int = 0, projector: bool = False) -> Part:
    """Counts, all issues, and the cell of one of them."""
    if c.refused:
        text = w("lab.check.refused", file=c.path.name)
        why = " ".join(told(c.refused, w))
        html = f'<h3>{escape(text)}</h3><p class="flag">{escape(why)}</p>'
        return Part(framed(html, projector, "desk-check"), f"{text} {why}")
    if c.issues.empty:
        text = w("lab.check.clean", file=c.path.name)
        return Part(framed(f"<h3>{escape(text)}</h3>", projector, "desk-check"), text)
    numbers = {s: w.num(int((c.issues["severity"] == s).sum()), 0) for s in SEVERITIES}
    text = w("lab.check.counts", file=c.path.name, **numbers)
    issue = c.issues.iloc[min(row, len(c.issues) - 1)]
    html = f"<h3>{escape(text)}</h3>{_list(c.issues, w, row)}<h4>{escape(w('lab.explore.cell'))}</h4>"
    html += cell_html(c.path if c.path.is_file() else None, c.path.name, issue["cell"], w)
    return Part(framed(html, projector, "desk-check"), text)


def preview(file: Path | str, programme: str, round_name: str, w: Words, projector: bool = False) -> Part:
    """A file as its sheet is laid out, with what was read of every cell; a refusal is shown, since the desk goes on."""
    path = Path(file)
    try:
        body = preview_body(read(path, load_programme(programme), round_name), w)
    except EvaluationError as error:
        return refused(error, w, projector, "desk-preview")
    html = framed(f"<style>{preview_css()}</style>{body}", projector, "desk-preview")
    return Part(html, w("preview.title", file=path.name))


def of_round(
    make: Callable[[Programme, str, Words], Part | None],
    nothing: str,
    programme: str,
    round_name: str,
    w: Words,
    projector: bool,
) -> Part:
    """What `make` shows of a round; `nothing` is said where there is nothing, and a refusal is shown, since the desk goes on."""
    try:
        plan = load_programme(programme)
        part = make(plan, plan.round(round_name).id, w)
    except EvaluationError as error:
        return refused(error, w, projector, "desk-round")
    part = part or Part(empty(w(nothing)), w(nothing))
    return Part(framed(part.html, projector, "desk-round"), part.text)


def line(issue: pd.Series, w: Words) -> str:
    """An issue in a list: severity, place, what."""
    where = w.place(issue["cell"]) or issue["file"]
    return " \u00b7 ".join((w("severity." + issue["severity"]), where, describe(dict(issue), w, False)))


def _list(issues: pd.DataFrame, w: Words, row: int) -> str:
    body = []
    for n, i in enumerate(issues.to_dict("records")):
        said = escape(w("severity." + i["severity"])), escape(describe(i, w, False))
        body.append(("here" if n == row else "", [f"<code>{escape(w.place(i['cell']) or i['file'])}</code>", *said]))
    return table(heads(w, "where", "severity", "what"), body, "issues")
