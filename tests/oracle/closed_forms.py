"""Closed forms that the oracle must satisfy, and the tolerance it is held to."""

from collections.abc import Callable
from math import exp, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.linalg import expm

STANDARD_ERRORS = 4.0
"""Tolerance of every statistical check: a right oracle fails one in 16,000."""

Array = NDArray[np.float64]


def assert_close(observed: float, expected: float, standard_error: float) -> None:
    """Refuse an observation further than the tolerance from its expectation."""
    assert standard_error > 0
    distance = (observed - expected) / standard_error
    assert abs(distance) < STANDARD_ERRORS, f"{observed:.6g} is {distance:+.1f} SE from {expected:.6g}"


def assert_share(successes: float, trials: float, expected: float) -> None:
    """Refuse a share further than the tolerance from its chance, by the binomial standard error."""
    assert_close(successes / trials, expected, sqrt(expected * (1 - expected) / trials))


def assert_means(runs: pd.DataFrame, expected: dict[str, float]) -> None:
    """Refuse column means further than the tolerance from expectation, by the error between runs."""
    for column, value in expected.items():
        assert_close(runs[column].mean(), value, runs[column].std(ddof=1) / sqrt(len(runs)))


def two_state_share(into: float, out: float, at_start: float, time: float) -> float:
    """Return the chance of being in a state entered at rate `into` and left at rate `out`."""
    settled = into / (into + out)
    return settled + (at_start - settled) * exp(-(into + out) * time)


def share_of_spell_age(
    into: float, out: float, at_start: float, ages: tuple[float, float], time: float
) -> float:
    """Return the chance of being in that state, in a spell begun after time 0 and of an age within `ages`."""
    youngest, oldest = ages
    first, last = max(0.0, time - oldest), max(0.0, time - youngest)

    def begun_and_going_on(begun: float) -> float:
        return into * (1 - two_state_share(into, out, at_start, begun)) * exp(-out * (time - begun))

    return float(quad(begun_and_going_on, first, last)[0])


def integral(function: Callable[[float], float], end: float, breaks: tuple[float, ...] = ()) -> float:
    """Return the integral of a function of time from 0 to `end`."""
    return float(quad(function, 0.0, end, points=breaks or None)[0])


def birth_death_generator(births: Array, deaths: Array) -> Array:
    """Return the generator of a birth-death chain on 0..n from its n + 1 birth and death rates."""
    return np.diag(births[:-1], 1) + np.diag(deaths[1:], -1) - np.diag(births + deaths)


def distribution_at(generator: Array, start: Array, time: float) -> Array:
    """Return the distribution of a Markov chain at a time."""
    return np.asarray(start @ expm(generator * time))


def time_in_states(generator: Array, start: Array, time: float) -> Array:
    """Return the expected time in each state up to a time (van Loan's block exponential)."""
    size = len(start)
    block = np.zeros((2 * size, 2 * size))
    block[:size, :size] = generator
    block[:size, size:] = np.eye(size)
    return np.asarray(start @ expm(block * time)[:size, size:])
