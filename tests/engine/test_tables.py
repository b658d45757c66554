"""Poisson tables hold the Poisson law; alias tables hold the weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from hrsim.engine.tables import fill_alias, poisson_table


@pytest.mark.parametrize("mean", [1e-9, 0.003, 0.5, 1.0, 7.3, 100.0, 12_345.6, 250_000.0])
def test_a_poisson_table_is_the_poisson_law(mean: float) -> None:
    first, cumulative = poisson_table(mean)
    counts = first + np.arange(cumulative.size)
    assert cumulative[-1] == 1.0
    assert np.all(np.diff(cumulative) >= 0.0)
    np.testing.assert_allclose(cumulative, poisson.cdf(counts, mean), rtol=0.0, atol=1e-9)
    probabilities = np.diff(np.concatenate([[0.0], cumulative]))
    assert probabilities @ counts == pytest.approx(mean, rel=1e-11)
    assert probabilities @ (counts - mean) ** 2 == pytest.approx(mean, rel=1e-9)
    assert poisson.cdf(first - 1, mean) < 1e-15
    assert poisson.sf(counts[-1], mean) < 1e-15


def implied(weight: np.ndarray, offset: int, size: int) -> np.ndarray:
    """The probabilities that an alias table gives, without any sampling."""
    share, other = np.ones(weight.size), np.arange(weight.size, dtype=np.int64)
    fill_alias(weight, offset, size, share, other)
    rows = slice(offset, offset + size)
    assert np.all((share[rows] >= 0.0) & (share[rows] <= 1.0))
    assert np.all((other[rows] >= offset) & (other[rows] < offset + size))
    mass = np.zeros(weight.size)
    mass[rows] += share[rows]
    np.add.at(mass, other[rows], 1.0 - share[rows])
    outside = np.r_[0:offset, offset + size : weight.size]
    assert np.all(share[outside] == 1.0) and np.all(other[outside] == outside)
    return mass[rows] / size


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=60), st.integers(0, 3))
def test_an_alias_table_gives_the_weights(weights: list[float], before: int) -> None:
    weight = np.array([5.0] * before + weights + [2.0])
    expected = np.array(weights) / np.sum(weights)
    np.testing.assert_allclose(implied(weight, before, len(weights)), expected, rtol=0.0, atol=1e-12)


def test_weights_of_nought_are_never_chosen() -> None:
    np.testing.assert_allclose(
        implied(np.array([0.0, 3.0, 0.0, 1.0]), 0, 4), [0.0, 0.75, 0.0, 0.25], atol=1e-15
    )


def test_a_large_alias_table_of_frailties() -> None:
    weight = np.random.default_rng(5).gamma(0.7, 1 / 0.7, 100_000)
    np.testing.assert_allclose(implied(weight, 0, weight.size), weight / weight.sum(), rtol=0.0, atol=1e-12)
