"""One site through its days: people come, wait, are seen or leave. SimPy resources hold booths and staff."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from hrsim.operations.luck import Luck
from hrsim.operations.occupancy import Occupancy
from hrsim.operations.site import MINUTES_PER_DAY, Site

Steps = Generator[simpy.Event, Any, None]
_FIRST, _BOOKED, _USUAL = range(3)  # priorities: overdoses and departures, appointments, everybody else


class Outcome(IntEnum):
    """Say how a wish for a visit ended."""

    MET = 0
    CLOSED = 1  # came outside opening hours
    FULL = 2  # no seat in the waiting room
    WALKED_AWAY = 3  # patience ended
    AT_CLOSING = 4  # still waiting when the site closed
    NO_SLOT = 5  # every appointment was taken
    NO_SHOW = 6  # had an appointment and did not come


@dataclass(frozen=True)
class Run:
    """Hold what one replicate saw after its warm-up: one entry for each wish for a visit, and counts of the site.

    `wanted_at` is in minutes after the site's first day began, itself `day_begins` minutes after midnight.
    `waited` is the time in the queue, and at a booth until a member of staff comes; `inside` the time for which a
    booth or worker is taken. `waiting`, `busy` and `staff` are person-minutes by clock hour, counted at the
    resources and not from the visits. `late` is the time by which a mobile unit opened its stops late.
    """

    days: int
    day_begins: int
    wanted_at: NDArray[np.float64]
    outcome: NDArray[np.int64]
    waited: NDArray[np.float64]
    inside: NDArray[np.float64]
    waiting: NDArray[np.float64]
    busy: NDArray[np.float64]
    staff: NDArray[np.float64]
    most_busy: int
    overdoses: int
    late: float


def run_site(site: Site, luck: Luck, days: int = 1, warm_up: int = 0) -> Run:
    """Simulate days of a site, all visits to their end, and return what happened after the days of warm-up."""
    floor = _Floor(site, luck, warm_up, days)
    floor.environment.run()
    return floor.run(days)


class _Floor:
    """The resources and counters of one replicate."""

    def __init__(self, site: Site, luck: Luck, warm_up: int, days: int) -> None:
        self.site = site
        self.environment = simpy.Environment()
        self.servers = simpy.PriorityResource(self.environment, site.servers)
        self.staff = simpy.PriorityResource(self.environment, site.attendance.staff if site.attendance else 1)
        self.first = float(warm_up * MINUTES_PER_DAY)
        last = (warm_up + days) * MINUTES_PER_DAY if site.never_closes else math.inf
        self.waiting, self.busy, self.staff_busy = (
            Occupancy(site.day_begins, self.first, last) for _ in range(3)
        )
        self.overdoses, self.late = 0, 0.0
        self.windows = [(opens - site.day_begins, closes - site.day_begins) for opens, closes in site.windows]
        self._draw_visits(luck, warm_up + days)
        self.environment.process(self._arrivals())
        if site.travel > 0.0:
            self.environment.process(self._route(warm_up + days))

    def _draw_visits(self, luck: Luck, days: int) -> None:
        """Draw everything that chance decides; those without an appointment come first."""
        walk_in = luck.arrivals(self.site, days)
        slots, refused, shows = self._calendar(luck, days)
        count = walk_in.size + slots.size
        self.wanted_at = np.concatenate([walk_in, slots, refused])
        self.booked = np.arange(self.wanted_at.size) >= walk_in.size
        self.length = np.concatenate(
            [
                luck.visits(self.site.visit, walk_in.size),
                luck.visits(self.site.visit, slots.size, booked=True),
            ]
        )
        self.patience = luck.patience(self.site.patience, walk_in.size)
        chance = self.site.attendance.overdoses_per_visit if self.site.attendance else 0.0
        self.overdose = luck.overdoses(chance, count)
        self.outcome = np.full(self.wanted_at.size, Outcome.MET)
        self.outcome[count:] = Outcome.NO_SLOT
        self.outcome[walk_in.size : count][~shows] = Outcome.NO_SHOW
        self.waited, self.inside = np.zeros(self.wanted_at.size), np.zeros(self.wanted_at.size)

    def _calendar(
        self, luck: Luck, days: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        """Return the times of appointments given and of days refused (at opening), and who keeps the former."""
        booked = self.site.appointments
        if booked is None:
            return np.zeros(0), np.zeros(0), np.zeros(0, bool)
        open_at = np.cumsum([0.0, *(closes - opens for opens, closes in self.windows)])
        places = np.arange(booked.slots_per_day) * (self.site.open_minutes / max(booked.slots_per_day, 1))
        window = np.searchsorted(open_at, places, side="right") - 1
        times = np.array([opens for opens, _ in self.windows])[window] + places - open_at[window]
        wanted = luck.booked(booked.wanted_per_day, days)
        given = [times[:number] + day * MINUTES_PER_DAY for day, number in enumerate(wanted)]
        refused = np.repeat(np.arange(days) * MINUTES_PER_DAY, np.maximum(wanted - booked.slots_per_day, 0))
        slots = np.concatenate([np.zeros(0), *given])
        return slots, refused.astype(float), luck.shows(booked.no_show, slots.size)

    def _arrivals(self) -> Steps:
        come = np.flatnonzero(self.outcome == Outcome.MET)
        for visit in come[np.argsort(self.wanted_at[come], kind="stable")]:
            wait = self.wanted_at[visit] - self.environment.now
            if wait > 0:
                yield self.environment.timeout(wait)
            self.environment.process(self._visit(int(visit)))

    def _closes(self) -> float | None:
        """Return when the present opening ends, None while the site is closed."""
        if self.site.never_closes:
            return math.inf
        day, minute = divmod(self.environment.now, MINUTES_PER_DAY)
        for opens, closes in self.windows:
            if opens <= minute < closes:
                return day * MINUTES_PER_DAY + closes
        return None

    def _has_seat(self) -> bool:
        room = self.site.waiting_room
        return room is None or self.servers.count < self.servers.capacity or len(self.servers.queue) < room

    def _visit(self, visit: int) -> Steps:
        """Follow one person from the door to the way out."""
        clock, came = self.environment, self.environment.now
        closes = self._closes()
        if closes is None or not self._has_seat():
            self.outcome[visit] = Outcome.CLOSED if closes is None else Outcome.FULL
            return
        booked = self.booked[visit]
        leaves = math.inf if booked else min(closes, came + self.patience[visit])
        with self.servers.request(_BOOKED if booked else _USUAL) as place:
            if not place.triggered:
                self.waiting.change(came, 1)
                yield place if leaves == math.inf else place | clock.timeout(leaves - came)
                self.waiting.change(clock.now, -1)
                self.waited[visit] = clock.now - came
            if not place.triggered:
                self.outcome[visit] = Outcome.AT_CLOSING if leaves == closes else Outcome.WALKED_AWAY
                return
            begins = clock.now
            self.busy.change(begins, 1)
            yield from self._stay(visit)
            self.busy.change(clock.now, -1)
            self.inside[visit] = clock.now - begins

    def _stay(self, visit: int) -> Steps:
        """Spend the visit; a supervised site first needs a member of staff, and again at an overdose."""
        clock, length, work = self.environment, self.length[visit], self.site.attendance
        if work is None:
            yield clock.timeout(length)
            return
        helper = self.staff.request(_USUAL)
        if not helper.triggered:
            asked = clock.now
            self.waiting.change(asked, 1)
            yield helper
            self.waiting.change(clock.now, -1)
            self.waited[visit] += clock.now - asked
        clock.process(self._work([helper], work.minutes_per_visit))
        moment = self.overdose[visit]
        if math.isnan(moment):
            yield clock.timeout(length)
            return
        yield clock.timeout(moment * length)
        self.overdoses += self.wanted_at[visit] >= self.first
        # Asked for together, so that an overdose has its whole team before a later one has anybody.
        helpers = [self.staff.request(_FIRST) for _ in range(work.staff_per_overdose)]
        yield clock.all_of(helpers)
        yield clock.process(self._work(helpers, work.minutes_per_overdose))
        yield clock.timeout((1.0 - moment) * length)

    def _work(self, helpers: list[Any], minutes: float) -> Steps:
        """Keep members of staff for some minutes."""
        self.staff_busy.change(self.environment.now, len(helpers))
        yield self.environment.timeout(minutes)
        self.staff_busy.change(self.environment.now, -len(helpers))
        for helper in helpers:
            self.staff.release(helper)

    def _route(self, days: int) -> Steps:
        """Take all workers from stop to stop: they leave when the last person is seen, and may open late."""
        clock = self.environment
        stops = [
            (day * MINUTES_PER_DAY + opens, day * MINUTES_PER_DAY + closes)
            for day in range(days)
            for opens, closes in self.windows
        ]
        for (_, closes), (opens, _) in pairwise(stops):
            yield clock.timeout(max(closes - clock.now, 0.0))
            crew = [self.servers.request(_FIRST) for _ in range(self.site.servers)]
            yield clock.all_of(crew)
            yield clock.timeout(max(self.site.travel, opens - clock.now))
            self.late += (clock.now - opens) * (opens >= self.first)
            for worker in crew:
                self.servers.release(worker)

    def run(self, days: int) -> Run:
        """Return what was seen after the warm-up."""
        seen = self.wanted_at >= self.first
        supervised = self.site.attendance is not None
        return Run(
            days=days,
            day_begins=self.site.day_begins,
            wanted_at=self.wanted_at[seen],
            outcome=self.outcome[seen],
            waited=self.waited[seen],
            inside=self.inside[seen],
            waiting=self.waiting.by_hour(),
            busy=self.busy.by_hour(),
            staff=(self.staff_busy if supervised else self.busy).by_hour(),
            most_busy=self.busy.most,
            overdoses=self.overdoses,
            late=self.late,
        )
