"""One line of a returned form: what every cell says, what was changed in reading it, what is asked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

from scevaluation.frames import SCORES, STATUSES
from scevaluation.instrument import Instrument
from scevaluation.intake.cells import parse_number
from scevaluation.intake.forms_out import CHOICES, LANGS, level_texts, status_text
from scevaluation.intake.grids import Grid
from scevaluation.intake.header import Header
from scevaluation.intake.matching import Match, match, normal, written
from scevaluation.intake.official import regions
from scevaluation.issues import clean_text
from scevaluation.programme import Programme

TOTALS = {"jumlah", "total", "rata rata", "rerata", "jumlah total", "subtotal", "sub total", "average", "sum", "mean"}
ACTIVE = ("=", "+", "@", "-", "\t")
LONGEST = 2000


class Line:
    """One row of the table of a form; `form` is the reader that keeps the log and the issues."""

    def __init__(self, form, grid: Grid, row: int, place: dict[str, int]):
        self.form, self.grid, self.row, self.place = form, grid, row, place

    def value(self, field: str):
        column, cells = self.place.get(field), self.grid.cells[self.row]
        return cells[column] if column is not None and column < len(cells) else None

    def cell(self, field: str) -> str:
        return self.grid.at(self.row, self.place.get(field, -1)) if self.grid.sheet else self.grid.at(self.row, -1)

    def read(self, header: Header, scored: list[str]) -> None:
        form = self.form
        filled = [f for f in scored if clean_text(self.value(f)) or (self.row, self.place[f]) in self.grid.formulas]
        path = self.indicator(header, bool(filled))
        if not path:
            return
        form.seen.add(path)
        agency = self.agency(path)
        if self.place.get("region") is not None and clean_text(self.value("region")):
            form.region(self.cell("region"), clean_text(self.value("region"), 120))
        status, evidence, quality = self.status(), self.evidence(), clean_text(self.value("quality"), 10).upper()
        if quality not in ("", "A", "B", "C"):
            form.issue(self.cell("quality"), "unknown_quality", "warning", quality, "A, B, C", "choose_status")
        if not filled and not status:
            form.silent.add((path, agency))
        for field in filled or [self.main(scored)]:
            source = self.source() if field == "score" else field
            value = self.score(field, path) if filled else None
            state = status or ("scored" if value is not None else "not_reported")
            if value is None and state in ("scored", "inferred"):
                state = "not_reported"
            mine = evidence if not source.startswith("assessor:") else ""
            row = (form.programme.region, form.round, path, agency, source, value, state, mine, quality, form.name)
            form.rows.append(dict(zip(SCORES.columns, (*row, self.cell(field)), strict=True)))

    def main(self, scored: list[str]) -> str:
        """The score column that an empty row is kept under."""
        return next((f for f in ("self", "verified", "score", "final") if f in scored), scored[0])

    def source(self) -> str:
        form, text = self.form, clean_text(self.value("source"), 40)
        if "source" not in self.place:
            return "self"
        if text.lower().startswith("assessor:") and len(text) > 9:
            return "assessor:" + text[9:].strip().upper()
        known = {"self": "self", "mandiri": "self", "verified": "verified", "terverifikasi": "verified"}
        known |= {"final": "final", "akhir": "final"}
        if text.lower() in known:
            return known[text.lower()]
        near = match(text, known)
        if near.kind == "close":
            return form.asked(self.cell("source"), "source", text, near) or "self"
        form.issue(self.cell("source"), "unknown_source", "error", text, "self, verified, final, assessor:<id>", "use_code")
        return "self"

    def indicator(self, header: Header, filled: bool) -> str:
        """Path of the row's indicator; code and name must not contradict each other."""
        form, cells = self.form, self.grid.cells[self.row]
        code = clean_text(self.value("indicator"), 200)
        names = [(c, clean_text(cells[c], 200)) for c in header.names if c < len(cells) and clean_text(cells[c])]
        text, at = code, self.cell("indicator")
        if names and not code:
            text, at = names[0][1], self.grid.at(self.row, names[0][0])
        if normal(text) in TOTALS:
            form.changed(self.grid.at(self.row, -1), "indicator", text, "", "total")
            return ""
        if not text:
            if filled:
                form.issue(self.grid.at(self.row, -1), "row_without_indicator", "error", "", "", "correct_cell")
            return ""
        if header.text.get(self.place.get("indicator", -1)) == code and code:
            form.changed(self.grid.at(self.row, -1), "indicator", code, "", "repeated")
            return ""
        path = form.named(at, "indicator", text, form.indicators, "unknown_indicator", form.instrument.id)
        own = {normal(form.instrument.nodes[path].label[lang]) for lang in LANGS} if path else set()
        for column, name in names if path else []:
            other = match(name, form.indicators)
            if other.taken not in ("", path) and normal(name) not in own:
                form.issue(self.grid.at(self.row, column), "code_and_name_differ", "error", name, path, "correct_cell")
        return path

    def agency(self, path: str) -> str:
        """The row's agency: its cell, else the cover; an owner of the indicator is only proposed."""
        form, text = self.form, clean_text(self.value("agency"), 120)
        if text in ("-", "\u2013", "\u2014"):
            text = ""
        if text:
            found = form.named(self.cell("agency"), "agency", text, form.agencies, "unknown_agency", form._known_agencies())
            if found and form.owned.get(path) and found not in form.owned[path]:
                form.issue(self.cell("agency"), "not_owner", "warning", f"{found} {path}", ", ".join(form.owned[path]), "look")
            return found
        said = form.facts.get("agency")
        if said == "":
            return ""
        if said:
            form.changed(self.cell("agency"), "agency", "", said, "cover")
            return said
        node = form.instrument.nodes[path].agency
        owners = form.owned.get(path) or ((node,) if node in form.agencies.values() else ())
        if len(owners) > 1:
            form.issue(self.cell("agency"), "unknown_agency", "error", path, ", ".join(owners), "use_code")
        return form.asked(self.cell("agency"), "agency", path, Match(owners[0], "close")) if len(owners) == 1 else ""

    def status(self) -> str:
        form, text = self.form, clean_text(self.value("status"), 80)
        key = normal(text)
        if not key:
            return ""
        known = {normal(s): s for s in STATUSES}
        known |= {normal(p): s for s in CHOICES for p in (status_text(s), *status_text(s).split("/"))}
        if key not in known:
            form.issue(self.cell("status"), "unknown_status", "error", text, ", ".join(STATUSES), "choose_status")
            return ""
        if known[key] != text and text not in {status_text(s) for s in CHOICES}:
            form.changed(self.cell("status"), "status", text, known[key], "status")
        return known[key]

    def evidence(self) -> str:
        """Evidence as inert text: what a spreadsheet would run gets an apostrophe in front."""
        form, value, cell = self.form, self.value("evidence"), self.cell("evidence")
        text = value.isoformat() if isinstance(value, date | datetime) else clean_text(value, LONGEST + 1)
        at = (self.row, self.place.get("evidence", -1))
        if not text and at in self.grid.formulas:
            text = clean_text(self.grid.formulas[at], LONGEST + 1)
        link = clean_text(self.grid.links.get(at, ""), LONGEST)
        if link and link != text:
            form.changed(cell, "evidence", text, f"{text} ({link})", "link")
            text = f"{text} ({link})".strip()
        if text in ("-", "\u2013", "\u2014"):
            return ""
        if text.replace(",", "").replace(".", "").isdigit() and len(text) < 4:
            form.issue(cell, "evidence_number", "error" if not self.grid.sheet else "warning", text, "", "correct_cell")
        if len(text) > LONGEST:
            text = text[:LONGEST]
            form.changed(cell, "evidence", "", text, "cut")
        if text.startswith(ACTIVE):
            form.changed(cell, "evidence", text, "'" + text, "inert")
            text = "'" + text
        return text

    def score(self, field: str, path: str) -> float | None:
        """A score as a number, or None with an issue; what was made of a text is logged."""
        form, value, cell = self.form, self.value(field), self.cell(field)
        formula = self.grid.formulas.get((self.row, self.place[field]))
        if formula:
            problem = ("formula_without_value", "error") if value is None else ("formula", "warning")
            form.issue(cell, *problem, formula, "", "paste_value")
            form.changed(cell, field, formula, f"{value:g}" if isinstance(value, float) else value, "formula")
        if isinstance(value, date | datetime | time | timedelta):
            form.issue(cell, "date_for_number", "error", value, "", "correct_cell")
            return None
        level = form.levels.get(path, {}).get(_level_key(value)) if isinstance(value, str) else None
        if level is not None:
            form.changed(cell, field, value, f"{level:g}", "level")
            return level
        parsed = parse_number(value)
        if parsed.problem:
            form.issue(cell, parsed.problem, "error", value, "", "correct_cell")
        elif isinstance(value, str) and parsed.value is not None and parsed.tidied:
            unit = "%" in value or "rp" in value.lower()
            form.changed(cell, field, value, f"{parsed.value:g}", "unit" if unit else "number")
            if unit:
                form.issue(cell, "unit_dropped", "warning", value, f"{parsed.value:g}", "look")
        elif isinstance(value, str) and parsed.value is None:
            form.changed(cell, field, value, "", "number")
        return parsed.value


def _indicator_names(instrument: Instrument) -> dict[str, str]:
    """Paths, ids and labels of the nodes; what means two of them names neither, but a path always names itself."""
    nodes = instrument.nodes.items()
    loose = written((t, p) for p, n in nodes for t in (n.label.id, n.label.en, n.id))
    return loose | {normal(p): p for p, _ in nodes}


@cache
def _all_regions() -> dict[str, str]:
    table = regions()
    return written((t, c) for c, n in zip(table["code"], table["name"], strict=True) for t in (c, n))


def _region_names(programme: Programme) -> dict[str, str]:
    own = (programme.region, programme.region_label.id, programme.region_label.en)
    return _all_regions() | {normal(t): programme.region for t in own}


def _level_key(text: str) -> str:
    """A level's text for comparison; marks stay, for 3,75 is not level 3 with 75."""
    return "".join(clean_text(text).casefold().replace("\u2013", "-").replace("\u2014", "-").split())


def _level_names(node, instrument: Instrument) -> dict[str, float]:
    """Score of every level's text in either language, with its number, or without it where the text has letters."""
    out: dict[str, set[float]] = {}
    for lang in LANGS:
        for text, value in level_texts(node, instrument, lang).items():
            bare = text.partition("\u00b7")[2]
            for form in (text, bare) if any(c.isalpha() for c in bare) else (text,):
                out.setdefault(_level_key(form), set()).add(value)
    return {t: v.pop() for t, v in out.items() if len(v) == 1}
