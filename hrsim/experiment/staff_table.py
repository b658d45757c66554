"""The table of staff: posts in full-time equivalents, by arm, pool and fiscal year, beside the budget impact."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.fiscal import FiscalYears
from hrsim.experiment.statistics import described
from hrsim.services.amounts import Draw
from hrsim.services.ramps import level_at
from hrsim.study.numbers import arm_draw
from hrsim.study.schema import Study
from hrsim.study.staff import StaffPool
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR

MEASURES = ("posts", "change")


def staff_table(study: Study, comparator: str, years: FiscalYears, draws: list[Draw]) -> pd.DataFrame:
    """Describe the posts that each arm funds, on average over each fiscal year, and the change from the comparator.

    Posts are those of `staff_pools`, filled or vacant; a pool that an arm lacks counts as none. `draws` are the
    parameters of each sample.
    """
    pools = sorted({name for arm in study.arms.values() for name in arm.staff_pools})
    keys, columns = [], []
    for arm in study.arms:
        for pool in pools:
            own, base = (_posts(study, name, pool, years, draws) for name in (arm, comparator))
            for measure, values in zip(MEASURES, (own, own - base), strict=True):
                for y, label in enumerate(years.labels):
                    keys.append((arm, comparator, pool, years.first_days[y].year, label, measure, "FTE"))
                    columns.append(values[:, y])
    names = ["arm", "comparator", "pool", "year", "fiscal_year", "measure", "unit"]
    return described(pd.DataFrame(keys, columns=names), np.stack(columns, axis=1))


def _posts(study: Study, arm: str, pool: str, years: FiscalYears, draws: list[Draw]) -> NDArray[np.float64]:
    """Return the mean posts in each fiscal year, shape (samples, years)."""
    found = study.arms[arm].staff_pools.get(pool)
    if found is None:
        return np.zeros((len(draws), len(years.first_days)))
    own = [arm_draw(study, study.arms[arm], draw) for draw in draws]
    return np.array([list(_means(found, study, years, draw)) for draw in own])


def _means(pool: StaffPool, study: Study, years: FiscalYears, draw: Draw) -> Iterator[float]:
    """Yield the mean level in each year: a ramp is straight between its bends, so middles of stretches are exact."""
    ramp = pool.fte
    begins = (ramp.starts - study.horizon.start).days * TICKS_PER_DAY if ramp.starts else 0
    ends = begins + round((ramp.over.years if ramp.over else 0.0) * TICKS_PER_YEAR)
    for first, last in zip(years.edges[:-1], years.edges[1:], strict=True):
        bends = [int(first), *sorted(bend for bend in {begins, ends} if first < bend < last), int(last)]
        lengths = np.diff(bends)
        middles = [
            level_at(ramp, bend + int(length) // 2, study.horizon.start, draw)
            for bend, length in zip(bends[:-1], lengths, strict=True)
        ]
        yield float(np.dot(middles, lengths) / lengths.sum())
