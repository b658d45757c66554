"""Events that a study declares for itself: how often they befall whom, who dies of them, and what one costs."""

from __future__ import annotations

from typing import Literal

from hrsim.study.eligible import Eligible
from hrsim.study.limits import FIRST_YEAR, LAST_YEAR
from hrsim.study.texts import Text
from hrsim.study.times import RampRate
from hrsim.study.values import Price, Probability, StudyModel, Whole, about
from hrsim.study.weights import EventUtility


class EventCost(StudyModel):
    """State what one event costs and who bears it."""

    price: Price = about("Price of one.", "money", scales=False)
    currency: Literal["CAD", "USD", "AUD", "GBP", "EUR"] = about("Currency.")
    price_year: Whole = about("Price year.", "calendar year", ge=FIRST_YEAR, le=LAST_YEAR)
    payer: str = about("Who pays.")
    sector: str = about("Sector of the economy, as in the perspectives.")
    category: str = about("Heading in the cost tables.")


class OwnEvent(StudyModel):
    """Declare an event that no process of the model causes; services act on it as `event.<name>`."""

    label: Text = about("Name in tables: a text, or one for each language.")
    because: str | None = about("Why these numbers.", default=None)
    rate: RampRate = about("Events where no service acts.", "per eligible person-year")
    eligible: Eligible = about("Whom it may befall; omitted: everyone alive at liberty.", default=Eligible())
    death: Probability | None = about("Chance of dying of one.", "probability", default=None)
    cost: EventCost | None = about("Cost of one; omitted: none.", default=None)
    utility: EventUtility | None = about(
        "What one changes in quality of life; omitted: nothing.", default=None
    )
