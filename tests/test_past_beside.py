"""Tables of one sheet that stand beside each other, rounds under a merged year, and rows that are no indicators."""

import openpyxl

from scevaluation.past.read import read

_NAMES = ("Air bersih", "Jalan mantap", "Data terbuka", "Pasar digital")


def _scores(path):
    found = read([path])
    label = {(r["instrument"], r["code"]): r["label"] for r in found.indicators.to_dict("records")}
    rows = found.taken().query("score == score").to_dict("records")
    return {(r["round"], label[r["instrument"], r["code"]]): r["score"] for r in rows}


def _save(path, rows, merged=()):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Nilai"
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    book.save(path)
    return path


def test_each_of_two_tables_beside_each_other_keeps_its_own_indicators_though_notes_stand_at_the_right(tmp_path):
    head = ["No", "Indikator", "OPD", "Nilai"]
    rows = [
        ["Semester I / 2024", *[None] * 4, "Semester II / 2024"],
        [*head, None, *head, None, "catatan"],
        ["Smart Living (bobot 60%)", *[None] * 4, "Smart Living (bobot 60%)"],
    ]
    for n, (left, right) in enumerate(zip(_NAMES, reversed(_NAMES), strict=True)):
        rows.append([n + 1, left, "Dinas A", 50.5 + n, None, n + 1, right, "Dinas A", 70.5 + n, None, "urutan lain" if n == 1 else None])
    rows.append(["Indeks Kota Cerdas", None, None, 91.2, None, "Indeks Kota Cerdas", None, None, 92.3])
    merged = ("A1:D1", "F1:I1", "A3:D3", "F3:I3", "A8:C8", "F8:H8")
    got = _scores(_save(tmp_path / "a.xlsx", rows, merged))
    first = {("2024-S1", name): 50.5 + n for n, name in enumerate(_NAMES)}
    assert got == first | {("2024-S2", name): 70.5 + n for n, name in enumerate(reversed(_NAMES))}


def test_roman_numbers_under_a_merged_year_are_its_rounds_and_what_is_not_to_be_used_or_counts_documents_is_no_score(tmp_path):
    rows = [
        ["No", "Indikator", "2022", None, None, None],
        [None, None, "I", "draf Smt II sebelum verifikasi (JANGAN DIPAKAI)", "II", "Jml. Dokumen"],
        *([n + 1, name, 40.5 + n, 99.5, 60.5 + n, 7 - n] for n, name in enumerate(_NAMES)),
        [None, 'Tanda "-" = tidak ada nilai.'],
        [None, None, "( ............ )"],
    ]
    path = _save(tmp_path / "b.xlsx", rows, ("C1:F1", "A1:A2", "B1:B2"))
    got = _scores(path)
    assert got == {(f"2022-S{part}", name): base + n for part, base in ((1, 40.5), (2, 60.5)) for n, name in enumerate(_NAMES)}
    assert len(read([path]).indicators) == len(_NAMES) and read([path]).printed.empty


def test_a_sheet_that_says_its_round_was_done_away_with_is_a_round_not_held(tmp_path):
    path = _save(tmp_path / "c.xlsx", [["No", "Indikator", "Nilai"], *([n + 1, name, 40.5 + n] for n, name in enumerate(_NAMES))])
    book = openpyxl.load_workbook(path)
    book.active.title = "Smt 2 2019"
    book.create_sheet("Smt 1 2020")["B3"] = "EVALUASI SEMESTER I 2020 DITIADAKAN (pandemi). Tidak ada penilaian."
    book.save(path)
    assert dict(read([path]).rounds[["round", "held"]].values) == {"2019-S2": True, "2020-S1": False}


_SECTORS = {"Smart Living": _NAMES[:2], "Smart Economy": _NAMES[2:]}


def _weighed(tmp_path, heading, extra=(), beside=()):
    """A workbook of two sectors whose index is 0.75 and 0.25 of them, as a program finds it."""
    rows, n = [["No", "Indikator", "Nilai"]], 0
    for sector, names in _SECTORS.items():
        rows.append([heading.get(sector, sector)])
        for name in names:
            n += 1
            rows.append([n, name, 40.5 + 10 * n if n > 1 else "50,5*)"])
    rows += [["Indeks Kota Cerdas", None, 60.5], [None], *extra]
    path = _save(tmp_path / "Semester I 2024.xlsx", rows, ("A2:C2", "A5:C5", "A8:B8"))
    if beside:
        book = openpyxl.load_workbook(path)
        sheet = book.create_sheet("bobot")
        for row in beside:
            sheet.append(row)
        book.save(path)
    return read([path])


def test_weights_in_headings_in_a_line_or_on_a_sheet_of_their_own_are_taken_and_prove_the_index(tmp_path):
    ways = (
        {"heading": {"Smart Living": "Smart Living (bobot 75%)", "Smart Economy": "Smart Economy (bobot 25%)"}},
        {"heading": {}, "extra": [["Bobot (%): Smart Living 75; Smart Economy 25. Jumlah 100."]]},
        {"heading": {}, "beside": [["No", "Sektor", "Bobot (%)"], [1, "Smart Living", 75], [2, "Smart Economy", 25], [None, "Total", 100]]},
    )
    for way in ways:
        found = _weighed(tmp_path, **way)
        top = found.indicators[found.indicators["parent"] == "index"]
        assert dict(top[["label", "weight"]].values) == {"Smart Living": 75, "Smart Economy": 25}, way
        assert list(found.printed[["what", "printed", "agrees"]].itertuples(index=False, name=None)) == [("index", 60.5, True)], way


def test_weights_that_are_nowhere_are_said_not_to_be_known_and_a_footnote_mark_is_no_part_of_a_number(tmp_path):
    found = _weighed(tmp_path, {})
    top = found.indicators[found.indicators["parent"] == "index"]
    assert set(top["why"]) == {"past.why.no_weight"} and not found.printed["agrees"].any()
    assert found.scores.loc[found.scores["text"] == "50,5*)", ["score", "kept"]].values.tolist() == [[50.5, "text"]]


def test_a_summary_of_sectors_below_a_round_proves_it_and_a_schedule_of_meetings_holds_no_scores(tmp_path):
    rows = [["HASIL EVALUASI TAHUN 2024"]]
    for part, base in (("I", 40), ("II", 50)):
        rows += [[f"Semester {part} Tahun 2024"], ["No", "Indikator", "Sektor", "Nilai"]]
        rows += [[n + 1, name, sector, base + n] for n, (sector, name) in enumerate((s, i) for s, many in _SECTORS.items() for i in many)]
        rows += [[None], [None, "Ringkasan sektor", "Bobot (%)", "Rata-rata"]]
        rows += [[None, s, w, base + at] for s, w, at in (("Smart Living", 75, 0.5), ("Smart Economy", 25, 2.5))] + [[None], [None]]
    path = _save(tmp_path / "d.xlsx", rows)
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("Jadwal Rapat")
    for row in (["No", "Tanggal", "Pukul", "Agenda", "Peserta (orang)"], [1, "12 Januari 2024", "09.00", "Rapat awal", 24],
                [2, "9 Februari 2024", "13.30", "Rapat kedua", 17], [3, "14 Juni 2024", "09.00", "Rapat ketiga", 31]):  # fmt: skip
        sheet.append(row)
    book.save(path)
    found = read([path])
    assert set(found.taken()["sheet"]) == {"Nilai"} and len(found.taken()) == 8
    assert set(found.taken()["round"]) == {"2024-S1", "2024-S2"} and found.rounds["sure"].all()
    assert found.printed["agrees"].all() and len(found.printed) == 4
