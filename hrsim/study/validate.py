"""Validate a merged tree against the schema and put every fault at its line in the file."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hrsim.study.fault_words import words_of
from hrsim.study.schema import Study
from hrsim.study.tree import MapNode, Mark, Node, Path, Problems, ScalarNode, child, plain
from hrsim.study.values import EvidenceFacts


def validate_study(tree: MapNode, evidence: Mapping[str, EvidenceFacts], problems: Problems) -> Study | None:
    """Return the validated study, or None after noting every fault.

    `evidence` gives kind and unit of each evidence id.
    """
    return validate(Study, tree, evidence, problems)


Model = typing.TypeVar("Model", bound=BaseModel)


def validate(
    model: type[Model], tree: MapNode, evidence: Mapping[str, EvidenceFacts], problems: Problems
) -> Model | None:
    """Return a tree validated as a model, or None after noting every fault."""
    try:
        return model.model_validate(without_own(plain(tree)), context=evidence)
    except ValidationError as error:
        found = error.errors(include_url=False)
        for details in found:
            if details["type"] == "too_short" and _has_faulty_items(details["loc"], found):
                continue  # the items are there, and their own faults are noted
            _note(model, tree, details, problems)
        return None


def _has_faulty_items(path: tuple[int | str, ...], found: list[ErrorDetails]) -> bool:
    return any(len(other["loc"]) > len(path) and other["loc"][: len(path)] == path for other in found)


def without_own(data: Any) -> Any:
    """Leave out the keys of the analyst's own (`x-...`), wherever they stand."""
    if isinstance(data, dict):
        return {key: without_own(value) for key, value in data.items() if not key.startswith("x-")}
    return [without_own(item) for item in data] if isinstance(data, list) else data


def _note(model: type[BaseModel], tree: MapNode, details: ErrorDetails, problems: Problems) -> None:
    path = tuple(str(key) for key in details["loc"])
    code, message, fix = words_of(model, path, details)
    mark, known = _place(tree, path, at_key=details["type"] == "extra_forbidden")
    shown = path if details["type"] in ("missing", "extra_forbidden") else known
    problems.add(code, message, fix, mark, shown)


def _place(tree: MapNode, path: Path, at_key: bool) -> tuple[Mark, Path]:
    """Return the mark of the deepest node of the path that exists, and the path to it."""
    node: Node = tree
    mark = tree.mark
    for depth, key in enumerate(path):
        inner = child(node, key)
        if inner is None:
            return mark, path[:depth]
        last = depth == len(path) - 1
        if isinstance(node, MapNode) and ((at_key and last) or not isinstance(inner, ScalarNode)):
            mark = node.entries[key].key_mark if at_key and last else inner.mark
        else:
            mark = inner.mark
        node = inner
    return mark, path
