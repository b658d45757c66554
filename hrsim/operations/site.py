"""What the simulation of one site needs to know: plain numbers, times in minutes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from hrsim.errors import HrsimError

MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24
MINUTES_PER_DAY = HOURS_PER_DAY * MINUTES_PER_HOUR


class SiteError(HrsimError):
    """Report a site that cannot be simulated: the number, the rule and the remedy."""

    exit_code = 3


@dataclass(frozen=True)
class Law:
    """Give a gamma law of time: mean in minutes and spread (coefficient of variation).

    Spread 0 is constant and 1 exponential.
    """

    mean: float
    spread: float = 1.0


@dataclass(frozen=True)
class Attendance:
    """Say what staff of a supervised site do.

    Each visit takes one of them for some minutes from its start, each overdose several, ahead of visits.
    """

    staff: int
    minutes_per_visit: float
    overdoses_per_visit: float = 0.0
    staff_per_overdose: int = 1
    minutes_per_overdose: float = 0.0


@dataclass(frozen=True)
class Appointments:
    """Describe a calendar: slots spread evenly over the day, wanted by a Poisson number of people."""

    slots_per_day: int
    wanted_per_day: float
    no_show: float = 0.0


@dataclass(frozen=True)
class Site:
    """Describe one site.

    `servers` are the booths, or the staff who see people. `windows` are the opening times in minutes after
    midnight, in order, within 24 hours of the first; they may pass midnight. `arrivals` are the people expected in
    equal slices of the clock day (24 hours, 48 half hours, ...), whether the site is open or not. `patience` is the
    mean of an exponential law, None for ever; `waiting_room` the seats, None for no limit. `travel` are the minutes
    between two windows, 0 for a site that stays where it is.
    """

    servers: int
    windows: tuple[tuple[int, int], ...]
    arrivals: tuple[float, ...]
    visit: Law
    patience: float | None = None
    waiting_room: int | None = None
    attendance: Attendance | None = None
    appointments: Appointments | None = None
    travel: float = 0.0

    def __post_init__(self) -> None:
        """Refuse numbers that no site has; raises SiteError."""
        _require(self.servers >= 1, "booths or staff", "1 or more", self.servers)
        slices = len(self.arrivals)
        _require(slices > 0 and MINUTES_PER_DAY % slices == 0, "arrivals", "in whole minutes", slices)
        for people in self.arrivals:
            _require(_is_amount(people), "arrivals", "finite and 0 or more", people)
        _require(_is_amount(self.visit.mean) and self.visit.mean > 0, "visit", "above 0", self.visit.mean)
        _require(_is_amount(self.visit.spread), "spread of visits", "0 or more", self.visit.spread)
        _require(self.patience is None or self.patience > 0, "patience", "above 0", self.patience)
        _require((self.waiting_room or 0) >= 0, "waiting room", "0 seats or more", self.waiting_room)
        _require(_is_amount(self.travel), "travel", "0 minutes or more", self.travel)
        self._check_windows()
        self._check_staff()

    def _check_windows(self) -> None:
        edges = [edge for window in self.windows for edge in window]
        in_order = all(first <= second for first, second in pairwise(edges))
        open_each = all(opens < closes for opens, closes in self.windows)
        within_a_day = (
            bool(edges) and 0 <= edges[0] < MINUTES_PER_DAY and edges[-1] <= edges[0] + MINUTES_PER_DAY
        )
        rule = "in order, apart, and within 24 hours"
        _require(in_order and open_each and within_a_day, "opening times", rule, self.windows)

    def _check_staff(self) -> None:
        work = self.attendance
        if work is not None:
            _require(work.staff >= 1, "staff", "1 or more", work.staff)
            fits = 1 <= work.staff_per_overdose <= work.staff
            rule = f"from 1 to the {work.staff} on duty: more never come together"
            _require(fits, "staff for one overdose", rule, work.staff_per_overdose)

    @property
    def day_begins(self) -> int:
        """Return the minute after midnight at which the site's day begins: its first opening."""
        return self.windows[0][0]

    @property
    def open_minutes(self) -> int:
        """Return the minutes open per day."""
        return sum(closes - opens for opens, closes in self.windows)

    @property
    def never_closes(self) -> bool:
        """Tell whether the site is open round the clock, so that one day runs into the next."""
        return self.open_minutes == MINUTES_PER_DAY and self.travel == 0.0

    @property
    def capacity_per_day(self) -> float:
        """Return the visits per day that fit when no booth or worker is ever idle."""
        return self.servers * self.open_minutes / self.visit.mean

    @property
    def wanted_per_day(self) -> float:
        """Return the mean number of people per day who come or ask for an appointment."""
        booked = self.appointments.wanted_per_day if self.appointments else 0.0
        return sum(self.arrivals) + booked

    def with_demand(self, per_day: float) -> Site:
        """Return the same site with another demand, spread over hours and appointments as before."""
        if self.wanted_per_day <= 0.0:
            raise SiteError("a site that nobody wants has no hourly profile to scale: give it some arrivals")
        factor = per_day / self.wanted_per_day
        booked = self.appointments
        if booked is not None:
            booked = replace(booked, wanted_per_day=booked.wanted_per_day * factor)
        return replace(self, arrivals=tuple(people * factor for people in self.arrivals), appointments=booked)


def even_arrivals(windows: tuple[tuple[int, int], ...], per_day: float) -> tuple[float, ...]:
    """Spread a day's arrivals evenly over the opening times; the slices are as long as those times allow."""
    length = math.gcd(MINUTES_PER_HOUR, *(edge for window in windows for edge in window))
    is_open = [0] * (MINUTES_PER_DAY // length)
    for opens, closes in windows:
        for minute in range(opens, closes, length):
            is_open[minute % MINUTES_PER_DAY // length] = 1
    return tuple(per_day * share / sum(is_open) for share in is_open)


def _is_amount(number: float) -> bool:
    return math.isfinite(number) and number >= 0


def _require(holds: bool, what: str, rule: str, got: object) -> None:
    if not holds:
        raise SiteError(f"expected {what} {rule}, got {got}")
