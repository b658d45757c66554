"""One decimal place for a block of totals and the changes printed with them, so that they agree digit for digit.

A block is what a reader subtracts by eye: an outcome in every arm. Its place is that which the Monte Carlo error of the
most precise change supports, among the changes that are clear of their error; where none is clear, of the least
precise. Each arm's total is printed as the comparator's plus the arm's change, so that the two never disagree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hrsim.over_draws import half_width
from hrsim.report.numbers import EXACT_DIGITS, decimals_supported, exponent, to_significant_decimals

Row = Mapping[str, Any]
STATED = ("mean", "low", "high")
MOST_DECIMALS_OF_PER_CENT = 2


def block_decimals(totals: Iterable[Row], changes: Iterable[Row] = ()) -> int:
    """Give the decimal place (negative for tens, ...) of a block; rows hold mean, low, high, mcse and n_draws.

    Decimals end where the largest number of the block would have more than six digits, and whole numbers known
    without error, or from one draw, have none.
    """
    rows = [*totals], [*changes]
    place = _place(rows[1], _supported)
    if place is None:
        place = max((_supported(row) for row in rows[0] if _moves(row)), default=0)
    known = [abs(row[name]) for row in (*rows[0], *rows[1]) for name in STATED if not math.isnan(row[name])]
    exact = all(math.isnan(row["mcse"]) or not row["mcse"] for row in (*rows[0], *rows[1]))
    if exact and all(value == round(value) for value in known):
        return min(place, 0)
    return min(place, max(0, EXACT_DIGITS - 1 - exponent(max(known))))


def relative_decimals(changes: Iterable[Row]) -> int:
    """Give the place of a block of changes in per cent: at most two significant digits of the most precise."""
    place = _place(changes, lambda row: min(_supported(row), to_significant_decimals(row["mean"])))
    return min(max(place or 0, 0), MOST_DECIMALS_OF_PER_CENT)


def _place(changes: Iterable[Row], supported: Callable[[Row], int]) -> int | None:
    moving = [row for row in changes if _moves(row)]
    clear = [supported(row) for row in moving if _is_clear(row)]
    return max(clear) if clear else min(map(supported, moving), default=None)


def _moves(row: Row) -> bool:
    return any(row[name] and not math.isnan(row[name]) for name in STATED)


def shown_total(base: Row, change: Row, decimals: int) -> float:
    """Give an arm's total as it is printed: the comparator's and the arm's change, each rounded."""
    return round(round(float(base["mean"]), decimals) + round(float(change["mean"]), decimals), decimals)


def around(mean: float, row: Row, decimals: int) -> tuple[float, float, float]:
    """Give a printed mean with its interval, which holds the printed mean wherever it held the mean itself."""
    low, high = (
        round(float(row[name]), decimals) if row[name] == row[name] else math.nan for name in ("low", "high")
    )
    if row["low"] <= row["mean"] <= row["high"]:
        low, high = min(low, mean), max(high, mean)
    return mean, low, high


def _supported(row: Row) -> int:
    largest = max((abs(row[name]) for name in STATED if not math.isnan(row[name])), default=0.0)
    return decimals_supported(largest, row["mcse"])


def _is_clear(row: Row) -> bool:
    """Tell whether a change is surely not 0 but for the number of draws."""
    return bool(abs(row["mean"]) > half_width(row["mcse"], int(row["n_draws"])))
