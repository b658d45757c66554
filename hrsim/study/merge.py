"""Merge trees: maps merge, lists and values replace, `+400` adds, `remove` deletes."""

from __future__ import annotations

from dataclasses import replace

from hrsim.study.tree import (
    Entry,
    ListNode,
    MapNode,
    Node,
    Path,
    Problems,
    ScalarNode,
    child,
    describe,
    nearest,
)
from hrsim.words import LANGUAGES

VALUE_KEYS = frozenset({"value", "evidence", "from"})
"""A map with one of these keys is one value (a quantity or a ramp): it replaces, as a scalar does."""

CHANNELS = "channels"
"""A map of channels replaces a value: it does not mix with its keys."""

TEXT_KEYS = frozenset({"title", "notes", "label"})
"""Keys of texts for readers, which may be maps by language: a child's replaces the inherited one in every language."""

DOTTED_KEYS = frozenset({"parameters", "prices"})
"""Under these keys the rest of a dotted path is one key: an evidence id, which holds dots itself."""


def merge(base: Node | None, patch: Node, path: Path, problems: Problems) -> Node:
    """Return `patch` laid over `base`; `+n` in the patch is added to the inherited number.

    Below `arms.<name>` a `+n` without an inherited number is kept: the arm's base is known only later.
    """
    if isinstance(patch, MapNode):
        return _merge_map(base, patch, path, problems)
    if isinstance(patch, ListNode):
        items = tuple(merge(None, item, (*path, str(i)), problems) for i, item in enumerate(patch.items))
        return replace(patch, items=items)
    return _increment(base, patch, path, problems) if is_increment(patch) else patch


def _merge_map(base: Node | None, patch: MapNode, path: Path, problems: Problems) -> MapNode:
    kept = base if isinstance(base, MapNode) and not _replaces(base, patch, path) else None
    entries = dict(kept.entries) if kept else {}
    for key, entry in patch.entries.items():
        inherited = base.get(key) if isinstance(base, MapNode) else None
        entries[key] = Entry(entry.key_mark, merge(inherited, entry.node, (*path, key), problems))
    return MapNode(entries, patch.mark)


def _replaces(base: MapNode, patch: MapNode, path: Path) -> bool:
    """Tell whether a map is a whole value, channels in place of one, or a text in several languages."""
    if path and path[-1] in TEXT_KEYS and set(patch.entries) <= set(LANGUAGES):
        return True
    whole = (
        CHANNELS in patch.entries and CHANNELS not in base.entries and bool(VALUE_KEYS & set(base.entries))
    )
    return whole or bool(VALUE_KEYS & set(patch.entries))


def is_increment(node: Node | None) -> bool:
    """Tell whether a node is a plain number with a leading plus."""
    return isinstance(node, ScalarNode) and node.plain and node.text.startswith("+") and _is_number(node)


def _is_number(node: ScalarNode) -> bool:
    return isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _increment(base: Node | None, patch: ScalarNode, path: Path, problems: Problems) -> ScalarNode:
    deferred = len(path) > 2 and path[0] == "arms"
    if base is None and deferred:
        return patch
    if not isinstance(base, ScalarNode) or not _is_number(base):
        got = describe(base)
        message = f"expected an inherited number to add {patch.text} to, got {got}"
        problems.add("ADD", message, "write the whole value.", patch.mark, path)
        return replace(patch, text=patch.text.lstrip("+"))
    total = base.value + patch.value  # type: ignore[operator]
    sign = "+" if deferred and is_increment(base) else ""
    return replace(patch, value=total, text=f"{sign}{total}")


def split_path(dotted: str) -> Path:
    """Split a dotted path into keys; the rest after `parameters.` or `prices.` is one key."""
    keys = dotted.split(".")
    for index, key in enumerate(keys[:-1]):
        at_top = index == 0 or (index == 2 and keys[0] == "arms")
        if key in DOTTED_KEYS and at_top:
            return (*keys[: index + 1], ".".join(keys[index + 1 :]))
    return tuple(keys)


def find(tree: Node, path: Path) -> Node | None:
    """Return the node at a path, or None."""
    node: Node | None = tree
    for key in path:
        node = child(node, key) if node is not None else None
    return node


def remove(tree: MapNode, patch: MapNode, problems: Problems) -> MapNode:
    """Delete the dotted paths listed under the patch's `remove` from the inherited tree."""
    node = patch.get("remove")
    if node is None:
        return tree
    items = node.items if isinstance(node, ListNode) else (node,)
    for item in items:
        if (
            not isinstance(node, ListNode)
            or not isinstance(item, ScalarNode)
            or not isinstance(item.value, str)
        ):
            message = f"expected a list of dotted paths, got {describe(item)}"
            fix = f"write 'remove: [{item.text if isinstance(item, ScalarNode) else 'services.drug_checking'}]'."
            problems.add("TYPE", message, fix, item.mark, ("remove",))
            continue
        tree = _removed(tree, item, problems)
    return tree


def _removed(tree: MapNode, item: ScalarNode, problems: Problems) -> MapNode:
    path = split_path(item.text)
    for depth in range(len(path)):
        parent = find(tree, path[:depth])
        known = parent.entries if isinstance(parent, MapNode) else {}
        if path[depth] not in known:
            place = f"under '{'.'.join(path[:depth])}'" if depth else "here"
            message = f"expected the path of an inherited key, got '{item.text}': no '{path[depth]}' {place}"
            fix = _nearest_path(tree, path[depth], nearest(path[depth], known, "keys"))
            problems.add("REMOVE", message, fix, item.mark, ("remove",))
            return tree
    return _without(tree, path)


def _nearest_path(tree: MapNode, key: str, otherwise: str) -> str:
    """Write the remedy for a key that is not where it was looked for: the whole path to it, where it has one."""
    found = [f"'{section}.{key}'" for section in tree.entries if key in tree.mapping(section).entries]
    return f"write the whole path: {' or '.join(found)}." if found else otherwise


def _without(tree: MapNode, path: Path) -> MapNode:
    key, *rest = path
    entries = dict(tree.entries)
    inner = entries[key].node
    if rest and isinstance(inner, MapNode):
        entries[key] = replace(entries[key], node=_without(inner, tuple(rest)))
    else:
        del entries[key]
    return MapNode(entries, tree.mark)


def without_keys(tree: MapNode, *keys: str) -> MapNode:
    """Return the mapping without some of its keys."""
    return MapNode({key: entry for key, entry in tree.entries.items() if key not in keys}, tree.mark)
