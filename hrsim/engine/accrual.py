"""Person-time in integer ticks, counted when a state changes and at quarter ends, never at clock events."""

from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import (
    ALIVE,
    CARRIED,
    DEAD,
    DIRTY,
    DIRTY_FULL,
    INFECTION,
    MOVED_AWAY,
    NOW,
    PERSON,
    QUARTER,
    STATUS,
)


@kernel_function
def accrue(sim, i, a):
    """Count the time since the last change of person i in arm a to the cell that the person was in.

    The `since` of people who died or moved away stays at that tick.
    """
    now = sim.clock[NOW]
    s = sim.state[i, a]
    if s.status == DEAD or s.status == MOVED_AWAY:
        return
    if s.status == ALIVE:
        sim.ticks[a, sim.clock[QUARTER], sim.person[i].group, s.cell] += now - s.since
    s.since = now


@kernel_function
def touch(sim, i, a):
    """Announce that the event under way changes person i in arm a: call before the change.

    The kernel renews the person's valuation cell and upper bands once the event is over.
    """
    touch_aspect(sim, i, a, PERSON | INFECTION)


@kernel_function
def touch_aspect(sim, i, a, aspects):
    """Announce a change of some aspects only: streams that read none of them are not looked at again."""
    if aspects != CARRIED:  # what people carry is in no valuation cell
        accrue(sim, i, a)
    count = sim.clock[DIRTY]
    if count > 0 and sim.dirty[count - 1, 0] == i and sim.dirty[count - 1, 1] == a:
        sim.dirty[count - 1, 2] |= aspects
        return
    if count == sim.dirty.shape[0]:
        sim.clock[STATUS] = DIRTY_FULL
        return
    sim.dirty[count, 0] = i
    sim.dirty[count, 1] = a
    sim.dirty[count, 2] = aspects
    sim.clock[DIRTY] = count + 1


@kernel_function
def count_event(sim, i, a, event):
    """Count one event of person i in arm a in the current quarter."""
    sim.event[a, sim.clock[QUARTER], sim.person[i].group, event] += 1
