"""The capacity of a service: places, contacts, kits, or a supervised site with booths and hours."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from hrsim.study.limits import MOST_PLACES
from hrsim.study.remedies import hours_remedy
from hrsim.study.times import RampCount
from hrsim.study.tree import describe
from hrsim.study.values import Minutes, StudyModel, Whole, about, fault

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_MINUTES_PER_HOUR = 60
_MINUTES_PER_DAY = 24 * _MINUTES_PER_HOUR


def opening(hours: str) -> tuple[int, int]:
    """Return opening and closing of hours such as `08:00-24:00`, in minutes after midnight.

    Hours may pass midnight: a closing time before the opening time belongs to the next day.
    """
    match = _HOURS.fullmatch(hours)
    if match is None:
        message = f"expected opening hours, got '{hours}'"
        raise fault("HOURS", message, hours_remedy(hours))
    opens = int(match[1]) * _MINUTES_PER_HOUR + int(match[2])
    closes = int(match[3]) * _MINUTES_PER_HOUR + int(match[4]) if match[3] else _MINUTES_PER_DAY
    if opens == closes:
        raise fault(
            "HOURS", f"expected two different times, got '{hours}'", 'write "00:00-24:00" for all day.'
        )
    return opens, closes if closes > opens else closes + _MINUTES_PER_DAY


def minutes_open(hours: str) -> int:
    """Return the minutes per day of opening hours such as `08:00-24:00`; hours may pass midnight."""
    opens, closes = opening(hours)
    return closes - opens


def _known_hours(hours: Any) -> Any:
    if not isinstance(hours, str):
        raise fault("HOURS", f"expected opening hours, got {describe(hours)}", hours_remedy(str(hours)))
    opening(hours)
    return hours


Hours = Annotated[str, BeforeValidator(_known_hours)]


class Capacity(StudyModel):
    """State one limit: places, contacts per month, kits per year, or sites with booths and hours."""

    places: RampCount | None = about(
        "Clients enrolled at once; others wait in order of arrival.", "people", default=None, scales=True
    )
    contacts_per_month: RampCount | None = about(
        "Contacts; more are turned away.", "per month", default=None, scales=True
    )
    kits_per_year: RampCount | None = about(
        "Kits handed out; more are turned away.", "kits per year", default=None, scales=True
    )
    sites: Whole | None = about("Sites.", "sites", default=None, ge=0, le=MOST_PLACES, scales="site")
    booths: Whole | None = about(
        "Booths in each site.", "booths", default=None, ge=1, le=MOST_PLACES, scales="site"
    )
    hours: Hours | None = about("Opening hours of every day.", default=None)
    minutes_per_visit: Minutes | None = about("Time a visit takes.", "minutes", default=None)

    @property
    def hours_open_per_day(self) -> float | None:
        """Return the hours open per day, or None for a capacity without sites."""
        return minutes_open(self.hours) / _MINUTES_PER_HOUR if self.hours else None

    @model_validator(mode="after")
    def _one_shape(self) -> Capacity:
        site = ("sites", "booths", "hours", "minutes_per_visit")
        given = [
            name for name in ("places", "contacts_per_month", "kits_per_year", "sites") if self._has(name)
        ]
        if len(given) > 1:
            got = " and ".join(f"'{name}'" for name in given)
            fix = "keep one; 'remove:' deletes an inherited one."
            raise fault("CAPACITY", f"expected one limit, got {got}", fix)
        missing = [name for name in site if not self._has(name)]
        if missing and len(missing) < len(site):
            message = (
                f"expected sites, booths, hours and minutes_per_visit together, '{missing[0]}' is missing"
            )
            raise fault("CAPACITY", message, f"add '{missing[0]}:'.")
        return self

    def _has(self, name: str) -> bool:
        return getattr(self, name) is not None
