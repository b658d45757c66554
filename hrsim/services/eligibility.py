"""Who a service does not take, as bits that the kernel compares: status, pools, enrolments, ages."""

from __future__ import annotations

from hrsim.processes.service_records import ANY_AGE
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
from hrsim.services.layout import MOST_SERVICES, Layout
from hrsim.study.eligible import Eligible
from hrsim.study.services import Service
from hrsim.units import TICKS_PER_YEAR

NOBODYS_BIT = MOST_SERVICES  # the first bit of enrolments that no service has
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


def forbidden_word(layout: Layout, s: int, service: Service) -> int:
    """Return the status bits of people whom a service does not take: not eligible, or in its pool already.

    The pool does not bar where contacts go on during a window; of a service that takes clients over it bars some only,
    which the kernel asks about.
    """
    pool = layout.slot(layout.services[s], service)
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


def service_bits(layout: Layout, names: tuple[str, ...]) -> int:
    """Return the bits of services by name; a service that no arm has needs none."""
    return sum(1 << layout.number(name) for name in names if name in layout.services)


def required_bits(layout: Layout, names: tuple[str, ...]) -> int:
    """Return the bits of the services that people must be in: one that nobody has where no arm has such a service."""
    absent = any(name not in layout.services for name in names)
    return service_bits(layout, names) | (1 << NOBODYS_BIT if absent else 0)


def ages(eligible: Eligible) -> tuple[int, int]:
    """Return the youngest age and the first too old, in ticks."""
    age = eligible.age
    youngest = round((age.minimum or 0.0) * TICKS_PER_YEAR) if age else 0
    oldest = round(age.maximum * TICKS_PER_YEAR) if age and age.maximum is not None else ANY_AGE
    return youngest, oldest
