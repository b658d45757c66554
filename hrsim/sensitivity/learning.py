"""What learning single parameters and groups of them is worth, out of the draws of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.regression import GaussianProcess, PenalisedSpline, Regression
from hrsim.economics.value_of_information import Estimate, evpi, evpi_without_luck, evppi
from hrsim.experiment.responses import NET_BENEFIT, Response
from hrsim.sensitivity.draws import DrawnResults
from hrsim.sensitivity.from_draws import columns

Floats = NDArray[np.float64]

NOISE_PARAMETERS = 100
NOISE_QUANTILE = 0.95
NOISE_SEED = 0
LARGEST_MEMBER = "largest_member"


def evppi_table(drawn: DrawnResults, groups: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Value what could be learnt of each parameter that varied, by spline, and of each group, by Gaussian process.

    Parameters that can move no net benefit are left out. No value is above that of knowing everything (EVPI), and a
    group is worth at least its member that is worth most (method `largest_member` where that was more than the
    group's own estimate). `clear` says that a value is above its standard error; others are not shown to people.
    `noise` is what 95 of 100 parameters without any influence stay below: parameters made of nothing, fitted alike.

    Raise TooFewDraws for a run too small to regress on, NotInstalled for groups without scikit-learn,
    UnknownParameter for a group with a parameter that did not vary.
    """
    random = np.random.default_rng(NOISE_SEED)
    idle = [
        PenalisedSpline(random.permutation(np.arange(drawn.plan.draws, dtype=np.float64)))
        for _ in range(NOISE_PARAMETERS)
    ]
    names = {row.id: row.name for row in drawn.rows}
    singles = {row.id: PenalisedSpline(columns(drawn, [row.id])[:, 0]) for row in drawn.rows}
    together = {name: GaussianProcess(columns(drawn, ids)) for name, ids in groups.items()}
    rows: list[dict[str, object]] = []
    for response in drawn.responses:
        if response.measure != NET_BENEFIT:
            continue
        benefits = drawn.by_draw(response.differences(drawn.base))
        noise = float(np.quantile([evppi(benefits, spline).value for spline in idle], NOISE_QUANTILE))
        most = _worth_of_everything(drawn, response)
        found = {name: _capped(evppi(benefits, spline), most) for name, spline in singles.items()}
        for row in drawn.rows:
            if any(drawn.moves(row, response, arm) for _, arm in drawn.others()):
                rows.append(_row(response, row.id, row.name, found[row.id], noise, singles[row.id].method))
        for name, ids in groups.items():
            value, method = _of_group(benefits, together[name], [found[member] for member in ids], most)
            rows.append(_row(response, name, ", ".join(names[i] for i in ids), value, np.nan, method))
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    order = ["perspective", "threshold", "evppi"]
    ordered = table.assign(n_draws=drawn.plan.draws)
    return ordered.sort_values(order, ascending=[True, True, False], kind="stable", ignore_index=True)


def _worth_of_everything(drawn: DrawnResults, response: Response) -> float:
    """Give the EVPI that the run states: without luck, where replicates tell it."""
    steps = response.differences(drawn.base)
    if drawn.plan.replicates < 2:
        return evpi(drawn.by_draw(steps)).value
    return evpi_without_luck(steps.reshape(drawn.plan.draws, drawn.plan.replicates, -1)).value


def _capped(found: Estimate, most: float) -> Estimate:
    return Estimate(min(found.value, most), found.standard_error)


def _of_group(
    benefits: Floats, regression: Regression, members: Sequence[Estimate], most: float
) -> tuple[Estimate, str]:
    """Give the value of a group, which is no less than that of any member: who learns all learns each."""
    own = _capped(evppi(benefits, regression), most)
    largest = max(members, key=lambda one: one.value)
    return (own, regression.method) if own.value >= largest.value else (largest, LARGEST_MEMBER)


def _row(
    response: Response, name: str, label: str, found: Estimate, noise: float, method: str
) -> dict[str, object]:
    return {
        "perspective": response.perspective, "threshold": response.threshold, "unit": response.unit,
        "parameters": name, "label": label, "evppi": found.value, "standard_error": found.standard_error,
        "clear": bool(found.value > found.standard_error), "noise": noise, "method": method,
    }  # fmt: skip
