"""How many there are of something over time: the area under a step function, by hour of the clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrsim.operations.site import HOURS_PER_DAY, MINUTES_PER_HOUR


class Occupancy:
    """Keep a level and its area in minutes between two times; time 0 is `day_begins` minutes after midnight."""

    def __init__(self, day_begins: int, first: float, last: float) -> None:
        self.level = 0
        self.most = 0
        self._since = 0.0
        self._first, self._last, self._day_begins = first, last, day_begins
        self._area = [0.0] * HOURS_PER_DAY

    def change(self, now: float, by: int) -> None:
        """Change the level at a time."""
        if self.level:
            self._add(max(self._since, self._first), min(now, self._last))
        self._since = now
        self.level += by
        self.most = max(self.most, self.level)

    def _add(self, begins: float, ends: float) -> None:
        begins += self._day_begins
        ends += self._day_begins
        while begins < ends:
            hour = int(begins // MINUTES_PER_HOUR)
            edge = min(ends, (hour + 1) * MINUTES_PER_HOUR)
            self._area[hour % HOURS_PER_DAY] += self.level * (edge - begins)
            begins = edge

    def by_hour(self) -> NDArray[np.float64]:
        """Return the area in person-minutes by hour of the clock, shape (24,)."""
        return np.array(self._area)
