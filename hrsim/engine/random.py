"""Counter-based random numbers: every number is a function of a key and a place, never of an order.

A key belongs to a stream of candidates or to a cohort of people. Each purpose has a word that is declared once, by
`purpose`, and changes the key, so that two purposes never read the same number. The four counter words say which
candidate or person, which moment, which question and which number of a sequence. Questions are named by `questions`.

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
_UNIT = 1.0 / 9007199254740992.0  # 2**-53, the spacing of the uniforms
_CENTRE = 0.5 / 9007199254740992.0  # keeps uniforms inside the open unit interval
_declared: dict[str, int] = {}  # words of purposes by name


def derive_key(luck: int, *names: object) -> np.uint64:
    """Return the 64-bit key of a named stream under a luck number (BLAKE2b of both)."""
    text = "\x1f".join([str(int(luck)), *(str(name) for name in names)])
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def name_key(*names: str) -> np.uint64:
    """Return a 64-bit word that stands for a name, to change a key with."""
    digest = hashlib.blake2b("\x1f".join(names).encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def purpose(name: str) -> np.uint64:
    """Declare a purpose of random numbers and return its word, with which its keys are changed.

    Raises:
        ValueError: another purpose has the name or the word already.
    """
    word = name_key("purpose", name)
    if name in _declared or int(word) in _declared.values():
        raise ValueError(f"the purpose {name!r} of random numbers is declared twice; choose another name")
    _declared[name] = int(word)
    return word


def questions(count: int) -> tuple[int, ...]:
    """Return the numbers of a module's questions about a candidate, to be given names: 1, 2, ..., `count`.

    There is no question 0: its answer chose the person. A module names all its questions in one call. Where it is
    handed the place of another module's candidate it asks at a place of its own, by `set_apart`.
    """
    return tuple(range(1, count + 1))


_ARRAYS = purpose("uniforms that fill an array")


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
    """Return the uniform that answers one question about one candidate; the question is one of `questions`.

    `luck` is the candidate's place: (key, first, second, fourth) counter words.
    """
    word, _ = philox(luck[0], luck[1], luck[2], question, luck[3])
    return to_unit(word)


@kernel_function
def set_apart(place, word):
    """Return a candidate's place as another purpose reads it: the same candidate, other numbers."""
    return np.uint64(place[0]) ^ np.uint64(word), place[1], place[2], place[3]


@entry_point
def fill_uniforms(key, out):
    """Fill an array with uniforms keyed by place: the k-th is the same whatever the length."""
    for k in range(out.shape[0]):
        word, _ = philox(key, k, k >> 32, 0, 0)
        out[k] = to_unit(word)


def uniforms(luck: int, size: int, *names: object) -> NDArray[np.float64]:
    """Return `size` uniforms of a named stream; a longer call begins with the same numbers."""
    out = np.empty(size)
    fill_uniforms(derive_key(luck, *names) ^ _ARRAYS, out)
    return out
