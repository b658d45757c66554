"""The cohort that the people share: clock, luck, places, counts."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from random import Random

import simpy

from . import infections, life, treatment
from .parameters import OracleParameters
from .person import Person
from .result import HCV, HIV, STATES, UNSTABLE_HOUSING, Counts


class Cohort:
    """Hold the people and what they share; everybody's start is drawn independently."""

    def __init__(self, parameters: OracleParameters, seed: int) -> None:
        self.parameters = parameters
        self.environment = simpy.Environment()
        self.random = Random(seed)
        self.uniform: Callable[[], float] = self.random.random
        self.counts = Counts()
        self.person_years = dict.fromkeys(STATES, 0.0)
        self.admitted_wait_years = 0.0
        self.places = treatment.Places(parameters.oat_places)
        self.sharing_people = parameters.people
        self.people = [Person(self, self.draw_frailty()) for _ in range(parameters.people)]
        self.pair_lasting_partners()
        for person in self.people:
            self.draw_start(person)

    def draw_frailty(self) -> float:
        """Return a gamma factor with mean 1; exactly 1 for an infinite shape."""
        shape = self.parameters.frailty_shape
        return 1.0 if shape == inf else self.random.gammavariate(shape, 1.0 / shape)

    def pair_lasting_partners(self) -> None:
        """Pair people at random; of an odd number one stays alone."""
        if self.parameters.lasting_partner_share == 0:
            return
        shuffled = self.random.sample(self.people, len(self.people))
        for one, other in zip(shuffled[::2], shuffled[1::2], strict=False):
            one.lasting_partner, other.lasting_partner = other, one

    def draw_start(self, person: Person) -> None:
        """Draw a person's states at time 0."""
        p, uniform = self.parameters, self.uniform
        if uniform() < p.unstable_housing_at_start:
            person.begin(UNSTABLE_HOUSING)
        if uniform() < p.hiv_prevalence_at_start:
            person.hiv = infections.CHRONIC
            person.begin(HIV)
        if uniform() < p.hcv_prevalence_at_start:
            person.hcv = infections.CHRONIC
            person.begin(HCV)
        if uniform() < p.custody_at_start:
            life.enter_custody(person)
        elif uniform() < p.oat_request_at_start:
            treatment.request(person)

    def simpy_events(self) -> int:
        """Return how many SimPy events were processed: those ever scheduled, but for those still to come.

        SimPy numbers events as they are scheduled and keeps those to come in a queue; reading both is free,
        counting steps is not. Asking takes a number, so ask once, at the end.
        """
        return next(self.environment._eid) - len(self.environment._queue)

    def people_in(self, state: str) -> int:
        """Return how many people are in a state."""
        return sum(state in person.spells for person in self.people)

    def close_books(self) -> None:
        """Book the person-years of the spells that go on, without ending them."""
        now = self.environment.now
        for person in self.people:
            for state, began in person.spells.items():
                self.person_years[state] += now - began
