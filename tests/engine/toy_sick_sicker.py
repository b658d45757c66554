"""The Sick-Sicker model in continuous time: healthy, sick, sicker (stages 0, 1, 2), death from each."""

from hrsim.engine.accrual import count_event
from hrsim.engine.compiler import kernel_function
from hrsim.engine.simulation import DEAD
from tests.engine.toy_survival import OTHER_DEATH


@kernel_function
def onset(sim, argument, i, a):
    return sim.parameter[a].onset if sim.state[i, a].stage == 0 else 0.0


@kernel_function
def remission(sim, argument, i, a):
    return sim.parameter[a].remission if sim.state[i, a].stage == 1 else 0.0


@kernel_function
def progression(sim, argument, i, a):
    return sim.parameter[a].progression if sim.state[i, a].stage == 1 else 0.0


@kernel_function
def move(sim, argument, i, a, luck):
    """Come to the stage that the stream names."""
    sim.state[i, a].stage = argument


@kernel_function
def stage_death(sim, argument, i, a):
    stage = sim.state[i, a].stage
    if stage == 0:
        return sim.parameter[a].die_healthy
    return sim.parameter[a].die_sick if stage == 1 else sim.parameter[a].die_sicker


@kernel_function
def stage_die(sim, argument, i, a, luck):
    count_event(sim, i, a, OTHER_DEATH)
    sim.state[i, a].status = DEAD
