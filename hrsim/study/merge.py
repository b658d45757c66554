"""Merge trees: maps merge, lists and values replace, `+400` and `"*2"` change a number, `remove` deletes."""

from __future__ import annotations

from dataclasses import replace

from hrsim.study.relative import CannotEdit, Edit, apply, edit_of, is_number
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

RAMP_KEYS = frozenset({"to", "by_year"})
"""A map with one of these keys moves a level: laid over a bare level, it starts from it and changes it."""

NAMED = ("arms", "services", "budgets", "staff_pools", "events")
"""Under these keys stand things by name: `oat_methadone: {}` takes one as it is inherited."""

CHANNELS = "channels"
"""A map of channels replaces a value: it does not mix with its keys."""

TEXT_KEYS = frozenset({"title", "notes", "label"})
"""Keys of texts for readers, which may be maps by language: a child's replaces the inherited one in every language."""

DOTTED_KEYS = frozenset({"parameters", "prices"})
"""Under these keys the rest of a dotted path is one key: an evidence id, which holds dots itself."""


def merge(base: Node | None, patch: Node, path: Path, problems: Problems) -> Node:
    """Return `patch` laid over `base`; `+n`, `"*n"` and `"-n%"` in the patch change the inherited number.

    Below `arms.<name>` such a change without an inherited number is kept: the arm's base is known only later.
    """
    if isinstance(patch, MapNode):
        return _merge_map(base, patch, path, problems)
    if isinstance(patch, ListNode):
        items = tuple(merge(None, item, (*path, str(i)), problems) for i, item in enumerate(patch.items))
        return replace(patch, items=items)
    edit = edit_of(patch)
    return patch if edit is None else _edited(edit, base, patch, path, problems)


def _merge_map(base: Node | None, patch: MapNode, path: Path, problems: Problems) -> MapNode:
    if isinstance(base, MapNode) and base.entries and not patch.entries and not _stays_as_inherited(path):
        message = "expected keys to lay over what is inherited, got an empty mapping: it changes nothing"
        fix = f"to be without what is inherited write 'remove: [{'.'.join(path)}]'; else leave the key out."
        problems.add("EMPTY_MAPPING", message, fix, patch.mark, path)
    kept = base if isinstance(base, MapNode) and not _replaces(base, patch, path) else None
    entries = dict(kept.entries) if kept else {}
    level = base if RAMP_KEYS & set(patch.entries) and _is_level(base) else None
    if level is not None:
        entries = {"from": Entry(patch.mark, level)}
    for key, entry in patch.entries.items():
        inherited = base.get(key) if isinstance(base, MapNode) else None
        if level is not None and key == "by_year" and isinstance(entry.node, MapNode):
            inherited = MapNode(dict.fromkeys(entry.node.entries, Entry(level.mark, level)), level.mark)
        elif level is not None and key in ("from", "to"):
            inherited = level
        entries[key] = Entry(entry.key_mark, merge(inherited, entry.node, (*path, key), problems))
    return MapNode(entries, patch.mark)


def _stays_as_inherited(path: Path) -> bool:
    """Tell whether an empty mapping at a path names something that is meant to stay as it is inherited."""
    return not path or path[-2:-1] in {(section,) for section in NAMED}


def _is_level(node: Node | None) -> bool:
    """Tell whether a node is one level that does not move: a number, or a full value."""
    return is_number(node) or (isinstance(node, MapNode) and bool({"value", "evidence"} & set(node.entries)))


def _replaces(base: MapNode, patch: MapNode, path: Path) -> bool:
    """Tell whether a map is a whole value, channels in place of one, or a text in several languages."""
    if path and path[-1] in TEXT_KEYS and set(patch.entries) <= set(LANGUAGES):
        return True
    whole = (
        CHANNELS in patch.entries and CHANNELS not in base.entries and bool(VALUE_KEYS & set(base.entries))
    )
    return whole or bool(VALUE_KEYS & set(patch.entries))


def _edited(edit: Edit, base: Node | None, patch: ScalarNode, path: Path, problems: Problems) -> Node:
    deferred = len(path) > 2 and path[0] == "arms"
    pending = edit_of(base)
    if deferred and (base is None or pending is not None):
        return replace(patch, edit=edit if pending is None else edit.after(pending))
    is_text = isinstance(patch.value, str) and patch.edit is None
    if is_text and (base is None or (isinstance(base, ScalarNode) and isinstance(base.value, str))):
        return patch
    try:
        if base is None:
            raise CannotEdit("nothing")
        return apply(edit, base, patch)
    except CannotEdit as fault:
        message = f"expected an inherited number to change by '{patch.text}', got {fault}"
        fix = "write the whole value."
        if str(fault) == "nothing":
            fix = "nothing is inherited here, so there is nothing to change: write the whole value."
        elif "multiplied" in str(fault):
            fix = 'write a factor in quotes, such as "*1.5" or "-10%", or the whole value.'
        problems.add("ADD", message, fix, patch.mark, path)
        return replace(patch, text=patch.text.lstrip("+"), edit=None)


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
    return without_node(tree, path)


def _nearest_path(tree: MapNode, key: str, otherwise: str) -> str:
    """Write the remedy for a key that is not where it was looked for: the whole path to it, where it has one."""
    found = [f"'{section}.{key}'" for section in tree.entries if key in tree.mapping(section).entries]
    return f"write the whole path: {' or '.join(found)}." if found else otherwise


def without_node(tree: MapNode, path: Path) -> MapNode:
    """Return a tree without the node at a path that exists."""
    key, *rest = path
    entries = dict(tree.entries)
    inner = entries[key].node
    if rest and isinstance(inner, MapNode):
        entries[key] = replace(entries[key], node=without_node(inner, tuple(rest)))
    else:
        del entries[key]
    return MapNode(entries, tree.mark)


def without_keys(tree: MapNode, *keys: str) -> MapNode:
    """Return the mapping without some of its keys."""
    return MapNode({key: entry for key, entry in tree.entries.items() if key not in keys}, tree.mark)
