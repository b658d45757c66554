"""The parameters of each draw: the evidence register, with the rows that the study sets itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from hrsim.errors import HrsimError
from hrsim.evidence import EvidenceRow, Register, central_parameters, draw_parameters
from hrsim.evidence.fitting import fit_to_interval
from hrsim.experiment.plan import Plan
from hrsim.study.schema import Study
from hrsim.study.values import Quantity

Draws = Mapping[int, Mapping[str, float]]


class PriceNeedsNumber(HrsimError):
    """Report a price that the study replaces by another evidence row."""

    exit_code = 3


def study_register(register: Register, study: Study) -> Register:
    """Return the register in which the study's `parameters` and `prices` replace rows by id.

    A price is in the currency and price year of the row it replaces.
    """
    replaced = {**study.parameters, **study.prices}
    return register.with_overrides(
        overridden(register[name], quantity) for name, quantity in replaced.items()
    )


def overridden(row: EvidenceRow, quantity: Quantity) -> EvidenceRow:
    """Return a row with the study's number in place of its own.

    A number without interval is fixed; one with an interval keeps the row's family of distributions unless
    the study names another. Raise PriceNeedsNumber for a quantity that is itself an evidence row, whose money
    may be another.
    """
    if quantity.value is None:
        money = f"{row.currency} of {row.price_year}"
        raise PriceNeedsNumber(
            f"{row.id}: expected a number in {money}, got the evidence row {quantity.evidence}"
        )
    value = quantity.value
    low = value if quantity.low is None else quantity.low
    high = value if quantity.high is None else quantity.high
    family = "fixed" if quantity.low is None else quantity.dist or row.distribution
    return dataclasses.replace(
        row,
        value=value,
        low=low,
        high=high,
        distribution=family,
        distribution_parameters=MappingProxyType(fit_to_interval(family, value, low, high)),
        citation=quantity.source or "set by the study",
        note=quantity.because or "",
        grade="study",
        group="",
        group_loading=0.0,
        status="study",
    )


def all_draws(register: Register, plan: Plan) -> Draws:
    """Draw every row of the register for every draw of the plan; at central values, its point values."""
    rows = tuple(register.values())
    if plan.uncertainty == "central":
        return {draw: central_parameters(rows) for draw in plan.draw_numbers()}
    return {draw: draw_parameters(rows, plan.seed, draw) for draw in plan.draw_numbers()}


def draws_table(draws: Draws) -> pd.DataFrame:
    """Lay the draws out as a table: a row for each draw, a column for each parameter."""
    table = pd.DataFrame.from_dict(dict(draws), orient="index")
    return table.rename_axis("draw").reset_index()
