"""The verb that makes a run's report anew from its stored draws, under other prices if asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hrsim.cli.echo import echo
from hrsim.cli.languages import Lang, languages_of
from hrsim.cli.study_verbs import Overrides
from hrsim.errors import HrsimError


class OutWithoutOverride(HrsimError):
    """Report an output folder for a report that is rebuilt in its own."""

    exit_code = 2


def add_to(app: typer.Typer) -> None:
    """Add the verb of this file to the command line."""
    app.command()(report)


def report(
    run: Annotated[Path, typer.Argument(help="A run folder.", metavar="RUN")],
    overrides: Overrides = [],  # noqa: B006
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder in which the repriced report is written; left out: beside the run."
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads; left out: one for each processor.")
    ] = None,
    lang: Lang = "",
) -> None:
    """Rebuild a run's tables and texts from its stored draws; with --set, under other prices, beside it."""
    from hrsim.cli.repricing import price_again, rebuild
    from hrsim.cli.screen import show_report
    from hrsim.report.files import page_names

    if out is not None and not overrides:
        raise OutWithoutOverride(
            "--out is for a report under other prices: give --set too, or leave --out away"
        )
    languages = languages_of(lang) if lang else ()
    again = price_again(run, overrides, out, threads, languages) if overrides else None
    finished = again or rebuild(run, threads, languages)
    show_report(finished.report)
    pages = "  ".join(page_names(finished.path))
    echo(f"\nwritten: {finished.path}/  {pages}  summary.txt  tables/*.csv  figures/  manifest.json")
    if overrides:
        echo(f"next: hrsim compare {run} {finished.path}")
