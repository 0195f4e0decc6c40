"""Programmes of the letters' regions: nothing but what was published, and the published index comes out of the components."""

import pytest

from scevaluation.errors import ProgrammeError, RoundError
from scevaluation.evaluate.evaluation import evaluate_round
from scevaluation.evaluate.index import index
from scevaluation.frames import ROOT
from scevaluation.intake.check import load_scores
from scevaluation.intake.official import read_official
from scevaluation.issues import describe, issue, told
from scevaluation.programme import load_programme
from scevaluation.region import Region, places, region_doubt, region_name, region_of, regions_of
from scevaluation.words import words

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


@pytest.mark.parametrize("name", ["wilayah-99-99", "wilayah-", "wilayah-../../etc"])
def test_what_is_no_region_has_no_programme(name):
    with pytest.raises(ProgrammeError, match="there is no region"):
        load_programme(name)


def test_a_region_that_took_part_in_no_letter_has_no_programme():
    with pytest.raises(ProgrammeError, match="no letter holds a result of Kabupaten Aceh Selatan"):
        load_programme("wilayah-11-01")


@pytest.mark.parametrize("name", ["wilayah-94.04", "wilayah-94-4", "wilayah-91.09", "wilayah-Mimika", "wilayah-9412"])
def test_a_region_named_otherwise_is_told_its_programme(name):
    for lang in ("id", "en"):
        with pytest.raises(ProgrammeError) as error:
            load_programme(name)
        assert "wilayah-94-04 (Kabupaten Mimika)" in " ".join(told(error.value, words(lang)))


@pytest.mark.parametrize(
    ("text", "taken", "kind"),
    [
        ("94.04", "94.04", "exact"),
        (94.04, "94.04", "exact"),
        ("94-04", "94.04", "exact"),
        ("94,04", "94.04", "exact"),
        (73.1, "73.10", "zero"),
        ("94.4", "94.04", "zero"),
        ("91.09", "94.04", "old"),
        ("9404", "94.01", "bps"),  # the statistics office's code of Nabire until 2022
        (9404.0, "94.01", "bps"),
        ("9601", "94.04", "bps"),
        ("Kab. Mimika", "94.04", "name"),
        ("mimika", "94.04", "name"),
        ("KOTA BANDUNG", "32.73", "name"),
        ("Bandung", "", "several"),
        ("99.99", "", "none"),
        ("", "", "none"),
        (None, "", "none"),
    ],
)
def test_a_region_by_code_of_any_system_and_date_or_by_name(text, taken, kind):
    found = region_of(text)
    assert (found.taken, found.kind) == (taken, kind)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9404", {"id": "kode BPS untuk 94.01 Kabupaten Nabire", "en": "(BPS) code of 94.01 Kabupaten Nabire"}),
        ("91.09", {"id": "kode sebelum pemekaran", "en": "today it is 94.04 Kabupaten Mimika (2022-07-25)"}),
        ("9601", {"id": "kode BPS; mungkin maksudnya 94.04", "en": "it may mean 94.04 Kabupaten Mimika"}),
        ("73.1", {"id": "nolnya hilang", "en": "It may be 73.10 Kabupaten Pangkajene"}),
        ("Bandung", {"id": "mungkin 32.04", "en": "may be 32.04 Kabupaten Bandung, 32.73 Kota Bandung"}),
        ("xx", {"id": "daerah xx tidak ada", "en": "there is no region xx"}),
    ],
)
def test_a_doubtful_region_is_said_with_system_and_day(text, said):
    problem, expected, remedy = region_doubt(region_of(text))
    for lang in ("id", "en"):
        assert said[lang] in describe(issue("form.xlsx", "Sampul!B1", problem, "error", text, expected, remedy), words(lang))


def test_every_region_is_found_by_its_codes_of_both_systems_and_days_and_by_its_name():
    for code, row in places().items():
        assert region_of(code) == Region(code, "exact", (code,))
        assert code in region_of(row["bps_today"]).near and code in region_of(row["bps_2020"]).near
        assert region_of(row["name"]).near == (code,)
        if row["kemendagri_2020"] not in places():
            assert region_of(row["kemendagri_2020"]).taken == code


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


@pytest.mark.parametrize(("lang", "said"), [("id", "tidak ikut dinilai pada putaran"), ("en", "did not take part in round")])
def test_a_region_that_the_letter_lists_as_absent_is_told_so_in_the_asked_language(lang, said):
    with pytest.raises(RoundError) as error:
        evaluate_round("wilayah-12-11", "2023-S2")
    fact, _ = told(error.value, words(lang))
    assert f"{said} 2023-S2" in fact and "2022-S2" in fact


def test_a_round_without_a_letter_is_only_absent():
    with pytest.raises(RoundError) as error:
        load_programme("wilayah-12-11").round("2024-S2")
    assert [i["problem"] for i in error.value.issues] == ["round_absent"]
