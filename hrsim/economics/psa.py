"""The draws themselves: cost and QALYs of every draw, arm and perspective, as other software reads them."""

from __future__ import annotations

import pandas as pd

from hrsim.economics.analysis import Analysis
from hrsim.economics.prices import PriceBook
from hrsim.economics.summaries import Sample
from hrsim.economics.uncertainty_tables import replicated


def psa_table(sample: Sample, prices: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List discounted cost and QALYs by draw, arm and perspective, a row each, in the part that decisions count.

    Replicates of a draw are averaged; at point values each replicate is a draw.
    """
    book = prices.model_copy(update={"lines": sample.lines})
    rows = []
    for perspective in analysis.perspectives:
        costs, qalys = (found.mean(axis=1) for found in replicated(sample, book, perspective, analysis.part))
        rows += [
            {
                "draw": draw, "arm": arm, "perspective": perspective, "cost": costs[draw, a],
                "qalys": qalys[draw, a], **analysis.money_labels(), "part": analysis.part,
            }
            for draw in range(len(costs))
            for a, arm in enumerate(sample.arms)
        ]  # fmt: skip
    return pd.DataFrame(rows)
