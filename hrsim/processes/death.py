"""Death, whatever its cause, and moving away; where people are replaced, somebody alike takes a dead person's place."""

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import DEAD
from hrsim.processes.state import leave_pools
from hrsim.processes.stays import end_all_stays
from hrsim.processes.wellbeing import count_wellbeing


@kernel_function
def die(sim, i, a, cause):
    """Count a death by its event, free the places that the person held and stop their time."""
    count_event(sim, i, a, cause)
    if sim.world[a].replaced:
        return
    depart(sim, i, a, DEAD)


@kernel_function
def depart(sim, i, a, status):
    """Free the places that the person held and stop their time; `status` says whether they died or moved away."""
    leave_pools(sim, i, a)
    end_all_stays(sim, i, a, False)
    count_wellbeing(sim, i, a)
    sim.state[i, a].kits = 0
    sim.state[i, a].status = status
