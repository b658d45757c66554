"""P4: the same bytes with the compiler off, on several threads, whatever the room and wherever the clock stops."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from hrsim.engine.advance import advance, begin, watch_everybody
from hrsim.engine.build import build_kernel, record_view
from hrsim.engine.kernel import HEADROOM
from hrsim.engine.simulation import TIMER
from tests.engine.busy import ARMS, YEARS, arithmetic_digest, cohorts, digests, run_busy
from tests.engine.busy import STREAMS as BUSY_STREAMS
from tests.engine.toys import TOYS, infected_from, regular_edges, run_toy, set_up, walk

ROOT = Path(__file__).parents[2]


def test_the_compiler_changes_no_byte() -> None:
    people = 120
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-m", "tests.engine.busy", str(people)]
    plain = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert plain.returncode == 0, plain.stderr
    found = dict(line.split() for line in plain.stdout.splitlines())
    assert found == {"arithmetic": arithmetic_digest(), **digests(run_busy(people))}


def test_threads_do_not_meet() -> None:
    lucks = [90, 91, 90, 92, 91, 90]
    alone = {luck: digests(run_busy(1_000, luck=luck)) for luck in set(lucks)}
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda luck: digests(run_busy(1_000, luck=luck)), lucks))
    assert together == [alone[luck] for luck in lucks]


def test_room_for_timers_changes_no_byte() -> None:
    people, edges = 1_000, regular_edges(YEARS)
    found = []
    for places in (HEADROOM + 1, HEADROOM + 777, 1 << 16):
        sim = set_up(BUSY_STREAMS, cohorts(people), edges, 93, ARMS)
        found.append(digests(walk(sim.replace(heap=record_view(np.zeros(places, TIMER))), edges)))
    assert found[0] == found[1] == found[2]


def test_stopping_the_clock_in_between_changes_no_byte() -> None:
    edges = regular_edges(YEARS, YEARS)
    end = int(edges[-1])
    whole = run_toy(BUSY_STREAMS, cohorts(600), edges, 94, ARMS, infected_from(0, 60))
    sim = set_up(BUSY_STREAMS, cohorts(600), edges, 94, ARMS)
    infected_from(0, 60)(sim)
    kernel = build_kernel(TOYS)
    sim = watch_everybody(kernel, begin(kernel, sim), 0)
    stops = np.random.default_rng(94).integers(0, end, 500)
    for stop in sorted({*stops.tolist(), *range(0, end, 1 << 20), end}):
        sim = advance(kernel, sim, stop)
    kernel.close_quarter(sim, end)
    assert digests(sim) == digests(whole)
