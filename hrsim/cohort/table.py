"""The arms of a comparison as rows to read, as JSON, and who is where as CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence

from hrsim.cohort.results import Comparison
from hrsim.economics.frontier import Standing, Status

ABOUT = (
    "A cohort companion for cross-checks and teaching: point values, no luck, no doubt told. "
    "Ratios are against the next cheaper arm on the frontier."
)
_STANDINGS = {
    Status.FRONTIER: "on the frontier",
    Status.COST_SAVING: "costs less, does no less",
    Status.DOMINATED: "dominated",
    Status.EXTENDED_DOMINATED: "dominated by a mix",
}


def columns(found: Comparison) -> tuple[str, ...]:
    """Return the heads of the table."""
    life_years = ("Life-years, undiscounted",) if _beside(found) else ()
    effect = found.effect_unit[:1].upper() + found.effect_unit[1:]
    benefits = tuple(f"Net benefit at {threshold:,.10g}" for threshold in found.thresholds)
    return (
        "Arm", f"Cost ({found.money})", effect, *life_years,
        "Added cost", "Added effect", "Cost per effect", "Standing", *benefits,
    )  # fmt: skip


def _beside(found: Comparison) -> bool:
    """Tell whether life-years stand beside the effect."""
    return bool(found.outcomes) and found.effect_unit != "life-years"


def rows(found: Comparison) -> list[tuple[str, ...]]:
    """Return the cells of each arm; what is added is against the comparator."""
    return [_row(found, arm) for arm in found.costs]


def _row(found: Comparison, arm: str) -> tuple[str, ...]:
    standing = found.standings[arm]
    life_years = (f"{found.outcomes[arm].life_years.undiscounted:,.4f}",) if _beside(found) else ()
    added = ("", "")
    if found.comparator not in (None, arm):
        base = str(found.comparator)
        added = (
            f"{found.costs[arm] - found.costs[base]:,.2f}",
            f"{found.effects[arm] - found.effects[base]:,.6f}",
        )
    ratio = f"{standing.icer:,.2f}" if math.isfinite(standing.icer) else ""
    benefits = (f"{found.net_benefit(arm, threshold):,.0f}" for threshold in found.thresholds)
    return (
        found.labels[arm], f"{found.costs[arm]:,.2f}", f"{found.effects[arm]:,.6f}", *life_years, *added, ratio,
        _STANDINGS[standing.status], *benefits,
    )  # fmt: skip


def as_json(found: Comparison) -> str:
    """Return cost, effect, life-years and standing of each arm at full precision."""
    arms = {arm: _record(found, arm, standing) for arm, standing in found.standings.items()}
    head = {
        "title": found.title, "money": found.money, "effect_unit": found.effect_unit, "comparator": found.comparator,
    }  # fmt: skip
    return json.dumps({**head, "arms": arms}, indent=2) + "\n"


def _record(found: Comparison, arm: str, standing: Standing) -> dict[str, object]:
    outcome = found.outcomes.get(arm)
    record: dict[str, object] = {
        "label": found.labels[arm], "cost": standing.cost, "effect": standing.effect, "status": standing.status.value,
        "against": standing.against, "icer": standing.icer if math.isfinite(standing.icer) else None,
        "net_monetary_benefit": {f"{each:.10g}": found.net_benefit(arm, each) for each in found.thresholds},
    }  # fmt: skip
    if outcome is not None:
        record["life_years"] = outcome.life_years.undiscounted
        record["costs"] = {part: amount.discounted for part, amount in outcome.costs.items()}
        record["qalys"] = {part: amount.discounted for part, amount in outcome.qalys.items()}
    return record


def as_csv(found: Comparison) -> str:
    """Return people by arm, cycle (0: the start) and state, in long form."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("arm", "cycle", "state", "people"))
    for arm, outcome in found.outcomes.items():
        for cycle, people in enumerate(outcome.occupancy):
            writer.writerows(_lines(arm, cycle, outcome.states, people.tolist()))
    return stream.getvalue()


def _lines(
    arm: str, cycle: int, states: Sequence[str], people: Sequence[float]
) -> list[tuple[str, int, str, str]]:
    return [(arm, cycle, state, repr(number)) for state, number in zip(states, people, strict=True)]
