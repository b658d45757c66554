"""Entry: a person is their entry candidate; an arm that does not accept it leaves the slot unborn."""

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import ALIVE, NOW, UNBORN
from hrsim.processes.events import ENTRY
from hrsim.processes.services import begin_with
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
    if sim.person[i].enters_treated:
        _go_on_in_treatment(sim, i, a)


@kernel_function
def _go_on_in_treatment(sim, i, a):
    """Enrol an entrant who is on HIV treatment in the first service that treats HIV and has a place."""
    for s in range(sim.service.shape[1]):
        if sim.service[a, s].hiv_suppression > 0.0:
            begin_with(sim, i, a, s)
            if (sim.state[i, a].enrolled >> s) & 1:
                return
