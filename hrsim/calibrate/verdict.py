"""What speaks against a finished fit: faults, which make it unfit for use, and warnings, which its users must know."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from hrsim.calibrate.posterior import Posterior
from hrsim.calibrate.reading import Assignment

FARTHEST_OFF = 0.5  # an emulator off by half of the other errors adds an eighth to them


def faults(
    assignment: Assignment, found: Posterior, fits: pd.DataFrame, sound: bool, off: float
) -> Iterator[str]:
    """Say why the posterior is not good enough to use: exit code 6.

    `sound` tells whether the emulator passed its check, `off` how far it is from simulations at draws.
    """
    result = assignment.calibration.result
    if not sound:
        yield "the emulator failed its own check; the posterior rests on the simulated first wave alone"
    if not off <= FARTHEST_OFF:
        yield (
            f"at draws of the posterior the emulator is off by {off:.2f} of the numbers' errors (root mean square, "
            f"at most {FARTHEST_OFF:g} wanted): simulate more points or waves"
        )
    if found.effective < result.effective_sample:
        yield f"the effective sample size is {found.effective:.0f}, below {result.effective_sample:.0f}"
    yield from _too_few_inside(fits[fits["use"] == "fitted"], "fitted", result.coverage)


def warnings(assignment: Assignment, fits: pd.DataFrame) -> Iterator[str]:
    """Say what users of a posterior must know: how it did on numbers that it was not fitted to.

    A miss there is no fault of the fit: the posterior is what the fitted numbers say, and still serves where the
    question is about them. But every study that uses it shows the warning among its limits.
    """
    held_out = fits[fits["use"] == "held_out"]
    if held_out.empty:
        yield "no number was held out, so nothing tells how well it predicts what it was not fitted to"
    else:
        yield from _too_few_inside(held_out, "held-out", assignment.calibration.result.coverage)


def _too_few_inside(fits: pd.DataFrame, what: str, wanted: float) -> Iterator[str]:
    inside = fits["inside"].mean()
    if inside < wanted:
        missed = ", ".join(f"{row.series} {row.year}" for row in fits[~fits["inside"]].itertuples())
        yield (
            f"{inside:.0%} of the {what} numbers lie inside the 95 % predictive interval, below {wanted:.0%} "
            f"(outside: {missed})"
        )
