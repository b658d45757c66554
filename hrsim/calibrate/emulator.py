"""Emulate simulated numbers: a line in the normal scores of the parameters, a Gaussian process on what is left.

Numbers are emulated on the logarithm of their means. A share of the points is kept back to check the emulator: when
more of them fall outside its own 99.7 % interval than chance allows, the emulator says so and is not used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from hrsim.calibrate.process import Process, condition, learn
from hrsim.calibrate.simulator import Simulated

Floats = NDArray[np.float64]
CHECK_EVERY = 5  # one point in five is kept back for the check
CHECK_WIDTH = 3.0  # standard deviations
CHECK_CHANCE = 0.001  # chance, over all numbers together, at which so many outside would be no accident
INSIDE = float(stats.norm.cdf(CHECK_WIDTH) - stats.norm.cdf(-CHECK_WIDTH))


@dataclass(frozen=True)
class Emulator:
    """Predict the logarithm of every target at points of the unit cube."""

    process: Process
    lines: Floats  # (1 + parameters, targets)
    noise: Floats  # Monte Carlo error of the simulated locations, by target
    outside: tuple[int, ...]  # by target: points kept back that fell outside
    checked: int

    @property
    def sound(self) -> bool:
        """Tell whether every target passed its check."""
        worst = stats.binom.isf(CHECK_CHANCE / len(self.outside), self.checked, 1.0 - INSIDE)
        return all(count <= worst for count in self.outside)

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Return location and standard deviation, each of shape (n, targets)."""
        scores = scores_of(points)
        mean, deviation = self.process.predict(scores)
        return _with_one(scores) @ self.lines + mean, deviation


def scores_of(points: Floats) -> Floats:
    """Return the standard normal scores of points of the unit cube."""
    return np.asarray(special.ndtri(points))


def fit_emulator(simulated: Simulated) -> Emulator:
    """Learn the shape on four points in five, check on the rest, then take in all."""
    kept = np.arange(len(simulated.points)) % CHECK_EVERY == CHECK_EVERY - 1
    scores, lines, left = _around_line(simulated.points[~kept], simulated.location[~kept])
    shape = learn(scores, left, simulated.error)
    trial = Emulator(condition(shape, scores, left), lines, simulated.error, (), 0)
    outside = _outside(trial, simulated.points[kept], simulated.location[kept])
    scores, lines, left = _around_line(simulated.points, simulated.location)
    return Emulator(condition(shape, scores, left), lines, simulated.error, outside, int(kept.sum()))


def _around_line(points: Floats, location: Floats) -> tuple[Floats, Floats, Floats]:
    """Return normal scores of points, the lines through the locations, and what is left of these."""
    scores = scores_of(points)
    lines = np.asarray(np.linalg.lstsq(_with_one(scores), location, rcond=None)[0], np.float64)
    return scores, lines, location - _with_one(scores) @ lines


def _outside(trial: Emulator, points: Floats, location: Floats) -> tuple[int, ...]:
    """Count, by target, the points whose simulated location is farther off than a likelihood reckons with.

    That is the emulator's own doubt and the Monte Carlo error; the noise that the process learnt is smaller, since the
    points share their lucks, and a miss of that size changes no posterior.
    """
    mean, deviation = trial.predict(points)
    far = np.abs(location - mean) > CHECK_WIDTH * np.sqrt(deviation**2 + trial.noise**2)
    return tuple(int(count) for count in far.sum(axis=0))


def _with_one(scores: Floats) -> Floats:
    return np.concatenate([np.ones((len(scores), 1)), scores], axis=1)
