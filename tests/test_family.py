"""The sector report, the agencies' sheet and the handover brief: their rules by hand, their pages by contract."""

import itertools
import re
from copy import copy
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from evaluated import evaluate_round
from hypothesis import given
from hypothesis import strategies as st
from pages import placed, unlike
from tiny import GOOD, ROUND, TinyProgramme, tiny_instrument, tiny_programme

from scevaluation.errors import ReportError
from scevaluation.evaluate import agenda as sheet_rules
from scevaluation.evaluate import handover as brief_rules
from scevaluation.evaluate import sector as sector_rules
from scevaluation.evaluate.agenda import Topic, pick
from scevaluation.frames import ROOT
from scevaluation.frames.agenda import AGENDA_KINDS, DECISION_KINDS
from scevaluation.instrument import SECTORS
from scevaluation.press import notebook
from scevaluation.press.jobs import Job
from scevaluation.programme import load_programme
from scevaluation.report import agencies, handover, people, plan, sector
from scevaluation.report.sector_view import view
from scevaluation.words import Words

pytestmark = pytest.mark.xdist_group("family")
ROUNDS = {"contoh": "2024-S2", "mimika": "2023-S2", "kab-malang": "2023-S2"}
BOTH = ("id", "en")
KINDS = ("sector", "agencies", "handover")
CASES = [
    *(("contoh", "2024-S2", lang, kind, "environment" if kind == "sector" else "") for lang in BOTH for kind in KINDS),
    *(("mimika", "2023-S2", lang, kind, "health" if kind == "sector" else "") for lang in BOTH for kind in KINDS),
    *(("kab-malang", "2023-S2", lang, kind, "") for lang in BOTH for kind in KINDS[1:]),
    ("contoh", "2017-S1", "id", "sector", "health"),
    ("contoh", "2017-S1", "en", "handover", ""),
    ("mimika", "2023-S2", "id", "sector", "infrastructure"),
]


@pytest.fixture(scope="module")
def evaluations():
    return {name: evaluate_round(name, round_name) for name, round_name in ROUNDS.items()}


@pytest.fixture(scope="module")
def contoh(evaluations):
    return evaluations["contoh"]


def test_ledes_of_a_first_round_leave_out_what_is_none_and_speak_in_the_points_of_the_scorecard():
    e = evaluate_round("contoh", "2017-S1")
    said = [
        BeautifulSoup(part.headline(e, Words(lang)).html, "html.parser").p.text
        for lang in BOTH
        for part in (agencies, handover)
    ]
    assert said[0].endswith("24 indikator; semua laporannya lengkap. Tidak satu pun dari 3 program yang tercatat terputus.")
    assert said[1].endswith("50,2 dari 100. Ringkasan ini menyebut 1 keputusan yang perlu diambil.")
    assert said[2].endswith(
        "24 indicators; every report is complete. Of 3 programmes on record, none ended without a successor."
    )
    assert said[3].endswith("50.2 of 100. Decisions named in this brief: 1.")


# the rule that chooses topics


def _topics(text: str) -> list[Topic]:
    """Topics of kinds written as "overdue overdue missing", numbered within their kind."""
    seen: dict[str, int] = {}
    out = []
    for kind in text.split():
        seen[kind] = seen.get(kind, 0) + 1
        out.append(Topic(kind, seen[kind], "X"))
    return out


@pytest.mark.parametrize(
    ("given_topics", "chosen"),
    [
        ("", ""),
        ("missing overdue", "overdue1 missing1"),
        ("overdue overdue overdue overdue overdue overdue", "overdue1 overdue2 overdue3 overdue4 overdue5"),
        ("overdue overdue missing falling spread claim cut_off severity", "overdue1 missing1 falling1 spread1 claim1"),
        ("overdue overdue overdue missing missing falling", "overdue1 overdue2 missing1 missing2 falling1"),
        ("silent silent silent unowned unasked", "silent1 silent2 silent3 unowned1 unasked1"),
    ],
)
def test_one_of_each_kind_then_the_second_of_each(given_topics, chosen):
    found = pick(_topics(given_topics), AGENDA_KINDS)
    assert " ".join(f"{t.kind}{t.value:.0f}" for t in found) == chosen


@given(st.lists(st.sampled_from(AGENDA_KINDS)), st.integers(1, 7))
def test_the_list_is_short_in_order_and_skips_no_kind(kinds, most):
    found = pick(_topics(" ".join(kinds)), AGENDA_KINDS, most)
    assert len(found) == min(most, len(kinds))
    order = [AGENDA_KINDS.index(t.kind) for t in found]
    assert order == sorted(order)
    assert len({t.kind for t in found}) == min(most, len(set(kinds)))


# headlines


@pytest.mark.parametrize(
    ("counts", "rule"),
    [
        ((25, 2, 10, 3, 0), "both"),
        ((25, 2, 10, 0, 9), "missing"),
        ((25, 0, 10, 1, 9), "overdue"),
        ((25, 0, 10, 0, 9), "in_time"),
        ((0, 0, 4, 0, 0), "in_time"),
        ((0, 0, 0, 0, 17), "programmes"),
        ((0, 0, 0, 0, 0), "nothing"),
    ],
)
def test_the_sheets_headline(counts, rule):
    assert sheet_rules.headline_rule(*counts) == rule


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        (("stagnant", 0, 0, 15, 16), "flat_none"),
        (("likely_stagnant", 2, 1, 15, 16), "flat_both"),
        (("improving", 2, 0, 15, 16), "up_rise"),
        (("likely_declining", 0, 2, 15, 16), "down_fall"),
        (("inconclusive", 0, 1, 8, 8), "open_fall"),
        (("too_little_data", 0, 0, 2, 14), "few"),
        (("too_little_data", 0, 0, 1, 5), "one"),
        (("too_little_data", 0, 0, 1, 1), "first"),
    ],
)
def test_the_briefs_headline(case, rule):
    assert brief_rules.headline_rule(*case) == rule


NAN = float("nan")


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        (("declining", 48.0, 50.0, True, 0, 0, 0, 0, 0), "judged"),
        (("inconclusive", NAN, NAN, False, 0, 0, 0, 0, 0), "judged"),
        (("too_little_data", 51.2, 50.0, True, 0, 0, 0, 0, 0), "few_up"),
        (("too_little_data", 49.0, 50.0, True, 0, 0, 0, 0, 0), "few_down"),
        (("too_little_data", 50.04, 50.0, True, 0, 0, 0, 0, 0), "few_flat"),
        (("too_little_data", 60.0, 50.0, False, 0, 0, 0, 0, 0), "few_first"),
        (("too_little_data", 60.0, NAN, True, 0, 0, 0, 0, 0), "few_first"),
        (("too_little_data", NAN, 50.0, True, 0, 0, 0, 0, 0), "no_value"),
        (("", NAN, NAN, False, 3, 2, 1, 0, 9), "statistics_ahead"),
        (("", NAN, NAN, False, 3, 2, 1, 1, 9), "statistics_mixed"),
        (("", NAN, NAN, False, 3, 2, 0, 1, 9), "statistics_behind"),
        (("", NAN, NAN, False, 3, 2, 0, 0, 9), "statistics_alike"),
        (("", NAN, NAN, False, 3, 0, 0, 0, 9), "statistics_told"),
        (("", NAN, NAN, False, 0, 0, 0, 0, 9), "facts"),
        (("", NAN, NAN, False, 0, 0, 0, 0, 0), "nothing"),
    ],
)
def test_a_sectors_headline(case, rule):
    assert sector_rules.headline_rule(*case) == rule


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_rule_and_topic_has_its_words(lang):
    w = Words(lang)
    sides = [f"judged_{b}" for b in ("both", "rise", "fall", "none")]
    assert all(w.has("family.brief.head." + r) for r in [*sides, "few", "few_all", "one", "first"])
    assert all(w.has("family.sheet.head." + r) for r in ("both", "missing", "overdue", "in_time", "programmes", "nothing"))
    agenda = [k for k in AGENDA_KINDS if k != "severity"] + ["severity_stricter", "severity_milder"]
    for head, kinds in (("agenda", agenda), ("decision", DECISION_KINDS)):
        assert all(w.has(f"family.{head}.{k}{part}") for k in kinds for part in ("", ".reason", ".ask"))


# topics of contoh, read off its files


def test_what_is_overdue_is_counted_by_agency(contoh):
    found = sheet_rules.overdue(people.people(contoh).tables["FOLLOWUP"])
    assert [(t.agency, t.value, t.second) for t in found] == [("dinas-lingkungan-hidup", 2, 4), ("dinas-pendidikan", 1, 2)]


def test_the_agenda_of_contoh(contoh):
    rows = agencies.tables(contoh)["AGENDA"]
    assert list(rows["kind"]) == ["overdue", "missing", "falling", "spread", "claim"]
    assert list(rows["rank"]) == [1, 2, 3, 4, 5]
    assert rows["node"].tolist()[1:4] == ["environment/mutu-air", "environment", "education/mutu-sekolah"]
    assert rows["agency"].iat[4] == "dinas-kesehatan"


def test_the_sheet_of_contoh_counts_what_its_files_hold(contoh):
    row = agencies.tables(contoh)["SHEET"].iloc[0]
    expected = {"agencies": 8, "lacking": 2, "due": 25, "missing": 2, "open": 10, "overdue": 3, "programmes": 18, "cut_off": 4}
    assert {k: row[k] for k in expected} == expected
    assert row["runs"] + row["sighted"] + row["finished"] + row["cut_off"] + row["silent"] == row["programmes"]


def test_assessors_half_a_point_apart_are_a_topic_and_less_is_none():
    panel = pd.DataFrame({"indicator": ["a", "b", "c"], "agency": "x", "spread": [0.75, 0.5, 0.25]})
    assert [t.node for t in sheet_rules._spread(panel, 3.0)] == ["a", "b"]


def test_programmes_cut_off_stand_together_by_agency(contoh):
    plans = people.people(contoh).tables["CONTINUITY"]
    found = sheet_rules.cut_off(plans)
    assert {(t.agency, t.value, t.second) for t in found} == {
        ("dpmptsp", 1, 2022),
        ("dinas-pendidikan", 1, 2020),
        ("dinas-lingkungan-hidup", 1, 2020),
        ("dinas-kominfo", 1, 2019),
    }
    assert found[0].agency == "dpmptsp"
    twice = plans.assign(agency="one")
    merged = sheet_rules.cut_off(twice)
    assert len(merged) == 1 and merged[0].value == 4 and len(merged[0].what.split(sheet_rules.BETWEEN)) == 4


@pytest.mark.parametrize("name", ROUNDS)
def test_the_number_of_a_topic_is_the_cell_it_names(evaluations, name):
    e = evaluations[name]
    own = {**people.people(e).tables, "INDEX": e.index, "TREND": e.trend, "VERDICTS": e.verdicts, **handover.tables(e)}
    rows = pd.concat([agencies.tables(e)["AGENDA"], handover.tables(e)["DECISIONS"]])
    for r in rows[rows["column"] != ""].to_dict("records"):
        table = own[r["table"]]
        contract = _contract(r["table"])
        keys = ["|".join(str(x[k]) for k in contract.key if k != "region") for x in table.to_dict("records")]
        assert table[r["column"]].iat[keys.index(r["key"])] == pytest.approx(r["value"]), r


def _contract(name):
    from scevaluation.frames import TABLES

    return TABLES[name]


# decisions and cycles


def test_the_decisions_of_contoh(contoh):
    rows = handover.tables(contoh)["DECISIONS"]
    assert list(rows["kind"]) == ["falling", "thin", "overdue", "slow", "cut_off"]
    assert list(rows["node"]) == ["environment", "environment", "", "education", ""]


def test_where_little_is_published_the_record_itself_is_to_be_mended(evaluations):
    mimika, malang = (list(handover.tables(evaluations[n])["DECISIONS"]["kind"]) for n in ("mimika", "kab-malang"))
    assert mimika == ["silent", "unpublished", "untargeted", "unowned", "unsectored"]
    assert malang == ["unpublished", "untargeted", "unowned", "unsectored"]


def test_rounds_not_published_are_counted_off_the_calendar():
    # 2017-S1 to 2021-S2 by programme.yaml; 2022-S1 was not held, 2022-S2 is inferred, 2023-S1 brought progress only.
    assert brief_rules.unpublished(load_programme("mimika"), "2023-S2") == 10


def _verdicts(**columns):
    base = {"region": "00.00", "round": "2024-S2", "direction": "stagnant", "needed": 3.0, "seen": 0.5}
    return pd.DataFrame([{**base, "node": n, "pace": p} for n, p in columns.items()])


def test_the_worst_pace_stands_first_and_what_falls_is_left_to_its_own_topic():
    rows = _verdicts(a="too_slow", b="not_improving", c="on_track", d="far_too_slow", e="not_improving")
    rows.loc[rows["node"] == "e", "direction"] = "declining"
    assert [t.node for t in brief_rules.slow(rows, list("abcde"))] == ["b", "d", "a"]


def _index(values: dict[str, dict[str, float]], instruments: dict[str, str]) -> pd.DataFrame:
    rows = [
        {"region": "00.01", "round": r, "node": n, "value100": v, "instrument": instruments[r]}
        for n, by in values.items()
        for r, v in by.items()
    ]
    return pd.DataFrame(rows)


def test_nothing_is_subtracted_across_questionnaires(tmp_path):
    cycles = [
        {"id": "1", "label": {"id": "I", "en": "I"}, "start": "2018-S1", "end": "2019-S2", "source": "x"},
        {"id": "2", "label": {"id": "II", "en": "II"}, "start": "2020-S1", "end": "2021-S2", "source": "x"},
    ]
    names = [f"{y}-S{s}" for y in (2017, 2018, 2019, 2020) for s in (1, 2)]
    plan = tiny_programme(tmp_path, cycles=cycles, rounds=[{"id": n, "state": "scored", "instrument": "tiny"} for n in names])
    used = {n: "old" if n < "2019-S2" else "new" for n in names}
    values = {n: 40.0 + i for i, n in enumerate(names)} | {"2018-S1": NAN}
    table = brief_rules.cycles(_index({ROOT: values}, used), plan, "2020-S1", [ROOT]).set_index("cycle")
    before, first, second = (table.loc[c] for c in ("", "1", "2"))
    assert (before["first"], before["last"], before["change"], before["state"]) == (40.0, 41.0, 1.0, "computed")
    assert (first["start"], first["end"], first["scored"], first["rounds"]) == ("2018-S2", "2019-S2", 3, 4)
    assert first["state"] == "other_questionnaire" and np.isnan(first["change"])
    assert second["state"] == "one_round" and second["rounds"] == 1 and np.isnan(second["change"])


def test_the_cycles_of_contoh(contoh):
    rows = handover.tables(contoh)["CYCLES"]
    mine = rows[rows["node"] == ROOT].set_index("cycle")
    assert list(mine.index) == ["", "1", "2"]
    values = contoh.index[contoh.index["node"] == ROOT].set_index("round")["value100"]
    assert mine.at["1", "change"] == pytest.approx(values["2022-S2"] - values["2018-S1"])
    assert (mine.at["1", "rounds"], mine.at["1", "scored"]) == (10, 9)


def test_what_stands_still_is_not_what_is_undecided(contoh):
    rows = brief_rules.still(contoh.trend, contoh.verdicts, [n for n in contoh.instrument.leaves if "/" in n])
    assert rows["slope"].is_monotonic_increasing
    assert set(rows["direction"]) <= {"stagnant", "likely_stagnant", "declining", "likely_declining"}
    assert (rows["direction"].str.contains("stagnant").sum(), len(rows)) == (6, 10)


@pytest.mark.parametrize("name", ROUNDS)
def test_no_table_of_the_evaluation_is_changed(evaluations, name):
    e = evaluations[name]
    before = {k: getattr(e, k).copy() for k in ("index", "scores", "trend", "verdicts")}
    agencies.tables.cache_clear(), handover.tables.cache_clear()
    agencies.tables(e), handover.tables(e), view(e, "health")
    for k, t in before.items():
        pd.testing.assert_frame_equal(getattr(e, k), t)


# sectors


def test_an_unknown_sector_is_refused(contoh):
    with pytest.raises(ReportError, match="no sector"):
        view(contoh, "sport")


def test_a_sector_of_contoh_holds_its_own_rows_only(contoh):
    v = view(contoh, "environment")
    assert v.row["rule"] == "judged" and (v.row["items"], v.row["scored"]) == (5, 4)
    assert set(v.asked["sector"]) == {"environment"} and v.row["overdue"] == 2
    assert all(n.startswith("environment/") for n in v.items["node"])
    assert {"Siaga Banjir (contoh)", "Lampu Jalan Hemat (contoh)"} <= set(v.plans["programme"])


def test_mimikas_statistics_stand_with_their_sector(evaluations):
    e = evaluations["mimika"]
    for name in SECTORS:
        v = view(e, name)
        meta = e.indicators.set_index("indicator")["sector"]
        assert set(meta[v.statistics["indicator"]]) <= {name}
        assert v.node == "" and sector.trends(v, Words("id")) is None and sector.dumbbell(v, Words("id")) is None
        assert (v.statistics["end"] <= "2023").all()


def test_statistics_are_judged_by_their_direction(evaluations):
    rows = view(evaluations["mimika"], "health").statistics.set_index("indicator")
    # Fewer positive malaria tests and a longer life: both better, though one falls and one rises.
    assert rows.at["malaria_positivity", "last"] < rows.at["malaria_positivity", "first"]
    assert rows.at["UHH_LF", "last"] > rows.at["UHH_LF", "first"]
    assert set(rows["moved"]) == {"better"}


def test_a_sectors_headline_says_how_many_moved_more_than_the_country(evaluations):
    v = view(evaluations["mimika"], "education")
    counts = {"series": 2, "better": 2, "worse": 0, "judged": 2, "ahead": 1, "behind": 0}
    assert {k: v.row[k] for k in counts} == counts and v.row["rule"] == "statistics_ahead"
    assert sector.headline(v, Words("en")).text == (
        "Education is not scored on its own; 2 of 2 official statistics better than in their first year; "
        "of 2 that can be compared, 1 did better than the common change of all regencies and cities"
    )
    health = view(evaluations["mimika"], "health")
    # Longer lives by .51 years, the country's by .675; of malaria tests the country has no figures.
    assert (health.row["better"], health.row["judged"], health.row["rule"]) == (2, 1, "statistics_alike")


@pytest.mark.parametrize("rule", ["ahead", "behind", "mixed", "alike", "told"])
def test_no_headline_of_statistics_names_a_direction(evaluations, rule):
    v = view(evaluations["mimika"], "education")
    for lang, words_of_direction in (("id", r"membaik|memburuk|menurun|stagnan|stabil"), ("en", r"improv|declin|stagnan|stable|got ")):
        text = sector.headline(replace(v, row={**v.row, "rule": "statistics_" + rule}), Words(lang)).text
        assert not re.search(words_of_direction, text)


class Tagged(TinyProgramme):
    """The tiny programme with two items tagged as telling of health."""

    def instrument(self, name):
        plain = tiny_instrument().model_dump()
        plain["tree"]["children"][0]["children"][0]["sectors"] = ["health"]
        plain["tree"]["children"][1]["children"][1]["sectors"] = ["health"]
        return tiny_instrument(tree=plain["tree"])


def test_items_tagged_with_a_sector_make_its_view(tmp_path, monkeypatch):
    monkeypatch.setattr("scevaluation.evaluate.evaluation.hashes", lambda paths: {})
    (tmp_path / "rounds").mkdir()
    (tmp_path / "rounds" / f"{ROUND}.csv").write_text(GOOD)
    plan = Tagged.model_validate(tiny_programme(tmp_path).model_dump())
    v = view(evaluate_round(plan, ROUND), "health")
    assert v.node == "sector:health" and v.leaves == ("one/a", "two/d")
    assert v.row["rule"] == "few_first" and v.row["agencies"] == 2
    assert list(v.items["node"]) == ["one/a", "two/d"]
    text = sector.headline(v, Words("en")).text
    # a scores 2 at weight 1/8, d scores 1 at weight 3/8: (33.3 * 1 + 0 * 3) / 4
    assert text.startswith("Health stands at 8.3 of 100")
    assert view(v.e, "education").row["rule"] == "nothing"


def test_a_long_list_of_names_is_cut():
    w = Words("en")
    assert plan.listed(["a", "b", "c"], w) == "a, b, and c"
    assert plan.listed(list("abcde"), w) == "a, b, c, and 2 more"
    assert sheet_rules.SHOWN == 5


# pages


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Reports by case, each made when it is asked for."""
    out = tmp_path_factory.mktemp("family")
    return cache(lambda case: placed(out, Job(*case))[Job(*case)])


def _params():
    """Every case; the English of real programmes in the long tier."""
    for case in CASES:
        name = "-".join(p for p in case if p)
        yield pytest.param(case, id=name, marks=pytest.mark.long if case[0] != "contoh" and case[2] == "en" else [])


@pytest.fixture(scope="module", params=_params())
def report(request, made):
    return made(request.param)


@pytest.fixture(scope="module")
def soup(report):
    return BeautifulSoup(report.page.read_text("utf-8"), "html.parser")


def test_a_page_is_one_light_file_that_asks_for_nothing(report):
    text = report.page.read_text("utf-8")
    assert report.page.stat().st_size < 2_000_000
    assert "<script" not in text and not re.search(r"(?:src|srcset|href)=\"(?!data:|#)", text)


def test_every_number_in_prose_equals_the_cell_it_names(soup):
    assert unlike(soup) == []


# Rounds, years, the ends of the scale, the published threshold of agreement, and the numbers of items.
ALLOWED = r"Semester I+ \d{4}|(dari|of) (4|100)|0[\u2013-]100|0[,.]667|\d \(\d\.\d\.\d\)|\b(pada|in) 20\d\d"


def test_headline_findings_and_reasons_hold_no_number_that_is_no_fact(soup):
    for part in (soup.h1, soup.select_one(".lede"), *soup.select(".finding p, .topics li p:not(.ask)")):
        part = copy(part)
        for fact in part.select("data"):
            fact.decompose()
        left = re.sub(ALLOWED, "", part.get_text())
        assert not re.search(r"\d", left), left


def test_headings_descend_by_one_level_and_ids_are_unique(soup):
    levels = [int(h.name[1]) for h in soup.select("h1, h2, h3, h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    ids = [e["id"] for e in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in soup.select("nav a")} <= set(ids)


def test_pictures_say_what_they_show(soup):
    assert all(len(p["alt"]) >= 40 for p in soup.select("picture img"))
    assert all("alt" in i.attrs for i in soup.select("img"))


def test_no_title_names_a_cause(soup):
    for title in soup.select("h1, h2, h3"):
        assert not re.search(r"\b(karena|akibat|sebab|disebabkan|because|due to|caused)\b", title.get_text(), re.IGNORECASE)


def test_the_page_says_what_kind_it_is_and_whether_it_is_made_up(report, soup):
    w = Words(report.lang)
    assert (
        w("kind." + report.kind) in soup.select_one(".masthead").get_text()
        and w("kind." + report.kind) in soup.title.get_text()
    )
    assert (w("made_up") in soup.get_text()) == (report.programme == "contoh")


def test_a_list_has_at_most_five_topics_and_says_how_many(report, soup):
    if report.kind == "sector":
        pytest.skip("a sector has no list")
    found = len(soup.select(".topics li"))
    fewer = {("kab-malang", "agencies"): 2, ("mimika", "agencies"): 4, ("kab-malang", "handover"): 4}
    assert found == fewer.get((report.programme, report.kind), 1 if report.round == "2017-S1" else 5)
    assert Words(report.lang).count(found) in soup.select_one(".topics h2").get_text().lower()


def test_what_is_not_known_is_said_once(made):
    def text(*case):
        return BeautifulSoup(made(case).page.read_text("utf-8"), "html.parser").get_text(" ")

    assert "Nilai dan kewajiban lapor menurut perangkat daerah: tidak diterbitkan" in text("mimika", "2023-S2", "id", "agencies", "")
    assert "Targets: none." in text("kab-malang", "2023-S2", "en", "handover", "")
    assert "Scores of this sector: none are published" in text("mimika", "2023-S2", "en", "sector", "health")
    assert Words("en")("absent.title") not in text("contoh", "2024-S2", "en", "agencies", "")


def test_a_sector_without_anything_still_says_what_is_needed():
    parameters = {"programme": "kab-malang", "round": "2023-S2", "lang": "id", "sector": "health"}
    done = notebook.run_notebook("3_sector_report", parameters)
    page = BeautifulSoup(notebook.page(done, Words("id")), "html.parser")
    assert page.h1.get_text() == "Kesehatan: belum ada nilai maupun statistik yang dapat ditampilkan"
    assert len(page.select("figure")) == 0 and len(page.select("section.part li")) == 6


def test_a_sheet_never_names_an_assessor(contoh):
    named = contoh.scores.assign(source=contoh.scores["source"].str.replace("assessor:", "assessor:budi-", regex=False))
    e, w = replace(contoh, scores=named), Words("id")
    parts = (agencies.agenda_list(e, w), agencies.spreads(e, w), agencies.PLAN.numbers(e, w))
    assert "budi" in named["source"].str.cat() and not any("budi" in p.html for p in parts)
    assert set(people.people(e).tables["SEVERITY"]["assessor"]) == set("ABCDE")
