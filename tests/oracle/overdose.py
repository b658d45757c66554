"""Overdose: its hazard and the tree that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import life, treatment, use
from .result import CUSTODY, OAT, OTHER_ROUTE, UNSTABLE_HOUSING

if TYPE_CHECKING:
    from .person import Person


def hazard(person: Person) -> float:
    """Return the hazard of overdose; nobody overdoses in custody or without using."""
    spells, p = person.spells, person.parameters
    if CUSTODY in spells or not use.uses(person):
        return 0.0
    route = p.other_route_overdose_multiplier if OTHER_ROUTE in spells else 1.0
    housing = p.unstable_housing_overdose_multiplier if UNSTABLE_HOUSING in spells else 1.0
    on_treatment = p.oat_overdose_multiplier if OAT in spells else 1.0
    return p.overdose_rate * person.frailty * route * housing * on_treatment * window_multiplier(person)


def window_multiplier(person: Person) -> float:
    """Return the largest of the open windows, 1 if none is; one that is open alone protects if it is below 1."""
    if not person.timers:
        return 1.0
    windows = [*life.open_windows(person), *treatment.open_windows(person), *use.open_windows(person)]
    return max(windows, default=1.0)


def happen(person: Person) -> None:
    """Walk the tree of one overdose, one uniform a question."""
    p, counts, uniform = person.parameters, person.cohort.counts, person.cohort.uniform
    counts.overdoses += 1
    if not person.overdosed:
        person.overdosed = True
        counts.people_ever_overdosed += 1
    naloxone = ambulance = False
    if uniform() < p.witnessed_chance:
        counts.witnessed += 1
        naloxone = uniform() < p.naloxone_chance
        ambulance = uniform() < p.ambulance_chance
        counts.naloxone += naloxone
        counts.ambulance += ambulance
    if uniform() < death_chance(person, naloxone, ambulance):
        counts.overdose_deaths += 1
        life.die(person)
        return
    if not naloxone and uniform() < p.brain_injury_chance:
        injure(person)
    if uniform() < p.stop_after_overdose_chance:
        use.stop(person)


def injure(person: Person) -> None:
    """Leave a lasting brain injury, which happens to a person once."""
    if not person.brain_injury:
        person.brain_injury = True
        person.cohort.counts.brain_injuries += 1


def death_chance(person: Person, naloxone: bool, ambulance: bool) -> float:
    """Return the chance of dying given what was done."""
    p = person.parameters
    if naloxone:
        chance = p.death_chance_naloxone
    elif ambulance:
        chance = p.death_chance_ambulance
    else:
        chance = p.death_chance_untreated
    return chance * (p.oat_overdose_fatality_multiplier if OAT in person.spells else 1.0)
