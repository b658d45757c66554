"""The level of a series that the model gets wrong in all years alike: learnt, told, and carried to held-out years."""

import numpy as np
import pytest

from hrsim.calibrate.fit import fit
from hrsim.evidence import load_register
from hrsim.evidence.draws import quantile
from tests.calibrate.toy import IDLE, RATE, RATIO, assignment, calibration, truth, workshop

LEVEL, YEARLY, TWICE = 0.7, 0.05, 2.0


def toy(level, yearly):
    """Give a toy whose published counts are twice what the middle of the priors gives, and that middle."""
    described = calibration()
    series = described.series["counts"].model_copy(update={"level_discrepancy": level, "discrepancy": yearly})
    described = described.model_copy(update={"series": {**described.series, "counts": series}})
    register = load_register()
    values = {name: quantile(register[name], 0.5) for name in (RATE, RATIO, IDLE)}
    numbers = truth(values)
    numbers[:4] = np.round(TWICE * numbers[:4])
    return assignment(numbers, described)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    return fit(workshop(toy(LEVEL, YEARLY), tmp_path_factory.mktemp("level")))


def test_the_level_is_that_of_the_linear_gaussian_model(learnt):
    """Counts tell log rate + level only, so a miss is shared out by their prior variances.

    With prior variances s^2 (rate) and l^2 (level) and a sum known to e, the level's posterior has mean
    miss x l^2 / (s^2 + l^2 + e^2) and variance l^2 (s^2 + e^2) / (s^2 + l^2 + e^2); e joins the years' own errors
    (5 % each, over three years) and what the ratio leaves open. 200 draws: 5 standard errors of their mean.
    """
    row = load_register()[RATE]
    s = (np.log(quantile(row, 0.84134)) - np.log(quantile(row, 0.15866))) / 2
    e = YEARLY / 3**0.5
    share = LEVEL**2 / (s**2 + LEVEL**2 + e**2)
    deviation = (share * (s**2 + e**2)) ** 0.5
    table = learnt.tables["levels"].set_index("series").loc["counts"]
    expected = np.log(TWICE) * share
    assert np.log(table["posterior_median"]) == pytest.approx(expected, abs=5 * 1.25 * deviation / 200**0.5)
    width = np.log(table["posterior_high"] / table["posterior_low"]) / 3.92
    assert width == pytest.approx(deviation, rel=0.25)
    assert table["prior_high"] == pytest.approx(np.exp(1.96 * LEVEL), rel=1e-3)


def test_it_carries_to_the_held_out_year_with_the_error_of_a_year(learnt, tmp_path):
    last = learnt.tables["fit"].query("series == 'counts' and year == 2023").iloc[0]
    assert last["inside"] and last["expected"] > 1.5 * last["model_mean"]
    apart = fit(workshop(toy(0.0, LEVEL), tmp_path)).tables["fit"]
    other = apart.query("series == 'counts' and year == 2023").iloc[0]
    assert np.log(last["high"] / last["low"]) < 0.3 * np.log(other["high"] / other["low"])


def test_series_without_a_level_stay_where_the_model_is(learnt):
    shares = learnt.tables["fit"].query("series == 'shares'")
    assert np.array_equal(shares["expected"], shares["model_mean"])
    assert set(learnt.tables["levels"]["series"]) == {"counts"}
