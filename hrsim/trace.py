"""Follow one person through a draw: what happened, when, in every arm, under the same luck.

The kernel is left as it is. The person is put into a group of the ledger of their own, with the same access to services
as the group they come from, and the draw is brought forward in steps of an hour; whatever that group counted in a step
happened to the person. A group only says where something is counted, so the draw stays the same bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.compile import Prepared, assemble_draw
from hrsim.engine.advance import advance
from hrsim.engine.ledger import Ledger
from hrsim.engine.simulation import QUARTER, Simulation
from hrsim.errors import HrsimError
from hrsim.processes.effects import WAITING
from hrsim.processes.events import DISTRESS_TICKS, EVENTS, GROUP_FLOWS
from hrsim.services.amounts import Draw
from hrsim.services.groups import Groups
from hrsim.simulate import funded, ledger_of, run_assembled
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR

TRACED = "traced_person"
STEP = TICKS_PER_DAY // 24
COUNTED_FLOWS = GROUP_FLOWS[: GROUP_FLOWS.index("client_ticks")]

Floats = NDArray[np.float64]
Facts = Mapping[str, int]


class NoSuchPerson(HrsimError):
    """Report a person whom a draw does not hold."""

    exit_code = 2


@dataclass(frozen=True)
class Step:
    """Hold what happened to a person within an hour, by arm: events and flows of services, and what changed in state.

    `events` maps (arm, event) and `flows` (arm, service, flow) to counts; `changes` maps (arm, field) to before and
    after; a wait has the field `waits` and the service waited for, -1 for none.
    """

    tick: int
    events: Mapping[tuple[int, str], int]
    flows: Mapping[tuple[int, int, str], int]
    changes: Mapping[tuple[int, str], tuple[int, int]]


@dataclass(frozen=True)
class Life:
    """Hold one person's life in every arm: who they were, what happened, how it ended; and the ledger of the draw.

    `first` and `last` are the state by arm at the start and at the horizon; `age` is in years at the start, or at entry
    for who enters later, `entry` a tick.
    """

    arms: tuple[str, ...]
    services: tuple[str, ...]
    group: str
    entry: int
    age: float
    sex: int
    first: tuple[Facts, ...]
    last: tuple[Facts, ...]
    steps: tuple[Step, ...]
    ledger: Ledger


@dataclass(frozen=True)
class _OwnGroup(Groups):
    """The groups of a study and one more, for one person, in which all is as in the person's own."""

    home: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return (*super().names, TRACED)

    def factors(self, access: Mapping[str, Mapping[str, Any]], draw: Draw) -> Floats:
        factors = super().factors(access, draw)
        return np.append(factors, factors[self.home])

    def labels(self, dimension: str) -> NDArray[np.int64]:
        labels = super().labels(dimension)
        return np.append(labels, labels[self.home])


def trace(prepared: Prepared, parameters: Draw, luck: int, person: int) -> Life:
    """Run a draw again and follow one person through every arm.

    People are numbered from 0; those at the start come first, then those who may enter. Raise NoSuchPerson for a number
    beyond.
    """
    prepared = funded(prepared, parameters, luck)
    sim = assemble_draw(prepared, parameters, luck).sim
    if not 0 <= person < sim.person.shape[0]:
        size = prepared.study.population.size
        raise NoSuchPerson(
            f"expected a person between 0 and {sim.person.shape[0] - 1}, got {person}: {size} people are there at the "
            "start, the others may enter later"
        )
    home = int(sim.person["group"][person])
    own = followed(prepared, home)
    assembled = assemble_draw(own, parameters, luck)
    assembled.sim.person["group"][person] = len(own.frame.groups) - 1
    watch = _Watch(person)
    end = run_assembled(own, assembled, parameters, luck, watch.forward)
    facts = end.person[person]
    return Life(
        arms=prepared.frame.arms,
        services=prepared.layout.services,
        group=prepared.groups.names[home],
        entry=int(facts["entry"]),
        age=float(facts["entry"] - facts["birth"]) / TICKS_PER_YEAR,
        sex=int(facts["sex"]),
        first=watch.first,
        last=_facts(end, person),
        steps=tuple(watch.steps),
        ledger=without_traced(ledger_of(own, end), home, prepared.frame.groups),
    )


def followed(prepared: Prepared, home: int) -> Prepared:
    """Return a study with one more group, in which everything is as in the group with the number `home`."""
    groups = _OwnGroup(prepared.groups.dimensions, home)
    return replace(prepared, groups=groups, frame=replace(prepared.frame, groups=groups.names))


def without_traced(ledger: Ledger, home: int, groups: tuple[str, ...]) -> Ledger:
    """Return the ledger with the traced person counted again in their own group."""
    flow = None if len(groups) == 1 or ledger.group_flow is None else _folded(ledger.group_flow, 3, home)
    return replace(
        ledger,
        groups=groups,
        events=_folded(ledger.events, 2, home),
        state_ticks=_folded(ledger.state_ticks, 2, home),
        group_flow=flow,
        group_flow_names=() if flow is None else ledger.group_flow_names,
        survivors=_folded_survivors(ledger, home, len(groups)),
    )


def _folded_survivors(ledger: Ledger, home: int, groups: int) -> NDArray[np.int64] | None:
    """Count the traced person, if alive at the end, among the survivors of their own group."""
    if ledger.survivors is None:
        return None
    arms, _, *rest = ledger.survivor_shape
    arm, group, *facts = np.unravel_index(ledger.survivors[:, 0], ledger.survivor_shape)
    group = np.where(group == groups, home, group)
    places = np.ravel_multi_index((arm, group, *facts), (arms, groups, *rest))
    place, back = np.unique(places, return_inverse=True)
    count = np.zeros(place.size, np.int64)
    np.add.at(count, back, ledger.survivors[:, 1])
    return np.stack([place, count], axis=1).astype(np.int64)


def _folded(counts: NDArray[np.int64], axis: int, home: int) -> NDArray[np.int64]:
    """Add the last entry of an axis, the traced person's, to another."""
    first = np.moveaxis(counts, axis, 0)
    kept = first[:-1].copy()
    kept[home] += first[-1]
    return np.ascontiguousarray(np.moveaxis(kept, 0, axis))


@dataclass
class _Watch:
    """Bring a draw forward hour by hour and note what the person's own group counts."""

    person: int
    steps: list[Step] = field(default_factory=list)
    now: int = 0
    first: tuple[Facts, ...] = ()
    quarter: int = -1
    events: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    flows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    before: tuple[Facts, ...] = ()
    rows: bytes = b""

    def forward(self, kernel: ModuleType, sim: Simulation, until: int) -> Simulation:
        """Bring the draw forward as the engine does, but stop and look at the end of every hour."""
        if not self.before:
            self.before = _facts(sim, self.person)
            self.first = self.before
        while self.now < until:
            self.now = min(until, (self.now // STEP + 1) * STEP)
            sim = advance(kernel, sim, self.now)
            self._look(sim, self.now)
        return sim

    def _look(self, sim: Simulation, now: int) -> None:
        quarter = int(sim.clock[QUARTER])
        events = sim.event[:, quarter, -1, :DISTRESS_TICKS]
        flows = sim.group_flow[:, quarter, :, -1, : len(COUNTED_FLOWS)]
        if quarter != self.quarter:
            self.quarter = quarter
            self.events, self.flows = np.zeros_like(events), np.zeros_like(flows)
        rows = sim.state[self.person].tobytes() + sim.stay[self.person].tobytes()
        if rows == self.rows and np.array_equal(flows, self.flows) and np.array_equal(events, self.events):
            return
        facts = _facts(sim, self.person)
        step = Step(
            now,
            {
                (int(a), EVENTS[e]): int((events - self.events)[a, e])
                for a, e in np.argwhere(events != self.events)
            },
            {
                (int(a), int(s), COUNTED_FLOWS[f]): int((flows - self.flows)[a, s, f])
                for a, s, f in np.argwhere(flows != self.flows)
            },
            {
                (a, name): (old[name], new[name])
                for a, (old, new) in enumerate(zip(self.before, facts, strict=True))
                for name in new
                if old[name] != new[name]
            },
        )
        if step.events or step.flows or step.changes:
            self.steps.append(step)
        self.events, self.flows, self.before, self.rows = events.copy(), flows.copy(), facts, rows


def _facts(sim: Simulation, person: int) -> tuple[Facts, ...]:
    """Return what a reader may want to know of a person's state in each arm."""
    return tuple(_arm_facts(sim, person, a) for a in range(sim.state.shape[1]))


def _arm_facts(sim: Simulation, person: int, a: int) -> Facts:
    state, stays = sim.state[person, a], sim.stay[person, a]
    waits = [int(stay["wanted"]) for stay in stays if stay["phase"] == WAITING]
    names = (
        "status",
        "use",
        "housing",
        "custody",
        "hiv",
        "hcv",
        "viraemic",
        "suppressed",
        "enrolled",
        "kits",
    )
    return {**{name: int(state[name]) for name in names}, "waits": waits[0] if waits else -1}
