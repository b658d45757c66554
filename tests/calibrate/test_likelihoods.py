"""Likelihoods against closed forms: no doubt about the mean gives the family itself, doubt gives known mixtures."""

import numpy as np
import pytest
from scipy import stats

from hrsim.calibrate.likelihoods import log_density, observation_spread, sample
from hrsim.calibrate.schema import Likelihood

MEAN = 40.0
FAMILIES = {
    "poisson": (Likelihood(family="poisson"), 37.0, None, lambda y: stats.poisson.logpmf(y, MEAN)),
    "negative_binomial": (
        Likelihood(family="negative_binomial", size=9.0), 37.0, None,
        lambda y: stats.nbinom.logpmf(y, 9.0, 9.0 / (9.0 + MEAN)),
    ),
    "normal": (Likelihood(family="normal", error=5.0), 37.0, 5.0, lambda y: stats.norm.logpdf(y, MEAN, 5.0)),
    "lognormal": (
        Likelihood(family="lognormal", error=0.2), 37.0, 0.2,
        lambda y: stats.norm.logpdf(np.log(y), np.log(MEAN), 0.2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAMILIES)
def test_a_known_mean_gives_the_family(name):
    likelihood, value, error, exact = FAMILIES[name]
    found = log_density(likelihood, value, error, np.log([MEAN]), np.zeros(1))
    assert found == pytest.approx([exact(value)], abs=1e-12)


def test_doubt_about_the_mean_of_a_lognormal_adds_variances():
    likelihood, value, error, _ = FAMILIES["lognormal"]
    found = log_density(likelihood, value, error, np.log([MEAN]), np.array([0.15]))
    exact = stats.norm.logpdf(np.log(value), np.log(MEAN), np.hypot(0.2, 0.15))
    assert found == pytest.approx([exact], abs=1e-6)


def test_a_beta_binomial_share_counts_out_of_its_trials():
    likelihood = Likelihood(family="beta_binomial", trials=50, precision=20.0)
    found = log_density(likelihood, 0.3, None, np.log([0.25]), np.zeros(1))
    assert found == pytest.approx([stats.betabinom.logpmf(15, 50, 5.0, 15.0)], abs=1e-9)


@pytest.mark.parametrize("name", [*FAMILIES, "beta_binomial"])
def test_the_spread_for_implausibility_is_that_of_samples(name):
    if name == "beta_binomial":
        likelihood, error, mean = Likelihood(family=name, trials=400, precision=400.0), None, 0.4
    else:
        (likelihood, _, error, _), mean = FAMILIES[name], 400.0
        likelihood = likelihood.model_copy(update={"size": 90.0} if name == "negative_binomial" else {})
        error = 20.0 if name == "normal" else error
    drawn = sample(likelihood, error, np.full(40_000, mean), np.random.default_rng(1))
    assert np.log(drawn).std() == pytest.approx(observation_spread(likelihood, mean, error), rel=0.03)


@pytest.mark.parametrize("spread", [0.02, 0.25, 0.5])
@pytest.mark.parametrize("name", ["poisson", "large_poisson", "negative_binomial", "beta_binomial", "normal"])
def test_doubt_about_the_mean_is_integrated_however_narrow_the_family_is(name, spread):
    """A count of 20,000 tells its mean within 0.7 %: between nodes that only follow a doubt of 50 %."""
    if name == "large_poisson":
        likelihood, value, error = Likelihood(family="poisson"), 20_000.0, None
    elif name == "beta_binomial":
        likelihood, value, error = Likelihood(family=name, trials=900, precision=300.0), 0.3, None
    else:
        likelihood, value, error, _ = FAMILIES[name]
    told = observation_spread(likelihood, value, error)
    for location in np.log(value) + np.array([-0.6, -0.1, 0.0, 0.05, 0.3]):
        both = np.hypot(told, spread)
        reach = np.linspace(-12, 12, 4001) * told / both + spread * (np.log(value) - location) / both**2
        inner = log_density(likelihood, value, error, location + spread * reach, np.zeros(len(reach)))
        exact = np.trapezoid(np.exp(inner) * stats.norm.pdf(reach), reach)
        found = log_density(likelihood, value, error, np.array([location]), np.array([spread]))
        assert found == pytest.approx([np.log(exact)], abs=1e-3)
