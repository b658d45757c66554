"""The verb that fits a setting to published series."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrsim.cli.echo import echo
from hrsim.cli.languages import DEFAULT, Lang, languages_of
from hrsim.cli.run_verbs import Threads, UsageProblem
from hrsim.errors import HrsimError, NotInstalled

if TYPE_CHECKING:
    from hrsim.calibrate.fit import Workshop
    from hrsim.calibrate.reading import Assignment

NOT_GOOD_ENOUGH = 6
TRIALS = 60
QUICK = "quick.yaml"


class Stopped(HrsimError):
    """Report a calibration that the user stopped."""

    exit_code = 130


def add_to(app: typer.Typer) -> None:
    """Add the verb of this file to the command line."""
    app.command()(calibrate)


def calibrate(
    file: Annotated[
        Path,
        typer.Argument(
            help="A calibration, such as calibration/british_columbia/calibration.yaml.", metavar="FILE"
        ),
    ],
    plan: Annotated[
        bool, typer.Option("--plan", help="Say which parameters the targets can identify; fit nothing.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a calibration that was stopped.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Fit anew, replacing an earlier posterior.")] = False,
    page: Annotated[
        bool, typer.Option("--page", help="Draw calibration.html again from a finished fit; fit nothing.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Find one good point, for a first look; no posterior.")
    ] = False,
    trials: Annotated[
        int | None, typer.Option(min=1, help=f"Points tried with --quick; left out: {TRIALS}.")
    ] = None,
    threads: Threads = None,
    lang: Lang = DEFAULT,
) -> None:
    """Fit parameters to published series: plan, history matching, posterior, diagnostics."""
    _require_one_task(plan=plan, page=page, quick=quick, resume=resume, force=force)
    if trials is not None and not quick:
        raise UsageProblem("--trials says how many points --quick tries: give it with --quick")
    languages = languages_of(lang)
    from hrsim.calibrate.fit import fit
    from hrsim.calibrate.fit import plan as make_plan
    from hrsim.calibrate.folder import folder_of
    from hrsim.calibrate.reading import read_assignment
    from hrsim.calibrate.summary import plan_text, summary_text
    from hrsim.experiment.folder_lock import locked

    assignment = read_assignment(file)
    if page:
        _require_drawing()
        echo(f"written: {file.parent}/  {_names(_pages(assignment, languages))}")
        return
    if quick:
        _quick(assignment, trials or TRIALS, threads)
        return
    _require("sklearn", "emcee")
    folder = folder_of(assignment)
    if not plan:
        folder.open(resume, force)
    workshop = _workshop(assignment, folder.work, threads)
    if plan:
        echo(plan_text(assignment, make_plan(workshop)))
        return
    try:
        with locked(folder.path):
            found = fit(workshop)
            text = summary_text(assignment, found)
            folder.write(assignment, found, text)
    except KeyboardInterrupt:
        raise Stopped("stopped: finished simulations are kept; type the same command with --resume") from None
    echo(text)
    pages = _names(_pages(assignment, languages))
    echo(f"written: {folder.path}/  posterior.parquet  manifest.json  summary.txt  tables/*.csv  {pages}")
    if found.faults:
        echo("not good enough to use: see the lines that begin with ! above", err=True)
        raise typer.Exit(NOT_GOOD_ENOUGH)


def _require_one_task(**given: bool) -> None:
    """Raise UsageProblem where two options ask for different things."""
    if given["resume"] and given["force"]:
        raise UsageProblem("--resume keeps what was simulated and --force removes it: give one of them")
    asked = [f"--{name}" for name, value in given.items() if value]
    own_task = given["page"] or given["quick"] or given["plan"]
    if own_task and len(asked) > 1:
        raise UsageProblem(
            f"--plan, --page and --quick are tasks of their own, got {', '.join(asked)}: give one"
        )


def _quick(assignment: Assignment, trials: int, threads: int | None) -> None:
    """Find one good point, show it, and leave it as a piece of a study."""
    _require("optuna")
    from hrsim.calibrate.folder import folder_of
    from hrsim.calibrate.quick import quick_fit, quick_text
    from hrsim.files import write_text

    workshop = _workshop(assignment, folder_of(assignment).work, threads)
    try:
        found = quick_fit(workshop, trials)
    except KeyboardInterrupt:
        raise Stopped("stopped: finished trials are kept; the same command reads them back") from None
    text = quick_text(assignment, found)
    path = assignment.path.parent / QUICK
    write_text(path, text)
    echo(text)
    echo(f"written: {path}")


def _pages(assignment: Assignment, languages: Sequence[str]) -> list[Path]:
    """Write the pages where the libraries that draw are installed; say so where they are not."""
    from hrsim.report.figures.drawing import INSTALL, drawing_available

    if not drawing_available():
        echo(f"no calibration.html: the libraries that make pages are not installed: {INSTALL}", err=True)
        return []
    from hrsim.calibrate.page import write_page

    return write_page(assignment, languages)


def _names(paths: Sequence[Path]) -> str:
    return "  ".join(path.name for path in paths)


def _require_drawing() -> None:
    from hrsim.report.figures.drawing import INSTALL, drawing_available

    if not drawing_available():
        raise NotInstalled(f"--page needs the libraries that make pages, which are not installed: {INSTALL}")


def _workshop(assignment: Assignment, work: Path, threads: int | None) -> Workshop:
    import os

    from hrsim.calibrate.fit import Workshop
    from hrsim.calibrate.simulator import study_outputs
    from hrsim.cli.progress import progress, waiting

    with waiting("Compiling the engine"):
        outputs = study_outputs(assignment)
    return Workshop(assignment, outputs, work, threads or os.cpu_count() or 1, progress)


def _require(*modules: str) -> None:
    from importlib.util import find_spec

    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise NotInstalled(
            f"calibration needs {' and '.join(missing)}: python -m pip install 'hrsim[calibration]'"
        )
