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
from scevaluation.evaluate.claims import Claims, Scale, claims
from scevaluation.evaluate.overall import composite_state, few_rounds_rule, headline_rule
from scevaluation.evaluate.peers import own_cohort
from scevaluation.frames import CHANGE, ROOT, TREND, VERDICTS
from scevaluation.frames.claims import CLAIMS
from scevaluation.words import LANGUAGES, Fact, Sentence, Words, catalogue

TABLES = {"TREND": "trend", "VERDICTS": "verdicts", "PEERS": "peers"}

pytestmark = pytest.mark.filterwarnings("error")


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


def test_every_number_said_is_that_of_a_claim_and_every_claim_is_that_of_its_cell(case):
    o = case.overall(Words("id"))
    rows = {CLAIMS.row_key(r): r for r in case.claims.to_dict("records")}
    said = [f for part in (o.headline, o.lede, *(f.sentence for f in o.findings)) for f in facts(part)]
    assert said and all(f.table == "CLAIMS" and np.array_equal(rows[f.key][f.column], f.value, equal_nan=True) for f in said)
    for row in rows.values():
        table, *key, column = (row["evidence"] or "|").split("|")
        if table in TABLES and np.isfinite(row["value"]):
            found = getattr(case, TABLES[table])
            found = found[(found["round"] == key[0]) & (found["node"] == key[1])]
            found = found[found["cohort"] == key[2]] if table == "PEERS" else found
            assert found[column].tolist() == [row["value"]]


def test_every_headline_has_a_situation():
    seen = {scenario.load(n).expect["rule"] for n in scenario.names()}
    words = {k.removeprefix("headline.") for k in catalogue("id") if k.startswith("headline.")}
    rules = {w for w in words if not w.startswith(("word_", "with_", "unsure")) and w != "likely"}
    assert rules | {"turned", "stable_shift"} == seen  # these two say the composite's verdict and nothing else


@pytest.mark.parametrize("lang", LANGUAGES)
def test_below_six_rounds_no_headline_and_no_lede_names_a_direction(lang):
    said = {k: t for k, t in catalogue(lang).items() if re.match(r"(headline|lede)\.few", k)}
    direction = r"stabil|stagnan|mendatar|membaik|menurun|stable|stagnant|level|improv|declin|rising|falling"
    assert len(said) >= 16 and [k for k, t in said.items() if re.search(direction, t, re.IGNORECASE)] == []


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


def few(strength="judged", says="up", usual="near", scope="2023-S1") -> Claims:
    rows = {("difference", ROOT): [{"claim": "difference", "says": says, "strength": strength, "scope": scope}]}
    return Claims(rows | ({("usual", ROOT): [{"says": usual}]} if usual else {}))


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({}, "few_beyond_up"),  # more than the noise is a rise, however small among those of the cohort
        ({"says": "down"}, "few_beyond_down"),
        ({"usual": "far"}, "few_beyond_up"),
        ({"strength": "open"}, "few_within"),
        ({"strength": "open", "usual": "far"}, "few_within"),  # however the others moved
        ({"strength": "open", "says": "flat"}, "few_within"),
        ({"strength": "fact"}, "few_alone_up"),  # of an unknown noise no more is said than the difference
        ({"strength": "short", "says": "first", "usual": ""}, "few_alone_first"),
        ({"usual": ""}, "few_beyond_up"),  # no letter lists the region's change, but the noise of its panel is known
        ({"usual": "", "strength": "open"}, "few_within"),
        *(({"usual": "", "strength": "short", "says": says}, f"few_alone_{says}") for says in ("scale", "questionnaire", "missing")),
    ],
)
def test_few_rounds_by_hand(how, rule):
    assert few_rounds_rule(few(**how)) == rule


def beside(cohort="all", n=101, value=2.0, median=3.0, own=0.1, size="near"):
    row = {"cohort": cohort, "n": n, "own_change": own, "size": size, "region": "00.00", "round": "2023-S2", "node": ROOT}
    row |= {"value": value, "median": median, "common_change": 0.0, "rank": 3, "rank_low": 2, "rank_high": 5}
    return pd.DataFrame([row | {"percentile": 0.5, "n_change": n, "smaller_moves": 50}])


def placed(peers: pd.DataFrame) -> pd.DataFrame:
    index = scenario.index_of({ROOT: np.array([50.0])}, {"2023-S2": scenario.instruments(["2023-S2"], ("x",), "")["2023-S2"]}, ["2023-S2"])
    none = (TREND.empty(), VERDICTS.empty(), CHANGE.empty())
    return claims(index, *none, peers, (), Scale("value", 2, 4.0, 0.05), noise=0.06)


@pytest.mark.parametrize(
    ("value", "median", "says", "gap"),
    [
        (2.0, 3.0, "below", -1.0),
        (3.06, 3.0, "above", 0.06),
        (3.04, 3.0, "level", 0.04),
        (3.004, 2.996, "level", 0.0),  # both printed as 3.00
    ],
)
def test_the_place_beside_the_median_is_as_printed(value, median, says, gap):
    row = Claims.of(placed(beside(value=value, median=median))).get("gap")
    assert (row["says"], row["value"], row["strength"]) == (says, gap, "fact")


def test_the_own_cohort_comes_first():
    both = pd.concat([beside(n=150), beside("C", 80, median=1.9)], ignore_index=True)
    said = placed(both)
    assert said.loc[said["claim"] == "rank", "scope"].tolist() == ["C", "all"]
    assert Claims.of(said).get("gap")["says"] == "above" and own_cohort(both)["cohort"] == "C"


def test_a_cohort_of_all_participants_is_called_participants():
    both = pd.concat([beside(), beside(cohort="C")], ignore_index=True)
    assert own_cohort(both)["cohort"] == "all" and own_cohort(both.iloc[:0]) is None


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("wilayah-63-72", "Turun 0,50 menjadi 2,23 dari 4, di bawah median peserta kelompok REGULER"),
        ("wilayah-34-04", "Turun 0,22 menjadi 3,04 dari 4, di atas median peserta kelompok KPPN&IKN"),
        ("wilayah-12-06", "Turun 0,20 menjadi 2,16 dari 4; dengan bobot dan isi yang sama +0,06"),  # the fall is the new weights' alone
        ("wilayah-33-13", "Turun 0,70 menjadi 2,46 dari 4, perubahan di luar kisaran lazim peserta kelompok KPPN&IKN"),
    ],
)
def test_regions_of_two_rounds(name, headline):
    assert evaluate_round(name, "2023-S2").headline().text == headline


def test_mimikas_change_is_set_against_the_noise_first_and_then_beside_the_cohorts():
    w = Words("en")
    held = scenario.load("mimika").overall(w).findings[1]
    # Twice an assessor's .5 on a panel of five, over the items of each component by its weight: .034 a round, 1.645 of it for 90 %.
    assert w.text(held.sentence) == (
        "A difference of \u22120.03, within its noise (\u00b10.06). Common movement of the REGULER "
        "cohort: \u22120.04; net of it, 65 of 72 moved further."
    )


def test_mimikas_lede_has_its_rank_and_denominator():
    text = Words("id").text(scenario.load("mimika").overall(Words("id")).lede)
    assert "turun" not in text and "peringkat 58 dari 72 peserta kelompok REGULER (rentang 90% penilaian dan bobot: 56 sampai 61)" in text


def test_a_published_change_is_told_even_if_the_round_before_is_not_at_hand():
    said = Claims.of(scenario.load("few_new_peer").claims).get("difference")
    assert said["evidence"].startswith("PEERS|") and said["value"] == 0.25


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

    w = Words("id")
    o = overall(Claims.of(case.claims), case.top, case.scale, Named(labels, w.join, w.count), "X")
    assert "komponen" in w.text(o.headline) and "sektor" not in w.text(o.headline)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_headlines_name_no_cause(lang):
    for name in scenario.names():
        text = scenario.load(name).expect["headline"][lang]
        assert not re.search(r"\b(karena|akibat|sebab|because|due|caused)\b", text)
