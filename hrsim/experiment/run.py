"""Run a study: plan, draw, simulate over threads, value; what comes back holds every number of the report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics import Valuation, collect, group_values, summarise
from hrsim.engine.ledger import Ledger
from hrsim.evidence import EvidenceRow, Register, load_register
from hrsim.experiment.budget_table import budget_table
from hrsim.experiment.group_tables import group_tables
from hrsim.experiment.ledger_file import read_ledger, write_parquet
from hrsim.experiment.measures import (
    MeasuredLedger,
    flow_measures,
    group_flow_measures,
    groups_of,
    measure_ledger,
    measures_of,
)
from hrsim.experiment.parameters import Draws, all_draws, check_draws, draws_table, study_register
from hrsim.experiment.plan import Plan, Task
from hrsim.experiment.run_folder import RunFolder, content_hash
from hrsim.experiment.runner import run_tasks
from hrsim.experiment.statistics import sample_means
from hrsim.experiment.suppression import hide_differences, hide_small
from hrsim.experiment.tables import OutcomeSamples, study_years, with_economics
from hrsim.experiment.valuing import Valuer, comparator_of, valuer
from hrsim.simulate import Prepared, simulate
from hrsim.study.load import ResolvedStudy
from hrsim.study.show import resolved_yaml

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True)
class Experiment:
    """Hold a study with everything fixed before its first simulation."""

    resolved: ResolvedStudy
    plan: Plan
    register: Register
    draws: Draws
    content_hash: str

    def provenance(self) -> pd.DataFrame:
        """List every value of the resolved study with the file and line that set it."""
        return pd.DataFrame(self.resolved.provenance_rows(), columns=["path", "value", "file", "line"])


@dataclass(frozen=True)
class RunResult:
    """Hold what a finished run found: its tables, and the evidence that they rest on."""

    experiment: Experiment
    comparator: str
    tables: dict[str, pd.DataFrame]
    evidence: tuple[EvidenceRow, ...]


def design(resolved: ResolvedStudy) -> Experiment:
    """Fix the plan, the draws and the content hash of a study; nothing is simulated."""
    analysis = resolved.study.analysis
    plan = Plan(analysis.draws, analysis.replicates, analysis.seed, analysis.uncertainty)
    register = study_register(load_register(), resolved.study, resolved.rows)
    draws = all_draws(register, plan)
    check_draws(resolved.study, draws)
    valuer(resolved.study, register).check(draws[0])
    numbers = np.array([list(values.values()) for values in draws.values()])
    drawn = hashlib.sha256(numbers.tobytes()).hexdigest()
    return Experiment(
        resolved, plan, register, draws, content_hash(resolved_yaml(resolved), *register.ids(), drawn)
    )


def run(
    experiment: Experiment, prepared: Prepared, folder: RunFolder, threads: int, progress: Progress
) -> RunResult:
    """Do every draw and replicate that the folder lacks, and value and summarise all of them."""
    tasks = experiment.plan.tasks()
    study_valuer = valuer(experiment.resolved.study, experiment.register)
    write_parquet(draws_table(experiment.draws), folder.path / "draws" / "parameters.parquet")
    with progress(experiment.resolved.study.title, len(tasks)) as advance:
        measured = run_tasks(
            tasks,
            folder,
            simulate=lambda task: simulate(prepared, experiment.draws[task.draw], task.luck),
            measure=lambda task, ledger: _measure(study_valuer, experiment.draws, task, ledger),
            threads=threads,
            on_finished=advance,
        )
    first = read_ledger(folder.draw_file(tasks[0]))
    outcomes = _outcome_samples(experiment, first, [outcome for outcome, _ in measured])
    parameters = experiment.draws[0]
    numbers = [experiment.plan.sample_of(task) for task in tasks]
    valuations = collect([valuation for _, valuation in measured], numbers)
    economic = summarise(
        [valuation for _, valuation in measured],
        study_valuer.prices,
        study_valuer.analysis,
        numbers,
        study_valuer.left_out(first, parameters),
    )
    analysis = experiment.resolved.study.analysis
    by_group = group_values(valuations, study_valuer.prices, study_valuer.analysis)
    used = study_valuer.evidence_ids(parameters) | set(prepared.parameter_ids)
    return RunResult(
        experiment,
        comparator_of(experiment.resolved.study),
        _tables(outcomes, economic, by_group, analysis.smallest_cell)
        | _budget_tables(experiment, first, measured),
        tuple(row for row in experiment.register.values() if row.id in used),
    )


def _tables(
    outcomes: OutcomeSamples,
    economic: Mapping[str, pd.DataFrame],
    by_group: Iterable[tuple[dict[str, object], NDArray[np.float64]]],
    smallest: int,
) -> dict[str, pd.DataFrame]:
    """Join the tables of outcomes, money and groups; small cells of groups are hidden in all of them."""
    tables = with_economics(outcomes.outcome_tables(), economic)
    if len(outcomes.groups) == 1:
        return tables
    hidden = {
        "outcomes": hide_small(tables["outcomes"], smallest),
        "outcomes_by_year": hide_small(tables["outcomes_by_year"], smallest),
        "differences": hide_differences(tables["differences"], tables["outcomes"], smallest),
    }
    return {**tables, **hidden, **group_tables(outcomes, by_group, smallest)}


def _measure(valuer: Valuer, draws: Draws, task: Task, ledger: Ledger) -> tuple[MeasuredLedger, Valuation]:
    return measure_ledger(ledger), valuer.value(ledger, draws[task.draw])


def _budget_tables(
    experiment: Experiment, first: Ledger, measured: Sequence[tuple[MeasuredLedger, Valuation]]
) -> dict[str, pd.DataFrame]:
    """Return the table of budgets, none for a study without them."""
    if not first.budget_names:
        return {}
    plan, study = experiment.plan, experiment.resolved.study
    books = sample_means(plan, plan.tasks(), np.stack([item.budgets for item, _ in measured]))
    return {"budgets": budget_table(first, books, study)}


def _outcome_samples(
    experiment: Experiment, first: Ledger, measured: Sequence[MeasuredLedger]
) -> OutcomeSamples:
    plan, study = experiment.plan, experiment.resolved.study
    outcomes = sample_means(plan, plan.tasks(), np.stack([item.outcomes for item in measured]))
    flows = sample_means(plan, plan.tasks(), np.stack([item.flows for item in measured]))
    by_group = sample_means(plan, plan.tasks(), np.stack([item.group_flows for item in measured]))
    return OutcomeSamples(
        arms=first.arms,
        comparator=comparator_of(study),
        years=study_years(study.horizon.start.year, outcomes.shape[2]),
        groups=groups_of(first),
        measures=measures_of(first),
        services=first.service_names,
        flows_measured=flow_measures(first),
        outcomes=outcomes,
        flows=flows,
        group_flows_measured=group_flow_measures(first),
        group_flows=by_group,
    )
