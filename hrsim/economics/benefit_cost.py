"""Benefit-cost: health in money by three valuations that are never added, with what is divided by what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.analysis import Analysis
from hrsim.economics.increments import increments
from hrsim.economics.prices import SERVICE_UNITS, Perspective, PriceBook
from hrsim.economics.summaries import Sample, describe
from hrsim.over_draws import spread

Floats = NDArray[np.float64]
QALY = "qaly"
"""Names the valuation by QALYs: health alone, so that a perspective may count earnings and consumption beside it."""


@dataclass(frozen=True)
class Stream:
    """Hold one stream of benefits in money, shape (draws, arms), and say whether it values lives."""

    name: str
    values: Floats
    values_death: bool


def total_benefit(streams: Sequence[Stream]) -> Floats:
    """Add up streams of benefits, shape (draws, arms).

    Raise ValueError when two of them value lives: a death and the years or QALYs it costs are one loss.
    """
    valued = [stream.name for stream in streams if stream.values_death]
    if len(valued) > 1:
        raise ValueError(
            f"{' and '.join(valued)} each put a money value on the same lives: keep one, and show the others"
            " in rows of their own"
        )
    return np.asarray(sum(stream.values for stream in streams), dtype=np.float64)


def cost_benefit_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List costs, benefits by stream, net benefit and ratio by arm, perspective and valuation of health.

    The denominator is the added cost of services; the numerator is the value of health and what the other
    lines of the perspective save: at QALYs the net benefit is that of the decision tables. Earnings and consumption
    stay out where lives or life-years are valued, which hold them already.
    Everything is discounted: money at the rate of costs, health at that of effects.
    """
    rows = [
        row
        for name in analysis.perspectives
        for valuation, threshold, health in _health_streams(sample, analysis)
        for row in _rows(sample, analysis, name, book.perspective(name), valuation, threshold, health)
    ]
    return pd.DataFrame(rows)


def _health_streams(sample: Sample, analysis: Analysis) -> Iterable[tuple[str, float, Stream]]:
    base = sample.arms.index(analysis.comparator)
    values = sample.first.health_values
    for valuation, value_name, measure, sign in (
        ("vsl", "life", "deaths", -1.0),
        ("vsly", "life_year", "life_years", 1.0),
    ):
        if value_name in values:
            money = _valued(sample, measure, value_name, analysis.part)
            yield valuation, np.nan, Stream(measure, sign * increments(money, base), values_death=True)
    gains = increments(sample.effects("qalys", discounted=True, part=analysis.part), base)
    for threshold in analysis.thresholds:
        yield QALY, threshold, Stream("qalys", threshold * gains, values_death=True)


def _valued(sample: Sample, measure: str, value_name: str, part: str) -> Floats:
    return sample.over_draws(
        lambda v: v.effects(measure, discounted=True, part=part) * v.health_values[value_name]
    )


def _rows(
    sample: Sample,
    analysis: Analysis,
    perspective_name: str,
    perspective: Perspective,
    valuation: str,
    threshold: float,
    health: Stream,
) -> Iterable[dict[str, object]]:
    base = sample.arms.index(analysis.comparator)
    counted = [line for line in sample.lines if perspective.includes(line)]
    services = [line for line in counted if line.per in SERVICE_UNITS]
    twice = [line for line in counted if line.values_death and valuation != QALY]
    other = [line for line in counted if line not in services and line not in twice]
    left_out = [*twice, *(line for line in sample.lines if perspective.leaves_out(line))]
    cost = increments(sample.cost(services, discounted=True, part=analysis.part), base)
    saved = -increments(sample.cost(other, discounted=True, part=analysis.part), base)
    streams = [health, Stream("other costs saved", saved, values_death=False)]
    benefit = total_benefit(streams)
    measures = {
        "cost": cost, "benefit_health": health.values, "benefit_costs_saved": saved, "benefit": benefit,
        "net_benefit": benefit - cost,
    }  # fmt: skip
    for i, arm in enumerate(sample.arms):
        if i == base:
            continue
        labels = {
            **analysis.labels(arm), "valuation": valuation, "threshold": threshold,
            "perspective": perspective_name, **analysis.money_labels(), "discounted": True,
            "part": analysis.part,
            "numerator": ", ".join([f"{health.name} ({valuation})", *(line.name for line in other)]),
            "denominator": ", ".join(line.name for line in services) or "(no service has a cost line)",
            "left_out": ", ".join(line.name for line in left_out),
        }  # fmt: skip
        for measure, values in measures.items():
            summary = describe(values[:, i])
            yield {**labels, "measure": measure, "unit": analysis.currency, **summary, "words": ""}
        yield {**labels, "measure": "ratio", "unit": "ratio", **benefit_cost_ratio(benefit[:, i], cost[:, i])}


def benefit_cost_ratio(benefit: Floats, cost: Floats) -> dict[str, object]:
    """Divide the mean benefit by the mean cost over draws, or say in words why there is no ratio.

    The interval is that of the ratio in each draw, and is unknown when any draw has no added cost.
    """
    mean_cost, mean_benefit = float(cost.mean()), float(benefit.mean())
    low, high = np.nan, np.nan
    if len(cost) > 1 and (cost > 0).all():
        low, high = (float(end) for end in spread(benefit / cost))
    ratio, words = np.nan, ""
    if mean_cost > 0:
        ratio = mean_benefit / mean_cost
        words = "" if mean_benefit >= 0 else "loses health or money beside its cost"
    elif mean_benefit >= 0:
        words = "costs no more, and gains" if mean_benefit > 0 else "costs no more, and gains nothing"
    else:
        words = "costs no more, and loses: read the net benefit"
    if ratio < 0:
        ratio, low, high = np.nan, np.nan, np.nan
    doubt = {"sd": np.nan, "mcse": np.nan, "low": low, "high": high}
    return {"mean": ratio, **doubt, "n_draws": len(cost), "words": words}
