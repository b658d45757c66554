"""A quick point fit: the parameters that fit best among a few dozen trials, with no word on how sure that is.

Trials are proposed by a tree-structured Parzen estimator (Bergstra et al. 2011; Optuna) and simulated with the same
luck. What is minimised is minus the log posterior density in normal scores of the priors: minus the log likelihood of
the fitted numbers, the declared discrepancy in it, plus half the sum of squares of the scores. The level of a series,
where one is learnt, needs no simulation: each trial is judged at the levels that are best for it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from hrsim import __version__
from hrsim.calibrate.fit import NothingCounted, Workshop
from hrsim.calibrate.matching import Matcher, matcher
from hrsim.calibrate.reading import Assignment
from hrsim.calibrate.simulator import Simulated, values_at
from hrsim.report.texts import plain_table

Floats = NDArray[np.float64]
BATCH = 4  # trials proposed together, however many threads there are, so that threads change nothing
EDGE = 0.001  # trials lie between these probabilities of each prior
NEAR_EDGE = 0.02  # a best point this near the edge of a prior is pressed against it
LEVELS = np.linspace(-4.0, 4.0, 321)  # scores of a level that are tried
POINT_ONLY = "A point and no posterior: it says nothing about how sure the values are."


@dataclass(frozen=True)
class PointFit:
    """Hold the best of the trials: values of the free rows, the numbers they give, and which priors they press on."""

    values: dict[str, float]
    numbers: pd.DataFrame
    minus_log_posterior: float
    trials: int
    pressed: tuple[str, ...]


def quick_fit(workshop: Workshop, trials: int) -> PointFit:
    """Try `trials` points and return the best; raise NothingCounted where each leaves a fitted number at 0.

    The same file and seed propose the same points, so that trials simulated before a stop are read back.
    """
    assignment, judge = workshop.assignment, matcher(workshop.assignment)
    study = _optimiser(assignment)
    best, least, at = pd.DataFrame(), np.inf, np.empty(0)
    with workshop.progress("quick fit", trials) as advance:
        for start in range(0, trials, BATCH):
            asked = [study.ask() for _ in range(min(BATCH, trials - start))]
            points = np.array([_point(assignment, trial) for trial in asked])
            simulated = workshop.simulate_under(advance, points, f"quick/from_{start:05d}")
            losses, location = _judged(judge, simulated)
            for trial, loss in zip(asked, losses, strict=True):
                study.tell(trial, float(loss))
            first = int(np.argmin(losses))
            if losses[first] < least:
                best, least, at = (
                    _numbers(assignment, simulated, location, first),
                    float(losses[first]),
                    points[first],
                )
    if not np.isfinite(least):
        raise NothingCounted(
            f"in each of {trials} trials a fitted number is simulated as 0, so that none can be compared with another: "
            "fit a commoner outcome, or simulate more people or replicates"
        )
    pressed = [row.id for row, u in zip(assignment.free, at, strict=True) if min(u, 1.0 - u) < NEAR_EDGE]
    return PointFit(values_at(assignment.free, at), best, least, trials, tuple(pressed))


def minus_log_posterior(judge: Matcher, simulated: Simulated) -> Floats:
    """Return what is minimised, shape (n,): infinite where a fitted number is simulated as 0."""
    return _judged(judge, simulated)[0]


def _judged(judge: Matcher, simulated: Simulated) -> tuple[Floats, Floats]:
    """Return what is minimised (n,), and the logarithms of the numbers at the best levels of their series (n, targets).

    A level moves the numbers of its own series alone, so that each is found by itself.
    """
    means = simulated.means
    counted = (means[:, list(judge.fitted)] > 0.0).all(axis=1)
    location = np.log(np.where(means > 0.0, means, 1.0))
    spread = judge.spread(np.zeros_like(location), np.zeros(location.shape[1]), level_known=True)
    loss = 0.5 * (special.ndtri(simulated.points) ** 2).sum(axis=1)
    for level in judge.levels():
        tried = location[:, None, :] + LEVELS[:, None] * level
        flat, wide = tried.reshape(-1, tried.shape[2]), np.repeat(spread, len(LEVELS), axis=0)
        gained = judge.log_likelihood(flat, wide).reshape(len(location), -1) - 0.5 * LEVELS**2
        best = gained.argmax(axis=1)
        location, loss = location + LEVELS[best][:, None] * level, loss + 0.5 * LEVELS[best] ** 2
    return np.where(counted, loss - judge.log_likelihood(location, spread), np.inf), location


def _optimiser(assignment: Assignment) -> Any:
    """Return an Optuna study that tries the medians of the priors first."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=assignment.calibration.search.seed, multivariate=True, n_startup_trials=2 * BATCH
        )
    study = optuna.create_study(sampler=sampler)
    study.enqueue_trial({row.id: 0.5 for row in assignment.free})
    return study


def _point(assignment: Assignment, trial: Any) -> list[float]:
    return [trial.suggest_float(row.id, EDGE, 1.0 - EDGE) for row in assignment.free]


def _numbers(assignment: Assignment, simulated: Simulated, location: Floats, place: int) -> pd.DataFrame:
    """Lay out what one point gives: the model's own numbers, and those at the levels of their series."""
    return pd.DataFrame(
        {
            "number": [target.name for target in assignment.targets],
            "use": ["held out" if target.held_out else "fitted" for target in assignment.targets],
            "published": [target.value for target in assignment.targets],
            "simulated": simulated.numbers.mean(axis=1)[place],
            "expected": np.exp(location[place]),
        }
    )


def quick_text(assignment: Assignment, found: PointFit) -> str:
    """Write the fit as YAML: `parameters:` to paste into a study, and as comments what it reached and is not."""
    title = assignment.calibration.title
    head = [
        f"Quick point fit: {title}",
        f"The best of {found.trials} trials, by hrsim {__version__}. {POINT_ONLY}",
        "A study that takes these numbers shows less doubt than there is: calibrate for a posterior.",
        f"Minus log posterior density (normal scores of the priors): {found.minus_log_posterior:.2f}",
    ]
    if found.pressed:
        head.append(
            f"At the edge of its prior, so the prior or the model does not fit: {', '.join(found.pressed)}"
        )
    rows = [
        [
            str(row["number"]), str(row["use"]), f"{row['published']:,g}", f"{row['simulated']:,.4g}",
            f"{row['expected']:,.4g}", f"{row['expected'] / row['published']:.2f}",
        ]
        for row in found.numbers.to_dict("records")
    ]  # fmt: skip
    table = plain_table(("", "Use", "Published", "Simulated", "At its level", "Ratio"), rows)
    comments = [*head, "", *table.splitlines()]
    lines = [f"# {line}".rstrip() for line in comments]
    return "\n".join([*lines, "parameters:", *_yaml(found.values)]) + "\n"


def _yaml(values: dict[str, float]) -> Sequence[str]:
    return [f"  {name}: {value!r}" for name, value in values.items()]
