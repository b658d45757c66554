"""One line of what a service or an event costs, and who bears it."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from hrsim.study.limits import FIRST_YEAR, LAST_YEAR
from hrsim.study.values import Price, StudyModel, Whole, about, fault


class Cost(StudyModel):
    """State one line of cost and who bears it."""

    per: Literal[
        "client_year", "contact", "start", "kit", "place_year", "site_year", "open_year", "set_up"
    ] = about("What is counted.")
    price: Price = about("Price of one.", "money", scales=False)
    currency: Literal["CAD", "USD", "AUD", "GBP", "EUR"] | None = about("Currency of a number.", default=None)
    price_year: Whole | None = about(
        "Price year of a number.", "calendar year", default=None, ge=FIRST_YEAR, le=LAST_YEAR
    )
    payer: str = about("Who pays.")
    sector: str = about("Sector of the economy, as in the perspectives.")
    category: str = about("Heading in the cost tables.")
    releases: Literal["cash", "capacity", "none"] = about(
        "What a payer gets back when less is needed: cash, room that others fill, or nothing.", default="cash"
    )
    transfer: bool = about(
        "True: moves money without using resources (a voucher); counts for its payer only, elsewhere a memo.",
        default=False,
    )

    @model_validator(mode="after")
    def _money_of_a_year(self) -> Cost:
        if self.price.value is not None and (self.currency is None or self.price_year is None):
            missing = "currency" if self.currency is None else "price_year"
            raise fault(
                "MISSING", f"expected '{missing}' beside a price that is a number", f"add '{missing}:'."
            )
        return self
