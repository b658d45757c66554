"""The oracle by itself: sharing contacts, HIV, hepatitis C."""

from collections import Counter
from math import exp, inf

import numpy as np
import pytest
from scipy.stats import binom

from . import infections, life
from .closed_forms import Array, assert_means, assert_share, birth_death_generator, distribution_at
from .cohort import Cohort
from .parameters import OracleParameters
from .result import HIV
from .simulation import replicate, simulate

SEEDS = range(1, 201)
PEOPLE = 25
INFECTED: Array = np.arange(PEOPLE + 1.0)
PAIRS = INFECTED * (PEOPLE - INFECTED) / (PEOPLE - 1)
"""Susceptible people times the share of infected among the others."""


def test_hiv_spreads_as_a_pure_birth_chain_when_stages_are_equal() -> None:
    prevalence, years = 0.2, 4.0
    runs = replicate(
        OracleParameters(
            PEOPLE,
            years,
            hiv_prevalence_at_start=prevalence,
            shares_per_year=100.0,
            hiv_per_share=0.005,
            hiv_acute_years=0.25,
        ),
        SEEDS,
    )
    chain = birth_death_generator(0.5 * PAIRS, 0 * PAIRS)
    end = distribution_at(chain, binom.pmf(INFECTED, PEOPLE, prevalence), years)
    infected = float(end @ INFECTED)
    assert_means(runs, {"final_hiv": infected, "hiv_infections": infected - PEOPLE * prevalence})


def test_acute_stage_is_more_infectious_by_its_multiplier() -> None:
    people, years, prevalence, contacts, acute = 12, 2.0, 0.25, 0.2, 5.0
    runs = replicate(
        OracleParameters(
            people,
            years,
            hiv_prevalence_at_start=prevalence,
            shares_per_year=contacts,
            hiv_per_share=1.0,
            hiv_acute_multiplier=acute,
            hiv_acute_years=inf,
        ),
        range(1, 401),
    )
    expected = 0.0
    for chronic in range(people + 1):
        infected = np.arange(people - chronic + 1.0)
        susceptible = people - chronic - infected
        births = contacts * susceptible * (chronic + acute * infected) / (people - 1)
        end = distribution_at(birth_death_generator(births, 0 * births), np.eye(len(infected))[0], years)
        expected += binom.pmf(chronic, people, prevalence) * float(end @ infected)
    assert_means(runs, {"hiv_infections": expected})


def test_hiv_course_is_chronic_then_late_then_death() -> None:
    people, years, late, mortality = 20_000, 6.0, 0.2, 0.35
    result = simulate(
        OracleParameters(
            people, years, hiv_prevalence_at_start=1.0, hiv_late_rate=late, hiv_late_mortality=mortality
        ),
        seed=1,
    )
    alive = (mortality * exp(-late * years) - late * exp(-mortality * years)) / (mortality - late)
    assert_share(result.final[HIV], people, alive)
    assert result.counts.hiv_deaths == people - result.final[HIV]


@pytest.mark.parametrize(("acute_years", "clearance"), [(0.0, 0.26), (inf, 0.26)])
def test_hepatitis_c_clears_at_the_end_of_the_acute_stage(acute_years: float, clearance: float) -> None:
    prevalence, years, contacts, cure = 0.3, 4.0, 1.2, 0.3
    runs = replicate(
        OracleParameters(
            PEOPLE,
            years,
            hcv_prevalence_at_start=prevalence,
            shares_per_year=60.0,
            hcv_per_share=contacts / 60.0,
            hcv_acute_years=acute_years,
            hcv_clearance_chance=clearance,
            hcv_cure_rate=cure if acute_years == 0 else 0.0,
        ),
        SEEDS,
    )
    lasting = 1 - clearance if acute_years == 0 else 1.0
    deaths = cure * INFECTED if acute_years == 0 else 0 * INFECTED
    chain = birth_death_generator(contacts * lasting * PAIRS, deaths)
    end = distribution_at(chain, binom.pmf(INFECTED, PEOPLE, prevalence), years)
    assert_means(runs, {"final_hcv": float(end @ INFECTED)})


def test_hepatitis_c_settles_where_infection_and_exit_balance() -> None:
    # analytic.md E4: beta 0.1926, clearance 0.26, exit 0.0855 (here by cure: the cohort is closed)
    runs = replicate(
        OracleParameters(
            people=2_000,
            years=15.0,
            hcv_prevalence_at_start=0.400101,
            shares_per_year=1.0,
            hcv_per_share=0.1926,
            hcv_clearance_chance=0.26,
            hcv_cure_rate=0.0855,
        ),
        range(1, 21),
    )
    assert_means(runs, {"hcv_prevalence": 0.400101})


def test_a_pair_that_shares_only_with_each_other_keeps_its_infection() -> None:
    # everybody has one lasting partner: by the end exactly the pairs with a case at the start are infected
    people, prevalence = 4_000, 0.2
    result = simulate(
        OracleParameters(
            people,
            1.0,
            hcv_prevalence_at_start=prevalence,
            shares_per_year=25.0,
            hcv_per_share=1.0,
            lasting_partner_share=1.0,
            hcv_acute_years=inf,
        ),
        seed=1,
    )
    infected_pairs = 1 - (1 - prevalence) ** 2
    assert_share(result.final["hcv"] / 2, people / 2, infected_pairs)


def test_partners_are_the_others_who_are_alive_and_in_the_community() -> None:
    cohort = Cohort(OracleParameters(people=5, years=1.0), seed=1)
    person, second, third, fourth, fifth = cohort.people
    life.enter_custody(fourth)
    life.die(fifth)
    met = Counter(infections.choose_partner(person) for _ in range(10_000))
    assert set(met) == {second, third}
    assert_share(met[second], 10_000, 0.5)
    life.enter_custody(second)
    life.die(third)
    assert infections.choose_partner(person) is None


def test_lasting_partner_who_is_away_gives_way_to_a_random_one() -> None:
    cohort = Cohort(OracleParameters(people=5, years=1.0, lasting_partner_share=0.4), seed=1)
    person = next(person for person in cohort.people if person.lasting_partner is not None)
    lasting = person.lasting_partner
    assert lasting is not None
    assert lasting.lasting_partner is person
    assert sum(person.lasting_partner is None for person in cohort.people) == 1
    met = Counter(infections.choose_partner(person) for _ in range(10_000))
    assert_share(met[lasting], 10_000, 0.4 + 0.6 / 4)
    life.enter_custody(lasting)
    others = set(cohort.people) - {person, lasting}
    assert {infections.choose_partner(person) for _ in range(1_000)} == others


def test_treatment_multiplies_contacts_acquisition_and_transmission() -> None:
    # two people on treatment for ever: hazard 0.8 x 0.5 (sharing) x 0.6 (acquisition) x 0.7 (transmission)
    people, years = 2, 2.0
    runs = replicate(
        OracleParameters(
            people,
            years,
            oat_request_at_start=1.0,
            hiv_prevalence_at_start=0.5,
            shares_per_year=1.0,
            hiv_per_share=0.8,
            hiv_acute_multiplier=3.0,
            hiv_acute_years=0.25,
            oat_sharing_multiplier=0.5,
            oat_hiv_acquisition_multiplier=0.6,
            oat_hiv_transmission_multiplier=0.7,
        ),
        range(1, 4001),
    )
    hazard = 0.8 * 0.5 * 0.6 * 0.7
    assert_share(runs["hiv_infections"].sum(), len(runs), 0.5 * (1 - exp(-hazard * years)))


def test_hiv_goes_from_acute_to_chronic_after_its_fixed_time() -> None:
    parameters = OracleParameters(people=2, years=1.0, hiv_acute_years=0.25, hiv_late_rate=1e-12)
    cohort = Cohort(parameters, seed=1)
    person, partner = cohort.people
    partner.hiv = infections.CHRONIC
    infections.meet_hiv(person)
    cohort.environment.run(until=0.249)
    assert (person.hiv, infections.hiv_hazard(person)) == (infections.ACUTE, 0.0)
    cohort.environment.run(until=0.251)
    assert (person.hiv, infections.hiv_hazard(person)) == (infections.CHRONIC, 1e-12)


def test_nobody_shares_in_custody_but_hiv_goes_on() -> None:
    parameters = OracleParameters(
        people=3, years=1.0, shares_per_year=10.0, hiv_per_share=0.1, hcv_per_share=0.2, hiv_late_rate=0.3
    )
    person = Cohort(parameters, seed=1).people[0]
    assert (infections.hiv_hazard(person), infections.hcv_hazard(person)) == (1.0, 2.0)
    life.enter_custody(person)
    assert (infections.hiv_hazard(person), infections.hcv_hazard(person)) == (0.0, 0.0)
    person.hiv = infections.CHRONIC
    assert infections.hiv_hazard(person) == 0.3
