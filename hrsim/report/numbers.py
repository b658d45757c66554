"""Write numbers for a reader: never more digits than the Monte Carlo error supports."""

from __future__ import annotations

import math

MINUS = "−"
UNKNOWN = "not known"
SIGNIFICANT_DIGITS_WITHOUT_ERROR = 2
MOST_SIGNIFICANT_DIGITS = 4


def decimals_supported(value: float, mcse: float) -> int:
    """Give the decimal place (negative for tens, hundreds, ...) down to which a number is shown.

    The last digit shown is of the size of the Monte Carlo error's first digit, and there are never more than
    four significant digits. Where the error is unknown (a single sample) there are two.
    """
    if math.isnan(mcse):
        return to_significant_decimals(value)
    most = MOST_SIGNIFICANT_DIGITS - 1 - _exponent(value)
    return min(-_exponent(mcse), most) if mcse > 0 else min(most, 0)


def number(value: float, decimals: int) -> str:
    """Write a number with thousands separators, rounded to a decimal place that may be negative."""
    if math.isnan(value):
        return UNKNOWN
    rounded = round(value, decimals)
    text = f"{abs(rounded):,.{max(decimals, 0)}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def with_interval(mean: float, low: float, high: float, mcse: float) -> str:
    """Write a mean and its interval as '123 (100 to 150)', to the digits that the mean's error supports."""
    largest = max((abs(x) for x in (mean, low, high) if not math.isnan(x)), default=mean)
    decimals = decimals_supported(largest, mcse)
    if math.isnan(low) or math.isnan(high):
        return number(mean, decimals)
    return f"{number(mean, decimals)} ({number(low, decimals)} to {number(high, decimals)})"


def probability(share: float, samples: int) -> str:
    """Write the share of samples in whole per cent, without claiming certainty that they cannot give."""
    if math.isnan(share):
        return ""
    if share in (0.0, 1.0):
        bound = math.ceil(100 / samples)
        return f"< {bound} %" if share == 0 else f"> {100 - bound} %"
    return f"{100 * share:.0f} %"


def per_cent(value: float, mcse: float) -> str:
    """Write a percentage with its sign, to the digits its Monte Carlo error supports and at most two."""
    if math.isnan(value):
        return ""
    text = number(value, min(decimals_supported(value, mcse), to_significant_decimals(value)))
    sign = "+" if value > 0 and any(digit in text for digit in "123456789") else ""
    return f"{sign}{text} %"


def to_significant(value: float) -> str:
    """Write a number whose Monte Carlo error is not stated, to two significant digits."""
    return number(value, to_significant_decimals(value))


def to_significant_decimals(value: float) -> int:
    """Give the decimal place of a number's second significant digit."""
    return SIGNIFICANT_DIGITS_WITHOUT_ERROR - 1 - _exponent(value)


def _exponent(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value and math.isfinite(value) else 0
