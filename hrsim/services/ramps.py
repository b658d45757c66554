"""The level of a ramp at a moment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from hrsim.services.amounts import amount
from hrsim.study.times import Ramp
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR


def level_in_year(ramp: Ramp, year: int, draw: Mapping[str, float]) -> float:
    """Return the level of a series in a calendar year: that of the last year given by then, else the first level."""
    known = [given for given in ramp.by_year if given <= year]
    return amount(ramp.by_year[max(known)] if known else ramp.first, draw)


def level_at(ramp: Ramp, tick: int, start: datetime.date, draw: Mapping[str, float]) -> float:
    """Return the level of a ramp at a tick of a study that begins on `start`."""
    first = amount(ramp.first, draw)
    if ramp.by_year:
        return level_in_year(ramp, (start + datetime.timedelta(days=tick // TICKS_PER_DAY)).year, draw)
    if ramp.last is None:
        return first
    gone = tick - ((ramp.starts - start).days * TICKS_PER_DAY if ramp.starts else 0)
    length = (ramp.over.years if ramp.over else 0.0) * TICKS_PER_YEAR
    if gone < 0:
        return first
    done = min(1.0, gone / length) if length > 0.0 else 1.0
    return first + (amount(ramp.last, draw) - first) * done
