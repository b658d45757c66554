"""Tables: costs, health, and all the economic tables of a run at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.analysis import ALL, WITHIN, Analysis
from hrsim.economics.benefit_cost import cost_benefit_table
from hrsim.economics.budget_impact import budget_impact_table
from hrsim.economics.cost_per_qaly import cost_per_qaly_table
from hrsim.economics.decision_tables import cost_effectiveness_table, net_benefit_table
from hrsim.economics.distributional import distributional_table
from hrsim.economics.groups import labelled
from hrsim.economics.increments import differences_table
from hrsim.economics.inventory import impact_inventory_table, price_table
from hrsim.economics.parts import parts_table
from hrsim.economics.prices import CostLine, PriceBook
from hrsim.economics.quantity_and_price import quantity_and_price_table
from hrsim.economics.released import cash_and_capacity_table
from hrsim.economics.spending import spending_by_service_table
from hrsim.economics.summaries import Sample, collect, describe
from hrsim.economics.valuation import Valuation
from hrsim.engine.group_names import margins

Floats = NDArray[np.float64]
TRANSFERS = "transfers_memo"


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
    `economic_differences`, `cost_effectiveness`, `cost_per_qaly`, `net_benefit`, `cost_benefit`, `budget_impact`,
    `cash_and_capacity`, `quantity_and_price`,
    `impact_inventory`, `prices`, where services cost something `spending_by_service`, where survivors were
    counted `horizon`, and where the analysis asks for it `distributional`.
    """
    sample = collect(valuations, draw_numbers)
    book = prices.model_copy(update={"lines": sample.lines})
    return {
        "costs": costs_table(sample, book, analysis),
        "health": health_table(sample, analysis),
        "economic_differences": differences_table(sample, book, analysis),
        "cost_effectiveness": cost_effectiveness_table(sample, book, analysis),
        "cost_per_qaly": cost_per_qaly_table(sample, book, analysis),
        "net_benefit": net_benefit_table(sample, book, analysis),
        "cost_benefit": cost_benefit_table(sample, book, analysis),
        **({"horizon": parts_table(sample, book, analysis)} if sample.first.beyond else {}),
        **_distributional(sample, book, analysis),
        "budget_impact": budget_impact_table(sample, analysis),
        "cash_and_capacity": cash_and_capacity_table(sample, book, analysis),
        "quantity_and_price": quantity_and_price_table(sample, analysis),
        **_spending(sample, analysis),
        "impact_inventory": impact_inventory_table(sample, book, analysis, left_out),
        "prices": price_table(sample, book),
    }


def _spending(sample: Sample, analysis: Analysis) -> dict[str, pd.DataFrame]:
    table = spending_by_service_table(sample, analysis)
    return {} if table.empty else {"spending_by_service": table}


def _distributional(sample: Sample, book: PriceBook, analysis: Analysis) -> dict[str, pd.DataFrame]:
    if analysis.distribution is None or len(sample.first.groups) == 1:
        return {}
    return {"distributional": distributional_table(sample, book, analysis, analysis.distribution)}


def costs_table(sample: Sample, book: PriceBook, analysis: Analysis) -> pd.DataFrame:
    """List costs within the horizon by arm, perspective, payer and category; `all` marks totals.

    Transfers move money without using resources: they count for a named payer only, and the rows of the perspective
    `transfers_memo` list them beside.
    """
    rows: list[dict[str, object]] = []
    seen = {name: book.perspective(name).includes for name in analysis.perspectives}
    if any(line.transfer for line in sample.lines):
        seen[TRANSFERS] = lambda line: line.transfer
    for name, includes in seen.items():
        lines = [line for line in sample.lines if includes(line)]
        for payer, category in _cells(lines):
            chosen = [line for line in lines if _fits(line, payer, category)]
            labels = {"perspective": name, "payer": payer, "category": category, "measure": "cost"}
            for discounted in (True, False):
                values = sample.cost(chosen, discounted=discounted)
                keys = {**labels, "discounted": discounted, "part": WITHIN}
                rows += _arm_rows(sample, analysis, keys, values)
    return pd.DataFrame(rows)


def health_table(sample: Sample, analysis: Analysis) -> pd.DataFrame:
    """List QALYs and life-years within the horizon by arm and group; `all` is everyone."""
    rows: list[dict[str, object]] = []
    for measure, unit in (("qalys", "QALY"), ("life_years", "life-year")):
        for discounted in (True, False):
            labels = {"measure": measure, "unit": unit, "discounted": discounted, "part": WITHIN}
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
