"""Changes of a person's infections that more than one subject makes."""

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.processes.state import DIAGNOSED_HCV


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
