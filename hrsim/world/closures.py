"""When a service is open: its dates, delays, partial openings, and closures by date or by chance.

Closures by chance are keyed by (luck, service, week): all arms meet the same shocks, and an arm with a higher rate
meets these and more. The first closure that begins in a week counts.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from hrsim.engine.random import uniforms
from hrsim.services.amounts import amount
from hrsim.study.opening import ClosureHazard
from hrsim.study.services import Service
from hrsim.units import TICKS_PER_WEEK, TICKS_PER_YEAR
from hrsim.world.dates import ticks_from
from hrsim.world.levels import Level

if TYPE_CHECKING:
    from hrsim.world.clock import Events, World

Draw = Mapping[str, float]
PARTIAL = "partial opening"


def opening(world: World, start: datetime.date, level: Level, service: Service, draw: Draw) -> Events:
    """Open and close a service on its dates; a delay moves the opening, not the closing."""
    opens = 0
    if service.opens is not None:
        opens = ticks_from(start, service.opens) + round(amount(service.delay, draw) * TICKS_PER_YEAR)
    closes = None if service.closes is None else max(ticks_from(start, service.closes), 0)
    if opens > 0:
        level.close("not open yet")
        if closes is not None and closes <= opens:
            return  # so late that it never opens
        yield world.until(opens)
        level.reopen("not open yet")
    if closes is not None:
        yield world.until(closes)
        level.close("closed for good")


def closures(
    world: World,
    start: datetime.date,
    horizon: int,
    level: Level,
    name: str,
    service: Service,
    draw: Draw,
    luck: int,
) -> Iterable[Events]:
    """Yield the processes that close a service for a time or cut its capacity at first."""
    if service.partial is not None:
        until = ticks_from(start, service.partial.until)
        yield _partial(world, level, amount(service.partial.share.first, draw), until)
    for number, closure in enumerate(service.closures):
        begins, ends = ticks_from(start, closure.start), ticks_from(start, closure.end)
        yield _closed(world, level, f"dated {number}", begins, ends)
    if service.closure_hazard is not None:
        spells = random_spells(service.closure_hazard, draw, luck, name, horizon)
        for number, (begins, ends) in enumerate(spells):
            yield _closed(world, level, f"random {number}", begins, ends)


def random_spells(
    hazard: ClosureHazard, draw: Draw, luck: int, name: str, horizon: int
) -> list[tuple[int, int]]:
    """Return first and last ticks of a service's closures by chance; they may overlap."""
    rate = amount(hazard.per_year, draw) / TICKS_PER_YEAR
    lasts = max(1, round(amount(hazard.lasts, draw) * TICKS_PER_YEAR))
    if rate <= 0.0:
        return []
    weeks = math.ceil(horizon / TICKS_PER_WEEK)
    waits = -np.log(uniforms(luck, weeks, "closures", name)) / rate
    begins = [week * TICKS_PER_WEEK + int(wait) for week, wait in enumerate(waits) if wait < TICKS_PER_WEEK]
    return [(tick, tick + lasts) for tick in begins if tick < horizon]


def _partial(world: World, level: Level, share: float, until: int) -> Events:
    level.set_part(PARTIAL, share)
    yield world.until(until)
    level.set_part(PARTIAL, 1.0)


def partly_open(world: World, level: Level, until: int) -> Callable[[float], None]:
    """Return what notes a new part of the capacity, before the day from which all of it is there."""

    def note(share: float) -> None:
        if world.environment.now < until:
            level.set_part(PARTIAL, share)

    return note


def _closed(world: World, level: Level, cause: str, begins: int, ends: int) -> Events:
    yield world.until(begins)
    level.close(cause)
    yield world.until(ends)
    level.reopen(cause)
