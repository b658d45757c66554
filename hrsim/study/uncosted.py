"""What an arm adds to the comparator without a cost line: a service, places or sites, services under one roof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hrsim.study.schema import Arm, Study
from hrsim.study.services import Service

WITH_USE = frozenset({"place_year", "client_year", "start", "contact", "kit"})
WITH_SITES = frozenset({"site_year", "open_year", "set_up"}) | WITH_USE
Kind = Literal["service", "places", "sites", "roof"]


@dataclass(frozen=True)
class Uncosted:
    """Name what an arm adds and pays nothing for: `name` is the service's, or the hub's for a roof."""

    arm: str
    kind: Kind
    name: str


def uncosted(study: Study) -> tuple[Uncosted, ...]:
    """Return what the arms of a study add to its comparator without a cost line."""
    comparator = study.analysis.comparator or next(iter(study.arms), "")
    base = study.arms.get(comparator)
    if base is None:
        return ()
    others = ((name, arm) for name, arm in study.arms.items() if name != comparator)
    return tuple(found for name, arm in others for found in _added(name, arm, base))


def _added(name: str, arm: Arm, base: Arm) -> Iterator[Uncosted]:
    for service, described in arm.services.items():
        kind = _kind(described, base.services.get(service))
        if kind is not None:
            yield Uncosted(name, kind, service)
    for hub, services in arm.hubs.items():
        paid = {cost.per for service in services for cost in arm.services[service].costs}
        if hub not in base.hubs and not paid & (WITH_SITES - WITH_USE):
            yield Uncosted(name, "roof", hub)


def _kind(service: Service, before: Service | None) -> Kind | None:
    paid = {cost.per for cost in service.costs}
    if before is None or (_at_nothing(before) and not _at_nothing(service)):
        return None if paid else "service"
    if _most_places(service) > _most_places(before) and not paid & WITH_USE:
        return "places"
    if _sites(service) > _sites(before) and not paid & WITH_SITES:
        return "sites"
    return None


def _at_nothing(service: Service) -> bool:
    ramp = service.coverage or service.reach
    return ramp is not None and all(level.value == 0.0 for level in ramp.levels)


def _most_places(service: Service) -> float:
    places = service.capacity.places if service.capacity else None
    return max((level.value or 0.0 for level in places.levels), default=0.0) if places else 0.0


def _sites(service: Service) -> float:
    return (service.capacity.sites or 0) if service.capacity else 0
