"""Who the people are: those at the start and those who may enter, the same in every arm of a study.

Every characteristic is drawn from a stream of its own name, so that a change of one moves no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hrsim.engine.assemble import Cohort
from hrsim.engine.random import uniforms
from hrsim.engine.simulation import Simulation
from hrsim.engine.tables import poisson_table
from hrsim.infections_of_people import infections, treated_at_entry
from hrsim.processes.distress import SHARE as DISTRESS_SHARE
from hrsim.processes.rates import Baseline, ceiling_above
from hrsim.processes.state import (
    CALM,
    CUSTODY,
    DISTRESSED,
    FEMALE,
    INJECTING,
    LOW_TRUST,
    MALE,
    NOT_USING,
    OTHER_ROUTE,
    STABLE,
    TRUSTING,
    UNSTABLE,
)
from hrsim.processes.trust import SHARE as LOW_TRUST_SHARE
from hrsim.services.amounts import amount
from hrsim.services.groups import cells_of_people, groups_of, labels_of_cells, share_within
from hrsim.study.population import AgeDistribution, Population
from hrsim.units import TICKS_PER_YEAR

Draw = Mapping[str, float]
NEVER_BEFORE = -(2**60)
PEOPLE_EVIDENCE = (
    "exp.hcv_f4_share_start",
    "exp.entry_injecting_share",
    "pop.relapse_share",
    "exp.relapse_share_other_route",
    "inf.hiv_suppressed_of_art_bc",
    "inf.hiv_years_gt500",
    "inf.hiv_years_350",
    "inf.hiv_years_200",
    "inf.hiv_years_lt200",
)


@dataclass(frozen=True)
class Entries:
    """Who may enter: slots of one study year and one band of entry rates from `low` on, with the mark of each."""

    cohort: Cohort
    low: float  # people per year
    mark: NDArray[np.float64]


def start_cohort(population: Population, draw: Draw, luck: int) -> Cohort:
    """Return the people at the start, with gamma frailty of mean 1."""
    size = population.size
    return Cohort("start", 0, np.zeros(size, np.int64), frailty(population, draw, luck, "start", size))


def frailty(population: Population, draw: Draw, luck: int, cohort: str, size: int) -> NDArray[np.float64]:
    """Return frailties, gamma with the study's shape and mean 1."""
    shape = amount(population.frailty_shape, draw)
    return np.asarray(special.gammaincinv(shape, uniforms(luck, size, "frailty", cohort)) / shape)


def entries(
    population: Population, draw: Draw, luck: int, years: int, central_rate: float, highest_rate: float
) -> list[Entries]:
    """Return the entry cohorts: for each year, a base band and as many doubling bands as the highest rate needs.

    Rates are people per year. The base band's ceiling comes from the setting's central rate.
    """
    if central_rate <= 0.0 and highest_rate <= 0.0:
        return []
    found = []
    for year in range(years):
        low, high, band = 0.0, ceiling_above(central_rate), 0
        while low < highest_rate:
            found.append(_entry_cohort(population, draw, luck, year, band, low, high))
            low, high, band = high, high * 2.0, band + 1
    return found


def _entry_cohort(
    population: Population, draw: Draw, luck: int, year: int, band: int, low: float, high: float
) -> Entries:
    name = f"entry year {year} band {band}"
    first, cumulative = poisson_table(high - low)
    size = first + int(np.searchsorted(cumulative, uniforms(luck, 1, "entries", name)[0]))
    offset = np.sort(uniforms(luck, size, "entry time", name))
    ticks = year * TICKS_PER_YEAR + np.asarray(offset * TICKS_PER_YEAR, np.int64)
    mark = low + (high - low) * uniforms(luck, size, "entry mark", name)
    cohort = Cohort(name, year * TICKS_PER_YEAR, ticks, frailty(population, draw, luck, name, size))
    return Entries(cohort, low, mark)


def fill_contacts(
    sim: Simulation, people: int, entering: list[Entries], highest: Sequence[float], years: int
) -> NDArray[np.int64]:
    """Write whom people of each arm may meet, and return how many of them exist in each study year, (years, A).

    These are the people at the start and the slots of entry bands that the arm's own highest entry rate reaches.
    """
    counts = np.full((years, len(highest)), people)
    for a, rate in enumerate(highest):
        offset, filled = people, people
        for entry in entering:
            size = entry.cohort.size
            if rate > entry.low:
                sim.contact_slot[a, filled : filled + size] = np.arange(offset, offset + size)
                filled += size
                counts[entry.cohort.start // TICKS_PER_YEAR :, a] += size
            offset += size
    return counts


def place_people(
    sim: Simulation, population: Population, draw: Draw, luck: int, entering: list[Entries]
) -> None:
    """Write everybody's fixed facts and starting state, equal in all arms."""
    offset = population.size
    _fill(sim, slice(0, offset), population, draw, luck, "start")
    for entry in entering:
        rows = slice(offset, offset + entry.cohort.size)
        _fill(sim, rows, population, draw, luck, entry.cohort.name)
        sim.person["entry_mark"][rows] = entry.mark
        offset += entry.cohort.size


def _fill(sim: Simulation, rows: slice, population: Population, draw: Draw, luck: int, cohort: str) -> None:
    """Write one cohort; entrants are at liberty, first use by their own mix of routes, and bring their infections."""
    size = rows.stop - rows.start
    starting = cohort == "start"

    def u(name: str) -> NDArray[np.float64]:
        return uniforms(luck, size, name, cohort)

    person, state = sim.person[rows], sim.state[rows]
    ages = truncated_ages(population.age if starting else population.entry_age, draw, u("age"))
    person["birth"] = person["entry"] - np.asarray(ages * TICKS_PER_YEAR, np.int64)
    person["sex"] = np.where(u("sex") < amount(population.share_male, draw), MALE, FEMALE)
    use = _use(population, draw, u("use")) if starting else _entry_use(draw, u("use"))
    route = np.where(
        use == NOT_USING, np.where(u("route") < _injecting_of_users(population, draw), 0, 1), use
    )
    unstable = u("housing") < amount(population.unstable_housing, draw)
    chance = np.where(route == INJECTING, draw["pop.relapse_share"], draw["exp.relapse_share_other_route"])
    prone = u("relapse prone") < chance
    columns: dict[str, NDArray[Any]] = {
        "use": use,
        "route": route,
        "housing": np.where(unstable, UNSTABLE, STABLE),
        "relapse_prone": prone,
        "distress": np.where(u("distress") < draw[DISTRESS_SHARE], DISTRESSED, CALM),
        "trust": np.where(u("trust") < draw[LOW_TRUST_SHARE], LOW_TRUST, TRUSTING),
    }
    if starting:
        custody = (u("custody") < amount(population.custody, draw)) & (use != NOT_USING)
        columns["custody"] = np.where(custody, CUSTODY, 0)
        columns |= infections(population.hiv, population.hcv, draw, use, u)
    else:
        columns |= infections(population.entry.hiv, population.entry.hcv, draw, use, u)
        person["enters_treated"] = treated_at_entry(population.entry.hiv, draw, columns["diagnosed"], u)
    for name, values in columns.items():
        state[name] = np.asarray(values)[:, None]
    derived = {"sex": np.asarray(person["sex"], np.int64), "housing_at_start": columns["housing"]}
    person["group"] = cells_of_people(population, draw, u, derived, ages)
    person["partner"] = _partners(u("partner"), _places(population, draw, person["group"], u)) + rows.start
    person["partner"][person["partner"] < rows.start] = -1
    state["turned"] = NEVER_BEFORE
    state["custody_change"] = NEVER_BEFORE


def truncated_ages(ages: AgeDistribution, draw: Draw, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ages in years from a normal distribution cut at both ends."""
    mean, sd = amount(ages.mean, draw), amount(ages.sd, draw)
    low, high = special.ndtr((np.array([ages.minimum, ages.maximum]) - mean) / sd)
    return np.asarray(mean + sd * special.ndtri(low + (high - low) * u))


def _places(population: Population, draw: Draw, cells: NDArray[np.int64], u: Any) -> NDArray[np.int64]:
    """Return where each person of a cohort looks for a lasting partner: the label, or -1 for the whole place."""
    labels = labels_of_cells(population, groups_of(population))
    if labels.size == 0:
        return np.full(cells.size, -1)
    return np.where(u("partner within") < share_within(population, draw), labels[cells], -1)


def _partners(u: NDArray[np.float64], place: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return lasting partners within a cohort: in each place neighbours in a random order pair up.

    The result is far below 0 for one left over.
    """
    partner = np.full(u.size, np.iinfo(np.int32).min, np.int64)
    whole = np.argsort(u, kind="stable")
    for number in np.unique(place):
        order = whole[place[whole] == number]
        even = order.size - order.size % 2
        partner[order[0:even:2]] = order[1:even:2]
        partner[order[1:even:2]] = order[0:even:2]
    return partner


def _use(population: Population, draw: Draw, u: NDArray[np.float64]) -> NDArray[np.int64]:
    injecting = amount(population.use.injecting, draw)
    other = amount(population.use.other_route, draw)
    return np.where(u < injecting, INJECTING, np.where(u < injecting + other, OTHER_ROUTE, NOT_USING))


def _entry_use(draw: Draw, u: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.where(u < draw["exp.entry_injecting_share"], INJECTING, OTHER_ROUTE)


def _injecting_of_users(population: Population, draw: Draw) -> float:
    injecting = amount(population.use.injecting, draw)
    users = injecting + amount(population.use.other_route, draw)
    return injecting / users if users > 0.0 else 0.0


def baseline(population: Population, draw: Draw, oat_coverage: float, exposure: float) -> Baseline:
    """Return the composition that reference groups and net shares rest on."""
    hiv, hcv = population.hiv, population.hcv
    return Baseline(
        size=population.size,
        injecting=amount(population.use.injecting, draw),
        other_route=amount(population.use.other_route, draw),
        unstable_housing=amount(population.unstable_housing, draw),
        custody=amount(population.custody, draw),
        oat_coverage=oat_coverage,
        male=amount(population.share_male, draw),
        mean_age=amount(population.age.mean, draw),
        hiv_prevalence=amount(hiv.prevalence, draw),
        hiv_treated=amount(hiv.diagnosed, draw)
        * amount(hiv.treated, draw)
        * draw["inf.hiv_suppressed_of_art_bc"],
        hcv_viraemic=amount(hcv.prevalence, draw),
        hcv_advanced=0.0,
        exposure=exposure,
        moving_away=0.0 if population.moving_away is None else amount(population.moving_away, draw),
    )
