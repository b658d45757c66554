"""Scale the absolute amounts of a file that says for how many people it is, to the people of the study.

The schema says which numbers are absolute amounts (`about(..., scales=True)`). Files are scaled before they are
merged, so that what a study changes (`+400`, `"*2"`) changes the scaled number, and what it writes stays as written.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hrsim.study.as_written import FOR_PEOPLE, POPULATION, with_fixed_parts
from hrsim.study.merge import merge
from hrsim.study.overrides import read_overrides
from hrsim.study.relative import LEVELS, NUMBERS, exact, is_number, scaled_number
from hrsim.study.schema import Study
from hrsim.study.schema_paths import strip
from hrsim.study.services import Service
from hrsim.study.sites_scaling import scaled_sites
from hrsim.study.tree import Entry, ListNode, MapNode, Node, Path, Problems, ScalarNode, plain


@dataclass(frozen=True)
class Basis:
    """Say how the amounts of one file scale: people of the study per people whom the file is for."""

    size: int
    for_people: int

    @property
    def factor(self) -> Fraction:
        """Return the factor on amounts."""
        return Fraction(self.size, self.for_people)


def scaled_chain(chain: list[MapNode], basis_of: Sequence[Basis | None], problems: Problems) -> list[MapNode]:
    """Return the files of a study, eldest first, with the amounts of each scaled to the people of the study."""
    return [
        file if basis is None else _scaled_file(file, basis, problems)
        for file, basis in zip(chain, basis_of, strict=True)
    ]


def _scaled_file(file: MapNode, basis: Basis, problems: Problems) -> MapNode:
    scaled = _Scaler(basis, problems).model(file, Study, ())
    return with_fixed_parts(scaled, file, basis.factor)


def bases(chain: Sequence[MapNode], overrides: Sequence[str]) -> list[Basis | None]:
    """Return what the amounts of each file, eldest first, are for; None where they are taken as written.

    They are for the people that the file states, or that the next younger file or override states.
    """
    files = [*chain, *_of_population(chain, overrides)]
    size, scale = size_after(chain, overrides)
    found: list[Basis | None] = []
    people: int | None = None
    for file in reversed(files):
        people = _positive(file.mapping(POPULATION).get(FOR_PEOPLE)) or people
        found.append(Basis(size, people) if size and scale and people else None)
    return found[::-1][: len(chain)]


def size_after(chain: Sequence[MapNode], overrides: Sequence[str]) -> tuple[int | None, bool]:
    """Return the people that files and overrides come to, None where no valid number is given; and `scale`."""
    whole: Node = MapNode({}, chain[-1].mark)
    for file in (*chain, *_of_population(chain, overrides)):
        population = file.mapping(POPULATION)
        kept = {key: population.entries[key] for key in ("size", "scale") if key in population.entries}
        whole = merge(whole, MapNode(kept, population.mark), (POPULATION,), Problems())
    assert isinstance(whole, MapNode)
    scale = whole.get("scale")
    return _positive(whole.get("size")), scale is None or plain(scale) is True


def _of_population(chain: Sequence[MapNode], overrides: Sequence[str]) -> list[MapNode]:
    return read_overrides(
        [one for one in overrides if one.strip().startswith(POPULATION)], chain[-1], Problems()
    )


def _positive(node: Node | None) -> int | None:
    """Return the whole number above 0 of a node, else None."""
    if not isinstance(node, ScalarNode) or not is_number(node):
        return None
    number = exact(node)
    return int(number) if number > 0 and number.denominator == 1 else None


@dataclass(frozen=True)
class _Scaler:
    basis: Basis
    problems: Problems

    def model(self, tree: MapNode, model: type[BaseModel], path: Path) -> MapNode:
        """Return the mapping of a model with its absolute amounts scaled."""
        if model is Service:
            tree = scaled_sites(tree, self.basis.factor, self.problems.under(*path))
        entries = dict(tree.entries)
        for name, field in fields_that_scale(model).items():
            if name in entries:
                entry = entries[name]
                entries[name] = replace(entry, node=self.field(entry.node, field, (*path, name)))
        return replace(tree, entries=entries)

    def field(self, node: Node, field: FieldInfo, path: Path) -> Node:
        """Return the value of a field, scaled."""
        if scales(field):
            return self.amount(node, is_whole(field.annotation))
        return self.inside(node, field.annotation, path)

    def inside(self, node: Node, annotation: Any, path: Path) -> Node:
        """Return a mapping or list with what it holds scaled."""
        inner = strip(annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return self.model(node, inner, path) if isinstance(node, MapNode) else node
        arguments = [given for given in typing.get_args(inner) if given is not Ellipsis]
        if not arguments:
            return node
        if isinstance(node, MapNode):
            entries = {
                key: replace(entry, node=self.inside(entry.node, arguments[-1], (*path, key)))
                for key, entry in node.entries.items()
            }
            return replace(node, entries=entries)
        if isinstance(node, ListNode):
            items = (self.inside(item, arguments[-1], (*path, str(n))) for n, item in enumerate(node.items))
            return replace(node, items=tuple(items))
        return node

    def amount(self, node: Node, whole: bool) -> Node:
        """Return an absolute amount, scaled: a number, a full value, a ramp, or levels by year."""
        if isinstance(node, ScalarNode):
            return scaled_number(node, self.basis.factor, whole)
        if isinstance(node, ListNode):
            return node
        entries = {
            key: replace(entry, node=self.amount(entry.node, whole))
            if key in (*NUMBERS, *LEVELS, "by_year", "times") or key.isdecimal()
            else entry
            for key, entry in node.entries.items()
        }
        if "evidence" in entries and "times" not in entries:
            one = ScalarNode(1, "1", True, node.mark)
            entries["times"] = Entry(node.mark, self.amount(one, whole))
        return replace(node, entries=entries)


def scales(field: FieldInfo) -> bool:
    """Tell whether a field of the schema is an absolute amount."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and extra.get("scales") is True


def is_whole(annotation: Any) -> bool:
    """Tell whether a field takes whole numbers only."""
    return annotation is int or any(is_whole(inner) for inner in typing.get_args(annotation))


@cache
def fields_that_scale(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Return the fields of a model that are absolute amounts or hold some, by their names in files."""
    return {
        field.alias or name: field
        for name, field in model.model_fields.items()
        if scales(field) or any(fields_that_scale(inner) for inner in models_in(field.annotation))
    }


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the models that an annotation names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in typing.get_args(annotation) for model in models_in(inner)]
