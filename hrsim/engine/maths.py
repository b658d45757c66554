"""Logarithm and exponential from + - x / alone, so that every build gives the same bits.

Series after the argument reductions of W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980).
"""

from math import factorial

import numpy as np

from hrsim.engine.compiler import kernel_function

_LN2 = 0.6931471805599453
_LN2_HIGH = 0.693147180369123816490
_LN2_LOW = 1.90821492927058770002e-10
# Series of the logarithm: 1/3, 1/5, ..., 1/23, in four chains that a processor can work on side by side.
_C3, _C5, _C7, _C9, _C11, _C13, _C15, _C17, _C19, _C21, _C23 = (1.0 / odd for odd in range(3, 25, 2))
_MANTISSA = np.int64((1 << 52) - 1)
_EXPONENT_OF_ONE = np.int64(1023 << 52)
_SQRT_TWO = 1.4142135623730951
_FACTORIAL_RECIPROCALS = tuple(1.0 / factorial(n) for n in range(15, -1, -1))  # of the exponential


@kernel_function
def logarithm(x):
    """Return the natural logarithm of a positive normal number (error at most 3 units in the last place)."""
    bits = np.float64(x).view(np.int64)
    exponent = (bits >> 52) - 1023
    x = np.int64((bits & _MANTISSA) | _EXPONENT_OF_ONE).view(np.float64)
    if x >= _SQRT_TWO:
        x *= 0.5
        exponent += 1
    ratio = (x - 1.0) / (x + 1.0)
    s = ratio * ratio
    s2 = s * s
    s4 = s2 * s2
    first = _C3 + s4 * (_C11 + s4 * _C19)
    second = _C5 + s4 * (_C13 + s4 * _C21)
    third = _C7 + s4 * (_C15 + s4 * _C23)
    total = s * ((first + s * second) + s2 * (third + s * (_C9 + s4 * _C17)))
    return exponent * _LN2_HIGH + (2.0 * ratio * (1.0 + total) + exponent * _LN2_LOW)


@kernel_function
def exponential(x):
    """Return e to the power x for |x| below 700 (0 below -700), relative error below 1e-15."""
    if x < -700.0:
        return 0.0
    shift = int(x / _LN2 + (0.5 if x >= 0.0 else -0.5))
    rest = (x - shift * _LN2_HIGH) - shift * _LN2_LOW
    total = 0.0
    for k in range(len(_FACTORIAL_RECIPROCALS)):
        total = total * rest + _FACTORIAL_RECIPROCALS[k]
    scale = 2.0 if shift >= 0 else 0.5
    count = shift if shift >= 0 else -shift
    while count > 0:
        if count & 1:
            total *= scale
        scale *= scale
        count >>= 1
    return total


@kernel_function
def power(base, exponent):
    """Return base ** exponent for a base of 0 or more."""
    if base <= 0.0:
        return 0.0 if exponent > 0.0 else 1.0
    return exponential(exponent * logarithm(base))
