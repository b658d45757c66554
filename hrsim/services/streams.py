"""The streams of services: one each for reaching people, leaving without a clock, and giving up waiting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hrsim.engine.simulation import CARRIED, STUDY_YEAR
from hrsim.processes.effects import ON_SERVICES
from hrsim.processes.rates import Rate
from hrsim.services.amounts import Draw, amount
from hrsim.services.eligibility import forbidden_enrolments, forbidden_word
from hrsim.services.groups import Groups
from hrsim.services.layout import ANY_SERVICE, Arms, Layout, service_aspect
from hrsim.services.peak import Peak
from hrsim.services.reach import highest_rate
from hrsim.study.services import Service

# Per person-year; the first ceiling of services that the setting lacks, from which pooled bands double as far as some
# arm needs: it sets speed, never results.
UNKNOWN_RATE = 1.0 / 16.0
_PREFIX = "service."


def service_rates(
    layout: Layout,
    services: Mapping[str, Service],
    baseline: Mapping[str, Service],
    draw: Draw,
    central: Draw,
    peak: Peak,
    groups: Groups,
    leaving: float = 1.0,
    reaching: float = 1.0,
) -> list[Rate]:
    """Return the rates of an arm's services.

    Ceilings come from the setting's services at central values, never from an arm. `leaving` and
    `reaching` are the largest factors that a person's state puts on leaving and on being reached.
    """
    rates: list[Rate] = []
    for name, service in services.items():
        s = layout.number(name)
        usual = _rates(baseline[name], central, groups) if name in baseline else {}
        factor = {
            "reach": reaching * peak(ON_SERVICES + 2 * s),
            "leave": leaving * peak(ON_SERVICES + 2 * s + 1),
        }
        for process, height in _rates(service, draw, groups).items():
            typical = usual.get(process, UNKNOWN_RATE)
            bound = height * factor[process]
            target = ON_SERVICES + 2 * s + (0 if process == "reach" else 1)
            plain, raised_by = 0.0, 1 << s  # only clients leave
            if process == "reach":
                plain, raised_by = height * reaching * peak.plain(target), peak.raised_by(target)
            rates.append(
                Rate(
                    f"{_PREFIX}{name}.{process}",
                    process,
                    typical,
                    bound,
                    argument=s,
                    targets=(target,),
                    pooled=True,
                    plain=plain,
                    raised_by=raised_by,
                )
            )
    return rates


def services_read(rate: Rate, layout: Layout, arms: Arms) -> int:
    """Return the mask of the services whose stays can change a rate: through effects, or through eligibility."""
    if rate.targets is None:
        return ANY_SERVICE | layout.aspects_of(range(layout.targets)) & CARRIED
    mask = layout.aspects_of(rate.targets)
    if rate.name.startswith(_PREFIX):
        for services in arms.values():
            mask |= _eligibility(layout, services.get(layout.services[rate.argument]), rate.argument)
    return mask


def with_exclusions(rate: Rate, layout: Layout, arms: Arms) -> Rate:
    """Return a rate with the status and enrolments with which it is surely 0: of people whom no arm's service takes."""
    if not rate.name.startswith(_PREFIX) or rate.process != "reach":
        return rate
    name = layout.services[rate.argument]
    excluded = barred = -1
    for services in arms.values():
        if name in services:
            excluded &= forbidden_word(layout, rate.argument, services[name])
            barred &= forbidden_enrolments(layout, rate.argument, services[name])
    return replace(rate, excluded=excluded, barred=barred)


def _eligibility(layout: Layout, service: Service | None, number: int) -> int:
    """Return the mask of what decides who may come to a service: itself, its pool, services it asks for, age."""
    if service is None:
        return 0
    pool = layout.slot(layout.services[number], service)
    deciding = {number, *(layout.members[pool] if pool >= 0 else ())}
    named = (*service.eligible.enrolled_in, *service.eligible.not_enrolled_in)
    if service.eligible.oat is not None:
        named += layout.oat
    deciding |= {layout.number(name) for name in named if name in layout.services}
    mask = STUDY_YEAR if service.eligible.age else 0
    for s in deciding:
        mask |= service_aspect(s)
    return mask


def _rates(service: Service, draw: Draw, groups: Groups) -> dict[str, float]:
    """Return how fast a service reaches people and loses clients, where it does."""
    found: dict[str, float] = {}
    if service.reach is not None:
        found["reach"] = highest_rate(service, groups, draw)
    if service.stay is not None and service.stay.mean is not None:
        found["leave"] = 1.0 / amount(service.stay.mean, draw) * amount(service.stay.hazard_ratio, draw, 1.0)
    return found
