"""The parts of time: what was simulated, what survivors carry on after it, and both together."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.analysis import BEYOND, TOTAL, WITHIN, Analysis
from hrsim.economics.increments import increments
from hrsim.economics.prices import PriceBook
from hrsim.economics.summaries import Sample, describe

Floats = NDArray[np.float64]
PARTS = (WITHIN, BEYOND, TOTAL)


def parts_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List life-years, QALYs and costs by part of time, discounted or not, with the change from the comparator.

    `decisions` says which part the decision tables rest on. Survivors must have been counted.
    """
    rows = [
        row
        for discounted in (True, False)
        for part in PARTS
        for labels, values in _measures(sample, book, analysis, part, discounted=discounted)
        for row in _rows(sample, analysis, labels, values)
    ]
    return pd.DataFrame(rows)


def _measures(
    sample: Sample, book: PriceBook, analysis: Analysis, part: str, *, discounted: bool
) -> Iterable[tuple[dict[str, object], Floats]]:
    when = {"part": part, "discounted": discounted, "decisions": part == analysis.part}
    for measure, unit in (("life_years", "life-year"), ("qalys", "QALY")):
        keys = {"measure": measure, "unit": unit, "perspective": "", **when}
        yield keys, sample.effects(measure, discounted=discounted, part=part)
    for name in analysis.perspectives:
        keys = {"measure": "cost", "unit": analysis.currency, "perspective": name, **when}
        values = sample.perspective_cost(book.perspective(name), discounted=discounted, part=part)
        yield {**keys, **analysis.money_labels()}, values


def _rows(
    sample: Sample, analysis: Analysis, labels: dict[str, object], values: Floats
) -> Iterable[dict[str, object]]:
    steps = increments(values, sample.arms.index(analysis.comparator))
    for i, arm in enumerate(sample.arms):
        change = {
            f"difference_{key}": value for key, value in describe(steps[:, i]).items() if key != "n_draws"
        }
        yield {**analysis.labels(arm), **labels, **describe(values[:, i]), **change}
