"""The level of a ramp at a moment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from hrsim.services.compile import amount
from hrsim.study.times import Ramp
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR


def level_at(ramp: Ramp, tick: int, start: datetime.date, draw: Mapping[str, float]) -> float:
    """Return the level of a ramp at a tick of a study that begins on `start`."""
    first = amount(ramp.first, draw)
    if ramp.last is None:
        return first
    gone = tick - ((ramp.starts - start).days * TICKS_PER_DAY if ramp.starts else 0)
    length = (ramp.over.years if ramp.over else 0.0) * TICKS_PER_YEAR
    if gone < 0:
        return first
    done = min(1.0, gone / length) if length > 0.0 else 1.0
    return first + (amount(ramp.last, draw) - first) * done
