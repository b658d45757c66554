"""Before any fitting: which parameters move the fitted numbers, and which of them the numbers can pin down.

From a first set of points, a straight line in normal scores gives the slope of each target's logarithm. With a standard
normal prior and the declared errors, the posterior covariance of a linear Gaussian model follows: (I + J' S^-1 J)^-1;
levels of series that are learnt stand among the parameters.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.calibrate.emulator import scores_of
from hrsim.calibrate.matching import Matcher
from hrsim.calibrate.simulator import Simulated

Floats = NDArray[np.float64]


def slopes(simulated: Simulated) -> tuple[Floats, Floats]:
    """Return slopes (targets, parameters) and the share of each target's variance that lines explain (targets,)."""
    scores = scores_of(simulated.points)
    design = np.concatenate([np.ones((len(scores), 1)), scores], axis=1)
    coefficients, *_ = np.linalg.lstsq(design, simulated.location, rcond=None)
    left = (simulated.location - design @ coefficients).var(axis=0)
    whole = simulated.location.var(axis=0)
    unexplained = np.divide(left, whole, out=np.ones_like(whole), where=whole > 0.0)
    return coefficients[1:].T, 1.0 - unexplained


def identifiability(judge: Matcher, simulated: Simulated) -> pd.DataFrame:
    """List each parameter: how far the prior is expected to shrink, its strongest target, its closest companion.

    `shrinkage` is 1 minus posterior over prior standard deviation; `trade_off` the largest posterior correlation with
    another parameter: near 1, only a combination of the two is pinned down.
    """
    moved, _ = slopes(simulated)
    places = list(judge.fitted)
    moved = moved[places]
    errors = judge.yearly_error(simulated.error)
    with_levels = np.concatenate([moved, judge.levels().T[places]], axis=1)
    information = (with_levels / errors[:, None] ** 2).T @ with_levels
    covariance = np.linalg.inv(np.eye(len(information)) + information)
    covariance = covariance[: moved.shape[1], : moved.shape[1]]
    deviation = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviation, deviation)
    np.fill_diagonal(correlation, 0.0)
    strength = np.abs(moved / errors[:, None])
    names = [row.id for row in judge.assignment.free]
    targets = [judge.assignment.targets[place].name for place in places]
    partner = np.abs(correlation).argmax(axis=1)
    return pd.DataFrame(
        {
            "evidence": names,
            "shrinkage": 1.0 - deviation,
            "strongest_target": [targets[place] for place in strength.argmax(axis=0)],
            "standard_errors_moved": strength.max(axis=0),
            "companion": [names[place] if len(names) > 1 else "" for place in partner],
            "trade_off": [abs(correlation[row, place]) for row, place in enumerate(partner)],
        }
    )
