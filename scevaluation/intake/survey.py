"""Citizen surveys: a table of respondents into ANSWERS, or a table of means into SURVEY; every oddity becomes an issue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from scevaluation.errors import IntakeError, ScoresRefused
from scevaluation.frames import ISSUES
from scevaluation.frames.surveys import ANSWERS, SURVEY
from scevaluation.grid.files import read_bytes
from scevaluation.grid.table import Row, read_table, round_of, text_rows
from scevaluation.instrument import QUALITIES, load_instrument
from scevaluation.intake.cells import ASK, parse_number
from scevaluation.intake.lines import TOTALS
from scevaluation.intake.matching import match, normal
from scevaluation.intake.moments import impossible
from scevaluation.issues import clean_text, errors_of, issue, refusal
from scevaluation.period import Period
from scevaluation.place import sha256
from scevaluation.programme import Programme

SKM_INSTRUMENT = "skm-2017"
LOW, HIGH = 1.0, 4.0  # answers; PermenPANRB 14/2017
HEADERS = {
    "respondent": ("respondent", "responden", "nomor responden", "no responden", "no. responden", "id responden"),
    "group": ("group", "kelompok", "kelompok responden", "sasaran"),
    "unit": ("unit", "layanan", "unit layanan", "unit pelayanan", "service"),
}
QUALITY_HEADERS = {
    "faster": ("faster", "lebih cepat", "cepat", "kecepatan"),
    "easier": ("easier", "lebih mudah", "mudah", "kemudahan"),
    "open": ("open", "more open", "lebih terbuka", "terbuka", "keterbukaan"),
    "certain": ("certain", "lebih pasti", "pasti", "kepastian"),
    "non_discriminatory": ("non_discriminatory", "non-discriminatory", "tidak diskriminatif", "tanpa diskriminasi", "kesetaraan"),
}
ELEMENT_HEADERS = {  # what people call the elements beside their full names
    "procedure": ("prosedur", "sistem mekanisme prosedur"),
    "time": ("waktu", "waktu pelayanan"),
    "cost": ("biaya", "tarif", "biaya/tarif"),
    "product": ("produk", "produk layanan", "produk pelayanan"),
    "competence": ("kompetensi", "kompetensi petugas"),
    "conduct": ("perilaku", "perilaku petugas"),
    "complaints": ("pengaduan", "penanganan pengaduan"),
    "facilities": ("sarana", "sarana prasarana"),
}
_NUMBERED = re.compile(
    r"\W*(?:no\b\W*)?(?:(?P<mark>u|unsur)|p|q|pertanyaan)?\W*(?P<number>[0-9]{1,2})\W*(?P<rest>.*[^\W\d].*)", re.IGNORECASE
)
_BEHIND = re.compile(r"(?P<rest>.*[^\W\d])\W*\b(?P<mark>u|unsur)?\W*(?P<number>[0-9]{1,2})\W*", re.IGNORECASE)
_BARE = re.compile(r"(?:u|unsur)\W*0?([1-9])\W*", re.IGNORECASE)
_SEVERAL = re.compile(r"[1-4](?:[,;][1-4])+")  # two ticks in one cell; 2.3 with a point is a number
SUMMARY = ("round", "quality", "n", "mean", "sd", "source")


@dataclass(frozen=True)
class SurveyFile:
    """A received survey: answers as ANSWERS, what was found in single cells as ISSUES, and the file's hash."""

    path: Path
    sha256: str
    answers: pd.DataFrame
    issues: pd.DataFrame


@cache
def elements() -> tuple[str, ...]:
    """The nine elements of the satisfaction survey (PermenPANRB 14/2017), in its order."""
    return load_instrument(SKM_INSTRUMENT).leaves


@cache
def _items() -> dict[str, str]:
    """Item by the header that names it, in the form that names are compared in: qualities, and elements by code, name or U1 to U9."""
    out = {normal(text): item for item, texts in (QUALITY_HEADERS | ELEMENT_HEADERS).items() for text in texts}
    skm = load_instrument(SKM_INSTRUMENT)
    for number, item in enumerate(elements(), 1):
        label = skm.nodes[item].label
        out |= dict.fromkeys(map(normal, (item, f"u{number}", label.id, label.en)), item)
    return out


def _item(header: str) -> tuple[str, str]:
    """The item that a header names, with or without a number beside it; and if its U-number says another, which number is right."""
    found = _items().get(normal(header), "")
    bare = _BARE.fullmatch(header)
    if bare and not found:
        found = elements()[int(bare[1]) - 1]
    if found:
        return found, ""
    said = _NUMBERED.fullmatch(header) or _BEHIND.fullmatch(header)
    if not said:
        return "", ""
    mark, number, rest = said.group("mark", "number", "rest")
    found = _items().get(normal(rest), "")
    right = f"U{elements().index(found) + 1}" if found in elements() else ""
    return found, right if mark and right and right != f"U{int(number)}" else ""


def read_survey(path: Path, region: str, round_name: str) -> SurveyFile:
    """Read a table of respondents, a row each, without judging the sample (`evaluate.screening` does).

    Parameters
    ----------
    path : Path
        A .csv (UTF-8; comma or semicolon) with one column for each item, named by a service quality ("faster" or
        "lebih cepat") or an element of the satisfaction survey ("requirements", "Persyaratan" or "U1"), and, if known,
        `respondent`, `group` and `unit`. Answers are 1 to 4; empty is no answer. Other columns are named and left out.
    region, round_name
        Whose survey of which round it is said to be.

    Raises
    ------
    IntakeError
        If the file cannot be read, or has no column of answers.
    """
    name = str(Period(round_name))
    raw = read_bytes(path, IntakeError)
    rows = text_rows(raw, path.name, IntakeError)
    header = [clean_text(h) for h in rows[0][1]] if rows else []
    place, items, issues = _columns(header, path.name)
    answers = []
    for line, row in rows[1:]:
        cells = [clean_text(v) for v in row]
        if any(normal(c) in TOTALS for c in cells):
            issues.append(issue(path.name, f"line {line}", "row_total", "note", " ".join(cells), "", "none"))
        elif any(cells):
            issues += _length(path.name, line, cells, len(header))
            about = {f: cells[c] if c < len(cells) else "" for f, c in place.items()}
            answers += _answers(path.name, line, cells, items, about, issues)
    if not answers:
        issues.append(issue(path.name, "", "empty_table", "error", "", "", "fill_in"))
    table = pd.DataFrame(answers, columns=["unit", "respondent", "group", "item", "answer", "file", "cell"])
    table = table.assign(region=region, round=name, answer=table["answer"].astype(float))[list(ANSWERS.columns)]
    issues += _twice(table)
    table = ANSWERS.check(table.drop_duplicates(list(ANSWERS.key), ignore_index=True))
    found = pd.DataFrame(issues, columns=list(ISSUES.columns)).drop_duplicates(list(ISSUES.key), ignore_index=True)
    return SurveyFile(path, sha256(raw), table, ISSUES.check(found))


def accepted_survey(path: Path, region: str, round_name: str) -> SurveyFile:
    """The same, refused whole if any cell is an error.

    Raises
    ------
    ScoresRefused
        With all issues; the message names the first ten with their lines.
    """
    file = read_survey(path, region, round_name)
    if errors := errors_of(file.issues.to_dict("records")):
        raise refusal(ScoresRefused, errors)
    return file


def read_summary(programme: Programme) -> pd.DataFrame:
    """SURVEY from the programme's survey.csv (round, quality, n, mean, sd, source); empty if it has none.

    Raises
    ------
    IntakeError
        If a column is missing.
    ScoresRefused
        If a line is wrong; all are listed.
    """
    rows, issues = _summary(programme)
    if errors := errors_of(issues):
        raise refusal(ScoresRefused, errors)
    if not rows:
        return SURVEY.empty()
    table = pd.DataFrame(rows, columns=list(SURVEY.columns)[1:]).assign(region=programme.region)
    return SURVEY.check(table.astype({"n": int, "mean": float, "sd": float}))


def summary_issues(programme: Programme) -> list[dict]:
    """Everything found in the programme's survey.csv, as rows of ISSUES: what cannot be, and what can hardly be."""
    return _summary(programme)[1]


def _summary(programme: Programme) -> tuple[list[dict], list[dict]]:
    """Rows of survey.csv, and what was found in them."""
    table = read_table(programme.folder / "survey.csv", SUMMARY, (), IntakeError)
    issues: list[dict] = list(table.notes)
    rows, seen = [], set()
    for row in table.rows:
        said = _summary_row(row, programme.calendar, issues)
        key = (said["round"], said["item"])
        if key in seen:
            issues.append(row.issue("", "duplicate", found=f"{row['round']} {row['quality']}", remedy="keep_one"))
        seen.add(key)
        rows.append(said)
    return rows, issues


def survey_file(programme: Programme, round_name: str) -> Path | None:
    """The programme's table of respondents of a round, survey-<round>.csv beside its programme.yaml, if there is one."""
    path = programme.folder / f"survey-{Period(round_name)}.csv"
    return path if path.exists() else None


def surveyed(programme: Programme) -> set[str]:
    """Rounds of the programme that a survey tells of, in survey.csv or a table of respondents."""
    means = {row["round"] for row in _summary(programme)[0] if row["round"]}
    return {r.id for r in programme.rounds if r.id in means or survey_file(programme, r.id)}


def _length(name: str, line: int, cells: list[str], wide: int) -> list[dict]:
    """A line that is longer or shorter than the header, whose answers may stand under other names than their own."""
    if len(cells) < wide:
        return [issue(name, f"line {line}", "line_shorter", "error", len(cells), wide, "fill_line")]
    if any(cells[wide:]):
        return [issue(name, f"line {line}", "line_longer", "error", len(cells), wide, "quote_commas")]
    return []


def _columns(header: list[str], name: str) -> tuple[dict[str, int], dict[int, str], list[dict]]:
    """Where respondent, group and unit stand; the item of each column of answers; what is wrong with the header."""
    named = [_item(text) for text in header]
    if not any(item for item, _ in named):
        expected = ", ".join((*QUALITIES, "U1\u2013U9"))
        raise refusal(IntakeError, [issue(name, "line 1", "survey_no_answers", expected=expected, remedy="name_column")])
    fields = {normal(text): field for field, texts in HEADERS.items() for text in texts}
    place: dict[str, int] = {}
    items: dict[int, str] = {}
    issues: list[dict] = []
    for column, (text, (item, other)) in enumerate(zip(header, named, strict=True)):
        where, field = f"line 1, column {column + 1}", fields.get(normal(text), "")
        if other:
            issues.append(issue(name, where, "survey_number", "error", text, other, "rename_column"))
        elif item in items.values() or field in place:
            issues.append(issue(name, where, "survey_column_twice", "error", text, "", "keep_one"))
        elif item:
            items[column] = item
        elif field:
            place[field] = column
        elif text:
            issues.append(_unknown(name, where, text))
    return place, items, issues


def _unknown(name: str, where: str, text: str) -> dict:
    """A column that says nothing known: an error if it can be a misspelt one, whose answers would be lost."""
    near = match(text, _items())
    if near.kind in ("close", "several"):
        return issue(name, where, "column_like", "error", text, ", ".join(near.near), "rename_column")
    return issue(name, where, "survey_column", "note", text, "", "look")


def _answers(name: str, line: int, cells: list[str], items: dict[int, str], about: dict[str, str], issues: list[dict]) -> list[dict]:
    """The answers of one respondent; a row without a number of its own is called by its line."""
    out = []
    for column, item in items.items():
        found = cells[column] if column < len(cells) else ""
        where = f"line {line}, {item}"
        several = bool(_SEVERAL.fullmatch(found.replace(" ", "")))
        parsed = parse_number("" if several else found)
        value = parsed.value
        if several:
            issues.append(issue(name, where, "survey_several", "error", found, "1, 2, 3, 4", "choose_answer"))
        elif parsed.problem or (value is not None and any(c == "%" or c.isalpha() for c in found)):
            issues.append(issue(name, where, parsed.problem or "text_for_number", "error", found))
            value = None
        elif value is not None and not LOW <= value <= HIGH:
            problem, remedy = ("survey_zero", "survey_empty") if value == 0 else ("survey_off_scale", "correct_cell")
            issues.append(issue(name, where, problem, "error", found, "1\u20134", remedy))
            value = None
        elif value is not None and value != int(value):
            issues.append(issue(name, where, "survey_not_whole", "warning", found, "1, 2, 3, 4", "look"))
        row: dict = {"unit": about.get("unit", ""), "respondent": about.get("respondent") or f"line {line}"}
        row |= {"group": about.get("group", ""), "item": item, "answer": value, "file": name, "cell": f"line {line}"}
        out.append(row)
    return out


def _twice(answers: pd.DataFrame) -> list[dict]:
    """Respondents whose number stands in more than one line of a unit: the first is taken, each further line an error."""
    lines = answers.drop_duplicates(["unit", "respondent", "cell"])
    double = lines[lines.duplicated(["unit", "respondent"])]
    said = ((r.file, r.cell, f"{r.respondent} {r.unit}".strip()) for r in double.itertuples())
    return [issue(file, cell, "survey_respondent_twice", "error", found, "", "keep_one") for file, cell, found in said]


def _summary_row(row: Row, kind: str, issues: list[dict]) -> dict:
    """One line of survey.csv as a row of SURVEY; what is wrong with it goes to `issues`."""
    before = len(issues)
    numbers = {"n": parse_number(row["n"], ASK)} | {c: parse_number(row[c]) for c in ("mean", "sd")}
    for c, parsed in numbers.items():
        if parsed.problem == "ambiguous_number":
            issues.append(row.issue(c, parsed.problem, remedy="write_plainly"))
        elif parsed.problem or (parsed.value is None and c == "n"):
            issues.append(row.issue(c, "text_for_number"))
    n, mean, sd = (parsed.value for parsed in numbers.values())
    if n is not None and (n < 0 or n != int(n)):
        issues.append(row.issue("n", "survey_count"))
    if mean is not None and not LOW <= mean <= HIGH:
        issues.append(row.issue("mean", "survey_off_scale", expected="1\u20134"))
    if sd is not None and not 0 <= sd <= (HIGH - LOW):
        issues.append(row.issue("sd", "survey_off_scale", expected="0\u20133"))
    item = _items().get(normal(row["quality"]), "")
    if not item:
        issues.append(row.issue("quality", "survey_item", expected=", ".join(QUALITIES)))
    when = round_of(row, "round", issues)
    if when and Period(when).kind != kind:
        issues.append(row.issue("round", "other_calendar", expected=kind))
    if len(issues) == before:
        issues += impossible(row, int(n or 0), mean, sd, LOW, HIGH)
    return {"round": when, "item": item, "n": int(n or 0), "mean": mean, "sd": sd, "source": row["source"]}
