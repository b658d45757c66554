"""The working day of a site: booths, staff, hours, arrivals, appointments, the route of a mobile unit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from hrsim.study.capacity import Capacity, Hours, opening
from hrsim.study.limits import LARGEST_NUMBER, LEAST_SPREAD, MOST_PLACES, MOST_SPREAD, MOST_VISITS
from hrsim.study.values import (
    Meaning,
    Minutes,
    Probability,
    Quantity,
    StudyModel,
    Whole,
    about,
    as_tuple,
    fault,
)

HOURS_PER_DAY = 24
_MINUTES_PER_DAY = HOURS_PER_DAY * 60
_VISITS_PER_DAY = Meaning(
    "a number of visits per day", ("rate", "count"), ("visits per day", "visits"), highest=MOST_VISITS
)
_SPREAD = Meaning("a ratio", ("ratio",), highest=MOST_SPREAD, least=LEAST_SPREAD)

VisitsPerDay = Annotated[Quantity, AfterValidator(_VISITS_PER_DAY.check)]
Spread = Annotated[Quantity, AfterValidator(_SPREAD.check)]
Weight = Annotated[float, Field(ge=0, le=LARGEST_NUMBER)]


def _a_day(weights: tuple[float, ...]) -> tuple[float, ...]:
    if len(weights) != HOURS_PER_DAY or sum(weights) <= 0:
        got = f"{len(weights)} numbers that add up to {sum(weights):g}"
        fix = "write 24 numbers, for 00:00-01:00 to 23:00-24:00; they need not add up to 1."
        raise fault("FORM", f"expected a weight for each of the 24 hours, not all 0, got {got}", fix)
    return weights


class Arrivals(StudyModel):
    """State how many people come without an appointment, and at what time of day."""

    per_day: VisitsPerDay | None = about(
        "People per day at one site; omitted: the visits that the study's clients want.",
        "visits per day",
        default=None,
        scales="site",
    )
    by_hour: Annotated[tuple[Weight, ...], as_tuple, AfterValidator(_a_day)] | None = about(
        "Relative weights of the 24 hours of the clock; omitted: even over the opening hours.", default=None
    )
    because: str | None = about("Why this profile.", default=None)


class OverdoseResponse(StudyModel):
    """State what an overdose at a site takes."""

    per_visit: Probability = about("Chance of an overdose.", "per visit")
    staff: Whole = about("Members of staff who attend together.", "staff", ge=1, le=MOST_PLACES, scales=False)
    minutes: Minutes = about("How long they attend.", "minutes")


class Appointments(StudyModel):
    """Describe a calendar of slots spread evenly over the day."""

    slots_per_day: Whole = about("Slots.", "per day", ge=1, le=MOST_PLACES, scales="site")
    wanted_per_day: VisitsPerDay = about("People who ask for a slot.", "visits per day", scales="site")
    no_show: Probability = about("Share of those with a slot who do not come.", "probability")


class Stop(StudyModel):
    """Describe one stop of a mobile unit."""

    place: str = about("Where it stands.")
    hours: Hours = about("From arrival to departure, as planned.")


class Operations(StudyModel):
    """Describe the working day of one site, the same every day.

    Times of visits and of patience vary: visits by `spread`, patience exponentially.
    """

    kind: Literal["supervised_consumption", "clinic", "mobile_unit"] = about("What kind of site.")
    booths: Whole | None = about(
        "Booths of a supervised site, unless 'capacity' states them.",
        "booths",
        default=None,
        ge=1,
        le=MOST_PLACES,
        scales="site",
    )
    staff: Whole | None = about(
        "Members of staff on duty who see people.", "staff", default=None, ge=1, le=MOST_PLACES, scales="site"
    )
    hours: Hours | None = about("Opening hours of every day, likewise.", default=None)
    minutes_per_visit: Minutes | None = about(
        "Mean time a booth or worker is taken, likewise.", "minutes", default=None
    )
    spread: Spread | None = about(
        "Coefficient of variation of that time: 0 constant; omitted: 1, exponential.", "ratio", default=None
    )
    arrivals: Arrivals | None = about("People who come without an appointment.", default=None)
    patience_minutes: Minutes | None = about(
        "Mean time people are ready to wait; omitted: for ever.", "minutes", default=None
    )
    waiting_room: Whole | None = about(
        "Seats; omitted: no limit.", "people", default=None, ge=0, scales="site"
    )
    staff_minutes_per_visit: Minutes | None = about(
        "Time of one member of staff from the start of each supervised visit.", "minutes", default=None
    )
    overdose: OverdoseResponse | None = about("Overdoses in a supervised site.", default=None)
    appointments: Appointments | None = about("Calendar of a clinic.", default=None)
    stops: Annotated[tuple[Stop, ...], as_tuple] = about("Route of a mobile unit, in order.", default=())
    travel_minutes: Minutes | None = about("From one stop to the next.", "minutes", default=None)

    @model_validator(mode="after")
    def _keys_of_its_kind(self) -> Operations:
        required, optional = _KEYS[self.kind]
        for name in type(self).model_fields:
            given = getattr(self, name) not in (None, ())
            if given and name not in (*_COMMON, *required, *optional):
                message = f"expected no '{name}' for the kind '{self.kind}'"
                raise fault("UNUSED", message, "remove it, or correct the kind.")
            if not given and name in required:
                message = f"expected '{name}' for the kind '{self.kind}', got none"
                raise fault("MISSING", message, f"add '{name}:'.")
        return self

    @model_validator(mode="after")
    def _staff_who_attend(self) -> Operations:
        work = [name for name in ("staff_minutes_per_visit", "overdose") if getattr(self, name) is not None]
        if work and self.staff is None:
            raise fault("MISSING", f"expected 'staff' beside '{work[0]}', got none", "add 'staff:'.")
        if self.kind == "supervised_consumption" and self.staff is not None and not work:
            message = "expected 'staff_minutes_per_visit' or 'overdose' beside 'staff': they would do nothing"
            raise fault("UNUSED", message, "say what staff do, or remove 'staff'.")
        if self.overdose is not None and self.staff is not None and self.overdose.staff > self.staff:
            message = (
                f"expected at most the {self.staff} staff on duty at an overdose, got {self.overdose.staff}"
            )
            raise fault("RANGE", message, "raise 'staff', or lower 'overdose.staff'.")
        return self

    @model_validator(mode="after")
    def _day_in_order(self) -> Operations:
        closes = opening(self.hours)[1] if self.hours is not None else 0
        if self.appointments is not None and closes > _MINUTES_PER_DAY:
            message = f"expected hours within one day beside 'appointments', got '{self.hours}'"
            raise fault("HOURS", message, "end them by 24:00, or leave 'appointments' out.")
        _check_route(self.stops)
        if len(self.stops) > 1 and self.travel_minutes is None:
            message = "expected 'travel_minutes' for a route of several stops, got none"
            raise fault("MISSING", message, "add 'travel_minutes:'.")
        return self


_COMMON = ("kind", "minutes_per_visit", "spread", "arrivals", "patience_minutes", "waiting_room", "staff")
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "supervised_consumption": ((), ("booths", "hours", "staff_minutes_per_visit", "overdose")),
    "clinic": (("staff", "hours", "minutes_per_visit"), ("appointments",)),
    "mobile_unit": (("staff", "stops", "minutes_per_visit", "arrivals"), ("travel_minutes",)),
}
_OF_CAPACITY = ("booths", "hours", "minutes_per_visit")


def _check_route(stops: tuple[Stop, ...]) -> None:
    """Refuse stops out of order; only the last may pass midnight."""
    for stop, following in pairwise(stops):
        closes, opens = opening(stop.hours)[1], opening(following.hours)[0]
        if closes > opens:
            message = (
                f"expected '{stop.place}' ({stop.hours}) to end before '{following.place}' "
                f"({following.hours}) begins"
            )
            fix = "put the stops in the order of the clock; only the last may pass midnight."
            raise fault("HOURS", message, fix)


@dataclass(frozen=True)
class StatedSite:
    """Hold what a study says of supervised sites, wherever it says it."""

    sites: int
    booths: int
    hours: str
    minutes_per_visit: Quantity


def stated_site(capacity: Capacity | None, operations: Operations | None) -> StatedSite | None:
    """Return the sites of a service: those of its capacity, else the one of its operations, else None."""
    stated: Capacity | Operations | None = None
    sites = 1
    if capacity is not None and capacity.sites is not None:
        stated, sites = capacity, capacity.sites
    elif operations is not None and operations.kind == "supervised_consumption":
        stated = operations
    if stated is None:
        return None
    booths, hours, minutes = stated.booths, stated.hours, stated.minutes_per_visit
    assert booths is not None and hours is not None and minutes is not None  # the schema demands all of them
    return StatedSite(sites, booths, hours, minutes)


@dataclass(frozen=True)
class StatedDay:
    """Hold the working day of a clinic or mobile unit: those who see people, when, and for how long."""

    operations: Operations
    staff: int
    hours: tuple[str, ...]
    minutes_per_visit: Quantity


def stated_day(operations: Operations | None) -> StatedDay | None:
    """Return the working day that contacts pass through: that of a clinic or mobile unit, else None."""
    if operations is None or operations.kind == "supervised_consumption":
        return None
    staff, minutes = operations.staff, operations.minutes_per_visit
    assert staff is not None and minutes is not None  # the schema demands them
    stops = tuple(stop.hours for stop in operations.stops)
    return StatedDay(operations, staff, stops or (operations.hours or "",), minutes)


def check_day(capacity: Capacity | None, supervised: bool) -> None:
    """Refuse a clinic or mobile unit whose contacts are limited twice, or that would supervise use."""
    if capacity is not None and capacity.contacts_per_month is not None:
        message = "expected one limit on contacts, got 'capacity.contacts_per_month' and a working day in 'operations'"
        raise fault("TWICE", message, "keep one of them; 'remove:' deletes an inherited one.")
    if capacity is not None and capacity.sites is not None:
        message = "expected no booths in 'capacity' beside the working day of a clinic or mobile unit"
        raise fault("UNUSED", message, "remove them, or write 'kind: supervised_consumption'.")
    if supervised:
        message = "expected 'kind: supervised_consumption' beside 'delivers.supervised_use'"
        raise fault("UNUSED", message, "correct the kind, or remove 'supervised_use'.")


def check_site(operations: Operations, capacity: Capacity | None, clients_known: bool) -> None:
    """Refuse a site without booths or hours, or with them stated twice, and one that nobody is said to want."""
    has_sites = capacity is not None and capacity.sites is not None
    if operations.kind == "supervised_consumption":
        for name in _OF_CAPACITY:
            given = getattr(operations, name) is not None
            if given and has_sites:
                message = f"expected '{name}' once, got it in 'capacity' and in 'operations'"
                raise fault("UNUSED", message, "keep that of 'capacity'; 'remove:' deletes an inherited one.")
            if not given and not has_sites:
                message = f"expected '{name}' of the site, got it neither in 'capacity' nor in 'operations'"
                raise fault("MISSING", message, f"add 'operations: {{{name}: ...}}', or sites to 'capacity'.")
    wanted = operations.arrivals is not None and operations.arrivals.per_day is not None
    by_calendar = operations.appointments is not None and operations.arrivals is None
    by_clients = operations.kind == "supervised_consumption" and clients_known
    if not (wanted or by_calendar or by_clients):
        message = (
            "expected how many people come per day, got none, and no clients whose visits could be counted"
        )
        raise fault("MISSING", message, "add 'arrivals: {per_day: ...}'.")
