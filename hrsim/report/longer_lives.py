"""What startles a reader: more of a harm in an arm that saves lives, fewer in one that costs lives."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from hrsim.over_draws import half_width
from hrsim.report.comparison import ALL
from hrsim.report.language import Language
from hrsim.report.notices import Notice

HARMS = (
    *("overdose_all", "deaths_all_causes", "emergency_visit_all", "admission_all"),
    *("hiv_infection", "hcv_infection"),
)
YEARS = "life_years"
CODES = (
    (1, "longer_lives", 1.0, math.inf),
    (1, "mostly_longer_lives", 0.5, 1.0),
    (-1, "shorter_lives", 1.0, math.inf),
    (-1, "mostly_shorter_lives", 0.5, 1.0),
)
"""Notices of a rise (1) or fall (-1), with the part of it that years lived bring from which and below which each is
said."""

Row = Mapping[Any, Any]


def longer_lives(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> Iterator[Notice]:
    """Name each harm and the arms in which it rises, or falls, because, or mostly because, people live longer, or less.

    That is where the count and the years lived are both higher (lower) than in the comparator, surely but for the
    number of draws, and the years, at the comparator's count for each year lived, alone bring all or most of that.
    """
    differences, outcomes = tables["differences"], tables["outcomes"]
    if differences.empty:
        return
    changes = _of_people(differences)
    totals = {key: float(row["mean"]) for key, row in _of_people(outcomes).items()}
    for harm in HARMS:
        for sign, code, low, high in CODES:
            shares = {arm: _share_of_years(changes, totals, arm, harm, sign) for arm in labels}
            arms = tuple(labels[arm] for arm, share in shares.items() if low <= share < high)
            if arms:
                yield Notice(code, {"what": partial(_named, harm), "arms": arms})


def _named(harm: str, say: Language) -> str:
    return say.name("measure", harm)


def _of_people(table: pd.DataFrame) -> dict[tuple[str, str], Row]:
    counted = table[(table["group"] == ALL) & ~table["discounted"].astype(bool)]
    return {(row["arm"], row["measure"]): row for row in counted.to_dict("records")}


def _share_of_years(
    changes: Mapping[tuple[str, str], Row],
    totals: Mapping[tuple[str, str], float],
    arm: str,
    harm: str,
    sign: int,
) -> float:
    """Give the part of a change that years alone bring at the rate of the comparator; 0 without a sure change."""
    if not all(
        (arm, measure) in changes and _moves(changes[arm, measure], sign) for measure in (harm, YEARS)
    ):
        return 0.0
    base = str(changes[arm, harm]["comparator"])
    rate = totals[base, harm] / totals[base, YEARS]
    return float(rate * changes[arm, YEARS]["mean"] / changes[arm, harm]["mean"])


def _moves(change: Row, sign: int) -> bool:
    return bool(sign * change["mean"] > half_width(float(change["mcse"]), int(change["n_draws"])))
