"""What the draws tell by themselves: rank correlations, the value of learning parameters, Sobol indices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.regression import (
    GaussianProcess,
    fitted_process,
    normal_scores,
)
from hrsim.errors import HrsimError
from hrsim.experiment.stopping import WATCHED
from hrsim.sensitivity.draws import DrawnResults, key_columns, labelled

Floats = NDArray[np.float64]

SOBOL_POINTS = 1024
SOBOL_SEED = 0


class UnknownParameter(HrsimError):
    """Report a parameter that did not vary in the run, or a group without any."""

    exit_code = 2


def rank_correlation_table(drawn: DrawnResults) -> pd.DataFrame:
    """Correlate the ranks of every parameter with those of every headline difference that it can move (Spearman).

    `noise` is the standard error that a parameter without influence would have: read nothing into less than twice of
    it.
    """
    from scipy.stats import rankdata

    inputs = _standard(rankdata(drawn.parameters, axis=0))
    noise = 1.0 / np.sqrt(drawn.plan.draws - 1)
    rows: list[dict[str, object]] = []
    for response in drawn.headlines():
        steps = drawn.by_draw(response.differences(drawn.base))
        correlations = inputs.T @ _standard(rankdata(steps, axis=0))
        rows += [
            {**key_columns(arm, drawn.comparator, response), **labelled(row),
             "rank_correlation": correlations[number, place], "noise": noise, "n_draws": drawn.plan.draws}
            for place, arm in drawn.others()
            if np.ptp(steps[:, place]) > 0
            for number, row in enumerate(drawn.rows)
            if drawn.moves(row, response, arm)
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=[*RANK_COLUMNS])


RANK_COLUMNS = (
    *("arm", "comparator", "perspective", "measure", "threshold", "unit", "evidence", "label"),
    *("rank_correlation", "noise", "n_draws"),
)


def columns(drawn: DrawnResults, ids: Sequence[str]) -> Floats:
    """Give the values of some parameters by draw, shape (draws, ids)."""
    places = {row.id: number for number, row in enumerate(drawn.rows)}
    unknown = [name for name in ids if name not in places]
    if unknown or not ids:
        raise UnknownParameter(
            f"expected parameters that varied in this run, got {', '.join(unknown) or 'none'}: "
            "tables/rank_correlation.csv lists them"
        )
    return drawn.parameters[:, [places[name] for name in ids]]


def sobol_table(drawn: DrawnResults, ids: Sequence[str]) -> pd.DataFrame:
    """Share out the variance of each net benefit and death difference among parameters (first and total order).

    The indices are those of a Gaussian process fitted to the draws, not of the model itself; `explained` is the share
    of the variance over draws that it predicts of draws left out. Parameters are taken as independent.
    """
    from scipy.special import ndtri
    from scipy.stats import sobol_indices, uniform

    values = columns(drawn, ids)
    GaussianProcess(values)  # says what is missing
    scores = normal_scores(values)
    names = {row.id: row.name for row in drawn.rows}
    rows: list[dict[str, object]] = []
    for response in drawn.headlines():
        if response.measure not in WATCHED:
            continue
        steps = drawn.by_draw(response.differences(drawn.base))
        for place, arm in drawn.others():
            model, _, _ = fitted_process(scores, steps[:, place])
            if model is None:
                continue
            found = sobol_indices(
                func=lambda points, model=model: model.predict(ndtri(points).T),
                n=SOBOL_POINTS, dists=[uniform()] * len(ids), rng=SOBOL_SEED,
            )  # fmt: skip
            first, total = np.atleast_1d(found.first_order, found.total_order)
            explained = _explained(model)
            rows += [
                {**key_columns(arm, drawn.comparator, response), "evidence": name, "label": names[name],
                 "first_order": first[number], "total_order": total[number],
                 "explained": explained, "method": "gaussian_process"}
                for number, name in enumerate(ids)
            ]  # fmt: skip
    return pd.DataFrame(rows)


def _explained(model: object) -> float:
    """Give the share of variance that a Gaussian process predicts of each draw from all others, in closed form."""
    from scipy.linalg import cho_solve

    inverse = cho_solve((model.L_, True), np.eye(len(model.L_)))  # type: ignore[attr-defined]
    errors = model.alpha_ / np.diag(inverse)  # type: ignore[attr-defined]
    return float(1.0 - np.square(errors).mean() / np.var(model.y_train_))  # type: ignore[attr-defined]


def _standard(values: Floats) -> Floats:
    """Centre columns and scale them to length 1; a constant column becomes 0."""
    centred = values - values.mean(axis=0)
    length = np.sqrt(np.square(centred).sum(axis=0))
    return np.asarray(
        np.divide(centred, length, out=np.zeros_like(centred), where=length > 0), dtype=np.float64
    )
