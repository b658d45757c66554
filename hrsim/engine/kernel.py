"""The kernel loop: walk candidates and timers in time order and offer each to every arm.

This file is also the template of the compiled kernel: `engine/build.py` writes it into the cache folder with the
dispatch over the model's processes in place of `engine/interface.py`.
"""

import numpy as np

from hrsim.engine.accrual import accrue, touch
from hrsim.engine.bands import (
    band_point,
    needed_band,
    open_bands,
    personal_luck,
    personal_mark,
    require_open,
)
from hrsim.engine.candidates import generate_block
from hrsim.engine.compiler import entry_point, kernel_function
from hrsim.engine.interface import adjust, apply, cell, close, enter, expire, hazard, renew, start
from hrsim.engine.prefetch import prefetch
from hrsim.engine.simulation import (
    ALIVE,
    BLOCK,
    BLOCK_BITS,
    CARRIED,
    CHANGED,
    DIRTY,
    FILLED,
    HEAP_FULL,
    HEAP_SIZE,
    LOOKING,
    NOW,
    PERSON,
    PERSONAL_BITS,
    POOL_FULL,
    POOL_LEFT,
    POSITION,
    QUARTER,
    RUNNING,
    SLICE,
    SLICE_BITS,
    STATUS,
    WHEEL_LEFT,
)
from hrsim.engine.timers import ARM_BITS, BAND, ENTRY, KIND_BITS, PERSON_BITS, open_slice, pop, schedule

HEADROOM = 4096  # free timer places wanted before an event is begun
AHEAD = 16  # candidates whose people are fetched into the cache before their turn: speed only


@entry_point
def run(sim, until):
    """Walk everything that happens before tick `until`; return why the kernel stopped (RUNNING: it got there)."""
    if sim.clock[STATUS] == WHEEL_LEFT and not open_slice(sim):
        return HEAP_FULL
    sim.clock[STATUS] = RUNNING
    while sim.clock[STATUS] == RUNNING:
        if sim.heap.shape[0] - sim.clock[HEAP_SIZE] < HEADROOM:
            return HEAP_FULL
        if sim.clock[POOL_LEFT] < HEADROOM:
            return POOL_FULL
        time = (sim.clock[SLICE] + 1) << SLICE_BITS
        waiting = sim.clock[POSITION] < sim.clock[FILLED] and sim.candidate[sim.clock[POSITION]].time < time
        if waiting:
            time = sim.candidate[sim.clock[POSITION]].time
        timer = sim.clock[HEAP_SIZE] > 0 and (
            sim.heap[0].time < time or (waiting and sim.heap[0].time == time)
        )
        if timer:
            time = sim.heap[0].time
        if time >= until:
            return RUNNING
        sim.clock[NOW] = time
        if timer:
            _fire(sim)
        elif waiting:
            _offer_candidate(sim)
        else:
            next_slice(sim)
    return sim.clock[STATUS]


@kernel_function
def next_slice(sim):
    """Begin the next slice: its timers come off the wheel, and where it begins a block candidates are generated."""
    sim.clock[SLICE] += 1
    if sim.clock[SLICE] >> (BLOCK_BITS - SLICE_BITS) > sim.clock[BLOCK]:
        sim.clock[BLOCK] += 1
        generate_block(sim)
    if not open_slice(sim):
        sim.clock[STATUS] = WHEEL_LEFT


@kernel_function
def _offer_candidate(sim):
    candidate = sim.candidate[sim.clock[POSITION]]
    sim.clock[POSITION] += 1
    if sim.clock[POSITION] + AHEAD < sim.clock[FILLED]:
        ahead = np.int64(sim.candidate[sim.clock[POSITION] + AHEAD].person)
        prefetch(sim.state, ahead)
        prefetch(sim.person, ahead)
    sub = sim.substream[candidate.substream]
    luck = (sub.key, np.uint64(candidate.number), np.uint64(sim.clock[BLOCK]), np.uint64(0))
    _offer(sim, sub.stream, candidate.person, candidate.mark, luck)


@kernel_function
def _offer(sim, stream, i, mark, luck):
    """Offer one candidate to every arm: an arm accepts it if the mark lies below its hazard."""
    ceiling = sim.stream[stream].ceiling
    excluded = sim.stream[stream].excluded
    barred = sim.stream[stream].barred
    needed = sim.stream[stream].needed
    for a in range(sim.state.shape[1]):
        if sim.state[i, a].status != ALIVE or sim.state[i, a].word & excluded:
            continue
        if sim.state[i, a].enrolled & barred or (needed != 0 and not sim.state[i, a].enrolled & needed):
            continue
        height = hazard(sim, stream, i, a)
        if not height <= ceiling:  # not-a-number included
            require_open(sim, stream, i, height)
        if mark < height:
            sim.tally[stream, 1] += 1
            apply(sim, stream, i, a, luck)
    settle(sim)


@kernel_function
def _fire(sim):
    """Carry out the first timer."""
    code = sim.heap[0].code
    pop(sim)
    kind = code >> KIND_BITS
    i = (code >> PERSON_BITS) & 0xFFFFFFFF
    a = (code >> ARM_BITS) & 0xFF
    payload = code & 0xFFFF
    if kind == BAND:
        _fire_band(sim, i, payload)
    elif kind == ENTRY:
        for arm in range(sim.state.shape[1]):
            touch(sim, i, arm)
            enter(sim, i, arm)
    elif sim.state[i, a].status == ALIVE:
        expire(sim, kind, i, a, payload)
    settle(sim)


@kernel_function
def _fire_band(sim, i, watch):
    """Offer the points of a person's open bands that lie at this tick, then look for the next."""
    now = sim.clock[NOW]
    if sim.band_next[i, watch] != now:
        return
    stream = sim.watched[watch]
    block = now >> PERSONAL_BITS
    for band in range(1, sim.band_open[i, watch] + 1):
        time, index = band_point(sim, stream, i, band, block, now - 1)
        if time == now:
            sim.tally[stream, 0] += 1
            mark = personal_mark(sim, stream, i, band, block, index)
            _offer(sim, stream, i, mark, personal_luck(sim, stream, i, band, block, index))
    watch_stream(sim, watch, i, now)


@kernel_function
def settle(sim):
    """Renew the valuation cell and the upper bands of everybody whom the last event touched."""
    k = 0
    while k < sim.clock[DIRTY]:  # to renew a person may touch them again
        i = sim.dirty[k, 0]
        a = sim.dirty[k, 1]
        if sim.state[i, a].status == ALIVE:
            if sim.dirty[k, 2] != CARRIED:
                renew(sim, i, a)
                sim.state[i, a].cell = cell(sim, i, a)
            for watch in range(sim.watched.shape[0]):
                if sim.stream[sim.watched[watch]].reads & sim.dirty[k, 2]:
                    _raise_bands(sim, watch, i, a)
        k += 1
    sim.clock[DIRTY] = 0


@kernel_function
def _highest(sim, stream, i, a):
    """Return how high a hazard may rise before the person or the world changes."""
    sim.clock[LOOKING] = 1
    height = hazard(sim, stream, i, a)
    sim.clock[LOOKING] = 0
    return height


@kernel_function
def _raise_bands(sim, watch, i, a):
    """Open more upper bands of a stream if the person's hazard in one arm now needs them; none is closed here."""
    stream = sim.watched[watch]
    if sim.state[i, a].word & sim.stream[stream].excluded:
        return
    height = _highest(sim, stream, i, a)
    if height > sim.stream[stream].ceiling:
        band = needed_band(height, sim.stream[stream].ceiling)
        if band > sim.band_open[i, watch]:
            due = sim.band_next[i, watch] == sim.clock[NOW]  # a point at this very tick has yet to be offered
            open_bands(sim, watch, i, band, sim.clock[NOW] - 1 if due else sim.clock[NOW])


@kernel_function
def watch_stream(sim, watch, i, after):
    """Open as many upper bands of one stream as the person's highest hazard over the arms needs."""
    stream = sim.watched[watch]
    top = 0.0
    excluded = sim.stream[stream].excluded
    for a in range(sim.state.shape[1]):
        if sim.state[i, a].status == ALIVE and not sim.state[i, a].word & excluded:
            top = max(top, _highest(sim, stream, i, a))
    if top > sim.stream[stream].ceiling or sim.band_open[i, watch] > 0:
        open_bands(sim, watch, i, needed_band(top, sim.stream[stream].ceiling), after)


@entry_point
def sweep(sim, first, now):
    """Watch everybody from slot `first` on after the world has changed; return where it stopped for lack of room.

    Only streams that read what has changed are looked at.
    """
    sim.clock[NOW] = now
    for i in range(first, sim.state.shape[0]):
        if lacks_room(sim):
            return i
        if sim.clock[CHANGED] & PERSON:  # somebody else has changed people
            for a in range(sim.state.shape[1]):
                renew(sim, i, a)
        for watch in range(sim.watched.shape[0]):
            if sim.stream[sim.watched[watch]].reads & sim.clock[CHANGED]:
                watch_stream(sim, watch, i, now - 1)
    sim.clock[CHANGED] = 0
    return sim.state.shape[0]


@entry_point
def begin(sim, first):
    """Start everybody from slot `first` on; return where it stopped for lack of room.

    The last slot done, the first block is generated.
    """
    for i in range(first, sim.state.shape[0]):
        if lacks_room(sim):
            return i
        if sim.person[i].cohort > 0:
            schedule(sim, sim.person[i].entry, ENTRY, i, 0, 0)
            continue
        for a in range(sim.state.shape[1]):
            start(sim, i, a)
            renew(sim, i, a)
            sim.state[i, a].cell = cell(sim, i, a)
        sim.clock[DIRTY] = 0  # all upper bands are looked at after the start
    generate_block(sim)
    return sim.state.shape[0]


@kernel_function
def lacks_room(sim):
    """Return whether the timers need room before more may be set."""
    return sim.heap.shape[0] - sim.clock[HEAP_SIZE] < HEADROOM or sim.clock[POOL_LEFT] < HEADROOM


@entry_point
def change_world(sim, now, a, what, item, value):
    """Carry out one change that the world clock of arm a made at tick `now`."""
    sim.clock[NOW] = now
    adjust(sim, a, what, item, value)
    settle(sim)


@entry_point
def close_quarter(sim, now):
    """Count everybody's time up to a quarter end and begin the next quarter."""
    sim.clock[NOW] = now
    for i in range(sim.state.shape[0]):
        for a in range(sim.state.shape[1]):
            accrue(sim, i, a)
    close(sim)
    if sim.clock[QUARTER] + 1 < sim.ticks.shape[1]:
        sim.clock[QUARTER] += 1
