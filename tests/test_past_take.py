"""Old workbooks into a programme: all rounds or none, on a failing disk and killed anywhere; again only what is new."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from faults import KILLED, Faulty, full
from past_data import HOSTILE, NEW, OLD, SUM, made_found, sure
from past_home import SOURCES, made, stand, state, taken

from scevaluation import place
from scevaluation.errors import IntakeError
from scevaluation.intake.check import load_scores, of_programme
from scevaluation.intake.log import kept
from scevaluation.intake.mend import rebuild, undo
from scevaluation.past.plan import planned, source_id
from scevaluation.past.questions import corrected, questions
from scevaluation.past.take import Source, earlier, imports, remembered, there
from scevaluation.programme import load_programme, read_programme

FEW = 5
ROUNDS = ("2022-S1", "2022-S2", "2023-S2")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is needed")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return made(tmp_path_factory.mktemp("base"))


@pytest.fixture(autouse=True)
def layers(monkeypatch):
    """Layers as they were, whatever a test stands in."""
    monkeypatch.setitem(place.LAYERS, "data", place.LAYERS["data"])


@pytest.fixture
def home(base, tmp_path):
    return Path(shutil.copytree(base, tmp_path / "sukamaju"))


@pytest.fixture(scope="module")
def whole(base, tmp_path_factory):
    """What a workspace looks like undisturbed, and how many operations on the disk that takes."""
    home = Path(shutil.copytree(base, tmp_path_factory.mktemp("whole") / "sukamaju"))
    before = place.LAYERS["data"]
    with Faulty(home, 0, full)() as disk:
        taken(home)
    place.LAYERS["data"] = before
    return state(home), disk.count


def _plan(home):
    stand(home)
    return load_programme("sukamaju")


def test_all_rounds_are_taken_as_forms_are(home):
    out = taken(home)
    assert (out.rounds, out.scores, out.not_held, out.same) == (ROUNDS, 17, ("2023-S1",), ())
    plan = _plan(home)
    assert [r.id for r in plan.rounds] == ["2022-S1", "2022-S2", "2023-S1", "2023-S2"] and plan.states["2023-S1"].state == "not_held"
    assert plan.states["2022-S2"].source == f"{OLD}, Smt 2" and [a.label.id for a in plan.agencies] == ["Dinas Kesehatan", "Diskominfo"]
    scores, issues = load_scores(plan)
    assert scores["score"].notna().sum() == 17 and not len(issues[issues["severity"] == "error"]) and of_programme("sukamaju") is not None
    row = scores[(scores["round"] == "2023-S2") & (scores["indicator"] == "infrastruktur/internet") & (scores["source"] == "verified")]
    assert row[["score", "agency", "file", "cell"]].to_numpy().tolist() == [[71.8, "diskominfo", NEW, "2023 T2!E6"]]
    assert set(scores.loc[scores["round"] == "2022-S1", "source"]) == {"assessor:1", "assessor:2"}
    log = kept(plan, "2022-S1", "IMPORT_LOG")
    assert set(log["why"]) == {"number", "status", "inert"} and HOSTILE in set(log["found"])
    assert kept(plan, "2022-S1", "RECEIVED")["file"].tolist() == [OLD]
    raw = home / "data/programmes/sukamaju/received" / f"{SOURCES[OLD].sha256}.xlsx"
    assert raw.read_bytes() == SOURCES[OLD].raw


def test_instruments_carry_tree_scale_sectors_and_links(home):
    taken(home)
    plan = _plan(home)
    old, new = plan.instrument("2022-S1"), plan.instrument("2023-S2")
    assert (old.scale.low, old.scale.high, new.scale.high, old.top) == (1, 4, 100, "sector")
    assert old.nodes["infrastruktur/sinyal"].label.en == HOSTILE and old.nodes["kesehatan"].label.en == "Health"
    assert new.nodes["infrastruktur/internet"].links == ("infrastruktur/sinyal",) and new.nodes["kesehatan/stunting"].sectors == ("health",)
    assert new.nodes["kesehatan/stunting"].agency == "dinas-kesehatan" and new.valid_from == "2023-S2"


def test_what_was_taken_can_be_undone_and_made_anew(home):
    taken(home)
    plan = _plan(home)
    table = plan.folder / "rounds" / "2022-S1.csv"
    before = table.read_bytes()
    table.unlink()
    assert rebuild(plan, "2022-S1", pd.Timestamp("2025-06-21").date()) is not None and table.read_bytes() == before
    undo(plan, "2022-S1", OLD, "of another regency", pd.Timestamp("2025-06-21").date())
    assert not kept(plan, "2022-S1", "RECEIVED")["state"].eq("taken").any()


def test_the_same_again_changes_nothing(home):
    taken(home)
    before = state(home)
    out = taken(home)
    assert (out.rounds, out.same, out.differs) == ((), ROUNDS, ()) and state(home) == before


def test_a_comment_at_the_head_and_what_was_known_before_stay(home):
    path = home / "data/programmes/sukamaju/programme.yaml"
    text = path.read_text("utf-8").replace("cycles: []", "cycles:\n- {id: '1', label: I, start: 2018-S1, end: 2022-S2, source: plan}")
    path.write_text(text.replace("rounds: []", "rounds:\n- {id: 2021-S1, state: not_held}"), "utf-8")
    taken(home)
    now = path.read_text("utf-8")
    assert now.startswith(text[: text.index("id: sukamaju")]) and yaml.safe_load(now)["cycles"] == yaml.safe_load(text)["cycles"]
    assert [r["id"] for r in yaml.safe_load(now)["rounds"]][:2] == ["2021-S1", "2022-S1"]
    assert (path.parent / "past/1/programme.yaml.before").read_text("utf-8").count("2021-S1") == 1


def _later(found):
    """The same office a round later: one more workbook, on the new instrument, with a question of its own."""
    rounds, scores = found.rounds.copy(), found.scores
    more = rounds[rounds["block"] == "r03"].assign(block="r06", file="evaluasi 2024.xlsx", round="2024-S1", said="2024", sure=False)
    new = scores[scores["block"] == "r03"].assign(block="r06", file="evaluasi 2024.xlsx")
    columns = found.columns[found.columns["file"] == NEW].assign(file="evaluasi 2024.xlsx", sure=True)
    tables = {"rounds": [rounds, more], "scores": [scores, new], "columns": [found.columns, columns]}
    return replace(found, **{name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()})


def test_with_one_more_workbook_only_what_is_new_is_asked_and_taken(home):
    answers = [("rounds", ("r02",), "round", "2021-S2"), ("rounds", ("r03",), "percent", "fraction")]
    answers += [("columns", (NEW, "2023 T2", "E"), "source", "final"), ("indicators", ("i2", "infrastruktur/internet"), "link", "-")]
    taken(home, corrected(made_found(), answers))
    plan = _plan(home)
    before = state(home)
    assert set(earlier(plan)) == {OLD, NEW, SUM} and earlier(plan)[OLD].raw == SOURCES[OLD].raw
    found = remembered(_later(made_found()), plan)
    assert [(q.table, q.rows) for q in questions(found)] == [("rounds", (("r06",),))]
    assert found.rounds["round"].tolist()[1] == "2021-S2" and found.rounds["percent"].tolist()[2] == "fraction"
    assert found.columns.query("file == @NEW and column == 'E'")["source"].tolist() == ["final"]
    assert found.indicators["link"].tolist()[-1] == "-"
    sources = SOURCES | {"evaluasi 2024.xlsx": Source("evaluasi 2024.xlsx", b"more")}
    out = taken(home, found, sources)
    assert out.rounds == ("2024-S1",) and out.instruments == () and not out.differs and set(out.same) == {"2022-S1", "2021-S2", "2023-S2"}
    now, path = state(home), "data/programmes/sukamaju/"
    assert {n for n in before if before[n] != now[n]} == {path + "programme.yaml"} and [p.name for p in imports(plan.folder)] == ["1", "2"]
    assert _plan(home).states["2024-S1"].instrument == "sukamaju-2023-s2"


def test_a_new_indicator_gets_an_instrument_of_its_own_that_continues_the_old_one(home):
    taken(home)
    found = sure(_later(made_found()))
    rows = found.indicators.copy()
    last = rows[(rows["instrument"] == "i2") & (rows["code"] == "infrastruktur/internet")]
    more = last.assign(code="infrastruktur/jalan", label="Jalan mantap", link="")
    scores = found.scores.copy()
    scores.loc[(scores["block"] == "r06") & (scores["code"] == "infrastruktur/internet"), "code"] = "infrastruktur/jalan"
    found = replace(found, indicators=pd.concat([rows, more], ignore_index=True), scores=scores)
    out = taken(home, found, SOURCES | {"evaluasi 2024.xlsx": Source("evaluasi 2024.xlsx", b"more")})
    assert out.instruments == ("sukamaju-2024-s1",)
    plan = _plan(home)
    assert "infrastruktur/jalan" in plan.instrument("2024-S1").nodes and "infrastruktur/jalan" not in plan.instrument("2023-S2").nodes
    assert plan.instrument("2024-S1").nodes["infrastruktur/internet"].links == ()


def test_a_value_that_differs_from_what_was_taken_is_said_and_not_taken(home):
    taken(home)
    before = state(home)
    found = sure(made_found())
    scores = found.scores.copy()
    scores.loc[0, "score"] = 3.9
    out = taken(home, replace(found, scores=scores), SOURCES | {OLD: Source(OLD, b"corrected since")})
    said = [(i["problem"], i["cell"], i["found"], i["expected"]) for i in out.differs]
    assert said == [("past_differs", "2022-1!D4", "3.9", f"2.4 ({OLD}, 2022-1!D4)")]
    assert state(home) == before


def _set(name, column, value, where=0):
    def change(found):
        table = getattr(found, name).copy()
        table.iloc[where, table.columns.get_loc(column)] = value
        return replace(found, **{name: table})

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_set("scores", "score", 7.0), "off_scale"),
        (_set("rounds", "low", float("nan")), "past_no_scale"),
        (_set("rounds", "round", "2022-Q1"), "other_calendar"),
        (_set("rounds", "round", "2022-S2", 2), "past_two_instruments"),
        (_set("indicators", "parent", "pendidikan", 3), "past_no_tree"),
        (_set("indicators", "parent", "kesehatan/imunisasi", 3), "past_no_tree"),
        (_set("indicators", "link", "kesehatan/gizi", -1), "none_of"),
        (_set("rounds", "round", "2022-S1", 1), "duplicate"),
        (_set("rounds", "use", False, [0, 1, 2]), "past_no_scores"),
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_is_taken(home, change, problem):
    before = state(home)
    with pytest.raises(IntakeError) as error:
        taken(home, change(sure(made_found())))
    assert problem in {i["problem"] for i in error.value.issues} and error.value.fact and error.value.remedy
    assert state(home) == before


def test_a_file_in_the_place_of_a_round_is_not_overwritten(home):
    (home / "data/instruments/sukamaju-2022-s1.yaml").write_text("mine", "utf-8")
    before = state(home)
    with pytest.raises(IntakeError, match="already"):
        taken(home)
    assert state(home) == before


def test_a_programme_changed_meanwhile_is_not_overwritten(home, monkeypatch):
    from scevaluation.past import take as module

    path, real = home / "data/programmes/sukamaju/programme.yaml", module.document

    def document(before, plan):
        path.write_text(path.read_text("utf-8") + "notes: []\n", "utf-8")
        return real(before, plan)

    monkeypatch.setattr(module, "document", document)
    with pytest.raises(IntakeError, match="changed"):
        taken(home)
    assert "notes" in path.read_text("utf-8") and there(_plan(home)) == ()


@pytest.mark.parametrize(
    ("source", "named"),
    [("assessor:Penilai 1", "assessor:1"), ("assessor:Drs. Budi", "assessor:DRS.-BUDI"), ("assessor:?", "assessor:X"), ("final", "final")],
)
def test_assessors_are_named_as_forms_name_them(source, named):
    assert source_id(source) == named


def test_agencies_that_are_known_keep_their_ids():
    plan = load_programme("contoh").model_copy(update={"rounds": ()})
    found = sure(made_found())
    known = plan.agencies[0]
    rows = found.indicators.assign(owner=found.indicators["owner"].replace("Diskominfo", known.label.id))
    scores = found.scores.assign(agency=found.scores["agency"].replace("Diskominfo", known.label.id))
    made_plan = planned(replace(found, indicators=rows, scores=scores), plan, (), "mapping.xlsx")
    assert {r["agency"] for rows in made_plan.rows["2022-S1"].values() for r in rows} == {"dinas-kesehatan", known.id}
    assert "dinas-kesehatan" in {a.id for a in plan.agencies} and made_plan.agencies == []


def test_a_corrected_owner_is_whose_the_scores_are_but_where_rows_name_several():
    plan = load_programme("kab-malang").model_copy(update={"rounds": (), "agencies": ()})
    found = corrected(sure(made_found()), [("indicators", ("i2", "infrastruktur/internet"), "owner", "Dinas Kominfo")])
    several = found.scores.copy()
    several.loc[(several["block"] == "r03") & (several["code"] == "kesehatan/stunting") & (several["column"] == "E"), "agency"] = "RSUD"
    rows = planned(replace(found, scores=several), plan, (), "m.xlsx").rows["2023-S2"][NEW]
    assert {r["agency"] for r in rows if r["indicator"] == "infrastruktur/internet"} == {"dinas-kominfo"}
    assert {r["agency"] for r in rows if r["indicator"] == "kesehatan/stunting"} == {"dinas-kesehatan", "rsud"}


def _seen(home):
    """What every reader sees of a programme: its rounds and scores."""
    stand(home)
    plan = read_programme(home / "data/programmes/sukamaju")
    return plan.scored, there(plan), len(load_scores(plan)[0])


def _mended(home, whole):
    """Before the next run nothing or all is seen; after it, all, and the files are as if nothing had happened."""
    assert _seen(home) in (((), (), 0), (ROUNDS, ROUNDS, 18))
    taken(home)
    assert _seen(home) == (ROUNDS, ROUNDS, 18) and state(home) == whole


def _few(count):
    return [count - n * (count // FEW) for n in range(FEW)]


def _failing(base, whole, tmp_path, points):
    for point in points:
        home = Path(shutil.copytree(base, tmp_path / str(point)))
        with Faulty(home, point, full)():
            try:
                taken(home)
            except IntakeError as error:
                assert {i["problem"] for i in error.issues} == {"not_writable"}
                assert _seen(home) == ((), (), 0) and state(home) == state(base)
        _mended(home, whole[0])


def test_a_failing_disk_leaves_nothing(base, whole, tmp_path):
    _failing(base, whole, tmp_path, _few(whole[1]))


@pytest.mark.long
def test_a_disk_failing_at_every_other_operation_leaves_nothing(base, whole, tmp_path):
    _failing(base, whole, tmp_path, range(1, whole[1] + 1, 2))


def _killed(base, whole, tmp_path, killer, points):
    for point in points:
        assert killer(base, tmp_path / str(point), "past", point) == KILLED
        _mended(tmp_path / str(point), whole[0])


@needs_fork
def test_killed_anywhere_nothing_or_all_is_taken(base, whole, tmp_path, killer):
    _killed(base, whole, tmp_path, killer, _few(whole[1]))


@needs_fork
@pytest.mark.long
def test_killed_at_the_operations_between_nothing_or_all_is_taken(base, whole, tmp_path, killer):
    _killed(base, whole, tmp_path, killer, range(2, whole[1] + 1, 2))
