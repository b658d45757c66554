"""Which amounts of a study do not scale: so that a resolved study scales again as the study itself would."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from hrsim.study.merge import find, without_node
from hrsim.study.relative import LEVELS, NUMBERS, amount_of, edit_of, exact, in_words, is_number, with_amount
from hrsim.study.schema import Study
from hrsim.study.schema_paths import strip
from hrsim.study.sites_scaling import WHOLE, nearest_whole, with_node
from hrsim.study.tree import Amount, Entry, ListNode, MapNode, Mark, Node, Path, ScalarNode

POPULATION, KEY, FOR_PEOPLE = "population", "as_written", "for_people"


def amounts(node: Node, annotation: Any = Study, path: Path = ()) -> Iterator[tuple[Path, ScalarNode]]:
    """Yield the path and node of every number of a tree that belongs to an absolute amount.

    A row of evidence counts by its factor `times`, which is 1 where the tree does not state it.
    """
    inner = strip(annotation)
    if isinstance(inner, type) and issubclass(inner, BaseModel) and isinstance(node, MapNode):
        for name, field in inner.model_fields.items():
            key = field.alias or name
            given = node.get(key)
            if given is None:
                continue
            extra = field.json_schema_extra
            if isinstance(extra, dict) and extra.get("scales"):
                yield from _numbers(given, (*path, key))
            else:
                yield from amounts(given, field.annotation, (*path, key))
    elif arguments := [given for given in typing.get_args(inner) if given is not Ellipsis]:
        items = node.entries.items() if isinstance(node, MapNode) else ()
        for key, entry in items:
            yield from amounts(entry.node, arguments[-1], (*path, key))
        for n, item in enumerate(node.items if isinstance(node, ListNode) else ()):
            yield from amounts(item, arguments[-1], (*path, str(n)))


def _numbers(node: Node, path: Path) -> Iterator[tuple[Path, ScalarNode]]:
    if isinstance(node, ScalarNode) and (is_number(node) or edit_of(node) is not None):
        yield path, node
    elif isinstance(node, MapNode):
        for key, entry in node.entries.items():
            if key in (*NUMBERS, *LEVELS, "by_year", "times") or key.isdecimal():
                yield from _numbers(entry.node, (*path, key))
        if "evidence" in node.entries and "times" not in node.entries:
            yield (*path, "times"), ScalarNode(1, "1", True, node.mark)


def stated_for_its_people(tree: MapNode, people: int) -> MapNode:
    """Return a merged study that says what its amounts are for now, and which parts of them do not scale."""
    fixed = {".".join(path): part for path, node in amounts(tree) if (part := _fixed_part(node))}
    population = tree.mapping(POPULATION)
    if FOR_PEOPLE not in population.entries:  # the study's own fault took its place
        return tree
    at = population.entries[FOR_PEOPLE].node.mark
    entries = {key: entry for key, entry in population.entries.items() if key != KEY}
    entries[FOR_PEOPLE] = Entry(population.entries[FOR_PEOPLE].key_mark, _number(Fraction(people), at))
    if fixed:
        parts = {path: Entry(at, _number(part, at)) for path, part in fixed.items()}
        entries[KEY] = Entry(at, MapNode(parts, at))
    whole = replace(population, entries=entries)
    return replace(tree, entries={**tree.entries, POPULATION: replace(tree.entries[POPULATION], node=whole)})


def _fixed_part(node: ScalarNode) -> Fraction:
    return amount_of(node).fixed if is_number(node) else Fraction(0)


def _number(value: Fraction, mark: Mark) -> ScalarNode:
    return replace(with_amount(ScalarNode(0, "0", True, mark), Amount(Fraction(0), value, "")), amount=None)


def with_fixed_parts(scaled: MapNode, before: MapNode, factor: Fraction) -> MapNode:
    """Return a scaled file in which the parts that the file lists as not scaling are as they were."""
    listed = before.mapping(POPULATION).mapping(KEY)
    for dotted, entry in listed.entries.items():
        path, part = tuple(dotted.split(".")), entry.node
        node, old = find(scaled, path), find(before, path)
        if not isinstance(node, ScalarNode) or not isinstance(part, ScalarNode) or not is_number(part):
            continue
        if old is None:  # a row of evidence without a factor stays so
            scaled = without_node(scaled, path)
            continue
        if not isinstance(old, ScalarNode) or not is_number(old):
            continue
        value = exact(old)
        fixed = exact(part)
        words, rest = in_words(fixed), (value - fixed) * factor
        if rest:
            words = f"{in_words(value - fixed)} x {in_words(factor)} + {words}"
            rest = nearest_whole(rest) if path[-1] in WHOLE else rest
        scaled = with_node(scaled, path, with_amount(node, Amount(rest, fixed, words)))
    return scaled
