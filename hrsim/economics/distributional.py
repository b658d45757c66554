"""Distributional analysis: who gains, who bears, what is displaced elsewhere, and how inequality weighs on the sum.

Health per person of each group is what people have in the comparator plus what an arm gives them, net of the health
that its cost displaces. The equally distributed equivalent is the health per person that, had by all, would be as good:
Atkinson for relative inequality, `(sum w h^(1-e))^(1/(1-e))`, Kolm for absolute, `-ln(sum w exp(-a h)) / a` (Asaria,
Griffin and Cookson, Medical Decision Making 2016). Aversion 0 is the plain mean in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.analysis import ALL, WITHIN, Analysis, Distribution
from hrsim.economics.groups import ATTRIBUTED, labelled, use_cost
from hrsim.economics.increments import increments
from hrsim.economics.prices import PriceBook
from hrsim.economics.summaries import Sample, describe
from hrsim.engine.group_names import margins

Floats = NDArray[np.float64]
ATKINSON, KOLM = "ede_atkinson", "ede_kolm"


@dataclass(frozen=True)
class _Health:
    """Hold health by draw, arm and cell (D, A, C) from one perspective, and people by draw and cell (D, C)."""

    gains: Floats
    borne: Floats
    displaced: Floats
    base: Floats
    people: Floats

    @property
    def net(self) -> Floats:
        return self.gains - self.displaced

    @property
    def per_person(self) -> Floats:
        """Give health per person of the comparator, changed by the net gain; 0 in a group without people."""
        people = np.broadcast_to(self.people[:, None], self.gains.shape)
        total = self.base[:, None] + self.net
        return np.divide(total, people, out=np.zeros_like(total), where=people > 0)


def distributional_table(
    sample: Sample, book: PriceBook, analysis: Analysis, chosen: Distribution
) -> pd.DataFrame:
    """List gains, costs borne, health displaced and net health benefit by group, and equivalents by aversion.

    Measures by group: `gain` and `health_displaced` (QALYs against the comparator), `net_health_benefit`, their
    difference, and `cost_by_use`, the added cost of what the group itself uses. For all people: `ede_atkinson` and
    `ede_kolm`, QALYs for each person, with `aversion`; `change` is against the comparator.
    """
    rows: list[dict[str, object]] = []
    for name in analysis.perspectives:
        health = _health(sample, book, analysis, chosen, name)
        keys = {"perspective": name, "threshold": chosen.threshold, "part": WITHIN}
        rows += _by_group(sample, analysis, health, keys)
        rows += _equivalents(sample, analysis, health, chosen, keys)
    return pd.DataFrame(rows)


def _health(
    sample: Sample, book: PriceBook, analysis: Analysis, chosen: Distribution, perspective: str
) -> _Health:
    base = sample.arms.index(analysis.comparator)
    qalys = sample.over_draws(lambda v: v.effects_by_group("qalys", discounted=True))
    people = sample.over_draws(lambda v: v.life_years[base, 0] / (v.quarter_years[1] - v.quarter_years[0]))
    counted = book.perspective(perspective)
    borne = sample.over_draws(use_cost(counted))
    cost = increments(sample.perspective_cost(counted), base)
    lost = (
        cost[:, :, None] / chosen.threshold * _shares(people, sample.first.groups, chosen.displaced)[:, None]
    )
    return _Health(qalys - qalys[:, [base]], borne - borne[:, [base]], lost, qalys[:, base], people)


def _shares(people: Floats, groups: tuple[str, ...], displaced: Mapping[str, float]) -> Floats:
    """Give each cell's share of the health displaced, (D, C): by people, or as stated for labels of one dimension."""
    if not displaced:
        return np.asarray(people / people.sum(axis=1, keepdims=True), dtype=np.float64)
    shares = np.zeros_like(people)
    labels = margins(groups)
    for label, share in displaced.items():
        cells = list(labels[label])
        within = people[:, cells]
        shares[:, cells] = share * within / within.sum(axis=1, keepdims=True)
    return shares


def _by_group(
    sample: Sample, analysis: Analysis, health: _Health, keys: dict[str, object]
) -> Iterable[dict[str, object]]:
    groups = sample.first.groups
    measures = {
        "gain": ("QALY", health.gains),
        "health_displaced": ("QALY", health.displaced),
        "net_health_benefit": ("QALY", health.net),
        ATTRIBUTED: (analysis.currency, health.borne),
    }
    for measure, (unit, cells) in measures.items():
        values = labelled(cells, groups)
        for i, arm in enumerate(sample.arms):
            for g, group in enumerate((ALL, *margins(groups))):
                labels = {**analysis.labels(arm), "group": group, **keys, "measure": measure, "unit": unit}
                yield {**labels, "aversion": np.nan, **describe(values[:, i, g])}


def _equivalents(
    sample: Sample, analysis: Analysis, health: _Health, chosen: Distribution, keys: dict[str, object]
) -> Iterable[dict[str, object]]:
    weights = health.people / health.people.sum(axis=1, keepdims=True)
    base = sample.arms.index(analysis.comparator)
    sweeps = ((ATKINSON, chosen.atkinson, atkinson_equivalent), (KOLM, chosen.kolm, kolm_equivalent))
    for measure, aversions, equivalent in sweeps:
        for aversion in aversions:
            values = equivalent(health.per_person, weights[:, None], aversion)
            steps = increments(values, base)
            for i, arm in enumerate(sample.arms):
                change = {
                    f"change_{key}": value for key, value in describe(steps[:, i]).items() if key != "n_draws"
                }
                labels = {**analysis.labels(arm), **keys, "measure": measure, "unit": "QALY per person"}
                change["change"] = change.pop("change_mean")
                yield {**labels, "aversion": aversion, **describe(values[:, i]), **change}


def atkinson_equivalent(health: Floats, weights: Floats, aversion: float) -> Floats:
    """Give Atkinson's equally distributed equivalent over the last axis; not a number where somebody has no health.

    Groups without people (weight 0) do not count. `weights` add up to 1 over the last axis.
    """
    counted = np.broadcast_to(weights > 0, health.shape)
    positive = np.where(counted, health, 1.0)
    defined = (positive > 0).all(axis=-1)
    logs = np.log(np.where(positive > 0, positive, 1.0))
    if aversion == 1.0:
        return np.where(defined, np.exp((weights * logs).sum(axis=-1)), np.nan)
    power = 1.0 - aversion
    return np.where(defined, np.exp(_log_mean_exp(power * logs, weights) / power), np.nan)


def kolm_equivalent(health: Floats, weights: Floats, aversion: float) -> Floats:
    """Give Kolm's equally distributed equivalent over the last axis; at aversion 0 the mean."""
    if aversion == 0.0:
        return np.asarray((weights * health).sum(axis=-1), dtype=np.float64)
    return np.asarray(-_log_mean_exp(-aversion * health, weights) / aversion, dtype=np.float64)


def _log_mean_exp(exponents: Floats, weights: Floats) -> Floats:
    """Give the logarithm of a weighted mean of exponentials, without overflow."""
    largest = np.where(weights > 0, exponents, -np.inf).max(axis=-1, keepdims=True)
    scaled = np.where(weights > 0, np.exp(np.minimum(exponents - largest, 0.0)), 0.0)
    return np.asarray(np.log((weights * scaled).sum(axis=-1)) + largest[..., 0], dtype=np.float64)
