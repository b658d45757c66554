"""Closed forms of survival, recurrence and caseload (S1, S3, S5, S7, S8, Q8), by the real kernel loop."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.stats import nbinom, poisson

from hrsim.units import TICKS_PER_WEEK, TICKS_PER_YEAR
from tests.engine.agreement import assert_agrees, assert_frequencies, assert_mean, assert_share
from tests.engine.toy_survival import (
    GOMPERTZ_LEVEL,
    GOMPERTZ_SLOPE,
    OTHER_DEATH,
    OVERDOSE,
    OVERDOSE_DEATH,
    TOP_STAGE,
    WINDOW_FACTOR,
    WINDOW_WEEKS,
)
from tests.engine.toys import events, everybody, person_years, regular_edges, run_toy, stream


def test_competing_risks() -> None:
    """S1: two causes of death over ten years."""
    people, years, overdose, other = 600_000, 10.0, 0.0127, 0.0234
    both = overdose + other
    streams = [stream("overdose", 0.02), stream("other", 0.03)]
    arms = {"arm": {"overdose": overdose, "other": other, "fatality": 1.0}}
    sim = run_toy(streams, people, regular_edges(years), 101, arms)
    dead = 1.0 - np.exp(-both * years)
    assert_share(int((sim.state["status"] == 1).sum()), people, 0.696979)
    assert_share(int(events(sim, OVERDOSE_DEATH)[0]), people, 0.106603)
    assert_share(int(events(sim, OTHER_DEATH)[0]), people, 0.196418)
    square = (
        2.0 / both**2 * (dead - both * years * np.exp(-both * years))
    )  # of the time lived, E[min(T, 10)^2]
    error = ((square - (dead / both) ** 2) / people) ** 0.5
    assert_agrees(person_years(sim).sum() / people, 8.393934, error)


def gompertz_expectancy(age: float, ratio: float, extra: float) -> tuple[float, float]:
    """Mean and standard deviation of the time left at an age."""

    def survival(t: float) -> float:
        scale = ratio * GOMPERTZ_LEVEL / GOMPERTZ_SLOPE * np.exp(GOMPERTZ_SLOPE * age)
        return float(np.exp(-scale * np.expm1(GOMPERTZ_SLOPE * t) - extra * t))

    mean = quad(survival, 0, 130)[0]
    square = quad(lambda t: 2 * t * survival(t), 0, 130)[0]
    return mean, (square - mean**2) ** 0.5


GOMPERTZ_ARMS = {
    "newborn": {"age": 0.0, "ratio": 1.0, "extra": 0.0},
    "aged_35": {"age": 35.0, "ratio": 1.0, "extra": 0.0},
    "tenfold": {"age": 35.0, "ratio": 10.0, "extra": 0.0},
    "added": {"age": 35.0, "ratio": 1.0, "extra": 0.016},
}
GOMPERTZ_YEARS = (77.776, 43.2043, 21.8911, 30.5638)


def test_gompertz_ages_by_thinning() -> None:
    """S3: a hazard that rises at every tick, thinned from a ceiling that nobody alive reaches."""
    people = 30_000
    streams = [stream("ageing", 3.0, watched=False)]
    sim = run_toy(streams, people, regular_edges(120.0, 5.0), 103, GOMPERTZ_ARMS)
    assert (sim.state["status"] == 2).all()
    for a, (arm, expectancy) in enumerate(zip(GOMPERTZ_ARMS.values(), GOMPERTZ_YEARS, strict=True)):
        mean, spread = gompertz_expectancy(**arm)
        assert mean == pytest.approx(expectancy, abs=1e-3)
        assert_agrees(person_years(sim)[a].sum() / people, mean, spread / people**0.5)


def test_recurrent_overdose_with_a_fatal_share() -> None:
    """S5: 10.403 deaths per 1,000 person-years."""
    arms = {"arm": {"overdose": 0.103, "fatality": 0.101}}
    sim = run_toy([stream("overdose", 0.12)], 2_000_000, regular_edges(4.0), 105, arms)
    years, deaths, overdoses = (
        person_years(sim).sum(),
        events(sim, OVERDOSE_DEATH)[0],
        events(sim, OVERDOSE)[0],
    )
    assert_agrees(1000 * deaths / years, 10.403, 1000 * deaths**0.5 / years)
    assert_agrees(overdoses / years, 0.103, overdoses**0.5 / years)


def test_gamma_frailty() -> None:
    """S7: fixed weights of shape 0.7 make counts negative binomial."""
    shape, mean, people = 0.7, 0.75, 400_000
    weight = np.random.default_rng(107).gamma(shape, 1.0 / shape, people)
    streams = [stream("overdose", 0.2, weighted=True)]
    arms = {"arm": {"overdose": 0.15}}
    sim = run_toy(streams, [everybody(people, weight)], regular_edges(5.0), 107, arms)
    counts = sim.state["count"][:, 0]
    assert_mean(counts, 0.75)
    assert_mean((counts - mean) ** 2, 1.55357, precision=0.01)
    assert_share(int((counts == 0).sum()), people, 0.60064)
    law = nbinom(shape, shape / (shape + mean))
    expected = people * np.append(law.pmf(np.arange(10)), law.sf(9))
    assert_frequencies(np.bincount(np.minimum(counts, 10), minlength=11), expected)


def test_a_window_of_higher_risk() -> None:
    """S8: four weeks at three times the hazard."""
    rate, people = 0.0113, 3_200_000
    edges = regular_edges(1.0)
    edges[-1] = TICKS_PER_YEAR
    sim = run_toy([stream("window", 0.04, watched=False)], people, edges, 108, {"arm": {"other": rate}})
    early = WINDOW_WEEKS * TICKS_PER_WEEK / TICKS_PER_YEAR
    risk = -np.expm1(-rate * (1.0 + (WINDOW_FACTOR - 1.0) * early))
    assert risk == pytest.approx(0.012954, abs=1e-5)  # there with a year of 52 weeks
    assert_share(int(events(sim, OTHER_DEATH)[0]), people, risk)


def test_caseload_is_poisson_whatever_the_stay() -> None:
    """Q8: M/G/inf from empty, 120 entries a year, mean stay 1.75 years; every person is a facility."""
    facilities, rate, stay = 2_000, 120.0, 1.75
    arms = {
        "exponential": {"admission": rate, "stay": stay},
        "constant": {"admission": rate, "stay": stay, "fixed_stay": 1.0},
    }
    streams = [stream("admission", rate)]
    young = run_toy(streams, facilities, regular_edges(1.0), 208, arms).state["count"]
    assert_mean(young[:, 0], 91.409194)
    assert_mean(young[:, 1], 120.0)
    old = run_toy(streams, facilities, regular_edges(10.0), 209, arms).state["count"]
    for arm, mean in ((0, 210.0 * -np.expm1(-10.0 / stay)), (1, 210.0)):
        assert_mean(old[:, arm], mean)
        assert_mean((old[:, arm] - mean) ** 2, mean, precision=0.04)
        cuts = np.arange(180, 245, 5)
        expected = facilities * np.diff(np.concatenate([[0.0], poisson.cdf(cuts, mean), [1.0]]))
        assert_frequencies(np.bincount(np.searchsorted(cuts, old[:, arm]), minlength=14), expected)
    assert_share(int((old[:, 1] > 240).sum()), facilities, 0.019327, precision=0.2)


def climbing_truth(climb: float, factor: float, years: float) -> np.ndarray:
    """Expected years in each stage of the climbing toy from stage 0, by the matrix exponential."""
    heights = climb * factor ** np.arange(TOP_STAGE + 1)
    rates = np.zeros((TOP_STAGE + 1, TOP_STAGE + 1))
    for stage, height in enumerate(heights):
        rates[stage, min(stage + 1, TOP_STAGE)] += height / 2
        rates[stage, 0] += height / 2
        rates[stage, stage] -= height
    size = TOP_STAGE + 1
    block = np.zeros((2 * size, 2 * size))
    block[:size, :size], block[:size, size:] = rates, np.eye(size)
    return np.asarray(expm(block * years)[0, size:])


@pytest.mark.parametrize("ceiling", [16.0, 1.0, 0.1])
def test_a_climbing_hazard_has_one_law_whatever_the_ceiling(ceiling: float) -> None:
    """P7: hazards from 0.5 to 40.5 a year, thinned below, in and far above the bands of the ceiling."""
    climb, factor, years, people, groups = 0.5, 3.0, 4.0, 60_000, 60
    truth = climbing_truth(climb, factor, years)
    arms = {"arm": {"climb": climb, "factor": factor}, "bystander": {"climb": 0.2, "factor": 1.0}}
    streams = [stream("climbing", ceiling)]
    sim = run_toy(streams, people, regular_edges(years), 300, arms, groups=groups)
    spent = sim.ticks.sum(axis=1) / TICKS_PER_YEAR / (people / groups)
    for stage in range(TOP_STAGE + 1):
        assert_mean(spent[0, :, stage], truth[stage], precision=0.03)
    counts = sim.state["count"]
    assert_mean(counts[:, 0], float(truth @ (climb * factor ** np.arange(TOP_STAGE + 1))), precision=0.01)
    assert_mean(counts[:, 1], 0.8)
