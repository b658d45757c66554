"""Budgets that are a share of what another arm spends: that arm is simulated first, its services each on a meter.

The same people and streams of random numbers make the arm alone the same arm (an arm moves no other), and plenty of
money changes nothing; so what its meters count in a draw is what it spends there. The meters are budgets of the kernel,
exact to the cent-tick. `docs/decisions/budgets-of-another-arm.md` says why not last year's money, nor point values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hrsim.errors import Problem, StudyError
from hrsim.study.budgets import Budget, base_of, paid_services
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.schema import Arm, Study

Spent = Mapping[str, NDArray[np.int64]]
"""Cent-ticks of each fiscal year within the horizon, by the name of a meter (that of its service) or a budget."""


def bases(study: Study) -> tuple[str, ...]:
    """Return the arms whose spending budgets of other arms refer to."""
    found = (base_of(study, budget) for arm in study.arms.values() for budget in arm.budgets.values())
    return tuple(dict.fromkeys(name for name in found if name is not None))


def metering_study(resolved: ResolvedStudy, base: str, plenty: float) -> ResolvedStudy:
    """Return a study of one arm in which each service with costs that no budget pays has a budget with `plenty`."""
    study = resolved.study
    arm = study.arms[base]
    starts = next(
        budget.fiscal_year_starts or study.analysis.fiscal_year_starts
        for other in study.arms.values()
        for budget in other.budgets.values()
        if base_of(study, budget) == base
    )
    meters = {
        name: Budget.model_validate(
            {"per_fiscal_year": plenty, "fiscal_year_starts": starts, "services": [name]}
        )
        for name in unpaid(arm)
    }
    metered = arm.model_copy(update={"budgets": {**arm.budgets, **meters}})
    alone = study.model_copy(
        update={
            "arms": {base: metered},
            "analysis": study.analysis.model_copy(update={"comparator": base}),
        }
    )
    return replace(resolved, study=alone)


def unpaid(arm: Arm) -> Iterable[str]:
    """Yield the services of an arm that cost something and that no budget of it pays."""
    paid = {service for budget in arm.budgets.values() for service in budget.services}
    return (name for name, service in arm.services.items() if service.costs and name not in paid)


def spending(study: Study, budget: Budget, spent: Mapping[str, Spent], within: int) -> NDArray[np.int64]:
    """Return what the services of a budget cost in the arm that it refers to, in cent-ticks, by fiscal year.

    Raises:
        StudyError: they cost more than a meter can count.
    """
    base = base_of(study, budget)
    assert base is not None  # the caller asks
    arm, meters = study.arms[base], spent[base]
    chosen = set(paid_services(budget, arm))
    names = [name for name in unpaid(arm) if name in chosen]
    names += [name for name, own in arm.budgets.items() if set(own.services) <= chosen]
    total = np.zeros(within, np.int64)
    for name in names:
        if name in meters:  # none where services are switched off
            total += meters[name][:within]
    return total


def refuse_full_meter(meter: str, spent: NDArray[np.int64], plenty: int) -> None:
    """Refuse a meter that ran so full that it may have held its service back."""
    if (spent > plenty // 2).any():
        message = f"expected spending that a budget can add up, got more for '{meter}'"
        raise StudyError(
            [Problem("RANGE", message, "state 'per_fiscal_year' instead of 'of'.", path="budgets")]
        )
