"""Days as ticks."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from hrsim.units import TICKS_PER_DAY


def ticks_from(start: datetime.date, day: datetime.date) -> int:
    """Return the tick at which a day begins."""
    return (day - start).days * TICKS_PER_DAY


def new_years(start: datetime.date, horizon: int) -> Iterator[tuple[int, int]]:
    """Yield tick 0 and each 1 January before the horizon, with the calendar year that is current from then on."""
    yield 0, start.year
    year = start.year + 1
    while (tick := ticks_from(start, datetime.date(year, 1, 1))) < horizon:
        yield tick, year
        year += 1
