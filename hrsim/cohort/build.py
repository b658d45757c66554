"""Turn a cohort document into the arrays of one arm: who starts where, who moves, what states and moves are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from hrsim.cohort.formulas import Floats
from hrsim.cohort.moves import Moves, probabilities
from hrsim.cohort.numbers import Faults, Numbers
from hrsim.cohort.schema import REST, Arm, Branch, Cohort, Parameter, Row, Start, State
from hrsim.economics.discounting import DiscountSchedule
from hrsim.study.tree import Path
from hrsim.study.values import StudyModel

SUM = 1e-9  # how far probabilities may add up to other than 1: rounding of decimals, nothing more


@dataclass(frozen=True)
class Worth:
    """Hold money and QALYs of the same things."""

    cost: Floats
    qalys: Floats


@dataclass(frozen=True)
class ArmModel:
    """Hold the numbers of one arm: N cycles, S states, state i telling K_i cycles since entry apart.

    `start` (S,) people; `moves` probabilities by (from, to), each (N, K_from); `years` (S,) of value 1 where
    people live; `states[i]` worth of a cycle there, (N + 1, K_i); `move_worth` by (from, to), each (N,);
    `once` and `tree` totals at time 0.
    """

    states: tuple[str, ...]
    tunnels: tuple[int, ...]
    alive: Floats
    start: Floats
    once: Worth
    tree: Worth
    cycle_years: float
    moves: Moves
    worth: tuple[Worth, ...]
    move_worth: Mapping[tuple[int, int], Worth]
    costs_discounted: DiscountSchedule
    effects_discounted: DiscountSchedule

    @property
    def cycles(self) -> int:
        """Return the number of cycles."""
        return len(self.worth[0].cost) - 1 if self.worth else 0


def build_arm(said: Cohort, arm: str, faults: Faults) -> ArmModel:
    """Return the arrays of one arm; faults are noted, and what is faulty is zero."""
    told = _Told(said, said.arms[arm], ("arms", arm))
    constants = Numbers(told.parameters, {}, faults)
    years = _cycle_years(said, constants)
    number, age = said.cycles.number if said.cycles else 0, told.start.age
    at_start = constants.with_clocks({} if age is None else {"age": np.asarray(age)})
    in_cycles = constants.with_clocks(_clocks(number, years, age))
    at_points = constants.with_clocks(_clocks(number + 1, years, age))
    (at_points if number else at_start).check_parameters()
    people = at_start.one(told.start_path("people"), told.start.people, 0.0)
    shares, tree = _tree(told, at_start) if said.tree else _shares(told, at_start)
    once = (at_start.one(told.start_path(key), getattr(told.start, key)) for key in ("cost", "qalys"))
    states, tunnels = tuple(told.states), tuple(state.tunnel for state in told.states.values())
    return ArmModel(
        states,
        tunnels,
        np.array([0.0 if state.dead else 1.0 for state in told.states.values()]),
        people * shares,
        Worth(*(np.asarray(people * each) for each in once)),
        Worth(people * tree.cost, people * tree.qalys),
        years,
        probabilities(told.rows, states, tunnels, said.rates_become, in_cycles, years) if number else {},
        tuple(_worth(told, name, at_points, number, years) for name in states),
        _move_worth(said, states, in_cycles) if number else {},
        _schedule(constants, said, "costs"),
        _schedule(constants, said, "effects"),
    )


@dataclass(frozen=True)
class _Told:
    """Lay what one arm says over what the document says, and know where each was said."""

    said: Cohort
    differs: Arm
    above: Path

    @property
    def parameters(self) -> dict[str, tuple[Parameter, Path]]:
        found: dict[str, tuple[Parameter, Path]] = {
            name: (given, ("parameters", name)) for name, given in self.said.parameters.items()
        }
        own = self.differs.parameters.items()
        return found | {name: (given, (*self.above, "parameters", name)) for name, given in own}

    @property
    def rows(self) -> dict[str, tuple[Row, Path]]:
        found: dict[str, tuple[Row, Path]] = {
            name: (row, ("transitions", name)) for name, row in self.said.transitions.items()
        }
        own = self.differs.transitions.items()
        return found | {name: (row, (*self.above, "transitions", name)) for name, row in own}

    @property
    def start(self) -> Start:
        return _over(self.said.start, self.differs.start)

    @property
    def states(self) -> dict[str, State]:
        return {name: _over(state, self.differs.states.get(name)) for name, state in self.said.states.items()}

    @property
    def tree(self) -> dict[str, dict[str, Branch]]:
        return {**self.said.tree, **self.differs.tree}

    def start_path(self, key: str) -> Path:
        own = self.differs.start is not None and key in self.differs.start.model_fields_set
        return (*self.above, "start", key) if own else ("start", key)

    def state_path(self, name: str, key: str) -> Path:
        own = self.differs.states.get(name)
        given = own is not None and key in own.model_fields_set
        return (*self.above, "states", name, key) if given else ("states", name, key)

    def node_path(self, name: str) -> Path:
        return (*self.above, "tree", name) if name in self.differs.tree else ("tree", name)


Part = TypeVar("Part", bound=StudyModel)


def _over(base: Part, differs: Part | None) -> Part:
    """Return a part with the keys that differ."""
    if differs is None:
        return base
    return base.model_copy(update={name: getattr(differs, name) for name in differs.model_fields_set})


def _cycle_years(said: Cohort, numbers: Numbers) -> float:
    if said.cycles is None:
        return 1.0
    years = numbers.one(("cycles", "years"), said.cycles.years)
    if years <= 0.0:
        message = f"expected a length of more than 0 years, got {years:g}"
        numbers.faults.note(("cycles", "years"), "RANGE", message, "write 1, or 1 / 52.")
        return 1.0
    return years


def _clocks(count: int, years: float, age: float | None) -> dict[str, Floats]:
    cycle = np.arange(1, count + 1, dtype=np.float64)[:, None]
    clocks = {"cycle": cycle, "time": (cycle - 1) * years, "cycle_years": np.asarray(years)}
    return clocks if age is None else clocks | {"age": age + (cycle - 1) * years}


def _shares(told: _Told, numbers: Numbers) -> tuple[Floats, Worth]:
    """Return the shares of the states before the first cycle, and that nothing was paid on the way."""
    path, given = told.start_path("shares"), told.start.shares or {}
    shares = np.array(
        [numbers.one((*path, name), given[name], 0.0, 1.0) if name in given else 0.0 for name in told.states]
    )
    if abs(shares.sum() - 1.0) > SUM:
        message = f"expected shares that add up to 1, got {shares.sum():.10g}"
        numbers.faults.note_sum(path, message, "correct a share.")
    return shares, Worth(np.zeros(()), np.zeros(()))


def _tree(told: _Told, numbers: Numbers) -> tuple[Floats, Worth]:
    """Return the shares in which people leave the tree, and what it costs and brings one person."""
    tree = told.tree
    reached = dict.fromkeys((*tree, *told.states), 0.0)
    reached[next(iter(tree))] = 1.0
    cost = qalys = 0.0
    for node in _in_order(tree):
        path = told.node_path(node)
        for name, chance in _chances(tree[node], path, numbers).items():
            branch, share = tree[node][name], reached[node] * chance
            reached[branch.to] += share
            cost += share * numbers.one((*path, name, "cost"), branch.cost)
            qalys += share * numbers.one((*path, name, "qalys"), branch.qalys)
    return np.array([reached[name] for name in told.states]), Worth(np.asarray(cost), np.asarray(qalys))


def _chances(branches: Mapping[str, Branch], path: Path, numbers: Numbers) -> dict[str, float]:
    """Return the probability of each branch of a node."""
    chances = {
        name: numbers.one((*path, name, "probability"), branch.probability, 0.0, 1.0)
        for name, branch in branches.items()
        if branch.probability != REST
    }
    left = 1.0 - sum(chances.values())
    if left < -SUM or (left > SUM and len(chances) == len(branches)):
        message = f"expected probabilities that add up to 1, got {1.0 - left:.10g}"
        numbers.faults.note_sum(path, message, "correct a probability, or give one branch 'rest'.")
    return {name: chances.get(name, max(left, 0.0)) for name in branches}


def _in_order(tree: Mapping[str, Mapping[str, Branch]]) -> list[str]:
    """Return the nodes, each after all that lead to it; the tree is known to end."""
    order: list[str] = []

    def visit(node: str) -> None:
        if node in tree and node not in order:
            for branch in tree[node].values():
                visit(branch.to)
            order.append(node)

    visit(next(iter(tree)))
    return order[::-1]


def _worth(told: _Told, name: str, numbers: Numbers, cycles: int, years: float) -> Worth:
    """Return what a cycle in a state costs and brings, shape (cycles + 1, tunnel)."""
    state = told.states[name]
    inside = numbers.with_clocks({"cycles_in_state": np.arange(1.0, state.tunnel + 1)[None, :]})

    def given(key: str, most: float = np.inf) -> Floats:
        formula = getattr(state, key)
        value = (
            inside.at(told.state_path(name, key), formula, most=most)
            if cycles and formula is not None
            else 0.0
        )
        return np.broadcast_to(value, (cycles + 1, state.tunnel))

    if told.said.effect == "qalys" and cycles and not state.dead and state.utility is None:
        message = f"expected 'utility' for each state of the living, got none for '{name}'"
        inside.faults.note(("states", name), "MISSING", message, "add it, or write 'effect: life_years'.")
    cost = given("cost_per_year") * years + given("cost_per_cycle")
    return Worth(cost, given("utility", most=1.0) * years)


def _move_worth(said: Cohort, states: tuple[str, ...], numbers: Numbers) -> dict[tuple[int, int], Worth]:
    number = said.cycles.number if said.cycles else 0
    found: dict[tuple[int, int], Worth] = {}
    for place, move in enumerate(said.moves):
        path = ("moves", str(place))
        cost = np.broadcast_to(numbers.at((*path, "cost"), move.cost), (number, 1))[:, 0]
        qalys = np.broadcast_to(numbers.at((*path, "qalys"), move.qalys), (number, 1))[:, 0]
        to = states.index(move.to)
        for origin in range(len(states)):
            if origin != to and move.origin in (None, states[origin]):
                before = found.get((origin, to), Worth(np.zeros(number), np.zeros(number)))
                found[origin, to] = Worth(before.cost + cost, before.qalys + qalys)
    return found


def _schedule(numbers: Numbers, said: Cohort, key: str) -> DiscountSchedule:
    if said.discount is None:
        return DiscountSchedule.constant(0.0)
    steps = getattr(said.discount, key)
    path = ("discount", key)
    if float(next(iter(steps))) != 0.0:
        numbers.faults.note(path, "COHORT_STEPS", "expected rates from year 0 on", "begin with 0.")
        return DiscountSchedule.constant(0.0)
    return DiscountSchedule(
        tuple((float(year), numbers.one(path, rate, 0.0, 1.0)) for year, rate in steps.items())
    )
