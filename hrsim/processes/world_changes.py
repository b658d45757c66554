"""What the world clock may change in an arm, carried out between two events of the kernel."""

import numpy as np

from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import CHANGED, NOW, STUDY_YEAR, SUPPLY
from hrsim.processes.coverage import set_coverage
from hrsim.processes.custody import begin_custody
from hrsim.processes.effects import ENROLLED, note_windows
from hrsim.processes.events import VACANCY_TICKS
from hrsim.processes.fiscal_years import open_fiscal_year, plan_open, plan_places, plan_visits, review_budget
from hrsim.processes.state import CUSTODY, join_pools
from hrsim.processes.status import set_phase
from hrsim.processes.stay_clock import resume_clock
from hrsim.processes.stays import count_service, flow

SET_ENTRY, SET_SUPPLY_INJECTING, SET_SUPPLY_OTHER, SET_OPEN, SET_PLACES, SET_REACH = range(6)
SET_TOKEN_RATE, SET_DEPTH, OPEN_FISCAL_YEAR, REVIEW_BUDGET, SET_VISIT_CAPACITY, ADD_VACANCY = range(6, 12)
SET_COVERAGE, SET_EFFECT, SET_OWN_RATE = range(12, 15)


@kernel_function
def adjust(sim, a, what, item, value):
    """Carry out one change; a service that closes sends its clients and its list away."""
    if what == SET_ENTRY:
        sim.world[a].entry_per_year = value
    elif what == SET_SUPPLY_INJECTING:
        sim.world[a].supply_injecting = value
        sim.clock[CHANGED] |= SUPPLY
    elif what == SET_SUPPLY_OTHER:
        sim.world[a].supply_other = value
        sim.clock[CHANGED] |= SUPPLY
    elif what == SET_OPEN:
        plan_open(sim, a, item, value > 0.0)
    elif what == SET_PLACES:
        plan_places(sim, a, item, np.int64(value))
    elif what == SET_REACH:
        groups = sim.reach_rate.shape[2]
        count_service(sim, a, item // groups)
        sim.reach_rate[a, item // groups, item % groups] = value
        sim.clock[CHANGED] |= sim.service[a, item // groups].aspects
    elif what == SET_TOKEN_RATE:
        _refill(sim, a, item)
        count_service(sim, a, item)
        sim.service[a, item].token_rate = value
    elif what == SET_DEPTH:
        sim.service[a, item].token_depth = value
    else:
        _adjust_rarer(sim, a, what, item, value)


@kernel_function
def _adjust_rarer(sim, a, what, item, value):
    if what == OPEN_FISCAL_YEAR:
        open_fiscal_year(sim, a, item, np.int64(value))
    elif what == REVIEW_BUDGET:
        review_budget(sim, a, item)
    elif what == SET_VISIT_CAPACITY:
        plan_visits(sim, a, item, value)
    elif what == ADD_VACANCY:
        flow(sim, a, item, VACANCY_TICKS, np.int64(value))
    elif what == SET_COVERAGE:
        set_coverage(sim, a, item, value)
    elif what == SET_EFFECT:
        sim.effect_value[a, item] = value
        sim.clock[CHANGED] |= sim.service[a, sim.effect[item].service].aspects
    elif what == SET_OWN_RATE:
        sim.own_rate[a, item] = value
        sim.clock[CHANGED] |= STUDY_YEAR


@kernel_function
def _refill(sim, a, s):
    v = sim.service[a, s]
    v.tokens = min(v.token_depth, v.tokens + (sim.clock[NOW] - v.token_tick) * v.token_rate)
    v.token_tick = sim.clock[NOW]


@kernel_function
def start(sim, i, a):
    """Set the clocks and counters of a person who is there at the start."""
    for slot in range(sim.pool_key.shape[0]):
        stay = sim.stay[i, a, slot]
        note_windows(sim, i, a, slot)
        set_phase(sim, i, a, slot, stay.phase)
        if stay.phase == ENROLLED:
            resume_clock(sim, i, a, slot, stay.target)  # what is left of the budget, as set at the start
    if sim.state[i, a].custody == CUSTODY:
        begin_custody(sim, i, a)
    join_pools(sim, i, a)
