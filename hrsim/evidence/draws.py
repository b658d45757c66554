"""Draw parameter values, each from its own named stream.

A value depends only on the seed, the draw number, the row's id and, for a row in a correlated group, the
group's name. More draws never change earlier ones, and one more parameter moves no other. This holds of random
draws and of stratified ones, where the numbers of each stream are spread evenly over its distribution.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from functools import cache, partial

from scipy import special

from hrsim.evidence.distributions import truncated_quantile
from hrsim.evidence.rows import EvidenceRow, central
from hrsim.evidence.stratified import stratified

_HASH_BYTES = 8
_HASH_BITS = 64
_KEPT_BITS = 52


def uniform(seed: int, draw_number: int, stream: str) -> float:
    """Return a uniform number strictly between 0 and 1 that belongs to this seed, draw and stream name."""
    name = f"{seed}/{draw_number}/{stream}".encode()
    word = int.from_bytes(hashlib.blake2b(name, digest_size=_HASH_BYTES).digest(), "big")
    return (2 * (word >> (_HASH_BITS - _KEPT_BITS)) + 1) / (1 << (_KEPT_BITS + 1))


def draw_parameters(rows: Iterable[EvidenceRow], seed: int, draw_number: int) -> dict[str, float]:
    """Return one value per row, by id, in the row's unit."""
    return _values(rows, partial(uniform, seed, draw_number))


def stratified_draws(rows: Iterable[EvidenceRow], seed: int, count: int) -> dict[int, dict[str, float]]:
    """Return the first `count` stratified draws by number, each with one value per row, in the row's unit."""
    numbers = cache(lambda stream: stratified(seed, stream, count).tolist())

    def values(draw: int) -> dict[str, float]:
        return _values(listed, lambda stream: numbers(stream)[draw])

    listed = tuple(rows)
    return {draw: values(draw) for draw in range(count)}


def central_parameters(rows: Iterable[EvidenceRow]) -> dict[str, float]:
    """Return the point value of every row, by id, in the row's unit."""
    return {row.id: central(row) for row in rows}


def quantile(row: EvidenceRow, u: float) -> float:
    """Return the value of a row at probability `u` (0 < u < 1), within the bounds of its kind."""
    kind = row.bounds
    return truncated_quantile(row.distribution, row.distribution_parameters, u, kind.lowest, kind.highest)


def _values(rows: Iterable[EvidenceRow], number: Callable[[str], float]) -> dict[str, float]:
    return {row.id: quantile(row, _probability(row, number)) for row in rows}


def _probability(row: EvidenceRow, number: Callable[[str], float]) -> float:
    """Return the row's uniform number: its own, or joined to its group's by a one-factor Gaussian copula."""
    own = number(f"row/{row.id}")
    if not row.group:
        return own
    loading = row.group_loading
    common = float(special.ndtri(number(f"group/{row.group}")))
    score = loading * common + math.sqrt(1.0 - loading**2) * float(special.ndtri(own))
    return float(special.ndtr(score))
