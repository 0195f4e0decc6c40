"""Other assumptions, other systems: known series stay what they are, event-made ones do not, incomparable levels are not subtracted."""

import numpy as np
import pandas as pd
import pytest
from chart_data import programme
from evaluated import evaluate_round
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.evaluate import trend
from scevaluation.evaluate.series import Series, series
from scevaluation.frames import ROOT
from scevaluation.frames.items import BREAKS
from scevaluation.methods import sensitivity as under
from scevaluation.methods.lenses import un
from scevaluation.period import Period

pytestmark = pytest.mark.filterwarnings("error")
ROUNDS = tuple(f"{2017 + i // 2}-S{i % 2 + 1}" for i in range(16))
PLAN = programme(rounds=ROUNDS)
WAVE = np.array([0.4, -0.3, 0.1, -0.4, 0.3, 0.2, -0.2, -0.1] * 2)


def made(*values, exposures=None, linked=True, rounds=ROUNDS):
    y = np.array(values, float)
    nodes = ("index", "roads", "schools", "clinics")[: len(y)]
    numbers = np.array([Period(r).number for r in rounds])
    terms = {k: np.broadcast_to(np.asarray(v, float), y.shape) for k, v in (exposures or {}).items()}
    level = np.array([0 if n == "index" else 1 for n in nodes])
    told = (np.full(len(y), np.nan), np.full(len(y), linked), level, BREAKS.empty())
    return Series(nodes, rounds, y, numbers, terms, *told, np.zeros(len(y), int), np.zeros(len(y)), np.ones(len(y)), None, ())


def rising(pace, start=40.0):
    return start + pace * np.arange(16) / 2 + WAVE


@pytest.fixture(scope="module")
def example():
    e = evaluate_round("contoh", "2024-S2")
    return e, series(e.index, e.programme, e.round, e.instruments, (ROOT, *e.top))


def test_the_first_setting_is_the_reports_own_trend(example):
    e, s = example
    own = under.sensitivity(s, e.programme).query("setting == 'own'").set_index("node")
    theirs = e.trend.set_index("node").loc[list(s.nodes)]
    for column in ("slope", "low", "high", "p_up", "p_flat", "p_down"):
        np.testing.assert_allclose(own[column], theirs[column], atol=1e-9)
    assert list(own["direction"]) == list(e.verdicts.set_index("node").loc[list(s.nodes), "direction"])


def test_a_steep_series_improves_whatever_is_assumed():
    table = under.sensitivity(made(rising(5), exposures={"pandemic": [0] * 6 + [1] * 4 + [0] * 6}), PLAN)
    assert set(table["direction"]) == {"improving"} and table["same"].all() and not table["opposite"].any()


def test_a_fall_during_an_event_is_no_decline_until_the_event_is_left_out():
    felt = np.array([0] * 10 + [0.2, 0.4, 0.6, 0.8, 1, 1])
    table = under.sensitivity(made(50 + WAVE - 9 * felt, exposures={"pandemic": felt}), PLAN).set_index("setting")
    assert table.at["own", "direction"] != "declining"
    assert table.at["events_out", "p_down"] > table.at["own", "p_down"] + 0.1
    assert not table.at["events_out", "same"]


def test_a_verdict_that_turns_is_called_opposite():
    y = np.concatenate([rising(4)[:12], rising(4)[11] - 9 * np.arange(1, 5) / 2])
    tried = (under.Setting("own", "own", last=5), under.Setting("late", "window", first=10))
    table = under.sensitivity(made(y), PLAN, tried).set_index("setting")
    assert table["direction"].to_dict() == {"own": "improving", "late": "declining"}
    assert table["opposite"].to_dict() == {"own": False, "late": True}


def test_likely_and_certain_count_as_the_same():
    tried = (under.Setting("own", "own"), under.Setting("all_but", "delta", 1.001))
    table = under.sensitivity(made(rising(1.6)), PLAN, tried)
    assert table["same"].all()


@settings(max_examples=15, deadline=None)
@given(st.floats(-4, 4), st.floats(0.2, 3), st.integers(0, 1000))
def test_a_larger_delta_never_makes_standing_still_less_likely(pace, delta, seed):
    y = 50 + pace * np.arange(16) / 2 + np.random.default_rng(seed).normal(0, 2, 16)
    tried = (under.Setting("own", "own", delta), under.Setting("more", "delta", 2 * delta))
    table = under.sensitivity(made(y), PLAN, tried).set_index("setting")
    assert table.at["more", "p_flat"] >= table.at["own", "p_flat"] - 1e-12
    assert np.allclose(table[["p_up", "p_flat", "p_down"]].sum(axis=1), 1)


def test_only_what_the_series_know_is_left_out():
    names = [x.name for x in under.settings(PLAN, made(rising(1)))]
    assert "events_out" not in names and "link_exact" not in names and names[0] == "own"
    touched = made(rising(1), exposures={"election": [1] + [0] * 15, "instrument": [0] * 12 + [0.3] * 4})
    tried = {x.name: x for x in under.settings(PLAN, touched)}
    assert tried["events_out"].without == ("election",) and tried["link_exact"].without == ("instrument",)


def test_a_window_that_leaves_too_little_is_not_tried():
    y = np.where(np.arange(16) >= 9, rising(1), np.nan)
    names = [x.name for x in under.settings(PLAN, made(y))]
    assert "last_out" in names and "first_out" not in names
    names = [x.name for x in under.settings(PLAN, made(np.where(np.arange(16) >= 10, rising(1), np.nan)))]
    assert "last_out" not in names


def test_a_series_that_a_window_leaves_too_short_says_so():
    short = np.where(np.arange(16) < 7, rising(1), np.nan)
    table = under.sensitivity(made(rising(1), short), PLAN).set_index(["setting", "node"])
    row = table.loc[("first_out", "roads")]
    assert row["direction"] == "too_little_data" and np.isnan(row["p_up"]) and row["rounds"] == 5


def test_below_six_rounds_there_is_nothing_to_try():
    y = np.where(np.arange(16) < 5, rising(1), np.nan)
    table = under.sensitivity(made(y), PLAN)
    assert table.empty and list(table.columns) == list(under.COLUMNS)


def test_the_series_are_not_changed(example):
    e, s = example
    before = s.y.copy()
    under.sensitivity(s, e.programme)
    np.testing.assert_array_equal(s.y, before)


def test_a_delta_of_every_nodes_own_is_halved_and_doubled_for_each():
    plan = PLAN.model_copy(update={"delta_share": 0.1})
    s = made(rising(2), rising(1))
    own = trend.deltas(s, plan)
    assert own[0] != own[1]
    table = under.sensitivity(s, plan).pivot(index="setting", columns="node", values="delta")[["index", "roads"]]
    np.testing.assert_allclose(table.loc["own"], own)
    np.testing.assert_allclose(table.loc["delta_half"], own / 2)
    np.testing.assert_allclose(table.loc["delta_double"], own * 2)


# other systems


def verdict_tables(s, target=np.nan, target_round=""):
    n = len(s.nodes)
    says = pd.DataFrame({"node": s.nodes, "direction": ["stagnant"] * n, "target": target, "target_round": target_round})
    return says, pd.DataFrame({"node": s.nodes, "recent": [0.5] * n})


def test_levels_that_are_not_comparable_are_not_subtracted_by_any_system():
    s = made(rising(2), linked=False)
    row = under.side_by_side(s, *verdict_tables(s, 66.0, "2027-S2")).iloc[0]
    assert all(row[n] == "not_available" and row[n + "_as"] == "too_little_data" for n in under.LENSES)


def test_systems_that_need_a_target_are_silent_without_one():
    s = made(rising(2))
    row = under.side_by_side(s, *verdict_tables(s)).iloc[0]
    assert row["sdsn"] == row["un"] == "not_available"
    assert row["open_sdg"] == "substantial_progress" and row["eurostat"] == "significant_progress"


def test_each_target_counts_to_its_own_round():
    s = made(rising(2), rising(2))
    says, moved = verdict_tables(s)
    says["target"], says["target_round"] = [70.0, 70.0], ["2027-S2", "2045-S2"]
    table = under.side_by_side(s, says, moved)
    # 14.5 points in 7.5 years; the 29.6 to go need 2.8 a year in 10.5 years, 1.0 in 28.5
    assert list(table["sdsn"]) == ["moderately_improving", "up"]
    assert list(table["un"]) == ["moderate", "on_track"]


def test_one_value_is_no_change():
    y = np.where(np.arange(16) == 15, 50.0, np.nan)
    s = made(y)
    row = under.side_by_side(s, *verdict_tables(s, 66.0, "2027-S2")).iloc[0]
    assert row["rounds"] == 1 and all(row[n] == "not_available" for n in under.LENSES)


def test_the_middle_of_a_round_is_a_decimal_year():
    assert under.middle("2017-S1") == 2017.25 and under.middle("2017-S2") == 2017.75
    assert under.middle("2025-Q3") == 2025.625


@pytest.mark.parametrize(
    ("base", "current", "target", "direction", "says"),
    [
        (65, 50, 60, 1, "regression"),  # falls from above the target: no progress towards it
        (65, 62, 60, 1, "on_track"),  # the target is still held
        (5, 8, 6, -1, "regression"),  # low is good
        (5, 5.5, 6, -1, "on_track"),
        (40, 50, 60, 1, "on_track"),
        (40, 39, 60, 1, "regression"),
        (40, 40, 60, 1, "stagnation"),
    ],
)
def test_the_united_nations_measure_knows_when_a_target_is_behind(base, current, target, direction, says):
    assert un(base, current, 2017, 2023, target, 2030, direction)["verdict"].tolist() == [says]


def test_without_a_direction_the_way_leads_from_base_to_target():
    assert un(65, 50, 2017, 2023, 60, 2030)["verdict"].tolist() == ["on_track"]
