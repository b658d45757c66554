"""Scale the sites of a service: whole buildings and whole booths, and the working day of one building."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hrsim.study.merge import find
from hrsim.study.relative import Edit, edit_of, exact, in_words, is_number, scaled_number, with_amount
from hrsim.study.tree import Amount, Entry, MapNode, Node, Path, Problems, ScalarNode

_HALF = Fraction(1, 2)
_SITES, _BOOTHS = ("capacity", "sites"), ("capacity", "booths")
_DAY_WHOLE = (
    ("operations", "booths"),
    ("operations", "staff"),
    ("operations", "appointments", "slots_per_day"),
    ("operations", "waiting_room"),
)
WHOLE = frozenset(path[-1] for path in (_SITES, _BOOTHS, *_DAY_WHOLE))
"""Keys of numbers of a site that are whole."""
_DAY_EXACT = (("operations", "arrivals", "per_day"), ("operations", "appointments", "wanted_per_day"))


def scaled_sites(service: MapNode, factor: Fraction, problems: Problems) -> MapNode:
    """Return a service with its sites scaled in booths, and the working day of one site to what is left for each.

    Sites and booths are whole, so their number may miss the exact one: a warning says by how much.
    """
    before = find(service, _SITES)
    service = _scaled_buildings(service, factor, problems)
    after = find(service, _SITES)
    of_one = factor
    if isinstance(before, ScalarNode) and isinstance(after, ScalarNode) and is_number(after) and exact(after):
        of_one = factor * exact(before) / exact(after)
    for path in _DAY_WHOLE:
        node = find(service, path)
        if isinstance(node, ScalarNode) and is_number(node):
            new = scaled_number(node, of_one, whole=True)
            _warn_if_rounded(node, new, of_one, path, problems)
            service = with_node(service, path, new)
    for path in _DAY_EXACT:
        node = find(service, path)
        if node is not None:
            service = with_node(service, path, _scaled_value(node, of_one))
    return service


def _scaled_buildings(service: MapNode, factor: Fraction, problems: Problems) -> MapNode:
    sites, booths = find(service, _SITES), find(service, _BOOTHS)
    if isinstance(sites, ScalarNode) and (edit := edit_of(sites)) is not None:
        return with_node(service, _SITES, _scaled_change(sites, edit, factor, problems))
    if sites is None and isinstance(booths, ScalarNode) and factor != 1:
        message = f"'booths: {booths.text}' stays as it is: without 'sites' beside it nobody knows how many there are"
        fix = "write 'sites:' beside it, so that both scale, or the booths that a site has, or will have."
        problems.warn("LEFT_BEHIND", message, fix, booths.mark, _BOOTHS)
    if not isinstance(sites, ScalarNode) or not is_number(sites) or not exact(sites):
        return service
    wanted = exact(sites) * factor
    fewer = nearest_whole(wanted)
    service = with_node(service, _SITES, with_amount(sites, _words(exact(sites), factor, fewer)))
    if not isinstance(booths, ScalarNode) or not is_number(booths) or edit_of(booths) is not None:
        if fewer != wanted:
            _warn(_count(exact(sites), "site"), wanted, _count(fewer, "site"), sites, _SITES, problems)
        return service
    in_all = wanted * exact(booths)
    each = nearest_whole(in_all / fewer)
    if fewer * each != in_all:
        old = f"{_count(exact(sites), 'site')} of {_count(exact(booths), 'booth')}"
        new = f"{_count(fewer, 'site')} of {_count(each, 'booth')}"
        _warn(old, in_all, new, sites, _SITES, problems, " booths")
    return with_node(
        service, _BOOTHS, with_amount(booths, _words(exact(booths), in_all / fewer / exact(booths), each))
    )


def nearest_whole(number: Fraction) -> Fraction:
    """Return the nearest whole number of at least 1."""
    return Fraction(max(int(number + _HALF), 1))


def _scaled_change(sites: ScalarNode, edit: Edit, factor: Fraction, problems: Problems) -> ScalarNode:
    """Return a change such as `+3`, of which whole sites scale; a change such as `"*2"` stays."""
    plus = edit.plus.scaled + edit.plus.fixed
    wanted = plus * factor
    whole = nearest_whole(abs(wanted)) * (1 if wanted > 0 else -1) if wanted else wanted
    if whole != wanted:
        _warn(f"'sites: {sites.text}'", wanted, in_words(whole), sites, _SITES, problems)
    words = edit.words if factor == 1 or not plus else f"{'+' if plus > 0 else '-'} {in_words(abs(whole))}"
    return replace(sites, edit=replace(edit, plus=Amount(whole, Fraction(0), ""), words=words))


def _words(before: Fraction, factor: Fraction, after: Fraction) -> Amount:
    if factor == 1:
        return Amount(after, Fraction(0), in_words(before))
    whole = "" if before * factor == after else f" = {in_words(before * factor)}, as a whole number"
    return Amount(after, Fraction(0), f"{in_words(before)} x {in_words(factor)}{whole}")


def _scaled_value(node: Node, factor: Fraction) -> Node:
    """Return a number, or a full value, scaled."""
    if isinstance(node, ScalarNode):
        return scaled_number(node, factor)
    if not isinstance(node, MapNode):
        return node
    entries = {
        key: replace(entry, node=scaled_number(entry.node, factor))
        if key in ("value", "low", "high", "times") and isinstance(entry.node, ScalarNode)
        else entry
        for key, entry in node.entries.items()
    }
    if "evidence" in entries and "times" not in entries:
        entries["times"] = Entry(node.mark, scaled_number(ScalarNode(1, "1", True, node.mark), factor))
    return replace(node, entries=entries)


def _warn_if_rounded(
    before: ScalarNode, after: ScalarNode, factor: Fraction, path: Path, problems: Problems
) -> None:
    wanted = exact(before) * factor
    if edit_of(before) is None and exact(after) != wanted:
        _warn(f"'{path[-1]}: {before.text}'", wanted, in_words(exact(after)), before, path, problems)


def _count(number: Fraction, what: str) -> str:
    return f"{in_words(number)} {what}" + ("" if number == 1 else "s")


def _warn(
    old: str, wanted: Fraction, new: str, node: ScalarNode, path: Path, problems: Problems, unit: str = ""
) -> None:
    message = f"{old} come to {in_words(wanted)}{unit} for the people of this study, taken as {new}"
    fix = "write the number that the place has, or will have."
    problems.warn("ROUNDED", message, fix, node.mark, path)


def with_node(tree: MapNode, path: Path, node: Node) -> MapNode:
    """Return a tree with another node at a path that exists."""
    key, *rest = path
    entry = tree.entries[key]
    inner = with_node(entry.node, tuple(rest), node) if rest and isinstance(entry.node, MapNode) else node
    return replace(tree, entries={**tree.entries, key: replace(entry, node=inner)})
