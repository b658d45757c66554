"""Run one arm of a cohort: who is where after each cycle, and what that comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hrsim.cohort.build import ArmModel
from hrsim.cohort.formulas import Floats
from hrsim.cohort.schema import Cohort
from hrsim.economics.discounting import DiscountSchedule

PARTS = ("start", "tree", "states", "moves")


@dataclass(frozen=True)
class Amount:
    """Hold a sum as discounted and as it stands."""

    discounted: float
    undiscounted: float

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.discounted + other.discounted, self.undiscounted + other.undiscounted)


@dataclass(frozen=True)
class Outcome:
    """Hold what came of one arm: money and QALYs by part, life-years, people by state after each cycle.

    `alive` (S,) is 1 where people live; `occupancy` (N + 1, S), first at the start; `flows` by (from, to),
    people moving in each cycle (N,); `years` (S,) person-years in each state as counted, undiscounted.
    """

    states: tuple[str, ...]
    alive: Floats
    costs: Mapping[str, Amount]
    qalys: Mapping[str, Amount]
    life_years: Amount
    occupancy: Floats
    flows: Mapping[tuple[int, int], Floats]
    years: Floats


@dataclass(frozen=True)
class _Counting:
    """Say who stands for slot r, which has the numbers of cycle r + 1: weights of the points before and after it.

    A document that counts by cycle has N slots in use; one that counts points has N + 1, the point being the one
    before. `first_move` is the slot of the moves of the first cycle.
    """

    before: Floats
    after: Floats
    moves: Floats
    first_move: int
    moments: Floats

    def lived(self, people: Floats) -> Floats:
        """Return the cycles lived in each slot, from people at each point, both (N + 1, K)."""
        return np.asarray(
            self.before[:, None] * people + self.after[:, None] * np.vstack([people[1:], 0 * people[:1]])
        )

    def amount(self, by_slot: Floats, schedule: DiscountSchedule) -> Amount:
        """Return the sum over slots (N + 1,)."""
        return Amount(float(by_slot @ schedule.factor(self.moments)), float(by_slot.sum()))

    def moved(self, by_cycle: Floats, schedule: DiscountSchedule) -> Amount:
        """Return the sum over the moves of cycles (N,)."""
        moments = self.moments[self.first_move :][: len(by_cycle)]
        weighted = by_cycle * self.moves
        return Amount(float(weighted @ schedule.factor(moments)), float(weighted.sum()))


def run_arm(said: Cohort, model: ArmModel) -> Outcome:
    """Return what comes of one arm."""
    trace, flows = _trace(model)
    counting = _counting(said, model.cycles, model.cycle_years)
    lived = [counting.lived(people) for people in trace]
    years = np.stack([each.sum(axis=1) for each in lived], axis=1) * model.cycle_years
    parts = {
        key: {
            "start": _whole(getattr(model.once, key)),
            "tree": _whole(getattr(model.tree, key)),
            "states": counting.amount(_of_states(model, lived, key), schedule),
            "moves": counting.moved(_of_moves(model, flows, key), schedule),
        }
        for key, schedule in (("cost", model.costs_discounted), ("qalys", model.effects_discounted))
    }
    return Outcome(
        model.states,
        model.alive,
        parts["cost"],
        parts["qalys"],
        counting.amount(years @ model.alive, model.effects_discounted),
        np.stack([people.sum(axis=1) for people in trace], axis=1),
        flows,
        years.sum(axis=0),
    )


def _whole(amount: Floats) -> Amount:
    return Amount(float(amount), float(amount))


def _of_states(model: ArmModel, lived: list[Floats], key: str) -> Floats:
    total = np.zeros(model.cycles + 1)
    for cycles, worth in zip(lived, model.worth, strict=True):
        total += (cycles * getattr(worth, key)).sum(axis=1)
    return total


def _of_moves(model: ArmModel, flows: Mapping[tuple[int, int], Floats], key: str) -> Floats:
    total = np.zeros(model.cycles)
    for pair, worth in model.move_worth.items():
        if pair in flows:
            total += flows[pair] * getattr(worth, key)
    return total


def _trace(model: ArmModel) -> tuple[list[Floats], dict[tuple[int, int], Floats]]:
    """Return people at each point by state, (N + 1, K) each, and people moving in each cycle."""
    trace = [np.zeros((model.cycles + 1, tunnel)) for tunnel in model.tunnels]
    for people, start in zip(trace, model.start, strict=True):
        people[0, 0] = start
    flows = {pair: np.zeros(model.cycles) for pair in model.moves if pair[0] != pair[1]}
    for cycle in range(model.cycles):
        for (origin, to), chance in model.moves.items():
            moving = trace[origin][cycle] * chance[cycle]
            after = trace[to][cycle + 1]
            if origin == to:  # a cycle longer in the state; the last tunnel keeps its own
                after[1:] += moving[:-1]
                after[-1] += moving[-1]
            else:
                flows[origin, to][cycle] = moving.sum()
                after[0] += moving.sum()
    return trace, flows


def _counting(said: Cohort, cycles: int, years: float) -> _Counting:
    slots = np.arange(cycles + 1, dtype=np.float64)
    if said.cycles is None or said.discount is None:
        nothing = np.zeros(1)
        return _Counting(nothing, nothing, np.zeros(0), 0, slots)
    moments = _moments(said.discount.at, slots, years)
    in_cycle = np.append(np.ones(cycles), 0.0)
    by_cycle = {"start_of_cycle": 1.0, "mean_of_cycle": 0.5, "end_of_cycle": 0.0}
    if said.cycles.counted in by_cycle:
        before = by_cycle[said.cycles.counted]
        return _Counting(before * in_cycle, (1.0 - before) * in_cycle, np.ones(cycles), 0, moments)
    weights = point_weights(said.cycles.counted, cycles)
    moves = weights[1:] if said.cycles.moves_counted == "as_states" else np.ones(cycles)
    return _Counting(weights, 0.0 * weights, moves, 1, moments)


def _moments(at: str, slots: Floats, years: float) -> Floats:
    begins = slots * years
    within = {"start_of_cycle": 0.0, "middle_of_cycle": 0.5, "end_of_cycle": 1.0}
    if at in within:
        return begins + within[at] * years
    year = np.floor(begins + 1e-9)  # 12 / 12 is a whole year, whatever its last bit
    return year if at == "start_of_year" else year + 1.0


def point_weights(counted: str, cycles: int) -> Floats:
    """Return the weights of the N + 1 points from the start to the end of the last cycle.

    `simpson` is Simpson's 1/3 rule, for an even number of cycles. `simpson_as_darth` is what the code of the
    DARTH tutorials does (`gen_wcc`): 4/3 and 2/3 the other way round, for any number of cycles.
    """
    weights = np.ones(cycles + 1)
    if counted == "trapezoid":
        weights[[0, -1]] = 0.5
    elif counted == "simpson":
        weights[1::2], weights[2::2] = 4.0 / 3.0, 2.0 / 3.0
        weights[[0, -1]] = 1.0 / 3.0
    elif counted == "simpson_as_darth":
        weights[1::2], weights[2::2] = 2.0 / 3.0, 4.0 / 3.0
        weights[[0, -1]] = 1.0 / 3.0
    return weights
