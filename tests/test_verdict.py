"""Verdicts: every row of the table of rules at its threshold and beside it, reasons, disruption, breaks, targets, bad input."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import scenario
from evaluated import evaluate_round
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.trend import MINIMUM, trend
from scevaluation.evaluate.verdict import RULES, course_of, decide, reason, verdicts
from scevaluation.frames import DIRECTIONS, PACES, VERDICTS
from scevaluation.place import DATA
from scevaluation.words import LANGUAGES, Fact, Sentence, Words, catalogue

pytestmark = pytest.mark.filterwarnings("error")
NAN = np.nan
PANDEMIC = {"kind": "pandemic", "start": "2020-03", "end": "2021-12"}
WIGGLE = np.tile([0.3, -0.3], 8)
RISING, FLAT = 40 + np.arange(16) + WIGGLE, 50 + WIGGLE  # two points a year; none


def one(y, events=(), targets=None, **raw):
    """A region of one node, "health", and its index, which is the same: their rows of VERDICTS and TREND."""
    y = np.asarray(y, float)
    rounds = [f"{2017 + i // 2}-S{i % 2 + 1}" for i in range(len(y))]
    return scenario.build("x", {"index": y, "health": y}, rounds, {"events": events, "targets": targets or {}, **raw})


def says(y, events=(), targets=None, **raw) -> pd.Series:
    return one(y, events, targets, **raw).verdicts.set_index("node").loc["index"]


# The table of rules: each row at its threshold and beside it


def case(**changes):
    base = {"fewest": 6, "coarse": 0, "rounds": 12, "p_up": 0.3, "p_flat": 0.4, "p_down": 0.3, "p_max": 0.4}
    base |= {"target": 60.0, "level": 50.0, "side": "inconclusive", "seen": 1.0, "needed": 1.5, "p_hit": 0.3, "course": ""}
    return {**base, **changes}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"rounds": 5, "p_up": 0.99}, "too_little_data"),
        ({"rounds": 6, "p_up": 0.99}, "improving"),
        ({"rounds": 11, "p_up": 0.99, "coarse": 12}, "too_coarse"),
        ({"rounds": 12, "p_up": 0.99, "coarse": 12}, "improving"),
        ({"p_up": 0.90}, "improving"),
        ({"p_up": 0.8999}, "likely_improving"),
        ({"p_up": 0.80}, "likely_improving"),
        ({"p_up": 0.7999}, "inconclusive"),
        ({"p_down": 0.90}, "declining"),
        ({"p_down": 0.8999}, "likely_declining"),
        ({"p_down": 0.80}, "likely_declining"),
        ({"p_down": 0.7999}, "inconclusive"),
        ({"p_flat": 0.90}, "stagnant"),
        ({"p_flat": 0.8999}, "likely_stagnant"),
        ({"p_flat": 0.80}, "likely_stagnant"),
        ({"p_flat": 0.7999}, "inconclusive"),
        ({}, "inconclusive"),
    ],
)
def test_direction_at_its_threshold(changes, name):
    rest = {"p_up": 0.0, "p_flat": 0.0, "p_down": 0.0} if set(changes) & {"p_up", "p_flat", "p_down"} else {}
    assert decide("direction", case(**{**rest, **changes})).name == name


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"target": NAN}, "no_target"),
        ({"level": NAN}, "pace_unknown"),
        ({"target": NAN, "level": NAN}, "no_target"),
        ({"level": 60.0, "side": "declining"}, "reached_now_falling"),
        ({"level": 59.99, "side": "declining", "seen": -2.0}, "not_improving"),
        ({"level": 60.0}, "target_held"),
        ({"level": 60.0, "side": "improving"}, "target_held"),
        ({"level": 60.0, "seen": NAN, "p_hit": NAN}, "target_held"),
        ({"seen": NAN, "p_hit": NAN}, "pace_unknown"),
        ({"p_hit": 0.5}, "on_track"),
        ({"p_hit": 0.4999}, "too_slow"),
        ({"seen": 0.0}, "not_improving"),
        ({"seen": 0.8}, "too_slow"),
        ({"side": "stagnant"}, "not_improving"),
        ({"side": "declining"}, "not_improving"),
        ({"side": "stagnant", "course": "slow_rise", "seen": 0.6}, "far_too_slow"),
        ({"side": "improving"}, "too_slow"),
        ({"seen": 0.7499}, "far_too_slow"),
        ({"seen": 0.75}, "too_slow"),
        ({"seen": 3.0, "p_hit": 0.4}, "too_slow"),
        ({"needed": NAN, "p_hit": 0.0}, "too_slow"),
    ],
)
def test_pace_at_its_threshold(changes, name):
    assert decide("pace", case(**changes)).name == name


def test_every_rule_has_a_case_above():
    direction = {m[1] for m in test_direction_at_its_threshold.pytestmark[0].args[1]}
    pace = {m[1] for m in test_pace_at_its_threshold.pytestmark[0].args[1]}
    assert {r.name for r in RULES if r.family == "direction"} == direction == {*DIRECTIONS, "too_coarse"}
    assert {r.name for r in RULES if r.family == "pace"} == pace == set(PACES)


@settings(max_examples=100, deadline=None)
@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.one_of(st.just(NAN), st.floats(0, 100)),
    st.one_of(st.just(NAN), st.floats(0, 100)),
    st.one_of(st.just(NAN), st.floats(-9, 9)),
    st.floats(0, 1),
    st.integers(0, 20),
)
def test_every_case_has_a_verdict(a, b, target, level, seen, hit, rounds):
    up, down = a * b, a * (1 - b)
    flat = 1 - up - down
    p = NAN if rounds < MINIMUM["S"] else 1.0
    probabilities = {"p_up": up * p, "p_flat": flat * p, "p_down": down * p, "p_max": max(up, flat, down) * p}
    # Where direction is known the pace seen is, and the other way round.
    pace = {"target": target, "level": level, "seen": seen * p, "needed": max(target - level, 0) / 3, "p_hit": hit * p}
    c = case(rounds=rounds, **probabilities, **pace)
    direction = decide("direction", c)
    if np.isnan(seen) and rounds >= MINIMUM["S"]:
        c["seen"] = c["p_hit"] = NAN
    assert decide("pace", {**c, "side": direction.name.removeprefix("likely_")}).name in PACES


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.family}-{r.name}")
def test_every_rule_has_its_reason_in_words(rule):
    for lang in LANGUAGES:
        assert rule.because in catalogue(lang)


def test_row_names_the_rule_the_statistic_and_the_threshold():
    row = says(RISING)
    assert row[["direction", "rule", "statistic", "operator", "threshold", "because"]].tolist() == [
        "improving",
        "improving",
        "p_up",
        ">=",
        0.9,
        "because.up",
    ]


def test_open_verdict_names_the_largest_probability():
    found = scenario.load("open")
    row, chances = found.verdicts.iloc[0], found.trend.iloc[0]
    assert (row["direction"], row["operator"], row["threshold"]) == ("inconclusive", "<", 0.8)
    assert chances[row["statistic"]] == row["certainty"] == max(chances[["p_up", "p_flat", "p_down"]])


# Directions from values


@pytest.mark.parametrize(
    ("y", "direction"),
    [(RISING, "improving"), (100 - RISING, "declining"), (FLAT, "stagnant"), (np.full(16, 50.0), "stagnant")],
)
def test_direction_of_plain_series(y, direction):
    assert says(y)["direction"] == direction


def test_table_keeps_the_contract():
    VERDICTS.check(one(RISING, [PANDEMIC], {"index": ("2027-S2", 70)}).verdicts)


def test_certainty_is_the_probability_of_the_direction():
    found = one(RISING)
    assert found.verdicts["certainty"].iloc[0] == found.trend["p_up"].iloc[0]


# Few rounds


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_below_six_rounds_there_is_too_little_data(rounds):
    row = says(RISING[:rounds])
    assert (row["direction"], row["threshold"]) == ("too_little_data", 6.0)


def test_six_rounds_have_a_verdict():
    assert says(RISING[:6])["direction"] != "too_little_data"


def test_all_missing_is_too_little_data_and_pace_unknown():
    row = says(np.full(16, NAN), targets={"index": ("2027-S2", 60)})
    assert (row["direction"], row["pace"]) == ("too_little_data", "pace_unknown")


def test_few_rounds_with_a_target_have_a_pace_unknown_not_no_target():
    assert says(FLAT[:3], targets={"index": ("2027-S2", 60)})["pace"] == "pace_unknown"


def test_missing_last_round_leaves_the_pace_unknown():
    y = RISING.copy()
    y[-1] = NAN
    row = says(y, targets={"index": ("2027-S2", 60)})
    assert (row["direction"], row["pace"]) == ("improving", "pace_unknown") and np.isnan(row["p_hit"])


# Targets: RISING ends at 55 - .3; three years are left to 2027-S2.


def test_pace_needed_is_the_gap_by_the_years_left():
    row = says(RISING, targets={"index": ("2027-S2", 66)})
    assert row["needed"] == pytest.approx((66 - RISING[-1]) / 3)
    assert row["seen"] == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(("target", "pace"), [(50, "target_held"), (58, "on_track"), (65, "too_slow"), (75, "far_too_slow")])
def test_pace_of_a_rising_series(target, pace):
    assert says(RISING, targets={"index": ("2027-S2", target)})["pace"] == pace


def test_chance_of_the_target_falls_with_the_target():
    hit = [says(RISING, targets={"index": ("2027-S2", t)})["p_hit"] for t in (56, 60, 64, 68)]
    assert hit == sorted(hit, reverse=True) and hit[0] > 0.85 > 0.1 > hit[-1]


def test_standing_still_below_the_target_is_not_improving():
    assert says(FLAT, targets={"index": ("2027-S2", 60)})["pace"] == "not_improving"


def test_falling_above_the_target_is_said():
    assert says(100 - RISING, targets={"index": ("2027-S2", 40)})["pace"] == "reached_now_falling"


def test_target_of_this_round_is_held_or_missed():
    assert says(RISING, targets={"index": ("2024-S2", 50)})["p_hit"] == 1
    row = says(RISING, targets={"index": ("2024-S2", 60)})
    assert (row["p_hit"], row["pace"]) == (0, "too_slow") and np.isnan(row["needed"])


def test_past_target_counts_no_more():
    assert says(RISING, targets={"index": ("2024-S1", 60)})["pace"] == "no_target"


def test_target_below_the_level_is_held_with_nothing_needed():
    row = says(FLAT, targets={"index": ("2027-S2", 40)})
    assert (row["pace"], row["needed"]) == ("target_held", 0.0)


# delta


def test_delta_may_be_a_share_of_the_pace_needed():
    # The cycle begins in 2023-S1 at RISING[12] = 52.3; 66 by 2027-S2 needs 13.7 in 4.5 years.
    found = one(RISING, targets={"index": ("2027-S2", 66)}, delta_share=0.1)
    deltas = found.trend.set_index("node")["delta"]
    assert deltas["index"] == pytest.approx(0.1 * (66 - 52.3) / 4.5)
    assert deltas["health"] == 1.0


def test_delta_share_leaves_a_target_already_reached_to_the_programmes_delta():
    assert one(RISING, targets={"index": ("2027-S2", 45)}, delta_share=0.1).trend["delta"].tolist() == [1.0, 1.0]


def test_delta_share_decides_by_each_nodes_own_delta():
    y = 40 + 0.6 * np.arange(16) / 2 + WIGGLE / 3  # .6 a year: below 1, above a tenth of what 60 needs
    found = one(y, targets={"index": ("2027-S2", 60)}, delta_share=0.1)
    assert found.verdicts["direction"].tolist() == ["improving", "stagnant"]


def test_delta_is_always_in_the_reason():
    found = one(FLAT)
    text = Words("en").text(reason(found.trend.iloc[0], found.verdicts.iloc[0]))
    assert "\u00b11.0 points a year" in text


# Events


DIP = -8.0 * np.isin(np.arange(16), range(6, 10))


def test_dip_that_ends_with_the_event_has_recovered():
    assert says(FLAT + DIP, [PANDEMIC])["disruption"] == "pandemic:recovered"


def test_dip_that_stays_is_a_shift():
    y = FLAT - 8.0 * (np.arange(16) >= 6)
    row = says(y, [PANDEMIC])
    assert (row["direction"], row["disruption"], row["departure"]) == ("stagnant", "", "shift:2020-S1")


def test_departure_is_named_with_its_round():
    off = FLAT + 15.0 * (np.arange(16) == 9)
    assert says(off)["departure"] == "outlier:2021-S2"
    assert says(FLAT - 6.0 * (np.arange(16) % 2 == 0))["departure"] == "season"
    assert says(FLAT)["departure"] == ""


def test_pace_now_may_differ_from_that_since_the_start():
    row = says((40 + 1.5 * np.minimum(np.arange(16), 6) + WIGGLE)[:12])
    assert (row["direction"], row["now"]) == ("improving", "stagnant") and row["now_certainty"] >= 0.9


@pytest.mark.parametrize(("rounds", "now"), [(9, "too_early"), (10, "improving"), (5, "too_little_data")])
def test_now_needs_ten_rounds(rounds, now):
    assert says(RISING[:rounds])["now"] == now


def test_recovery_is_not_shown_by_a_single_round_after_the_event():
    assert says((FLAT + DIP)[:11], [PANDEMIC])["disruption"] == "pandemic:not_recovered"
    assert says((FLAT + DIP)[:12], [PANDEMIC])["disruption"] == "pandemic:recovered"


def test_level_that_was_higher_was_not_disrupted():
    assert says(FLAT - DIP, [PANDEMIC])["disruption"] == "pandemic:raised"


def test_no_effect_is_no_disruption():
    assert says(FLAT, [PANDEMIC])["disruption"] == ""


@pytest.mark.parametrize("kind", ["leadership", "plan", "legal", "other", "election"])
def test_every_kind_of_event_can_disrupt(kind):
    row = says(FLAT + DIP, [{**PANDEMIC, "kind": kind}])
    assert row["disruption"] == f"{kind}:recovered"


def test_verdict_that_changes_without_the_event_says_so():
    y = (RISING - 6.0 * (np.arange(16) >= 6))[:8]  # the dip ends the series
    assert says(y, [PANDEMIC])["event_dependent"]
    assert not says(RISING, [PANDEMIC])["event_dependent"]


def test_without_events_nothing_depends_on_them():
    assert not says(FLAT + DIP)["event_dependent"]


def test_event_outside_the_calendar_changes_nothing():
    far = {"kind": "pandemic", "start": "1999", "end": "2001"}
    pd.testing.assert_frame_equal(one(FLAT, [far]).verdicts, one(FLAT).verdicts)


def test_event_of_another_sector_changes_nothing_for_this_one():
    other = {**PANDEMIC, "sectors": ["education"]}
    rows = one(FLAT + DIP, [other]).verdicts.set_index("node")
    assert rows.at["health", "disruption"] == ""


# New questionnaires


def test_unlinked_break_is_marked():
    assert not says(RISING, new="2023-S1")["comparable"]


def test_unlinked_break_is_not_taken_for_a_fall():
    y = FLAT - 10.0 * (np.arange(16) >= 12)
    known, early = one(y, new="2023-S1"), one(y[:15], new="2023-S1")
    assert known.trend["rounds"].iloc[0] == 16 and known.verdicts["direction"].iloc[0] == "stagnant"
    assert early.trend["rounds"].iloc[0] == 3 and early.verdicts["direction"].iloc[0] == "too_little_data"


def test_same_questionnaire_is_comparable():
    assert says(RISING)["comparable"]


# Reasons


def facts(part):
    if isinstance(part, Fact):
        yield part
    if isinstance(part, Sentence):
        for place in part.places.values():
            yield from facts(place)


@pytest.fixture(scope="module", params=scenario.names())
def situation(request):
    return scenario.load(request.param)


def rows_of(found):
    return zip(found.trend.to_dict("records"), found.verdicts.to_dict("records"), strict=True)


def test_reasons_facts_are_the_cells_they_name(situation):
    for t, v in rows_of(situation):
        for fact in facts(reason(t, v)):
            row = {"TREND": t, "VERDICTS": v}[fact.table]
            assert fact.key == f"{row['round']}|{row['node']}" and fact.value == row[fact.column]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_reason_is_whole_in_every_language(situation, lang):
    w = Words(lang)
    for t, v in rows_of(situation):
        text = w.text(reason(t, v))
        assert "{" not in text and "\u2013" not in text and text.endswith(".") and w.html(reason(t, v))


def test_reason_by_hand_in_both_languages():
    t = {"round": "2024-S2", "node": "health", "rounds": 15, "delta": 1.0, "low": -0.4, "high": 0.62, "detectable": 1.44}
    t |= {"agree": 14, "p_up": 0.004, "p_flat": 0.956, "p_down": 0.04, "pandemic": -4.2, "pandemic_low": -6.0}
    t |= {"pandemic_high": -2.1, "election": NAN, "election_low": NAN, "election_high": NAN}
    v = {"round": "2024-S2", "node": "health", "direction": "stagnant", "because": "because.flat", "event_dependent": False}
    v |= {"comparable": False, "now": "too_early", "departure": ""}
    assert Words("id").text(reason(t, v)) == (
        "Dalam \u00b11,0 poin setahun dengan peluang 96%; rentang 90% \u22120,4 sampai +0,6. 15 putaran; 14 dari 15 uji, "
        "masing-masing tanpa satu putaran, sejalan. Laju terkecil yang dapat terlihat: 1,4. Selama pandemi \u22124,2 poin "
        "(\u22126,0 sampai \u22122,1). Tingkat nilai tidak sebanding antara instrumen lama dan baru."
    )
    assert Words("en").text(reason(t, v)) == (
        "Within \u00b11.0 points a year with 96% probability; 90% interval \u22120.4 to +0.6. 15 rounds; 14 of 15 reruns, each "
        "leaving out one round, agree. Smallest pace that could be detected: 1.4. During the pandemic: \u22124.2 points "
        "(\u22126.0 to \u22122.1). The level is not comparable across the change of instrument."
    )


def test_the_reason_tells_the_pace_now_what_departed_and_that_few_rounds_show_little():
    t = {"round": "2024-S2", "node": "health", "rounds": 9, "delta": 1.0, "low": 1.2, "high": 2.62, "detectable": 1.44, "agree": 9}
    t |= {"p_up": 0.96, "p_flat": 0.03, "p_down": 0.01, "p_shift": 0.71, "shift": -6.3, "now_low": -0.4, "now_high": 0.5}
    t |= dict.fromkeys(("pandemic", "pandemic_low", "pandemic_high", "election", "election_low", "election_high"), NAN)
    v = {"round": "2024-S2", "node": "health", "direction": "improving", "because": "because.up", "event_dependent": False}
    v |= {"comparable": True, "now": "likely_stagnant", "now_certainty": 0.84, "departure": "shift:2021-S2"}
    w = Words("en")
    assert w.text(reason(t, v, w.round)).partition("detected: 1.4.")[2] == (
        " Pace now level with a chance of 84%; 90% interval \u22120.4 to +0.5. Its level shifted by \u22126.3 points from 2021-II on "
        "(chance 71%); a shift is no pace. Below 10 rounds a shift of level, a swing and a bend are hard to tell from a direction."
    )
    plain = w.text(reason({**t, "rounds": 10}, {**v, "now": "too_early", "departure": ""}, w.round))
    assert plain.endswith("detected: 1.4.")


@pytest.mark.parametrize(
    ("direction", "now", "low", "high", "course"),
    [
        ("improving", "stagnant", 1.0, 3.0, "plateau"),
        ("likely_improving", "likely_stagnant", 0.1, 3.0, "plateau"),
        ("improving", "declining", 1.0, 3.0, "turn_down"),
        ("declining", "improving", -3.0, -1.0, "turn_up"),
        ("declining", "stagnant", -3.0, -1.0, "halt"),
        ("stagnant", "improving", -0.5, 0.5, "now_improving"),
        ("inconclusive", "declining", -2.0, 2.0, "now_declining"),
        ("improving", "likely_improving", 1.0, 3.0, ""),
        ("improving", "inconclusive", 1.0, 3.0, ""),
        ("improving", "too_early", 1.0, 3.0, ""),
        ("stagnant", "too_early", 0.1, 0.8, "slow_rise"),
        ("likely_stagnant", "stagnant", -0.8, -0.1, "slow_fall"),
        ("stagnant", "stagnant", -0.1, 0.8, ""),
        ("inconclusive", "too_early", 0.1, 3.0, ""),
        ("too_little_data", "too_little_data", NAN, NAN, ""),
    ],
)
def test_both_paces_together_have_a_name_where_they_differ(direction, now, low, high, course):
    assert course_of(direction, now, low, high) == course
    said = Words("en").verdict(direction, course, now)
    assert said and (course == "" or said != Words("en")("direction." + direction))


def test_reason_of_few_rounds_by_hand():
    found = one(FLAT[:2])
    text = Words("en").text(reason(found.trend.iloc[0], found.verdicts.iloc[0]))
    assert text == "Comparable rounds: 2; a direction needs at least 6."


def test_reason_says_what_it_depends_on():
    found = one((RISING - 6.0 * (np.arange(16) >= 6))[:8], [PANDEMIC])
    assert "depends on the adjustment for events" in Words("en").text(reason(found.trend.iloc[0], found.verdicts.iloc[0]))


# Bad input


def test_trend_of_another_region_is_an_error():
    found = one(FLAT)
    wrong = found.trend.assign(region="11.11")
    index = found.index
    with pytest.raises(EvaluationError, match="not of region"):
        verdicts(wrong, index, scenario.programme(["2024-S2"], {}), "2024-S2")


def test_empty_trend_gives_an_empty_table():
    found = one(FLAT)
    assert verdicts(found.trend.iloc[:0], found.index, scenario.programme(["2024-S2"], {}), "2024-S2").empty


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.one_of(st.just(NAN), st.sampled_from([0.0, 50.0, 100.0]), st.floats(0, 100)), min_size=1, max_size=12),
    st.floats(0, 100),
    st.booleans(),
    st.booleans(),
)
def test_any_series_has_verdicts_within_the_contract(y, target, event, new):
    raw = {"new": "2019-S1"} if new else {}
    found = one(y, [PANDEMIC] if event else [], {"index": ("2027-S2", target)}, **raw)
    VERDICTS.check(found.verdicts)
    judged = found.verdicts["direction"] != "too_little_data"
    assert found.verdicts.loc[judged, ["certainty", "seen"]].notna().all(axis=None)


# Real and made-up programmes


def test_mimikas_two_rounds_have_no_direction():
    found = evaluate_round("mimika", "2023-S2")
    assert set(found.verdicts["direction"]) == {"too_little_data"} and set(found.verdicts["pace"]) == {"no_target"}


@pytest.fixture(scope="module")
def made():
    return scenario.load("contoh")


TRUTH = json.loads((DATA / "programmes" / "contoh" / "truth.json").read_text("utf-8"))["top"]


@pytest.mark.parametrize("sector", sorted(TRUTH))
def test_verdicts_find_the_truth_of_the_made_up_programme(made, sector):
    slope = TRUTH[sector]["slope"]
    true = "improving" if slope > 1 else "declining" if slope < -1 else "stagnant"
    assert made.verdicts.set_index("node").at[sector, "direction"] == true


@pytest.mark.parametrize("sector", sorted(TRUTH))
def test_intervals_hold_the_true_slope_and_the_true_event(made, sector):
    row, true = made.trend.set_index("node").loc[sector], TRUTH[sector]
    assert row["low"] <= true["slope"] <= row["high"]
    if true["pandemic"] and np.isfinite(row["pandemic"]):
        assert row["pandemic_low"] <= true["pandemic"] <= row["pandemic_high"]


def test_trend_alone_agrees_with_its_verdicts(made):
    both = made.trend.merge(made.verdicts, on=["region", "round", "node"])
    judged = both[both["direction"].isin(["improving", "stagnant", "declining"])]
    chance = judged[["p_up", "p_flat", "p_down"]].to_numpy()
    assert len(judged) >= 6 and (chance.max(axis=1) >= 0.9).all()
    assert (judged["seen"] == judged["slope"]).all()


def test_verdicts_do_not_change_their_input():
    rounds = [f"{2017 + i // 2}-S{i % 2 + 1}" for i in range(16)]
    used, plan = scenario.instruments(rounds, ("health",), ""), scenario.programme(rounds, {})
    index = scenario.index_of({"index": RISING, "health": RISING}, used, rounds)
    t = trend(index, plan, rounds[-1], used)
    before = t.copy(), index.copy()
    verdicts(t, index, plan, rounds[-1], used)
    pd.testing.assert_frame_equal(t, before[0])
    pd.testing.assert_frame_equal(index, before[1])
