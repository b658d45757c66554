"""The verb that holds hrsim against closed forms, published models and the world: validate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrsim.errors import HrsimError

if TYPE_CHECKING:
    from hrsim.validate.running import CaseResult

PLAIN_WIDTH = 200


class CasesOutside(HrsimError):
    """Report measures outside their criterion that nobody declared as a gap."""

    exit_code = 6


def add_to(app: typer.Typer) -> None:
    """Add the verb of this file to the command line."""
    app.command()(validate)


def validate(
    cases: Annotated[
        list[str] | None,
        typer.Argument(
            help="Cases by name, or files ending in .expected.yaml; none: all.", metavar="[CASE]..."
        ),
    ] = None,
    quick: Annotated[bool, typer.Option(help="Fewer runs; where chance is too large: undecided.")] = False,
    names: Annotated[bool, typer.Option("--list", help="List the cases and stop.")] = False,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; left out: one a processor.")] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write the pages of the dossier into this folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON at full precision.")] = False,
) -> None:
    """Run published cases and closed forms; say where hrsim agrees, and why it does not where it does not."""
    import os

    from hrsim.cli.progress import waiting
    from hrsim.validate.cases import chosen_cases, read_case
    from hrsim.validate.running import run_case
    from hrsim.validate.table import as_json as json_text

    chosen = chosen_cases(cases or [])
    if names:
        for name, path in chosen.items():
            typer.echo(f"{name:32} {read_case(path).title}")
        return
    described = {name: read_case(path) for name, path in chosen.items()}  # every fault before the first run
    results: list[CaseResult] = []
    for name, path in chosen.items():
        with waiting(f"Running {name}: {described[name].title}"):
            result = run_case(name, path, quick=quick, threads=threads or os.cpu_count() or 1)
        results.append(result)
        if not as_json:
            _show_case(result, first=len(results) == 1)
    if as_json:
        typer.echo(json_text(results), nl=False)
    _finish(results, write, quiet=as_json)


def _show_case(result: CaseResult, *, first: bool) -> None:
    import sys

    from rich.console import Console
    from rich.table import Table

    from hrsim.validate.table import COLUMNS, HEADINGS, explanations, row

    console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    if not first:
        console.print()
    console.print(f"{result.name}: {result.case.title}", style="bold", markup=False)
    console.print(f"{HEADINGS[result.case.heading]}. {result.case.citation}", markup=False)
    table = Table(*COLUMNS[1:])
    for verdict in result.verdicts:
        table.add_row(*row(result.name, verdict)[1:])
    console.print(table)
    for text in explanations([result]):
        console.print(f"  {text}", markup=False)


def _finish(results: list[CaseResult], write: Path | None, *, quiet: bool) -> None:
    from hrsim.validate.pages import write_pages
    from hrsim.validate.table import summary

    if write is not None:
        for path in write_pages(results, write):
            typer.echo(f"wrote {path}", err=quiet)
    if not quiet:
        typer.echo(f"\n{summary(results)}")
    missed = [
        f"{result.name}, {verdict.measure.name}"
        for result in results
        for verdict in result.verdicts
        if verdict.fails
    ]
    if missed:
        raise CasesOutside("outside the criterion, and not declared a known gap: " + "; ".join(missed))
