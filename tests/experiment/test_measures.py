"""Measures: years add up to the horizon, groups to the whole, states to life-years."""

from dataclasses import replace

import numpy as np
import pytest

from hrsim.engine.combined import COMBINED
from hrsim.experiment.measures import better_direction, groups_of, measure_ledger, measures_of
from hrsim.processes.events import EVENTS
from hrsim.units import TICKS_PER_YEAR


def column(ledger, name):
    return [measure.name for measure in measures_of(ledger)].index(name)


def test_years_add_up_to_the_ledger(make_ledger):
    ledger = make_ledger(quarters=6)
    outcomes = measure_ledger(ledger).outcomes
    assert outcomes.shape[1] == 2  # six quarters are a year and a half
    deaths = outcomes[:, :, 0, column(ledger, "deaths_all_causes")].sum(axis=1)
    assert np.array_equal(deaths, ledger.deaths().sum(axis=(1, 2)))
    years = outcomes[:, :, 0, column(ledger, "life_years")].sum(axis=1)
    assert np.allclose(years * TICKS_PER_YEAR, ledger.state_ticks.sum(axis=(1, 2, 3)))


def test_groups_add_up_to_all(make_ledger):
    ledger = make_ledger(groups=("women", "men"))
    outcomes = measure_ledger(ledger).outcomes
    assert groups_of(ledger) == ("all", "women", "men")
    assert np.allclose(outcomes[:, :, 0], outcomes[:, :, 1:].sum(axis=2))


@pytest.mark.parametrize("whole", COMBINED)
def test_a_combined_outcome_is_the_sum_of_its_parts_in_every_year_and_group(make_ledger, whole):
    names = tuple(dict.fromkeys(part for parts in COMBINED.values() for part in parts))
    few = make_ledger(groups=("women", "men"))
    events = np.random.default_rng(3).poisson(5.0, (*few.events.shape[:3], len(names)))
    ledger = replace(few, event_names=names, events=events)
    outcomes = measure_ledger(ledger).outcomes
    parts = [outcomes[..., column(ledger, name)] for name in COMBINED[whole]]
    assert sum(parts).sum() > 0
    assert np.array_equal(outcomes[..., column(ledger, whole)], sum(parts))


def test_every_visit_and_admission_that_the_model_counts_is_in_one_of_them():
    admissions = {name for name in EVENTS if name.endswith("admission")}
    assert set(COMBINED["admission_all"]) == admissions
    visits = {name for name in EVENTS if name.endswith(("emergency_department", "emergency_visit"))}
    assert set(COMBINED["emergency_visit_all"]) == visits | {"skin_infection"}


def test_a_single_group_is_not_repeated(make_ledger):
    assert groups_of(make_ledger()) == ("all",)


def test_levels_of_each_dimension_add_up_to_life_years(make_ledger):
    ledger = make_ledger()
    outcomes = measure_ledger(ledger).outcomes
    for dimension, levels in ledger.state_dimensions:
        parts = sum(outcomes[..., column(ledger, f"years_{dimension}_{level}")] for level in levels)
        assert np.allclose(parts, outcomes[..., column(ledger, "life_years")])


def test_flows_that_are_times_come_in_years(make_ledger):
    ledger = make_ledger()
    flows = measure_ledger(ledger).flows.sum(axis=1)
    expected = ledger.service_flow.sum(axis=1)
    assert np.array_equal(flows[..., 0], expected[..., 0])
    assert np.allclose(flows[..., 1] * TICKS_PER_YEAR, expected[..., 1])


def test_better_means_better_for_people():
    assert better_direction("overdose_death") == "lower"
    assert better_direction("overdose_admission") == "lower"
    assert better_direction("hcv_cure") == "higher"
    assert better_direction("treatment_start") == "neither"
