"""The engine's own logarithm and exponential are as close to the true ones as they say."""

import math
from fractions import Fraction

import numba
import numpy as np
import pytest

from hrsim.engine import maths

logarithm = numba.njit(lambda x: maths.logarithm(x))
exponential = numba.njit(lambda x: maths.exponential(x))
power = numba.njit(lambda base, exponent: maths.power(base, exponent))

NEAR_ONE = 1.0 + np.concatenate([-np.logspace(-16, -0.6, 3000), np.logspace(-15, -0.3, 3000)])
WIDE = np.logspace(-307, 307, 6001)
UNITS = (np.arange(4000) + 0.5) / 4000


def ulps(value: float, truth: float) -> float:
    """Distance in units in the last place of the truth; `math` itself is right to about half a unit."""
    return float(abs(Fraction(value) - Fraction(truth)) / Fraction(math.ulp(truth)))


@pytest.mark.parametrize("points", [NEAR_ONE, WIDE, UNITS], ids=["near_one", "wide", "unit_interval"])
def test_the_logarithm_is_within_three_ulps(points: np.ndarray) -> None:
    assert max(ulps(logarithm(x), math.log(x)) for x in points if x != 1.0) <= 3.0
    assert logarithm(1.0) == 0.0


def test_the_exponential_is_within_its_stated_error() -> None:
    points = np.concatenate([np.linspace(-699.9, 699.9, 6001), np.linspace(-2.0, 2.0, 4001)])
    assert max(abs(exponential(x) / math.exp(x) - 1.0) for x in points) < 1e-15
    assert exponential(0.0) == 1.0
    assert exponential(-700.5) == 0.0


def test_powers_follow_from_both() -> None:
    for base in (1e-9, 0.191347, 0.5, 1.0, 3.7, 60.0):
        for exponent in (-2.0, -0.496362, 0.0, 0.496362, 1.0, 2.014658, 7.0):
            tolerance = 4e-16 * (2.0 + abs(exponent * math.log(base)))
            assert power(base, exponent) == pytest.approx(base**exponent, rel=tolerance)
    assert power(0.0, 0.5) == 0.0
    assert power(0.0, 0.0) == 1.0


def test_the_functions_rise_from_neighbour_to_neighbour() -> None:
    steps = 1.0 + np.arange(2000) * 2.0**-40
    assert np.all(np.diff([logarithm(x) for x in steps]) > 0.0)
    assert np.all(np.diff([exponential(x) for x in steps]) > 0.0)
