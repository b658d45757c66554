"""The decision in words: each arm's place on the cost-effectiveness frontier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hrsim.report.comparison import row_of
from hrsim.report.language import ENGLISH, Language
from hrsim.report.numbers import number, probability, to_significant

ON_FRONTIER = ("frontier", "cost_saving")
BEST_PREFIX = "probability_best_"


def decision_columns(table: pd.DataFrame, say: Language = ENGLISH) -> tuple[str, ...]:
    """Name the columns of the decision table, one for each threshold at the end."""
    best = (say("decision.best_at", threshold=number(float(t), 0, say.form)) for t in _thresholds(table))
    return ("", say("decision.standing"), say("decision.ratio"), *best)


def decision_rows(
    table: pd.DataFrame, perspective: str, arm_labels: Mapping[str, str], say: Language = ENGLISH
) -> list[tuple[str, ...]]:
    """Write one line for each arm from one perspective: standing, ratio, probability of being best."""
    chosen = table[table["perspective"] == perspective].set_index("arm")
    rows = []
    for arm, label in arm_labels.items():
        row = row_of(chosen, arm)
        samples = int(row["n_draws"])
        best = [probability(row[f"{BEST_PREFIX}{t}"], samples, say.form) for t in _thresholds(table)]
        standing = say.name("standing", row["status"])
        rows.append((f"  {label}", standing, _ratio(row, arm_labels, say), *best))
    return rows


def _ratio(row: Mapping[str, Any], arm_labels: Mapping[str, str], say: Language) -> str:
    if pd.isna(row["icer"]):
        return ""
    ratio = to_significant(row["icer"], say.form)
    return say("decision.against", ratio=ratio, arm=arm_labels[row["against"]])


def _thresholds(table: pd.DataFrame) -> list[str]:
    return [name.removeprefix(BEST_PREFIX) for name in table.columns if name.startswith(BEST_PREFIX)]
