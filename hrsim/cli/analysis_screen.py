"""An analysis on screen: short tables, each with a sentence that says what its numbers mean."""

from __future__ import annotations

import math
import sys
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrsim.cli.analysing import Analysis
from hrsim.cli.echo import echo, terminal
from hrsim.economics.uncertainty_tables import UNCORRECTED
from hrsim.experiment.responses import NET_BENEFIT
from hrsim.report.texts import plain_table

SHOWN = 10
MOST_DECIMALS = 2
SMALLEST = 0.005
NAMES = {"qalys": "QALYs", NET_BENEFIT: "Net monetary benefit"}


@dataclass(frozen=True)
class Block:
    """Hold a table to show, its heading, and what it means."""

    heading: str
    meaning: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]


def show_analysis(found: Analysis) -> None:
    """Print an analysis to standard output."""
    echo(found.title)
    for block in blocks(found):
        _print(block)
    for notice in found.notices:
        echo(f"\n! {notice}")


def blocks(found: Analysis) -> Iterator[Block]:
    """List what there is to show, the decision first, then what it depends on."""
    makers = (
        ("evpi", _decision), ("evppi", _learning), ("rank_correlation", _ranks), ("tornado", _tornado),
        ("two_way", _two_way), ("structural", _structural), ("sobol_indices", _sobol),
    )  # fmt: skip
    for name, make in makers:
        if name in found.tables and not found.tables[name].empty:
            yield make(found, found.tables[name])


def _decision(found: Analysis, evpi: pd.DataFrame) -> Block:
    curve = found.tables["acceptability"].set_index(["perspective", "threshold", "arm"])
    population = "population_evpi" in evpi
    rows = []
    for row in evpi[evpi["threshold"].isin(found.thresholds)].to_dict("records"):
        chance = curve.loc[
            (row["perspective"], row["threshold"], row["best_arm"]), "probability_cost_effective"
        ]
        cells = [
            _words(row["perspective"]), _number(row["threshold"]), found.arm_labels[row["best_arm"]],
            f"{chance:.0%}", _with_error(row["evpi_per_study"], row["mcse"]),
        ]  # fmt: skip
        rows.append(
            (*cells, *([_with_error(row["population_evpi"], row["population_mcse"])] if population else []))
        )
    meaning = (
        "Best buy: the arm with the largest mean net benefit. Draws: the share in which no other arm "
        "is better. Perfect "
        "information (EVPI): what choosing it loses on average against always choosing right, in "
        f"{_money(evpi)}, ± Monte "
        f"Carlo error: no research on the parameters can be worth more."
    )
    if (evpi["correction"] == UNCORRECTED).any():
        meaning += " With one replicate for each draw, luck cannot be told from doubt: read the EVPI as an upper value."
    columns = (
        "Perspective",
        "Per QALY",
        "Best buy",
        "Draws",
        "EVPI",
        *(["EVPI, all decisions"] if population else []),
    )
    return Block("How sure is the best buy?", meaning, columns, rows)


def _learning(found: Analysis, table: pd.DataFrame) -> Block:
    first = _like(table, table.iloc[0], "perspective", "threshold")
    noise = float(first["noise"].max())
    rows = [
        (row["parameters"], _with_error(row["evppi"], row["standard_error"]), row["method"].replace("_", " "))
        for row in first[first["clear"]].head(SHOWN).to_dict("records")
    ]
    if not rows:
        words = (
            "Of no parameter, learnt exactly by itself, do these draws tell that it would change the best buy: no "
            "value is above its error."
        )
        return Block("What would be worth learning?", words, (), ())
    meaning = (
        "The most that learning one parameter exactly could be worth (EVPPI), in "
        f"{first['unit'].iloc[0]}, ± standard error; "
        f"{_words(first['perspective'].iloc[0])} perspective, {_number(first['threshold'].iloc[0])} "
        "per QALY. "
        f"Of parameters without any influence, 5 in 100 would show more than {_number(noise)}. Values below their "
        "error are left out."
    )
    return Block("What would be worth learning?", meaning, ("Parameter", "EVPPI", "Method"), rows)


def _ranks(found: Analysis, table: pd.DataFrame) -> Block:
    size = table["rank_correlation"].abs()
    strongest = table.loc[size.groupby(table["evidence"]).idxmax()]
    order = strongest["rank_correlation"].abs().sort_values(ascending=False, kind="stable").index[:SHOWN]
    rows = [
        (row["evidence"], f"{row['rank_correlation']:+.2f}", _result(row), found.arm_labels[row["arm"]])
        for row in strongest.loc[order].to_dict("records")
    ]
    meaning = (
        "The largest correlation, between ranks, of each parameter with a difference from the "
        "comparator. Without any "
        f"influence it would lie within ±{2 * table['noise'].iloc[0]:.2f} in 95 of 100 cases, and the "
        "largest of many beyond."
    )
    return Block("What do results go with?", meaning, ("Parameter", "Correlation", "With", "Arm"), rows)


def _tornado(found: Analysis, table: pd.DataFrame) -> Block:
    first = _telling(table, table["result_at_high"] - table["result_at_low"], "arm")
    rows = [
        (row["evidence"], f"{row['low_value']:.4g} to {row['high_value']:.4g}", _number(row["result_at_low"]),
         _number(row["result_at_high"]), _number(row["mcse"]))
        for row in first.head(SHOWN).to_dict("records")
    ]  # fmt: skip
    meaning = (
        f"{_result(first.iloc[0])}, {found.arm_labels[first['arm'].iloc[0]]} less the comparator, "
        "with one parameter at the "
        "ends of its 95 % interval, all others at their point values (there: "
        f"{_number(first['result_at_base'].iloc[0])}) and "
        "the luck the same. Other arms and results are in the table."
    )
    columns = ("Parameter", "From, to", "At low", "At high", "± width")
    return Block("One parameter at a time", meaning, columns, rows)


def _two_way(found: Analysis, table: pd.DataFrame) -> Block:
    first = _telling(table, table["result"], "arm")
    grid = first.pivot(index="first_value", columns="second_value", values="result")
    rows = [
        (f"{value:.4g}", *(_number(cell) for cell in line))
        for value, line in zip(grid.index, grid.to_numpy(), strict=True)
    ]
    meaning = (
        f"{_result(first.iloc[0])}, {found.arm_labels[first['arm'].iloc[0]]} less the comparator. Down: "
        f"{first['first_evidence'].iloc[0]}; across: {first['second_evidence'].iloc[0]}."
    )
    return Block("Two parameters together", meaning, ("", *(f"{value:.4g}" for value in grid.columns)), rows)


def _structural(found: Analysis, table: pd.DataFrame) -> Block:
    first = _telling(table, table["change"])
    rows = [
        (row["structure"], found.arm_labels[row["arm"]], _with_error(row["result"], row["mcse"]),
         _with_error(row["change"], row["change_mcse"]))
        for row in first.to_dict("records")
    ]  # fmt: skip
    meaning = (
        f"{_result(first.iloc[0])}, each arm less the comparator, at the parameters' point values, "
        "and how much another "
        "structure of the model changes it with the same luck, ± Monte Carlo error."
    )
    return Block("Other structures of the model", meaning, ("Structure", "Arm", "Difference", "Change"), rows)


def _sobol(found: Analysis, table: pd.DataFrame) -> Block:
    first = _telling(table, table["explained"], "arm")
    rows = [
        (row["evidence"], f"{row['first_order']:.2f}", f"{row['total_order']:.2f}")
        for row in first.sort_values("total_order", ascending=False, kind="stable").to_dict("records")
    ]
    meaning = (
        f"{_result(first.iloc[0])}, {found.arm_labels[first['arm'].iloc[0]]} less the comparator: "
        "each parameter's share of "
        "the variance alone, and with all that it does together with others. Of a Gaussian process "
        "fitted to the draws, which "
        f"explains {first['explained'].iloc[0]:.0%} of the variance of draws left out, not of the "
        "model itself."
    )
    return Block("Shares of the variance (Sobol)", meaning, ("Parameter", "Alone", "In all"), rows)


def _telling(table: pd.DataFrame, size: pd.Series[float], *columns: str) -> pd.DataFrame:
    """Keep the result to show: a net benefit where there is one, and of it that with the largest size."""
    wanted = (table["measure"] == NET_BENEFIT).to_numpy()
    sizes = size.abs().fillna(0.0).to_numpy()
    row = table.iloc[int(np.where(wanted, sizes, -1.0).argmax() if wanted.any() else sizes.argmax())]
    return _like(table, row, "measure", "perspective", "threshold", *columns)


def _like(table: pd.DataFrame, row: pd.Series[Any], *columns: str) -> pd.DataFrame:
    """Keep the rows that agree with a row in some columns; missing agrees with missing."""
    kept = pd.Series(True, index=table.index)
    for column in columns:
        value = row[column]
        kept &= table[column].isna() if pd.isna(value) else table[column] == value
    return table[kept]


def _result(row: Mapping[Hashable, Any] | pd.Series[Any]) -> str:
    """Name a result: its measure, and the perspective and threshold that it has."""
    words = NAMES.get(row["measure"], _words(row["measure"]).capitalize())
    if not row["perspective"]:
        return words
    per_qaly = "" if pd.isna(row["threshold"]) else f", {_number(row['threshold'])} per QALY"
    return f"{words} ({_words(row['perspective'])}{per_qaly})"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _money(table: pd.DataFrame) -> str:
    return f"{table['currency'].iloc[0]} of {table['price_year'].iloc[0]}"


def _with_error(value: float, error: float) -> str:
    """Write a number with no more digits than its error supports, and never more than two decimals."""
    if math.isnan(error) or error < SMALLEST:
        return _number(value)
    place = min(-math.floor(math.log10(error)), MOST_DECIMALS)
    return f"{_rounded(value, place)} ± {_rounded(error, place)}"


def _number(value: float) -> str:
    """Write a number to four figures, in whole thousands rather than with an exponent."""
    if math.isnan(value):
        return "-"
    if abs(value) < SMALLEST:
        return "0"
    return _rounded(value, min(3 - math.floor(math.log10(abs(value))), MOST_DECIMALS))


def _rounded(value: float, place: int) -> str:
    return f"{round(value, place) + 0.0:,.{max(place, 0)}f}"


def _print(block: Block) -> None:
    """Print a block: a table with lines on a terminal, plain text elsewhere."""
    import textwrap

    echo(f"\n{block.heading}\n")
    echo(textwrap.fill(block.meaning, 110) + "\n" * bool(block.rows))
    if not block.rows:
        return
    if sys.stdout.isatty():
        _print_rich(block.columns, block.rows)
    else:
        echo(plain_table(block.columns, block.rows))


def _print_rich(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    terminal().print(table)
