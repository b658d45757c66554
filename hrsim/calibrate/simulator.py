"""Simulate the fitted numbers at parameter points: each point kept on disk, the same luck for all points.

A point is a place in the unit cube of the free parameters: the coordinate of each is its probability under its prior.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hrsim.calibrate.numbers import target_numbers
from hrsim.calibrate.reading import Assignment
from hrsim.evidence import EvidenceRow
from hrsim.evidence.draws import central_parameters, quantile
from hrsim.experiment.parameters import register_of
from hrsim.experiment.plan import luck_number
from hrsim.files import write_text
from hrsim.simulate import prepare, simulate

Floats = NDArray[np.float64]
Outputs = Callable[
    [Mapping[str, float], int], Floats
]  # parameters of the free rows, luck -> one number a target


@dataclass(frozen=True)
class Simulated:
    """Hold simulated numbers: `points` (n, free rows) in the unit cube, `numbers` (n, replicates, targets).

    `one` is by target what one event of a count is worth, 0 for a rate or a share, which are no counts.
    """

    points: Floats
    numbers: Floats
    one: Floats

    @property
    def means(self) -> Floats:
        """Return the mean over replicates with half an event more, shape (n, targets).

        Its logarithm estimates that of the expected count but for terms in 1 / count^2, and exists where no event was
        simulated; the logarithm of a count itself is too low by 1 / (2 x count) (Haldane 1956; Anscombe 1956).
        """
        return np.asarray(self.numbers.mean(axis=1) + 0.5 * self.one / self.numbers.shape[1])

    @property
    def countless(self) -> NDArray[np.int64]:
        """Count by target the points at which its number has no logarithm."""
        return np.asarray((self.means <= 0.0).sum(axis=0))

    @property
    def location(self) -> Floats:
        """Return the logarithm of the expected number, shape (n, targets)."""
        return np.asarray(np.log(self.means))

    @property
    def error(self) -> Floats:
        """Return the Monte Carlo error of the location by target, pooled over points, shape (targets,).

        By the delta method: the standard error of a mean over the mean. Where no event was simulated it is that of
        a count of the half event.
        """
        replicates = self.numbers.shape[1]
        variance = self.numbers.var(axis=1, ddof=1) / replicates
        none = self.numbers.sum(axis=1) == 0.0
        variance = np.where(none, 0.5 * (self.one / replicates) ** 2, variance)
        return np.asarray(np.sqrt((variance / self.means**2).mean(axis=0)))

    def joined(self, other: Simulated) -> Simulated:
        """Return both sets of points."""
        return Simulated(
            np.concatenate([self.points, other.points]),
            np.concatenate([self.numbers, other.numbers]),
            self.one,
        )


def values_at(free: Sequence[EvidenceRow], point: Iterable[float]) -> dict[str, float]:
    """Return the values of the free rows at a point of the unit cube."""
    return {row.id: quantile(row, float(u)) for row, u in zip(free, point, strict=True)}


def study_outputs(assignment: Assignment) -> Outputs:
    """Return the function that simulates the study and gives the number of each target."""
    prepared = prepare(assignment.resolved)
    register = register_of(assignment.resolved)
    middle = central_parameters(register.values())

    def outputs(values: Mapping[str, float], luck: int) -> Floats:
        ledger = simulate(prepared, {**middle, **values}, luck)
        return target_numbers(assignment, ledger)

    return outputs


def simulate_points(
    points: Floats,
    free: Sequence[EvidenceRow],
    outputs: Outputs,
    replicates: int,
    seed: int,
    folder: Path,
    threads: int,
    advance: Callable[[], None],
    one_event: Floats,
) -> Simulated:
    """Simulate every point and replicate that `folder` lacks; finished ones are read back, so a stop loses nothing."""
    folder.mkdir(parents=True, exist_ok=True)

    def one(place: int) -> Floats:
        path = folder / f"point_{place:05d}.json"
        point = points[place]
        found = _kept(path, point)
        if found is None:
            values = values_at(free, point)
            lucks = [luck_number(seed, 0, replicate) for replicate in range(replicates)]
            found = np.stack([outputs(values, luck) for luck in lucks])
            write_text(path, json.dumps({"point": point.tolist(), "numbers": found.tolist()}) + "\n")
        advance()
        return found

    with ThreadPoolExecutor(max_workers=threads) as pool:
        futures = [pool.submit(one, place) for place in range(len(points))]
        try:
            numbers = [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return Simulated(points, np.stack(numbers), one_event)


def _kept(path: Path, point: Floats) -> Floats | None:
    """Return what an earlier start simulated at this very point, or None."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return np.array(held["numbers"], dtype=np.float64) if held["point"] == point.tolist() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
