"""The verb on what can be offered: services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrsim.cli.echo import echo
from hrsim.errors import HrsimError

if TYPE_CHECKING:
    from hrsim.cli.service_words import Words
    from hrsim.economics.currency import CurrencyYear
    from hrsim.evidence import EvidenceRow
    from hrsim.study.resolved import ResolvedStudy
    from hrsim.study.services import Service

    ByArm = dict[str, dict[str, Service]]

StudyOption = Annotated[
    Path | None,
    typer.Option(
        "--study",
        help="Services of this study, prices in its money; left out: the catalogue.",
        metavar="FILE",
    ),
]


class UnknownService(HrsimError):
    """Report a service that neither the catalogue nor the study has."""

    exit_code = 3


def add_to(app: typer.Typer) -> None:
    """Add the verb of this file to the command line."""
    app.command()(services)


def services(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A service, to show it whole; none lists all.")
    ] = "",
    study: StudyOption = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", help="What each service cost by fiscal year in a run.", metavar="RUN"),
    ] = None,
) -> None:
    """List services, or show one whole: who it is for, how they come, what it changes, what it costs, evidence."""
    if run is not None:
        _show_spending(run, name)
        return
    from hrsim.evidence import load_register

    if study is None:
        _show(name, {"": _catalogue()}, load_register().values(), None, "")
        return
    from hrsim.economics.currency import CurrencyYear
    from hrsim.experiment.parameters import register_of
    from hrsim.study.load import load_study

    resolved = load_study(study)
    analysis = resolved.study.analysis
    money = CurrencyYear(analysis.currency, analysis.price_year)
    by_arm = _by_arm(resolved)
    _show(name, by_arm, register_of(resolved).values(), money, next(iter(by_arm)))


def _show_spending(run: Path, name: str) -> None:
    """Write what each service of a run cost by fiscal year, arm by arm."""
    from hrsim.experiment.run_folder import RunFolder
    from hrsim.report.spending import TABLE, service_names, spending_text

    RunFolder(run).check_files([TABLE])
    if name and name not in service_names(run):
        raise UnknownService(_unknown(name, service_names(run)))
    echo(spending_text(run, name))


def _by_arm(resolved: ResolvedStudy) -> dict[str, dict[str, Service]]:
    """Return the services of each arm, the comparator's first; those of the base where a setting has no arms."""
    study = resolved.study
    if not study.arms:
        return {"": dict(study.services)}
    comparator = study.analysis.comparator or next(iter(study.arms))
    names = [comparator, *(arm for arm in study.arms if arm != comparator)]
    return {arm: dict(study.arms[arm].services) for arm in names}


def _catalogue() -> dict[str, Service]:
    from hrsim.errors import StudyError
    from hrsim.evidence import load_register
    from hrsim.study.catalogue import read_catalogue
    from hrsim.study.services import Service
    from hrsim.study.tree import Problems
    from hrsim.study.validate import validate

    problems = Problems()
    register = load_register()
    found = {name: validate(Service, tree, register, problems) for name, tree in read_catalogue().items()}
    if problems.found:
        raise StudyError(problems.found)
    return {name: service for name, service in found.items() if service is not None}


def _show(
    name: str, by_arm: ByArm, rows: Iterable[EvidenceRow], money: CurrencyYear | None, comparator: str
) -> None:
    from hrsim.cli.service_words import Words

    words = Words({row.id: row for row in rows}, money)
    first = by_arm[comparator]
    everything = {**{key: found for arm in by_arm.values() for key, found in arm.items()}, **first}
    if name and name not in everything:
        raise UnknownService(_unknown(name, everything))
    for line in _whole(name, everything, by_arm, words) if name else _list(everything, by_arm, words):
        echo(line)


def _unknown(name: str, known: Iterable[str]) -> str:
    from hrsim.study.catalogue import other_words
    from hrsim.study.tree import nearest

    return f"expected a service, got '{name}': {nearest(name, known, 'services', other_words())}"


def _list(everything: dict[str, Service], by_arm: ByArm, words: Words) -> Iterator[str]:
    """Write a line for each service; of a study also in which arms it stands, and where it is otherwise."""
    from hrsim.cli.service_words import one_line

    width = max((len(name) for name in everything), default=0)
    for name, service in everything.items():
        yield one_line(name, service, words, width) + _arms(name, service, by_arm)


def _arms(name: str, service: Service, by_arm: ByArm) -> str:
    if len(by_arm) < 2:
        return ""
    same = [arm for arm, found in by_arm.items() if found.get(name) == service]
    other = [arm for arm, found in by_arm.items() if name in found and found[name] != service]
    where = "" if len(same) == len(by_arm) else f" | in {', '.join(same)}"
    return where + (f"; otherwise in {', '.join(other)}" if other else "")


def _whole(name: str, everything: dict[str, Service], by_arm: ByArm, words: Words) -> Iterator[str]:
    """Write one service whole, and again for each arm that has it otherwise."""
    from hrsim.cli.service_words import whole

    shown: list[Service] = []
    first: list[str] = []
    for found in (services[name] for services in by_arm.values() if name in services):
        if found in shown:
            continue
        shown.append(found)
        lines = list(whole(name, found, words))
        if len(by_arm) > 1:
            yield f"in {', '.join(arm for arm, services in by_arm.items() if services.get(name) == found)}"
        yield from (line for line in lines if line not in first)
        first = first or lines
