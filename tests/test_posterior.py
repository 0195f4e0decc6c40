"""The trend engine against independent computation, published theory and hostile input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.errors import EvaluationError
from scevaluation.evaluate import averaging
from scevaluation.evaluate.posterior import directions, fit
from scevaluation.evaluate.priors import PRIOR

pytestmark = pytest.mark.filterwarnings("error")
NAME = {"id": "x", "en": "x"}
EXPOSED = {
    "pandemic": np.isin(np.arange(16), range(6, 10)) * 1.0,
    "election": np.isin(np.arange(16), (2, 3, 15)) * 1.0,
    "instrument": (np.arange(16) >= 12) * 1.0,
}


def some_series(count=30, n=16, seed=3, missing=0.1):
    rng = np.random.default_rng(seed)
    y = np.round(
        rng.uniform(40, 60, count)[:, None]
        + rng.normal(0, 2, count)[:, None] * np.arange(n) / 2
        + rng.normal(0, 3, (count, n)),
        1,
    )
    y[rng.random(y.shape) < missing] = np.nan
    return y


def test_chances_sum_to_one():
    p = fit(some_series(), np.arange(16), EXPOSED)
    assert p.slope.p_up + p.slope.p_flat + p.slope.p_down == pytest.approx(np.ones(30))


@settings(max_examples=25, deadline=None)
@given(st.floats(-50, 50), st.floats(0.02, 20), st.integers(0, 1000))
def test_affine_change_of_scale_changes_nothing(zero, span, seed):
    y = some_series(6, seed=seed)
    hundred = fit(y, np.arange(16), EXPOSED, delta=1.0, ahead=[18])
    other = fit(zero + y / 100 * span, np.arange(16), EXPOSED, delta=span / 100, scale=(zero, zero + span), ahead=[18])
    assert other.slope.p_up == pytest.approx(hundred.slope.p_up, abs=1e-7)
    assert other.slope.p_flat == pytest.approx(hundred.slope.p_flat, abs=1e-7)
    assert other.slope.mean * 100 / span == pytest.approx(hundred.slope.mean, abs=1e-6)
    assert (other.ahead.mean - zero) * 100 / span == pytest.approx(hundred.ahead.mean, abs=1e-6)


def test_one_to_four_says_what_zero_to_hundred_says():
    y = some_series(12)
    assert list(fit(1 + y * 0.03, np.arange(16), EXPOSED, delta=0.03, scale=(1, 4)).direction) == list(
        fit(y, np.arange(16), EXPOSED).direction
    )


@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from([k for k in range(16) if k != 9]), min_size=1, max_size=9), st.integers(0, 99))
def test_a_missing_round_is_as_if_it_never_was(gone, seed):
    y = some_series(1, seed=seed, missing=0)
    keep = np.setdiff1d(np.arange(16), sorted(gone))  # the pandemic's last round stays: what follows it is known by it
    holes = y.copy()
    holes[:, sorted(gone)] = np.nan
    a = fit(holes, np.arange(16), EXPOSED)
    b = fit(y[:, keep], keep, {k: x[keep] for k, x in EXPOSED.items()})
    assert (a.slope.mean, a.slope.p_up, a.rounds) == (
        pytest.approx(b.slope.mean, abs=1e-9),
        pytest.approx(b.slope.p_up, abs=1e-9),
        pytest.approx(b.rounds),
    )


def test_a_gap_is_no_neighbour():
    y = some_series(1, n=8, missing=0)
    near = fit(y, np.arange(8)).slope.sd
    far = fit(y, np.array([0, 1, 2, 3, 12, 13, 14, 15])).slope.sd
    assert far[0] < near[0]


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(12)))
def test_order_of_series_does_not_matter(order):
    y = some_series(12)
    a, b = fit(y, np.arange(16), EXPOSED, together=True), fit(y[list(order)], np.arange(16), EXPOSED, together=True)
    assert b.slope.p_up == pytest.approx(a.slope.p_up[list(order)], abs=1e-9)


def test_calendar_may_begin_at_any_round():
    y = some_series(5)
    assert fit(y, np.arange(16) + 40, EXPOSED).slope.mean == pytest.approx(fit(y, np.arange(16), EXPOSED).slope.mean, abs=1e-9)


def test_upside_down_is_mirrored():
    y = some_series(5)
    assert fit(100 - y, np.arange(16), EXPOSED).slope.p_down == pytest.approx(fit(y, np.arange(16), EXPOSED).slope.p_up, abs=3e-7)


def test_more_noise_is_never_more_certain():
    rng = np.random.default_rng(5)
    shape, trend_ = rng.normal(0, 1, (200, 16)), 50 + np.arange(16)
    sd = [fit(trend_ + size * shape, np.arange(16)).slope.sd.mean() for size in (1, 2, 4, 8)]
    assert sd == sorted(sd)


def test_more_rounds_are_more_certain():
    y = some_series(50, missing=0)
    sd = [fit(y[:, :n], np.arange(n)).slope.sd.mean() for n in (6, 8, 12, 16)]
    assert sd == sorted(sd, reverse=True)


def test_direct_slope_is_recovered():
    y = 40 + 2.0 * np.arange(16) / 2
    p = fit(y, np.arange(16))
    assert p.slope.mean[0] == pytest.approx(2.0, abs=0.05)
    assert p.direction[0] == "improving"


def test_event_effect_is_recovered_and_not_taken_for_a_trend():
    y = 50 - 6.0 * EXPOSED["pandemic"]
    p = fit(y, np.arange(16), {"pandemic": EXPOSED["pandemic"]})
    assert p.effects["pandemic"].low[0] < -5.5 < p.effects["pandemic"].high[0] < -4
    assert p.direction[0] == "stagnant"


def test_constant_series_stands_still():
    assert fit(np.full(12, 50.0), np.arange(12)).direction[0] == "stagnant"


@pytest.mark.parametrize("value", [0.0, 100.0])
def test_at_an_end_of_the_scale_it_cannot_be_told(value):
    assert fit(np.full(12, value), np.arange(12)).direction[0] == "inconclusive"


def test_ties_make_no_trouble():
    assert np.isfinite(fit(np.repeat([50.0, 50.5], 8), np.arange(16)).slope.sd[0])


def test_series_without_values_has_no_statistic():
    y = some_series(3)
    y[1] = np.nan
    p = fit(y, np.arange(16), EXPOSED)
    assert np.isnan(p.slope.mean[1]) and p.direction[1] == "too_little_data" and p.rounds[1] == 0


def test_single_value_leaves_the_prior():
    p = fit(np.array([50.0]), np.array([0]))
    assert p.slope.sd[0] == pytest.approx(PRIOR.slope, abs=1e-3)


def test_term_never_exposed_has_no_effect():
    y = np.where(EXPOSED["pandemic"] > 0, np.nan, 50.0)
    p = fit(y, np.arange(16), {"pandemic": EXPOSED["pandemic"]})
    assert np.isnan(p.effects["pandemic"].mean[0])
    assert p.slope.mean[0] == pytest.approx(fit(y, np.arange(16)).slope.mean[0])


def test_exposure_may_differ_by_series():
    y = some_series(2, missing=0)
    both = fit(y, np.arange(16), {"pandemic": np.stack([EXPOSED["pandemic"], np.zeros(16)])})
    apart = [fit(y[0], np.arange(16), {"pandemic": EXPOSED["pandemic"]}), fit(y[1], np.arange(16))]
    assert both.slope.mean == pytest.approx([a.slope.mean[0] for a in apart], abs=1e-9)


def test_half_an_exposure_is_half_the_prior():
    y = some_series(1, missing=0)
    half = fit(y, np.arange(16), {"instrument": EXPOSED["instrument"] / 2})
    narrow = fit(y, np.arange(16), {"instrument": EXPOSED["instrument"]}, prior=replace(PRIOR, instrument=2.0))
    assert half.slope.mean == pytest.approx(narrow.slope.mean, abs=1e-9)


def test_detectable_slope_is_called_improving_four_times_in_five():
    e = np.random.default_rng(1).normal(0, 3, (800, 40))
    for k in range(1, 40):
        e[:, k] = 0.4 * e[:, k - 1] + np.sqrt(1 - 0.4**2) * e[:, k]
    y = 50 + e[:, -16:]  # autocorrelated as the prior expects
    p = fit(y, np.arange(16))
    steeper = fit(y + p.detectable[:, None] * np.arange(16) / 2, np.arange(16))
    assert 0.7 < (steeper.slope.p_up >= 0.9).mean() < 0.9


def test_chance_of_a_target_is_that_of_its_forecast():
    y = some_series(4)
    p = fit(y, np.arange(16), ahead=[17, 21], target=[50, 60, np.nan, 40])
    middle = fit(y, np.arange(16), ahead=[17, 21], target=p.ahead.low[1])
    assert middle.p_reach[1] == pytest.approx(np.full(4, 0.95), abs=1e-4)
    assert np.isnan(p.p_reach[:, 2]).all()


def test_many_series_and_few_give_the_same():
    y = some_series(averaging.CHUNK * (averaging.MANY + 1), missing=0)
    assert fit(y, np.arange(16), slope_only=True).slope.p_up[-3:] == pytest.approx(fit(y[-3:], np.arange(16)).slope.p_up, abs=1e-9)


def test_delta_may_differ_by_series():
    y = some_series(3)
    both = fit(y, np.arange(16), EXPOSED, delta=np.array([0.5, 1.0, 2.0]))
    apart = [fit(row, np.arange(16), EXPOSED, delta=d) for row, d in zip(y, (0.5, 1.0, 2.0), strict=True)]
    assert both.slope.p_flat == pytest.approx([a.slope.p_flat[0] for a in apart], abs=1e-12)
    assert both.detectable == pytest.approx([a.detectable[0] for a in apart], abs=1e-9)


@pytest.mark.parametrize("shape", [(512, 136, 80), (700, 16, 1800), (1, 3, 7), (0, 2, 3)])
def test_product_by_blocks_is_the_product(shape):
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=shape[:2]), rng.normal(size=shape[1:])
    np.testing.assert_allclose(averaging._product(a, b), a @ b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        {"delta": 0},
        {"delta": -1},
        {"delta": np.nan},
        {"delta": np.ones(2)},
        {"numbers": np.arange(15)},
        {"numbers": np.arange(16)[::-1]},
        {"numbers": np.zeros(16, int)},
        {"numbers": np.arange(16) / 2},
        {"scale": (4, 1)},
        {"y": np.full(16, np.inf)},
        {"ahead": [15]},
        {"exposures": {"pandemic": np.ones(3)}},
        {"exposures": {"pandemic": np.full(16, np.nan)}},
    ],
)
def test_senseless_input_is_a_clear_error(change):
    given_ = {"y": np.full(16, 50.0), "numbers": np.arange(16), **change}
    with pytest.raises(EvaluationError):
        fit(given_.pop("y"), given_.pop("numbers"), **given_)


def test_input_is_not_changed():
    y, before = some_series(3), some_series(3)
    fit(y, np.arange(16), EXPOSED, leave_one_out=True)
    np.testing.assert_array_equal(y, before)


def test_direction_names_by_hand():
    assert list(directions([0.90, 0.85, 0.05, 0, np.nan], [0.1, 0.1, 0.80, 0.5, np.nan], [0, 0.05, 0.15, 0.5, np.nan])) == [
        "improving",
        "likely_improving",
        "likely_stagnant",
        "inconclusive",
        "too_little_data",
    ]
