"""The fiscal years of a budget, and its monthly reviews."""

from __future__ import annotations

from collections.abc import Sequence

from hrsim.processes.world_changes import OPEN_FISCAL_YEAR, REVIEW_BUDGET
from hrsim.units import MONTHS_PER_YEAR
from hrsim.world.clock import Events, World


def fiscal_year_clock(world: World, budget: int, years: Sequence[tuple[int, int]], horizon: int) -> Events:
    """Open each fiscal year but the first, which the driver opens, and review the budget twelve times a year."""
    for number, (begins, ends) in enumerate(years):
        if begins >= horizon:
            return
        if number > 0:
            yield world.until(begins)
            world.note(OPEN_FISCAL_YEAR, budget, float(number))
        for month in range(1, MONTHS_PER_YEAR):
            tick = begins + (ends - begins) * month // MONTHS_PER_YEAR
            yield world.until(tick)
            world.note(REVIEW_BUDGET, budget, 0.0)
