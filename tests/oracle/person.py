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

from . import infections, life, overdose, treatment
from .result import ALIVE

if TYPE_CHECKING:
    from .cohort import Cohort


class Person:
    """Hold one person: spells (states with the time they began), timers (ends still to come), stages."""

    __slots__ = (
        "cohort",
        "cumulative",
        "frailty",
        "hcv",
        "hiv",
        "lasting_partner",
        "next_timer",
        "overdosed",
        "process",
        "spells",
        "stale",
        "timer_time",
        "timers",
    )

    def __init__(self, cohort: Cohort, frailty: float) -> None:
        self.cohort = cohort
        self.frailty = frailty
        self.hiv = infections.NONE
        self.hcv = infections.NONE
        self.lasting_partner: Person | None = None
        self.overdosed = False
        self.spells: dict[str, float] = {ALIVE: cohort.environment.now}
        self.timers: dict[str, float] = {}
        self.stale = True
        self.cumulative: list[float] = []
        self.next_timer = ""
        self.timer_time = inf
        self.process = cohort.environment.process(self.live())

    def live(self) -> Generator[Event, None, None]:
        """Wait for the first clock, let it happen, and again until death."""
        environment, uniform = self.cohort.environment, self.cohort.uniform
        timeout = environment.timeout
        while ALIVE in self.spells:
            if self.stale:
                self.set_clocks()
            total = self.cumulative[-1]
            wait = -log(1.0 - uniform()) / total if total else inf
            until_timer = self.timer_time - environment.now
            try:
                if wait < until_timer:
                    yield timeout(wait)
                    chosen = bisect(self.cumulative, uniform() * total, 0, len(ACTIONS) - 1)
                    ACTIONS[chosen](self)
                else:
                    yield timeout(max(until_timer, 0.0))  # two timers may end together, to rounding
                    self.end_timer()
            except Interrupt:
                continue

    def set_clocks(self) -> None:
        """Set the hazards of all competing actions and find the first timer."""
        self.cumulative = list(accumulate([hazard(self) for hazard in HAZARDS]))
        self.timer_time = inf
        for name, time in self.timers.items():
            if time < self.timer_time:
                self.next_timer, self.timer_time = name, time
        self.stale = False

    def end_timer(self) -> None:
        """Close the timer that has run out and do what follows from it."""
        del self.timers[self.next_timer]
        self.stale = True
        follow = AT_END.get(self.next_timer)
        if follow is not None:
            follow(self)

    def set_timer(self, name: str, years: float) -> None:
        """Start a timer that ends in `years`, in place of one of that name that may be running."""
        self.timers[name] = self.cohort.environment.now + years
        self.stale = True

    def stop_timer(self, name: str) -> None:
        """Take a timer away, running or not."""
        self.timers.pop(name, None)
        self.stale = True

    def begin(self, state: str) -> None:
        """Begin a spell in a state."""
        self.spells[state] = self.cohort.environment.now
        self.stale = True

    def end(self, state: str) -> float:
        """End the spell in a state, book its person-years and return them."""
        lasted = self.cohort.environment.now - self.spells.pop(state)
        self.cohort.person_years[state] += lasted
        self.stale = True
        return lasted


Action = Callable[[Person], None]
Hazard = Callable[[Person], float]
CLOCKS: tuple[tuple[Hazard, Action], ...] = (
    (life.background_hazard, life.die_of_background),
    (life.housing_hazard, life.change_housing),
    (life.custody_hazard, life.change_custody),
    (overdose.hazard, overdose.happen),
    (treatment.request_hazard, treatment.request),
    (treatment.give_up_hazard, treatment.give_up),
    (infections.hiv_contact_hazard, infections.meet_hiv),
    (infections.hiv_course_hazard, infections.advance_hiv),
    (infections.hcv_contact_hazard, infections.meet_hcv),
    (infections.hcv_cure_hazard, infections.cure_hcv),
)
HAZARDS: tuple[Hazard, ...] = tuple(hazard for hazard, _ in CLOCKS)
ACTIONS: tuple[Action, ...] = tuple(action for _, action in CLOCKS)
AT_END: dict[str, Action] = {
    treatment.STAY: treatment.finish_stay,
    infections.HIV_ACUTE: infections.become_chronic_hiv,
    infections.HCV_ACUTE: infections.resolve_acute_hcv,
}
"""What follows when a timer runs out; windows only close."""
