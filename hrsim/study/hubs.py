"""Hubs: services of one arm under one roof, so that people referred from one to another need not travel."""

from __future__ import annotations

from collections.abc import Iterator

from hrsim.study.schema import Arm
from hrsim.study.services import Service
from hrsim.study.tree import Entry, ListNode, MapNode, Node, Problems, ScalarNode, nearest_or

CODE = "HUB"


def placed_services(arm: Arm) -> dict[str, Service]:
    """Return an arm's services, each with the site at which its hub puts it."""
    roof = {service: hub for hub, services in arm.hubs.items() for service in services}
    return {
        name: service.model_copy(update={"site": roof[name]}) if name in roof else service
        for name, service in arm.services.items()
    }


def check_hubs(arm: MapNode, problems: Problems) -> None:
    """Note every service of a hub that the arm lacks, that is in two hubs, or that has a site of its own."""
    services = arm.mapping("services")
    first: dict[str, str] = {}
    for hub, entry in arm.mapping("hubs").entries.items():
        for index, item in _members(hub, entry):
            path = ("hubs", hub, str(index))
            name = item.text
            if name not in services.entries:
                message = f"expected services of this arm in the hub '{hub}', got '{name}'"
                fix = nearest_or(name, services.entries, "add that service to the arm, or leave it out here.")
                problems.add(CODE, message, fix, item.mark, path)
                continue
            if name in first:
                message = f"expected a service in one hub, got '{name}' in '{first[name]}' and '{hub}'"
                problems.add(CODE, message, "keep it in one of the two.", item.mark, path)
            first.setdefault(name, hub)
            site = services.mapping(name).get("site")
            if isinstance(site, ScalarNode) and site.text != hub:
                message = f"expected one place for '{name}', got the site '{site.text}' and the hub '{hub}'"
                problems.add(
                    CODE, message, "remove 'site:' from the service, or leave it out here.", item.mark, path
                )


def _members(hub: str, entry: Entry) -> Iterator[tuple[int, ScalarNode]]:
    node: Node = entry.node
    if hub.startswith("x-") or not isinstance(node, ListNode):
        return
    for index, item in enumerate(node.items):
        if isinstance(item, ScalarNode):
            yield index, item
