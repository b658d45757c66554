"""Days as ticks."""

from __future__ import annotations

import datetime

from hrsim.units import TICKS_PER_DAY


def ticks_from(start: datetime.date, day: datetime.date) -> int:
    """Return the tick at which a day begins."""
    return (day - start).days * TICKS_PER_DAY
