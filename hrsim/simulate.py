"""The driver: the world clocks say when, the kernel says who.

`run_draw` is the whole loop of a draw; `engine/kernel.py` holds the loop over candidates and timers that it calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from hrsim.budgets import budget_book, spent_in
from hrsim.compile import Assembled, Prepared, arrange, assemble_draw, begin_services, compiled, prepare
from hrsim.engine.advance import advance, begin, change_world, watch_everybody
from hrsim.engine.ledger import Ledger
from hrsim.engine.simulation import STUDY_YEAR, Simulation
from hrsim.processes.events import FLOWS, GROUP_FLOWS
from hrsim.processes.world_changes import OPEN_FISCAL_YEAR
from hrsim.survivors import survivors
from hrsim.units import TICKS_PER_YEAR
from hrsim.world.staff import workload

__all__ = ["Prepared", "arrange", "blank_ledger", "compiled", "funded", "prepare", "run_draw", "simulate"]

Forward = Callable[[ModuleType, Simulation, int], Simulation]


def simulate(prepared: Prepared, parameters: Mapping[str, float], luck: int) -> Ledger:
    """Simulate one draw and replicate of a study, all arms, and return its ledger.

    `parameters` maps evidence ids to numbers; `luck` keys everything random. Thread safe; the kernel releases the
    interpreter lock.
    """
    return ledger_of(prepared, run_draw(prepared, parameters, luck))


def run_draw(prepared: Prepared, parameters: Mapping[str, float], luck: int) -> Simulation:
    """Run one draw to the horizon and return its arrays."""
    prepared = funded(prepared, parameters, luck)
    return run_assembled(prepared, assemble_draw(prepared, parameters, luck), parameters, luck)


def funded(prepared: Prepared, parameters: Mapping[str, float], luck: int) -> Prepared:
    """Return a study with what the arms that its budgets refer to spend in one draw, each simulated by itself."""
    if not prepared.bases:
        return prepared
    spent = {
        arm: spent_in(alone.budgets, run_draw(alone, parameters, luck), arm)
        for arm, alone in prepared.bases.items()
    }
    return replace(prepared, budgets=replace(prepared.budgets, spent=spent))


def run_assembled(
    prepared: Prepared,
    assembled: Assembled,
    parameters: Mapping[str, float],
    luck: int,
    forward: Forward = advance,
) -> Simulation:
    """Run one draw, assembled already, to the horizon; `forward` brings it from one change of the world to the next."""
    sim = _start(prepared, assembled, parameters, luck)
    quarters = iter(prepared.frame.quarter_edges[1:])
    quarter = int(next(quarters))
    while True:
        now = int(min(quarter, *(world.next_tick() for world in assembled.worlds)))
        sim = forward(prepared.kernel, sim, now)
        if now == quarter:
            prepared.kernel.close_quarter(sim, now)
            if now == prepared.horizon:
                return sim
            quarter = int(next(quarters))
        sim = _change(prepared, assembled, sim, now)


def blank_ledger(prepared: Prepared) -> Ledger:
    """Return the ledger of a study in which nothing happened: what could be asked of one that is simulated."""
    names = _names(prepared)
    lead = (len(prepared.frame.arms), prepared.frame.quarter_edges.size - 1)
    services, cells = len(prepared.layout.services), len(prepared.frame.groups)
    by_group = (*lead, services, cells, len(GROUP_FLOWS))
    return Ledger(
        **names,
        events=np.zeros((*lead, cells, len(prepared.model.events)), np.int64),
        state_ticks=np.zeros((*lead, cells, prepared.model.cells), np.int64),
        service_flow=np.zeros((*lead, services, len(FLOWS)), np.int64),
        group_flow_names=GROUP_FLOWS if cells > 1 else (),
        group_flow=np.zeros(by_group, np.int64) if cells > 1 else None,
        survivors=np.zeros((0, 2), np.int64),
    )


def _names(prepared: Prepared) -> dict[str, Any]:
    """Return what the places of a ledger's arrays stand for."""
    return {
        "arms": prepared.frame.arms,
        "quarter_edges": prepared.frame.quarter_edges,
        "groups": prepared.frame.groups,
        "event_names": prepared.model.events,
        "state_dimensions": prepared.model.state_dimensions,
        "service_names": prepared.layout.services,
        "flow_names": FLOWS,
    }


def ledger_of(prepared: Prepared, sim: Simulation) -> Ledger:
    """Return what a finished draw counted."""
    counted = np.asarray(sim.group_flow)
    return Ledger(
        **_names(prepared),
        events=np.asarray(sim.event),
        state_ticks=np.asarray(sim.ticks),
        service_flow=np.asarray(sim.flow),
        group_flow_names=GROUP_FLOWS if counted.shape[-1] else (),
        group_flow=counted if counted.shape[-1] else None,
        survivors=survivors(sim, prepared.horizon, len(prepared.frame.groups), sim.ticks.shape[-1]),
        **budget_book(prepared.budgets, sim),
    )


def _start(
    prepared: Prepared, assembled: Assembled, parameters: Mapping[str, float], luck: int
) -> Simulation:
    """Set the world of tick 0, enrol people, and set everybody's first timers."""
    sim = assembled.sim
    sim.contact_count[:] = assembled.contacts_at_year[0]
    for a, world in enumerate(assembled.worlds):
        for change in world.changes_at(0):
            sim = change_world(prepared.kernel, sim, 0, a, change.what, change.item, change.value)
    begin_services(prepared, sim, parameters, luck)
    sim = begin(prepared.kernel, sim)
    for a, name in enumerate(prepared.frame.arms):
        for budget in prepared.budgets.years[name]:
            number = prepared.budgets.names.index(budget)
            sim = change_world(prepared.kernel, sim, 0, a, OPEN_FISCAL_YEAR, number, 0.0)
    return watch_everybody(prepared.kernel, sim, 0)


def _change(prepared: Prepared, assembled: Assembled, sim: Simulation, now: int) -> Simulation:
    """Carry out what the world clocks change now; at a new study year the year's entrants get their slots."""
    year = 0
    for a, world in enumerate(assembled.worlds):
        world.look = partial(workload, sim, a)
        for change in world.changes_at(now):
            sim = change_world(prepared.kernel, sim, now, a, change.what, change.item, change.value)
    if now % TICKS_PER_YEAR == 0:
        sim.contact_count[:] = assembled.contacts_at_year[now // TICKS_PER_YEAR]
        year = STUDY_YEAR
    return watch_everybody(prepared.kernel, sim, now, year)
