"""Controls that choose: a part, an agency, an indicator, a file, an issue, an answer. Links in what they show open in JupyterLab."""

from __future__ import annotations

from html import escape
from pathlib import Path

import ipywidgets as ui

from scevaluation.desk import bring as old
from scevaluation.desk import files
from scevaluation.desk import indicators as tables
from scevaluation.desk.show import refused
from scevaluation.desk.widgets import framed
from scevaluation.errors import EvaluationError
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.intake.blank import there_already
from scevaluation.intake.journal import put
from scevaluation.past.office import Proposal
from scevaluation.past.questions import Names, Question
from scevaluation.report.part import Part
from scevaluation.report.people import node_names
from scevaluation.report.round import labels
from scevaluation.words import Words

LABEL = {"description_width": "6em"}


def _choice(kind: type[ui.Widget], label: str, **how) -> ui.Widget:
    """A control to choose with, as wide as its place."""
    return kind(description=label, style=LABEL, layout=ui.Layout(width="auto"), **how)


class Shown:
    """A place where a part stands; through JupyterLab's own display, so that its links open there."""

    def __init__(self):
        self.output = ui.Output()

    def put(self, part: Part) -> None:
        data = {"text/html": part.html, "text/plain": part.text or " "}
        self.output.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)


class Explorer:
    """Part and agency narrow the list of indicators; an indicator, a round and a source lead to a cell of a file."""

    def __init__(self, e: Evaluation, w: Words, part: str, agency: str, item: str, projector: bool):
        self.e, self.w, self.projector = e, w, projector
        self.shown = Shown()
        name, agencies, everything = labels(e, w), e.programme.agency_names(w.lang), w("lab.explore.all")
        owners = dict.fromkeys(a for a in tables.chosen(e)["agency"] if a)
        parts = [(everything, ""), *((name[n], n) for n in e.top)]
        self.part = _choice(ui.Dropdown, w("lab.explore.sector"), options=parts, value=part)
        known = [(everything, ""), *((agencies.get(a, a), a) for a in owners)]
        self.agency = _choice(ui.Dropdown, w("lab.explore.agency"), options=known, value=agency)
        self.item = _choice(ui.Select, w("lab.explore.item"), rows=12)
        now = [(w.round_long(e.round), e.round)]
        self.round = _choice(ui.Dropdown, w("lab.explore.round"), options=now, value=e.round)
        self.row = _choice(ui.Dropdown, w("lab.explore.source"))
        self._list(item)
        for control, call in ((self.part, self._narrowed), (self.agency, self._narrowed), (self.item, self._picked)):
            control.observe(call, "value")
        self.round.observe(self._dated, "value")
        self.row.observe(self._show, "value")
        self._picked()

    def _list(self, item: str) -> None:
        names = node_names(self.e, self.w)
        rows = tables.chosen(self.e, self.part.value, self.agency.value)["node"]
        self.item.options = [(self.w("lab.explore.all"), ""), *((names.get(n, n), n) for n in rows)]
        self.item.value = item if item in set(rows) else ""

    def _narrowed(self, _change=None) -> None:
        self._list(self.item.value)
        self._picked()

    def _picked(self, _change=None) -> None:
        """Another indicator: the rounds in which it was asked."""
        if self.item.value:
            asked = tables.history(self.e, self.item.value)
            rounds = asked.loc[asked["node"] != "", "round"].tolist()
            self.round.options = [(self.w.round_long(r), r) for r in rounds]
            self.round.value = rounds[0]
        self._dated()

    def _dated(self, _change=None) -> None:
        """Another round: the sources it has."""
        known = self.item.value and self.round.value
        sources = tables.scored(self.e, self.item.value, self.round.value)["source"] if known else []
        self.row.options = [(tables.source(s, self.w), n) for n, s in enumerate(sources)]
        self.row.value = 0 if len(sources) else None
        self._show()

    def _show(self, _change=None) -> None:
        e, w, far = self.e, self.w, self.projector
        if self.item.value:
            part = tables.item(e, w, self.item.value, self.round.value or e.round, self.row.value or 0, far)
        else:
            part = tables.overview(e, w, self.part.value, self.agency.value, far)
        for control in (self.round, self.row):
            control.layout.display = None if self.item.value else "none"
        self.shown.put(part)

    def widget(self) -> ui.Widget:
        """All controls and what they show."""
        return framed([self.part, self.agency, self.item, self.round, self.row], [self.shown.output], self.projector)


class Checker:
    """A file and one of its issues lead to the cell."""

    def __init__(self, file: Path, programme: str, round_name: str, w: Words, projector: bool):
        self.programme, self.round, self.w, self.projector = programme, round_name, w, projector
        self.shown = Shown()
        options = [(p.name, str(p)) for p in files.candidates(file)]
        self.file = _choice(ui.Dropdown, w("lab.check.pick"), options=options, value=str(file))
        self.issue = _choice(ui.Select, w("lab.check.issue"), rows=10)
        self.file.observe(self._read, "value")
        self.issue.observe(self._show, "value")
        self._read()

    def _read(self, _change=None) -> None:
        path = Path(self.file.value)
        self.checked = files.check(path, self.programme, files.round_said(path, self.round))
        rows = self.checked.issues
        self.issue.options = [(files.line(r, self.w), n) for n, r in rows.iterrows()]
        self.issue.value = 0 if len(rows) else None
        self._show()

    def _show(self, _change=None) -> None:
        self.shown.put(files.shown(self.checked, self.w, self.issue.value or 0, self.projector))

    def widget(self) -> ui.Widget:
        """All controls and what they show."""
        return framed([self.file, self.issue], [self.shown.output], self.projector)


class Bringer:
    """Old workbooks are chosen, their questions answered, their rounds taken; what else is wrong is corrected in the mapping."""

    def __init__(self, past: old.Past, w: Words, projector: bool):
        self.all, self.w, self.projector = past, w, projector
        self.shown, self.questions = Shown(), ui.VBox([])
        options = [(p.name, str(p)) for p in past.paths]
        self.files = _choice(ui.SelectMultiple, w("lab.check.pick"), options=options, value=[v for _, v in options], rows=6)
        self.write, self.take, self.corrected = (
            ui.Button(description=w("lab.past." + n), layout=ui.Layout(width="auto")) for n in ("write", "take", "take_mapping")
        )
        self.files.observe(self._read, "value")
        for button, call in ((self.write, self._write), (self.take, self._take), (self.corrected, self._corrected)):
            button.on_click(call)
        self._read()

    @property
    def mapping(self) -> Path:
        """The mapping, beside the workbooks' folder, where it is not read as one of them."""
        return self.past.folder.parent / f"{self.past.programme}-mapping.xlsx"

    def _read(self, _change=None) -> None:
        """Other files: read anew, with their own questions."""
        self.past = old.Past(self.all.folder, self.all.programme, tuple(map(Path, self.files.value)))
        self.answers = list[tuple[Question, ui.Widget]]()
        self.questions.children = self._asked(self.past.proposal) if self.past.proposal else ()
        self.shown.put(old.past_table(self.past, "rounds", self.w, self.projector))

    def _asked(self, proposal: Proposal) -> list[ui.Widget]:
        names, out = Names(proposal.found, self.w), []
        for q in proposal.asked:
            options = [(names.shown(q.field, c, q.generation), c) for c in q.choices]
            how = {"options": [("", None), *options], "value": None} if options else {}
            self.answers.append((q, _choice(ui.Dropdown if options else ui.Text, "", **how)))
            out += [ui.HTML(escape(old.question_text(proposal.found, q, self.w))), self.answers[-1][1]]
        return out

    def _write(self, _button=None) -> None:
        proposal = self.past.proposal
        try:
            if proposal and self.mapping.exists():
                raise there_already(str(self.mapping))
            if proposal:
                put(self.mapping, proposal.mapping(self.w.lang))
                self.shown.put(Part(old.listed([str(self.mapping)]), str(self.mapping)))
        except EvaluationError as error:
            self.shown.put(refused(error, self.w, self.projector, "desk-past"))

    def _take(self, _button=None) -> None:
        answers = [(q, str(control.value)) for q, control in self.answers if control.value not in (None, "") or _empty(q, control)]
        self.shown.put(old.take_past(self.past, answers, self.w))

    def _corrected(self, _button=None) -> None:
        self.shown.put(old.take_past(self.past, (), self.w, self.mapping))

    def widget(self) -> ui.Widget:
        """All controls and what they show."""
        controls = [self.files, self.questions, self.take, self.write, self.corrected]
        return framed(controls, [self.shown.output], self.projector)


def _empty(q: Question, control: ui.Widget) -> bool:
    """Whether nothing is an answer: a column that is not used."""
    return q.field == "source" and control.value == ""
