"""Outcome tables: tidy, one row for each arm, group, measure (and year), with statistics over the samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hrsim.experiment.measures import ALL_GROUPS, Measure
from hrsim.experiment.ratios import ratio_values, ratios_in
from hrsim.experiment.statistics import describe, describe_differences, described

FIRST_CONVERGENCE_SAMPLE = 2
LOAD_OF = ("client_years", "place_years")
JOINED = {"outcomes": "health", "differences": "economic_differences"}


@dataclass(frozen=True)
class OutcomeSamples:
    """Hold sampled outcomes with the names of their axes.

    `outcomes` has shape (samples, arms, years, groups, measures), `flows` (samples, arms, years, services, flows) and
    `group_flows`, where people are told apart, (samples, arms, groups, services, flows by group); `years` are the
    calendar years in which the study years begin.
    """

    arms: tuple[str, ...]
    comparator: str
    years: tuple[int, ...]
    groups: tuple[str, ...]
    measures: tuple[Measure, ...]
    services: tuple[str, ...]
    flows_measured: tuple[tuple[str, str], ...]
    outcomes: NDArray[np.float64]
    flows: NDArray[np.float64]
    group_flows_measured: tuple[tuple[str, str], ...] = ()
    group_flows: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def outcome_tables(self) -> dict[str, pd.DataFrame]:
        """Build the tables outcomes and differences, both also by year, services and convergence."""
        return {
            "outcomes": self.over_horizon(),
            "outcomes_by_year": self.by_year(),
            "differences": self.differences(),
            "differences_by_year": self.differences_by_year(),
            "services": self.service_flows(),
            "convergence": self.convergence(),
        }

    def over_horizon(self) -> pd.DataFrame:
        """Describe each outcome over the whole horizon, undiscounted."""
        totals = self.outcomes.sum(axis=2)
        keys = _keys({"arm": self.arms, "group": self.groups}, self._names())
        return self._beside(described(keys, _rows(totals)), {"arm": self.arms}, totals[:, :, 0])

    def by_year(self) -> pd.DataFrame:
        """Describe each outcome in each study year."""
        axes = {"arm": self.arms, "year": self.years}
        keys = _keys({**axes, "group": self.groups}, self._names())
        return self._beside(described(keys, _rows(self.outcomes)), axes, self.outcomes[:, :, :, 0])

    def differences(self) -> pd.DataFrame:
        """Compare every other arm with the comparator over the horizon, paired by sample."""
        totals = self.outcomes.sum(axis=2)
        base = _rows(totals[:, self.arms.index(self.comparator)])
        better = np.array([measure.better for _ in self.groups for measure in self.measures])
        shares = ratio_values(self.measures, totals[:, :, 0])
        better_shares = np.array([ratio.better for ratio in ratios_in(self.measures)])
        tables = []
        for number, arm in enumerate(self.arms):
            if arm == self.comparator:
                continue
            axes = {"arm": (arm,), "comparator": (self.comparator,)}
            keys = _keys({**axes, "group": self.groups}, self._names())
            tables.append(describe_differences(keys, _rows(totals[:, number]), base, better))
            pair = shares[:, [number, self.arms.index(self.comparator)]]
            defined = np.flatnonzero(~np.isnan(pair).any(axis=(0, 1)))
            keys = self._ratio_keys(axes).iloc[defined].reset_index(drop=True)
            if len(keys):
                ratios = pair[..., defined]
                tables.append(describe_differences(keys, ratios[:, 0], ratios[:, 1], better_shares[defined]))
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    def differences_by_year(self) -> pd.DataFrame:
        """Describe what every other arm changes in each study year, paired by sample; all people together."""
        everyone, base = self.outcomes[:, :, :, 0], self.arms.index(self.comparator)
        others = [number for number in range(len(self.arms)) if number != base]
        if not others:
            return pd.DataFrame()
        axes = {"arm": tuple(self.arms[number] for number in others), "comparator": (self.comparator,)}
        keys = _keys({**axes, "year": self.years, "group": (ALL_GROUPS,)}, self._names())
        return described(keys, _rows(everyone[:, others] - everyone[:, [base]]))

    def service_flows(self) -> pd.DataFrame:
        """Describe what flowed through each service in each arm and study year, and how full its places were.

        `load` is the time clients were enrolled over the time that places were open; services without places
        have none.
        """
        axes = {"arm": self.arms, "service": self.services, "year": self.years}
        flows = np.moveaxis(self.flows, 3, 2)
        names = [name for name, _ in self.flows_measured]
        enrolled, places = (flows[..., names.index(name)] for name in LOAD_OF)
        load = np.divide(enrolled, places, out=np.full_like(places, np.nan), where=places > 0)
        measured = (*self.flows_measured, ("load", "share"))
        table = described(_keys(axes, measured), _rows(np.concatenate([flows, load[..., None]], axis=-1)))
        return table[table["mean"].notna()].reset_index(drop=True)

    def convergence(self) -> pd.DataFrame:
        """Show how the mean and Monte Carlo error of each total settle as the samples double."""
        totals = _rows(self.outcomes[:, :, :, 0].sum(axis=2))
        keys = _keys({"arm": self.arms}, self._names())
        steps = [
            keys.assign(**{name: describe(totals[:count])[name] for name in ("n_draws", "mean", "mcse")})
            for count in _doubling(len(totals))
        ]
        return pd.concat(steps, ignore_index=True)

    def _beside(
        self, table: pd.DataFrame, axes: Mapping[str, Sequence[object]], counted: NDArray[np.float64]
    ) -> pd.DataFrame:
        """Add the shares and means of all people, but for those that some sample leaves undefined."""
        if not ratios_in(self.measures):
            return table
        ratios = described(self._ratio_keys(axes), _rows(ratio_values(self.measures, counted)))
        defined = ratios[ratios["mean"].notna()]
        return pd.concat([table, defined], ignore_index=True) if len(defined) else table

    def _ratio_keys(self, axes: Mapping[str, Sequence[object]]) -> pd.DataFrame:
        named = [(ratio.name, ratio.unit) for ratio in ratios_in(self.measures)]
        return _keys({**axes, "group": (ALL_GROUPS,)}, named)

    def _names(self) -> tuple[tuple[str, str], ...]:
        return tuple((measure.name, measure.unit) for measure in self.measures)


def with_economics(
    outcome: Mapping[str, pd.DataFrame], economic: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Join the tables of both layers: outcomes gain QALYs and discounted life-years, differences also costs.

    What the ledger counts is not discounted, so it is marked so; where both layers state the same thing (life
    years and deaths, undiscounted) the ledger's row stays.
    """
    counted = {name: table.assign(discounted=False) for name, table in outcome.items() if name in JOINED}
    joined = {
        name: pd.concat([counted[name], _stated_once(economic[other])], ignore_index=True)
        for name, other in JOINED.items()
    }
    others = {name: table for name, table in economic.items() if name not in JOINED.values()}
    return {**outcome, **others, **joined}


def _stated_once(table: pd.DataFrame) -> pd.DataFrame:
    if table.empty:
        return table
    repeated = ~table["discounted"] & table["measure"].isin(["life_years", "deaths"])
    return table[~repeated]


def study_years(first: int, count: int) -> tuple[int, ...]:
    """Label study years by calendar year, counting on from the one in which the study starts.

    A study year is 365.25 days, so its first day may lie some hours to either side of the anniversary.
    """
    return tuple(range(first, first + count))


def _keys(axes: Mapping[str, Sequence[object]], measures: Sequence[tuple[str, str]]) -> pd.DataFrame:
    rows = [(*place, name, unit) for place in product(*axes.values()) for name, unit in measures]
    return pd.DataFrame(rows, columns=[*axes, "measure", "unit"])


def _rows(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    return samples.reshape(len(samples), -1)


def _doubling(samples: int) -> list[int]:
    counts, count = [], FIRST_CONVERGENCE_SAMPLE
    while count < samples:
        counts.append(count)
        count *= 2
    return [*counts, samples]
