"""Health and money by group of people, and the cost that belongs to no group."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.analysis import Analysis
from hrsim.economics.prices import Perspective, PriceBook
from hrsim.economics.summaries import Sample
from hrsim.economics.valuation import Valuation
from hrsim.engine.group_names import margins

Floats = NDArray[np.float64]
Values = tuple[dict[str, object], Floats]

ATTRIBUTED = "cost_by_use"
"""Events, states, contacts, starts, kits and client time: what people's own histories cost."""
FIXED = "cost_not_by_group"
"""Places, sites, opening and set-up: nobody's in particular."""


def labelled(cells: Floats, groups: tuple[str, ...]) -> Floats:
    """Add up cells, shape (..., G), to all people and then each label of each dimension."""
    labels = [cells[..., list(chosen)].sum(axis=-1) for chosen in margins(groups).values()]
    return np.stack([cells.sum(axis=-1), *labels], axis=-1)


def group_values(sample: Sample, book: PriceBook, analysis: Analysis) -> Iterable[Values]:
    """Yield discounted QALYs and costs over the horizon, each with its key columns, shape (draws, arms, 1 + labels).

    Of the cost that belongs to no group only the first column is known.
    """
    groups = sample.first.groups
    health = sample.over_draws(lambda v: labelled(np.einsum("aqg,q->ag", v.qalys, v.effect_factors), groups))
    yield {"measure": "qalys", "unit": "QALY", "perspective": "", "discounted": True}, health
    for name in analysis.perspectives:
        keys = {"unit": analysis.currency, "perspective": name, "discounted": True}
        perspective = book.perspective(name)
        by_use = sample.over_draws(_labelled_cost(perspective, groups))
        whole = sample.perspective_cost(perspective, discounted=True)
        fixed = np.full_like(by_use, np.nan)
        fixed[..., 0] = whole - by_use[..., 0]
        yield {"measure": ATTRIBUTED, **keys}, by_use
        yield {"measure": FIXED, **keys}, fixed


def _labelled_cost(perspective: Perspective, groups: tuple[str, ...]) -> Callable[[Valuation], Floats]:
    by_cell = use_cost(perspective)
    return lambda valuation: labelled(by_cell(valuation), groups)


def use_cost(perspective: Perspective) -> Callable[[Valuation], Floats]:
    """Give a measure of the discounted cost of what people's own histories use, by cell, shape (A, G)."""

    def cost(valuation: Valuation) -> Floats:
        people = valuation.person_costs.shape[-1]
        counts = np.array([perspective.includes(line) for line in valuation.lines], dtype=np.float64)
        by_person = np.einsum("aqg,q->ag", valuation.person_costs @ counts[:people], valuation.cost_factors)
        used = valuation.used_costs * valuation.service_factors[:, :, None]
        return np.asarray(by_person + (used @ counts[people:]).sum(axis=1), dtype=np.float64)

    return cost
