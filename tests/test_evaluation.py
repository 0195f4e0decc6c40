"""A whole round evaluated: the real programmes, the made-up one, and a copy of a programme with gaps."""

from dataclasses import FrozenInstanceError, fields
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest

import scevaluation
from scevaluation.errors import ProgrammeError, RoundError, ScoresRefused
from scevaluation.evaluate.evaluation import Evaluation, evaluate_round
from scevaluation.frames import TABLES
from scevaluation.place import DATA
from scevaluation.programme import read_programme

ROUNDS = (
    ("mimika", "2023-S2"),
    ("kab-malang", "2022-S2"),
    ("kab-malang", "2023-S2"),
    ("contoh", "2017-S1"),
    ("contoh", "2024-S2"),
)
NAMES = ("scores", "issues", "index", "change", "trend", "verdicts", "peers", "context")


@pytest.fixture(scope="module")
def evaluations() -> dict[tuple[str, str], Evaluation]:
    return {key: evaluate_round(*key) for key in ROUNDS}


@pytest.fixture(scope="module")
def mimika(evaluations) -> Evaluation:
    return evaluations["mimika", "2023-S2"]


@pytest.mark.parametrize("key", ROUNDS, ids="-".join)
@pytest.mark.parametrize("name", NAMES)
def test_every_table_keeps_its_contract(evaluations, key, name):
    TABLES[name.upper()].check(getattr(evaluations[key], name))


@pytest.mark.parametrize("key", ROUNDS, ids="-".join)
def test_nothing_of_a_later_round_is_in_it(evaluations, key):
    assert evaluations[key].index["round"].max() == key[1]


@pytest.mark.parametrize("key", ROUNDS, ids="-".join)
def test_every_round_has_its_instrument(evaluations, key):
    assert set(evaluations[key].index["round"]) <= set(evaluations[key].instruments)


def test_mimikas_index(mimika):
    assert mimika.value() == 2.47  # as printed; its components come to 2.468


def test_mimikas_component(mimika):
    assert mimika.value("outcome") == 2.14


def test_a_value_that_is_not_there_is_missing(mimika):
    assert np.isnan(mimika.value("outcome", "2022-S2"))


def test_mimika_is_compared_with_its_inferred_round(mimika):
    assert mimika.previous == "2022-S2"


def test_mimikas_index_of_2022_is_marked_inferred(mimika):
    rows = mimika.index[(mimika.index["round"] == "2022-S2") & (mimika.index["node"] == "index")]
    assert rows["status"].tolist() == ["inferred"]


def test_of_mimikas_change_the_total_alone_is_known(mimika):
    assert mimika.change["kind"].tolist() == ["total"]


def test_mimikas_change_like_for_like_is_unknown(mimika):
    assert mimika.change["like_for_like"].isna().all()


def test_mimikas_change_is_the_published_one_to_two_decimals(mimika):
    assert round(mimika.change["official"].iloc[0], 2) == -0.03


def test_mimika_is_among_its_peers(mimika):
    assert mimika.peers["rank"].tolist() == [94, 58]


def test_mimikas_letter_is_there_with_all_its_regions(mimika):
    assert mimika.official["region"].nunique() == 141


def test_statistics_are_of_mimika_and_its_peers(mimika):
    assert set(mimika.context["region"]) == {mimika.programme.region, *mimika.programme.peers}


def test_mimikas_top_level_is_the_components(mimika):
    assert mimika.top == ("baseline", "output", "outcome", "impact", "quick-win")


def test_mimika_is_told_on_the_ministrys_scale_by_component(mimika):
    assert not mimika.points and mimika.unit == "unit.component"


def test_a_first_round_is_compared_with_none(evaluations):
    assert evaluations["contoh", "2017-S1"].previous == ""


def test_a_first_round_has_no_change(evaluations):
    assert evaluations["contoh", "2017-S1"].change.empty


def test_the_made_up_programme_is_told_in_points_by_sector(evaluations):
    e = evaluations["contoh", "2024-S2"]
    assert e.points and e.unit == "unit.sector"


def test_the_made_up_programme_has_no_peers(evaluations):
    assert evaluations["contoh", "2024-S2"].peers.empty


def test_contributions_sum_to_malangs_change(evaluations):
    change = evaluations["kab-malang", "2023-S2"].change
    total = change["kind"] == "total"
    assert change.loc[~total, "contribution"].sum() == pytest.approx(change.loc[total, "official"].iloc[0], abs=1e-12)


def test_events_began_before_the_round_ended(mimika):
    assert all(e.first.isoformat() <= "2023-12-31" for e in mimika.events)


def test_later_events_are_left_out(mimika):
    assert len(mimika.events) < len(mimika.programme.events)


@pytest.mark.parametrize("key", [("mimika", "2023-S2"), ("contoh", "2024-S2")], ids="-".join)
def test_the_same_input_gives_the_same_tables(evaluations, key):
    again = evaluate_round(*key)
    for name in (*NAMES, "official", "indicators", "national"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(evaluations[key], name))


def test_an_evaluation_cannot_be_changed(mimika):
    with pytest.raises(FrozenInstanceError):
        mimika.round = "2022-S2"


def test_an_evaluation_says_the_version(mimika):
    assert mimika.version == scevaluation.__version__


@pytest.mark.parametrize(
    "name",
    [
        "programmes/mimika/programme.yaml",
        "programmes/mimika/rounds/2022-S2.csv",
        "programmes/mimika/rounds/2023-S2.csv",
        "instruments/kominfo-2023-reguler.yaml",
        "instruments/kominfo-2023-kppn-ikn.yaml",
        "official/results.csv",
        "context/statistics.csv",
    ],
)
def test_provenance_has_the_hash_of_the_file(mimika, name):
    assert mimika.provenance[name] == sha256((DATA / name).read_bytes()).hexdigest()


def test_provenance_names_no_place_on_this_machine(evaluations):
    assert not any(Path(name).is_absolute() for e in evaluations.values() for name in e.provenance)


def test_provenance_has_no_round_that_came_later(evaluations):
    assert "programmes/kab-malang/rounds/2023-S2.csv" not in evaluations["kab-malang", "2022-S2"].provenance


def test_a_programme_can_be_given_instead_of_its_name(mimika):
    assert evaluate_round(mimika.programme, "2023-S2").value() == mimika.value()


@pytest.mark.parametrize("name", ["2022-S2", "2023-S1", "2025-S1"])
def test_a_round_that_was_not_scored_is_refused(name):
    with pytest.raises(RoundError, match="has no scores"):
        evaluate_round("mimika", name)


def test_a_refusal_names_the_scored_rounds():
    with pytest.raises(RoundError, match=r"scored rounds: 2023-S2\."):
        evaluate_round("mimika", "2023-S1")


def test_a_round_the_programme_does_not_know_is_refused():
    with pytest.raises(RoundError, match="there is no round 2031-S1"):
        evaluate_round("mimika", "2031-S1")


def test_a_word_that_is_no_round_is_refused():
    with pytest.raises(RoundError, match="is no round"):
        evaluate_round("mimika", "last year")


def test_an_unknown_programme_is_refused():
    with pytest.raises(ProgrammeError, match="no programme"):
        evaluate_round("atlantis", "2023-S2")


@pytest.fixture
def copy(tmp_path) -> Path:
    return Path(copytree(DATA / "programmes" / "kab-malang", tmp_path / "kab-malang"))


def test_a_scored_round_without_its_file_is_refused(copy):
    (copy / "rounds" / "2023-S2.csv").unlink()
    with pytest.raises(RoundError, match="kab-malang: round 2023-S2 is said to be scored, but there is no table"):
        evaluate_round(read_programme(copy), "2023-S2")


def test_an_earlier_round_without_any_score_is_not_compared_with(copy):
    path = copy / "rounds" / "2022-S2.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.assign(score="", status="not_reported").to_csv(path, index=False)
    assert evaluate_round(read_programme(copy), "2023-S2").previous == ""


def test_scores_with_errors_are_refused(copy):
    path = copy / "rounds" / "2023-S2.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.loc[0, "score"] = "7"
    rows.to_csv(path, index=False)
    with pytest.raises(ScoresRefused, match=r"2023-S2\.csv"):
        evaluate_round(read_programme(copy), "2023-S2")


def test_provenance_follows_the_file(copy):
    before = evaluate_round(read_programme(copy), "2023-S2").provenance
    (copy / "printed.csv").write_text("round,node,value,source\n", "utf-8")
    after = evaluate_round(read_programme(copy), "2023-S2").provenance
    assert {k for k in before if before[k] != after[k]} == {"printed.csv"}


def test_every_attribute_is_explained():
    assert all(f.name in Evaluation.__doc__ for f in fields(Evaluation))
