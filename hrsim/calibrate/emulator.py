"""Emulate simulated numbers: a line in the normal scores of the parameters, a Gaussian process on what is left.

Each target is emulated alone, on the logarithm of its mean. A share of the points is kept back to check the emulator:
when more of them fall outside its own 99.7 % interval than chance allows, the emulator says so and is not used.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from hrsim.calibrate.simulator import Simulated

Floats = NDArray[np.float64]
CHECK_EVERY = 5  # one point in five is kept back for the check
CHECK_WIDTH = 3.0  # standard deviations
CHECK_CHANCE = 0.001  # chance at which so many outside would be no accident
INSIDE = float(stats.norm.cdf(CHECK_WIDTH) - stats.norm.cdf(-CHECK_WIDTH))


@dataclass(frozen=True)
class Emulator:
    """Predict the logarithm of every target at points of the unit cube."""

    models: tuple[Any, ...]
    lines: Floats  # (1 + parameters, targets)
    noise: Floats  # Monte Carlo error of the simulated locations, by target
    outside: tuple[int, ...]  # by target: points kept back that fell outside
    checked: int

    @property
    def sound(self) -> bool:
        """Tell whether every target passed its check."""
        worst = stats.binom.isf(CHECK_CHANCE, self.checked, 1.0 - INSIDE)
        return all(count <= worst for count in self.outside)

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Return location and standard deviation, each of shape (n, targets)."""
        scores = scores_of(points)
        line = _with_one(scores) @ self.lines
        found = [model.predict(scores, return_std=True) for model in self.models]
        return line + np.stack([mean for mean, _ in found], axis=1), np.stack([sd for _, sd in found], axis=1)


def scores_of(points: Floats) -> Floats:
    """Return the standard normal scores of points of the unit cube."""
    return np.asarray(special.ndtri(points))


def fit_emulator(simulated: Simulated) -> Emulator:
    """Fit on four points in five, check on the rest, then fit on all."""
    places = np.arange(len(simulated.points))
    kept = places % CHECK_EVERY == CHECK_EVERY - 1
    trial = _fit(simulated.points[~kept], simulated.location[~kept], simulated.error, (), 0)
    mean, deviation = trial.predict(simulated.points[kept])
    spread = np.sqrt(deviation**2 + simulated.error**2)
    outside = (np.abs(simulated.location[kept] - mean) > CHECK_WIDTH * spread).sum(axis=0)
    return _fit(
        simulated.points, simulated.location, simulated.error, tuple(int(n) for n in outside), int(kept.sum())
    )


def _fit(points: Floats, location: Floats, noise: Floats, outside: tuple[int, ...], checked: int) -> Emulator:
    scores = scores_of(points)
    lines = np.asarray(np.linalg.lstsq(_with_one(scores), location, rcond=None)[0], np.float64)
    left = location - _with_one(scores) @ lines
    models = tuple(_process(scores, left[:, target], float(noise[target])) for target in range(left.shape[1]))
    return Emulator(models, lines, noise, outside, checked)


def _process(scores: Floats, left: Floats, noise: float) -> Any:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel

    size = max(float(left.std()), noise)
    kernel = ConstantKernel(size**2, (1e-4 * size**2, 1e2 * size**2)) * RBF(
        np.full(scores.shape[1], 3.0), (0.5, 50.0)
    )
    model = GaussianProcessRegressor(kernel, alpha=noise**2 + 1e-10, n_restarts_optimizer=0)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # a length scale at its bound means that the parameter does not matter here
        return model.fit(scores, left)


def _with_one(scores: Floats) -> Floats:
    return np.concatenate([np.ones((len(scores), 1)), scores], axis=1)
