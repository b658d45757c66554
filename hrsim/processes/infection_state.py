"""Changes of a person's infections that more than one subject makes."""

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.random import purpose
from hrsim.engine.simulation import NOW
from hrsim.processes.state import DIAGNOSED_HCV, HIV_NONE
from hrsim.processes.stay_clock import personal_uniforms

_SUPPRESSION = purpose("suppression of HIV while enrolled")


@kernel_function
def cure_hcv(sim, i, a, event):
    """End hepatitis C viraemia by cure or clearance; the stage stays, the person can be infected again."""
    s = sim.state[i, a]
    if not s.viraemic:
        return
    s.viraemic = 0
    s.diagnosed &= ~DIAGNOSED_HCV
    s.hcv_end = 0
    count_event(sim, i, a, event)


@kernel_function
def change_suppression(sim, i, a, s, enrolled):
    """Let HIV treatment suppress the virus or not as it begins.

    It lasts as long as some service with HIV treatment holds the person.
    """
    state = sim.state[i, a]
    if enrolled:
        answer, _ = personal_uniforms(sim, i, _SUPPRESSION ^ sim.service_key[s], sim.clock[NOW], 0)
        if state.hiv != HIV_NONE and answer < sim.service[a, s].hiv_suppression:
            state.suppressed = 1
        return
    for other in range(sim.service.shape[1]):
        if sim.service[a, other].hiv_suppression > 0.0 and (state.enrolled >> other) & 1:
            return
    state.suppressed = 0
