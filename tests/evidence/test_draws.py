"""Draws depend on seed, draw number and name alone; groups move together; kinds bound every value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hrsim.evidence import central_parameters, draw_parameters, load_register, stratified_draws
from hrsim.evidence.draws import quantile, uniform
from hrsim.evidence.stratified import stratified

REGISTER = load_register()
ROWS = tuple(REGISTER.values())
SEED = 20260101


def scores(evidence_id: str, draws: int) -> np.ndarray:
    row = REGISTER[evidence_id]
    return np.array([draw_parameters([row], SEED, number)[evidence_id] for number in range(draws)])


@given(st.integers(0, 2**63), st.integers(0, 10**9), st.text(max_size=20))
def test_uniform_numbers_lie_strictly_between_0_and_1(seed, number, name):
    assert 0.0 < uniform(seed, number, name) < 1.0


def test_uniform_numbers_are_uniform_over_draws_names_and_seeds():
    by_draw = [uniform(SEED, number, "a") for number in range(4000)]
    by_name = [uniform(SEED, 0, f"name {number}") for number in range(4000)]
    by_seed = [uniform(number, 0, "a") for number in range(4000)]
    for sample in (by_draw, by_name, by_seed):
        assert stats.kstest(sample, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(by_draw, by_name)[0, 1]) < 4 / np.sqrt(4000)


def test_one_more_parameter_and_another_order_move_no_other():
    some = ROWS[::7]
    alone = draw_parameters(some, SEED, 3)
    among_all = draw_parameters(reversed(ROWS), SEED, 3)
    assert alone == {name: among_all[name] for name in alone}


def test_leaving_out_one_row_of_a_group_moves_no_other_of_the_group():
    grouped = [row for row in ROWS if row.group == "utility_optima"]
    assert draw_parameters(grouped[1:], SEED, 5).items() <= draw_parameters(grouped, SEED, 5).items()


def test_a_new_draw_number_or_seed_changes_every_uncertain_row():
    first, second, other = (
        draw_parameters(ROWS, SEED, 0),
        draw_parameters(ROWS, SEED, 1),
        draw_parameters(ROWS, SEED + 1, 0),
    )
    for row in ROWS:
        same = row.distribution == "fixed"
        assert (first[row.id] == second[row.id]) == same
        assert (first[row.id] == other[row.id]) == same


def test_every_draw_lies_within_the_bounds_of_its_kind():
    for number in range(60):
        for name, value in draw_parameters(ROWS, SEED, number).items():
            kind = REGISTER[name].bounds
            assert kind.lowest <= value <= kind.highest, name


@pytest.mark.parametrize("u", [1e-15, 1e-6, 0.5, 1 - 1e-6, 1 - 1e-15])
def test_extreme_quantiles_of_every_row_are_finite_and_possible(u):
    for row in ROWS:
        value = quantile(row, u)
        assert np.isfinite(value), row.id
        assert row.bounds.lowest <= value <= row.bounds.highest, row.id


def test_the_middle_tenth_of_every_distribution_meets_its_stated_interval():
    for row in ROWS:
        assert quantile(row, 0.55) >= row.low and quantile(row, 0.45) <= row.high, row.id


def test_a_group_with_full_loadings_is_comonotone_or_the_reverse():
    injecting = scores("pop.inject_share_oud_can", 500)
    other = scores("exp.other_route_share", 500)
    assert stats.spearmanr(injecting, other).statistic == pytest.approx(-1.0)
    assert (injecting + other).max() < 1.0


def test_partial_loadings_give_the_product_as_normal_score_correlation():
    draws = 4000
    first, second = (stats.rankdata(scores(name, draws)) for name in ("ut.bup_can", "ut.met_can"))
    normal = [stats.norm.ppf(rank / (draws + 1)) for rank in (first, second)]
    standard_error = (1 - 0.81**2) / np.sqrt(draws)
    assert np.corrcoef(*normal)[0, 1] == pytest.approx(0.9 * 0.9, abs=4 * standard_error + 0.003)


def test_a_grouped_row_keeps_its_own_distribution():
    row = REGISTER["oat.od_ratio_in_vs_out"]
    sample = np.log(scores(row.id, 3000))
    parameters = row.distribution_parameters
    assert stats.kstest((sample - parameters["mu"]) / parameters["sigma"], "norm").pvalue > 0.001


def test_the_hazard_and_fatality_ratios_of_oat_hold_the_spread_of_the_death_ratio():
    product = scores("oat.od_ratio_in_vs_out", 4000) * scores("oat.fatality_ratio_in_vs_out", 4000)
    death = REGISTER["oat.od_death_ratio_in_vs_out"]
    assert np.std(np.log(product)) == pytest.approx(death.distribution_parameters["sigma"], rel=0.05)


def test_central_parameters_are_the_point_values():
    assert central_parameters(ROWS) == {row.id: row.value for row in ROWS}


def test_an_override_changes_its_own_row_only():
    fixed = replace(
        REGISTER["od.witnessed"], distribution="fixed", distribution_parameters={"value": 0.7}, value=0.7
    )
    before = draw_parameters(ROWS, SEED, 2)
    after = draw_parameters(REGISTER.with_overrides([fixed]).values(), SEED, 2)
    assert after.pop("od.witnessed") == 0.7
    del before["od.witnessed"]
    assert after == before


@given(st.integers(0, 2**63), st.text(max_size=20), st.integers(0, 9))
def test_stratified_numbers_fill_every_equal_part_once_at_each_doubling(seed, name, doublings):
    parts = 2**doublings
    numbers = stratified(seed, name, parts)
    assert sorted(np.floor(numbers * parts).astype(int)) == list(range(parts))
    assert numbers.min() > 0.0 and numbers.max() < 1.0


def test_more_stratified_numbers_never_change_earlier_ones_and_streams_differ():
    many = stratified(SEED, "a", 300)
    for count in (1, 2, 3, 77, 256):
        assert stratified(SEED, "a", count).tolist() == many[:count].tolist()
    assert not np.isin(many, stratified(SEED, "b", 300)).any()
    assert not np.isin(many, stratified(SEED + 1, "a", 300)).any()


def test_stratified_streams_are_no_more_alike_than_random_ones():
    matrix = np.stack([stratified(SEED, f"stream {number}", 200) for number in range(300)])
    off = np.corrcoef(matrix)[np.triu_indices(300, 1)]
    assert np.sqrt((off**2).mean()) == pytest.approx(1 / np.sqrt(200), rel=0.05)
    assert np.abs(off).max() < 0.4  # 5.6 standard errors among 44,850 pairs; Sobol columns reach 0.9


def test_stratified_means_of_sums_are_nearer_to_the_truth():
    errors = {"random": [], "stratified": []}
    for seed in range(40):
        sums = {
            "random": sum(np.array([uniform(seed, draw, f"s{k}") for draw in range(128)]) for k in range(5)),
            "stratified": sum(stratified(seed, f"s{k}", 128) for k in range(5)),
        }
        for way, values in sums.items():
            errors[way].append(values.mean() - 2.5)
    assert (
        np.std(errors["stratified"]) < np.std(errors["random"]) / 20
    )  # the strata leave 1 in 128 of the spread


def test_stratified_draws_keep_groups_joint_and_each_row_its_place():
    few = stratified_draws(ROWS[::9], SEED, 5)
    many = stratified_draws(ROWS, SEED, 24)
    assert all(few[draw].items() <= many[draw].items() for draw in range(5))
    injecting, other = (
        [many[draw][name] for draw in range(24)]
        for name in ("pop.inject_share_oud_can", "exp.other_route_share")
    )
    assert stats.spearmanr(injecting, other).statistic == pytest.approx(-1.0)
