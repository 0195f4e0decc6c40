"""A programme's files against each other: what can be read, and yet is hardly meant; nothing here stops."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from scevaluation.errors import EvaluationError, ProgrammeError
from scevaluation.grid.table import read_table
from scevaluation.grid.yamlfile import Document, read_yaml
from scevaluation.instrument import NOT_COMPARABLE, SECTORS, Instrument, file_of, load_instrument
from scevaluation.instrument import document as read
from scevaluation.intake.people import PROGRAMME, RECOMMENDATION, RECOMMENDATION_MORE
from scevaluation.issues import issue
from scevaluation.period import Period
from scevaluation.programme import EVENT, EVENT_MORE, TARGET, Programme

TABLES = {"events": (EVENT, EVENT_MORE), "targets": (TARGET, ()), "programmes": (PROGRAMME, ())}
TABLES |= {"recommendations": (RECOMMENDATION, RECOMMENDATION_MORE)}


def consistency(programme: Programme) -> list[dict]:
    """Warnings and notes (rows of ISSUES) on a programme's files beside its scores; an instrument that cannot be read is an error.

    Instruments used outside their dates, of another calendar or of no family, links to nothing or of two items to one, cycles that
    overlap, targets for nothing or on another scale, columns that nobody reads. A region's programme, made from the
    letters, has no such files.
    """
    if programme.official:
        return []
    document = read_yaml(programme.folder / "programme.yaml", ProgrammeError)
    used, out = _instruments(programme, document)
    out += _dates(programme, used, document)
    out += _said(programme, used)
    for then, now in pairwise(_versions(programme, used)):
        out += _links(then, now)
    tables = (read_table(programme.folder / f"{name}.csv", *columns) for name, columns in TABLES.items())
    return out + _cycles(programme, document) + _targets(programme, used) + [note for table in tables for note in table.notes]


def _instruments(programme: Programme, document: Document) -> tuple[dict[str, Instrument], list[dict]]:
    """The programme's instruments by name, and what is wrong with those that cannot be read."""
    used: dict[str, Instrument] = {}
    out: list[dict] = []
    for n, state in enumerate(programme.rounds):
        if state.instrument and state.instrument not in used:
            try:
                used[state.instrument] = load_instrument(state.instrument)
            except EvaluationError as error:
                about = document.issue(("rounds", n, "instrument"), "not_allowed", state.instrument)
                out += error.issues or (about,)
    return used, out


def _versions(programme: Programme, used: dict[str, Instrument]) -> list[Instrument]:
    """The instruments of the scored rounds in time, each once in a row."""
    names = [programme.states[r].instrument for r in programme.scored]
    rows = [used[n] for n in names if n in used]
    return [i for n, i in enumerate(rows) if n == 0 or rows[n - 1].id != i.id]


def _dates(programme: Programme, used: dict[str, Instrument], document: Document) -> Iterator[dict]:
    for n, state in enumerate(programme.rounds):
        i = used.get(state.instrument)
        when = Period(state.id)  # by days: a questionnaire that is dated in half-years may be used in years
        if i and (when.end < Period(i.valid_from).start or (i.valid_to and Period(i.valid_to).end < when.start)):
            held = f"{i.valid_from}\u2013{i.valid_to}"
            yield document.issue(("rounds", n, "instrument"), "outside_dates", i.id, held, "look", "warning")


def _said(programme: Programme, used: dict[str, Instrument]) -> Iterator[dict]:
    """Questionnaires that do not say whose they are, or that say they are for rounds of another kind."""
    for i in used.values():
        if "family" not in i.model_fields_set:
            yield issue(file_of(i.id).name, "", "no_family", "note", i.id, i.family, "name_family")
        if i.calendar != programme.calendar:
            document = read(file_of(i.id))
            if "calendar" in document:
                yield document.issue(("calendar",), "calendar_differs", i.id, i.calendar, "look", "warning")


def _links(then: Instrument, now: Instrument) -> list[dict]:
    """Links of a questionnaire to nothing in the one before, and those of several items to one."""
    document = read(file_of(now.id))
    linked = {p: [link for link in node.links if link != NOT_COMPARABLE] for p, node in now.nodes.items() if node.links}
    lost = [(now.places[p], link) for p, links in linked.items() for link in links if link not in then.nodes]
    out = [document.issue((*at, "link"), "link_nowhere", link, then.id, "correct_value", "warning") for at, link in lost]
    going_on = linked | {p: [p] for p, node in now.nodes.items() if not node.links and p in then.nodes}
    for link in dict.fromkeys(link for links in linked.values() for link in links):
        items = [p for p, old in going_on.items() if link in old]
        if len(items) > 1:
            last = next(p for p in reversed(items) if p in linked)
            out.append(document.issue((*now.places[last], "link"), "link_twice", link, ", ".join(items), "look", "warning"))
    return out


def _cycles(programme: Programme, document: Document) -> list[dict]:
    late = [(n, a.id, b.id) for n, (a, b) in enumerate(pairwise(programme.cycles), 1) if Period(b.start) <= Period(a.end)]
    return [document.issue(("cycles", n, "start"), "cycles_overlap", b, a, "correct_value", "warning") for n, a, b in late]


def _targets(programme: Programme, used: dict[str, Instrument]) -> list[dict]:
    """Targets for a node that no instrument has, or that seem to stand on the instrument's own scale."""
    known = {p for i in used.values() for p in i.nodes} | {f"sector:{s}" for s in SECTORS}
    scales = [i.scale for i in _versions(programme, used)[-1:] if i.scale.high <= 10]
    out = []
    for row in read_table(programme.folder / "targets.csv", TARGET).rows:
        value = float(row["value"].replace(",", "."))
        if used and row["node"] not in known:
            out.append(row.issue("node", "target_node", "warning"))
        if any(s.low <= value <= s.high for s in scales):
            out.append(row.issue("value", "target_scale", "warning", f"{scales[0].low:g}\u2013{scales[0].high:g}", "look"))
    return out
