"""Run a study: simulate its draws over threads, value and summarise them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from hrsim.experiment.design import Experiment
from hrsim.experiment.evaluate import RunResult, evaluate, measure, valuer_of
from hrsim.experiment.ledger_file import read_ledger, write_parquet
from hrsim.experiment.parameters import draws_table
from hrsim.experiment.run_folder import RunFolder
from hrsim.experiment.runner import run_tasks
from hrsim.simulate import Prepared, simulate

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


def run(
    experiment: Experiment, prepared: Prepared, folder: RunFolder, threads: int, progress: Progress
) -> RunResult:
    """Do every draw and replicate that the folder lacks, and value and summarise all of them."""
    tasks = experiment.plan.tasks()
    valuing = valuer_of(experiment)
    write_parquet(draws_table(experiment.draws), folder.path / "draws" / "parameters.parquet")
    with progress(experiment.resolved.study.title, len(tasks)) as advance:
        measured = run_tasks(
            tasks,
            folder,
            simulate=lambda task: simulate(prepared, experiment.draws[task.draw], task.luck),
            measure=lambda task, ledger: measure(experiment, valuing, task, ledger),
            threads=threads,
            on_finished=advance,
        )
    first = read_ledger(folder.draw_file(tasks[0]))
    return evaluate(experiment, valuing, prepared.parameter_ids, first, measured)
