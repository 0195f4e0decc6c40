"""The step of single scores: found on the common grid they lie on, stated by the questionnaire, and what a mean leaves of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scevaluation.evaluate.rounding import FEWEST, grid


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([0, 100 / 3, 200 / 3, 100], 100 / 3),
        ([33.33, 66.67], 100 / 3),  # as printed with two decimals on 1-4, only two of the levels used
        ([0, 25, 75], 25),
        ([0, 50 / 3, 100 / 3, 50], 50 / 3),
        (list(range(101)), 1),
        ([50.0, 50.0], 0),
    ],
)
def test_the_largest_grid_on_which_all_scores_lie(values, step):
    assert grid(np.resize(np.array(values, float), 2 * FEWEST + len(values))) == pytest.approx(step, abs=1e-9)


def test_values_close_to_one_place_are_no_coarse_grid():
    assert grid(np.resize([50.2, 49.8], 40)) < 0.5 and grid(np.resize([50.4, 50.0, 0.4, 0.0], 40)) < 0.5


def test_too_few_scores_show_no_grid():
    assert grid(np.array([0.0, 100.0] * (FEWEST // 2))[1:]) == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_scores_of_a_known_grid_show_it_or_a_coarser_one_they_lie_on_too(parts, seed):
    x = np.random.default_rng(seed).integers(0, parts + 1, 60) / parts * 100
    found = grid(x)
    assert (found == 0 and np.ptp(x) < 1e-9) or found >= 100 / parts - 1e-6


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_scores_of_no_grid_show_none_that_matters(seed):
    assert grid(np.random.default_rng(seed).uniform(0, 100, 60)) < 1
