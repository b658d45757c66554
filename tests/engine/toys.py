"""One toy model whose answers are known in closed form, run by the real kernel loop.

All toy processes share one model, because compiling a kernel takes seconds; a test picks processes by its streams.
"""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.advance import advance, begin, watch_everybody
from hrsim.engine.assemble import Cohort, Frame, assemble
from hrsim.engine.build import build_kernel
from hrsim.engine.model import Model, Process, Stream, Timer
from hrsim.engine.simulation import Simulation
from hrsim.units import TICKS_PER_YEAR
from tests.engine import toy_epidemics as epidemic
from tests.engine import toy_sick_sicker as sick_sicker
from tests.engine import toy_survival as survival

Arms = Mapping[str, Mapping[str, float]]
LOG_ROWS = 1 << 16

TOYS = Model(
    name="toys",
    processes=(
        Process("overdose", survival.constant_overdose, survival.overdose),
        Process("other", survival.constant_other, survival.die),
        Process("ageing", survival.ageing, survival.die),
        Process("graded", survival.graded, survival.die),
        Process("window", survival.window, survival.die),
        Process("climbing", survival.climbing, survival.climb),
        Process("admission", survival.admission, survival.admit),
        Process("infection", epidemic.infection, epidemic.infect),
        Process("recovery", epidemic.recovery, epidemic.recover),
        Process("turnover", epidemic.turnover, epidemic.renew),
        Process("island_infection", epidemic.infection, epidemic.infect_on_island),
        Process("island_recovery", epidemic.recovery, epidemic.recover_on_island),
        Process("sick_onset", sick_sicker.onset, sick_sicker.move),
        Process("sick_remission", sick_sicker.remission, sick_sicker.move),
        Process("sick_progression", sick_sicker.progression, sick_sicker.move),
        Process("sick_death", sick_sicker.stage_death, sick_sicker.stage_die),
    ),
    timers=(
        Timer("discharge", survival.discharge),
        Timer("act", survival.act),
        Timer("chain", survival.chain),
    ),
    cell=epidemic.stage_cell,
    enter=survival.enter,
    start=survival.start,
    state_fields=(("stage", "i4"), ("count", "i4")),
    parameter_fields=tuple(
        (name, "f8")
        for name in (
            *(
                "overdose",
                "fatality",
                "other",
                "age",
                "ratio",
                "extra",
                "climb",
                "factor",
                "entry",
                "acts",
                "chain",
            ),
            *("admission", "stay", "fixed_stay", "per_act", "beta", "gamma", "clears", "exit", "seeds"),
            *("onset", "remission", "progression", "die_healthy", "die_sick", "die_sicker"),
        )
    ),
    events=("overdose", "overdose_death", "other_death", "infection", "extinction"),
    state_dimensions=(("stage", tuple(f"stage_{n}" for n in range(survival.TOP_STAGE + 1))),),
    sources=(__name__, survival.__name__, epidemic.__name__, sick_sicker.__name__),
)


def everybody(people: int, weight: NDArray[np.float64] | None = None, name: str = "start") -> Cohort:
    """Return a cohort of people who are there from the start."""
    return Cohort(name, 0, np.zeros(people, np.int64), np.ones(people) if weight is None else weight)


def regular_edges(years: float, step: float = 0.25) -> NDArray[np.int64]:
    """Return the ticks of clock events at regular steps."""
    return (np.arange(round(years / step) + 1) * (step * TICKS_PER_YEAR)).astype(np.int64)


def set_up(
    streams: Sequence[Stream],
    cohorts: Sequence[Cohort] | int,
    edges: NDArray[np.int64],
    luck: int,
    arms: Arms,
    tables: NDArray[np.float64] | None = None,
    groups: int = 1,
) -> Simulation:
    """Return the arrays of a toy run with every arm's figures in place and people dealt to groups in turn."""
    people = [everybody(cohorts)] if isinstance(cohorts, int) else cohorts
    extra = {"log": np.zeros((LOG_ROWS, 4), np.int64), "logged": np.zeros(1, np.int64)}
    frame = Frame(tuple(arms), edges, tuple(f"group_{n}" for n in range(groups)))
    sim = assemble(TOYS, streams, people, frame, luck, tables, extra)
    sim.person["group"] = np.arange(sim.person.size) % groups
    for a, figures in enumerate(arms.values()):
        for name, value in figures.items():
            sim.parameter[name][a] = value
    return sim


def walk(
    sim: Simulation,
    edges: NDArray[np.int64],
    sweeps: bool = False,
    observe: Callable[[Simulation], Any] | None = None,
) -> Simulation:
    """Walk prepared arrays to the last edge; `sweeps` announces a changed world, `observe` looks, at every edge."""
    kernel: ModuleType = build_kernel(TOYS)
    sim = begin(kernel, sim)
    sim = watch_everybody(kernel, sim, 0)
    for edge in edges[1:]:
        sim = advance(kernel, sim, int(edge))
        kernel.close_quarter(sim, int(edge))
        if observe is not None:
            observe(sim)
        if sweeps:
            sim = watch_everybody(kernel, sim, int(edge))
    return sim


def run_toy(
    streams: Sequence[Stream],
    cohorts: Sequence[Cohort] | int,
    edges: NDArray[np.int64],
    luck: int,
    arms: Arms,
    prepare: Callable[[Simulation], Any] | None = None,
    tables: NDArray[np.float64] | None = None,
    sweeps: bool = False,
    groups: int = 1,
    observe: Callable[[Simulation], Any] | None = None,
) -> Simulation:
    """Set a toy run up, let `prepare` change the people at the start, and walk it to its last edge."""
    sim = set_up(streams, cohorts, edges, luck, arms, tables, groups)
    if prepare is not None:
        prepare(sim)
    return walk(sim, edges, sweeps, observe)


def stream(process: str, ceiling: float, **options: Any) -> Stream:
    """Return a stream named like its process."""
    return Stream(options.pop("name", process), process, ceiling, **options)


def infected_from(first: int, stop: int) -> Callable[[Simulation], None]:
    """Return a preparation that infects the people in slots first to stop in every arm."""

    def prepare(sim: Simulation) -> None:
        sim.state["stage"][first:stop] = 1

    return prepare


def person_years(sim: Simulation) -> NDArray[np.float64]:
    """Return person-years by (arm, quarter, stage)."""
    years: NDArray[np.float64] = sim.ticks.sum(axis=2) / TICKS_PER_YEAR
    return years


def events(sim: Simulation, number: int) -> NDArray[np.int64]:
    """Return one kind of event over the whole run, by arm."""
    counts: NDArray[np.int64] = sim.event[..., number].sum(axis=(1, 2))
    return counts
