"""From measured ledgers to the tables of a run: outcomes, money, groups, budgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics import Sample, Valuation, collect, group_values, psa_table, summarise, uncertainty_tables
from hrsim.engine.ledger import Ledger
from hrsim.evidence import EvidenceRow
from hrsim.experiment.budget_table import budget_table
from hrsim.experiment.design import Experiment
from hrsim.experiment.group_tables import MONEY_FOLLOWS, group_tables
from hrsim.experiment.measures import (
    MeasuredLedger,
    flow_measures,
    group_flow_measures,
    groups_of,
    measure_ledger,
    measures_of,
)
from hrsim.experiment.plan import Task
from hrsim.experiment.ranking import ranking_table
from hrsim.experiment.responses import NET_BENEFIT, Response, responses
from hrsim.experiment.staff_table import staff_table
from hrsim.experiment.statistics import sample_means
from hrsim.experiment.stopping import target_table
from hrsim.experiment.suppression import hide_as, hide_differences, hide_small
from hrsim.experiment.tables import OutcomeSamples, study_years, with_economics
from hrsim.experiment.valuing import Valuer, comparator_of, decisions_of, valuer
from hrsim.experiment.variance import variance_table

Measured = tuple[MeasuredLedger, Valuation]


@dataclass(frozen=True)
class RunResult:
    """Hold what a finished run found: its tables, and the evidence that they rest on."""

    experiment: Experiment
    comparator: str
    tables: dict[str, pd.DataFrame]
    evidence: tuple[EvidenceRow, ...]


def valuer_of(experiment: Experiment) -> Valuer:
    """Return what prices and weighs the ledgers of an experiment."""
    return valuer(experiment.resolved.study, experiment.register)


def measure(experiment: Experiment, valuing: Valuer, task: Task, ledger: Ledger) -> Measured:
    """Count and value one ledger with the parameters of its draw."""
    return measure_ledger(ledger), valuing.value(ledger, experiment.draws[task.draw])


def evaluate(
    experiment: Experiment,
    valuing: Valuer,
    simulated: Iterable[str],
    first: Ledger,
    measured: Sequence[Measured],
) -> RunResult:
    """Make every table of a run from its measured ledgers, in the order of the plan's tasks.

    `simulated` are the ids of the evidence that the simulation rests on, and `first` is any of the ledgers: it names
    what was counted.
    """
    outcomes = _outcome_samples(experiment, first, [outcome for outcome, _ in measured])
    parameters = experiment.draws[0]
    numbers = [experiment.plan.sample_of(task) for task in experiment.plan.tasks()]
    valuations = collect([valuation for _, valuation in measured], numbers)
    economic = summarise(
        [valuation for _, valuation in measured],
        valuing.prices,
        valuing.analysis,
        numbers,
        valuing.left_out(first, parameters),
    )
    analysis = experiment.resolved.study.analysis
    by_group = group_values(valuations, valuing.prices, valuing.analysis)
    used = valuing.evidence_ids(parameters) | set(simulated)
    rows = tuple(row for row in experiment.register.values() if row.id in used)
    found = responses(valuing, first, measured)
    return RunResult(
        experiment,
        comparator_of(experiment.resolved.study),
        _tables(outcomes, economic, by_group, analysis.smallest_cell)
        | _budget_tables(experiment, first, measured)
        | _staff_tables(experiment, measured[0][1])
        | {"psa": psa_table(valuations, valuing.prices, valuing.analysis)}
        | _uncertainty_tables(experiment, valuing, valuations)
        | _monte_carlo_tables(experiment, valuing, first, measured)
        | _ranking_tables(experiment, first.arms, rows, found),
        rows,
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
    grouped = group_tables(outcomes, by_group, smallest)
    if "distributional" in tables:
        hidden["distributional"] = hide_as(tables["distributional"], grouped["groups"], MONEY_FOLLOWS)
    return {**tables, **hidden, **grouped}


def _budget_tables(
    experiment: Experiment, first: Ledger, measured: Sequence[Measured]
) -> dict[str, pd.DataFrame]:
    """Return the table of budgets, none for a study without them."""
    if not first.budget_names:
        return {}
    plan, study = experiment.plan, experiment.resolved.study
    books = sample_means(plan, plan.tasks(), np.stack([item.budgets for item, _ in measured]))
    return {"budgets": budget_table(first, books, study)}


def targets(
    experiment: Experiment, valuing: Valuer, first: Ledger, measured: Sequence[Measured]
) -> pd.DataFrame:
    """Set the Monte Carlo errors of a study that asks for some beside what it asks; empty for others."""
    study = experiment.resolved.study
    if study.analysis.until_mcse is None:
        return pd.DataFrame()
    found = responses(valuing, first, measured)
    return target_table(study.analysis.until_mcse, experiment.plan, first.arms, comparator_of(study), found)


def _monte_carlo_tables(
    experiment: Experiment, valuing: Valuer, first: Ledger, measured: Sequence[Measured]
) -> dict[str, pd.DataFrame]:
    """Return what separates luck from doubt about parameters, and the errors that the study asked for."""
    found = responses(valuing, first, measured)
    comparator = comparator_of(experiment.resolved.study)
    variance = variance_table(experiment.plan, first.arms, comparator, found)
    asked = targets(experiment, valuing, first, measured)
    tables = {} if variance is None else {"variance": variance}
    return tables if asked.empty else tables | {"monte_carlo_targets": asked}


def _ranking_tables(
    experiment: Experiment, arms: tuple[str, ...], rows: Sequence[EvidenceRow], found: Sequence[Response]
) -> dict[str, pd.DataFrame]:
    """Return which inputs the ranking rests on, at the first threshold from the first perspective."""
    benefits = next((one for one in found if one.measure == NET_BENEFIT), None)
    if experiment.plan.uncertainty == "central" or benefits is None or len(arms) < 2:
        return {}
    plan = experiment.plan
    drawn = [experiment.draws[number] for number in plan.draw_numbers()]
    parameters = np.array([[draw[row.id] for row in rows] for draw in drawn])
    by_draw = sample_means(plan, plan.tasks(), benefits.values)
    table = ranking_table(arms, by_draw, rows, parameters)
    return {"ranking": table.assign(perspective=benefits.perspective, threshold=benefits.threshold)}


def _uncertainty_tables(
    experiment: Experiment, valuing: Valuer, valuations: Sample
) -> dict[str, pd.DataFrame]:
    """Return acceptability and value of information, which only draws of the parameters can tell."""
    if experiment.plan.uncertainty == "central":
        return {}
    decisions = decisions_of(experiment.resolved.study)
    return uncertainty_tables(valuations, valuing.prices, valuing.analysis, decisions)


def _staff_tables(experiment: Experiment, valuation: Valuation) -> dict[str, pd.DataFrame]:
    """Return the table of staff, none for a study without pools of staff."""
    study = experiment.resolved.study
    if not any(arm.staff_pools for arm in study.arms.values()):
        return {}
    draws = [experiment.draws[number] for number in experiment.plan.draw_numbers()]
    return {"staff": staff_table(study, comparator_of(study), valuation.fiscal_years, draws)}


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
