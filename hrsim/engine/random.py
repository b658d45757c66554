"""Counter-based random numbers: every number is a function of a key and a place, never of an order.

Philox-4x32-10 after Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11, 2011).
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.compiler import entry_point, kernel_function

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_DROP = np.uint64(11)
_VECTOR = 3  # fourth counter word of uniforms that fill arrays
_UNIT = 1.0 / 9007199254740992.0  # 2**-53, the spacing of the uniforms
_CENTRE = 0.5 / 9007199254740992.0  # keeps uniforms inside the open unit interval


def derive_key(luck: int, *names: object) -> np.uint64:
    """Return the 64-bit key of a named stream under a luck number (BLAKE2b of both)."""
    text = "\x1f".join([str(int(luck)), *(str(name) for name in names)])
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def name_word(name: str) -> int:
    """Return a 32-bit word that stands for a name in a counter."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")


@kernel_function
def philox(key, first, second, third, fourth):
    """Return two 64-bit words for a 64-bit key and four 32-bit counter words."""
    k0 = np.uint64(key) & _LOW
    k1 = np.uint64(key) >> _HALF
    c0 = np.uint64(first) & _LOW
    c1 = np.uint64(second) & _LOW
    c2 = np.uint64(third) & _LOW
    c3 = np.uint64(fourth) & _LOW
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _HALF) ^ c1 ^ k0
        c1 = product_1 & _LOW
        c2 = (product_0 >> _HALF) ^ c3 ^ k1
        c3 = product_0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0 | (c1 << _HALF), c2 | (c3 << _HALF)


@kernel_function
def to_unit(word):
    """Return a 64-bit word as a uniform in (0, 1) with 53 bits."""
    return np.float64(word >> _DROP) * _UNIT + _CENTRE


@kernel_function
def uniform(luck, question):
    """Return the uniform that answers one question about one candidate.

    `luck` is the candidate's place: (key, first, second, fourth) counter words.
    """
    word, _ = philox(luck[0], luck[1], luck[2], question, luck[3])
    return to_unit(word)


@entry_point
def fill_uniforms(key, out):
    """Fill an array with uniforms keyed by place: the k-th is the same whatever the length."""
    for k in range(out.shape[0]):
        word, _ = philox(key, k, k >> 32, 0, _VECTOR)
        out[k] = to_unit(word)


def uniforms(luck: int, size: int, *names: object) -> NDArray[np.float64]:
    """Return `size` uniforms of a named stream; a longer call begins with the same numbers."""
    out = np.empty(size)
    fill_uniforms(derive_key(luck, *names), out)
    return out
