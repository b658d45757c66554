"""Verbs that simulate, or read what was simulated: demo, run, compare."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrsim.cli.echo import echo
from hrsim.cli.languages import DEFAULT, Lang, languages_of
from hrsim.cli.strict import Strict, end_unfit
from hrsim.cli.study_verbs import Overrides, StudyFiles
from hrsim.errors import HrsimError

if TYPE_CHECKING:
    from hrsim.cli.running import Existing, Finished

DEMO_STUDY = "demo.yaml"

Out = Annotated[Path, typer.Option("--out", help="Folder in which run folders are written.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Threads; left out: one for each processor.")]


class UsageProblem(HrsimError):
    """Report options that cannot be used together."""

    exit_code = 2


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this file to the command line."""
    for verb in (demo, run, compare):
        app.command()(verb)


def demo(
    out: Out = Path("runs"),
    threads: Threads = None,
    overrides: Overrides = [],  # noqa: B006
    lang: Lang = DEFAULT,
) -> None:
    """Run the bundled study from end to end: tables on screen, a run folder on disk."""
    from hrsim.cli.running import Request, run_request
    from hrsim.study.parents import packaged_scenarios

    study, languages = packaged_scenarios() / DEMO_STUDY, languages_of(lang)
    finished = run_request(Request(study, tuple(overrides), out, threads, "beside", languages))
    _show(finished)
    echo("next: hrsim new my_city && hrsim run my_city.yaml     your own study, from a commented file")


def run(
    files: StudyFiles,
    draws: Annotated[int | None, typer.Option(help="Parameter draws; left out: as the study says.")] = None,
    replicates: Annotated[int | None, typer.Option(help="Replicates of each draw, likewise.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all random numbers, likewise.")] = None,
    until_mcse: Annotated[
        list[str],
        typer.Option(
            metavar="TARGET",
            help="Stop early when the Monte Carlo error of each difference is at most this: a share of "
            "the mean difference (0.05), or overdose_death=2, net_monetary_benefit=1e6. May be repeated.",
        ),
    ] = [],  # noqa: B006
    overrides: Overrides = [],  # noqa: B006
    threads: Threads = None,
    out: Out = Path("runs"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Do the missing draws of a run that exists.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a run that exists.")] = False,
    strict: Strict = False,
    lang: Lang = DEFAULT,
) -> None:
    """Simulate and price studies, compare their arms, and write a run folder for each."""
    from hrsim.cli.running import Request, plan_request, run_request

    if resume and force:
        raise UsageProblem("--resume keeps what a run folder holds and --force removes it: give one of them")
    given = {"draws": draws, "replicates": replicates, "seed": seed}
    options = [f"analysis.{name}={value}" for name, value in given.items() if value is not None]
    options += [
        f"analysis.until_mcse.{target if '=' in target else f'relative={target}'}" for target in until_mcse
    ]
    existing: Existing = "resume" if resume else "replace" if force else "refuse"
    languages = languages_of(lang)
    requests = [Request(file, (*overrides, *options), out, threads, existing, languages) for file in files]
    planned = [plan_request(request, examined=len(requests) > 1) for request in requests]
    all_finished = [
        run_request(request, experiment) for request, experiment in zip(requests, planned, strict=True)
    ]
    for finished in all_finished:
        _show(finished)
    paths = [shlex.quote(str(finished.path)) for finished in all_finished]
    echo(f"next: hrsim {'compare' if len(paths) > 1 else 'analyse'} {' '.join(paths)}")
    unfit = [banner for finished in all_finished for banner in finished.report.banners]
    unfit += [one.code for finished in all_finished for one in finished.warnings if one.code != "LONG_RUN"]
    end_unfit(strict, unfit)


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Run folders.", metavar="RUN...")],
    base: Annotated[str, typer.Option(help="Arm to compare with, as run:arm or arm.", metavar="ARM")] = "",
    perspective: Annotated[str, typer.Option(help="Show costs from this perspective only.")] = "",
    threshold: Annotated[float | None, typer.Option(help="Net benefit at this willingness to pay.")] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Runs of other sizes: as for the first one's.")
    ] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also runs of other times or places.")] = False,
) -> None:
    """Set the arms of several runs side by side; draw by draw where runs have the same people, seed and draws."""
    from hrsim.cli.comparing import read_runs
    from hrsim.experiment.run_folder import RunFolder
    from hrsim.report.side_by_side import SUMMARY, TABLES, comparable, side_by_side

    for path in runs:
        RunFolder(path).check_files(
            [SUMMARY, "inputs/resolved.yaml", *(f"tables/{name}.csv" for name in TABLES)]
        )
    ready, said = comparable(read_runs(runs), scale=scale, anyway=anyway)
    echo(side_by_side(ready, base, perspective, threshold, said))


def _show(finished: Finished) -> None:
    from hrsim.cli.screen import show_report
    from hrsim.report.files import page_names

    show_report(finished.report)
    pages = "  ".join(page_names(finished.path))
    if finished.was_complete:
        echo(
            f"\n{finished.path}/ is complete: nothing is missing, nothing was written; 'hrsim report "
            f"{shlex.quote(str(finished.path))}' writes its pages and texts again"
        )
        return
    echo(
        f"\nwritten: {finished.path}/  {pages}  summary.txt  tables/*.csv  figures/  inputs/  draws/  manifest.json"
    )
