"""An observed 0: it is data, and says that its mean is small, though no logarithm of it exists.

The log density of a 0 falls steadily with the logarithm of the mean, so that under a normal doubt of that logarithm it
has one mode, which bisection finds; nodes are placed there, and the doubt is integrated as for any other number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hrsim.calibrate.schema import Likelihood

Floats = NDArray[np.float64]
STANDS_FOR_ZERO = 0.5
"""The mean behind a count of 0 by Jeffreys' prior: what plans reckon with, never a likelihood."""
FARTHEST = 40.0  # standard deviations below the middle of a doubt within which the mode is looked for
STEPS = 60  # bisections: the mode to 40 / 2^60
STEP = 1e-4  # standard deviations over which slopes are taken
TAIL = 0.025


def log_of_zero(likelihood: Likelihood, error: float | None, mean: Floats) -> Floats:
    """Return the log density of an observed 0 at means."""
    family = likelihood.family
    if family == "poisson":
        return -mean
    if family == "negative_binomial":
        assert likelihood.size is not None
        return np.asarray(-likelihood.size * np.log1p(mean / likelihood.size))
    if family == "beta_binomial":
        trials, precision = likelihood.trials or 0, likelihood.precision or 0.0
        none = precision * np.maximum(1.0 - mean, np.finfo(np.float64).tiny)
        pair = special.gammaln(none + trials) - special.gammaln(none)
        whole = special.gammaln(precision + trials) - special.gammaln(precision)
        return np.asarray(np.where(mean < 1.0, pair - whole, -np.inf))
    assert error is not None
    return np.asarray(-0.5 * (mean / error) ** 2 - np.log(error * np.sqrt(2.0 * np.pi)))


def mode_of_zero(
    likelihood: Likelihood, error: float | None, location: Floats, spread: Floats
) -> tuple[Floats, Floats]:
    """Return where the density of an observed 0 and the doubt of its mean agree best, and how wide that place is.

    Both in standard deviations of the doubt, shape (n,): the mean there is exp(location + spread x mode).
    """

    def density(z: Floats) -> Floats:
        with np.errstate(over="ignore"):
            mean = np.exp(location + spread * z)
        return np.maximum(log_of_zero(likelihood, error, mean), -1e300) - 0.5 * z**2

    low, high = np.full_like(location, -FARTHEST), np.zeros_like(location)
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        rising = density(middle + STEP) > density(middle - STEP)
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    mode = 0.5 * (low + high)
    far = 100.0 * STEP
    bend = (density(mode + far) - 2.0 * density(mode) + density(mode - far)) / far**2
    return mode, 1.0 / np.sqrt(np.maximum(-bend, 1.0))


def highest_mean_of_zero(likelihood: Likelihood, error: float | None) -> float:
    """Return the mean at which an observed 0 would be as rare as 2.5 %: the upper end of its own error."""
    if likelihood.family == "normal":
        assert error is not None
        return float(-special.ndtri(TAIL) * error)
    low, high = -FARTHEST, FARTHEST
    wanted = np.log(TAIL)
    for _ in range(2 * STEPS):
        middle = 0.5 * (low + high)
        below = log_of_zero(likelihood, error, np.exp(np.array([middle])))[0] > wanted
        low, high = (middle, high) if below else (low, middle)
    return float(np.exp(0.5 * (low + high)))
