"""The verb that runs a cohort document or compares given results: cohort."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrsim.cli.echo import echo, terminal
from hrsim.cli.run_verbs import UsageProblem
from hrsim.cli.study_verbs import Overrides

if TYPE_CHECKING:
    from hrsim.cohort.results import Comparison

PLAIN_WIDTH = 160


def add_to(app: typer.Typer) -> None:
    """Add the verb of this file to the command line."""
    app.command()(cohort)


def cohort(
    file: Annotated[
        Path,
        typer.Argument(
            help="A cohort document, such as scenarios/published/sick_sicker.cohort.yaml, or a document of results.",
            metavar="FILE",
        ),
    ],
    overrides: Overrides = [],  # noqa: B006
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON at full precision.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print who is where after each cycle as CSV.")
    ] = False,
) -> None:
    """Run a state-transition cohort or decision tree exactly: a companion for cross-checks, not the simulator."""
    from hrsim.cohort import table
    from hrsim.cohort.results import compare_file

    if as_json and as_csv:
        raise UsageProblem("--json and --csv are two forms of output: give one of them")
    found = compare_file(file, overrides)
    if as_json or as_csv:
        echo(table.as_json(found) if as_json else table.as_csv(found), nl=False)
    else:
        _show(found)


def _show(found: Comparison) -> None:
    import sys

    from rich.table import Table

    from hrsim.cohort.table import ABOUT, columns, rows

    console = terminal(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    console.print(found.title, style="bold")
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns(found)):
        shown.add_column(column, justify="right" if place else "left", overflow="fold")
    for cells in rows(found):
        shown.add_row(*cells)
    console.print()
    console.print(shown)
    console.print()
    console.print(ABOUT, style="dim")
