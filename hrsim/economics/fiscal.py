"""Fiscal years: their days within a study, and money of quarters shared out among them.

A quarter that crosses a fiscal year's end is split by days, as if its money were spent evenly: the ledger and hence the
simulation know nothing of fiscal years, so another first day needs no new simulation. What a service costs in the
quarter in which it opens falls on the days from then on; its set-up is paid on the first of them.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_DAY

Floats = NDArray[np.float64]
_ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class FiscalYears:
    """Hold the fiscal years that a study touches, in order: first days, edges in ticks cut at both ends, lengths.

    `edges` (Y+1,) run from 0 to the horizon; `lengths` (Y,) are those of the uncut years.
    """

    first_days: tuple[datetime.date, ...]
    edges: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @property
    def labels(self) -> tuple[str, ...]:
        """Name each by its first and last day."""
        return tuple(f"{day} to {day.replace(year=day.year + 1) - _ONE_DAY}" for day in self.first_days)

    @property
    def shares(self) -> Floats:
        """Give the part of each year that lies within the study, shape (Y,)."""
        return np.diff(self.edges) / self.lengths


def fiscal_years(start: datetime.date, month: int, day: int, horizon: int) -> FiscalYears:
    """Give the fiscal years from a study's first day to its horizon in ticks."""
    first = datetime.date(start.year, month, day)
    if first > start:
        first = first.replace(year=first.year - 1)
    days, edges, lengths = [first], [0], []
    while True:
        following = days[-1].replace(year=days[-1].year + 1)
        lengths.append((following - days[-1]).days * TICKS_PER_DAY)
        edge = (following - start).days * TICKS_PER_DAY
        edges.append(min(edge, horizon))
        if edge >= horizon:
            return FiscalYears(tuple(days), np.array(edges), np.array(lengths))
        days.append(following)


def shares_of_quarters(quarter_edges: NDArray[np.int64], years: FiscalYears) -> Floats:
    """Give the share of each quarter's time that lies in each fiscal year, shape (Y, Q); columns add up to 1."""
    shares: Floats = _shares(quarter_edges[None, :-1], quarter_edges[1:], years)[0]
    return shares


def shares_of_service(ledger: Ledger, service: str, years: FiscalYears, *, set_up: bool) -> Floats:
    """Give the share of a service's quarterly cost that falls in each fiscal year, shape (A, Y, Q).

    In the quarter in which a service opens its cost falls on the days from then on, its set-up on the first of them.
    New sites of a service that is open already have no day: they are shared out over their quarter.
    """
    edges = ledger.quarter_edges
    if "open_ticks" not in ledger.flow_names:
        return _shares(np.tile(edges[:-1], (len(ledger.arms), 1)), edges[1:], years)
    open_ticks = ledger.flow(service, "open_ticks")
    before = np.pad(open_ticks, ((0, 0), (1, 0)))[:, :-1]
    after = np.pad(open_ticks, ((0, 0), (0, 1)), constant_values=1)[:, 1:]
    opens = (before == 0) & (open_ticks > 0) & (open_ticks < np.diff(edges)) & (after > 0)
    begins = np.where(opens, edges[1:] - open_ticks, edges[:-1])
    ends = np.where(opens & set_up, begins + 1, edges[1:])
    return _shares(begins, ends, years)


def _shares(begins: NDArray[np.int64], ends: NDArray[np.int64], years: FiscalYears) -> Floats:
    """Give the share of spans, (A, Q) and (Q,) or (A, Q), in each fiscal year, shape (A, Y, Q)."""
    ends = np.broadcast_to(ends, begins.shape)
    inside = np.minimum(ends[:, None], years.edges[1:, None]) - np.maximum(
        begins[:, None], years.edges[:-1, None]
    )
    return np.asarray(np.maximum(inside, 0) / (ends - begins)[:, None], dtype=np.float64)
