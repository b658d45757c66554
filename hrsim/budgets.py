"""Compile budgets: prices in whole cents, fiscal years in ticks, and grants, for the kernel to spend.

All money is that of the analysis (its currency and price year), converted by the named price index; nothing is
discounted. A fiscal year that the start or the horizon cuts gets its share of the year's money by days.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.currency import CurrencyYear, load_conversions
from hrsim.engine.random import uniforms
from hrsim.engine.simulation import Simulation
from hrsim.errors import Problem, StudyError
from hrsim.evidence.register import load_register
from hrsim.processes.budgets import BEFORE_THE_FIRST, BUDGET, FISCAL_YEAR, NO_BUDGET
from hrsim.processes.service_records import CLOCKED_STAY
from hrsim.relative_budgets import Spent, refuse_full_meter, spending
from hrsim.services.amounts import Draw, amount
from hrsim.services.layout import Layout
from hrsim.services.ramps import level_at
from hrsim.services.standing import stands_at_start
from hrsim.study.budgets import Budget, month_and_day, paid_services
from hrsim.study.costs import Cost
from hrsim.study.intervals import price_money
from hrsim.study.schema import Study
from hrsim.study.services import Service
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR

BOOK_ITEMS = ("begins", "ends", "granted", "spent")
BEGINS, ENDS, GRANTED, SPENT = range(len(BOOK_ITEMS))
CENTS = 100
_LARGEST = 2**62  # cent-ticks, with room for sums in 64 bits
_FIELDS = {
    "contact": "contact_cents",
    "kit": "item_cents",
    "start": "start_cents",
    "client_year": "client_cents",
    "open_year": "open_cents",
    "site_year": "site_cents",
    "place_year": "place_cents",
    "set_up": "set_up_cents",  # times the number of new sites
}


@dataclass(frozen=True)
class BudgetFrame:
    """What all draws share: names of budgets, and fiscal years as ticks by arm and budget.

    `edges[arm][budget]` holds Y+1 pairs (begin, end) cut at start and horizon, the last of a whole year after the
    horizon, with the day on which the uncut year begins and the uncut year's length in ticks.
    """

    names: tuple[str, ...]
    years: Mapping[str, Mapping[str, tuple[FiscalYear, ...]]]
    most: int  # Y + 1, the largest number of years over arms and budgets
    spent: Mapping[str, Spent] | None = None  # in one draw, by the arms that budgets of other arms refer to


@dataclass(frozen=True)
class FiscalYear:
    """One fiscal year: its first day, its ticks as far as they lie in the study, and its whole length in ticks."""

    first_day: datetime.date
    begins: int
    ends: int
    length: int


def budget_frame(study: Study, horizon: int) -> BudgetFrame:
    """Return the budgets of a study's arms and their fiscal years."""
    years = {
        arm: {
            name: fiscal_years(study, horizon, budget)
            for name, budget in described.budgets.items()
            if described.processes.services
        }
        for arm, described in study.arms.items()
    }
    names = tuple(sorted({name for budgets in years.values() for name in budgets}))
    most = max((len(found) for budgets in years.values() for found in budgets.values()), default=1)
    return BudgetFrame(names, years, most)


def fiscal_years(study: Study, horizon: int, budget: Budget) -> tuple[FiscalYear, ...]:
    """Return the fiscal years that a study touches, and the whole one after its horizon."""
    start = study.horizon.start
    month, day = month_and_day(budget.fiscal_year_starts or study.analysis.fiscal_year_starts)
    first = datetime.date(start.year, month, day)
    if first > start:
        first = first.replace(year=first.year - 1)
    found: list[FiscalYear] = []
    while True:
        following = first.replace(year=first.year + 1)
        begins, ends = ((edge - start).days * TICKS_PER_DAY for edge in (first, following))
        if begins >= horizon:  # cut at the front by the horizon: the rest of this year, whole
            return (*found, FiscalYear(first, begins, ends, ends - begins))
        found.append(FiscalYear(first, max(begins, 0), min(ends, horizon), ends - begins))
        first = following


def budget_arrays(
    frame: BudgetFrame,
    study: Study,
    layout: Layout,
    records: NDArray[Any],
    draws: Mapping[str, Draw],
    parameters: Draw,
    people: int,
) -> dict[str, Any]:
    """Write prices into the service records of shape (A, S) and return the budgets' own arrays.

    Prices come from the study's parameters, as they do in the cost tables; a grant from its arm's.
    """
    size = len(frame.names)
    budgets = np.zeros((len(study.arms), size), BUDGET)
    budgets["year"] = BEFORE_THE_FIRST
    years = np.zeros((len(study.arms), size, frame.most), FISCAL_YEAR)
    free_stays: dict[int, int] = {}
    for a, (arm, described) in enumerate(study.arms.items()):
        for name, found in frame.years[arm].items():
            b, budget = frame.names.index(name), described.budgets[name]
            grants = _grants(frame, study, name, budget, found, draws[arm])
            for y, (year, granted) in enumerate(zip(found, grants, strict=True)):
                years[a, b, y] = (year.begins, year.ends, granted, 0)
            for service in paid_services(budget, described):
                s = layout.number(service)
                record = records[a, s : s + 1]
                record["budget"] = b
                if record["stay"][0] != CLOCKED_STAY:
                    record["began"] = free_stays.setdefault(s, len(free_stays))
                _price(study, service, described.services[service], record, parameters, people)
    began = np.zeros((people, len(study.arms), len(free_stays)), np.int64)
    return {"budget": budgets, "fiscal_year": years, "began": began}


def room_for_touches(sim: Simulation) -> Simulation:
    """Return arrays with room for a fiscal year in which everybody leaves every paid service and others come in."""
    paid = int((sim.service["budget"] != NO_BUDGET).any(axis=0).sum())
    # A person leaves each service once and is admitted to each once; a coverage may turn on each other.
    rows = int(sim.state.shape[0]) * (1 + 2 * paid + 2 * sim.covered.shape[1])
    return sim if rows <= sim.dirty.shape[0] else sim.replace(dirty=np.zeros((rows, 3), np.int64))


def begin_before_start(sim: Simulation, layout: Layout, luck: int, people: int) -> None:
    """Say when stays without a clock began that are under way at the start: an exponential time ago."""
    for a, s in np.argwhere(sim.service["began"] >= 0):
        record = sim.service[a, s]
        if record["leave_rate"] > 0.0:
            u = uniforms(luck, people, "time in service at start", layout.services[s])
            ago = -np.log(u) / record["leave_rate"] * TICKS_PER_YEAR
            sim.began[:people, a, record["began"]] = -ago.astype(np.int64)


def budget_book(frame: BudgetFrame, sim: Simulation) -> dict[str, Any]:
    """Return what a finished draw spent, as the ledger holds it; nothing where there is no budget."""
    if not frame.names:
        return {}
    years = np.asarray(sim.fiscal_year)[:, :, :-1]
    book = np.stack([years[item] for item in BOOK_ITEMS], axis=-1)
    for a, b in np.ndindex(book.shape[:2]):
        last = int(sim.budget["year"][a, b])
        if last != BEFORE_THE_FIRST:
            book[a, b, last, SPENT] = book[a, b, last, GRANTED] - sim.budget["free"][a, b]
            book[a, b, last + 1 :] = 0
    return {"budget_names": frame.names, "budget_items": BOOK_ITEMS, "budget_book": book}


def plenty() -> float:
    """Return more money than any meter counts, in the money of the analysis."""
    return float(_LARGEST // TICKS_PER_YEAR // CENTS // 2)


def spent_in(frame: BudgetFrame, sim: Simulation, arm: str) -> Spent:
    """Return what each budget of the one arm of a finished draw spent, in cent-ticks by fiscal year."""
    if not frame.names:
        return {}
    book = budget_book(frame, sim)["budget_book"][0]
    found = {name: book[frame.names.index(name), :, SPENT] for name in frame.years[arm]}
    for name, spent in found.items():
        refuse_full_meter(name, spent, _LARGEST // 2)
    return found


def _grants(
    frame: BudgetFrame, study: Study, name: str, budget: Budget, years: tuple[FiscalYear, ...], draw: Draw
) -> list[int]:
    """Return the cent-ticks of each fiscal year; 0 for a share of spending that is not known yet."""
    if budget.of is None:
        return [_grant(study, name, budget, year, draw) for year in years]
    if frame.spent is None or budget.share is None:
        return [0] * len(years)
    spent = spending(study, budget, frame.spent, len(years) - 1)
    last = years[-2]  # the year after the horizon is one like the last within it
    after = int(spent[-1]) * (years[-1].ends - years[-1].begins) // (last.ends - last.begins)
    shares = [
        level_at(
            budget.share,
            (year.first_day - study.horizon.start).days * TICKS_PER_DAY,
            study.horizon.start,
            draw,
        )
        for year in years
    ]
    return [round(share * int(money)) for share, money in zip(shares, [*spent, after], strict=True)]


def _grant(study: Study, name: str, budget: Budget, year: FiscalYear, draw: Draw) -> int:
    """Return the money of a fiscal year in cent-ticks, as much as its part within the study takes."""
    assert budget.per_fiscal_year is not None  # the caller asks
    money = CurrencyYear(
        budget.currency or study.analysis.currency, budget.price_year or study.analysis.price_year
    )
    cents = round(
        level_at(
            budget.per_fiscal_year,
            (year.first_day - study.horizon.start).days * TICKS_PER_DAY,
            study.horizon.start,
            draw,
        )
        * _factor(study, money)
        * CENTS
    )
    granted = cents * TICKS_PER_YEAR * (year.ends - year.begins) // year.length
    if granted > _LARGEST:
        most = _LARGEST // TICKS_PER_YEAR // CENTS
        message = f"expected at most {most} {study.analysis.currency} a fiscal year, got {cents // CENTS}"
        raise StudyError([Problem("RANGE", message, "split the budget.", path=f"budgets.{name}")])
    return granted


def _price(
    study: Study, name: str, service: Service, record: NDArray[Any], parameters: Draw, people: int
) -> None:
    totals: dict[str, float] = {}
    for cost in service.costs:
        totals[cost.per] = totals.get(cost.per, 0.0) + cost_in_cents(study, cost, parameters)
    sites = int(record["sites"][0])
    most = {"client_year": people, "place_year": max(int(record["places"][0]), 1), "site_year": max(sites, 1)}
    for per, cents in totals.items():
        number = new_sites(study, name, sites) if per == "set_up" else 1
        if cents * most.get(per, max(number, 1)) * TICKS_PER_YEAR > _LARGEST:
            message = f"expected a price per {per} that a budget can add up, got {cents / CENTS:g}"
            raise StudyError(
                [Problem("RANGE", message, "state a smaller price.", path=f"services.{name}.costs")]
            )
        record[_FIELDS[per]] += round(cents) * number


def cost_in_cents(study: Study, cost: Cost, parameters: Draw) -> float:
    """Return a cost line's price in cents of the analysis."""
    return amount(cost.price, parameters) * _factor(study, _money(study, cost)) * CENTS


def _money(study: Study, cost: Cost) -> CurrencyYear:
    """Return the money of a cost line: its own, that of a price that the study states, or that of its row."""
    name = cost.price.evidence or ""
    if name in study.prices:
        return CurrencyYear(*price_money(study, name))
    row = load_register().get(name)
    currency = cost.currency or (row.currency if row else "")
    return CurrencyYear(currency, cost.price_year or (row.price_year if row else None) or 0)


def _factor(study: Study, money: CurrencyYear) -> float:
    target = CurrencyYear(study.analysis.currency, study.analysis.price_year)
    conversions = load_conversions()
    absent = conversions.missing(money, target)
    if absent:
        message = f"expected a way from {money} to {target}, got no {', no '.join(absent)}"
        raise StudyError([Problem("CURRENCY", message, f"state the money in {target}.", path="budgets")])
    return conversions.factor(money, target)


def new_sites(study: Study, name: str, sites: int) -> int:
    """Return how many sites of a service an arm sets up: those beyond what the comparator starts with."""
    comparator = study.analysis.comparator or next(iter(study.arms))
    there = study.arms[comparator].services.get(name)
    if there is None or (there.opens is not None and there.opens > study.horizon.start):
        return sites
    if not stands_at_start(name, study.arms[comparator].services):
        return sites
    held = there.capacity.sites if there.capacity is not None else None
    return max(0, sites - (1 if held is None else held))
