"""The results that uncertainty is told of: one number for each simulation and arm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrsim.economics import Valuation
from hrsim.economics.frontier import net_monetary_benefit
from hrsim.engine.ledger import Ledger
from hrsim.experiment.measures import MeasuredLedger, measures_of
from hrsim.experiment.valuing import Valuer

Floats = NDArray[np.float64]

OUTCOMES = (
    *("overdose_death", "overdose_all", "deaths_all_causes", "emergency_visit_all", "admission_all"),
    *("hiv_infection", "hcv_infection"),
)
NET_BENEFIT = "net_monetary_benefit"
ROUNDING = 1e-13
"""Share of the largest value within which two sums are equal: some hundred units in the last place of a float64."""


@dataclass(frozen=True)
class Response:
    """Hold one result of every simulation and arm, shape (simulations, arms), with the keys that name it.

    Outcomes are of all people over the horizon, undiscounted; QALYs, costs and net benefits are discounted and of the
    part of time that the analysis decides on. Perspective is empty and threshold NaN where a result has none.
    """

    measure: str
    unit: str
    perspective: str
    threshold: float
    values: Floats

    def keys(self) -> dict[str, object]:
        """Give the columns that name the result in a table."""
        return {
            "perspective": self.perspective, "measure": self.measure, "threshold": self.threshold, "unit": self.unit,
        }  # fmt: skip

    def differences(self, comparator: int) -> Floats:
        """Give every arm less the comparator, with the same luck and parameters.

        Sums of the same amounts in another order differ by their rounding: what is within it is no difference.
        """
        steps = self.values - self.values[:, [comparator]]
        return np.where(np.abs(steps) > ROUNDING * np.abs(self.values).max(), steps, 0.0)


def responses(
    valuing: Valuer, first: Ledger, measured: Sequence[tuple[MeasuredLedger, Valuation]]
) -> tuple[Response, ...]:
    """List the results of all simulations, in their order; what is zero in every one of them is left out."""
    return tuple(found for found in _all(valuing, first, measured) if found.values.any())


def _all(
    valuing: Valuer, first: Ledger, measured: Sequence[tuple[MeasuredLedger, Valuation]]
) -> Iterator[Response]:
    names = {measure.name: (place, measure.unit) for place, measure in enumerate(measures_of(first))}
    for name in OUTCOMES:
        if name in names:
            place, unit = names[name]
            totals = np.stack([outcome.outcomes[:, :, 0, place].sum(axis=1) for outcome, _ in measured])
            yield Response(name, unit, "", np.nan, totals)
    valuations = [valuation for _, valuation in measured]
    analysis = valuing.analysis
    part = analysis.part
    qalys = np.stack([valuation.effects("qalys", discounted=True, part=part) for valuation in valuations])
    yield Response("qalys", "QALY", "", np.nan, qalys)
    by_line = np.stack([valuation.line_costs(discounted=True, part=part) for valuation in valuations])
    for name in analysis.perspectives:
        perspective = valuing.prices.perspective(name)
        chosen = [perspective.includes(line) for line in valuations[0].lines]
        costs = by_line[:, :, chosen].sum(axis=2)
        yield Response("cost", analysis.currency, name, np.nan, costs)
        for threshold in analysis.thresholds:
            net = net_monetary_benefit(costs, qalys, threshold)
            yield Response(NET_BENEFIT, analysis.currency, name, threshold, net)
