"""The luck of one site and replicate: each purpose has its own stream, keyed by seed, site and replicate.

Another site, another arm or one more replicate never moves a number, and the n-th visitor has the same length of
visit whatever the demand.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrsim.operations.site import MINUTES_PER_DAY, Law, Site

_ARRIVALS, _VISITS, _PATIENCE, _OVERDOSES, _BOOKED, _SHOWS, _BOOKED_VISITS = range(7)
_WORD_BYTES = 8

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Luck:
    """Name the luck of one replicate of one site."""

    seed: int
    name: str
    replicate: int

    def _stream(self, purpose: int) -> np.random.Generator:
        digest = hashlib.blake2b(self.name.encode(), digest_size=_WORD_BYTES).digest()
        key = (int.from_bytes(digest, "big"), self.replicate, purpose)
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(self.seed, spawn_key=key)))

    def arrivals(self, site: Site, days: int) -> Floats:
        """Draw the arrivals of a Poisson process in minutes since the site's day began; even within each slice."""
        people = np.tile(site.arrivals, days + 1)
        edges = np.arange(people.size + 1) * (MINUTES_PER_DAY / len(site.arrivals)) - site.day_begins
        expected = np.concatenate([[0.0], np.cumsum(people)])
        first, last = np.interp([0.0, days * MINUTES_PER_DAY], edges, expected)
        stream, sums = self._stream(_ARRIVALS), np.zeros(1)
        while sums[-1] <= last - first:
            sums = np.append(sums, sums[-1] + np.cumsum(stream.standard_exponential(1 << 10)))
        reached = first + sums[1:]
        return np.asarray(np.interp(reached[reached < last], expected, edges))

    def visits(self, law: Law, count: int, booked: bool = False) -> Floats:
        """Draw lengths of visits in minutes."""
        return _draw(self._stream(_BOOKED_VISITS if booked else _VISITS), law, count)

    def patience(self, mean: float | None, count: int) -> Floats:
        """Draw how long people are ready to wait, in minutes; infinite where nobody leaves."""
        if mean is None:
            return np.full(count, np.inf)
        return mean * self._stream(_PATIENCE).standard_exponential(count)

    def overdoses(self, chance: float, count: int) -> Floats:
        """Draw the share of a visit after which an overdose happens, not a number for visits without one."""
        happens, moment = self._stream(_OVERDOSES).random((count, 2)).T
        return np.where(happens < chance, moment, np.nan)

    def booked(self, wanted: float, days: int) -> NDArray[np.int64]:
        """Draw how many people ask for an appointment of each day."""
        return self._stream(_BOOKED).poisson(wanted, days)

    def shows(self, no_show: float, count: int) -> NDArray[np.bool_]:
        """Draw who keeps an appointment."""
        return self._stream(_SHOWS).random(count) >= no_show


def _draw(stream: np.random.Generator, law: Law, count: int) -> Floats:
    if law.spread == 0.0:
        return np.full(count, law.mean)
    if law.spread == 1.0:
        return law.mean * stream.standard_exponential(count)
    shape = law.spread**-2
    return law.mean / shape * stream.standard_gamma(shape, count)
