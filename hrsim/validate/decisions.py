"""Functions of formulas about the decision between arms: ratios along the frontier, dominance, net benefit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hrsim.economics.frontier import Standing, Status, frontier, net_monetary_benefit
from hrsim.study.tree import nearest
from hrsim.validate.expressions import Floats, FormulaError, Word, number_of

DECISIONS: Mapping[str, frozenset[str]] = {
    "icer": frozenset({"against"}),
    "net_benefit": frozenset({"threshold"}),
    "on_frontier": frozenset(),
    "cost_saving": frozenset({"against"}),
    "dominated": frozenset(),
    "extended_dominated": frozenset(),
}
"""Each function, and the choices that are its own."""


def decide(
    function: str,
    arms: tuple[str, ...],
    arm: int,
    costs: Floats,
    effects: Floats,
    choices: Mapping[str, Word],
) -> Floats:
    """Return the estimates of a function from those of cost and effect, both (arms, estimates).

    A ratio off the frontier, or against an arm of equal effect, is NaN. Questions give 1 for yes and 0 for no.
    """
    if function == "net_benefit":
        if "threshold" not in choices:
            raise FormulaError(
                "a formula asks for net_benefit: expected a threshold: net_benefit(a, threshold=50000)"
            )
        return net_monetary_benefit(costs[arm], effects[arm], number_of(choices, "threshold", 0.0))
    other = _other(str(choices["against"]), arms) if "against" in choices else None
    if function == "icer" and other is not None:
        cost, effect = costs[arm] - costs[other], effects[arm] - effects[other]
        return np.where(effect == 0.0, np.nan, cost / np.where(effect == 0.0, 1.0, effect))
    if function == "cost_saving" and other is None:
        raise FormulaError("a formula asks for cost_saving: expected an arm: cost_saving(a, against=b)")
    comparator = None if other is None else arms[other]
    places = [
        frontier(arms, list(cost), list(effect), comparator)[arm]
        for cost, effect in zip(costs.T, effects.T, strict=True)
    ]
    return np.array([_answer(function, standing) for standing in places])


def _other(name: str, arms: tuple[str, ...]) -> int:
    if name not in arms:
        raise FormulaError(f"a formula names '{name}': expected an arm: {nearest(name, arms, 'arms')}")
    return arms.index(name)


def _answer(function: str, standing: Standing) -> float:
    if function == "icer":
        return standing.icer
    if function == "on_frontier":
        return float(standing.status.on_frontier)
    return float(standing.status is Status(function))
