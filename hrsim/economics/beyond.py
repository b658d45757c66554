"""Beyond the horizon: how long the people alive at the end still live, by closed form, their states frozen.

The life table gives the rate at the middle of each year of age, which holds all that year; people of one age are
taken to be at its middle. The expected discounted time left is the sum over years of age of
`S(t) D(t) w (1 - exp(-(h + d) w)) / ((h + d) w)`: exact for rates that are constant within a year of age, and for a
discount rate that is constant within it. The last age goes on for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from hrsim.economics.ageing import Ageing
from hrsim.economics.currency import read_data
from hrsim.economics.discounting import DiscountSchedule
from hrsim.economics.figures import Figure, Parameters
from hrsim.economics.prices import missing_evidence
from hrsim.economics.states import Dimensions, Levels, select_states
from hrsim.economics.utilities import StateRule
from hrsim.engine.ledger import AGES, Ledger
from hrsim.errors import Problem
from hrsim.life_table import MIDDLE, SEXES, life_table
from hrsim.units import TICKS_PER_YEAR

Floats = NDArray[np.float64]
LAST_YEAR = slice(-4, None)
"""The last four quarters of a ledger."""
_LAST_WIDTH = 1e4  # years that stand for ever: e^-(rate x width) is 0 at any rate of death above 0.01 a year


class Overdose(BaseModel):
    """Say who is at risk of the deaths that no life table holds, and in which states less or more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    at_risk: Mapping[str, Levels]
    ratios: tuple[StateRule, ...]


class Mortality(BaseModel):
    """Hold what multiplies the life table after the horizon, overdose deaths as in the last year, and ageing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    everyone: Figure
    ratios: tuple[StateRule, ...]
    overdose: Overdose
    ageing: Ageing

    @property
    def evidence(self) -> frozenset[str]:
        """List the evidence ids it rests on, the life table's aside."""
        rules = [*self.ratios, *self.overdose.ratios]
        figures = [self.everyone, *(figure for rule in rules for figure in rule.figures)]
        return frozenset(name for figure in figures for name in figure.evidence) | set(self.ageing.evidence)

    def check(self, parameters: Parameters) -> Iterable[Problem]:
        """Name the missing evidence."""
        return (missing_evidence("beyond_horizon", name) for name in self.evidence if name not in parameters)

    def state_ratios(self, dimensions: Dimensions, parameters: Parameters) -> Floats:
        """Give the ratio to the general population in each valuation state, shape (V,)."""
        return self.everyone.evaluate(parameters) * _product(self.ratios, dimensions, parameters)

    def overdose_rates(self, ledger: Ledger, parameters: Parameters) -> Floats:
        """Give overdose deaths per person-year in each state, as in each arm's last year, shape (A, V).

        The deaths of the last four quarters are those of the people at risk in them, in the ratios by state.
        """
        weights = select_states(ledger.state_dimensions, _known(self.overdose.at_risk, ledger)).astype(
            np.float64
        )
        weights *= _product(self.overdose.ratios, ledger.state_dimensions, parameters)
        if self.overdose.event not in ledger.event_names:
            return np.zeros((len(ledger.arms), weights.size))
        deaths = ledger.event_counts(self.overdose.event)[:, LAST_YEAR].sum(axis=(1, 2))
        years = ledger.state_ticks[:, LAST_YEAR].sum(axis=(1, 2)) / TICKS_PER_YEAR
        at_risk = (years * weights).sum(axis=1)
        level = np.divide(deaths, at_risk, out=np.zeros(len(ledger.arms)), where=at_risk > 0)
        return np.asarray(level[:, None] * weights, dtype=np.float64)


def _known(selection: Mapping[str, Levels], ledger: Ledger) -> dict[str, Levels]:
    names = dict(ledger.state_dimensions)
    return {name: levels for name, levels in selection.items() if name in names}


def _product(rules: Iterable[StateRule], dimensions: Dimensions, parameters: Parameters) -> Floats:
    """Multiply the figures of the rules that fit each state; a rule on an absent dimension fits nobody."""
    size = int(np.prod([len(levels) for _, levels in dimensions]))
    product = np.ones(size)
    for rule in rules:
        if set(rule.states) <= {name for name, _ in dimensions}:
            mask = select_states(dimensions, rule.states)
            product[mask] *= rule.evaluate(parameters)
    return product


@dataclass(frozen=True)
class Remaining:
    """Hold the time that people alive at the end still live: by cell of survivors, undiscounted and discounted.

    `arm`, `group` and `state` (N,) place each cell, `people` (N,) counts it; `years`, `effect_years` and `cost_years`
    (N,) are expected years for each person there: as lived, and discounted to the study start like effects and costs.
    `well_years` and `effect_well_years` weigh each year by the quality of life of its age.
    """

    arm: NDArray[np.int64]
    group: NDArray[np.int64]
    state: NDArray[np.int64]
    people: NDArray[np.int64]
    years: Floats
    effect_years: Floats
    cost_years: Floats
    well_years: Floats
    effect_well_years: Floats

    def total(self, years: Floats, by_state: Floats, arms: int, groups: int) -> Floats:
        """Add up people x years x a number for their state, shape (arms, groups)."""
        place = self.arm * groups + self.group
        sums = np.bincount(place, self.people * years * by_state[self.state], arms * groups)
        return np.asarray(sums.reshape(arms, groups), dtype=np.float64)


def remaining_years(
    ledger: Ledger,
    mortality: Mortality,
    parameters: Parameters,
    effect_discount: DiscountSchedule,
    cost_discount: DiscountSchedule,
) -> Remaining | None:
    """Give the time left of the people alive at the end of a ledger; None where they were not counted."""
    if ledger.survivors is None:
        return None
    places, people = ledger.survivors.T
    arm, group, sex, age, state = np.unravel_index(places, ledger.survivor_shape)
    ratios = mortality.state_ratios(ledger.state_dimensions, parameters)
    overdose = mortality.overdose_rates(ledger, parameters)
    alike, kind = np.unique(
        np.stack([np.broadcast_to(ratios, overdose.shape), overdose]).reshape(2, -1),
        axis=1,
        return_inverse=True,
    )
    kind = kind.reshape(overdose.shape)[arm, state]
    shape = (len(SEXES), AGES, alike.shape[1])
    unique, back = np.unique(np.ravel_multi_index((sex, age, kind), shape), return_inverse=True)
    sexes, ages, kinds = np.unravel_index(unique, shape)
    population = _rates_ahead(parameters, sexes, ages)
    quality = mortality.ageing.factors(parameters)[sexes[:, None], _ages_ahead(ages)]
    rates = population * alike[0, kinds][:, None] + alike[1, kinds][:, None]
    horizon = float(ledger.quarter_years[-1])
    lived = DiscountSchedule.constant(0.0)
    wanted = (
        (lived, None),
        (effect_discount, None),
        (cost_discount, None),
        (lived, quality),
        (effect_discount, quality),
    )
    years = [expected_years(rates, horizon, schedule, worth)[back] for schedule, worth in wanted]
    return Remaining(arm, group, state, people, *years)


def _rates_ahead(parameters: Parameters, sexes: NDArray[np.int64], ages: NDArray[np.int64]) -> Floats:
    """Give the general population's death rates from the middle of each age on, (n, T): for half a year, then yearly.

    The longest row ends at the last age of survivors; it repeats in the others.
    """
    table = life_table(parameters)
    whole = np.arange(AGES, dtype=np.float64)
    first, yearly = table.rates(whole + (1.0 + MIDDLE) / 2.0), table.rates(whole + MIDDLE)
    rates = yearly[sexes[:, None], _ages_ahead(ages)]
    rates[:, 0] = first[sexes, ages]
    return np.asarray(rates, dtype=np.float64)


def _ages_ahead(ages: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the years of age from each age on, (n, T); the last age repeats to the longest."""
    return np.minimum(ages[:, None] + np.arange(AGES - ages.min(initial=AGES - 1) + 1), AGES - 1)


def expected_years(
    rates: Floats, start: float, discount: DiscountSchedule, worth: Floats | None = None
) -> Floats:
    """Give the expected time lived from `start` (years), discounted to time 0, for rates ahead by year of age.

    `rates` is (n, T): the first for the half year of age that is left, each other for a year, the last for ever.
    `worth` (n, T) weighs each of these years; none counts them all as 1.
    """
    widths = np.ones(rates.shape[1])
    widths[0], widths[-1] = 0.5, _LAST_WIDTH
    edges = start + np.concatenate([[0.0], np.cumsum(widths)])
    factors = discount.factor(edges[:-1])
    last = discount.forces[-1]
    forces = np.append(-np.diff(np.log(factors)) / widths[:-1], last)
    lived = np.concatenate([np.zeros((len(rates), 1)), np.cumsum(rates * widths, axis=1)[:, :-1]], axis=1)
    exponent = (rates + forces) * widths
    safe = np.where(exponent == 0.0, 1.0, exponent)
    mean = np.where(exponent == 0.0, 1.0, -np.expm1(-safe) / safe)
    years = np.exp(-lived) * factors * widths * mean
    return np.asarray((years if worth is None else years * worth).sum(axis=1))


@cache
def load_mortality() -> Mortality:
    """Read the packaged rules for the time after the horizon."""
    return Mortality.model_validate(read_data("beyond_horizon.yaml"))
