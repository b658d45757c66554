"""Cash apart from room: what an arm's change of cost is made of, so that nobody spends freed beds."""

from __future__ import annotations

import pandas as pd

from hrsim.economics.analysis import Analysis
from hrsim.economics.increments import increments
from hrsim.economics.prices import PriceBook, Releases
from hrsim.economics.summaries import Sample, describe


def cash_and_capacity_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List each arm's change of cost within the horizon, discounted, by perspective and by what is released.

    `cash` is paid out or saved, `capacity` is room in beds, visits and crews that others fill, `none` is in nobody's
    budget. The three add up to the change of cost of the perspective.
    """
    base = sample.arms.index(analysis.comparator)
    rows: list[dict[str, object]] = []
    for name in analysis.perspectives:
        includes = book.perspective(name).includes
        for releases in Releases:
            lines = [line for line in sample.lines if includes(line) and line.releases is releases]
            changes = increments(sample.cost(lines, discounted=True), base)
            rows += [
                {
                    **analysis.labels(arm), "perspective": name, "releases": releases.value, "measure": "cost",
                    "discounted": True, "unit": analysis.currency, **analysis.money_labels(),
                    **describe(changes[:, i]),
                }
                for i, arm in enumerate(sample.arms)
            ]  # fmt: skip
    return pd.DataFrame(rows)
