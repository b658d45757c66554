"""From a study to what values its ledgers: price book, utilities, service costs and analysis choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

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
    load_utilities,
    match_to_ledger,
    value_ledger,
)
from hrsim.economics.analysis import Distribution
from hrsim.economics.beyond import load_mortality
from hrsim.economics.figures import Figure
from hrsim.economics.prices import CostLine, Per
from hrsim.engine.group_names import dimension_of, margins
from hrsim.engine.ledger import Ledger
from hrsim.errors import HrsimError, Problem, StudyError
from hrsim.evidence import Register
from hrsim.evidence.reference_cases import load_reference_cases
from hrsim.experiment.price_book import (
    paid_by_budgets,
    price_book,
    replaced_rows,
    service_costs,
    stated_prices,
    unused_prices,
)
from hrsim.experiment.qaly_weights import with_weights
from hrsim.life_table import life_table_rows
from hrsim.services.amounts import amount
from hrsim.services.groups import groups_of
from hrsim.study.analysis import Distributional
from hrsim.study.budgets import month_and_day, paid_services
from hrsim.study.costs import Cost
from hrsim.study.load import ResolvedStudy
from hrsim.study.merge import split_path
from hrsim.study.own_events import OwnEvent
from hrsim.study.schema import Study
from hrsim.study.tree import nearest_mark

MOST_NAMED = 3
SHARES_TOLERANCE = 1e-9
"""How far shares may miss 1 by the rounding of their sum."""


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
    own_events: tuple[tuple[str, OwnEvent], ...] = ()
    stated: Mapping[str, Price] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()
    paid: frozenset[str] = frozenset()
    reference_rows: frozenset[str] = frozenset()

    def value(self, ledger: Ledger, parameters: Mapping[str, float]) -> Valuation:
        """Price a ledger and weigh its person-time; entries the ledger cannot feed are left out."""
        matched = match_to_ledger(ledger, self.book(parameters), self.utilities)
        return value_ledger(ledger, matched.prices, matched.utilities, self.analysis, parameters)

    def problems(self, parameters: Mapping[str, float]) -> list[Problem]:
        """List what is wrong with prices: no evidence, no way into the study's money, unknown names, counted twice."""
        book = self.book(parameters)
        found = _money_once(book.check(parameters, self.analysis.money), self.analysis.money)
        for number, name in enumerate(self.analysis.perspectives):
            try:
                book.perspective(name)
            except StudyError as error:
                found += [replace(p, path=f"analysis.perspectives.{number}") for p in error.problems]
        return [*found, *self._counted_twice(), *self._unused(), *paid_by_budgets(self.stated, self.paid)]

    def _unused(self) -> Iterator[Problem]:
        used = {cost.price.evidence or "" for _, cost, _ in self.service_costs}
        used |= {event.cost.price.evidence or "" for _, event in self.own_events if event.cost}
        return unused_prices(self.prices, self.replaced, used)

    def _counted_twice(self) -> Iterator[Problem]:
        """Name the rows that price an event or a state for everybody and a service's own cost as well."""
        rows = {row: line.name for line in self.prices.lines for row in line.price.evidence}
        for service, cost, arms in self.service_costs:
            row = cost.price.evidence
            if row in rows:
                yield Problem(
                    "COUNTED_TWICE",
                    f"the service {service} pays {row}, which the price line {rows[row]} pays already",
                    "leave the cost line out, or price it by a row of its own",
                    path=f"arms.{arms[0]}.services.{service}.costs" if arms else f"services.{service}.costs",
                )
        seen: dict[tuple[str, str, str], tuple[str, ...]] = {}
        for service, cost, arms in self.service_costs:
            key = (service, cost.per, cost.price.evidence or "")
            if cost.price.evidence and _overlap(arms, seen.get(key)):
                yield Problem(
                    "COUNTED_TWICE",
                    f"the service {service} pays {cost.price.evidence} per {cost.per} on two cost lines",
                    "leave one of them out",
                    path=f"arms.{arms[0]}.services.{service}.costs" if arms else f"services.{service}.costs",
                )
            seen[key] = arms

    def left_out(self, ledger: Ledger, parameters: Mapping[str, float]) -> tuple[str, ...]:
        """Name the prices and utilities that speak of nothing in the ledger."""
        return match_to_ledger(ledger, self.book(parameters), self.utilities).left_out

    def evidence_ids(self, parameters: Mapping[str, float]) -> set[str]:
        """List the evidence rows that prices, utilities and health values rest on."""
        book = self.book(parameters)
        figures = [line.price for line in book.lines]
        figures += [price.price for price in book.health_values.values()]
        figures += self.utilities.figures
        quantities = [cost.price for _, cost, _ in self.service_costs]
        named = {quantity.evidence for quantity in quantities if quantity.evidence}
        named |= load_mortality().evidence | self.reference_rows
        named |= {row for rows in life_table_rows(parameters) for row in rows.values()}
        return named | {evidence for figure in figures for evidence in figure.evidence}

    def book(self, parameters: Mapping[str, float]) -> PriceBook:
        """Give the price book of one draw: the packaged lines and the services'."""
        costs = [self._drawn(*line, parameters) for line in self.service_costs]
        events = [_event_line(name, event, parameters) for name, event in self.own_events if event.cost]
        return self.prices.with_services(costs).with_lines(events).with_overrides(self.stated)

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
            releases=cost.releases,
            transfer=cost.transfer,
        )


def _money_once(problems: list[Problem], money: CurrencyYear) -> list[Problem]:
    """Say once, of the study's money, what is wrong with most prices; a few are named one by one."""
    lost = [problem for problem in problems if problem.code == "CURRENCY"]
    if len(lost) <= MOST_NAMED:
        return problems
    names = ", ".join(problem.path.removeprefix("prices.") for problem in lost[:MOST_NAMED])
    once = Problem(
        "CURRENCY",
        f"{len(lost)} prices ({names}, ...) cannot be brought to {money}; the first: {lost[0].message}",
        "choose a currency and price year that the conversion table holds, or add figures with their source to it",
        path="analysis.price_year",
    )
    return [*(problem for problem in problems if problem.code != "CURRENCY"), once]


def _overlap(arms: tuple[str, ...], others: tuple[str, ...] | None) -> bool:
    """Tell whether two sets of arms share one; an empty one means all arms, None that there is no other."""
    return others is not None and (not arms or not others or bool(set(arms) & set(others)))


def check_money(resolved: ResolvedStudy, register: Register, parameters: Mapping[str, float]) -> None:
    """Raise StudyError, every fault at its line, when prices, money or perspectives of a study are not sound."""
    try:
        problems = [*valuer(resolved.study, register).problems(parameters), *group_problems(resolved.study)]
    except StudyError as error:
        problems = list(error.problems)
    if problems:
        raise StudyError(_at_their_lines(problems, resolved))


def _at_their_lines(problems: Iterable[Problem], resolved: ResolvedStudy) -> Iterator[Problem]:
    for problem in problems:
        keys = split_path(problem.path)
        stated = keys[0] == "prices" and keys[1] in resolved.study.prices
        service = keys[1].split(".")[0] if keys[0] == "prices" else keys[1]
        arms = [name for name, arm in resolved.study.arms.items() if service in arm.services]
        if arms and keys[0] in ("prices", "services") and not stated:
            keys = ("arms", arms[0], "services", service, "costs")
        mark = nearest_mark(resolved.tree, keys)
        if problem.location is None and (keys[0] != "prices" or stated):
            problem = replace(problem, location=mark.location, source_line=mark.source_line)
        yield problem


def valuer(study: Study, register: Register) -> Valuer:
    """Build what values the ledgers of a study; raise NoComparator when none is named."""
    case = load_reference_cases().get(study.analysis.reference_case or "")
    return Valuer(
        prices=price_book(study, register),
        utilities=with_weights(load_utilities(), study),
        analysis=analysis_of(study),
        service_costs=tuple(service_costs(study)),
        register=register,
        reference_rows=frozenset(case.evidence if case else ()),
        own_events=tuple(study.events.items()),
        stated=stated_prices(study),
        replaced=replaced_rows(study),
        paid=frozenset(
            paid
            for arm in study.arms.values()
            for b in arm.budgets.values()
            for paid in paid_services(b, arm)
        ),
    )


def _event_line(name: str, event: OwnEvent, parameters: Mapping[str, float]) -> CostLine:
    assert event.cost is not None  # the caller asks
    cost = event.cost
    return CostLine(
        name=f"event.{name}",
        per=Per.EVENT,
        event=name,
        price=Figure(value=amount(cost.price, parameters)),
        currency=cost.currency,
        price_year=cost.price_year,
        payer=cost.payer,
        sector=cost.sector,
        category=cost.category,
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
        cost_discount=DiscountSchedule(chosen.discount.costs),
        effect_discount=DiscountSchedule(chosen.discount.effects),
        perspectives=tuple(chosen.perspectives),
        thresholds=tuple(chosen.thresholds),
        beyond_horizon=chosen.beyond_horizon,
        start=study.horizon.start,
        fiscal_year_starts=month_and_day(chosen.fiscal_year_starts),
        budget_years=chosen.budget_years,
        distribution=_distribution(chosen.distributional),
    )


def decisions_of(study: Study) -> Decisions | None:
    """Give whom better information would serve, None where the study does not say."""
    stated = study.analysis.value_of_information
    if stated is None:
        return None
    return Decisions(stated.decisions_per_year, stated.years, stated.discount)


def _distribution(chosen: Distributional | None) -> Distribution | None:
    if chosen is None:
        return None
    return Distribution(chosen.threshold, dict(chosen.displaced), chosen.atkinson, chosen.kolm)


def group_problems(study: Study) -> Iterator[Problem]:
    """Name what a distributional analysis asks of groups that the study does not have."""
    chosen, path = study.analysis.distributional, "analysis.distributional"
    if chosen is None:
        return
    labels = margins(groups_of(study.population).names)
    if not study.population.groups:
        fix = "declare population.groups, or leave the block out."
        yield Problem("GROUP", "expected groups to share gains and costs between, got none", fix, path=path)
        return
    if not chosen.displaced:
        return
    dimensions = {dimension_of(label) for label in chosen.displaced}
    whole = {label for label in labels if dimension_of(label) in dimensions}
    if len(dimensions) > 1 or set(chosen.displaced) != whole:
        message = f"expected a share for every label of one dimension, got {', '.join(chosen.displaced)}"
        yield Problem("GROUP", message, f"labels are {', '.join(labels)}.", path=f"{path}.displaced")
    total = sum(chosen.displaced.values())
    if abs(total - 1) > SHARES_TOLERANCE:
        message = f"expected shares that add up to 1, got {total:g}"
        yield Problem("SHARES", message, "change one of them.", path=f"{path}.displaced")
