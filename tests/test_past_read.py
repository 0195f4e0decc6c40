"""Old workbooks in many layouts come in as they were meant; what is not sure is asked; what is none of it is refused."""

import csv
import random
import re
import subprocess
import sys

import openpyxl
import pytest
from gold import GOLD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from past_bad import BAD
from past_offices import LAYOUTS, sheet_a_round
from past_offices_later import FIRST, LATER

from scevaluation.errors import IntakeError
from scevaluation.intake.matching import normal
from scevaluation.past.found import said
from scevaluation.past.prove import ROOT, _Round, prove
from scevaluation.past.read import read
from scevaluation.past.terms import when
from scevaluation.words import LANGUAGES, words

HISTORY = GOLD.parent / "cases" / "history-a" if GOLD else None
needs_history = pytest.mark.skipif(not (HISTORY and HISTORY.is_dir()), reason="the reference workbooks are not on this machine")


def got(found):
    """Scores as read: by round, label, source and agency."""
    label = {(r["instrument"], r["code"]): r["label"] for r in found.indicators.to_dict("records")}
    rows = found.taken()
    rows = rows[rows["score"].notna()].to_dict("records")
    return {(r["round"], normal(label[r["instrument"], r["code"]]), r["source"], r["agency"]): r["score"] for r in rows}


def questions(found):
    """Rows that are asked."""
    return [r for t in (found.rounds, found.columns, found.indicators) for r in t[~t["sure"]].to_dict("records")]


def plain(scores):
    return {(a, normal(b), re.sub(r"^.*:\D*(\d+)$", r"\1", c) if ":No" in c else c, d): v for (a, b, c, d), v in scores.items()}


@pytest.mark.parametrize("layout", LAYOUTS + FIRST + LATER, ids=lambda f: f.__name__)
def test_every_score_of_a_layout_comes_in_and_nothing_else(layout, tmp_path):
    files, truth = layout(tmp_path)
    found = read(files)
    assert plain(got(found)) == plain(truth.scores)
    assert not [q for q in questions(found) if not q["why"].startswith("past.why.scale_scores|")]
    rows = found.taken().query("score == score")
    assert not rows.duplicated(["round", "instrument", "code", "agency", "source"]).any()
    odd = found.printed[~found.printed["agrees"]]
    assert not [w for w in odd["why"] if not w.startswith(("past.why.formula_text|", "past.why.error"))]


def test_what_is_found_is_said_in_every_language(tmp_path):
    found = read(sheet_a_round(tmp_path)[0])
    whys = {w for t in (found.rounds, found.columns, found.indicators, found.printed, found.unused) for w in t["why"]}
    for lang in LANGUAGES:
        assert all(said(w, words(lang)) for w in whys if w)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.permutations(range(7)),
    st.tuples(st.integers(0, 5), st.integers(0, 4)),
    st.booleans(),
    st.sampled_from(["General", "0.0", "0.00", "#,##0.000"]),
)
def test_the_order_of_columns_empty_rows_and_formats_change_no_score(tmp_path, order, shift, gaps, digits):
    files, truth = sheet_a_round(tmp_path, order=order, shift=shift, gaps=gaps, digits=digits)
    assert got(read(files)) == plain(truth.scores)


@needs_history
def test_the_reference_history_comes_in_with_its_proof(tmp_path):
    found = read(sorted(HISTORY.glob("*.xlsx")))
    label = {(r["instrument"], r["code"]): r["label"] for r in found.indicators.to_dict("records")}
    with (tmp_path / "got.csv").open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(["round", "indicator", "agency", "source", "score"])
        for r in found.taken().query("score == score").to_dict("records"):
            out.writerow([r["round"], label[r["instrument"], r["code"]], r["agency"], r["source"], r["score"]])
    judge = [sys.executable, HISTORY.parent / "judge_history.py", HISTORY / "right.csv", tmp_path / "got.csv", HISTORY / "renamed.csv"]
    judged = subprocess.run(judge, capture_output=True, text=True)
    assert judged.stdout.strip() == "right 677 of 677; wrong 0; missing 0; invented 0", judged.stdout
    assert len(questions(found)) <= 10
    held = found.rounds[~found.rounds["held"]]
    assert sorted(held["round"]) == ["2020-S1", "2023-S1"]
    proof = {(r["file"], r["sheet"], r["cell"]): r for r in found.printed.to_dict("records")}
    with (HISTORY / "proof.csv").open(encoding="utf-8", newline="") as handle:
        for want in csv.DictReader(handle):
            mine = proof[want["file"], want["sheet"], want["cell"]]
            assert abs(mine["found"] - float(want["from_right"])) < 6e-4, want
            if want["holds"] == "yes":
                assert mine["agrees"] or (abs(mine["printed"] - mine["found"]) < 0.005 and mine["why"]), want
            else:
                cells = set(re.findall(r"[A-Z]+\d+", want["holds"]))
                assert not mine["agrees"] and cells <= set(re.findall(r"[A-Z]+\d+", mine["why"])), want


@pytest.mark.parametrize("kind", BAD)
def test_what_is_none_of_it_is_refused_in_a_sentence(kind, tmp_path):
    files = BAD[kind](tmp_path)
    before = {f: f.read_bytes() for f in files if f.is_file()}
    with pytest.raises(IntakeError) as caught:
        read(files)
    error = caught.value
    assert error.issues and all(i["severity"] == "error" for i in error.issues)
    assert error.fact and error.remedy and len(error.fact) < 1500
    assert before == {f: f.read_bytes() for f in before}


def _marks(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, title, rows in sheets:
        sheet = book.create_sheet(name)
        for row in ([title], ["Indikator", "OPD", "Nilai"], *rows):
            sheet.append(row)
    book.save(path)
    return path


def _rows(seed, labels=("Jalan mantap", "Air minum layak", "Sampah terangkut", "Imunisasi lengkap"), low=40, high=99):
    r = random.Random(seed)
    return [[label, "Dinas PUPR", r.randint(low, high)] for label in labels]


def test_a_sheet_that_contradicts_its_title_is_asked(tmp_path):
    found = read([_marks(tmp_path / "a.xlsx", [("2018-1", "EVALUASI SEMESTER II TAHUN 2018", _rows(1))])])
    (row,) = found.rounds.to_dict("records")
    assert not row["sure"] and {row["round"], *row["alternatives"].split("|")} == {"2018-S1", "2018-S2"}


def test_the_same_round_twice_proves_or_is_asked(tmp_path):
    same = [_marks(tmp_path / n, [("2019-1", "Nilai", _rows(1))]) for n in ("a.xlsx", "b.xlsx")]
    found = read(same)
    assert list(found.rounds["use"]) == [True, False] and found.rounds["sure"].all() and not questions(found)
    assert found.printed["agrees"].all() and len(found.printed) == 4
    other = _marks(tmp_path / "c.xlsx", [("2019-1", "Nilai", _rows(2))])
    asked = questions(read([same[0], other]))
    assert len(asked) == 2 and all("past.why.use_differs" in r["why"] for r in asked)


def test_a_year_alone_among_half_years_and_no_round_at_all_are_asked(tmp_path):
    path = _marks(tmp_path / "a.xlsx", [(n, "x", _rows(k)) for k, n in enumerate(("2019-1", "2019-2", "Tahun 2020", "Lain"))])
    found = read([path])
    by = {r["sheet"]: r for r in found.rounds.to_dict("records")}
    assert by["2019-1"]["sure"] and by["2019-2"]["sure"]
    assert by["Tahun 2020"]["alternatives"] == "2020-S1|2020-S2" and not by["Tahun 2020"]["sure"]
    assert by["Lain"]["round"] == "" and not by["Lain"]["sure"] and by["Lain"]["instrument"] == "i1"


def test_a_scale_that_no_one_says_is_asked_once(tmp_path):
    found = read([_marks(tmp_path / "a.xlsx", [(f"2019-{n}", "x", _rows(n, low=1, high=4)) for n in (1, 2)])])
    assert list(found.rounds["high"]) == [4.0, 4.0] and list(found.rounds["sure"]) == [False, True]
    assert "high=5" in found.rounds["alternatives"][0]


def test_a_new_name_is_proposed_as_a_link_and_a_typing_error_is_no_new_name(tmp_path):
    labels = ("Jalan mantap", "Air minum layak", "Sampah terangkut", "Imunisasi lengkap")
    new = ("Jalan  mantab", "Air minum layak", "Timbulan sampah terkelola", "Imunisasi lengkap")
    path = _marks(tmp_path / "a.xlsx", [("2019-1", "x", _rows(1, labels)), ("2019-2", "x", _rows(2, new))])
    found = read([path])
    asked = questions(found)
    assert [(r["code"], r["link"]) for r in asked] == [("timbulan-sampah-terkelola", "sampah-terangkut")]
    assert list(found.rounds["instrument"]) == ["i1", "i2"]
    other = ("Jalan  mantab", *labels[1:])
    once = read([_marks(tmp_path / "b.xlsx", [("2019-1", "x", _rows(1, labels)), ("2019-2", "x", _rows(2, other))])])
    assert list(once.rounds["instrument"]) == ["i1", "i1"] and len(once.indicators) == 4
    assert any("past.why.spelling" in w for w in once.unused["why"])


def test_corrections_of_rows_need_no_second_reading(tmp_path):
    found = read([_marks(tmp_path / "a.xlsx", [("2019-1", "EVALUASI SEMESTER II 2019", _rows(1))])])
    found.rounds.loc[0, "round"] = "2019-S2"
    found.columns.loc[found.columns["role"] == "score", "source"] = "verified"
    assert {k[0] for k in got(found)} == {"2019-S2"} and {k[2] for k in got(found)} == {"verified"}
    assert len(prove(found)) == len(found.printed)
    found.columns.loc[found.columns["role"] == "score", "role"] = "unused"
    assert not got(found)


ROUNDS = (
    "Sem.1 th 2017=2017-S1;2018-1=2018-S1;Smt II 2019=2019-S2;Tahap II 2023=2023-S2;S1/2017=2017-S1;"
    "T2 2024=2024-S2;Juni 2021=2021-S1;SEMESTER KEDUA TAHUN 2021=2021-S2;II/2020=2020-S2;Triwulan III 2022=2022-Q3;"
    "2019 H1=2019-S1;1st half 2020=2020-S1;2021S2=2021-S2;Semester Genap 2018=2018-S2;Juli - Desember 2020=2020-S2;"
    "Tahun 2019=2019;REKAP 2017 - 2022=;Sheet1=;Smt 1 '19=2019-S1;TW 1 2022=2022-Q1"
)


@pytest.mark.parametrize(("text", "name"), [r.rsplit("=", 1) for r in ROUNDS.split(";")])
def test_rounds_are_known_by_all_usual_names(text, name):
    assert when(text).round == name


def test_colours_comments_and_notes_are_listed_or_a_status(tmp_path):
    path = _marks(tmp_path / "a.xlsx", [("2019-1", "Nilai 0-100", [*_rows(1), ["Kuning = belum final"]])])
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet["C3"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    sheet["C4"].fill = openpyxl.styles.PatternFill("solid", fgColor="FF0000")
    sheet["C4"] = "61,5"
    sheet["C5"] = "baik sekali"
    sheet["A3"].comment = openpyxl.comments.Comment("cek lagi", "x")
    book.save(path)
    found = read([path])
    status = found.scores.set_index("cell")["status"]
    assert status["C3"] == "belum final" and status["C4"] == "" and found.scores.set_index("cell")["score"]["C4"] == 61.5
    assert status["C5"] == "baik sekali" and found.scores["score"].isna().sum() == 1
    why = {r["cell"]: r["why"].partition("|")[0] for r in found.unused.to_dict("records")}
    assert why["A3"] == "past.why.comment" and why["C4"] == "past.why.colour" and why["C5"] == "past.why.not_number"


def test_percent_cells_are_points_among_points_and_asked_on_a_short_scale(tmp_path):
    for rows, high in ((_rows(1), 100), (_rows(1, low=1, high=4), 4)):
        path = _marks(tmp_path / f"{high}.xlsx", [("2019-1", f"Skala {1 if high == 4 else 0}-{high}", rows)])
        book = openpyxl.load_workbook(path)
        cell = book.active["C3"]
        cell.value, cell.number_format = 0.786, "0.0%"
        book.save(path)
        found = read([path])
        (row,) = found.rounds.to_dict("records")
        assert found.scores.set_index("cell")["score"]["C3"] == 78.6 and row["percent"] == "points"
        assert row["sure"] == (high == 100) and ("percent=fraction" in row["alternatives"]) == (high == 4)
        found.rounds["percent"] = "fraction"
        assert abs(found.taken().set_index("cell")["score"]["C3"] - 0.786) < 1e-12


def test_a_printed_figure_that_is_older_than_its_cells_is_named(tmp_path):
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet("2019-1")
    sheet.write_row(0, 0, ["Indikator", "Penilai 1", "Penilai 2", "Rata-rata", "Skala 1-4"])
    for n, (one, two, kept) in enumerate(((2, 3, 2.5), (4, 2, 3), (1, 4, 3.5)), 1):
        sheet.write_row(n, 0, [f"Butir {'abc'[n - 1]}", one, two])
        sheet.write_formula(n, 3, f"=AVERAGE(B{n + 1}:C{n + 1})", None, kept)
    sheet.write(4, 0, "Rata-rata")
    sheet.write_formula(4, 3, "=AVERAGE(D2:D3)", None, 2.75)
    book.close()
    rows = read([tmp_path / "a.xlsx"]).printed.set_index("cell")
    assert list(rows["agrees"]) == [True, True, False, False]
    assert rows["why"]["D4"] == "past.why.older|now=2.500000" and rows["why"]["D5"] == "past.why.left_out|cells=B4 C4"


JUNK = (None, "x", "2,5", 3, "Jumlah", "Indikator", "2019", -1, "Smt I", "1.1", 1e9, True, "=A1", "=SUM(A1:Z9)", "Asesor", "OPD: Dinas X")


def _change(sheet, r):
    """Delete or insert a row or column, merge an area, or write something else into a cell."""
    row, column, way = r.randint(1, sheet.max_row), r.randint(1, sheet.max_column), r.randint(0, 5)
    if way == 0:
        sheet.delete_rows(row, r.randint(1, 3))
    elif way == 1:
        sheet.delete_cols(column)
    elif way == 2:
        sheet.insert_rows(row)
    elif way == 3:
        sheet.merge_cells(start_row=row, end_row=row + r.randint(0, 3), start_column=column, end_column=column + r.randint(0, 3))
    elif not isinstance(sheet.cell(row, column), openpyxl.cell.cell.MergedCell):
        sheet.cell(row, column).value = r.choice(JUNK)


@pytest.mark.parametrize("layout", [f for f in LAYOUTS + FIRST + LATER if f.__name__ not in ("long_text", "page_of_quarters", "months")])
def test_a_sheet_changed_at_random_is_read_or_refused(layout, tmp_path):
    source, r = layout(tmp_path)[0][0], random.Random(7)
    for _ in range(3):
        book = openpyxl.load_workbook(source)
        for _ in range(r.randint(1, 12)):
            _change(r.choice(book.worksheets), r)
        book.save(tmp_path / "changed.xlsx")
        try:
            read([tmp_path / "changed.xlsx"])
        except IntakeError as error:
            assert error.issues


def test_a_share_of_no_weight_at_all_is_no_figure_and_stops_nothing():
    scores = [{"code": "a", "source": "final", "score": 2.0, "kept": "number", "cell": "B2"}]
    share = {w: _Round(scores, [{"code": "a", "parent": ROOT, "weight": w}], 4.0).figure("share", "a", "final") for w in (0.0, 1.0)}
    assert share == {0.0: None, 1.0: 2.0}
