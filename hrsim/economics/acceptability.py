"""Acceptability: how likely each arm is to be the best buy, over a range of willingness to pay."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.frontier import net_monetary_benefit, share_best

Floats = NDArray[np.float64]

STEPS = 40
REACH = 2.0


def threshold_range(thresholds: Sequence[float]) -> tuple[float, ...]:
    """Give the thresholds of curves: equal steps from 0 to twice the largest one declared, and those declared.

    Without any declared there is no range, and it is empty.
    """
    if not thresholds:
        return ()
    top = REACH * max(thresholds)
    return tuple(sorted({*(top * step / STEPS for step in range(STEPS + 1)), *thresholds}))


def acceptability(costs: Floats, effects: Floats, thresholds: Sequence[float]) -> Floats:
    """Give the share of draws in which each arm has the largest net benefit, shape (thresholds, arms).

    `costs` and `effects` have shape (draws, arms). Ties share equally, so that each row adds up to 1.
    """
    shares = [share_best(net_monetary_benefit(costs, effects, threshold)) for threshold in thresholds]
    return np.asarray(shares, dtype=np.float64).reshape(len(thresholds), costs.shape[1])


def on_frontier(costs: Floats, effects: Floats, thresholds: Sequence[float]) -> NDArray[np.bool_]:
    """Tell which arm has the largest mean net benefit at each threshold, shape (thresholds, arms).

    The acceptability frontier is the acceptability of that arm: it need not be the arm most likely to be best.
    """
    means = net_monetary_benefit(costs.mean(axis=0), effects.mean(axis=0), 0.0) + np.multiply.outer(
        np.asarray(thresholds, dtype=np.float64), effects.mean(axis=0)
    )
    return np.asarray(means == means.max(axis=1, keepdims=True), dtype=np.bool_)
