"""Events that a study declares: a rate for those whom it may befall, what services do to it, and who dies of it.

Arrays: `own_event` (E,) records; `own_rate` (A, E) per person-year; `own_death` (A, E) chance of dying of one.
"""

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.model import Process
from hrsim.engine.random import questions, uniform
from hrsim.processes.death import die
from hrsim.processes.effects import multiplier, own_event_target
from hrsim.processes.services import meets

(_DEATH,) = questions(1)


@kernel_function
def own_hazard(sim, k, i, a):
    """Return how often a declared event befalls a person."""
    rate = sim.own_rate[a, k]
    if rate <= 0.0 or not meets(sim, i, a, sim.own_event[k], sim.state[i, a].word):
        return 0.0
    return rate * multiplier(sim, i, a, own_event_target(sim, k))


@kernel_function
def own_apply(sim, k, i, a, luck):
    """Count a declared event and decide whether the person dies of it."""
    count_event(sim, i, a, sim.own_event[k].counted)
    if sim.own_event[k].death >= 0 and uniform(luck, _DEATH) < sim.own_death[a, k]:
        die(sim, i, a, sim.own_event[k].death)


PROCESSES = (Process("own_event", own_hazard, own_apply),)
