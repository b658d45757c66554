"""Budget impact: what each payer spends by fiscal year, undiscounted; what saves cash apart from what frees room."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.economics.analysis import ALL, Analysis
from hrsim.economics.increments import increments
from hrsim.economics.prices import CostLine, Per
from hrsim.economics.summaries import Sample, describe

Floats = NDArray[np.float64]
SET_UP, RUNNING = "set_up", "running"


def budget_impact_table(sample: Sample, analysis: Analysis) -> pd.DataFrame:
    """List what each payer spends by fiscal year, undiscounted, set-up apart from running.

    `spending` is the arm's own and `change` is against the comparator. `releases` tells money that is paid out and so
    is saved in cash (medicines, contracts, kits) from room that others fill (beds, visits, officers). Losses in
    nobody's budget (crime, earnings) are not listed. `year` is that in which the fiscal year begins; `share_of_year`
    below 1 marks one that the study's start or horizon cuts. After the year that the start cuts, as many years follow
    as the analysis asks.
    """
    costs = sample.over_draws(lambda valuation: valuation.fiscal_costs)
    base = sample.arms.index(analysis.comparator)
    rows = [
        {**labels, **time, "measure": measure, "discounted": False, "arm_number": i, **describe(values[:, i])}
        for labels, chosen in _cells(sample)
        for time, spending in _by_year(sample, analysis, costs[..., chosen].sum(axis=3))
        for measure, values in (("spending", spending), ("change", increments(spending, base)))
        for i in range(len(sample.arms))
    ]
    return pd.DataFrame([_labelled(row, sample, analysis) for row in rows])


def _by_year(
    sample: Sample, analysis: Analysis, spending: Floats
) -> Iterable[tuple[dict[str, object], Floats]]:
    years = sample.first.fiscal_years
    shown = analysis.budget_years + (years.shares[0] < 1)
    for y, (day, label, share) in enumerate(zip(years.first_days, years.labels, years.shares, strict=True)):
        if y < shown:
            time = {"year": day.year, "fiscal_year": label, "share_of_year": float(share)}
            yield time, spending[:, :, y]


def _cells(sample: Sample) -> Iterable[tuple[dict[str, object], list[bool]]]:
    """Yield payer, kind and what is released, with the lines that count there."""
    for payer in sorted({line.payer for line in sample.lines if line.in_a_budget}):
        mine = [line for line in sample.lines if line.payer == payer and line.in_a_budget]
        kinds = sorted({(kind_of(line), line.releases.value) for line in mine})
        released = sorted({releases for _, releases in kinds})
        totals = [(SET_UP, ALL), (RUNNING, ALL), (ALL, ALL), *((ALL, releases) for releases in released)]
        for kind, releases in (*totals, *kinds):
            chosen = [
                line.payer == payer
                and line.in_a_budget
                and kind in (ALL, kind_of(line))
                and releases in (ALL, line.releases.value)
                for line in sample.lines
            ]
            yield {"payer": payer, "kind": kind, "releases": releases}, chosen


def _labelled(row: dict[str, object], sample: Sample, analysis: Analysis) -> dict[str, object]:
    arm = sample.arms[int(str(row.pop("arm_number")))]
    statistics = {name: row.pop(name) for name in ("mean", "sd", "mcse", "low", "high", "n_draws")}
    money = {"unit": analysis.currency, **analysis.money_labels()}
    return {**analysis.labels(arm), **row, **money, **statistics}


def kind_of(line: CostLine) -> str:
    """Say whether a line is paid once, when something is set up, or in the running."""
    return SET_UP if line.per is Per.SET_UP else RUNNING
