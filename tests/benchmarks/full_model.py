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
from hrsim.study.resolved import ResolvedStudy
from hrsim.units import TICKS_PER_YEAR
from tests.oracle.kernel import TREATMENT, agreement_study, prepare_agreement
from tests.oracle.simulation import simulate

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DEMO = SCENARIOS / "demo.yaml"
CATALOGUE = SCENARIOS / "saturation.yaml"  # every service of the catalogue
EVERYTHING = ("status_quo", "level_one", "level_two", "level_three")  # of its arms, those with every service
RUNS = 5
LARGE = 100_000  # people from which one run is timed, since it averages over so many
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


def _median_seconds(work: Callable[[int], object], runs: int = RUNS) -> float:
    seconds = []
    for run in range(1, runs + 1):
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
    return _speed(*_four_arms(DEMO, [f"population.size={people}"]))


def catalogue_speed(people: int) -> Speed:
    """Return the speed of a study with every service of the catalogue, four arms, ten years."""
    return _speed(*_four_arms(CATALOGUE, [f"population.size={people}"], EVERYTHING), runs=3)


def _four_arms(path: Path, settings: list[str], names: tuple[str, ...] = ()) -> tuple[Any, Any]:
    """Return a study with the named arms, or its first four, prepared, and its point values."""
    resolved = load_study(path, settings)
    study = resolved.study
    arms = {name: study.arms[name] for name in names or list(study.arms)[:4]}
    resolved = type(resolved)(
        study.model_copy(update={"arms": arms}), resolved.raw, resolved.tree, resolved.rows
    )
    draw = central_parameters(list(study_register(load_register(), study, resolved.rows).values()))
    return prepare(resolved), draw


def agreement_speed() -> tuple[Speed, Speed, float, float]:
    """Return the kernel's speed on the oracle's model with one and four arms, the oracle's events and person-years.

    The four arms have 1,700, 1,800, 1,900 and 2,000 places of treatment; rates are per CPU second.
    """
    size = "population.size=10000"
    prepared, draw, parameters = prepare_agreement(size, "services.treatment.capacity.places=1700")
    four = prepare(_with_more_places(agreement_study(size), (1700, 1800, 1900, 2000)))
    results = []

    def work(seed: int) -> None:
        results.append(simulate(parameters, seed))

    seconds = _median_seconds(work)
    events = median(result.simpy_events for result in results) / seconds
    years = median(r.person_years["alive"] for r in results) / seconds
    return _speed(prepared, draw), _speed(four, draw), events, years


def _with_more_places(resolved: ResolvedStudy, places: tuple[int, ...]) -> ResolvedStudy:
    """Return the study with one arm for each number of places of treatment."""
    alone = resolved.study.arms["alone"]
    treatment = alone.services[TREATMENT]
    assert treatment.capacity is not None and treatment.capacity.places is not None
    ramp = treatment.capacity.places
    arms = {}
    for number in places:
        given = ramp.model_copy(update={"first": ramp.first.model_copy(update={"value": float(number)})})
        capacity = treatment.capacity.model_copy(update={"places": given})
        services = {TREATMENT: treatment.model_copy(update={"capacity": capacity})}
        arms[f"places_{number}"] = alone.model_copy(update={"services": {**alone.services, **services}})
    study = resolved.study.model_copy(update={"arms": arms})
    return ResolvedStudy(study, resolved.raw, resolved.tree, resolved.rows)


def growth() -> float:
    """Return the cost of a person-year and arm at 1,000,000 people over that at 10,000, both for one year (P8)."""
    small, large = (_one_year(people) for people in (10_000, 1_000_000))
    return small / large


def _one_year(people: int) -> float:
    study = _four_arms(DEMO, [f"population.size={people}", "horizon.years=1"])
    return _speed(*study, runs=1 if people > LARGE else RUNS).years_per_second


def _speed(prepared: Any, draw: Any, runs: int = RUNS) -> Speed:
    last = [run_draw(prepared, draw, 0)]

    def work(luck: int) -> None:
        last[0] = run_draw(prepared, draw, luck)

    seconds = _median_seconds(work, runs)
    sim = last[0]
    arms = sim.state.shape[1]
    years = float(sim.ticks.sum()) / TICKS_PER_YEAR
    candidates, accepted = (sim.tally[:, k].astype(float) for k in range(2))
    services = prepared.layout.services
    names = [process.name for process in prepared.model.processes]
    tally: dict[str, list[float]] = {}
    for stream, n, a in zip(sim.stream, candidates, accepted, strict=True):
        label = _label(names[stream["process"]], services[stream["argument"]] if services else "")
        of = tally.setdefault(label, [0.0, 0.0])  # bands of a stream together
        of[0], of[1] = of[0] + n, of[1] + a
    acceptance = {label: (int(n), float(a / n / arms)) for label, (n, a) in tally.items() if n}
    total = candidates.sum()
    return Speed(
        arms, years / seconds, total * arms / years, seconds / total / arms * NANOSECONDS, acceptance
    )


def _label(process: str, service: str) -> str:
    return f"{process} {service}" if process in ("reach", "leave") else process


def peak_megabytes() -> float:
    """Return this process's peak memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
