"""Tables by group: they add up to the whole, money included, and small cells are hidden with what gives them away."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hrsim.cli.running import Request, run_request
from hrsim.experiment.suppression import HIDDEN, hide_differences, hide_small, small_cells
from hrsim.study.parents import packaged_scenarios

SMALL_RUN = ("horizon.years=1", "population.size=800", "analysis.draws=3")
GROUPS = "population.groups={zone: {shares: {north: 0.1}}, sex: derived}"


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a function that runs the shipped study small, and returns its folder."""

    def run(*overrides: str) -> Path:
        study = packaged_scenarios() / "mobile_and_after_hours.yaml"
        out = tmp_path_factory.mktemp("runs")
        return run_request(Request(study, (*SMALL_RUN, *overrides), out, 1, "refuse")).path

    return run


@pytest.fixture(scope="module")
def shown_whole(run_of: Any) -> Path:
    return run_of(GROUPS, "analysis.smallest_cell=0")


@pytest.fixture(scope="module")
def cut(run_of: Any) -> Path:
    return run_of(GROUPS, "analysis.smallest_cell=10")


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "tables" / f"{name}.csv", keep_default_na=False, na_values=[""])


@pytest.mark.parametrize("dimension", ["zone", "sex"])
@pytest.mark.parametrize("column", ["mean", "change"])
def test_labels_add_up_to_all_people(shown_whole: Path, dimension: str, column: str) -> None:
    groups = table(shown_whole, "groups").fillna({"perspective": ""})
    groups = groups[groups["measure"] != "cost_not_by_group"]
    keys = ["arm", "measure", "perspective"]
    labels = groups[groups["group"].str.startswith(f"{dimension}=")]
    parts = labels.groupby(keys)[column].sum(min_count=1)
    whole = groups[groups["group"] == "all"].set_index(keys)[column]
    assert parts.size == whole.size > 100
    pd.testing.assert_series_equal(parts.sort_index(), whole.sort_index(), rtol=1e-9, check_names=False)


def test_services_add_up_to_all_people(shown_whole: Path) -> None:
    services = table(shown_whole, "services_by_group")
    services = services[services["measure"] != "wait"]
    keys = ["arm", "service", "measure"]
    parts = services[services["group"].str.startswith("zone=")].groupby(keys)["mean"].sum()
    whole = services[services["group"] == "all"].set_index(keys)["mean"]
    pd.testing.assert_series_equal(parts.sort_index(), whole.sort_index(), rtol=1e-9, check_names=False)


def test_money_of_groups_and_of_nobody_is_all_the_money(shown_whole: Path) -> None:
    groups, costs = table(shown_whole, "groups"), table(shown_whole, "costs")
    all_people = groups[(groups["group"] == "all") & groups["measure"].str.startswith("cost_")]
    found = all_people.groupby(["arm", "perspective"])["mean"].sum()
    chosen = costs[(costs["payer"] == "all") & (costs["category"] == "all") & costs["discounted"]]
    expected = chosen.set_index(["arm", "perspective"])["mean"]
    pd.testing.assert_series_equal(found.sort_index(), expected.sort_index(), rtol=1e-9, check_names=False)
    by_use = all_people[all_people["measure"] == "cost_by_use"].set_index(["arm", "perspective"])["mean"]
    assert (by_use > 0).all() and (by_use < expected).all()


def test_the_mobile_unit_is_used_in_its_zone_alone(shown_whole: Path) -> None:
    services = table(shown_whole, "services_by_group")
    mobile = services[(services["service"] == "mobile_unit") & (services["measure"] == "contacts")]
    used = mobile.set_index(["arm", "group"])["mean"]
    assert used["mobile", "zone=south"] == 0 and used["mobile", "zone=north"] > 10


def test_small_cells_are_hidden_everywhere_and_said_so(cut: Path, shown_whole: Path) -> None:
    whole = table(shown_whole, "outcomes")
    small = whole[(whole["group"] != "all") & (whole["mean"] > 0) & (whole["mean"] < 10)]
    places = set(small[["arm", "group", "measure", "discounted"]].itertuples(index=False, name=None))
    assert len(places) > 50
    for name in ("outcomes", "outcomes_by_year", "differences", "groups", "services_by_group"):
        found = table(cut, name)
        hidden = found[found["suppressed"]]
        assert len(hidden) > 10 and (hidden["group"] != "all").all(), name
        assert hidden[[column for column in HIDDEN if column in hidden]].isna().all(axis=None), name
    outcomes = table(cut, "outcomes")
    kept = outcomes[~outcomes["suppressed"]]
    assert not places & set(
        kept[["arm", "group", "measure", "discounted"]].itertuples(index=False, name=None)
    )
    differences = table(cut, "differences")
    kept = differences[~differences["suppressed"]]
    for arm in ("arm", "comparator"):
        assert not places & set(
            kept[[arm, "group", "measure", "discounted"]].itertuples(index=False, name=None)
        )
    summary = (cut / "summary.txt").read_text(encoding="utf-8")
    assert "zone: north" in summary and "suppressed" in summary and "fewer than 10" in summary


def test_nothing_is_hidden_at_0(shown_whole: Path) -> None:
    for name in ("outcomes", "differences", "groups", "services_by_group"):
        assert not table(shown_whole, name)["suppressed"].any()


def cells(**means: float) -> pd.DataFrame:
    rows = [
        {"arm": "a", "measure": "m", "discounted": False, "group": g, "mean": m} for g, m in means.items()
    ]
    return pd.DataFrame(rows).assign(group=lambda t: t["group"].str.replace("__", "=")).assign(low=0.0)


def test_one_small_cell_takes_a_second_with_it() -> None:
    table = cells(all=103, zone__north=3, zone__mid=60, zone__south=40, sex__female=50, sex__male=53)
    assert small_cells(table, 5).tolist() == [False, True, False, True, False, False]
    assert small_cells(table, 0).sum() == 0


def test_two_small_cells_hide_each_other_and_zero_is_shown() -> None:
    table = cells(all=45, zone__north=3, zone__mid=2, zone__south=40, zone__west=0)
    assert small_cells(table, 5).tolist() == [False, True, True, False, False]
    assert small_cells(cells(all=4, zone__north=4, zone__south=0), 5).tolist() == [False, True, True]
    shown = hide_small(table, 5)
    assert shown["suppressed"].tolist() == [False, True, True, False, False]
    assert np.isnan(shown.loc[1, "mean"]) and np.isnan(shown.loc[1, "low"]) and shown.loc[3, "mean"] == 40


def test_all_people_are_never_hidden() -> None:
    assert not small_cells(cells(all=3, zone__north=30, zone__south=30), 5).any()


def test_a_difference_is_hidden_with_either_of_its_totals() -> None:
    totals = pd.concat(
        [cells(all=70, zone__a=30, zone__b=40), cells(all=45, zone__a=3, zone__b=42).assign(arm="b")]
    )
    steps = cells(all=-25, zone__a=-27, zone__b=2).assign(arm="b", comparator="a")
    assert hide_differences(steps, totals.reset_index(drop=True), 5)["suppressed"].tolist() == [
        False,
        True,
        True,
    ]


def test_groups_without_services_have_an_empty_table_of_services(tmp_path):
    study = tmp_path / "bare.yaml"
    study.write_text(
        "hrsim: 1\ntitle: Groups and no service\nextends: settings/blank.yaml\n"
        "horizon: {start: 2026-01-01, years: 1}\n"
        "population: {size: 20, groups: {zone: {north: 0.3, south: rest}}}\n"
        "arms: {a: {}, b: {}}\nanalysis: {comparator: a, replicates: 1}\n"
    )
    path = run_request(Request(study, (), tmp_path / "runs", 1, "refuse")).path
    table = pd.read_csv(path / "tables" / "services_by_group.csv", keep_default_na=False)
    assert table.empty
    assert {"arm", "service", "group", "measure", "mean", "suppressed"} <= set(table)
