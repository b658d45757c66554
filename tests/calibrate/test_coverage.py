"""Simulation-based calibration (Talts et al. 2018) on the formula: truths from the prior, a fit of data from each."""

import numpy as np
import pytest
from scipy import stats

from hrsim.calibrate.fit import fit
from tests.calibrate.test_fit import observed, values_at
from tests.calibrate.toy import IDLE, RATE, RATIO, assignment, calibration, workshop

FITS = 100
SEARCH = {"waves": 2, "points": 40, "replicates": 2}


@pytest.mark.slow
def test_ninety_per_cent_intervals_hold_nine_truths_in_ten(tmp_path):
    truths = np.random.default_rng(2018).uniform(size=(FITS, 3))
    ranks = {RATE: [], RATIO: [], IDLE: []}
    for number, shares in enumerate(truths):
        values = values_at(*shares)
        described = calibration(
            search={**SEARCH, "seed": number}
        )  # another luck, too: its error is no bias then
        task = assignment(observed(values, number), described)
        found = fit(workshop(task, tmp_path / str(number))).posterior
        for name, known in ranks.items():
            known.append(float((found[name] < values[name]).mean()))
    fewest, most = stats.binom.ppf([0.0005, 0.9995], FITS, 0.9)
    for name, known in ranks.items():
        inside = sum(0.05 <= rank <= 0.95 for rank in known)
        assert fewest <= inside <= most, (name, inside)
        assert stats.kstest(known, "uniform").pvalue > 0.001, name
