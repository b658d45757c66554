"""The cost-effectiveness frontier: strong and extended dominance, ratios only along the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrsim.over_draws import half_width

Floats = NDArray[np.float64]
Point = tuple[float, float]


class Status(Enum):
    """Say where an arm stands."""

    FRONTIER = "frontier"
    COST_SAVING = "cost_saving"
    DOMINATED = "dominated"
    EXTENDED_DOMINATED = "extended_dominated"

    @property
    def on_frontier(self) -> bool:
        """Say whether an arm of this status lies on the frontier."""
        return self in (Status.FRONTIER, Status.COST_SAVING)


@dataclass(frozen=True)
class Standing:
    """Place one arm: its status, and on the frontier the step from the next cheaper arm there.

    `icer` is NaN for the cheapest arm and off the frontier; `words` says what a ratio cannot.
    """

    arm: str
    cost: float
    effect: float
    status: Status
    against: str | None
    incremental_cost: float
    incremental_effect: float
    icer: float
    words: str


def frontier(
    arms: Sequence[str], costs: Sequence[float], effects: Sequence[float], comparator: str | None = None
) -> list[Standing]:
    """Place every arm, in the order given; the order never changes an arm's standing.

    An arm is dominated when another costs no more and does no less, and one of the two strictly; it is
    extended-dominated when it lies on or above a line between two others. Arms of equal cost and effect share
    their standing. A frontier arm that dominates the comparator and costs less is cost-saving.
    Raise ValueError for a number that is not finite.
    """
    if not np.isfinite([*costs, *effects]).all():
        raise ValueError("costs and effects must be finite to draw a frontier")
    points = dict(zip(arms, zip(map(float, costs), map(float, effects), strict=True), strict=True))
    undominated = _undominated(list(points.values()))
    field = _Field(points, undominated, _lower_hull(undominated), comparator)
    return [field.stand(arm) for arm in points]


def _undominated(points: list[Point]) -> list[Point]:
    """Keep the points that no other dominates, cheapest first; equal points count once."""
    kept: list[Point] = []
    for cost, effect in sorted(set(points), key=lambda point: (point[0], -point[1])):
        if not kept or effect > kept[-1][1]:
            kept.append((cost, effect))
    return kept


def _lower_hull(points: list[Point]) -> list[Point]:
    """Drop the points on or above a line between two others; ratios then rise along what is left."""
    hull: list[Point] = []
    for point in points:
        while len(hull) > 1 and _slope(hull[-2], hull[-1]) >= _slope(hull[-1], point):
            hull.pop()
        hull.append(point)
    return hull


def _slope(lower: Point, upper: Point) -> float:
    return (upper[0] - lower[0]) / (upper[1] - lower[1])


@dataclass(frozen=True)
class _Field:
    """Hold all arms as points, those not dominated, and those on the frontier, cheapest first."""

    points: dict[str, Point]
    undominated: list[Point]
    hull: list[Point]
    comparator: str | None

    def stand(self, arm: str) -> Standing:
        point = self.points[arm]
        if point not in self.hull:
            extended = point in self.undominated
            status = Status.EXTENDED_DOMINATED if extended else Status.DOMINATED
            why = "a mix of two other arms does as much for no more money" if extended else self._why(point)
            return _off_the_line(arm, point, status, [why, self._twins(arm)])
        saving = self._costs_less_than_comparator(point)
        status = Status.COST_SAVING if saving else Status.FRONTIER
        words = [self._beside_comparator(point), self._twins(arm)]
        place = self.hull.index(point)
        if place == 0:
            return _off_the_line(arm, point, status, ["the cheapest", *words])
        below = self.hull[place - 1]
        twins = [name for name, other in self.points.items() if other == below]
        against = self.comparator if self.comparator in twins else min(twins)
        cost, effect = point[0] - below[0], point[1] - below[1]
        return Standing(arm, *point, status, against, cost, effect, cost / effect, _join(words))

    def _costs_less_than_comparator(self, point: Point) -> bool:
        if self.comparator is None:
            return False
        other = self.points[self.comparator]
        return point[0] < other[0] and point[1] >= other[1]

    def _beside_comparator(self, point: Point) -> str:
        """Say how an arm of the frontier beats the comparator outright; nothing where it does not."""
        if self._costs_less_than_comparator(point):
            return "costs less than the comparator and does no less"
        if self.comparator is None:
            return ""
        cost, effect = self.points[self.comparator]
        more = point[0] == cost and point[1] > effect
        return "costs the same as the comparator and does more" if more else ""

    def _why(self, point: Point) -> str:
        better = sorted(
            name
            for name, other in self.points.items()
            if other != point and other[0] <= point[0] and other[1] >= point[1]
        )
        return f"costs no less and does no more than {', '.join(better)}"

    def _twins(self, arm: str) -> str:
        others = sorted(
            name for name, point in self.points.items() if point == self.points[arm] and name != arm
        )
        return f"same cost and effect as {', '.join(others)}" if others else ""


def _off_the_line(arm: str, point: Point, status: Status, words: list[str]) -> Standing:
    return Standing(arm, *point, status, None, np.nan, np.nan, np.nan, _join(words))


def _join(words: list[str]) -> str:
    return "; ".join(word for word in words if word)


def net_monetary_benefit(costs: ArrayLike, effects: ArrayLike, threshold: float) -> Floats:
    """Give `threshold x effect - cost`, elementwise."""
    return threshold * np.asarray(effects, dtype=np.float64) - np.asarray(costs, dtype=np.float64)


def net_health_benefit(costs: ArrayLike, effects: ArrayLike, threshold: float) -> Floats:
    """Give `effect - cost / threshold`, elementwise; the threshold is above 0."""
    return np.asarray(effects, dtype=np.float64) - np.asarray(costs, dtype=np.float64) / threshold


def switch_points(standings: Sequence[Standing]) -> list[tuple[float, str]]:
    """List the thresholds at which the best arm changes, rising, each with the arm best from there on.

    Of arms with equal cost and effect the first by name stands for all.
    """
    steps: dict[float, str] = {}
    for standing in sorted(standings, key=lambda standing: standing.arm):
        if standing.against is not None:
            steps.setdefault(standing.icer, standing.arm)
    return sorted(steps.items())


def shortfalls(net_benefits: Floats) -> Floats:
    """Give how far each arm lies below the arm of the highest mean, draw by draw, shape (draws, arms)."""
    best = net_benefits[:, [net_benefits.mean(axis=0).argmax()]]
    return np.asarray(best - net_benefits, dtype=np.float64)


def tied_arms(shortfall: Floats) -> NDArray[np.bool_]:
    """Tell which arms the draws cannot tell from the best: a two-sided 95 % interval of the mean shortfall holds 0.

    The interval is Student's, from paired draws, so that what all arms share does not count. From one draw only arms
    that are equal to the best are tied.
    """
    draws, mean = len(shortfall), shortfall.mean(axis=0)
    if draws < 2:
        return np.asarray(mean == 0.0)
    error = shortfall.std(axis=0, ddof=1) / np.sqrt(draws)
    return np.asarray(mean <= half_width(error, draws))
