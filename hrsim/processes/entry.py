"""Entry: a person is their entry candidate; an arm that does not accept it leaves the slot unborn."""

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import ALIVE, NOW, UNBORN
from hrsim.processes.events import ENTRY
from hrsim.processes.state import join_pools


@kernel_function
def enter(sim, i, a):
    """Let the person in slot i enter arm a if the candidate's mark lies below the arm's entry rate."""
    s = sim.state[i, a]
    if s.status != UNBORN or sim.person[i].entry_mark >= sim.world[a].entry_per_year:
        return
    s.status = ALIVE
    sim.wellbeing[i, a].told = sim.clock[NOW]
    join_pools(sim, i, a)
    count_event(sim, i, a, ENTRY)
