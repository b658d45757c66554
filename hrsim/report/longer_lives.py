"""What startles a reader: more of a harm in an arm that saves lives, though no more of it in each year lived."""

from __future__ import annotations

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

Row = Mapping[Any, Any]


def longer_lives(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> Iterator[Notice]:
    """Name each harm and the arms in which it rises because people live longer.

    That is where the count and the years lived are higher than in the comparator, surely but for the number of draws,
    and the mean count over the mean years lived is not.
    """
    differences, outcomes = tables["differences"], tables["outcomes"]
    if differences.empty:
        return
    changes = _of_people(differences)
    totals = {key: float(row["mean"]) for key, row in _of_people(outcomes).items()}
    for harm in HARMS:
        arms = tuple(label for arm, label in labels.items() if _because_of_years(changes, totals, arm, harm))
        if arms:
            yield Notice("longer_lives", {"what": partial(_named, harm), "arms": arms})


def _named(harm: str, say: Language) -> str:
    return say.name("measure", harm)


def _of_people(table: pd.DataFrame) -> dict[tuple[str, str], Row]:
    counted = table[(table["group"] == ALL) & ~table["discounted"].astype(bool)]
    return {(row["arm"], row["measure"]): row for row in counted.to_dict("records")}


def _because_of_years(
    changes: Mapping[tuple[str, str], Row], totals: Mapping[tuple[str, str], float], arm: str, harm: str
) -> bool:
    if not all((arm, measure) in changes and _rises(changes[arm, measure]) for measure in (harm, YEARS)):
        return False
    base = str(changes[arm, harm]["comparator"])
    rate, before = (totals[one, harm] / totals[one, YEARS] for one in (arm, base))
    return bool(rate <= before)


def _rises(change: Row) -> bool:
    return bool(change["mean"] > half_width(float(change["mcse"]), int(change["n_draws"])))
