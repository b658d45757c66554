"""Stop at a Monte Carlo error: which results it is asked of, and whether it is small enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from hrsim.experiment.plan import Plan
from hrsim.experiment.responses import NET_BENEFIT, Response
from hrsim.experiment.statistics import describe, sample_means
from hrsim.study.analysis import MonteCarloTarget

BATCH = 20
"""Draws done between two looks at the error, and so the fewest that a run can stop at."""
WATCHED = ("overdose_death", NET_BENEFIT)


def batches(draws: int) -> list[int]:
    """List the numbers of draws at which the error is looked at; the last is the ceiling."""
    return [*range(BATCH, draws, BATCH), draws]


def target_table(
    target: MonteCarloTarget, plan: Plan, arms: Sequence[str], comparator: str, found: Iterable[Response]
) -> pd.DataFrame:
    """Set the Monte Carlo error of every watched difference beside what was asked, and say whether it is met.

    Watched are each arm's difference from the comparator in overdose deaths and in discounted net monetary benefit,
    the latter from every perspective at every threshold. An absolute target is in the unit of its measure; the
    relative one is a share of the size of the mean difference. A difference that is the same in every draw has no
    error and meets any target.
    """
    base = list(arms).index(comparator)
    rows = []
    for response in found:
        absolute = getattr(target, response.measure) if response.measure in WATCHED else None
        if response.measure not in WATCHED or (absolute is None and target.relative is None):
            continue
        samples = sample_means(plan, plan.tasks(), response.differences(base))
        statistics = describe(samples)
        for a, arm in enumerate(arms):
            if arm != comparator:
                mean, error = statistics["mean"][a], statistics["mcse"][a]
                asked = absolute if absolute is not None else (target.relative or 0.0) * abs(mean)
                rows.append(
                    {"arm": arm, "comparator": comparator, **response.keys(), "mean": mean, "mcse": error,
                     "target_mcse": asked, "met": bool(error <= asked), "n_draws": len(samples)}
                )  # fmt: skip
    columns = [
        "arm",
        "comparator",
        "perspective",
        "measure",
        "threshold",
        "unit",
        "mean",
        "mcse",
        "target_mcse",
        "met",
        "n_draws",
    ]
    return pd.DataFrame(rows, columns=columns)


def is_met(table: pd.DataFrame) -> bool:
    """Tell whether every target of a table is met; with nothing to watch there is nothing to wait for."""
    return bool(np.all(table["met"]))
