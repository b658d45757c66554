"""How observed numbers scatter: log densities, integrated over what the model itself is unsure of.

Given the parameters, the true number is `exp(location + spread x Z)`, Z standard normal: `location` is the logarithm of
the emulated mean, and `spread` joins the emulator's error, Monte Carlo error and the declared model discrepancy. The
density of the observed number is integrated over Z by adaptive Gauss-Hermite quadrature (Naylor & Smith 1982): nodes
lie where observation and doubt agree, because a large count tells its mean far more narrowly than a doubt of 25 % does,
and nodes spread over the doubt alone would step over it. An observed 0 has its nodes where zeros.py finds their place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from hrsim.calibrate.schema import Likelihood
from hrsim.calibrate.zeros import STANDS_FOR_ZERO, log_of_zero, mode_of_zero

Floats = NDArray[np.float64]
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
SMALLEST = float(np.finfo(np.float64).eps)
LOG_WEIGHTS = np.log(WEIGHTS / WEIGHTS.sum())


def log_density(
    likelihood: Likelihood, value: float, error: float | None, location: Floats, spread: Floats
) -> Floats:
    """Return the log density of an observed number, one for each location (shape (n,)) with its spread."""
    agreed, width = _place_of_nodes(likelihood, value, error, location, spread)
    z = agreed[:, None] + width[:, None] * NODES
    mean = np.exp(location[:, None] + spread[:, None] * z)
    inner = _at_mean(likelihood, value, error, mean) + 0.5 * (NODES**2 - z**2) + LOG_WEIGHTS
    return np.asarray(special.logsumexp(inner, axis=1) + np.log(width))


def _place_of_nodes(
    likelihood: Likelihood, value: float, error: float | None, location: Floats, spread: Floats
) -> tuple[Floats, Floats]:
    """Return where observation and doubt agree, and how widely, in standard deviations of the doubt."""
    if value == 0.0:
        return mode_of_zero(likelihood, error, location, spread)
    told = observation_spread(likelihood, value, error)
    joint = np.sqrt(spread**2 + told**2)
    return spread * (np.log(value) - location) / joint**2, told / joint


def implausibility(
    likelihood: Likelihood, value: float, error: float | None, location: Floats, spread: Floats
) -> Floats:
    """Return how far an observed number lies from a doubtful mean, shape (n,), in errors of both.

    It is the root of the least sum of squares of the doubt and the number's deviance; that is, the distance of the
    logarithms over both errors, where both are normal.
    """
    if value > 0.0:
        told = observation_spread(likelihood, value, error)
        return np.asarray(np.abs(np.log(value) - location) / np.sqrt(spread**2 + told**2))
    mode, _ = mode_of_zero(likelihood, error, location, spread)
    nothing = log_of_zero(likelihood, error, np.zeros(1))[0]
    fall = nothing - log_of_zero(likelihood, error, np.exp(location + spread * mode))
    return np.asarray(np.sqrt(mode**2 + 2.0 * fall))


def observation_spread(likelihood: Likelihood, value: float, error: float | None) -> float:
    """Return the standard deviation of the logarithm of an observed number around its mean.

    An observed 0 has none; what plans reckon with is that of the mean which may stand behind it.
    """
    family = likelihood.family
    if value == 0.0:
        value = _stands_for_zero(likelihood, error)
    if family == "lognormal":
        assert error is not None
        return error
    if family == "normal":
        assert error is not None
        return error / value
    if family == "beta_binomial":
        assert likelihood.trials is not None and likelihood.precision is not None
        clumping = (likelihood.precision + likelihood.trials) / (likelihood.precision + 1.0)
        return float(np.sqrt((1.0 - value) / value * clumping / likelihood.trials))
    extra = 0.0 if likelihood.size is None else 1.0 / likelihood.size
    return float(np.sqrt(1.0 / value + extra))


def sample(
    likelihood: Likelihood, error: float | None, mean: Floats, generator: np.random.Generator
) -> Floats:
    """Draw observed numbers around means: for predictive intervals and synthetic data.

    A beta-binomial share is drawn around at most 1: a discrepancy on the logarithm may ask for more than everybody.
    """
    family = likelihood.family
    if family == "poisson":
        return generator.poisson(mean).astype(np.float64)
    if family == "negative_binomial":
        size = likelihood.size or 0.0
        return generator.negative_binomial(size, size / (size + mean)).astype(np.float64)
    if family == "beta_binomial":
        trials, precision = likelihood.trials or 0, likelihood.precision or 0.0
        below = np.minimum(mean, 1.0 - SMALLEST)
        share = generator.beta(precision * below, precision * (1.0 - below))
        return generator.binomial(trials, share) / trials
    assert error is not None
    if family == "normal":
        return generator.normal(mean, error)
    return np.asarray(mean * np.exp(generator.normal(0.0, error, mean.shape)))


def impossible(likelihood: Likelihood, value: float, error: float | None) -> tuple[str, str] | None:
    """Return what is wrong when a likelihood cannot have given a number, and the remedy."""
    family = likelihood.family
    if family in ("poisson", "negative_binomial") and value != round(value):
        return f"expected a whole number for {family}, got {value:g}", "choose normal or lognormal."
    if family == "beta_binomial" and not 0.0 <= value < 1.0:
        return (
            f"expected a share from 0 to below 1 for beta_binomial, got {value:g}",
            "choose another family.",
        )
    if value < 0.0 or (value == 0.0 and family == "lognormal"):
        fix = "choose poisson or negative_binomial for a count, beta_binomial or normal for a share; keep the year."
        return f"expected a number above 0 for {family}, got {value:g}", fix
    if family in ("normal", "lognormal") and error is None:
        return f"expected an error for {family}, got neither interval nor 'error'", "add 'error:'."
    return None


def _stands_for_zero(likelihood: Likelihood, error: float | None) -> float:
    if likelihood.family == "beta_binomial":
        return STANDS_FOR_ZERO / (likelihood.trials or 1)
    return (error or 1.0) if likelihood.family == "normal" else STANDS_FOR_ZERO


def _at_mean(likelihood: Likelihood, value: float, error: float | None, mean: Floats) -> Floats:
    family = likelihood.family
    if value == 0.0:
        return log_of_zero(likelihood, error, mean)
    if family == "poisson":
        found = stats.poisson.logpmf(value, mean)
    elif family == "negative_binomial":
        size = likelihood.size or 0.0
        found = stats.nbinom.logpmf(value, size, size / (size + mean))
    elif family == "beta_binomial":
        trials, precision = likelihood.trials or 0, likelihood.precision or 0.0
        share = np.minimum(mean, 1.0)
        found = np.where(
            mean < 1.0,
            stats.betabinom.logpmf(
                round(value * trials),
                trials,
                precision * share,
                precision * (1.0 - share) + np.finfo(float).tiny,
            ),
            -np.inf,
        )
    elif family == "normal":
        found = stats.norm.logpdf(value, mean, error)
    else:
        found = stats.norm.logpdf(np.log(value), np.log(mean), error)
    return np.asarray(found, dtype=np.float64)
