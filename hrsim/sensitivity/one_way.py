"""One parameter at a time, two together: everything else at its point value, the luck the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from hrsim.evidence import EvidenceRow
from hrsim.evidence.draws import quantile
from hrsim.sensitivity.draws import key_columns, labelled
from hrsim.sensitivity.same_luck import Bench, mean_and_error

ENDS = (0.025, 0.975)


def tornado_table(bench: Bench, rows: Sequence[EvidenceRow]) -> pd.DataFrame:
    """Set each parameter to its 2.5 % and its 97.5 % quantile and state every headline difference, widest bar first.

    `mcse` is the Monte Carlo error over lucks of the width, the result at the high value less that at the low one.
    """
    ends = [(quantile(row, ENDS[0]), quantile(row, ENDS[1])) for row in rows]
    points = [{row.id: value} for row, pair in zip(rows, ends, strict=True) for value in pair]
    table: list[dict[str, object]] = []
    for response, values in bench.headlines([{}, *points]):
        for a, arm in enumerate(bench.arms):
            if arm == bench.comparator:
                continue
            at_base = float(values[0, :, a].mean())
            for number, row in enumerate(rows):
                low, high = values[1 + 2 * number, :, a], values[2 + 2 * number, :, a]
                table.append(
                    {**key_columns(arm, bench.comparator, response), **labelled(row),
                     "low_value": ends[number][0], "high_value": ends[number][1],
                     "result_at_low": float(low.mean()), "result_at_high": float(high.mean()),
                     "result_at_base": at_base, "mcse": mean_and_error(high - low)[1], "n_lucks": len(low)}
                )  # fmt: skip
    return _widest_first(pd.DataFrame(table))


def _widest_first(table: pd.DataFrame) -> pd.DataFrame:
    """Sort the bars of each arm and result by their width, the order of arms and results unchanged."""
    if table.empty:
        return table
    keys = ["arm", "perspective", "measure", "threshold"]
    block = table.groupby(keys, sort=False, dropna=False).ngroup()
    width = -(table["result_at_high"] - table["result_at_low"]).abs()
    order = np.lexsort((np.arange(len(table)), width, block))
    return table.iloc[order].reset_index(drop=True)


def two_way_table(bench: Bench, first: EvidenceRow, second: EvidenceRow, points: int) -> pd.DataFrame:
    """State every headline difference on a grid of two parameters, at `points` even steps between their 95 % ends."""
    axes = [np.linspace(quantile(row, ENDS[0]), quantile(row, ENDS[1]), points) for row in (first, second)]
    grid = list(product(*(axis.tolist() for axis in axes)))
    table: list[dict[str, object]] = []
    for response, values in bench.headlines([{first.id: one, second.id: two} for one, two in grid]):
        for a, arm in enumerate(bench.arms):
            if arm == bench.comparator:
                continue
            for number, (one, two) in enumerate(grid):
                result, error = mean_and_error(values[number, :, a])
                table.append(
                    {**key_columns(arm, bench.comparator, response),
                     "first_evidence": first.id, "second_evidence": second.id,
                     "first_value": one, "second_value": two,
                     "result": result, "mcse": error, "n_lucks": values.shape[1]}
                )  # fmt: skip
    return pd.DataFrame(table)
