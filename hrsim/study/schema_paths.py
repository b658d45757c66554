"""Find what the schema says of a path: the model of a mapping, the meaning of a number, where a key belongs."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hrsim.study.numbers import meaning_in
from hrsim.study.tree import Path
from hrsim.study.values import Meaning

DEEPEST_HOME = 2


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model that describes the mapping at a path, or None when there is no such model."""
    annotation: Any = model
    for key in path:
        annotation = _inner(annotation, key)
    found = strip(annotation)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def number_at(model: type[BaseModel], path: Path) -> tuple[Meaning | None, str]:
    """Return which numbers the field at a path takes, and its unit; None and an empty text where it states none.

    A field within a value, such as the end of a ramp, has the meaning of the value.
    """
    annotation: Any = model
    meaning, unit = None, ""
    for key in path:
        field = fields_of(annotation).get(key)
        if field is not None:
            extra = field.json_schema_extra
            stated = extra.get("unit") if isinstance(extra, dict) else None
            meaning = meaning_in((*field.metadata, field.annotation)) or meaning
            unit = str(stated) if stated else unit
        annotation = _inner(annotation, key)
    return meaning, unit


def fields_of(annotation: Any) -> dict[str, FieldInfo]:
    """Return the fields of the model of an annotation by the keys that YAML has; none for anything else."""
    current = strip(annotation)
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in current.model_fields.items()}


def homes(model: Any, key: str, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of the mappings below a model that take a key, the nearest first, named mappings left out."""
    for name, field in fields_of(model).items():
        if key in fields_of(field.annotation):
            yield (*path, name)
    for name, field in fields_of(model).items() if len(path) + 1 < DEEPEST_HOME else ():
        yield from homes(field.annotation, key, (*path, name))


def _inner(annotation: Any, key: str) -> Any:
    fields = fields_of(annotation)
    if fields:
        field = fields.get(key)
        return field.annotation if field else None
    arguments = [argument for argument in typing.get_args(strip(annotation)) if argument is not Ellipsis]
    return arguments[-1] if arguments else None


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
