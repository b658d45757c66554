"""A site that never closes is simulated until it has settled: waits are those of the closed form at any load."""

from __future__ import annotations

import math

import pytest

from hrsim.operations.settling import (
    LONGEST_WARM_UP,
    RELAXATIONS,
    days_to_settle,
    relaxation_minutes,
    unsettled,
)
from tests.operations.queues import estimates, steady_site


def erlang_c_wait(servers: int, per_hour: float, minutes: float) -> float:
    """Return the mean wait in minutes of M/M/c."""
    offered = per_hour * minutes / 60
    top = offered**servers / math.factorial(servers) * servers / (servers - offered)
    chance = top / (sum(offered**k / math.factorial(k) for k in range(servers)) + top)
    return chance * minutes / (servers - offered)


@pytest.mark.parametrize(
    ("servers", "per_day", "minutes", "days"),
    [(1, 21.6, 60.0, 10), (2, 86.4, 30.0, 6), (8, 307.2, 30.0, 4)],
)
def test_waits_round_the_clock_are_those_of_the_closed_form(
    servers: int, per_day: float, minutes: float, days: int
) -> None:
    site = steady_site(servers, per_day / 24, minutes)
    truth = erlang_c_wait(servers, per_day / 24, minutes)
    found = estimates(site, f"settled {servers}", days=days, warm_up=days_to_settle(site))["wait"]
    assert found.agrees(truth), (found, truth)
    assert found.error < 0.12 * truth


def test_the_wait_of_one_clinician_at_nine_tenths_is_nine_hours() -> None:
    assert erlang_c_wait(1, 0.9, 60.0) == pytest.approx(540.0)


def test_relaxation_times_are_those_of_known_processes() -> None:
    single = steady_site(1, 0.9, 60.0)
    assert relaxation_minutes(single) == pytest.approx(60.0 / (1.0 - math.sqrt(0.9)) ** 2)
    assert relaxation_minutes(steady_site(200, 1.0, 60.0)) == pytest.approx(
        60.0
    )  # nobody waits: a visit's length
    loss = steady_site(1, 1.0, 60.0, waiting_room=0)  # two states: the rates add up
    assert relaxation_minutes(loss) == pytest.approx(60.0)
    assert relaxation_minutes(steady_site(1, 3.0, 60.0, patience=60.0)) <= 60.0
    assert relaxation_minutes(steady_site(1, 0.9, 60.0, spread=3.0)) == 5.0 * relaxation_minutes(single)


def test_a_site_that_does_not_settle_says_so() -> None:
    crowded, close = steady_site(1, 1.1, 60.0), steady_site(1, 0.99, 60.0)
    assert unsettled(crowded) == math.inf and days_to_settle(crowded) == 1
    assert unsettled(close) * RELAXATIONS > LONGEST_WARM_UP and days_to_settle(close) == LONGEST_WARM_UP
    assert unsettled(steady_site(1, 0.9, 60.0)) is None
    assert unsettled(steady_site(1, 1.1, 60.0, patience=30.0)) is None
