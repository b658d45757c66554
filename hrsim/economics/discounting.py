"""Discounting: continuous in time, with the yearly conventions of published models beside it.

A flow within an interval is discounted by the mean factor over that interval, `(exp(-d t0) - exp(-d t1)) /
(d (t1 - t0))` with `d = ln(1 + r)`: exact for a flow that is constant within the interval. Where the flow
itself falls at rate `m` within an interval of length `h`, the value is low by the relative error
`d m h^2 / 12` (below 3e-6 for quarters, 3 % and 1.6 deaths per 100 person-years).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Convention(Enum):
    """Name the moment at which a year's flow is discounted."""

    CONTINUOUS = "continuous"
    START_OF_YEAR = "start_of_year"
    MID_YEAR = "mid_year"
    END_OF_YEAR = "end_of_year"


_MOMENT_IN_YEAR = {Convention.START_OF_YEAR: 0.0, Convention.MID_YEAR: 0.5, Convention.END_OF_YEAR: 1.0}


@dataclass(frozen=True)
class DiscountSchedule:
    """Hold yearly discount rates, each in force from its year on; the first from year 0.

    `steps` are (from year, rate per year) pairs, for example `((0, 0.035), (30, 0.03))`. Raise ValueError
    when they do not start at 0 and rise, or a rate is not above -1.
    """

    steps: tuple[tuple[float, float], ...]
    convention: Convention = Convention.CONTINUOUS

    def __post_init__(self) -> None:
        """Refuse steps out of order and rates without meaning."""
        years = [year for year, _ in self.steps]
        if not years or years[0] != 0 or any(later <= year for year, later in pairwise(years)):
            raise ValueError(f"discount steps must start at year 0 and rise, got years {years}")
        if not all(np.isfinite(rate) and rate > -1 for _, rate in self.steps):
            raise ValueError(f"discount rates must be finite and above -1, got {self.steps}")

    @classmethod
    def constant(cls, rate: float, convention: Convention = Convention.CONTINUOUS) -> DiscountSchedule:
        """Hold one rate for ever."""
        return cls(((0.0, rate),), convention)

    @property
    def forces(self) -> Floats:
        """Give the continuous equivalent `ln(1 + r)` of each rate."""
        return np.log1p([rate for _, rate in self.steps])

    def factor(self, years: ArrayLike) -> Floats:
        """Give the present value of 1 at each moment, in years from the study start."""
        moments = np.asarray(years, dtype=np.float64)
        exponent = np.zeros_like(moments)
        for start, end, force in self._segments():
            exponent += force * (np.minimum(np.maximum(moments, start), end) - start)
        return np.exp(-exponent)

    def moment_factors(self, years: ArrayLike) -> Floats:
        """Give the present value of 1 paid at each moment, in years from the study start, by this convention."""
        moments = np.asarray(years, dtype=np.float64)
        if self.convention is Convention.CONTINUOUS:
            return self.factor(moments)
        return self.factor(np.floor(moments) + _MOMENT_IN_YEAR[self.convention])

    def span_factors(self, start: ArrayLike, end: ArrayLike) -> Floats:
        """Give the mean discount factor over each span from `start` to `end`, in years, of any shape."""
        begins, ends = np.broadcast_arrays(np.asarray(start, np.float64), np.asarray(end, np.float64))
        integral = self._continuous if self.convention is Convention.CONTINUOUS else self._yearly
        flat = integral(begins.ravel(), ends.ravel()) / (ends - begins).ravel()
        return np.asarray(flat.reshape(begins.shape), dtype=np.float64)

    def mean_factors(self, edges: ArrayLike) -> Floats:
        """Give the mean discount factor over each interval between edges in years, shape (len(edges)-1,)."""
        bounds = np.asarray(edges, dtype=np.float64)
        return self.span_factors(bounds[:-1], bounds[1:])

    def present_value_of_annuity(self, years: int) -> float:
        """Give the present value of 1 a year for a whole number of years, by this convention."""
        return float(self.mean_factors(np.arange(years + 1)).sum())

    def _segments(self) -> list[tuple[float, float, float]]:
        starts = [year for year, _ in self.steps]
        return list(zip(starts, [*starts[1:], np.inf], self.forces, strict=True))

    def _continuous(self, start: Floats, end: Floats) -> Floats:
        total = np.zeros_like(start)
        for first, last, force in self._segments():
            low = np.minimum(np.maximum(start, first), last)
            width = np.minimum(np.maximum(end, first), last) - low
            total += self.factor(low) * width * _decay_mean(force * width)
        return total

    def _yearly(self, start: Floats, end: Floats) -> Floats:
        years = np.arange(int(np.floor(start.min(initial=0))), int(np.ceil(end.max(initial=1))))
        overlap = np.minimum(end[:, None], years + 1) - np.maximum(start[:, None], years)
        weights: Floats = np.maximum(overlap, 0.0) @ self.factor(years + _MOMENT_IN_YEAR[self.convention])
        return weights


def _decay_mean(exponent: Floats) -> Floats:
    """Average `exp(-s)` for s from 0 to `exponent`; 1 in the limit at 0."""
    safe = np.where(exponent == 0.0, 1.0, exponent)
    return np.where(exponent == 0.0, 1.0, -np.expm1(-safe) / safe)
