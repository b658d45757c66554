"""Names of fiscal years: 2025/26 for one that ends in the next calendar year, 2026 for one that does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hrsim.report.language import Language

_SPAN = re.compile(r"(\d{4})-\d\d-\d\d to (\d{4})-\d\d-\d\d")


def fiscal_year_name(label: object, share: float, say: Language) -> str:
    """Name the fiscal year of a table's label (`2025-04-01 to 2026-03-31`), marked where a run has only part of it."""
    text = str(label)
    found = _SPAN.fullmatch(text)
    if found:
        first, last = found.groups()
        text = first if first == last else f"{first}/{last[2:]}"
    return say("number.part_of_year", year=text) if share < 1.0 else text


def name_of(row: Mapping[Any, Any], say: Language) -> str:
    """Name the year of a row of a table of money by fiscal year."""
    return fiscal_year_name(row.get("fiscal_year", row["year"]), float(row.get("share_of_year", 1.0)), say)
