"""The verb that holds hrsim against closed forms, published models and the world: validate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrsim.cli.echo import echo, terminal
from hrsim.cli.run_verbs import UsageProblem
from hrsim.errors import HrsimError, NotInstalled, Problem, StudyError

if TYPE_CHECKING:
    from hrsim.dossier.held_out import HeldOut
    from hrsim.validate.planned import PlannedCase
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
    calibrations: Annotated[
        Path | None,
        typer.Option(
            help="Folder of calibrations whose held-out years the dossier shows; left out: those shipped."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON at full precision.")] = False,
) -> None:
    """Run published cases and closed forms; say where hrsim agrees, and why it does not where it does not."""
    import os

    from hrsim.cli.progress import waiting
    from hrsim.validate.cases import chosen_cases, read_case
    from hrsim.validate.running import run_planned
    from hrsim.validate.table import as_json as json_text

    chosen = chosen_cases(cases or [])
    if names:
        for name, path in chosen.items():
            echo(f"{name:32} {read_case(path).title}")
        return
    with waiting("Reading the cases and their studies"):
        planned = _planned(chosen, quick=quick)
    shown = _held_out(write, calibrations)
    results: list[CaseResult] = []
    for name, plan in planned.items():
        with waiting(f"Running {name}: {plan.case.title}"):
            result = run_planned(name, plan, threads or os.cpu_count() or 1)
        results.append(result)
        if not as_json:
            _show_case(result, first=len(results) == 1)
    if as_json:
        echo(json_text(results), nl=False)
    _finish(results, shown, write, quiet=as_json)


def _planned(chosen: Mapping[str, Path], *, quick: bool) -> dict[str, PlannedCase]:
    """Read all cases with their studies and try their formulas; raise StudyError with every fault of them."""
    from hrsim.validate.planned import plan_case

    planned: dict[str, PlannedCase] = {}
    problems: list[Problem] = []
    for name, path in chosen.items():
        try:
            planned[name] = plan_case(path, quick=quick)
        except StudyError as error:
            problems += error.problems
    if problems:
        raise StudyError(problems)
    return planned


def _held_out(write: Path | None, calibrations: Path | None) -> list[HeldOut]:
    """Read the calibrations that the dossier shows, before the first run; raise NotInstalled where it cannot draw."""
    if write is None:
        if calibrations is not None:
            raise UsageProblem("--calibrations says what the dossier shows: give it with --write")
        return []
    from hrsim.report.figures.drawing import INSTALL, drawing_available

    if not drawing_available():
        raise NotInstalled(f"--write draws figures with libraries that are not installed: {INSTALL}")
    from hrsim.dossier.held_out import read_held_out
    from hrsim.study.parents import packaged_calibrations

    parent = calibrations or packaged_calibrations() / "calibration"
    if not parent.is_dir():
        raise UsageProblem(f"--calibrations expects a folder that holds calibrations, got '{parent}'")
    return read_held_out(parent)


def _show_case(result: CaseResult, *, first: bool) -> None:
    import sys

    from rich.table import Table

    from hrsim.validate.table import COLUMNS, HEADINGS, explanations, row

    console = terminal(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    if not first:
        console.print()
    console.print(f"{result.name}: {result.case.title}", style="bold")
    console.print(f"{HEADINGS[result.case.heading]}. {result.case.citation}")
    table = Table(*COLUMNS[1:])
    for verdict in result.verdicts:
        table.add_row(*row(result.name, verdict)[1:])
    console.print(table)
    for text in explanations([result]):
        console.print(f"  {text}")


def _finish(
    results: list[CaseResult], calibrations: list[HeldOut], write: Path | None, *, quiet: bool
) -> None:
    from hrsim.validate.table import summary

    if write is not None:
        from hrsim.dossier.pages import write_pages

        for path in write_pages(results, calibrations, write):
            echo(f"wrote {path}", err=quiet)
    if not quiet:
        echo(f"\n{summary(results)}")
    missed = [
        f"{result.name}, {verdict.measure.name}"
        for result in results
        for verdict in result.verdicts
        if verdict.fails
    ]
    if missed:
        raise CasesOutside("outside the criterion, and not declared a known gap: " + "; ".join(missed))
