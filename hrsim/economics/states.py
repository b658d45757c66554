"""Valuation states: which of the ledger's states a price or a utility speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from hrsim.errors import Problem

Dimensions = tuple[tuple[str, tuple[str, ...]], ...]
Mask = NDArray[np.bool_]

OPEN_DIMENSIONS = frozenset({"oat"})
"""Dimensions whose levels are a study's own service names: a name that the study lacks matches nobody."""


class Levels(BaseModel):
    """Name the levels of a dimension that count, or, as `{not: [...]}`, those that do not."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = Field(default=(), alias="not")

    @model_validator(mode="before")
    @classmethod
    def _list_form(cls, data: Any) -> Any:
        return {"include": data} if isinstance(data, list | tuple) else data

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Levels:
        if bool(self.include) == bool(self.exclude):
            raise ValueError("name the levels that count, or the levels that do not, and not both")
        return self

    def chosen(self, levels: tuple[str, ...]) -> list[bool]:
        """Say for each level of the dimension whether it counts."""
        if self.include:
            return [level in self.include for level in levels]
        return [level not in self.exclude for level in levels]


Selection = Mapping[str, Levels]


def select_states(dimensions: Dimensions, selection: Selection) -> Mask:
    """Mark the states in which every named dimension is at a chosen level, shape (V,), in C order."""
    mask = np.ones((1,), dtype=np.bool_)
    for name, levels in dimensions:
        allowed = selection[name].chosen(levels) if name in selection else [True] * len(levels)
        mask = np.logical_and.outer(mask, np.asarray(allowed, dtype=np.bool_)).reshape(-1)
    return mask


def state_labels(dimensions: Dimensions) -> list[str]:
    """Write each state as its levels joined by commas, in C order."""
    labels = [""]
    for _, levels in dimensions:
        labels = [f"{label}, {level}" if label else level for label in labels for level in levels]
    return labels


def selection_problems(where: str, dimensions: Dimensions, selection: Selection) -> Iterable[Problem]:
    """Name every dimension and level of a selection that the ledger does not have."""
    known = dict(dimensions)
    for name, levels in selection.items():
        if name not in known:
            yield Problem(
                "LEDGER",
                f"{where} speaks of the dimension {name!r}, which the ledger does not have",
                f"use one of {', '.join(known)}, or leave the entry out with match_to_ledger",
                path=where,
            )
        elif name not in OPEN_DIMENSIONS:
            yield from _level_problems(where, name, known[name], levels)


def _level_problems(where: str, name: str, known: tuple[str, ...], levels: Levels) -> Iterable[Problem]:
    for level in levels.include + levels.exclude:
        if level not in known:
            yield Problem(
                "LEDGER",
                f"{where} speaks of {name} {level!r}, which the ledger does not have",
                f"use one of {', '.join(known)}",
                path=where,
            )
