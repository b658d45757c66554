"""Outcome tables: rows in the order of their names, loads of places, joined with economics."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hrsim.experiment.measures import Measure
from hrsim.experiment.tables import OutcomeSamples, study_years, with_economics

FLOWS = (("client_years", "years"), ("place_years", "years"))


@pytest.fixture
def samples():
    """Two arms, two years, one measure: deaths are 10 x draw, twice that in the second arm."""
    outcomes = np.ones((4, 2, 2, 1, 1)) * np.arange(1.0, 5.0).reshape(-1, 1, 1, 1, 1) * 10
    outcomes[:, 1] *= 2
    flows = np.zeros((4, 2, 2, 2, 2))
    flows[:, :, :, 0] = (30.0, 40.0)  # the first service has 40 places and 30 clients, the second none
    return OutcomeSamples(
        arms=("a", "b"), comparator="a", years=(2026, 2027), groups=("all",),
        measures=(Measure("deaths", "events", "lower"),), services=("treatment", "kits"),
        flows_measured=FLOWS, outcomes=outcomes, flows=flows,
    )  # fmt: skip


def test_totals_are_sums_over_years(samples):
    table = samples.over_horizon().set_index("arm")
    assert table["mean"].to_dict() == {"a": 50.0, "b": 100.0}
    yearly = samples.by_year().groupby("arm")["mean"].sum()
    assert yearly.to_dict() == {"a": 50.0, "b": 100.0}


def test_the_comparator_is_not_compared_with_itself(samples):
    table = samples.differences()
    assert table["arm"].tolist() == ["b"]
    assert (table["mean"][0], table["per_cent"][0], table["draws_worse"][0]) == (50.0, 100.0, 4)


def test_load_is_clients_over_places_and_absent_without_places(samples):
    table = samples.service_flows()
    loads = table[table["measure"] == "load"]
    assert set(loads["service"]) == {"treatment"}
    assert (loads["mean"] == 0.75).all()
    assert len(loads) == 4


def test_convergence_ends_with_all_samples(samples):
    table = samples.convergence()
    assert sorted(set(table["n_draws"])) == [2, 4]
    last = table[(table["n_draws"] == 4) & (table["arm"] == "a")]
    assert last["mean"].tolist() == [50.0]


def test_what_both_layers_state_appears_once(samples):
    health = pd.DataFrame(
        {"arm": "a", "group": "all", "measure": ["life_years", "life_years", "qalys"],
         "discounted": [False, True, False], "mean": 1.0}
    )  # fmt: skip
    economic = {"health": health, "economic_differences": pd.DataFrame(), "costs": pd.DataFrame({"x": [1]})}
    tables = with_economics(samples.outcome_tables(), economic)
    added = tables["outcomes"][tables["outcomes"]["measure"] != "deaths"]
    assert list(zip(added["measure"], added["discounted"], strict=True)) == [
        ("life_years", True),
        ("qalys", False),
    ]
    assert "health" not in tables
    assert "costs" in tables


def test_study_years_count_on():
    assert study_years(2026, 4) == (2026, 2027, 2028, 2029)


PARTS = (
    Measure("oat_retained_6_months", "events", "neither"),
    Measure("oat_followed_6_months", "events", "neither"),
)


@pytest.fixture
def retained(samples):
    """Give samples in which 10, 20, ... of 100 starts are retained in each year, twice as many in the second arm."""
    outcomes = np.full((4, 2, 2, 2, 2), 100.0)
    outcomes[..., 0] = np.arange(1.0, 5.0).reshape(-1, 1, 1, 1) * 10
    outcomes[:, 1, :, :, 0] *= 2
    return replace(samples, groups=("all", "sex=female"), measures=PARTS, outcomes=outcomes)


def test_shares_stand_beside_their_counts_for_all_people_only(retained):
    shares = {"a": 0.25, "b": 0.5}
    for table in (retained.over_horizon(), retained.by_year()):
        rows = table[table["measure"] == "oat_retention_6_months"]
        assert set(rows["group"]) == {"all"}
        assert set(rows["unit"]) == {"share of starts"}
        assert dict(zip(rows["arm"], rows["mean"], strict=True)) == shares
    difference = retained.differences().set_index(["measure", "group"]).loc[("oat_retention_6_months", "all")]
    assert difference["mean"] == pytest.approx(0.25)
    assert difference["per_cent"] == pytest.approx(100)
    assert difference["draws_better"] == 4


def test_a_share_of_nothing_is_left_out(retained):
    outcomes = retained.outcomes.copy()
    outcomes[0, 1] = 0.0  # the second arm of the first sample starts nobody
    table = replace(retained, outcomes=outcomes).over_horizon()
    rows = table[table["measure"] == "oat_retention_6_months"]
    assert rows["arm"].tolist() == ["a"]
    differences = replace(retained, outcomes=outcomes).differences()
    assert "oat_retention_6_months" not in set(differences["measure"])
    assert not table["mean"].isna().any()
