"""The working day of a clinic or mobile unit: which contacts of the cohort it lets through."""

from hrsim.engine.compiler import kernel_function
from hrsim.engine.maths import exponential
from hrsim.engine.simulation import NOW
from hrsim.processes.sites import share_on_curve
from hrsim.units import TICKS_PER_WEEK, TICKS_PER_YEAR

MEMORY = 4.0 * TICKS_PER_WEEK  # ticks over which wishes are averaged, their weight falling exponentially


@kernel_function
def lets_through(sim, a, s, u):
    """Note a wish for a contact and return whether the day has room for it, asked with a uniform.

    The chance is the share met on the site's curve at the demand of the moment: the wishes before this one, by
    everybody and for whatever reason, averaged since the service last opened.
    """
    v = sim.service[a, s]
    if v.day == 0:
        return True
    kept = exponential((v.wished - sim.clock[NOW]) / MEMORY)
    v.wished = sim.clock[NOW]
    v.observed = 1.0 - (1.0 - v.observed) * kept
    v.wishes *= kept
    wishes = v.wishes
    v.wishes += 1.0
    if v.visit_capacity <= 0.0:
        return False
    load = 0.0
    if v.observed > 0.0:
        load = wishes / v.observed * (TICKS_PER_YEAR / MEMORY) / v.visit_capacity
    return u < share_on_curve(sim, v.day, load)


@kernel_function
def begin_days(sim, a, s):
    """Forget the demand of before, when a service opens."""
    v = sim.service[a, s]
    v.wishes = 0.0
    v.observed = 0.0
    v.wished = sim.clock[NOW]
