"""Compare the arms of a cohort document or of given results: increments, frontier, net benefit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hrsim.cohort.read import CohortDocument, ResultsDocument, read_document
from hrsim.cohort.run import Amount, Outcome, run_arm
from hrsim.economics.frontier import Standing, frontier, net_monetary_benefit


@dataclass(frozen=True)
class Comparison:
    """Hold cost and effect of each arm, discounted as the document says, and the cohorts behind them if any."""

    title: str
    money: str
    effect_unit: str
    comparator: str | None
    thresholds: tuple[float, ...]
    labels: Mapping[str, str]
    costs: Mapping[str, float]
    effects: Mapping[str, float]
    outcomes: Mapping[str, Outcome]

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """Return where each arm stands."""
        found = frontier(
            list(self.costs), list(self.costs.values()), list(self.effects.values()), self.comparator
        )
        return {standing.arm: standing for standing in found}

    def net_benefit(self, arm: str, threshold: float) -> float:
        """Return an arm's net monetary benefit."""
        return float(net_monetary_benefit(self.costs[arm], self.effects[arm], threshold))


def total(parts: Mapping[str, Amount]) -> Amount:
    """Return the sum of all parts."""
    return sum(parts.values(), Amount(0.0, 0.0))


def compare_file(path: Path, overrides: Sequence[str] = ()) -> Comparison:
    """Return the comparison that a file describes; `overrides` are texts `path=value`, applied last.

    Raises:
        StudyError: the document has faults; it holds every one.
    """
    return compare(read_document(path, overrides))


def compare(document: CohortDocument | ResultsDocument) -> Comparison:
    """Return what each arm of a document costs and does."""
    said = document.said
    outcomes: dict[str, Outcome] = {}
    if isinstance(document, CohortDocument):
        outcomes = {arm: run_arm(document.said, model) for arm, model in document.arms.items()}
        costs = {arm: total(outcome.costs).discounted for arm, outcome in outcomes.items()}
        effects = {arm: _effect(outcome, document.said.effect) for arm, outcome in outcomes.items()}
        unit = {"qalys": "QALYs", "life_years": "life-years"}[document.said.effect]
    else:
        costs, effects, unit = document.costs, document.effects, document.said.effect_unit
    labels = {arm: described.label or arm for arm, described in said.arms.items()}
    return Comparison(
        said.title, said.money, unit, said.comparator, said.thresholds, labels, costs, effects, outcomes
    )


def _effect(outcome: Outcome, measure: str) -> float:
    return outcome.life_years.discounted if measure == "life_years" else total(outcome.qalys).discounted
