"""Increments: each arm less the comparator, draw by draw, so that shared luck cancels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.analysis import WITHIN, Analysis
from hrsim.economics.prices import PriceBook
from hrsim.economics.summaries import Sample, describe
from hrsim.over_draws import COUNTS, better_same_worse

Floats = NDArray[np.float64]
_UNITS = {"qalys": "QALY", "life_years": "life-year", "deaths": "death"}
_BETTER_WHEN_MORE = frozenset({"qalys", "life_years"})


def increments(values: Floats, comparator: int) -> Floats:
    """Subtract the comparator's column from every arm's, shape (draws, arms)."""
    return values - values[:, [comparator]]


def differences_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List every arm's cost and health within the horizon less the comparator's, and in how many draws it is better.

    Draws are counted as better, the same and worse. What survivors carry on is in the tables horizon and cost_per_qaly.
    """
    rows = [
        row
        for labels, values in _measures(sample, book, analysis)
        for row in _difference_rows(sample, analysis, labels, values)
    ]
    return pd.DataFrame(rows)


def _measures(
    sample: Sample, book: PriceBook, analysis: Analysis
) -> Iterable[tuple[dict[str, object], Floats]]:
    for discounted in (True, False):
        for name in analysis.perspectives:
            perspective = book.perspective(name)
            money = {"measure": "cost", "perspective": name, "unit": analysis.currency, "part": WITHIN}
            values = sample.perspective_cost(perspective, discounted=discounted)
            yield {**money, "discounted": discounted}, values
        for measure, unit in _UNITS.items():
            health = {"measure": measure, "perspective": "", "unit": unit, "part": WITHIN}
            yield {**health, "discounted": discounted}, sample.effects(measure, discounted=discounted)


def _difference_rows(
    sample: Sample, analysis: Analysis, labels: dict[str, object], values: Floats
) -> Iterable[dict[str, object]]:
    base = sample.arms.index(analysis.comparator)
    steps = increments(values, base)
    counts = better_same_worse(steps if labels["measure"] in _BETTER_WHEN_MORE else -steps)
    reference = values[:, base].mean()
    money = analysis.money_labels() if labels["perspective"] else {}
    for i, arm in enumerate(sample.arms):
        if i != base:
            share = steps[:, i].mean() / reference if reference != 0 else np.nan
            yield {
                **analysis.labels(arm), **labels, **money, **describe(steps[:, i]),
                "per_cent": 100 * share,
                **{name: int(count[i]) for name, count in zip(COUNTS, counts, strict=True)},
            }  # fmt: skip
