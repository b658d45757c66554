"""Statistics over the samples of a run: mean, interval, Monte Carlo error, draws in which an arm is better."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.experiment.plan import Plan, Task
from hrsim.over_draws import COUNTS, better_same_worse, spread

STATISTICS = ("mean", "sd", "mcse", "low", "high", "n_draws")


def sample_means(plan: Plan, tasks: tuple[Task, ...], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average the values of each sample's tasks: shape (tasks, ...) in, (samples, ...) out."""
    sample = np.array([plan.sample_of(task) for task in tasks])
    total = np.zeros((plan.samples(), *values.shape[1:]))
    np.add.at(total, sample, values)
    counts = np.bincount(sample, minlength=plan.samples())
    return total / counts.reshape(-1, *[1] * (values.ndim - 1))


def describe(samples: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Describe samples along their first axis; shape (samples, rows) in, one array per statistic out.

    `mcse` is the Monte Carlo standard error of the mean; `low` and `high` are the 2.5 % and 97.5 % quantiles, or
    the lowest and highest of few samples. With one sample, sd, mcse and the interval are not a number: they are
    unknown, not zero.
    """
    count, rows = samples.shape
    mean = samples.mean(axis=0)
    unknown = np.full(rows, np.nan)
    sd = samples.std(axis=0, ddof=1) if count > 1 else unknown
    low, high = spread(samples)
    columns = (mean, sd, sd / np.sqrt(count), low, high, np.full(rows, count))
    return dict(zip(STATISTICS, columns, strict=True))


def described(keys: pd.DataFrame, samples: NDArray[np.float64]) -> pd.DataFrame:
    """Put the statistics of samples, shape (samples, rows), beside the keys of their rows."""
    return keys.reset_index(drop=True).assign(**describe(samples))


def describe_differences(
    keys: pd.DataFrame,
    arm: NDArray[np.float64],
    comparator: NDArray[np.float64],
    better: NDArray[np.str_],
) -> pd.DataFrame:
    """Compare an arm with the comparator, paired by sample; both arrays have shape (samples, rows).

    `per_cent` is the mean difference as a percentage of the comparator's mean, empty where that is zero. COUNTS are
    the draws in which the arm is better, no different and worse, empty for measures of which neither more nor fewer
    is better.
    """
    difference = arm - comparator
    base = comparator.mean(axis=0)
    per_cent = np.full_like(base, np.nan)
    np.divide(100 * difference.mean(axis=0), base, out=per_cent, where=base != 0)
    sign = np.select([better == "lower", better == "higher"], [-1.0, 1.0], default=0.0)
    counts = better_same_worse(difference * sign)
    columns = {
        name: pd.Series(count, dtype="Int64").mask(sign == 0.0)
        for name, count in zip(COUNTS, counts, strict=True)
    }
    return described(keys, difference).assign(per_cent=per_cent, **columns)
