"""Flows of services by group of people; nothing is counted where all people are one group."""

from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import NOW, QUARTER
from hrsim.processes.events import OF_CLIENT_TICKS, OF_WAITING_TICKS

CLIENTS, WAITERS = range(2)


@kernel_function
def group_flow(sim, i, a, s, what, amount):
    """Add to a service's flow of a person's group in the current quarter."""
    if sim.group_flow.shape[4] > 0:
        sim.group_flow[a, sim.clock[QUARTER], s, sim.person[i].group, what] += amount


@kernel_function
def group_present(sim, i, a, s, what, change):
    """Count a person in (1) or out (-1) of a group's clients or of those who wait.

    Time is counted as the sum of the ticks of going out less those of coming in, so that nobody is visited in between.
    """
    if sim.group_flow.shape[4] == 0:
        return
    group = sim.person[i].group
    sim.present[a, s, group, what] += change
    ticks = OF_CLIENT_TICKS if what == CLIENTS else OF_WAITING_TICKS
    sim.group_flow[a, sim.clock[QUARTER], s, group, ticks] -= change * sim.clock[NOW]


@kernel_function
def close_groups(sim):
    """Count the time of those present up to a quarter's end, and begin the next quarter with them."""
    if sim.group_flow.shape[4] == 0:
        return
    quarter = sim.clock[QUARTER]
    for a in range(sim.present.shape[0]):
        for s in range(sim.present.shape[1]):
            for group in range(sim.present.shape[2]):
                for what in range(2):
                    ticks = OF_CLIENT_TICKS if what == CLIENTS else OF_WAITING_TICKS
                    time = sim.present[a, s, group, what] * sim.clock[NOW]
                    sim.group_flow[a, quarter, s, group, ticks] += time
                    if quarter + 1 < sim.group_flow.shape[1]:
                        sim.group_flow[a, quarter + 1, s, group, ticks] -= time
