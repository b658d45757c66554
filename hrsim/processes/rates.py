"""What a subject tells about its streams, and the baseline that its reference groups are measured against."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import frexp, inf

from hrsim.engine.model import Stream

Peak = Callable[
    [int], float
]  # a target's number -> the largest multiplier that services can put on it in an arm

# Lowers the ceiling of what can befall only few people, who get upper bands of their own: speed, not results.
FEW = 1.0 / 16.0


@dataclass(frozen=True)
class Rate:
    """One stream of a process: a hazard that most people stay below, and one that nobody can exceed.

    Both are per person-year (per unit of frailty for weighted streams). `typical` is taken from central figures and
    sets the ceiling of the pooled band; `bound` is taken from an arm's figures and decides whether upper bands must
    be watched. An infinite bound is safe and slower, but where bands are pooled it must be finite.
    """

    name: str
    process: str
    typical: float
    bound: float
    weighted: bool = False
    argument: int = 0
    targets: tuple[int, ...] | None = None  # targets of services that the hazard reads; None: perhaps any
    excluded: int = 0  # status bits with which the hazard is surely 0: speed only
    barred: int = 0  # enrolments with which it is surely 0: speed only
    pooled: bool = False  # what lies above the ceiling can befall many: pooled bands instead of personal ones
    plain: float = inf  # nobody exceeds this without one of the enrolments in `raised_by`: speed only
    raised_by: int = 0

    def over(self, arms: Iterable["Rate"]) -> "Rate":
        """Return the rate with what holds in all arms: the highest bounds, all enrolments that raise it."""
        raised_by = 0
        for rate in arms:
            raised_by |= rate.raised_by
        return replace(
            self,
            bound=max(rate.bound for rate in arms),
            plain=max(rate.plain for rate in arms),
            raised_by=raised_by,
        )

    def streams(self, reads: int) -> list[Stream]:
        """Return the stream, watched if some hazard can rise above its ceiling, or where bands are pooled its bands.

        Those climb in steps to the first that is at least `bound`. `reads` is the mask of the services whose stays can
        change the hazard.
        """
        edges = [0.0, ceiling_above(self.typical)]
        while self.pooled and edges[-1] < self.bound:
            edges.append(step_above(edges[-1]))
        return [
            Stream(
                self.name if band == 0 else f"{self.name}.band_{band}",
                self.process,
                high,
                self.weighted,
                self.argument,
                self.bound > high and not self.pooled,
                reads,
                low,
                edges[-1],
                self.excluded,
                self.barred,
                self.raised_by if self.plain <= low else 0,
            )
            for band, (low, high) in enumerate(pairwise(edges))
        ]


def ceiling_above(hazard: float) -> float:
    """Return the smallest of 1, 1.25, 1.5, 1.75 times a power of two that is at least `hazard`; 2**-10 at least.

    Steps, because a small change of a figure should not change the luck.
    """
    power = 2.0**-10
    while 2.0 * power < hazard:
        power *= 2.0
    return next(power * step for step in (1.0, 1.25, 1.5, 1.75, 2.0) if power * step >= hazard or step == 2.0)


def step_above(ceiling: float) -> float:
    """Return the next of the steps of `ceiling_above`: a quarter of the power of two below is added, exactly."""
    _, exponent = frexp(ceiling)
    return ceiling + 2.0 ** (exponent - 3)


@dataclass(frozen=True)
class Baseline:
    """The setting's composition at the start, for one draw: what reference groups and net shares rest on.

    Shares are of people at the start unless said otherwise. `size` is people.
    """

    size: int
    injecting: float
    other_route: float
    unstable_housing: float
    custody: float
    oat_coverage: float  # share enrolled in opioid agonist treatment at the start
    male: float
    mean_age: float  # years
    hiv_prevalence: float  # among people who inject
    hiv_treated: float  # share of people with HIV who are suppressed
    hcv_viraemic: float  # among people who inject
    hcv_advanced: float  # share with decompensated cirrhosis or cancer, among people who inject
    exposure: float  # share of the supply with fentanyl in the reference year
    distressed: float = 0.0  # share in distress, 0 where that process is off
    moving_away: float = 0.0  # rate per person-year at liberty
    off: frozenset[str] = frozenset()  # processes that are switched off: they cause nothing

    def average(self, ratio: float) -> float:
        """Return the mean over people of a factor that is `ratio` in distress and 1 otherwise."""
        return 1.0 + self.distressed * (ratio - 1.0)


@dataclass(frozen=True)
class Subject:
    """One file's contribution: the evidence it reads, its figures, its rates.

    `figures(draw, baseline)` returns the parameter record's fields by name; `rates(figures, peak)` the streams.
    """

    name: str
    fields: tuple[str, ...]
    evidence: tuple[str, ...]
    figures: Callable[..., dict[str, float]]
    rates: Callable[[dict[str, float], Peak], list[Rate]]
