"""Check budgets that are a share of what another arm spends: the arm exists, and its spending can be told apart."""

from __future__ import annotations

from collections.abc import Iterator

from hrsim.study.budgets import BASELINE
from hrsim.study.tree import ListNode, MapNode, Problems, ScalarNode, nearest, plain


def check_relative_budgets(tree: MapNode, problems: Problems) -> None:
    """Note budgets of arms that refer to no arm, to themselves, to one of the same kind, or to what is not counted."""
    starts: dict[str, str] = {}
    for arm, name, budget in _relative(tree):
        base, path = _base(tree, budget), ("arms", arm, "budgets", name)
        node = budget.get("of")
        assert node is not None  # these budgets have one
        arms = tree.mapping("arms")
        if base not in arms.entries:
            message = f"expected an arm of this study or '{BASELINE}', got '{plain(node)}'"
            problems.add(
                "ARM", message, nearest(str(plain(node)), arms.entries, "arms"), node.mark, (*path, "of")
            )
            continue
        wrong = _wrong(tree, arm, base, budget)
        if wrong:
            problems.add("BUDGET", wrong[0], wrong[1], node.mark, (*path, "of"))
        first = starts.setdefault(base, _starts(tree, budget))
        if _starts(tree, budget) != first:
            message = f"expected one first day of the fiscal year for all budgets of '{base}', got two"
            problems.add("BUDGET", message, f'write fiscal_year_starts: "{first}".', node.mark, (*path, "of"))


def _relative(tree: MapNode) -> Iterator[tuple[str, str, MapNode]]:
    for arm, entry in tree.mapping("arms").entries.items():
        if isinstance(entry.node, MapNode):
            for name, budget in entry.node.mapping("budgets").entries.items():
                if isinstance(budget.node, MapNode) and isinstance(budget.node.get("of"), ScalarNode):
                    yield arm, name, budget.node


def _base(tree: MapNode, budget: MapNode) -> str:
    word = str(plain(budget.get("of") or budget))
    comparator = tree.mapping("analysis").get("comparator")
    if word == BASELINE and BASELINE not in tree.mapping("arms").entries:
        arms = list(tree.mapping("arms").entries)
        return str(plain(comparator)) if comparator is not None else arms[0]
    return word


def _wrong(tree: MapNode, arm: str, base: str, budget: MapNode) -> tuple[str, str] | None:
    """Return message and remedy where a base's spending is no measure for an arm."""
    if base == arm:
        fix = "put the budget below the arms that it cuts."
        return f"expected another arm than '{arm}' itself", fix
    if any(name == base for name, _, _ in _relative(tree)):
        return f"expected an arm without budgets of other arms, got '{base}'", "name an arm without them."
    chosen = set(_names(budget))
    for name, entry in tree.mapping("arms").mapping(base).mapping("budgets").entries.items():
        paid = set(_names(entry.node)) if isinstance(entry.node, MapNode) else set()
        if chosen and paid & chosen and not paid <= chosen:
            message = (
                f"expected all services of the budget '{name}' of '{base}' or none: it pays them together"
            )
            return message, f"name {', '.join(sorted(paid))} under 'services'."
        if isinstance(entry.node, MapNode) and _starts(tree, entry.node) != _starts(tree, budget):
            message = f"expected the first day of the fiscal year of the budget '{name}' of '{base}'"
            return message, f'write fiscal_year_starts: "{_starts(tree, entry.node)}".'
    return None


def _names(budget: MapNode) -> tuple[str, ...]:
    listed = budget.get("services")
    items = listed.items if isinstance(listed, ListNode) else ()
    return tuple(item.text for item in items if isinstance(item, ScalarNode))


def _starts(tree: MapNode, budget: MapNode) -> str:
    for owner in (budget, tree.mapping("analysis")):
        node = owner.get("fiscal_year_starts")
        if node is not None:
            return str(plain(node))
    return "04-01"
