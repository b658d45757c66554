"""Whether a service can take somebody: what is at 0 is not there, and costs nothing to keep open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hrsim.study.services import Service
from hrsim.study.times import Ramp
from hrsim.study.values import Quantity

Services = Mapping[str, Service]


def is_invited(name: str, services: Services) -> bool:
    """Tell whether people of an arm come to a service without its reach: prompts, referrals, stays at the start."""
    service = services[name]
    at_start = service.at_start.enrolled
    prompted = any(not _is_zero(given) for _, given in service.prompted_by if given is not None)
    if prompted or service.takes_over or (at_start is not None and not _is_zero(at_start)):
        return True
    return any(name in _leads_to(other) for other in services.values())


def _leads_to(service: Service) -> Iterable[str]:
    yield from (referral.service for referral in service.refers_to)
    yield from (following.service for following in (service.stay.leads_to if service.stay else ()))


def stands_at_start(name: str, services: Services) -> bool:
    """Tell whether a service that is open when the study starts is more than 0 in what it states then."""
    service, capacity = services[name], services[name].capacity
    limits = [capacity.places, capacity.contacts_per_month, capacity.kits_per_year] if capacity else []
    at_first = [ramp.first for ramp in (*limits, service.coverage) if ramp is not None]
    if any(_is_zero(level) for level in at_first) or (capacity is not None and capacity.sites == 0):
        return False
    if service.coverage is not None or is_invited(name, services):
        return True
    channels = service.reach.channels.values() if service.reach else ()
    ramps: list[Ramp] = [*([service.reach] if service.reach else []), *(channel.rate for channel in channels)]
    return not all(_is_zero(ramp.first) for ramp in ramps)


def _is_zero(given: Quantity) -> bool:
    return given.value == 0.0 if given.evidence is None else given.times == 0.0
