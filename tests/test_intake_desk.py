"""The desk: forms out and back, nothing lost, nothing twice, restatements seen, and a board of what is awaited."""

from datetime import date

import openpyxl
import pandas as pd
import pytest
from desk_data import AGENCY, PATHS, ROUND, book_of, csv, desk_programme, good_rows
from typer.testing import CliRunner

from scevaluation import cli, desk
from scevaluation.desk import files
from scevaluation.errors import IntakeError, RoundError
from scevaluation.evaluate import board as compute
from scevaluation.intake import forms_out as out
from scevaluation.intake import mend, store
from scevaluation.intake.blank import blank
from scevaluation.intake.cells import day_or_today
from scevaluation.intake.form import COVER, SHEET, never
from scevaluation.intake.log import kept
from scevaluation.intake.reading import read
from scevaluation.issues import describe, issue, sentence, told
from scevaluation.period import Period
from scevaluation.programme import load_programme
from scevaluation.report import board
from scevaluation.words import words

DAY = date(2025, 6, 20)
LATE = date(2025, 7, 3)


@pytest.fixture
def plan(tmp_path):
    return desk_programme(tmp_path / "contoh")


@pytest.fixture
def forms(plan, tmp_path):
    return out.ask(plan, ROUND, tmp_path / "forms", deadline="30 Juni 2025")


def _file(tmp_path, rows, name="form.csv"):
    path = tmp_path / name
    path.write_bytes(csv(rows) if name.endswith("csv") else book_of(rows))
    return path


def _changed(*edits):
    rows = good_rows()
    for r, c, v in edits:
        rows[r][c] = v
    return rows


def _fill(path, values, to=None):
    """Fill a form in as an agency does: scores, evidence, in the cells that are open."""
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    for n, value in enumerate(values, 2):
        sheet.cell(n, out.SELF + 1).value = value
        if value is not None:
            sheet.cell(n, out.EVIDENCE + 1).value = f"bukti/{n}.pdf"
    book.save(to or path)
    return to or path


# Forms out.
def test_every_indicator_is_in_one_form_and_only_its_owner_has_it(plan, forms):
    leaves = plan.instrument(ROUND).leaves
    assert sorted(forms.asked["indicator"]) == sorted(leaves) and forms.unowned == ()
    for agency, path in forms.paths.items():
        sheet = openpyxl.load_workbook(path)[SHEET]
        codes = [sheet.cell(r, 1).value for r in range(2, sheet.max_row + 1)]
        assert codes and all(plan.instrument(ROUND).nodes[c].agency == agency for c in codes)


def test_last_rounds_score_and_evidence_stand_beside_the_empty_cell(plan, forms):
    sheet = openpyxl.load_workbook(forms.paths["dinas-pupr"])[SHEET]
    before, scores = out.last_scores(plan, ROUND)
    mine = scores[(scores["indicator"] == sheet["A2"].value) & (scores["source"] == "verified")].iloc[0]
    assert before == "2024-S2" and "2024-II" in sheet["F1"].value
    assert sheet["F2"].value.startswith(words("id").num(mine["score"], 2)) and sheet["G2"].value == mine["evidence"]
    assert sheet.cell(2, out.SELF + 1).value is None


def test_only_the_entries_are_open_and_no_password_is_needed(forms):
    book = openpyxl.load_workbook(forms.paths[AGENCY])
    sheet = book[SHEET]
    assert sheet.protection.sheet and not sheet.protection.password and book[COVER].protection.sheet
    open_cells = {c.column - 1 for row in sheet.iter_rows(min_row=2) for c in row if not c.protection.locked}
    assert open_cells == {out.SELF, out.STATUS, out.EVIDENCE, out.QUALITY}


def test_the_drop_down_holds_the_levels_and_the_cover_the_deadline(plan, forms):
    book = openpyxl.load_workbook(forms.paths[AGENCY])
    node = plan.instrument(ROUND).nodes[PATHS[0]]
    shown = [c.value for c in book[out.LEVELS][2] if c.value]
    assert shown == [f"{n} \u00b7 {level.id}" for n, level in enumerate(node.levels, 1)]
    rule = next(v for v in book[SHEET].data_validations.dataValidation if "H2" in str(v.sqref))
    assert rule.type == "list" and rule.formula1 == "Daftar!$A$2:$D$2"
    cover = " ".join(str(c.value) for row in book[COVER].iter_rows() for c in row if c.value)
    assert "30 Juni 2025 / 30 June 2025" in cover and "semua angka buatan" in cover and "SUMPRODUCT" in cover


def test_indicators_of_agencies_the_programme_lacks_get_a_form_of_their_own(tmp_path):
    mimika = load_programme("mimika")
    made = out.forms_out(mimika, "2025-S1", tmp_path, load_programme("contoh").instrument("2024-S2"))
    assert out.UNOWNED in made.paths and "education/guru" in made.unowned
    assert len(made.unowned) + len(made.asked) == len(load_programme("contoh").instrument("2024-S2").leaves)


def test_a_questionnaire_without_owners_gives_no_forms_and_says_what_is_lacking(tmp_path):
    with pytest.raises(IntakeError, match="mimika: no agency owns") as caught:
        out.forms_out(load_programme("mimika"), "2025-S1", tmp_path)
    assert "--instrument" in caught.value.remedy and not list(tmp_path.iterdir())


def test_forms_overwrite_nothing(plan, forms, tmp_path):
    before = {p: p.read_bytes() for p in forms.paths.values()}
    with pytest.raises(IntakeError, match="another file in this place"):
        out.forms_out(plan, ROUND, tmp_path / "forms")
    assert all(p.read_bytes() == raw for p, raw in before.items())


def _read(path, plan, forms):
    return read(path, plan, ROUND, forms.asked.to_dict("records"))


def test_an_empty_form_reads_back_as_not_reported(plan, forms):
    form = _read(forms.paths[AGENCY], plan, forms)
    assert not form.errors and {r["status"] for r in form.rows} == {"not_reported"} and len(form.rows) == 5
    assert form.facts["agency"] == AGENCY and form.facts["deadline"] == "2025-06-30" and len(form.silent) == 5


def test_a_filled_form_reads_back_with_its_levels(plan, forms):
    level = openpyxl.load_workbook(forms.paths[AGENCY])[out.LEVELS]["C2"].value
    _fill(forms.paths[AGENCY], [level, 2, 2.5, "3,25", None])
    form = _read(forms.paths[AGENCY], plan, forms)
    assert [r["score"] for r in form.rows] == [3, 2, 2.5, 3.25, None] and [r["why"] for r in form.log] == ["level", "number"]
    assert [r["cell"] for r in form.rows][:2] == ["Skor!H2", "Skor!H3"]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_form_saved_again_in_libreoffice_reads_the_same(plan, forms, tmp_path, ending, soffice):
    path = _fill(forms.paths[AGENCY], [3, 2, 2.5, "3,25", None])
    soffice(ending, tmp_path / "again", path)
    again = tmp_path / "again" / f"{path.stem}.{ending}"
    one, two = (_read(p, plan, forms) for p in (path, again))
    columns = ["indicator", "agency", "source", "score", "status", "evidence", "cell"]
    pd.testing.assert_frame_equal(one.scores()[columns], two.scores()[columns])
    assert not two.errors and one.facts == two.facts
    if ending == "xlsx":
        book = openpyxl.load_workbook(again, data_only=True)
        assert book[SHEET].protection.sheet and book[SHEET]["H2"].protection.locked is False
        assert any("H2" in str(v.sqref) for v in book[SHEET].data_validations.dataValidation)
        empty = next(row for row in book[COVER].iter_rows() if str(row[0].value).startswith("Belum diisi"))
        assert empty[1].value == 1
        filled = _read(_fill(again, [2, 2.5, 3, "3,5", 4]), plan, forms)
        assert not filled.errors and [r["score"] for r in filled.rows] == [2, 2.5, 3, 3.5, 4]


# Forms in.
def test_the_same_file_twice_changes_nothing(plan, tmp_path):
    path = _file(tmp_path, good_rows())
    assert [t.state for t in store.intake([path], plan, ROUND, DAY)] == ["taken"]
    before = {p: p.read_bytes() for p in plan.folder.rglob("*") if p.is_file()}
    assert [t.state for t in store.intake([path, path], plan, ROUND, LATE)] == ["same", "same"]
    assert {p: p.read_bytes() for p in plan.folder.rglob("*") if p.is_file()} == before


def test_a_corrected_form_is_a_restatement_and_both_values_stay(plan, tmp_path):
    store.intake([_file(tmp_path, good_rows())], plan, ROUND, DAY)
    taken = store.intake([_file(tmp_path, _changed((2, 3, 3.5)), "corrected.csv")], plan, ROUND, LATE)
    assert (taken[0].added, taken[0].changed) == (0, 1)
    entries = kept(plan, ROUND, "ENTRIES")
    assert list(entries.loc[entries["indicator"] == PATHS[1], "score"]) == [2.0, 3.5]
    row = store.restated(entries).iloc[0]
    assert (row["first"], row["now"], row["first_file"], row["now_file"]) == (2.0, 3.5, "form.csv", "corrected.csv")
    assert "health/persalinan,dinas-kesehatan,self,3.5" in (plan.folder / "rounds" / f"{ROUND}.csv").read_text()
    assert len(list((plan.folder / "received").iterdir())) == 2


def test_an_empty_cell_later_withdraws_nothing_but_a_status_does(plan, tmp_path):
    store.intake([_file(tmp_path, good_rows())], plan, ROUND, DAY)
    store.intake([_file(tmp_path, _changed((1, 3, None), (1, 5, None)), "empty.csv")], plan, ROUND, LATE)
    assert store.restated(kept(plan, ROUND, "ENTRIES")).empty
    store.intake([_file(tmp_path, _changed((1, 3, None), (1, 4, "tidak dilaporkan")), "gone.csv")], plan, ROUND, LATE)
    row = store.restated(kept(plan, ROUND, "ENTRIES")).iloc[0]
    assert row["first"] == 3.0 and pd.isna(row["now"])


def test_a_score_where_none_was_before_is_late_and_not_restated(plan, tmp_path):
    store.intake([_file(tmp_path, _changed((1, 3, None)))], plan, ROUND, DAY)
    store.intake([_file(tmp_path, good_rows(), "later.csv")], plan, ROUND, LATE)
    assert store.restated(kept(plan, ROUND, "ENTRIES")).empty


def test_two_files_taken_in_one_go_that_disagree_are_not_chosen_between(plan, tmp_path):
    files = [_file(tmp_path, good_rows()), _file(tmp_path, _changed((2, 3, 3.5)), "other.csv")]
    taken = store.intake(files, plan, ROUND, DAY)
    assert [t.state for t in taken] == ["taken", "waiting"] and "two_files_differ" in {i["problem"] for i in taken[1].form.issues}
    assert store.newest(kept(plan, ROUND, "ENTRIES")).set_index("indicator").loc[PATHS[1], "score"] == 2.0


def test_of_two_files_that_disagree_the_same_command_again_takes_neither_and_one_alone_is_taken(plan, tmp_path):
    final, old = _file(tmp_path, good_rows()), _file(tmp_path, _changed((2, 3, 3.5)), "other.csv")
    for given in ([final, old], [final, old], [old, final]):
        states = {t.path: t.state for t in store.intake(given, plan, ROUND, DAY)}
        assert states[old] == "waiting"
    assert [t.state for t in store.intake([old], plan, ROUND, LATE)] == ["taken"]
    mend.undo(plan, ROUND, "other.csv", "the other one counts", LATE)
    taken = store.intake([final, old], plan, ROUND, LATE)
    assert [t.state for t in taken] == ["same", "waiting"] and "two_files_differ" in {i["problem"] for i in taken[1].form.issues}
    newer = _file(tmp_path, _changed((2, 3, 2.5)), "newer.csv")  # one that comes for the first time is a correction
    assert [t.state for t in store.intake([final, newer], plan, ROUND, LATE)] == ["same", "taken"]


def test_of_an_unknown_status_what_the_form_offers_is_said_and_of_an_agency_where_it_is_added(plan, tmp_path):
    found = read(_file(tmp_path, _changed((1, 4, "belum ada data"), (2, 2, "Dinas Entah"), (3, 3, "2,75 (BPS)"))), plan, ROUND).issues
    said = {i["problem"]: describe(i, words("id")) for i in found if i["severity"] == "error"}
    assert "\u201cbelum ada data\u201d" in said["unknown_status"] and "tidak dilaporkan / not reported" in said["unknown_status"]
    assert said["unknown_agency"].endswith("tambahkan perangkat daerah itu di programme.yaml.")
    assert "\u201c2,75 (BPS)\u201d bukan angka. Tulis satu angka, atau kosongkan" in said["text_for_number"]


def test_verified_scores_stand_beside_the_own_ones(plan, tmp_path):
    rows = good_rows()
    head = [*rows[0][:3], "Nilai terverifikasi", "Penilai A", "Penilai B"]
    panel = [head, *([*r[:3], r[3] - 0.5, r[3] - 1, r[3]] for r in rows[1:])]
    store.intake([_file(tmp_path, rows), _file(tmp_path, panel, "panel.xlsx")], plan, ROUND, DAY)
    now = store.newest(kept(plan, ROUND, "ENTRIES"))
    assert set(now["source"]) == {"self", "verified", "assessor:A", "assessor:B"} and len(now) == 20


def test_what_was_written_into_the_table_by_hand_is_an_entry_of_its_own(plan, tmp_path):
    store.intake([_file(tmp_path, good_rows())], plan, ROUND, DAY)
    table = plan.folder / "rounds" / f"{ROUND}.csv"
    lines = [line for line in table.read_text().splitlines() if "health/malaria" not in line]
    table.write_text("\n".join(lines).replace("self,2,", "self,2.75,") + "\n")
    by_hand = table.read_bytes()
    assert [t.state for t in store.intake([_file(tmp_path, good_rows())], plan, ROUND, LATE)] == ["same"]
    rows = store.restated(kept(plan, ROUND, "ENTRIES")).set_index("indicator")
    assert rows.loc[PATHS[1], "now"] == 2.75 and pd.isna(rows.loc[PATHS[4], "now"])
    assert set(kept(plan, ROUND, "IMPORT_LOG")["why"]) == {"by_hand"}
    assert any(p.read_bytes() == by_hand for p in (plan.folder / "received").iterdir())


def test_a_round_the_programme_does_not_name_is_refused_with_the_line_to_add(tmp_path):
    with pytest.raises(IntakeError, match="2026-S1 is not named as a scored round") as caught:
        store.intake([], desk_programme(tmp_path / "p"), "2026-S1", DAY)
    assert "{id: 2026-S1, state: scored, instrument: sektor-siklus-2}" in caught.value.fact


def test_forms_of_a_round_that_the_programme_does_not_name_are_written_with_the_line_to_add(tmp_path, monkeypatch):
    monkeypatch.setattr("scevaluation.programme.load_programme", lambda name: desk_programme(tmp_path / "p"))
    call = ["blank", "contoh", "--out", str(tmp_path / "form.xlsx"), "--round"]
    said = CliRunner().invoke(cli.app, [*call, "2026-S1"])
    assert said.exit_code == 0 and (tmp_path / "form.xlsx").is_file()
    assert said.stderr.startswith("Peringatan: ") and "- {id: 2026-S1, state: scored, instrument: sektor-siklus-2}" in said.stderr
    (tmp_path / "form.xlsx").unlink()
    assert CliRunner().invoke(cli.app, [*call, ROUND]).stderr == ""


def test_a_round_kept_in_a_workbook_is_not_shadowed(plan, tmp_path):
    (plan.folder / "rounds" / f"{ROUND}.xlsx").write_bytes(b"x")
    with pytest.raises(IntakeError, match=rf"{ROUND}\.xlsx: the scores of round {ROUND} stand in this file"):
        store.intake([], plan, ROUND, DAY)


def _said(lang: str, kind, call) -> str:
    with pytest.raises(kind) as caught:
        call()
    return " ".join(told(caught.value, words(lang)))


def test_what_a_command_was_told_wrongly_is_said_in_both_languages_without_a_file():
    assert _said("en", IntakeError, lambda: day_or_today("kemarin")) == "Kemarin is no day. Write it as 2024-06-30."
    assert _said("id", IntakeError, lambda: day_or_today("kemarin")) == "Kemarin bukan tanggal. Tulis seperti 2024-06-30."
    assert _said("id", RoundError, lambda: Period("2025-S9")).startswith("2025-S9 bukan putaran. Tulis semester")


def test_what_somebody_wrote_in_several_words_stands_in_quotes_as_it_was_written():
    found = issue("f.xlsx", "Skor!H6", "text_for_number", "error", "belum ada data", "", "write_one")
    assert describe(found, words("id")).startswith("f.xlsx, Skor!H6: \u201cbelum ada data\u201d bukan angka. Tulis satu angka")
    assert sentence(found, words("en"), place=False) == "\u201cbelum ada data\u201d is not a number."
    assert "\u201c" not in sentence(found | {"found": "baik"}, words("en"))


def test_a_region_of_the_letters_has_no_forms_and_says_so(tmp_path):
    region = load_programme("wilayah-94-04")
    for call in (lambda: store.intake([], region, "2023-S2", DAY), lambda: out.ask(region, "2023-S2", tmp_path)):
        assert _said("id", IntakeError, call).startswith("wilayah-94-04: program ini disusun dari surat kementerian")
    assert not list(tmp_path.iterdir())


def test_a_code_below_a_sector_is_never_taken_for_the_sector(plan, tmp_path):
    rows = good_rows()
    rows[1][:2] = ["health/xx", ""]
    found = read(_file(tmp_path, rows, "form.xlsx"), plan, ROUND, yes=lambda *asked: True)
    wrong = [i for i in found.errors if i["problem"] == "unknown_indicator"]
    assert [i["found"] for i in wrong] == ["health/xx"] and PATHS[0] in wrong[0]["expected"]
    assert "health" not in {r["indicator"] for r in found.rows}


def test_a_form_is_not_written_over_another_file(tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"mine")
    for lang, said in (("en", "form.xlsx: there is another file"), ("id", "form.xlsx: di tempat ini sudah ada berkas lain")):
        assert _said(lang, IntakeError, lambda: blank(load_programme("contoh"), "2024-S2", path)).startswith(said)
    assert path.read_bytes() == b"mine"


def test_a_file_that_is_not_there_is_named_once(plan, tmp_path):
    taken = store.intake([tmp_path / "nada.xlsx"], plan, ROUND, DAY)[0]
    assert board.taken_lines(taken, words("id"))[0].startswith("nada.xlsx: ditolak. Berkas tidak ada.")


# The board.
def test_the_board_says_what_is_late_and_how_far_the_index_can_move(plan, forms, tmp_path):
    rows = _changed((1, 5, None), (5, 3, None))
    store.intake([_file(tmp_path, rows)], plan, ROUND, LATE)
    table, limits, _ = board.status(plan, ROUND, "2025-07-10")
    mine = table[table["agency"] == AGENCY].set_index("indicator")
    assert list(mine["state"]) == ["no_evidence", "own_score", "own_score", "own_score", "not_reported"]
    assert list(mine["days"]) == [3, 3, 3, 3, 10]
    other = table[table["agency"] != AGENCY]
    assert set(other["state"]) == {"not_received"} and set(other["days"]) == {10}
    assert (limits["low"], limits["high"], limits["coverage"]) == (0, 100, 0)
    assert 0 < limits["own_low"] < limits["own_high"] < 100


def test_the_limits_shrink_by_hand_worked_amounts():
    from tiny import tiny_instrument

    rows = [("one/a", "ofa", 4.0), ("one/b", "ofa", 4.0), ("two/c", "ofb", 2.5)]
    base = {"region": "00.01", "round": "2024-S2", "source": "verified", "status": "scored", "evidence": "", "quality": ""}
    scores = pd.DataFrame([{**base, "indicator": i, "agency": a, "score": s, "file": "", "cell": ""} for i, a, s in rows])
    limits = compute.bounds(scores, tiny_instrument(), "2024-S2")
    # one: 100 with weight 1/4; two: c is 50, d is 0 or 100, so 25 to 75 with weight 3/4.
    assert limits["low"] == pytest.approx(25 + 18.75) and limits["high"] == pytest.approx(25 + 56.25)
    assert limits["coverage"] == pytest.approx(0.25 + 0.375)


# Commands.
def _run(*args):
    return CliRunner().invoke(cli.app, [*args, "--round", ROUND, "--lang", "en"])


@pytest.fixture
def known(plan, monkeypatch):
    from scevaluation import programme

    monkeypatch.setattr(programme, "load_programme", lambda name: plan)
    return plan


def test_the_commands_take_a_round_from_form_to_restatement(known, tmp_path):
    forms = tmp_path / "out"
    made = _run("blank", "contoh", "--per-agency", "--deadline", "2025-06-30", "--out", str(forms))
    assert made.exit_code == 0 and "8 forms written" in made.output
    first = _file(tmp_path, _changed((1, 0, "health/imunisassi")))
    asked = _run("intake", str(first), "--programme", "contoh", "--received", "2025-06-20")
    assert asked.exit_code == 1 and "close to health/imunisasi" in asked.output
    taken = _run("intake", str(first), "--programme", "contoh", "--received", "2025-06-20", "--accept")
    assert taken.exit_code == 0 and "form.csv: taken; 5 new entries, 0 changed." in taken.output
    assert "No score of this round was restated" in _run("diff", "contoh").output
    shown = _run("board", "contoh", "--today", "2025-06-25").output
    assert "5 of 25 indicators are reported; 0 are late." in shown


def test_diff_shows_what_a_restatement_did_to_the_index(known, tmp_path):
    rows = good_rows()
    leaves = known.instrument(ROUND).leaves
    head = [*rows[0][:4]]
    head[3] = "Nilai terverifikasi"
    agency = {p: known.instrument(ROUND).nodes[p].agency for p in leaves}
    full = [head, *([p, None, agency[p], 2.5] for p in leaves)]
    changed = [head, *([p, None, agency[p], 4.0 if p.startswith("health/") else 2.5] for p in leaves)]
    store.intake([_file(tmp_path, full, "a.csv")], known, ROUND, DAY)
    store.intake([_file(tmp_path, changed, "b.csv")], known, ROUND, LATE)
    lines = _run("diff", "contoh").output.splitlines()
    # Every sector is 50 of 100; health becomes 100 and counts one fifth.
    assert "Composite index: 50.0 to 60.0; verdict" in "\n".join(lines).replace("Index: ", "Composite index: ")
    assert any(line.startswith("Health: 50.0 to 100.0") for line in lines)


def test_the_quality_page_shows_log_restatements_and_completeness(plan, forms, tmp_path):
    from types import SimpleNamespace

    store.intake([_file(tmp_path, _changed((1, 3, "3,0"), (2, 5, "<b>x</b>")))], plan, ROUND, DAY)
    store.intake([_file(tmp_path, _changed((2, 3, 3.5)), "b.csv")], plan, ROUND, LATE)
    scores = store.as_scores(store.newest(kept(plan, ROUND, "ENTRIES")), plan, ROUND)
    e = SimpleNamespace(programme=plan, round=ROUND, scores=scores, instrument=plan.instrument(ROUND))
    for lang, number, word in (("id", "3,50", "direvisi"), ("en", "3.50", "restated")):
        w = words(lang)
        assert "3,0" in board.import_log(e, w).html and "<b>x</b>" not in board.import_log(e, w).html
        assert "3,0" not in board.import_log(e, w, public=True).html.replace("3,0%", "")
        assert number in board.restated(e, w).html and word in board.restated(e, w).html
        assert w("desk.state.not_received") in board.completeness(e, w).html
    assert never("a", "b", "c") is False


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_notebook_shows_board_and_log_or_says_that_there_is_none(plan, tmp_path, monkeypatch, lang):
    w = words(lang)
    monkeypatch.setattr(files, "load_programme", lambda name: plan)
    assert desk.awaited("contoh", ROUND, w).text == w("desk.board.none")
    assert desk.import_log("contoh", ROUND, w).text == w("desk.log.none")
    out.ask(plan, ROUND, tmp_path / "forms")
    store.intake([_file(tmp_path, _changed((1, 3, "3,0"), (2, 3, "Rp 2"), (3, 5, "=<b>x</b>")))], plan, ROUND, DAY)
    board_part, log_part = desk.awaited("contoh", ROUND, w), desk.import_log("contoh", ROUND, w, projector=True)
    due = len(plan.instrument(ROUND).leaves)
    assert board_part.text.startswith(w("desk.board.lede", done="5", due=str(due), late="0"))
    assert log_part.text == w("desk.log.lede", files="1", changes="3") and "Skor" not in log_part.html
    assert f"form.csv, {w.place('line 2')}" in log_part.html and "3,0" in log_part.html and "=&lt;b&gt;x" in log_part.html
    assert "desk projector" in log_part.html and "desk projector" not in board_part.html
    assert "2031-S1" in desk.awaited("contoh", "2031-S1", w).text and "flag" in desk.awaited("contoh", "2031-S1", w).html
