"""The kernel and the independent SimPy oracle agree in distribution, on one model written as a study.

Means of everything that both count are compared over independent runs. A right pair would fail any one of a test's
comparisons with a probability of at most FAMILY_ERROR.
"""

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from scipy.stats import f, norm

from . import life, overdose, person, treatment
from .kernel import prepare_agreement, replicate_kernel
from .person import Person
from .result import UNSTABLE_HOUSING
from .simulation import replicate

FAMILY_ERROR = 1e-4


@cache
def kernel_runs(lucks: range) -> pd.DataFrame:
    """Return runs of the kernel."""
    prepared, draw, _ = prepare_agreement()
    return replicate_kernel(prepared, draw, lucks)


def oracle_runs(seeds: range, overdose_factor: float = 1.0) -> pd.DataFrame:
    """Return runs of the oracle in the kernel's columns; the factor falsifies it."""
    _, _, parameters = prepare_agreement()
    runs = replicate(replace(parameters, overdose_rate=parameters.overdose_rate * overdose_factor), seeds)
    runs["left_list"] = runs.oat_requests - runs.oat_starts - runs.final_waiting
    return runs


def disagreements(kernel: pd.DataFrame, oracle: pd.DataFrame) -> list[str]:
    """Return the means that differ by more than chance explains, in standard errors."""
    oracle = oracle[kernel.columns]
    limit = norm.isf(FAMILY_ERROR / kernel.shape[1] / 2)
    error = (kernel.var() / len(kernel) + oracle.var() / len(oracle)) ** 0.5
    distance = (kernel.mean() - oracle.mean()) / error
    return [f"{name}: {z:.1f} standard errors" for name, z in distance.items() if not abs(z) < limit]


def unequal_spread(kernel: pd.DataFrame, oracle: pd.DataFrame) -> list[str]:
    """Return the variances whose ratio is further from 1 than chance explains."""
    oracle = oracle[kernel.columns]
    tail = FAMILY_ERROR / kernel.shape[1] / 2
    ratio = kernel.var() / oracle.var()
    high = f.isf(tail, len(kernel) - 1, len(oracle) - 1)
    low = f.ppf(tail, len(kernel) - 1, len(oracle) - 1)
    return [f"{name}: ratio {value:.2f}" for name, value in ratio.items() if not low < value < high]


def test_the_kernel_agrees_with_the_oracle() -> None:
    kernel, oracle = kernel_runs(range(100)), oracle_runs(range(30))
    assert disagreements(kernel, oracle) == []
    assert unequal_spread(kernel, oracle) == []


def test_a_tenth_more_overdoses_is_seen() -> None:
    found = disagreements(kernel_runs(range(100)), oracle_runs(range(20), overdose_factor=1.1))
    assert any(name.startswith("overdoses:") for name in found)


def housing_that_moves_in_custody(person: Person) -> float:
    p = person.parameters
    return p.housing_gain_rate if UNSTABLE_HOUSING in person.spells else p.housing_loss_rate


def injury_each_time(person: Person) -> None:
    person.cohort.counts.brain_injuries += 1


def windows_that_never_protect(person: Person) -> float:
    return max([1.0, *life.open_windows(person), *treatment.open_windows(person)])


@pytest.mark.slow
def test_housing_that_moves_in_custody_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    hazards = [
        housing_that_moves_in_custody if hazard is life.housing_hazard else hazard
        for hazard in person.HAZARDS
    ]
    monkeypatch.setattr(person, "HAZARDS", tuple(hazards))
    found = disagreements(kernel_runs(range(100)), oracle_runs(range(20)))
    assert any(name.startswith("unstable_housing_years:") for name in found)


@pytest.mark.slow
def test_a_second_brain_injury_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdose, "injure", injury_each_time)
    found = disagreements(kernel_runs(range(100)), oracle_runs(range(20)))
    assert [name.split(":")[0] for name in found] == ["brain_injuries"]


@pytest.mark.slow
def test_a_protective_window_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdose, "window_multiplier", windows_that_never_protect)
    found = disagreements(kernel_runs(range(100)), oracle_runs(range(20)))
    assert any(name.startswith("overdoses:") for name in found)


@pytest.mark.slow
def test_the_kernel_agrees_with_the_oracle_closely() -> None:
    kernel, oracle = kernel_runs(range(1000, 1300)), oracle_runs(range(1000, 1100))
    assert disagreements(kernel, oracle) == []
    assert unequal_spread(kernel, oracle) == []
