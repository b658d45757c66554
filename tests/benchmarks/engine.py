"""The toy kernel by arms and people against the floor, growth, compile times: `python -m tests.benchmarks.engine`."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numba
import numpy as np

from hrsim.engine.advance import advance, begin
from hrsim.engine.build import build_kernel
from hrsim.engine.maths import logarithm
from hrsim.engine.random import philox, to_unit
from hrsim.units import TICKS_PER_YEAR
from tests.engine.toys import TOYS, infected_from, regular_edges, set_up, stream

ROOT = Path(__file__).parents[2]
NANOSECONDS = 1e9
RUNS = 5
FLOOR_LOOPS = 1_000_000
CANDIDATES = 1_500_000  # in a timed run
ARMS = (1, 2, 4, 8)
PEOPLE = (10_000, 100_000, 1_000_000)
RATES = {"overdose": 0.2, "climbing": 0.4, "infection": 0.5, "recovery": 0.4, "turnover": 0.1}
FIGURES = {"overdose": 0.15, "climb": 0.1, "factor": 1.5, "beta": 0.4, "gamma": 0.3, "exit": 0.08}
MOST_GROWTH = 3.0  # the promise of docs/architecture: 1,000,000 people against 10,000


@numba.njit  # type: ignore[untyped-decorator]
def _floor_loop(table: Any, loops: int) -> float:
    total = 0.0
    for k in range(loops):
        first, _ = philox(1, k, 0, 0, 0)
        second, _ = philox(2, k, 0, 0, 0)
        total += logarithm(to_unit(first)) + table[np.int64(to_unit(second) * table.shape[0])]
    return total


def floor_nanoseconds(table_bytes: int) -> float:
    """Return the median time of one turn of the floor loop."""
    table = np.ones(table_bytes // 8 + 1)
    seconds = []
    for _ in range(RUNS + 1):
        began = process_time()
        _floor_loop(table, FLOOR_LOOPS)
        seconds.append(process_time() - began)
    return median(seconds[1:]) / FLOOR_LOOPS * NANOSECONDS


@dataclass(frozen=True)
class Point:
    """One measured size: nanoseconds per candidate and arm, of the floor, and the share of candidates accepted."""

    people: int
    arms: int
    nanoseconds: float
    floor: float
    accepted: float


def walk_point(people: int, arms: int) -> Point:
    """Time the walk of about `CANDIDATES` candidates; setting up is not timed."""
    streams = [stream(name, rate, argument=int(name == "infection")) for name, rate in RATES.items()]
    years = CANDIDATES / people / sum(RATES.values())
    figures = {f"arm_{a}": {**FIGURES, "overdose": FIGURES["overdose"] * (1.0 - a / 50)} for a in range(arms)}
    kernel = build_kernel(TOYS)
    seconds, candidates, accepted = [], 0, 0
    for run in range(RUNS + 1):
        sim = set_up(streams, people, regular_edges(max(years, 0.25)), run, figures)
        infected_from(0, people // 5)(sim)
        sim = begin(kernel, sim)
        began = process_time()
        sim = advance(kernel, sim, int(years * TICKS_PER_YEAR))
        seconds.append(process_time() - began)
        candidates, accepted = int(sim.tally[:, 0].sum()), int(sim.tally[:, 1].sum())
    cost = median(seconds[1:]) / candidates / arms * NANOSECONDS
    return Point(people, arms, cost, floor_nanoseconds(sim.state.nbytes), accepted / candidates / arms)


def compile_seconds() -> tuple[float, float]:
    """Return the wall seconds of a first tiny run in a fresh process: with an empty cache, then with a full one."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_CACHE_HOME": folder, "PYTHONPATH": str(ROOT)}
        program = (
            "from time import perf_counter; from tests.engine.busy import run_busy; began = perf_counter(); "
            "run_busy(20); print(perf_counter() - began)"
        )
        command = [sys.executable, "-c", program]

        def once() -> float:
            done = subprocess.run(
                command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
            )
            return float(done.stdout)

        return once(), once()


def report(say: Callable[[str], object]) -> None:
    """Measure everything and say it line by line."""
    say("ns per candidate and arm, floor, ratio, share accepted:")
    points = {(people, arms): walk_point(people, arms) for people in PEOPLE for arms in ARMS}
    for p in points.values():
        ratio = p.nanoseconds / p.floor
        say(
            f"{p.people:11,d} people {p.arms} arms {p.nanoseconds:7.1f} {p.floor:6.1f} {ratio:5.2f} {p.accepted:5.2f}"
        )
    for arms in ARMS:
        growth = points[PEOPLE[-1], arms].nanoseconds / points[PEOPLE[0], arms].nanoseconds
        say(
            f"growth from {PEOPLE[0]:,} to {PEOPLE[-1]:,} people, {arms} arms: {growth:.2f} (at most {MOST_GROWTH})"
        )
    cold, warm = compile_seconds()
    say(f"first run of the toy kernel: {cold:.1f} s with an empty cache, {warm:.2f} s with a full one")


if __name__ == "__main__":
    report(print)
