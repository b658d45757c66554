"""An observed 0 and a simulated 0 are data: closed forms of the gamma-Poisson pair, and no year is left out."""

import numpy as np
import pytest
from scipy import stats

from hrsim.calibrate.fit import fit
from hrsim.calibrate.likelihoods import implausibility, impossible, log_density
from hrsim.calibrate.schema import Likelihood
from hrsim.calibrate.simulator import Simulated
from hrsim.calibrate.zeros import highest_mean_of_zero
from hrsim.evidence import load_register
from hrsim.evidence.draws import quantile
from tests.calibrate.toy import RATE, assignment, calibration, workshop

MEAN = 0.7
POISSON = Likelihood(family="poisson")
ZERO = {
    "poisson": (POISSON, None, stats.poisson.logpmf(0, MEAN)),
    "negative_binomial": (
        Likelihood(family="negative_binomial", size=2.0), None, stats.nbinom.logpmf(0, 2.0, 2.0 / (2.0 + MEAN)),
    ),
    "beta_binomial": (
        Likelihood(family="beta_binomial", trials=30, precision=20.0), None, stats.betabinom.logpmf(0, 30, 14.0, 6.0),
    ),
    "normal": (Likelihood(family="normal", error=0.5), 0.5, stats.norm.logpdf(0.0, MEAN, 0.5)),
}  # fmt: skip


@pytest.mark.parametrize("name", ZERO)
def test_a_zero_has_the_density_of_its_family(name):
    likelihood, error, exact = ZERO[name]
    assert impossible(likelihood, 0.0, error) is None
    found = log_density(likelihood, 0.0, error, np.log([MEAN]), np.zeros(1))
    assert found == pytest.approx([exact], abs=1e-9)


@pytest.mark.parametrize("spread", [0.02, 0.3, 1.0])
@pytest.mark.parametrize("name", ZERO)
def test_doubt_about_the_mean_of_a_zero_is_integrated(name, spread):
    likelihood, error, _ = ZERO[name]
    for location in np.log([1e-4, 0.05, 0.6, 0.9]):
        z = np.linspace(-12, 12, 8001)
        inner = log_density(likelihood, 0.0, error, location + spread * z, np.zeros(len(z)))
        exact = np.log(np.trapezoid(np.exp(inner) * stats.norm.pdf(z), z))
        found = log_density(likelihood, 0.0, error, np.array([location]), np.array([spread]))
        assert found == pytest.approx([exact], abs=0.01)


@pytest.mark.parametrize("counts", [(0, 1, 0, 3), (0, 0, 0), (0, 1)])
def test_years_without_any_give_the_gamma_posterior(counts):
    """A gamma prior (shape 2, rate 1.5) of the yearly mean becomes one of shape 2 + events, rate 1.5 + years."""
    mean = np.linspace(1e-4, 40.0, 200_001)
    density = stats.gamma.pdf(mean, 2.0, scale=1.0 / 1.5)
    for count in counts:
        density = density * np.exp(
            log_density(POISSON, float(count), None, np.log(mean), np.zeros(len(mean)))
        )
    found = (mean * density).sum() / density.sum()
    assert found == pytest.approx((2.0 + sum(counts)) / (1.5 + len(counts)), rel=1e-4)


def test_a_zero_rules_out_only_means_that_are_large():
    """Without doubt the distance is the root of the deviance, sqrt(2 x mean); doubt brings it nearer."""
    location = np.log([0.01, 0.5, 4.5, 50.0])
    sure = implausibility(POISSON, 0.0, None, location, np.full(4, 1e-9))
    assert sure == pytest.approx(np.sqrt(2 * np.exp(location)), rel=1e-6)
    unsure = implausibility(POISSON, 0.0, None, location, np.full(4, 0.8))
    assert (unsure < sure).all() and (np.diff(unsure) > 0).all()


def test_the_interval_of_a_zero_is_the_exact_one():
    """3.689 events: the upper 97.5 % limit of a count of 0 (Garwood 1936)."""
    assert highest_mean_of_zero(POISSON, None) == pytest.approx(3.6889, abs=1e-4)


def test_simulated_counts_estimate_the_logarithm_of_their_mean_and_need_not_be_above_zero():
    """Three events in all replicates: the log of a count is too low by 1/6 and of 0 does not exist; this one is not."""
    drawn = np.random.default_rng(1).poisson(1.5, (40_000, 2, 1)).astype(float)
    made = Simulated(np.zeros((len(drawn), 1)), drawn, np.ones(1))
    assert (drawn.sum(axis=1) == 0).any() and not made.countless.any()
    assert made.location.mean() == pytest.approx(np.log(1.5), abs=0.03)
    assert made.error[0] == pytest.approx(made.location.std(), rel=0.35)
    share = Simulated(made.points, drawn, np.zeros(1))
    assert share.countless[0] == (drawn.sum(axis=1) == 0).sum()


def test_a_fit_to_years_without_any_finds_the_posterior_of_all_years(tmp_path):
    """Deaths 0, 1 and 0 in three years; the posterior of the rate is its prior times the Poisson likelihood."""
    given = calibration()
    series = given.series["counts"].model_copy(update={"discrepancy": 0.0})
    search = given.search.model_copy(update={"replicates": 30, "points": 60})
    task = assignment(
        [0, 1, 0, 2, *[10.0] * 4],
        given.model_copy(update={"series": {"counts": series}, "free": (RATE,), "search": search}),
    )
    task = type(task)(**{**vars(task), "targets": task.targets[:4]})
    row = load_register()[RATE]
    middle = quantile(row, 0.5)

    def outputs(values, luck):
        """Simulate counts of mean 2 at the prior's median, the same uniforms at all points."""
        uniform = np.random.default_rng(luck).uniform(size=4)
        return stats.poisson.ppf(uniform, 2.0 * (values[RATE] / middle) ** 3)

    found = fit(workshop(task, tmp_path, outputs)).posterior[RATE]
    at = np.linspace(0.0005, 0.9995, 4000)
    rates = np.array([quantile(row, u) for u in at])
    means = 2.0 * (rates / middle) ** 3
    weights = np.exp(-3 * means) * means
    expected = (rates * weights).sum() / weights.sum()
    deviation = np.sqrt(((rates - expected) ** 2 * weights).sum() / weights.sum())
    assert found.mean() == pytest.approx(expected, abs=0.25 * deviation)
    assert expected < middle
