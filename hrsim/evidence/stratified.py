"""Stratified numbers between 0 and 1, a sequence for each stream, that grows without changing what came before.

Among the first 2^k numbers of a stream each of the 2^k equal parts of (0, 1) holds one: a Latin hypercube whenever the
draws are a power of two, and nearly one between. Order and place within the parts are random and independent between
streams.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_WORD_BYTES = 8
_JITTER_BITS = 32


def stratified(seed: int, stream: str, count: int) -> Floats:
    """Return the first `count` numbers of a stream, strictly between 0 and 1.

    Each doubling puts one number into the empty half of every part that is there, the halves in random order.
    """
    numbers = _within(np.zeros(1, np.int64), 1, _words(seed, stream, 0, 1))
    while len(numbers) < count:
        parts = 2 * len(numbers)
        empty = np.floor(numbers * parts).astype(np.int64) ^ 1
        words = _words(seed, stream, len(numbers), parts)
        order = np.argsort(words[: len(empty)], kind="stable")
        numbers = np.concatenate([numbers, _within(empty[order], parts, words[len(empty) :])])
    return numbers[:count]


def _within(parts: NDArray[np.int64], count: int, words: NDArray[np.uint64]) -> Floats:
    """Place a number at random within each part; exact in double precision, so that it stays inside."""
    offset = (words >> np.uint64(64 - _JITTER_BITS)).astype(np.float64) + 0.5
    return np.asarray((parts + offset / 2.0**_JITTER_BITS) / count, dtype=np.float64)


def _words(seed: int, stream: str, level: int, count: int) -> NDArray[np.uint64]:
    name = f"stratified/{seed}/{level}/{stream}".encode()
    return np.frombuffer(hashlib.shake_128(name).digest(_WORD_BYTES * count), dtype="<u8").astype(np.uint64)
