"""The streams of services: one each for reaching people, leaving without a clock, and giving up waiting."""

from __future__ import annotations

from collections.abc import Mapping

from hrsim.processes.effects import ON_SERVICES
from hrsim.processes.rates import Peak, Rate
from hrsim.services.compile import Draw, amount
from hrsim.services.layout import Layout
from hrsim.study.services import Service

UNKNOWN_RATE = (
    1.0  # per person-year; the ceiling of services that the setting lacks: it sets speed, never results
)


def service_rates(
    layout: Layout,
    services: Mapping[str, Service],
    baseline: Mapping[str, Service],
    draw: Draw,
    central: Draw,
    peak: Peak,
) -> list[Rate]:
    """Return the rates of an arm's services.

    Ceilings come from the setting's services at central values, never from an arm.
    """
    rates: list[Rate] = []
    for name, service in services.items():
        s = layout.number(name)
        usual = _rates(baseline[name], central) if name in baseline else {}
        factor = {"reach": peak(ON_SERVICES + 2 * s), "leave": peak(ON_SERVICES + 2 * s + 1)}
        for process, height in _rates(service, draw).items():
            typical = usual.get(process, UNKNOWN_RATE)
            bound = height * factor[process]
            rates.append(Rate(f"service.{name}.{process}", process, typical, bound, argument=s))
    return rates


def _rates(service: Service, draw: Draw) -> dict[str, float]:
    """Return how fast a service reaches people and loses clients, where it does."""
    found: dict[str, float] = {}
    if service.reach is not None:
        ramp = service.reach
        levels = [ramp.first] if ramp.last is None else [ramp.first, ramp.last]
        found["reach"] = max(amount(given, draw) for given in levels)
    if service.stay is not None and service.stay.mean is not None:
        found["leave"] = amount(service.stay.hazard_ratio, draw, 1.0) / amount(service.stay.mean, draw)
    return found
