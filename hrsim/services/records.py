"""Write one service of one arm into its record: who it takes, stays, capacity, what it delivers."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from hrsim.engine.simulation import INFECTION
from hrsim.processes.service_records import CLOCKED_STAY, COVERED_STAY, FREE_STAY, NO_LIMIT, NO_STAY
from hrsim.processes.state import USE_LEVELS
from hrsim.services.amounts import Draw, amount
from hrsim.services.eligibility import ages, forbidden_word, required_bits, service_bits
from hrsim.services.layout import Layout, needs_clock, service_aspect
from hrsim.study.capacity import minutes_open
from hrsim.study.operations import Operations, stated_day, stated_site
from hrsim.study.services import Service, SupervisedUse
from hrsim.units import DAYS_PER_YEAR, MONTHS_PER_YEAR, TICKS_PER_DAY, TICKS_PER_WEEK, TICKS_PER_YEAR

_UNIT_TICKS = {
    "day": float(TICKS_PER_DAY),
    "week": float(TICKS_PER_WEEK),
    "month": TICKS_PER_YEAR / MONTHS_PER_YEAR,
    "year": float(TICKS_PER_YEAR),
}
_MINUTES_PER_HOUR = 60
NOT_COUNTED = -1.0


def fill_service(record: NDArray[Any], layout: Layout, s: int, service: Service, draw: Draw) -> None:
    """Write one service of one arm into its record of shape (1,)."""
    window = service.contact_effect
    record["present"] = 1
    record["open"], record["planned_open"] = 1, 1
    record["required"] = required_bits(layout, service.eligible.enrolled_in)
    record["excluded"] = service_bits(layout, service.eligible.not_enrolled_in)
    record["youngest"], record["oldest"] = ages(service.eligible)
    slot = layout.slot(layout.services[s], service)
    record["slot"] = slot
    record["takes_over"] = service_bits(layout, service.takes_over) if slot >= 0 else 0
    record["queue"] = layout.list_column(slot)
    record["head"], record["tail"] = -1, -1
    record["oat"] = layout.oat.index(layout.services[s]) + 1 if slot == layout.oat_clock >= 0 else 0
    record["ends_in_custody"] = int("custody_entry" in service.ends_on)
    record["ends_after_overdose"] = int("overdose_survived" in service.ends_on)
    record["contact_share"] = amount(window.share, draw, 1.0) if window else 1.0
    record["aftereffect"] = int(window is not None)
    record["forbidden"] = forbidden_word(layout, s, service)
    patience = amount(service.waiting.patience, draw)
    record["patience_rate"] = 1.0 / patience if patience > 0.0 else 0.0
    _fill_stay(record, service, draw)
    _fill_capacity(record, service, draw)
    for field, planned in (
        ("places", "planned_places"), ("sites", "planned_sites"), ("visit_capacity", "planned_visits")
    ):  # fmt: skip
        record[planned] = record[field]
    _fill_deliveries(record, service, draw)
    infection = record["hiv_suppression"][0] > 0.0 or record["hcv_cure"][0] > 0.0
    record["aspects"] = service_aspect(s) | (INFECTION if infection else 0)


def _counted_at_a_visit(use: SupervisedUse, draw: Draw) -> float:
    """Return the overdoses that a site counts at a visit; negative where the risk against other episodes holds."""
    return (
        NOT_COUNTED if use.relative_risk is not None else amount(use.overdoses_per_visit, draw, NOT_COUNTED)
    )


def limit_field(record: NDArray[Any], name: str, value: float) -> None:
    """Write a limit that may ramp: places, to the nearest whole one, contacts per month or kits per year."""
    if name == "places":
        record["places"] = round(value)
        return
    per_year = value * MONTHS_PER_YEAR if name == "contacts_per_month" else value
    record["token_rate"] = per_year / TICKS_PER_YEAR
    record["token_depth"] = per_year / MONTHS_PER_YEAR


def _fill_stay(record: NDArray[Any], service: Service, draw: Draw) -> None:
    stay, window = service.stay, service.contact_effect
    record["stay"] = CLOCKED_STAY if needs_clock(service) else (FREE_STAY if stay else NO_STAY)
    record["hazard_ratio"] = 1.0
    record["weibull_shape"], record["scale"] = 1.0, float(TICKS_PER_YEAR)
    if window is not None and window.during.length is not None:
        record["fixed"] = round(window.during.length.years * TICKS_PER_YEAR)
    if service.coverage is not None:
        record["stay"] = COVERED_STAY
        record["coverage"] = amount(service.coverage.first, draw)
    if stay is None:
        return
    record["hazard_ratio"] = amount(stay.hazard_ratio, draw, 1.0)
    if stay.weibull is not None:
        shape, rate = amount(stay.weibull.shape, draw), amount(stay.weibull.rate, draw)
        record["weibull_shape"] = shape
        record["scale"] = _UNIT_TICKS[stay.weibull.unit] * rate ** (-1.0 / shape)
    elif stay.mean is not None:
        mean = amount(stay.mean, draw)
        record["scale"] = mean * TICKS_PER_YEAR
        record["leave_rate"] = 1.0 / mean
    elif stay.fixed is not None:
        record["fixed"] = round(stay.fixed.years * TICKS_PER_YEAR)


def _fill_capacity(record: NDArray[Any], service: Service, draw: Draw) -> None:
    record["places"] = NO_LIMIT
    record["token_rate"] = -1.0
    record["visit_capacity"] = -1.0
    record["sites"] = 1
    capacity = service.capacity
    for name in ("places", "contacts_per_month", "kits_per_year"):
        ramp = getattr(capacity, name, None)
        if ramp is not None:
            limit_field(record, name, amount(ramp.first, draw))
            record["tokens"] = record["token_depth"]
    site = stated_site(capacity, service.operations)
    visits = visits_per_year(service, draw)
    if visits is not None:
        record["sites"] = site.sites if site is not None else 1
        record["visit_capacity"] = visits


def visits_per_year(service: Service, draw: Draw) -> float | None:
    """Return how many supervised visits, or contacts of a working day, fit in a year; None without sites and day.

    Of people who keep their appointments: those who do not come take slots all the same.
    """
    day = stated_day(service.operations)
    if day is not None:
        open_minutes = sum(minutes_open(hours) for hours in day.hours)
        fit = day.staff * open_minutes / amount(day.minutes_per_visit, draw) * DAYS_PER_YEAR
        return fit * _share_who_come(day.operations, draw)
    site = stated_site(service.capacity, service.operations)
    if site is None:
        return None
    visits_per_hour = _MINUTES_PER_HOUR / amount(site.minutes_per_visit, draw)
    hours = minutes_open(site.hours) / _MINUTES_PER_HOUR
    return site.sites * site.booths * hours * visits_per_hour * DAYS_PER_YEAR


def _share_who_come(operations: Operations, draw: Draw) -> float:
    """Return the share of wishes for a visit that come from people who would not break an appointment."""
    booked = operations.appointments
    if booked is None:
        return 1.0
    walk_in = amount(operations.arrivals.per_day, draw) if operations.arrivals else 0.0
    wanted = amount(booked.wanted_per_day, draw)
    return 1.0 - amount(booked.no_show, draw) * (wanted / (wanted + walk_in) if wanted > 0.0 else 0.0)


def _fill_deliveries(record: NDArray[Any], service: Service, draw: Draw) -> None:
    given = service.delivers
    record["kits"] = given.naloxone_kits or 0
    record["hiv_test"] = amount(given.hiv_test, draw)
    record["hcv_test"] = amount(given.hcv_test, draw)
    record["hcv_cure"] = amount(given.hcv_cure, draw)
    record["hiv_suppression"] = amount(given.hiv_treatment, draw)
    record["at_hand"] = amount(given.naloxone_at_hand, draw)
    if given.supervised_use is not None:
        use = given.supervised_use
        record["visits"] = amount(use.visits_per_client_year, draw)
        record["site_risk"] = amount(use.relative_risk, draw, 1.0)
        record["site_overdoses"] = _counted_at_a_visit(use, draw)
        record["site_elsewhere"] = amount(use.share_elsewhere, draw, 1.0)
        record["routes"] = sum(1 << USE_LEVELS.index(route) for route in use.routes)
