"""The schema for editors (JSON Schema), the reference for readers, and a starter study."""

from __future__ import annotations

import json
import typing
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hrsim.study.effects import TARGETS
from hrsim.study.posterior import KEY
from hrsim.study.reach import Channel, Reach
from hrsim.study.schema import Study
from hrsim.study.schema_paths import strip
from hrsim.study.times import Duration, Ramp
from hrsim.study.values import Quantity

POSTERIOR = (
    "Folder of a calibration, in the study's folder or shipped: its fitted rows are drawn jointly; "
    "numbers of the study win."
)
_LEAF_MODELS = (Quantity, Duration, Ramp, Reach, Channel)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a study file; parts may come from parents, so no key is required."""
    schema = Study.model_json_schema()
    for model in [schema, *schema["$defs"].values()]:
        _open_for_patches(model)
    schema["properties"] |= {
        "extends": {"type": "string", "description": "One parent file."},
        "remove": _paths(),
    }
    parameters = schema["properties"]["parameters"]
    parameters["properties"] = {KEY: {"type": "string", "description": POSTERIOR}}
    arm = schema["$defs"]["Arm"]["properties"]
    arm |= {
        "extends": {"type": "array", "items": {"type": "string"}, "description": "Parent arms."},
        "remove": _paths(),
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def json_schema_text() -> str:
    """Write the JSON Schema as text; the same version gives the same bytes."""
    return json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _paths() -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"type": "string"},
        "description": "Dotted paths deleted after inheritance.",
    }


def _open_for_patches(model: dict[str, Any]) -> None:
    if "properties" in model:
        model.pop("required", None)
        model["patternProperties"] = {"^x-": {}}


def yaml_reference() -> str:
    """Write the reference of every key: its place, type, unit, default and meaning."""
    lines = [
        "# Study reference",
        "",
        "Keys that start with `x-` are yours. Everything else is listed here.",
        "",
    ]
    for section, model in _sections(Study, ""):
        lines += _table(f"`{section}`" if section else "The study", model)
        if not section:
            lines += [f"`parameters.{KEY}`: {POSTERIOR}", ""]
    for leaf in _LEAF_MODELS:
        lines += _table(leaf.__name__, leaf)
    lines += ["## Hazards that effects can name", "", ", ".join(f"`{t}`" for t in TARGETS), ""]
    lines += ["Also `start.<service>` and `leave.<service>`.", ""]
    return "\n".join(lines)


def _table(heading: str, model: type[BaseModel]) -> list[str]:
    purpose = " ".join((model.__doc__ or "").split())
    head = [
        f"## {heading}",
        "",
        purpose,
        "",
        "| key | type | unit | default | meaning |",
        "|---|---|---|---|---|",
    ]
    return [*head, *(_row(field.alias or name, field) for name, field in model.model_fields.items()), ""]


def _sections(model: type[BaseModel], path: str) -> list[tuple[str, type[BaseModel]]]:
    found = [(path, model)]
    for name, field in model.model_fields.items():
        inner, suffix = _inner(field.annotation)
        skip = path.startswith("arms") and name in Study.model_fields
        if inner is not None and not issubclass(inner, _LEAF_MODELS) and not skip:
            key = field.alias or name
            found += _sections(inner, f"{path}.{key}{suffix}" if path else f"{key}{suffix}")
    return found


def _inner(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    """Return the model inside an annotation, and how a path shows a map or a list of it."""
    bare = strip(annotation)
    origin = typing.get_origin(bare)
    suffix = {dict: ".<name>", tuple: "[]"}.get(origin, "")
    if suffix:
        arguments = [argument for argument in typing.get_args(bare) if argument is not Ellipsis]
        bare = strip(arguments[-1])
    return (bare, suffix) if isinstance(bare, type) and issubclass(bare, BaseModel) else (None, suffix)


def _row(name: str, field: FieldInfo) -> str:
    extra = field.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    cells = [f"`{name}`", _type_words(field.annotation), unit, _default(field), field.description or ""]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.default
    if default is None or isinstance(default, BaseModel) or default in ({}, ()):
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def _type_words(annotation: Any) -> str:
    bare = strip(annotation)
    origin = typing.get_origin(bare)
    arguments = [argument for argument in typing.get_args(bare) if argument is not Ellipsis]
    if origin is typing.Literal:
        return ", ".join(str(choice) for choice in arguments)
    if origin is tuple:
        return f"list of {_type_words(arguments[-1])}"
    if origin is dict:
        return f"mapping to {_type_words(arguments[-1])}"
    words = {int: "whole number", float: "number", str: "text", bool: "true or false"}
    return words.get(bare, bare.__name__ if isinstance(bare, type) else str(bare))
