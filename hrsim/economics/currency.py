"""Currency and price year: a conversion goes by a named index and a named rate, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict


class CurrencyYear(NamedTuple):
    """Name the money of an amount: a currency at the prices of a year."""

    currency: str
    year: int

    def __str__(self) -> str:
        return f"{self.year} {self.currency}"


class Conversions(BaseModel):
    """Hold price indices and purchasing power parities, with the names of their sources.

    `index[currency][year]` is a price level (any base); `parity[currency][year]` is units of the currency
    for one unit of `numeraire`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    numeraire: str
    index_source: str
    parity_source: str
    index: Mapping[str, Mapping[int, float]]
    parity: Mapping[str, Mapping[int, float]]

    def missing(self, source: CurrencyYear, target: CurrencyYear) -> tuple[str, ...]:
        """List the figures that a conversion would need and this table lacks."""
        if source == target:
            return ()
        years = (source.year, target.year) if source.year != target.year else ()
        absent = [
            f"price index of {source.currency} in {year}"
            for year in years
            if year not in self.index.get(source.currency, {})
        ]
        pair = (source.currency, target.currency) if source.currency != target.currency else ()
        absent += [
            f"purchasing power parity of {currency} in {target.year}"
            for currency in pair
            if target.year not in self.parity.get(currency, {})
        ]
        return tuple(absent)

    def factor(self, source: CurrencyYear, target: CurrencyYear) -> float:
        """Give the multiplier from one currency-year to another; raise KeyError when a figure is missing.

        The amount is first inflated by its own country's index, then converted at the parity of the target
        year (the convention of D8).
        """
        multiplier = 1.0
        if source.year != target.year:
            level = self.index[source.currency]
            multiplier *= level[target.year] / level[source.year]
        if source.currency != target.currency:
            to_target, to_source = self.parity[target.currency], self.parity[source.currency]
            multiplier *= to_target[target.year] / to_source[target.year]
        return multiplier

    def route(self, source: CurrencyYear, target: CurrencyYear) -> str:
        """Name the index and the rate that a conversion uses."""
        steps = []
        if source.year != target.year:
            steps.append(f"{self.index_source}, {source.currency} {source.year} to {target.year}")
        if source.currency != target.currency:
            steps.append(f"{self.parity_source}, {source.currency} to {target.currency} in {target.year}")
        return "; then ".join(steps) or "as stated"


def read_data(name: str) -> Any:
    """Read one of this package's YAML data files."""
    return yaml.safe_load((files("hrsim.economics") / name).read_text(encoding="utf-8"))


@cache
def load_conversions() -> Conversions:
    """Read the packaged table of indices and parities."""
    return Conversions.model_validate(read_data("conversions.yaml"))
