"""The full default model and the oracle's model against a floor measured in the same run."""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numba
import numpy as np

from hrsim.engine.maths import logarithm
from hrsim.engine.random import philox, to_unit
from hrsim.evidence.draws import central_parameters
from hrsim.evidence.register import load_register
from hrsim.experiment.parameters import study_register
from hrsim.simulate import prepare, run_draw
from hrsim.study.load import load_study
from hrsim.units import TICKS_PER_YEAR
from tests.oracle.kernel import prepare_agreement
from tests.oracle.simulation import simulate

DEMO = Path(__file__).parents[2] / "scenarios" / "demo.yaml"
RUNS = 5
FLOOR_LOOPS = 3_000_000
TABLE_SIZE = 1 << 20  # 8 MB of words: the state of 10,000 people in four arms
NANOSECONDS = 1e9


@numba.njit  # type: ignore[untyped-decorator]
def _floor_loop(table: Any, loops: int) -> float:
    total = 0.0
    for k in range(loops):
        first, _ = philox(1, k, 0, 0, 0)
        second, _ = philox(2, k, 0, 0, 0)
        total += logarithm(to_unit(first)) + table[np.int64(second & np.uint64(TABLE_SIZE - 1))]
    return total


def floor_nanoseconds() -> float:
    """Return the time of two hashes, a logarithm and one random load, in nanoseconds."""
    table = np.ones(TABLE_SIZE)
    _floor_loop(table, 1)
    return _median_seconds(lambda _: _floor_loop(table, FLOOR_LOOPS)) / FLOOR_LOOPS * NANOSECONDS


def _median_seconds(work: Callable[[int], object]) -> float:
    seconds = []
    for run in range(1, RUNS + 1):
        began = process_time()
        work(run)
        seconds.append(process_time() - began)
    return median(seconds)


@dataclass(frozen=True)
class Speed:
    """One model's speed: medians, CPU time of one core."""

    arms: int
    years_per_second: float  # person-years of all arms
    candidates_per_year: float  # per person-year of one arm
    nanoseconds: float  # per candidate and arm
    acceptance: dict[str, tuple[int, float]]  # by stream number: candidates, share accepted


def demo_speed(people: int) -> Speed:
    """Return the speed of the demonstration study with `people` people, four of its arms."""
    resolved = load_study(DEMO, [f"population.size={people}"])
    study = resolved.study
    arms = dict(list(study.arms.items())[:4])
    resolved = type(resolved)(
        study.model_copy(update={"arms": arms}), resolved.raw, resolved.tree, resolved.rows
    )
    draw = central_parameters(list(study_register(load_register(), study, resolved.rows).values()))
    return _speed(prepare(resolved), draw)


def agreement_speed() -> tuple[Speed, float, float]:
    """Return the kernel's speed on the oracle's model, and the oracle's events and person-years per second."""
    prepared, draw, parameters = prepare_agreement(
        "population.size=10000", "services.treatment.capacity.places=1700"
    )
    results = []

    def work(seed: int) -> None:
        results.append(simulate(parameters, seed))

    seconds = _median_seconds(work)
    events = median(result.simpy_events for result in results) / seconds
    return _speed(prepared, draw), events, median(r.person_years["alive"] for r in results) / seconds


def _speed(prepared: Any, draw: Any) -> Speed:
    run_draw(prepared, draw, 0)
    last: list[Any] = []
    seconds = _median_seconds(lambda luck: last.append(run_draw(prepared, draw, luck)))
    sim = last[-1]
    arms = sim.state.shape[1]
    years = float(sim.ticks.sum()) / TICKS_PER_YEAR
    candidates, accepted = (sim.tally[:, k].astype(float) for k in range(2))
    services = prepared.layout.services
    names = [process.name for process in prepared.model.processes]
    acceptance = {
        _label(names[stream["process"]], services[stream["argument"]] if services else ""): (
            int(n),
            float(a / n / arms),
        )
        for stream, n, a in zip(sim.stream, candidates, accepted, strict=True)
        if n
    }
    total = candidates.sum()
    return Speed(
        arms, years / seconds, total * arms / years, seconds / total / arms * NANOSECONDS, acceptance
    )


def _label(process: str, service: str) -> str:
    return f"{process} {service}" if process in ("reach", "leave") else process


def peak_megabytes() -> float:
    """Return this process's peak memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
