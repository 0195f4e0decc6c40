"""Nearest peers: by people, place and level within the cohort, or chosen by the reader; subtracted only within one questionnaire."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import scevaluation as sc
from scevaluation.errors import ReportError, RoundError, UnknownName
from scevaluation.evaluate.nearest import MOST, nearest
from scevaluation.frames.national import NEAREST
from scevaluation.intake.official import read_official
from scevaluation.press.jobs import Job, checked, job_of
from scevaluation.press.keys import facts, key_of
from scevaluation.region import places, population, regions_named

NOW = "2023-S2"
LETTER = read_official(NOW)
PARTS = ("baseline", "output", "outcome", "impact", "quick-win")


def listed(region, by, official=LETTER, **how):
    rows = nearest(official, region, PARTS, **how)
    return rows[(rows["by"] == by) & (rows["node"] == "index")]["peer"].tolist()


def cohort_of(region):
    index = LETTER[LETTER["node"] == "index"].set_index("region")
    mine = index[(index["cohort"] == index.at[region, "cohort"]) & index["value"].notna()]["value"]
    return mine.drop(region), mine[region]


def test_every_region_has_a_population_of_one_year():
    assert set(population()) == set(places()) and {year for _, year in population().values()} == {"2017"}
    assert population()["94.04"] == (210413, "2017") and sum(n for n, _ in population().values()) == 261_890_832


@pytest.mark.parametrize("region", ["94.04", "35.07", "32.73", "64.07", "11.71"])
def test_nearest_by_people_and_by_index_as_sorted_by_hand(region):
    others, own = cohort_of(region)
    people = sorted(others.index, key=lambda c: abs(math.log(population()[c][0] / population()[region][0])))
    assert listed(region, "population") == people[:MOST]
    gaps = [round(abs(others[c] - own), 9) for c in listed(region, "level")]
    assert gaps == sorted((others - own).abs().round(9))[:MOST]


def test_by_place_the_same_province_comes_before_the_same_islands():
    assert listed("94.04", "province") == [] and listed("94.04", "islands") == ["91.71"]
    malang = listed("35.07", "province")
    assert len(malang) == MOST and all(c.startswith("35.") for c in malang) and listed("35.07", "islands") == []
    near = nearest(LETTER, "16.06", PARTS)
    assert all(c.startswith("16.") for c in near.loc[near["by"] == "province", "peer"])


def test_mimika_less_jayapura_is_the_letters_figures_subtracted():
    rows = nearest(LETTER, "94.04", PARTS).query("peer == '91.71'").set_index("node")
    figures = LETTER[LETTER["region"].isin(["94.04", "91.71"])].pivot(index="node", columns="region", values="value")
    for node in ("index", *PARTS):
        assert rows.at[node, "difference"] == pytest.approx(figures.at[node, "94.04"] - figures.at[node, "91.71"])
    assert rows.at["index", "difference"] == pytest.approx(0.84)


def test_what_another_questionnaire_scored_is_not_subtracted_and_missing_is_no_zero():
    rows = nearest(LETTER, "94.04", PARTS, ("35.07", "53.09", "11.01", "91.71"))
    index = rows[rows["node"] == "index"].set_index("peer")
    assert index["status"].to_dict() == {"35.07": "scored", "53.09": "did_not_take_part", "11.01": "not_listed", "91.71": "scored"}
    assert index["difference"].notna().to_dict() == {"35.07": False, "53.09": False, "11.01": False, "91.71": True}
    assert index["value"].isna().to_dict() == {"35.07": False, "53.09": True, "11.01": True, "91.71": False}
    assert set(rows.loc[rows["node"] != "index", "peer"]) == {"91.71"} and set(rows["by"]) == {"chosen"}


def test_one_that_did_not_take_part_and_one_without_a_letter_have_no_peers():
    assert nearest(LETTER, "53.09", PARTS).empty and nearest(LETTER.iloc[:0], "94.04", PARTS).empty
    assert list(nearest(LETTER, "53.09", PARTS)) == list(NEAREST.columns)


def test_two_participants_are_each_others_peers():
    pair = LETTER[LETTER["region"].isin(["94.04", "91.71"])]
    assert [listed("94.04", by, pair) for by in ("population", "islands", "level")] == [["91.71"]] * 3


# chosen by the reader


@pytest.mark.parametrize(
    ("text", "codes"),
    [("", ()), ("94.04", ("94.04",)), ("Kota Jayapura, 96.03 ,kab. malang", ("91.71", "96.03", "35.07")), ("94-04,94.04", ("94.04",))],
)
def test_regions_are_named_by_code_or_name(text, codes):
    assert regions_named(text) == codes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mimka", "perhaps Kabupaten Mimika"), ("Bandung", "32.04 Kabupaten Bandung, 32.73 Kota Bandung"), ("91.09", "94.04"),
        ("__import__('os').system('x')", "there is no region"), ("99.99", "there is no region 99.99"), ("9404", "94.01"),
    ],
)  # fmt: skip
def test_a_name_that_is_no_region_is_refused_with_those_that_come_near(text, said):
    for peers in (text, f"Kota Jayapura, {text}"):
        with pytest.raises(UnknownName) as error:
            sc.evaluate_round("mimika", NOW, peers=peers)
        assert said in str(error.value)


def test_every_name_that_is_wrong_is_told():
    with pytest.raises(UnknownName) as error:
        regions_named("Mimka, Bandung, Kota Jayapura")
    assert [i["found"] for i in error.value.issues] == ["Mimka", "Bandung"]


@pytest.fixture(scope="module")
def chosen():
    return sc.evaluate_round("mimika", NOW, peers="Kota Jayapura, Kabupaten Malang", lang="en")


def test_chosen_peers_stand_in_the_place_of_all_others(chosen):
    assert chosen.programme.peers == chosen.chosen == ("91.71", "35.07")
    html = chosen.nearest_peers().html
    assert "Kota Jayapura" in html and "Kab. Malang" in html and "Tabalong" not in html and "+0.84" in html
    assert "scored by another instrument than REGULER" in html
    assert chosen.nearest["by"].eq("chosen").all() and "Kabupaten Malang 2.94" in chosen.cohort().alt


def test_without_a_choice_the_page_names_what_each_is_near_by(mimika):
    html = sc.Round.of(mimika, "en").nearest_peers().html
    assert html.count("<tr") == 8 and "The nearest REGULER participants" in html and "interpolated" in html and "2017" in html


def test_a_region_is_no_peer_of_itself_and_a_round_without_a_letter_has_none():
    with pytest.raises(RoundError, match="itself"):
        sc.evaluate_round("mimika", NOW, peers="Mimika")
    with pytest.raises(RoundError, match="No letter"):
        sc.evaluate_round("contoh", "2024-S2", peers="Mimika")


def test_a_job_carries_its_peers_as_codes_in_its_key_and_not_in_its_name():
    plain, own = checked(Job("mimika", NOW)), checked(Job("mimika", NOW, peers="Kota Jayapura, 35.07"))
    assert own.peers == "91.71,35.07" and own.stem == plain.stem and own.parameters["peers"] == "91.71,35.07"
    assert checked(Job("mimika", NOW, peers="91.71, kab. malang")) == own
    assert key_of(facts(own, ("html",))) != key_of(facts(plain, ("html",)))
    entry = json.loads(json.dumps({**vars(own), "headline": "", "outputs": {}}))
    assert job_of(entry) == own and job_of({k: v for k, v in entry.items() if k != "peers"}) == plain


@pytest.mark.parametrize("job", [Job("mimika", NOW, kind="methods", peers="91.71"), Job("wilayah-53-09", NOW, peers="91.71")])
def test_only_the_report_of_a_scored_round_has_peers_of_ones_own(job):
    with pytest.raises(ReportError, match="peers"):
        checked(job)


def test_every_participant_has_peers_by_people_and_level_and_none_is_itself():
    for region in LETTER.loc[(LETTER["node"] == "index") & LETTER["value"].notna(), "region"].iloc[::13]:
        rows = nearest(LETTER, region, PARTS)
        assert region not in set(rows["peer"]) and rows.groupby("by")["peer"].nunique().le(MOST).all()
        assert rows["difference"].notna().all() and np.isfinite(rows["value"]).all() and pd.unique(rows["cohort"]).size == 1
