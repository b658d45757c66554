"""The emulator's check: smooth numbers pass, numbers that points do not tell fail, and then the fit does without it."""

import numpy as np
import pytest
from scipy import special
from threadpoolctl import threadpool_limits

from hrsim.calibrate.emulator import CHECK_EVERY, fit_emulator
from hrsim.calibrate.fit import fit
from hrsim.calibrate.matching import sobol_points
from hrsim.calibrate.simulator import Simulated
from hrsim.evidence import load_register
from hrsim.evidence.draws import quantile
from tests.calibrate.test_fit import observed, values_at
from tests.calibrate.toy import RATE, assignment, calibration, outputs, workshop

NOISE = 0.02


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


def simulated(targets=8, seed=1, surprise=0.0):
    """Give two lucks of smooth numbers, the first moved by a surprise at the points that are kept back."""
    points = sobol_points(100, 3, seed)
    scores = special.ndtri(points)
    slopes = np.random.default_rng(seed).normal(0.0, 0.3, (3, targets))
    location = 5.0 + scores @ slopes + 0.1 * scores[:, :1] * scores[:, 1:2]
    location[CHECK_EVERY - 1 :: CHECK_EVERY, 0] += surprise
    luck = np.random.default_rng([seed, 2]).normal(0.0, NOISE, (100, 2, targets))
    return Simulated(points, np.exp(location[:, None] + luck), np.zeros(targets))


def test_smooth_numbers_pass_and_are_predicted_as_well_as_is_said():
    """Points with lucks of their own scatter by the Monte Carlo error around what is predicted."""
    emulator = fit_emulator(simulated())
    assert emulator.sound and emulator.checked == 20
    at, lucks = sobol_points(200, 3, 9), np.random.default_rng(5).normal(0.0, NOISE / np.sqrt(2.0), (200, 8))
    scores = special.ndtri(at)
    slopes = np.random.default_rng(1).normal(0.0, 0.3, (3, 8))
    exact = 5.0 + scores @ slopes + 0.1 * scores[:, :1] * scores[:, 1:2]
    mean, deviation = emulator.predict(at)
    ratio = (exact + lucks - mean) / np.hypot(deviation, NOISE / np.sqrt(2.0))
    assert 0.9 < ratio.std() < 1.1


def test_a_surprise_at_the_points_kept_back_is_found():
    emulator = fit_emulator(simulated(surprise=0.3))
    assert not emulator.sound and emulator.outside[0] == emulator.checked


def test_the_check_seldom_fails_by_chance():
    """Ten emulators of 32 numbers, each failing one time in 1,000: two failures would be one time in 20,000."""
    assert sum(not fit_emulator(simulated(32, seed)).sound for seed in range(10)) <= 1


def test_a_fit_does_without_an_emulator_that_failed_and_says_so(tmp_path):
    calls = []

    def surprises(values, luck):
        calls.append(luck)
        point = (len(calls) - 1) // 2  # two lucks each, in order
        return outputs(values, luck) * (1.5 if point % CHECK_EVERY == CHECK_EVERY - 1 else 1.0)

    values = values_at(0.5, 0.5, 0.5)
    task = assignment(observed(values, 3), calibration(search={"waves": 2, "points": 200, "replicates": 2}))
    found = fit(workshop(task, tmp_path, surprises))
    assert (
        "the emulator failed its own check; the posterior rests on the simulated first wave alone"
        in found.faults
    )
    simulated_values = {quantile(load_register()[RATE], u) for u in sobol_points(200, 3, 1)[:, 0]}
    assert set(found.posterior[RATE]) <= simulated_values
