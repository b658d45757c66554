"""Do the tasks of a plan over threads, keep each ledger on disk, and measure it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from hrsim.engine.ledger import Ledger
from hrsim.experiment.errors import IncompleteRunError
from hrsim.experiment.plan import Task
from hrsim.experiment.run_folder import RunFolder

Measured = TypeVar("Measured")


def run_tasks(
    tasks: Sequence[Task],
    folder: RunFolder,
    simulate: Callable[[Task], Ledger],
    measure: Callable[[Task, Ledger], Measured],
    threads: int,
    on_finished: Callable[[], None],
    on_damaged: Callable[[str], None] = lambda words: None,
) -> list[Measured]:
    """Simulate the tasks whose draw file is missing or damaged, read the others, and measure every ledger.

    Ledgers are written one by one and dropped after measuring, so memory does not grow with the number of
    draws. Results come in the order of `tasks`, whichever thread finished first. When a task fails, or the
    user interrupts, tasks not yet begun are dropped and every finished draw stays on disk.
    """

    def finish(task: Task) -> Measured:
        path = folder.draw_file(task)
        if path.exists():
            try:
                kept = folder.ledger(task)
            except IncompleteRunError:
                on_damaged(f"{path.name} was damaged: computed again")
            else:
                return measure(task, kept)
        ledger = simulate(task)
        folder.keep(task, ledger)
        return measure(task, ledger)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        futures = [pool.submit(finish, task) for task in tasks]
        try:
            for future in as_completed(futures):
                future.result()
                on_finished()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return [future.result() for future in futures]
