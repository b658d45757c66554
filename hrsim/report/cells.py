"""Texts that a spreadsheet could take for a formula, made harmless."""

from __future__ import annotations

import pandas as pd

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
GUARD = "'"


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before each text that begins like a formula; numbers, and texts that are numbers, stay.

    Source of the rule: OWASP, CSV injection.
    """
    columns = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    if not columns:
        return table
    return table.assign(**{str(name): table[name].map(harmless_text) for name in columns})


def harmless_text(value: object) -> object:
    """Guard one cell; whatever is no text stays as it is."""
    if not isinstance(value, str) or not value.startswith(STARTS) or _is_number(value):
        return value
    return GUARD + value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text
