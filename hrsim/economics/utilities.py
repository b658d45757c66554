"""Utilities: the health-related quality of life of each valuation state, and what an event takes from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from hrsim.economics.currency import read_data
from hrsim.economics.figures import Figure, Parameters
from hrsim.economics.prices import missing_evidence
from hrsim.economics.states import Dimensions, Levels, select_states, selection_problems, state_labels
from hrsim.errors import Problem, StudyError
from hrsim.units import MONTHS_PER_YEAR, TICKS_PER_DAY, TICKS_PER_WEEK, TICKS_PER_YEAR

Floats = NDArray[np.float64]
_STATES_SHOWN = 3


class Span(Enum):
    """Name the unit of a duration."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"

    @property
    def years(self) -> float:
        """Give its length in years."""
        return {
            Span.DAYS: TICKS_PER_DAY / TICKS_PER_YEAR,
            Span.WEEKS: TICKS_PER_WEEK / TICKS_PER_YEAR,
            Span.MONTHS: 1 / MONTHS_PER_YEAR,
            Span.YEARS: 1.0,
        }[self]


class StateRule(BaseModel):
    """Give the states of a selection a utility, or a factor on it.

    `at_most` keeps an order within every draw: the number is the least of `figure` and these.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    states: Mapping[str, Levels]
    figure: Figure
    at_most: tuple[Figure, ...] = ()
    because: str = ""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """List its figures."""
        return (self.figure, *self.at_most)

    def evaluate(self, parameters: Parameters) -> float:
        """Give the number in this draw."""
        return min(figure.evaluate(parameters) for figure in self.figures)


class EventRule(BaseModel):
    """Give what one event takes from (or adds to) quality of life, for a time.

    The change is `utility`, less `instead_of` where `utility` is a level and not itself a change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    utility: Figure
    instead_of: Figure | None = None
    duration: Figure
    unit: Span
    because: str = ""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """List its figures."""
        level = (self.instead_of,) if self.instead_of else ()
        return (self.utility, *level, self.duration)

    def years_lost_or_gained(self, parameters: Parameters) -> float:
        """Give the change in quality-adjusted life-years by one event."""
        before = self.instead_of.evaluate(parameters) if self.instead_of else 0.0
        change = self.utility.evaluate(parameters) - before
        return change * self.duration.evaluate(parameters) * self.unit.years


class ServiceRule(BaseModel):
    """Give what being in a service adds to utility while it lasts; `arms` empty means every arm."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    change: Figure
    arms: tuple[str, ...] = ()


class Utilities(BaseModel):
    """Hold a base utility for every state, factors upon it, and changes by event.

    Exactly one rule of `base` fits each state, and at most one rule of each list in `factors`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: tuple[StateRule, ...]
    factors: Mapping[str, tuple[StateRule, ...]] = {}
    events: tuple[EventRule, ...] = ()
    services: tuple[ServiceRule, ...] = ()

    @property
    def figures(self) -> tuple[Figure, ...]:
        """List the figures of all its rules."""
        rules = (*self.base, *(rule for rules in self.factors.values() for rule in rules))
        of_states = (figure for rule in rules for figure in rule.figures)
        of_events = (figure for event in self.events for figure in event.figures)
        return (*of_states, *of_events, *(rule.change for rule in self.services))

    def state_utilities(self, dimensions: Dimensions, parameters: Parameters) -> Floats:
        """Give the utility of each valuation state in this draw, shape (V,).

        Raise StudyError when a state has no base or two, two factors of one list, or a utility above 1.
        """
        problems = list(self.check(dimensions, parameters))
        if problems:
            raise StudyError(problems)
        values = _apply("base", self.base, dimensions, parameters, required=True)
        for name, rules in self.factors.items():
            values = values * _apply(name, rules, dimensions, parameters, required=False)
        above = [state_labels(dimensions)[i] for i in np.flatnonzero(values > 1.0)]
        if above:
            raise StudyError([_state_problem("utilities", "a utility above 1, which is full health", above)])
        return values

    def event_changes(self, event_names: tuple[str, ...], parameters: Parameters) -> Floats:
        """Give the change in quality-adjusted life-years by one event of each kind, shape (E,)."""
        changes = np.zeros(len(event_names))
        for rule in self.events:
            changes[event_names.index(rule.event)] += rule.years_lost_or_gained(parameters)
        return changes

    def check(self, dimensions: Dimensions, parameters: Parameters) -> Iterable[Problem]:
        """Name the missing evidence and the unknown dimensions and levels."""
        lists = {"base": self.base, **self.factors}
        for name, rules in lists.items():
            for rule in rules:
                yield from selection_problems(f"utilities.{name}", dimensions, rule.states)
                for figure in rule.figures:
                    yield from _absent(f"utilities.{name}", figure, parameters)
        for event in self.events:
            for figure in event.figures:
                yield from _absent(f"utilities.events.{event.event}", figure, parameters)
        for service in self.services:
            yield from _absent(f"utilities.services.{service.service}", service.change, parameters)


def _absent(where: str, figure: Figure, parameters: Parameters) -> Iterable[Problem]:
    return (missing_evidence(where, name) for name in figure.evidence if name not in parameters)


def _apply(
    name: str, rules: tuple[StateRule, ...], dimensions: Dimensions, parameters: Parameters, *, required: bool
) -> Floats:
    masks = np.array([select_states(dimensions, rule.states) for rule in rules])
    fitting = masks.sum(axis=0)
    faulty = (fitting > 1) | ((fitting < 1) & required)
    if faulty.any():
        states = [state_labels(dimensions)[i] for i in np.flatnonzero(faulty)]
        wrong = "no rule, or two" if required else "two rules"
        raise StudyError([_state_problem(f"utilities.{name}", wrong, states)])
    figures = np.array([rule.evaluate(parameters) for rule in rules])
    return np.where(fitting == 1, figures @ masks, 1.0)


def _state_problem(where: str, wrong: str, states: list[str]) -> Problem:
    shown = "; ".join(states[:_STATES_SHOWN])
    more = f" and {len(states) - _STATES_SHOWN} more" if len(states) > _STATES_SHOWN else ""
    return Problem(
        "UTILITY",
        f"{where} gives {wrong}, for the states ({shown}){more}",
        "let exactly one base rule, and at most one rule of each factor, fit every state",
        path=where,
    )


@cache
def load_utilities() -> Utilities:
    """Read the packaged utilities."""
    return Utilities.model_validate(read_data("utilities.yaml"))
