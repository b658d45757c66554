"""Value of information: closed forms V1 to V5 and V7, orderings, and luck taken out of what is learnt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from hrsim.economics.regression import GaussianProcess, PenalisedSpline, TooFewDraws
from hrsim.economics.value_of_information import (
    Decisions,
    evpi,
    evpi_without_luck,
    evppi,
    luck_share,
    opportunity_losses,
    without_luck,
)

MEAN, SD_X, SD_Y = 1500.0, 3200.0, 2400.0
V4 = np.array([(9, 12), (12, 10), (14, 20), (11, 10), (14, 13)], dtype=float)
V5 = np.array([(10, 8, 13), (12, 15, 9), (9, 9, 14), (11, 13, 10)], dtype=float)

benefits = arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(1, 5)), elements=st.floats(-1e6, 1e6))


def quantiles(count: int) -> np.ndarray:
    """Give the middles of equal parts of the standard normal distribution: a sample without chance."""
    return norm.ppf((np.arange(count) + 0.5) / count)


def two_arms(increment: np.ndarray) -> np.ndarray:
    return np.stack([np.zeros_like(increment), increment], axis=-1)


@pytest.mark.parametrize(
    ("sd", "value"),
    [(4000.0, 956.6750), (3200.0, 664.3557), (3831.3051, 894.1388)],
    ids=["V1 EVPI", "V2 EVPPI", "V3 EVSI from the preposterior spread"],
)
def test_a_normal_increment_has_the_value_of_the_closed_form(sd, value):
    assert sd * norm.pdf(MEAN / sd) - MEAN * norm.cdf(-MEAN / sd) == pytest.approx(value, abs=5e-5)
    assert evpi(two_arms(MEAN + sd * quantiles(400_000))).value == pytest.approx(value, abs=0.01)


def test_v2_the_regression_finds_the_value_of_one_parameter_among_two():
    x, y = (part.ravel() for part in np.meshgrid(quantiles(2000), quantiles(4), indexing="ij"))
    increment = two_arms(MEAN + SD_X * x + SD_Y * y)
    assert evppi(increment, PenalisedSpline(np.exp(x))).value == pytest.approx(664.3557, abs=0.5)


@pytest.mark.parametrize(("draws", "value", "means"), [(V4, 0.8, [12, 13]), (V5, 2.25, [10.5, 11.25, 11.5])])
def test_v4_and_v5_by_hand(draws, value, means):
    assert draws.mean(axis=0).tolist() == means
    assert evpi(draws).value == pytest.approx(value, abs=1e-12)


def test_the_error_of_evpi_is_that_of_the_mean_loss():
    losses = [0, 2, 0, 1, 1]  # V4 with the second arm chosen
    assert opportunity_losses(V4).tolist() == losses
    assert evpi(V4).standard_error == pytest.approx(np.std(losses, ddof=1) / np.sqrt(5))


def test_from_one_draw_the_value_is_unknown():
    assert np.isnan(evpi(V4[:1]).value) and np.isnan(evpi(V4[:1]).standard_error)


@given(benefits)
def test_evpi_is_never_negative_and_is_the_mean_of_the_best_less_the_best_mean(draws):
    value = evpi(draws).value
    assert value >= 0
    assert value == pytest.approx(draws.max(axis=1).mean() - draws.mean(axis=0).max(), abs=1e-6)


def test_v7_population():
    assert 120 * Decisions(1000, 10, 0.03).number() == pytest.approx(1_023_624.34, abs=0.005)
    assert Decisions(7, 4, 0.0).number() == 28


@pytest.fixture
def sampled():
    """Give 400 draws of five parameters and the net benefits of three arms that three of them move."""
    random = np.random.default_rng(3)
    parameters = random.standard_normal((400, 5))
    a, b, c, *_ = parameters.T
    return parameters, np.stack([0 * a, 200 + 900 * a + 300 * a * b, 100 + 700 * b + 400 * c], axis=1)


def test_what_one_parameter_is_worth_is_at_most_what_all_are(sampled):
    parameters, net = sampled
    whole = evpi(net)
    for column in parameters.T:
        part = evppi(net, PenalisedSpline(column))
        assert part.value >= 0
        assert part.value <= whole.value + 2 * (part.standard_error + whole.standard_error)


def test_parameters_without_influence_are_worth_nothing_beyond_error(sampled):
    parameters, net = sampled
    for column in parameters.T[3:]:
        idle = evppi(net, PenalisedSpline(column))
        assert idle.value < 3 * idle.standard_error + 1
    assert evppi(net, PenalisedSpline(parameters[:, 0])).value > 100


def test_several_parameters_are_worth_more_than_each_and_all_are_worth_everything(sampled):
    parameters, net = (part[:100] for part in sampled)
    both = evppi(net, GaussianProcess(parameters[:, :3]))
    assert both.value == pytest.approx(evpi(net).value, rel=0.05)
    for column in (0, 1, 2):
        assert evppi(net, PenalisedSpline(parameters[:, column])).value < both.value


def test_spline_and_process_agree_on_one_parameter(sampled):
    parameters, net = (part[:100] for part in sampled)
    spline = evppi(net, PenalisedSpline(parameters[:, 0]))
    process = evppi(net, GaussianProcess(parameters[:, :1]))
    assert abs(spline.value - process.value) < 2 * spline.standard_error


def test_the_standard_error_of_evppi_covers_the_closed_form():
    random = np.random.default_rng(12)
    hits = 0
    for _ in range(200):
        x, y = random.standard_normal((2, 300))
        found = evppi(two_arms(MEAN + SD_X * x + SD_Y * y), PenalisedSpline(x))
        hits += abs(found.value - 664.3557) < 1.96 * found.standard_error
    assert hits / 200 >= 0.90  # of a 95 % interval; 3.2 standard errors of a share of 200 below


def test_a_regression_needs_draws():
    with pytest.raises(TooFewDraws, match="at least 30 draws"):
        PenalisedSpline(np.arange(29.0))


def noisy(draws: int, replicates: int, luck_sd: float, seed: int = 5) -> np.ndarray:
    """Give net benefits of three arms whose differences are V1's and another's, with luck of its own on each arm."""
    random = np.random.default_rng(seed)
    true = np.stack(
        [np.zeros(draws), MEAN + 4000 * random.standard_normal(draws), 3000 * random.standard_normal(draws)],
        axis=1,
    )
    return true[:, None] + luck_sd * random.standard_normal((draws, replicates, 3))


def test_luck_raises_evpi_and_the_correction_takes_it_out():
    true = evpi(noisy(4000, 2, 0.0).mean(axis=1)).value
    seen = noisy(4000, 2, 6000.0)
    raw, corrected = evpi(seen.mean(axis=1)), evpi_without_luck(seen)
    assert raw.value > true + 10 * raw.standard_error
    assert abs(corrected.value - true) < 4 * corrected.standard_error
    assert corrected.standard_error > raw.standard_error


def test_the_variance_left_is_the_total_less_that_of_luck():
    seen = noisy(200, 3, 2500.0)
    steps = seen - seen[..., [1]]  # the arm best on average
    luck = steps.var(axis=1, ddof=1).mean(axis=0) / 3
    left = without_luck(seen)
    np.testing.assert_allclose(
        left.var(axis=0, ddof=1), steps.mean(axis=1).var(axis=0, ddof=1) - luck, atol=1e-6
    )
    np.testing.assert_allclose(left.mean(axis=0), steps.mean(axis=(0, 1)), atol=1e-9)


@given(
    arrays(
        np.float64, st.tuples(st.integers(3, 8), st.just(2), st.integers(2, 4)), elements=st.floats(-1e3, 1e3)
    )
)
def test_no_draw_loses_more_than_it_did_with_luck(seen):
    before, after = opportunity_losses(seen.mean(axis=1)), opportunity_losses(without_luck(seen))
    assert (after <= before + 1e-9).all()


def test_without_luck_nothing_changes_and_the_order_of_arms_does_not_matter():
    calm = np.repeat(noisy(50, 1, 0.0), 2, axis=1)
    assert evpi_without_luck(calm).value == pytest.approx(evpi(calm[:, 0]).value)
    seen = noisy(80, 2, 3000.0)
    assert evpi_without_luck(seen[..., [2, 0, 1]]).value == pytest.approx(evpi_without_luck(seen).value)


def test_where_all_is_luck_nothing_is_worth_knowing():
    random = np.random.default_rng(8)
    residual = random.standard_normal((60, 2, 2))
    residual[:, 1] = -residual[:, 0]  # every draw has the same mean up to a whisper
    seen = residual + 1e-3 * random.standard_normal((60, 1, 2))
    assert evpi_without_luck(seen).value == pytest.approx(0.0, abs=1e-9)


def test_an_arm_twice_and_a_single_arm_do_no_harm():
    seen = noisy(60, 2, 1000.0)
    assert evpi_without_luck(seen[..., [0, 1, 1]]).value == pytest.approx(
        evpi_without_luck(seen[..., :2]).value
    )
    assert evpi_without_luck(seen[..., :1]).value == 0.0
    assert np.isnan(luck_share(seen[..., :1]))


def test_the_share_of_luck_is_estimated():
    seen = noisy(20_000, 2, 2000.0)[..., :2]
    of_means = 2 * 2000.0**2 / 2
    assert luck_share(seen) == pytest.approx(of_means / (4000.0**2 + of_means), rel=0.05)
    assert np.isnan(luck_share(seen[:, :1]))
