"""Which evidence rows can move which results at all: what cannot is no finding, however the draws fell.

A price moves no death, a utility no cost, the value of a life neither; and a number of a service moves no difference
between two arms that both lack it. Where budgets pay for services their prices say who is admitted, so they move all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hrsim.experiment.evaluate import valuer_of
from hrsim.experiment.repricing import bought_with_budgets
from hrsim.experiment.responses import NET_BENEFIT
from hrsim.experiment.stored import StoredRun
from hrsim.experiment.valuing import Valuer
from hrsim.model_evidence import process_evidence
from hrsim.study.arms import ARM_BASE_KEYS
from hrsim.study.budgets import base_of
from hrsim.study.named import evidence_named
from hrsim.study.schema import Study

COST, QALYS = "cost", "qalys"
Ids = frozenset[str]


@dataclass(frozen=True)
class Possible:
    """Hold by what each row can act: the simulation, prices, the value of health; and the arms that alone name it.

    A row that `arms` does not list acts in every arm.
    """

    simulated: Ids = frozenset()
    priced: Ids = frozenset()
    valued: Ids = frozenset()
    arms: Mapping[str, Ids] = field(default_factory=dict)

    def moves(self, row: str, measure: str, arm: str, comparator: str) -> bool:
        """Tell whether a row can move the difference of a measure between an arm and the comparator."""
        named = self.arms.get(row)
        if named is not None and not named & {arm, comparator}:
            return False
        if row in self.simulated or measure == NET_BENEFIT:
            return row in self.simulated | self.priced | self.valued
        return row in {COST: self.priced, QALYS: self.valued}.get(measure, frozenset())


def possible_in(stored: StoredRun) -> Possible:
    """Tell what the rows of a stored run can move."""
    experiment, valuing = stored.experiment, valuer_of(stored.experiment)
    study, draw = experiment.resolved.study, experiment.draws[0]
    bought = bought_with_budgets(study) or frozenset()
    simulated = frozenset(stored.manifest["simulation_evidence"]) | bought
    services = {cost.price.evidence for _, cost, _ in valuing.service_costs if cost.price.evidence}
    lines = {row for line in valuing.book(draw).lines for row in line.price.evidence}
    utilities = {row for figure in valuing.utilities.figures for row in figure.evidence}
    health = {row for value in valuing.prices.health_values.values() for row in value.price.evidence}
    both = frozenset(valuing.evidence_ids(draw)) - services - lines - utilities - health
    common = process_evidence() | lines | utilities | both | _of_everybody(study)
    return Possible(
        simulated,
        frozenset(services | lines) | both,
        frozenset(utilities) | both,
        {row: arms for row, arms in _by_arm(study, valuing).items() if row not in common},
    )


def _of_everybody(study: Study) -> set[str]:
    """List the rows that a study names outside its arms and the services that arms take over."""
    parts = {name: value for name, value in study if name not in ("arms", *ARM_BASE_KEYS)}
    return set(evidence_named(parts))


def _by_arm(study: Study, valuing: Valuer) -> dict[str, Ids]:
    """Give the arms that rest on each row: in what they do, in what services cost, and in an arm that they follow."""
    found: dict[str, set[str]] = {}
    for name, arm in study.arms.items():
        operations = [service.operations for service in arm.services.values()]
        for row in (*evidence_named(arm), *evidence_named(tuple(one for one in operations if one))):
            found.setdefault(row, set()).add(name)
    for _, cost, arms in valuing.service_costs:
        if cost.price.evidence:
            found.setdefault(cost.price.evidence, set()).update(arms or study.arms)
    for name, arm in study.arms.items():
        measures: set[str | None] = {base_of(study, budget) for budget in arm.budgets.values()}
        for named in found.values():
            named.update({name} if measures & named else ())
    return {row: frozenset(arms) for row, arms in found.items()}
