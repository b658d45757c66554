"""Acceptability: V5 and V6, the identities with frontier and EVPI, and the tables made from ledgers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from hrsim.economics import collect, frontier, summarise, uncertainty_tables, value_ledger
from hrsim.economics.acceptability import acceptability, on_frontier, threshold_range
from hrsim.economics.frontier import net_monetary_benefit, switch_points
from hrsim.economics.value_of_information import Decisions, evpi


def test_v5_each_arm_is_best_as_often_as_it_is_counted():
    draws = np.array([(10, 8, 13), (12, 15, 9), (9, 9, 14), (11, 13, 10)], dtype=float)
    assert acceptability(-draws, np.zeros_like(draws), [1.0])[0].tolist() == [[0, 0.5, 0.5]]


def v6(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Give costs and effects of two arms whose differences are V6's, on a grid of quantiles."""
    one, two = (part.ravel() for part in np.meshgrid(*[norm.ppf((np.arange(count) + 0.5) / count)] * 2))
    effect = 0.02 + 0.015 * one
    cost = 600 + 500 * (-0.2 * one + np.sqrt(1 - 0.04) * two)
    return (np.stack([np.zeros_like(part), part], axis=1) for part in (cost, effect))


def test_v6_the_curve_of_a_bivariate_normal_increment():
    shares, tied = acceptability(*v6(1000), [0, 20_000, 30_000, 50_000, 100_000])
    np.testing.assert_allclose(shares[:, 1], [0.11507, 0.37591, 0.5, 0.65826, 0.79861], atol=2e-4)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)
    assert not tied.any()


def test_arms_that_tie_are_tied_and_never_half_a_best_each():
    same = np.array([[1.0, 1.0, 0.0], [1.0, 2.0, 1.0]])
    alone, tied = acceptability(-same, np.zeros_like(same), [1.0])
    assert (alone.tolist(), tied.tolist()) == ([[0, 0.5, 0]], [[0.5, 0.5, 0]])


def test_the_curve_crosses_one_half_where_evpi_peaks():
    costs, effects = v6(200)
    thresholds = np.arange(10_000, 60_000, 1000.0)
    values = [evpi(net_monetary_benefit(costs, effects, threshold)).value for threshold in thresholds]
    losses = np.array(values) / np.sqrt(np.array([np.var((t * effects - costs)[:, 1]) for t in thresholds]))
    assert (
        thresholds[losses.argmax()] == 30_000
    )  # EVPI in units of the spread, which grows with the threshold
    kink = np.diff(values, n=2)
    assert thresholds[1 + kink.argmin()] == 30_000  # and the curve itself breaks there and nowhere else


clouds = st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 10)), min_size=2, max_size=6, unique=True)


@given(clouds)
def test_the_best_arm_lies_on_the_frontier_and_changes_at_the_icers(points):
    arms = [f"arm{place}" for place in range(len(points))]
    costs, effects = (np.array([column]) for column in zip(*points, strict=True))
    standings = {s.arm: s for s in frontier(arms, costs[0].tolist(), effects[0].tolist())}
    thresholds = [1.0, 50.0, 400.0, 2_000.0, 1e5]
    for best, threshold in zip(on_frontier(costs, effects, thresholds), thresholds, strict=True):
        net = threshold * effects[0] - costs[0]
        near = {arm for arm, value in zip(arms, net, strict=True) if value >= net.max() - 1e-6}
        assert near & {arm for arm, standing in standings.items() if standing.status.on_frontier}
        assert {arm for arm, yes in zip(arms, best, strict=True) if yes} <= near
    for switch, arm in switch_points(list(standings.values())):
        if 1e-6 < switch < 1e9:
            above, below = on_frontier(costs, effects, [switch * (1 + 1e-6), switch * (1 - 1e-6)])
            gap = abs(standings[arm].incremental_effect) * switch * 1e-6
            if gap > 1e-9:
                assert above[arms.index(arm)] or any(
                    standings[arm].cost == standings[other].cost for other in arms if other != arm
                )
                assert not below[arms.index(arm)]


def test_the_range_of_thresholds_holds_those_declared():
    found = threshold_range((50_000.0, 100_000.0))
    assert found[0] == 0 and found[-1] == 200_000 and {50_000.0, 100_000.0} <= set(found)
    assert 33_333.0 in threshold_range((33_333.0, 100_000.0))
    assert threshold_range(()) == ()


@pytest.fixture
def tables_of(make_ledger, make_book, make_line, make_analysis, utilities):
    """Give a function that makes the tables of eight draws, each with so many replicates."""

    def make(replicates: int, decisions: Decisions | None = None):
        random = np.random.default_rng(2)
        analysis, book = make_analysis(0.03), make_book(make_line())
        valuations = [
            value_ledger(
                make_ledger(
                    events=random.poisson([[[5000, 9]], [[3000, 4]]], size=(4, 2, 1, 2)).swapaxes(0, 1),
                    state_ticks=random.integers(10**9, 10**9 + 10**7, size=(2, 4, 1, 2)),
                ),
                book, utilities, analysis, {},
            )
            for _ in range(8 * replicates)
        ]  # fmt: skip
        numbers = np.repeat(np.arange(8), replicates).tolist()
        tables = uncertainty_tables(collect(valuations, numbers), book, analysis, decisions)
        return {**tables, "net_benefit": summarise(valuations, book, analysis, numbers)["net_benefit"]}

    return make


def test_tables_state_every_threshold_perspective_and_arm_once(tables_of):
    tables = tables_of(1)
    curve, values = tables["acceptability"], tables["evpi"]
    assert len(curve) == 2 * 2 * len(threshold_range((50_000.0,)))
    alone = curve.assign(alone=curve["probability_cost_effective"] - curve["probability_tied"])
    blocks = alone.groupby(["perspective", "threshold"])
    np.testing.assert_allclose(blocks["alone"].sum() + blocks["probability_tied"].max(), 1.0)
    assert (curve[curve["on_frontier"]].groupby(["perspective", "threshold"]).size() == 1).all()
    best = curve[curve["on_frontier"]].set_index(["perspective", "threshold"])["arm"]
    assert (values.set_index(["perspective", "threshold"])["best_arm"] == best).all()
    assert (values["evpi_per_study"] >= 0).all()
    assert "population_evpi" not in values


def test_one_replicate_cannot_be_corrected_and_says_so(tables_of):
    single, several = tables_of(1)["evpi"], tables_of(3)["evpi"]
    assert set(single["correction"]) == {"none_one_replicate"} and single["luck_share"].isna().all()
    assert (single["evpi_per_study"] == single["evpi_with_luck"]).all()
    assert set(several["correction"]) == {"luck_taken_out"}
    assert (several["evpi_per_study"] <= several["evpi_with_luck"]).all()
    assert several["luck_share"].gt(0).any()


def test_population_value_is_stated_where_the_study_says_whom_it_serves(tables_of):
    values = tables_of(1, Decisions(3, 5, 0.015))["evpi"]
    factor = sum(3 / 1.015**year for year in range(1, 6))
    np.testing.assert_allclose(values["population_evpi"], factor * values["evpi_per_study"])


def test_the_best_arm_and_its_chance_are_those_of_the_net_benefit_table(tables_of):
    tables = tables_of(2)
    keys = ["arm", "perspective", "threshold", "part"]
    stated = tables["net_benefit"]
    stated = stated[stated["measure"] == "net_monetary_benefit"].set_index(keys)
    curve = tables["acceptability"].set_index(keys).loc[stated.index]
    assert len(curve) == 4
    for share, count in {
        "probability_cost_effective": stated["draws_best"] + stated["draws_tied"],
        "probability_tied": stated["draws_tied"],
    }.items():
        np.testing.assert_allclose(curve[share] * stated["n_draws"], count)
    assert (
        curve["on_frontier"] == (stated["mean"] == stated.groupby("perspective")["mean"].transform("max"))
    ).all()
