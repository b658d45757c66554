"""Verbs that stand behind a number from a run: cite, verify, trace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hrsim.cli.strict import Strict, end_unfit
from hrsim.errors import HrsimError

RunPath = Annotated[Path, typer.Argument(help="A run folder.", metavar="RUN")]


class UnknownFormat(HrsimError):
    """Report a citation format that hrsim does not write."""

    exit_code = 2


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this file to the command line."""
    for verb in (cite,):
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
    from hrsim.report.citation import FORMATS, citation_of
    from hrsim.report.plain_words import plain_words

    if form and form not in FORMATS:
        raise UnknownFormat(f"expected --format {', '.join(FORMATS)}, got '{form}'")
    manifest = RunFolder(run).readable_manifest()
    citation = citation_of(manifest)
    if form:
        typer.echo(FORMATS[form](citation), nl=False)
    else:
        typer.echo("\n".join(f"# {name}\n{write(citation)}" for name, write in FORMATS.items()), nl=False)
    banners = [plain_words(banner) for banner in manifest["limits"]]
    for banner in banners:
        typer.echo(f"! {banner}", err=True)
    if not citation.authors:
        typer.echo("the study names no authors: add  authors: [name, ...]  to it and run it again", err=True)
    end_unfit(strict, banners)
