"""History matching: rule out, wave by wave, the parameter points that cannot have given the published numbers.

Implausibility of a point for a target: distance of the logarithms over all that could explain it (emulator, Monte
Carlo, observation, declared discrepancy); the largest over the targets counts (Vernon, Goldstein & Bower 2010).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from hrsim.calibrate.emulator import Emulator
from hrsim.calibrate.likelihoods import implausibility, log_density, observation_spread
from hrsim.calibrate.reading import Assignment, Target
from hrsim.calibrate.schema import Likelihood
from hrsim.errors import HrsimError

Floats = NDArray[np.float64]
Measure = Callable[[Likelihood, float, float | None, Floats, Floats], Floats]
POOL_BITS = 13  # places looked at in each wave: 2^13


class NothingPlausible(HrsimError):
    """Report that no point of the prior comes near the published numbers."""

    exit_code = 6


@dataclass(frozen=True)
class Matcher:
    """Judge points against the fitted targets; `fitted` are their places among all targets."""

    assignment: Assignment
    fitted: tuple[int, ...]

    def spread(self, emulator_deviation: Floats, noise: Floats, level_known: bool = False) -> Floats:
        """Return the standard deviation of the true logarithm given the emulator, shape (n, fitted).

        With `level_known` it is that around a level which a coordinate of the point tells.
        """
        series = [self.assignment.series_of(target) for target in self._targets()]
        own = np.array([one.discrepancy for one in series])
        level = np.array([0.0 if level_known else one.level_discrepancy for one in series])
        places = list(self.fitted)
        variance = emulator_deviation[:, places] ** 2 + noise[places] ** 2 + own**2 + level**2
        return np.asarray(np.sqrt(variance))

    def levels(self) -> Floats:
        """Return how far a standard deviation of each level moves the logarithm of each target: (levels, targets)."""
        assignment = self.assignment
        return np.array(
            [
                [
                    assignment.series_of(target).level_discrepancy * (target.series == name)
                    for target in assignment.targets
                ]
                for name in assignment.levels
            ]
        ).reshape(len(assignment.levels), len(assignment.targets))

    def scatter(self) -> Floats:
        """Return the standard deviation of each fitted number's logarithm around the truth, shape (fitted,)."""
        return np.array(
            [
                observation_spread(self.assignment.series_of(target).likelihood, target.value, target.error)
                for target in self._targets()
            ]
        )

    def yearly_error(self, noise: Floats) -> Floats:
        """Return all errors together, those of levels apart, where no emulator stands between: shape (fitted,)."""
        nothing = np.zeros((1, len(noise)))
        return np.asarray(np.sqrt(self.spread(nothing, noise, True)[0] ** 2 + self.scatter() ** 2))

    def implausibility(self, location: Floats, spread: Floats) -> Floats:
        """Return the implausibility of each point for each fitted target, shape (n, fitted)."""
        return np.stack(self._by_target(implausibility, location, spread), axis=1)

    def log_likelihood(self, location: Floats, spread: Floats) -> Floats:
        """Return the log likelihood of each point, shape (n,)."""
        return np.asarray(np.sum(self._by_target(log_density, location, spread), axis=0))

    def _by_target(self, measure: Measure, location: Floats, spread: Floats) -> list[Floats]:
        """Give a measure of each point against each fitted target, each of shape (n,)."""
        return [
            measure(
                self.assignment.series_of(target).likelihood,
                target.value,
                target.error,
                location[:, place],
                spread[:, column],
            )
            for column, (place, target) in enumerate(zip(self.fitted, self._targets(), strict=True))
        ]

    def _targets(self) -> Sequence[Target]:
        return [self.assignment.targets[place] for place in self.fitted]


def matcher(assignment: Assignment) -> Matcher:
    """Return the matcher of an assignment."""
    fitted = tuple(place for place, target in enumerate(assignment.targets) if not target.held_out)
    return Matcher(assignment, fitted)


def sobol_points(count: int, dimensions: int, seed: int) -> Floats:
    """Return the first `count` points of a scrambled Sobol sequence, strictly inside the unit cube."""
    bits = int(np.ceil(np.log2(max(count, 2))))
    points = qmc.Sobol(dimensions, rng=np.random.default_rng(seed)).random_base2(bits)[:count]
    edge = 2.0**-30
    return np.asarray(points * (1.0 - 2.0 * edge) + edge)


def next_points(
    judge: Matcher, emulators: Sequence[Emulator], count: int, cutoff: float, seed: int
) -> tuple[Floats, float]:
    """Return points that no wave rules out, and the share of the prior that they stand for.

    Raise NothingPlausible, naming the targets that rule most out, when there are none.
    """
    pool = sobol_points(2**POOL_BITS, len(judge.assignment.free), seed)
    worst = np.zeros(len(pool))
    by_target = np.zeros((len(pool), len(judge.fitted)))
    for emulator in emulators:
        location, deviation = emulator.predict(pool)
        found = judge.implausibility(location, judge.spread(deviation, emulator.noise))
        by_target = np.maximum(by_target, found)
        worst = np.maximum(worst, found.max(axis=1))
    left = np.flatnonzero(worst <= cutoff)
    if not left.size:
        raise NothingPlausible(_words(judge, by_target, cutoff))
    share = left.size / len(pool)
    if left.size >= count:
        return pool[left[:count]], share
    return np.concatenate([pool[left], _near(pool[left], count - left.size, seed)]), share


def _near(found: Floats, count: int, seed: int) -> Floats:
    """Return points between and around the few that are left: mixtures of two of them, chosen at random."""
    generator = np.random.default_rng([seed, count])
    pairs = generator.integers(0, len(found), (count, 2))
    weight = generator.uniform(-0.25, 1.25, (count, 1))
    edge = 2.0**-30
    return np.clip(found[pairs[:, 0]] * weight + found[pairs[:, 1]] * (1.0 - weight), edge, 1.0 - edge)


def _words(judge: Matcher, by_target: Floats, cutoff: float) -> str:
    best = by_target.min(axis=0)
    names = [judge.assignment.targets[place].name for place in judge.fitted]
    hard = [
        f"{name} ({value:.1f})" for name, value in sorted(zip(names, best, strict=True), key=lambda x: -x[1])
    ]
    return (
        f"no parameters within the priors come near all the published numbers (implausibility above {cutoff:g} "
        f"everywhere). Hardest to reach, with the least implausibility of each alone: {', '.join(hard[:5])}. "
        "Widen a prior, free another parameter, or declare a larger discrepancy with its reason."
    )
