"""Skin infections of people who inject: acute care, with or without admission."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from . import use
from .result import CUSTODY, OAT, UNSTABLE_HOUSING

if TYPE_CHECKING:
    from .person import Person


def hazard(person: Person) -> float:
    """Return the hazard of an infection that brings an emergency visit: of people who inject at liberty."""
    spells, p = person.spells, person.parameters
    if CUSTODY in spells or not use.injects(person):
        return 0.0
    housing = p.unstable_housing_skin_multiplier if UNSTABLE_HOUSING in spells else 1.0
    return p.skin_infection_rate * housing * (p.oat_skin_infection_multiplier if OAT in spells else 1.0)


def happen(person: Person) -> None:
    """Count the infection and whether it is admitted, for a whole number of days with the stated mean."""
    p, counts, uniform = person.parameters, person.cohort.counts, person.cohort.uniform
    counts.skin_infections += 1
    if uniform() < p.skin_admitted_chance:
        counts.skin_admissions += 1
        whole = floor(p.skin_days)
        counts.bed_days += whole + (uniform() < p.skin_days - whole)
