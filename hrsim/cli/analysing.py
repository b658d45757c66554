"""Carry out one analysis of a stored run: tables in its folder, and what to say of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hrsim.cli.progress import waiting
from hrsim.economics.regression import FEWEST_DRAWS
from hrsim.errors import HrsimError
from hrsim.evidence import EvidenceRow
from hrsim.experiment.folder_lock import locked
from hrsim.experiment.stored import StoredRun, open_stored_run
from hrsim.files import staged
from hrsim.plain_words import plain_words
from hrsim.report.files import write_csv
from hrsim.sensitivity.draws import DrawnResults, read_draws, strongest
from hrsim.sensitivity.from_draws import columns, rank_correlation_table, sobol_table
from hrsim.sensitivity.learning import evppi_table
from hrsim.sensitivity.one_way import tornado_table, two_way_table
from hrsim.sensitivity.same_luck import Bench, open_bench
from hrsim.sensitivity.structural import changed, chosen, structural_table

DRAWN_BY_THE_RUN = ("acceptability", "evpi")


class AnalysisProblem(HrsimError):
    """Report an analysis that the run cannot give."""

    exit_code = 2


@dataclass(frozen=True)
class AnalysisRequest:
    """Say which analyses are wanted; those of the draws that are quick are made always."""

    run: Path
    groups: tuple[str, ...]
    top: int
    one_way: tuple[str, ...]
    two_way: tuple[str, ...]
    points: int
    structures: tuple[str, ...]
    sobol: int
    lucks: int
    threads: int | None


@dataclass(frozen=True)
class Analysis:
    """Hold what an analysis found: tables, those of them that were written, and what could not be told."""

    title: str
    arm_labels: Mapping[str, str]
    thresholds: tuple[float, ...]
    tables: Mapping[str, pd.DataFrame]
    written: tuple[str, ...]
    notices: tuple[str, ...]


def analyse_run(request: AnalysisRequest) -> Analysis:
    """Analyse a run and write the tables beside its own; the run's own tables are never changed.

    Everything asked for is checked before the first simulation, and nothing is written before the last.
    """
    threads = request.threads or os.cpu_count() or 1
    with waiting("Reading the run"):
        stored = open_stored_run(request.run)
        drawn = read_draws(stored, threads)
    notices: list[str] = []
    with waiting("Analysing the draws"):
        tables = _from_draws(stored, drawn, request, notices)
    with waiting("Simulating with the same luck"):
        tables |= _simulated(stored, drawn, request, tables, threads)
    _write(stored, tables, _words(request))
    study = stored.experiment.resolved.study
    own = {name: drawn.tables[name] for name in DRAWN_BY_THE_RUN if name in drawn.tables}
    labels = {name: plain_words(arm.label or "") or name for name, arm in study.arms.items()}
    return Analysis(
        plain_words(study.title),
        labels,
        study.analysis.thresholds,
        {**own, **tables},
        tuple(tables),
        tuple(notices),
    )


def _write(stored: StoredRun, tables: Mapping[str, pd.DataFrame], words: str) -> None:
    """Write the tables beside those of the run, all or none, and enter them into its manifest."""
    path = stored.folder.path
    with locked(path):
        with staged(path) as stage:
            (stage / "tables").mkdir()
            for name, table in tables.items():
                write_csv(table, stage / "tables" / f"{name}.csv")
        stored.folder.record_files(words, [path / "tables" / f"{name}.csv" for name in tables])


def _from_draws(
    stored: StoredRun, drawn: DrawnResults, request: AnalysisRequest, notices: list[str]
) -> dict[str, pd.DataFrame]:
    """Make the tables that need no simulation; what is not to be had of so few draws becomes a notice."""
    if not drawn.tell_parameters:
        if request.groups or request.top or request.sobol:
            raise AnalysisProblem(
                "expected a run with several parameter draws for --group, --top and --sobol, got one"
            )
        notices.append(
            "One set of parameters: nothing can be told of doubt about them. Run with more --draws."
        )
        return {}
    groups = dict(_group(stored, drawn, given) for given in request.groups)
    if drawn.plan.draws < FEWEST_DRAWS:
        needed = f"{FEWEST_DRAWS} draws or more; this run has {drawn.plan.draws}"
        if groups or request.top or request.sobol:
            raise AnalysisProblem(f"--group, --top and --sobol need {needed}: run with more --draws")
        notices.append(f"Correlations and the value of learning single parameters need {needed}.")
        return {}
    tables = {
        "rank_correlation": rank_correlation_table(drawn),
        "evppi": evppi_table(drawn, groups),
    }
    if request.sobol:
        tables["sobol_indices"] = sobol_table(drawn, strongest(tables["rank_correlation"], request.sobol))
    return tables


def _simulated(
    stored: StoredRun,
    drawn: DrawnResults,
    request: AnalysisRequest,
    tables: Mapping[str, pd.DataFrame],
    threads: int,
) -> dict[str, pd.DataFrame]:
    """Make the tables that need new simulations; none of them without being asked."""
    register, study = stored.experiment.register, stored.experiment.resolved.study
    if request.two_way and len(request.two_way) != 2:
        raise AnalysisProblem(f"expected --two-way with two ids and a comma, got {','.join(request.two_way)}")
    named = [*(strongest(tables["rank_correlation"], request.top) if request.top else ()), *request.one_way]
    singles = _rows(register, dict.fromkeys(named))
    pair = _rows(register, request.two_way)
    resolved = stored.folder.path / "inputs" / "resolved.yaml"
    structures = {
        name: changed(resolved, study, overrides)
        for name, overrides in chosen(study, request.structures).items()
    }
    if not (singles or pair or structures):
        return {}
    bench: Bench = open_bench(stored.experiment, request.lucks, threads)
    made: dict[str, pd.DataFrame] = {}
    if singles:
        made["tornado"] = tornado_table(bench, singles)
    if pair:
        made["two_way"] = two_way_table(bench, pair[0], pair[1], request.points)
    if structures:
        made["structural"] = structural_table(bench, structures)
    return made


def _rows(register: Mapping[str, EvidenceRow], ids: Sequence[str] | dict[str, None]) -> list[EvidenceRow]:
    rows = [register[name] for name in ids]
    fixed = [row.id for row in rows if row.distribution == "fixed"]
    if fixed:
        raise AnalysisProblem(f"{', '.join(fixed)}: fixed in this study, so there is no interval to move in")
    return rows


def _group(stored: StoredRun, drawn: DrawnResults, given: str) -> tuple[str, tuple[str, ...]]:
    """Read a group: `name=id,id`, or the name of a correlated group, whose members that varied are meant."""
    name, equals, listed = given.partition("=")
    ids = tuple(listed.split(",")) if equals else tuple(row.id for row in drawn.rows if row.group == name)
    if not ids:
        groups = sorted({row.group for row in drawn.rows if row.group})
        raise AnalysisProblem(
            f"expected name=id,id or a correlated group of this run, got '{given}'; there are "
            f"{', '.join(groups) or 'none'}"
        )
    columns(drawn, ids)
    return name, ids


def _words(request: AnalysisRequest) -> str:
    """Write the command as the manifest's log keeps it."""
    words = ["analyse", *(f"--group {name}" for name in request.groups)]
    words += [f"--top {request.top}"] if request.top else []
    words += [f"--one-way {name}" for name in request.one_way]
    words += [f"--two-way {','.join(request.two_way)} --points {request.points}"] if request.two_way else []
    words += [f"--structure {name}" for name in request.structures]
    words += [f"--sobol {request.sobol}"] if request.sobol else []
    return " ".join([*words, f"--lucks {request.lucks}"])
