"""Verbs that stand behind a number from a run: cite, verify, trace."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Annotated

import typer

from hrsim.cli.echo import echo
from hrsim.cli.run_verbs import Threads
from hrsim.cli.strict import Strict, end_unfit
from hrsim.errors import HrsimError

DIFFERENCE_EXIT_CODE = 5
SHORTEST_CITED = 8

RunPath = Annotated[Path, typer.Argument(help="A run folder.", metavar="RUN")]


class UnknownFormat(HrsimError):
    """Report a citation format that hrsim does not write."""

    exit_code = 2


class NotAHash(HrsimError):
    """Report a hash that cannot be one."""

    exit_code = 2


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this file to the command line."""
    for verb in (cite, verify, trace):
        app.command()(verb)


def cite(
    run: RunPath,
    form: Annotated[
        str, typer.Option("--format", help="text, bibtex, ris or cff; left out: all four.", metavar="FORMAT")
    ] = "",
    strict: Strict = False,
) -> None:
    """Write how to cite a run: its id, hashes, version, evidence date, and what limits its use."""
    from hrsim.experiment.run_folder import RunFolder
    from hrsim.plain_words import plain_words
    from hrsim.report.citation import FORMATS, citation_of

    if form and form not in FORMATS:
        raise UnknownFormat(f"expected --format {', '.join(FORMATS)}, got '{form}'")
    manifest = RunFolder(run).readable_manifest()
    citation = citation_of(manifest)
    if form:
        echo(FORMATS[form](citation), nl=False)
    else:
        echo("\n".join(f"# {name}\n{write(citation)}" for name, write in FORMATS.items()), nl=False)
    banners = [plain_words(banner) for banner in manifest["limits"]]
    for banner in banners:
        echo(f"! {banner}", err=True)
    if not citation.authors:
        echo("the study names no authors: add  authors: [name, ...]  to it and run it again", err=True)
    end_unfit(strict, banners)


def verify(
    run: RunPath,
    draws: Annotated[int, typer.Option(min=0, help="How many draws, chosen by chance, to do again.")] = 3,
    full: Annotated[bool, typer.Option("--full", help="Do every draw again.")] = False,
    cited: Annotated[
        str | None,
        typer.Option(help="A results or content hash from a citation, or its first digits.", metavar="HASH"),
    ] = None,
    threads: Threads = None,
) -> None:
    """Check a run: every file's hash, its inputs, its tables, and draws done again; exit 5 for a difference."""
    import os

    from hrsim.cli.verifying import show_check, verdict
    from hrsim.experiment.run_folder import RunFolder
    from hrsim.experiment.verify import verify, version_differences
    from hrsim.report.files import csv_text

    if cited is not None and not (
        len(cited) >= SHORTEST_CITED and set(cited.lower()) <= set(string.hexdigits)
    ):
        raise NotAHash(f"expected --cited with {SHORTEST_CITED} or more hexadecimal digits, got '{cited}'")
    folder = RunFolder(run)
    manifest = folder.readable_manifest()
    checks = []
    for check in verify(
        folder, None if full else draws, threads or os.cpu_count() or 1, csv_text, cited or ""
    ):
        checks.append(check)
        echo(show_check(check))
    echo(verdict(checks, version_differences(manifest), manifest))
    if any(check.differences for check in checks):
        raise typer.Exit(DIFFERENCE_EXIT_CODE)


def trace(
    run: RunPath,
    person: Annotated[int, typer.Option(help="Number of the person, from 0.", min=0)],
    draw: Annotated[int, typer.Option(help="Number of the draw, from 0.", min=0)] = 0,
    replicate: Annotated[int, typer.Option(help="Number of the replicate, from 0.", min=0)] = 0,
    arms: Annotated[
        list[str], typer.Option("--arm", help="Show this arm; may be repeated. Left out: all.", metavar="ARM")
    ] = [],  # noqa: B006
    contacts: Annotated[bool, typer.Option("--contacts", help="Show every contact with a service.")] = False,
) -> None:
    """Tell one life in every arm, side by side: same luck, different services."""
    from hrsim.cli.tracing import trace_run
    from hrsim.report.life import life_text

    story, difference = trace_run(run, person, draw, replicate, arms, contacts)
    echo(life_text(story), nl=False)
    if difference:
        echo(f"! this draw, done again, is not the stored one ({difference}): see hrsim verify", err=True)
        raise typer.Exit(DIFFERENCE_EXIT_CODE)
