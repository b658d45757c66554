"""Small models whose answers are known in closed form, run by the real kernel loop."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
from hrsim.engine.compiler import kernel_function

from hrsim.engine.accrual import count_event
from hrsim.engine.advance import advance, watch_everybody
from hrsim.engine.assemble import Cohort, Frame, assemble
from hrsim.engine.build import build_kernel
from hrsim.engine.contacts import contact
from hrsim.engine.model import Model, Process, Stream
from hrsim.engine.random import uniform
from hrsim.engine.simulation import ALIVE, DEAD, Simulation
from hrsim.units import TICKS_PER_QUARTER, TICKS_PER_YEAR


def run_toy(
    model: Model,
    streams: tuple[Stream, ...],
    people: int,
    years: float,
    luck: int,
    arms: Mapping[str, Mapping[str, float]],
    prepare: Callable[[Simulation], None] | None = None,
    weight: Any = None,
) -> Simulation:
    """Run a toy model to its horizon in quarters and return its arrays."""
    edges = np.arange(0, round(years * 4) + 1, dtype=np.int64) * TICKS_PER_QUARTER
    cohort = Cohort("start", 0, np.zeros(people, np.int64), np.ones(people) if weight is None else weight)
    sim = assemble(model, streams, [cohort], Frame(tuple(arms), edges), luck)
    for a, figures in enumerate(arms.values()):
        for name, value in figures.items():
            sim.parameter[name][a] = value
    if prepare is not None:
        prepare(sim)
    kernel: ModuleType = build_kernel(model)
    kernel.begin(sim)
    sim = watch_everybody(kernel, sim, 0)
    for edge in edges[1:]:
        sim = advance(kernel, sim, int(edge))
        kernel.close_quarter(sim, int(edge))
    return sim


@kernel_function
def one_cell(sim, i, a):
    return 0


# Competing risks: two causes of death.
@kernel_function
def overdose_hazard(sim, argument, i, a):
    return sim.parameter[a].overdose


@kernel_function
def other_hazard(sim, argument, i, a):
    return sim.parameter[a].other


@kernel_function
def die(sim, argument, i, a, luck):
    count_event(sim, i, a, argument)
    sim.state[i, a].status = DEAD


COMPETING = Model(
    name="competing_risks",
    processes=(Process("overdose", overdose_hazard, die), Process("other", other_hazard, die)),
    cell=one_cell,
    parameter_fields=(("overdose", "f8"), ("other", "f8")),
    events=("overdose_death", "other_death"),
    sources=(__name__,),
)


def competing_streams(ceiling: float = 0.05) -> tuple[Stream, ...]:
    return (Stream("overdose", "overdose", ceiling, argument=0), Stream("other", "other", ceiling, argument=1))


# Epidemics: state 0 susceptible, 1 infected, 2 removed. Frequency-dependent contacts of susceptible people.
@kernel_function
def infection_hazard(sim, argument, i, a):
    return sim.parameter[a].beta if sim.state[i, a].stage == 0 else 0.0


@kernel_function
def infect(sim, argument, i, a, luck):
    j = contact(sim, luck, 0)
    if sim.state[j, a].stage == 1 and sim.state[j, a].status == ALIVE:
        count_event(sim, i, a, 0)
        clears = uniform(luck, 1) < sim.parameter[a].clears
        sim.state[i, a].stage = 0 if clears else 1


@kernel_function
def recovery_hazard(sim, argument, i, a):
    return sim.parameter[a].gamma if sim.state[i, a].stage == 1 else 0.0


@kernel_function
def recover(sim, argument, i, a, luck):
    sim.state[i, a].stage = argument


@kernel_function
def turnover_hazard(sim, argument, i, a):
    return sim.parameter[a].exit


@kernel_function
def renew(sim, argument, i, a, luck):
    sim.state[i, a].stage = 0


@kernel_function
def stage_cell(sim, i, a):
    return sim.state[i, a].stage


EPIDEMIC = Model(
    name="epidemic",
    processes=(
        Process("infection", infection_hazard, infect),
        Process("recovery", recovery_hazard, recover),
        Process("turnover", turnover_hazard, renew),
    ),
    cell=stage_cell,
    state_fields=(("stage", "i4"),),
    parameter_fields=(("beta", "f8"), ("gamma", "f8"), ("clears", "f8"), ("exit", "f8")),
    events=("infection",),
    state_dimensions=(("stage", ("susceptible", "infected", "removed")),),
    sources=(__name__,),
)


def epidemic_streams(beta: float, gamma: float, exit_rate: float, removed: int) -> tuple[Stream, ...]:
    streams = (
        Stream("infection", "infection", beta),
        Stream("recovery", "recovery", gamma, argument=removed),
        Stream("turnover", "turnover", exit_rate),
    )
    return tuple(stream for stream in streams if stream.ceiling > 0.0)


def person_years(sim: Simulation) -> Any:
    """Return person-years by (arm, quarter, cell)."""
    return sim.ticks.sum(axis=2) / TICKS_PER_YEAR
