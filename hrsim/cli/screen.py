"""A report on screen: the comparison with colour on a terminal, plain text elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from hrsim.cli.echo import echo, terminal
from hrsim.report.comparison import comparison, comparison_columns
from hrsim.report.content.plain_page import plain_page
from hrsim.report.decision import decision_columns, decision_rows
from hrsim.report.facts import Report
from hrsim.report.groups import group_columns, group_rows
from hrsim.report.texts import comparison_words, summary_text


def show_report(report: Report) -> None:
    """Print a report to standard output."""
    if not sys.stdout.isatty():
        echo(summary_text(report), nl=False)
        return
    console = terminal()
    console.rule(report.title)
    console.print(report.about)
    for text in plain_page(report).values():
        console.print(f"\n{text}")
    for banner in report.banners:
        console.print(f"! {banner}", style="yellow")
    _print_blocks(
        console, comparison_columns(), [row.cells() for row in comparison(report.tables, report.arm_labels)]
    )
    effectiveness = report.tables["cost_effectiveness"]
    for perspective in dict.fromkeys(effectiveness["perspective"]):
        heading = (f"Cost-effectiveness, {perspective.replace('_', ' ')} perspective", "")
        rows = decision_rows(effectiveness, perspective, report.arm_labels)
        _print_blocks(console, decision_columns(effectiveness), [heading, *rows])
    if "groups" in report.tables:
        _print_blocks(console, group_columns(), group_rows(report.tables["groups"], report.arm_labels))
    console.print(comparison_words(report), style="dim")
    for notice in report.notices:
        console.print(notice.words(), style="yellow")


def _print_blocks(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a line in bold for each heading and, under it, a table whose columns line up with the others."""
    filled = [columns, *(row for row in rows if any(row[1:]))]
    widths = [max(len(row[place]) for row in filled) for place in range(len(columns))]
    fits = sum(widths) + 2 * len(widths) <= console.width
    blocks: list[tuple[str, list[Sequence[str]]]] = []
    for row in rows:
        if any(row[1:]):
            blocks[-1][1].append(row)
        else:
            blocks.append((row[0], []))
    for number, (heading, lines) in enumerate(blocks):
        table = Table(box=None, show_header=number == 0, pad_edge=False, padding=(0, 2, 0, 0))
        for place, column in enumerate(columns):
            width = widths[place] if fits else None
            table.add_column(column, justify="right" if place else "left", overflow="fold", min_width=width)
        for cells in lines:
            table.add_row(*cells)
        console.print(heading, style="bold")
        console.print(table)
