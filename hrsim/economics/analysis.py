"""What the analyst chose: comparator, discounting, money, perspectives and thresholds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from hrsim.economics.currency import CurrencyYear
from hrsim.economics.discounting import DiscountSchedule
from hrsim.economics.fiscal import FiscalYears, fiscal_years

ALL = "all"
"""Marks a total in a key column."""
WITHIN, BEYOND, TOTAL = "within_horizon", "beyond_horizon", "total"
"""Parts of costs and health: what was simulated, what its survivors carry on, both."""


@dataclass(frozen=True)
class Distribution:
    """Hold the choices of a distributional analysis.

    `threshold` is the money that displaces a QALY elsewhere. `displaced` shares the health displaced out: empty means
    by people, each group in proportion to its size; else shares of the labels of one dimension, within a label by
    people.
    """

    threshold: float
    displaced: Mapping[str, float]
    atkinson: tuple[float, ...]
    kolm: tuple[float, ...]


@dataclass(frozen=True)
class Analysis:
    """Hold the choices that turn a ledger into money and health.

    `first_year` is the calendar year in which the study starts: study year k is labelled `first_year + k`.
    `start` is the study's first day, 1 January of `first_year` if None; fiscal years begin on (month, day).
    `distribution` asks for a distributional analysis.
    With `beyond_horizon` the decision tables also count what survivors carry on.
    `thresholds` are money per quality-adjusted life-year in the study's currency and price year. Raise
    ValueError for a threshold not above 0.
    """

    comparator: str
    first_year: int
    currency: str
    price_year: int
    cost_discount: DiscountSchedule
    effect_discount: DiscountSchedule
    perspectives: tuple[str, ...]
    thresholds: tuple[float, ...]
    beyond_horizon: bool = False
    start: datetime.date | None = None
    fiscal_year_starts: tuple[int, int] = (4, 1)
    budget_years: int = 5
    distribution: Distribution | None = None

    def __post_init__(self) -> None:
        """Refuse thresholds without meaning."""
        wrong = [threshold for threshold in self.thresholds if not threshold > 0]
        if wrong:
            raise ValueError(f"a threshold must be above 0, got {wrong}")

    @property
    def money(self) -> CurrencyYear:
        """Give the study's currency and price year."""
        return CurrencyYear(self.currency, self.price_year)

    def fiscal_years(self, horizon: int) -> FiscalYears:
        """Give the fiscal years from the study's start to its horizon in ticks."""
        start = self.start or datetime.date(self.first_year, 1, 1)
        return fiscal_years(start, *self.fiscal_year_starts, horizon)

    @property
    def part(self) -> str:
        """Name the part of costs and health that decisions rest on."""
        return TOTAL if self.beyond_horizon else WITHIN

    def labels(self, arm: str) -> dict[str, object]:
        """Give the key columns that every table row of an arm starts with, for all groups together."""
        return {"arm": arm, "comparator": self.comparator, "group": ALL}

    def money_labels(self) -> dict[str, object]:
        """Give the key columns of an amount of money."""
        return {"currency": self.currency, "price_year": self.price_year}
