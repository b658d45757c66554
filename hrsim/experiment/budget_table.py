"""The table of budgets: money granted, spent and left over, by arm, budget and fiscal year."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.budgets import BEGINS, CENTS, ENDS, GRANTED, SPENT, FiscalYear, fiscal_years
from hrsim.engine.ledger import Ledger
from hrsim.experiment.statistics import described
from hrsim.study.schema import Study
from hrsim.units import TICKS_PER_YEAR

MONEY_MEASURES = ("granted", "spent", "unspent")


def budget_table(ledger: Ledger, books: NDArray[np.float64], study: Study) -> pd.DataFrame:
    """Describe each budget in each fiscal year, undiscounted, in the money of the analysis.

    `books` has shape (samples, arms, budgets, fiscal years, items). `share_of_year` is the part of the fiscal year
    that lies between the study's start and its horizon; the grant is cut in the same proportion.
    """
    money = f"{study.analysis.currency} {study.analysis.price_year}"
    keys: list[tuple[str, str, str, str, str]] = []
    columns: list[NDArray[np.float64]] = []
    for a, arm in enumerate(ledger.arms):
        for name, budget in sorted(study.arms[arm].budgets.items()):
            years = fiscal_years(study, int(ledger.quarter_edges[-1]), budget)[:-1]
            for y, year in enumerate(years):
                book = books[:, a, ledger.budget_names.index(name), y]
                granted, spent = (book[:, item] / TICKS_PER_YEAR / CENTS for item in (GRANTED, SPENT))
                share = (book[:, ENDS] - book[:, BEGINS]) / year.length
                keys += [(arm, name, _label(year), measure, money) for measure in MONEY_MEASURES]
                keys.append((arm, name, _label(year), "share_of_year", "share"))
                columns += [granted, spent, granted - spent, share]
    table = pd.DataFrame(keys, columns=["arm", "budget", "fiscal_year", "measure", "unit"])
    return described(table, np.stack(columns, axis=1))


def _label(year: FiscalYear) -> str:
    """Name a fiscal year by its first day."""
    return f"from {year.first_day}"
