"""Simulation-based calibration (Talts et al. 2018) on the formula: truths from the prior, a fit of data from each.

Once with a model that is right but for the luck of its simulations, once with one that is wrong by what it declares: in
the level of each series and in each year.
"""

import numpy as np
import pytest
from scipy import stats

from hrsim.calibrate.fit import fit
from tests.calibrate.test_fit import values_at
from tests.calibrate.toy import IDLE, RATE, RATIO, assignment, calibration, truth, workshop

FITS = 100
SEARCH = {"waves": 2, "points": 40, "replicates": 2}
WRONG = {"right": (0.0, 0.0), "wrong as declared": (0.2, 0.1)}  # of levels, of years


def told(level, year, seed):
    """Give the file of the toy with declared discrepancies."""
    described = calibration(search={**SEARCH, "seed": seed})  # another luck, too: its error is no bias then
    series = {
        name: one.model_copy(update={"level_discrepancy": level, "discrepancy": year})
        for name, one in described.series.items()
    }
    return described.model_copy(update={"series": series})


def observed(values, level, year, seed):
    """Give what is published where the model is wrong by what it declares."""
    generator = np.random.default_rng(seed)
    wrong = np.repeat(generator.normal(0.0, level, 2), 4) + generator.normal(0.0, year, 8)
    means = truth(values) * np.exp(wrong)
    return np.concatenate([generator.poisson(means[:4]), means[4:] * np.exp(generator.normal(0, 0.05, 4))])


@pytest.mark.slow
@pytest.mark.parametrize("wrong", WRONG)
def test_ninety_per_cent_intervals_hold_nine_truths_in_ten(wrong, tmp_path):
    truths = np.random.default_rng(2018).uniform(size=(FITS, 3))
    ranks = {RATE: [], RATIO: [], IDLE: []}
    held_out = []
    for number, shares in enumerate(truths):
        values = values_at(*shares)
        task = assignment(observed(values, *WRONG[wrong], number), told(*WRONG[wrong], number))
        found = fit(workshop(task, tmp_path / str(number)))
        for name, known in ranks.items():
            known.append(float((found.posterior[name] < values[name]).mean()))
        held_out += list(found.tables["fit"].query("use == 'held_out'")["inside"])
    fewest, most = stats.binom.ppf([0.0005, 0.9995], FITS, 0.9)
    for name, known in ranks.items():
        inside = sum(0.05 <= rank <= 0.95 for rank in known)
        assert fewest <= inside <= most, (name, inside)
        assert stats.kstest(known, "uniform").pvalue > 0.001, name
    fewest, most = stats.binom.ppf([0.0005, 0.9995], len(held_out), 0.95)
    assert fewest <= sum(held_out) <= most, sum(held_out)
