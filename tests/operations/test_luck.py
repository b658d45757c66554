"""Luck belongs to seed, site and day: nothing else moves it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hrsim.operations.luck import Luck
from hrsim.operations.measures import simulate_days
from hrsim.operations.site import Law
from tests.operations.sites import SUPERVISED


def test_the_same_seed_gives_the_same_days_and_another_gives_others() -> None:
    first, second, other = (simulate_days(SUPERVISED, 2, seed, "a") for seed in (1, 1, 2))
    assert np.array_equal(first[1].wanted_at, second[1].wanted_at)
    assert np.array_equal(first[1].waited, second[1].waited)
    assert not np.array_equal(first[1].wanted_at, other[1].wanted_at)


def test_more_days_move_no_earlier_day_and_names_part_luck() -> None:
    few, many = (simulate_days(SUPERVISED, days, 1, "a") for days in (1, 3))
    assert np.array_equal(few[0].waited, many[0].waited)
    assert not np.array_equal(many[0].wanted_at, simulate_days(SUPERVISED, 1, 1, "b")[0].wanted_at)


def test_the_nth_visitor_has_the_same_luck_whatever_the_demand() -> None:
    luck = Luck(1, "a", 0)
    assert np.array_equal(luck.visits(Law(20.0, 0.7), 5), luck.visits(Law(20.0, 0.7), 50)[:5])
    one, double = (luck.arrivals(replace(SUPERVISED, arrivals=(rate,) * 24), 1) for rate in (10.0, 20.0))
    assert double[: one.size // 2] == pytest.approx(one[: one.size // 2] / 2)


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0, 1.5])
def test_visits_have_the_mean_and_spread_that_are_asked_for(spread: float) -> None:
    """Of 100,000 visits, within 3 %."""
    lengths = Luck(1, "a", 0).visits(Law(20.0, spread), 100_000)
    assert lengths.mean() == pytest.approx(20.0, rel=0.03)
    assert lengths.std() / lengths.mean() == pytest.approx(spread, rel=0.03, abs=1e-9)
