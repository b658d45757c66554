"""Run a study: simulate its draws over threads, value and summarise them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from hrsim.experiment.design import Experiment
from hrsim.experiment.evaluate import Measured, RunResult, evaluate, measure, targets, valuer_of
from hrsim.experiment.ledger_file import write_parquet
from hrsim.experiment.parameters import draws_table
from hrsim.experiment.run_folder import PARAMETERS, RunFolder
from hrsim.experiment.runner import run_tasks
from hrsim.experiment.stopping import batches, is_met
from hrsim.simulate import Prepared, simulate
from hrsim.study.placed import faults_placed

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


def run(
    experiment: Experiment,
    prepared: Prepared,
    folder: RunFolder,
    threads: int,
    progress: Progress,
    on_damaged: Callable[[str], None],
) -> RunResult:
    """Do every draw and replicate that the folder lacks or holds damaged, and value and summarise all of them.

    A study with a Monte Carlo target stops after the first batch of draws that meets it; whatever the threads and
    however often it was interrupted, these are the same draws.
    """
    valuing = valuer_of(experiment)
    target = experiment.resolved.study.analysis.until_mcse
    measured: list[Measured] = []
    write_parquet(draws_table(experiment.draws), folder.path / PARAMETERS)
    tasks = len(experiment.plan.tasks())
    with progress(experiment.resolved.study.title, tasks) as advance, faults_placed(experiment.resolved):
        for done in [experiment.plan.draws] if target is None else batches(experiment.plan.draws):
            so_far = experiment.first_draws(done)
            measured += run_tasks(
                so_far.plan.tasks()[len(measured) :],
                folder,
                simulate=lambda task: simulate(prepared, experiment.draws[task.draw], task.luck),
                measure=lambda task, ledger: measure(experiment, valuing, task, ledger),
                threads=threads,
                on_finished=advance,
                on_damaged=on_damaged,
            )
            first = folder.ledger(so_far.plan.tasks()[0])
            if target is not None and is_met(targets(so_far, valuing, first, measured)):
                break
    write_parquet(draws_table(so_far.draws), folder.path / PARAMETERS)
    return evaluate(so_far, valuing, prepared.parameter_ids, first, measured)
