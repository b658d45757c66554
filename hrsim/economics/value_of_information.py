"""What it is worth to know more before deciding: of everything (EVPI), of some parameters (EVPPI).

Net benefits have shape (draws, arms) or, where luck matters, (draws, replicates, arms). A draw is a set of
parameters; a replicate is the same parameters with other luck. Values are in the unit of the net benefits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.regression import Regression

Floats = NDArray[np.float64]

JACKKNIFE_BLOCKS = 20
SIMULATED_CURVES = 200
CURVES_SEED = 0


@dataclass(frozen=True)
class Estimate:
    """Hold a value of information with its standard error; both are not a number where they are unknown."""

    value: float
    standard_error: float


@dataclass(frozen=True)
class Decisions:
    """Say how many decisions information serves: so many a year, for so many years, discounted at a yearly rate."""

    per_year: float
    years: int
    discount: float

    def number(self) -> float:
        """Give the present number of decisions, those of each year counted at its end."""
        return self.per_year * sum((1.0 + self.discount) ** -year for year in range(1, self.years + 1))


def opportunity_losses(net_benefits: Floats) -> Floats:
    """Give what choosing the arm that is best on average loses in each draw, shape (draws,)."""
    chosen = net_benefits[:, [net_benefits.mean(axis=0).argmax()]]
    return np.asarray((net_benefits - chosen).max(axis=1), dtype=np.float64)


def evpi(net_benefits: Floats) -> Estimate:
    """Give the expected value of perfect information: the mean over draws of the opportunity loss.

    The standard error is that of this mean. From a single draw both are unknown.
    """
    losses = opportunity_losses(net_benefits)
    if len(losses) < 2:
        return Estimate(np.nan, np.nan)
    return Estimate(float(losses.mean()), float(losses.std(ddof=1) / np.sqrt(len(losses))))


def evpi_without_luck(replicated: Floats) -> Estimate:
    """Give the EVPI of the parameters alone, from (draws, replicates, arms) with two replicates or more.

    The standard error leaves out blocks of draws in turn (jackknife), so that it holds the error of the correction
    too.
    """
    value = evpi(without_luck(replicated)).value
    blocks = np.array_split(np.arange(len(replicated)), min(JACKKNIFE_BLOCKS, len(replicated)))
    if len(replicated) < 3:
        return Estimate(value, np.nan)
    left_out = np.array([evpi(without_luck(np.delete(replicated, block, axis=0))).value for block in blocks])
    return Estimate(value, float(np.sqrt((len(left_out) - 1) * left_out.var())))


def without_luck(replicated: Floats) -> Floats:
    """Give each arm's net benefit less that of the arm best on average, by draw, without the spread that luck adds.

    Each difference keeps its mean and is drawn towards it by the root of one less luck's share of its variance over
    draws, so that the variance left is that of the parameters. Luck's variance is that between replicates divided by
    their number; where it is all there is, only the mean is left. No draw loses more by the choice than it did
    before.
    """
    chosen = replicated.mean(axis=(0, 1)).argmax()
    steps = replicated - replicated[..., [chosen]]
    means = steps.mean(axis=1)
    total = means.var(axis=0, ddof=1)
    luck = steps.var(axis=1, ddof=1).mean(axis=0) / replicated.shape[1]
    share = np.divide(luck, total, out=np.zeros_like(total), where=total > 0)
    centre = means.mean(axis=0)
    return np.asarray(centre + (means - centre) * np.sqrt(np.maximum(0.0, 1.0 - share)), dtype=np.float64)


def luck_share(replicated: Floats) -> float:
    """Give luck's share of the variance over draws of the difference between the two arms best on average.

    It is NaN where it is not known: one replicate, one arm, or a difference that never varies.
    """
    draws, replicates, arms = replicated.shape
    if replicates < 2 or arms < 2 or draws < 2:
        return float("nan")
    second, first = np.argsort(replicated.mean(axis=(0, 1)), kind="stable")[-2:]
    steps = replicated[..., first] - replicated[..., second]
    total = steps.mean(axis=1).var(ddof=1)
    luck = steps.var(axis=1, ddof=1).mean() / replicates
    return float(luck / total) if total > 0 else float("nan")


def evppi(net_benefits: Floats, regression: Regression) -> Estimate:
    """Give the expected value of learning the parameters that a regression was made for, and its standard error.

    Each arm's net benefit less that of the arm best on average is regressed on the parameters; the value is the mean
    over draws of the best fitted difference, less the best mean. The regression leaves luck behind in its residuals,
    so that replicates are not needed. The error joins that of the regression (curves simulated from its distribution)
    and that of the mean over draws. Method: Strong, Oakley and Brennan, Medical Decision Making 2014;34:311-326.
    """
    chosen = net_benefits.mean(axis=0).argmax()
    steps = np.delete(net_benefits - net_benefits[:, [chosen]], chosen, axis=1)
    if steps.shape[1] == 0:
        return Estimate(0.0, 0.0)
    fit = regression.fit(steps)
    gains = np.maximum(fit.fitted.max(axis=1), 0.0)
    best_mean = max(float(fit.fitted.mean(axis=0).max()), 0.0)
    curves = fit.simulate(SIMULATED_CURVES, np.random.default_rng(CURVES_SEED))
    values = np.maximum(curves.max(axis=2), 0.0).mean(axis=1) - np.maximum(
        curves.mean(axis=1).max(axis=1), 0.0
    )
    variance = values.var(ddof=1) + gains.var(ddof=1) / len(gains)
    return Estimate(float(gains.mean()) - best_mean, float(np.sqrt(variance)))
