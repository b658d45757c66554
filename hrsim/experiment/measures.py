"""What a ledger says in the words of the outcome tables: counts and person-years by arm, year and group.

Names come from the ledger itself, so that a new event or state needs no change here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hrsim.engine.combined import COMBINED
from hrsim.engine.group_names import margins
from hrsim.engine.ledger import DEATH_SUFFIX, Ledger
from hrsim.units import TICKS_PER_QUARTER, TICKS_PER_YEAR

QUARTERS_PER_YEAR = TICKS_PER_YEAR // TICKS_PER_QUARTER
ALL_GROUPS = "all"
TICKS_SUFFIX = "_ticks"
DAYS_SUFFIX = "_days"
OVERDOSES = COMBINED["overdose_all"]

Better = Literal["lower", "higher", "neither"]


@dataclass(frozen=True)
class Measure:
    """Name an outcome, its unit, and which direction is better for the people concerned."""

    name: str
    unit: str
    better: Better


@dataclass(frozen=True)
class MeasuredLedger:
    """Hold the measures of one ledger.

    `outcomes` has shape (arms, years, groups, measures), group 0 being all people together; `flows` has
    shape (arms, years, services, flows), in counts and in years for the flows that are times. `group_flows` has
    shape (arms, groups, services, flows by group) over the horizon, with no flows where all people are one group.
    `budgets` is the ledger's budget book (arms, budgets, fiscal years, items) as it stands, of size 0 without budgets.
    """

    outcomes: NDArray[np.float64]
    flows: NDArray[np.float64]
    group_flows: NDArray[np.float64]
    budgets: NDArray[np.float64]


def measures_of(ledger: Ledger) -> tuple[Measure, ...]:
    """List the measures of a ledger, in the order of `MeasuredLedger.outcomes`."""
    counted = tuple(_event_measure(name) for name in ledger.event_names)
    combined = tuple(Measure(name, "events", "lower") for name in _combined(ledger))
    lived = tuple(
        Measure(f"years_{dimension}_{level}", "person_years", "neither")
        for dimension, levels in ledger.state_dimensions
        for level in levels
    )
    deaths = Measure("deaths_all_causes", "events", "lower")
    return (*counted, *combined, deaths, *lived, Measure("life_years", "life-year", "higher"))


def groups_of(ledger: Ledger) -> tuple[str, ...]:
    """List the groups of the outcome tables: all people first, then each label of each dimension."""
    return (ALL_GROUPS, *(margins(ledger.groups) if len(ledger.groups) > 1 else ()))


def measure_ledger(ledger: Ledger) -> MeasuredLedger:
    """Count events and person-years of a ledger by arm, study year and group."""
    lived = [ledger.dimension_ticks(dimension) for dimension, _ in ledger.state_dimensions]
    years = np.concatenate([*lived, ledger.person_ticks()[..., None]], axis=-1) / TICKS_PER_YEAR
    combined = [*_combined(ledger).values(), ledger.deaths()]
    events = ledger.events / np.where(_timed(ledger.event_names), TICKS_PER_YEAR, 1)
    counts = np.concatenate([events, np.stack(combined, axis=-1)], axis=-1)
    by_group = _by_year(np.concatenate([counts, years], axis=-1))
    total = by_group.sum(axis=2, keepdims=True)
    groups = [by_group[:, :, cells].sum(axis=2) for cells in _cells(ledger)]
    outcomes = np.concatenate([total, *(group[:, :, None] for group in groups)], axis=2)
    flows = ledger.service_flow / np.where(_timed(ledger.flow_names), TICKS_PER_YEAR, 1)
    book = ledger.budget_book.astype(np.float64)
    return MeasuredLedger(outcomes, _by_year(flows), _group_flows(ledger), book)


def _group_flows(ledger: Ledger) -> NDArray[np.float64]:
    if ledger.group_flow is None:
        return np.zeros((len(ledger.arms), 1, len(ledger.service_names), 0))
    by_cell = ledger.group_flow.sum(axis=1).swapaxes(1, 2) / np.where(
        _timed(ledger.group_flow_names), TICKS_PER_YEAR, 1
    )
    labels = [by_cell[:, list(cells)].sum(axis=1) for cells in _cells(ledger)]
    return np.stack([by_cell.sum(axis=1), *labels], axis=1)


def _cells(ledger: Ledger) -> list[tuple[int, ...]]:
    """List the cells of each label, in the order of `groups_of` after all people."""
    return list(margins(ledger.groups).values()) if len(ledger.groups) > 1 else []


def flow_measures(ledger: Ledger) -> tuple[tuple[str, str], ...]:
    """Name the flows of a service and their units, in the order of `MeasuredLedger.flows`."""
    return _flow_words(ledger.flow_names)


def group_flow_measures(ledger: Ledger) -> tuple[tuple[str, str], ...]:
    """Name the flows by group and their units, in the order of `MeasuredLedger.group_flows`."""
    return _flow_words(ledger.group_flow_names)


def _flow_words(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{name.removesuffix(TICKS_SUFFIX)}_years", "years")
        if name.endswith(TICKS_SUFFIX)
        else (name, "events")
        for name in names
    )


def better_direction(event: str) -> Better:
    """Say whether fewer or more of an event is better; 'neither' where it depends on the rest."""
    if "cure" in event:
        return "higher"
    harms = (
        DEATH_SUFFIX,
        "_infection",
        "_reinfection",
        "_nonfatal",
        "_injury",
        "_admission",
        "_emergency_department",
    )
    visits = (
        "ambulance",
        "emergency_visit",
        "admission",
        "endocarditis",
        "bed_days",
        "distress_ticks",
        "low_trust_ticks",
    )
    return "lower" if event.endswith(harms) or event in visits else "neither"


def _timed(names: tuple[str, ...]) -> NDArray[np.bool_]:
    """Tell which names are of person-ticks rather than counts."""
    return np.array([name.endswith(TICKS_SUFFIX) for name in names], np.bool_)


def _event_measure(name: str) -> Measure:
    if name.endswith(TICKS_SUFFIX):
        return Measure(f"years_{name.removesuffix(TICKS_SUFFIX)}", "person_years", better_direction(name))
    return Measure(name, "days" if name.endswith(DAYS_SUFFIX) else "events", better_direction(name))


def _combined(ledger: Ledger) -> dict[str, NDArray[np.int64]]:
    """Add up the parts of each combined outcome whose parts the ledger counts, by name."""
    return {
        name: np.sum([ledger.event_counts(part) for part in parts], axis=0, dtype=np.int64)
        for name, parts in COMBINED.items()
        if set(parts) <= set(ledger.event_names)
    }


def _by_year(quarterly: NDArray[np.float64]) -> NDArray[np.float64]:
    starts = np.arange(0, quarterly.shape[1], QUARTERS_PER_YEAR)
    return np.add.reduceat(quarterly, starts, axis=1)
