"""Logarithm and exponential from + - x / alone, so that every build gives the same bits.

Series after the argument reductions of W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980).
"""

from math import factorial

from hrsim.engine.compiler import kernel_function

_LN2 = 0.6931471805599453
_LN2_HIGH = 0.693147180369123816490
_LN2_LOW = 1.90821492927058770002e-10
_ODD_RECIPROCALS = tuple(
    1.0 / odd for odd in range(23, 1, -2)
)  # series of the logarithm, smallest term first
_FACTORIAL_RECIPROCALS = tuple(1.0 / factorial(n) for n in range(15, -1, -1))  # of the exponential
_SQRT_HALF = 0.7071067811865476


@kernel_function
def logarithm(x):
    """Return the natural logarithm of a positive normal number (error at most 3 units in the last place)."""
    exponent = 0
    while x < 2.3283064365386963e-10:  # 2**-32
        x *= 4294967296.0
        exponent -= 32
    while x >= 4294967296.0:
        x *= 2.3283064365386963e-10
        exponent += 32
    while x < 0.00390625:  # 2**-8
        x *= 256.0
        exponent -= 8
    while x >= 256.0:
        x *= 0.00390625
        exponent += 8
    while x < _SQRT_HALF:
        x *= 2.0
        exponent -= 1
    while x >= 1.4142135623730951:
        x *= 0.5
        exponent += 1
    ratio = (x - 1.0) / (x + 1.0)
    square = ratio * ratio
    total = 0.0
    for k in range(len(_ODD_RECIPROCALS)):
        total = (total + _ODD_RECIPROCALS[k]) * square
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
