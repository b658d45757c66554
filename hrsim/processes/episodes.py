"""Relapse as part of the course: episodes of use, of abstinence and of treatment, counted when they turn."""

from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import NOW, QUARTER
from hrsim.engine.timers import schedule
from hrsim.processes.effects import ENROLLED
from hrsim.processes.events import (
    ABSTINENCE_RELAPSE,
    ABSTINENCE_UNTIL_RELAPSE_TICKS,
    FIRST_ABSTINENCE,
    NEXT_ABSTINENCE,
    OAT_FOLLOWED_6_MONTHS,
    OAT_RETAINED_6_MONTHS,
    UNTIL_FIRST_ABSTINENCE_TICKS,
    UNTIL_NEXT_ABSTINENCE_TICKS,
)
from hrsim.processes.timer_kinds import RETENTION
from hrsim.units import TICKS_PER_QUARTER, TICKS_PER_YEAR

# 6, 12 and 24 months, in the order of the events oat_followed_... and oat_retained_...
MILESTONES = (TICKS_PER_YEAR // 2, TICKS_PER_YEAR, 2 * TICKS_PER_YEAR)


@kernel_function
def turn_to_abstinence(sim, i, a):
    """Count a stop of use and the time that it took: since the relapse, or since the person came into view."""
    turned = sim.state[i, a].turned
    if turned < 0:
        _count_episode(sim, i, a, FIRST_ABSTINENCE, UNTIL_FIRST_ABSTINENCE_TICKS, sim.person[i].entry)
    else:
        _count_episode(sim, i, a, NEXT_ABSTINENCE, UNTIL_NEXT_ABSTINENCE_TICKS, turned)
    sim.state[i, a].turned = sim.clock[NOW]


@kernel_function
def turn_to_use(sim, i, a):
    """Count the abstinence that a relapse ends, if it began in the run."""
    turned = sim.state[i, a].turned
    if turned >= 0:
        _count_episode(sim, i, a, ABSTINENCE_RELAPSE, ABSTINENCE_UNTIL_RELAPSE_TICKS, turned)
    sim.state[i, a].turned = sim.clock[NOW]


@kernel_function
def _count_episode(sim, i, a, event, ticks, since):
    quarter, group = sim.clock[QUARTER], sim.person[i].group
    sim.event[a, quarter, group, event] += 1
    sim.event[a, quarter, group, ticks] += sim.clock[NOW] - since


@kernel_function
def follow_treatment(sim, i, a):
    """Count a start of opioid agonist treatment that the run sees to a milestone, and look at it then."""
    now, horizon = sim.clock[NOW], sim.world[a].horizon
    for n in range(len(MILESTONES)):
        if now + MILESTONES[n] < horizon:
            sim.event[a, sim.clock[QUARTER], sim.person[i].group, OAT_FOLLOWED_6_MONTHS + n] += 1
            schedule(sim, now + MILESTONES[n], RETENTION, i, a, n)


@kernel_function
def milestone(sim, i, a, n):
    """Count a treatment that has lasted to its milestone, in the quarter of its start."""
    stay = sim.stay[i, a, sim.oat_slot[0]]
    if stay.phase == ENROLLED and sim.clock[NOW] - stay.changed == MILESTONES[n]:
        quarter = stay.changed // TICKS_PER_QUARTER
        sim.event[a, quarter, sim.person[i].group, OAT_RETAINED_6_MONTHS + n] += 1
