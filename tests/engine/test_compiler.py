"""The compiler's short cut: one compiled function serves calls that differ in a constant or in a width."""

import numba
import numpy as np

from hrsim.engine.compiler import kernel_function


@kernel_function
def _scaled(number, factor):
    return number * factor


@numba.njit
def _all_ways(narrow, wide):
    return _scaled(narrow[0], 3) + _scaled(wide[0], 5) + _scaled(wide[0], narrow[0])


def test_constants_and_widths_share_one_function():
    narrow, wide = np.array([200], np.int16), np.array([2**40], np.int64)
    assert _all_ways(narrow, wide) == 200 * 3 + 2**40 * 5 + 2**40 * 200
    assert list(_scaled.overloads) == [(numba.int64, numba.int64)]


def test_unsigned_numbers_and_fractions_keep_their_kind():
    @kernel_function
    def doubled(number):
        return number + number

    @numba.njit
    def both(unsigned, fraction):
        return doubled(unsigned[0]), doubled(fraction[0])

    assert both(np.array([2**63], np.uint64), np.array([0.5])) == (0, 1.0)
    assert set(doubled.overloads) == {(numba.uint64,), (numba.float64,)}
