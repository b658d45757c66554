"""Write numbers for a reader: never more digits than the Monte Carlo error supports."""

from __future__ import annotations

import math
from dataclasses import dataclass

MINUS = "−"
UNKNOWN = "not known"
SIGNIFICANT_DIGITS_WITHOUT_ERROR = 2
MOST_SIGNIFICANT_DIGITS = 4
EXACT_DIGITS = 6


@dataclass(frozen=True)
class NumberForm:
    """Say how a language writes numbers: its separators, intervals, per cent, and a number that is not known."""

    group: str = ","
    decimal: str = "."
    interval: str = "{mean} ({low} to {high})"
    per_cent: str = "{number} %"
    unknown: str = UNKNOWN


PLAIN = NumberForm()
"""The form of the texts that hrsim writes without a library of languages."""


def decimals_supported(value: float, mcse: float) -> int:
    """Give the decimal place (negative for tens, hundreds, ...) down to which a number is shown.

    The last digit shown is of the size of the Monte Carlo error's first digit, and there are never more than
    four significant digits. Where the error is unknown (a single sample) there are two.
    """
    if math.isnan(mcse):
        return to_significant_decimals(value)
    most = MOST_SIGNIFICANT_DIGITS - 1 - exponent(value)
    if mcse > 0:
        return min(-exponent(mcse), most)
    return min(most, 0) if value == round(value) else most


def number(value: float, decimals: int, form: NumberForm = PLAIN) -> str:
    """Write a number with thousands separators, rounded to a decimal place that may be negative."""
    if math.isnan(value):
        return form.unknown
    rounded = round(value, decimals)
    whole, point, part = f"{abs(rounded):,.{max(decimals, 0)}f}".partition(".")
    text = whole.replace(",", form.group) + (form.decimal if point else "") + part
    return f"{MINUS}{text}" if rounded < 0 else text


def with_interval(
    mean: float,
    low: float,
    high: float,
    mcse: float,
    *,
    decimals: int | None = None,
    form: NumberForm = PLAIN,
) -> str:
    """Write a mean and its interval as '123 (100 to 150)', to the digits that the mean's error supports.

    Numbers of one block have one place, `decimals` (see rounding.py).
    """
    if decimals is None:
        largest = max((abs(x) for x in (mean, low, high) if not math.isnan(x)), default=mean)
        decimals = decimals_supported(largest, mcse)
    if math.isnan(low) or math.isnan(high):
        return number(mean, decimals, form)
    texts = (number(value, decimals, form) for value in (mean, low, high))
    return form.interval.format(**dict(zip(("mean", "low", "high"), texts, strict=True)))


def per_cent(value: float, decimals: int, form: NumberForm = PLAIN) -> str:
    """Write a percentage with its sign, rounded to a decimal place; nothing where it is not known."""
    if math.isnan(value):
        return ""
    text = number(value, decimals, form)
    sign = "+" if value > 0 and any(digit in text for digit in "123456789") else ""
    return form.per_cent.format(number=f"{sign}{text}")


def to_significant(value: float, form: NumberForm = PLAIN) -> str:
    """Write a number whose Monte Carlo error is not stated, to two significant digits."""
    return number(value, to_significant_decimals(value), form)


def to_three(value: float, form: NumberForm = PLAIN) -> str:
    """Write a number to three significant digits."""
    return number(value, to_significant_decimals(value) + 1, form)


def to_significant_decimals(value: float) -> int:
    """Give the decimal place of a number's second significant digit."""
    return SIGNIFICANT_DIGITS_WITHOUT_ERROR - 1 - exponent(value)


def exact(value: float, form: NumberForm = PLAIN) -> str:
    """Write a number that was put in or published, not simulated: to six significant digits, nothing if unknown."""
    if math.isnan(value):
        return ""
    text = number(float(value), EXACT_DIGITS - 1 - exponent(value), form)
    return text.rstrip("0").rstrip(form.decimal) if form.decimal in text else text


def exponent(value: float) -> int:
    """Give the place of a number's first digit: 2 for hundreds, -1 for tenths; 0 for nothing."""
    return math.floor(math.log10(abs(value))) if value and math.isfinite(value) else 0
