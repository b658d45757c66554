"""A budget: what a fiscal year brings, and the services that share it."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from hrsim.study.times import RampMoney
from hrsim.study.values import StudyModel, Whole, about, as_tuple, fault

_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")
_COMMON_YEAR = 2025  # a year without 29 February: the day must exist every year


def month_and_day(text: str) -> tuple[int, int]:
    """Return the month and day of a text such as `04-01`."""
    match = _DAY.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        day = datetime.date(_COMMON_YEAR, int(match[1]), int(match[2]))
    except ValueError:
        message = f"expected a day that every year has, as month and day, got '{text}'"
        raise fault("DATE", message, 'write month-day in quotes: "04-01" is the first of April.') from None
    return day.month, day.day


def known_day(text: str) -> str:
    """Refuse a text that is not a month and day of every year."""
    month_and_day(text)
    return text


class Budget(StudyModel):
    """Cap what services may spend in a fiscal year; they stop admitting when the money is out."""

    per_fiscal_year: RampMoney = about(
        "Money of a whole fiscal year, at its first day.", "money", scales=True
    )
    fiscal_year_starts: Annotated[str, AfterValidator(known_day)] = about(
        'First day of the fiscal year: "04-01".'
    )
    services: Annotated[tuple[str, ...], as_tuple] = about("Services that it pays.", min_length=1)
    currency: Literal["CAD", "USD", "AUD", "GBP", "EUR"] | None = about(
        "Currency of the money; omitted: that of the analysis.", default=None
    )
    price_year: Whole | None = about(
        "Price year of the money; omitted: that of the analysis.",
        "calendar year",
        default=None,
        ge=1900,
        le=2200,
    )
    because: str | None = about("Why this much.", default=None)
