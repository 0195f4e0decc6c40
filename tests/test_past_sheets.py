"""Sheets of a dimension each, titles copied from the year before, summaries of years, and columns that only look like scores."""

import openpyxl
import pytest

from scevaluation.past.questions import UNUSED, Names, corrected, questions
from scevaluation.past.read import read
from scevaluation.past.terms import said_unused, targeted, when
from scevaluation.words import LANGUAGES, words

_NAMES = {"Living": ("Air bersih", "Jalan mantap"), "Economy": ("Pasar digital", "Promosi UMKM"), "Society": ("Literasi", "Pustaka")}
_OWNERS = ("Dinas Kesehatan", "Dinas Perhubungan")


def _book(path, sheets, merged=()):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)
        sheet.sheet_state = "hidden" if "draft" in name else "visible"
    book.save(path)
    return path


def _year(path, year, base, owners=_OWNERS, wrong=None):
    """A book of a year: a sheet a dimension with both half-years and their mean; one title may say another year."""
    sheets, recap = {}, []
    for n, (dimension, names) in enumerate(_NAMES.items()):
        rows = [
            [f"EVALUASI TAHUN {wrong if wrong and n == 0 else year}"],
            [f"Dimensi: Smart {dimension} (bobot {30 + 10 * n % 20}%)"],
            ["No", "Indikator", "OPD Penanggung Jawab", "Nilai S1", "Nilai S2", "Rata-rata"],
        ]
        for k, name in enumerate(names):
            first = base + 10 * n + k
            rows.append([k + 1, name, owners[k], first, first + 5, first + 2.5])
        rows.append([f"Indeks Smart {dimension}", None, None, *(sum(r[c] for r in rows[3:]) / 2 for c in (3, 4, 5))])
        sheets[f"Smart {dimension}"] = rows
        recap.append([n + 1, f"Smart {dimension}", *rows[-1][3:]])
    head = [[f"REKAPITULASI TAHUN {year}"], ["No", "Dimensi", "Semester 1", "Semester 2", "Rata-rata"]]
    return _book(path, {**sheets, "REKAPITULASI": [*head, *recap]})


def _truth(year, base):
    names = [(10 * n + k, name) for n, names in enumerate(_NAMES.values()) for k, name in enumerate(names)]
    return {(f"{year}-S{part}", name): base + more + 5 * (part - 1) for part in (1, 2) for more, name in names}


def _scores(found):
    label = {(r["instrument"], r["code"]): r["label"] for r in found.indicators.to_dict("records")}
    rows = found.taken().query("score == score").to_dict("records")
    return {(r["round"], label[r["instrument"], r["code"]]): r["score"] for r in rows}


def test_a_sheet_a_dimension_with_the_mean_of_both_half_years_and_a_summary_asks_nothing_and_proves_all(tmp_path):
    found = read([_year(tmp_path / "Evaluasi 2018.xlsx", 2018, 40)])
    assert _scores(found) == _truth(2018, 40) and questions(found) == ()
    assert len(found.printed) and all(found.printed["agrees"])


def test_a_title_copied_from_the_year_before_is_asked_and_takes_nothing_from_that_year(tmp_path):
    owners = ("Dinkes", "Dishub")
    found = read([_year(tmp_path / "Evaluasi 2018.xlsx", 2018, 40), _year(tmp_path / "Evaluasi 2019.xlsx", 2019, 60, owners, 2018)])
    assert _scores(found) == _truth(2018, 40) | _truth(2019, 60)
    rounds = found.rounds[found.rounds["sheet"] == "Smart Living"].query("file == 'Evaluasi 2019.xlsx'")
    assert set(rounds["round"]) == {"2019-S1", "2019-S2"} and not rounds["sure"].any()


def test_the_same_indicators_of_a_round_by_other_names_of_their_agencies_are_asked_and_not_added(tmp_path):
    one = _year(tmp_path / "Nilai A.xlsx", 2018, 40)
    other = _year(tmp_path / "Nilai B.xlsx", 2018, 60, ("Dinkes", "Dishub"))
    found = read([one, other])
    mine = found.rounds[~found.rounds["sheet"].str.startswith("REKAP")]
    assert not mine["sure"].any() and {a for q in questions(found) for a in q.choices} >= {"yes", "no"}


@pytest.mark.parametrize(
    "head", ["Smt lalu", "Nilai semester sebelumnya", "Semester yang lalu", "Previous score", "Target 2024", "Sasaran akhir"]
)
def test_a_column_of_the_round_before_or_of_targets_is_no_score(tmp_path, head):
    rows = [["SEMESTER I TAHUN 2021"], ["No", "Indikator", head, "Nilai"]]
    names = [name for names in _NAMES.values() for name in names]
    found = read([_book(tmp_path / "a.xlsx", {"Sem I 2021": [*rows, *([n + 1, x, 50 + n, 70 + n] for n, x in enumerate(names))]})])
    assert _scores(found) == {("2021-S1", x): 70 + n for n, x in enumerate(names)} and questions(found) == ()


def test_what_was_reached_of_a_target_and_a_plain_score_are_scores():
    kept = ("Nilai", "Skor akhir", "Target dan capaian", "Target yang tercapai", "Nilai Smt 2")
    assert not any(said_unused(t) or targeted(t) for t in kept)


def test_years_over_roman_half_years_are_rounds_of_a_summary(tmp_path):
    rows = [["Dimensi", "Tahun 2018", None, "Tahun 2019", None], [None, "I", "II", "I", "II"]]
    means = [(40.5, 45.5, 60.5, 65.5), (50.5, 55.5, 70.5, 75.5), (60.5, 65.5, 80.5, 85.5)]
    rows += [[f"Smart {d}", *m] for d, m in zip(_NAMES, means, strict=True)]
    books = [_year(tmp_path / f"Evaluasi {y}.xlsx", y, b) for y, b in ((2018, 40), (2019, 60))]
    found = read([*books, _book(tmp_path / "Rekap 2018-2019.xlsx", {"Rekap": rows}, ("B1:C1", "D1:E1"))])
    assert _scores(found) == _truth(2018, 40) | _truth(2019, 60) and questions(found) == ()
    rekap = found.rounds[found.rounds["file"] == "Rekap 2018-2019.xlsx"]
    assert list(rekap["round"]) == ["2018-S1", "2018-S2", "2019-S1", "2019-S2"] and not rekap["use"].any()
    assert when("Tahun 2018 II").round == "2018-S2"


def test_a_sector_named_in_the_column_of_agencies_with_its_weight_and_one_in_a_heading_of_per_cent_are_sectors(tmp_path):
    rows = [["Semester 1 Tahun 2024"], ["No", "Perangkat Daerah", "Indikator", "Bobot", "Nilai (1-4)"]]
    for n, (dimension, names) in enumerate(_NAMES.items()):
        rows.append([("I", "II", "III")[n], f"SMART {dimension.upper()}", None, (0.5, 0.3, 0.2)[n], None])
        rows += [[k + 1, _OWNERS[k], name, None, 2 + k / 4] for k, name in enumerate(names)]
    found = read([_book(tmp_path / "a.xlsx", {"Penilaian": rows})])
    parts = found.indicators.query("sector == ''") if "sector" in found.indicators else found.indicators
    assert len(_scores(found)) == 6 and len(parts)
    assert {r["label"]: r["weight"] for r in found.indicators.to_dict("records") if r["label"].startswith("SMART")} == {
        "SMART LIVING": 0.5, "SMART ECONOMY": 0.3, "SMART SOCIETY": 0.2,
    }  # fmt: skip


def test_a_hidden_draft_without_a_round_is_not_proposed_and_a_list_of_changed_names_is_no_round(tmp_path):
    names = [name for names in _NAMES.values() for name in names]
    table = [["No", "Indikator", "Nilai"], *([n + 1, x, 70 + n] for n, x in enumerate(names))]
    changes = [["PERUBAHAN INSTRUMEN MULAI SEMESTER 1 TAHUN 2022"], ["No", "Indikator lama (2018-2021)", "Indikator baru (2022 dst.)"]]
    changes += [[n + 1, x, "-" if n > 3 else f"{x} baru"] for n, x in enumerate(names)]
    draft = [["No", "Indikator", "Nilai draft"], *([n + 1, x, 50 + n] for n, x in enumerate(names))]
    found = read([_book(tmp_path / "a.xlsx", {"Sem 1 2022": [["SEMESTER 1 TAHUN 2022"], *table], "Perubahan": changes, "draft": draft})])
    assert _scores(found) == {("2022-S1", x): 70 + n for n, x in enumerate(names)}
    assert list(found.rounds["held"]) == [True] * len(found.rounds) and not found.rounds.set_index("sheet").at["draft", "use"]


def test_a_footnote_in_small_figures_behind_a_score_is_a_mark(tmp_path):
    names = [name for names in _NAMES.values() for name in names]
    said = ["2,75 ¹)", "2,5²", "3 1)", "3,25*", "2", "1,5"]
    rows = [["Semester 2 Tahun 2022"], ["No", "Indikator", "Nilai"], *([n, x, s] for n, x, s in zip(range(1, 7), names, said, strict=True))]
    got = _scores(read([_book(tmp_path / "a.xlsx", {"Nilai": rows})]))
    assert [got["2022-S2", x] for x in names] == [2.75, 2.5, 3, 3.25, 2, 1.5]




@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_column_answered_as_not_used_gives_no_score_and_one_that_says_no_source_is_not_called_so(tmp_path, lang):
    names = [name for names in _NAMES.values() for name in names]
    rows = [["Semester 2 Tahun 2022"], ["No", "Indikator", "Nilai", "Kolom X"], *([n + 1, x, 70 + n, 50 + n] for n, x in enumerate(names))]
    found = read([_book(tmp_path / "a.xlsx", {"Nilai": rows})])
    said = Names(found, words(lang))
    asked = next(q for q in questions(found) if q.table == "columns")
    assert said.shown("source", "") == "" and said.read("source", words(lang)("past.source.unused")) == UNUSED in asked.choices
    changes = [("columns", key, asked.field, UNUSED) for key in asked.rows]
    assert _scores(corrected(found, changes)) == {("2022-S2", x): 70 + n for n, x in enumerate(names)}
