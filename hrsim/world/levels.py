"""The level of one service: whether it is open and how much it can do, put together from all that acts on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hrsim.processes.world_changes import SET_DEPTH, SET_OPEN, SET_PLACES, SET_TOKEN_RATE, SET_VISIT_CAPACITY
from hrsim.services.amounts import amount
from hrsim.services.records import visits_per_year
from hrsim.study.services import Service
from hrsim.units import MONTHS_PER_YEAR, TICKS_PER_YEAR

if TYPE_CHECKING:
    from hrsim.world.clock import World

MONTHLY = "contacts_per_month"
RAMPED = ("places", MONTHLY, "kits_per_year")


class Level:
    """Combine the causes that close a service, and the parts to which others cut its capacity.

    `field` is the limit that the capacity states (places, contacts_per_month, kits_per_year, sites) or None; `planned`
    is its level without cuts: people, contacts a month, kits a year, visits a year.
    """

    def __init__(self, world: World, number: int, field: str | None, planned: float) -> None:
        self._world, self._number, self._field = world, number, field
        self._planned = planned
        self._parts: dict[str, float] = {}
        self._closed: set[str] = set()

    def close(self, cause: str) -> None:
        """Close the service for a cause."""
        self._set_closed(self._closed | {cause})

    def reopen(self, cause: str) -> None:
        """Take a cause away; the service opens when none is left."""
        self._set_closed(self._closed - {cause})

    def set_planned(self, planned: float) -> None:
        """Set the level without cuts."""
        self._planned = planned
        self._note_capacity()

    def set_part(self, cause: str, part: float) -> None:
        """Cut the capacity to a part for a cause; 1 takes the cut away."""
        if part != self._parts.get(cause, 1.0):
            self._parts[cause] = part
            self._note_capacity()

    def _set_closed(self, causes: set[str]) -> None:
        if bool(causes) != bool(self._closed):
            self._world.note(SET_OPEN, self._number, 0.0 if causes else 1.0)
        self._closed = causes

    def _note_capacity(self) -> None:
        level = self._planned * math.prod(self._parts.values())
        if self._field == "places":
            self._world.note(SET_PLACES, self._number, float(round(level)))
        elif self._field == "sites":
            self._world.note(SET_VISIT_CAPACITY, self._number, level)
        elif self._field is not None:
            per_year = level * MONTHS_PER_YEAR if self._field == MONTHLY else level
            self._world.note(SET_TOKEN_RATE, self._number, per_year / TICKS_PER_YEAR)
            self._world.note(SET_DEPTH, self._number, per_year / MONTHS_PER_YEAR)


def level_of(world: World, number: int, service: Service, draw: Mapping[str, float]) -> Level:
    """Return the level of a service as it starts."""
    for field in RAMPED:
        ramp = getattr(service.capacity, field, None)
        if ramp is not None:
            return Level(world, number, field, amount(ramp.first, draw))
    visits = visits_per_year(service, draw)
    return Level(world, number, None if visits is None else "sites", visits or 0.0)
