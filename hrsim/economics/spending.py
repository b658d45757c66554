"""Spending by service: what each service costs by fiscal year, undiscounted, and what an arm changes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from hrsim.economics.analysis import ALL, Analysis
from hrsim.economics.increments import increments
from hrsim.economics.summaries import Sample, describe


def spending_by_service_table(sample: Sample, analysis: Analysis) -> pd.DataFrame:
    """List what each service costs by fiscal year, undiscounted, whoever pays; `all` is all services together.

    `spending` is the arm's own and `change` is against the comparator. `year` is that in which the fiscal year begins;
    `share_of_year` below 1 marks one that the study's start or horizon cuts. Empty where no service costs anything.
    """
    names = list(dict.fromkeys(line.service for line in sample.lines if line.service))
    base = sample.arms.index(analysis.comparator)
    costs = sample.over_draws(lambda valuation: valuation.fiscal_costs)
    rows: list[dict[str, object]] = []
    for service in [*names, ALL] if names else []:
        chosen = [bool(line.service) and service in (ALL, line.service) for line in sample.lines]
        spending = costs[..., chosen].sum(axis=3)
        for measure, values in (("spending", spending), ("change", increments(spending, base))):
            for i, arm in enumerate(sample.arms):
                for time, of_year in _by_year(sample, values[:, i]):
                    rows.append(
                        {
                            **analysis.labels(arm),
                            "service": service,
                            **time,
                            "measure": measure,
                            "unit": analysis.currency,
                            **analysis.money_labels(),
                            **describe(of_year),
                        }
                    )
    return pd.DataFrame(rows)


def _by_year(sample: Sample, values: np.ndarray) -> Iterator[tuple[dict[str, object], np.ndarray]]:
    years = sample.first.fiscal_years
    for y, (day, label, share) in enumerate(zip(years.first_days, years.labels, years.shares, strict=True)):
        yield {"year": day.year, "fiscal_year": label, "share_of_year": float(share)}, values[:, y]
