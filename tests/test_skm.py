"""The satisfaction report: from a survey alone, by both roundings, over rounds and units, and what it says where there is none."""

from __future__ import annotations

import io
import re
import statistics
import zipfile

import pandas as pd
import pytest

import scevaluation as sc
from scevaluation.charts.skm import finding_of_rounds
from scevaluation.errors import EvaluationError
from scevaluation.evaluate import survey
from scevaluation.frames import ROOT
from scevaluation.frames.surveys import SKM
from scevaluation.intake.survey import elements
from scevaluation.press.batch import jobs_of
from scevaluation.press.jobs import Job, checked, rounds_of
from scevaluation.press.notebook import run_notebook
from scevaluation.press.workbook import survey_tables, workbook
from scevaluation.programme import load_programme, read_programme
from scevaluation.report import skm as forms
from scevaluation.words import words

HEAD = "respondent,unit," + ",".join(f"U{n}" for n in range(1, 10))
ANSWERS = """
1,Puskesmas,4,4,3,3,4,4,4,3,3
2,Puskesmas,3,3,3,4,4,3,4,3,3
3,Puskesmas,4,3,3,4,3,4,4,2,3
4,Disdukcapil,4,4,4,4,4,4,3,3,4
5,Disdukcapil,3,4,4,4,3,3,4,4,3
6,Disdukcapil,4,4,3,4,4,4,4,,4
"""
PLAN = """
id: lada
label: Lada
region: "99.98"
region_label: Kabupaten Lada
made_up: true
calendar: Y
cycles: []
rounds:
- {id: '2022', state: not_held}
- {id: '2023', state: not_held}
- {id: '2024', state: not_published}
"""


def made(folder, **tables: str):
    """A programme of surveys without any score or instrument; tables by name, `_` for the dash."""
    home = folder / "lada"
    home.mkdir(parents=True)
    (home / "programme.yaml").write_text(PLAN, "utf-8")
    for name, text in tables.items():
        (home / f"{name.replace('_', '-')}.csv").write_text(text.strip() + "\n", "utf-8")
    return read_programme(home)


def means(round_name: str, mean: float = 3.0, sd: object = 0.5, n: int = 200, left_out: tuple[str, ...] = ()) -> str:
    return "".join(f"{round_name},{e},{n},{mean},{sd},office\n" for e in elements() if e not in left_out)


TABLE = "round,quality,n,mean,sd,source\n"


@pytest.fixture
def lada(tmp_path):
    return made(tmp_path, survey_2023=HEAD + ANSWERS, survey=TABLE + means("2022", 2.8))


def face(plan, round_name="2023", lang="en", **how):
    return sc.evaluate_survey(plan, round_name, lang=lang, **how)


# The value


def test_a_round_that_was_not_scored_has_its_score_by_hand(lada):
    rows = [[float(c) if c else None for c in line.split(",")[2:]] for line in ANSWERS.strip().splitlines()]
    by_element = [statistics.mean(c for c in column if c is not None) for column in zip(*rows, strict=True)]
    value = 25 * sum(by_element) / 9
    s = face(lada)
    now = s.skm[s.skm["round"] == "2023"].set_index("item")
    assert now.at[ROOT, "value100"] == pytest.approx(value) and value == pytest.approx(88.888888889)
    assert now.at[ROOT, "rounded"] == pytest.approx(25 * 0.11 * sum(by_element)) == pytest.approx(88.0)
    assert now.loc[list(elements()), "mean"].tolist() == pytest.approx(by_element)
    assert s.summary() == "lada 2023: SKM 88.89 A (weight 0.11: 88.00 B), n 5, surveys 2"


def test_the_page_says_when_the_rounding_alone_costs_a_class(lada):
    said = face(lada).headline()
    assert said.text == "SKM score of Kabupaten Lada: 88.89, class A (very good)"
    assert "class B: that rounding alone changes the class" in said.html and "at least" in said.html
    same = face(lada, "2022").headline().html
    assert "the same class" in same and "200</data> respondents" in same


def test_elements_stand_in_the_order_of_the_regulation_with_their_class(lada):
    assert [p.split()[0] for p in face(lada).element_line().split("; ")] == [f"U{n}" for n in range(1, 10)]
    html = face(lada).element_table().html
    assert [html.index(f">U{n} ") for n in range(1, 10)] == sorted(html.index(f">U{n} ") for n in range(1, 10))
    assert html.index(">U9 ") < html.index(f">{words('en')('survey.index')}<")


def test_every_service_has_its_score_by_hand(lada):
    answers, _ = survey.programme_answers(lada, "2023")
    units = survey.skm_units(answers, lada.region, "2023").set_index("unit")
    puskesmas = [int(c) for line in ANSWERS.strip().splitlines()[:3] for c in line.split(",")[2:]]
    assert units.at["Puskesmas", "value100"] == pytest.approx(25 * statistics.mean(puskesmas))
    assert units["n"].to_dict() == {"Disdukcapil": 2, "Puskesmas": 3}
    assert "Puskesmas" in face(lada).unit_table().html and face(lada, "2022").unit_table() is None


def test_an_element_nobody_answered_leaves_no_score_and_is_named(tmp_path):
    earlier = "".join(means(year) for year in ("2021", "2022"))
    s = face(made(tmp_path, survey=TABLE + earlier + means("2023", left_out=("time", "cost"))), lang="id")
    assert "7 dari 9" in s.headline().text or "tujuh dari sembilan" in s.headline().text
    assert "waktu penyelesaian" in s.headline().html and "nol" in s.headline().html
    now = s.skm[s.skm["round"] == "2023"]
    assert now.loc[now["item"] == ROOT, "value100"].isna().all() and s.rounds_chart() is None
    assert not re.search(r"\bnan\b", s.elements_chart().figure_html(), re.IGNORECASE)


# Over rounds


@pytest.mark.parametrize(
    ("before", "key"), [((2.5, 0.5), "above"), ((3.5, 0.5), "below"), ((2.99, 0.5), "meet"), ((2.5, ""), "plain")]
)
def test_two_surveys_are_called_different_only_where_their_ranges_lie_apart(tmp_path, before, key):
    plan = made(tmp_path, survey=TABLE + means("2022", *before) + means("2023", 3.0))
    rows = survey.skm_rounds(face(plan).survey, plan.region, "2023")
    assert finding_of_rounds(rows[rows["item"] == ROOT], words("en")).key == "finding.skm_rounds." + key


def test_later_surveys_are_not_looked_at_and_earlier_ones_stand_in_time(tmp_path):
    plan = made(tmp_path, survey=TABLE + means("2024", 3.5) + means("2023", 3.0) + means("2022", 2.5))
    assert face(plan).round_line() == "2022 62.50 D; 2023 75.00 C"
    assert face(plan).rounds_chart().rows["round"].tolist() == ["2022", "2023"]
    assert set(face(plan).survey["round"]) == {"2022", "2023"}


# Without a survey


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(("programme", "round_name"), [("mimika", "2023-S2"), ("contoh", "2020-S1"), ("wilayah-34-04", "2023-S2")])
def test_a_programme_without_a_survey_gets_a_clear_sentence(programme, round_name, lang):
    s = sc.evaluate_survey(programme, round_name, lang=lang)
    said = {"id": "Tidak ada survei sembilan unsur", "en": "No survey of the nine elements"}[lang]
    assert s.headline().text.startswith(said) and "survey.csv" in s.headline().html
    assert s.plan.names(s.data) == ["skm_method"] and s.elements_chart() is None and s.skm.empty


def test_a_survey_of_the_five_qualities_is_not_taken_for_one_of_the_elements():
    s = sc.evaluate_survey("contoh", "2024-S2", lang="en")
    assert "five qualities" in s.headline().html and s.elements_chart() is None and len(s.qualities_chart().rows) == 5


def test_an_unknown_round_is_refused(lada):
    with pytest.raises(EvaluationError, match="2031"):
        face(lada, "2031")


# What it is made of, and where it is asked for


def test_an_evaluated_round_opens_the_same_report():
    r, s = sc.evaluate_round("contoh-spbe", "2025", lang="en"), sc.evaluate_survey("contoh-spbe", "2025", lang="en")
    assert r.report("skm").headline().html == s.headline().html and r.report("skm").round_line() == s.round_line()
    assert r.skm_chart().figure_html() == s.elements_chart().figure_html() and r.qualities_chart() is None


def test_every_number_in_the_text_is_a_cell_of_its_tables():
    s = sc.evaluate_survey("contoh-spbe", "2025")
    index = s.skm[(s.skm["round"] == "2025") & (s.skm["item"] == ROOT)].iloc[0]
    places = s.headline().html.split('data-ref="')[1:]
    assert all(p.startswith(("SKM|2025|index|", "SKM|2024|index|")) for p in places) and len(places) >= 4
    assert f'value="{float(index["value100"])!r}"' in s.headline().html
    assert SKM.check(s.skm) is not None


def test_the_batch_makes_it_of_rounds_scored_or_surveyed(lada):
    assert rounds_of(lada, "skm") == ("2022", "2023") and rounds_of(lada) == ()
    assert {j.round for j in jobs_of(["contoh-spbe"], "", ("skm",))} == set(load_programme("contoh-spbe").scored)
    both = jobs_of(["contoh"], "2024-S2", ("round", "skm"))
    assert [j.kind for j in both] == ["round", "skm"]
    assert "2020-S1" not in {j.round for j in jobs_of(["contoh"], "", ("skm",))}


def test_only_a_kind_made_from_a_survey_takes_a_round_that_was_not_scored():
    assert checked(Job("contoh", "2020-S1", kind="skm")).round == "2020-S1"
    with pytest.raises(EvaluationError, match="2020-S1"):
        checked(Job("contoh", "2020-S1"))


def test_what_a_survey_says_follows_from_the_questionnaires_file_too():
    assert "instruments/skm-2017.yaml" in sc.evaluate_survey("contoh-spbe", "2025").data.provenance
    assert "instruments/skm-2017.yaml" not in sc.evaluate_survey("mimika", "2023-S2").data.provenance


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_workbook_holds_the_scores_and_the_means_behind_them(lang):
    job = Job("contoh-spbe", "2025", lang, "skm")
    assert list(survey_tables(job)[0]) == ["SURVEY", "SKM"]
    raw = workbook(job, words(lang))
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        assert sum(n.startswith("xl/worksheets/sheet") for n in book.namelist()) == 3
    table = pd.read_excel(io.BytesIO(raw), sheet_name="SKM", header=None, engine="openpyxl")
    assert "25\u2013100" in table.iloc[1].tolist() and 80.47222222222223 in table[table[0] == "00.00"].iloc[-10].tolist()


def test_a_public_report_has_no_notes_of_the_programme_without_a_yes(monkeypatch):
    monkeypatch.setattr("scevaluation.intake.release.answers", lambda plan: {})
    assert "buatan" in sc.evaluate_survey("contoh-spbe", "2025").method().html.lower()
    public = sc.evaluate_survey("contoh-spbe", "2025", public=True)
    assert public.data.programme.notes == () and public.headline().text


@pytest.mark.slow
@pytest.mark.parametrize(("programme", "round_name"), [("contoh-spbe", "2025"), ("mimika", "2023-S2")])
def test_its_notebook_runs_with_and_without_a_survey(programme, round_name):
    done = run_notebook("9_skm", Job(programme, round_name, kind="skm").parameters)
    assert not any(o["output_type"] == "error" for c in done.cells for o in c.get("outputs", []))


def test_forms_take_the_name_of_a_language(lada):
    data = survey.survey_round(lada, "2023")
    assert forms.headline(data, "en").text == face(lada).headline().text != forms.headline(data, "id").text
