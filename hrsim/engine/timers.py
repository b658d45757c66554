"""Timers: a heap for the current slice of time, a wheel of lists for later slices.

Order at a tie is (time, kind, person, arm). A timer is never cancelled: its owner compares the tick it stored.
"""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.prefetch import prefetch
from hrsim.engine.simulation import HEAP_SIZE, POOL_FREE, POOL_LEFT, SLICE, SLICE_BITS

KIND_BITS = 56
PERSON_BITS = 24
ARM_BITS = 16
BAND = 0  # the kind of a point in a person's upper bands: first at a tie
ENTRY = 1  # the kind of an entry: second
FIRST_MODEL_KIND = 2


@kernel_function
def schedule(sim, time, kind, i, a, payload):
    """Put a timer of a kind for one person and arm, with a payload below 65,536."""
    code = (
        (np.int64(kind) << KIND_BITS)
        | (np.int64(i) << PERSON_BITS)
        | (np.int64(a) << ARM_BITS)
        | np.int64(payload)
    )
    if (time >> SLICE_BITS) <= sim.clock[SLICE]:
        _push(sim, time, code)
        return
    slot = sim.clock[POOL_FREE]
    turn = min(time >> SLICE_BITS, sim.wheel.shape[0] - 1)
    sim.clock[POOL_FREE] = sim.pool[slot].next
    sim.clock[POOL_LEFT] -= 1
    sim.pool[slot].time = time
    sim.pool[slot].code = code
    sim.pool[slot].next = sim.wheel[turn]
    sim.wheel[turn] = slot


@kernel_function
def open_slice(sim):
    """Move the timers of the current slice from the wheel to the heap; stop early if the heap is full."""
    turn = min(sim.clock[SLICE], sim.wheel.shape[0] - 1)
    slot = sim.wheel[turn]
    while slot >= 0 and sim.clock[HEAP_SIZE] < sim.heap.shape[0]:
        following = sim.pool[slot].next
        person = (sim.pool[slot].code >> PERSON_BITS) & 0xFFFFFFFF
        prefetch(sim.state, person)
        prefetch(sim.person, person)
        _push(sim, sim.pool[slot].time, sim.pool[slot].code)
        sim.pool[slot].next = sim.clock[POOL_FREE]
        sim.clock[POOL_FREE] = slot
        sim.clock[POOL_LEFT] += 1
        slot = following
    sim.wheel[turn] = slot
    return slot < 0


@kernel_function
def _push(sim, time, code):
    place = sim.clock[HEAP_SIZE]
    sim.clock[HEAP_SIZE] = place + 1
    while place > 0:
        parent = (place - 1) >> 1
        if sim.heap[parent].time < time or (sim.heap[parent].time == time and sim.heap[parent].code <= code):
            break
        sim.heap[place].time = sim.heap[parent].time
        sim.heap[place].code = sim.heap[parent].code
        place = parent
    sim.heap[place].time = time
    sim.heap[place].code = code


@kernel_function
def pop(sim):
    """Remove the first timer from the heap (read it at place 0 before)."""
    size = sim.clock[HEAP_SIZE] - 1
    sim.clock[HEAP_SIZE] = size
    time = sim.heap[size].time
    code = sim.heap[size].code
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (
            sim.heap[right].time < sim.heap[child].time
            or (sim.heap[right].time == sim.heap[child].time and sim.heap[right].code < sim.heap[child].code)
        ):
            child = right
        if time < sim.heap[child].time or (time == sim.heap[child].time and code <= sim.heap[child].code):
            break
        sim.heap[place].time = sim.heap[child].time
        sim.heap[place].code = sim.heap[child].code
        place = child
    sim.heap[place].time = time
    sim.heap[place].code = code
