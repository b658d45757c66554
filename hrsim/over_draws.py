"""Statistics over draws that every table states alike: the interval, its Monte Carlo error, and counts of draws."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Number = TypeVar("Number", float, Floats)

INTERVAL = (0.025, 0.975)
COUNTS = ("draws_better", "draws_same", "draws_worse")
"""Columns of tables: what `better_same_worse` counts, in its order."""
FEWEST_FOR_QUANTILES = 40
"""Draws below which the 2.5 % and 97.5 % quantiles lie beyond what was drawn: 1 / 0.025."""


def spread(samples: Floats) -> tuple[Floats, Floats]:
    """Give the interval of samples along their first axis: the 2.5 % and 97.5 % quantiles.

    From fewer than FEWEST_FOR_QUANTILES samples it is the lowest and the highest; from one it is not a number.
    """
    if len(samples) == 1:
        unknown = np.full(samples.shape[1:], np.nan)
        return unknown, unknown
    bounds = (0.0, 1.0) if len(samples) < FEWEST_FOR_QUANTILES else INTERVAL
    low, high = np.quantile(samples, bounds, axis=0)
    return np.asarray(low), np.asarray(high)


def half_width(mcse: Number, draws: int) -> Number:
    """Give half the width of the 95 % interval of a mean over draws, by Student's t; infinite from one draw."""
    return mcse * (float(special.stdtrit(draws - 1, INTERVAL[1])) if draws > 1 else np.inf)


def better_same_worse(gains: Floats) -> tuple[Counts, Counts, Counts]:
    """Count along the first axis the draws with a gain, with no difference and with a loss; they add up to all."""
    better, worse = (gains > 0).sum(axis=0), (gains < 0).sum(axis=0)
    return better, len(gains) - better - worse, worse


def alone_and_tied(values: Floats) -> tuple[Counts, Counts]:
    """Count the draws in which each column, shape (draws, columns), is the largest alone, and shares the largest."""
    largest = values == values.max(axis=1, keepdims=True)
    shared = largest.sum(axis=1, keepdims=True) > 1
    return (largest & ~shared).sum(axis=0), (largest & shared).sum(axis=0)
