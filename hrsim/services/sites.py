"""From a service of a study to the site that is simulated: plain numbers of one draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from hrsim.errors import Problem, StudyError
from hrsim.operations.site import Appointments, Attendance, Law, Site, SiteError, even_arrivals
from hrsim.services.amounts import Draw, amount
from hrsim.services.reach import parts
from hrsim.study.capacity import opening
from hrsim.study.numbers import arm_draw
from hrsim.study.operations import Operations, stated_site
from hrsim.study.population import Population
from hrsim.study.resolved import ResolvedStudy
from hrsim.study.services import Service
from hrsim.study.values import Quantity
from hrsim.units import DAYS_PER_YEAR

EXPONENTIAL = 1.0  # spread of an exponential time

Windows = tuple[tuple[int, int], ...]
Key = tuple[str, str]  # service, arm


@dataclass(frozen=True)
class PlannedSite:
    """A site to simulate, and how many such sites share the demand.

    `demand_given` tells whether the study states the visits; otherwise they are those that clients want once
    their number has settled. `profile` spreads one visit over the day as the site's arrivals are.
    """

    site: Site
    sites: int
    demand_given: bool
    profile: tuple[float, ...]


def planned_site(service: Service, population: Population, draw: Draw) -> PlannedSite:
    """Return the site of a service that has `operations`; raises SiteError for numbers that no site has."""
    operations = service.operations
    assert operations is not None
    supervised = operations.kind == "supervised_consumption"
    stated = stated_site(service.capacity, operations) if supervised else None
    windows = _windows(operations, stated.hours if stated else operations.hours)
    minutes = stated.minutes_per_visit if stated else operations.minutes_per_visit
    sites = stated.sites if stated else 1
    given = operations.arrivals.per_day if operations.arrivals else None
    by_clients = given is None and supervised and operations.appointments is None
    per_day = _client_visits(service, population, draw) / max(sites, 1) if by_clients else amount(given, draw)
    site = Site(
        servers=stated.booths if stated else cast(int, operations.staff),
        windows=windows,
        arrivals=_arrivals(operations, windows, per_day),
        visit=Law(amount(minutes, draw), amount(operations.spread, draw, EXPONENTIAL)),
        patience=_given(operations.patience_minutes, draw),
        waiting_room=operations.waiting_room,
        attendance=_attendance(operations, draw) if supervised else None,
        appointments=_appointments(operations, draw),
        travel=amount(operations.travel_minutes, draw),
    )
    return PlannedSite(site, sites, not by_clients, _arrivals(operations, windows, 1.0))


def planned_sites(
    resolved: ResolvedStudy, services: Mapping[Key, Service], point: Draw
) -> dict[Key, PlannedSite]:
    """Return the sites of services that have `operations`; raises StudyError at the line of each impossible one."""
    study = resolved.study
    planned, problems = {}, []
    for (name, arm), service in services.items():
        draw = arm_draw(study, study.arms[arm], point)
        try:
            planned[name, arm] = planned_site(service, study.population, draw)
        except SiteError as error:
            path = f"arms.{arm}.services.{name}.operations"
            fix = "correct the number in 'operations' or 'capacity', or the evidence row it names."
            problems.append(Problem("RANGE", str(error), fix, resolved.provenance(path), path))
    if problems:
        raise StudyError(problems)
    return planned


def _windows(operations: Operations, hours: str | None) -> Windows:
    if operations.stops:
        return tuple(opening(stop.hours) for stop in operations.stops)
    assert hours is not None  # the schema demands them
    return (opening(hours),)


def _arrivals(operations: Operations, windows: Windows, per_day: float) -> tuple[float, ...]:
    weights = operations.arrivals.by_hour if operations.arrivals else None
    if weights is None:
        return even_arrivals(windows, per_day)
    return tuple(per_day * weight / sum(weights) for weight in weights)


def _attendance(operations: Operations, draw: Draw) -> Attendance | None:
    if operations.staff is None:
        return None
    overdose = operations.overdose
    return Attendance(
        staff=operations.staff,
        minutes_per_visit=amount(operations.staff_minutes_per_visit, draw),
        overdoses_per_visit=amount(overdose.per_visit, draw) if overdose else 0.0,
        staff_per_overdose=overdose.staff if overdose else 1,
        minutes_per_overdose=amount(overdose.minutes, draw) if overdose else 0.0,
    )


def _appointments(operations: Operations, draw: Draw) -> Appointments | None:
    booked = operations.appointments
    if booked is None:
        return None
    wanted = amount(booked.wanted_per_day, draw)
    return Appointments(booked.slots_per_day, wanted, amount(booked.no_show, draw))


def _given(quantity: Quantity | None, draw: Draw) -> float | None:
    return None if quantity is None else amount(quantity, draw)


def _client_visits(service: Service, population: Population, draw: Draw) -> float:
    """Return the visits per day that clients want once their number has settled at reach against stay.

    Of people eligible by use and at liberty; other conditions, limits and barriers of groups are not counted.
    """
    visits, stay = service.delivers.supervised_use, service.stay
    assert visits is not None and stay is not None  # the schema demands them where no visits are stated
    use = service.eligible.use or ("injecting", "other_route")
    shares = [amount(getattr(population.use, route), draw) for route in use if route != "not_using"]
    people = population.size * sum(shares) * (1.0 - amount(population.custody, draw))
    rate = sum(amount(ramp.first, draw) for ramp, _ in parts(service))
    reached = rate * amount(stay.mean, draw) / amount(stay.hazard_ratio, draw, 1.0)
    clients = people * reached / (1.0 + reached)
    return clients * amount(visits.visits_per_client_year, draw) / DAYS_PER_YEAR
