"""Stopping at a Monte Carlo error: what is watched, what is asked, and when it is met."""

import numpy as np
import pytest
from pydantic import ValidationError

from hrsim.experiment.plan import Plan
from hrsim.experiment.responses import Response
from hrsim.experiment.stopping import batches, is_met, target_table
from hrsim.study.analysis import MonteCarloTarget

ARMS = ("now", "more")
PLAN = Plan(draws=100, replicates=1, seed=1, uncertainty="draws")


def found(spread=10.0, mean=50.0):
    steps = mean + spread * np.tile([1.0, -1.0], 50) * np.sqrt(99 / 100)  # standard deviation: spread
    values = np.stack([np.zeros(100), steps], axis=1)
    return [
        Response("overdose_death", "events", "", np.nan, values),
        Response("net_monetary_benefit", "CAD", "societal", 50_000.0, 1000 * values),
        Response("cost", "CAD", "societal", np.nan, 1e9 * values),
    ]


def table(target, responses=None):
    return target_table(target, PLAN, ARMS, "now", found() if responses is None else responses)


def test_a_relative_target_is_a_share_of_each_mean_difference():
    told = table(MonteCarloTarget(relative=0.02))
    assert told["measure"].tolist() == ["overdose_death", "net_monetary_benefit"]
    np.testing.assert_allclose(told["mcse"], [1.0, 1000.0])
    np.testing.assert_allclose(told["target_mcse"], [1.0, 1000.0])
    assert is_met(table(MonteCarloTarget(relative=0.0201)))
    assert not is_met(table(MonteCarloTarget(relative=0.0199)))


def test_an_absolute_target_watches_its_own_measure_alone():
    told = table(MonteCarloTarget(overdose_death=1.5))
    assert told["measure"].tolist() == ["overdose_death"] and is_met(told)
    assert not is_met(table(MonteCarloTarget(overdose_death=0.9)))
    both = table(MonteCarloTarget(overdose_death=1.5, relative=0.001))
    assert both["met"].tolist() == [True, False]


def test_a_difference_that_never_varies_is_met_and_one_around_zero_is_not():
    assert is_met(table(MonteCarloTarget(relative=0.01), found(spread=0.0, mean=0.0)))
    assert not is_met(table(MonteCarloTarget(relative=0.01), found(mean=0.0)))


def test_one_draw_meets_nothing():
    plan = Plan(draws=1, replicates=1, seed=1, uncertainty="draws")
    one = [Response("overdose_death", "events", "", np.nan, np.array([[0.0, 5.0]]))]
    assert not is_met(target_table(MonteCarloTarget(relative=0.5), plan, ARMS, "now", one))


def test_the_error_is_looked_at_every_twenty_draws_up_to_the_ceiling():
    assert batches(70) == [20, 40, 60, 70]
    assert batches(40) == [20, 40] and batches(7) == [7]


def test_a_target_asks_something():
    with pytest.raises(ValidationError, match="at least one of"):
        MonteCarloTarget()
