"""A Gaussian process for many numbers at once: one shape over the parameters, a size and a noise for each number.

The numbers share the length scales of a squared exponential kernel (as in Gu & Berger 2016), so one eigendecomposition
K = U E U' serves all of them, whatever the noise of each: (s^2 K + n^2 I)^-1 = U (s^2 E + n^2)^-1 U'. Length scales,
sizes and noises maximise the sum of the numbers' marginal likelihoods; predictions are those of a process for each
number alone. Noise is learnt too, near the Monte Carlo error or below it: points share their lucks, so that much of
that error is the same at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Floats = NDArray[np.float64]
FIRST_LENGTH, LENGTHS = 3.0, (0.5, 50.0)  # in standard deviations of the parameters' priors
SIZES = (1e-2, 1e1)  # of the numbers' spread
NOISES = (0.05, 1.5)  # of the Monte Carlo error
LEARNT_FROM = 240  # points, chosen at random, that length scales are learnt from; all serve predictions
LEAST_ERROR = 1e-5
BLOCK = 2048  # places predicted at once


@dataclass(frozen=True)
class Shape:
    """Hold length scales (parameters,), sizes (numbers,) and noises (numbers,), the latter two standard deviations."""

    lengths: Floats
    sizes: Floats
    noises: Floats


@dataclass(frozen=True)
class Process:
    """Hold a process that has seen numbers at places."""

    shape: Shape
    places: Floats  # (n, parameters), in length scales
    vectors: Floats  # (n, n): eigenvectors of the kernel between places
    weights: Floats  # (n, numbers)
    shares: Floats  # (n, numbers): what each eigenvector takes off the variance

    def predict(self, places: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation without noise, each of shape (n, numbers)."""
        blocks = [self._block(places[first : first + BLOCK]) for first in range(0, len(places), BLOCK)]
        return np.concatenate([mean for mean, _ in blocks]), np.concatenate([sd for _, sd in blocks])

    def _block(self, places: Floats) -> tuple[Floats, Floats]:
        seen = _kernel(places / self.shape.lengths, self.places) @ self.vectors
        left = self.shape.sizes**2 - seen**2 @ self.shares
        return seen @ self.weights, np.sqrt(np.maximum(left, 0.0))


def learn(places: Floats, numbers: Floats, errors: Floats) -> Shape:
    """Return the likeliest shape of numbers (n, numbers) at places (n, parameters); `errors` are Monte Carlo ones."""
    chosen = np.random.default_rng(0).permutation(len(places))[:LEARNT_FROM]
    errors = np.maximum(errors, LEAST_ERROR)
    spread = np.maximum(numbers.std(axis=0), LEAST_ERROR)
    dimensions, count = places.shape[1], numbers.shape[1]
    task = _Task(places[chosen], numbers[chosen] / spread)
    first = [np.full(dimensions, np.log(FIRST_LENGTH)), np.zeros(count), 2.0 * np.log(0.5 * errors / spread)]
    bounds = [np.log(LENGTHS)] * dimensions + [2.0 * np.log(SIZES)] * count
    bounds += [2.0 * np.log(np.array(NOISES) * ratio) for ratio in errors / spread]
    found = optimize.minimize(task.cost, np.concatenate(first), jac=True, method="L-BFGS-B", bounds=bounds).x
    lengths, sizes, noises = np.split(found, [dimensions, dimensions + count])
    return Shape(np.exp(lengths), spread * np.exp(0.5 * sizes), spread * np.exp(0.5 * noises))


def condition(shape: Shape, places: Floats, numbers: Floats) -> Process:
    """Return the process of a shape that has seen numbers (n, numbers) at places (n, parameters)."""
    scaled = places / shape.lengths
    values, vectors = _decomposed(_kernel(scaled, scaled))
    variances = shape.sizes**2
    shares = variances / (variances * values[:, None] + shape.noises**2)
    return Process(shape, scaled, vectors, shares * (vectors.T @ numbers), shares * variances)


@dataclass(frozen=True)
class _Task:
    """Hold what the marginal likelihood depends on: places, and numbers of spread 1."""

    places: Floats
    numbers: Floats

    def cost(self, logs: Floats) -> tuple[float, Floats]:
        """Return minus twice the log likelihood (but for a constant) and its slopes.

        `logs` holds the logarithms of the length scales, then of the variances of sizes, then of those of noises.
        """
        dimensions, count = self.places.shape[1], self.numbers.shape[1]
        scaled = self.places / np.exp(logs[:dimensions])
        variances, noises = np.exp(logs[dimensions:]).reshape(2, count)
        kernel = _kernel(scaled, scaled)
        values, vectors = _decomposed(kernel)
        total = variances * values[:, None] + noises
        turned = vectors.T @ self.numbers / total
        cost = float((turned**2 * total + np.log(total)).sum())
        by_total = 1.0 / total - turned**2
        by_variance = variances * (values[:, None] * by_total).sum(axis=0)
        by_noise = noises * by_total.sum(axis=0)
        solved = vectors @ turned
        inner = (vectors * (variances / total).sum(axis=1)) @ vectors.T - (solved * variances) @ solved.T
        pulled = inner * kernel
        by_length = 2.0 * (scaled**2 * pulled.sum(axis=1)[:, None] - scaled * (pulled @ scaled)).sum(axis=0)
        return cost, np.concatenate([by_length, by_variance, by_noise])


def _kernel(one: Floats, other: Floats) -> Floats:
    square = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2.0 * one @ other.T
    return np.asarray(np.exp(-0.5 * np.maximum(square, 0.0)))


def _decomposed(kernel: Floats) -> tuple[Floats, Floats]:
    values, vectors = np.linalg.eigh(kernel)
    return np.maximum(values, 0.0), vectors
