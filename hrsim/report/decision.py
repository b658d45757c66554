"""The decision in words: each arm's place on the cost-effectiveness frontier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hrsim.report.comparison import row_of
from hrsim.report.numbers import MINUS, probability, to_significant

STATUS_WORDS = {
    "frontier": "on the frontier",
    "cost_saving": "saves money, gains health",
    "dominated": "dominated",
    "extended_dominated": "dominated by a mix of others",
}
ON_FRONTIER = ("frontier", "cost_saving")
BEST_PREFIX = "probability_best_"


def decision_columns(table: pd.DataFrame) -> tuple[str, ...]:
    """Name the columns of the decision table, one for each threshold at the end."""
    return ("", "Standing", "Cost per QALY gained", *(f"Best at {_money(t)}" for t in _thresholds(table)))


def decision_rows(
    table: pd.DataFrame, perspective: str, arm_labels: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """Write one line for each arm from one perspective: standing, ratio, probability of being best."""
    chosen = table[table["perspective"] == perspective].set_index("arm")
    rows = []
    for arm, label in arm_labels.items():
        row = row_of(chosen, arm)
        best = [probability(row[f"{BEST_PREFIX}{t}"], int(row["n_draws"])) for t in _thresholds(table)]
        rows.append((f"  {label}", STATUS_WORDS[row["status"]], _ratio(row, arm_labels), *best))
    return rows


def _ratio(row: Mapping[str, Any], arm_labels: Mapping[str, str]) -> str:
    if pd.isna(row["icer"]):
        return ""
    return f"{to_significant(row['icer'])} against {arm_labels[row['against']]}"


def _thresholds(table: pd.DataFrame) -> list[str]:
    return [name.removeprefix(BEST_PREFIX) for name in table.columns if name.startswith(BEST_PREFIX)]


def _money(threshold: str) -> str:
    return f"{float(threshold):,.0f}".replace("-", MINUS)
