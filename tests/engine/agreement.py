"""How statistical tests of the engine decide: fixed seeds, stated standard errors, one family-wise error.

All tests of this folder together make fewer than COMPARISONS comparisons, so that a right engine would fail any of
them with a probability of at most FAMILY_ERROR over all the seeds that might have been fixed.
"""

from typing import Any

import numpy as np
from scipy.stats import chi2, norm, t

FAMILY_ERROR = 1e-4
COMPARISONS = 400
SINGLE_ERROR = FAMILY_ERROR / COMPARISONS
LIMIT = float(norm.isf(SINGLE_ERROR / 2))  # 5.2 standard errors

RULE_OF_THUMB = 0.005  # largest standard error as a share of the value


def assert_agrees(
    estimate: float,
    truth: float,
    standard_error: float,
    precision: float = RULE_OF_THUMB,
    limit: float = LIMIT,
) -> None:
    """Hold an estimate to a truth, and its standard error to a share of that truth."""
    assert 0.0 < standard_error <= precision * abs(truth), (
        f"SE {standard_error:.3g} of {truth:.6g} is too large"
    )
    distance = (estimate - truth) / standard_error
    assert abs(distance) < limit, f"{estimate:.6g} lies {distance:.2f} standard errors from {truth:.6g}"


def assert_mean(values: Any, truth: float, precision: float = RULE_OF_THUMB) -> None:
    """Hold the mean of independent values to a truth, by Student's distribution."""
    values = np.asarray(values, float)
    error = float(values.std(ddof=1)) / values.size**0.5
    assert_agrees(
        float(values.mean()), truth, error, precision, float(t.isf(SINGLE_ERROR / 2, values.size - 1))
    )


def assert_share(count: int, of: int, truth: float, precision: float = RULE_OF_THUMB) -> None:
    """Hold a share of independent people to a probability."""
    assert_agrees(count / of, truth, (truth * (1.0 - truth) / of) ** 0.5, precision)


def assert_frequencies(counts: Any, expected: Any) -> None:
    """Hold counts to expected counts of at least 5 each and the same total (Pearson's chi-square)."""
    counts, expected = np.asarray(counts, float), np.asarray(expected, float)
    assert expected.min() >= 5.0
    assert abs(counts.sum() - expected.sum()) < 1e-6 * counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    assert statistic < chi2.isf(SINGLE_ERROR, counts.size - 1), (
        f"chi-square {statistic:.1f} for {counts.size} cells"
    )


def assert_uniform(values: Any, cells: int = 64) -> None:
    """Hold values in [0, 1) to the uniform law, in equal cells."""
    counts = np.histogram(np.asarray(values, float), cells, (0.0, 1.0))[0]
    assert counts.sum() == np.size(values)
    assert_frequencies(counts, np.full(cells, np.size(values) / cells))
