"""Work out the numbers of one arm, in each cycle, and note every fault at its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hrsim.cohort.formulas import Floats, work_out
from hrsim.cohort.schema import CLOCKS, Parameter
from hrsim.study.limits import DEEPEST_FORMULA
from hrsim.study.tree import MapNode, Path, Problems, nearest, nearest_mark

LARGEST = 1e100  # products and sums of two such numbers stay finite
Truths = NDArray[np.bool_]
_NO_CLOCK = {
    "age": "state 'age' under 'start'.",
    "cycles_in_state": "write it in rows and values of states only.",
}


class _Fault(Exception):
    """Stop the evaluation of one formula: what is wrong, and the remedy; an echo of a noted fault says nothing."""

    def __init__(self, code: str = "", message: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.fix = code, message, fix


@dataclass
class Faults:
    """Note faults once each at a path of the document."""

    tree: MapNode
    problems: Problems
    seen: set[tuple[str, Path]] = field(default_factory=set)

    def note(self, path: Path, code: str, message: str, fix: str) -> None:
        """Note one fault, unless the place already has one of its kind."""
        if (code, path) not in self.seen:
            self.seen.add((code, path))
            self.problems.add(code, message, fix, nearest_mark(self.tree, path), path)

    def note_sum(self, path: Path, message: str, fix: str) -> None:
        """Note numbers that do not add up, unless one of the document's numbers is at fault itself."""
        if all(code == "COHORT_SUM" for code, _ in self.seen):
            self.note(path, "COHORT_SUM", message, fix)

    def unknown(self, path: Path, name: str, known: Iterable[str], what: str) -> None:
        """Note a name that the document does not know."""
        self.note(path, "COHORT_NAME", f"expected {what}, got '{name}'", nearest(name, known, "names"))


def _rule(least: float, most: float) -> str:
    if np.isfinite(least) and np.isfinite(most):
        return f"between {least:g} and {most:g}"
    if np.isfinite(least):
        return f"{least:g} or more"
    return f"{most:g} or less" if np.isfinite(most) else f"finite and no larger than {LARGEST:g}"


@dataclass
class Numbers:
    """Give values of formulas, with parameters by name and clocks as arrays over cycles."""

    parameters: Mapping[str, tuple[Parameter, Path]]
    clocks: Mapping[str, Floats]
    faults: Faults
    known: dict[str, Floats | None] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def at(self, path: Path, formula: str | float, least: float = -np.inf, most: float = np.inf) -> Floats:
        """Return a formula's value; zero after noting a fault, such as a value outside `least` to `most`."""
        try:
            value = work_out(formula, self._named)
        except _Fault as error:
            if error.message:
                self.faults.note(path, error.code, error.message, error.fix)
            return np.zeros(())
        wrong = ~((value >= least) & (value <= most) & (np.abs(value) <= LARGEST))
        if wrong.any():
            message = self._out_of_range(value, wrong, _rule(least, most))
            self.faults.note(path, "RANGE", message, "correct the formula or what it reads.")
            return np.zeros(value.shape)
        return value

    def one(self, path: Path, formula: str | float, least: float = -np.inf, most: float = np.inf) -> float:
        """Return the value of a formula that is one number."""
        return float(self.at(path, formula, least, most).flat[0])

    def check_parameters(self) -> None:
        """Note the faults of every parameter, used or not."""
        everywhere = self.with_clocks({"cycles_in_state": np.ones((1, 1))})
        for name, (_, path) in self.parameters.items():
            everywhere.at(path, name)

    def with_clocks(self, clocks: Mapping[str, Floats]) -> Numbers:
        """Return the same numbers where other clocks are known too."""
        return Numbers(self.parameters, {**self.clocks, **clocks}, self.faults)

    def _out_of_range(self, value: Floats, wrong: Truths, rule: str) -> str:
        return f"expected a number that is {rule}, got {value[wrong].flat[0]:g}{self._when(wrong)}"

    def _when(self, wrong: Truths) -> str:
        if "cycle" not in self.clocks:
            return ""
        cycles = np.broadcast_to(
            self.clocks["cycle"], np.broadcast_shapes(self.clocks["cycle"].shape, wrong.shape)
        )
        return f" in cycle {cycles[np.broadcast_to(wrong, cycles.shape)].min():.0f}"

    def _named(self, name: str) -> Floats:
        if name in self.clocks:
            return self.clocks[name]
        if name in CLOCKS:
            raise _Fault(
                "COHORT_FORMULA",
                f"expected numbers known here, got '{name}'",
                _NO_CLOCK.get(name, "write it in numbers of cycles only."),
            )
        if name not in self.parameters:
            raise _Fault(
                "COHORT_NAME",
                f"expected a parameter, got '{name}'",
                nearest(name, (*self.parameters, *self.clocks), "parameters"),
            )
        if name in self.open:
            circle = " -> ".join([*self.open[self.open.index(name) :], name])
            raise _Fault(
                "COHORT_FORMULA", f"expected formulas that end, got the circle {circle}", "break the circle."
            )
        if len(self.open) >= DEEPEST_FORMULA:
            message = f"expected at most {DEEPEST_FORMULA} parameters that lead to each other, got more"
            raise _Fault("COHORT_FORMULA", message, "write the numbers with fewer steps between them.")
        if name not in self.known:
            self.open.append(name)
            self.known[name] = self._parameter(*self.parameters[name])
            self.open.pop()
        found = self.known[name]
        if found is None:
            raise _Fault
        return found

    def _parameter(self, parameter: Parameter, path: Path) -> Floats | None:
        try:
            if parameter.value is not None:
                value = work_out(parameter.value, self._named)
            elif parameter.by_cycle is not None:
                value = self._step("cycle", parameter.by_cycle)
            else:
                value = self._step("age", parameter.by_age or {})
        except _Fault as error:
            if error.message:
                self.faults.note(path, error.code, error.message, error.fix)
            return None
        wrong = ~(np.abs(value) <= LARGEST)
        if wrong.any():
            fix = "look for a division by zero, or a logarithm of zero or less."
            self.faults.note(path, "RANGE", self._out_of_range(value, wrong, _rule(-np.inf, np.inf)), fix)
            return None
        return value

    def _step(self, clock: str, steps: Mapping[str, str | float]) -> Floats:
        now = self._named(clock)
        starts = np.array([float(key) for key in steps])
        place = np.searchsorted(starts, now, side="right") - 1
        if (place < 0).any():
            first, fix = f"{clock} {now.min():g}", f"begin the steps at {now.min():g} or before."
            raise _Fault("COHORT_STEPS", f"expected a value at {first}, got steps from {starts[0]:g} on", fix)
        values = [work_out(value, self._named) for value in steps.values()]
        shape = np.broadcast_shapes(now.shape, *(value.shape for value in values))
        stacked = np.stack([np.broadcast_to(value, shape) for value in values])
        return np.asarray(np.take_along_axis(stacked, np.broadcast_to(place, shape)[None], 0)[0])
