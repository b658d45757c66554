"""Fiscal years: their days within a study, and money of quarters shared out among them.

A quarter that crosses a fiscal year's end is split by days, as if its money were spent evenly: the ledger and hence the
simulation know nothing of fiscal years, so another first day needs no new simulation. What a service costs in the
quarter in which it opens falls on the days from then on; its set-up is paid on the first of them, also where that is
the first day of the quarter or of the study.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrsim.economics.discounting import DiscountSchedule
from hrsim.engine.ledger import Ledger
from hrsim.units import TICKS_PER_DAY, TICKS_PER_YEAR

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


@dataclass(frozen=True)
class Spans:
    """Hold from when to when the money of a service is spent in each quarter: `begins` and `ends` (A, Q) in ticks.

    `opens` (A, Q) marks the quarter in which it begins to stand, and `begins` there the moment: running costs fall on
    the days from then on, its set-up on the first of them. A service that opens and closes within one quarter has no
    known day, nor have new sites of one that is open already: they are spread over their quarter.
    """

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    opens: NDArray[np.bool_]

    def discount(self, schedule: DiscountSchedule, *, set_up: bool) -> Floats:
        """Give the mean discount factor of the money of each quarter, shape (A, Q)."""
        begins, ends = self.begins / TICKS_PER_YEAR, self.ends / TICKS_PER_YEAR
        spread = schedule.span_factors(begins, ends)
        return np.where(self.opens, schedule.moment_factors(begins), spread) if set_up else spread

    def shares(self, years: FiscalYears, *, set_up: bool) -> Floats:
        """Give the share of each quarter's money that falls in each fiscal year, shape (A, Y, Q)."""
        ends = np.where(self.opens, self.begins + 1, self.ends) if set_up else self.ends
        return _shares(self.begins, ends, years)


def spans_of(ledger: Ledger, service: str) -> Spans:
    """Give when the money of a service is spent in each quarter."""
    edges = ledger.quarter_edges
    begins = np.tile(edges[:-1], (len(ledger.arms), 1))
    ends = np.broadcast_to(edges[1:], begins.shape)
    if "open_ticks" not in ledger.flow_names:
        return Spans(begins, ends, np.zeros(begins.shape, np.bool_))
    open_ticks = ledger.flow(service, "open_ticks")
    before = np.pad(open_ticks, ((0, 0), (1, 0)))[:, :-1]
    after = np.pad(open_ticks, ((0, 0), (0, 1)), constant_values=1)[:, 1:]
    opens = (before == 0) & (open_ticks > 0) & ((after > 0) | (open_ticks == np.diff(edges)))
    return Spans(np.where(opens, ends - open_ticks, begins), ends, opens)


def _shares(begins: NDArray[np.int64], ends: NDArray[np.int64], years: FiscalYears) -> Floats:
    """Give the share of spans, (A, Q) and (Q,) or (A, Q), in each fiscal year, shape (A, Y, Q)."""
    ends = np.broadcast_to(ends, begins.shape)
    inside = np.minimum(ends[:, None], years.edges[1:, None]) - np.maximum(
        begins[:, None], years.edges[:-1, None]
    )
    return np.asarray(np.maximum(inside, 0) / (ends - begins)[:, None], dtype=np.float64)
