"""Citizen surveys: a table of respondents into ANSWERS, or a table of means into SURVEY; every oddity becomes an issue."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from scevaluation.errors import IntakeError, RoundError, ScoresRefused
from scevaluation.frames import ANSWERS, ISSUES, SURVEY
from scevaluation.instrument import QUALITIES, load_instrument
from scevaluation.intake.cells import parse_number, separator
from scevaluation.issues import clean_text, issue, refusal
from scevaluation.programme import Programme
from scevaluation.rounds import Round

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
    "non_discriminatory": (
        "non_discriminatory",
        "non-discriminatory",
        "tidak diskriminatif",
        "tanpa diskriminasi",
        "kesetaraan",
    ),
}
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
    """Item by the header that names it: qualities, and elements by code, name in either language, or U1 to U9."""
    out = {text: item for item, texts in QUALITY_HEADERS.items() for text in texts}
    skm = load_instrument(SKM_INSTRUMENT)
    for number, item in enumerate(elements(), 1):
        label = skm.nodes[item].label
        out |= dict.fromkeys((item, f"u{number}", label.id.lower(), label.en.lower()), item)
    return out


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
    name = str(Round(round_name))
    raw, rows = _rows(path)
    header = [clean_text(h).lower() for h in rows[0][1]] if rows else []
    place, issues = _columns(header, path.name)
    known = _items()
    items = {c: known[h] for c, h in enumerate(header) if h in known}
    answers = []
    for line, row in rows[1:]:
        cells = [clean_text(v) for v in row]
        if any(cells):
            about = {f: cells[c] if c < len(cells) else "" for f, c in place.items()}
            answers += _answers(path.name, line, cells, items, about, issues)
    if not answers:
        issues.append(issue(path.name, "", "empty_table", "error", "", "", "fill_in"))
    table = pd.DataFrame(answers, columns=["unit", "respondent", "group", "item", "answer", "file", "cell"])
    table = table.assign(region=region, round=name, answer=table["answer"].astype(float))[list(ANSWERS.columns)]
    issues += _twice(table)
    table = table.drop_duplicates(list(ANSWERS.key))
    return SurveyFile(path, hashlib.sha256(raw).hexdigest(), ANSWERS.check(table.reset_index(drop=True)), _frame(issues))


def accepted_survey(path: Path, region: str, round_name: str) -> SurveyFile:
    """The same, refused whole if any cell is an error.

    Raises
    ------
    ScoresRefused
        With all issues; the message names the first ten with their lines.
    """
    file = read_survey(path, region, round_name)
    _refuse(path, file.issues)
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
    path = programme.folder / "survey.csv"
    if not path.exists():
        return SURVEY.empty()
    rows = _rows(path)[1]
    header = [clean_text(h).lower() for h in rows[0][1]] if rows else []
    lacks = [c for c in SUMMARY if c not in header]
    if lacks:
        raise IntakeError(f"{path.name} has no column {', '.join(lacks)}.", f"The columns are {', '.join(SUMMARY)}.")
    issues: list[dict] = []
    out = []
    for line, row in rows[1:]:
        got = {c: clean_text(row[header.index(c)]) if header.index(c) < len(row) else "" for c in SUMMARY}
        if any(got.values()):
            out.append(_summary_row(path.name, line, got, issues))
    table = pd.DataFrame(out, columns=["line", *list(SURVEY.columns)[1:]])
    for r in table[table.duplicated(["round", "item"])].itertuples():
        issues.append(issue(path.name, f"line {r.line}", "duplicate", "error", f"{r.round} {r.item}", "", "keep_one"))
    _refuse(path, _frame(issues))
    return SURVEY.check(
        table.drop(columns="line").assign(region=programme.region).astype({"n": int, "mean": float, "sd": float})
    )


def survey_file(programme: Programme, round_name: str) -> Path | None:
    """The programme's table of respondents of a round, survey-<round>.csv beside its programme.yaml, if there is one."""
    path = programme.folder / f"survey-{Round(round_name)}.csv"
    return path if path.exists() else None


def _rows(path: Path) -> tuple[bytes, list[tuple[int, list[str]]]]:
    """Bytes of a CSV, and its rows with the number of the line each ends in."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise IntakeError(
            f"{path.name} cannot be opened: {error.strerror}.", "Check the path and that no other program locks it."
        ) from error
    except UnicodeDecodeError as error:
        raise IntakeError(f"{path.name} is not UTF-8 text (byte {error.start}).", "Save it as CSV UTF-8.") from error
    if "\0" in text:
        raise IntakeError(f"{path.name} is no text table.", "Save it as CSV UTF-8.")
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    try:
        return raw, [(table.line_num, row) for row in table]
    except csv.Error as error:
        raise IntakeError(f"{path.name}, line {table.line_num}: {error}.", "Save the table again as CSV UTF-8.") from error


def _columns(header: list[str], name: str) -> tuple[dict[str, int], list[dict]]:
    """Where respondent, group and unit stand; columns that say nothing known, or say it twice, as issues."""
    known = _items()
    if not any(h in known for h in header):
        raise IntakeError(
            f"{name} has no column of answers in line 1.",
            f"Name the columns {', '.join(QUALITIES)}, or U1 to U9 for the satisfaction survey.",
        )
    fields = {text: field for field, texts in HEADERS.items() for text in texts}
    place: dict[str, int] = {}
    issues: list[dict] = []
    taken: set[str] = set()
    for column, text in enumerate(header):
        means = known.get(text) or fields.get(text)
        where = f"line 1, column {column + 1}"
        if text and means is None:
            issues.append(issue(name, where, "survey_column", "note", text, "", "look"))
        elif means in taken:
            issues.append(issue(name, where, "survey_column_twice", "error", text, "", "keep_one"))
        elif means in HEADERS:
            place[means] = column
        taken.add(means or "")
    return place, issues


def _answers(
    name: str, line: int, cells: list[str], items: dict[int, str], about: dict[str, str], issues: list[dict]
) -> list[dict]:
    """The answers of one respondent; a row without a number of its own is called by its line."""
    out = []
    for column, item in items.items():
        found = cells[column] if column < len(cells) else ""
        where = f"line {line}, {item}"
        parsed = parse_number(found)
        value = parsed.value
        if parsed.problem:
            issues.append(issue(name, where, parsed.problem, "error", found))
        elif value is not None and not LOW <= value <= HIGH:
            problem, remedy = ("survey_zero", "survey_empty") if value == 0 else ("survey_off_scale", "correct_cell")
            issues.append(issue(name, where, problem, "error", found, "1\u20134", remedy))
            value = None
        elif value is not None and value != int(value):
            issues.append(issue(name, where, "survey_not_whole", "warning", found, "1, 2, 3, 4", "look"))
        row = {"unit": about.get("unit", ""), "respondent": about.get("respondent") or f"line {line}"}
        row |= {"group": about.get("group", ""), "item": item, "answer": value, "file": name, "cell": f"line {line}"}
        out.append(row)
    return out


def _twice(answers: pd.DataFrame) -> list[dict]:
    """Respondents whose number stands in more than one line of a unit: the first is taken, each further line an error."""
    lines = answers.drop_duplicates(["unit", "respondent", "cell"])
    double = lines[lines.duplicated(["unit", "respondent"])]
    return [
        issue(r.file, r.cell, "survey_respondent_twice", "error", f"{r.respondent} {r.unit}".strip(), "", "keep_one")
        for r in double.itertuples()
    ]


def _summary_row(name: str, line: int, got: dict[str, str], issues: list[dict]) -> dict:
    """One line of survey.csv as a row of SURVEY; what is wrong with it goes to `issues`."""
    numbers = {c: parse_number(got[c]) for c in ("n", "mean", "sd")}
    for c, parsed in numbers.items():
        if parsed.problem or (parsed.value is None and c == "n"):
            issues.append(issue(name, f"line {line}, {c}", "text_for_number", "error", got[c]))
    n, mean, sd = (numbers[c].value for c in ("n", "mean", "sd"))
    if n is not None and (n < 0 or n != int(n)):
        issues.append(issue(name, f"line {line}, n", "survey_count", "error", got["n"]))
    if mean is not None and not LOW <= mean <= HIGH:
        issues.append(issue(name, f"line {line}, mean", "survey_off_scale", "error", got["mean"], "1\u20134"))
    if sd is not None and not 0 <= sd <= (HIGH - LOW):
        issues.append(issue(name, f"line {line}, sd", "survey_off_scale", "error", got["sd"], "0\u20133"))
    known = _items()
    item = known.get(got["quality"].lower(), "")
    if not item:
        issues.append(issue(name, f"line {line}, quality", "survey_item", "error", got["quality"], ", ".join(QUALITIES)))
    try:
        when = str(Round(got["round"]))
    except RoundError:
        issues.append(issue(name, f"line {line}, round", "survey_round", "error", got["round"], "2024-S2"))
        when = got["round"]
    return {"line": line, "round": when, "item": item, "n": int(n or 0), "mean": mean, "sd": sd, "source": got["source"]}


def _frame(issues: list[dict]) -> pd.DataFrame:
    table = pd.DataFrame(issues, columns=list(ISSUES.columns)).drop_duplicates(list(ISSUES.key))
    return ISSUES.check(table.reset_index(drop=True))


def _refuse(path: Path, issues: pd.DataFrame) -> None:
    errors = issues[issues["severity"] == "error"]
    if len(errors):
        raise refusal(ScoresRefused, errors.to_dict("records"))
