"""The interval of a ratio: willingness to pay at which the arm is worth it in 2.5 % and 97.5 % of draws, or words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrsim.economics.icer_interval import icer_interval

STEPS = st.tuples(st.integers(-50, 200), st.integers(-5, 20))


def test_few_draws_have_the_lowest_and_highest_ratio():
    found = icer_interval(np.array([100.0, 400.0, 90.0]), np.array([1.0, 2.0, 1.0]))
    assert (found["icer_low"], found["icer_high"]) == (90.0, 200.0)
    assert found["draws_dearer_and_better"] == 3


def test_an_end_among_draws_without_a_ratio_is_not_a_number():
    found = icer_interval(np.array([100.0, -5.0, 90.0, 10.0]), np.array([1.0, 2.0, 1.0, 0.0]))
    assert np.isnan(found["icer_low"]) and np.isnan(found["icer_high"])
    counts = [
        found[f"draws_{name}"] for name in ("dearer_and_better", "cheaper_and_better", "dearer_not_better")
    ]
    assert counts == [2, 1, 1]


def test_money_saved_for_health_given_up_has_no_interval():
    found = icer_interval(np.array([100.0, -100.0]), np.array([1.0, -1.0]))
    assert np.isnan(found["icer_low"]) and np.isnan(found["icer_high"])
    assert found["draws_cheaper_not_better"] == 1


@given(st.lists(STEPS, min_size=40, max_size=200))
def test_the_ends_are_where_the_arm_is_worth_it_in_few_and_in_most_draws(steps):
    """Acceptability of the arm alone: at most 2.5 % of draws below the lower end, at most 2.5 % above the upper."""
    costs, effects = np.array(steps, dtype=float).T
    found = icer_interval(costs, effects)
    ratios = costs / np.where(effects > 0, effects, np.nan)
    if not np.isnan(found["icer_low"]):
        below = ((ratios < found["icer_low"]) | (effects > 0) & (costs < 0)).mean()
        assert below <= 0.025
    if not np.isnan(found["icer_high"]):
        assert ((ratios > found["icer_high"]) | (effects <= 0)).mean() <= 0.025


def test_a_normal_ratio_has_its_textbook_interval():
    """With effects fixed at 2 the ratio is normal, mean 500 and standard deviation 50."""
    costs = np.random.default_rng(1).normal(1000.0, 100.0, 20_000)
    found = icer_interval(costs, np.full(20_000, 2.0))
    assert found["icer_low"] == pytest.approx(500 - 1.96 * 50, abs=3)
    assert found["icer_high"] == pytest.approx(500 + 1.96 * 50, abs=3)
