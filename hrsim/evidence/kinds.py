"""Say which values and units each kind of evidence may have."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CURRENCIES = ("CAD", "USD", "AUD", "GBP", "EUR")


@dataclass(frozen=True)
class Kind:
    """Bound a kind's values (closed interval), name its units and the distribution of a bare interval."""

    lowest: float
    highest: float
    units: tuple[str, ...]
    usual_distribution: str

    def admits_unit(self, unit: str) -> bool:
        """Tell whether `unit` may stand with this kind."""
        return any(re.fullmatch(pattern, unit) for pattern in self.units)


_MONEY = rf"({'|'.join(CURRENCIES)})( per .+)?"
_COUNTED = (
    "people", "deaths", "visits", "kits", "cells", "acts per year", "injections per day",
    "use episodes per day", "kits per death averted",
)  # fmt: skip
_PER_TIME = (
    "per person-year", "per year", "per week\\^shape", "per 100 000 per year", "per person per 5 years",
    "visits per day", "visits per person per 2 months", "cells per year",
)  # fmt: skip
_PER_EVENT = (
    "probability", "per act", "per event", "per visit", "per month", "per 6 months", "per year",
    "per person trained",
)  # fmt: skip
_RATIOS = (
    "ratio", "rate ratio", "risk ratio", "odds ratio", "hazard ratio", "prevalence ratio", "multiplier",
)  # fmt: skip

HIGHEST_RATE = 10_000.0
"""About once an hour; what somebody does more often is no event of this model, and would never end."""
HIGHEST_RATIO = 1_000.0
MOST_MONEY = 1e12
"""A thousand thousand million: more than most countries spend on health in a year. Sums of it keep their cents."""
LONGEST_TIME = 1e6
"""In the unit of the row: for ever in years, two years in minutes."""
HIGHEST_AGE = 150.0
MOST_THINGS = 1e10
"""More than all people."""
HIGHEST_SHAPE = 1e6
"""Beyond it everybody is alike."""

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "rate": Kind(0.0, HIGHEST_RATE, _PER_TIME, "lognormal"),
        "probability": Kind(0.0, 1.0, _PER_EVENT, "beta"),
        "share": Kind(0.0, 1.0, ("proportion", "proportion of .+"), "beta"),
        "ratio": Kind(0.0, HIGHEST_RATIO, _RATIOS, "lognormal"),
        "cost": Kind(0.0, MOST_MONEY, (_MONEY,), "gamma"),
        "utility": Kind(-1.0, 1.0, ("utility",), "beta"),
        "utility_difference": Kind(-2.0, 2.0, ("utility",), "normal"),
        "disability_weight": Kind(0.0, 1.0, ("disability weight",), "beta"),
        "duration": Kind(0.0, LONGEST_TIME, ("years", "months", "weeks", "days", "minutes"), "lognormal"),
        "age": Kind(0.0, HIGHEST_AGE, ("years",), "normal"),
        "count": Kind(0.0, MOST_THINGS, _COUNTED, "gamma"),
        "shape": Kind(0.0, HIGHEST_SHAPE, ("shape",), "normal"),
        "effect_size": Kind(-math.inf, math.inf, ("Cohen's d",), "normal"),
        "risk_difference": Kind(-1.0, 1.0, ("proportion",), "normal"),
        "qaly": Kind(-math.inf, math.inf, ("QALYs",), "normal"),
        "discount_rate": Kind(0.0, 1.0, ("per year",), "fixed"),
        "price_index": Kind(0.0, math.inf, ("index",), "fixed"),
        "exchange_rate": Kind(0.0, math.inf, ("CAD per (USD|AUD|GBP|EUR)",), "fixed"),
    }
)
