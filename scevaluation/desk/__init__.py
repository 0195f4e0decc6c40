"""The consultant's desk in JupyterLab: what if, explore, check. Notebooks call these, one a cell.

Every function returns a part, or a `Live`: the part, and over it controls where a kernel runs for a person.
"""

from __future__ import annotations

from pathlib import Path

from scevaluation.desk import bring as old
from scevaluation.desk import files, show
from scevaluation.desk import indicators as tables
from scevaluation.desk.bring import Past, past, past_table
from scevaluation.desk.files import place, preview
from scevaluation.desk.live import Live
from scevaluation.desk.reach import reach
from scevaluation.desk.scenario import Scenario, as_evaluated, goal, read_scenario, scenarios, shares, slug
from scevaluation.desk.start import found, rounds_line
from scevaluation.desk.what_if import apply
from scevaluation.errors import ScenarioError
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT
from scevaluation.intake.typed import typed
from scevaluation.report import board
from scevaluation.report.part import Part
from scevaluation.words import Words

__all__ = [
    "awaited",
    "bring_past",
    "check",
    "compare",
    "compare_line",
    "explore",
    "found",
    "import_log",
    "item_line",
    "load",
    "outcome_line",
    "past",
    "past_table",
    "place",
    "preview",
    "rounds_line",
    "shares_line",
    "way",
    "way_line",
    "what_if",
]


def _folder(e: Evaluation, folder: str) -> str:
    """Where scenarios stand: the folder named, else the programme's own."""
    return folder or ("" if e.programme.official else str(e.programme.folder / "scenarios"))


def load(e: Evaluation, name: str = "", folder: str = "") -> Scenario:
    """A saved scenario by its name or its file's; "" assumes nothing.

    Raises
    ------
    ScenarioError
        If there is none, or it is no scenario of this round.
    """
    if not name:
        return as_evaluated(e)
    file = f"{slug(Path(name).stem if name.endswith('.yaml') else name)}.yaml"
    return read_scenario(Path(_folder(e, folder) or ".") / file)


@typed
def what_if(e: Evaluation, w: Words, scenario: str = "", folder: str = "", projector: bool = False) -> Live:
    """Index, verdicts and ranks under a scenario; live: sliders of weights, pace, targets and events."""
    start = load(e, scenario, folder)

    def build():
        from scevaluation.desk.widgets import WhatIf

        return WhatIf(e, w, _folder(e, folder), start, projector).widget()

    return Live(show.outcome(e, apply(e, start), w, projector), build)


@typed
def way(
    e: Evaluation,
    w: Words,
    scenario: str = "",
    folder: str = "",
    node: str = ROOT,
    target_value: float | None = None,
    most: float | None = None,
    projector: bool = False,
) -> Part:
    """What must change to reach a target: the smallest set of item changes."""
    return show.way(e, load(e, scenario, folder), w, node, target_value, most, projector)


@typed
def compare(e: Evaluation, w: Words, folder: str = "", projector: bool = False) -> Part:
    """The saved scenarios of this round beside each other and the evaluation."""
    return show.compared(e, scenarios(_folder(e, folder), e), w, projector)


@typed
def explore(
    e: Evaluation, w: Words, part: str = "", agency: str = "", item: str = "", source: int = 0, projector: bool = False
) -> Live:
    """From the index to an indicator and the cell of its file; live: choices of part, agency, indicator, round, source.

    Raises
    ------
    ScenarioError
        If the round has no such part or indicator.
    """
    for name, known in ((part, e.top), (item, tables.chosen(e)["node"].tolist())):
        if name and name not in known:
            raise ScenarioError(f"Round {e.round} of {e.programme.id} has no {name}.", f"It has {', '.join(known[:12])}.")

    def build():
        from scevaluation.desk.pickers import Explorer

        return Explorer(e, w, part, agency, item, projector).widget()

    plain = tables.item(e, w, item, "", source, projector) if item else tables.overview(e, w, part, agency, projector)
    return Live(plain, build)


@typed
def check(file: Path | str, programme: str, round_name: str, w: Words, projector: bool = False) -> Live:
    """A file's issues and the cell of the first; live: a choice of file and issue."""

    def build():
        from scevaluation.desk.pickers import Checker

        return Checker(Path(file), programme, round_name, w, projector).widget()

    return Live(files.shown(files.check(file, programme, round_name), w, 0, projector), build)


@typed
def bring_past(p: Past, w: Words, projector: bool = False) -> Live:
    """What must be answered; live: an answer for each, a mapping to correct all else in a spreadsheet, and to take all rounds or none."""

    def build():
        from scevaluation.desk.pickers import Bringer

        return Bringer(p, w, projector).widget()

    return Live(old.asked(p, w, projector), build)


@typed
def awaited(programme: str, round_name: str, w: Words, projector: bool = False) -> Part:
    """What each agency has reported of a round, what is awaited, and where the index can still lie."""
    return files.of_round(board.awaited, "desk.board.none", programme, round_name, w, projector)


@typed
def import_log(programme: str, round_name: str, w: Words, projector: bool = False) -> Part:
    """What was read other than written in the returned forms of a round, and why."""
    return files.of_round(board.changes, "desk.log.none", programme, round_name, w, projector)


def outcome_line(e: Evaluation, scenario: str = "", folder: str = "") -> str:
    """What a scenario comes to in plain figures: a stored check of the notebook."""
    o = apply(e, load(e, scenario, folder))
    verdict = o.verdicts.set_index("node").loc[ROOT]
    return f"index {o.value():.3f} of 100, {verdict['direction']}, {verdict['pace']}"


@typed
def way_line(e: Evaluation, scenario: str = "", folder: str = "", target_value: float | None = None) -> str:
    """What the target takes in plain figures."""
    start = load(e, scenario, folder)
    aim = goal(e, start, ROOT) if target_value is None else target_value
    if aim != aim:
        return f"no target; value {apply(e, start).value():.3f}"
    found = reach(e, start, aim)
    changes = ", ".join(f"{c.node} {c.now:.2f} to {c.to:.2f}" for c in found.changes.itertuples())
    return f"target {aim:g}: {found.state}, {len(found.changes)} items: {changes or 'none'}"


def compare_line(e: Evaluation, folder: str = "") -> str:
    """The saved scenarios' indices in plain figures."""
    found = [as_evaluated(e, "evaluated"), *scenarios(_folder(e, folder), e)]
    return "; ".join(f"{s.name} {apply(e, s).value():.3f}" for s in found)


def item_line(e: Evaluation, item: str) -> str:
    """Where an indicator's score stands, in plain figures."""
    if not item:
        rows = tables.chosen(e)
        return f"{len(rows)} indicators, {int(rows['now'].notna().sum())} scored"
    scored = tables.scored(e, item).itertuples()
    return "; ".join(f"{r.source} {r.score:.2f} in {r.file}, {r.cell}" for r in scored) or "no score"


def shares_line(e: Evaluation, scenario: str = "", folder: str = "") -> str:
    """The weights right below the index in plain figures."""
    if e.instrument.weights == "unknown":
        return "weights unknown"
    return ", ".join(f"{n} {v:.4f}" for n, v in shares(e, load(e, scenario, folder)).items())
