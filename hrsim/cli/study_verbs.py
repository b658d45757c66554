"""Verbs on a study that simulate nothing: new, check, explain, show, diff, schema."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hrsim.cli.echo import echo
from hrsim.cli.strict import NOT_FIT_EXIT_CODE
from hrsim.errors import HrsimError, Problem, StudyError
from hrsim.files import write_text

StudyFiles = Annotated[list[Path], typer.Argument(help="Study files.", metavar="FILES...")]
StudyFile = Annotated[Path, typer.Argument(help="A study file.", metavar="FILE")]
Overrides = Annotated[
    list[str],
    typer.Option("--set", help="Override one value: path=value. May be repeated.", metavar="PATH=VALUE"),
]


class FileExists(HrsimError):
    """Report a file that would be overwritten."""

    exit_code = 2


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this file to the command line."""
    for verb in (new, check, explain, show, diff, schema):
        app.command()(verb)


def new(name: Annotated[str, typer.Argument(help="The study's name; writes NAME.yaml here.")]) -> None:
    """Write a commented starter study."""
    from hrsim.study.starter import starter_study

    stem = name.removesuffix(".yaml")
    text, path = starter_study(Path(stem).name), Path(f"{stem}.yaml")
    if path.exists():
        raise FileExists(f"{path} exists: choose another name, or move it away")
    write_text(path, text)
    echo(f"wrote {path}\nnext: hrsim check {path} && hrsim run {path}")


def check(
    files: StudyFiles,
    overrides: Overrides = [],  # noqa: B006
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 when there are warnings.")] = False,
) -> None:
    """Check studies: syntax, types, sense and sources; every fault and every warning at once."""
    from hrsim.examine import examine
    from hrsim.experiment.design import load_checked

    problems: list[Problem] = []
    warned = 0
    for file in files:
        try:
            resolved = load_checked(file, overrides)
            if resolved.study.arms:
                examine(resolved)
            arms = resolved.study.arms
        except StudyError as error:
            problems += error.problems
        else:
            warned += len(resolved.warnings)
            echo(f"{file}: valid, {len(arms)} arms: {', '.join(arms)}")
            show_warnings(resolved.warnings)
    if problems:
        raise StudyError(problems)
    if strict and warned:
        raise typer.Exit(NOT_FIT_EXIT_CODE)


def show_warnings(warnings: Sequence[Problem]) -> None:
    """Write what is valid but probably a mistake, and how to learn more, to the error stream."""
    for warning in warnings:
        echo(warning.render(), err=True)
    if warnings:
        codes = sorted({warning.code for warning in warnings})
        echo(
            f"The study is valid; {' or '.join(f'hrsim explain {code}' for code in codes)} says more.",
            err=True,
        )


def explain(
    code: Annotated[
        str, typer.Argument(help="The code between brackets in an error, such as TYPE; left out: lists all.")
    ] = "",
) -> None:
    """Explain an error code, with a bad and a good example; without a code, list them all."""
    from hrsim.study.explain import explain as explanation
    from hrsim.study.explain import titles

    echo(explanation(code) if code else titles(), nl=bool(code))


def show(
    file: StudyFile,
    overrides: Overrides = [],  # noqa: B006
    why: Annotated[str, typer.Option(help="Name the file and line that set this path.", metavar="PATH")] = "",
    in_brief: Annotated[
        bool, typer.Option("--brief", help="On one screen: people, supply, services, what arms change.")
    ] = False,
) -> None:
    """Show the study after inheritance, as it will be simulated, with the amounts behind evidence ids."""
    from hrsim.cli.showing import brief, with_amounts
    from hrsim.study.load import load_study

    resolved = load_study(file, overrides)
    if why:
        worked = resolved.worked_out(why)
        echo(f"{why} is {f'{worked}, ' if worked else ''}set at {resolved.provenance(why)}")
    else:
        echo("\n".join(brief(resolved)) if in_brief else with_amounts(resolved).rstrip("\n"))


def diff(first: StudyFile, second: StudyFile) -> None:
    """Say in words how two studies differ."""
    from hrsim.study.differences import diff_studies
    from hrsim.study.load import load_study

    words = diff_studies(load_study(first), load_study(second))
    echo("\n".join(words) or "The two studies are the same.")


def schema(
    reference: Annotated[bool, typer.Option("--reference", help="Print the YAML reference instead.")] = False,
) -> None:
    """Print the JSON Schema of a study, for editors, or the YAML reference."""
    from hrsim.study.reference import json_schema_text, yaml_reference

    echo(yaml_reference() if reference else json_schema_text(), nl=False)
