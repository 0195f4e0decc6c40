"""Comparisons: what is meant by the other side, what of two rounds is subtracted, and the page that says so."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from claim_reader import directions
from evaluated import face

import scevaluation as sc
from scevaluation.errors import EvaluationError, ReportError
from scevaluation.evaluate.other import alike, before, joined, other, seen_from, split
from scevaluation.evaluate.sides import at, sides
from scevaluation.press import gates, keys
from scevaluation.press.batch import jobs_of
from scevaluation.press.jobs import Job, checked, job_of, read_manifest
from scevaluation.press.report import make_report
from scevaluation.press.verify import verify
from scevaluation.programme import load_programme

NODES = [("all", None, 1), ("one", "all", 1), ("two", "all", 3), ("a", "one", 1), ("b", "one", 1), ("c", "two", 1)]
META = pd.DataFrame(NODES, columns=["iCode", "Parent", "Weight"])


def _round(unit="11.01", then=(1.0, 2.0, 3.0), now=(2.0, 2.0, 1.0)):
    """A made-up round of two sectors and three indicators on 1-4, with one before it."""
    rows = [(unit, when, *values) for when, values in (("2023-S2", then), ("2024-S2", now)) if values]
    return sc.Round.from_frames(pd.DataFrame(rows, columns=["uCode", "Time", "a", "b", "c"]), META, scale=(1, 4), lang="en")


# what is meant


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023-S1", ("mimika", "2023-S1")),
        ("2024", ("mimika", "2024")),
        ("kab-malang", ("kab-malang", "2023-S2")),
        ("a/2022-S2", ("a", "2022-S2")),
    ],
)
def test_the_other_side_is_a_round_a_programme_or_both(text, found):
    assert split("mimika", "2023-S2", text) == found
    assert split("mimika", "2023-S2", joined("mimika", "2023-S2", *found)) == found


def test_what_is_written_leads_back_to_what_was_meant_whatever_a_programme_is_called():
    for name in ("mimika", "2022", "2022-desa", "kota-air", "a"):
        for when in ("2023-S2", "2022-S2", "2022"):
            text = joined("mimika", "2023-S2", name, when)
            assert split("mimika", "2023-S2", text) == (name, when)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2022-S1", "no scores of its own|2022-S2, 2023-S2"),
        ("2023-S3", "2023-S2"),
        ("2023-S2", "compared with itself"),
        ("mimika/2023-S2", "compared with itself"),
        ("kab-malan", "kab-malang"),
        ("wilayah-94-4", "wilayah"),
        ("../contoh", "no programme|contoh"),
        ("kab-malang/", "no round|is no"),
        ("kab-malang/2023-S2/x", "2023-S2"),
        ("__import__('os')", "contoh"),
    ],
)
def test_another_side_that_there_is_not_is_refused_with_what_there_is(text, says):
    with pytest.raises(EvaluationError, match=says):
        other(load_programme("mimika"), "2023-S2", text)


def test_without_a_word_it_is_the_round_before_and_a_first_round_has_none():
    plan = load_programme("contoh")
    assert other(plan, "2024-S2") == (plan, "2024-S1") and before(plan, plan.scored[0]) == ""
    with pytest.raises(ReportError, match="no round before 2017-S1"):
        other(plan, "2017-S1")
    assert seen_from(load_programme("mimika"), "2022-S2") == "2023-S2" and seen_from(plan, "2024-S1") == "2024-S1"


# what is subtracted


def test_two_rounds_by_hand():
    d = sides(_round().data)
    rows = d.rows
    # a: 1 to 2, b: 2 to 2, c: 3 to 1 on 1-4; one is the mean of a and b, the index one quarter of it and three of c
    assert rows.loc["one/a", ["first", "second", "difference"]].tolist() == pytest.approx([0, 100 / 3, 100 / 3])
    assert rows.at["one", "difference"] == pytest.approx(100 / 6) and rows.at["two/c", "difference"] == pytest.approx(-200 / 3)
    assert rows.at["index", "difference"] == pytest.approx((100 / 6 - 3 * 200 / 3) / 4)
    assert rows.at["one", "difference_scale"] == pytest.approx(0.5) and rows.at["two", "second_weight"] == pytest.approx(0.75)


def test_a_missing_score_is_not_subtracted_and_is_no_zero():
    d = sides(_round(now=(2.0, float("nan"), 1.0)).data)
    row = d.rows.loc["one/b"]
    assert (row["comparable"], row["reason"]) == (False, "missing") and np.isnan(row["difference"]) and np.isnan(row["second"])
    assert d.rows.at["one/a", "comparable"]


def test_an_earlier_round_is_as_its_own_evaluation_has_it(contoh):
    seen, own = at(contoh, "2023-S1"), sc.evaluate_round("contoh", "2023-S1").data
    for column in ("value", "value100", "coverage"):
        a, b = (e.index[e.index["round"] == e.round].set_index("node")[column] for e in (seen, own))
        pd.testing.assert_series_equal(a, b)
    assert seen.trend.empty and seen.verdicts.empty and max(seen.index["round"]) == "2023-S1"


def test_a_later_round_gives_the_same_differences_with_the_other_sign(contoh):
    later = sides(contoh, "2024-S1").rows
    earlier = sides(sc.evaluate_round("contoh", "2024-S1").data, "2024-S2").rows
    both = later["comparable"].index.intersection(earlier.index)
    pd.testing.assert_series_equal(later.loc[both, "difference"], -earlier.loc[both, "difference"], check_names=False)


def test_an_inferred_round_gives_its_index_alone(mimika):
    rows = sides(mimika, "2022-S2").rows
    assert rows.at["index", "by"] == pytest.approx(-0.03) and list(rows.index[rows["comparable"]]) == ["index"]
    far = sides(mimika, "wilayah-94-04/2022-S2").rows
    assert far.at["index", "by"] == pytest.approx(-0.03)


def test_a_region_in_two_questionnaires_of_one_round_is_no_series(mimika):
    own = _round("94.04")
    assert own.programme.region == mimika.programme.region
    with pytest.raises(EvaluationError, match="are not comparable: no part"):
        sc.compare(sc.Round.of(mimika), own)


def test_what_another_questionnaire_asks_is_refused_before_anything_runs():
    plan = load_programme("contoh")
    assert not alike(plan, "2024-S2", load_programme("mimika"), "2023-S2") and alike(plan, "2024-S2", plan, "2020-S2")
    with pytest.raises(EvaluationError, match=r"mimika 2023-S2 \(kominfo-2023-reguler\) and contoh .* are not comparable"):
        checked(Job("contoh", "2024-S2", kind="compare", other="mimika/2023-S2"))


def test_an_inferred_index_by_another_questionnaire_has_nothing_to_be_set_beside():
    sleman = load_programme("wilayah-34-04")
    assert before(sleman, "2023-S2") == "2022-S2" and not alike(sleman, "2023-S2", sleman, "2022-S2")


# jobs


@pytest.mark.parametrize(
    ("given", "kept", "name"),
    [
        ("", "2024-S1", "compare-2024-S1.id"),
        ("contoh/2023-S2", "2023-S2", "compare-2023-S2.id"),
        ("2023-S2", "2023-S2", "compare-2023-S2.id"),
    ],
)
def test_a_job_names_its_other_side_in_one_way(given, kept, name):
    job = checked(Job("contoh", "2024-S2", kind="compare", other=given))
    assert (job.other, job.stem) == (kept, name) and checked(job) == job and job_of(vars(job)) == job
    assert job.parameters["other"] == kept and job.sides == (("contoh", "2024-S2"), ("contoh", kept))


def test_other_programmes_have_names_of_their_own():
    job = checked(Job("mimika", "2023-S2", kind="compare", other="kab-malang/2023-S2"))
    far = checked(Job("mimika", "2023-S2", kind="compare", other="kab-malang/2022-S2"))
    assert (job.stem, far.stem) == ("compare-kab-malang.id", "compare-kab-malang_2022-S2.id")


def test_only_a_comparison_takes_another_side():
    with pytest.raises(ReportError, match="not made of two rounds"):
        checked(Job("contoh", "2024-S2", other="2024-S1"))


def test_a_batch_sets_every_round_beside_the_one_before_where_they_share_something():
    jobs = jobs_of(["contoh", "mimika"], kinds=("round", "compare"))
    pairs = [(j.programme, j.round, j.other) for j in jobs if j.kind == "compare"]
    scored = load_programme("contoh").scored
    assert [p[1:] for p in pairs if p[0] == "contoh"] == list(zip(scored[1:], scored, strict=False))
    assert pairs[-1] == ("mimika", "2023-S2", "2022-S2") and all(j.other == "" for j in jobs if j.kind == "round")


def test_files_of_both_sides_make_its_key():
    job = Job("mimika", "2023-S2", kind="compare", other="kab-malang")
    made_from = keys.facts(job, ("html",))["inputs"]
    assert {"programmes/mimika/programme.yaml", "programmes/kab-malang/programme.yaml"} <= set(made_from)
    assert set(keys.facts(replace(job, other="2022-S2"), ("html",))["inputs"]) < set(made_from)


# the page


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("comparisons")


@pytest.fixture(scope="module")
def regions(out):
    """Two real regions of one letter, in English."""
    return make_report("mimika", "2023-S2", "en", "compare", out, other="kab-malang")


@pytest.fixture(scope="module")
def rounds(out):
    """Two rounds of the made-up programme, with its workbook."""
    return make_report("contoh", "2024-S2", "id", "compare", out, formats=("html", "xlsx"))


def test_a_page_keeps_the_gates_and_says_nothing_of_a_direction(regions, rounds):
    for made in (regions, rounds):
        html = made.page.read_text("utf-8")
        assert {n: found for n, gate in gates.OF_TEXT.items() if (found := gate(html))} == {}
        told = re.sub(r'(?s)<details class="register">.*?</details>|<style>.*?</style>|<pre.*?</pre>', " ", html)
        assert html.count("data-ref=") >= 5 and not directions(re.sub(r"<[^>]+>", " ", told))


def test_a_page_says_by_how_much_and_in_how_many(regions, rounds):
    assert regions.headline == "Mimika Regency is higher than Malang Regency in one of five comparable components, lower in four"
    assert rounds.headline == "Semester II 2024: indeks 55,8, 0,4 poin lebih tinggi daripada Semester I 2024 (55,5)"
    html = regions.page.read_text("utf-8")
    assert "Outcome" in html and "\u22121.27" in html and "58 of 72 participants of group REGULER" in html


def test_a_page_names_the_files_of_both_sides_and_marks_what_is_made_up(regions, rounds):
    html = regions.page.read_text("utf-8")
    assert "programmes/mimika/programme.yaml" in html and "programmes/kab-malang/programme.yaml" in html
    assert not read_manifest(regions.manifest)["made_up"] and 'class="flag"' not in html.partition("<h1>")[0]
    assert read_manifest(rounds.manifest)["made_up"] and "Contoh: semua angka buatan" in rounds.page.read_text("utf-8")


def test_the_list_of_reports_links_it_and_verify_looks_at_both_sides(out, regions, rounds, monkeypatch):
    index = (out / "index.html").read_text("utf-8")
    assert 'href="mimika/2023-S2/compare-kab-malang.en.html"' in index and "Comparison: Mimika Regency with Malang Regency" in index
    assert verify(out).empty
    files = keys._inputs
    changed = {"programmes/kab-malang/programme.yaml": "other"}
    monkeypatch.setattr(keys, "_inputs", lambda name, when: files(name, when) | (changed if name == "kab-malang" else {}))
    assert verify(out)[["file", "state"]].to_numpy().tolist() == [["programmes/kab-malang/programme.yaml", "input_changed"]]


@pytest.mark.filterwarnings("ignore:Sparkline")
def test_its_workbook_has_both_sides(rounds):
    import openpyxl

    book = openpyxl.load_workbook(next(p for p in rounds.files if p.suffix == ".xlsx"))
    sheet = book["Perbandingan"]
    assert sheet.max_row == 2 + len(face("contoh", "2024-S2").comparison().data.compared)
    assert "contoh 2024-S1" in [c.value for row in book.worksheets[0].iter_rows() for c in row]


def test_a_made_up_side_is_named_where_the_other_is_real(contoh, mimika):
    from scevaluation.report.sides import masthead

    d = replace(sides(mimika, "kab-malang"), first=replace(contoh, round="2023-S2"))
    part = masthead(d, sc.Words("id"))
    assert "semua angka buatan" in part.html and "semua angka buatan" in part.marks["footer"]


def test_in_public_neither_side_shows_more_than_typed_fields():
    d = sc.evaluate_round("contoh", "2024-S2", public=True).comparison("2024-S1", public=True).data
    assert all((e.scores["evidence"] == "").all() for e in d.both)
    assert not any("assessor:" in s and not re.fullmatch(r"assessor:[A-Z]+", s) for e in d.both for s in e.scores["source"])


def test_a_chart_and_the_words_of_it_in_both_languages():
    for lang, first in (("id", "Selisih terbesar"), ("en", "Largest difference")):
        seen = face("contoh", "2024-S2", lang).comparison("2024-S1")
        chart = seen.top_chart()
        assert chart.title.startswith(first) and chart.rows["node"].iloc[0] == "index" and len(chart.rows) == 6
        assert chart.rows["by"].iloc[1:].is_monotonic_decreasing and len(chart.alt) > 60
        assert seen.item_chart().rows["by"].notna().all()


@pytest.mark.parametrize("name", ["enam", "mentah"])
def test_a_programme_of_any_shape_has_a_page_whose_numbers_stand_in_its_tables(name, tmp_path):
    import made_up

    face = made_up.face(made_up.made(name, tmp_path), "en").report("compare")
    shown = "".join(made_up.parts(face).values())
    assert gates.prose(f'<html lang="en"><main>{shown}</main></html>') == []
    assert re.search("(higher|lower) than", face.headline().text)
