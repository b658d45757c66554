"""The quantile functions are those of scipy.stats, truncated exactly to the bounds of a kind."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from hrsim.evidence.distributions import DISTRIBUTIONS, mass_outside, truncated_quantile

FAMILIES = [
    ("normal", {"mean": 2.0, "sd": 0.7}, stats.norm(2.0, 0.7)),
    ("lognormal", {"mu": -0.7, "sigma": 0.4}, stats.lognorm(0.4, scale=math.exp(-0.7))),
    ("beta", {"alpha": 2.5, "beta": 7.0}, stats.beta(2.5, 7.0)),
    ("gamma", {"shape": 3.2, "scale": 40.0}, stats.gamma(3.2, scale=40.0)),
    ("triangular", {"min": 1.0, "mode": 2.0, "max": 5.0}, stats.triang(0.25, 1.0, 4.0)),
    ("uniform", {"min": -1.0, "max": 3.0}, stats.uniform(-1.0, 4.0)),
    ("pert", {"min": 1.0, "mode": 2.0, "max": 5.0}, stats.beta(2.0, 4.0, 1.0, 4.0)),
]
PROBABILITIES = (1e-9, 0.025, 0.2, 0.5, 0.9, 0.975, 1 - 1e-9)


@pytest.mark.parametrize(("name", "parameters", "reference"), FAMILIES, ids=lambda case: str(case)[:12])
def test_quantile_and_cumulative_are_those_of_scipy_stats(name, parameters, reference):
    family = DISTRIBUTIONS[name]
    for u in PROBABILITIES:
        value = family.quantile(parameters, u)
        assert value == pytest.approx(reference.ppf(u), rel=1e-9)
        assert family.cumulative(parameters, value) == pytest.approx(u, rel=1e-6)


def test_every_family_is_compared():
    assert {name for name, _, _ in FAMILIES} | {"fixed"} == set(DISTRIBUTIONS)


def test_pert_mean_weighs_the_mode_four_times():
    u = [(step + 0.5) / 20_000 for step in range(20_000)]
    parameters = {"min": 1.0, "mode": 2.0, "max": 5.0}
    mean = math.fsum(DISTRIBUTIONS["pert"].quantile(parameters, x) for x in u) / len(u)
    assert mean == pytest.approx((1.0 + 4 * 2.0 + 5.0) / 6, abs=1e-5)


@pytest.mark.parametrize("mode", [1.0, 5.0])
def test_triangular_with_the_mode_at_an_end_stays_within(mode):
    parameters = {"min": 1.0, "mode": mode, "max": 5.0}
    values = [DISTRIBUTIONS["triangular"].quantile(parameters, u) for u in PROBABILITIES]
    assert values == sorted(values)
    assert values[0] >= 1.0
    assert values[-1] <= 5.0


def test_truncation_is_the_conditional_distribution():
    parameters = {"mean": 41.73, "sd": 20.852}
    reference = stats.truncnorm((0 - 41.73) / 20.852, math.inf, 41.73, 20.852)
    for u in PROBABILITIES:
        value = truncated_quantile("normal", parameters, u, 0.0, math.inf)
        assert value == pytest.approx(reference.ppf(u), rel=1e-6)


def test_a_distribution_within_its_bounds_is_left_exactly_as_it_is():
    parameters = {"alpha": 2.5, "beta": 7.0}
    for u in PROBABILITIES:
        assert truncated_quantile("beta", parameters, u, 0.0, 1.0) == DISTRIBUTIONS["beta"].quantile(
            parameters, u
        )


def test_mass_outside_counts_both_tails():
    half_outside = mass_outside("normal", {"mean": 0.0, "sd": 1.0}, 0.0, math.inf)
    assert half_outside == pytest.approx(0.5)
    both_tails = mass_outside("normal", {"mean": 0.5, "sd": 0.5}, 0.0, 1.0)
    assert both_tails == pytest.approx(2 * stats.norm.sf(1.0))
    assert mass_outside("fixed", {"value": 1.0}, 0.0, 1.0) == 0.0
    assert mass_outside("fixed", {"value": 1.1}, 0.0, 1.0) == 1.0
