"""The mapping: written, corrected in a spreadsheet, read back; nothing in it acts, nothing open is guessed."""

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from past_data import HOSTILE, NEW, OLD, SUM, made_found, sure

from scevaluation.errors import IntakeError
from scevaluation.past.answers import Returned, answered
from scevaluation.past.mapping import ARROW, mapping
from scevaluation.past.questions import Names, corrected, questions
from scevaluation.words import LANGUAGES, words

FILES = {name: (f"{n}" * 64, f"/old/{name}") for n, name in enumerate((OLD, NEW, SUM))}


@pytest.fixture(scope="module")
def found():
    return made_found()


@pytest.fixture(scope="module", params=LANGUAGES)
def raw(request, found):
    return mapping(found, FILES, "sukamaju", words(request.param))


def _book(raw):
    return openpyxl.load_workbook(io.BytesIO(raw))


def _saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lang(raw):
    return Returned(raw, "mapping.xlsx").lang


def _sheet(book, name, raw):
    return book[words(_lang(raw))("past.sheet." + name)]


def _fill(raw, *given):
    """The mapping with answers, in the order of the questions; by default the first of each list."""
    book = _book(raw)
    sheet, choices = _sheet(book, "questions", raw), _sheet(book, "choices", raw)
    first = {str(r.sqref): r.formula1 for r in sheet.data_validations.dataValidation}
    for n in range(1, 5):
        at = f"E{5 + n}"
        row = int(first[at].rpartition("$")[2])
        sheet[at] = given[n - 1] if n <= len(given) and given[n - 1] is not None else choices.cell(row, 1).value
    return book


def _wrong(found, raw, **how):
    with pytest.raises(IntakeError) as error:
        answered(found, Returned(raw, "mapping.xlsx"), **how)
    return [(i["problem"], i["cell"].partition("!")[2]) for i in error.value.issues]


def test_only_what_is_not_sure_is_asked_and_alike_once(found):
    assert [(q.table, q.field, q.proposed) for q in questions(found)] == [
        ("rounds", "round", "2022-S2"), ("rounds", "percent", "points"), ("columns", "source", "verified"),
        ("indicators", "link", "infrastruktur/sinyal"),
    ]  # fmt: skip
    rounds = found.rounds.copy()
    rounds.loc[rounds["file"] == OLD, ["sure", "alternatives"]] = [False, "use=no"]
    assert [q.rows for q in questions(replace(found, rounds=rounds)) if q.field == "use"] == [(("r01",), ("r02",))]


def test_what_is_not_answered_is_refused_by_its_cell(found, raw):
    assert _wrong(found, raw) == [("past_unanswered", f"E{n}") for n in range(6, 10)]
    taken, left = answered(found, Returned(raw, "mapping.xlsx"), accept=True)
    assert len(left) == 4 and questions(taken) == ()


def test_unanswered_and_unproposed_is_refused_though_all_is_accepted(raw, found):
    rounds = found.rounds.copy()
    rounds.loc[1, ["round", "alternatives"]] = ["", ""]
    lost = replace(found, rounds=rounds)
    again = mapping(lost, FILES, "sukamaju", words("en"))
    assert _wrong(lost, again, accept=True) == [("past_unanswered", "E6")]


def test_answers_come_back_as_the_tables_hold_them(found, raw):
    w = words(_lang(raw))
    link = w("past.begins")
    book = _fill(raw, "2021-S2", w("past.percent.fraction"), w("past.source.assessor", id="Penilai 3"), link)
    got, left = answered(found, Returned(_saved(book), "mapping.xlsx"))
    assert left == [] and questions(got) == ()
    assert list(got.rounds["round"]) == ["2022-S1", "2021-S2", "2023-S2", "2023-S1", "2023-S2"]
    assert got.rounds.at[2, "percent"] == "fraction" and got.indicators["link"].tolist()[-1] == "-"
    rows = got.taken()
    assert set(rows.loc[rows["column"] == "E", "source"]) == {"assessor:Penilai 2", "assessor:Penilai 3"}
    first = rows[(rows["file"] == NEW) & (rows["kept"] == "percent")]["score"]
    assert first.max() < 1 and rows[rows["file"] == NEW]["score"].max() > 70


def test_what_is_left_as_it_was_changes_nothing(found, raw):
    got, _ = answered(found, Returned(_saved(_fill(raw)), "mapping.xlsx"))
    for name in ("rounds", "columns", "indicators"):
        assert getattr(got, name).drop(columns="sure").equals(getattr(found, name).drop(columns="sure"))
    assert got.scores is found.scores


@pytest.mark.parametrize(
    ("sheet", "at", "value", "problem"),
    [
        ("rounds", "F2", "semester satu", "no_round"),
        ("rounds", "G2", "mungkin", "none_of"),
        ("rounds", "I2", "satu", "no_number"),
        ("rounds", "A2", "r77", "past_row_unknown"),
        ("rounds", "A3", "r01", "entry_twice"),
        ("indicators", "G5", "Indikator lain", "none_of"),
        ("indicators", "D5", "Sektor lain", "none_of"),
        ("indicators", "C5", None, "value_empty"),
        ("indicators", "E5", None, "value_empty"),
        ("indicators", "G13", "Stunting", "past_answer_there"),
        ("columns", "E3", "angka saja", "none_of"),
        ("questions", "E6", "dulu sekali", "no_round"),
        ("questions", "E9", "Indikator lain", "none_of"),
        ("questions", "F9", "lain", "past_row_gone"),
    ],
)
def test_a_cell_that_says_what_cannot_be_is_named(found, raw, sheet, at, value, problem):
    book = _fill(raw)
    _sheet(book, sheet, raw)[at] = value
    wrong = _wrong(found, _saved(book))
    assert problem in [p for p, _ in wrong] and all(c == at for p, c in wrong if p == problem and c)


def test_a_column_that_was_not_read_cannot_be_made_scores(found):
    columns = found.columns.copy()
    columns.loc[0, ["sure", "role"]] = [False, "note"]
    asked = replace(found, columns=columns)
    book = _book(mapping(asked, FILES, "sukamaju", words("en")))
    sheet = book["Questions"]
    line = next(r for r in range(6, 12) if sheet.cell(r, 6).value.startswith("columns|role"))
    sheet.cell(line, 5).value = "score"
    assert ("past_unread", f"E{line}") in _wrong(asked, _saved(book))


def test_a_row_that_was_deleted_is_missed(found, raw):
    book = _fill(raw)
    _sheet(book, "rounds", raw).delete_rows(2)
    assert ("past_row_gone", "") in _wrong(found, _saved(book))


def test_rows_that_were_sorted_are_known_by_their_names(found, raw):
    book = _fill(raw)
    sheet = _sheet(book, "columns", raw)
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]
    for line, row in enumerate(reversed(rows), 2):
        for column, value in enumerate(row, 1):
            sheet.cell(line, column, value)
    got, _ = answered(found, Returned(_saved(book), "mapping.xlsx"))
    assert got.columns.drop(columns="sure").equals(found.columns.drop(columns="sure"))


def test_no_text_of_a_workbook_acts(raw):
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        sheets = {n: parts.read(n).decode() for n in parts.namelist() if n.startswith("xl/worksheets/sheet")}
        assert not [n for n, text in sheets.items() if "<f>" in text] and not [n for n in parts.namelist() if "external" in n]
        assert not [n for n in parts.namelist() if 'TargetMode="External"' in parts.read(n).decode("utf-8", "ignore")]
    texts = [c.value for sheet in _book(raw) for row in sheet.iter_rows() for c in row]
    assert HOSTILE in texts
    assert all(c.data_type == "s" for sheet in _book(raw) for row in sheet.iter_rows() for c in row if c.value == HOSTILE)


def test_an_asked_cell_leads_to_its_answer_and_back(raw):
    book = _book(raw)
    sheet = _sheet(book, "questions", raw)
    for n in range(1, 5):
        place = sheet.cell(5 + n, 3).hyperlink.location.replace("'", "")
        name, _, at = place.partition("!")
        assert book[name][at].value == f"{ARROW} {n}" and book[name][at].hyperlink.location.replace("'", "") == f"{sheet.title}!E{5 + n}"
        assert sheet.cell(5 + n, 5).fill.fgColor.rgb == "FFFFE66B" and not sheet.cell(5 + n, 5).protection.locked


def test_the_mapping_says_what_it_was_made_of(raw):
    book = Returned(raw, "mapping.xlsx")
    assert book.files == FILES and book.facts["programme"] == "sukamaju"


def test_another_workbook_is_no_mapping():
    book = openpyxl.Workbook()
    with pytest.raises(IntakeError) as error:
        Returned(_saved(book), "lain.xlsx")
    assert error.value.issues[0]["problem"] == "past_no_mapping"


def test_names_that_stand_twice_are_told_apart(found):
    rows = found.indicators.copy()
    rows.loc[rows["code"] == "kesehatan/stunting", "label"] = "Imunisasi"
    names = Names(replace(found, indicators=rows), words("id"))
    shown = [names.shown("link", code, "i2") for code in ("kesehatan/imunisasi", "kesehatan/stunting")]
    assert shown == ["kesehatan/imunisasi", "kesehatan/stunting"]
    assert [names.read("link", s, "i2") for s in shown] == ["kesehatan/imunisasi", "kesehatan/stunting"]


def test_nothing_is_asked_where_all_is_sure(found):
    raw = mapping(sure(found), FILES, "sukamaju", words("en"))
    got, left = answered(sure(found), Returned(raw, "mapping.xlsx"))
    assert left == [] and got.rounds.equals(sure(found).rounds)


def test_a_correction_makes_a_row_sure(found):
    got = corrected(found, [("rounds", ("r02",), "round", "2021-S1")])
    assert got.rounds.at[1, "round"] == "2021-S1" and got.rounds.at[1, "sure"] and not found.rounds.at[1, "sure"]


@pytest.mark.slow
@pytest.mark.parametrize(("raw", "ending"), [("en", "xlsx"), ("id", "ods")], indirect=["raw"])
def test_saved_by_libreoffice_it_says_the_same(found, raw, ending, tmp_path, soffice):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "mapping.xlsx").write_bytes(_saved(_fill(raw)))
    soffice(ending, tmp_path, tmp_path / "in" / "mapping.xlsx")
    path = tmp_path / f"mapping.{ending}"
    got, _ = answered(found, Returned(path.read_bytes(), path.name))
    for name in ("rounds", "columns", "indicators"):
        assert getattr(got, name).drop(columns="sure").equals(getattr(found, name).drop(columns="sure"))
