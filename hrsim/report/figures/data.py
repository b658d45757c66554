"""What the figures of a report show: tidy data chosen from its tables, at full precision."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hrsim.report.comparison import HEADLINES, PARTS, PERCENTAGE_POINT, SHARE
from hrsim.report.decision import ON_FRONTIER

ALL, CASH = "all", "cash"
OVER_TIME = ("overdose_death", "emergency_visit_all", "hcv_infection")
"""Outcomes that have a figure over the years, in this order, where any of them happened."""
TORNADO_BARS = 12
NET_BENEFIT = "net_monetary_benefit"
STATISTICS = ("mean", "low", "high")
STATISTICS_AND_ERROR = (*STATISTICS, "mcse")
INCREMENTS = ("cost", "qalys")
MOST_DRAWS_SHOWN = 200

Tables = Mapping[str, pd.DataFrame]


def changes_data(differences: pd.DataFrame) -> pd.DataFrame:
    """Choose what the figure of changes shows: headline outcomes of all people that differ at all.

    Parts of an outcome are left to the comparison; shares are in per cent.
    """
    if differences.empty:
        return differences
    everyone = (differences["group"] == ALL) & ~differences["discounted"].astype(bool)
    whole = [measure for measure in HEADLINES if measure not in PARTS]
    chosen = differences[everyone & differences["measure"].isin(whole)].copy()
    unit = np.where(chosen["unit"].str.startswith(SHARE), PERCENTAGE_POINT, 1.0)
    chosen[list(STATISTICS_AND_ERROR)] = chosen[list(STATISTICS_AND_ERROR)].div(unit, axis=0)
    moving = chosen.groupby("measure")["mean"].transform(lambda means: means.abs().max()) > 0
    columns = ["arm", "comparator", "measure", "unit", *STATISTICS, "mcse", "n_draws"]
    return pd.DataFrame(chosen.loc[moving, columns])


def plane_data(tables: Tables) -> pd.DataFrame:
    """Choose what the plane shows: each arm's cost and QALYs less the comparator's, from the first perspective.

    Both are the discounted means that decisions rest on, with their intervals; the comparator stands at 0.
    """
    table = tables["cost_effectiveness"]
    first = pd.DataFrame(table[table["perspective"] == table["perspective"].iloc[0]]).set_index(
        "arm", drop=False
    )
    base = first.loc[first["comparator"].iloc[0]]
    columns = ["arm", "comparator", "perspective", "currency", "price_year", "status", "icer"]
    data = first[columns].reset_index(drop=True)
    steps = decided(tables, str(base["perspective"]))
    for measure in INCREMENTS:
        data[measure] = (first[measure] - base[measure]).to_numpy()
        for bound in ("low", "high"):
            known = {arm: row[f"{measure}_{bound}"] for arm, row in steps.items()}
            data[f"{measure}_{bound}"] = [known.get(arm, 0.0) for arm in data["arm"]]
    return data


def cloud_data(tables: Tables, perspective: str, comparator: str) -> pd.DataFrame:
    """Give each draw's cost and QALYs of every other arm less the comparator's; empty where a run has no such table.

    Of many draws an evenly spaced part is shown: a cloud of more says nothing more.
    """
    table = tables.get("psa", pd.DataFrame())
    if table.empty:
        return pd.DataFrame(columns=["arm", *INCREMENTS])
    chosen = table[table["perspective"] == perspective].set_index(["draw", "arm"])[list(INCREMENTS)]
    steps = chosen - chosen.xs(comparator, level="arm").reindex(chosen.index, level="draw")
    others = steps.reset_index()
    others = others[others["arm"] != comparator]
    every = math.ceil(others["draw"].nunique() / MOST_DRAWS_SHOWN)
    return pd.DataFrame(others[others["draw"] % max(every, 1) == 0])


def decided(tables: Tables, perspective: str) -> dict[str, dict[str, Any]]:
    """Give by arm the row of cost_per_qaly that decisions from a perspective rest on; the comparator has none."""
    table = tables["cost_per_qaly"]
    if table.empty:
        return {}
    chosen = table[table["decisions"].astype(bool) & (table["perspective"] == perspective)]
    return {str(row["arm"]): {str(k): v for k, v in row.items()} for row in chosen.to_dict("records")}


def frontier_line(data: pd.DataFrame) -> pd.DataFrame:
    """Return the arms of the efficiency frontier, cheapest first; arms of equal cost and effect once."""
    line = data[data["status"].isin(list(ON_FRONTIER))].sort_values(["cost", "qalys"])
    return line.drop_duplicates(["cost", "qalys"])


def over_time_measures(tables: Tables) -> tuple[str, ...]:
    """Name the outcomes that have a figure over the years: those that an arm changes."""
    table = tables.get("differences_by_year", pd.DataFrame())
    if table.empty:
        return ()
    changed = set(table.loc[(table["group"] == ALL) & (table["mean"] != 0), "measure"])
    return tuple(measure for measure in OVER_TIME if measure in changed)


def over_time_data(changes: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Choose what each arm changes in one outcome of all people by year."""
    chosen = changes[(changes["measure"] == measure) & (changes["group"] == ALL)]
    columns = ["arm", "comparator", "year", "measure", "unit", *STATISTICS, "mcse", "n_draws"]
    return pd.DataFrame(chosen[columns])


def acceptability_data(table: pd.DataFrame) -> pd.DataFrame:
    """Choose the probability of being cost-effective by arm and threshold from the first perspective."""
    return pd.DataFrame(table[table["perspective"] == table["perspective"].iloc[0]])


def tornado_data(table: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Choose the widest bars of an arm's tornado, widest first: net benefit, else the first result there is.

    Where the arm has none, those of the first arm that has.
    """
    arms = set(table["arm"])
    chosen = table[table["arm"] == (arm if arm in arms else table["arm"].iloc[0])]
    benefit = chosen["measure"] == NET_BENEFIT
    chosen = chosen[benefit] if benefit.any() else chosen
    for column in ("perspective", "measure", "threshold"):
        if column in chosen:
            first = chosen[column].iloc[0]
            chosen = chosen[chosen[column].isna() if pd.isna(first) else chosen[column] == first]
    width = (chosen["result_at_high"] - chosen["result_at_low"]).abs()
    return pd.DataFrame(chosen.loc[width.sort_values(ascending=False, kind="stable").index[:TORNADO_BARS]])


def budget_data(table: pd.DataFrame) -> pd.DataFrame:
    """Choose the change of cash spending by arm and year for the payer whose cash changes most.

    Cash is what is paid out or saved; where the table does not tell it from room that others fill, all spending.
    """
    if table.empty:
        return table
    chosen = table[(table["measure"] == "change") & (table["kind"] == ALL)]
    chosen = chosen[chosen["arm"] != chosen["comparator"]]
    if "releases" in chosen:
        chosen = chosen[chosen["releases"] == CASH]
    if chosen.empty:
        return chosen
    moved = chosen.assign(size=chosen["mean"].abs()).groupby("payer", sort=False)["size"].sum()
    columns = ["arm", "payer", "year", "fiscal_year", "share_of_year", "measure", "currency", "price_year"]
    held = [name for name in (*columns, *STATISTICS, "mcse", "n_draws") if name in chosen]
    data = chosen.assign(year=chosen["year"].astype(str))
    return pd.DataFrame(data.loc[chosen["payer"] == moved.idxmax(), held])
