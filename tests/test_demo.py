"""The made-up programme: what it contains, that its files are those demo.py writes, and that its truth is found in them."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest

from scevaluation import demo
from scevaluation.evaluate.index import index
from scevaluation.frames import SCORES
from scevaluation.instrument import QUALITIES, SECTORS
from scevaluation.intake.check import load_scores
from scevaluation.place import DATA
from scevaluation.programme import load_programme, read_programme

OWN = {"source.yaml"}


@pytest.fixture(scope="module")
def made():
    return demo.generate()


@pytest.fixture(scope="module")
def programme():
    return load_programme("contoh")


@pytest.fixture(scope="module")
def loaded(programme):
    return load_scores(programme)


@pytest.fixture(scope="module")
def scores(loaded):
    return loaded[0]


@pytest.fixture(scope="module")
def sectors(scores, programme):
    """Sectors' values on 0-100 (rounds x sectors), from the verified scores."""
    return _sectors(scores, programme)


def _sectors(scores: pd.DataFrame, programme) -> pd.DataFrame:
    table = index(scores, {r: programme.instrument(r) for r in programme.scored}, ("verified",))
    return table.pivot(index="round", columns="node", values="value100")[list(SECTORS)]


def _as_scores(generated) -> pd.DataFrame:
    parts = [t.assign(round=n[7:14]) for n, t in generated.tables.items() if n.startswith("rounds/")]
    return SCORES.check(pd.concat(parts, ignore_index=True).assign(region="00.00", file="f", cell=""))


def _levels(truth: dict) -> pd.DataFrame:
    return pd.DataFrame({s: t["levels"] for s, t in truth["top"].items()})


# The folder


def test_folder_holds_the_bytes_that_demo_writes(made):
    stale = [n for n, text in made.files.items() if (demo.FOLDER / n).read_bytes() != text.encode("utf-8")]
    assert stale == [], "run python -m scevaluation.demo"


def test_folder_holds_nothing_else(made):
    there = {p.relative_to(demo.FOLDER).as_posix() for p in demo.FOLDER.rglob("*") if p.is_file()}
    there = {name for name in there if not name.startswith("scenarios/")}  # written by hand in the notebook of what if
    assert there == set(made.files) | OWN | {"public.csv"}  # which texts everybody may read


def test_writing_elsewhere_makes_a_programme_that_loads(tmp_path):
    assert read_programme(demo.write(tmp_path / "contoh")).scored == load_programme("contoh").scored


def test_same_seed_gives_the_same_files(made):
    assert demo.generate().files == made.files


def test_another_seed_changes_every_round(made):
    other = demo.generate(seed=7).files
    assert [n for n, text in made.files.items() if n.startswith("rounds/") and other[n] == text] == []


def test_another_seed_keeps_the_tables_without_chance(made):
    other = demo.generate(seed=7).files
    assert [
        n for n in ("programme.yaml", "events.csv", "targets.csv", "recommendations.csv") if other[n] != made.files[n]
    ] == []


def test_generating_leaves_its_source_as_it_was():
    source = demo.read_source()
    before = copy.deepcopy(source)
    demo.generate(source=source)
    assert source == before


# Marked as made up


def test_programme_says_it_is_made_up(programme):
    assert programme.made_up and "data buatan" in programme.label.id and "made-up data" in programme.label.en


def test_region_says_it_is_made_up(programme):
    assert "data buatan" in programme.region_label.id and "made-up data" in programme.region_label.en


def test_region_code_is_nobodys(programme):
    official = pd.read_csv(DATA / "official" / "regions.csv", dtype=str)
    assert not official.isin([programme.region]).any(axis=None)


def test_agencies_are_marked(programme):
    assert [
        a.id for a in programme.agencies if not (a.label.id.endswith("(contoh)") and a.label.en.endswith("(example)"))
    ] == []


@pytest.mark.parametrize("name", ["events", "targets", "programmes", "survey"])
def test_every_row_names_its_source_made_up(programme, name):
    assert set(programme.table(name)["source"]) == {"made up"}


def test_truth_is_marked(made):
    assert made.truth["made_up"] is True


# Rounds


def test_sixteen_rounds_of_which_one_was_not_held(programme):
    assert (len(programme.rounds), len(programme.scored), programme.round("2020-S1").state) == (16, 15, "not_held")


def test_round_not_held_has_no_file(made):
    assert "rounds/2020-S1.csv" not in made.files


def test_gate_finds_nothing_but_notes(loaded):
    assert set(loaded[1]["severity"]) == {"note"}


def test_all_eight_agencies_are_asked(scores):
    assert scores["agency"].nunique() == 8


def test_panel_grows_from_four_to_five(scores):
    panel = scores[scores["source"].str.startswith("assessor:")].groupby("round")["source"].nunique()
    assert panel.to_dict() == {r: 4 if r < "2023-S1" else 5 for r in panel.index}


def test_verified_is_the_mean_of_the_assessors(scores):
    rows = scores[scores["score"].notna()]
    key = ["round", "indicator"]
    verified = rows[rows["source"] == "verified"].set_index(key)["score"]
    panel = rows[rows["source"].str.startswith("assessor:")].groupby(key)["score"].mean()
    assert (verified - panel).abs().max() < 1e-9


def test_no_score_touches_the_ends_of_the_scale(scores):
    assert scores["score"].between(1.01, 3.99).sum() == scores["score"].notna().sum()


def test_late_agencies_are_not_reported_and_have_no_score(scores):
    late = scores[scores["status"] == "not_reported"]
    assert late["score"].isna().all() and late["agency"].nunique() == 7


def test_environment_covers_seventy_per_cent_in_the_last_round(scores, programme):
    table = index(scores, {r: programme.instrument(r) for r in programme.scored})
    row = table[(table["round"] == "2024-S2") & (table["node"] == "environment")]
    assert row["coverage"].item() == pytest.approx(0.7)


def test_evidence_is_inert_text(scores):
    given = scores.loc[scores["evidence"] != "", "evidence"]
    assert given.str.fullmatch(r"bukti/20\d\d-S[12]/[a-z-]+/[a-z-]+\.pdf").all()


def test_some_scored_indicators_lack_evidence(scores):
    own = scores[(scores["source"] == "self") & (scores["status"] == "scored")]
    assert 0.02 < (own["evidence"] == "").mean() < 0.15


def test_quality_grades_are_all_in_use(scores):
    assert set(scores.loc[(scores["source"] == "verified") & (scores["status"] == "scored"), "quality"]) == {"A", "B", "C"}


# The truth is in the scores


@pytest.fixture(scope="module")
def silent():
    """The source without chance, late agencies or severity, and with a grid too fine to matter."""
    source = demo.read_source()
    source["noise"] |= {"round": 0.0, "assessor": 0.0, "self": 0.0, "self_sd": 0.0}
    source["assessors"] = {a: v | {"severity": 0.0} for a, v in source["assessors"].items()}
    source["grid"], source["late"] = 1e-7, []
    return source


def test_without_noise_the_sectors_are_the_truth(silent, programme):
    generated = demo.generate(source=silent)
    found = _sectors(_as_scores(generated), programme)
    assert (found - _levels(generated.truth).loc[found.index]).abs().max(axis=None) < 1e-4


def test_indicators_differ_within_a_sector(silent):
    table = demo.generate(source=silent).tables["rounds/2024-S2.csv"]
    verified = table[table["source"] == "verified"]
    assert verified.groupby(verified["indicator"].str.partition("/")[0])["score"].std().min() > 0.05


def test_step_comes_with_indicators_that_enter_and_leave(silent):
    tables = demo.generate(source=silent).tables
    weights = pd.Series({"jalan": 2, "air-bersih": 3, "internet": 2, "transportasi": 1}).add_prefix("infrastructure/")
    rounds = [tables[f"rounds/{r}.csv"] for r in ("2022-S2", "2023-S1")]
    level = [t[t["source"] == "verified"].set_index("indicator")["score"] for t in rounds]
    change = ((level[1] - level[0])[weights.index] * weights).sum() / weights.sum() * 100 / 3
    # What both instruments ask moves by half a year's pace of 2.8; the sector's step of -0.5 is not in it.
    assert change == pytest.approx(1.4, abs=1e-4)


def test_levels_by_hand(made):
    level = made.truth["top"]["education"]["levels"]
    # 52 in 2017-S1 and 0.3 a year; the pandemic takes 6 in 2020-S2, 3.5 years on; the new instrument gives 0.5 in 2024-S2.
    assert (level["2017-S1"], level["2020-S2"], level["2024-S2"]) == pytest.approx((52, 52 + 1.05 - 6, 52 + 2.25 + 0.5))


def test_level_with_two_paces_by_hand(made):
    level = made.truth["top"]["environment"]["levels"]
    # 1.5 a year down for 5.5 years to 2022-S2, then 2.6 a year down for 2 years; the new instrument gives 0.5.
    assert level["2024-S2"] == pytest.approx(60 - 1.5 * 5.5 - 2.6 * 2 + 0.5)


def test_slope_of_an_even_pace_is_the_pace(made):
    assert made.truth["top"]["infrastructure"]["slope"] == 2.8


@pytest.mark.parametrize("sector", SECTORS)
def test_verified_level_recovers_the_truth(made, sectors, sector):
    gap = sectors[sector] - _levels(made.truth).loc[sectors.index, sector]
    assert abs(gap.mean()) < 1.5


@pytest.mark.parametrize("sector", SECTORS)
def test_gaps_are_as_wide_as_the_noise(made, sectors, sector):
    gap = sectors[sector] - _levels(made.truth).loc[sectors.index, sector]
    assert 0.5 < gap.std() < 2.5


def test_slopes_are_recovered_over_many_seeds(programme):
    found, truth = [], None
    for seed in range(8):
        generated = demo.generate(seed)
        values = _sectors(_as_scores(generated), programme)
        gap = values - _levels(generated.truth).loc[values.index]
        truth = {s: t["slope"] for s, t in generated.truth["top"].items()}
        years = np.array([demo.Period(r).number / 2 for r in values.index])
        found.append([np.polyfit(years, gap[s], 1)[0] + truth[s] for s in SECTORS])
    assert np.abs(np.mean(found, axis=0) - [truth[s] for s in SECTORS]).max() < 0.25


def test_education_dips_during_the_pandemic(sectors):
    spans = (("2018-S2", "2019-S2"), ("2020-S2", "2021-S2"), ("2022-S2", "2024-S2"))
    before, during, after = (sectors["education"].loc[a:b].mean() for a, b in spans)
    assert before - during > 3 and after - during > 3


def test_environment_falls_faster_in_cycle_two(made):
    pace = made.truth["top"]["environment"]["pace"]
    assert pace["2022-S2"] < pace["2017-S1"] < 0


@pytest.mark.parametrize("assessor", list("ABCDE"))
def test_severity_of_an_assessor_is_recovered(made, scores, assessor):
    key = ["round", "indicator"]
    rows = scores[scores["score"].notna()].set_index(key)
    given, verified = (rows.loc[rows["source"] == source, "score"] for source in (f"assessor:{assessor}", "verified"))
    gap = (given - verified.loc[given.index]).mean()
    assert gap == pytest.approx(made.truth["severity"][assessor], abs=0.05)


def test_agencies_claim_more_than_is_verified(made, scores):
    rows = scores[scores["score"].notna()].set_index(["round", "indicator"])
    gap = (rows.loc[rows["source"] == "self", "score"] - rows.loc[rows["source"] == "verified", "score"]).mean()
    assert gap == pytest.approx(made.truth["self"], abs=0.04)


# The programme's own tables


def test_targets(programme):
    assert {t.node: t.value for t in programme.targets} == {
        "index": 66,
        "infrastructure": 70,
        "public_services": 70,
        "education": 65,
        "health": 65,
        "environment": 60,
    }


def test_targets_end_the_second_cycle(programme):
    assert {t.round for t in programme.targets} == {programme.cycles[1].end}


def test_pandemic_touches_four_rounds(made):
    felt = demo.exposure(demo.read_source())["pandemic"]
    assert list(felt.index[felt > 0]) == ["2020-S1", "2020-S2", "2021-S1", "2021-S2"]


def test_elections_touch_two_rounds():
    felt = demo.exposure(demo.read_source())["election"]
    assert list(felt.index[felt > 0]) == ["2018-S1", "2024-S2"]


def test_unexposed_sectors_have_no_effect(programme, made):
    said = {e.kind: set(e.sectors) for e in programme.events if e.adjust}
    assert {k: {s for s, t in made.truth["top"].items() if t[k]} for k in said} == said


def test_recommendations_close_when_done_or_dropped(programme):
    table = programme.table("recommendations")
    assert ((table["closed"] != "") == table["status"].isin(["done", "dropped"])).all()


def test_recommendations_know_the_four_states(programme):
    assert set(programme.table("recommendations")["status"]) == {"open", "in_progress", "done", "dropped"}


def test_recommendations_are_raised_and_closed_in_rounds_held(programme):
    table = programme.table("recommendations")
    assert set(table["raised"]) | set(table["closed"]) - {""} <= set(programme.scored)


def test_recommendations_close_after_they_were_raised(programme):
    table = programme.table("recommendations")
    closed = table[table["closed"] != ""]
    assert (closed["closed"] > closed["raised"]).all() and (table["due"] > table["raised"]).all()


@pytest.mark.parametrize("name", ["recommendations", "programmes"])
def test_tables_name_known_agencies(programme, name):
    assert set(programme.table(name)["agency"]) <= {a.id for a in programme.agencies}


def test_every_sector_has_recommendations(programme):
    assert set(programme.table("recommendations")["sector"]) == set(SECTORS)


def test_survey_has_five_qualities_in_every_held_round_since_2019(programme):
    table = programme.table("survey")
    found = {r: tuple(g["quality"]) for r, g in table.groupby("round")}
    assert found == {r: QUALITIES for r in programme.scored if r >= "2019-S1"}
