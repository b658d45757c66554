"""More of a service does what it is for, beyond Monte Carlo error."""

from functools import cache
from typing import Any

import numpy as np

from tests.simulation.studies import events, run, town

LUCKS = range(1, 25)
STANDARD_ERRORS = 4.0


@cache
def counts(name: str) -> Any:
    """Return counts by luck and arm."""
    return np.array([events(ledger, name) for ledger in ledgers()], float)


@cache
def ledgers() -> tuple[Any, ...]:
    return tuple(run(town(), luck) for luck in LUCKS)


def difference(event: str, arm: str) -> float:
    """Return the mean difference from the status quo in standard errors."""
    by_arm = counts(event)
    gap = by_arm[:, town().frame.arms.index(arm)] - by_arm[:, 0]
    return float(gap.mean() / (gap.std(ddof=1) / np.sqrt(gap.size)))


def test_more_kits_reverse_more_overdoses_and_save_lives() -> None:
    assert difference("overdose_reversed", "naloxone_x3") > STANDARD_ERRORS
    assert difference("overdose_death", "naloxone_x3") < -STANDARD_ERRORS


def test_a_site_supervises_overdoses_that_happened_elsewhere() -> None:
    assert difference("overdose_supervised", "consumption_site") > STANDARD_ERRORS


def test_all_three_save_more_lives_than_kits_alone() -> None:
    both = counts("overdose_death")
    arms = town().frame.arms
    gap = both[:, arms.index("integrated")] - both[:, arms.index("naloxone_x3")]
    assert gap.mean() / (gap.std(ddof=1) / np.sqrt(gap.size)) < 0.0
    assert difference("overdose_death", "integrated") < -STANDARD_ERRORS
