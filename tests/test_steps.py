"""First steps by hand: who is chosen, what a step adds, what it does to the target, who is ahead, and the brief of any day."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from evaluated import evaluate_round
from tiny import tiny_instrument, tiny_programme

from scevaluation.errors import ProgrammeError, ReportError
from scevaluation.evaluate import handover as brief_rules
from scevaluation.evaluate import steps as rules
from scevaluation.evaluate.followup import followup
from scevaluation.evaluate.targets import reach
from scevaluation.frames import ROOT
from scevaluation.intake.people import read_recommendations
from scevaluation.period import Period
from scevaluation.press.batch import jobs_of
from scevaluation.press.jobs import Job, checked, job_of
from scevaluation.programme import load_programme
from scevaluation.report import handover, steps
from scevaluation.report.steps import tables
from scevaluation.words import Words, rounded

pytestmark = pytest.mark.xdist_group("steps")
NAN = float("nan")


# the rule that chooses


def _leverage(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["node", "agency", "reported", "room", "gain"])


def test_the_most_weight_times_room_stands_first_and_bodies_outside_the_regency_last():
    rows = _leverage(
        ("a", "dinas", True, 30.0, 2.0),
        ("b", "pln", True, 90.0, 9.0),
        ("c", "", True, 50.0, 4.0),
        ("d", "pln; dinas", True, 40.0, 3.0),
    )
    found = rules.chosen(rows, tiny_instrument(), {"dinas"})
    assert list(found["node"]) == ["c", "d", "a", "b"] and list(found["outside"]) == [False, False, False, True]


def test_what_has_no_score_or_hardly_any_room_is_no_step_and_five_are_enough():
    rows = _leverage(
        ("silent", "", False, NAN, 8.0),
        ("best", "", True, 0.0, 0.0),
        ("nearly", "", True, 2.0, 7.0),
        *((f"n{i}", "", True, 50.0, 1.0 + i / 10) for i in range(7)),
    )
    assert list(rules.chosen(rows, tiny_instrument(), ())["node"]) == ["n6", "n5", "n4", "n3", "n2"]


@pytest.mark.parametrize(
    ("agency", "own", "found"),
    [("pln", {"dinas"}, True), ("pln; dinas", {"dinas"}, False), ("", {"dinas"}, False), ("pln", (), False)],
)
def test_a_body_is_outside_where_none_of_its_agencies_is_the_programmes(agency, own, found):
    assert rules.outside(agency, own) is found


@pytest.mark.parametrize(("score", "level"), [(1.0, 2), (1.7, 2), (1.75, 3), (1.8, 3), (2.0, 3), (3.4, 4), (3.9, 4)])
def test_the_next_level_is_above_one_that_an_assessor_of_four_is_short_of(score, level):
    assert rules.next_level(score, tiny_instrument()) == level


# what a step adds: the tree of contoh by its own weights


def test_a_step_adds_its_weight_times_its_way_and_its_range_holds_what_is_missing(contoh):
    rows = tables(contoh)["ACTIONS"].set_index("node")
    # water quality (a weight of .06 in the index, .30 of the environment) is not reported, so the environment's other weights count 1/.70
    assert rows.at["environment/sampah", "adds"] == pytest.approx(0.06 / 0.70 * (3 - 2.35) / 3 * 100)
    nominal = 0.06 * (3 - 2.35) / 3 * 100
    assert rows.at["environment/sampah", "adds_low"] < nominal < rows.at["environment/sampah", "adds"]
    share = contoh.instrument.effective["education/literasi"]
    assert rows.at["education/literasi", "adds"] == pytest.approx(share * 0.6 / 3 * 100 / 0.89, rel=0.01)
    # an arithmetic mean adds up; the row of all together has no rank of its own
    assert rows.at[ROOT, "adds"] == pytest.approx(rows.loc[rows["rank"] > 0, "adds"].sum()) and rows.at[ROOT, "rank"] == 0


def test_the_panels_noise_is_that_of_the_assessors_about_each_items_mean():
    scores = [("a", 2.0), ("a", 3.0), ("b", 1.0), ("b", 1.0)]
    panel = pd.DataFrame([{"indicator": i, "agency": "x", "score": s, "mean": 2.5 if i == "a" else 1.0} for i, s in scores])
    found = rules.noise(panel, tiny_instrument(), ["a", "b", "c"])
    # squares .25 + .25 over 4 - 2 degrees of freedom; two assessors an item
    assert found["a"] == found["b"] == pytest.approx(np.sqrt(0.5 / 2 / 2)) and np.isnan(found["c"])


def test_the_ministrys_interval_is_that_of_five_assessors(mimika):
    row = tables(mimika)["ACTIONS"].set_index("node").loc["outcome"]
    sd = 0.5 / np.sqrt(5 * 33)
    assert row["unit"] == "scale" and row["adds"] == pytest.approx(0.3 * (3 - 2.14))
    assert row["adds_high"] - row["adds"] == pytest.approx(0.3 * 1.645 * sd, rel=1e-6)


SHOWN = [("contoh", "2024-S2"), ("contoh-mentah", "2025"), ("contoh-spbe", "2025"), ("mimika", "2023-S2")]


@pytest.mark.parametrize(("programme", "when"), SHOWN)
def test_no_step_adds_more_as_it_is_written_than_the_one_above_it(programme, when):
    e = evaluate_round(programme, when)
    rows = tables(e)["ACTIONS"].query("rank > 0")
    for _, mine in rows.groupby("outside"):
        written = [rounded(v, 1 if e.points else 2) for v in mine["adds"]]
        assert written == sorted(written, reverse=True)
    assert rows["outside"].is_monotonic_increasing


# the target with and without


def test_without_any_step_the_chance_is_that_of_the_verdict(contoh):
    verdict = contoh.verdicts.set_index("node").at[ROOT, "p_hit"]
    row = tables(contoh)["ACTIONS"].iloc[0]
    assert row["p_without"] == pytest.approx(verdict, abs=1e-9)
    assert reach(contoh.index, contoh.programme, contoh.round, contoh.instruments, [0.0])[0] == pytest.approx(verdict, abs=1e-9)
    assert row["short"] == pytest.approx(66 - contoh.value(column="value100"))


def test_each_step_left_out_lowers_the_chance_and_the_greatest_lowers_it_most(contoh):
    rows = tables(contoh)["ACTIONS"]
    mine = rows[rows["rank"] > 0]
    assert (mine["p_without"] < mine["p_with"]).all() and (mine["p_without"] > rows["p_without"].iloc[0]).all()
    assert mine.loc[mine["p_without"].idxmin(), "adds"] == mine["adds"].max()


def test_without_a_target_nothing_is_said_of_one(mimika):
    rows = tables(mimika)["ACTIONS"]
    assert rows[["p_with", "p_without", "short"]].isna().all().all()
    text = BeautifulSoup(steps.steps(mimika, Words("id")).html, "html.parser").get_text(" ")
    assert "belum mempunyai target" in text and "Peluang" not in text


# recommendations stay the one list


def test_a_step_names_its_open_recommendation_with_date_and_cost(contoh):
    rows = tables(contoh)["ACTIONS"].set_index("node")
    assert (rows.at["environment/sampah", "asked"], rows.at["environment/sampah", "named"]) == ("R17", True)
    assert (rows.at["education/mutu-sekolah", "asked"], rows.at["education/mutu-sekolah", "named"]) == ("R24", False)
    assert rows.at["infrastructure/air-bersih", "asked"] == ""
    shown = BeautifulSoup(steps.steps(contoh, Words("id")).html, "html.parser").select("tbody tr")
    assert "Rp1.250.000.000" in shown[0].get_text() and "2023-II (lewat)" in shown[0].get_text() and not shown[0].select(".fill")
    assert len(shown[3].select(".fill")) == 3  # what, by when, at what cost


HEAD = "id,raised,agency,sector,text_id,text_en,due,status,closed,evidence,indicator,cost\n"


@pytest.mark.parametrize(
    ("cells", "said"),
    [("environment/sampahh,", "there is no indicator environment/sampahh"), (",1.250.000", "no whole number"), (",-5", "no whole number")],
)
def test_a_cost_that_is_none_and_an_indicator_there_is_not_are_refused_with_their_line(tmp_path, cells, said):
    (tmp_path / "recommendations.csv").write_text(f"{HEAD}R1,2022-S1,a,health,t,t,2023-S1,open,,,{cells}\n", "utf-8")
    plan = load_programme("contoh").model_copy(update={"folder": tmp_path})
    with pytest.raises(ProgrammeError, match="line 2, ") as error:
        read_recommendations(plan)
    assert said in str(error.value)


def test_a_list_without_the_optional_columns_is_read_as_before(tmp_path):
    short = HEAD.replace(",indicator,cost", "")
    (tmp_path / "recommendations.csv").write_text(f"{short}R1,2022-S1,a,health,t,t,2023-S1,open,,\n", "utf-8")
    rows = read_recommendations(tiny_programme(tmp_path))
    found = followup(rows, "00.01", "2022-S1").iloc[0]
    assert found["indicator"] == "" and np.isnan(found["cost"])


# who is ahead


def test_better_peers_are_of_the_cohort_with_a_higher_index_the_farthest_ahead_first():
    def region(code, cohort, index, part):
        return [(code, "2023-S2", cohort, n, v, "scored", "x") for n, v in ((ROOT, index), ("output", part))]

    rows = [*region("a", "R", 2.0, 2.0), *region("b", "R", 2.5, 2.2), *region("c", "R", 3.0, 3.5), *region("d", "R", 1.9, 4.0)]
    rows += [*region("e", "K", 3.9, 3.9), *region("f", "R", 2.1, 1.8), *region("g", "R", 2.2, 3.0), *region("h", "R", 2.3, 2.9)]
    official = pd.DataFrame(rows, columns=["region", "round", "cohort", "node", "value", "status", "source"])
    found = rules.better(official, "a", ["output", "output", "absent"])
    assert list(found["peer"]) == ["c", "g", "h"] and found["gap"].tolist() == pytest.approx([1.5, 1.0, 0.9])
    assert rules.better(official, "z", ["output"]).empty


# the next evaluation


@pytest.mark.parametrize(
    ("name", "day", "found"),
    [
        ("mimika", "2023-12-31", "2027"),  # 2024 was not published, 2025 not held
        ("mimika", "2026-06-30", "2027"),
        ("mimika", "2028-01-01", ""),
        ("contoh", "2020-12-31", "2021-S1"),
        ("contoh", "2024-12-31", "2025-S1"),
        ("contoh", "2025-07-01", ""),
        ("wilayah-63-72", "2025-03-01", "2027"),
    ],
)
def test_the_next_evaluation_is_real_and_never_past(name, day, found):
    assert rules.next_evaluation(load_programme(name), date.fromisoformat(day)) == found


def test_a_plan_that_a_round_has_fulfilled_is_no_plan(tmp_path):
    plan = tiny_programme(tmp_path, rounds=[{"id": "2025-S1", "state": "scored", "instrument": "tiny"}], planned=["2025"])
    assert rules.next_evaluation(plan, date(2024, 12, 31)) == "2025-S1"
    assert rules.next_evaluation(plan, date(2025, 8, 1)) == ""


# as of any day


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("mimika", "2024-S2", ""), ("2023-S2", "2024-12-31")),
        (("mimika", "", "2025-03-01"), ("2023-S2", "2025-03-01")),
        (("contoh", "", "2023-09-30"), ("2023-S1", "2023-09-30")),
        (("contoh", "2024-S2", ""), ("2024-S2", "")),
        (("contoh", "2024-S2", "2024-12-31"), ("2024-S2", "")),
        (("contoh", "2020-S1", ""), ("2019-S2", "2020-06-30")),
        (("wilayah-63-72", "", "2025-03-01"), ("2023-S2", "2025-03-01")),
    ],
)
def test_a_brief_comes_from_the_last_round_scored_by_its_day(asked, found):
    name, round_name, day = asked
    job = checked(Job(name, round_name, kind="handover", as_of=day))
    assert (job.round, job.as_of) == found and checked(job) == job and job_of(vars(job)) == job
    assert job.stem == "-".join(filter(None, ("handover", found[1]))) + ".id" and job.parameters["as_of"] == found[1]


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (Job("mimika", "", kind="handover", as_of="2020-01-01"), "no round is over and scored by 2020-01-01"),
        (Job("contoh", "2024-S2", kind="handover", as_of="2024-06-30"), "no round is over and scored by 2024-06-30"),
        (Job("contoh", "", kind="handover", as_of="yesterday"), "esterday is no day"),
        (Job("contoh", "", kind="handover"), "is no day"),
        (Job("contoh", "2024-S2", as_of="2025-03-01"), "round: a report of this kind is not made as of a day"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused(job, said):
    with pytest.raises(ReportError, match=said) as error:
        checked(job)
    assert error.value.remedy


def test_a_batch_as_of_a_day_has_one_brief_a_programme():
    jobs = jobs_of(["contoh", "mimika"], kinds=("handover",), langs=("id", "en"), as_of="2025-03-01")
    assert [(j.programme, j.round, j.lang, j.as_of) for j in jobs] == [
        (p, r, lang, "2025-03-01") for p, r in (("contoh", "2024-S2"), ("mimika", "2023-S2")) for lang in ("id", "en")
    ]
    with pytest.raises(ReportError, match="not made as of a day"):
        jobs_of(["contoh"], kinds=("round",), as_of="2025-03-01")


def test_rounds_and_events_up_to_the_day_count_and_no_later_ones(mimika):
    late = handover.as_of(mimika, "2024-10-01")
    assert (late.now, late.over) == ("2024-S2", "2024-S1") and mimika.over == mimika.now == mimika.round
    assert all(e.first <= date(2024, 10, 1) for e in late.events) and len(late.events) > len(mimika.events)
    found = brief_rules.since(mimika.programme, "2023-S2", late.day, followup(pd.DataFrame(columns=["raised"]), "94.04", "2024-S2"))
    assert [r.id for r in found["rounds"]] == ["2024-S1"]
    assert found["events"][0].first == date(2024, 9, 6) and all(date(2023, 12, 31) < e.first for e in found["events"])
    row = handover.tables(late)["BRIEF"].iloc[0]
    assert (row["rounds"], row["scored"], row["unpublished"]) == (15, 2, 11)  # one more than at the end of 2023
    with pytest.raises(ReportError, match=r"is before|by 2023-06-30"):
        handover.as_of(mimika, "2023-06-30")


def test_recommendations_are_as_of_the_day():
    e = evaluate_round("contoh", "2023-S1")
    then = replace(e, as_of="2024-08-15")
    found = brief_rules.since(e.programme, "2023-S1", then.day, steps.people.people(then).tables["FOLLOWUP"])
    # R16 and R17 were due in 2023-S2 and are open; R12 was late before; R14 and R15 were closed in 2023-S2
    assert sorted(found["due"]) == ["R16", "R17"] and {"R14", "R15"} <= set(found["closed"])


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_brief_of_a_later_day_says_so_and_one_of_its_rounds_end_says_nothing(mimika, lang):
    w = Words(lang)
    late = handover.as_of(mimika, "2024-12-31")
    text = BeautifulSoup(handover.since(late, w).html, "html.parser").get_text(" ")
    assert w.day(date(2024, 12, 31)) in text and w.round_long("2023-S2") in text and w.round_long("2024-S2") in text
    assert w.day(date(2024, 12, 31)) in handover.masthead(late, w).marks["title"]
    assert handover.since(mimika, w) is None and handover.as_of(mimika, "2023-12-31").as_of == ""


def test_the_round_of_a_day():
    found = [str(Period.at(date(2025, m, 1), k)) for k in "SQY" for m in (6, 7)]
    assert found == ["2025-S1", "2025-S2", "2025-Q2", "2025-Q3", "2025", "2025"]


@pytest.mark.parametrize(("when", "written"), [("2023-S2", "2023-II"), ("2024-S2", "2024-II")])  # the last is the round's own
def test_of_a_target_that_lies_behind_it_is_said_what_became_of_it(contoh, when, written):
    behind = tuple(t.model_copy(update={"round": when, "value": 90}) for t in contoh.programme.targets if t.node == ROOT)
    plan = contoh.programme.model_copy(update={"targets": behind})
    e = replace(contoh, programme=plan, verdicts=contoh.verdicts.assign(target=NAN, target_round=""))
    text = " ".join(BeautifulSoup(steps.steps(e, Words("en")).html, "html.parser").get_text(" ").split())
    assert f"missed the target of 90 by {written}" in text and "the next one is not set yet" in text
    none = replace(e, programme=plan.model_copy(update={"targets": ()}))
    assert "no target ahead" in BeautifulSoup(steps.steps(none, Words("en")).html, "html.parser").get_text(" ")


@pytest.mark.parametrize(("day", "said"), [("2025-03-01", "Semester I 2025"), ("2030-01-01", "evaluasi berikutnya")])
def test_decisions_are_dated_by_the_programmes_own_calendar(contoh, day, said):
    late = handover.as_of(contoh, day)
    ahead = rules.next_evaluation(late.programme, late.day)
    w = Words("id")
    assert (w.round_long(ahead) if ahead else w("family.brief.next")) == said
    page = BeautifulSoup(handover.decision_list(late, w).html, "html.parser").get_text(" ")
    assert f"sampai {said}" in page and set(re.findall(r"lagi pada ([^.]*)\.", page)) == {said}
