"""Leave small cells out of tables by group, so that nobody reads meaning, or a person, into a handful of events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hrsim.engine.group_names import dimension_of
from hrsim.experiment.measures import ALL_GROUPS
from hrsim.over_draws import COUNTS

KEYS = ("service", "measure", "perspective", "discounted", "year", "arm")
HIDDEN = (
    "mean", "sd", "mcse", "low", "high", "per_cent", *COUNTS, "change", "change_mcse", "change_low", "change_high",
    "share", "share_of_change",
)  # fmt: skip
FLAG = "suppressed"


def small_cells(table: pd.DataFrame, smallest: int) -> pd.Series[bool]:
    """Tell the rows that are too small to show, by the column `mean`; rows of all people never are."""
    keys = [key for key in KEYS if key in table]
    blocks = [table[key] for key in keys] + [table["group"].map(dimension_of)]
    of_groups = table["group"] != ALL_GROUPS
    small = of_groups & (table["mean"] != 0) & (table["mean"].abs() < smallest)
    alone = small.groupby(blocks, dropna=False, sort=False).transform("sum") == 1
    rank = (
        table["mean"]
        .abs()
        .where(of_groups & ~small)
        .groupby(blocks, dropna=False, sort=False)
        .rank(method="first")
    )
    return small | (alone & (rank == 1))


def hide(table: pd.DataFrame, rows: pd.Series[bool] | Sequence[bool]) -> pd.DataFrame:
    """Empty the statistics of some rows and mark these rows in the column `suppressed`."""
    chosen = np.asarray(rows, dtype=bool)
    columns = [name for name in HIDDEN if name in table]
    return table.assign(**{name: table[name].mask(chosen) for name in columns}, **{FLAG: chosen})


def hide_small(table: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Hide the small cells of a table of totals."""
    return hide(table, small_cells(table, smallest))


def hide_differences(differences: pd.DataFrame, totals: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Hide each difference of a group whose total is small in the arm or in the comparator."""
    if differences.empty:
        return differences
    keys = ["group", "measure", "discounted"]
    found = totals[small_cells(totals, smallest)]
    small = set(found[["arm", *keys]].itertuples(index=False, name=None))
    rows = differences[["arm", "comparator", *keys]].itertuples(index=False, name=None)
    return hide(differences, [(arm, *key) in small or (base, *key) in small for arm, base, *key in rows])


def hide_as(table: pd.DataFrame, groups: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Hide the rows of the arms and groups of which the table of groups hides a measure."""
    found = groups[(groups["measure"] == measure) & groups[FLAG]]
    small = set(found[["arm", "group"]].itertuples(index=False, name=None))
    return hide(table, [pair in small for pair in table[["arm", "group"]].itertuples(index=False, name=None)])
