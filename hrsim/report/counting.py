"""Counts of draws and what an interval holds, in words; never a probability that few draws cannot give."""

from __future__ import annotations

from hrsim.over_draws import FEWEST_FOR_QUANTILES
from hrsim.report.language import Language


def of_draws(count: int, draws: int, say: Language) -> str:
    """Write a count of draws, such as `8 of 8 draws`."""
    return say("draws.of", number=say.whole(count), draws=say.whole(draws))


def better_words(counts: tuple[int, int, int], say: Language) -> str:
    """Write in how many draws an arm is better, no different and worse."""
    better, same, worse = counts
    return say("draws.split", better=say.whole(better), same=say.whole(same), worse=say.whole(worse))


def best_words(alone: int, tied: int, draws: int, say: Language) -> str:
    """Write in how many draws an arm is best, and in how many it shares the best with another."""
    if not tied:
        return of_draws(alone, draws, say)
    return say("draws.best_and_tied", number=say.whole(alone), tied=say.whole(tied), draws=say.whole(draws))


def interval_words(draws: int, say: Language) -> str:
    """Say what brackets hold: 95 % of the draws, or of few draws the lowest and the highest."""
    if draws == 1:
        return say("draws.no_interval")
    if draws < FEWEST_FOR_QUANTILES:
        return say("draws.lowest_to_highest", draws=say.whole(draws))
    return say("draws.quantiles")
