"""Background death, housing and custody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import infections, treatment, use
from .result import CUSTODY, OAT, UNSTABLE_HOUSING

if TYPE_CHECKING:
    from .person import Person

RELEASE_FIRST = "release_first"
RELEASE_SECOND = "release_second"


def background_hazard(person: Person) -> float:
    """Return the hazard of dying of background causes, wherever the person is."""
    p = person.parameters
    on_treatment = p.oat_background_mortality_multiplier if OAT in person.spells else 1.0
    return p.background_mortality * on_treatment


def die_of_background(person: Person) -> None:
    """Count a background death."""
    person.cohort.counts.background_deaths += 1
    die(person)


def die(person: Person) -> None:
    """End every spell; a place or a position on the list goes back first."""
    treatment.leave_service(person)
    infections.leave_sharing(person)
    for state in tuple(person.spells):
        person.end(state)


def housing_hazard(person: Person) -> float:
    """Return the hazard of losing stable housing, or of finding it; in custody neither happens."""
    if CUSTODY in person.spells:
        return 0.0
    p = person.parameters
    return p.housing_gain_rate if UNSTABLE_HOUSING in person.spells else p.housing_loss_rate


def change_housing(person: Person) -> None:
    """Lose stable housing, or find it."""
    if UNSTABLE_HOUSING in person.spells:
        person.end(UNSTABLE_HOUSING)
    else:
        person.begin(UNSTABLE_HOUSING)


def custody_hazard(person: Person) -> float:
    """Return the hazard of release for people in custody, of entry for the others."""
    p = person.parameters
    if CUSTODY in person.spells:
        return 1.0 / p.custody_stay_years
    if not use.uses(person):
        return 0.0
    return p.custody_entry_rate * (p.oat_custody_entry_multiplier if OAT in person.spells else 1.0)


def change_custody(person: Person) -> None:
    """Enter custody, or be released."""
    if CUSTODY in person.spells:
        release(person)
    else:
        person.cohort.counts.custody_entries += 1
        enter_custody(person)


def enter_custody(person: Person) -> None:
    """Enter custody: treatment ends, a position on the list is lost."""
    treatment.leave_service(person)
    infections.leave_sharing(person)
    person.begin(CUSTODY)


def release(person: Person) -> None:
    """Return to the community and open the release windows afresh."""
    p = person.parameters
    person.end(CUSTODY)
    person.cohort.counts.custody_releases += 1
    infections.join_sharing(person)
    if p.release_first_years:
        person.set_timer(RELEASE_FIRST, p.release_first_years)
    if p.release_second_years:
        person.set_timer(RELEASE_SECOND, p.release_second_years)


def open_windows(person: Person) -> list[float]:
    """Return the factor of the release window that is open, if one is."""
    p = person.parameters
    if RELEASE_FIRST in person.timers:
        return [p.release_first_multiplier]
    return [p.release_second_multiplier] if RELEASE_SECOND in person.timers else []
