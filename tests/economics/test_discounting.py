"""Discounting returns the closed forms D1, D2, D5 and D7, and its own limits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrsim.economics import Convention, DiscountSchedule


@pytest.mark.parametrize(
    ("convention", "value"),
    [
        (Convention.END_OF_YEAR, 19.600441),
        (Convention.START_OF_YEAR, 20.188455),
        (Convention.CONTINUOUS, 19.893000),
        (Convention.MID_YEAR, 19.892275),
    ],
)
def test_d1_annuity_of_thirty_years(convention: Convention, value: float) -> None:
    schedule = DiscountSchedule.constant(0.03, convention)
    assert schedule.present_value_of_annuity(30) == pytest.approx(value, abs=5e-7)


def test_d1_continuous_annuity_is_exact() -> None:
    exact = (1 - 1.03**-30) / math.log(1.03)
    assert DiscountSchedule.constant(0.03).present_value_of_annuity(30) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(("rate", "value"), [(0.03, 807.1052), (0.015, 897.6793), (0.05, 702.0654)])
def test_d2_lump_sum(rate: float, value: float) -> None:
    assert 1000 * DiscountSchedule.constant(rate).factor(7.25) == pytest.approx(value, abs=5e-5)


def test_d4_forgone_wages() -> None:
    schedule = DiscountSchedule.constant(0.03, Convention.END_OF_YEAR)
    assert 25_707 * schedule.present_value_of_annuity(30) == pytest.approx(503_868.55, abs=5e-3)


def test_d5_continuous_equivalents() -> None:
    schedule = DiscountSchedule(((0, 0.015), (1, 0.03), (2, 0.035), (3, 0.05)))
    assert schedule.forces == pytest.approx([0.01488861, 0.02955880, 0.03440143, 0.04879016], abs=5e-9)


def test_d7_rate_that_steps_down() -> None:
    schedule = DiscountSchedule(((0, 0.035), (30, 0.03)), Convention.END_OF_YEAR)
    assert schedule.present_value_of_annuity(50) == pytest.approx(23.692569, abs=5e-7)


def test_end_of_year_and_continuous_differ_by_half_a_year() -> None:
    end = DiscountSchedule.constant(0.03, Convention.END_OF_YEAR).present_value_of_annuity(30)
    continuous = DiscountSchedule.constant(0.03).present_value_of_annuity(30)
    assert continuous / end == pytest.approx(1.015, abs=2e-4)


def test_without_discounting_every_factor_is_one() -> None:
    assert (DiscountSchedule.constant(0.0).mean_factors([0, 0.25, 7, 7.5]) == 1.0).all()


def test_a_tiny_rate_meets_the_limit_smoothly() -> None:
    factors = DiscountSchedule.constant(1e-12).mean_factors(np.arange(0, 50, 0.25))
    assert factors == pytest.approx(1.0, abs=1e-10)


rates = st.floats(-0.05, 0.2)


@given(rates, rates, st.floats(0.1, 20), st.lists(st.floats(0.01, 3), min_size=1, max_size=30))
def test_pieces_of_an_interval_add_up_to_the_whole(
    first: float, second: float, change: float, widths: list[float]
) -> None:
    schedule = DiscountSchedule(((0, first), (change, second)))
    edges = np.concatenate([[0.0], np.cumsum(widths)])
    whole = schedule.mean_factors(edges[[0, -1]])[0] * edges[-1]
    assert schedule.mean_factors(edges) @ np.diff(edges) == pytest.approx(whole, rel=1e-11)


@given(rates, st.floats(0, 40), st.floats(0.01, 5))
def test_mean_factor_lies_between_the_factors_at_the_ends(rate: float, start: float, width: float) -> None:
    schedule = DiscountSchedule.constant(rate)
    ends = schedule.factor([start, start + width])
    mean = schedule.mean_factors([start, start + width])[0]
    assert ends.min() * (1 - 1e-12) <= mean <= ends.max() * (1 + 1e-12)


@pytest.mark.parametrize("steps", [(), ((1, 0.03),), ((0, 0.03), (0, 0.02)), ((0, -1.0),), ((0, math.nan),)])
def test_schedules_without_meaning_are_refused(steps: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match=r"discount (steps|rates)"):
        DiscountSchedule(steps)
