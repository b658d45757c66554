"""Find a distribution's parameters from what papers print: a value with an interval, or mean and sd."""

from __future__ import annotations

import math

from scipy import special

INTERVAL_MASS = 0.95
"""Coverage that a stated low and high are taken to have."""

_WIDTH_IN_SD = 2.0 * float(special.ndtri(0.5 + INTERVAL_MASS / 2.0))


def beta_from_mean_sd(mean: float, sd: float) -> dict[str, float]:
    """Return alpha and beta of the beta distribution with this mean and sd; ValueError if none exists."""
    if not 0.0 < mean < 1.0 or not 0.0 < sd**2 < mean * (1.0 - mean):
        raise ValueError(f"no beta distribution has mean {mean:g} and standard deviation {sd:g}")
    size = mean * (1.0 - mean) / sd**2 - 1.0
    return {"alpha": mean * size, "beta": (1.0 - mean) * size}


def gamma_from_mean_sd(mean: float, sd: float) -> dict[str, float]:
    """Return shape and scale of the gamma distribution with this mean and sd; ValueError if none exists."""
    if mean <= 0.0 or sd <= 0.0:
        raise ValueError(f"no gamma distribution has mean {mean:g} and standard deviation {sd:g}")
    return {"shape": (mean / sd) ** 2, "scale": sd**2 / mean}


def lognormal_from_interval(median: float, low: float, high: float) -> dict[str, float]:
    """Return mu and sigma of the log-normal with this median and log-width; ValueError if not positive."""
    if low <= 0.0 or median <= 0.0 or high <= low:
        raise ValueError(f"no log-normal distribution has the interval {low:g} to {high:g}")
    return {"mu": math.log(median), "sigma": math.log(high / low) / _WIDTH_IN_SD}


def normal_from_interval(mean: float, low: float, high: float) -> dict[str, float]:
    """Return mean and sd of the normal distribution with this mean and width; ValueError if low >= high."""
    if high <= low:
        raise ValueError(f"no normal distribution has the interval {low:g} to {high:g}")
    return {"mean": mean, "sd": (high - low) / _WIDTH_IN_SD}


def fit_to_interval(distribution: str, value: float, low: float, high: float) -> dict[str, float]:
    """Return the parameters of a named distribution from a point value and a 95 % interval.

    The value is the mean (normal, beta, gamma), the median (lognormal) or the mode (pert, triangular, whose
    low and high are the extremes; so are those of uniform). ValueError when the family cannot have these
    numbers.
    """
    if distribution == "fixed":
        return {"value": value}
    if distribution == "uniform":
        return {"min": low, "max": high}
    if distribution in ("pert", "triangular"):
        if not low <= value <= high or low >= high:
            raise ValueError(f"{distribution} needs low <= value <= high, got {low:g}, {value:g}, {high:g}")
        return {"min": low, "mode": value, "max": high}
    if distribution == "lognormal":
        return lognormal_from_interval(value, low, high)
    normal = normal_from_interval(value, low, high)
    if distribution == "normal":
        return normal
    if distribution == "beta":
        return beta_from_mean_sd(value, normal["sd"])
    if distribution == "gamma":
        return gamma_from_mean_sd(value, normal["sd"])
    raise ValueError(f"unknown distribution {distribution!r}")
