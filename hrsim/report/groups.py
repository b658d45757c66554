"""Results by group for the summary: totals, change, and each group's share of both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from hrsim.engine.group_names import dimension_of, shown
from hrsim.report.language import ENGLISH, Language
from hrsim.report.numbers import MINUS, with_interval
from hrsim.report.rounding import around, block_decimals, shown_total

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
            block = _Block(one.to_dict("records"), MILLION if perspective else 1.0, say)
            for arm, arm_label in arm_labels.items():
                words = seen if perspective else label
                rows.append((say("groups.heading", measure=words, arm=arm_label), "", "", "", ""))
                rows += block.rows_of(arm)
    return rows


class _Block:
    """Write one measure in every arm and group, each number to one decimal place."""

    def __init__(self, lines: Sequence[Mapping[str, Any]], scale: float, say: Language) -> None:
        self.say = say
        self.lines = lines
        shown = [line for line in lines if not line["suppressed"]]
        self.totals = {(line["arm"], line["group"]): _scaled(line, "", scale) for line in shown}
        self.changes = {
            (line["arm"], line["group"]): _scaled(line, "change", scale)
            for line in shown
            if line["arm"] != line["comparator"]
        }
        self.decimals = block_decimals(self.totals.values(), self.changes.values())

    def rows_of(self, arm: str) -> Iterator[tuple[str, ...]]:
        """Write the lines of an arm, all people first."""
        lines = [line for line in self.lines if line["arm"] == arm]
        whole = lines[0]
        clear = abs(whole["change"]) > CLEAR_OF_ERROR * whole["change_mcse"]
        for line in lines:
            name = group_name(line["group"], self.say)
            if line["suppressed"]:
                yield (f"  {name}", self.say("groups.suppressed"), "", "", "")
                continue
            share = _per_cent(line["share"], self.say)
            key = (arm, line["group"])
            if key not in self.changes:
                yield (
                    f"  {name}",
                    self._text(self.totals[key]),
                    share,
                    self.say("comparison.comparator"),
                    "",
                )
                continue
            part = _per_cent(line["share_of_change"], self.say) if clear else self.say.form.unknown
            yield (f"  {name}", self._total(line), share, self._text(self.changes[key]), part)

    def _total(self, line: Mapping[str, Any]) -> str:
        key, base = (line["arm"], line["group"]), (line["comparator"], line["group"])
        if base not in self.totals:
            return self._text(self.totals[key])
        return self._text(self.totals[key], shown_total(self.totals[base], self.changes[key], self.decimals))

    def _text(self, row: Mapping[str, Any], mean: float | None = None) -> str:
        values = around(float(row["mean"]) if mean is None else mean, row, self.decimals)
        return with_interval(*values, row["mcse"], decimals=self.decimals, form=self.say.form)


def _scaled(line: Mapping[str, Any], prefix: str, scale: float) -> dict[str, Any]:
    """Give the statistics of a line's total or, with the prefix, of its change."""
    names = {name: f"{prefix}_{name}" if prefix else name for name in ("low", "high", "mcse")}
    found = {"mean": line[prefix or "mean"], **{name: line[column] for name, column in names.items()}}
    return {**{name: value / scale for name, value in found.items()}, "n_draws": line["n_draws"]}


def group_name(group: str, say: Language) -> str:
    """Name a group for a reader, such as `zone: north`."""
    dimension = dimension_of(group)
    if not dimension:
        return say("groups.all_people")
    return say("groups.label", dimension=say.name("dimension", dimension), label=shown(group))


def _per_cent(share: float, say: Language) -> str:
    if math.isnan(share):
        return ""
    return say.form.per_cent.format(number=f"{MINUS if share < 0 else ''}{abs(100 * share):.0f}")
