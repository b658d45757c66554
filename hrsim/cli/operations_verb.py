"""The verb on a site's working day: operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hrsim.cli.echo import echo, terminal
from hrsim.cli.run_verbs import UsageProblem
from hrsim.cli.study_verbs import Overrides, StudyFile

if TYPE_CHECKING:
    from hrsim.report.operations import OperationsReport

DAYS = 60
PLAIN_WIDTH = 160


def add_to(app: typer.Typer) -> None:
    """Add the verb of this file to the command line."""
    app.command()(operations)


def operations(
    file: StudyFile,
    arm: Annotated[str, typer.Option(help="Simulate this arm only.")] = "",
    days: Annotated[int, typer.Option(min=1, help="Days to simulate at each site.")] = DAYS,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed; left out: as the study says.")] = None,
    overrides: Overrides = [],  # noqa: B006
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON at full precision.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a tidy CSV table at full precision.")] = False,
) -> None:
    """Simulate sites day by day: waits, booths and staff in use, people turned away, staff load by hour."""
    from hrsim.cli.operating import OperationsRequest, operate
    from hrsim.report.operations import operations_csv, operations_json

    if as_json and as_csv:
        raise UsageProblem("--json and --csv are two forms of one table: give one of them")
    report = operate(OperationsRequest(file, tuple(overrides), arm, days, seed))
    if as_json or as_csv:
        echo(operations_json(report) if as_json else operations_csv(report), nl=False)
    else:
        _show(report)


def _show(report: OperationsReport) -> None:
    import sys

    from hrsim.report.operations import INTERVAL_WORDS, hour_rows, measure_rows

    console = terminal(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    console.print(report.title, style="bold")
    console.print(report.about())
    for banner in report.banners():
        console.print(f"! {banner}", style="yellow")
    for service in report.services():
        arms = report.arms(service)
        labels = [report.arm_labels[arm] for arm in arms]
        console.print(f"\n{report.headings[service, arms[0]].label}", style="bold")
        for arm, label in zip(arms, labels, strict=True):
            console.print(f"  {label}: {report.headings[service, arm].words()}")
        _print_table(console, ["", *labels], measure_rows(report, service))
        _print_table(console, ["Staff at work, by hour", *labels], hour_rows(report, service))
    console.print(f"\n{INTERVAL_WORDS}", style="dim")


def _print_table(console: object, columns: list[str], rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    assert isinstance(console, Console)
    if not rows:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", overflow="fold")
    for cells in rows:
        table.add_row(*cells)
    console.print()
    console.print(table)
