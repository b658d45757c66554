"""When a stay ends: Weibull hazards read off luck that other arms share.

The first weeks of a stay have a budget: a unit exponential keyed by (person, pool, tick of asking for the place), used
up by the cumulative hazard, so that a start that waits longer keeps its early luck. After them the stay ends at the
first point of the person's own Poisson measure on calendar time x mark whose mark lies below the hazard, so that stays
which began at different times in different arms end together. Both are exact for any hazard; what is fixed is only
which luck is read. `docs/decisions/stay-clocks.md` says why.
"""

import numpy as np

from hrsim.engine.bands import gap_is_longer
from hrsim.engine.compiler import kernel_function
from hrsim.engine.maths import logarithm, power
from hrsim.engine.random import philox, purpose, to_unit
from hrsim.engine.simulation import NEVER, NOW, SLICE_BITS
from hrsim.engine.timers import schedule
from hrsim.processes.effects import ENROLLED, enrolled_multiplier, leave_target
from hrsim.processes.timer_kinds import PATIENCE_END, STAY_END
from hrsim.processes.wellbeing import on_leaving
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR

FIRST_WEEKS = (
    28 * TICKS_PER_DAY
)  # where a budget gives way to the calendar: coupling and speed, never the law
LOWEST_BAND = 0.25  # per year: marks below it form band 0, each further band doubles
CALENDAR_BITS = 25  # a calendar block spans 2**25 ticks (388 days)
_BUDGET = purpose("budget of a stay's first weeks")
_CALENDAR = purpose("points at which stays end")
_PATIENCE = purpose("patience on a list")
_ABOVE = 1.0 + 1e-9  # far above any rounding: marks higher than that need no hazard of their own
_BAND_SHIFT = 20


@kernel_function
def personal_uniforms(sim, i, word, moment, index):
    """Return two uniforms of a person at a moment, or of a number: the same in every arm.

    `word` is that of the purpose, changed with the key of a pool or service where it has one.
    """
    key = sim.cohort_key[sim.person[i].cohort] ^ word
    first, second = philox(key, sim.person[i].number, moment, moment >> 32, index)
    return to_unit(first), to_unit(second)


@kernel_function
def start_clock(sim, i, a, slot, asked):
    """Set the end of a stay that begins now; `asked` is the tick at which its place was asked for."""
    luck, _ = personal_uniforms(sim, i, _BUDGET ^ sim.pool_key[slot], asked, 0)
    resume_clock(sim, i, a, slot, -logarithm(luck))


@kernel_function
def resume_clock(sim, i, a, slot, budget):
    """Set the end of a stay under way, with what is left of its budget if it is in its first weeks."""
    stay = sim.stay[i, a, slot]
    v = sim.service[a, stay.service]
    if v.fixed > 0:
        _end_at(sim, i, a, slot, stay.changed + v.fixed)
        return
    stay.target = _used(sim, stay, v) + budget / _ratio(sim, i, a, stay.service)
    _set_end(sim, i, a, slot)


@kernel_function
def renew_clock(sim, i, a, slot, before, after):
    """Set the end anew when the multiplier of the hazard changes: what is left of the budget lasts so much longer."""
    stay = sim.stay[i, a, slot]
    v = sim.service[a, stay.service]
    if before == after or v.fixed > 0:
        return
    used = _used(sim, stay, v)
    stay.target = used + (stay.target - used) * before / after
    _set_end(sim, i, a, slot)


@kernel_function
def renew_all_clocks(sim, i, a, before, after):
    """Set the ends of all of a person's stays anew, when a factor on leaving any service changes."""
    for slot in range(sim.pool_key.shape[0]):
        if sim.stay[i, a, slot].phase == ENROLLED:
            renew_clock(sim, i, a, slot, before, after)


@kernel_function
def _ratio(sim, i, a, s):
    effects = enrolled_multiplier(sim, i, a, leave_target(s))
    return sim.service[a, s].hazard_ratio * effects * on_leaving(sim, i, a)


@kernel_function
def _used(sim, stay, v):
    """Return the cumulative hazard up to now at ratio 1."""
    return power((sim.clock[NOW] - stay.changed) / v.scale, v.weibull_shape)


@kernel_function
def _early(v):
    """Return the cumulative hazard of a stay's first weeks at ratio 1; it is worked out once."""
    if v.early <= 0.0:
        v.early = power(FIRST_WEEKS / v.scale, v.weibull_shape)
    return v.early


@kernel_function
def _set_end(sim, i, a, slot):
    """Find the end of a random stay: in its first weeks from the budget, later on the calendar."""
    stay = sim.stay[i, a, slot]
    v = sim.service[a, stay.service]
    if sim.clock[NOW] < stay.changed + FIRST_WEEKS and stay.target < _early(v):
        length = np.int64(v.scale * power(stay.target, 1.0 / v.weibull_shape))
        _end_at(sim, i, a, slot, stay.changed + min(length, FIRST_WEEKS - 1))
    else:
        _end_at(sim, i, a, slot, _calendar_end(sim, i, a, slot))


@kernel_function
def _end_at(sim, i, a, slot, tick):
    """Note and schedule a stay's end, a tick from now at the earliest."""
    if tick < NEVER:
        tick = max(tick, sim.clock[NOW] + 1)
        schedule(sim, tick, STAY_END, i, a, slot)
    sim.stay[i, a, slot].end = tick


@kernel_function
def _hazard(v, ratio, age):
    """Return the hazard of leaving, per year, at an age of the stay in ticks (at least one tick)."""
    t = max(age, 1) / v.scale
    return ratio * v.weibull_shape * power(t, v.weibull_shape - 1.0) * (TICKS_PER_YEAR / v.scale)


@kernel_function
def _calendar_end(sim, i, a, slot):
    """Return the first accepted point of the person's calendar measure after the first weeks, or NEVER."""
    stay = sim.stay[i, a, slot]
    v = sim.service[a, stay.service]
    ratio = _ratio(sim, i, a, stay.service)
    begin = max(sim.clock[NOW], stay.changed + FIRST_WEEKS)
    height = _hazard(v, ratio, begin - stay.changed)
    last = sim.wheel.shape[0] << SLICE_BITS  # no run is longer
    while begin < last:
        block = begin >> CALENDAR_BITS
        end = (block + 1) << CALENDAR_BITS
        # The hazard is monotone, so its largest value in the block lies at one of the ends.
        later = _hazard(v, ratio, end - stay.changed)
        top = max(height, later)
        found = NEVER
        band = 0
        low = 0.0
        width = LOWEST_BAND
        while low < top:
            found = min(found, _band_end(sim, i, a, slot, ratio, block, begin, band, low, width, top))
            band += 1
            low += width
            width = low
        if found < NEVER:
            return found
        begin = end
        height = later
    return NEVER


@kernel_function
def _band_end(sim, i, a, slot, ratio, block, begin, band, low, width, top):
    """Return the first accepted point of one band in a calendar block from tick `begin` on, or NEVER.

    `top` is the largest hazard in the block.
    """
    stay = sim.stay[i, a, slot]
    v = sim.service[a, stay.service]
    index = band << _BAND_SHIFT
    reached = 0.0
    while True:
        gap, height = personal_uniforms(sim, i, _CALENDAR ^ sim.pool_key[slot], block, index)
        ticks_per_point = TICKS_PER_YEAR / width
        if gap_is_longer(gap, (np.float64(1 << CALENDAR_BITS) - reached) / ticks_per_point):
            return NEVER
        reached -= logarithm(gap) * ticks_per_point
        if reached >= np.float64(1 << CALENDAR_BITS):
            return NEVER
        tick = (block << CALENDAR_BITS) + np.int64(reached)
        mark = low + height * width
        if tick >= begin and mark < top * _ABOVE and mark < _hazard(v, ratio, tick - stay.changed):
            return tick
        index += 1


@kernel_function
def patience_end(sim, i, a, slot):
    """Return the tick at which a waiting person gives up: exponential, keyed by person, pool and tick of joining."""
    stay = sim.stay[i, a, slot]
    luck, _ = personal_uniforms(sim, i, _PATIENCE ^ sim.pool_key[slot], stay.changed, 0)
    years = -logarithm(luck) / sim.service[a, stay.wanted].patience_rate
    return stay.changed + max(np.int64(years * TICKS_PER_YEAR), 1)


@kernel_function
def start_patience(sim, i, a, slot):
    """Set the timer of a person who has just joined a list, if patience has an end."""
    if sim.service[a, sim.stay[i, a, slot].wanted].patience_rate > 0.0:
        schedule(sim, patience_end(sim, i, a, slot), PATIENCE_END, i, a, slot)
