"""Fill the service arrays of one draw: numbers of each service in each arm, effects, prompts, referrals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.random import name_word
from hrsim.engine.simulation import INFECTION
from hrsim.processes.budgets import NO_BUDGET
from hrsim.processes.effects import (
    AFTER,
    CARRYING,
    EFFECT,
    FIRST,
    ON_SERVICES,
    WHILE_CARRYING,
    WHILE_ENROLLED,
)  # fmt: skip
from hrsim.processes.events import FLOWS, PROMPTS
from hrsim.processes.service_records import (
    ANY_AGE,
    CLOCKED_STAY,
    COVERED_STAY,
    FREE_STAY,
    LINK,
    NO_LIMIT,
    NO_STAY,
    ONWARD,
    OWN_EVENT,
    REFERRAL,
    SERVICE,
    STAY,
)
from hrsim.processes.state import CUSTODY_LEVELS, HOUSING_LEVELS, USE_LEVELS
from hrsim.processes.status import (
    CUSTODY_BIT,
    DISTRESS_BIT,
    HCV_BIT,
    HIV_BIT,
    HOUSING_BIT,
    OAT_BIT,
    POOL_BIT,
    SEX_BIT,
    USE_BIT,
)
from hrsim.processes.wellbeing import WELLBEING
from hrsim.services.layout import Layout, effect_places, needs_clock, service_aspect
from hrsim.study.capacity import minutes_open
from hrsim.study.operations import Operations, stated_day, stated_site
from hrsim.study.referrals import Referral
from hrsim.study.services import Eligible, Service
from hrsim.study.values import Quantity
from hrsim.units import DAYS_PER_YEAR, MONTHS_PER_YEAR, TICKS_PER_DAY, TICKS_PER_WEEK, TICKS_PER_YEAR

Draw = Mapping[str, float]
_UNIT_TICKS = {
    "day": float(TICKS_PER_DAY),
    "week": float(TICKS_PER_WEEK),
    "month": TICKS_PER_YEAR / MONTHS_PER_YEAR,
    "year": float(TICKS_PER_YEAR),
}
_MINUTES_PER_HOUR = 60
CONDITIONS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("use", USE_LEVELS, USE_BIT),
    ("housing", HOUSING_LEVELS, HOUSING_BIT),
    ("custody", CUSTODY_LEVELS, CUSTODY_BIT),
    ("sex", ("female", "male"), SEX_BIT),
    ("hiv", ("none", "undiagnosed", "diagnosed", "treated"), HIV_BIT),
    ("hcv", ("none", "undiagnosed", "diagnosed", "cured"), HCV_BIT),
    ("oat", ("none", "waiting", "enrolled"), OAT_BIT),
    ("distress", ("absent", "present"), DISTRESS_BIT),
)


def amount(quantity: Quantity | None, draw: Draw, otherwise: float = 0.0) -> float:
    """Return a quantity's number in one draw."""
    if quantity is None:
        return otherwise
    if quantity.value is not None:
        return quantity.value
    assert quantity.evidence is not None  # the schema demands one of the two
    return quantity.times * draw[quantity.evidence]


def service_arrays(
    layout: Layout,
    arms: Mapping[str, Mapping[str, Service]],
    draws: Mapping[str, Draw],
    people: int,
    quarters: int,
) -> dict[str, Any]:
    """Return the arrays that services add to a simulation, everybody idle, everything closed or open as at tick 0."""
    size, clocks = len(layout.services), len(layout.pools)
    records = np.zeros((len(arms), size), SERVICE)
    records["budget"], records["began"] = NO_BUDGET, -1
    value = np.ones((len(arms), len(layout.effects)))
    prompts = np.zeros((len(arms), size, len(PROMPTS)))
    chances = np.zeros((len(arms), len(layout.referrals)))
    completions = np.ones((len(arms), len(layout.referrals)))
    onward = np.zeros((len(arms), len(layout.onward)))
    for a, (arm, services) in enumerate(arms.items()):
        draw = draws[arm]
        for name, service in services.items():
            s = layout.number(name)
            fill_service(records[a, s : s + 1], layout, s, service, draw)
            for event, quantity in service.prompted_by:
                prompts[a, s, PROMPTS.index(event)] = amount(quantity, draw)
            for referral in service.refers_to:
                if referral.service in layout.services:
                    k = layout.referrals.index((s, layout.number(referral.service)))
                    chances[a, k] = amount(referral.probability, draw)
                    completions[a, k] = _completion(service, referral, services, draw)
            _fill_onward(onward[a], layout, s, service, draw)
        for place, effect in effect_places(services, layout).items():
            value[a, layout.effects.index(place)] = amount(effect.multiplier, draw)
    for place in layout.effects:
        if place.during in (FIRST, AFTER):
            field = "first_window" if place.during == FIRST else "after_window"
            records[field][:, place.service] = np.maximum(records[field][:, place.service], place.length)
    links = _leave_links(layout)
    records["refers"][:, [s for s, _ in layout.referrals]] = 1
    records["links"] = links.any(axis=1)
    sites = [s for s in range(size) if bool((records["visits"][:, s] > 0.0).any())]
    at_hand = [s for s in range(size) if bool((records["at_hand"][:, s] > 0.0).any())]
    return {
        "service": records,
        "target": _target_starts(layout),
        "effect": _effect_table(layout),
        "effect_value": value,
        "acting": _acting(layout),
        "service_links": links,
        "prompt_chance": prompts,
        "referral": np.array(list(layout.referrals) or [(-1, -1)], REFERRAL)[: len(layout.referrals)],
        "referral_chance": chances,
        "referral_completion": completions,
        "service_word": np.array([name_word(name) for name in layout.services], np.uint64),
        "slot_word": np.array([name_word(pool) for pool in layout.pools], np.int64),
        "oat_slot": np.array([layout.oat_clock], np.int64),
        "site_service": np.array(sites, np.int64),
        "at_hand_service": np.array(at_hand, np.int64),
        "onward": np.array(list(layout.onward) or [(-1, -1)], ONWARD)[: len(layout.onward)],
        "onward_chance": onward,
        "covered": np.array(layout.covered, np.int64),
        "cover_mark": np.ones((people, len(layout.covered))),
        "own_event": np.zeros(len(layout.events), OWN_EVENT),
        "own_rate": np.zeros((len(arms), len(layout.events))),
        "own_death": np.zeros((len(arms), len(layout.events))),
        "stay": _nobody_enrolled(people, len(arms), clocks),
        "curve_load": np.zeros(1),
        "curve_share": np.ones((1, 1)),  # row 0: no curve
        "link": np.zeros((people, len(arms), len(layout.listed_pools)), LINK),
        "wellbeing": np.zeros((people, len(arms)), WELLBEING),
        "flow": np.zeros((len(arms), quarters, size, len(FLOWS)), np.int64),
    }


def _fill_onward(chances: NDArray[np.float64], layout: Layout, s: int, service: Service, draw: Draw) -> None:
    """Write the chances of where people go when a stay of one service runs out."""
    for following in service.stay.leads_to if service.stay else ():
        place = (s, layout.number(following.service)) if following.service in layout.services else None
        if place in layout.onward:
            chances[layout.onward.index(place)] = amount(following.probability, draw)


def _completion(service: Service, referral: Referral, services: Mapping[str, Service], draw: Draw) -> float:
    """Return the chance that people arrive where a service refers them: under its roof, or elsewhere."""
    other = services.get(referral.service)
    if other is None:
        return 1.0
    together = service.site is not None and service.site == other.site
    where = referral.site or ("same" if together else "elsewhere")
    given = other.referral_completion
    return amount(given.same_site if where == "same" else given.elsewhere, draw, 1.0)


def _nobody_enrolled(people: int, arms: int, clocks: int) -> NDArray[Any]:
    stays = np.zeros((people, arms, clocks), STAY)
    stays["service"] = -1
    return stays


def fill_service(record: NDArray[Any], layout: Layout, s: int, service: Service, draw: Draw) -> None:
    """Write one service of one arm into its record of shape (1,)."""
    window = service.contact_effect
    record["present"] = 1
    record["open"], record["planned_open"] = 1, 1
    record["required"] = service_bits(layout, service.eligible.enrolled_in)
    record["excluded"] = service_bits(layout, service.eligible.not_enrolled_in)
    record["takes_over"] = service_bits(layout, service.takes_over)
    record["youngest"], record["oldest"] = ages(service.eligible)
    record["slot"] = layout.pool_of[s]
    record["queue"] = layout.list_column(s)
    record["head"], record["tail"] = -1, -1
    record["oat"] = layout.oat.index(layout.services[s]) + 1 if layout.services[s] in layout.oat else 0
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


def forbidden_word(layout: Layout, s: int, service: Service) -> int:
    """Return the status bits of people whom a service does not take: not eligible, or in its pool already.

    The pool does not bar where contacts go on during a window; of a service that takes clients over it bars some only,
    which the kernel asks about.
    """
    pool = layout.pool_of[s]
    elsewhere = service.contact_effect is not None or pool < 0 or bool(service.takes_over)
    return forbidden_bits(service.eligible) | (0 if elsewhere else 1 << (POOL_BIT + pool))


def forbidden_enrolments(layout: Layout, s: int, service: Service) -> int:
    """Return the enrolments of people whom a service does not take, a bit each; contacts go on during a window."""
    own = 0 if service.contact_effect is not None else 1 << s
    return own | service_bits(layout, service.eligible.not_enrolled_in)


def forbidden_bits(eligible: Eligible) -> int:
    """Return the status bits that make a person ineligible; people in custody are unless the service says so."""
    bits = 0
    for name, levels, first in CONDITIONS:
        allowed = getattr(eligible, name)
        if name == "custody" and allowed is None:
            allowed = ("community",)
        if allowed is not None:
            bits |= sum(1 << (first + n) for n, word in enumerate(levels) if word not in allowed)
    return bits


def limit_field(record: NDArray[Any], name: str, value: float) -> None:
    """Write a limit that may ramp: places, contacts per month or kits per year."""
    if name == "places":
        record["places"] = int(value)
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
        record["visits"] = amount(given.supervised_use.visits_per_client_year, draw)
        record["site_risk"] = amount(given.supervised_use.relative_risk, draw, 1.0)
        record["routes"] = sum(1 << USE_LEVELS.index(route) for route in given.supervised_use.routes)


def service_bits(layout: Layout, names: tuple[str, ...]) -> int:
    """Return the bits of services by name; a service that no arm has needs none."""
    return sum(1 << layout.number(name) for name in names if name in layout.services)


def ages(eligible: Eligible) -> tuple[int, int]:
    """Return the youngest age and the first too old, in ticks."""
    age = eligible.age
    youngest = round((age.minimum or 0.0) * TICKS_PER_YEAR) if age else 0
    oldest = round(age.maximum * TICKS_PER_YEAR) if age and age.maximum is not None else ANY_AGE
    return youngest, oldest


def _target_starts(layout: Layout) -> NDArray[np.int64]:
    counts = np.zeros(layout.targets + 1, np.int64)
    for place in layout.effects:
        counts[place.target + 1] += 1
    return np.cumsum(counts)


def _effect_table(layout: Layout) -> NDArray[Any]:
    table = np.zeros(len(layout.effects), EFFECT)
    for k, place in enumerate(layout.effects):
        slot = max(layout.pool_of[place.service], 0)
        table[k] = (place.length, place.service, place.during, slot)
    return table


def _acting(layout: Layout) -> NDArray[np.int64]:
    """Return for each target the services that act on it while people are enrolled, a bit each."""
    bits = np.zeros(layout.targets, np.int64)
    for place in layout.effects:
        if place.during == WHILE_ENROLLED:
            bits[place.target] |= np.int64(1) << np.int64(place.service)
        elif place.during == WHILE_CARRYING:
            bits[place.target] |= CARRYING
    return bits


def _leave_links(layout: Layout) -> NDArray[np.uint8]:
    """Return a table (S, S): whether being in the first service changes the hazard of leaving the second."""
    links = np.zeros((len(layout.services), len(layout.services)), np.uint8)
    first_leave = ON_SERVICES + 1
    events = ON_SERVICES + 2 * len(layout.services)
    for place in layout.effects:
        if first_leave <= place.target < events and (place.target - first_leave) % 2 == 0:
            links[place.service, (place.target - first_leave) // 2] = 1
    return links
