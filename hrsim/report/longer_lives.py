"""What startles a reader: more of a harm in an arm that saves lives, which years lived explain."""

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
CODES = (("longer_lives", 1.0, math.inf), ("mostly_longer_lives", 0.5, 1.0))
"""Notices, with the part of the rise that added years bring from which and below which each is said."""

Row = Mapping[Any, Any]


def longer_lives(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> Iterator[Notice]:
    """Name each harm and the arms in which it rises because, or mostly because, people live longer.

    That is where the count and the years lived are higher than in the comparator, surely but for the number of draws,
    and the added years, at the comparator's count for each year lived, alone bring the whole rise, or most of it.
    """
    differences, outcomes = tables["differences"], tables["outcomes"]
    if differences.empty:
        return
    changes = _of_people(differences)
    totals = {key: float(row["mean"]) for key, row in _of_people(outcomes).items()}
    for harm in HARMS:
        shares = {label: _share_of_years(changes, totals, arm, harm) for arm, label in labels.items()}
        for code, low, high in CODES:
            arms = tuple(label for label, share in shares.items() if low <= share < high)
            if arms:
                yield Notice(code, {"what": partial(_named, harm), "arms": arms})


def _named(harm: str, say: Language) -> str:
    return say.name("measure", harm)


def _of_people(table: pd.DataFrame) -> dict[tuple[str, str], Row]:
    counted = table[(table["group"] == ALL) & ~table["discounted"].astype(bool)]
    return {(row["arm"], row["measure"]): row for row in counted.to_dict("records")}


def _share_of_years(
    changes: Mapping[tuple[str, str], Row], totals: Mapping[tuple[str, str], float], arm: str, harm: str
) -> float:
    """Give the part of a rise that added years alone bring at the comparator's rate; 0 where nothing surely rises."""
    if not all((arm, measure) in changes and _rises(changes[arm, measure]) for measure in (harm, YEARS)):
        return 0.0
    base = str(changes[arm, harm]["comparator"])
    rate = totals[base, harm] / totals[base, YEARS]
    return float(rate * changes[arm, YEARS]["mean"] / changes[arm, harm]["mean"])


def _rises(change: Row) -> bool:
    return bool(change["mean"] > half_width(float(change["mcse"]), int(change["n_draws"])))
