"""Death, whatever its cause; in a study whose people are replaced, somebody alike takes the place at once."""

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
    leave_pools(sim, i, a)
    end_all_stays(sim, i, a, False)
    count_wellbeing(sim, i, a)
    sim.state[i, a].kits = 0
    sim.state[i, a].status = DEAD
