"""Tables made before the kernel starts: cumulative Poisson numbers and the alias table of a weighted choice."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

_TAIL = 1e-18  # terms below this share of the largest are left out; the table then sums to 1 exactly


def poisson_table(mean: float) -> tuple[int, NDArray[np.float64]]:
    """Return (first count, cumulative probabilities) of a Poisson number, by recurrence from its mode.

    Only + - x / are used, so the bits are the same everywhere.
    """
    mode = int(mean)
    reach = int(12.0 * (mean + 1.0) ** 0.5) + 40
    first = max(0, mode - reach)
    up = np.cumprod(mean / np.arange(mode + 1, mode + reach + 1, dtype=np.float64))
    down = np.cumprod(np.arange(mode, first, -1, dtype=np.float64) / mean)[::-1]
    terms = np.concatenate([down, [1.0], up])
    keep = np.flatnonzero(terms > _TAIL)
    terms = terms[keep[0] : keep[-1] + 1]
    cumulative = np.cumsum(terms)
    return first + int(keep[0]), cumulative / cumulative[-1]


@njit(cache=True)
def fill_alias(weight, offset, size, share, other):
    """Fill the alias table of one cohort in place (M. D. Vose, IEEE Trans. Software Eng. 17(9), 1991)."""
    stack = np.empty(size, np.int64)
    total = 0.0
    for k in range(size):
        total += weight[offset + k]
    low = 0
    high = size - 1
    for k in range(size):
        share[offset + k] = weight[offset + k] * size / total
        other[offset + k] = offset + k
        if share[offset + k] < 1.0:
            stack[low] = k
            low += 1
        else:
            stack[high] = k
            high -= 1
    small = low
    large = high + 1
    while small > 0 and large < size:
        small -= 1
        poor = stack[small]
        rich = stack[large]
        other[offset + poor] = offset + rich
        share[offset + rich] -= 1.0 - share[offset + poor]
        if share[offset + rich] < 1.0:
            large += 1
            stack[small] = rich
            small += 1
    for k in range(small):
        share[offset + stack[k]] = 1.0
    for k in range(large, size):
        share[offset + stack[k]] = 1.0
