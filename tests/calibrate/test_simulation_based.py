"""Simulation-based calibration (Talts et al. 2018) of hrsim on data made by hrsim, with the whole machinery.

Truths come from the priors; each truth is simulated once, with a luck of its own, and those counts are fitted. Whatever
is right on the whole way (emulator, history matching, likelihood, sampler) gives ranks of truths among draws that are
uniform. Everybody is equally frail here, so that counts of years and outcomes are independent and of Poisson's law, as
is declared.
"""

import os
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from hrsim.calibrate.fit import Workshop, fit
from hrsim.calibrate.reading import read_assignment
from hrsim.calibrate.simulator import study_outputs, values_at
from hrsim.experiment.plan import luck_number
from tests.calibrate.toy import silent

FITS, DRAWS, BINS = 200, 39, 10
DATA_SEED = 77_000  # seeds of fits are 0 to FITS - 1
CHANCE = 0.01  # of each assertion; seeds are fixed, and a likelihood without Monte Carlo noise fails
STUDY = """hrsim: 1
title: A small place
extends: settings/blank.yaml
horizon: {start: 2020-01-01, years: 2}
population: {size: 1500, age: {mean: 40, sd: 10}, use: {injecting: 0.6, other_route: 0.4}}
processes: {overdose: true, use: true, background_mortality: true}
arms: {only: {}}
analysis: {comparator: only, draws: 2}
"""
CALIBRATION = """hrsim_calibration: 1
title: A small place
study: study.yaml
free: [od.nf_rate_pwid_us_post2016, od.p_death_untreated, od.witnessed]
series:
  overdoses:
    measure: overdose_nonfatal
    values: {'2020': {value: 1, source: test}, '2021': {value: 1, source: test}}
    fitted: [2020, 2021]
    likelihood: {family: poisson}
    discrepancy: 0
  deaths:
    measure: overdose_death
    values: {'2020': {value: 1, source: test}, '2021': {value: 1, source: test}}
    fitted: [2020, 2021]
    likelihood: {family: poisson}
    discrepancy: 0
search: {waves: 2, points: 40, replicates: 2}
result: {draws: 39}
"""


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    (folder / "study.yaml").write_text(STUDY)
    (folder / "calibration.yaml").write_text(CALIBRATION)
    return read_assignment(folder / "calibration.yaml")


def with_data(task, numbers, seed):
    """Give the task with these numbers as what was observed, and a seed of its own."""
    targets = tuple(replace(one, value=float(n)) for one, n in zip(task.targets, numbers, strict=True))
    search = task.calibration.search.model_copy(update={"seed": seed})
    return replace(task, targets=targets, calibration=task.calibration.model_copy(update={"search": search}))


@pytest.mark.slow
def test_ranks_of_truths_are_uniform(task, tmp_path):
    outputs = study_outputs(task)
    truths = np.random.default_rng(2018).uniform(size=(FITS, len(task.free)))
    ranks = np.zeros((FITS, len(task.free)), np.int64)
    for number, point in enumerate(truths):
        values = values_at(task.free, point)
        observed = with_data(task, outputs(values, luck_number(DATA_SEED + number, 0, 0)), number)
        folder = tmp_path / str(number)
        found = fit(Workshop(observed, outputs, folder, os.cpu_count() or 1, silent)).posterior
        ranks[number] = [(found[row.id] < values[row.id]).sum() for row in task.free]
    fewest, most = stats.binom.ppf([CHANCE / 2, 1 - CHANCE / 2], FITS, 0.9)
    for row, found in zip(task.free, ranks.T, strict=True):
        inside = ((found >= 2) & (found <= DRAWS - 2)).sum()  # 36 of 40 ranks
        bins = np.bincount(found * BINS // (DRAWS + 1), minlength=BINS)
        assert fewest <= inside <= most, (row.id, inside)
        assert stats.chisquare(bins).pvalue > CHANCE, (row.id, bins)
