"""Quantity times price: what each cost line is made of, by arm and fiscal year."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from hrsim.economics.analysis import Analysis
from hrsim.economics.fiscal import FiscalYears
from hrsim.economics.prices import CostLine
from hrsim.economics.summaries import Sample


def quantity_and_price_table(sample: Sample, analysis: Analysis) -> pd.DataFrame:
    """List the quantity, the price paid on average and the spending of every line that a budget pays, undiscounted.

    Quantity and spending are means over the draws; the price is spending over quantity, so that the two multiply to
    it (draws in which more is used at a higher price weigh more). Lines that cost nothing in any arm are left out.
    """
    spending = sample.over_draws(lambda valuation: valuation.fiscal_costs)
    prices = sample.over_draws(lambda valuation: valuation.unit_prices)[:, None, None, :]
    quantities = np.divide(spending, prices, out=np.zeros_like(spending), where=prices != 0)
    years = sample.first.fiscal_years
    rows = [
        {
            **analysis.labels(arm), **labels, **time, "quantity": quantities[:, i, y, place].mean(),
            "spending": spending[:, i, y, place].mean(), **analysis.money_labels(), "n_draws": len(spending),
        }
        for labels, place in _lines(sample, spending)
        for i, arm in enumerate(sample.arms)
        for y, time in enumerate(_times(years))
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    used = table["quantity"] != 0
    price = np.divide(table["spending"], table["quantity"], out=np.full(len(table), np.nan), where=used)
    return table.assign(price=price)


def _lines(sample: Sample, spending: np.ndarray) -> Iterator[tuple[dict[str, object], int]]:
    for place, line in enumerate(sample.lines):
        if line.in_a_budget and spending[..., place].any():
            yield _labels(line), place


def _labels(line: CostLine) -> dict[str, object]:
    return {
        "service": line.service,
        "line": line.name,
        "per": line.per.value,
        "payer": line.payer,
        "releases": line.releases.value,
    }


def _times(years: FiscalYears) -> list[dict[str, object]]:
    return [
        {"year": day.year, "fiscal_year": label, "share_of_year": float(share)}
        for day, label, share in zip(years.first_days, years.labels, years.shares, strict=True)
    ]
