"""The gate: a file that cannot be read is refused whole; what can is judged all at once."""

import io
import zipfile
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
from tiny import GOOD, HEAD, ROUND, tiny_programme

from scevaluation.errors import IntakeError, RoundError, ScoresRefused
from scevaluation.frames import ISSUES, SCORES
from scevaluation.intake.blank import blank
from scevaluation.intake.check import accepted, as_issues, check_file, issues_of, issues_of_each, load_scores
from scevaluation.intake.form import SHEET
from scevaluation.intake.judge import _not_reported
from scevaluation.intake.reading import read
from scevaluation.issues import describe, errors_of, issue
from scevaluation.programme import load_programme
from scevaluation.words import words


@pytest.fixture
def programme(tmp_path):
    (tmp_path / "rounds").mkdir()
    return tiny_programme(tmp_path)


@pytest.fixture
def judge(programme, tmp_path):
    """ISSUES of a CSV text."""

    def of(text, name="x.csv"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return as_issues(read(path, programme, ROUND).issues)

    return of


def _found(reading):
    return [i["problem"] for i in reading.issues]


def _problems(issues, severity="error"):
    return list(issues.loc[issues["severity"] == severity, "problem"])


def test_a_good_file_has_no_issue_and_keeps_its_cells(programme, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(GOOD)
    found = accepted(path, programme, ROUND)
    scores = SCORES.check(found.scores())
    assert not found.issues and list(scores["score"]) == [2, 3, 4, 1]
    assert list(scores["cell"]) == ["line 2", "line 3", "line 4", "line 5"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("one/a,ofa,verified,7,scored,,A", "off_scale"),
        ("one/a,ofa,verified,0,scored,,A", "zero_score"),
        ("one/a,ofa,verified,-1,scored,,A", "off_scale"),
        ("one/z,ofa,verified,2,scored,,A", "unknown_indicator"),
        ("one/a,ofz,verified,2,scored,,A", "unknown_agency"),
        ("one/a,ofa,rumour,2,scored,,A", "unknown_source"),
        ("one/a,ofa,verified,good,scored,,A", "text_for_number"),
        ("one/a,ofa,verified,2,not_reported,,A", "score_and_status"),
        ("one/a,ofa,verified,2,perhaps,,A", "unknown_status"),
        ("one/a,ofa,verified,=1+1,scored,,A", "text_for_number"),
    ],
)
def test_each_error_is_named_with_its_line_and_a_remedy(judge, line, problem):
    issues = judge(HEAD + line + "\n")
    row = issues[issues["problem"] == problem].iloc[0]
    assert row["severity"] == "error" and row["cell"] == "line 2"
    for lang, line in (("id", "baris"), ("en", "line")):
        text = describe(row.to_dict(), words(lang))
        assert text.startswith(f"x.csv, {line} 2: ") and text.endswith(".")


def test_all_problems_come_at_once(judge):
    issues = judge(
        HEAD
        + "one/a,ofa,verified,7,scored,,\none/z,ofz,verified,x,scored,,\ntwo/c,ofb,verified,3,scored,,\ntwo/c,ofb,verified,4,scored,,\n"
    )
    assert set(_problems(issues)) == {"off_scale", "unknown_indicator", "unknown_agency", "text_for_number", "duplicate"}
    ISSUES.check(issues)


def test_a_score_off_the_grid_is_noted_only(judge):
    assert _problems(judge(HEAD + "one/a,ofa,verified,2.3,scored,,\n"), "note").count("off_grid") == 1


def test_a_decimal_comma_is_read_and_noted(judge):
    issues = judge(HEAD + 'one/a,ofa,verified,"2,5",scored,,\n')
    assert _problems(issues) == [] and "number_tidied" in _problems(issues, "note")


def test_a_semicolon_table_reads_like_a_comma_table(judge):
    assert _problems(judge(GOOD.replace(",", ";"))) == []


def test_columns_may_stand_in_any_order(judge):
    assert _problems(judge("score,source,agency,indicator\n2,verified,ofa,one/a\n")) == []


def test_missing_items_are_counted_by_agency(judge):
    issues = judge(HEAD + "one/a,ofa,verified,,not_reported,,\none/b,ofa,verified,2,scored,,\n")
    row = issues[issues["problem"] == "not_reported"].iloc[0]
    assert (row["cell"], row["found"], row["severity"]) == ("ofa", "1/2", "note")


def test_of_several_files_one_that_cannot_be_read_hides_no_other(tmp_path):
    good, junk = tmp_path / "good.csv", tmp_path / "junk.xlsx"
    good.write_text("Indikator,Nilai mandiri,Perangkat daerah\nhealth/imunisasi,7,dinas-kesehatan\n")
    junk.write_bytes(b"PK\x03\x04 nothing")
    found = issues_of_each([str(junk), str(good)], "contoh", "2024-S2")
    assert {i["file"] for i in errors_of(found)} == {"junk.xlsx", "good.csv"}
    with pytest.raises(IntakeError):
        issues_of_each([str(junk)], "contoh", "2024-S2")


def test_what_an_agency_has_not_reported_is_laid_at_its_own_form():
    row = {"region": "", "round": "", "source": "self", "status": "scored", "cell": ""}
    rows = [row | {"file": "a.ods", "agency": "ofa", "indicator": "one/a", "score": 2.0}]
    rows += [row | {"file": "b.xlsx", "agency": "ofb", "indicator": "one/b", "score": s} for s in (None, None)]
    found = _not_reported(rows, rows[:1], SimpleNamespace(id="i", leaves=("one/a", "one/b")))
    assert [(i["file"], i["cell"], i["found"]) for i in found] == [("b.xlsx", "ofb", "1/1")]


def test_a_component_that_differs_from_its_items_is_shown(judge):
    issues = judge(GOOD + "one,ofa,verified,2.6,scored,,\n")
    assert "sum_differs" in _problems(issues, "warning")
    assert "sum_differs" not in _problems(judge(GOOD + "one,ofa,verified,2.5,scored,,\n"), "warning")


def test_a_component_is_compared_with_the_mean_of_its_scores_source_by_source(judge):
    rows = "one,ofa,verified,2,scored,,\none,ofb,verified,3,scored,,\none,ofa,final,2,scored,,\n"
    assert "sum_differs" not in _problems(judge(GOOD + rows), "warning")
    issues = judge(GOOD + rows.replace(",3,", ",4,"))
    row = issues[issues["problem"] == "sum_differs"].iloc[0]
    assert (row["cell"], row["found"], row["expected"]) == ("line 6", "3 (one)", "2.500 (verified)")


def test_what_is_found_twice_is_said_once_and_in_the_place_of_the_first(judge):
    row = "two/c,ofb,verified,3,scored,,\n"
    other = row.replace("3", "2")
    issues = judge(HEAD + row + "one/a,ofa,verified,7,scored,,\n" + other + "one/z,ofa,verified,2,scored,,\n")
    errors = issues[issues["severity"] == "error"]
    assert list(zip(errors["problem"], errors["cell"], strict=True)) == [
        ("unknown_indicator", "line 5"),
        ("off_scale", "line 3"),
        ("duplicate", "line 2"),
        ("duplicate", "line 4"),
    ]


def test_a_row_that_stands_twice_counts_once_and_is_noted(programme, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(GOOD + GOOD.splitlines()[1] + "\n")
    found = accepted(path, programme, ROUND)
    assert [r["cell"] for r in found.rows] == ["line 2", "line 3", "line 4", "line 5"]
    assert [(i["problem"], i["severity"], i["cell"]) for i in found.issues] == [("row_repeated", "note", "line 6")]


def test_rows_without_pandas_are_the_rows_of_the_table():
    path = load_programme("kab-malang").folder / "rounds" / "2023-S2.csv"
    rows = issues_of(path)
    assert rows and check_file(path).to_dict("records") == rows


def test_straight_lining_of_kab_malang_2023_impact_is_found():
    path = load_programme("kab-malang").folder / "rounds" / "2023-S2.csv"
    issues = check_file(path)
    row = issues[issues["problem"] == "straight_lining"]
    assert len(row) == 1 and row.iloc[0]["found"] == "49/54 = 2.8" and "impact" in row.iloc[0]["cell"]


def test_an_empty_table_is_an_error(judge):
    assert _problems(judge(HEAD)) == ["empty_table"]


def test_scores_with_errors_are_refused_with_all_of_them(programme, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(HEAD + "one/a,ofa,verified,7,scored,,\none/b,ofa,verified,8,scored,,\n")
    with pytest.raises(ScoresRefused, match="2 errors") as caught:
        accepted(path, programme, ROUND)
    assert len(caught.value.issues) == 2 and "line 3" in str(caught.value)


def test_two_files_for_one_round_are_refused(programme):
    for ending in ("csv", "xlsx"):
        (programme.folder / "rounds" / f"{ROUND}.{ending}").write_text(GOOD)
    with pytest.raises(RoundError, match="two files"):
        load_scores(programme)


def test_a_file_of_an_unknown_round_is_refused(programme):
    (programme.folder / "rounds" / "2019-S1.csv").write_text(GOOD)
    with pytest.raises(RoundError, match="2019-S1 is not the name of a round"):
        load_scores(programme)


# Files that are no table at all.
def _zip(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in members.items():
            book.writestr(name, data)
    return out.getvalue()


NO_TABLES = {
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
    "encrypted": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
    "web page": (b"<html><table><tr><td>Indikator</td></tr></table></html>", "no row with the column names"),
    "no zip": (b"hello", "no row with the column names"),
    "zip of something else": (_zip({"a.txt": "x"}), "not a workbook"),
    "macros": (_zip({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"}), "macros"),
    "bomb": (lambda: _zip({"xl/workbook.xml": b"0" * (101 * 2**20)}), "100 MB"),
    "empty file": (b"", "no row with the column names"),
    "not xml inside": (_zip({"xl/workbook.xml": "not xml", "[Content_Types].xml": "nor this"}), "is damaged"),
}


@pytest.mark.parametrize("kind", NO_TABLES)
def test_a_file_that_is_no_workbook_is_refused_clearly(programme, tmp_path, kind):
    raw, said = NO_TABLES[kind]
    raw = raw() if callable(raw) else raw
    path = tmp_path / "x.xlsx"
    path.write_bytes(raw)
    with pytest.raises(IntakeError, match=said) as caught:
        read(path, programme, ROUND)
    assert caught.value.remedy and path.read_bytes() == raw


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00i", b"indicator\0,x\n1,2\n", b"a,b\n1,2\n", b""])
def test_a_csv_that_is_no_table_is_refused_clearly(programme, tmp_path, raw):
    path = tmp_path / "x.csv"
    path.write_bytes(raw)
    with pytest.raises(IntakeError):
        read(path, programme, ROUND)


def test_an_absent_file_is_a_clear_error(programme, tmp_path):
    with pytest.raises(IntakeError, match=r"none\.csv: the file is not there"):
        read(tmp_path / "none.csv", programme, ROUND)
    with pytest.raises(IntakeError, match=r"none\.xlsx: the file is not there"):
        check_file(tmp_path / "none.xlsx")


# The workbook the project writes.
@pytest.fixture
def form(programme, tmp_path):
    from tiny import tiny_instrument

    return blank(programme, ROUND, tmp_path / "form.xlsx", tiny_instrument())


def _fill(path, cells, sheet=SHEET):
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book[sheet][place] = value
    book.save(path)
    return path


def test_what_blank_writes_reads_back_as_not_reported(form, programme):
    found = accepted(form, programme, ROUND)
    scores, issues = found.scores(), found.issues
    assert list(scores["indicator"]) == ["one/a", "one/b", "two/c", "two/d"]
    assert set(scores["status"]) == {"not_reported"} and scores["score"].isna().all()
    assert {i["problem"] for i in issues} == {"not_reported"}


def test_what_is_filled_in_reads_back(form, programme):
    _fill(form, {"E2": 3, "F2": 2.5, "F3": "3,5", "I2": "https://example.org/x", "J2": "A"})
    scores = accepted(form, programme, ROUND).scores()
    got = {(r.indicator, r.source): r.score for r in scores.itertuples() if r.score == r.score}
    assert got == {("one/a", "self"): 3, ("one/a", "verified"): 2.5, ("one/b", "verified"): 3.5}
    assert scores.loc[scores["source"] == "verified", "cell"].iloc[0] == "Skor!F2"


def test_a_formula_is_never_evaluated(form, programme):
    _fill(form, {"F2": '=HYPERLINK("http://x","3")'})
    file = read(form, programme, ROUND)
    assert [(i["problem"], i["cell"]) for i in file.errors] == [("formula_without_value", "Skor!F2")]
    assert all(row["score"] is None for row in file.rows)


def test_a_value_that_a_formula_made_is_taken_with_a_warning(programme, tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "made.xlsx") as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write_row("A1", ["indicator", "agency"])
        sheet.write_formula("C1", '="verified"', None, "verified")
        sheet.write_row("A2", ["one/a", "ofa"])
        sheet.write_formula("C2", "=1+2", None, 3)
    file = read(tmp_path / "made.xlsx", programme, ROUND)
    assert [row["score"] for row in file.rows] == [3]
    assert [i["found"] for i in file.issues if i["problem"] == "formula"] == ["=1+2"] and not file.errors


def test_merged_cells_in_the_table_are_named(form, programme):
    book = openpyxl.load_workbook(form)
    book[SHEET].merge_cells("E2:F3")
    book.save(form)
    assert "merged_cells" in set(_found(read(form, programme, ROUND)))


@pytest.mark.parametrize(
    ("row", "value", "problem"),
    [(1, "other", "wrong_programme"), (2, "2023-S1", "wrong_round"), (3, "tiny-2", "wrong_instrument")],
)
def test_a_workbook_of_another_round_is_named(form, programme, row, value, problem):
    _fill(form, {f"B{row}": value}, "Sampul")
    assert problem in set(_found(read(form, programme, ROUND)))


def test_an_existing_form_is_not_overwritten(form, programme):
    before = form.read_bytes()
    with pytest.raises(IntakeError, match="another file in this place"):
        blank(programme, ROUND, form)
    assert form.read_bytes() == before


def test_the_form_limits_scores_and_locks_its_structure(form):
    sheet = openpyxl.load_workbook(form)[SHEET]
    rule = next(v for v in sheet.data_validations.dataValidation if "F2" in str(v.sqref))
    assert (rule.type, float(rule.formula1), float(rule.formula2)) == ("decimal", 1, 4)
    assert sheet.protection.sheet and sheet["A2"].protection.locked and not sheet["F2"].protection.locked
    assert sheet.freeze_panes == "B2"


def test_the_form_of_a_made_up_programme_says_so(form):
    cover = openpyxl.load_workbook(form)["Sampul"]
    text = " ".join(str(c.value) for row in cover.iter_rows() for c in row if c.value)
    assert "semua angka buatan" in text and "made up" in text


def test_a_label_that_looks_like_a_formula_stays_text(programme, tmp_path):
    from tiny import tiny_instrument

    raw = tiny_instrument().model_dump()
    raw["tree"]["children"][0]["children"][0]["label"] = {"id": '=HYPERLINK("http://x")', "en": "+1"}
    path = blank(programme, ROUND, tmp_path / "evil.xlsx", type(tiny_instrument()).model_validate(raw))
    cell = openpyxl.load_workbook(path)[SHEET]["B2"]
    assert cell.data_type == "s" and cell.value.startswith("=HYPERLINK")


def test_of_a_workbook_of_several_rounds_a_report_tells_of_its_own_alone():
    from types import SimpleNamespace

    from scevaluation.intake.preflight import placed
    from scevaluation.report.annex import round_issues

    rows = {r: [{"file": "old.xlsx"}] for r in ("2023-S1", "2023-S2")} | {"2024-S1": [{"file": "new.xlsx"}]}
    where = zip(rows, ("", "dinas", "dinas"), strict=True)
    said = {r: [issue(rows[r][0]["file"], cell, "not_reported", "note", "1/2")] for r, cell in where}
    said["2023-S2"].append(issue("old.xlsx", "S!B2", "not_reported", "note", "1/2"))
    found = placed(rows, said)
    assert [i["cell"] for i in found] == ["2023-S1", "dinas, 2023-S2", "S!B2", "dinas"]
    scores = pd.DataFrame([("2023-S1", "old.xlsx", "S!A1"), ("2023-S2", "old.xlsx", "S!B2")], columns=["round", "file", "cell"])
    shown = {r: round_issues(SimpleNamespace(round=r, scores=scores, issues=pd.DataFrame(found)))["cell"].tolist() for r in rows}
    assert shown == {"2023-S1": ["2023-S1"], "2023-S2": ["dinas, 2023-S2", "S!B2"], "2024-S1": []}
