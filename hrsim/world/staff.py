"""Staff: load above the norm makes people leave sooner, vacancies cut the capacity, and so the load rises further.

Posts in work follow their expectation, reviewed twelve times a year: each is left at the hazard of turnover times
overload ** log2(load) where the load exceeds 1, and each vacancy is filled after a mean time. The capacity that a
service states is what it does with as many posts filled as turnover at the norm leaves; more staff than that do not
raise it. No luck is used.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.simulation import Simulation
from hrsim.processes.events import CONTACTS
from hrsim.processes.world_changes import ADD_VACANCY
from hrsim.services.amounts import amount
from hrsim.services.layout import Layout
from hrsim.services.ramps import level_at
from hrsim.study.services import Service
from hrsim.study.staff import StaffPool
from hrsim.units import MONTHS_PER_YEAR, TICKS_PER_YEAR

if TYPE_CHECKING:
    from hrsim.world.clock import Events, World

Draw = Mapping[str, float]


@dataclass(frozen=True)
class Workload:
    """What services do at a moment: clients now, and contacts so far, by service number."""

    clients: NDArray[np.int64]
    contacts: NDArray[np.int64]


def workload(sim: Simulation, arm: int) -> Workload:
    """Read off an arm's arrays what its services do."""
    return Workload(
        np.array(sim.service["occupied"][arm]), np.asarray(sim.flow[arm, :, :, CONTACTS].sum(axis=0))
    )


class Posts:
    """Posts in work of one pool, in full-time equivalents."""

    def __init__(self, pool: StaffPool, fte: float, draw: Draw) -> None:
        self._turnover = -math.log1p(-amount(pool.turnover, draw))
        self._overload = amount(pool.overload, draw)
        self._filling = 1.0 / amount(pool.vacancy_time, draw)
        self._norm = amount(pool.caseload_norm, draw)
        self.normal = self._steady(fte, self._turnover)
        self.filled = self.normal

    def load(self, clients: float) -> float:
        """Return clients over what the staff at work can look after, without bound where nobody is left at work."""
        able = self._norm * self.filled
        if able > 0.0:
            return clients / able
        return math.inf if clients > 0 else 0.0

    def advance(self, fte: float, clients: float, years: float) -> float:
        """Move posts in work on by some time; return the mean number of vacancies meanwhile."""
        leaving = self._turnover * self._raised(math.log2(max(self.load(clients), 1.0)))
        steady = self._steady(fte, leaving)
        before = self.filled
        self.filled = steady + (before - steady) * math.exp(-(leaving + self._filling) * years)
        return max(0.0, fte - (before + self.filled) / 2)

    def _raised(self, doublings: float) -> float:
        """Return the factor on leaving at a load of 2^doublings; beyond all numbers everybody leaves at once."""
        try:
            return math.pow(self._overload, doublings)
        except OverflowError:
            return math.inf

    def part(self) -> float:
        """Return which part of its stated capacity the pool can deliver."""
        return min(1.0, self.filled / self.normal)

    def _steady(self, fte: float, leaving: float) -> float:
        return fte * self._filling / (leaving + self._filling)


def staff_clock(
    world: World,
    start: datetime.date,
    horizon: int,
    pool: StaffPool,
    members: Sequence[tuple[str, int, Service]],
    draw: Draw,
) -> Events:
    """Review a pool twelve times a year; `members` are its services' names, numbers and descriptions."""
    posts = Posts(pool, level_at(pool.fte, 0, start, draw), draw)
    contacts_before = {number: 0 for _, number, _ in members}
    month = TICKS_PER_YEAR // MONTHS_PER_YEAR
    for tick in range(month, horizon, month):
        yield world.until(tick)
        seen = world.look()
        clients = 0
        for _, number, service in members:
            if service.stay is not None:
                clients += int(seen.clients[number])
            else:
                clients += int(seen.contacts[number]) - contacts_before[number]
                contacts_before[number] = int(seen.contacts[number])
        vacancies = posts.advance(level_at(pool.fte, tick, start, draw), clients, 1.0 / MONTHS_PER_YEAR)
        for name, number, _ in members:
            world.note(ADD_VACANCY, number, float(round(vacancies * month / len(members))))
            world.levels[name].set_part("vacancies", posts.part())


def add_staff(
    world: World,
    start: datetime.date,
    horizon: int,
    pools: Mapping[str, StaffPool],
    services: Mapping[str, Service],
    layout: Layout,
    draw: Draw,
) -> None:
    """Add the reviews of an arm's pools."""
    for name in sorted(pools):
        members = [
            (service, layout.number(service), services[service])
            for service in sorted(services)
            if services[service].staffing == name
        ]
        if members:
            world.add(staff_clock(world, start, horizon, pools[name], members, draw))
