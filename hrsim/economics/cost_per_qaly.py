"""Cost per QALY against the comparator: within the horizon and for life, with and without care of added years."""

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
WITH_CARE, WITHOUT_CARE = "with", "without"
"""Whether costs hold the care of every other cause that people have in the life-years an arm adds."""


def cost_per_qaly_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List each arm's added cost, QALYs gained and their ratio of means, by perspective, part of time and care.

    `part` is within the horizon, and for life where survivors were counted; `decisions` marks what decisions rest
    on. `care` says whether the cost holds the care of every other cause in the life-years added. `share_beyond` is
    the share of the QALYs gained that lies after the horizon. Everything is discounted.
    """
    parts = (WITHIN, TOTAL) if sample.first.beyond else (WITHIN,)
    rows = [
        row
        for perspective in analysis.perspectives
        for part in parts
        for row in _rows(sample, book, analysis, perspective, part)
    ]
    return pd.DataFrame(rows)


def _rows(
    sample: Sample, book: PriceBook, analysis: Analysis, perspective: str, part: str
) -> Iterable[dict[str, object]]:
    base = sample.arms.index(analysis.comparator)
    counted = book.perspective(perspective)
    added = increments(sample.perspective_cost(counted, part=part), base)
    care = sample.over_draws(lambda v: v.care_of_added_years(counted, base, discounted=True, part=part))
    gained = increments(sample.effects("qalys", discounted=True, part=part), base)
    beyond = share_beyond(sample, base)
    for name, cost in ((WITH_CARE, added), (WITHOUT_CARE, added - care)):
        for i, arm in enumerate(sample.arms):
            if i != base:
                yield {
                    **analysis.labels(arm), "perspective": perspective, **analysis.money_labels(),
                    "discounted": True, "part": part, "care": name,
                    "decisions": part == analysis.part and name == WITH_CARE,
                    **_named("cost", cost[:, i]), **_named("qalys", gained[:, i]),
                    **_ratio(float(cost[:, i].mean()), float(gained[:, i].mean())),
                    "share_beyond": beyond[i], "n_draws": len(cost),
                }  # fmt: skip


def share_beyond(sample: Sample, comparator: int) -> Floats:
    """Give the share of each arm's mean QALYs gained that lies after the horizon, shape (arms,).

    Not a number where survivors were not counted, or where an arm gains nothing in all.
    """
    if sample.first.beyond is None:
        return np.full(len(sample.arms), np.nan)
    after, whole = (
        increments(sample.effects("qalys", discounted=True, part=part), comparator).mean(axis=0)
        for part in (BEYOND, TOTAL)
    )
    shares = np.divide(after, whole, out=np.full(len(sample.arms), np.nan), where=whole > 0)
    return np.asarray(shares, dtype=np.float64)


def _named(measure: str, values: Floats) -> dict[str, float | int]:
    statistics = describe(values)
    spread = {f"{measure}_{name}": statistics[name] for name in ("sd", "mcse", "low", "high")}
    return {measure: statistics["mean"], **spread}


def _ratio(cost: float, gained: float) -> dict[str, object]:
    """Divide cost by QALYs where both are above 0; words say what a ratio cannot."""
    if cost > 0 and gained > 0:
        return {"ratio": cost / gained, "words": ""}
    money = "costs more" if cost > 0 else "costs the same" if cost == 0 else "costs less"
    health = "gains health" if gained > 0 else "gains nothing" if gained == 0 else "loses health"
    return {"ratio": np.nan, "words": f"{money}, {health}"}
