"""An office's old workbooks from the files to reports: the command, the notebook's controls, once more with one more workbook."""

import io
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from past_home import made, stand, state
from past_offices import LAYOUTS, agencies_across, long_text, sheet_a_round, workbook_a_round
from typer.testing import CliRunner

from scevaluation import desk, place
from scevaluation.cli import app
from scevaluation.errors import IntakeError, ProgrammeError
from scevaluation.intake.check import load_scores, of_programme
from scevaluation.intake.matching import normal
from scevaluation.past import office
from scevaluation.past.plan import source_id
from scevaluation.programme import load_programme
from scevaluation.words import LANGUAGES, words

DAY = "2025-06-20"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return made(tmp_path_factory.mktemp("base"))


@pytest.fixture
def home(base, tmp_path, monkeypatch):
    """A workspace that this process and its commands stand in."""
    home = Path(shutil.copytree(base, tmp_path / "sukamaju"))
    monkeypatch.setitem(place.LAYERS, "data", (home / "data", place.SHIPPED / "data"))
    monkeypatch.setattr(place, "WORKSPACE", home)
    monkeypatch.setattr("scevaluation.workspace.WORKSPACE", home)
    stand(home)
    monkeypatch.chdir(home)
    return home


def _proposed(files, home):
    return office.propose(files, load_programme("sukamaju"))


def _written(proposal, path, lang="id"):
    path.write_bytes(proposal.mapping(lang))
    return path


def _scores(home):
    """What stands in the programme: by round, name, source and agency."""
    plan = load_programme("sukamaju")
    names = {a.id: a.label.id for a in plan.agencies}
    rows, _ = load_scores(plan)
    rows = rows[rows["score"].notna()].to_dict("records")
    label = {n: plan.instrument(n).nodes for n in plan.scored}
    out = {}
    for r in rows:
        name = label[r["round"]][r["indicator"]].label.id
        out[r["round"], normal(name), r["source"].rpartition("-")[2].removeprefix("assessor:"), names.get(r["agency"], "")] = r["score"]
    return out


def _meant(truth):
    return {(a, normal(b), source_id(c).rpartition("-")[2].removeprefix("assessor:"), d): v for (a, b, c, d), v in truth.scores.items()}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda f: f.__name__)
def test_every_layout_becomes_rounds_that_say_what_it_says(layout, home, tmp_path):
    files, truth = layout(tmp_path)
    proposal = _proposed(files, home)
    done = office.bring(_written(proposal, tmp_path / "m.xlsx"), DAY)
    got, meant = _scores(home), _meant(truth)
    known = {(r, n, s): v for (r, n, s, _), v in got.items()}
    assert known == {(r, n, s): v for (r, n, s, _), v in meant.items()} or got == meant
    assert done.taken.scores == len(got) and not [i for i in of_programme("sukamaju") if i["severity"] == "error"]
    assert len(done.proof) == len(proposal.found.printed) and done.indexed[0] <= done.indexed[1]


def test_a_second_workbook_asks_and_takes_only_what_is_new(home, tmp_path):
    files, truth = sheet_a_round(tmp_path)
    office.bring(_written(_proposed(files, home), tmp_path / "a.xlsx"), DAY)
    before = state(home)
    more, _ = agencies_across(tmp_path)
    proposal = _proposed(more, home)
    assert set(proposal.sources) == {files[0].name, more[0].name}
    done = office.bring(_written(proposal, tmp_path / "b.xlsx"), DAY, accept=True)
    assert set(done.taken.same) == {r for r, *_ in truth.scores} and done.taken.rounds == ("2023-S1", "2023-S2")
    now = state(home)
    assert [n for n in before if before[n] != now[n]] == ["data/programmes/sukamaju/programme.yaml"]
    assert office.propose((), load_programme("sukamaju")).asked == ()


def test_a_mapping_that_was_taken_is_not_taken_again(home, tmp_path):
    files, _ = sheet_a_round(tmp_path)
    mapping = _written(_proposed(files, home), tmp_path / "m.xlsx")
    office.bring(mapping, DAY)
    before = state(home)
    with pytest.raises(IntakeError) as error:
        office.bring(mapping, DAY)
    assert [(i["problem"], i["found"]) for i in error.value.issues] == [("past_taken", "past/1")] and state(home) == before


def test_a_workbook_that_changed_since_is_said_and_nothing_taken(home, tmp_path):
    files, _ = sheet_a_round(tmp_path)
    mapping, before = _written(_proposed(files, home), tmp_path / "m.xlsx"), state(home)
    book = openpyxl.load_workbook(files[0])
    book.worksheets[0]["D7"] = 4
    book.save(files[0])
    with pytest.raises(IntakeError) as error:
        office.bring(mapping, DAY)
    assert [i["problem"] for i in error.value.issues] == ["past_file_changed"]
    files[0].unlink()
    with pytest.raises(IntakeError) as error:
        office.bring(mapping, DAY)
    assert [i["problem"] for i in error.value.issues] == ["not_there"] and state(home) == before


def test_workbooks_that_moved_are_found_beside_the_mapping(home, tmp_path):
    (tmp_path / "there").mkdir()
    files, truth = long_text(tmp_path)
    mapping = _written(_proposed(files, home), tmp_path / "there" / "m.xlsx")
    for file in files:
        file.rename(tmp_path / "there" / file.name)
    assert office.bring(mapping, DAY).taken.scores == len(truth.scores)


def test_two_files_of_one_name_and_none_are_refused(home, tmp_path):
    (tmp_path / "b").mkdir()
    files = [*sheet_a_round(tmp_path)[0], *sheet_a_round(tmp_path / "b", seed=9)[0]]
    for given, problem in ((files, "two_files"), ((), "past_nothing")):
        with pytest.raises(IntakeError) as error:
            _proposed(given, home)
        assert error.value.issues[0]["problem"] == problem


def test_whose_past_it_is_must_be_known(home):
    assert office.whose("").id == "sukamaju"
    with pytest.raises(ProgrammeError):
        office.whose("lain")
    other = home / "data/programmes/lain"
    other.mkdir()
    (other / "programme.yaml").write_text((home / "data/programmes/sukamaju/programme.yaml").read_text("utf-8"), "utf-8")
    with pytest.raises(ProgrammeError) as error:
        office.whose("")
    assert error.value.issues[0]["expected"] == "lain, sukamaju"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_in_two_steps(home, tmp_path, lang):
    files, truth = workbook_a_round(tmp_path)
    run = CliRunner().invoke(app, ["import", *map(str, files), "--out", str(tmp_path / "m.xlsx"), "--lang", lang])
    assert run.exit_code == 0, run.output
    assert words(lang)("past.next", path=tmp_path / "m.xlsx") in run.stdout and (tmp_path / "m.xlsx").exists()
    run = CliRunner().invoke(app, ["import", *map(str, files), "--out", str(tmp_path / "m.xlsx"), "--lang", lang])
    assert isinstance(run.exception, IntakeError) and run.exception.issues[0]["problem"] == "there_already"
    run = CliRunner().invoke(app, ["import", "--mapping", str(tmp_path / "m.xlsx"), "--received", DAY, "--lang", lang])
    assert run.exit_code == 0, run.output
    assert words(lang).num(len(truth.scores), 0) in run.stdout.splitlines()[0]
    run = CliRunner().invoke(app, ["import", "--lang", lang])
    assert isinstance(run.exception, IntakeError) and run.exception.issues[0]["problem"] == "past_nothing"


def test_the_lines_say_what_was_taken_there_and_not_reproduced(home, tmp_path):
    files, _ = sheet_a_round(tmp_path)
    proposal = _proposed(files, home)
    done = office.bring(_written(proposal, tmp_path / "m.xlsx"), DAY)
    odd = int((~done.proof["agrees"].astype(bool)).sum())
    for lang in LANGUAGES:
        lines = office.brought_lines(done, words(lang))
        assert odd and sum("Nilai evaluasi.xlsx, " in line for line in lines) == min(odd, office.SHOWN)


def test_a_workbook_that_says_otherwise_later_is_told_by_its_cell(home, tmp_path):
    files, _ = agencies_across(tmp_path)
    office.bring(_written(_proposed(files, home), tmp_path / "m.xlsx"), DAY)
    book = openpyxl.load_workbook(files[0])
    cell = book.worksheets[0]["D4"]
    was, cell.value = cell.value, 99 if cell.value != 99 else 98
    book.save(files[0])
    again = office.bring(_written(_proposed(files, home), tmp_path / "n.xlsx"), DAY, accept=True)
    lines = office.brought_lines(again, words("en"))
    assert again.taken.rounds == () and len(again.taken.differs) == 1
    assert any(f"Scores!D4: {cell.value:g} ({was:g} (" in line for line in lines)


def test_the_desk_shows_answers_and_takes(home, tmp_path):
    pytest.importorskip("ipywidgets")
    from scevaluation.desk.pickers import Bringer

    (home / "old").mkdir()
    files, truth = agencies_across(home / "old")
    old, w = desk.past("old", "sukamaju"), words("id")
    assert old.line() == f"{len(files)} workbooks, 2 rounds, {len(truth.scores)} scores"
    assert old.proof_line().endswith("printed figures reproduced")
    for name in ("rounds", "columns", "indicators", "proof", "unused"):
        assert "<table" in desk.past_table(old, name, w).html
    controls = Bringer(old, w, False)
    for question, control in controls.answers:
        control.value = question.choices[0]
    controls._write()
    assert controls.mapping.exists() and openpyxl.load_workbook(io.BytesIO(controls.mapping.read_bytes())).sheetnames[0] == "Pertanyaan"
    controls._take()
    assert len(_scores(home)) == len(truth.scores) and load_programme("sukamaju").scored == ("2023-S1", "2023-S2")


def test_the_desk_goes_on_with_nothing_or_with_what_cannot_be_read(home):
    w = words("en")
    none = desk.past("nowhere", "sukamaju")
    assert none.line() == "0 workbooks, 0 rounds, 0 scores" and "no old workbooks" in desk.bring_past(none, w).text
    (home / "old").mkdir()
    (home / "old" / "broken.xlsx").write_bytes(b"PK no")
    broken = desk.past("old", "sukamaju")
    assert broken.asked_line() == "0 questions" and "broken.xlsx" in desk.past_table(broken, "rounds", w).text


@pytest.mark.long
def test_a_report_is_made_of_the_newest_round(home, tmp_path, monkeypatch):
    from scevaluation.press.report import make_report

    files, _ = sheet_a_round(tmp_path)
    office.bring(_written(_proposed(files, home), tmp_path / "m.xlsx"), date.today().isoformat())
    newest = load_programme("sukamaju").scored[-1]
    made_of = make_report("sukamaju", newest, "id", "round", tmp_path / "reports", "inprocess", "", ("html",))
    assert Path(made_of.page).exists() and made_of.headline
