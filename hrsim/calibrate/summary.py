"""What a person reads of a calibration: the plan before it, the summary after it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import pandas as pd

from hrsim.calibrate.fit import Fit
from hrsim.calibrate.reading import Assignment
from hrsim.report.texts import WIDTH, plain_table

FIGURES = 4


def plan_text(assignment: Assignment, table: pd.DataFrame) -> str:
    """Write which parameters matter and which the targets can identify."""
    heading = f"Plan: {assignment.calibration.title}"
    words = (
        f"{len(assignment.free)} free parameters, {len(assignment.fitted)} fitted numbers. Shrinkage: how much "
        "narrower the fit is expected to make a parameter (0: the targets say nothing; 1: all). Moves: by how many of "
        "its errors the parameter moves its strongest target. Trade-off: near 1, only a combination with the companion "
        "is pinned down."
    )
    rows = [
        [
            row.evidence, f"{row.shrinkage:.2f}", row.strongest_target, f"{row.standard_errors_moved:.1f}",
            row.companion, f"{row.trade_off:.2f}",
        ]
        for row in _rows(table.sort_values("shrinkage", ascending=False))
    ]  # fmt: skip
    columns = ("", "Shrinkage", "Strongest target", "Moves", "Companion", "Trade-off")
    return "\n".join(
        [heading, "=" * len(heading), textwrap.fill(words, WIDTH), "", plain_table(columns, rows)]
    )


def summary_text(assignment: Assignment, fit: Fit) -> str:
    """Write how good the fit is, number by number, and what it says of the parameters."""
    title = assignment.calibration.title
    blocks = [title, "=" * len(title), _method(fit)]
    blocks += [textwrap.fill(f"! {fault}.", WIDTH, subsequent_indent="  ") for fault in fit.faults]
    blocks += [textwrap.fill(f"Warning: {word}.", WIDTH, subsequent_indent="  ") for word in fit.warnings]
    blocks += ["", "Parameters, median (95 % interval)", "", _parameters(fit.tables["prior_and_posterior"])]
    if assignment.levels:
        blocks += [
            "",
            "Level of a series: published numbers over the model's",
            "",
            _levels(fit.tables["levels"]),
        ]
    blocks += ["", "Published numbers and the 95 % predictive interval", "", _numbers(fit.tables["fit"])]
    return "\n".join(blocks) + "\n"


def _method(fit: Fit) -> str:
    inside = {use: table["inside"] for use, table in fit.tables["fit"].groupby("use")}
    shares = ", ".join(
        f"{values.sum()} of {len(values)} {str(use).replace('_', ' ')}" for use, values in inside.items()
    )
    words = (
        f"Posterior by {fit.method}; effective sample size {fit.effective:.0f}; {fit.plausible_share:.1%} of the prior "
        f"is not ruled out. Numbers inside their 95 % predictive interval: {shares}."
    )
    return textwrap.fill(words, WIDTH)


def _parameters(table: pd.DataFrame) -> str:
    rows = [[row.evidence, *_before_and_after(row), f"{row.width_ratio:.2f}"] for row in _rows(table)]
    return plain_table(("", "Prior", "Posterior", "Width ratio"), rows)


def _levels(table: pd.DataFrame) -> str:
    rows = [[row.series, *_before_and_after(row)] for row in _rows(table)]
    return plain_table(("", "Prior", "Posterior"), rows)


def _before_and_after(row: Any) -> tuple[str, str]:
    return (
        _interval(row.prior_median, row.prior_low, row.prior_high),
        _interval(row.posterior_median, row.posterior_low, row.posterior_high),
    )


def _numbers(table: pd.DataFrame) -> str:
    rows = [
        [
            f"{row.series} {row.year}", str(row.use).replace("_", " "), _short(row.published),
            _interval(row.expected, row.low, row.high), "inside" if row.inside else "OUTSIDE",
        ]
        for row in _rows(table)
    ]  # fmt: skip
    return plain_table(("", "Use", "Published", "Predicted", ""), rows)


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    yield from table.itertuples(index=False)


def _interval(middle: float, low: float, high: float) -> str:
    return f"{_short(middle)} ({_short(low)} to {_short(high)})"


def _short(number: float) -> str:
    return f"{float(f'{number:.{FIGURES}g}'):,g}" if abs(number) < 1e6 else f"{number:,.0f}"
