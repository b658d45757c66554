"""The runner: results in plan order, finished draws kept, missing ones done, whatever the threads do."""

import time

import numpy as np
import pytest

from hrsim.experiment.plan import Plan
from hrsim.experiment.run_folder import open_run_folder
from hrsim.experiment.runner import run_tasks

TASKS = Plan(draws=6, replicates=1, seed=5, uncertainty="draws").tasks()


@pytest.fixture
def folder(tmp_path):
    return open_run_folder(tmp_path / "run", {"content_hash": "hash"}, "refuse")


def total_events(task, ledger):
    return int(ledger.events.sum())


def test_results_come_in_plan_order_whoever_finishes_first(make_ledger, folder):
    def simulate(task):
        time.sleep(0.02 * (task.draw == 0))
        return make_ledger(seed=task.draw)

    found = run_tasks(TASKS, folder, simulate, total_events, 3, lambda: None)
    assert found == [make_ledger(seed=task.draw).events.sum() for task in TASKS]


def test_resuming_simulates_only_what_is_missing_and_gives_the_same(make_ledger, folder):
    done = []

    def simulate(task):
        done.append(task.draw)
        return make_ledger(seed=task.draw)

    first = run_tasks(TASKS, folder, simulate, total_events, 1, lambda: None)
    before = {task.draw: folder.draw_file(task).read_bytes() for task in TASKS}
    folder.draw_file(TASKS[1]).unlink()
    folder.draw_file(TASKS[4]).unlink()
    assert [task.draw for task in folder.missing(TASKS)] == [1, 4]
    done.clear()
    assert run_tasks(TASKS, folder, simulate, total_events, 2, lambda: None) == first
    assert sorted(done) == [1, 4]
    assert {task.draw: folder.draw_file(task).read_bytes() for task in TASKS} == before


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_failure_keeps_finished_draws_and_drops_the_rest(make_ledger, folder, failure):
    begun = []

    def simulate(task):
        begun.append(task.draw)
        if task.draw == 2:
            raise failure
        return make_ledger(seed=task.draw)

    with pytest.raises(failure):
        run_tasks(TASKS, folder, simulate, total_events, 1, lambda: None)
    assert all(folder.draw_file(task).exists() for task in TASKS[:2])
    assert not folder.draw_file(TASKS[2]).exists()


def test_every_task_is_announced_once(make_ledger, folder):
    calls = []
    run_tasks(TASKS, folder, lambda task: make_ledger(), total_events, 2, lambda: calls.append(1))
    assert np.sum(calls) == len(TASKS)
