"""Statistics against closed forms, and what may not be claimed from one sample."""

import numpy as np
import pandas as pd
import pytest

from hrsim.experiment.plan import Plan
from hrsim.experiment.statistics import describe, describe_differences, sample_means
from hrsim.over_draws import COUNTS

KEYS = pd.DataFrame({"measure": ["deaths"]})


def test_evenly_spaced_samples_have_their_textbook_statistics():
    samples = np.arange(1.0, 101.0)[:, None]
    found = {name: values[0] for name, values in describe(samples).items()}
    assert found["mean"] == 50.5
    assert found["sd"] == pytest.approx(np.sqrt(100 * 101 / 12))
    assert found["mcse"] == pytest.approx(found["sd"] / 10)
    assert (found["low"], found["high"]) == (pytest.approx(3.475), pytest.approx(97.525))


def test_one_sample_knows_no_spread():
    found = describe(np.array([[7.0]]))
    assert found["mean"][0] == 7.0
    assert all(np.isnan(found[name][0]) for name in ("sd", "mcse", "low", "high"))


def test_replicates_are_averaged_within_their_draw():
    plan = Plan(draws=2, replicates=3, seed=1, uncertainty="draws")
    means = sample_means(plan, plan.tasks(), np.array([[1.0], [2.0], [3.0], [10.0], [20.0], [30.0]]))
    assert means.tolist() == [[2.0], [20.0]]


def test_differences_are_paired_by_draw():
    """Two arms that differ by 3 in every draw differ by 3 without error, however much draws differ."""
    base = np.array([[100.0], [200.0], [300.0]])
    row = describe_differences(KEYS, base - 3, base, np.array(["lower"])).iloc[0]
    assert (row["mean"], row["mcse"], row["low"], row["high"]) == (-3, 0, -3, -3)
    assert row["per_cent"] == pytest.approx(-1.5)
    assert row[list(COUNTS)].tolist() == [3, 0, 0]


@pytest.mark.parametrize(("better", "expected"), [("lower", [1, 1, 2]), ("higher", [2, 1, 1])])
def test_a_tie_is_no_win_and_no_loss(better, expected):
    base = np.zeros((4, 1))
    arm = np.array([[-1.0], [0.0], [1.0], [2.0]])
    found = describe_differences(KEYS, arm, base, np.array([better]))
    assert found.loc[0, list(COUNTS)].tolist() == expected
    assert np.isnan(found["per_cent"][0])  # nothing to be a percentage of


def test_no_arm_is_better_in_what_is_neither_good_nor_bad():
    found = describe_differences(KEYS, np.ones((3, 1)), np.zeros((3, 1)), np.array(["neither"]))
    assert found[list(COUNTS)].isna().all(axis=None)
