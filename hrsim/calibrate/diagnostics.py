"""How good a fit is: prior against posterior, fitted and held-out numbers against what the posterior predicts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from hrsim.calibrate.likelihoods import observation_spread, sample
from hrsim.calibrate.reading import NORMAL_WIDTH, Assignment, Target
from hrsim.calibrate.schema import Likelihood
from hrsim.calibrate.simulator import Simulated, values_at
from hrsim.calibrate.zeros import highest_mean_of_zero
from hrsim.evidence import EvidenceRow
from hrsim.evidence.draws import quantile

Floats = NDArray[np.float64]
LOW, HIGH = 0.025, 0.975


def posterior_table(free: Sequence[EvidenceRow], points: Floats) -> pd.DataFrame:
    """Lay out the posterior: a row for each draw, a column for each free row, in the row's unit."""
    table = pd.DataFrame([values_at(free, point) for point in points])
    return table.rename_axis("draw").reset_index()


def prior_and_posterior(free: Sequence[EvidenceRow], posterior: pd.DataFrame) -> pd.DataFrame:
    """List each free row: prior and posterior median and 95 % interval."""
    rows = []
    for row in free:
        values = posterior[row.id].to_numpy()
        prior = [quantile(row, u) for u in (0.5, LOW, HIGH)]
        found = np.quantile(values, (0.5, LOW, HIGH))
        rows.append(
            {
                "evidence": row.id, "unit": row.unit, **_before_and_after(prior, found),
                "width_ratio": (found[2] - found[1]) / (prior[2] - prior[1]),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def level_table(assignment: Assignment, levels: Floats) -> pd.DataFrame:
    """List each series whose level was learnt: published numbers over the model's, before and after the fit.

    `levels` holds standard normal scores, shape (draws, levels).
    """
    rows = []
    for place, name in enumerate(assignment.levels):
        wide = assignment.calibration.series[name].level_discrepancy
        prior = np.exp(wide * special.ndtri((0.5, LOW, HIGH)))
        found = np.exp(wide * np.quantile(levels[:, place], (0.5, LOW, HIGH)))
        rows.append({"series": name, **_before_and_after(prior, found)})
    return pd.DataFrame(rows)


def _before_and_after(prior: Sequence[float] | Floats, found: Floats) -> dict[str, float]:
    """Name the median, low and high end of a prior and of what was found."""
    return {
        "prior_median": prior[0], "prior_low": prior[1], "prior_high": prior[2],
        "posterior_median": found[0], "posterior_low": found[1], "posterior_high": found[2],
    }  # fmt: skip


def predicted(assignment: Assignment, simulated: Simulated, shifts: Floats, seed: int) -> pd.DataFrame:
    """List each target beside what simulations at posterior draws predict for it.

    `shifts` moves the logarithm of each number by its series' level at each draw, shape (draws, targets).
    `low` and `high` are the 95 % predictive interval: parameters, declared discrepancy and observation error together;
    `low_50` and `high_50` its middle half. `published_low` and `published_high`: 95 % error of the published number.
    `model_mean` is the model's own number, `expected` that at the level which the series was found to have.
    `crps` is the continuous ranked probability score in the unit of the number; 0 would be a sure and right prediction.
    """
    generator = np.random.default_rng([seed, 6])
    means = simulated.numbers.mean(axis=1)
    rows = []
    for place, target in enumerate(assignment.targets):
        series = assignment.series_of(target)
        wrong = np.exp(generator.normal(0.0, 1.0, len(means)) * series.discrepancy)
        expected = means[:, place] * np.exp(shifts[:, place])
        drawn = sample(series.likelihood, target.error, expected * wrong, generator)
        low, quarter, middle, upper, high = np.quantile(drawn, (LOW, 0.25, 0.5, 0.75, HIGH))
        error_low, error_high = published_interval(series.likelihood, target)
        rows.append(
            {
                "series": target.series, "year": target.year,
                "use": "held_out" if target.held_out else "fitted",
                "published": target.value, "published_low": error_low, "published_high": error_high,
                "model_mean": means[:, place].mean(), "expected": expected.mean(),
                "median": middle, "low_50": quarter, "high_50": upper,
                "low": low, "high": high, "inside": bool(low <= target.value <= high),
                "crps": _crps(drawn, target.value), "source": target.source,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def published_interval(likelihood: Likelihood, target: Target) -> tuple[float, float]:
    """Return the 95 % interval of a published number's own error, even on the logarithm but for the normal family."""
    if likelihood.family == "normal":
        assert target.error is not None
        half = target.error * NORMAL_WIDTH / 2.0
        return target.value - half, target.value + half
    if target.value == 0.0:
        return 0.0, highest_mean_of_zero(likelihood, target.error)
    half = observation_spread(likelihood, target.value, target.error) * NORMAL_WIDTH / 2.0
    return target.value * float(np.exp(-half)), target.value * float(np.exp(half))


def _crps(drawn: Floats, value: float) -> float:
    """Return the continuous ranked probability score of a sample (Gneiting & Raftery 2007)."""
    ordered = np.sort(drawn)
    count = len(ordered)
    between = ((2 * np.arange(1, count + 1) - count - 1) * ordered).sum() / count**2
    return float(np.abs(ordered - value).mean() - between)
