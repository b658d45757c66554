"""Opening and closing a service, and changing its places."""

from hrsim.engine.accrual import touch
from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import ALIVE, CHANGED, NOW
from hrsim.processes.events import LEFT_WAITING
from hrsim.processes.service_records import CLOCKED_STAY, COVERED_STAY
from hrsim.processes.stays import (
    admit,
    count_service,
    end_free_stay,
    end_stay,
    flow,
    leave_list,
    waits_for,
)
from hrsim.processes.trust import left_waiting, sent_away
from hrsim.processes.working_day import begin_days


@kernel_function
def set_places(sim, a, s, places):
    """Change a service's places; more places go to the head of the list, fewer send nobody away."""
    count_service(sim, a, s)
    sim.service[a, s].places = places
    admit(sim, a, s)


@kernel_function
def set_open(sim, a, s, opened):
    """Open or close a service; one that closes sends its clients and its list away."""
    count_service(sim, a, s)
    v = sim.service[a, s]
    v.open = 1 if opened else 0
    v.token_tick = sim.clock[NOW]
    sim.clock[CHANGED] |= v.aspects
    if opened:
        begin_days(sim, a, s)
        if v.stay == COVERED_STAY and sim.clock[NOW] > 0:
            _look_at_everybody(sim, a)
        return
    for i in range(sim.state.shape[0]):
        if sim.state[i, a].status != ALIVE:
            continue
        if (sim.state[i, a].enrolled >> s) & 1:
            touch(sim, i, a)
            end_enrolment(sim, i, a, s)
            if not v.aftereffect:
                sent_away(sim, i, a, s)
        elif v.stay == CLOCKED_STAY and waits_for(sim, i, a, s):
            touch(sim, i, a)
            flow(sim, a, s, LEFT_WAITING, 1)
            leave_list(sim, i, a, s)
            left_waiting(sim, i, a, s)


@kernel_function
def _look_at_everybody(sim, a):
    """Announce a change of everybody alive: the services with a coverage are looked at again."""
    for i in range(sim.state.shape[0]):
        if sim.state[i, a].status == ALIVE:
            touch(sim, i, a)


@kernel_function
def end_enrolment(sim, i, a, s):
    """End an enrolled person's stay in a service, of whichever kind it is."""
    v = sim.service[a, s]
    if v.stay == CLOCKED_STAY:
        end_stay(sim, i, a, v.slot, False)
    else:
        end_free_stay(sim, i, a, s)
