"""Regions that a letter lists without a value: a page that says so, their place, their province, other letters; nothing computed."""

import re

import pandas as pd
import pytest

import scevaluation as sc
from scevaluation.charts.history import history_rows
from scevaluation.draw.chart import unpainted
from scevaluation.errors import ReportError, RoundError
from scevaluation.evaluate.absence import evaluate_absence, letter_table
from scevaluation.evaluate.evaluation import evaluate_round
from scevaluation.frames.claims import CLAIMS
from scevaluation.press import gates
from scevaluation.press.batch import national_jobs
from scevaluation.press.jobs import Job, checked, rounds_of
from scevaluation.press.keys import facts
from scevaluation.press.report import write_report
from scevaluation.programme import load_programme
from scevaluation.region import ABSENT, places, region_name, regions_of, was_absent
from scevaluation.words import LANGUAGES

NOW, THEN = "2023-S2", "2022-S2"
EVERY = [(code, name) for name in (NOW, THEN) for code in regions_of(name, ABSENT)]


def test_three_and_eight_are_absent_in_2023_and_four_in_2022():
    cohorts = [evaluate_absence(region_name(c), n).cohort for c, n in EVERY]
    assert [cohorts[:11].count(c) for c in ("REGULER", "KPPN&IKN")] == [3, 8] and cohorts[11:] == ["KPPN&IKN"] * 4


def test_a_letters_regions_took_part_or_did_not():
    assert len(regions_of(NOW)) == 130 and not set(regions_of(NOW)) & set(regions_of(NOW, ABSENT))
    assert was_absent("wilayah-53-09", NOW) and not was_absent("wilayah-94-04", NOW) and not was_absent("mimika", NOW)


@pytest.mark.parametrize(("code", "name"), EVERY)
def test_every_absent_region_says_so_and_has_no_figure_of_its_own(code, name):
    with unpainted():
        r = sc.evaluate_absence(region_name(code), name, lang="en")
        assert r.headline().text == f"{r.data.programme.region_label.en} did not take part in {r.words.round_long(name)}"
        told = CLAIMS.check(r.claims)
        own = r.data.letters.set_index("round").loc[name]
    assert pd.isna(own["value"]) and own["status"] == "did_not_take_part"
    assert set(told["claim"]) <= {"headline", "lede", "finding", "title"} and not r.strip().rows["state"].eq("this region, took part").any()
    assert r.data.groups["higher"].isna().all() and code not in set(r.data.province["region"])


def test_ngada_by_hand():
    r = sc.evaluate_absence("wilayah-53-09", NOW, lang="en")
    said = re.sub(r"<[^>]+>", "", r.headline().html)
    assert "lists this region in the cohort KPPN&amp;IKN without a value; 130 of 141 regions" in said
    assert "Semester II 2022: did not take part either" in said and "in the cohort KPPN&amp;IKN 58 of 66" in said.replace("In", "in")
    others = [f"Kabupaten Manggarai{more}" for more in ("", " Barat", " Timur")]
    assert r.data.province["name"].tolist() == [*others, "Kota Kupang"]
    assert "are not compared" in r.neighbours().html and r.strip().title.endswith("12 of 13 regions in the letter did")


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("74.07", [("KPPN&IKN", "did_not_take_part", None), ("KPPN&IKN", "scored", 1.61)]),
        ("32.72", [("", "not_listed", None), ("REGULER", "did_not_take_part", None)]),
    ],
)
def test_a_region_in_every_letter_by_hand(code, rows):
    found = letter_table(code)
    assert found["round"].tolist() == [THEN, NOW]
    assert [(r.cohort, r.status, None if pd.isna(r.value) else r.value) for r in found.itertuples()] == rows


def test_another_letter_is_told_with_its_index():
    said = re.sub(r"<[^>]+>", "", sc.evaluate_absence("wilayah-74-07", THEN).headline().html)
    assert "Semester II 2023: ikut di kelompok KPPN&amp;IKN dengan indeks 1,61" in said


def test_a_round_that_was_scored_is_no_absence_and_one_that_was_not_has_no_evaluation():
    with pytest.raises(RoundError, match="No letter says"):
        evaluate_absence("wilayah-94-04", NOW)
    with pytest.raises(RoundError, match="did not take part"):
        evaluate_round("wilayah-53-09", NOW)


def test_the_job_stays_a_round_report_with_the_notebook_of_an_absence():
    job = checked(Job("wilayah-53-09", NOW))
    assert job.folder.as_posix() + "/" + job.stem == "wilayah-53-09/2023-S2/round.id" and job.notebook == "2_absent"
    assert checked(Job("wilayah-94-04", NOW)).notebook == "2_round_report"
    assert facts(job, ("html",))["notebook"] != facts(Job("wilayah-94-04", NOW), ("html",))["notebook"]
    for kind in ("handover", "methods"):
        with pytest.raises((ReportError, RoundError)):
            checked(Job("wilayah-53-09", NOW, kind=kind))


def test_a_batch_over_all_regions_has_a_page_for_each_of_the_letter():
    jobs = national_jobs(NOW)
    assert len(jobs) == 142 and len({j.programme for j in jobs}) == 142 and sum(j.absent for j in jobs) == 11
    assert [j.programme for j in jobs[1:]] == sorted(j.programme for j in jobs[1:])
    plan = load_programme("wilayah-74-07")
    assert rounds_of(plan) == (THEN, NOW) and rounds_of(plan, "methods") == (NOW,) and plan.scored == (NOW,)


def test_the_history_of_a_region_says_that_it_was_absent():
    e = evaluate_round("wilayah-74-07", NOW)
    assert history_rows(e.index, e.programme, NOW)[["round", "state"]].to_numpy().tolist() == [[THEN, "did_not_take_part"], [NOW, "scored"]]
    r = sc.evaluate_round("wilayah-74-07", NOW, lang="en")
    assert "Cross: this region did not take part." in r.history().figure_html() and "not held" not in r.words.text(r.history().note)


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, tmp_path_factory):
    made = write_report(checked(Job("wilayah-32-72", NOW, request.param, public=True)), tmp_path_factory.mktemp("reports"))
    return made.page.read_text("utf-8")


def test_a_made_page_has_every_number_in_a_cell_and_names_no_address(page):
    assert gates.prose(page) == [] and "{" not in re.sub(r"<(style|script).*?</\1>", "", page, flags=re.DOTALL)
    assert places()["32.72"]["name"] in page and 'data-table="LETTERS"' in page and 'data-table="GROUPS"' in page
