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
    share_best,
    shortfalls,
    tied_arms,
)
from hrsim.economics.increments import increments
from hrsim.economics.prices import PriceBook
from hrsim.economics.summaries import Sample, describe

Floats = NDArray[np.float64]


def cost_effectiveness_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List each arm once for each perspective: cost, QALYs, standing, and net benefit by threshold.

    Ratios are ratios of means over draws. Statistics of cost and QALYs carry their own suffixes.
    """
    rows = [row for name in analysis.perspectives for row in _arm_rows(sample, book, analysis, name)]
    return pd.DataFrame(rows)


def net_benefit_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List net monetary and net health benefit, and the probability of being best, by threshold.

    `difference` is against the comparator, draw by draw. `shortfall` is how far an arm lies below the arm of the
    highest mean, draw by draw; `tied` says that its mean may be 0 for all that the draws tell (see `tied_arms`).
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
        yield {
            **analysis.labels(standing.arm), "perspective": perspective, **analysis.money_labels(),
            "discounted": True, "part": analysis.part,
            **_named("cost", describe(costs[:, i])), **_named("qalys", describe(qalys[:, i])),
            **_standing_columns(standing), "n_draws": len(costs),
            **_threshold_columns(costs, qalys, analysis, i),
        }  # fmt: skip


def _named(measure: str, statistics: dict[str, float | int]) -> dict[str, float | int]:
    named = {f"{measure}_{key}": value for key, value in statistics.items() if key not in ("mean", "n_draws")}
    return {measure: statistics["mean"], **named}


def _differences(steps: Floats) -> dict[str, float | int]:
    return {f"difference_{key}": value for key, value in describe(steps).items() if key != "n_draws"}


def _standing_columns(standing: Standing) -> dict[str, object]:
    return {
        "status": standing.status.value,
        "against": standing.against or "",
        "incremental_cost": standing.incremental_cost,
        "incremental_qalys": standing.incremental_effect,
        "icer": standing.icer,
        "words": standing.words,
    }


def _threshold_columns(costs: Floats, qalys: Floats, analysis: Analysis, arm: int) -> dict[str, float]:
    columns = {}
    for threshold in analysis.thresholds:
        monetary = net_monetary_benefit(costs, qalys, threshold)
        columns[f"net_monetary_benefit_{threshold:.10g}"] = float(monetary[:, arm].mean())
        health = net_health_benefit(costs, qalys, threshold)
        columns[f"net_health_benefit_{threshold:.10g}"] = float(health[:, arm].mean())
        columns[f"probability_best_{threshold:.10g}"] = float(share_best(monetary)[arm])
    return columns


def _net_benefit_rows(
    sample: Sample, book: PriceBook, analysis: Analysis, perspective: str, threshold: float
) -> Iterable[dict[str, object]]:
    costs = sample.perspective_cost(book.perspective(perspective), part=analysis.part)
    qalys = sample.effects("qalys", discounted=True, part=analysis.part)
    monetary = net_monetary_benefit(costs, qalys, threshold)
    best = share_best(monetary)
    base = sample.arms.index(analysis.comparator)
    measures = (
        ("net_monetary_benefit", analysis.currency, monetary),
        ("net_health_benefit", "QALY", net_health_benefit(costs, qalys, threshold)),
    )
    for measure, unit, values in measures:
        steps, short = increments(values, base), shortfalls(values)
        tied = tied_arms(short)
        for i, arm in enumerate(sample.arms):
            yield {
                **analysis.labels(arm), "perspective": perspective, **analysis.money_labels(),
                "discounted": True, "part": analysis.part, "threshold": threshold, "measure": measure, "unit": unit,
                **describe(values[:, i]), **_differences(steps[:, i]), "probability_best": best[i],
                "shortfall": float(short[:, i].mean()), "tied": bool(tied[i]),
            }  # fmt: skip
