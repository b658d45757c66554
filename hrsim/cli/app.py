"""The entry point: gathers the verbs, and turns every failure into words and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from hrsim import __version__
from hrsim.cli import (
    INTERRUPTED_EXIT_CODE,
    STOPPED,
    analyse_verb,
    calibrate_verb,
    citing_verbs,
    cohort_verb,
    evidence_verbs,
    operations_verb,
    report_verb,
    run_verbs,
    services_verb,
    study_verbs,
    validate_verb,
)
from hrsim.cli.echo import echo, use_nearest_characters
from hrsim.errors import HrsimError

DEBUG_OPTION = "--debug"
BUG_EXIT_CODE = 1
ENVIRONMENT_EXIT_CODE = 2
TOO_LARGE = "not enough memory: lower population.size, horizon.years or --threads, or use a larger machine"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Compare harm-reduction service mixes: a YAML study in, costs and outcomes out.",
)
for verbs in (
    run_verbs,
    report_verb,
    analyse_verb,
    study_verbs,
    services_verb,
    operations_verb,
    validate_verb,
    cohort_verb,
    evidence_verbs,
    citing_verbs,
    calibrate_verb,
):
    verbs.add_to(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        echo(f"hrsim {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[
        bool, typer.Option(DEBUG_OPTION, help="Show tracebacks; may follow any command.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Accept the options that every verb shares; `main` acts on them."""


def main() -> None:
    """Run the command line and exit; a user's mistake never shows a traceback."""
    use_nearest_characters()
    debug = DEBUG_OPTION in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != DEBUG_OPTION]
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED_EXIT_CODE:
            echo(STOPPED, err=True)
        raise
    except MemoryError as error:
        if debug:
            traceback.print_exc()
        echo(f"{TOO_LARGE} ({error})", err=True)
        sys.exit(ENVIRONMENT_EXIT_CODE)
    except (HrsimError, OSError) as error:
        if debug:
            traceback.print_exc()
        echo(_in_words(error), err=True)
        sys.exit(error.exit_code if isinstance(error, HrsimError) else ENVIRONMENT_EXIT_CODE)
    except Exception:
        if debug:
            raise
        report = write_bug_report(Path.cwd())
        if report is None:
            traceback.print_exc()
        with_what = report or "the lines above; no file could be written here"
        echo(
            f"hrsim failed: this is a bug in hrsim, not in your study. Please report it with {with_what}",
            err=True,
        )
        sys.exit(BUG_EXIT_CODE)


def _in_words(error: HrsimError | OSError) -> str:
    if isinstance(error, HrsimError):
        return str(error)
    place = f" {error.filename}" if error.filename is not None else ""
    reason = error.strerror or str(error) or type(error).__name__
    return f"cannot read or write{place}: {reason}; check the path, its rights and free space"


def write_bug_report(directory: Path) -> Path | None:
    """Write the exception being handled, the command and the versions to a new file; None where that fails."""
    path = directory / f"hrsim-bug-{os.getpid()}.txt"
    words = [
        f"hrsim {__version__}, Python {sys.version}",
        "command: " + " ".join(sys.argv[1:]),
        traceback.format_exc(),
    ]
    try:
        path.write_text("\n".join(words), encoding="utf-8", errors="backslashreplace")
    except OSError:
        return None
    return path
