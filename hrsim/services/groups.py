"""The groups of a study: cells of the ledger, who belongs to which, and factors by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.group_names import EVERYBODY, cell_name
from hrsim.processes.mixing import COUNTS
from hrsim.services.amounts import Draw, amount
from hrsim.study.check_groups import labels_of
from hrsim.study.groups import Dimension
from hrsim.study.population import Population
from hrsim.study.values import Quantity

Uniforms = Callable[[str], NDArray[np.float64]]


@dataclass(frozen=True)
class Groups:
    """Dimensions with their labels, in the order of the dimensions' names; cells are in C order of the labels."""

    dimensions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the number of labels of each dimension."""
        return tuple(len(labels) for _, labels in self.dimensions)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the cells."""
        if not self.dimensions:
            return (EVERYBODY,)
        dimensions = [name for name, _ in self.dimensions]
        cells = product(*(labels for _, labels in self.dimensions))
        return tuple(cell_name(dict(zip(dimensions, cell, strict=True))) for cell in cells)

    def factors(self, access: Mapping[str, Mapping[str, Quantity]], draw: Draw) -> NDArray[np.float64]:
        """Return the product of the factors that hold in each cell, shape (G,); 1 where none is stated."""
        table = np.ones(self.shape)
        for axis, (dimension, labels) in enumerate(self.dimensions):
            given = access.get(dimension, {})
            along = [amount(given.get(label), draw, 1.0) for label in labels]
            sides = [-1 if n == axis else 1 for n in range(len(self.shape))]
            table = table * np.reshape(along, sides)
        return table.reshape(-1)

    def labels(self, dimension: str) -> NDArray[np.int64]:
        """Return the number of each cell's label in a dimension, shape (G,)."""
        axis = [name for name, _ in self.dimensions].index(dimension)
        labels = np.unravel_index(np.arange(int(np.prod(self.shape))), self.shape)[axis]
        return np.ascontiguousarray(labels, np.int64)  # one layout for the kernel, with or without mixing


ONE_GROUP = Groups()


def groups_of(population: Population) -> Groups:
    """Return the groups that a study declares."""
    given = population.groups
    return Groups(tuple((name, labels_of(name, given[name])) for name in sorted(given)))


def cells_of_people(
    population: Population,
    draw: Draw,
    u: Uniforms,
    derived: Mapping[str, NDArray[np.int64]],
    ages: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the cell of each person of a cohort, shape (people,).

    `u` gives uniforms by name, so each dimension has luck of its own; `derived` holds the label numbers of `sex` and
    `housing_at_start`, `ages` years at entry.
    """
    cells = np.zeros(ages.size, np.int64)
    for name, labels in groups_of(population).dimensions:
        dimension = population.groups[name]
        if dimension.labels:
            number = np.searchsorted(_upper_ends(dimension, draw), u(f"group {name}"), side="right")
        elif dimension.edges:
            number = np.searchsorted(np.array(dimension.edges), ages, side="right")
        else:
            number = derived[name]
        cells = cells * len(labels) + number
    return cells


def mixing_dimension(population: Population) -> str | None:
    """Return the dimension within which people mostly meet, None where all mix alike."""
    return next((name for name, given in population.groups.items() if given.mixing is not None), None)


def labels_of_cells(population: Population, groups: Groups) -> NDArray[np.int64]:
    """Return the number of each cell's label in the dimension that mixes, shape (G,); (0,) where none does."""
    mixing = mixing_dimension(population)
    return np.zeros(0, np.int64) if mixing is None else groups.labels(mixing)


def share_within(population: Population, draw: Draw) -> float:
    """Return the share of meetings within one's own group, 0 where all mix alike."""
    mixing = mixing_dimension(population)
    return 0.0 if mixing is None else amount(population.groups[mixing].mixing, draw)


def mixing_arrays(population: Population, groups: Groups, draw: Draw, arms: int) -> dict[str, NDArray[Any]]:
    """Return `mixing_label` (G,), `mixing_share` (1,) and the counters by label `mixed` (A, labels, COUNTS)."""
    labels = labels_of_cells(population, groups)
    return {
        "mixing_label": labels,
        "mixing_share": np.array([share_within(population, draw)]),
        "mixed": np.zeros((arms, int(labels.max(initial=-1)) + 1, COUNTS), np.int64),
    }


def _upper_ends(dimension: Dimension, draw: Draw) -> NDArray[np.float64]:
    """Return where each label but the last ends on the unit interval."""
    shares = {label: amount(given, draw) for label, given in dimension.shares.items()}
    if dimension.rest is not None:
        shares[dimension.rest] = 1.0 - sum(shares.values())
    return np.cumsum([shares[label] for label in dimension.labels])[:-1]
