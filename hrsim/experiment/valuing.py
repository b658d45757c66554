"""From a study to what values its ledgers: price book, utilities, service costs and analysis choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hrsim.economics import (
    Analysis,
    CurrencyYear,
    Decisions,
    DiscountSchedule,
    Price,
    PriceBook,
    ServiceCost,
    Utilities,
    Valuation,
    load_price_book,
    load_utilities,
    match_to_ledger,
    value_ledger,
)
from hrsim.economics.figures import Figure
from hrsim.engine.ledger import Ledger
from hrsim.errors import HrsimError, StudyError
from hrsim.evidence import Register
from hrsim.services.compile import amount
from hrsim.study.schema import Study
from hrsim.study.services import Cost


class NoComparator(HrsimError):
    """Report a study that names no comparator though it has several arms."""

    exit_code = 3


@dataclass(frozen=True)
class Valuer:
    """Value the ledgers of one study, each with the parameters of its draw."""

    prices: PriceBook
    utilities: Utilities
    analysis: Analysis
    service_costs: tuple[tuple[str, Cost, tuple[str, ...]], ...]
    register: Register

    def value(self, ledger: Ledger, parameters: Mapping[str, float]) -> Valuation:
        """Price a ledger and weigh its person-time; entries the ledger cannot feed are left out."""
        matched = match_to_ledger(ledger, self.book(parameters), self.utilities)
        return value_ledger(ledger, matched.prices, matched.utilities, self.analysis, parameters)

    def check(self, parameters: Mapping[str, float]) -> None:
        """Raise StudyError when a price lacks its evidence, or a way into the study's money."""
        problems = self.book(parameters).check(parameters, self.analysis.money)
        if problems:
            raise StudyError(problems)

    def left_out(self, ledger: Ledger, parameters: Mapping[str, float]) -> tuple[str, ...]:
        """Name the prices and utilities that speak of nothing in the ledger."""
        return match_to_ledger(ledger, self.book(parameters), self.utilities).left_out

    def evidence_ids(self, parameters: Mapping[str, float]) -> set[str]:
        """List the evidence rows that prices, utilities and health values rest on."""
        book = self.book(parameters)
        figures = [line.price for line in book.lines]
        figures += [price.price for price in book.health_values.values()]
        rules = [*self.utilities.base, *(rule for rules in self.utilities.factors.values() for rule in rules)]
        figures += [rule.figure for rule in rules]
        figures += [figure for event in self.utilities.events for figure in event.figures]
        quantities = [cost.price for _, cost, _ in self.service_costs]
        named = {quantity.evidence for quantity in quantities if quantity.evidence}
        return named | {evidence for figure in figures for evidence in figure.evidence}

    def book(self, parameters: Mapping[str, float]) -> PriceBook:
        """Give the price book of one draw: the packaged lines and the services'."""
        costs = [self._drawn(*line, parameters) for line in self.service_costs]
        return self.prices.with_services(costs)

    def _drawn(
        self, service: str, cost: Cost, arms: tuple[str, ...], parameters: Mapping[str, float]
    ) -> ServiceCost:
        row = self.register[cost.price.evidence] if cost.price.evidence else None
        return ServiceCost(
            service=service,
            per=cost.per,
            price=amount(cost.price, parameters),
            currency=cost.currency or (row.currency if row else ""),
            price_year=cost.price_year or (row.price_year if row else None) or 0,
            payer=cost.payer,
            sector=cost.sector,
            category=cost.category,
            arms=arms,
        )


def valuer(study: Study, register: Register) -> Valuer:
    """Build what values the ledgers of a study; raise NoComparator when none is named."""
    return Valuer(
        prices=price_book(study, register),
        utilities=load_utilities(),
        analysis=analysis_of(study),
        service_costs=tuple(service_costs(study)),
        register=register,
    )


def comparator_of(study: Study) -> str:
    """Give the arm that others are compared with: the named one, or the only one."""
    if study.analysis.comparator is not None:
        return study.analysis.comparator
    if len(study.arms) == 1:
        return next(iter(study.arms))
    raise NoComparator(f"the study compares {', '.join(study.arms)}: name one as analysis.comparator")


def analysis_of(study: Study) -> Analysis:
    """Translate the study's analysis block into the choices that economics needs."""
    chosen = study.analysis
    return Analysis(
        comparator=comparator_of(study),
        first_year=study.horizon.start.year,
        currency=chosen.currency,
        price_year=chosen.price_year,
        cost_discount=DiscountSchedule.constant(chosen.discount.costs),
        effect_discount=DiscountSchedule.constant(chosen.discount.effects),
        perspectives=tuple(chosen.perspectives),
        thresholds=tuple(chosen.thresholds),
    )


def decisions_of(study: Study) -> Decisions | None:
    """Give whom better information would serve, None where the study does not say."""
    stated = study.analysis.value_of_information
    if stated is None:
        return None
    return Decisions(stated.decisions_per_year, stated.years, stated.discount)


def price_book(study: Study, register: Register) -> PriceBook:
    """Give the packaged price book, with the study's value of a statistical life where it states one.

    A number is in the study's money; an evidence row, drawn like any other, is in its own and is converted.
    """
    life, book = study.analysis.value_of_statistical_life, load_price_book()
    if life is None:
        return book
    if life.evidence is None:
        money = CurrencyYear(study.analysis.currency, study.analysis.price_year)
        figure = Figure(value=amount(life, {}))
    else:
        row = register[life.evidence]
        if row.price_year is None:
            raise ValueError(f"{row.id} is a cost without a price year")
        money = CurrencyYear(row.currency, row.price_year)
        figure = Figure(value=life.times, times=(row.id,))
    price = Price(price=figure, currency=money.currency, price_year=money.year, because=life.because or "")
    return book.with_overrides({"life": price})


def service_costs(study: Study) -> Iterable[tuple[str, Cost, tuple[str, ...]]]:
    """List each service's cost lines with the arms they hold in; no arms means every arm."""
    lines: dict[tuple[str, Cost], list[str]] = {}
    for name, arm in study.arms.items():
        for service, described in arm.services.items():
            for cost in described.costs:
                lines.setdefault((service, cost), []).append(name)
    for (service, cost), arms in lines.items():
        yield service, cost, () if len(arms) == len(study.arms) else tuple(arms)
