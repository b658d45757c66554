"""Verdicts: inside, outside, or undecided where chance is too large to tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from hrsim.validate.cases import Measured
from hrsim.validate.samples import Estimate

Word = Literal["inside", "outside", "undecided"]
FINE_ENOUGH = 5.0  # the standard error may be at most this part of the band
SURE = 2.0  # standard errors from an edge of the band at which chance no longer explains the side


@dataclass(frozen=True)
class Band:
    """Hold the values that agree; an open end is infinite."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """Return its width."""
        return self.high - self.low


@dataclass(frozen=True)
class Verdict:
    """Hold what came of one measure. `direction_right` is None where no sign was published."""

    measure: Measured
    estimate: Estimate
    band: Band
    word: Word
    direction_right: bool | None

    @property
    def fails(self) -> bool:
        """Return whether it is a miss that nobody declared."""
        return self.word == "outside" and not self.measure.known_gap

    @property
    def text(self) -> str:
        """Return the verdict in words."""
        if self.word == "outside":
            side = {True: ", direction right", False: ", direction wrong", None: ""}[self.direction_right]
            gap = " (known gap)" if self.measure.known_gap else ""
            return f"outside{side}{gap}"
        return self.word

    @property
    def explanation(self) -> str:
        """Return why a miss is a miss; nothing for what agrees."""
        if self.word != "outside":
            return ""
        return self.measure.because or "unexplained"


def judge(measure: Measured, estimate: Estimate) -> Verdict:
    """Hold an estimate against a measure's rule."""
    band = band_of(measure)
    return Verdict(measure, estimate, band, _word(measure, estimate, band), _direction(measure, estimate))


def band_of(measure: Measured) -> Band:
    """Return the values that agree by the rules about size: the narrowest of those given."""
    low, high, rule, value = float("-inf"), float("inf"), measure.accept, measure.value
    distances = []
    if value is not None and rule.within is not None:
        distances.append(abs(value) * rule.within)
    if rule.within_points is not None:
        distances.append(rule.within_points)
    if value is not None and distances:
        low, high = value - min(distances), value + min(distances)
    if rule.low is not None:
        low = max(low, rule.low)
    if rule.high is not None:
        high = min(high, rule.high)
    return Band(low, high)


def _word(measure: Measured, estimate: Estimate, band: Band) -> Word:
    value, rule = measure.value, measure.accept
    bounded = band.low > float("-inf") or band.high < float("inf")
    inside = bounded and band.low <= estimate.value <= band.high
    if not inside and rule.standard_errors is not None and value is not None:
        near = abs(estimate.value - value) <= rule.standard_errors * estimate.error
        coarse = bounded and estimate.error > band.width / FINE_ENOUGH
        if near:
            return "undecided" if coarse else "inside"
    edge = min(abs(estimate.value - band.low), abs(estimate.value - band.high))
    if bounded and edge < SURE * estimate.error and estimate.error > band.width / FINE_ENOUGH:
        return "undecided"
    return "inside" if inside else "outside"


def _direction(measure: Measured, estimate: Estimate) -> bool | None:
    value = measure.value
    if value is None or value == 0.0 or not math.isfinite(estimate.value):
        return None
    return (estimate.value > 0.0) == (value > 0.0)
