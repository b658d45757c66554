"""Valuation: price one ledger and weigh its person-time; no simulation is needed to change a price."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.analysis import BEYOND, WITHIN, Analysis
from hrsim.economics.beyond import LAST_YEAR, load_mortality
from hrsim.economics.carried_on import CarriedOn, carried_on
from hrsim.economics.currency import CurrencyYear
from hrsim.economics.figures import Parameters
from hrsim.economics.fiscal import FiscalYears, Spans, shares_of_quarters, spans_of
from hrsim.economics.prices import SERVICE_UNITS, CostLine, Per, Perspective, PriceBook, ServiceCost
from hrsim.economics.quantities import (
    absent,
    client_years,
    line_problems,
    person_quantity,
    service_quantity,
    used_quantity,
)
from hrsim.economics.utilities import Utilities
from hrsim.engine.ledger import Ledger
from hrsim.errors import Problem, StudyError
from hrsim.units import TICKS_PER_YEAR

Floats = NDArray[np.float64]


NOT_COUNTED = Problem(
    "LEDGER",
    "analysis.beyond_horizon is true, and the stored draws do not say who was alive at the end",
    "run the study again with this version of hrsim, or set analysis.beyond_horizon=false",
    path="analysis.beyond_horizon",
)


@dataclass(frozen=True)
class Valuation:
    """Hold what one ledger is worth, undiscounted, with the discount factor of each quarter beside it.

    Shapes: A arms, Q quarters, G groups, P lines for people, S lines for services, L = P + S lines in all.
    `person_costs` (A, Q, G, P) and `service_costs` (A, Q, S) are in `money`; a service's cost belongs to no
    group, but `used_costs` (A, Q, G, S) tells the part that follows what people use, and is not a number where the
    ledger has several groups and did not count it. `qalys` and `life_years` are (A, Q, G), `deaths` (A, Q), the
    factors (Q,), but for `service_factors` (A, Q, S): the money of a service falls on the days from its opening on.
    `fiscal_costs` (A, Y, L) are the same costs by fiscal year, `unit_prices` (L,) what one of each line costs.
    `beyond` is what survivors carry on after the horizon, None where the ledger did not count them.
    """

    arms: tuple[str, ...]
    groups: tuple[str, ...]
    quarter_years: Floats
    lines: tuple[CostLine, ...]
    money: CurrencyYear
    person_costs: Floats
    service_costs: Floats
    used_costs: Floats
    qalys: Floats
    life_years: Floats
    deaths: Floats
    cost_factors: Floats
    service_factors: Floats
    effect_factors: Floats
    health_values: Mapping[str, float]
    fiscal_years: FiscalYears
    fiscal_costs: Floats
    unit_prices: Floats
    beyond: CarriedOn | None = None

    @property
    def costs(self) -> Floats:
        """Give the cost of every line over all groups, undiscounted, shape (A, Q, L)."""
        return np.concatenate([self.person_costs.sum(axis=2), self.service_costs], axis=2)

    @property
    def discounted_costs(self) -> Floats:
        """Give the cost of every line over all groups, discounted to the study start, shape (A, Q, L)."""
        person = self.person_costs.sum(axis=2) * self.cost_factors[:, None]
        return np.concatenate([person, self.service_costs * self.service_factors], axis=2)

    def line_costs(self, *, discounted: bool, part: str = WITHIN) -> Floats:
        """Give the cost of every line, shape (A, L), in one part of time."""
        costs = self.discounted_costs if discounted else self.costs
        within = np.asarray(costs.sum(axis=1), dtype=np.float64)
        return self._with_beyond(within, part, lambda beyond: beyond.costs[int(discounted)])

    def years_of_cost(self, *, discounted: bool, part: str = WITHIN) -> Floats:
        """Give life-years discounted like costs, over all groups, shape (A,), in one part of time."""
        weights = self.cost_factors if discounted else np.ones_like(self.cost_factors)
        within = weighted_sums(self.life_years.sum(axis=2), weights)
        return self._with_beyond(within, part, lambda beyond: beyond.cost_years[int(discounted)])

    def care_of_added_years(
        self, perspective: Perspective, comparator: int, *, discounted: bool, part: str = WITHIN
    ) -> Floats:
        """Give what life-years beyond the comparator's cost in care of every other cause, shape (A,).

        A year added costs as much as a year of the comparator's people: the arm's own change in such care stays out.
        """
        counted = [line.unrelated_care and perspective.includes(line) for line in self.lines]
        care = self.line_costs(discounted=discounted, part=part)[comparator, counted].sum()
        years = self.years_of_cost(discounted=discounted, part=part)
        a_year = care / years[comparator] if years[comparator] > 0 else 0.0
        return np.asarray((years - years[comparator]) * a_year, dtype=np.float64)

    def effects(self, measure: str, *, discounted: bool, part: str = WITHIN) -> Floats:
        """Give `qalys`, `life_years` or `deaths` over all groups, shape (A,), in one part of time.

        Deaths are counted within the horizon only: beyond it everybody dies.
        """
        weights = self.effect_factors if discounted else np.ones_like(self.effect_factors)
        if measure == "deaths":
            within = weighted_sums(self.deaths, weights)
            return within if part != BEYOND else np.full_like(within, np.nan)
        by_group = self.effects_by_group(measure, discounted=discounted, part=part)
        return np.asarray(by_group.sum(axis=1), dtype=np.float64)

    def effects_by_group(self, measure: str, *, discounted: bool, part: str = WITHIN) -> Floats:
        """Give `qalys` or `life_years` by group, shape (A, G), in one part of time."""
        values = self.qalys if measure == "qalys" else self.life_years
        weights = self.effect_factors if discounted else np.ones_like(self.effect_factors)
        within = weighted_sums(np.moveaxis(values, 1, -1), weights)
        return self._with_beyond(
            within,
            part,
            lambda beyond: (beyond.qalys if measure == "qalys" else beyond.life_years)[int(discounted)],
        )

    def _with_beyond(self, within: Floats, part: str, beyond: Callable[[CarriedOn], Floats]) -> Floats:
        if part == WITHIN:
            return within
        if self.beyond is None:
            raise ValueError("the ledger did not count who is alive at the end")
        return beyond(self.beyond) if part == BEYOND else within + beyond(self.beyond)


@dataclass(frozen=True)
class Matched:
    """Hold the parts of a price book and utilities that a ledger can feed, and the names left out."""

    prices: PriceBook
    utilities: Utilities
    left_out: tuple[str, ...]


def match_to_ledger(ledger: Ledger, prices: PriceBook, utilities: Utilities) -> Matched:
    """Leave out the lines and event changes that speak of what the ledger does not have, and name them.

    A process that a study switches off leaves no event; its prices then have nothing to price. What is left
    out must be shown to the reader (it is, in the impact inventory).
    """
    kept = tuple(line for line in prices.lines if not any(line_problems(ledger, line)))
    events = tuple(rule for rule in utilities.events if rule.event in ledger.event_names)
    left_out = [f"price {line.name}" for line in prices.lines if line not in kept]
    left_out += [f"utility of {rule.event}" for rule in utilities.events if rule not in events]
    services = tuple(rule for rule in utilities.services if rule.service in ledger.service_names)
    return Matched(
        prices.model_copy(update={"lines": kept}),
        utilities.model_copy(update={"events": events, "services": services}),
        tuple(left_out),
    )


def value_ledger(
    ledger: Ledger,
    prices: PriceBook,
    utilities: Utilities,
    analysis: Analysis,
    parameters: Parameters,
    services: Sequence[ServiceCost] = (),
) -> Valuation:
    """Price a ledger and weigh its person-time by utility, in one draw.

    Raise StudyError, naming every fault at once, when a price or utility speaks of something the ledger or
    the draw does not have, or when no named conversion leads to the study's money.
    """
    book = prices.with_services(services)
    problems = _problems(ledger, book, utilities, analysis, parameters)
    if problems:
        raise StudyError(problems)
    priced = _priced(ledger, book, analysis, parameters)
    person_costs, service_costs = priced.person_costs(), priced.service_costs()
    spans = {line.name: spans_of(ledger, line.service) for line in priced.service}
    weights = utilities.state_utilities(ledger.state_dimensions, parameters)
    other_qalys = weighted_sums(ledger.events, utilities.event_changes(ledger.event_names, parameters))
    for rule in utilities.services:
        other_qalys = other_qalys + client_years(ledger, rule.service, rule.arms) * rule.change.evaluate(
            parameters
        )
    years = analysis.fiscal_years(int(ledger.quarter_edges[-1]))
    return Valuation(
        arms=ledger.arms,
        groups=ledger.groups,
        quarter_years=ledger.quarter_years,
        lines=priced.person + priced.service,
        money=analysis.money,
        person_costs=person_costs,
        service_costs=service_costs,
        used_costs=priced.used_costs(),
        qalys=weighted_sums(ledger.state_ticks, weights / TICKS_PER_YEAR) + other_qalys,
        life_years=ledger.person_ticks() / TICKS_PER_YEAR,
        deaths=ledger.deaths().sum(axis=2).astype(np.float64),
        cost_factors=analysis.cost_discount.mean_factors(ledger.quarter_years),
        service_factors=_service_factors(priced, spans, analysis, service_costs.shape),
        effect_factors=analysis.effect_discount.mean_factors(ledger.quarter_years),
        health_values=_health_values(book, analysis, parameters),
        fiscal_years=years,
        fiscal_costs=_fiscal_costs(
            ledger, years, person_costs.sum(axis=2), priced.service, spans, service_costs
        ),
        unit_prices=np.array([priced.amounts[line.name] for line in priced.person + priced.service]),
        beyond=_beyond(priced, analysis, parameters, weights, other_qalys),
    )


@dataclass(frozen=True)
class _Priced:
    """Hold a ledger with what a unit of each cost line is worth in one draw, lines for people apart from services'."""

    ledger: Ledger
    comparator: str
    person: tuple[CostLine, ...]
    service: tuple[CostLine, ...]
    amounts: Mapping[str, float]

    def person_costs(self) -> Floats:
        """Give the costs of lines for people, shape (A, Q, G, P)."""
        costs = [person_quantity(self.ledger, line) * self.amounts[line.name] for line in self.person]
        return _stack(costs, self._by_group())

    def service_costs(self) -> Floats:
        """Give the costs of lines for services, shape (A, Q, S)."""
        costs = [self._of_service(line) * self.amounts[line.name] for line in self.service]
        return _stack(costs, self._by_group()[:2])

    def used_costs(self) -> Floats:
        """Give the part of the services' costs that follows what people use, shape (A, Q, G, S)."""
        costs = [used_quantity(self.ledger, line) * self.amounts[line.name] for line in self.service]
        return _stack(costs, self._by_group())

    def last_year(self, line: CostLine) -> Floats:
        """Give the quantity of a line in the last year of the horizon, shape (A,)."""
        on_service = line.per in SERVICE_UNITS
        quantity = self._of_service(line) if on_service else person_quantity(self.ledger, line).sum(axis=2)
        return np.asarray(quantity[:, LAST_YEAR].sum(axis=1), dtype=np.float64)

    def _of_service(self, line: CostLine) -> Floats:
        return service_quantity(self.ledger, line, self.comparator)

    def _by_group(self) -> tuple[int, ...]:
        return self.ledger.events.shape[:3]


def _priced(ledger: Ledger, book: PriceBook, analysis: Analysis, parameters: Parameters) -> _Priced:
    return _Priced(
        ledger=ledger,
        comparator=analysis.comparator,
        person=tuple(line for line in book.lines if line.per not in SERVICE_UNITS),
        service=tuple(line for line in book.lines if line.per in SERVICE_UNITS),
        amounts={
            line.name: line.direction * book.amount(line, parameters, analysis.money) for line in book.lines
        },
    )


def _health_values(book: PriceBook, analysis: Analysis, parameters: Parameters) -> dict[str, float]:
    return {
        name: book.amount(price, parameters, analysis.money) for name, price in book.health_values.items()
    }


def _beyond(
    priced: _Priced, analysis: Analysis, parameters: Parameters, weights: Floats, event_qalys: Floats
) -> CarriedOn | None:
    return carried_on(
        priced.ledger, load_mortality(), analysis, parameters, weights, event_qalys,
        priced.person + priced.service, priced.amounts, priced.last_year,
    )  # fmt: skip


def weighted_sums(counts: NDArray[Any], weights: Floats) -> Floats:
    """Sum the last axis by weights, in one order for every arm: by a matrix product equal arms may differ."""
    return np.stack([(arm * weights).sum(axis=-1) for arm in counts])


def _fiscal_costs(
    ledger: Ledger,
    years: FiscalYears,
    person_costs: Floats,
    service: Sequence[CostLine],
    spans: Mapping[str, Spans],
    service_costs: Floats,
) -> Floats:
    """Share out the costs of quarters, (A, Q, P) and (A, Q, S), among fiscal years, shape (A, Y, P + S)."""
    person = np.einsum("yq,aql->ayl", shares_of_quarters(ledger.quarter_edges, years), person_costs)
    paid = [
        np.einsum(
            "ayq,aq->ay",
            spans[line.name].shares(years, set_up=line.per is Per.SET_UP),
            service_costs[:, :, number],
        )
        for number, line in enumerate(service)
    ]
    return np.concatenate([person, _stack(paid, person.shape[:2])], axis=2)


def _service_factors(
    priced: _Priced, spans: Mapping[str, Spans], analysis: Analysis, shape: tuple[int, ...]
) -> Floats:
    """Give the discount factors of the money of services, shape (A, Q, S)."""
    factors = [
        spans[line.name].discount(analysis.cost_discount, set_up=line.per is Per.SET_UP)
        for line in priced.service
    ]
    return _stack(factors, shape[:2])


def _stack(arrays: list[Floats], lead: tuple[int, ...]) -> Floats:
    return np.stack(arrays, axis=-1) if arrays else np.zeros((*lead, 0))


def _problems(
    ledger: Ledger, book: PriceBook, utilities: Utilities, analysis: Analysis, parameters: Parameters
) -> list[Problem]:
    problems = book.check(parameters, analysis.money)
    problems += [problem for line in book.lines for problem in line_problems(ledger, line)]
    problems += utilities.check(ledger.state_dimensions, parameters)
    problems += [
        absent(f"utilities.events.{rule.event}", "event", rule.event, ledger.event_names)
        for rule in utilities.events
        if rule.event not in ledger.event_names
    ]
    if ledger.survivors is not None:
        problems += load_mortality().check(parameters)
    elif analysis.beyond_horizon:
        problems.append(NOT_COUNTED)
    if analysis.comparator not in ledger.arms:
        problems.append(absent("analysis.comparator", "arm", analysis.comparator, ledger.arms))
    return problems
