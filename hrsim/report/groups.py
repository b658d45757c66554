"""Results by group for the summary: totals, change, and each group's share of both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from hrsim.engine.group_names import dimension_of, shown
from hrsim.report.language import ENGLISH, Language
from hrsim.report.numbers import MINUS, with_interval

COLUMN_KEYS = ("total", "share", "change", "share_of_change")
MEASURES = ("overdose_death", "deaths_all_causes", "qalys", "cost_by_use")
CLEAR_OF_ERROR = 2.0
"""Monte Carlo errors by which the change of all people must differ from 0 before it is shared out in the summary."""
MILLION = 1e6


def group_columns(say: Language = ENGLISH) -> tuple[str, ...]:
    """Name the columns of results by group."""
    return ("", *(say(f"groups.{key}") for key in COLUMN_KEYS))


def group_rows(
    groups: pd.DataFrame, arm_labels: Mapping[str, str], say: Language = ENGLISH
) -> list[tuple[str, ...]]:
    """Write the block of each measure and arm: a heading, then a line for each group."""
    rows: list[tuple[str, ...]] = []
    for measure in MEASURES:
        label = say.name("group_measure", measure)
        chosen = groups[groups["measure"] == measure]
        if chosen["mean"].fillna(0).eq(0).all():
            continue
        for perspective in dict.fromkeys(chosen["perspective"]):
            one = chosen[chosen["perspective"] == perspective]
            seen = say("groups.perspective", label=label, perspective=say.name("perspective", perspective))
            words = seen if perspective else label
            for arm, arm_label in arm_labels.items():
                rows.append((say("groups.heading", measure=words, arm=arm_label), "", "", "", ""))
                rows += _arm_rows(one[one["arm"] == arm], MILLION if perspective else 1.0, say)
    return rows


def _arm_rows(table: pd.DataFrame, scale: float, say: Language) -> Iterator[tuple[str, ...]]:
    records = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    whole = records[0]
    compared = whole["arm"] != whole["comparator"]
    clear = compared and abs(whole["change"]) > CLEAR_OF_ERROR * whole["change_mcse"]
    for row in records:
        name = group_name(row["group"], say)
        if row["suppressed"]:
            yield (f"  {name}", say("groups.suppressed"), "", "", "")
            continue
        total = with_interval(*(row[key] / scale for key in ("mean", "low", "high", "mcse")), form=say.form)
        change = _change(row, scale, say) if compared else say("comparison.comparator")
        part = (_per_cent(row["share_of_change"], say) if clear else say.form.unknown) if compared else ""
        yield (f"  {name}", total, _per_cent(row["share"], say), change, part)


def group_name(group: str, say: Language) -> str:
    """Name a group for a reader, such as `zone: north`."""
    dimension = dimension_of(group)
    if not dimension:
        return say("groups.all_people")
    return say("groups.label", dimension=say.name("dimension", dimension), label=shown(group))


def _change(row: Mapping[str, Any], scale: float, say: Language) -> str:
    return with_interval(
        *(row[key] / scale for key in ("change", "change_low", "change_high", "change_mcse")), form=say.form
    )


def _per_cent(share: float, say: Language) -> str:
    if math.isnan(share):
        return ""
    return say.form.per_cent.format(number=f"{MINUS if share < 0 else ''}{abs(100 * share):.0f}")
