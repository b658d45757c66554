"""Toy processes of contagion: one mixed population, and many small islands that never meet."""

import numpy as np

from hrsim.engine.accrual import count_event, touch
from hrsim.engine.compiler import kernel_function
from hrsim.engine.contacts import contact
from hrsim.engine.random import uniform
from hrsim.engine.simulation import ALIVE
from tests.engine.toy_survival import EXTINCTION, INFECTION

ISLAND = 20


@kernel_function
def infection(sim, argument, i, a):
    return sim.parameter[a].beta if sim.state[i, a].stage == 0 else 0.0


@kernel_function
def infect(sim, argument, i, a, luck):
    """Meet somebody; the argument is the stage that an infected person comes to."""
    j = contact(sim, a, luck, 0)
    if sim.state[j, a].stage == 1 and sim.state[j, a].status == ALIVE:
        count_event(sim, i, a, INFECTION)
        clears = uniform(luck, 1) < sim.parameter[a].clears
        sim.state[i, a].stage = 0 if clears else argument


@kernel_function
def recovery(sim, argument, i, a):
    return sim.parameter[a].gamma if sim.state[i, a].stage == 1 else 0.0


@kernel_function
def recover(sim, argument, i, a, luck):
    sim.state[i, a].stage = argument


@kernel_function
def turnover(sim, argument, i, a):
    return sim.parameter[a].exit


@kernel_function
def renew(sim, argument, i, a, luck):
    sim.state[i, a].stage = 0


@kernel_function
def infect_on_island(sim, argument, i, a, luck):
    head = i - i % ISLAND
    j = head + np.int64(uniform(luck, 1) * ISLAND)
    if sim.state[j, a].stage == 1:
        sim.state[i, a].stage = 1
        sim.state[head, a].count += 1


@kernel_function
def recover_on_island(sim, argument, i, a, luck):
    """Recover; when nobody of the island is left infected, count that and begin again."""
    head = i - i % ISLAND
    sim.state[i, a].stage = 0
    sim.state[head, a].count -= 1
    if sim.state[head, a].count == 0:
        count_event(sim, i, a, EXTINCTION)
        seeds = np.int64(sim.parameter[a].seeds)
        for j in range(head, head + seeds):
            touch(sim, j, a)
            sim.state[j, a].stage = 1
        sim.state[head, a].count = seeds


@kernel_function
def stage_cell(sim, i, a):
    return sim.state[i, a].stage
