"""Validate a merged tree against the schema and put every fault at its line in the file."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hrsim.study.schema import Study
from hrsim.study.tree import MapNode, Mark, Node, Path, Problems, ScalarNode, child, describe, nearest, plain
from hrsim.study.values import EvidenceFacts

_EXPECTED = {
    "int_type": ("a whole number", "write digits only, without quotes."),
    "float_type": ("a number", "write a number without quotes or unit."),
    "string_type": ("text", "write text; quote it if it looks like a number or a date."),
    "bool_type": ("true or false", "write true or false."),
    "date_type": ("a date", "write year-month-day without quotes: 2026-01-31."),
    "tuple_type": ("a list", "write [one, two]."),
    "dict_type": ("a mapping", "write 'key: value' lines, or {} for none."),
    "model_type": ("a mapping", "write 'key: value' lines, or {} for none."),
}
_LIMITS = {
    "greater_than_equal": ("ge", "{} or more"),
    "greater_than": ("gt", "more than {}"),
    "less_than_equal": ("le", "{} or less"),
    "less_than": ("lt", "less than {}"),
}
_UNKNOWN_KEY_CODES = {"prompted_by": "PROMPT", "processes": "PROCESS"}


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
        return model.model_validate(plain(tree), context=evidence)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            _note(model, tree, details, problems)
        return None


def _note(model: type[BaseModel], tree: MapNode, details: ErrorDetails, problems: Problems) -> None:
    path = tuple(str(key) for key in details["loc"])
    code, message, fix = _words(model, path, details)
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


def _words(model: type[BaseModel], path: Path, details: ErrorDetails) -> tuple[str, str, str]:
    kind, got, context = details["type"], describe(details["input"]), details.get("ctx", {})
    if kind == "hrsim":
        return context["code"], context["message"], context["fix"]
    if kind == "missing":
        return (
            "MISSING",
            f"expected the key '{path[-1]}', got none",
            f"add '{path[-1]}:'{_meaning(model, path)}",
        )
    if kind == "extra_forbidden":
        return _unknown_key(model, path)
    if kind in _EXPECTED:
        expected, fix = _EXPECTED[kind]
        return "TYPE", f"expected {expected}, got {got}", fix
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        rule = words.format(context[key])
        return "RANGE", f"expected a number that is {rule}, got {got}", f"write a number that is {rule}."
    if kind == "literal_error":
        choices = _choices(context["expected"])
        return (
            "CHOICE",
            f"expected one of {context['expected']}, got {got}",
            nearest(str(details["input"]), choices, "words"),
        )
    if kind == "too_short":
        return "RANGE", "expected at least one item, got an empty list", "write at least one item."
    return "TYPE", f"{details['msg']}, got {got}", "see the reference: hrsim schema --reference."


def _choices(expected: str) -> list[str]:
    return [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")]


def _unknown_key(model: type[BaseModel], path: Path) -> tuple[str, str, str]:
    owner = model_at(model, path[:-1])
    known = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
    code = _UNKNOWN_KEY_CODES.get(path[-2], "UNKNOWN_KEY") if len(path) > 1 else "UNKNOWN_KEY"
    fix = nearest(path[-1], known, "keys") + " Keys of your own start with 'x-'."
    return code, f"expected a key of the schema, got '{path[-1]}'", fix


def _meaning(model: type[BaseModel], path: Path) -> str:
    owner = model_at(model, path[:-1])
    for name, field in owner.model_fields.items() if owner else ():
        if (field.alias or name) == path[-1] and field.description:
            return f": {field.description}"
    return "."


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model that describes the mapping at a path, or None when there is no such model."""
    annotation: Any = model
    for key in path:
        current = strip(annotation)
        if isinstance(current, type) and issubclass(current, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in current.model_fields.items()}
            annotation = fields.get(key)
        else:
            arguments = [argument for argument in typing.get_args(current) if argument is not Ellipsis]
            annotation = arguments[-1] if arguments else None
    found = strip(annotation)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def strip(annotation: Any) -> Any:
    """Remove Annotated and Optional around an annotation."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
        else:
            return annotation
