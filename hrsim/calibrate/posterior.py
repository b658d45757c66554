"""From likelihoods to equally weighted draws: importance resampling, or a walk where few points carry weight.

Importance resampling weighs prior points by their likelihood under the emulator. When too few of them carry the weight,
an affine-invariant ensemble (emcee; Goodman & Weare 2010) walks the same posterior in normal scores instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hrsim.calibrate.matching import sobol_points

Floats = NDArray[np.float64]
LogLikelihood = Callable[[Floats], Floats]  # points of the unit cube (n, parameters) -> (n,)
POOL_BITS = 14
WALKERS_PER_PARAMETER = 8
BURN_IN = 500
STEPS = 2500
FARTHEST = 7.0  # normal scores beyond hold 3e-12 of a prior; near 8.3 the unit cube ends in double precision


@dataclass(frozen=True)
class Posterior:
    """Hold equally weighted points of the unit cube, how they were found, and how far to trust that.

    `effective` is the effective sample size: 1 / sum of squared weights, or the walk's steps over autocorrelation time.
    """

    points: Floats
    method: str
    effective: float


def sample_posterior(
    log_likelihood: LogLikelihood, parameters: int, draws: int, least_effective: float, seed: int
) -> Posterior:
    """Return draws of the posterior, by importance resampling where that is sound, else by a walk."""
    pool = sobol_points(2**POOL_BITS, parameters, seed + 1)
    found = resampled(pool, log_likelihood(pool), draws, seed)
    if found.effective >= least_effective:
        return found
    return walked(log_likelihood, pool, draws, seed)


def resampled(points: Floats, log_weights: Floats, draws: int, seed: int) -> Posterior:
    """Resample weighted points to equal weights, systematically: one uniform, then even steps."""
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    steps = (np.random.default_rng([seed, 2]).uniform() + np.arange(draws)) / draws
    chosen = np.searchsorted(np.cumsum(weights), steps)
    order = np.random.default_rng([seed, 3]).permutation(draws)
    places = np.minimum(chosen, len(points) - 1)[order]
    return Posterior(points[places], "importance resampling", float(1.0 / (weights**2).sum()))


def walked(log_likelihood: LogLikelihood, pool: Floats, draws: int, seed: int) -> Posterior:
    """Walk the posterior from the most likely points of a pool; deterministic given the seed."""
    import emcee

    dimensions = pool.shape[1]
    walkers = max(WALKERS_PER_PARAMETER * dimensions, 2 * dimensions + 2)

    def log_posterior(scores: Floats) -> Floats:
        found = np.full(len(scores), -np.inf)
        inside = (np.abs(scores) < FARTHEST).all(axis=1)
        points = scores[inside]
        if len(points):
            found[inside] = log_likelihood(special.ndtr(points)) - 0.5 * (points**2).sum(axis=1)
        return found

    best = np.argsort(-log_likelihood(pool), kind="stable")[:walkers]
    jitter = np.random.default_rng([seed, 4]).normal(0.0, 1e-3, (walkers, dimensions))
    sampler = emcee.EnsembleSampler(walkers, dimensions, log_posterior, vectorize=True)
    sampler.random_state = np.random.RandomState(seed).get_state()
    sampler.run_mcmc(special.ndtri(pool[best]) + jitter, BURN_IN + STEPS)
    chain = sampler.get_chain(discard=BURN_IN)
    time = float(np.max(sampler.get_autocorr_time(discard=BURN_IN, tol=0)))
    flat = chain.reshape(-1, dimensions)
    chosen = np.random.default_rng([seed, 5]).choice(len(flat), draws, replace=False)
    return Posterior(special.ndtr(flat[chosen]), "ensemble walk", STEPS * walkers / time)
