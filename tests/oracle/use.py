"""Careers of use: stopping, relapse, moves between injecting and another route. Nothing moves in custody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import infections
from .result import CUSTODY, NOT_USING, OTHER_ROUTE

if TYPE_CHECKING:
    from .person import Person

RELAPSE_WINDOW = "relapse"


def uses(person: Person) -> bool:
    """Tell whether someone uses drugs now."""
    return NOT_USING not in person.spells


def injects(person: Person) -> bool:
    """Tell whether someone injects now."""
    return NOT_USING not in person.spells and OTHER_ROUTE not in person.spells


def career_hazard(person: Person) -> float:
    """Return the hazard of stopping for people who use, of relapse for those who stopped and are prone to it."""
    p, spells = person.parameters, person.spells
    if CUSTODY in spells:
        return 0.0
    if NOT_USING in spells:
        return p.relapse_rate if person.relapse_prone else 0.0
    return p.stop_other_use_rate if OTHER_ROUTE in spells else p.stop_injecting_use_rate


def turn(person: Person) -> None:
    """Stop using, or relapse."""
    if uses(person):
        stop(person)
    else:
        relapse(person)


def stop(person: Person) -> None:
    """Stop using; whether the person is prone to relapse is decided anew at each stop."""
    p, cohort = person.parameters, person.cohort
    infections.leave_sharing(person)
    person.route_left_is_injecting = injects(person)
    prone = p.prone_after_injecting if person.route_left_is_injecting else p.prone_after_other
    person.relapse_prone = cohort.uniform() < prone
    if OTHER_ROUTE in person.spells:
        person.end(OTHER_ROUTE)
    person.begin(NOT_USING)
    cohort.counts.use_stops += 1


def relapse(person: Person) -> None:
    """Use again, by injecting in a share of those who injected, and open the window after relapse."""
    p, cohort = person.parameters, person.cohort
    person.end(NOT_USING)
    injecting = person.route_left_is_injecting and cohort.uniform() < p.relapse_to_injecting_chance
    if not injecting:
        person.begin(OTHER_ROUTE)
    infections.join_sharing(person)
    cohort.counts.relapses += 1
    if p.relapse_window_years:
        person.set_timer(RELAPSE_WINDOW, p.relapse_window_years)


def route_hazard(person: Person) -> float:
    """Return the hazard of moving to the other route, from either."""
    if CUSTODY in person.spells or not uses(person):
        return 0.0
    p = person.parameters
    return p.stop_injecting_rate if injects(person) else p.start_injecting_rate


def change_route(person: Person) -> None:
    """Move from injecting to another route, or back."""
    counts = person.cohort.counts
    if injects(person):
        counts.injecting_stops += 1
        infections.leave_sharing(person)
        person.begin(OTHER_ROUTE)
    else:
        counts.injecting_starts += 1
        person.end(OTHER_ROUTE)
        infections.join_sharing(person)


def open_windows(person: Person) -> list[float]:
    """Return the factor of the window after relapse, if it is open."""
    return [person.parameters.relapse_overdose_multiplier] if RELAPSE_WINDOW in person.timers else []
