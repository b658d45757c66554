"""Where the spread of results comes from: what is not known about the parameters, and luck."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.experiment.plan import Plan
from hrsim.experiment.responses import Response

Floats = NDArray[np.float64]

LUCK_SHARE_WANTED = 0.05
"""Luck's share of the variance of a draw's mean that still lets its spread be read as doubt about parameters."""


def variance_table(
    plan: Plan, arms: Sequence[str], comparator: str, found: Iterable[Response]
) -> pd.DataFrame | None:
    """Separate the variance of each result between draws and within them; None without replicates of several draws.

    `between_draws` estimates the variance that parameters cause (it may fall below 0 by chance where they cause
    little) and `within_draws` that of luck, in a single simulation. `luck_share` is luck's share of their sum. `mcse`
    is the Monte Carlo error of the mean over draws and replicates. `replicates_needed` is how many replicates of each
    draw leave luck `LUCK_SHARE_WANTED` of the variance of a draw's mean; it is missing where parameters cause no
    variance that could be seen.
    """
    if plan.uncertainty == "central" or plan.replicates < 2 or plan.draws < 2:
        return None
    base = list(arms).index(comparator)
    rows: list[dict[str, object]] = []
    for response in found:
        rows += _rows(plan, arms, "", response, "value", response.values)
        rows += _rows(plan, arms, comparator, response, "difference", response.differences(base))
    return pd.DataFrame(rows)


def _rows(
    plan: Plan, arms: Sequence[str], comparator: str, response: Response, of: str, values: Floats
) -> Iterator[dict[str, object]]:
    for a, arm in enumerate(arms):
        if arm != comparator:
            parts = components(values[:, a].reshape(plan.draws, plan.replicates))
            yield {"arm": arm, "comparator": comparator, "group": "all", "of": of, **response.keys(), **parts}


def components(values: Floats) -> dict[str, float | int]:
    """Separate the variance of one number, shape (draws, replicates), as a random effect of the draw."""
    draws, replicates = values.shape
    within = float(values.var(axis=1, ddof=1).mean())
    of_means = float(values.mean(axis=1).var(ddof=1))
    between = of_means - within / replicates
    positive = max(between, 0.0)
    share = within / (within + positive) if within + positive > 0 else np.nan
    odds = (1.0 - LUCK_SHARE_WANTED) / LUCK_SHARE_WANTED
    needed = max(1.0, np.ceil(odds * within / between)) if between > 0 else np.nan
    return {
        "between_draws": between,
        "within_draws": within,
        "luck_share": share,
        "mcse": float(np.sqrt(of_means / draws)),
        "replicates_needed": needed,
        "n_draws": draws,
        "n_replicates": replicates,
    }
