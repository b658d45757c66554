"""The kernel and the independent SimPy oracle agree in distribution, on one model written as a study.

Means of everything that both count are compared over independent runs. A right pair would fail any one of a test's
comparisons with a probability of at most FAMILY_ERROR.
"""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
import pytest
from scipy.stats import f, norm

from .kernel import prepare_agreement, replicate_kernel
from .simulation import replicate

FAMILY_ERROR = 1e-4
Models = tuple[pd.DataFrame, pd.DataFrame]


def run_both(seeds: Iterable[int], lucks: Iterable[int], overdose_factor: float = 1.0) -> Models:
    """Return runs of the kernel and of the oracle in the same columns; the factor falsifies the oracle."""
    prepared, draw, parameters = prepare_agreement()
    parameters = replace(parameters, overdose_rate=parameters.overdose_rate * overdose_factor)
    oracle = replicate(parameters, seeds)
    oracle["left_list"] = oracle.oat_requests - oracle.oat_starts - oracle.final_waiting
    kernel = replicate_kernel(prepared, draw, lucks)
    return kernel, oracle[kernel.columns]


def disagreements(kernel: pd.DataFrame, oracle: pd.DataFrame) -> list[str]:
    """Return the means that differ by more than chance explains, in standard errors."""
    limit = norm.isf(FAMILY_ERROR / kernel.shape[1] / 2)
    error = (kernel.var() / len(kernel) + oracle.var() / len(oracle)) ** 0.5
    distance = (kernel.mean() - oracle.mean()) / error
    return [f"{name}: {z:.1f} standard errors" for name, z in distance.items() if not abs(z) < limit]


def unequal_spread(kernel: pd.DataFrame, oracle: pd.DataFrame) -> list[str]:
    """Return the variances whose ratio is further from 1 than chance explains."""
    tail = FAMILY_ERROR / kernel.shape[1] / 2
    ratio = kernel.var() / oracle.var()
    high = f.isf(tail, len(kernel) - 1, len(oracle) - 1)
    low = f.ppf(tail, len(kernel) - 1, len(oracle) - 1)
    return [f"{name}: ratio {value:.2f}" for name, value in ratio.items() if not low < value < high]


def test_the_kernel_agrees_with_the_oracle() -> None:
    kernel, oracle = run_both(range(30), range(100))
    assert disagreements(kernel, oracle) == []
    assert unequal_spread(kernel, oracle) == []


def test_a_tenth_more_overdoses_is_seen() -> None:
    kernel, oracle = run_both(range(20), range(60), overdose_factor=1.1)
    assert any(found.startswith("overdoses:") for found in disagreements(kernel, oracle))


@pytest.mark.slow
def test_the_kernel_agrees_with_the_oracle_closely() -> None:
    kernel, oracle = run_both(range(1000, 1100), range(1000, 1300))
    assert disagreements(kernel, oracle) == []
    assert unequal_spread(kernel, oracle) == []
