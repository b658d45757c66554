"""Parameters from printed numbers: the published examples and the round trip through quantiles."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrsim.evidence.distributions import DISTRIBUTIONS
from hrsim.evidence.fitting import (
    beta_from_mean_sd,
    fit_to_interval,
    gamma_from_mean_sd,
    lognormal_from_interval,
)


def test_beta_with_mean_a_fifth_and_sd_a_twentieth():
    assert beta_from_mean_sd(0.2, 0.05) == pytest.approx({"alpha": 12.6, "beta": 50.4})


def test_gamma_with_mean_1000_and_sd_250():
    assert gamma_from_mean_sd(1000, 250) == pytest.approx({"shape": 16.0, "scale": 62.5})


def test_lognormal_of_a_published_ratio():
    fitted = lognormal_from_interval(0.5, 0.4, 0.63)
    assert fitted["mu"] == pytest.approx(-0.69315, abs=5e-6)
    assert fitted["sigma"] == pytest.approx(0.11588, abs=5e-6)
    assert math.exp(fitted["mu"] + fitted["sigma"] ** 2 / 2) == pytest.approx(0.50337, abs=5e-6)


@given(median=st.floats(0.01, 100), factor=st.floats(1.05, 20))
def test_a_symmetric_log_interval_comes_back_as_the_2_5_and_97_5_percentiles(median, factor):
    fitted = fit_to_interval("lognormal", median, median / factor, median * factor)
    quantile = DISTRIBUTIONS["lognormal"].quantile
    assert quantile(fitted, 0.5) == pytest.approx(median)
    assert quantile(fitted, 0.025) == pytest.approx(median / factor)
    assert quantile(fitted, 0.975) == pytest.approx(median * factor)


@pytest.mark.parametrize("family", ["pert", "triangular"])
def test_the_ends_of_pert_and_triangular_are_extremes(family):
    fitted = fit_to_interval(family, 2.0, 1.0, 5.0)
    assert DISTRIBUTIONS[family].quantile(fitted, 1e-12) == pytest.approx(1.0, abs=1e-4)
    assert DISTRIBUTIONS[family].quantile(fitted, 1 - 1e-12) == pytest.approx(5.0, abs=1e-2)


@pytest.mark.parametrize(
    ("family", "value", "low", "high"),
    [
        ("beta", 1.2, 1.0, 1.4),
        ("beta", 0.5, 0.0, 2.5),
        ("gamma", -1.0, -2.0, 0.0),
        ("lognormal", 1.0, 0.0, 2.0),
        ("normal", 1.0, 2.0, 2.0),
        ("triangular", 6.0, 1.0, 5.0),
        ("cauchy", 1.0, 0.5, 2.0),
    ],
)
def test_an_impossible_fit_is_refused(family, value, low, high):
    with pytest.raises(ValueError, match=r"."):
        fit_to_interval(family, value, low, high)
