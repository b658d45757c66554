"""Queueing sites with exponential times round the clock, and how their tests decide.

Replicates have fixed seeds. A comparison fails when the mean over replicates lies further from the truth than LIMIT
standard errors. For correct code one of all COMPARISONS fails with a probability of at most FAMILY_ERROR (that of
three standard errors for one comparison) over all the seeds that might have been fixed.

Means are adjusted for two control variates whose expectation is exactly 0: how many more people came than expected,
and how much longer than expected the visits of people seen were in sum (Nelson 1990, Operations Research 38:974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from hrsim.operations.floor import Outcome, Run, run_site
from hrsim.operations.luck import Luck
from hrsim.operations.site import HOURS_PER_DAY, MINUTES_PER_DAY, Law, Site

FAMILY_ERROR = 0.0027
COMPARISONS = 60
REPLICATES = 40
CONTROLS = 2
LIMIT = float(t.isf(FAMILY_ERROR / COMPARISONS / 2, REPLICATES - 1 - CONTROLS))
ALL_DAY = ((0, MINUTES_PER_DAY),)


def steady_site(servers: int, per_hour: float, minutes: float, spread: float = 1.0, **more) -> Site:
    """Return a site that is open round the clock with even arrivals."""
    return Site(servers, ALL_DAY, (per_hour,) * HOURS_PER_DAY, Law(minutes, spread), **more)


@dataclass(frozen=True)
class Estimate:
    """Hold a mean over replicates and its standard error."""

    mean: float
    error: float

    def agrees(self, truth: float) -> bool:
        """Tell whether the truth lies within LIMIT standard errors."""
        return abs(self.mean - truth) <= LIMIT * self.error


def estimates(site: Site, name: str, days: int, warm_up: int = 1) -> dict[str, Estimate]:
    """Estimate from REPLICATES stretches of days what queueing formulas give; minutes, and shares of all who come."""
    runs = [run_site(site, Luck(20261124, name, number), days, warm_up) for number in range(REPLICATES)]
    controls = np.array([_controls(site, run) for run in runs])
    values = {
        "waits": [np.mean(_waited(run) > 0.0) for run in runs],
        "wait": [np.mean(_waited(run)) for run in runs],
        "waits_long": [np.mean(_waited(run) > 10.0) for run in runs],
        "queue": [_mean_level(run, run.waiting) for run in runs],
        "busy": [_mean_level(run, run.busy) for run in runs],
        "inside": [_mean_level(run, run.waiting + run.busy) for run in runs],
        "blocked": [np.mean(run.outcome == Outcome.FULL) for run in runs],
        "abandon": [np.mean(run.outcome == Outcome.WALKED_AWAY) for run in runs],
        "met_per_hour": [np.sum(run.outcome == Outcome.MET) / (24 * run.days) for run in runs],
    }
    return {measure: _estimate(np.array(column), controls) for measure, column in values.items()}


def _controls(site: Site, run: Run) -> tuple[float, float]:
    seen = run.outcome == Outcome.MET
    more_people = run.outcome.size / run.days - site.wanted_per_day
    work = run.inside[seen] if site.attendance is None else np.array([site.visit.mean])
    return more_people, float(np.sum(work - site.visit.mean)) / run.days


def _waited(run: Run) -> np.ndarray:
    return run.waited[run.outcome != Outcome.FULL]


def _mean_level(run: Run, area: np.ndarray) -> float:
    return float(area.sum()) / (run.days * MINUTES_PER_DAY)


def _estimate(values: np.ndarray, controls: np.ndarray) -> Estimate:
    """Return the intercept of the regression on the controls that vary, and its standard error."""
    design = np.column_stack([np.ones(values.size), controls[:, controls.std(axis=0) > 1e-9]])
    beta, *_ = np.linalg.lstsq(design, values, rcond=None)
    spare = values - design @ beta
    variance = spare @ spare / (values.size - design.shape[1])
    return Estimate(float(beta[0]), float(np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0])))
