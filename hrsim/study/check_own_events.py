"""Check the events that a study declares: their names, the services that they and the effects on them name."""

from __future__ import annotations

import re

from hrsim.study.effects import EVENT_TARGET
from hrsim.study.tree import ListNode, MapNode, Problems, ScalarNode, nearest_or

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def check_own_events(events: MapNode, services: MapNode, problems: Problems) -> None:
    """Note faulty names, conditions on services that are not there, effects on events that are not declared."""
    for name, entry in events.entries.items():
        if name.startswith("x-"):
            continue
        path = ("events", name)
        if not _NAME.fullmatch(name):
            message = f"expected a name of small letters, digits and '_', got '{name}'"
            problems.add("NAME", message, "write a name such as injection_injury.", entry.key_mark, path)
        if isinstance(entry.node, MapNode):
            _check_conditions(name, entry.node, services, problems)
    for service, entry in services.entries.items():
        if isinstance(entry.node, MapNode):
            _check_targets(service, entry.node, events, problems)


def _check_conditions(name: str, event: MapNode, services: MapNode, problems: Problems) -> None:
    for condition in ("enrolled_in", "not_enrolled_in"):
        given = event.mapping("eligible").get(condition)
        for item in given.items if isinstance(given, ListNode) else ():
            if isinstance(item, ScalarNode) and item.text not in services.entries and services.entries:
                fix = nearest_or(
                    item.text, services.entries, "name a service of every arm that has services."
                )
                path = ("events", name, "eligible", condition)
                problems.add("SERVICE", f"expected a service, got '{item.text}'", fix, item.mark, path)


def _check_targets(service: str, node: MapNode, events: MapNode, problems: Problems) -> None:
    effects = node.get("effects")
    for index, item in enumerate(effects.items if isinstance(effects, ListNode) else ()):
        on = item.get("on") if isinstance(item, MapNode) else None
        match = EVENT_TARGET.fullmatch(on.text) if isinstance(on, ScalarNode) else None
        if match and isinstance(on, ScalarNode) and match[1] not in events.entries:
            path = ("services", service, "effects", str(index), "on")
            fix = nearest_or(match[1], events.entries, "declare it under 'events:'.")
            problems.add(
                "TARGET", f"expected a declared event after 'event.', got '{match[1]}'", fix, on.mark, path
            )
