"""The quick point fit: better than any guess, the same whatever the threads and stops, a piece of a study."""

import numpy as np
import pytest
import yaml
from scipy import special, stats

from hrsim.calibrate.fit import NothingCounted
from hrsim.calibrate.matching import matcher, sobol_points
from hrsim.calibrate.quick import POINT_ONLY, minus_log_posterior, quick_fit, quick_text
from hrsim.calibrate.simulator import Simulated, values_at
from hrsim.evidence import load_register
from hrsim.evidence.draws import quantile
from tests.calibrate.toy import IDLE, RATE, RATIO, assignment, calibration, outputs, truth, workshop

TRIALS = 40


@pytest.fixture(scope="module")
def task():
    register = load_register()
    values = {name: quantile(register[name], u) for name, u in ((RATE, 0.7), (RATIO, 0.2), (IDLE, 0.5))}
    return assignment(np.round(truth(values)))


def simulated_at(task, points):
    return Simulated(
        points,
        np.array([[outputs(values_at(task.free, point), luck) for luck in (1, 2)] for point in points]),
        np.zeros(8),
    )


def test_what_is_minimised_is_the_density_that_the_file_declares(task):
    """Counts are Poisson and shares lognormal, without discrepancy; priors are standard normal in their scores."""
    simulated = simulated_at(task, np.array([[0.6, 0.3, 0.9]]))
    means = simulated.numbers.mean(axis=1)[0]
    published = np.array([target.value for target in task.targets])
    expected = -stats.poisson.logpmf(published[:3], means[:3]).sum()
    expected -= stats.norm.logpdf(np.log(published[4:7]), np.log(means[4:7]), 0.05).sum()
    expected += 0.5 * (special.ndtri([0.6, 0.3, 0.9]) ** 2).sum()
    assert minus_log_posterior(matcher(task), simulated) == pytest.approx([expected], abs=1e-6)


def test_it_beats_the_middle_of_the_priors_and_as_many_even_guesses(task, tmp_path):
    found = quick_fit(workshop(task, tmp_path), TRIALS)
    guesses = np.vstack([np.full((1, 3), 0.5), sobol_points(TRIALS, 3, 5)])
    assert found.minus_log_posterior < minus_log_posterior(matcher(task), simulated_at(task, guesses)).min()


def test_threads_and_stops_change_nothing(task, tmp_path):
    whole = quick_fit(workshop(task, tmp_path / "whole"), TRIALS)
    calls = []

    def counted(values, luck):
        calls.append(luck)
        if len(calls) == TRIALS:
            raise KeyboardInterrupt
        return outputs(values, luck)

    with pytest.raises(KeyboardInterrupt):
        quick_fit(workshop(task, tmp_path / "stopped", counted), TRIALS)
    resumed = quick_fit(workshop(task, tmp_path / "stopped", counted, threads=2), TRIALS)
    assert resumed.values == whole.values and resumed.minus_log_posterior == whole.minus_log_posterior
    assert len(calls) <= 2 * TRIALS + 2  # two lucks a trial, and those of the trial that the stop cut


def test_the_text_is_a_piece_of_a_study_and_says_what_it_is_not(task, tmp_path):
    found = quick_fit(workshop(task, tmp_path), 4)
    text = quick_text(task, found)
    assert yaml.safe_load(text) == {"parameters": found.values}
    assert POINT_ONLY in text and "counts.2023  held out" in text
    assert "best of 4 trials" in text and "edge of its prior" not in text


def test_numbers_out_of_reach_press_on_the_edge_of_a_prior(task, tmp_path):
    far = assignment(np.round(np.array([target.value for target in task.targets]) * 6.0))
    found = quick_fit(workshop(far, tmp_path), TRIALS)
    assert RATE in found.pressed  # six times the overdoses are wanted
    assert (
        f"At the edge of its prior, so the prior or the model does not fit: {found.pressed[0]}"
        in quick_text(far, found)
    )


def test_a_number_that_is_never_counted_is_an_error(task, tmp_path):
    with pytest.raises(NothingCounted, match="simulated as 0"):
        quick_fit(workshop(task, tmp_path, lambda values, luck: np.zeros(8)), 4)


def test_the_level_of_a_series_is_the_best_for_each_point_as_its_closed_form_says(task):
    """Lognormal numbers with error e and a level of deviation s: z = s sum(r) / (e^2 + n s^2), r their residuals."""
    given = calibration()
    wide = given.series["shares"].model_copy(update={"level_discrepancy": 0.5})
    learnt = assignment(
        [target.value * (2.0 if target.series == "shares" else 1.0) for target in task.targets],
        given.model_copy(update={"series": {**given.series, "shares": wide}}),
    )
    simulated = simulated_at(learnt, np.array([[0.6, 0.3, 0.9], [0.2, 0.6, 0.5]]))
    s, e, published = 0.5, 0.05, np.array([target.value for target in learnt.targets])
    for place, means in enumerate(simulated.numbers.mean(axis=1)):
        residuals = np.log(published[4:7] / means[4:7])
        z = s * residuals.sum() / (e**2 + 3 * s**2)
        expected = 0.5 * z**2 - stats.norm.logpdf(residuals - s * z, scale=e).sum()
        expected -= stats.poisson.logpmf(published[:3], means[:3]).sum()
        expected += 0.5 * (special.ndtri(simulated.points[place]) ** 2).sum()
        found = minus_log_posterior(matcher(learnt), simulated)[place]
        assert expected <= found + 1e-6 and found == pytest.approx(
            expected, abs=0.03
        )  # scores are tried in steps
