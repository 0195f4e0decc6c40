"""The workbook to fill in for a round: an entry for every indicator, drop-downs, limits of the scale, both languages."""

from __future__ import annotations

import io
from pathlib import Path

from scevaluation.errors import EvaluationError, IntakeError
from scevaluation.instrument import Instrument, load_instrument
from scevaluation.intake.form import COVER, SHEET
from scevaluation.intake.journal import put
from scevaluation.intake.levels import limits_of, status_choices
from scevaluation.issues import issue, refusal
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import words

LIST_LIMIT = 255
HEADERS = {  # and widths
    "Indikator / Indicator": 26, "Nama": 38, "Name": 38, "Perangkat daerah / Agency": 20, "Nilai mandiri / Self": 11,
    "Nilai terverifikasi / Verified": 13, "Nilai akhir / Final": 11, "Keadaan / Status": 16, "Bukti / Evidence": 40,
    "Mutu data / Quality": 10,
}  # fmt: skip


def blank(programme: Programme, round_name: str, path: Path, instrument: Instrument | None = None) -> Path:
    """Write the workbook to fill in, by another questionnaire if an `instrument` is given.

    A round that the programme does not know yet takes the instrument of its last scored round. The folder is made if absent, an
    existing file is not overwritten.

    Raises
    ------
    IntakeError
        If the file exists or cannot be written.
    """
    import xlsxwriter

    path = Path(path)
    if path.exists():
        raise there_already(path.name)
    chosen = instrument or instrument_of(programme, round_name)
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    _cover(book, programme, round_name, chosen)
    _sheet(book, programme, chosen)
    book.close()
    put(path, raw.getvalue())
    return path


def there_already(names: str) -> EvaluationError:
    """The error of forms in whose place something else is."""
    return refusal(IntakeError, [issue(names, "", "there_already", "error", "", "", "other_out")])


def questionnaire(name: str) -> Instrument | None:
    """The instrument of a name given to a command; None where none is given."""
    return load_instrument(name) if name else None


def instrument_of(programme: Programme, round_name: str) -> Instrument:
    """The instrument of a round; of one the programme does not know yet, its last scored round's."""
    key = str(Period(round_name))
    state = programme.states.get(key)
    return programme.instrument(key if state and state.instrument else programme.scored[-1])


def _cover(book, programme: Programme, round_name: str, instrument: Instrument) -> None:
    sheet = book.add_worksheet(COVER)
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.protect()
    facts = {"programme": programme.id, "round": round_name, "instrument": instrument.id, "region": programme.region}
    for n, (key, value) in enumerate(facts.items()):
        sheet.write_string(n, 0, key, bold)
        sheet.write_string(n, 1, value)
    line = len(facts) + 1
    for lang in ("id", "en"):
        w = words(lang)
        texts = [w("made_up")] if programme.made_up else []
        texts += [w.label(programme.label), w.round_long(round_name), w("blank.how", sheet=SHEET), w("blank.missing")]
        texts.append(w("blank.scale", low=w.num(instrument.scale.low, 0), high=w.num(instrument.scale.high, 0)))
        texts += [w("blank.own")] if instrument.measured else []
        for text in texts:
            sheet.write_string(line, 1, text, wrap)
            line += 1
        line += 1


def _sheet(book, programme: Programme, instrument: Instrument) -> None:
    sheet = book.add_worksheet(SHEET)
    head = book.add_format({"bold": True, "text_wrap": True, "bottom": 2, "valign": "bottom"})
    locked = book.add_format({"text_wrap": True, "valign": "top"})
    entry = book.add_format({"locked": False, "bg_color": "#FFF9E5", "border": 1, "border_color": "#C3CCD4", "valign": "top"})
    for column, (text, width) in enumerate(HEADERS.items()):
        sheet.write_string(0, column, text, head)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    sheet.protect(options={"format_columns": True, "format_rows": True})
    for row, path in enumerate(instrument.leaves, 1):
        node = instrument.nodes[path]
        for column, text in enumerate((path, node.label.id, node.label.en, node.agency)):
            sheet.write_string(row, column, text, locked)
        for column in range(4, 10):
            sheet.write_blank(row, column, None, entry)
        _validations(sheet, row, path, instrument)


def _validations(sheet, row: int, path: str, instrument: Instrument) -> None:
    node, scale, limits = instrument.nodes[path], instrument.scale_of(path), limits_of(path, instrument)
    hint = "; ".join(f"{n}: {level.id}" for n, level in enumerate(node.levels, 1))
    rule: dict = {"validate": "any"}
    if scale:
        rule = {"validate": "decimal", "criteria": "between", "minimum": scale.low, "maximum": scale.high}
        rule |= {"error_title": limits[:32], "error_message": limits[:LIST_LIMIT]}
    rule |= {"input_title": node.label.id[:32], "input_message": (hint or limits)[:LIST_LIMIT]}
    for column in (4, 5, 6):
        sheet.data_validation(row, column, row, column, rule)
    sheet.data_validation(row, 7, row, 7, {"validate": "list", "source": status_choices()})
    sheet.data_validation(row, 9, row, 9, {"validate": "list", "source": ["A", "B", "C"]})
