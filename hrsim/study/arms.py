"""Lay files over files and arms over the base, with catalogue entries beneath every service."""

from __future__ import annotations

from collections.abc import Mapping

from hrsim.errors import StudyError
from hrsim.study.merge import merge, remove, without_keys
from hrsim.study.reference_cases import reference_case_of
from hrsim.study.tree import Entry, ListNode, MapNode, Problems, ScalarNode, describe, nearest

Catalogue = Mapping[str, MapNode]

ARM_BASE_KEYS = ("services", "hubs", "supply", "parameters", "processes", "budgets", "staff_pools")
MOST_ARMS = 100
PARENTS = "x-extends"
"""In a complete arm: the arms that it was made from, for who changes one of them later."""


def merge_files(chain: list[MapNode], catalogue: Catalogue, problems: Problems) -> MapNode:
    """Return one tree from a chain of files, eldest first; `setting` is not inherited."""
    tree = MapNode({}, chain[-1].mark)
    for file in chain:
        tree = lay_over(tree, without_keys(file, "setting"), catalogue, problems)
    own = chain[-1].entries.get("setting")
    return (
        MapNode({**tree.entries, "setting": own}, chain[-1].mark)
        if own
        else MapNode(tree.entries, chain[-1].mark)
    )


def lay_over(base: MapNode, patch: MapNode, catalogue: Catalogue, problems: Problems) -> MapNode:
    """Return the base with the patch's `remove` applied, catalogue entries added, and its own keys merged.

    A reference case that the patch names is laid in between.
    """
    beneath = _with_catalogue(remove(base, patch, problems), patch, catalogue)
    case = reference_case_of(patch)
    if case is not None:
        merged = merge(beneath, case, (), problems)
        assert isinstance(merged, MapNode)
        beneath = merged
    merged = merge(beneath, without_keys(patch, "extends", "remove"), (), problems)
    assert isinstance(merged, MapNode)
    return merged


def _with_catalogue(base: MapNode, patch: MapNode, catalogue: Catalogue) -> MapNode:
    present = base.mapping("services")
    added = {
        name: Entry(catalogue[name].mark, catalogue[name])
        for name in patch.mapping("services").entries
        if name in catalogue and name not in present.entries
    }
    if not added:
        return base
    services = MapNode({**present.entries, **added}, present.mark)
    return MapNode({**base.entries, "services": Entry(services.mark, services)}, base.mark)


def complete_arms(
    tree: MapNode, catalogue: Catalogue, problems: Problems, base_keys: tuple[str, ...] = ARM_BASE_KEYS
) -> MapNode:
    """Return the tree with every arm complete: base, then parent arms left to right, then its own keys.

    `base_keys` are the parts of the study that every arm starts from.

    Raises:
        StudyError: there are more arms than a study can have.
    """
    arms = tree.get("arms")
    if not isinstance(arms, MapNode):
        return tree
    if len(arms.entries) > MOST_ARMS:
        message = f"expected at most {MOST_ARMS} arms, got {len(arms.entries)}"
        problems.add("SIZE", message, "split the study.", arms.mark, ("arms",))
        raise StudyError(problems.found)
    base = MapNode({key: tree.entries[key] for key in base_keys if key in tree.entries}, tree.mark)
    complete: dict[str, Entry] = {}
    for name, entry in arms.entries.items():
        arm = (
            _complete_arm(name, arms, base, catalogue, problems)
            if isinstance(entry.node, MapNode)
            else entry.node
        )
        complete[name] = Entry(entry.key_mark, arm)
    return MapNode(
        {**tree.entries, "arms": Entry(tree.entries["arms"].key_mark, MapNode(complete, arms.mark))},
        tree.mark,
    )


def _complete_arm(
    name: str, arms: MapNode, base: MapNode, catalogue: Catalogue, problems: Problems
) -> MapNode:
    tree = base
    for ancestor in _in_order(name, arms, problems):
        patch = arms.mapping(ancestor)
        inherited = patch if ancestor == name else without_keys(patch, "label")
        tree = lay_over(tree, inherited, catalogue, problems.under("arms", name))
    own = arms.mapping(name)
    parents = {PARENTS: own.entries["extends"]} if "extends" in own.entries else {}
    return MapNode({**tree.entries, **parents}, own.mark)


def _in_order(name: str, arms: MapNode, problems: Problems) -> list[str]:
    """Return the arm's ancestors and itself, each once, parents before children, left to right."""
    order: list[str] = []

    def visit(current: str, trail: tuple[str, ...]) -> None:
        for parent in _parents(current, arms, problems):
            if parent in (*trail, current):
                _report_cycle(current, parent, (*trail, current), arms, problems)
            elif parent not in order:
                visit(parent, (*trail, current))
        order.append(current)

    visit(name, ())
    return order


def _report_cycle(
    current: str, parent: str, trail: tuple[str, ...], arms: MapNode, problems: Problems
) -> None:
    circle = trail[trail.index(parent) :]
    smallest = circle.index(min(circle))
    named = (*circle[smallest:], *circle[:smallest])
    if current != named[-1]:
        return
    message = (
        f"expected arms that do not extend each other in a circle, got {' -> '.join((*named, named[0]))}"
    )
    mark = arms.mapping(current).entries["extends"].node.mark
    problems.add("CYCLE", message, "remove one 'extends' of the circle.", mark, ("arms", current, "extends"))


def _parents(name: str, arms: MapNode, problems: Problems) -> list[str]:
    node = arms.mapping(name).get("extends")
    if node is None:
        return []
    path = ("arms", name, "extends")
    if not isinstance(node, ListNode):
        got = describe(node)
        problems.add(
            "TYPE", f"expected a list of arms, got {got}", "write 'extends: [arm]'.", node.mark, path
        )
        return []
    parents: list[str] = []
    for item in node.items:
        text = item.text if isinstance(item, ScalarNode) else describe(item)
        if isinstance(item, ScalarNode) and text in arms.entries:
            parents.append(text)
        else:
            fix = nearest(text, set(arms.entries) - {name}, "arms")
            problems.add("ARM", f"expected an arm of this study, got '{text}'", fix, item.mark, path)
    return parents
