"""Programmes of the letters' regions: nothing but what was published, and the published index comes out of the components."""

import pytest

from scevaluation.errors import ProgrammeError
from scevaluation.evaluate.index import index
from scevaluation.frames import ROOT
from scevaluation.intake.check import load_scores
from scevaluation.intake.official import read_official
from scevaluation.programme import load_programme
from scevaluation.region import region_name, regions_of

NEWEST, BEFORE = "2023-S2", "2022-S2"


def test_a_region_has_a_programme_by_its_code():
    assert region_name("94.04") == "wilayah-94-04"
    plan = load_programme("wilayah-94-04")
    assert plan.official and plan.region == "94.04" and plan.region_label.id == "Kabupaten Mimika"
    assert plan.region_label.en == "Mimika Regency"
    assert plan.cycles == () and plan.targets == () and plan.agencies == () and not plan.made_up


def test_the_newest_letter_has_130_regions_and_an_unknown_round_has_none():
    assert len(regions_of(NEWEST)) == len(set(regions_of(NEWEST))) == 130
    assert regions_of("2031-S1") == ()


@pytest.mark.parametrize("name", ["wilayah-99-99", "wilayah-", "wilayah-../../etc", "wilayah-11-01"])
def test_a_region_that_took_part_in_no_letter_has_no_programme(name):
    with pytest.raises(ProgrammeError, match=r"there is no region|no letter holds a result"):
        load_programme(name)


def test_every_region_s_index_equals_the_letter_s_within_its_rounding():
    letter = read_official(NEWEST).query("node == 'index' and status == 'scored'").set_index("region")["value"]
    assert len(letter) == 130
    for code, published in letter.items():
        plan = load_programme(region_name(code))
        scores, issues = load_scores(plan, NEWEST)
        assert issues.empty
        table = index(scores, {r: plan.instrument(r) for r in scores["round"].unique()})
        ours = table[(table["node"] == ROOT) & (table["round"] == NEWEST)]["value"].iloc[0]
        # The letter's index and its components are rounded to two decimals each.
        assert abs(ours - published) <= 0.005 + 0.005, (code, ours, published)


def test_the_round_before_the_first_letter_is_inferred_from_the_published_change_and_marked():
    letters = {n: read_official(n).query("status == 'scored'") for n in (NEWEST, BEFORE)}
    found = 0
    for code in regions_of(NEWEST):
        plan = load_programme(region_name(code))
        inferred = [r for r in plan.rounds if r.state == "inferred"]
        rows = letters[NEWEST][letters[NEWEST]["region"] == code].set_index("node")["value"]
        own_letter = code in set(letters[BEFORE]["region"])
        if own_letter or "improvement" not in rows:
            assert all(r.id < BEFORE for r in inferred)
            continue
        found += 1
        assert [r.id for r in inferred] == [BEFORE] and plan.scored == (NEWEST,)
        scores, _ = load_scores(plan, NEWEST)
        row = scores[scores["round"] == BEFORE].iloc[0]
        assert row["status"] == "inferred" and row["quality"] == "C" and row["indicator"] == ROOT
        assert row["score"] == pytest.approx(rows[ROOT] - rows["improvement"], abs=1e-9)
    assert found >= 1


def test_mimika_s_round_before_is_the_2_50_that_the_letter_implies():
    scores, _ = load_scores(load_programme("wilayah-94-04"), NEWEST)
    assert scores.set_index("round").loc[BEFORE, "score"] == pytest.approx(2.50)


def test_neighbours_are_other_participants_of_the_same_province():
    plan = load_programme("wilayah-35-07")
    assert plan.peers and all(p.startswith("35.") and p != "35.07" and p in regions_of(NEWEST) for p in plan.peers)
