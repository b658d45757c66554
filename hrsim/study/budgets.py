"""A budget: what a fiscal year brings, and the services that share it."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, model_validator

from hrsim.study.limits import FIRST_YEAR, LAST_YEAR
from hrsim.study.times import RampMoney, RampRatio
from hrsim.study.values import StudyModel, Whole, about, as_tuple, fault

if TYPE_CHECKING:
    from hrsim.study.schema import Arm, Study

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


BASELINE = "baseline"
"""Stands for the comparator where no arm has this name."""


class Budget(StudyModel):
    """Cap what services may spend in a fiscal year; they stop admitting when the money is out."""

    per_fiscal_year: RampMoney | None = about(
        "Money of a whole fiscal year, at its first day.", "money", default=None, scales=True
    )
    of: str | None = about(
        "Instead of money: the arm whose spending on the same services in the same fiscal year, draw by draw, is the "
        "measure; baseline is the comparator.",
        default=None,
    )
    share: RampRatio | None = about(
        "Share of that spending, at the first day of each fiscal year: 0.9 is ten per cent less.",
        "ratio",
        default=None,
    )
    fiscal_year_starts: Annotated[str, AfterValidator(known_day)] | None = about(
        'First day of the fiscal year: "04-01"; omitted: that of the analysis.', default=None
    )
    services: Annotated[tuple[str, ...], as_tuple] = about(
        "Services that it pays; beside 'of' omitted: all that cost something.", default=()
    )
    currency: Literal["CAD", "USD", "AUD", "GBP", "EUR"] | None = about(
        "Currency of the money; omitted: that of the analysis.", default=None
    )
    price_year: Whole | None = about(
        "Price year of the money; omitted: that of the analysis.",
        "calendar year",
        default=None,
        ge=FIRST_YEAR,
        le=LAST_YEAR,
    )
    because: str | None = about("Why this much.", default=None)

    @model_validator(mode="after")
    def _money_or_share(self) -> Budget:
        given = [name for name in ("per_fiscal_year", "of") if getattr(self, name) is not None]
        if len(given) != 1:
            got = "both" if given else "neither"
            message = f"expected either 'per_fiscal_year' or 'of' with 'share', got {got}"
            raise fault("FORM", message, "keep one; 'remove:' deletes an inherited key.")
        if (self.of is None) != (self.share is None):
            missing, beside = ("share", "of") if self.share is None else ("of", "share")
            raise fault("MISSING", f"expected '{missing}' beside '{beside}', got none", f"add '{missing}:'.")
        if self.of is not None and (self.currency is not None or self.price_year is not None):
            message = "expected no 'currency' or 'price_year' beside 'of': the money is that of the analysis"
            raise fault("UNUSED", message, "remove them.")
        if self.of is None and not self.services:
            raise fault(
                "MISSING",
                "expected at least one of the 'services' that it pays, got none",
                "add 'services:'.",
            )
        return self


def base_of(study: Study, budget: Budget) -> str | None:
    """Return the arm whose spending is the measure of a budget; None where it states money."""
    if budget.of == BASELINE and BASELINE not in study.arms:
        return study.analysis.comparator or next(iter(study.arms))
    return budget.of


def paid_services(budget: Budget, arm: Arm) -> tuple[str, ...]:
    """Return the services of an arm that a budget is about: those it names, else all that cost something."""
    if budget.services:
        return tuple(name for name in budget.services if name in arm.services)
    return tuple(name for name, service in arm.services.items() if service.costs)
