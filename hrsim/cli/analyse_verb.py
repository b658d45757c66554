"""The verb that asks a stored run how sure its answer is, and what the answer depends on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hrsim.cli.echo import echo

MANY_LUCKS = 3
GRID = 5


def add_to(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command()(analyse)


def analyse(
    run: Annotated[Path, typer.Argument(help="Run folder.", metavar="RUN")],
    group: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="Value learning several parameters together: a correlated group of the register, or "
            "name=id,id. May be "
            "repeated.",
        ),
    ] = [],  # noqa: B006
    top: Annotated[
        int,
        typer.Option(min=0, help="One-way: simulate so many parameters, those of largest rank correlation."),
    ] = 0,
    one_way: Annotated[
        list[str], typer.Option(metavar="ID", help="One-way: simulate this parameter too. May be repeated.")
    ] = [],  # noqa: B006
    two_way: Annotated[str, typer.Option(metavar="ID,ID", help="Simulate a grid of two parameters.")] = "",
    points: Annotated[int, typer.Option(min=2, help="Steps of each parameter in the grid.")] = GRID,
    structure: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="Simulate another structure: one the study names, study for all of them, or a "
            "process switched: no_hiv. "
            "May be repeated.",
        ),
    ] = [],  # noqa: B006
    sobol: Annotated[
        int,
        typer.Option(min=0, help="Sobol indices of so many parameters, from a process fitted to the draws."),
    ] = 0,
    lucks: Annotated[
        int, typer.Option(min=1, help="Repetitions with other luck of every new simulation.")
    ] = MANY_LUCKS,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads; left out: one for each processor.")
    ] = None,
) -> None:
    """Say how sure a run's answer is: acceptability, value of information, and what moves the results."""
    from hrsim.cli.analysing import AnalysisRequest, analyse_run
    from hrsim.cli.analysis_screen import show_analysis

    pair = tuple(two_way.split(",")) if two_way else ()
    request = AnalysisRequest(
        run, tuple(group), top, tuple(one_way), pair, points, tuple(structure), sobol, lucks, threads
    )
    found = analyse_run(request)
    show_analysis(found)
    if found.written:
        echo("\nwritten: " + "  ".join(f"{run}/tables/{name}.csv" for name in found.written))
