"""Tables of what doubt about the parameters does to the choice: acceptability curves, and the EVPI."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.acceptability import acceptability, on_frontier, threshold_range
from hrsim.economics.analysis import Analysis
from hrsim.economics.frontier import net_monetary_benefit
from hrsim.economics.prices import PriceBook
from hrsim.economics.summaries import Sample
from hrsim.economics.value_of_information import Decisions, evpi, evpi_without_luck, luck_share

Floats = NDArray[np.float64]

CORRECTED = "luck_taken_out"
UNCORRECTED = "none_one_replicate"


def uncertainty_tables(
    sample: Sample, prices: PriceBook, analysis: Analysis, decisions: Decisions | None
) -> dict[str, pd.DataFrame]:
    """Make the tables `acceptability` and `evpi` from a sample of parameter draws; none where they cannot be told.

    They need two draws or more, and a threshold. `decisions` is whom better information would serve; without it there
    is no population EVPI.
    """
    thresholds = threshold_range(analysis.thresholds)
    if len(sample.draws) < 2 or not thresholds:
        return {}
    book = prices.model_copy(update={"lines": sample.lines})
    curves: list[dict[str, object]] = []
    values: list[dict[str, object]] = []
    for perspective in analysis.perspectives:
        costs, qalys = replicated(sample, book, perspective, analysis.part)
        keys = {"perspective": perspective, **analysis.money_labels(), "part": analysis.part}
        curves += _acceptability_rows(sample.arms, keys, costs.mean(axis=1), qalys.mean(axis=1), thresholds)
        values += [
            {**keys, "threshold": threshold, **_evpi_row(sample.arms, costs, qalys, threshold, decisions)}
            for threshold in thresholds
        ]
    return {"acceptability": pd.DataFrame(curves), "evpi": pd.DataFrame(values)}


def replicated(sample: Sample, book: PriceBook, perspective: str, part: str) -> tuple[Floats, Floats]:
    """Give discounted costs and QALYs of every replicate in one part of time, shape (draws, replicates, arms)."""
    included = book.perspective(perspective)
    chosen = [included.includes(line) for line in sample.lines]
    costs = [
        [v.line_costs(discounted=True, part=part)[:, chosen].sum(axis=1) for v in draw]
        for draw in sample.draws
    ]
    qalys = [[v.effects("qalys", discounted=True, part=part) for v in draw] for draw in sample.draws]
    return np.array(costs), np.array(qalys)


def _acceptability_rows(
    arms: tuple[str, ...],
    keys: dict[str, object],
    costs: Floats,
    qalys: Floats,
    thresholds: tuple[float, ...],
) -> Iterable[dict[str, object]]:
    alone, tied = acceptability(costs, qalys, thresholds)
    shares = alone + tied
    best = on_frontier(costs, qalys, thresholds)
    errors = np.sqrt(shares * (1.0 - shares) / len(costs))
    for t, threshold in enumerate(thresholds):
        for a, arm in enumerate(arms):
            yield {
                "arm": arm, **keys, "threshold": threshold, "probability_cost_effective": shares[t, a],
                "probability_tied": tied[t, a], "mcse": errors[t, a], "on_frontier": bool(best[t, a]),
                "n_draws": len(costs),
            }  # fmt: skip


def _evpi_row(
    arms: tuple[str, ...], costs: Floats, qalys: Floats, threshold: float, decisions: Decisions | None
) -> dict[str, object]:
    benefits = net_monetary_benefit(costs, qalys, threshold)
    means = benefits.mean(axis=1)
    plain = evpi(means)
    correctable = benefits.shape[1] > 1
    value = evpi_without_luck(benefits) if correctable else plain
    row: dict[str, object] = {
        "best_arm": arms[int(means.mean(axis=0).argmax())],
        "evpi_per_study": value.value,
        "mcse": value.standard_error,
        "evpi_with_luck": plain.value,
        "luck_share": luck_share(benefits),
        "correction": CORRECTED if correctable else UNCORRECTED,
        "n_draws": len(benefits),
    }
    if decisions is not None:
        number = decisions.number()
        row |= {"population_evpi": value.value * number, "population_mcse": value.standard_error * number}
    return row
