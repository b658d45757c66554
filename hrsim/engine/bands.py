"""Upper mark bands, opened person by person.

Below a stream's ceiling everybody's candidates come from one pooled band. Above it, band b covers the marks from
ceiling x 2**(b-1) to ceiling x 2**b, and its points belong to one person: a keyed Poisson process on a fixed calendar
grid. They are looked at only while some arm's hazard for that person reaches above the ceiling. Opening a band
reveals points that were always there; arms below it reject them.
"""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.maths import logarithm
from hrsim.engine.random import philox, purpose, to_unit
from hrsim.engine.simulation import CULPRIT, NEVER, PERSONAL_BITS, STATUS, UNBOUNDED_HAZARD
from hrsim.engine.timers import BAND, schedule
from hrsim.units import TICKS_PER_YEAR

_PERSONAL = purpose("points of a person's upper bands")
TOP_BAND = 16  # 65,536 times the ceiling; a hazard above it stops the run
LOOK_AHEAD = 4  # personal blocks searched for the next point before a timer is set to look again: speed only
_BAND_SHIFT = 20
_DOUBT = 1e-9  # far above any rounding: what lies closer is left to the logarithm


@kernel_function
def needed_band(hazard, ceiling):
    """Return how many bands above the ceiling a hazard reaches into (0: none; not-a-number is beyond all)."""
    band = 0
    while not hazard <= ceiling:
        ceiling *= 2.0
        band += 1
        if band > TOP_BAND:
            break
    return band


@kernel_function
def require_open(sim, stream, i, height):
    """Stop the run when a hazard reaches above the bands that are open for a person: nothing is clipped."""
    watch = sim.stream[stream].watch
    if watch < 0 or needed_band(height, sim.stream[stream].ceiling) > sim.band_open[i, watch]:
        sim.clock[STATUS] = UNBOUNDED_HAZARD
        sim.clock[CULPRIT] = stream


@kernel_function
def personal_key(sim, stream, i):
    """Return the key of a stream's personal points in the person's cohort."""
    cohorts = sim.substream.shape[0] // sim.stream.shape[0]
    return sim.substream[stream * cohorts + sim.person[i].cohort].key ^ _PERSONAL


@kernel_function
def point_words(key, number, block, band, index):
    """Return the two words of a personal point: the gap before it and its mark."""
    return philox(key, number, block, 0, (band << _BAND_SHIFT) + index)


@kernel_function
def gap_is_longer(luck, rest):
    """Return whether -log(luck) is surely more than `rest`: exp(-x) is at least 1 - x. Saves most logarithms."""
    return luck < 1.0 - rest - _DOUBT


@kernel_function
def band_point(sim, stream, i, band, block, after):
    """Return (tick, index) of the band's first point later than `after` in a personal block, or (NEVER, 0)."""
    width = sim.stream[stream].ceiling * np.float64(1 << (band - 1))
    if sim.stream[stream].weighted:
        width *= sim.person[i].weight
    ticks_per_point = TICKS_PER_YEAR / width
    key = personal_key(sim, stream, i)
    reached = 0.0
    index = 0
    while True:
        word, _ = point_words(key, sim.person[i].number, block, band, index)
        luck = to_unit(word)
        if gap_is_longer(luck, (np.float64(1 << PERSONAL_BITS) - reached) / ticks_per_point):
            return NEVER, 0
        reached -= logarithm(luck) * ticks_per_point
        if reached >= np.float64(1 << PERSONAL_BITS):
            return NEVER, 0
        time = (block << PERSONAL_BITS) + np.int64(reached)
        if time > after:
            return time, index
        index += 1


@kernel_function
def open_bands(sim, watch, i, top, after):
    """Set a person's open bands in a stream and arm the timer for the next point later than `after`."""
    if top > TOP_BAND:  # left closed, so that the person's next candidate stops the run
        return
    if top == sim.band_open[i, watch] and sim.band_next[i, watch] > after:
        return
    stream = sim.watched[watch]
    sim.band_open[i, watch] = top
    if top == 0:
        sim.band_next[i, watch] = NEVER
        return
    block = (after + 1) >> PERSONAL_BITS
    last = block + LOOK_AHEAD
    following = NEVER
    while following == NEVER and block < last:
        for band in range(1, top + 1):
            time, _ = band_point(sim, stream, i, band, block, after)
            following = min(following, time)
        block += 1
    if following == NEVER:
        following = last << PERSONAL_BITS  # look again then
    if following != sim.band_next[i, watch]:
        sim.band_next[i, watch] = following
        schedule(sim, following, BAND, i, 0, watch)


@kernel_function
def personal_mark(sim, stream, i, band, block, index):
    """Return the mark of a personal point, uniform over its band."""
    _, word = point_words(personal_key(sim, stream, i), sim.person[i].number, block, band, index)
    return sim.stream[stream].ceiling * np.float64(1 << (band - 1)) * (1.0 + to_unit(word))


@kernel_function
def personal_luck(sim, stream, i, band, block, index):
    """Return the place from which the outcome draws of a personal point are keyed."""
    place = (band << _BAND_SHIFT) + index
    return personal_key(sim, stream, i), np.uint64(sim.person[i].number), np.uint64(block), np.uint64(place)
