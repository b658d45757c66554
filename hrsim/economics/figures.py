"""A figure: one number computed from rows of the evidence register."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

Parameters = Mapping[str, float]
"""One draw: a number for each evidence id."""


class Figure(BaseModel):
    """Compute `value x times... / over... + plus...`, where all but `value` are evidence ids.

    A short form is the evidence id alone. `value` is 1 unless the figure is a unit conversion or a number
    that the study itself set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float = 1.0
    times: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    plus: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        return {"times": (data,)} if isinstance(data, str) else data

    @property
    def evidence(self) -> tuple[str, ...]:
        """List the evidence ids it rests on."""
        return self.times + self.over + self.plus

    def evaluate(self, parameters: Parameters) -> float:
        """Give the number in this draw; raise KeyError for an id that the draw lacks."""
        product = self.value * math.prod(parameters[name] for name in self.times)
        return product / math.prod(parameters[name] for name in self.over) + math.fsum(
            parameters[name] for name in self.plus
        )
