"""Candidates of one block: a keyed Poisson number per stream and cohort, each with time, person and mark, put in order.

One Philox call gives a candidate: 53 bits for the person, 53 for the mark, 20 for the tick inside the block.
Times inside a block are uniform given their number, so no logarithm and no left-over candidate is needed.
"""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.random import philox, purpose, to_unit
from hrsim.engine.simulation import BLOCK, BLOCK_BITS, CANDIDATES_FULL, FILLED, POSITION, STATUS

_LOW_11 = np.uint64(0x7FF)
_LOW_9 = np.uint64(0x1FF)
_SHIFT_9 = np.uint64(9)
_COUNTS = purpose("number of candidates in a block")


@kernel_function
def generate_block(sim):
    """Fill `sim.candidate` with the block's candidates in order of (time, stream name, cohort, number)."""
    block = sim.clock[BLOCK]
    filled = 0
    for k in range(sim.substream.shape[0]):
        sub = sim.substream[k]
        if sub.people == 0 or block < sub.first_block or sub.table_size == 0:
            continue
        word, _ = philox(sub.key ^ _COUNTS, 0, block, 0, 0)
        count = _poisson(sim, sub, to_unit(word))
        if filled + count > sim.raw.shape[0]:
            sim.clock[STATUS] = CANDIDATES_FULL
            return
        _fill(sim, k, block, filled, count)
        filled += count
    _sort(sim, filled)
    sim.clock[FILLED] = filled
    sim.clock[POSITION] = 0


@kernel_function
def _poisson(sim, sub, u):
    """Return the Poisson number whose cumulative table entry first reaches u."""
    low = 0
    high = sub.table_size - 1
    while low < high:
        middle = (low + high) >> 1
        if sim.poisson[sub.table + middle] < u:
            low = middle + 1
        else:
            high = middle
    return sub.table_first + low


@kernel_function
def _fill(sim, k, block, start, count):
    sub = sim.substream[k]
    stream = sim.stream[sub.stream]
    origin = block << BLOCK_BITS
    for number in range(count):
        first, second = philox(sub.key, number, block, 0, 0)
        candidate = sim.raw[start + number]
        candidate.time = origin + np.int64(((first & _LOW_11) << _SHIFT_9) | (second & _LOW_9))
        candidate.mark = stream.low + to_unit(second) * stream.width
        place = to_unit(first) * sub.people
        slot = min(np.int64(place), sub.people - 1)
        person = sub.offset + slot
        if stream.weighted and place - slot >= sim.alias_share[person]:
            person = sim.alias_other[person]
        candidate.person = person
        candidate.number = number
        candidate.substream = k
    sim.tally[sub.stream, 0] += count


@kernel_function
def _sort(sim, filled):
    """Counting sort into time buckets, then insertion sort inside each: stable, linear on average."""
    buckets = sim.bucket.shape[0] - 1
    bits = 0
    while (1 << bits) < buckets:
        bits += 1
    shift = BLOCK_BITS - bits
    mask = (1 << BLOCK_BITS) - 1
    for b in range(buckets + 1):
        sim.bucket[b] = 0
    for k in range(filled):
        sim.bucket[((sim.raw[k].time & mask) >> shift) + 1] += 1
    for b in range(buckets):
        sim.bucket[b + 1] += sim.bucket[b]
    for k in range(filled):
        b = (sim.raw[k].time & mask) >> shift
        _copy(sim.candidate[sim.bucket[b]], sim.raw[k])
        sim.bucket[b] += 1
    _insertion_sort(sim, filled)


@kernel_function
def _insertion_sort(sim, filled):
    """Finish the order inside the buckets; an element moves only past later times, so ties keep their order."""
    spare = sim.raw[0]
    for k in range(1, filled):
        time = sim.candidate[k].time
        if sim.candidate[k - 1].time <= time:
            continue
        _copy(spare, sim.candidate[k])
        place = k
        while place > 0 and sim.candidate[place - 1].time > time:
            _copy(sim.candidate[place], sim.candidate[place - 1])
            place -= 1
        _copy(sim.candidate[place], spare)


@kernel_function
def _copy(to, source):
    to.time = source.time
    to.mark = source.mark
    to.number = source.number
    to.person = source.person
    to.substream = source.substream
