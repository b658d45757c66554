"""One person is one SimPy process: the next thing that happens is the first of several competing clocks.

Exponential clocks have no memory, so they are drawn afresh after anything that happened to the person, also
when somebody else's doing interrupts the wait (a place came free). Whatever has an age (a stay, a window, the
acute stage of an infection) is a timer with an absolute end, which survives those fresh draws. Both are exact
in continuous time.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Generator
from itertools import accumulate
from math import inf, log
from typing import TYPE_CHECKING

from simpy import Event, Interrupt

from . import infections, life, overdose, skin, treatment, use
from .result import ALIVE

if TYPE_CHECKING:
    from .cohort import Cohort


class Person:
    """Hold one person: spells (states with the time they began), timers (ends still to come), stages."""

    __slots__ = (
        "brain_injury",
        "cohort",
        "frailty",
        "hcv",
        "hiv",
        "lasting_partner",
        "overdosed",
        "parameters",
        "process",
        "relapse_prone",
        "route_left_is_injecting",
        "spells",
        "timers",
    )

    def __init__(self, cohort: Cohort, frailty: float) -> None:
        self.cohort = cohort
        self.parameters = cohort.parameters
        self.frailty = frailty
        self.hiv = infections.NONE
        self.hcv = infections.NONE
        self.lasting_partner: Person | None = None
        self.overdosed = False
        self.brain_injury = False
        self.relapse_prone = False
        self.route_left_is_injecting = True
        self.spells: dict[str, float] = {ALIVE: cohort.environment.now}
        self.timers: dict[str, float] = {}
        self.process = cohort.environment.process(self.live())

    def live(self) -> Generator[Event, None, None]:
        """Wait for the next thing, let it happen, and again until death."""
        timeout, spells = self.cohort.environment.timeout, self.spells
        while ALIVE in spells:
            wait, happen = self.draw_next()
            try:
                yield timeout(wait)
            except Interrupt:
                continue
            happen(self)

    def draw_next(self) -> tuple[float, Action]:
        """Draw the first of the exponential clocks; return it, or the first timer if that ends before."""
        uniform = self.cohort.uniform
        cumulative = list(accumulate([hazard(self) for hazard in HAZARDS]))
        total = cumulative[-1]
        wait = -log(1.0 - uniform()) / total if total else inf
        if self.timers:
            until_timer = min(self.timers.values()) - self.cohort.environment.now
            if until_timer <= wait:
                return max(until_timer, 0.0), end_timer  # two timers may end together, to rounding
        return wait, ACTIONS[bisect(cumulative, uniform() * total, 0, len(ACTIONS) - 1)]

    def set_timer(self, name: str, years: float) -> None:
        """Start a timer that ends in `years`, in place of one of that name that may be running."""
        self.timers[name] = self.cohort.environment.now + years

    def stop_timer(self, name: str) -> None:
        """Take a timer away, running or not."""
        self.timers.pop(name, None)

    def begin(self, state: str) -> None:
        """Begin a spell in a state."""
        self.spells[state] = self.cohort.environment.now

    def end(self, state: str) -> float:
        """End the spell in a state, book its person-years and return them."""
        lasted = self.cohort.environment.now - self.spells.pop(state)
        self.cohort.person_years[state] += lasted
        return lasted


def end_timer(person: Person) -> None:
    """Close the timer that has run out and do what follows from it."""
    timers = person.timers
    name = min(timers, key=timers.__getitem__)
    del timers[name]
    follow = AT_END.get(name)
    if follow is not None:
        follow(person)


Action = Callable[[Person], None]
Hazard = Callable[[Person], float]
CLOCKS: tuple[tuple[Hazard, Action], ...] = (
    (life.background_hazard, life.die_of_background),
    (life.housing_hazard, life.change_housing),
    (life.custody_hazard, life.change_custody),
    (overdose.hazard, overdose.happen),
    (treatment.hazard, treatment.happen),
    (infections.hiv_hazard, infections.happen_hiv),
    (infections.hcv_hazard, infections.happen_hcv),
    (use.career_hazard, use.turn),
    (use.route_hazard, use.change_route),
    (skin.hazard, skin.happen),
)
HAZARDS: tuple[Hazard, ...] = tuple(hazard for hazard, _ in CLOCKS)
ACTIONS: tuple[Action, ...] = tuple(action for _, action in CLOCKS)
AT_END: dict[str, Action] = {
    treatment.STAY: treatment.finish_stay,
    infections.HIV_ACUTE: infections.become_chronic_hiv,
    infections.HCV_ACUTE: infections.resolve_acute_hcv,
}
"""What follows when a timer runs out; windows only close."""
