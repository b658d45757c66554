"""Tables: costs, budget impact, and all the economic tables of a run at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.analysis import ALL, Analysis
from hrsim.economics.benefit_cost import cost_benefit_table
from hrsim.economics.decision_tables import cost_effectiveness_table, net_benefit_table
from hrsim.economics.groups import labelled
from hrsim.economics.increments import differences_table, increments
from hrsim.economics.inventory import impact_inventory_table, price_table
from hrsim.economics.parts import parts_table
from hrsim.economics.prices import CostLine, Per, PriceBook
from hrsim.economics.summaries import Sample, collect, describe
from hrsim.economics.valuation import Valuation
from hrsim.engine.group_names import margins

Floats = NDArray[np.float64]


def summarise(
    valuations: Sequence[Valuation],
    prices: PriceBook,
    analysis: Analysis,
    draw_numbers: Sequence[int] | None = None,
    left_out: tuple[str, ...] = (),
) -> dict[str, pd.DataFrame]:
    """Make every economic table of a run from its valuations.

    `prices` is the book the valuations were priced with, `draw_numbers` says which valuations are replicates
    of one draw, and `left_out` is what `match_to_ledger` left out. Keys: `costs`, `health`,
    `economic_differences`, `cost_effectiveness`, `net_benefit`, `cost_benefit`, `budget_impact`,
    `impact_inventory`, `prices`, and where survivors were counted `horizon`.
    """
    sample = collect(valuations, draw_numbers)
    book = prices.model_copy(update={"lines": sample.lines})
    return {
        "costs": costs_table(sample, book, analysis),
        "health": health_table(sample, analysis),
        "economic_differences": differences_table(sample, book, analysis),
        "cost_effectiveness": cost_effectiveness_table(sample, book, analysis),
        "net_benefit": net_benefit_table(sample, book, analysis),
        "cost_benefit": cost_benefit_table(sample, book, analysis),
        **({"horizon": parts_table(sample, book, analysis)} if sample.first.beyond else {}),
        "budget_impact": budget_impact_table(sample, analysis),
        "impact_inventory": impact_inventory_table(sample, book, analysis, left_out),
        "prices": price_table(sample, book),
    }


def costs_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List costs over the horizon by arm, perspective, payer and category; `all` marks totals."""
    rows: list[dict[str, object]] = []
    for name in analysis.perspectives:
        lines = [line for line in sample.lines if book.perspective(name).includes(line)]
        for payer, category in _cells(lines):
            chosen = [line for line in lines if _fits(line, payer, category)]
            labels = {"perspective": name, "payer": payer, "category": category, "measure": "cost"}
            for discounted in (True, False):
                values = sample.cost(chosen, discounted=discounted)
                rows += _arm_rows(sample, analysis, {**labels, "discounted": discounted}, values)
    return pd.DataFrame(rows)


def health_table(sample: Sample, analysis: Analysis) -> pd.DataFrame:
    """List QALYs and life-years over the horizon by arm and group; `all` is everyone."""
    rows: list[dict[str, object]] = []
    for measure, unit in (("qalys", "QALY"), ("life_years", "life-year")):
        for discounted in (True, False):
            labels = {"measure": measure, "unit": unit, "discounted": discounted}
            rows += _health_rows(sample, analysis, labels)
    return pd.DataFrame(rows)


def _health_rows(
    sample: Sample, analysis: Analysis, labels: Mapping[str, object]
) -> Iterable[dict[str, object]]:
    measure, discounted = str(labels["measure"]), bool(labels["discounted"])
    by_group = sample.over_draws(
        lambda v: labelled(v.effects_by_group(measure, discounted=discounted), v.groups)
    )
    for g, group in enumerate((ALL, *margins(sample.first.groups))):
        for i, arm in enumerate(sample.arms):
            yield {**analysis.labels(arm), "group": group, **labels, **describe(by_group[:, i, g])}


def budget_impact_table(sample: Sample, analysis: Analysis) -> pd.DataFrame:
    """List what each payer spends by study year, undiscounted, set-up apart from running.

    `spending` is the arm's own and `change` is against the comparator. Raise ValueError when a quarter
    crosses the end of a study year.
    """
    years = study_years(sample.first.quarter_years)
    costs = sample.over_draws(lambda v: _by_year(v.costs, years))
    base = sample.arms.index(analysis.comparator)
    rows: list[dict[str, object]] = []
    for payer in sorted({line.payer for line in sample.lines}):
        for kind in ("set_up", "running", ALL):
            chosen = [line.payer == payer and kind in (ALL, _kind(line)) for line in sample.lines]
            spending = costs[..., chosen].sum(axis=3)
            for year in range(spending.shape[2]):
                for measure, values in (
                    ("spending", spending[:, :, year]),
                    ("change", increments(spending[:, :, year], base)),
                ):
                    labels = {"payer": payer, "kind": kind, "year": analysis.first_year + year,
                              "measure": measure, "discounted": False}  # fmt: skip
                    rows += _arm_rows(sample, analysis, labels, values)
    return pd.DataFrame(rows)


def study_years(quarter_years: Floats) -> NDArray[np.int64]:
    """Give the study year of each quarter; raise ValueError when a quarter crosses the end of a year."""
    first = np.floor(quarter_years[:-1]).astype(np.int64)
    if (quarter_years[1:] > first + 1).any():
        raise ValueError("a quarter crosses the end of a study year, so its money has no year")
    return first


def _by_year(costs: Floats, years: NDArray[np.int64]) -> Floats:
    membership = (years[None, :] == np.arange(years[-1] + 1)[:, None]).astype(np.float64)
    return np.asarray(np.einsum("yq,aql->ayl", membership, costs), dtype=np.float64)


def _kind(line: CostLine) -> str:
    return "set_up" if line.per is Per.SET_UP else "running"


def _cells(lines: list[CostLine]) -> list[tuple[str, str]]:
    pairs = sorted({(line.payer, line.category) for line in lines})
    payers = sorted({(line.payer, ALL) for line in lines})
    categories = sorted({(ALL, line.category) for line in lines})
    return [(ALL, ALL), *payers, *categories, *pairs]


def _fits(line: CostLine, payer: str, category: str) -> bool:
    return payer in (ALL, line.payer) and category in (ALL, line.category)


def _arm_rows(
    sample: Sample, analysis: Analysis, labels: Mapping[str, object], values: Floats
) -> Iterable[dict[str, object]]:
    for i, arm in enumerate(sample.arms):
        yield {
            **analysis.labels(arm), **labels, "unit": analysis.currency, **analysis.money_labels(),
            **describe(values[:, i]),
        }  # fmt: skip
