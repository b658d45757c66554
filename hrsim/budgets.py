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
from hrsim.services.amounts import Draw, amount
from hrsim.services.layout import Layout
from hrsim.services.ramps import level_at
from hrsim.study.budgets import Budget, month_and_day
from hrsim.study.costs import Cost
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
            name: fiscal_years(study.horizon.start, horizon, budget)
            for name, budget in described.budgets.items()
            if described.processes.services
        }
        for arm, described in study.arms.items()
    }
    names = tuple(sorted({name for budgets in years.values() for name in budgets}))
    most = max((len(found) for budgets in years.values() for found in budgets.values()), default=1)
    return BudgetFrame(names, years, most)


def fiscal_years(start: datetime.date, horizon: int, budget: Budget) -> tuple[FiscalYear, ...]:
    """Return the fiscal years that a study touches, and the whole one after its horizon."""
    month, day = month_and_day(budget.fiscal_year_starts)
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
            for y, year in enumerate(found):
                years[a, b, y] = (year.begins, year.ends, _grant(study, name, budget, year, draws[arm]), 0)
            for service in budget.services:
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


def _grant(study: Study, name: str, budget: Budget, year: FiscalYear, draw: Draw) -> int:
    """Return the money of a fiscal year in cent-ticks, as much as its part within the study takes."""
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
    row = load_register().get(cost.price.evidence or "")
    currency = cost.currency or (row.currency if row else "")
    year = cost.price_year or (row.price_year if row else None) or 0
    return amount(cost.price, parameters) * _factor(study, CurrencyYear(currency, year)) * CENTS


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
    held = there.capacity.sites if there.capacity is not None else None
    return max(0, sites - (1 if held is None else held))
