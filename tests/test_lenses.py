"""The published systems' verdicts: every threshold by hand, and their own published results where these are at hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from gold import GOLD, needs_gold
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scevaluation.errors import EvaluationError
from scevaluation.methods.lenses import NOT_AVAILABLE, READ_AS, cagr, eurostat, lenses, open_sdg, sdsn, un

pytestmark = pytest.mark.filterwarnings("error")
NAN = np.nan
NAMES = ("sdsn", "open_sdg", "un", "eurostat")


# Published results


@needs_gold
def test_open_sdg_gives_every_published_verdict_and_score():
    gold = pd.read_csv(GOLD / "canada_open_sdg.csv")
    ours = open_sdg(
        gold["base_value"],
        gold["current_value"],
        gold["base_year"],
        gold["current_year"],
        gold["direction"],
        gold["target"],
        gold["target_year"],
        gold["limit"],
    )
    assert len(gold) == 247
    assert ours["verdict"].tolist() == gold["status"].tolist()
    np.testing.assert_allclose(ours["score"], gold["score"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours["value"], gold["progress_value"], rtol=0, atol=1e-9)


@needs_gold
def test_sdsn_gives_the_published_european_verdicts():
    # Of a window the first and the last year that have a value count, as in the report ("or closest year available").
    # What differs is one way only: small falls that the report calls stagnating.
    published = pd.read_csv(GOLD / "esdr2021_verdicts.csv.gz")
    values = pd.read_csv(GOLD / "esdr2021_series.csv.gz").dropna().sort_values("year")
    both = values.merge(published, on=["unit", "indicator"])
    both = both[both["year"].between(both["window_start"], both["window_end"])].groupby(["unit", "indicator"])
    ends = both.agg(a=("value", "first"), b=("value", "last"), y0=("year", "first"), y1=("year", "last"))
    d = published.join(ends, on=["unit", "indicator"])
    says = sdsn(d["a"], d["b"], d["y0"], d["y1"], d["lower_bound"], d["optimum"], d["green_threshold"])["verdict"]
    same = says.replace({"up": "on_track_or_maintaining"}) == d["published_verdict"]
    assert len(d) == 2016
    assert same.mean() >= 0.97
    apart = set(zip(d["published_verdict"][~same], says[~same], strict=True))
    assert {p for p, ours in apart if ours != NOT_AVAILABLE} == {"stagnating"}


# SDSN: 40 in 2015, green 70 in 2030, so 2 points a year are needed.


@pytest.mark.parametrize(
    ("end", "verdict"),
    [
        (70.0, "up"),
        (46.01, "up"),
        (45.99, "moderately_improving"),
        (43.01, "moderately_improving"),
        (42.99, "stagnating"),
        (40.0, "stagnating"),
        (39.99, "decreasing"),
    ],
)
def test_sdsn_at_its_thresholds(end, verdict):
    assert sdsn(40, end, 2015, 2018, 0, 100, 70)["verdict"].tolist() == [verdict]


def test_sdsn_ratio_by_hand():
    found = sdsn(40, 43, 2015, 2018, 0, 100, 70)
    assert found["ratio"].iloc[0] == pytest.approx(0.5) and found["score"].iloc[0] == pytest.approx(43)


def test_sdsn_where_low_is_good():
    # A Gini of 40 scores 100 (63 - 40) / (63 - 27.5); a fall of it is a rise of the score.
    found = sdsn([40, 40], [38, 41], 2015, 2020, 63, 27.5, 30)
    assert found["score"].iloc[0] == pytest.approx(100 * 25 / 35.5)
    assert found["verdict"].tolist() == ["moderately_improving", "decreasing"]  # .4 of .67 a year


def test_sdsn_does_not_clip_scores():
    assert sdsn(120, 130, 2015, 2018, 0, 100, 70)["score"].iloc[0] == 130


def test_sdsn_above_green_and_falling_is_up_until_green_is_lost():
    assert sdsn([80, 80], [71, 69], 2015, 2018, 0, 100, 70)["verdict"].tolist() == ["up", "decreasing"]


# Open SDG with a target: 121 in two years from 100 needs 10 % a year.


@pytest.mark.parametrize(
    ("current", "verdict"),
    [
        (121.0, "target_achieved"),
        (109.51, "substantial_progress"),
        (109.49, "moderate_progress"),
        (106.01, "moderate_progress"),
        (105.99, "limited_progress"),
        (100.0, "limited_progress"),
        (99.99, "deterioration"),
    ],
)
def test_open_sdg_with_a_target_at_its_thresholds(current, verdict):
    assert open_sdg(100, current, 2020, 2021, 1, 121, 2022)["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(
    ("current", "verdict"),
    [
        (101.51, "substantial_progress"),
        (101.49, "moderate_progress"),
        (100.51, "moderate_progress"),
        (100.49, "limited_progress"),
        (99.99, "deterioration"),
    ],
)
def test_open_sdg_without_a_target_at_its_thresholds(current, verdict):
    assert open_sdg(100, current, 2020, 2021, 1)["verdict"].tolist() == [verdict]


def test_open_sdg_scores_by_hand():
    with_target = open_sdg(100, [110, 105], 2020, 2021, 1, 121, 2022)
    assert with_target["score"].to_numpy() == pytest.approx([7.1429 - 4.2857, 4.1667 * 0.5 - 2.5])
    without = open_sdg(100, [101.5, 100.5, 100.25, 98], 2020, 2021, 1)
    assert without["score"].to_numpy() == pytest.approx([2.5, 0, -1.25, -5])


def test_open_sdg_asks_less_near_a_natural_limit():
    # 90 of 100 is .1 away: the thresholds shrink to 1 - .9 ** 4.44 = .3736 of 1.5 %, .5604 %.
    assert open_sdg(90, [90 * 1.0057, 90 * 1.0055], 2020, 2021, 1, limit=100)["verdict"].tolist() == [
        "substantial_progress",
        "moderate_progress",
    ]


def test_open_sdg_where_low_is_good():
    # 81 in two years from 100 needs -10 % a year; 90 after one is on the way.
    found = open_sdg([100, 100], [90, 101], 2020, 2021, -1, 81, 2022)
    assert found["value"].iloc[0] == pytest.approx(1.0)
    assert found["verdict"].tolist() == ["substantial_progress", "deterioration"]


def test_growth_rate_by_hand():
    assert cagr(100, 121, 2) == pytest.approx([0.1])


def test_growth_from_zero_starts_at_a_thousandth():
    assert cagr(0, 0.002, 1) == pytest.approx([1.0])


@pytest.mark.parametrize(("start", "end", "years"), [(-5, 5, 1), (5, 6, 0), (NAN, 5, 1), (5, NAN, 1)])
def test_growth_that_is_not_defined_is_missing(start, end, years):
    assert np.isnan(cagr(start, end, years)).all()


# United Nations: 50 in 2015, 80 in 2030: two points a year cover all of the way.


@pytest.mark.parametrize(
    ("current", "verdict"),
    [
        (59.51, "on_track"),
        (59.49, "moderate"),
        (55.01, "moderate"),
        (54.99, "marginal"),
        (51.01, "marginal"),
        (50.99, "stagnation"),
        (49.01, "stagnation"),
        (48.99, "regression"),
    ],
)
def test_un_at_its_thresholds(current, verdict):
    assert un(50, current, 2015, 2020, 80)["verdict"].tolist() == [verdict]


def test_un_at_the_target_from_the_start_is_on_track():
    assert un(80, 80, 2015, 2020, 80)["verdict"].tolist() == ["on_track"]


# Eurostat


@pytest.mark.parametrize(
    ("current", "verdict"),
    [
        (101.01, "significant_progress"),
        (100.99, "slight_progress"),
        (100.0, "slight_progress"),
        (99.99, "movement_away"),
        (99.01, "movement_away"),
        (98.99, "significant_movement_away"),
    ],
)
def test_eurostat_without_a_target_at_its_thresholds(current, verdict):
    assert eurostat(100, current, 2020, 2021, 1)["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(
    ("current", "verdict"),
    [
        (121.0, "significant_progress"),
        (109.51, "significant_progress"),
        (109.49, "moderate_progress"),
        (106.01, "moderate_progress"),
        (105.99, "insufficient_progress"),
        (100.0, "insufficient_progress"),
        (99.99, "movement_away"),
        (90.0, "movement_away"),
    ],
)
def test_eurostat_with_a_target_at_its_thresholds(current, verdict):
    assert eurostat(100, current, 2020, 2021, 1, 121, 2022)["verdict"].tolist() == [verdict]


# Side by side


def test_only_the_first_and_the_last_value_count():
    years = np.arange(2017, 2023) + 0.5
    a, b = [50, 51, 52, 53, 54, 60], [50, 90, 10, NAN, 80, 60]
    pd.testing.assert_series_equal(lenses(a, years, target=75).iloc[0], lenses(b, years, target=75).iloc[0], check_names=False)


def test_missing_ends_shorten_the_window():
    years = np.arange(2017, 2021)
    whole, short = lenses([NAN, 50, 52, NAN], years, target=75), lenses([50, 52], years[1:3], target=75)
    pd.testing.assert_frame_equal(whole, short)


@pytest.mark.parametrize("y", [[NAN] * 4, [50, NAN, NAN, NAN], [NAN, NAN, 50, NAN]])
def test_fewer_than_two_values_are_not_available(y):
    row = lenses(y, np.arange(2017, 2021), target=75).iloc[0]
    assert {row[n] for n in NAMES} == {NOT_AVAILABLE}
    assert {row[f"{n}_as"] for n in NAMES} == {"too_little_data"}


def test_single_value_above_the_target_says_nothing_of_progress():
    row = lenses([50, NAN], np.array([2017, 2018]), target=40).iloc[0]
    assert row["un"] == NOT_AVAILABLE and row["sdsn"] == NOT_AVAILABLE


def test_constant_series_has_a_name_in_every_lens():
    row = lenses([50] * 4, np.arange(2017, 2021), target=75).iloc[0]
    assert [row[n] for n in NAMES] == ["stagnating", "limited_progress", "stagnation", "insufficient_progress"]


def test_without_a_target_sdsn_and_un_are_not_available():
    row = lenses([50, 60], np.array([2017, 2018])).iloc[0]
    assert (row["sdsn"], row["un"]) == (NOT_AVAILABLE, NOT_AVAILABLE) and row["eurostat"] == "significant_progress"


def test_target_below_the_level_is_named_by_every_lens():
    row = lenses([60, 61], np.array([2017, 2018]), target=50).iloc[0]
    assert [row[n] for n in NAMES] == ["up", "target_achieved", "on_track", "significant_progress"]


def test_un_needs_the_direction_to_see_a_target_passed():
    assert un(60, 61, 2017, 2018, 50)["verdict"].tolist() == ["regression"]
    assert un([60, 40], [61, 39], 2017, 2018, 50, direction=[1, -1])["verdict"].tolist() == ["on_track", "on_track"]


@pytest.mark.parametrize("direction", [0, NAN, 2])
@pytest.mark.parametrize("lens", [open_sdg, eurostat])
def test_unknown_direction_of_goodness_is_an_error(lens, direction):
    with pytest.raises(EvaluationError, match="high or low values are good"):
        lens(100, 101, 2020, 2021, direction)


def test_bounds_that_coincide_are_an_error():
    with pytest.raises(EvaluationError, match="same value"):
        sdsn(40, 41, 2015, 2018, 50, 50, 70)


@pytest.mark.parametrize("years", [[2018, 2017], [2017, 2017], [2017]])
def test_years_that_do_not_fit_are_an_error(years):
    with pytest.raises(EvaluationError, match="years"):
        lenses([50, 60], np.array(years))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.floats(-1e3, 1e3), st.just(NAN), st.just(0.0)), min_size=1, max_size=8),
    st.one_of(st.just(NAN), st.floats(-100, 200)),
    st.sampled_from([1, -1]),
)
@example([2.2250738585e-313, 1.0], 0.0, 1)
def test_every_series_has_a_known_verdict_in_every_lens(y, target, direction):
    row = lenses(y, 2017 + np.arange(len(y)), direction, target).iloc[0]
    assert all(row[n] in READ_AS for n in NAMES)
