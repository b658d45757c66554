"""A calibration from end to end: waves of history matching, the posterior, and what it predicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.calibrate import verdict
from hrsim.calibrate.diagnostics import level_table, posterior_table, predicted, prior_and_posterior
from hrsim.calibrate.emulator import Emulator, fit_emulator, scores_of
from hrsim.calibrate.identifiability import identifiability
from hrsim.calibrate.matching import Matcher, matcher, next_points, sobol_points
from hrsim.calibrate.numbers import one_event
from hrsim.calibrate.posterior import Posterior, resampled, sample_posterior
from hrsim.calibrate.reading import Assignment
from hrsim.calibrate.simulator import Outputs, Simulated, simulate_points
from hrsim.errors import HrsimError

Floats = NDArray[np.float64]
Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
PREDICTED_DRAWS = 100
REFINEMENTS = 3  # times that the posterior may be sampled, each time with what its own draws taught
LEVELS_BESIDE = 16  # levels tried beside each simulated point where the emulator is not used
IDENTIFIED = 0.1  # least shrinkage at which a parameter counts as informed by the targets


class NothingIdentifiable(HrsimError):
    """Report that the targets say nothing about any free parameter."""

    exit_code = 6


class NothingCounted(HrsimError):
    """Report a number that is simulated as 0 at some point, so that its logarithm cannot be emulated."""

    exit_code = 6


@dataclass(frozen=True)
class Fit:
    """Hold a finished calibration: the posterior, its tables, what speaks against using it, what users must know."""

    posterior: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    method: str
    effective: float
    plausible_share: float
    faults: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Workshop:
    """Hold what every step needs: the task, how to simulate it, where and on how many threads."""

    assignment: Assignment
    outputs: Outputs
    folder: Path
    threads: int
    progress: Progress

    def wave(self, number: int, points: Floats) -> Simulated:
        """Simulate the points of a wave; raise NothingCounted where a number has no logarithm."""
        simulated = self.simulate(points, f"wave_{number}")
        empty = simulated.countless
        if empty.any():
            named = zip(self.assignment.targets, empty, strict=True)
            told = ", ".join(f"{target.name} at {count}" for target, count in named if count)
            raise NothingCounted(
                f"a rate or share simulated as 0 at some of {len(points)} points, where a number on the logarithm "
                f"cannot be fitted: {told}. Fit the count of events, or simulate more people or replicates."
            )
        return simulated

    def simulate(self, points: Floats, name: str) -> Simulated:
        """Simulate points; those that an earlier start finished are read back."""
        with self.progress(name.replace("_", " "), len(points)) as advance:
            return self.simulate_under(advance, points, name)

    def simulate_under(self, advance: Callable[[], None], points: Floats, name: str) -> Simulated:
        """Simulate points as part of a task whose progress `advance` reports."""
        search = self.assignment.calibration.search
        return simulate_points(
            points, self.assignment.free, self.outputs, search.replicates, search.seed,
            self.folder / name, self.threads, advance, one_event(self.assignment),
        )  # fmt: skip


def plan(workshop: Workshop) -> pd.DataFrame:
    """Simulate the first wave only and say which parameters matter and which can be identified."""
    return _plan(workshop, _first_wave(workshop))


def fit(workshop: Workshop) -> Fit:
    """Fit: raise NothingPlausible, NothingIdentifiable or NothingCounted where that is so.

    Linear algebra runs on one thread, so that the same machine gives the same bits.
    """
    import sklearn.mixture  # noqa: F401 - before the limit, which reaches only libraries that are loaded
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return _fit(workshop)


def _fit(workshop: Workshop) -> Fit:
    assignment, calibration = workshop.assignment, workshop.assignment.calibration
    judge = matcher(assignment)
    waves = [_first_wave(workshop)]
    identified = _plan(workshop, waves[0])
    emulators = [fit_emulator(waves[0])]
    share, shares = 1.0, [1.0]
    for number in range(1, calibration.search.waves):
        points, share = next_points(
            judge,
            emulators,
            calibration.search.points,
            calibration.search.cutoff,
            calibration.search.seed + number,
        )
        shares.append(share)
        waves.append(workshop.wave(number + 1, points))
        emulators.append(fit_emulator(_together(waves)))
    found, sound, checks, off = _refined(workshop, judge, waves, emulators)
    posterior = posterior_table(assignment.free, found.points[:, : len(assignment.free)])
    levels = _level_scores(assignment, found.points)
    shifts = levels[: len(checks.points)] @ judge.levels()
    fits = predicted(assignment, checks, shifts, calibration.search.seed)
    return Fit(
        posterior=posterior,
        tables={
            "identifiability": identified,
            "prior_and_posterior": prior_and_posterior(assignment.free, posterior),
            "fit": fits,
            "waves": _wave_table(waves, emulators, shares),
            **({"levels": level_table(assignment, levels)} if assignment.levels else {}),
        },
        method=found.method,
        effective=found.effective,
        plausible_share=share,
        faults=tuple(verdict.faults(assignment, found, fits, sound, off)),
        warnings=tuple(verdict.warnings(assignment, fits)),
    )


def _refined(
    workshop: Workshop, judge: Matcher, waves: list[Simulated], emulators: list[Emulator]
) -> tuple[Posterior, bool, Simulated, float]:
    """Sample, simulate at draws, and learn from those until the emulator is right where the posterior lies.

    Away from the waves an emulator is unsure, and a likelihood under a wide doubt draws the posterior there. Returns
    the posterior, whether the emulator passed its own check, the simulations at draws, and how far off it was there.
    """
    assignment = workshop.assignment
    for refinement in range(1, REFINEMENTS + 1):
        found, sound = _posterior(assignment, judge, emulators[-1], waves[0])
        drawn = found.points[:PREDICTED_DRAWS, : len(assignment.free)]
        checks = workshop.simulate(drawn, f"posterior_{refinement}")
        off = _off(judge, emulators[-1], checks) if sound else 0.0
        counted = not checks.countless.any()
        if off <= verdict.FARTHEST_OFF or not counted or refinement == REFINEMENTS:
            break
        waves.append(checks)
        emulators.append(fit_emulator(_together(waves)))
    return found, sound, checks, off


def _off(judge: Matcher, emulator: Emulator, simulated: Simulated) -> float:
    """Return how far the emulator is from simulations: root mean square over fitted numbers, in errors of each."""
    location, _ = emulator.predict(simulated.points)
    places = list(judge.fitted)
    miss = (simulated.location - location)[:, places] / judge.yearly_error(simulated.error)
    return float(np.sqrt(np.mean(miss**2)))


def _first_wave(workshop: Workshop) -> Simulated:
    search = workshop.assignment.calibration.search
    points = sobol_points(search.points, len(workshop.assignment.free), search.seed)
    return workshop.wave(1, points)


def _plan(workshop: Workshop, simulated: Simulated) -> pd.DataFrame:
    table = identifiability(matcher(workshop.assignment), simulated)
    if (table["shrinkage"] < IDENTIFIED).all():
        best = table.iloc[int(np.argmax(table["shrinkage"]))]
        raise NothingIdentifiable(
            f"the targets say nothing about any free parameter: the best, {best['evidence']}, would shrink by "
            f"{best['shrinkage']:.0%}. Free parameters that move the targets, or fit more years."
        )
    return table


def _posterior(
    assignment: Assignment, judge: Matcher, emulator: Emulator, first: Simulated
) -> tuple[Posterior, bool]:
    """Sample with the emulator where it is sound; else weigh the first wave, and say so.

    Only that wave is drawn from the prior, so that likelihoods are its weights; later ones lie where it was promising.
    """
    result, seed = assignment.calibration.result, assignment.calibration.search.seed
    if not emulator.sound:
        return _weighed_simulations(assignment, judge, first), False

    moves = judge.levels()

    def log_likelihood(points: Floats) -> Floats:
        location, deviation = emulator.predict(points[:, : len(assignment.free)])
        shifted = location + _level_scores(assignment, points) @ moves
        return judge.log_likelihood(shifted, judge.spread(deviation, emulator.noise, True))

    dimensions = len(assignment.free) + len(assignment.levels)
    return sample_posterior(log_likelihood, dimensions, result.draws, result.effective_sample, seed), True


def _weighed_simulations(assignment: Assignment, judge: Matcher, simulated: Simulated) -> Posterior:
    """Resample the simulated points by their likelihoods, each beside several levels of its series."""
    result, seed = assignment.calibration.result, assignment.calibration.search.seed
    beside = LEVELS_BESIDE if assignment.levels else 1
    points, location = (np.repeat(array, beside, axis=0) for array in (simulated.points, simulated.location))
    if assignment.levels:
        points = np.concatenate([points, sobol_points(len(points), len(assignment.levels), seed)], axis=1)
    shifted = location + _level_scores(assignment, points) @ judge.levels()
    spread = judge.spread(np.zeros_like(location), simulated.error, True)
    return resampled(points, judge.log_likelihood(shifted, spread), result.draws, seed)


def _level_scores(assignment: Assignment, points: Floats) -> Floats:
    """Return the standard normal scores of the series' levels at points, shape (n, levels)."""
    return scores_of(points[:, len(assignment.free) :])


def _together(waves: Sequence[Simulated]) -> Simulated:
    """Join waves in turn, so that every fifth point, the check's, comes from all of them."""
    joined = waves[0]
    for wave in waves[1:]:
        joined = joined.joined(wave)
    return joined


def _wave_table(
    waves: Sequence[Simulated], emulators: Sequence[Emulator], shares: Sequence[float]
) -> pd.DataFrame:
    """List the waves; `share_of_prior` is what those before had left, and the last stands for draws learnt from."""
    left = [*shares, *[shares[-1]] * (len(waves) - len(shares))]
    return pd.DataFrame(
        [
            {
                "wave": number + 1, "points": len(wave.points), "share_of_prior": left[number],
                "checked": emulator.checked, "most_outside": max(emulator.outside), "sound": emulator.sound,
            }
            for number, (wave, emulator) in enumerate(zip(waves, emulators, strict=True))
        ]
    )  # fmt: skip
