"""Prices that a study states: by evidence row or by the name of a cost line, in the study's money or another."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, model_validator

from hrsim.evidence.rows import EvidenceRow
from hrsim.study.limits import FIRST_YEAR, LAST_YEAR
from hrsim.study.values import PRICE, Quantity, Whole, about, fault

PREFIX = "study.prices"
SECTION = "prices"


class StatedPrice(Quantity):
    """State a price: a number in the currency and price year of the analysis, or one with its own.

    `price` may stand for `value`, as in a cost line: a number, or a value with its interval.
    """

    currency: Literal["CAD", "USD", "AUD", "GBP", "EUR"] | None = about(
        "Currency of the number; omitted: that of the analysis.", default=None
    )
    price_year: Whole | None = about(
        "Price year of the number; omitted: that of the analysis.",
        "calendar year",
        default=None,
        ge=FIRST_YEAR,
        le=LAST_YEAR,
    )

    @model_validator(mode="before")
    @classmethod
    def _from_price(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "price" not in data:
            return data
        inner = data["price"]
        parts = inner if isinstance(inner, dict) else {"value": inner}
        rest = {key: value for key, value in data.items() if key != "price"}
        twice = sorted(set(parts) & set(rest))
        if twice:
            raise fault("FORM", f"expected '{twice[0]}' once, got it twice", "write it in one place.")
        return {**parts, **rest}

    @model_validator(mode="after")
    def _number_with_its_money(self) -> StatedPrice:
        if self.evidence is not None:
            message = f"expected a number as a price, got the evidence row '{self.evidence}'"
            raise fault("FORM", message, "write the number, with its currency and price year.")
        if (self.currency is None) != (self.price_year is None):
            missing = "currency" if self.currency is None else "price_year"
            given = "price_year" if self.currency is None else "currency"
            raise fault("MISSING", f"expected '{missing}' beside '{given}' of a price", f"add '{missing}:'.")
        return self


ReplacedPrice = Annotated[StatedPrice, AfterValidator(PRICE.check)]


def row_of(name: str) -> str:
    """Give the id of the evidence row that a price stated by the name of a cost line becomes."""
    return f"{PREFIX}.{name}"


def in_other_money(row: EvidenceRow, currency: str, price_year: int) -> EvidenceRow:
    """Return a row whose number is stated in a currency and price year, with its unit."""
    unit = row.unit.replace(row.currency, currency, 1) if row.currency else currency
    return replace(row, currency=currency, price_year=price_year, unit=unit)
