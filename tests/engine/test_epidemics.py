"""Closed forms of transmission (E1, E3, E4, E9, E11), by the real kernel loop."""

from math import exp

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq

from hrsim.units import TICKS_PER_YEAR
from tests.engine.agreement import assert_agrees, assert_mean, assert_share
from tests.engine.toy_epidemics import ISLAND
from tests.engine.toy_survival import EXTINCTION, INFECTION
from tests.engine.toys import events, infected_from, person_years, regular_edges, run_toy, stream

FINAL_SIZES = {1.5: 0.582812, 2.0: 0.796812, 3.0: 0.940480, 4.0: 0.980173}


def final_size(r0: float, seeds: float = 0.0) -> float:
    """Share ever infected, a share of seeds among them."""
    return float(brentq(lambda z: 1.0 - z - (1.0 - seeds) * exp(-r0 * z), 1e-9, 1.0 - 1e-12))


def final_size_error(r0: float, people: int) -> float:
    """Standard error of a final size with exponential infectious periods (Andersson and Britton 2000, ch. 4)."""
    z = final_size(r0)
    return float((z * (1 - z) * (1 + (1 - z) * r0**2)) ** 0.5 / (1 - (1 - z) * r0) / people**0.5)


@pytest.mark.parametrize(
    ("sizes", "people", "years"), [((1.5,), 110_000, 60.0), ((2.0, 3.0, 4.0), 60_000, 35.0)]
)
def test_sir_final_size(sizes: tuple[float, ...], people: int, years: float) -> None:
    """E1: enough seeds that the epidemic takes off for certain, counted in the equation."""
    seeds = people // 2000
    arms = {f"r0_{r0}": {"beta": r0, "gamma": 1.0} for r0 in sizes}
    streams = [stream("infection", max(sizes), argument=1), stream("recovery", 1.0, argument=2)]
    sim = run_toy(streams, people, regular_edges(years, 5.0), 401, arms, infected_from(0, seeds))
    assert not (sim.state["stage"] == 1).any(), "the epidemic is not over"
    for a, r0 in enumerate(sizes):
        assert final_size(r0) == pytest.approx(FINAL_SIZES[r0], abs=1e-6)
        truth = final_size(r0, seeds / people)
        estimate = (events(sim, INFECTION)[a] + seeds) / people
        assert_agrees(estimate, truth, final_size_error(r0, people), precision=0.01)
        assert events(sim, INFECTION)[a] + seeds == (sim.state["stage"][:, a] == 2).sum()


def years_of(*years: float) -> NDArray[np.int64]:
    """Return edges at given years."""
    return (np.array([0.0, *years]) * TICKS_PER_YEAR).astype(np.int64)


def test_sis_trajectory() -> None:
    """E3: from 1 % at 0.5 and 0.2 a year, at 10, 20 and 40 years; fifty runs."""
    people, runs = 40_000, 50
    streams = [stream("infection", 0.5, argument=1), stream("recovery", 0.2)]
    arms = {"arm": {"beta": 0.5, "gamma": 0.2}}
    shares: list[float] = []
    for run in range(runs):
        run_toy(
            streams, people, years_of(10, 20, 40), 5_000 + run, arms, infected_from(0, people // 100),
            observe=lambda sim: shares.append((sim.state["stage"] == 1).mean()),
        )  # fmt: skip
    at_10, at_20, at_40 = np.reshape(shares, (runs, 3)).T
    assert_mean(at_10, 0.152383, precision=0.011)
    assert_mean(at_20, 0.523448)
    assert_mean(at_40, 0.599783)


def test_hepatitis_c_equilibrium_with_turnover() -> None:
    """E4: prevalence with spontaneous clearance and exit settles at 1 - 1/R0, from above and from below."""
    people, burn_in, years, runs = 20_000, 150, 400.0, 8
    infection, removal = 0.1926 * (1.0 - 0.26), 0.0855
    arms = {"arm": {"beta": 0.1926, "clears": 0.26, "exit": removal}}
    streams = [stream("infection", 0.2, argument=1), stream("turnover", 0.09)]
    means = []
    for run in range(runs):
        start = people // 10 if run % 2 else 9 * people // 10
        sim = run_toy(streams, people, regular_edges(years, 5.0), 6_000 + run, arms, infected_from(0, start))
        settled = person_years(sim)[0, burn_in // 5 :]
        means.append(settled[:, 1].sum() / settled.sum())
    # Prevalence wanders as an Ornstein-Uhlenbeck process: pull back and variance of the diffusion limit.
    pull, rest = infection - removal, 1.0 - removal / infection
    variance = removal * rest / people / pull
    error = (2.0 / pull * variance / ((years - burn_in) * runs)) ** 0.5
    assert_agrees(float(np.mean(means)), 0.400101, error)


def test_hepatitis_c_falls_under_treatment() -> None:
    """E4b: with treatment the equilibrium is 0.084365, and prevalence falls to it on the logistic curve."""
    people, years, runs, start = 40_000, (20, 60, 120), 16, 0.4
    infection, removal = 0.1926 * (1.0 - 0.26), 0.0855 + 0.05 * 0.9
    rest = 1.0 - removal / infection
    assert rest == pytest.approx(0.084365, abs=1e-6)
    arms = {"arm": {"beta": 0.1926, "clears": 0.26, "exit": 0.0855, "gamma": 0.05 * 0.9}}
    streams = [stream("infection", 0.2, argument=1), stream("recovery", 0.05), stream("turnover", 0.09)]
    shares: list[float] = []
    for run in range(runs):
        run_toy(
            streams, people, years_of(*years), 6_100 + run, arms, infected_from(0, int(start * people)),
            observe=lambda sim: shares.append((sim.state["stage"] == 1).mean()),
        )  # fmt: skip
    for column, year in enumerate(years):
        curve = rest / (1.0 + (rest / start - 1.0) * exp(-(infection - removal) * year))
        assert_mean(np.reshape(shares, (runs, -1))[:, column], curve, precision=0.02)


def test_yearly_risk_of_shared_acts() -> None:
    """E9: 52 shared acts one by one on personal timers, and as contacts thinned to those that transmit."""
    people, acts, per_act = 150_000, 52, 0.0067
    figures = {"acts": float(acts), "per_act": per_act}
    infectious = infected_from(0, people // 5)
    sim = run_toy([], people, regular_edges(1.25), 409, {"arm": figures}, infectious)
    susceptible = people - people // 5
    assert_share(int(events(sim, INFECTION)[0]), susceptible, 0.067351, precision=0.012)
    people, rate = 2_000_000, acts * per_act
    sim = run_toy(
        [stream("infection", rate, argument=2)], people, regular_edges(1.0), 410, {"arm": {"beta": rate}},
        infected_from(0, people // 5),
    )  # fmt: skip
    assert_share(int(events(sim, INFECTION)[0]), people - people // 5, 1.0 - exp(-0.2 * rate))


@pytest.mark.slow
def test_time_to_extinction_on_small_islands() -> None:
    """E11: 20 people, mean 1,132.560 years from one infected and 2,019.214 from ten.

    Every island begins again when its last infection is gone; once cycles are in equilibrium, extinctions per
    island-year are 1 over the mean cycle (its coefficient of variation is of the same linear system). Rates are a
    hundredfold, which changes nothing but the unit of time.
    """
    islands, speed, burn_in, years = 80, 100.0, 80.0, 1000.0
    figures = {"beta": 0.5 * speed, "gamma": 0.2 * speed}
    arms = {"from_one": {**figures, "seeds": 1.0}, "from_ten": {**figures, "seeds": 10.0}}
    streams = [stream("island_infection", 0.5 * speed), stream("island_recovery", 0.2 * speed)]

    def prepare(sim) -> None:  # type: ignore[no-untyped-def]
        place = np.arange(sim.person.size)
        for a, seeds in enumerate((1, 10)):
            sim.state["stage"][:, a] = place % ISLAND < seeds
            sim.state["count"][place[::ISLAND], a] = seeds

    sim = run_toy(streams, islands * ISLAND, regular_edges(years, 5.0), 411, arms, prepare)
    observed = islands * (years - burn_in) * speed
    for a, (mean, variation) in enumerate(((1132.560, 1.596), (2019.214, 0.996))):
        extinctions = sim.event[a, int(burn_in / 5) :, 0, EXTINCTION].sum()
        assert_agrees(observed / extinctions, mean, mean * variation / extinctions**0.5, precision=0.024)
    assert sim.ticks.sum() == 2 * islands * ISLAND * years * TICKS_PER_YEAR
