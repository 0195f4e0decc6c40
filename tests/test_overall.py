"""Headlines and findings: every rule by counts, and situations as data with their sentence in both languages."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import scenario
from hypothesis import given
from hypothesis import strategies as st

from scevaluation import evaluate_round
from scevaluation.evaluate.overall import composite_state, few_rounds_rule, headline_rule
from scevaluation.evaluate.peers import own_cohort
from scevaluation.words import LANGUAGES, Fact, Sentence, Words, catalogue

pytestmark = pytest.mark.filterwarnings("error")
TABLES = {"TREND": "trend", "VERDICTS": "verdicts", "PEERS": "peers"}


@pytest.fixture(scope="module", params=scenario.names())
def case(request):
    return scenario.load(request.param)


# Situations


def test_scenario_has_the_expected_rule(case):
    assert case.overall(Words("id")).rule == case.expect["rule"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_scenario_has_the_expected_headline(case, lang):
    w = Words(lang)
    assert w.text(case.overall(w).headline) == case.expect["headline"][lang]


def test_scenario_has_the_expected_verdicts(case):
    usual = {"pace": "no_target", "disruption": "", "event_dependent": False, "comparable": True}
    rows = case.verdicts.set_index("node")
    for node, expected in case.expect["verdicts"].items():
        wanted = {**usual, **expected}
        assert {k: rows.at[node, k] for k in wanted} == wanted, node


@pytest.mark.parametrize("lang", LANGUAGES)
def test_scenario_has_three_findings_that_can_be_read(case, lang):
    w = Words(lang)
    o = case.overall(w)
    assert [f.kind for f in o.findings] == ["driving", "held", "decide"]
    for text in (w.text(o.lede), *(w.text(f.sentence) for f in o.findings)):
        assert text.endswith(".") and "{" not in text and not re.search(r"\bnan\b", text) and "\u2013" not in text


def facts(part):
    if isinstance(part, Fact):
        yield part
    if isinstance(part, Sentence):
        for place in part.places.values():
            yield from facts(place)


def test_every_number_said_stands_in_its_cell(case):
    o = case.overall(Words("id"))
    for part in (o.headline, o.lede, *(f.sentence for f in o.findings)):
        for fact in facts(part):
            if fact.table not in TABLES:
                continue
            table = getattr(case, TABLES[fact.table])
            key = fact.key.split("|")
            row = table[(table["node"] == key[1]) & (table["round"] == key[0])]
            row = row[row["cohort"] == key[2]] if fact.table == "PEERS" else row
            assert row[fact.column].tolist() == [fact.value]


def test_every_headline_has_a_situation():
    seen = {scenario.load(n).expect["rule"] for n in scenario.names()}
    words = {k.removeprefix("headline.") for k in catalogue("id") if k.startswith("headline.")}
    rules = {w for w in words if not w.startswith("word_") and w != "likely"}
    # The two flat ones need a region whose published change is exactly 0 while all others moved.
    assert rules - seen <= {"few_moved_flat", "few_unusual_flat"}
    assert seen <= rules


@pytest.mark.parametrize("lang", LANGUAGES)
def test_below_six_rounds_no_headline_and_no_lede_names_a_direction(lang):
    said = {k: t for k, t in catalogue(lang).items() if re.match(r"(headline|lede)\.few", k)}
    direction = r"stabil|stagnan|mendatar|membaik|menurun|stable|stagnant|level|improv|declin|rising|falling"
    assert len(said) > 20 and [k for k, t in said.items() if re.search(direction, t, re.IGNORECASE)] == []


# The evaluator's own sentence


def test_the_evaluators_sentence_comes_from_its_situation():
    case = scenario.load("evaluator")
    text = Words("en").text(case.overall(Words("en")).headline)
    assert re.match("Relatively stable.*, not yet much developed: ", text) and "improving" in text and "stagnant" in text


# Rules by counts, five sectors


@pytest.mark.parametrize(
    ("state", "up", "down", "flat", "rule"),
    [
        ("rising", 3, 0, 1, "rising"),
        ("rising", 3, 1, 1, "rising_but"),
        ("rising", 0, 0, 2, "rising_open"),
        ("rising", 0, 1, 2, "rising_but"),
        ("falling", 0, 2, 1, "falling"),
        ("falling", 1, 3, 1, "falling_but"),
        ("falling", 0, 0, 5, "falling_open"),
        ("open", 5, 0, 0, "open_up"),
        ("open", 0, 1, 3, "open_down"),
        ("open", 1, 1, 3, "open_both"),
        ("open", 0, 0, 5, "open"),
        ("stable", 2, 2, 1, "stable_both"),
        ("stable", 2, 1, 0, "stable_both"),
        ("stable", 3, 2, 0, "stable_most_up"),
        ("stable", 2, 3, 0, "stable_most_down"),
        ("stable", 2, 0, 1, "stable_up"),
        ("stable", 2, 0, 0, "stable_up_open"),
        ("stable", 3, 0, 2, "stable_most_up"),
        ("stable", 0, 2, 3, "stable_down"),
        ("stable", 0, 3, 2, "stable_most_down"),
        ("stable", 0, 0, 3, "stable_flat"),
        ("stable", 0, 0, 2, "stable_open"),
    ],
)
def test_headline_rule_by_hand(state, up, down, flat, rule):
    assert headline_rule(state, up, down, flat, 5) == rule


@given(st.sampled_from(["rising", "falling", "stable", "open"]), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_every_count_has_a_headline_with_words(state, up, down, flat):
    assert f"headline.{headline_rule(state, up, down, flat, max(up + down + flat, 1))}" in catalogue("id")


def test_neither_risers_nor_fallers_dominate_what_is_called_not_much_developed():
    for key in catalogue("en"):
        if "not yet much developed" in catalogue("en")[key] and key.startswith("headline.stable"):
            assert key.removeprefix("headline.") in {"stable_both", "stable_up", "stable_up_open", "stable_flat"}


@pytest.mark.parametrize(
    ("direction", "state"),
    [
        ("improving", "rising"),
        ("likely_improving", "rising"),
        ("declining", "falling"),
        ("likely_declining", "falling"),
        ("stagnant", "stable"),
        ("likely_stagnant", "stable"),
        ("inconclusive", "open"),
        ("too_little_data", "short"),
    ],
)
def test_state_of_the_composite_by_hand(direction, state):
    assert composite_state(direction) == state


# Few rounds


def beside(own=0.1, smaller=50, n=101, size="near", value=2.0, median=3.0, cohort="all"):
    row = {"cohort": cohort, "n": n, "own_change": own, "smaller_moves": smaller, "n_change": n, "size": size}
    return pd.DataFrame([{**row, "value": value, "median": median, "common_change": 0.0}])


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({}, "few_small_low"),
        ({"value": 3.01}, "few_small_high"),
        ({"value": 3.0}, "few_small_level"),
        ({"value": 3.004, "median": 2.996}, "few_small_level"),  # both printed as 3.00
        ({"size": "moved"}, "few_moved_up"),
        ({"size": "moved", "own": -0.1}, "few_moved_down"),
        ({"size": "moved", "own": 0.004}, "few_moved_flat"),
        ({"size": "far"}, "few_unusual_up"),
        ({"size": "far", "own": -0.1}, "few_unusual_down"),
        ({"size": "far", "own": 0.0}, "few_unusual_flat"),
        ({"own": np.nan, "size": ""}, "few_alone"),
    ],
)
def test_few_rounds_by_hand(how, rule):
    assert few_rounds_rule(beside(**how)) == rule


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"median": 1.9}, "few_small_high"),  # below the median of all, above its own cohort's
        ({"size": "moved"}, "few_moved_up"),
        ({"size": "far", "own": -0.1}, "few_unusual_down"),
    ],
)
def test_the_own_cohort_comes_first(how, rule):
    among_all = {"value": 2.0, "median": 3.0, "n": 150}
    both = pd.concat([beside(**among_all), beside(**{"n": 80, "cohort": "C", **how})], ignore_index=True)
    assert few_rounds_rule(beside(**among_all)) == "few_small_low" and few_rounds_rule(both) == rule


def test_a_cohort_of_all_participants_is_called_participants():
    both = pd.concat([beside(), beside(cohort="C")], ignore_index=True)
    assert own_cohort(both)["cohort"] == "all" and own_cohort(both.iloc[:0]) is None


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("wilayah-63-72", "Turun 0,50: indeks 2,23 dari 4"),  # 8 of 72 fell further: no change to call usual
        ("wilayah-35-73", "Indeks 2,93 dari 4, di atas median peserta kelompok KPPN&IKN; perubahannya kecil"),
        ("wilayah-34-04", "Turun 0,22: indeks 3,04 dari 4"),
        ("wilayah-33-13", "Turun 0,70, di luar kisaran yang lazim: indeks 2,46 dari 4"),
    ],
)
def test_regions_of_two_rounds(name, headline):
    assert evaluate_round(name, "2023-S2").headline().text == headline


def test_without_participants_the_change_stands_alone():
    assert few_rounds_rule(beside().iloc[:0]) == "few_alone"


def test_mimikas_change_is_set_beside_the_cohorts():
    w = Words("en")
    held = scenario.load("mimika").overall(w).findings[1]
    assert w.text(held.sentence) == (
        "Net of the common movement (\u22120.04), 65 of 72 participants of the REGULER cohort moved further; "
        "the change is within what is usual."
    )


def test_mimikas_lede_has_its_rank_and_denominator():
    text = Words("id").text(scenario.load("mimika").overall(Words("id")).lede)
    assert "turun 0,03" in text and "peringkat 58 dari 72 peserta kelompok REGULER, dan 94 dari 130 di antara semua peserta" in text


def test_a_published_change_is_told_even_if_the_round_before_is_not_at_hand():
    headline = scenario.load("few_new_peer").overall(Words("id")).headline
    assert headline.places["change"].table == "PEERS"


def test_a_small_rise_among_large_ones_is_not_called_a_fall():
    text = Words("en").text(scenario.load("few_unusual_up_small").overall(Words("en")).headline)
    assert text.startswith("Up 0.03, outside what is usual")


# Honest words


def test_what_is_only_likely_is_said_to_be():
    for name, word in (("likely_rising", "Likely improving"), ("likely_falling", "Likely declining")):
        assert Words("en").text(scenario.load(name).overall(Words("en")).headline).startswith(word)


def test_likely_sectors_are_marked_in_lists():
    case = scenario.load("likely_rising")
    likely = case.verdicts.loc[case.verdicts["direction"] == "likely_improving", "node"].tolist()
    assert "infrastructure" in likely
    assert "infrastruktur (cenderung) membaik" in Words("id").text(case.overall(Words("id")).findings[0].sentence)


def test_a_region_without_sectors_speaks_of_components():
    rounds = [f"{2017 + i // 2}-S{i % 2 + 1}" for i in range(12)]
    y = 50 + np.tile([0.2, -0.2], 6)
    case = scenario.build("x", {"index": y, "output": y, "outcome": y}, rounds, {})
    labels = {"index": "indeks", "output": "output", "outcome": "outcome"}
    from scevaluation.evaluate.overall import Named, overall

    w, (now, change, top) = Words("id"), case.parts
    o = overall(now, case.trend, case.verdicts, change, case.peers, top, 4.0, Named(labels, w.join, w.count), "X")
    assert "komponen" in w.text(o.headline) and "sektor" not in w.text(o.headline)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_headlines_name_no_cause(lang):
    for name in scenario.names():
        text = scenario.load(name).expect["headline"][lang]
        assert not re.search(r"\b(karena|akibat|sebab|because|due|caused)\b", text)
