"""Regress net benefits on parameters: a penalised spline on one, a Gaussian process on several.

Parameters enter by the normal scores of their ranks: what can be learnt from a parameter does not depend on its scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hrsim.errors import HrsimError, NotInstalled

Floats = NDArray[np.float64]

FEWEST_DRAWS = 30
BASIS = 10
DEGREE = 3
COST_OF_FREEDOM = 1.4
"""Factor on the effective parameters in generalised cross-validation, against fits that follow noise: Kim and Gu,
Journal of the Royal Statistical Society B 2004;66:337-356."""
PENALTIES = np.logspace(-6, 9, 61)


class TooFewDraws(HrsimError):
    """Report a run with too few draws for a regression."""

    exit_code = 2


@dataclass(frozen=True)
class Fit:
    """Hold fitted values, shape (draws, responses), and what simulates the curves that the data leave possible."""

    fitted: Floats
    simulate: Callable[[int, np.random.Generator], Floats]


class Regression(Protocol):
    """Fit responses, shape (draws, responses), on parameters that were given before."""

    method: str

    def fit(self, responses: Floats) -> Fit:
        """Return fitted values and a simulator of shape (curves, draws, responses)."""


def normal_scores(values: Floats) -> Floats:
    """Give the normal scores of the ranks of each column; ties share their mean rank."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(values, axis=0) - 0.5) / len(values)), dtype=np.float64)


class PenalisedSpline:
    """Fit a cubic spline on one parameter, its smoothness chosen for each response by generalised cross-validation.

    P-spline of Eilers and Marx, Statistical Science 1996;11:89-121: equal knots, penalty on second differences.
    """

    method = "spline"

    def __init__(self, parameter: Floats) -> None:
        from scipy.interpolate import BSpline

        if len(parameter) < FEWEST_DRAWS:
            raise TooFewDraws(
                f"expected at least {FEWEST_DRAWS} draws to regress on, got {len(parameter)}: run with more --draws"
            )
        scores = normal_scores(parameter)
        low, high = scores.min(), scores.max()
        step = (high - low) / (BASIS - DEGREE)
        knots = low + step * np.arange(-DEGREE, BASIS + 1)
        basis = BSpline.design_matrix(scores, knots, DEGREE, extrapolate=True).toarray()
        orthogonal, triangle = np.linalg.qr(basis)
        inverse = np.linalg.pinv(triangle)
        roughness = np.diff(np.eye(BASIS), n=2, axis=0) @ inverse
        _, weights, turns = np.linalg.svd(roughness)
        self._stiffness = np.concatenate([weights**2, np.zeros(BASIS - len(weights))])
        self._basis = orthogonal @ turns.T

    def fit(self, responses: Floats) -> Fit:
        """Return fitted values and a simulator of shape (curves, draws, responses)."""
        draws = len(responses)
        means = responses.mean(axis=0)
        centred = responses - means
        projected = self._basis.T @ centred
        outside = np.maximum((centred**2).sum(axis=0) - (projected**2).sum(axis=0), 0.0)
        kept = 1.0 / (1.0 + PENALTIES[:, None] * self._stiffness)
        freedom = kept.sum(axis=1)
        residual = outside + np.square(1.0 - kept) @ projected**2
        criterion = residual / (draws - COST_OF_FREEDOM * freedom)[:, None] ** 2
        chosen = kept[criterion.argmin(axis=0)].T
        fitted = means + self._basis @ (chosen * projected)
        errors = (responses - fitted) / np.sqrt(draws - chosen.sum(axis=0))
        root = _root(errors.T @ errors)

        def simulate(curves: int, random: np.random.Generator) -> Floats:
            shocks = random.standard_normal((curves, len(projected), len(means))) @ root.T
            return np.asarray(fitted + self._basis @ (np.sqrt(chosen) * shocks), dtype=np.float64)

        return Fit(fitted, simulate)


class GaussianProcess:
    """Fit a Gaussian process on several parameters, a length scale for each, noise beside it (scikit-learn)."""

    method = "gaussian_process"

    def __init__(self, parameters: Floats) -> None:
        if find_spec("sklearn") is None:
            raise NotInstalled(
                'several parameters need scikit-learn: python -m pip install "hrsim[analysis]"'
            )
        if len(parameters) < FEWEST_DRAWS:
            raise TooFewDraws(
                f"expected at least {FEWEST_DRAWS} draws to regress on, got {len(parameters)}: run with more --draws"
            )
        self._scores = normal_scores(parameters)

    def fit(self, responses: Floats) -> Fit:
        """Return fitted values and a simulator of shape (curves, draws, responses)."""
        fits = [self._one(column) for column in responses.T]
        fitted = np.stack([values for values, _ in fits], axis=1)
        roots = [root for _, root in fits]
        errors = responses - fitted
        spread = errors.std(axis=0)
        scaled = np.divide(errors, spread, out=np.zeros_like(errors), where=spread > 0)
        shared = _root(scaled.T @ scaled / len(scaled))

        def simulate(curves: int, random: np.random.Generator) -> Floats:
            shocks = random.standard_normal((curves, *responses.shape)) @ shared.T
            parts = [shocks[:, :, column] @ root.T for column, root in enumerate(roots)]
            return fitted + np.stack(parts, axis=2)

        return Fit(fitted, simulate)

    def _one(self, response: Floats) -> tuple[Floats, Floats]:
        """Return the fitted values of one response and a root of their covariance."""
        model, mean, spread = fitted_process(self._scores, response)
        if model is None:
            return np.full_like(response, mean), np.zeros((len(response), len(response)))
        values, covariance = model.predict(self._scores, return_cov=True)
        noise = model.kernel_.k2.noise_level
        return mean + spread * values, spread * _root(covariance - noise * np.eye(len(values)))


def fitted_process(scores: Floats, response: Floats) -> tuple[Any, float, float]:
    """Return a process fitted to the standardised response, its mean and spread; None where it is constant."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
    from threadpoolctl import threadpool_limits

    mean, spread = float(response.mean()), float(response.std())
    if spread == 0.0:
        return None, mean, 0.0
    lengths = np.full(scores.shape[1], 2.0)
    signal = ConstantKernel(0.5, (1e-4, 1e3)) * RBF(lengths, (0.3, 1e3))
    model = GaussianProcessRegressor(signal + WhiteKernel(0.5, (1e-6, 1e1)), random_state=0)
    with (
        threadpool_limits(1),
        warnings.catch_warnings(),
    ):  # small matrices: threads would only wait for each other
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # a length or noise at the end of its range is an answer
        model.fit(scores, (response - mean) / spread)
    return model, mean, spread


def _root(covariance: Floats) -> Floats:
    """Return R with R R' equal to a covariance, whose rounding below 0 counts as 0."""
    values, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    return np.asarray(axes * np.sqrt(np.maximum(values, 0.0)), dtype=np.float64)
