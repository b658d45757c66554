"""The sampler against closed forms: Gaussian posteriors in 2 and 9 dimensions, a bent one, the walk, the bits."""

import numpy as np
import pytest
import sklearn.mixture  # noqa: F401 - loaded before its threads are limited
from scipy import special, stats
from threadpoolctl import threadpool_limits

from hrsim.calibrate import posterior
from hrsim.calibrate.posterior import resampled, sample_posterior

DRAWS = 2000
TIGHT = 1e4  # precision of the sharpest direction: the likelihood holds 1e-10 of the prior in 9 dimensions


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


def gaussian(dimensions):
    """Give a likelihood whose axes are turned against the parameters', and the posterior's mean and covariance."""
    generator = np.random.default_rng(5)
    turn, _ = np.linalg.qr(generator.normal(size=(dimensions, dimensions)))
    precision = turn @ np.diag(np.geomspace(0.05, TIGHT, dimensions)) @ turn.T
    centre = generator.normal(size=dimensions)

    def log_likelihood(points):
        away = special.ndtri(points) - centre
        return -0.5 * np.einsum("ni,ij,nj->n", away, precision, away)

    covariance = np.linalg.inv(precision + np.eye(dimensions))
    return log_likelihood, covariance @ precision @ centre, covariance


def assert_gaussian(found, mean, covariance):
    """Hold means, standard deviations and 5 % tails against the closed form, each within 4 of its errors."""
    scores, deviation = special.ndtri(found.points), np.sqrt(np.diag(covariance))
    worth = 1.0 / (1.0 / found.effective + 1.0 / len(scores))  # the weighted sample, then draws from it
    np.testing.assert_array_less(np.abs(scores.mean(axis=0) - mean) / deviation, 4.0 / np.sqrt(worth))
    np.testing.assert_allclose(scores.std(axis=0) / deviation, 1.0, atol=4.0 / np.sqrt(2.0 * worth))
    for share in (0.05, 0.95):
        below = (scores < mean + special.ndtri(share) * deviation).mean(axis=0)
        np.testing.assert_allclose(below, share, atol=4.0 * np.sqrt(0.05 * 0.95 / worth))


@pytest.mark.parametrize("dimensions", [1, 2, 9])
def test_a_gaussian_posterior_is_found(dimensions):
    log_likelihood, mean, covariance = gaussian(dimensions)
    found = sample_posterior(log_likelihood, dimensions, DRAWS, 100.0, 1)
    assert found.method == "importance sampling" and found.effective > 0.5 * posterior.LAST
    assert_gaussian(found, mean, covariance)


def test_a_walk_finds_the_same():
    log_likelihood, mean, covariance = gaussian(3)
    found = sample_posterior(log_likelihood, 3, DRAWS, 1e9, 1)
    assert found.method == "ensemble walk" and found.effective > 200.0
    assert_gaussian(found, mean, covariance)


@pytest.mark.parametrize("dimensions", [2, 9])
def test_a_bent_posterior_is_found_on_both_its_arms(dimensions):
    """y = 1 - x^2 but for an error of 0.1: with y integrated out, x has density exp(-x^2/2 - (x^2-1)^2/2.02)."""

    def log_likelihood(points):
        scores = special.ndtri(points)
        bent = scores[:, 1] + scores[:, 0] ** 2 - 1.0
        return -0.5 * (bent / 0.1) ** 2 - 10.0 * (scores[:, 2:] ** 2).sum(axis=1)

    found = sample_posterior(log_likelihood, dimensions, DRAWS, 100.0, 1)
    worth = 1.0 / (1.0 / found.effective + 1.0 / DRAWS)
    x = np.linspace(-6.0, 6.0, 12_001)
    density = np.exp(-0.5 * x**2 - 0.5 * (x**2 - 1.0) ** 2 / 1.01)
    below = np.cumsum(density) / density.sum()
    scores = special.ndtri(found.points[:, 0])
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        quantile = np.interp(share, below, x)
        assert (scores < quantile).mean() == pytest.approx(
            share, abs=4.0 * np.sqrt(share * (1 - share) / worth)
        )


def test_two_far_modes_keep_their_shares():
    """The second mode holds a third: a sampler that follows one of them only would be sure and wrong."""

    def log_likelihood(points):
        scores = special.ndtri(points)
        parts = [np.log(w) + stats.norm.logpdf(scores, c, 0.05).sum(axis=1) for w, c in ((2, 1.0), (1, -1.0))]
        return np.logaddexp(*parts)

    found = sample_posterior(log_likelihood, 3, DRAWS, 100.0, 1)
    assert (found.points[:, 0] < 0.5).mean() == pytest.approx(1 / 3, abs=4 * np.sqrt(2 / 9 / found.effective))


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    log_likelihood, _, _ = gaussian(3)
    one, same, other = (sample_posterior(log_likelihood, 3, 50, 100.0, seed).points for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_points_that_cannot_be_are_never_drawn():
    def log_likelihood(points):
        return np.where(points[:, 0] < 0.3, 0.0, -np.inf)

    found = sample_posterior(log_likelihood, 2, DRAWS, 100.0, 1)
    assert found.points[:, 0].max() < 0.3
    assert stats.kstest(found.points[:, 0] / 0.3, "uniform").pvalue > 0.001


def test_effective_sample_size_is_that_of_the_weights():
    points = np.linspace(0.1, 0.9, 8)[:, None]
    assert resampled(points, np.zeros(8), 5, 1).effective == pytest.approx(8.0)
    one = resampled(points, np.array([0.0] * 7 + [800.0]), 5, 1)
    assert one.effective == pytest.approx(1.0) and (one.points == 0.9).all()
