"""Building blocks of composite indices by hand, and the mistakes of other packages that are not made here."""

import numpy as np
import pandas as pd
import pytest
from tiny import tiny_instrument, tiny_programme

from scevaluation.errors import EvaluationError, UnknownName
from scevaluation.evaluate.trend import trend
from scevaluation.methods.composite import climb, ranks, rescale, standardise
from scevaluation.methods.lenses import cagr, open_sdg, sdsn
from scevaluation.methods.replay import plausible
from scevaluation.period import Period

NAN = float("nan")
TREE = {"one": ["a", "b"], "index": ["one", "c"]}
WEIGHTS = {"a": [1.0, 1.0], "b": [3.0, 1.0], "c": [1.0, 2.0], "one": [1.0, 1.0]}


def climbed(x, how="arithmetic", threshold=0.0):
    return climb(np.array(x, float), TREE, ["a", "b", "c"], {k: np.array(v) for k, v in WEIGHTS.items()}, how, threshold)


def test_goalposts_by_hand_and_turned():
    np.testing.assert_allclose(rescale([1, 2.5, 4], 1, 4), [0, 50, 100])
    np.testing.assert_allclose(rescale([1, 4], 4, 1, (1, 100)), [100, 1])
    with pytest.raises(EvaluationError, match="Give two goalposts"):
        rescale([1.0], 2, 2)


def test_a_constant_column_is_the_mean_of_z_scores_and_missing_stays_missing():
    z = standardise(np.array([[1.0, 5.0], [3.0, 5.0], [NAN, 5.0]]), 10, 2)
    np.testing.assert_allclose(z[:2, 0], 10 + 2 * np.array([-1, 1]) / np.sqrt(2))
    assert np.isnan(z[2, 0]) and (z[:, 1] == 10).all()


def test_weighted_means_of_two_weight_sets_by_hand():
    out = climbed([[10, 20, 30]])
    np.testing.assert_allclose(out["one"], [[17.5], [15.0]])
    np.testing.assert_allclose(out["index"], [[(17.5 + 30) / 2], [(15 + 60) / 3]])


def test_geometric_means_by_hand():
    out = climbed([[16, 1, 4]], "geometric")
    np.testing.assert_allclose(out["one"], [[2.0], [4.0]])
    np.testing.assert_allclose(out["index"], [[8**0.5], [64 ** (1 / 3)]])


def test_a_mean_of_each_nodes_own_by_hand():
    out = climbed([[16, 1, 4]], {"one": "geometric", "index": "arithmetic"})
    np.testing.assert_allclose(out["index"], [[(2 + 4) / 2], [(4 + 8) / 3]])


def test_a_zero_makes_a_geometric_mean_zero_and_less_is_refused():
    out = climbed([[16, 0, 4], [0, NAN, 4]], "geometric")
    assert (out["one"] == 0).all() and (out["index"] == 0).all()
    with pytest.raises(EvaluationError, match="below zero"):
        climbed([[16, -1, 4]], {"one": "arithmetic", "index": "geometric"})


def test_harmonic_means_by_hand():
    out = climbed([[1, 4, 4], [0, 4, 4]], "harmonic")
    np.testing.assert_allclose(out["one"], [[1 / (0.25 + 0.75 / 4), 0], [1.6, 0]])
    np.testing.assert_allclose(out["index"][1], [3 / (1 / 1.6 + 2 / 4), 0])
    with pytest.raises(EvaluationError, match="below zero"):
        climbed([[1, -4, 4]], "harmonic")


def test_a_mean_that_there_is_not_is_named_with_those_near_it():
    with pytest.raises(UnknownName, match="harmonc is none of: harmonic"):
        climbed([[1, 4, 4]], "harmonc")


@pytest.mark.parametrize("how", ["arithmetic", "geometric", "harmonic"])
def test_every_kind_of_mean_skips_what_is_missing(how):
    # Elsewhere one kind of mean was missing as soon as a value was, while the others skipped it.
    out = climbed([[NAN, 20, 20], [NAN, NAN, 20], [NAN, NAN, NAN]], how)
    np.testing.assert_allclose(out["index"][:, :2], 20)
    assert np.isnan(out["one"][:, 1:]).all() and np.isnan(out["index"][:, 2]).all()


def test_a_mean_is_missing_below_its_threshold_and_given_at_it():
    # b is three quarters of one's weight in the first set and half in the second.
    out = climbed([[NAN, 20, 20]], threshold=0.75)
    assert out["one"][0, 0] == 20 and np.isnan(out["one"][1, 0])


def test_ranks_share_the_smaller_number_and_missing_has_none():
    assert ranks(np.array([[3.0, 5, 3, NAN]])).tolist() == [[2, 1, 2, 0]]


# Mistakes measured in other packages.


def test_growth_over_given_years_uses_the_values_of_those_years():
    series = pd.Series({2015: 100.0, 2018: 50.0, 2020: 200.0})
    assert cagr(series[2018], series[2020], 2020 - 2018)[0] == pytest.approx(1.0)
    assert cagr(series[2015], series[2020], 5)[0] == pytest.approx(2**0.2 - 1)


def test_a_window_as_long_as_the_series_is_computed():
    series = [40.0, 45.0, 50.0, 55.0, 60.0]
    found = sdsn(series[-5:][0], series[-1], 2016, 2020, 0, 100, 90)
    assert found["verdict"].iloc[0] != "not_available" and np.isfinite(found["ratio"].iloc[0])


def test_growth_over_a_change_of_sign_is_named():
    assert np.isnan(cagr(-1.0, 1.0, 5)[0])
    found = open_sdg(-1.0, 1.0, 2015, 2020, 1)
    assert found["verdict"].iloc[0] == "not_available"


def test_plausible_weights_are_never_negative_nor_flipped():
    drawn = plausible(tiny_instrument(), 5000)
    assert drawn.factors.min() >= 0.75 and drawn.factors.max() <= 1.25
    np.testing.assert_allclose(drawn.factors.mean(axis=0), 1.0, atol=0.01)


def test_goalposts_are_the_same_in_every_round():
    instrument = tiny_instrument()
    assert [instrument.scale.to100(v) for v in (1, 2.5, 4)] == [0, 50, 100]
    np.testing.assert_allclose(rescale([[1, 4], [2.5, 2.5]], instrument.scale.low, instrument.scale.high), [[0, 100], [50, 50]])


def test_one_region_with_half_years_has_a_trend(tmp_path):
    rounds = [f"{y}-S{h}" for y in (2022, 2023, 2024) for h in (1, 2)]
    plan = tiny_programme(tmp_path, rounds=[{"id": r, "state": "scored", "instrument": "tiny"} for r in rounds])
    values = [40.0, 42, 43, 45, 46, 48]
    table = pd.DataFrame(
        {
            "region": plan.region,
            "round": rounds,
            "node": "index",
            "value": [1 + v / 100 * 3 for v in values],
            "value100": values,
            "low": values,
            "high": values,
            "coverage": 1.0,
            "weight": 1.0,
            "status": "scored",
            "instrument": "tiny",
            "weights": "own",
        }
    )
    found = trend(table, plan, rounds[-1], {r: tiny_instrument() for r in rounds}).set_index("node").loc["index"]
    # 8 points over five half-years, 3.2 a year; six rounds are exactly what a verdict needs.
    assert found["rounds"] == 6 and found["low"] < 3.2 < found["high"]
    assert Period(rounds[-1]).number - Period(rounds[0]).number == 5
