"""Run the oracle once, or once per seed."""

from collections.abc import Iterable

import pandas as pd

from .cohort import Cohort
from .parameters import OracleParameters
from .result import STATES, OracleResult


def simulate(parameters: OracleParameters, seed: int) -> OracleResult:
    """Follow one cohort to the horizon and return what happened; the same seed gives the same run."""
    cohort = Cohort(parameters, seed)
    cohort.environment.run(until=parameters.years)
    cohort.close_books()
    return OracleResult(
        counts=cohort.counts,
        person_years=cohort.person_years,
        final={state: cohort.people_in(state) for state in STATES},
        years=parameters.years,
        admitted_wait_years=cohort.admitted_wait_years,
        simpy_events=cohort.simpy_events(),
    )


def replicate(parameters: OracleParameters, seeds: Iterable[int]) -> pd.DataFrame:
    """Return one row per seed (the index), one column per entry of `OracleResult.as_dict`."""
    rows = {seed: simulate(parameters, seed).as_dict() for seed in seeds}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("seed")
