"""One SimPy environment per arm. Plain generators wait for absolute ticks and note what changes then."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import simpy

from hrsim.processes.supply import supply_multipliers
from hrsim.processes.world_changes import (
    OPEN_FISCAL_YEAR,
    SET_COVERAGE,
    SET_EFFECT,
    SET_ENTRY,
    SET_OWN_RATE,
    SET_REACH,
    SET_SUPPLY_INJECTING,
    SET_SUPPLY_OTHER,
)
from hrsim.services.amounts import amount
from hrsim.services.groups import ONE_GROUP, Groups
from hrsim.services.layout import Layout, effect_places
from hrsim.services.ramps import level_in_year
from hrsim.services.reach import parts, rates_by_group
from hrsim.study.own_events import OwnEvent
from hrsim.study.population import Supply
from hrsim.study.services import Service
from hrsim.study.times import Ramp, series
from hrsim.units import MONTHS_PER_YEAR, TICKS_PER_DAY, TICKS_PER_YEAR
from hrsim.world.closures import closures, opening, partly_open
from hrsim.world.dates import new_years, ticks_from
from hrsim.world.levels import RAMPED, Level, level_of
from hrsim.world.staff import Workload

Draw = Mapping[str, float]
Events = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Change:
    """One change of an arm's world: what, of which item (a service's number or 0), to which value."""

    what: int
    item: int
    value: float


def _nobody_looks() -> Workload:
    raise RuntimeError("the driver must set World.look before the clock runs")


class World:
    """The clock of one arm. `next_tick` says when something changes, `changes_at` what.

    `levels` are the services' levels by name. The driver sets `look`, by which processes see the arm's workload.
    """

    def __init__(self) -> None:
        self.environment = simpy.Environment()
        self._changes: list[Change] = []
        self.levels: dict[str, Level] = {}
        self.look: Callable[[], Workload] = _nobody_looks

    def add(self, process: Events) -> None:
        """Add a process: a SimPy generator that yields timeouts and calls `note`."""
        self.environment.process(process)

    def note(self, what: int, item: int, value: float) -> None:
        """Note a change at the current tick."""
        self._changes.append(Change(what, item, value))

    def until(self, tick: int) -> simpy.Event:
        """Return the event that happens at an absolute tick."""
        return self.environment.timeout(tick - self.environment.now)

    def next_tick(self) -> float:
        """Return the tick of the next event, infinity if there is none."""
        return float(self.environment.peek())

    def changes_at(self, tick: int) -> list[Change]:
        """Carry out all events of a tick and return the changes they noted, new fiscal years first."""
        while self.environment.peek() <= tick:
            self.environment.step()
        changes, self._changes = self._changes, []
        return sorted(changes, key=lambda change: change.what != OPEN_FISCAL_YEAR)


def build_world(
    start: datetime.date,
    horizon: int,
    supply: Supply | None,
    entry: Ramp,
    services: Mapping[str, Service],
    layout: Layout,
    draw: Draw,
    luck: int,
    groups: Groups = ONE_GROUP,
) -> World:
    """Return the clock of an arm. `supply` is None where the supply process is off; `entry` is people per year."""
    world = World()
    world.note(SET_ENTRY, 0, amount(entry.first, draw))
    if entry.moves:
        world.add(_ramp(world, start, horizon, entry, draw, partial(world.note, SET_ENTRY, 0)))
    world.add(_supply(world, start, horizon, supply, draw))
    for name in sorted(services):
        service, number = services[name], layout.number(name)
        level = world.levels[name] = level_of(world, number, service, draw)
        world.add(opening(world, start, level, service, draw))
        for process in closures(world, start, horizon, level, name, service, draw, luck):
            world.add(process)
        for ramp, setter in (
            *_ramps(world, start, service, level),
            *_reach_ramps(world, number, service, groups, draw),
        ):
            world.add(_ramp(world, start, horizon, ramp, draw, setter))
        if service.coverage is not None and service.coverage.moves:
            setter = partial(world.note, SET_COVERAGE, number)
            world.add(_ramp(world, start, horizon, service.coverage, draw, setter))
    for place, effect in effect_places(services, layout).items():
        if effect.by_year:
            ramp = series(effect.multiplier, effect.by_year)
            setter = partial(world.note, SET_EFFECT, layout.effects.index(place))
            world.add(_ramp(world, start, horizon, ramp, draw, setter))
    return world


def add_own_events(
    world: World, start: datetime.date, horizon: int, events: Mapping[str, OwnEvent], draw: Draw
) -> None:
    """Let the rates of declared events change as the study says."""
    for number, name in enumerate(sorted(events)):
        if events[name].rate.moves:
            setter = partial(world.note, SET_OWN_RATE, number)
            world.add(_ramp(world, start, horizon, events[name].rate, draw, setter))


def exposure_in(supply: Supply, year: int, draw: Draw) -> float | None:
    """Return the exposure share of a calendar year; the last year given is carried forward. None without a series."""
    series = supply.exposure or {}
    known = [given for given in series if given <= year]
    return amount(series[max(known)], draw) if known else None


def _supply(world: World, start: datetime.date, horizon: int, supply: Supply | None, draw: Draw) -> Events:
    """Set the supply at each new year and at the ends of shocks."""
    if supply is None:
        world.note(SET_SUPPLY_INJECTING, 0, 1.0)
        world.note(SET_SUPPLY_OTHER, 0, 1.0)
        return
    for tick in _supply_ticks(start, horizon, supply):
        yield world.until(tick)
        day = start + datetime.timedelta(days=tick // TICKS_PER_DAY)
        reference = draw["exp.od_reference_exposure"]
        exposure = exposure_in(supply, day.year, draw)
        injecting, other = supply_multipliers(draw, reference if exposure is None else exposure, reference)
        shock = math.prod(
            amount(given.multiplier, draw) for given in supply.shocks if given.start <= day < given.end
        )
        world.note(SET_SUPPLY_INJECTING, 0, injecting * shock)
        world.note(SET_SUPPLY_OTHER, 0, other * shock)


def _supply_ticks(start: datetime.date, horizon: int, supply: Supply) -> Iterable[int]:
    days = {start}
    years = horizon // TICKS_PER_YEAR + 2
    days |= {datetime.date(start.year + n, 1, 1) for n in range(1, years + 1)}
    days |= {day for shock in supply.shocks for day in (shock.start, shock.end)}
    return sorted(tick for day in days if 0 <= (tick := ticks_from(start, day)) < horizon)


def _ramps(
    world: World, start: datetime.date, service: Service, level: Level
) -> Iterable[tuple[Ramp, Callable[[float], None]]]:
    """Yield a service's changing capacity, with what notes a new level."""
    for field in RAMPED:
        ramp = getattr(service.capacity, field, None)
        if ramp is not None and ramp.moves:
            yield ramp, level.set_planned
    if service.partial is not None and service.partial.share.moves:
        yield service.partial.share, partly_open(world, level, ticks_from(start, service.partial.until))


def _ramp(
    world: World,
    start: datetime.date,
    horizon: int,
    ramp: Ramp,
    draw: Draw,
    setter: Callable[[float], None],
) -> Events:
    """Move a level in monthly steps, each to the value in the middle of the step; a series at new years."""
    if ramp.by_year:
        for tick, year in new_years(start, horizon):
            yield world.until(tick)
            setter(level_in_year(ramp, year, draw))
        return
    assert ramp.last is not None
    first, last = amount(ramp.first, draw), amount(ramp.last, draw)
    begin = ticks_from(start, ramp.starts) if ramp.starts else 0
    steps = max(1, round((ramp.over.years if ramp.over else 0.0) * MONTHS_PER_YEAR))
    length = round((ramp.over.years if ramp.over else 0.0) * TICKS_PER_YEAR)
    for step in range(steps + 1):
        tick = begin + length * step // steps
        if tick >= horizon:
            return
        yield world.until(tick)
        done = 1.0 if step == steps else (step + 0.5) / steps
        if length == 0:
            done = 1.0
        setter(first + (last - first) * done)


def _reach_ramps(
    world: World, number: int, service: Service, groups: Groups, draw: Draw
) -> Iterable[tuple[Ramp, Callable[[float], None]]]:
    """Yield each changing part of reach, with what notes the new rate of every group."""
    ramps = [ramp for ramp, _ in parts(service)]
    levels = [amount(ramp.first, draw) for ramp in ramps]

    def setter(part: int) -> Callable[[float], None]:
        def note(level: float) -> None:
            levels[part] = level
            for group, rate in enumerate(rates_by_group(service, groups, draw, levels)):
                world.note(SET_REACH, number * len(groups.names) + group, float(rate))

        return note

    for part, ramp in enumerate(ramps):
        if ramp.moves:
            yield ramp, setter(part)
