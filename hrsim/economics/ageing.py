"""Ageing: how quality of life falls with age in the general population, relative to one age."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from hrsim.economics.figures import Parameters
from hrsim.engine.ledger import AGES
from hrsim.life_table import MIDDLE, SEXES

Floats = NDArray[np.float64]


class Ageing(BaseModel):
    """Name the evidence of `constant + male + year x age + year_squared x age^2`, and the age that gives 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    constant: str
    male: str
    year: str
    year_squared: str
    reference_age: str

    @property
    def evidence(self) -> tuple[str, ...]:
        """List the evidence ids it rests on."""
        return (self.constant, self.male, self.year, self.year_squared, self.reference_age)

    def factors(self, parameters: Parameters) -> Floats:
        """Give what multiplies a state's utility in each year of age, shape (sexes, ages): 1 at the reference age."""
        ages = np.append(np.arange(AGES) + MIDDLE, parameters[self.reference_age])
        male = np.array([sex == "male" for sex in SEXES], dtype=np.float64)[:, None]
        norm = (
            parameters[self.constant]
            + parameters[self.male] * male
            + parameters[self.year] * ages
            + parameters[self.year_squared] * ages**2
        )
        return np.asarray(norm[:, :-1] / norm[:, -1:], dtype=np.float64)
