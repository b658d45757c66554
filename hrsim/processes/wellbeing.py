"""What distress does to other hazards, and the time that people live in it and with low trust.

Array: `wellbeing` (n, A), what few events read, apart from the state rows that every event reads.
"""

from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import NOW, QUARTER, record
from hrsim.processes.events import DISTRESS_TICKS, LOW_TRUST_TICKS
from hrsim.processes.state import DISTRESSED, LOW_TRUST

WELLBEING = record([("told", "i8")])  # tick up to which time in distress and with low trust is counted


@kernel_function
def on_overdose(sim, i, a):
    """Return the factor on the overdose hazard; the base rate holds its average."""
    return sim.parameter[a].distress_overdose if sim.state[i, a].distress else 1.0


@kernel_function
def on_stop_use(sim, i, a):
    """Return the factor on stopping use; the base rate holds its average."""
    return sim.parameter[a].distress_stop_use if sim.state[i, a].distress else 1.0


@kernel_function
def on_relapse(sim, i, a):
    """Return the factor on relapse; the base rate holds its average."""
    return sim.parameter[a].distress_relapse if sim.state[i, a].distress else 1.0


@kernel_function
def on_leaving(sim, i, a):
    """Return the factor on the hazard of leaving any service, 1 on average over the baseline mix."""
    return leaving_factor(sim, a, sim.state[i, a].distress)


@kernel_function
def leaving_factor(sim, a, distress):
    """Return the factor on leaving at a level of distress."""
    p = sim.parameter[a]
    return p.distress_leave if distress == DISTRESSED else p.calm_leave


@kernel_function
def count_wellbeing(sim, i, a):
    """Count the time lived in distress and with low trust: before either changes, at death, at quarter ends."""
    w = sim.wellbeing[i, a]
    time = sim.clock[NOW] - w.told
    if sim.state[i, a].distress == DISTRESSED:
        sim.event[a, sim.clock[QUARTER], sim.person[i].group, DISTRESS_TICKS] += time
    if sim.state[i, a].trust == LOW_TRUST:
        sim.event[a, sim.clock[QUARTER], sim.person[i].group, LOW_TRUST_TICKS] += time
    w.told = sim.clock[NOW]
