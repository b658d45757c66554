"""Shares and mean lengths that the outcome tables state beside the counts they come from, for all people together.

Labels of groups have the counts only: a share of a few people would give them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrsim.experiment.measures import Better, Measure


@dataclass(frozen=True)
class Ratio:
    """Name a share or a mean, its unit, which direction is better, and the measures over each other."""

    name: str
    unit: str
    better: Better
    part: str
    whole: str


RATIOS = (
    *(
        Ratio(
            f"oat_retention_{months}_months",
            "share of starts",
            "higher",
            f"oat_retained_{months}_months",
            f"oat_followed_{months}_months",
        )
        for months in (6, 12, 24)
    ),
    Ratio(
        "mean_time_until_first_abstinence",
        "years",
        "neither",
        "years_until_first_abstinence",
        "first_abstinence",
    ),
    Ratio(
        "mean_time_until_next_abstinence",
        "years",
        "neither",
        "years_until_next_abstinence",
        "next_abstinence",
    ),
    Ratio(
        "mean_abstinence_until_relapse",
        "years",
        "neither",
        "years_abstinence_until_relapse",
        "abstinence_relapse",
    ),
)


def ratios_in(measures: Sequence[Measure]) -> tuple[Ratio, ...]:
    """List the ratios whose two measures are there."""
    names = {measure.name for measure in measures}
    return tuple(ratio for ratio in RATIOS if {ratio.part, ratio.whole} <= names)


def ratio_values(measures: Sequence[Measure], counted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ratios of counted measures, shape (..., measures) in, (..., ratios) out; nan over nothing."""
    names = [measure.name for measure in measures]
    found = ratios_in(measures)
    part, whole = (
        counted[..., [names.index(getattr(ratio, side)) for ratio in found]] for side in ("part", "whole")
    )
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
