"""Summaries over draws: the mean, its Monte Carlo error, and the spread that parameters cause."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.analysis import WITHIN
from hrsim.economics.currency import CurrencyYear
from hrsim.economics.prices import CostLine, Perspective
from hrsim.economics.valuation import Valuation
from hrsim.over_draws import spread

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Hold the valuations of a run, by draw and within a draw by replicate.

    Replicates of one draw are averaged before anything is summarised, so that `mcse`, the standard deviation
    over draws divided by the root of their number, is the standard error of the mean over both.
    """

    draws: tuple[tuple[Valuation, ...], ...]

    @property
    def first(self) -> Valuation:
        """Give one valuation, for the names that all of them share."""
        return self.draws[0][0]

    @property
    def arms(self) -> tuple[str, ...]:
        """Give the names of the arms."""
        return self.first.arms

    @property
    def lines(self) -> tuple[CostLine, ...]:
        """Give the cost lines."""
        return self.first.lines

    @property
    def money(self) -> CurrencyYear:
        """Give the study's money."""
        return self.first.money

    def over_draws(self, measure: Callable[[Valuation], Floats]) -> Floats:
        """Evaluate a measure in every valuation and average within draws, shape (draws, ...)."""
        return np.stack([np.mean([measure(v) for v in replicates], axis=0) for replicates in self.draws])

    @cached_property
    def _line_costs(self) -> dict[tuple[bool, str], Floats]:
        return {}

    def line_costs(self, *, discounted: bool, part: str = WITHIN) -> Floats:
        """Give the cost of every line in one part of time, shape (draws, arms, lines)."""
        key = (discounted, part)
        if key not in self._line_costs:
            self._line_costs[key] = self.over_draws(lambda v: v.line_costs(discounted=discounted, part=part))
        return self._line_costs[key]

    def cost(self, lines: Collection[CostLine], *, discounted: bool, part: str = WITHIN) -> Floats:
        """Add up the cost of some lines in one part of time, shape (draws, arms)."""
        names = {line.name for line in lines}
        chosen = [line.name in names for line in self.lines]
        costs = self.line_costs(discounted=discounted, part=part)
        return np.asarray(costs[:, :, chosen].sum(axis=2), dtype=np.float64)

    def perspective_cost(
        self, perspective: Perspective, *, discounted: bool = True, part: str = WITHIN
    ) -> Floats:
        """Give the cost from a perspective in one part of time, shape (draws, arms)."""
        lines = [line for line in self.lines if perspective.includes(line)]
        return self.cost(lines, discounted=discounted, part=part)

    def effects(self, measure: str, *, discounted: bool, part: str = WITHIN) -> Floats:
        """Give `qalys`, `life_years` or `deaths` in one part of time, shape (draws, arms)."""
        return self.over_draws(lambda v: v.effects(measure, discounted=discounted, part=part))


def collect(valuations: Sequence[Valuation], draw_numbers: Sequence[int] | None = None) -> Sample:
    """Group valuations by draw; without numbers each is a draw of its own.

    With all parameters at their point values every replicate is a draw of its own. Raise ValueError when
    there is none, or when arms, lines or money differ between them.
    """
    numbers = range(len(valuations)) if draw_numbers is None else draw_numbers
    if not valuations:
        raise ValueError("there is no valuation to summarise")
    shapes = {(v.arms, tuple(line.name for line in v.lines), v.money) for v in valuations}
    if len(shapes) > 1:
        raise ValueError("valuations of one run must share arms, cost lines and money")
    by_draw: dict[int, list[Valuation]] = {}
    for number, valuation in zip(numbers, valuations, strict=True):
        by_draw.setdefault(number, []).append(valuation)
    return Sample(tuple(tuple(replicates) for replicates in by_draw.values()))


def describe(values: Floats) -> dict[str, float | int]:
    """Summarise one number over draws: mean, sd, mcse, low, high, n_draws.

    From a single draw the spread is unknown, so NaN and not 0.
    """
    count = len(values)
    if count == 1:
        doubt = {"sd": np.nan, "mcse": np.nan, "low": np.nan, "high": np.nan}
    else:
        sd = float(np.std(values, ddof=1))
        low, high = spread(values)
        doubt = {"sd": sd, "mcse": sd / float(np.sqrt(count)), "low": float(low), "high": float(high)}
    return {"mean": float(np.mean(values)), **doubt, "n_draws": count}
