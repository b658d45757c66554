"""The comparison a reader sees first: headline outcomes of every arm, and the change from the comparator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from hrsim.engine.combined import COMBINED
from hrsim.over_draws import COUNTS
from hrsim.report.counting import better_words
from hrsim.report.language import ENGLISH, Language
from hrsim.report.numbers import per_cent, with_interval
from hrsim.report.rounding import around, block_decimals, relative_decimals, shown_total

HEADLINES = (
    "overdose_all",
    "overdose_death",
    "deaths_all_causes",
    *("emergency_visit_all", "overdose_emergency_department", "skin_infection", "emergency_visit"),
    *(
        "admission_all",
        "overdose_admission",
        "skin_infection_admission",
        "endocarditis_admission",
        "admission",
    ),
    "hiv_infection",
    "hcv_infection",
    "life_years",
    "years_use_not_using",
    "oat_retention_12_months",
    "years_distress",
    "years_low_trust",
)
PARTS = {part: whole for whole, parts in COMBINED.items() if whole != "overdose_all" for part in parts}
"""Headlines that split another: shown below it where at least two of its parts occurred."""
ALL = "all"
MILLION = 1e6
FEWEST_PARTS = 2
SHARE = "share"
PERCENTAGE_POINT = 0.01
SCALED = ("mean", "sd", "low", "high", "mcse")

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Headline:
    """Hold one outcome by arm, and its change by arm (but the comparator); costs have a perspective.

    A share is in per cent and its change in percentage points (`in_points`).
    """

    measure: str
    label: str
    totals: pd.DataFrame
    changes: pd.DataFrame
    perspective: str | None = None
    in_points: bool = False

    @cached_property
    def decimals(self) -> int:
        """Give the decimal place of every number of the block, so that totals and changes agree."""
        return block_decimals(_rows(self.totals), _rows(self.changes))

    def total(self, arm: str, say: Language = ENGLISH) -> str:
        """Write an arm's total and interval: the comparator's total as printed plus the arm's change as printed."""
        row = row_of(self.totals, arm)
        mean = float(row["mean"])
        if arm in self.changes.index:
            change = row_of(self.changes, arm)
            if change["comparator"] in self.totals.index:
                mean = shown_total(row_of(self.totals, change["comparator"]), change, self.decimals)
        return interval(row, say, self.decimals, mean)

    def change(self, arm: str, say: Language = ENGLISH) -> str:
        """Write an arm's change from the comparator and its interval."""
        return interval(row_of(self.changes, arm), say, self.decimals)

    def relative(self, arm: str, say: Language = ENGLISH) -> str:
        """Write an arm's change in per cent of the comparator; nothing for a change in percentage points."""
        if self.in_points:
            return ""
        shares = {
            name: _in_per_cent_of_comparator(row)
            for name, row in zip(self.changes.index, _rows(self.changes), strict=True)
        }
        return per_cent(shares[arm]["mean"], relative_decimals(shares.values()), say.form)

    def better(self, arm: str, say: Language = ENGLISH) -> str:
        """Write in how many draws the arm is better, no different and worse; nothing where neither is better."""
        counts = [row_of(self.changes, arm)[name] for name in COUNTS]
        return (
            ""
            if pd.isna(counts).any()
            else better_words((int(counts[0]), int(counts[1]), int(counts[2])), say)
        )


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
    unsplit = _unsplit(outcomes)
    for measure, discounted in [*((measure, False) for measure in HEADLINES), ("qalys", True)]:
        if PARTS.get(measure) in unsplit:
            continue
        totals = _select(outcomes, group=ALL, measure=measure, discounted=discounted)
        if totals["mean"].fillna(0.0).any():
            changes = _select(differences, group=ALL, measure=measure, discounted=discounted)
            is_share = "unit" in totals and str(totals["unit"].iloc[0]).startswith(SHARE)
            if is_share:
                totals, changes = (_scaled(table, PERCENTAGE_POINT) for table in (totals, changes))
            label = say.name("measure", measure)
            yield Headline(measure, label, totals, changes, in_points=is_share)
    yield from _cost_headlines(tables["costs"], differences, say)


def _unsplit(outcomes: pd.DataFrame) -> set[str]:
    """Give the combined outcomes of which one part alone occurred, so that a split would say them twice."""
    everyone = outcomes[(outcomes["group"] == ALL) & outcomes["mean"].fillna(0.0).ne(0.0)]
    occurred = [PARTS[part] for part in PARTS if part in set(everyone["measure"])]
    return {whole for whole in PARTS.values() if occurred.count(whole) < FEWEST_PARTS}


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
        yield Headline("cost", label, _scaled(totals, MILLION), _scaled(changes, MILLION), perspective)


def _select(table: pd.DataFrame, **values: object) -> pd.DataFrame:
    if table.empty:
        return table
    keep = pd.Series(True, index=table.index)
    for column, value in values.items():
        keep &= table[column] == value
    return table[keep].set_index("arm")


def _scaled(table: pd.DataFrame, unit: float) -> pd.DataFrame:
    return table.assign(**{name: table[name] / unit for name in SCALED if name in table})


def _in_per_cent_of_comparator(change: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a change into one per cent of the comparator's mean, with its error and without interval."""
    scale = abs(change["per_cent"] / change["mean"]) if change["mean"] else math.nan
    unknown = {"low": math.nan, "high": math.nan}
    return {**change, **unknown, "mean": change["per_cent"], "mcse": scale * change["mcse"]}


def _arm_row(headline: Headline, arm: str, label: str, say: Language) -> ComparisonRow:
    total, changes = headline.total(arm, say), headline.changes
    if arm not in changes.index:
        compared = changes.empty or arm == changes["comparator"].iloc[0]
        return ComparisonRow(label, total, say("comparison.comparator") if compared else "")
    return ComparisonRow(
        label, total, headline.change(arm, say), headline.relative(arm, say), headline.better(arm, say)
    )


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def row_of(table: pd.DataFrame, arm: str) -> dict[str, Any]:
    """Give the one row of an arm in a table indexed by arm."""
    return {str(name): value for name, value in table.loc[[arm]].iloc[0].items()}


def interval(
    row: Mapping[str, Any],
    say: Language = ENGLISH,
    decimals: int | None = None,
    mean: float | None = None,
) -> str:
    """Write the mean and interval of a table row, to the place of its block or else to that which its error supports.

    `mean` is the mean as it is printed, where the block decides it.
    """
    if decimals is None:
        return with_interval(row["mean"], row["low"], row["high"], row["mcse"], form=say.form)
    shown = float(row["mean"]) if mean is None else mean
    values = around(shown, row, decimals)
    return with_interval(*values, row["mcse"], decimals=decimals, form=say.form)
