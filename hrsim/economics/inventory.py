"""The impact inventory and the price list: what was considered, what was not, and where prices come from."""

from __future__ import annotations

import pandas as pd

from hrsim.economics.analysis import Analysis
from hrsim.economics.prices import PriceBook
from hrsim.economics.summaries import Sample

_HEALTH_OUTCOMES = ("life_years", "quality_of_life")


def impact_inventory_table(
    sample: Sample, book: PriceBook, analysis: Analysis, left_out: tuple[str, ...] = ()
) -> pd.DataFrame:
    """List sector by category whether costs were considered, in which lines and perspectives.

    `left_out` are names from `match_to_ledger`; each is a row of its own.
    """
    lines: dict[tuple[str, str], list[str]] = {
        (sector, category): [] for sector, names in book.inventory.items() for category in names
    }
    for line in sample.lines:
        lines.setdefault((line.sector, line.category), []).append(line.name)
    rows = [_cell(sample, book, analysis, cell, names) for cell, names in lines.items()]
    rows += [_row("health_outcomes", name, "considered", name, "all") for name in _HEALTH_OUTCOMES]
    rows += [_row("left_out", name, "not considered", "", "") for name in left_out]
    return pd.DataFrame(rows)


def price_table(sample: Sample, book: PriceBook) -> pd.DataFrame:
    """List every cost line with its payer, tags, own money, and the index and rate to the study's."""
    rows = [
        {
            "line": line.name, "per": line.per.value, "payer": line.payer, "sector": line.sector,
            "category": line.category, "releases": line.releases.value,
            "transfer": line.transfer, "values_death": line.values_death, "unrelated_care": line.unrelated_care,
            "evidence": ", ".join(line.price.evidence), "currency": line.currency,
            "price_year": line.price_year, "study_money": str(sample.money),
            "conversion_factor": book.conversions.factor(line.currency_year, sample.money),
            "conversion": book.conversions.route(line.currency_year, sample.money), "because": line.because,
        }
        for line in sample.lines
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _cell(
    sample: Sample, book: PriceBook, analysis: Analysis, cell: tuple[str, str], names: list[str]
) -> dict[str, str]:
    members = [line for line in sample.lines if line.name in names]
    seen = [
        name
        for name in analysis.perspectives
        if any(book.perspective(name).includes(line) for line in members)
    ]
    considered = "considered" if names else "not considered"
    return _row(*cell, considered, ", ".join(names), ", ".join(seen))


def _row(sector: str, category: str, considered: str, lines: str, perspectives: str) -> dict[str, str]:
    return {
        "sector": sector,
        "category": category,
        "considered": considered,
        "lines": lines,
        "perspectives": perspectives,
    }
