"""Bring a draw forward: run the kernel, give it room when it asks, say clearly when it must stop."""

from types import ModuleType
from typing import Any

import numpy as np

from hrsim.engine.simulation import (
    CANDIDATES_FULL,
    CHANGED,
    CULPRIT,
    DIRTY_FULL,
    EVERYTHING,
    HEAP_FULL,
    HEAP_SIZE,
    POOL_FREE,
    POOL_FULL,
    POOL_LEFT,
    RUNNING,
    STATUS,
    UNBOUNDED_HAZARD,
    WHEEL_LEFT,
    Simulation,
)
from hrsim.errors import HrsimError

_REASONS = {
    UNBOUNDED_HAZARD: "a hazard rose above the bands that were open for it without the engine being told",
    CANDIDATES_FULL: "a block held more candidates than twelve standard deviations allow",
    DIRTY_FULL: "one event touched more people than an event may",
}


def advance(kernel: ModuleType, sim: Simulation, until: int) -> Simulation:
    """Run the kernel up to (not including) tick `until`; return the arrays, enlarged if that was needed.

    Raises `HrsimError` when the run must stop rather than clip something.
    """
    while True:
        status = int(kernel.run(sim, until))
        if status == RUNNING:
            return sim
        if status in (HEAP_FULL, WHEEL_LEFT):
            sim = _grow_heap(sim)
        elif status == POOL_FULL:
            sim = _grow_pool(sim)
        else:
            stream = int(sim.clock[CULPRIT])
            raise HrsimError(f"the run stopped: {_REASONS.get(status, status)} (stream {stream})")


def begin(kernel: ModuleType, sim: Simulation) -> Simulation:
    """Set everybody's first timers and generate the first block of candidates."""
    first = 0
    while first < sim.state.shape[0]:
        first = int(kernel.begin(sim, first))
        if first < sim.state.shape[0]:
            sim = _grow_pool(_grow_heap(sim))
    return sim


def change_world(
    kernel: ModuleType, sim: Simulation, now: int, arm: int, what: int, item: int, value: float
) -> Simulation:
    """Carry out one change of an arm's world, with room for a stay's timers and every upper band of everybody."""
    room = int(sim.state.shape[0]) * (int(sim.watched.size) + 5)
    while sim.heap.size - sim.clock[HEAP_SIZE] < room:
        sim = _grow_heap(sim)
    while sim.clock[POOL_LEFT] < room:
        sim = _grow_pool(sim)
    kernel.change_world(sim, now, arm, what, item, value)
    if sim.clock[STATUS] == DIRTY_FULL:
        raise HrsimError(f"the run stopped: {_REASONS[DIRTY_FULL]} (a change of the world, arm {arm})")
    return sim


def watch_everybody(kernel: ModuleType, sim: Simulation, now: int, changed: int = EVERYTHING) -> Simulation:
    """Open the upper bands that a change of the world calls for, for everybody.

    `changed` is what may have changed for everybody, beside what the kernel noted itself.
    """
    sim.clock[CHANGED] |= changed
    first = 0 if sim.clock[CHANGED] else sim.state.shape[0]
    while first < sim.state.shape[0]:
        first = int(kernel.sweep(sim, first, now))
        if first < sim.state.shape[0]:
            sim = _grow_pool(_grow_heap(sim))
    return sim


def _grow_heap(sim: Simulation) -> Simulation:
    return sim.replace(heap=_double(sim.heap))


def _grow_pool(sim: Simulation) -> Simulation:
    size = sim.pool.size
    pool = _double(sim.pool)
    pool["next"][size:] = np.append(np.arange(size + 1, 2 * size), sim.clock[POOL_FREE])
    sim.clock[POOL_FREE] = size
    sim.clock[POOL_LEFT] += size
    return sim.replace(pool=pool)


def _double(array: Any) -> Any:
    """Return an array of the same type, twice as long, with the old rows first."""
    larger = np.zeros(2 * array.size, array.dtype).view(type(array))
    larger[: array.size] = array
    return larger
