"""What formulas ask of a cohort document or of given results: nothing is left to chance there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hrsim.cohort.results import Comparison, total
from hrsim.cohort.run import PARTS, Amount, Outcome
from hrsim.study.tree import nearest
from hrsim.validate.expressions import DOCUMENT_FUNCTIONS, Floats, FormulaError, Word, number_of

ANY = "any"  # in transitions: whatever other state
_CHOICES: Mapping[str, frozenset[str]] = {
    "cost": frozenset({"part", "discounted"}),
    "qalys": frozenset({"part", "discounted"}),
    "life_years": frozenset({"discounted"}),
    "occupancy": frozenset({"cycle"}),
    "transitions": frozenset({"until_cycle"}),
}


@dataclass(frozen=True)
class DocumentSample:
    """Hold what came of one document."""

    comparison: Comparison

    @property
    def arms(self) -> tuple[str, ...]:
        """Return the names of the arms."""
        return tuple(self.comparison.costs)

    @property
    def size(self) -> int:
        """Return 0: there are no runs to leave out."""
        return 0

    def estimates(
        self, function: str, words: tuple[Word, ...], choices: Mapping[str, Word]
    ) -> tuple[float, Floats]:
        """Return a function's value."""
        _known(function, DOCUMENT_FUNCTIONS, "a function of documents")
        for name in choices:
            if name != "study":
                _known(name, _CHOICES.get(function, frozenset()), f"a choice of {function}")
        arm, *rest = [str(word) for word in words] or [""]
        _known(arm, self.arms, "an arm")
        return self._value(function, arm, rest, choices), np.zeros(0)

    def _value(self, function: str, arm: str, words: list[str], choices: Mapping[str, Word]) -> float:
        if function == "effect":
            return self.comparison.effects[arm]
        if function == "cost" and arm not in self.comparison.outcomes:
            return self.comparison.costs[arm]
        if arm not in self.comparison.outcomes:
            raise FormulaError(
                f"a formula asks given results for '{function}': they have cost and effect only"
            )
        outcome = self.comparison.outcomes[arm]
        if function in ("cost", "qalys"):
            return _amount(outcome.costs if function == "cost" else outcome.qalys, choices)
        if function == "life_years":
            return _form(outcome.life_years, choices)
        if function == "transitions":
            return _moves(outcome, words, choices)
        return _people(outcome, function, words, choices)


def _known(name: str, known: tuple[str, ...] | frozenset[str], what: str) -> None:
    if name not in known:
        raise FormulaError(f"a formula names '{name}': expected {what}: {nearest(name, known, 'names')}")


def _form(amount: Amount, choices: Mapping[str, Word]) -> float:
    word = str(choices.get("discounted", "yes"))
    _known(word, ("yes", "no"), "discounted=yes or discounted=no")
    return amount.discounted if word == "yes" else amount.undiscounted


def _amount(parts: Mapping[str, Amount], choices: Mapping[str, Word]) -> float:
    if "part" not in choices:
        return _form(total(parts), choices)
    part = str(choices["part"])
    _known(part, PARTS, "a part")
    return _form(parts[part], choices)


def _states(outcome: Outcome, words: list[str]) -> list[int]:
    for word in words:
        _known(word, outcome.states, "a state")
    return [outcome.states.index(word) for word in words]


def _people(outcome: Outcome, function: str, words: list[str], choices: Mapping[str, Word]) -> float:
    last = len(outcome.occupancy) - 1
    if function == "deaths":
        return float(outcome.occupancy[last] @ (1.0 - outcome.alive))
    if function == "person_years":
        chosen = _states(outcome, words) or [place for place, alive in enumerate(outcome.alive) if alive]
        return float(outcome.years[chosen].sum())
    cycle = number_of(choices, "cycle", last)
    if cycle not in range(last + 1):
        raise FormulaError(f"a formula asks for cycle {cycle:g}: expected 0 (the start) to {last}")
    return float(outcome.occupancy[int(cycle), _states(outcome, words)].sum())


def _moves(outcome: Outcome, words: list[str], choices: Mapping[str, Word]) -> float:
    if len(words) != 2:
        raise FormulaError("a formula asks for transitions: expected transitions(arm, from, to)")
    ends = [range(len(outcome.states)) if word == ANY else _states(outcome, [word]) for word in words]
    found = [flow for (origin, to), flow in outcome.flows.items() if origin in ends[0] and to in ends[1]]
    if not found:
        raise FormulaError(
            f"a formula asks for transitions from '{words[0]}' to '{words[1]}': there are none"
        )
    flows = np.sum(found, axis=0)
    until = number_of(choices, "until_cycle", len(flows))
    if until not in range(1, len(flows) + 1):
        raise FormulaError(f"a formula asks for cycle {until:g}: expected 1 to {len(flows)}")
    return float(flows[: int(until)].sum())
