"""Toy processes of one person: competing risks, ageing, windows, stays, climbing hazards, clocks."""

import numpy as np

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.contacts import contact
from hrsim.engine.maths import exponential, logarithm
from hrsim.engine.random import uniform
from hrsim.engine.simulation import ALIVE, DEAD, NOW, QUARTER
from hrsim.engine.timers import FIRST_MODEL_KIND, schedule
from hrsim.units import TICKS_PER_WEEK, TICKS_PER_YEAR

OVERDOSE, OVERDOSE_DEATH, OTHER_DEATH, INFECTION, EXTINCTION = range(5)
DISCHARGE, ACT, CHAIN = range(FIRST_MODEL_KIND, FIRST_MODEL_KIND + 3)
GOMPERTZ_LEVEL, GOMPERTZ_SLOPE = 2.7e-5, 0.098
WINDOW_WEEKS, WINDOW_FACTOR = 4, 3.0
TOP_STAGE = 4


@kernel_function
def constant_overdose(sim, argument, i, a):
    return sim.parameter[a].overdose


@kernel_function
def overdose(sim, argument, i, a, luck):
    count_event(sim, i, a, OVERDOSE)
    sim.state[i, a].count += 1
    if uniform(luck, 1) < sim.parameter[a].fatality:
        count_event(sim, i, a, OVERDOSE_DEATH)
        sim.state[i, a].status = DEAD


@kernel_function
def constant_other(sim, argument, i, a):
    return sim.parameter[a].other


@kernel_function
def die(sim, argument, i, a, luck):
    count_event(sim, i, a, OTHER_DEATH)
    sim.state[i, a].status = DEAD


@kernel_function
def ageing(sim, argument, i, a):
    """Gompertz mortality at the age of this very tick: it rises without notice."""
    age = sim.parameter[a].age + sim.clock[NOW] / TICKS_PER_YEAR
    return (
        sim.parameter[a].ratio * GOMPERTZ_LEVEL * exponential(GOMPERTZ_SLOPE * age) + sim.parameter[a].extra
    )


@kernel_function
def graded(sim, argument, i, a):
    """Mortality by quarter from a table: it rises at clock events only."""
    return sim.parameter[a].ratio * sim.table[0, sim.clock[QUARTER]] + sim.parameter[a].extra


@kernel_function
def window(sim, argument, i, a):
    early = sim.clock[NOW] < WINDOW_WEEKS * TICKS_PER_WEEK
    return sim.parameter[a].other * (WINDOW_FACTOR if early else 1.0)


# A hazard that climbs by a factor at every second event, on average, and falls back at the others.
@kernel_function
def climbing(sim, argument, i, a):
    height = sim.parameter[a].climb
    for _ in range(sim.state[i, a].stage):
        height *= sim.parameter[a].factor
    return height


@kernel_function
def climb(sim, argument, i, a, luck):
    count_event(sim, i, a, OVERDOSE)
    sim.state[i, a].count += 1
    if uniform(luck, 1) < 0.5:
        sim.state[i, a].stage = min(sim.state[i, a].stage + 1, TOP_STAGE)
    else:
        sim.state[i, a].stage = 0


# A caseload: every person is a facility with endless places.
@kernel_function
def admission(sim, argument, i, a):
    return sim.parameter[a].admission


@kernel_function
def admit(sim, argument, i, a, luck):
    stay = sim.parameter[a].stay * TICKS_PER_YEAR
    if sim.parameter[a].fixed_stay == 0.0:
        stay *= -logarithm(uniform(luck, 1))
    sim.state[i, a].count += 1
    schedule(sim, sim.clock[NOW] + np.int64(stay), DISCHARGE, i, a, 0)


@kernel_function
def discharge(sim, i, a, payload):
    sim.state[i, a].count -= 1


@kernel_function
def act(sim, i, a, payload):
    """Share once, at a keyed moment; the payload is the number of acts still to come."""
    person = sim.person[i]
    luck = (sim.cohort_key[person.cohort], np.uint64(person.number), np.uint64(payload), np.uint64(0))
    partner = contact(sim, a, luck, 0)
    infectious = sim.state[partner, a].stage == 1
    if infectious and sim.state[i, a].stage == 0 and uniform(luck, 1) < sim.parameter[a].per_act:
        count_event(sim, i, a, INFECTION)
        sim.state[i, a].stage = 2
    if payload > 0:
        schedule(sim, sim.clock[NOW] + TICKS_PER_WEEK, ACT, i, a, payload - 1)


@kernel_function
def chain_delay(i, payload):
    """Ticks from one link of a chain of timers to the next: from nothing to years."""
    step = (np.int64(i) * 7919 + np.int64(payload) * 104729) % 11
    return (step * step * step) << (2 * step)


@kernel_function
def chain(sim, i, a, payload):
    """Write a timer down and wind the next."""
    row = sim.log[sim.logged[0] % sim.log.shape[0]]
    row[0] = sim.clock[NOW]
    row[1] = i
    row[2] = a
    row[3] = payload
    sim.logged[0] += 1
    for link in range(min(payload, 2)):
        schedule(sim, sim.clock[NOW] + chain_delay(i + link, payload), CHAIN, i, a, payload - 1 - link)


@kernel_function
def start(sim, i, a):
    """Wind the timers that a person at the start has: keyed acts and a chain."""
    if sim.parameter[a].acts > 0.0:
        schedule(sim, np.int64(i % TICKS_PER_WEEK), ACT, i, a, np.int64(sim.parameter[a].acts) - 1)
    if sim.parameter[a].chain > 0.0:
        schedule(sim, chain_delay(i, a), CHAIN, i, a, np.int64(sim.parameter[a].chain))


@kernel_function
def enter(sim, i, a):
    person = sim.person[i]
    luck = (sim.cohort_key[person.cohort], np.uint64(person.number), np.uint64(0), np.uint64(0))
    if uniform(luck, 2) < sim.parameter[a].entry:
        sim.state[i, a].status = ALIVE
        sim.state[i, a].stage = 0
