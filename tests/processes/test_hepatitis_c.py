"""Hepatitis C through the real kernel: transmission, clearance, reinfection, progression, death in closed form."""

from math import exp

import numpy as np
import pytest
from scipy.linalg import expm

from hrsim.engine.simulation import DEAD, Simulation
from hrsim.processes import hepatitis_c
from hrsim.processes.effects import ON_HCV_ACQUISITION, ON_SHARING
from hrsim.processes.events import HCV_CLEARANCE, HCV_INFECTION, HCV_REINFECTION, LIVER_DEATH
from hrsim.processes.partners import housing_ratios
from hrsim.processes.state import (
    CANCER,
    CUSTODY,
    DECOMPENSATED,
    F0,
    F4,
    HCV_ACUTE,
    HCV_NONE,
    NOT_USING,
    UNSTABLE,
)
from hrsim.units import TICKS_PER_QUARTER
from tests.processes.infection_models import (
    BASELINE,
    CENTRAL,
    assert_count,
    assert_share,
    count,
    pair_ends,
    run_infections,
    viraemic_first,
)

# Every infection clears in the tick it begins: prevalence stays and infections are a Poisson number.
CLEARS_AT_ONCE = {"hcv_clears": 1.0, "hcv_acute_ticks": 0.0}


def test_incidence_is_contact_rate_times_prevalence_and_all_but_the_first_are_reinfections() -> None:
    people, viraemic, contacts, years = 20_000, 6_000, 0.4, 2.0
    figures = {"hcv_sharing": contacts, **CLEARS_AT_ONCE}
    sim = run_infections(figures, people, years, 1, viraemic_first(viraemic))
    susceptible, risk = people - viraemic, contacts * viraemic / (people - 1) * years
    infections = count(sim, HCV_INFECTION)
    assert_count(infections, susceptible * risk)
    ever = int((sim.state["hcv"][viraemic:, 0] == F0).sum())
    assert_share(ever, susceptible, 1.0 - exp(-risk))
    assert (sim.state["hcv"][viraemic:, 0] != HCV_NONE).sum() == ever
    assert count(sim, HCV_REINFECTION) == infections - ever > 0
    assert count(sim, HCV_CLEARANCE) == infections
    assert sim.state["viraemic"].sum() == viraemic


def test_early_incidence_of_lasting_infections_is_contact_rate_times_prevalence() -> None:
    # with nobody clearing, prevalence p follows p / (1 - p) ~ e^{contacts t}
    people, first, contacts = 40_000, 8_000, 0.5
    sim = run_infections(
        {"hcv_sharing": contacts, "hcv_acute_ticks": 1.0}, people, 0.25, 2, viraemic_first(first)
    )
    odds = first / (people - first) * exp(contacts * 0.25)
    assert_count(count(sim, HCV_INFECTION), people * odds / (1.0 + odds) - first)


@pytest.mark.parametrize("years", [15, 150])
def test_an_epidemic_with_clearance_and_turnover_reaches_its_equilibrium(years: int) -> None:
    """Contacts .1926, clearance .26, exit .0855: reproduction number 1.666947, prevalence .400101.

    That is if people leave all year. Here they leave at quarter ends: prevalence follows the logistic curve in
    between, and so a map from quarter to quarter with a fixed point of its own. The error is that of the map with
    binomial noise.
    """
    contacts, clears, leaves, people, runs, p = 0.1926, 0.26, 0.0855, 40_000, 3, 0.1
    stay, grow = exp(-leaves / 4.0), exp(contacts * (1.0 - clears) / 4.0)
    rng = np.random.default_rng(years)

    def replace_people(sim: Simulation) -> None:
        gone = rng.uniform(size=people) > stay
        for name in ("hcv", "viraemic", "hcv_end"):
            sim.state[name][gone] = 0

    figures = {"hcv_sharing": contacts, "hcv_clears": clears, "hcv_acute_ticks": 0.0}
    start = viraemic_first(int(p * people))
    ends = [
        run_infections(figures, people, years, luck, start, each_quarter=replace_people)
        for luck in range(runs)
    ]
    variance = 0.0
    for _ in range(4 * years):
        before, slope = p * grow / (1.0 + p * (grow - 1.0)), grow / (1.0 + p * (grow - 1.0)) ** 2
        noise = stay**2 * (before - p) + before * stay * (1.0 - stay)
        variance = (stay * slope) ** 2 * variance + noise / people
        p = stay * before
    if years > 100:
        assert p == pytest.approx((stay * grow - 1.0) / (grow - 1.0), abs=0.001)
        assert p == pytest.approx(1.0 - leaves / (contacts * (1.0 - clears)), abs=0.005)
    assert abs(np.mean([sim.state["viraemic"].mean() for sim in ends]) - p) <= 4.0 * np.sqrt(variance / runs)


def test_nothing_is_passed_on_when_no_contact_transmits() -> None:
    sim = run_infections({"hcv_sharing": 0.0, "hiv_sharing": 5.0}, 1_000, 5.0, 1, viraemic_first(500))
    assert count(sim, HCV_INFECTION) == 0
    assert sim.state["viraemic"].sum() == 500


def test_nobody_is_infected_where_there_is_no_one_to_share_with() -> None:
    def prepare(sim: Simulation) -> None:
        viraemic_first(999)(sim)
        sim.state["custody"][:999] = CUSTODY

    sim = run_infections({"hcv_sharing": 50.0}, 1_000, 1.0, 1, prepare)
    assert count(sim, HCV_INFECTION) == 0


def test_of_two_people_each_shares_with_the_other_and_never_alone() -> None:
    sim = run_infections({"hcv_sharing": 50.0, **CLEARS_AT_ONCE}, 2, 40.0, 1, viraemic_first(1))
    assert_count(count(sim, HCV_INFECTION), 50.0 * 40.0)


def test_partners_come_only_from_people_who_inject_in_the_community() -> None:
    # of 10,000 viraemic people 2,000 are in custody and 3,000 do not inject: the pool holds 5,000 among 15,000
    def prepare(sim: Simulation) -> None:
        viraemic_first(10_000)(sim)
        sim.state["custody"][:2_000] = CUSTODY
        sim.state["use"][2_000:5_000] = NOT_USING

    sim = run_infections({"hcv_sharing": 1.0, **CLEARS_AT_ONCE}, 20_000, 1.0, 3, prepare)
    assert_count(count(sim, HCV_INFECTION), 10_000 * 5_000 / (15_000 - 1))


def test_a_pair_that_shares_only_with_each_other_keeps_its_infection() -> None:
    people, viraemic = 2_000, 400

    def prepare(sim: Simulation) -> None:
        viraemic_first(viraemic)(sim)
        pair_ends(sim)

    figures = {"hcv_sharing": 25.0, "hcv_lasting_partner": 1.0, "hcv_acute_ticks": 1.0}
    infected = run_infections(figures, people, 5.0, 1, prepare).state["viraemic"][:, 0] == 1
    assert infected[:viraemic].all() and infected[-viraemic:].all()
    assert infected.sum() == 2 * viraemic


@pytest.mark.parametrize("partners_away", [False, True])
def test_a_lasting_partner_is_met_with_the_given_chance_and_gives_way_to_the_pool(
    partners_away: bool,
) -> None:
    # a quarter of the people is viraemic and paired with the last quarter; all others have partners without the virus
    people, viraemic = 20_000, 5_000

    def prepare(sim: Simulation) -> None:
        viraemic_first(viraemic)(sim)
        pair_ends(sim)
        sim.person["group"][-viraemic:] = 1
        if partners_away:
            sim.state["custody"][: viraemic // 2] = CUSTODY

    figures = {"hcv_sharing": 1.0, "hcv_lasting_partner": 0.6, **CLEARS_AT_ONCE}
    sim = run_infections(figures, people, 1.0, 2, prepare, groups=("others", "paired"))
    others, paired = sim.event[0, :, :, HCV_INFECTION].sum(axis=0)
    free = viraemic // 2 if partners_away else viraemic
    pool = free / (people - (viraemic - free) - 1)
    assert_count(paired, free * (0.6 + 0.4 * pool) + (viraemic - free) * pool)
    assert_count(others, (people - 2 * viraemic) * 0.4 * pool)


def test_effects_on_sharing_and_acquisition_multiply_for_the_people_enrolled() -> None:
    people, viraemic = 20_000, 10_000

    def prepare(sim: Simulation) -> None:
        viraemic_first(viraemic)(sim)
        sim.state["enrolled"][:] = 1

    effects = {(0, ON_SHARING): 0.5, (0, ON_HCV_ACQUISITION): 0.6, (1, ON_SHARING): 0.01}
    sim = run_infections({"hcv_sharing": 2.0, **CLEARS_AT_ONCE}, people, 1.0, 4, prepare, effects)
    assert_count(count(sim, HCV_INFECTION), 2.0 * 0.5 * 0.6 * (people - viraemic) * viraemic / (people - 1))


def test_housing_moves_risk_between_people_and_keeps_the_average() -> None:
    people, viraemic, ratio, unstable = 40_000, 20_000, 1.64, 0.35
    low, high = housing_ratios(ratio, unstable)
    assert high / low == pytest.approx(ratio)
    assert (1 - unstable) * low + unstable * high == pytest.approx(1.0)

    def prepare(sim: Simulation) -> None:
        viraemic_first(viraemic)(sim)
        sim.state["housing"][viraemic : viraemic + int(unstable * viraemic)] = UNSTABLE
        sim.person["group"] = sim.state["housing"][:, 0]

    figures = {"hcv_sharing": 1.0, "hcv_stable": low, "hcv_unstable": high, **CLEARS_AT_ONCE}
    sim = run_infections(figures, people, 1.0, 5, prepare, groups=("stable", "unstable"))
    stable, not_stable = sim.event[0, :, :, HCV_INFECTION].sum(axis=0)
    assert_count(stable, (1 - unstable) * low * viraemic * viraemic / (people - 1))
    assert_count(not_stable, unstable * high * viraemic * viraemic / (people - 1))


def test_an_acute_infection_ends_when_it_should_and_clears_with_its_chance() -> None:
    # half of the people are viraemic sources; within weeks everybody else is infected for half a year
    people, clears = 8_000, 0.26
    figures = {"hcv_sharing": 365.0, "hcv_clears": clears, "hcv_acute_ticks": 2.0 * TICKS_PER_QUARTER}
    before = run_infections(figures, people, 0.25, 1, viraemic_first(people // 2))
    assert count(before, HCV_CLEARANCE) == 0
    assert (before.state["hcv"][people // 2 :] == HCV_ACUTE).all() and before.state["viraemic"].all()
    after = run_infections(figures, people, 0.75, 1, viraemic_first(people // 2))
    first = count(after, HCV_INFECTION) - count(after, HCV_REINFECTION)
    assert first == people // 2
    assert (after.state["hcv"] == F0).all()
    assert_share(count(after, HCV_CLEARANCE), first, clears)


def test_the_liver_disease_moves_on_as_its_rates_say() -> None:
    fibrosis = {"hcv_f0": 0.11, "hcv_f1": 0.3, "hcv_f2": 0.25, "hcv_f3": 0.4}
    late = {"hcv_decompensation": 0.2, "hcv_cancer": 0.1, "hcv_cancer_decompensated": 0.15}
    deaths = {"hcv_death_decompensated": 0.12, "hcv_death_cancer": 0.5}
    moves = {(stage, stage + 1): rate for stage, rate in enumerate(fibrosis.values())}
    moves |= {(4, 5): 0.2, (4, 6): 0.1, (5, 6): 0.15, (5, 7): 0.12, (6, 7): 0.5}
    assert_stages(fibrosis | late | deaths, moves, viraemic=1, begins=F0)


def test_cured_cirrhosis_moves_on_at_the_rates_after_cure_and_cured_fibrosis_does_not() -> None:
    active = {"hcv_f0": 9.0, "hcv_decompensation": 9.0, "hcv_cancer": 9.0}
    cured = {"hcv_decompensation_cured": 0.03, "hcv_cancer_cured": 0.02}
    assert_stages(active | cured, {(4, 5): 0.03, (4, 6): 0.02}, viraemic=0, begins=F4)
    assert_stages(active | cured, {}, viraemic=0, begins=F0)


def assert_stages(
    rates: dict[str, float], moves: dict[tuple[int, int], float], viraemic: int, begins: int
) -> None:
    """Refuse shares in F0..F4, decompensated, cancer and dead that are not those of the chain with these moves."""
    people, years = 20_000, 8.0

    def prepare(sim: Simulation) -> None:
        sim.state["hcv"][:] = begins
        sim.state["viraemic"][:] = viraemic

    generator = np.zeros((CANCER - F0 + 2,) * 2)
    for (here, there), rate in moves.items():
        generator[here, there] += rate
        generator[here, here] -= rate
    sim = run_infections(rates, people, years, 6, prepare)
    dead = sim.state["status"][:, 0] == DEAD
    reached = np.where(dead, CANCER + 1, sim.state["hcv"][:, 0]) - F0
    for stage, expected in enumerate(expm(generator * years)[begins - F0]):
        assert_share((reached == stage).sum(), people, expected)
    assert count(sim, LIVER_DEATH) == dead.sum()
    assert set(sim.state["hcv"][dead, 0]) <= {DECOMPENSATED, CANCER}


def test_a_reinfection_keeps_the_stage_through_its_acute_phase() -> None:
    people = 2_000

    def prepare(sim: Simulation) -> None:
        viraemic_first(people // 2)(sim)
        sim.state["hcv"][people // 2 :] = F4

    figures = {"hcv_sharing": 50.0, "hcv_clears": 0.5, "hcv_acute_ticks": float(TICKS_PER_QUARTER)}
    sim = run_infections(figures, people, 1.0, 7, prepare)
    assert (sim.state["hcv"][people // 2 :] == F4).all()
    assert count(sim, HCV_REINFECTION) == count(sim, HCV_INFECTION) > people // 2


def test_figures_turn_register_rows_into_rates() -> None:
    draw = CENTRAL | {
        "exp.sharing_acts_year": 20.0,
        "inf.hcv_per_share_infected_source": 0.01,
        "inf.hcv_f01_month": 0.5,
        "inf.hcv_hcc_death": 0.5,
    }
    figures = hepatitis_c.figures(draw, BASELINE)
    assert set(figures) == set(hepatitis_c.FIELDS)
    assert figures["hcv_sharing"] == pytest.approx(0.2)
    assert 1.0 - exp(-figures["hcv_f0"] / 12.0) == pytest.approx(0.5)
    assert 1.0 - exp(-figures["hcv_death_cancer"]) == pytest.approx(0.5)
    assert figures["hcv_acute_ticks"] == 2.0 * TICKS_PER_QUARTER


def test_no_hazard_exceeds_its_bound() -> None:
    figures = hepatitis_c.figures(CENTRAL, BASELINE)
    bounds = {rate.name: rate.bound for rate in hepatitis_c.rates(figures, lambda target: 1.5)}
    assert bounds["hcv.sharing"] == pytest.approx(1.5**2 * figures["hcv_sharing"] * figures["hcv_unstable"])
    assert bounds["hcv.progression"] >= max(figures[f"hcv_f{stage}"] for stage in range(4))
    assert bounds["hcv.death"] == figures["hcv_death_cancer"]
