"""The decision in words: each arm's place on the cost-effectiveness frontier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from hrsim.report.comparison import row_of
from hrsim.report.counting import best_words
from hrsim.report.language import ENGLISH, Language
from hrsim.report.numbers import number, to_significant_decimals

ON_FRONTIER = ("frontier", "cost_saving")
BEST_PREFIX, TIED_PREFIX = "draws_best_", "draws_tied_"
WITHOUT_RATIO = ("cheaper_and_better", "dearer_not_better", "cheaper_not_better")


def decision_columns(table: pd.DataFrame, say: Language = ENGLISH) -> tuple[str, ...]:
    """Name the columns of the decision table, one for each threshold at the end."""
    best = (say("decision.best_at", threshold=number(float(t), 0, say.form)) for t in _thresholds(table))
    return ("", say("decision.standing"), say("decision.ratio"), *best)


def decision_rows(
    table: pd.DataFrame, perspective: str, arm_labels: Mapping[str, str], say: Language = ENGLISH
) -> list[tuple[str, ...]]:
    """Write one line for each arm from one perspective: standing, ratio, draws in which it is best."""
    chosen = table[table["perspective"] == perspective].set_index("arm")
    rows = []
    for arm, label in arm_labels.items():
        row = row_of(chosen, arm)
        best = [
            best_words(int(row[BEST_PREFIX + t]), int(row[TIED_PREFIX + t]), int(row["n_draws"]), say)
            for t in _thresholds(table)
        ]
        standing = say.name("standing", row["status"])
        rows.append((f"  {label}", standing, _ratio(row, arm_labels, say), *best))
    return rows


def ratio_words(row: Mapping[str, Any], say: Language = ENGLISH) -> str:
    """Write a row's ratio with its interval; in words where draws lie outside the quadrant in which it has one."""
    if pd.isna(row["icer"]):
        return ""
    decimals = to_significant_decimals(row["icer"])
    low, high = (number(row[f"icer_{end}"], decimals, say.form) for end in ("low", "high"))
    ratio = number(row["icer"], decimals, say.form)
    ends = [say("number.range", low=low, high=high)] if pd.notna(row["icer_low"] + row["icer_high"]) else []
    if not ends and pd.notna(row["icer_low"]):
        ends = [say("ratio.from", low=low)]
    elif not ends and pd.notna(row["icer_high"]):
        ends = [say("ratio.up_to", high=high)]
    ends += _outside(row, say)
    return say("ratio.interval", ratio=ratio, ends="; ".join(ends)) if ends else ratio


def _outside(row: Mapping[str, Any], say: Language) -> Iterator[str]:
    draws = int(row["n_draws"])
    for name in WITHOUT_RATIO:
        count = int(row[f"draws_{name}"])
        if count and draws > 1:
            yield say(f"ratio.{name}", count=count, draws=say.whole(draws))


def _ratio(row: Mapping[str, Any], arm_labels: Mapping[str, str], say: Language) -> str:
    ratio = ratio_words(row, say)
    return say("decision.against", ratio=ratio, arm=arm_labels[row["against"]]) if ratio else ""


def _thresholds(table: pd.DataFrame) -> list[str]:
    return [name.removeprefix(BEST_PREFIX) for name in table.columns if name.startswith(BEST_PREFIX)]
