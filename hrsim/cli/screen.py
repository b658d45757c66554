"""A report on screen: the comparison with colour on a terminal, plain text elsewhere."""

from __future__ import annotations

import sys

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hrsim.report.comparison import COLUMNS, comparison
from hrsim.report.decision import decision_columns, decision_rows
from hrsim.report.texts import INTERVAL_WORDS, Report, summary_text


def show_report(report: Report) -> None:
    """Print a report to standard output."""
    if not sys.stdout.isatty():
        typer.echo(summary_text(report), nl=False)
        return
    console = Console(highlight=False)
    console.rule(report.title)
    console.print(report.about)
    for banner in report.banners:
        console.print(f"! {banner}", style="yellow", markup=False)
    rows = [row.cells() for row in comparison(report.tables, report.arm_labels)]
    console.print(_table(COLUMNS, rows))
    effectiveness = report.tables["cost_effectiveness"]
    for perspective in dict.fromkeys(effectiveness["perspective"]):
        console.print(f"Cost-effectiveness, {perspective.replace('_', ' ')} perspective", style="bold")
        console.print(
            _table(
                decision_columns(effectiveness), decision_rows(effectiveness, perspective, report.arm_labels)
            )
        )
    console.print(INTERVAL_WORDS, style="dim")


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=number == 0)
    for cells in rows:
        table.add_row(*(escape(cell) for cell in cells), style="" if any(cells[1:]) else "bold")
    return table
