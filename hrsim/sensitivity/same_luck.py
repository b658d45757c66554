"""New simulations at chosen parameters, all with the same luck, so that only the parameters tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrsim.economics import Valuation
from hrsim.engine.ledger import Ledger
from hrsim.evidence import central_parameters
from hrsim.experiment.design import Experiment
from hrsim.experiment.evaluate import valuer_of
from hrsim.experiment.measures import MeasuredLedger, measure_ledger
from hrsim.experiment.parameters import check_draws
from hrsim.experiment.plan import luck_number
from hrsim.experiment.responses import Response, responses
from hrsim.experiment.valuing import Valuer, comparator_of
from hrsim.sensitivity.draws import HEADLINES
from hrsim.simulate import Prepared, prepare, simulate

Floats = NDArray[np.float64]
Point = Mapping[str, float]


@dataclass(frozen=True)
class Bench:
    """Simulate one study at points: parameters that differ from the point values, each with every one of the lucks.

    `base` holds the ledger of each luck at the point values: points that change prices and utilities alone are valued
    on it and simulate nothing.
    """

    experiment: Experiment
    prepared: Prepared
    valuing: Valuer
    central: Point
    lucks: tuple[int, ...]
    base: tuple[Ledger, ...]
    threads: int

    @property
    def arms(self) -> tuple[str, ...]:
        """Give the names of the arms."""
        return self.base[0].arms

    @property
    def comparator(self) -> str:
        """Give the name of the comparator."""
        return comparator_of(self.experiment.resolved.study)

    def headlines(self, points: Sequence[Point]) -> list[tuple[Response, Floats]]:
        """Give each headline with its differences from the comparator, shape (points, lucks, arms).

        Raise StudyError, before anything is simulated, for a point at which some number is one that the model cannot
        take.
        """
        complete = [{**self.central, **point} for point in points]
        check_draws(self.experiment.resolved.study, dict(enumerate(complete)))
        tasks = [
            (place, luck, parameters)
            for place, parameters in enumerate(complete)
            for luck in range(len(self.lucks))
        ]
        simulated = set(self.prepared.parameter_ids)
        changes = [bool(simulated & point.keys()) for point in points]

        def measure(task: tuple[int, int, Point]) -> tuple[MeasuredLedger, Valuation]:
            place, luck, parameters = task
            ledger = (
                simulate(self.prepared, parameters, self.lucks[luck]) if changes[place] else self.base[luck]
            )
            return measure_ledger(ledger), self.valuing.value(ledger, parameters)

        with ThreadPoolExecutor(max_workers=self.threads) as pool:
            measured = list(pool.map(measure, tasks))
        shape = (len(points), len(self.lucks), len(self.arms))
        base = self.arms.index(self.comparator)
        return [
            (found, found.differences(base).reshape(shape))
            for found in responses(self.valuing, self.base[0], measured)
            if found.measure in HEADLINES
        ]


def open_bench(experiment: Experiment, lucks: int, threads: int) -> Bench:
    """Compile a study and simulate it at its point values, once with each luck: those of draw 0 of a run."""
    prepared = prepare(experiment.resolved)
    central = central_parameters(experiment.register.values())
    numbers = tuple(luck_number(experiment.plan.seed, 0, replicate) for replicate in range(lucks))
    with ThreadPoolExecutor(max_workers=threads) as pool:
        base = tuple(pool.map(lambda luck: simulate(prepared, central, luck), numbers))
    return Bench(experiment, prepared, valuer_of(experiment), central, numbers, base, threads)


def mean_and_error(values: Iterable[float]) -> tuple[float, float]:
    """Give the mean over lucks and its Monte Carlo error, unknown for one luck."""
    array = np.asarray(list(values), dtype=np.float64)
    error = array.std(ddof=1) / np.sqrt(len(array)) if len(array) > 1 else np.nan
    return float(array.mean()), float(error)
