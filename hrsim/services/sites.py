"""From a service of a study to the site that is simulated: plain numbers of one draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from hrsim.operations.site import Appointments, Attendance, Law, Site, even_arrivals
from hrsim.services.compile import Draw, amount
from hrsim.services.reach import parts
from hrsim.study.capacity import opening
from hrsim.study.operations import Operations
from hrsim.study.population import Population
from hrsim.study.services import Service
from hrsim.study.values import Quantity
from hrsim.units import DAYS_PER_YEAR

EXPONENTIAL = 1.0  # spread of an exponential time

Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PlannedSite:
    """A site to simulate, how many such sites share the demand, and the visits a site expects per day.

    `demand_given` tells whether the study states the visits; otherwise they are those that clients want once
    their number has settled.
    """

    site: Site
    sites: int
    demand_given: bool


def planned_site(service: Service, population: Population, draw: Draw) -> PlannedSite:
    """Return the site of a service that has `operations`; raises SiteError for numbers that no site has."""
    operations, capacity = service.operations, service.capacity
    assert operations is not None
    at_sites = capacity if capacity is not None and capacity.sites is not None else None
    stated = operations if at_sites is None else at_sites
    supervised = operations.kind == "supervised_consumption"
    windows = _windows(operations, stated.hours if supervised else operations.hours)
    minutes = stated.minutes_per_visit if supervised else operations.minutes_per_visit
    sites = (at_sites.sites or 0) if at_sites is not None else 1
    given = operations.arrivals.per_day if operations.arrivals else None
    by_clients = given is None and supervised and operations.appointments is None
    per_day = _client_visits(service, population, draw) / max(sites, 1) if by_clients else amount(given, draw)
    site = Site(
        servers=cast(int, stated.booths if supervised else operations.staff),
        windows=windows,
        arrivals=_arrivals(operations, windows, per_day),
        visit=Law(amount(minutes, draw), amount(operations.spread, draw, EXPONENTIAL)),
        patience=_given(operations.patience_minutes, draw),
        waiting_room=operations.waiting_room,
        attendance=_attendance(operations, draw) if supervised else None,
        appointments=_appointments(operations, draw),
        travel=amount(operations.travel_minutes, draw),
    )
    return PlannedSite(site, sites, not by_clients)


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
