"""Put the faults that the schema finds into words: code, what was expected and found, and what to write instead."""

from __future__ import annotations

import difflib
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from hrsim.study.catalogue import other_words
from hrsim.study.remedies import date_remedy, number_remedy, whole_remedy
from hrsim.study.schema_paths import fields_of, homes, model_at, number_at
from hrsim.study.suggestions import NEARLY_THE_SAME
from hrsim.study.tree import Path, describe, nearest
from hrsim.study.values import IS_NO_NUMBER

Words = tuple[str, str, str]

_EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "date_type": "a date",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
_LIMITS = {
    "greater_than_equal": ("ge", "{} or more"),
    "greater_than": ("gt", "more than {}"),
    "less_than_equal": ("le", "{} or less"),
    "less_than": ("lt", "less than {}"),
}
_UNKNOWN_KEY_CODES = {"prompted_by": "PROMPT", "processes": "PROCESS"}
_MOST_KEYS = 8
_SERVICES = "services"
_KEYS_ALSO_CALLED = {
    "thresholds": (
        "willingness to pay",
        "willingness to pay thresholds",
        "wtp",
        "cost effectiveness threshold",
    ),
}
"""What keys of the schema are called elsewhere."""


def words_of(model: type[BaseModel], path: Path, details: ErrorDetails) -> Words:
    """Return code, message and remedy of a validation error at a path below a model."""
    kind, got, context = details["type"], describe(details["input"]), details.get("ctx", {})
    if kind == "hrsim":
        fix = _number(model, path, details["input"]) if IS_NO_NUMBER in context else context["fix"]
        return context["code"], context["message"], fix
    if kind == "missing":
        message = f"expected the key '{path[-1]}', got none"
        return "MISSING", message, f"add '{path[-1]}:'{_meaning(model, path)}"
    if kind == "extra_forbidden":
        return _unknown_key(model, path)
    if kind in _EXPECTED:
        return "TYPE", f"expected {_EXPECTED[kind]}, got {got}", _remedy(model, path, kind, details["input"])
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        rule = words.format(context[key])
        return "RANGE", f"expected a number that is {rule}, got {got}", f"write a number that is {rule}."
    if kind == "literal_error":
        return _choice(context["expected"], details["input"])
    if kind == "too_short":
        return "RANGE", "expected at least one item, got an empty list", "write at least one item."
    return "TYPE", f"{details['msg']}, got {got}", "see the reference: hrsim schema --reference."


def _choice(expected: str, given: Any) -> Words:
    choices = [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")]
    if len(choices) == 1:
        return "CHOICE", f"expected {expected}, got {describe(given)}", f"write {choices[0]}."
    message = f"expected one of {expected}, got {describe(given)}"
    return "CHOICE", message, nearest(str(given), choices, "words")


def _remedy(model: type[BaseModel], path: Path, kind: str, given: Any) -> str:
    """Write the remedy for a value of a wrong type."""
    if kind == "int_type":
        return whole_remedy(given, number_at(model, path)[1])
    if kind == "float_type":
        return number_remedy(given, unit=number_at(model, path)[1])
    if kind == "date_type":
        return date_remedy(given)
    if kind == "tuple_type":
        return f"write [{given}]." if isinstance(given, str | int | float) else "write [one, two]."
    if kind in ("dict_type", "model_type"):
        return _mapping_remedy(model, path, given)
    return {
        "string_type": "write text; quote it if it looks like a number or a date.",
        "bool_type": "write true or false.",
    }[kind]


def _number(model: type[BaseModel], path: Path, given: Any) -> str:
    """Write the remedy for a quantity that is no number, in the words of its field."""
    meaning, unit = number_at(model, path)
    remedy = number_remedy(given, meaning.words if meaning else "", unit)
    of_reach = "share" in remedy and "reach" in path[-2:]
    return remedy + (" A share that it holds at every moment is 'coverage'." if of_reach else "")


def _mapping_remedy(model: type[BaseModel], path: Path, given: Any) -> str:
    key = path[-1] if path else ""
    if given is False and path[-2:-1] == (_SERVICES,):
        return f"to do without it, write 'remove: [{_SERVICES}.{key}]' instead."
    if given in (None, True):
        return f"write '{key}: {{}}' to take it as it is, or 'key: value' lines below it."
    fields = fields_of(model_at(model, path))
    if isinstance(given, list) and given and all(isinstance(item, str) for item in given):
        items = f"{{{', '.join(f'{item}: {{}}' for item in given)}}}"
        if not fields:
            return f"write '{key}: {items}'."
        if _SERVICES in fields and all(item in other_words() for item in given):
            return f"write '{key}: {{{_SERVICES}: {items}}}'."
    names = [name for name, field in fields.items() if field.is_required()] or list(fields)
    if names and isinstance(given, str | int | float):
        return f"write '{key}: {{KEY: ...}}', where KEY is one of {', '.join(names[:_MOST_KEYS])}."
    return "write 'key: value' lines, or {} for none."


def _unknown_key(model: type[BaseModel], path: Path) -> Words:
    key = path[-1]
    owner = model_at(model, path[:-1])
    known = list(fields_of(owner))
    code = _UNKNOWN_KEY_CODES.get(path[-2], "UNKNOWN_KEY") if len(path) > 1 else "UNKNOWN_KEY"
    return code, f"expected a key of the schema, got '{key}'", _key_remedy(model, owner, key, known)


def _key_remedy(model: type[BaseModel], owner: Any, key: str, known: list[str]) -> str:
    if key.isdecimal() and len(key) == len("000"):
        return "write numbers without separators of thousands: 10000."
    if key.isdecimal():
        return f"write numbers with a decimal point, not a comma: 2.{key} for 2,{key}."
    if _SERVICES in known and key in other_words():
        return f"write it below '{_SERVICES}:'."
    own = " Keys of your own start with 'x-'."
    slip = difflib.get_close_matches(key, known, n=1, cutoff=NEARLY_THE_SAME)
    home = next(homes(owner, key), None)
    if home is not None and not slip:
        return f"it belongs below '{': {'.join(home)}:'."
    close = nearest(key, known, "keys", _KEYS_ALSO_CALLED)
    top = next(homes(model, key), None)
    if top is not None and not close.startswith("did you mean"):
        return f"it belongs to the whole study, below '{': {'.join(top)}:'.{own}"
    return close + own


def _meaning(model: type[BaseModel], path: Path) -> str:
    field = fields_of(model_at(model, path[:-1])).get(path[-1])
    return f": {field.description}" if field is not None and field.description else "."
