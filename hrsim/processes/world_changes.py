"""What the world clock may change in an arm, carried out between two events of the kernel."""

import numpy as np

from hrsim.engine.accrual import touch
from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import ALIVE, NOW
from hrsim.processes.custody import begin_custody
from hrsim.processes.effects import ENROLLED
from hrsim.processes.events import LEFT_WAITING
from hrsim.processes.service_records import CLOCKED_STAY
from hrsim.processes.state import CUSTODY, join_pools
from hrsim.processes.stay_clock import resume_clock
from hrsim.processes.stays import admit, count_service, end_free_stay, end_stay, flow, leave_list, waits_for

SET_ENTRY, SET_SUPPLY_INJECTING, SET_SUPPLY_OTHER, SET_OPEN, SET_PLACES, SET_REACH = range(6)
SET_TOKEN_RATE, SET_DEPTH = range(6, 8)


@kernel_function
def adjust(sim, a, what, item, value):
    """Carry out one change; a service that closes sends its clients and its list away."""
    if what == SET_ENTRY:
        sim.world[a].entry_per_year = value
    elif what == SET_SUPPLY_INJECTING:
        sim.world[a].supply_injecting = value
    elif what == SET_SUPPLY_OTHER:
        sim.world[a].supply_other = value
    elif what == SET_OPEN:
        _set_open(sim, a, item, value > 0.0)
    elif what == SET_PLACES:
        count_service(sim, a, item)
        sim.service[a, item].places = np.int64(value)
        admit(sim, a, item)
    elif what == SET_REACH:
        groups = sim.reach_rate.shape[2]
        sim.reach_rate[a, item // groups, item % groups] = value
    elif what == SET_TOKEN_RATE:
        _refill(sim, a, item)
        sim.service[a, item].token_rate = value
    elif what == SET_DEPTH:
        sim.service[a, item].token_depth = value


@kernel_function
def _refill(sim, a, s):
    v = sim.service[a, s]
    v.tokens = min(v.token_depth, v.tokens + (sim.clock[NOW] - v.token_tick) * v.token_rate)
    v.token_tick = sim.clock[NOW]


@kernel_function
def _set_open(sim, a, s, opened):
    count_service(sim, a, s)
    v = sim.service[a, s]
    v.open = 1 if opened else 0
    v.token_tick = sim.clock[NOW]
    if opened:
        return
    for i in range(sim.state.shape[0]):
        if sim.state[i, a].status != ALIVE:
            continue
        if (sim.state[i, a].enrolled >> s) & 1:
            touch(sim, i, a)
            if v.stay == CLOCKED_STAY:
                end_stay(sim, i, a, v.slot, False)
            else:
                end_free_stay(sim, i, a, s)
        elif v.stay == CLOCKED_STAY and waits_for(sim, i, a, s):
            touch(sim, i, a)
            flow(sim, a, s, LEFT_WAITING, 1)
            leave_list(sim, i, a, s)


@kernel_function
def start(sim, i, a):
    """Set the clocks and counters of a person who is there at the start."""
    for slot in range(sim.slot_word.shape[0]):
        stay = sim.stay[i, a, slot]
        if stay.phase == ENROLLED:
            resume_clock(sim, i, a, slot, stay.target)  # what is left of the budget, as set at the start
    if sim.state[i, a].custody == CUSTODY:
        begin_custody(sim, i, a)
    join_pools(sim, i, a)
