"""The whole fit on a formula: truth recovered, doubt kept where nothing is known, stops survived bit for bit."""

import numpy as np
import pytest

from hrsim.calibrate.fit import NothingCounted, NothingIdentifiable, fit, plan
from hrsim.calibrate.matching import NothingPlausible
from hrsim.evidence import load_register
from hrsim.evidence.draws import quantile
from tests.calibrate.toy import IDLE, RATE, RATIO, assignment, calibration, outputs, truth, workshop

SEED = 20


def values_at(*shares):
    register = load_register()
    return {name: quantile(register[name], u) for name, u in zip((RATE, RATIO, IDLE), shares, strict=True)}


def observed(values, seed):
    generator = np.random.default_rng(seed)
    means = truth(values)
    return np.concatenate([generator.poisson(means[:4]), means[4:] * np.exp(generator.normal(0, 0.05, 4))])


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    values = values_at(0.7, 0.4, 0.5)
    folder = tmp_path_factory.mktemp("work")
    return values, fit(workshop(assignment(observed(values, SEED)), folder))


def test_what_the_targets_know_is_recovered(fitted):
    values, found = fitted
    for name in (RATE, RATIO):
        low, high = np.quantile(found.posterior[name], (0.005, 0.995))
        assert low < values[name] < high
    table = found.tables["prior_and_posterior"].set_index("evidence")
    assert table.loc[RATE, "width_ratio"] < 0.3 and table.loc[RATIO, "width_ratio"] < 0.5
    assert found.faults == ()


def test_what_they_do_not_know_keeps_its_prior(fitted):
    _, found = fitted
    table = found.tables["prior_and_posterior"].set_index("evidence")
    assert 0.85 < table.loc[IDLE, "width_ratio"] < 1.15
    identified = found.tables["identifiability"].set_index("evidence")["shrinkage"]
    assert identified[IDLE] < 0.1 < 0.5 < identified[RATE]


def test_held_out_numbers_are_predicted_and_not_used(fitted, tmp_path):
    values, found = fitted
    table = found.tables["fit"]
    assert set(table["use"]) == {"fitted", "held_out"}
    moved = observed(values, SEED)
    moved[3] *= 5
    other = fit(workshop(assignment(moved), tmp_path))
    assert other.posterior.equals(found.posterior)
    last = other.tables["fit"].query("series == 'counts' and year == 2023").iloc[0]
    assert not last["inside"]


def test_a_stop_loses_nothing_and_threads_change_no_bit(tmp_path):
    task = assignment(observed(values_at(0.5, 0.5, 0.5), 7))
    whole = fit(workshop(task, tmp_path / "whole"))
    calls = []

    def stops(values, luck):
        calls.append(luck)
        if len(calls) == 90:
            raise KeyboardInterrupt
        return outputs(values, luck)

    with pytest.raises(KeyboardInterrupt):
        fit(workshop(task, tmp_path / "stopped", stops))
    resumed = fit(workshop(task, tmp_path / "stopped", threads=2))
    assert resumed.posterior.equals(whole.posterior)
    assert all(resumed.tables[name].equals(whole.tables[name]) for name in whole.tables)


def test_numbers_out_of_reach_are_named(tmp_path):
    numbers = observed(values_at(0.5, 0.5, 0.5), 1)
    numbers[4:] *= 100
    with pytest.raises(NothingPlausible, match=r"shares\.202"):
        fit(workshop(assignment(numbers), tmp_path))


def test_targets_that_say_nothing_are_refused_before_fitting(tmp_path):
    task = assignment(observed(values_at(0.5, 0.5, 0.5), 1), calibration(free=[IDLE]))

    def nothing_moves(values, luck):
        return outputs(values_at(0.5, 0.5, 0.5), luck)

    with pytest.raises(NothingIdentifiable, match="would shrink by"):
        plan(workshop(task, tmp_path, nothing_moves))


def test_a_number_simulated_as_zero_is_named_and_refused(tmp_path):
    task = assignment(observed(values_at(0.5, 0.5, 0.5), 1))

    def never_counted(values, luck):
        found = outputs(values, luck)
        found[5] = 0.0 if values[RATE] < values_at(0.5, 0.5, 0.5)[RATE] else found[5]
        return found

    with pytest.raises(NothingCounted, match=r"some of 60 points.*: shares\.2021 at 30\."):
        plan(workshop(task, tmp_path, never_counted))
