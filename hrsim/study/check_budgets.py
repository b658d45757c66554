"""Check budgets: services that the arm has, each paid by one budget at most, with prices to pay."""

from __future__ import annotations

from hrsim.study.catalogue import other_words
from hrsim.study.tree import ListNode, MapNode, Path, Problems, ScalarNode, nearest


def check_budgets(scope: MapNode, problems: Problems) -> None:
    """Note budgets of one arm (or of the base) that name a service wrongly."""
    services = scope.mapping("services")
    payer: dict[str, str] = {}
    for name, entry in scope.mapping("budgets").entries.items():
        if name.startswith("x-") or not isinstance(entry.node, MapNode):
            continue
        listed = entry.node.get("services")
        for index, item in enumerate(listed.items if isinstance(listed, ListNode) else ()):
            if isinstance(item, ScalarNode):
                path = ("budgets", name, "services", str(index))
                _check_item(name, item, services, payer, path, problems)


def _check_item(
    name: str, item: ScalarNode, services: MapNode, payer: dict[str, str], path: Path, problems: Problems
) -> None:
    service = services.get(item.text)
    if service is None:
        known = [service for service in services.entries if not service.startswith("x-")]
        message = f"expected a service of this arm, got '{item.text}'"
        problems.add("BUDGET", message, nearest(item.text, known, "services", other_words()), item.mark, path)
    elif item.text in payer:
        message = f"expected one budget for '{item.text}', got '{payer[item.text]}' and '{name}'"
        problems.add("BUDGET", message, "leave it in one of them.", item.mark, path)
    elif isinstance(service, MapNode) and not _has_costs(service):
        message = f"expected a service with 'costs', got '{item.text}', which costs nothing"
        problems.add("BUDGET", message, "give it cost lines, or leave it out.", item.mark, path)
    payer.setdefault(item.text, name)


def _has_costs(service: MapNode) -> bool:
    costs = service.get("costs")
    return isinstance(costs, ListNode) and bool(costs.items)
