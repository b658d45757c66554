"""Texts of tables: what cannot be seen is written out, what a spreadsheet takes for a formula is guarded."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from hrsim.plain_words import visible

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
GUARD = "'"
TEXT_COLUMNS = (
    "arm", "comparator", "best_arm", "perspective", "measure", "unit", "group", "service", "event", "budget", "item",
    "payer", "sector", "category", "line", "name", "label", "evidence", "evidence_id", "series", "parameter", "against",
)  # fmt: skip
"""Columns whose cells are names or words, whatever they look like."""


def read_table(path: Path) -> pd.DataFrame:
    """Read a table that hrsim wrote: an empty cell is missing, and a name is a text, be it `nan`, `true` or `inf`."""
    texts = dict.fromkeys(TEXT_COLUMNS, str)
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=texts)


def seen(table: pd.DataFrame) -> pd.DataFrame:
    """Write out each character of the texts of a table that cannot be seen; line breaks stay."""
    return _mapped(table, _seen_text)


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before each text that begins like a formula; numbers, and texts that are numbers, stay.

    Characters that cannot be seen are written out. Source of the rule: OWASP, CSV injection.
    """
    return _mapped(table, harmless_text)


def harmless_text(value: object) -> object:
    """Guard one cell; whatever is no text stays as it is."""
    text = _seen_text(value)
    if not isinstance(text, str) or not text.startswith(STARTS) or _is_number(text):
        return text
    return GUARD + text


def _seen_text(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


def _mapped(table: pd.DataFrame, change: Callable[[object], object]) -> pd.DataFrame:
    """Change the cells of a table that may be texts."""
    columns = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    if not columns:
        return table
    return table.assign(**{str(name): table[name].map(change) for name in columns})


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text


def write_cell(sheet: Worksheet, line: int, column: int, value: Any) -> None:
    """Write a number as a number, a truth as a truth, and anything else as text (`inf` too), never as a formula."""
    if pd.isna(value):
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int | float) and math.isfinite(value):
        sheet.write_number(line, column, value)
    else:
        sheet.write_string(line, column, str(value))
