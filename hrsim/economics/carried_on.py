"""What survivors carry on after the horizon, in money and health: their time left, priced and weighed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.analysis import Analysis
from hrsim.economics.beyond import LAST_YEAR, Mortality, Remaining, remaining_years
from hrsim.economics.figures import Parameters
from hrsim.economics.prices import STATE_UNITS, CostLine, Per
from hrsim.economics.quantities import UNITS_PER_TICK, in_its_arms
from hrsim.economics.states import select_states
from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_YEAR

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CarriedOn:
    """Hold life-years and QALYs (2, A, G) and costs by line (2, A, L): undiscounted, then discounted.

    `cost_years` (2, A) are the same life-years, discounted like costs.
    """

    life_years: Floats
    qalys: Floats
    costs: Floats
    cost_years: Floats


def carried_on(
    ledger: Ledger,
    mortality: Mortality,
    analysis: Analysis,
    parameters: Parameters,
    utilities: Floats,
    event_qalys: Floats,
    lines: Sequence[CostLine],
    amounts: Mapping[str, float],
    last_year: Callable[[CostLine], Floats],
) -> CarriedOn | None:
    """Price and weigh what survivors carry on; None where a ledger did not count them.

    `utilities` (V,) weigh a year in each state at the age at which states are valued, and `event_qalys` (A, Q, G) is
    what events took or gave within the horizon. `last_year` gives the quantities (A,) of a line in the last four
    quarters: what is not told by states goes on at that rate for each person alive. Set-up happens once and is not
    carried on.
    """
    left = remaining_years(ledger, mortality, parameters, analysis.effect_discount, analysis.cost_discount)
    if left is None:
        return None
    shape = (len(ledger.arms), len(ledger.groups))
    everyone = np.ones(len(utilities))
    lived = ledger.person_ticks()[:, LAST_YEAR].sum(axis=1) / TICKS_PER_YEAR
    rate = _per(event_qalys[:, LAST_YEAR].sum(axis=1), lived)
    life_years, qalys, costs, cost_years = [], [], [], []
    for health_years, well_years, money_years in (
        (left.years, left.well_years, left.years),
        (left.effect_years, left.effect_well_years, left.cost_years),
    ):
        years = left.total(health_years, everyone, *shape)
        life_years.append(years)
        qalys.append(left.total(well_years, utilities, *shape) + rate * years)
        paid = left.total(money_years, everyone, *shape).sum(axis=1)
        cost_years.append(paid)
        costs.append(
            np.stack(
                [
                    _quantity(ledger, left, money_years, line, paid, lived.sum(axis=1), last_year)
                    * amounts[line.name]
                    for line in lines
                ],
                axis=-1,
            )
            if lines
            else np.zeros((shape[0], 0))
        )
    return CarriedOn(np.stack(life_years), np.stack(qalys), np.stack(costs), np.stack(cost_years))


def _quantity(
    ledger: Ledger,
    left: Remaining,
    years: Floats,
    line: CostLine,
    paid: Floats,
    lived: Floats,
    last_year: Callable[[CostLine], Floats],
) -> Floats:
    """Give how much of what a line prices is still to come, shape (A,)."""
    if line.per is Per.SET_UP:
        return np.zeros(len(ledger.arms))
    if line.per in STATE_UNITS:
        states = select_states(ledger.state_dimensions, line.states).astype(np.float64)
        per_year = states * UNITS_PER_TICK[line.per] * TICKS_PER_YEAR
        by_group = left.total(years, per_year, len(ledger.arms), len(ledger.groups))
        return in_its_arms(ledger, line.arms, by_group.sum(axis=1))
    return np.asarray(_per(last_year(line), lived) * paid, dtype=np.float64)


def _per(amount: Floats, years: Floats) -> Floats:
    """Divide by person-years; where nobody lived nothing goes on."""
    rate = np.divide(amount, years, out=np.zeros_like(amount, dtype=np.float64), where=years > 0)
    return np.asarray(rate, dtype=np.float64)
