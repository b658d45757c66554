"""Opioid agonist treatment: asking, places, a first-come list, Weibull stays, overdose windows."""

from __future__ import annotations

from collections import OrderedDict
from math import inf, log
from typing import TYPE_CHECKING

from .result import CUSTODY, OAT, WAITING

if TYPE_CHECKING:
    from .person import Person

STAY = "oat_stay"
FIRST_WINDOW = "oat_first"
AFTER_WINDOW = "oat_after"


class Places:
    """Hold how many places there are and are taken, and who waits, in the order of asking."""

    __slots__ = ("number", "taken", "waiting")

    def __init__(self, number: float) -> None:
        self.number = number
        self.taken = 0
        self.waiting: OrderedDict[Person, None] = OrderedDict()


def hazard(person: Person) -> float:
    """Return the hazard of asking, or of giving up for people on the list; 0 when enrolled or in custody."""
    spells = person.spells
    if OAT in spells or CUSTODY in spells:
        return 0.0
    p = person.parameters
    return 1.0 / p.oat_patience_years if WAITING in spells else p.oat_request_rate


def happen(person: Person) -> None:
    """Ask, or give up waiting."""
    if WAITING in person.spells:
        person.cohort.counts.oat_gave_up += 1
        leave_list(person)
    else:
        request(person)


def request(person: Person) -> None:
    """Start at once if a place is free (then nobody waits), else join the list, if there is one."""
    cohort, places = person.cohort, person.cohort.places
    cohort.counts.oat_requests += 1
    if places.taken < places.number:
        start(person)
    elif person.parameters.oat_patience_years == 0:
        cohort.counts.oat_turned_away += 1
    else:
        places.waiting[person] = None
        person.begin(WAITING)


def start(person: Person) -> None:
    """Take a place: draw the stay, open the first window, close the one after the last stay."""
    cohort, p = person.cohort, person.parameters
    cohort.places.taken += 1
    cohort.counts.oat_starts += 1
    person.begin(OAT)
    person.set_timer(STAY, draw_stay(person))
    if p.oat_first_years:
        person.set_timer(FIRST_WINDOW, p.oat_first_years)
    person.stop_timer(AFTER_WINDOW)


def draw_stay(person: Person) -> float:
    """Return a Weibull stay in years; for ever when the rate of leaving is 0."""
    p = person.parameters
    if p.oat_stay_rate == 0:
        return inf
    budget = -log(1.0 - person.cohort.uniform())
    return float((budget / p.oat_stay_rate) ** (1.0 / p.oat_stay_shape))


def finish_stay(person: Person) -> None:
    """Leave treatment: close its window, open the one after it, give the place to the head of the list."""
    p, places = person.parameters, person.cohort.places
    person.end(OAT)
    person.stop_timer(STAY)
    person.stop_timer(FIRST_WINDOW)
    if p.oat_after_years:
        person.set_timer(AFTER_WINDOW, p.oat_after_years)
    places.taken -= 1
    if places.waiting:
        admit(next(iter(places.waiting)))


def admit(person: Person) -> None:
    """Take the head of the list in, and break into that person's wait because the clocks have changed."""
    cohort = person.cohort
    cohort.counts.oat_admitted_from_list += 1
    cohort.admitted_wait_years += leave_list(person)
    start(person)
    person.process.interrupt()


def leave_list(person: Person) -> float:
    """Take the person off the list and return the years waited."""
    del person.cohort.places.waiting[person]
    return person.end(WAITING)


def leave_service(person: Person) -> None:
    """End treatment or waiting, whichever there is, on death or custody."""
    if OAT in person.spells:
        finish_stay(person)
    elif WAITING in person.spells:
        leave_list(person)


def open_windows(person: Person) -> list[float]:
    """Return the factor of the treatment window that is open, if one is (they cannot overlap)."""
    p = person.parameters
    if FIRST_WINDOW in person.timers:
        return [p.oat_first_multiplier]
    return [p.oat_after_multiplier] if AFTER_WINDOW in person.timers else []
