"""What --strict does: a command that is done ends with 4 when what it gave is not fit to cite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from hrsim.cli.echo import echo

NOT_FIT_EXIT_CODE = 4

Strict = Annotated[bool, typer.Option("--strict", help="Exit with 4 when a run is not fit to cite.")]


def end_unfit(strict: bool, banners: Sequence[str]) -> None:
    """End the command with exit code 4 under --strict when there are banners."""
    if strict and banners:
        echo("not fit to cite (--strict): see the warnings and the lines that begin with ! above", err=True)
        raise typer.Exit(NOT_FIT_EXIT_CODE)
