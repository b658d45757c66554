"""What the working days of a site came to, over all days and with a part of them left out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrsim.operations.floor import Run
from hrsim.operations.measures import LONG_WAIT, day_parts, waits_of_met
from hrsim.operations.site import Site


@dataclass(frozen=True)
class SiteDays:
    """Hold what the working days of one site came to: over all days, then with one part of the days left out."""

    whole: Mapping[str, float]
    left_out: tuple[Mapping[str, float], ...]


def site_days(site: Site, runs: Sequence[Run], parts: int) -> SiteDays:
    """Measure the days of a site, over all and with each of `parts` parts left out."""
    by_run = [day_parts(site, run) for run in runs]
    part = np.arange(len(runs)) % parts
    whole, left_out = _long_waits(runs, part)
    for name in by_run[0]:
        above, below = np.array([each[name] for each in by_run], np.float64).T
        whole[name] = _ratio(above.sum(), below.sum())
        for k, found in enumerate(left_out):
            found[name] = _ratio(above[part != k].sum(), below[part != k].sum())
    return SiteDays(whole, tuple(left_out))


def _ratio(above: float, below: float) -> float:
    return above / below if below else math.nan


def _long_waits(
    runs: Sequence[Run], part: NDArray[np.int64]
) -> tuple[dict[str, float], list[dict[str, float]]]:
    """Return the wait that one person in ten exceeds, over all and with each part left out."""
    waits = [waits_of_met(run) for run in runs]
    kept = [range(len(runs)), *(np.flatnonzero(part != k) for k in range(part.max() + 1))]
    found = []
    for days in kept:
        some = np.concatenate([waits[day] for day in days])
        found.append({"wait_p90": float(np.quantile(some, LONG_WAIT)) if some.size else math.nan})
    return found[0], found[1:]
