"""What a model is to the engine: record types, processes, timers, and the names of what is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hrsim.engine.simulation import (
    INFECTION,
    PERSON,
    PERSON_FIELDS,
    STATE_FIELDS,
    STUDY_YEAR,
    SUPPLY,
    record,
)

Function = Callable[..., Any]


@dataclass(frozen=True)
class Process:
    """One kind of candidate: a pair of kernel functions.

    `hazard(sim, argument, i, a)` returns a rate per person-year (per unit of weight for a weighted process);
    `apply(sim, argument, i, a, luck)` carries an accepted candidate out. The kernel counts the person's time before
    it calls `apply`; a quiet process mostly changes nothing and calls `touch` itself when it does.
    """

    name: str
    hazard: Function
    apply: Function
    quiet: bool = False
    reads: int = PERSON | INFECTION | STUDY_YEAR | SUPPLY  # aspects that the hazard depends on
    changes: int = PERSON | INFECTION  # aspects of the person that `apply` may change, unless it is quiet


@dataclass(frozen=True)
class Stream:
    """One named stream of candidates of a process: its ceiling per person-year and whether people are weighted.

    The name keys the luck. The ceiling comes from the setting and the register, never from arms, draws or scenario.
    A stream may hold one band of a ladder only: marks from `low` to `ceiling`, with streams of other names for the
    bands below and above, up to `highest`.
    """

    name: str
    process: str
    ceiling: float
    weighted: bool = False
    argument: int = 0
    watched: bool = True
    reads: int = 0  # the model's own aspects that the hazard depends on, beside those of the process
    low: float = 0.0
    highest: float = 0.0  # 0: the ceiling
    excluded: int = 0  # bits of a person's word with which the hazard is surely 0: speed only
    barred: int = 0  # enrolments with which it is surely 0: speed only
    needed: int = 0  # enrolments of which one is needed for a hazard above `low`, 0 if none is: speed only


@dataclass(frozen=True)
class Timer:
    """One kind of timer: `expire(sim, i, a, payload)` carries it out; a quiet one calls `touch` itself."""

    name: str
    expire: Function
    quiet: bool = False


@dataclass(frozen=True)
class Model:
    """Processes, timers and records that make one kernel. Timer kinds follow the order of `timers`."""

    name: str
    processes: tuple[Process, ...]
    cell: Function
    enter: Function | None = None
    start: Function | None = None
    renew: Function | None = None  # keeps what the model derives from a person's state, after every change
    adjust: Function | None = None
    close: Function | None = None
    timers: tuple[Timer, ...] = ()
    person_fields: tuple[tuple[str, str], ...] = ()
    state_fields: tuple[tuple[str, str], ...] = ()
    world_fields: tuple[tuple[str, str], ...] = (("unused", "f8"),)
    parameter_fields: tuple[tuple[str, str], ...] = (("unused", "f8"),)
    events: tuple[str, ...] = ()
    state_dimensions: tuple[tuple[str, tuple[str, ...]], ...] = (("alive", ("alive",)),)
    sources: tuple[str, ...] = field(default=())  # names of modules whose text the compiled kernel rests on

    def process_number(self, name: str) -> int:
        """Return the place of a process in the dispatch."""
        return [process.name for process in self.processes].index(name)

    @property
    def cells(self) -> int:
        """Return the number of valuation cells."""
        return int(np.prod([len(levels) for _, levels in self.state_dimensions]))

    @property
    def records(self) -> Mapping[str, np.dtype[Any]]:
        """Return the record types of person, state, world and parameter."""
        return {
            "person": record(PERSON_FIELDS + list(self.person_fields)),
            "state": record(STATE_FIELDS + list(self.state_fields)),
            "world": record(list(self.world_fields)),
            "parameter": record(list(self.parameter_fields)),
        }
