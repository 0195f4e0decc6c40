"""The journal of a round: what is undone, corrected, written by hand, repeated, carried over, or damaged."""

import hashlib
import json
import os
from datetime import date

import pandas as pd
import pytest
from desk_data import AGENCY, CLEAN, PATHS, ROUND, csv, desk_programme, good_rows
from typer.testing import CliRunner

from scevaluation import cli
from scevaluation.errors import IntakeError, ScoresRefused
from scevaluation.intake import forms_out, journal, mend, store
from scevaluation.intake.blank import blank
from scevaluation.intake.form import always
from scevaluation.intake.log import FILES, folder, kept
from scevaluation.issues import told
from scevaluation.report import board
from scevaluation.words import words

DAY, LATE = date(2025, 6, 20), date(2025, 7, 3)
ROW = (PATHS[1], AGENCY, "self")


@pytest.fixture
def plan(tmp_path):
    return desk_programme(tmp_path / "contoh")


@pytest.fixture
def home(plan):
    return folder(plan, ROUND)


def _form(tmp_path, name="form.csv", second=2.0):
    rows = good_rows()
    rows[2][3] = second
    (tmp_path / name).write_bytes(csv(rows))
    return tmp_path / name


def _take(plan, *paths, day=DAY):
    return [t.state for t in store.intake(paths, plan, ROUND, day)]


def _now(plan, key=ROW):
    rows = store.newest(kept(plan, ROUND, "ENTRIES")).set_index(store.KEYS)
    return rows.loc[key] if key in rows.index else None


def _kinds(home):
    return [name[7:-5] for name in journal.names(home)]


def _bytes(plan):
    return {p: p.read_bytes() for p in plan.folder.rglob("*") if p.is_file()}


# Taken again.
def test_right_wrong_and_right_again_ends_right(plan, home, tmp_path):
    right, wrong = _form(tmp_path), _form(tmp_path, "wrong.csv", 1.5)
    assert [_take(plan, f)[0] for f in (right, wrong, right)] == ["taken"] * 3
    assert (_now(plan)["score"], _now(plan)["file"], _now(plan)["cell"]) == (2.0, "form.csv", "line 3")
    assert list(kept(plan, ROUND, "ENTRIES").query(f"indicator == '{PATHS[1]}'")["score"]) == [2.0, 1.5, 2.0]
    assert _take(plan, right) == ["same"] and _kinds(home) == ["taken"] * 3


def test_a_folder_of_forms_taken_again_as_a_whole_turns_nothing_back(plan, tmp_path):
    old, new = _form(tmp_path), _form(tmp_path, "new.csv", 3.5)
    _take(plan, old)
    assert _take(plan, old, new) == ["same", "taken"] and _take(plan, old, new) == ["same", "same"]
    assert _now(plan)["score"] == 3.5


def test_what_was_corrected_stays_when_the_same_file_comes_again_and_that_is_said(plan, tmp_path):
    path = _form(tmp_path)
    _take(plan, path)
    mend.correct(plan, ROUND, ROW, "3,5", "typed wrongly", "Ani", LATE)
    taken = store.intake([path], plan, ROUND, LATE)[0]
    assert (taken.state, taken.by_hand, _now(plan)["score"]) == ("same", 1, 3.5)
    assert board.taken_lines(taken, words("en"))[1] == "  1 scores stay as corrected by hand."
    assert _take(plan, _form(tmp_path, "newer.csv", 1.5)) == ["taken"] and _now(plan)["score"] == 1.5


def test_what_was_answered_and_changed_stands_in_the_record_of_a_file_that_waited(plan, home, tmp_path):
    rows = good_rows()
    rows[1][0] = "health/imunisassi"
    (tmp_path / "form.csv").write_bytes(csv(rows))
    assert _take(plan, tmp_path / "form.csv") == ["waiting"] and kept(plan, ROUND, "IMPORT_LOG").empty
    assert [t.state for t in store.intake([tmp_path / "form.csv"], plan, ROUND, LATE, always)] == ["taken"]
    assert _kinds(home) == ["waiting", "taken"] and list(kept(plan, ROUND, "IMPORT_LOG")["why"]) == ["close"]
    assert journal.read(home)[1].said["answers"] == [["indicator", "health/imunisassi", "health/imunisasi", True]]
    mend.undo(plan, ROUND, "form.csv", "of another year", LATE)
    assert [t.state for t in store.intake([tmp_path / "form.csv"], plan, ROUND, LATE, always)] == ["taken"]
    assert list(kept(plan, ROUND, "IMPORT_LOG")["why"]) == ["close", "undone"]


# Undone.
def test_an_undone_file_no_longer_counts_and_what_it_replaced_does(plan, home, tmp_path):
    right, wrong = _form(tmp_path), _form(tmp_path, "wrong.csv", 1.5)
    _take(plan, right)
    _take(plan, wrong)
    done = mend.undo(plan, ROUND, "wrong.csv", "of another year", LATE, "Ani")
    assert (done.what, done.changed, done.gone) == (("wrong.csv (000002-taken.json)",), 1, 0)
    assert (_now(plan)["score"], _now(plan)["file"], _now(plan)["cell"]) == (2.0, "form.csv", "line 3")
    received = kept(plan, ROUND, "RECEIVED").set_index("file")["state"].to_dict()
    assert received == {"form.csv": "taken", "wrong.csv": "undone"}
    log = kept(plan, ROUND, "IMPORT_LOG").iloc[-1]
    assert (log["why"], log["file"], log["taken"]) == ("undone", "wrong.csv", "of another year (Ani)")
    assert ",2," in (plan.folder / "rounds" / f"{ROUND}.csv").read_text("utf-8")


def test_the_only_file_undone_leaves_nothing_and_is_shown_as_withdrawn(plan, tmp_path):
    path = _form(tmp_path)
    _take(plan, path)
    assert mend.undo(plan, ROUND, "1", "of another year", LATE).gone == 5
    rows = store.restated(kept(plan, ROUND, "ENTRIES"))
    assert len(rows) == 5 and rows["now"].isna().all() and set(rows["now_file"]) == {"000002-undone.json"}
    assert len((plan.folder / "rounds" / f"{ROUND}.csv").read_text("utf-8").splitlines()) == 1
    assert _take(plan, path) == ["taken"] and _now(plan)["file"] == "form.csv"
    assert store.newest(kept(plan, ROUND, "ENTRIES")).set_index("indicator")["score"].to_dict() == CLEAN


def test_an_undoing_can_be_undone(plan, tmp_path):
    _take(plan, _form(tmp_path))
    before = store.newest(kept(plan, ROUND, "ENTRIES"))[["indicator", "score", "file", "cell"]]
    mend.undo(plan, ROUND, "form.csv", "of another year", LATE)
    mend.undo(plan, ROUND, "000002-undone", "it was of this year", LATE)
    now = store.newest(kept(plan, ROUND, "ENTRIES"))[["indicator", "score", "file", "cell"]]
    pd.testing.assert_frame_equal(now, before)
    assert set(kept(plan, ROUND, "RECEIVED")["state"]) == {"taken"}


def test_an_empty_row_counts_again_when_the_score_is_undone(plan, tmp_path):
    rows = good_rows()
    rows[2][3] = rows[2][5] = None
    (tmp_path / "empty.csv").write_bytes(csv(rows))
    _take(plan, tmp_path / "empty.csv")
    _take(plan, _form(tmp_path))
    mend.undo(plan, ROUND, "form.csv", "of another year", LATE)
    assert _now(plan)["status"] == "not_reported" and pd.isna(_now(plan)["score"]) and _now(plan)["file"] == "empty.csv"


@pytest.mark.parametrize(
    ("what", "problem"), [("nothing.csv", "undo_unknown"), ("99", "undo_unknown"), ("2", "undo_not"), ("1", "undo_again")]
)
def test_what_cannot_be_undone_is_said(plan, tmp_path, what, problem):
    _take(plan, _form(tmp_path))
    _take(plan, _form(tmp_path, "waits.csv", 77))
    mend.undo(plan, ROUND, "1", "of another year", LATE)
    before = _bytes(plan)
    with pytest.raises(IntakeError) as caught:
        mend.undo(plan, ROUND, what, "again", LATE)
    assert [i["problem"] for i in caught.value.issues] == [problem] and _bytes(plan) == before


def test_two_files_of_one_name_are_told_apart_by_hash_or_path(plan, tmp_path):
    _take(plan, _form(tmp_path))
    first = next((plan.folder / "received").iterdir())
    path = _form(tmp_path, second=3.5)
    _take(plan, path)
    with pytest.raises(IntakeError) as caught:
        mend.undo(plan, ROUND, "elsewhere/form.csv", "why", LATE)
    assert caught.value.issues[0]["problem"] == "undo_several" and first.name[:12] in caught.value.fact
    mend.undo(plan, ROUND, str(path), "why", LATE)
    assert _now(plan)["score"] == 2.0
    mend.undo(plan, ROUND, first.name[:16], "why", LATE)
    assert _now(plan) is None


def test_nothing_is_undone_or_corrected_without_a_reason(plan, tmp_path):
    _take(plan, _form(tmp_path))
    with pytest.raises(IntakeError, match="--reason is empty"):
        mend.undo(plan, ROUND, "1", " ", LATE)
    with pytest.raises(IntakeError, match="--by is empty"):
        mend.correct(plan, ROUND, ROW, "3", "typed wrongly", "", LATE)


# Corrected.
def test_a_corrected_score_keeps_both_values_reason_and_name(plan, home, tmp_path):
    _take(plan, _form(tmp_path))
    assert mend.correct(plan, ROUND, ROW, "3,5", "typed wrongly", "Ani", LATE) == ("2", "3.5")
    assert (_now(plan)["score"], _now(plan)["file"], _now(plan)["evidence"]) == (3.5, "000002-corrected.json", "bukti/persalinan.pdf")
    said = json.loads((home / "journal" / "000002-corrected.json").read_text("utf-8"))
    assert (said["old"], said["reason"], said["by"], said["day"]) == ([2.0, "scored"], "typed wrongly", "Ani", "2025-07-03")
    row = store.restated(kept(plan, ROUND, "ENTRIES")).iloc[0]
    assert (row["first"], row["now"], row["received"]) == (2.0, 3.5, "2025-07-03")
    log = kept(plan, ROUND, "IMPORT_LOG").iloc[-1]
    assert (log["why"], log["found"]) == ("corrected", f"{PATHS[1]}, {AGENCY}, self: 2")
    assert log["taken"] == "3.5; typed wrongly (Ani)"
    for lang in ("id", "en"):
        assert words(lang)("desk.why.corrected") in board.changes(plan, ROUND, words(lang)).html
        assert "Ani" not in board.changes(plan, ROUND, words(lang), public=True).html
    mend.undo(plan, ROUND, "2", "it was right", LATE)
    assert (_now(plan)["score"], _now(plan)["file"], _now(plan)["cell"]) == (2.0, "form.csv", "line 3")


@pytest.mark.parametrize(
    ("key", "score", "error", "problem"),
    [
        (ROW, "7", ScoresRefused, "off_scale"),
        (ROW, "0", ScoresRefused, "zero_score"),
        (ROW, "tinggi", IntakeError, "not_a_number"),
        (ROW, "2", IntakeError, "correct_same"),
        ((PATHS[1], AGENCY, "verified"), "2", IntakeError, "correct_unknown"),
        (("health/nothing", AGENCY, "self"), "2", IntakeError, "none_of"),
    ],
)
def test_a_correction_is_judged_as_any_score(plan, tmp_path, key, score, error, problem):
    _take(plan, _form(tmp_path))
    before = _bytes(plan)
    with pytest.raises(error) as caught:
        mend.correct(plan, ROUND, key, score, "typed wrongly", "Ani", LATE)
    assert caught.value.issues and _bytes(plan) == before
    assert problem == "not_a_number" or caught.value.issues[0]["problem"] == problem


def test_a_score_that_is_not_there_can_be_taken_away_by_a_correction(plan, tmp_path):
    _take(plan, _form(tmp_path))
    assert mend.correct(plan, ROUND, ROW, "", "never measured", "Ani", LATE) == ("2", "")
    assert _now(plan)["status"] == "not_reported" and pd.isna(_now(plan)["score"])


# By hand.
def test_what_was_written_by_hand_after_a_cut_off_run_takes_nothing_away(plan, home, tmp_path):
    """The table handed out was that of the first file alone: rows of the second are not gone, only not shown yet."""
    _take(plan, _form(tmp_path))
    table, state = plan.folder / "rounds" / f"{ROUND}.csv", home / ".state.json"
    old, hashes = table.read_bytes(), state.read_bytes()
    (tmp_path / "roads.csv").write_bytes(csv([good_rows()[0], ["infrastructure/jalan", None, "dinas-pupr", 2.5, None, "b", "B"]]))
    _take(plan, tmp_path / "roads.csv")
    table.write_bytes(old.replace(b"self,2,", b"self,2.75,"))
    state.write_bytes(hashes)
    assert _take(plan) == []
    assert _now(plan)["score"] == 2.75 and _now(plan, ("infrastructure/jalan", "dinas-pupr", "self"))["score"] == 2.5
    assert _kinds(home) == ["taken", "taken", "by_hand"]


@pytest.mark.parametrize("known", [True, False])
def test_a_table_as_it_was_at_any_time_is_ours_and_no_edit(plan, home, tmp_path, known):
    _take(plan, _form(tmp_path))
    table = plan.folder / "rounds" / f"{ROUND}.csv"
    old = table.read_bytes()
    for value in (1.5, 3.5):
        _take(plan, _form(tmp_path, f"{value}.csv", value))
    new = table.read_bytes()
    table.write_bytes(old)
    if not known:
        (home / ".state.json").write_text("{", "utf-8")
    assert mend.rebuild(plan, ROUND, LATE).changed == (table.name,)
    assert table.read_bytes() == new and _kinds(home) == ["taken"] * 3


def test_a_score_with_more_digits_than_the_table_shows_is_no_edit(plan, tmp_path):
    path = _form(tmp_path, second="2,3333333333333335")
    _take(plan, path)
    table = plan.folder / "rounds" / f"{ROUND}.csv"
    table.write_bytes(table.read_bytes().replace(b"self,3,", b"self,3.5,"))
    _take(plan)
    assert (_now(plan)["file"], _now(plan, (PATHS[0], AGENCY, "self"))["file"]) == ("form.csv", table.name)


# Made anew.
def test_a_rebuild_of_an_unchanged_round_changes_no_byte_and_of_a_spoilt_one_says_what(plan, home, tmp_path):
    forms_out.ask(plan, ROUND, tmp_path / "forms")
    _take(plan, _form(tmp_path), _form(tmp_path, "waits.csv", 77))
    mend.correct(plan, ROUND, ROW, "3,5", "typed wrongly", "Ani", LATE)
    whole = _bytes(plan)
    done = mend.rebuild(plan, ROUND, LATE)
    assert (done.changed, done.lost, done.records) == ((), (), 4) and _bytes(plan) == whole
    for name in ("log.csv", "asked.csv", ".state.json"):
        (home / name).unlink()
    (home / "entries.csv").write_text("number\n", "utf-8")
    assert set(mend.rebuild(plan, ROUND, LATE).changed) == {"log.csv", "asked.csv", "entries.csv"}
    now = _bytes(plan)
    assert {p: raw for p, raw in now.items() if p.name != ".state.json"} == {p: r for p, r in whole.items() if p.name != ".state.json"}


def test_a_received_file_that_is_gone_is_named(plan, tmp_path):
    _take(plan, _form(tmp_path))
    next((plan.folder / "received").iterdir()).unlink()
    done = mend.rebuild(plan, ROUND, LATE)
    assert done.lost == ("form.csv",) and "received/" in board.rebuilt_lines(done, words("en"))[-1]
    assert _take(plan, _form(tmp_path)) == ["same"]


def test_a_round_from_before_there_were_journals_is_carried_over_once(plan, home, tmp_path):
    forms_out.ask(plan, ROUND, tmp_path / "forms")
    _take(plan, _form(tmp_path))
    _take(plan, _form(tmp_path, "new.csv", "3,5"), day=LATE)
    before = {name: kept(plan, ROUND, name) for name in FILES}
    files = {p: p.read_bytes() for p in [plan.folder / "rounds" / f"{ROUND}.csv", *home.glob("*.csv")]}
    for path in (home / "journal").iterdir():
        path.unlink()
    (home / ".state.json").unlink()
    assert all(kept(plan, ROUND, name).equals(rows) for name, rows in before.items())
    assert _take(plan) == [] and _kinds(home) == ["carried"]
    assert all(kept(plan, ROUND, name).equals(rows) for name, rows in before.items())
    assert {p: p.read_bytes() for p in files} == files
    assert _take(plan, tmp_path / "new.csv") == ["same"]
    mend.undo(plan, ROUND, "new.csv", "of another year", LATE)
    assert (_now(plan)["score"], _now(plan)["file"]) == (2.0, "form.csv")
    assert list(kept(plan, ROUND, "ENTRIES")["number"]) == list(range(1, 8))


def test_tables_that_lag_behind_are_read_from_the_journal(plan, home, tmp_path):
    _take(plan, _form(tmp_path))
    old = _bytes(plan)
    _take(plan, _form(tmp_path, "new.csv", 3.5))
    for path, raw in old.items():
        if path.parent == home:
            path.write_bytes(raw)
    assert _now(plan)["score"] == 3.5 and len(kept(plan, ROUND, "RECEIVED")) == 2


# Damaged.
def _spoil(home, name, how):
    path = home / "journal" / name
    raw = path.read_bytes()
    changed = {"cut": raw[:40], "empty": b"", "digit": raw.replace(b"2.5", b"2.6", 1), "list": b"[1]", "text": b"\xff\xfe"}
    path.write_bytes(changed[how])


@pytest.mark.parametrize("how", ["cut", "empty", "digit", "list", "text"])
def test_a_damaged_record_is_refused_by_name_and_nothing_is_written(plan, home, tmp_path, how):
    _take(plan, _form(tmp_path), _form(tmp_path, "waits.csv", 77))
    _spoil(home, "000001-taken.json", how)
    before = _bytes(plan)
    for act in (lambda: _take(plan, _form(tmp_path)), lambda: mend.rebuild(plan, ROUND, LATE)):
        with pytest.raises(IntakeError, match="000001-taken") as caught:
            act()
        assert all("journal" in told(caught.value, words(lang))[0] for lang in ("id", "en"))
    assert _bytes(plan) == before


def test_records_of_any_size_are_read_whole(tmp_path):
    sizes = [0, 1, journal.SMALL - 1, journal.SMALL, journal.SMALL + 1, journal.LARGE, journal.SMALL + 2 * journal.LARGE + 1]
    (tmp_path / journal.FOLDER).mkdir()
    for n, size in enumerate(sizes, 1):
        (tmp_path / journal.FOLDER / f"{n:06d}-taken.json").write_bytes(os.urandom(size))
    for name, read in journal.raw(tmp_path):
        assert read == (tmp_path / journal.FOLDER / name).read_bytes()
    assert [len(read) for _, read in journal.raw(tmp_path)] == sizes


def test_an_absent_foreign_or_newer_record_is_refused(plan, home, tmp_path):
    _take(plan, _form(tmp_path), _form(tmp_path, "waits.csv", 77))
    first, second = (home / "journal" / name for name in journal.names(home))
    newer = journal.read(home)[1]
    raw = first.read_bytes()
    first.unlink()
    with pytest.raises(IntakeError, match=r"record 000001, not 000002"):
        journal.read(home)
    first.write_bytes(raw)
    (home / "journal" / "000001-taken (copy).json").write_bytes(raw)
    with pytest.raises(IntakeError, match=r"copy.*damaged"):
        journal.read(home)
    (home / "journal" / "000001-taken (copy).json").unlink()
    text = journal.written(newer).decode().replace('"version":1', '"version":2')
    blank_seal = text.replace(json.loads(text)["seal"], "")
    second.write_text(blank_seal.replace('"seal":"', f'"seal":"{hashlib.sha256(blank_seal.encode()).hexdigest()}'), "utf-8")
    with pytest.raises(IntakeError, match="newer version"):
        journal.read(home)


# At once.
def test_a_second_command_waits_or_says_who_is_at_work(plan, home, tmp_path):
    path = _form(tmp_path)
    said = []
    with journal.held(home):
        with pytest.raises(IntakeError) as caught:
            store.intake([path], plan, ROUND, DAY, wait=False)
        found = caught.value.issues[0]
        assert found["problem"] == "round_held" and found["found"].startswith(f"{os.getpid()}, 20")

        def tell(issue):
            said.append(issue["problem"])
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.intake([path], plan, ROUND, DAY, tell=tell)
    assert said == ["round_held"] and _take(plan, path) == ["taken"]


# Files that are written.
def test_a_blank_form_has_the_rights_of_the_umask_and_makes_its_folder(plan, tmp_path):
    old = os.umask(0o027)
    try:
        path = blank(plan, ROUND, tmp_path / "none" / "yet" / "x.xlsx")
        made = forms_out.forms_out(plan, ROUND, tmp_path / "forms" / "out")
    finally:
        os.umask(old)
    modes = {p.stat().st_mode & 0o777 for p in [path, *made.paths.values()]}
    assert os.name != "posix" or modes == {0o640}


def test_a_place_that_cannot_be_written_is_said(plan, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    for act in (
        lambda: blank(plan, ROUND, tmp_path / "file" / "x.xlsx"),
        lambda: forms_out.forms_out(plan, ROUND, tmp_path / "file" / "forms"),
    ):
        with pytest.raises(IntakeError, match="cannot be written") as caught:
            act()
        assert "tidak dapat ditulis" in told(caught.value, words("id"))[0]


def test_forms_are_the_same_bytes_whenever_made_so_that_a_cut_off_run_goes_on(plan, tmp_path):
    made = forms_out.ask(plan, ROUND, tmp_path / "forms", deadline="2025-06-30")
    before = {p: p.read_bytes() for p in made.paths.values()}
    next(iter(before)).unlink()
    assert forms_out.ask(plan, ROUND, tmp_path / "forms", deadline="2025-06-30").paths == made.paths
    assert {p: p.read_bytes() for p in before} == before and _kinds(folder(plan, ROUND)) == ["asked"]


# Commands.
def test_the_commands_undo_correct_and_rebuild(plan, home, tmp_path, monkeypatch):
    from scevaluation import programme

    monkeypatch.setattr(programme, "load_programme", lambda name: plan)

    def run(*args):
        done = CliRunner().invoke(cli.app, [*args, "--round", ROUND, "--lang", "en", "--received", "2025-07-03"])
        assert done.exit_code == 0, done.output
        return done.output

    run("intake", str(_form(tmp_path)), "--programme", "contoh")
    wrong = ["--indicator", ROW[0], "--agency", ROW[1], "--source", ROW[2], "--score", "3,5", "--reason", "typed wrongly", "--by", "Ani"]
    assert f"{PATHS[1]}, {AGENCY}, self: 2 corrected to 3.5." in run("correct", "contoh", *wrong)
    assert "000002-corrected.json]" in CliRunner().invoke(cli.app, ["diff", "contoh", "--round", ROUND, "--lang", "en"]).output
    undone = run("intake", "--undo", "2", "--reason", "it was right", "--programme", "contoh")
    assert "000002-corrected.json: undone; 1 scores changed, 0 of them withdrawn." in undone
    (home / "log.csv").unlink()
    assert "3 records; 1 files differed and were made again.\n  log.csv: made again." in run("intake", "--rebuild", "--programme", "contoh")
    both = CliRunner().invoke(cli.app, ["intake", "--rebuild", "--undo", "1", "--programme", "contoh", "--round", ROUND])
    assert both.exit_code == 1 and "--rebuild" in str(both.exception)
