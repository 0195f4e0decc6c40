"""Forms for the agencies: a workbook each, with only its indicators, last round's score beside the empty cell."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from scevaluation.errors import IntakeError
from scevaluation.grid.cell import letters
from scevaluation.identity import Pair
from scevaluation.instrument import Instrument
from scevaluation.intake import journal
from scevaluation.intake.blank import instrument_of, there_already
from scevaluation.intake.cells import day_or_today
from scevaluation.intake.check import load_scores
from scevaluation.intake.derive import apply
from scevaluation.intake.form import COVER, SHEET
from scevaluation.intake.levels import CHOICES, LANGS, both, level_texts, limits_of, status_text
from scevaluation.intake.log import folder as home_of
from scevaluation.intake.log import hashes, opened, settle
from scevaluation.intake.round_files import no_forms, round_files
from scevaluation.issues import issue, refusal
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import words

LEVELS = "Daftar"
UNOWNED = "tanpa-perangkat-daerah"
COLUMNS = ("indicator", "name_id", "name_en", "agency", "levels", "last", "last_evidence", "self", "status", "evidence", "quality")
WIDTHS = (22, 26, 26, 17, 56, 14, 22, 24, 22, 34, 9)
LINE = 15
SELF, STATUS, EVIDENCE, QUALITY = (COLUMNS.index(c) for c in ("self", "status", "evidence", "quality"))
TOP = 1


@dataclass(frozen=True)
class FormsOut:
    """Workbooks written, by agency; `unowned` are indicators that no agency of the programme owns, in a workbook of their own."""

    paths: dict[str, Path]
    asked: pd.DataFrame
    unowned: tuple[str, ...]


def last_scores(programme: Programme, round_name: str) -> tuple[str, pd.DataFrame]:
    """The latest earlier round with scores of its own, and its SCORES; "" if there is none."""
    files = [r for r in round_files(programme) if Period(r) < Period(round_name) and r in programme.scored]
    if not files:
        return "", pd.DataFrame()
    scores, _ = load_scores(programme, files[-1])
    return files[-1], scores[scores["round"] == files[-1]]


def owners(programme: Programme, instrument: Instrument, last: str, scores: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Agencies of every indicator: those of the last round's scores if it used the same questionnaire, else the instrument's."""
    known = {a.id for a in programme.agencies}
    out = {}
    before = scores if last and programme.instrument(last).id == instrument.id else scores.iloc[:0]
    for path in instrument.leaves:
        named = sorted(set(before.loc[before["indicator"] == path, "agency"]) - {""}) if len(before) else []
        out[path] = tuple(a for a in named or [instrument.nodes[path].agency] if a in known)
    return out


def _known_before(path: str, agency: str, pair: Pair, scores: pd.DataFrame) -> tuple[float | None, str, str]:
    """Score, its source and evidence of the last round for an indicator, by what it continues; or nothing."""
    how, old = pair.before(path)
    old = old if how in ("same", "renamed") else ""
    rows = scores[(scores["indicator"] == old) & scores["score"].notna()] if old and len(scores) else scores.iloc[:0]
    rows = rows[rows["agency"].isin((agency, ""))] if len(rows) else rows
    for source in ("final", "verified", "assessor", "self"):
        mine = rows[rows["source"].str.split(":").str[0] == source] if len(rows) else rows
        if len(mine):
            evidence = next((e for e in [*mine["evidence"], *rows["evidence"]] if e), "")
            return float(mine["score"].mean()), source, evidence
    return None, "", ""


def forms_out(
    programme: Programme, round_name: str, folder: Path, instrument: Instrument | None = None, deadline: date | None = None
) -> FormsOut:
    """Write a workbook for every agency that owns an indicator of the round; the deadline, if any, is printed on the cover.

    A round that the programme does not know yet takes the instrument of its last scored round, unless another is given. The folder
    is made if absent. An existing file is not overwritten; one that is this very form, as left by a run that was cut off, is let be.

    Raises
    ------
    IntakeError
        If no agency owns anything, a file is already there, or one cannot be written; nothing is then written.
    """
    name, folder = str(Period(round_name)), Path(folder)
    chosen = instrument or instrument_of(programme, name)
    last, scores = last_scores(programme, name)
    owned = owners(programme, chosen, last, scores)
    mine = {a.id: [p for p in chosen.leaves if a.id in owned[p]] for a in programme.agencies}
    lone = tuple(p for p in chosen.leaves if not owned[p])
    if len(lone) == len(chosen.leaves):
        raise refusal(IntakeError, [issue(programme.id, "", "no_owners", "error", chosen.id, "", "name_owners")])
    sheets = {a: paths for a, paths in (mine | {UNOWNED: list(lone)}).items() if paths}
    paths = {a: folder / f"{programme.id}-{name}-{a}.xlsx" for a in sheets}
    books = {paths[a]: _book(programme, name, chosen, a, items, (last, scores), deadline) for a, items in sheets.items()}
    there = sorted(p.name for p, raw in books.items() if p.exists() and not (p.is_file() and p.read_bytes() == raw))
    if there:
        raise there_already(", ".join(there[:3]))
    _put_all({p: raw for p, raw in books.items() if not p.exists()})
    day = deadline.isoformat() if deadline else ""
    asked = [(a, p, day) for a, items in mine.items() for p in items]
    return FormsOut(paths, pd.DataFrame(asked, columns=["agency", "indicator", "deadline"], dtype=object), lone)


def _put_all(books: dict[Path, bytes]) -> None:
    """Put all forms in their places, or none."""
    done = []
    try:
        for path, raw in books.items():
            journal.put(path, raw)
            done.append(path)
    except IntakeError:
        for path in done:
            path.unlink(missing_ok=True)
        raise


def ask(programme: Programme, round_name: str, folder: Path, instrument: Instrument | None = None, deadline: str = "", **turn) -> FormsOut:
    """Write the forms and keep who was asked for what, so that the board knows what is awaited and when it is late.

    `turn`: `wait` and `tell` of `journal.held`.
    """
    name, today = str(Period(round_name)), date.today().isoformat()
    if programme.official:
        raise no_forms(programme)
    until, home = day_or_today(deadline) if deadline else None, home_of(programme, name)
    with journal.held(home, **turn):
        state = opened(home, today)
        made = forms_out(programme, name, folder, instrument, until)
        if made.asked.to_dict("records") != state.asked:
            apply(state, journal.append(home, state.count, "asked", today, forms=made.asked.to_numpy().tolist()))
        settle(home, state, None, hashes(home).get("table", {"records": 0, "sha256": ""}))
    return made


def _book(programme, round_name: str, instrument: Instrument, agency: str, items, before, deadline) -> bytes:
    """A form as a workbook, the same bytes whenever it is made."""
    import xlsxwriter

    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    start = Period(round_name).start
    book.set_properties({"created": datetime(start.year, start.month, start.day)})
    style = _styles(book)
    cover, sheet, levels = book.add_worksheet(COVER), book.add_worksheet(SHEET), book.add_worksheet(LEVELS)
    _cover(cover, style, programme, round_name, instrument, agency, len(items), deadline)
    _table(sheet, style, programme, instrument, agency, items, before, levels)
    levels.protect()
    levels.hide()
    sheet.protect(options={"format_columns": True, "format_rows": True})
    cover.protect()
    book.close()
    return raw.getvalue()


def _styles(book) -> dict:
    line = {"border": 1, "border_color": "#C3CCD4", "valign": "top", "text_wrap": True}
    return {
        "title": book.add_format({"bold": True, "font_size": 15, "font_color": "#123F5A"}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "quiet": book.add_format({"font_color": "#5F6D7A"}),
        "state": book.add_format({"bold": True, "font_size": 13, "bg_color": "#EFF3F6", "align": "left"}),
        "head": book.add_format({"bold": True, "bg_color": "#EFF3F6", "bottom": 2, "text_wrap": True, "valign": "bottom"}),
        "locked": book.add_format(line),
        "last": book.add_format({**line, "font_color": "#44525F", "bg_color": "#EFF3F6"}),
        "entry": book.add_format({**line, "locked": False, "bg_color": "#FFF9E5"}),
        "day": book.add_format({"locked": False, "bg_color": "#FFF9E5", "border": 1, "align": "left", "num_format": "@"}),
        "wrong": book.add_format({"font_color": "#B0440F", "bold": True}),
    }


def _cover(sheet, style, programme, round_name, instrument, agency, count, deadline) -> None:
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, 1, 92)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    label = next((a.label for a in programme.agencies if a.id == agency), None)
    title = _pair(label) if label else both("desk.form.unowned")
    sheet.write_string(0, 0, title, style["title"])
    line = 2
    shown = [("desk.form.programme", _pair(programme.label))]
    shown.append(("desk.form.round", f"{words('id').round_long(round_name)} / {words('en').round_long(round_name)}"))
    shown.append(("desk.form.deadline", _day(deadline) if deadline else "\u2013"))
    for key, text in shown:
        sheet.write_string(line, 0, both(key), style["bold"])
        sheet.write_string(line, 1, text, style["wrap"])
        line += 1
    first, last = TOP + 1, TOP + count
    scores, status, evidence = (f"{SHEET}!${letters(c)}${first}:${letters(c)}${last}" for c in (SELF, STATUS, EVIDENCE))
    gone = f'SUMPRODUCT(({scores}="")*({status}=""))'
    bare = f'SUMPRODUCT(({scores}<>"")*({evidence}=""))'
    for key, formula, value in (("desk.form.missing", gone, count), ("desk.form.no_evidence", bare, 0)):
        sheet.write_string(line, 0, both(key), style["bold"])
        sheet.write_formula(line, 1, "=" + formula, style["state"], value)
        line += 1
    line = _how(sheet, style, line + 1, programme, instrument)
    sheet.write_string(line, 0, both("desk.form.keep"), style["quiet"])
    facts = {"programme": programme.id, "round": round_name, "instrument": instrument.id, "region": programme.region}
    facts |= {"agency": "" if agency == UNOWNED else agency, "deadline": deadline.isoformat() if deadline else ""}
    for n, (key, value) in enumerate(facts.items(), line + 1):
        sheet.write_string(n, 0, key, style["quiet"])
        sheet.write_string(n, 1, value, style["quiet"])
    sheet.write_string(line + len(facts) + 1, 0, "filled (tanggal isi)", style["quiet"])
    sheet.write_blank(line + len(facts) + 1, 1, None, style["day"])


def _how(sheet, style, line: int, programme, instrument: Instrument) -> int:
    """Instructions, first in Indonesian, then in English; the next free line."""
    for lang in LANGS:
        w = words(lang)
        low, high = (w.num(v, 0) for v in (instrument.scale.low, instrument.scale.high))
        texts = [w("made_up")] if programme.made_up else []
        texts += [w("desk.form.how", sheet=SHEET), w("desk.form.score", low=low, high=high)]
        texts += [w("blank.own")] * bool(instrument.measured) + [w("blank.missing")]
        texts += [w("desk.form.evidence"), w("desk.form.filled"), w("desk.form.return")]
        sheet.write_string(line, 0, w("desk.form.guide"), style["bold"])
        for text in texts:
            sheet.write_string(line, 1, text, style["wrap"])
            sheet.set_row(line, LINE * _lines(text, 84))
            line += 1
        line += 1
    return line


def _lines(text: str, width: int) -> int:
    """Lines a text takes in a column of some width."""
    return sum(len(textwrap.wrap(part, width)) or 1 for part in text.split("\n"))


def _table(sheet, style, programme, instrument: Instrument, agency: str, items, before, levels) -> None:
    last, scores = before
    said = words("id").round(last) if last else "\u2013"
    pair = Pair(programme.instrument(last) if last else instrument, instrument)
    for column, name in enumerate(COLUMNS):
        places = {"round": said} if name.startswith("last") else {}
        sheet.write_string(0, column, both("desk.column." + name, **places), style["head"])
        sheet.set_column(column, column, WIDTHS[column])
    sheet.set_row(0, LINE * 3)
    sheet.freeze_panes(TOP, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for row, path in enumerate(items, TOP):
        node = instrument.nodes[path]
        owner = node.agency if agency == UNOWNED else agency
        value, source, evidence = _known_before(path, agency, pair, scores)
        levelled = zip(level_texts(node, instrument, "id"), node.levels, strict=False)  # fewer than two levels have no texts
        meaning = "\n".join(f"{text} / {words('en').text(level.en)}" for text, level in levelled)
        measured = limits_of(path, instrument) if path in instrument.measured or node.unit else ""
        texts = (path, node.label.id, node.label.en, owner, meaning or measured)
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, style["locked"])
        shown = "" if value is None else f"{words('id').num(value, 2)} ({both('desk.source.' + source)})"
        sheet.write_string(row, COLUMNS.index("last"), shown, style["last"])
        sheet.write_string(row, COLUMNS.index("last_evidence"), evidence, style["last"])
        for column in (SELF, STATUS, EVIDENCE, QUALITY):
            sheet.write_blank(row, column, None, style["entry"])
        tall = max(_lines(t, int(w * 0.9)) for t, w in zip((*texts, shown, evidence), WIDTHS, strict=False))
        sheet.set_row(row, LINE * max(2, tall))
        _rules(sheet, style, row, path, instrument, levels)


def _rules(sheet, style, row: int, path: str, instrument: Instrument, levels) -> None:
    """Drop-down of the levels (a number between them may be typed), or the limits of the scale; closed lists elsewhere."""
    node, scale, limits = instrument.nodes[path], instrument.scale_of(path), limits_of(path, instrument)
    choices = list(level_texts(node, instrument, "id"))
    asked = both("desk.form.choose", limits=limits)[:255] if scale else limits[:255]
    rule = {"input_title": node.label.id[:32], "input_message": asked, "error_title": limits[:32], "error_message": asked}
    if choices:
        for column, text in enumerate(choices):
            levels.write_string(row, column, text)
        area = f"={LEVELS}!$A${row + 1}:${letters(len(choices) - 1)}${row + 1}"
        sheet.data_validation(row, SELF, row, SELF, {**rule, "validate": "list", "source": area, "error_type": "warning"})
    elif scale:
        between = {"validate": "decimal", "criteria": "between", "minimum": scale.low, "maximum": scale.high}
        sheet.data_validation(row, SELF, row, SELF, {**rule, **between})
    else:
        sheet.data_validation(row, SELF, row, SELF, {**rule, "validate": "any"})
    if scale:
        place = f"{letters(SELF)}{row + 1}"
        outside = f"=AND(ISNUMBER({place}),OR({place}<{scale.low:g},{place}>{scale.high:g}))"
        sheet.conditional_format(row, SELF, row, SELF, {"type": "formula", "criteria": outside, "format": style["wrong"]})
    sheet.data_validation(row, STATUS, row, STATUS, {"validate": "list", "source": [status_text(s) for s in CHOICES]})
    sheet.data_validation(row, QUALITY, row, QUALITY, {"validate": "list", "source": ["A", "B", "C"]})


def _pair(label) -> str:
    return label.id if label.id == label.en else f"{label.id} / {label.en}"


def _day(day: date) -> str:
    names = [words(lang)("desk.months").split() for lang in LANGS]
    return " / ".join(f"{day.day} {months[day.month - 1]} {day.year}" for months in names)
