"""The comparison a reader sees first: headline outcomes of every arm, and the change from the comparator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrsim.report.language import ENGLISH, Language
from hrsim.report.numbers import per_cent, probability, with_interval

HEADLINES = (
    "overdose_all",
    "overdose_death",
    "deaths_all_causes",
    "emergency_visit",
    "admission",
    "hiv_infection",
    "hcv_infection",
    "life_years",
    "years_use_not_using",
    "oat_retention_12_months",
    "years_distress",
    "years_low_trust",
)
ALL = "all"
MILLION = 1e6
SCALED = ("mean", "low", "high", "mcse")

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Headline:
    """Hold one outcome by arm, and its change by arm (but the comparator); costs have a perspective."""

    measure: str
    label: str
    totals: pd.DataFrame
    changes: pd.DataFrame
    perspective: str | None = None


@dataclass(frozen=True)
class ComparisonRow:
    """Hold one line of the comparison; a heading has only a label."""

    label: str
    total: str = ""
    change: str = ""
    per_cent: str = ""
    better: str = ""

    @property
    def is_heading(self) -> bool:
        """Tell whether the line opens a block of arms."""
        return not self.total

    def cells(self) -> tuple[str, ...]:
        """Give the texts in the order of COLUMNS."""
        indent = "" if self.is_heading else "  "
        return (indent + self.label, self.total, self.change, self.per_cent, self.better)


def comparison_columns(say: Language = ENGLISH) -> tuple[str, ...]:
    """Name the columns of the comparison."""
    return ("", *(say(f"comparison.{name}") for name in ("total", "change", "per_cent", "better")))


def comparison(tables: Tables, arm_labels: Mapping[str, str], say: Language = ENGLISH) -> list[ComparisonRow]:
    """Build the comparison: a block for each headline, a line for each arm."""
    rows: list[ComparisonRow] = []
    for headline in headlines(tables, say):
        rows.append(ComparisonRow(headline.label))
        for arm, label in arm_labels.items():
            if arm in headline.totals.index:
                rows.append(_arm_row(headline, arm, label, say))
    return rows


def headlines(tables: Tables, say: Language = ENGLISH) -> Iterator[Headline]:
    """Give the headline outcomes, leaving out what no process of the study produced (zero in every arm)."""
    outcomes, differences = tables["outcomes"], tables["differences"]
    for measure, discounted in [*((measure, False) for measure in HEADLINES), ("qalys", True)]:
        totals = _select(outcomes, group=ALL, measure=measure, discounted=discounted)
        if totals["mean"].fillna(0.0).any():
            changes = _select(differences, group=ALL, measure=measure, discounted=discounted)
            yield Headline(measure, say.name("measure", measure), totals, changes)
    yield from _cost_headlines(tables["costs"], differences, say)


def _cost_headlines(costs: pd.DataFrame, differences: pd.DataFrame, say: Language) -> Iterator[Headline]:
    for perspective in dict.fromkeys(costs["perspective"]):
        totals = _select(costs, perspective=perspective, payer=ALL, category=ALL, discounted=True)
        changes = _select(differences, measure="cost", perspective=perspective, discounted=True)
        first = totals.iloc[0]
        label = say(
            "comparison.cost",
            perspective=say.name("perspective", perspective),
            money=say("money.of", currency=first["currency"], year=first["price_year"]),
        )
        yield Headline("cost", label, _in_millions(totals), _in_millions(changes), perspective)


def _select(table: pd.DataFrame, **values: object) -> pd.DataFrame:
    if table.empty:
        return table
    keep = pd.Series(True, index=table.index)
    for column, value in values.items():
        keep &= table[column] == value
    return table[keep].set_index("arm")


def _in_millions(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{name: table[name] / MILLION for name in SCALED if name in table})


def _arm_row(headline: Headline, arm: str, label: str, say: Language) -> ComparisonRow:
    total = interval(row_of(headline.totals, arm), say)
    changes = headline.changes
    if arm not in changes.index:
        compared = changes.empty or arm == changes["comparator"].iloc[0]
        return ComparisonRow(label, total, say("comparison.comparator") if compared else "")
    change = row_of(headline.changes, arm)
    share = probability(change["probability_better"], int(change["n_draws"]), say.form)
    scale = change["per_cent"] / change["mean"] if change["mean"] else math.nan
    relative = per_cent(change["per_cent"], abs(scale) * change["mcse"], say.form)
    return ComparisonRow(label, total, interval(change, say), relative, share)


def row_of(table: pd.DataFrame, arm: str) -> dict[str, Any]:
    """Give the one row of an arm in a table indexed by arm."""
    return {str(name): value for name, value in table.loc[[arm]].iloc[0].items()}


def interval(row: Mapping[str, Any], say: Language = ENGLISH) -> str:
    """Write the mean and interval of a table row to the digits that its Monte Carlo error supports."""
    return with_interval(row["mean"], row["low"], row["high"], row["mcse"], form=say.form)
