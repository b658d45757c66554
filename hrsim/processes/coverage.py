"""Services that hold a stated share of the people they may take, at every moment and without coming and going.

Each person has a number between 0 and 1 for each such service; the service holds those whose number lies below its
coverage times the access of their group. So more coverage holds the same people and more, in every arm. Arrays:
`covered` (A, K) an arm's service numbers, each after those that its conditions name, then -1; `cover_column` (S,) and
`cover_mark` (n, K) people's numbers, a column for each service with a coverage in some arm.
"""

from hrsim.engine.accrual import touch, touch_aspect
from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import ALIVE, NOW
from hrsim.processes.services import meets
from hrsim.processes.status import status_word
from hrsim.processes.stays import count_service, end_free_stay, start_free_stay


@kernel_function
def renew(sim, i, a):
    """Keep what follows from a person's state: first the services that hold them, then the status word."""
    keep_covered(sim, i, a)
    sim.state[i, a].word = status_word(sim, i, a)


@kernel_function
def keep_covered(sim, i, a):
    """Let each service with a coverage hold the person, or not, as its coverage and the person's state demand."""
    if sim.state[i, a].status != ALIVE:
        return
    for k in range(sim.covered.shape[1]):
        s = sim.covered[a, k]
        if s < 0:
            return
        inside = (sim.state[i, a].enrolled >> s) & 1 == 1
        wanted = holds(sim, i, a, s)
        if wanted == inside:
            continue
        touch_aspect(sim, i, a, sim.service[a, s].aspects)
        if wanted:
            start_free_stay(sim, i, a, s)
        else:
            end_free_stay(sim, i, a, s)


@kernel_function
def holds(sim, i, a, s):
    """Return whether a service with a coverage is to hold a person."""
    v = sim.service[a, s]
    mark = sim.cover_mark[i, sim.cover_column[s]]
    if not v.open or mark >= v.coverage * sim.access[a, s, sim.person[i].group]:
        return False
    return meets(sim, i, a, v, status_word(sim, i, a))


@kernel_function
def set_coverage(sim, a, s, share):
    """Change a coverage; everybody is looked at again, but for the start, when nobody is enrolled yet."""
    count_service(sim, a, s)
    sim.service[a, s].coverage = share
    if sim.clock[NOW] == 0:
        return
    for i in range(sim.state.shape[0]):
        if sim.state[i, a].status == ALIVE:
            touch(sim, i, a)
