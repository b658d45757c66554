"""The ledger: what happened, by arm, quarter and group; the only thing the economics layer sees.

Counts and ticks are integers; money and health-state values are applied afterwards, so that a change of
price, utility, discount rate or perspective never needs a new simulation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hrsim.life_table import SEXES
from hrsim.units import TICKS_PER_YEAR

DEATH_SUFFIX = "_death"
"""Event names that end so are deaths, one name for each cause; causes never overlap."""
AGES = 120
"""Ages of survivors in whole years, 0 to 119; the last also holds whoever is older."""


@dataclass(frozen=True)
class Ledger:
    """Hold the events, person-time and service flows of one draw and replicate, all arms together.

    Shapes: A arms, Q quarters, G groups, E events, V valuation states (the product of the levels of
    `state_dimensions`, last dimension fastest), S services, F flows. `group_flow` (A, Q, S, G, flows by group) is
    None where all people are one group; over the groups it adds up to the flows of the same names. Where the study
    has budgets, `budget_book` has shape (A, budgets, fiscal years, `budget_items`): ticks, and money in cents x
    TICKS_PER_YEAR; rows that an arm does not use are 0. `survivors` (N, 2) counts the people alive at the end: the
    place in an array of shape (A, G, sexes, AGES, V), in C order and rising, and their number there, above 0; it is
    None where they were not counted. Raise ValueError, naming every fault, when an array does not
    have the shape its names imply.
    """

    arms: tuple[str, ...]
    quarter_edges: NDArray[np.int64]
    groups: tuple[str, ...]
    event_names: tuple[str, ...]
    events: NDArray[np.int64]
    state_dimensions: tuple[tuple[str, tuple[str, ...]], ...]
    state_ticks: NDArray[np.int64]
    service_names: tuple[str, ...]
    flow_names: tuple[str, ...]
    service_flow: NDArray[np.int64]
    group_flow_names: tuple[str, ...] = ()
    group_flow: NDArray[np.int64] | None = None
    budget_names: tuple[str, ...] = ()
    budget_items: tuple[str, ...] = ()
    budget_book: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0, 0, 0), np.int64))
    survivors: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        """Refuse a ledger whose arrays and names disagree."""
        faults = [*self._shape_faults(), *self._name_faults(), *self._value_faults()]
        if faults:
            raise ValueError("; ".join(faults))

    @property
    def state_shape(self) -> tuple[int, ...]:
        """Give the number of levels of each valuation dimension."""
        return tuple(len(levels) for _, levels in self.state_dimensions)

    @property
    def quarter_years(self) -> NDArray[np.float64]:
        """Give the quarter edges in years from the study start, shape (Q+1,)."""
        return self.quarter_edges / TICKS_PER_YEAR

    @property
    def survivor_shape(self) -> tuple[int, int, int, int, int]:
        """Give the shape of the array that the places of `survivors` are in: arm, group, sex, age, state."""
        return (len(self.arms), len(self.groups), len(SEXES), AGES, math.prod(self.state_shape))

    def event_counts(self, name: str) -> NDArray[np.int64]:
        """Count one kind of event, shape (A, Q, G)."""
        return self.events[..., self.event_names.index(name)]

    def deaths(self) -> NDArray[np.int64]:
        """Count deaths of every cause, shape (A, Q, G)."""
        causes = [i for i, name in enumerate(self.event_names) if name.endswith(DEATH_SUFFIX)]
        deaths: NDArray[np.int64] = self.events[..., causes].sum(axis=-1)
        return deaths

    def person_ticks(self) -> NDArray[np.int64]:
        """Sum the time lived over all valuation states, shape (A, Q, G)."""
        ticks: NDArray[np.int64] = self.state_ticks.sum(axis=-1)
        return ticks

    def dimension_ticks(self, dimension: str) -> NDArray[np.int64]:
        """Sum the time lived in each level of one valuation dimension, shape (A, Q, G, levels)."""
        names = [name for name, _ in self.state_dimensions]
        lead = self.state_ticks.shape[:-1]
        spread = self.state_ticks.reshape(*lead, *self.state_shape)
        kept = len(lead) + names.index(dimension)
        others = tuple(axis for axis in range(len(lead), spread.ndim) if axis != kept)
        ticks: NDArray[np.int64] = spread.sum(axis=others)
        return ticks

    def flow(self, service: str, name: str) -> NDArray[np.int64]:
        """Give one flow of one service, shape (A, Q)."""
        return self.service_flow[..., self.service_names.index(service), self.flow_names.index(name)]

    def _shape_faults(self) -> list[str]:
        arms, quarters, groups = len(self.arms), len(self.quarter_edges) - 1, len(self.groups)
        expected: dict[str, tuple[int, ...]] = {
            "events": (arms, quarters, groups, len(self.event_names)),
            "state_ticks": (arms, quarters, groups, math.prod(self.state_shape)),
            "service_flow": (arms, quarters, len(self.service_names), len(self.flow_names)),
        }
        if self.group_flow is not None:
            lead = (arms, quarters, len(self.service_names), groups)
            expected["group_flow"] = (*lead, len(self.group_flow_names))
        if self.budget_names:
            years = self.budget_book.shape[2:3]
            expected["budget_book"] = (arms, len(self.budget_names), *years, len(self.budget_items))
        if self.survivors is not None:
            expected["survivors"] = (len(self.survivors), 2)
        return [
            f"{field} has shape {getattr(self, field).shape}, its names imply {shape}"
            for field, shape in expected.items()
            if getattr(self, field).shape != shape
        ]

    def _name_faults(self) -> list[str]:
        dimensions = tuple(name for name, _ in self.state_dimensions)
        lists = {
            "arms": self.arms, "groups": self.groups, "event_names": self.event_names,
            "service_names": self.service_names, "flow_names": self.flow_names,
            "group_flow_names": self.group_flow_names,
            "budget_names": self.budget_names, "budget_items": self.budget_items,
            "state_dimensions": dimensions, **dict(self.state_dimensions),
        }  # fmt: skip
        repeated = [f"{field} repeats a name: {names}" for field, names in lists.items() if _repeats(names)]
        empty = [f"{field} is empty" for field in ("arms", "groups") if not lists[field]]
        return repeated + empty

    def _value_faults(self) -> list[str]:
        arrays = {
            "events": self.events, "state_ticks": self.state_ticks, "service_flow": self.service_flow,
            "budget_book": self.budget_book,
        }  # fmt: skip
        if self.group_flow is not None:
            arrays["group_flow"] = self.group_flow
        if self.survivors is not None:
            arrays["survivors"] = self.survivors
        faults = [
            f"{field} must hold integers, got {array.dtype}"
            for field, array in {**arrays, "quarter_edges": self.quarter_edges}.items()
            if not np.issubdtype(array.dtype, np.integer)
        ]
        faults += [f"{field} holds a negative number" for field, array in arrays.items() if (array < 0).any()]
        edges = self.quarter_edges
        if len(edges) < 2 or edges[0] != 0 or (np.diff(edges) <= 0).any():
            faults.append("quarter_edges must start at 0 and rise")
        if self.survivors is not None and self.survivors.size:
            places, counts = self.survivors.T
            beyond = places[-1] >= math.prod(self.survivor_shape)
            if (np.diff(places) <= 0).any() or beyond or (counts < 1).any():
                faults.append("survivors must name rising places of their array, each with somebody there")
        return faults


def _repeats(names: tuple[str, ...]) -> bool:
    return len(set(names)) < len(names)
