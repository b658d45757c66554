"""From likelihoods to equally weighted draws: adaptive importance sampling, or a walk where weights are too uneven.

Points are drawn from a mixture of Student t distributions fitted to those that carry weight so far, while the
likelihood is let in step by step, so that each mixture only has to lead to the next (population Monte Carlo; Cappe et
al. 2008). One draw in ten comes from the prior, which bounds every weight (Hesterberg 1995). Where the last sample is
worth fewer draws than are wanted, an affine-invariant ensemble (emcee; Goodman & Weare 2010) walks the posterior from
there. All of it in normal scores of the parameters.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from hrsim.calibrate.matching import sobol_points

Floats = NDArray[np.float64]
LogLikelihood = Callable[[Floats], Floats]  # points of the unit cube (n, parameters) -> (n,)
POOL_BITS = 12  # places looked at before the first step: 2^12
STEP, STEPS, LAST = 2048, 30, 8192  # points of a step, steps at most, points of the last sample
KEPT_SHARE = 0.3  # a step lets in as much likelihood as leaves this share of its points effective
PARTS, LEARNT_FROM = (1, 2, 4, 8), 1024
FREEDOM = 8.0
FROM_PRIOR = 0.1
WALKERS_PER_PARAMETER, BURN_IN, WALK = 4, 500, 1500
LEAST_VARIANCE = 1e-9
IMPOSSIBLE = -1e300  # log likelihood of what cannot be; a power of 0 makes even that possible
FARTHEST = 7.0  # normal scores beyond hold 3e-12 of a prior; near 8.3 the unit cube ends in double precision


@dataclass(frozen=True)
class Posterior:
    """Hold equally weighted points of the unit cube, how they were found, and how far to trust that.

    `effective` is the effective sample size: 1 / sum of squared weights, or the walk's steps over autocorrelation time.
    """

    points: Floats
    method: str
    effective: float


@dataclass(frozen=True)
class _Sample:
    """Hold places in normal scores, their log likelihoods, and prior over proposal (logarithm)."""

    scores: Floats
    likelihoods: Floats
    offsets: Floats

    def weights(self, power: float) -> Floats:
        """Return weights, summing to 1, with the likelihood raised to a power."""
        logs = power * self.likelihoods + self.offsets
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum())

    def effective(self, power: float) -> float:
        """Return the effective sample size at a power of the likelihood."""
        return _effective(self.weights(power))

    def next_power(self, power: float) -> float:
        """Return the largest power that leaves enough points effective, never less than now."""
        enough = KEPT_SHARE * len(self.scores)
        if self.effective(1.0) >= enough:
            return 1.0
        if self.effective(power) <= enough:
            return power
        return float(optimize.brentq(lambda trial: self.effective(trial) - enough, power, 1.0, xtol=1e-9))


@dataclass(frozen=True)
class _Mixture:
    """Propose places: Student t distributions, and now and then the prior."""

    weights: Floats  # (k,)
    centres: Floats  # (k, parameters)
    spreads: Floats  # (k, parameters, parameters): lower triangles, Cholesky factors of the scales

    def draw(self, log_likelihood: LogLikelihood, count: int, generator: np.random.Generator) -> _Sample:
        """Return places with their log likelihoods and what weighs them back to the prior."""
        normal = generator.normal(size=(count, self.centres.shape[1]))
        stretch = np.sqrt(FREEDOM / generator.chisquare(FREEDOM, count))[:, None]
        part = generator.choice(len(self.weights), count, p=self.weights)
        moved = self.centres[part] + stretch * np.einsum("nij,nj->ni", self.spreads[part], normal)
        scores = np.where(generator.uniform(size=(count, 1)) < FROM_PRIOR, normal, moved)
        return _weighed(log_likelihood, scores, _log_prior(scores) - self._log_density(scores))

    def _log_density(self, scores: Floats) -> Floats:
        parts = [
            stats.multivariate_t.logpdf(scores, centre, spread @ spread.T, FREEDOM).reshape(-1)
            for centre, spread in zip(self.centres, self.spreads, strict=True)
        ]
        moved = special.logsumexp(np.stack(parts, axis=1) + np.log(self.weights), axis=1)
        found = np.logaddexp(np.log1p(-FROM_PRIOR) + moved, np.log(FROM_PRIOR) + _log_prior(scores))
        return np.asarray(found)


def sample_posterior(
    log_likelihood: LogLikelihood, parameters: int, draws: int, least_effective: float, seed: int
) -> Posterior:
    """Return draws of the posterior, by importance sampling where that is worth as many, else by a walk."""
    last = _adapted(log_likelihood, parameters, seed)
    points = np.asarray(special.ndtr(last.scores))
    found = resampled(points, last.likelihoods + last.offsets, draws, seed)
    if found.effective >= max(least_effective, draws):
        return found
    return walked(log_likelihood, last, draws, seed)


def _adapted(log_likelihood: LogLikelihood, parameters: int, seed: int) -> _Sample:
    """Return a sample of a mixture that has followed the posterior from the prior to where it lies."""
    generator = np.random.default_rng([seed, 7])
    pool = special.ndtri(sobol_points(2**POOL_BITS, parameters, seed + 1))
    sample, power = _weighed(log_likelihood, pool, np.zeros(len(pool))), 0.0
    for _ in range(STEPS):
        power = sample.next_power(power)
        if power == 1.0:
            break
        sample = _mixture(sample, power, generator).draw(log_likelihood, STEP, generator)
    return _mixture(sample, 1.0, generator).draw(log_likelihood, LAST, generator)


def _mixture(sample: _Sample, power: float, generator: np.random.Generator) -> _Mixture:
    """Return as few normal distributions as describe a sample (Bayesian information criterion), with heavier tails."""
    from sklearn.mixture import GaussianMixture

    chosen = sample.scores[_systematic(sample.weights(power), LEARNT_FROM, generator)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a mixture that has not converged still proposes
        fits = [
            GaussianMixture(parts, random_state=0, reg_covar=LEAST_VARIANCE).fit(chosen) for parts in PARTS
        ]
    best = min(fits, key=lambda fit: fit.bic(chosen))
    return _Mixture(best.weights_, best.means_, np.linalg.cholesky(best.covariances_))


def _weighed(log_likelihood: LogLikelihood, scores: Floats, offsets: Floats) -> _Sample:
    found = np.full(len(scores), IMPOSSIBLE)
    inside = (np.abs(scores) < FARTHEST).all(axis=1)
    if inside.any():
        found[inside] = np.maximum(log_likelihood(special.ndtr(scores[inside])), IMPOSSIBLE)
    return _Sample(scores, found, offsets)


def _log_prior(scores: Floats) -> Floats:
    return np.asarray(-0.5 * (scores**2).sum(axis=1) - 0.5 * scores.shape[1] * np.log(2.0 * np.pi))


def _effective(weights: Floats) -> float:
    return float(1.0 / (weights**2).sum())


def _systematic(weights: Floats, count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return places of weights in proportion to them: one uniform, then even steps through a random order.

    Even steps through a Sobol sequence's own order would meet one side of the cube only.
    """
    order = generator.permutation(len(weights))
    steps = (generator.uniform() + np.arange(count)) / count
    met = np.searchsorted(np.cumsum(weights[order]), steps)
    return np.asarray(order[np.minimum(met, len(weights) - 1)])


def resampled(points: Floats, log_weights: Floats, draws: int, seed: int) -> Posterior:
    """Resample weighted points to equal weights, in random order."""
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    generator = np.random.default_rng([seed, 2])
    chosen = generator.permutation(_systematic(weights, draws, generator))
    return Posterior(points[chosen], "importance sampling", _effective(weights))


def walked(log_likelihood: LogLikelihood, start: _Sample, draws: int, seed: int) -> Posterior:
    """Walk the posterior from places of a sample in proportion to their weights; deterministic given the seed."""
    import emcee

    dimensions = start.scores.shape[1]
    walkers = max(WALKERS_PER_PARAMETER * dimensions, 2 * dimensions + 2)

    def log_posterior(scores: Floats) -> Floats:
        found = _weighed(log_likelihood, scores, _log_prior(scores))
        return np.where(found.likelihoods > IMPOSSIBLE, found.likelihoods + found.offsets, -np.inf)

    generator = np.random.default_rng([seed, 4])
    first = start.scores[_systematic(start.weights(1.0), walkers, generator)]
    sampler = emcee.EnsembleSampler(walkers, dimensions, log_posterior, vectorize=True)
    sampler.random_state = np.random.RandomState(seed).get_state()
    sampler.run_mcmc(first + generator.normal(0.0, 1e-2, first.shape), BURN_IN + WALK)
    chain = sampler.get_chain(discard=BURN_IN)
    time = float(np.max(sampler.get_autocorr_time(discard=BURN_IN, tol=0)))
    flat = chain.reshape(-1, dimensions)
    chosen = np.random.default_rng([seed, 5]).choice(len(flat), draws, replace=False)
    return Posterior(special.ndtr(flat[chosen]), "ensemble walk", WALK * walkers / time)
