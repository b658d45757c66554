"""From a ledger to the simulated number of each target: a count, a rate, or a share of people in some states."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrsim.calibrate.reading import Assignment, Target
from hrsim.calibrate.schema import Series, States
from hrsim.economics.states import Levels, select_states
from hrsim.engine.ledger import Ledger
from hrsim.errors import HrsimError
from hrsim.experiment.measures import QUARTERS_PER_YEAR, measure_ledger, measures_of
from hrsim.units import TICKS_PER_YEAR

Floats = NDArray[np.float64]


class UnknownMeasure(HrsimError):
    """Report a series whose outcome no study counts."""

    exit_code = 3


def target_numbers(assignment: Assignment, ledger: Ledger) -> Floats:
    """Return the simulated number of each target; raise UnknownMeasure for an outcome that is not counted."""
    names = [measure.name for measure in measures_of(ledger)]
    outcomes = measure_ledger(ledger).outcomes[ledger.arms.index(assignment.arm), :, 0]
    lived = ledger.state_ticks[ledger.arms.index(assignment.arm)].sum(axis=1) / TICKS_PER_YEAR
    first = assignment.resolved.study.horizon.start.year

    def number(target: Target) -> float:
        series, year = assignment.series_of(target), target.year - first
        quarters = lived[year * QUARTERS_PER_YEAR : (year + 1) * QUARTERS_PER_YEAR]
        if series.prevalence is not None:
            return series.scale * _share(series, series.prevalence, ledger, quarters)
        if series.measure not in names:
            raise UnknownMeasure(
                f"series {target.series}: no outcome is called '{series.measure}'; there are {', '.join(names)}"
            )
        counted = series.scale * float(outcomes[year, names.index(series.measure)])
        return counted / _time(series.among, ledger, quarters) if series.per_person_year else counted

    return np.array([number(target) for target in assignment.targets])


def one_event(assignment: Assignment) -> Floats:
    """Return what one event is worth in the number of each target: its scale for a count, 0 for a rate or a share."""
    series = [assignment.series_of(target) for target in assignment.targets]
    return np.array([0.0 if one.measure is None or one.per_person_year else one.scale for one in series])


def _share(series: Series, prevalence: States, ledger: Ledger, quarters: Floats) -> float:
    """Return which share of the time of those counted is spent in the states, 0 where nobody is counted."""
    kept = quarters[-1:] if series.over == "last_quarter" else quarters
    below = _time(series.among, ledger, kept)
    both = _mask(series.among, ledger) & _mask(prevalence, ledger)
    return float(kept[:, both].sum()) / below if below else 0.0


def _time(states: States, ledger: Ledger, quarters: Floats) -> float:
    """Return the person-years that quarters (n, states) hold of people in some states."""
    return float(quarters[:, _mask(states, ledger)].sum())


def _mask(states: States, ledger: Ledger) -> NDArray[np.bool_]:
    chosen = {name: Levels(include=levels) for name, levels in states.items()}
    return select_states(ledger.state_dimensions, chosen)
