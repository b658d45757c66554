"""Decision tables: the frontier, and the net benefit of every arm at every threshold."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.analysis import Analysis
from hrsim.economics.frontier import (
    Standing,
    frontier,
    net_health_benefit,
    net_monetary_benefit,
    shortfalls,
    tied_arms,
)
from hrsim.economics.icer_interval import icer_interval
from hrsim.economics.increments import increments
from hrsim.economics.prices import PriceBook
from hrsim.economics.summaries import Sample, describe
from hrsim.over_draws import alone_and_tied

Floats = NDArray[np.float64]


def cost_effectiveness_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List each arm once for each perspective: cost, QALYs, standing, and net benefit by threshold.

    Ratios are ratios of means over draws, with the interval and counts of `icer_interval`. Statistics of cost and
    QALYs carry their own suffixes.
    """
    rows = [row for name in analysis.perspectives for row in _arm_rows(sample, book, analysis, name)]
    return pd.DataFrame(rows)


def net_benefit_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List net monetary and net health benefit by threshold, and in how many draws each arm is best.

    `difference` is against the comparator, draw by draw. `draws_best` counts draws in which the arm is best alone,
    `draws_tied` those in which it shares the best. `shortfall` is how far an arm lies below the arm of the highest
    mean, draw by draw; `tied` says that its mean may be 0 for all that the draws tell (see `tied_arms`).
    """
    rows = [
        row
        for name in analysis.perspectives
        for threshold in analysis.thresholds
        for row in _net_benefit_rows(sample, book, analysis, name, threshold)
    ]
    return pd.DataFrame(rows)


def _arm_rows(
    sample: Sample, book: PriceBook, analysis: Analysis, perspective: str
) -> Iterable[dict[str, object]]:
    costs = sample.perspective_cost(book.perspective(perspective), part=analysis.part)
    qalys = sample.effects("qalys", discounted=True, part=analysis.part)
    standings = frontier(
        sample.arms, costs.mean(axis=0).tolist(), qalys.mean(axis=0).tolist(), analysis.comparator
    )
    for i, standing in enumerate(standings):
        against = sample.arms.index(standing.against) if standing.against else None
        yield {
            **analysis.labels(standing.arm), "perspective": perspective, **analysis.money_labels(),
            "discounted": True, "part": analysis.part,
            **_named("cost", describe(costs[:, i])), **_named("qalys", describe(qalys[:, i])),
            **_standing_columns(standing), **_doubt_of_ratio(costs, qalys, i, against), "n_draws": len(costs),
            **_threshold_columns(costs, qalys, analysis, i),
        }  # fmt: skip


def _named(measure: str, statistics: dict[str, float | int]) -> dict[str, float | int]:
    named = {f"{measure}_{key}": value for key, value in statistics.items() if key not in ("mean", "n_draws")}
    return {measure: statistics["mean"], **named}


def _prefixed(prefix: str, values: Floats) -> dict[str, float | int]:
    return {f"{prefix}_{key}": value for key, value in describe(values).items() if key != "n_draws"}


def _standing_columns(standing: Standing) -> dict[str, object]:
    return {
        "status": standing.status.value,
        "against": standing.against or "",
        "incremental_cost": standing.incremental_cost,
        "incremental_qalys": standing.incremental_effect,
        "icer": standing.icer,
        "words": standing.words,
    }


def _doubt_of_ratio(costs: Floats, qalys: Floats, arm: int, against: int | None) -> dict[str, object]:
    """Give the interval of an arm's ratio against the arm before it on the frontier; empty where it has no ratio."""
    if against is None:
        return icer_interval(np.zeros(0), np.zeros(0))
    return icer_interval(costs[:, arm] - costs[:, against], qalys[:, arm] - qalys[:, against])


def _threshold_columns(costs: Floats, qalys: Floats, analysis: Analysis, arm: int) -> dict[str, object]:
    columns: dict[str, object] = {}
    for threshold in analysis.thresholds:
        monetary = net_monetary_benefit(costs, qalys, threshold)
        columns[f"net_monetary_benefit_{threshold:.10g}"] = float(monetary[:, arm].mean())
        health = net_health_benefit(costs, qalys, threshold)
        columns[f"net_health_benefit_{threshold:.10g}"] = float(health[:, arm].mean())
        alone, tied = alone_and_tied(monetary)
        columns[f"draws_best_{threshold:.10g}"] = int(alone[arm])
        columns[f"draws_tied_{threshold:.10g}"] = int(tied[arm])
    return columns


def _net_benefit_rows(
    sample: Sample, book: PriceBook, analysis: Analysis, perspective: str, threshold: float
) -> Iterable[dict[str, object]]:
    costs = sample.perspective_cost(book.perspective(perspective), part=analysis.part)
    qalys = sample.effects("qalys", discounted=True, part=analysis.part)
    monetary = net_monetary_benefit(costs, qalys, threshold)
    alone, tied = alone_and_tied(monetary)
    base = sample.arms.index(analysis.comparator)
    measures = (
        ("net_monetary_benefit", analysis.currency, monetary),
        ("net_health_benefit", "QALY", net_health_benefit(costs, qalys, threshold)),
    )
    for measure, unit, values in measures:
        steps, short = increments(values, base), shortfalls(values)
        equal = tied_arms(short)
        for i, arm in enumerate(sample.arms):
            yield {
                **analysis.labels(arm), "perspective": perspective, **analysis.money_labels(),
                "discounted": True, "part": analysis.part, "threshold": threshold, "measure": measure, "unit": unit,
                **describe(values[:, i]), **_prefixed("difference", steps[:, i]),
                "draws_best": int(alone[i]), "draws_tied": int(tied[i]),
                "shortfall": float(short[:, i].mean()), "tied": bool(equal[i]),
            }  # fmt: skip
