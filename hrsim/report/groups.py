"""Results by group for the summary: totals, change, and each group's share of both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from hrsim.engine.group_names import dimension_of, shown
from hrsim.report.numbers import MINUS, UNKNOWN, with_interval

GROUP_COLUMNS = ("", "Total", "Share of total", "Change", "Share of change")
MEASURES = {
    "overdose_death": "Overdose deaths",
    "deaths_all_causes": "Deaths, all causes",
    "qalys": "QALYs, discounted",
    "cost_by_use": "Cost of what people use and need, million, discounted",
}
SUPPRESSED = "suppressed"
CLEAR_OF_ERROR = 2.0
"""Monte Carlo errors by which the change of all people must differ from 0 before it is shared out in the summary."""
MILLION = 1e6


def group_rows(groups: pd.DataFrame, arm_labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Write the block of each measure and arm: a heading, then a line for each group."""
    rows: list[tuple[str, ...]] = []
    for measure, label in MEASURES.items():
        chosen = groups[groups["measure"] == measure]
        if chosen["mean"].fillna(0).eq(0).all():
            continue
        for perspective in dict.fromkeys(chosen["perspective"]):
            one = chosen[chosen["perspective"] == perspective]
            words = f"{label}, {perspective.replace('_', ' ')} perspective" if perspective else label
            for arm, arm_label in arm_labels.items():
                rows.append((f"{words}: {arm_label}", "", "", "", ""))
                rows += _arm_rows(one[one["arm"] == arm], MILLION if perspective else 1.0)
    return rows


def _arm_rows(table: pd.DataFrame, scale: float) -> Iterator[tuple[str, ...]]:
    records = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    whole = records[0]
    compared = whole["arm"] != whole["comparator"]
    clear = compared and abs(whole["change"]) > CLEAR_OF_ERROR * whole["change_mcse"]
    for row in records:
        dimension = dimension_of(row["group"])
        name = f"{dimension.replace('_', ' ')}: {shown(row['group'])}" if dimension else "all people"
        if row["suppressed"]:
            yield (f"  {name}", SUPPRESSED, "", "", "")
            continue
        total = with_interval(*(row[key] / scale for key in ("mean", "low", "high", "mcse")))
        change = _change(row, scale) if compared else "comparator"
        part = (_per_cent(row["share_of_change"]) if clear else UNKNOWN) if compared else ""
        yield (f"  {name}", total, _per_cent(row["share"]), change, part)


def _change(row: Mapping[str, Any], scale: float) -> str:
    return with_interval(
        *(row[key] / scale for key in ("change", "change_low", "change_high", "change_mcse"))
    )


def _per_cent(share: float) -> str:
    if math.isnan(share):
        return ""
    return f"{MINUS if share < 0 else ''}{abs(100 * share):.0f} %"
