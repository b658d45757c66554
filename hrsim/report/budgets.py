"""Budgets in the summary: what was granted, spent and left over in all fiscal years."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hrsim.report.language import ENGLISH, Language
from hrsim.report.numbers import decimals_supported, number

SHOWN = ("granted", "spent", "unspent")


def budget_columns(table: pd.DataFrame, say: Language = ENGLISH) -> tuple[str, ...]:
    """Name the columns of the rows of budgets."""
    money = table.loc[table["measure"] == SHOWN[0], "unit"].iloc[0]
    return (say("budgets.budget"), *(say(f"budgets.{measure}", money=money) for measure in SHOWN))


def budget_rows(
    table: pd.DataFrame, arm_labels: Mapping[str, str], say: Language = ENGLISH
) -> list[list[str]]:
    """Lay out one row for each arm and budget: means over the draws, added up over the fiscal years."""
    rows = []
    for (arm, budget), part in table.groupby(["arm", "budget"], sort=False):
        cells = [_total(part[part["measure"] == measure], say) for measure in SHOWN]
        rows.append([say("budgets.of_arm", arm=arm_labels[str(arm)], budget=budget), *cells])
    return rows


def _total(years: pd.DataFrame, say: Language) -> str:
    """Write the sum over the years to the digits that the sum of their errors supports."""
    mean, error = float(years["mean"].sum()), float(years["mcse"].sum(skipna=False))
    return number(mean, decimals_supported(mean, error), say.form)
