"""The draws of a stored run as two matrices: what varied, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.evidence import EvidenceRow
from hrsim.experiment.evaluate import valuer_of
from hrsim.experiment.plan import Plan
from hrsim.experiment.responses import Response, responses
from hrsim.experiment.statistics import sample_means
from hrsim.experiment.stored import StoredRun
from hrsim.sensitivity.possible import Possible, possible_in

Floats = NDArray[np.float64]

HEADLINES = ("overdose_death", "qalys", "cost", "net_monetary_benefit")


@dataclass(frozen=True)
class DrawnResults:
    """Hold the parameters that varied, shape (draws, rows), and the results of every simulation, in the plan's order.

    `rows` are the evidence rows in use whose values differ between draws; `tables` are the tables of the run;
    `possible` says what each row can move, None for everything.
    """

    plan: Plan
    arms: tuple[str, ...]
    comparator: str
    rows: tuple[EvidenceRow, ...]
    parameters: Floats
    responses: tuple[Response, ...]
    tables: dict[str, pd.DataFrame]
    possible: Possible | None = None

    def moves(self, row: EvidenceRow, response: Response, arm: str) -> bool:
        """Tell whether a row can move an arm's difference from the comparator at all."""
        return self.possible is None or self.possible.moves(row.id, response.measure, arm, self.comparator)

    @property
    def base(self) -> int:
        """Give the place of the comparator among the arms."""
        return self.arms.index(self.comparator)

    @property
    def tell_parameters(self) -> bool:
        """Tell whether there are draws of the parameters to learn from."""
        return self.plan.uncertainty == "draws" and self.plan.draws > 1 and len(self.rows) > 0

    def headlines(self) -> tuple[Response, ...]:
        """List the results that sensitivity is told of: deaths, QALYs, costs and net benefits."""
        return tuple(found for found in self.responses if found.measure in HEADLINES)

    def by_draw(self, values: Floats) -> Floats:
        """Average the values of each draw's replicates, shape (draws, ...)."""
        return sample_means(self.plan, self.plan.tasks(), values)

    def others(self) -> list[tuple[int, str]]:
        """List the arms but the comparator, each with its place."""
        return [(place, arm) for place, arm in enumerate(self.arms) if arm != self.comparator]


def read_draws(stored: StoredRun, threads: int) -> DrawnResults:
    """Price the stored ledgers and lay results and parameters side by side; nothing is simulated."""
    measured, first = stored.measured(threads)
    result = stored.evaluated(measured, first)
    draws = stored.experiment.draws
    matrix = np.array([[values[row.id] for row in result.evidence] for values in draws.values()])
    varied = np.ptp(matrix, axis=0) > 0
    return DrawnResults(
        plan=stored.experiment.plan,
        arms=first.arms,
        comparator=result.comparator,
        rows=tuple(row for row, moved in zip(result.evidence, varied, strict=True) if moved),
        parameters=matrix[:, varied],
        responses=responses(valuer_of(stored.experiment), first, measured),
        tables=result.tables,
        possible=possible_in(stored),
    )


def key_columns(arm: str, comparator: str, response: Response) -> dict[str, object]:
    """Give the columns that every table of sensitivity begins with."""
    return {"arm": arm, "comparator": comparator, **response.keys()}


def labelled(row: EvidenceRow) -> dict[str, object]:
    """Give the columns that name a parameter."""
    return {"evidence": row.id, "label": row.name}


def strongest(table: pd.DataFrame, count: int) -> Sequence[str]:
    """Name the parameters with the largest rank correlation with any headline of any arm, strongest first."""
    size = table.assign(size=table["rank_correlation"].abs()).groupby("evidence", sort=True)["size"].max()
    return list(size.sort_values(ascending=False, kind="stable").index[:count])
