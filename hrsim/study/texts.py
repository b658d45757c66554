"""Texts for readers in a study: one text, or one for each language of reports."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from hrsim.study.tree import describe
from hrsim.study.values import fault
from hrsim.words import LANGUAGES, Words

FIX = f"write a text, or one for each language: {{{', '.join(f'{tag}: ...' for tag in LANGUAGES)}}}."


def _words(data: Any) -> str:
    if isinstance(data, str):
        return data
    if not isinstance(data, dict) or not data:
        raise fault("TYPE", f"expected a text, or texts by language, got {describe(data)}", FIX)
    unknown = [str(key) for key in data if key not in LANGUAGES]
    if unknown:
        raise fault("FORM", f"expected languages ({', '.join(LANGUAGES)}), got '{unknown[0]}'", FIX)
    for tag, text in data.items():
        if not isinstance(text, str) or not text.strip():
            raise fault("TYPE", f"expected a text in '{tag}', got {describe(text)}", FIX)
    return Words(data)


def _written(text: str) -> Any:
    return dict(text.translations) if isinstance(text, Words) else text


_BY_LANGUAGE = {
    "type": "object",
    "properties": {tag: {"type": "string"} for tag in LANGUAGES},
    "additionalProperties": False,
}
Text = Annotated[
    str,
    PlainValidator(_words),
    PlainSerializer(_written),
    WithJsonSchema({"anyOf": [{"type": "string"}, _BY_LANGUAGE]}),
]
