"""Acceptability: how likely each arm is to be the best buy, over a range of willingness to pay."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.frontier import net_monetary_benefit
from hrsim.over_draws import alone_and_tied

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


def acceptability(costs: Floats, effects: Floats, thresholds: Sequence[float]) -> tuple[Floats, Floats]:
    """Give the share of draws in which each arm has the largest net benefit alone, and in which it shares it.

    `costs` and `effects` have shape (draws, arms), both results (thresholds, arms). A draw in which arms tie counts
    as tied for each of them and as a draw of none alone.
    """
    counts = [alone_and_tied(net_monetary_benefit(costs, effects, threshold)) for threshold in thresholds]
    alone, tied = (np.array([count[k] for count in counts]).reshape(-1, costs.shape[1]) for k in (0, 1))
    return alone / len(costs), tied / len(costs)


def on_frontier(costs: Floats, effects: Floats, thresholds: Sequence[float]) -> NDArray[np.bool_]:
    """Tell which arm has the largest mean net benefit at each threshold, shape (thresholds, arms).

    The acceptability frontier is the acceptability of that arm: it need not be the arm most likely to be best.
    """
    means = net_monetary_benefit(costs.mean(axis=0), effects.mean(axis=0), 0.0) + np.multiply.outer(
        np.asarray(thresholds, dtype=np.float64), effects.mean(axis=0)
    )
    return np.asarray(means == means.max(axis=1, keepdims=True), dtype=np.bool_)
