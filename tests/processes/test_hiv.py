"""HIV through the real kernel: sharing and sexual transmission, stages and death in closed form."""

from math import exp

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from hrsim.engine.simulation import DEAD, Simulation
from hrsim.processes import hiv
from hrsim.processes.effects import ON_HIV_ACQUISITION, ON_HIV_TRANSMISSION, ON_SHARING
from hrsim.processes.events import HIV_DEATH, HIV_INFECTION
from hrsim.processes.state import (
    CUSTODY,
    FEMALE,
    HIV_ACUTE,
    HIV_CHRONIC,
    HIV_LATE,
    HIV_NONE,
    MALE,
    OTHER_ROUTE,
)
from hrsim.units import TICKS_PER_QUARTER
from tests.processes.infection_models import (
    BASELINE,
    CENTRAL,
    FOR_EVER,
    assert_share,
    chronic_first,
    count,
    run_infections,
)

Array = NDArray[np.float64]
# People infected during the run never pass HIV on, so that the prevalence of sources stays.
SOURCES_STAY = {"hiv_acute": 0.0, "hiv_acute_ticks": FOR_EVER}


def test_a_year_of_shared_acts_infects_as_the_chance_per_act_says() -> None:
    """52 acts, prevalence .2, .0067 per act: 1 - (1 - .00134)^52 = .067351 for a fixed number of acts.

    Acts come at random here, so their number is Poisson: 1 - exp(-52 x .00134) = .067308.
    """
    people, infected = 50_000, 10_000
    figures = {"hiv_sharing": 52 * 0.0067, "hiv_chronic": 1.0, **SOURCES_STAY}
    sim = run_infections(figures, people, 1.0, 1, chronic_first(infected))
    assert 1.0 - exp(-52 * 0.2 * 0.0067) == pytest.approx(0.067308, abs=1e-6)
    risk = 1.0 - exp(-52 * 0.0067 * infected / (people - 1))
    assert_share(count(sim, HIV_INFECTION), people - infected, risk)


def test_nothing_is_passed_on_when_no_contact_transmits() -> None:
    figures = {"hiv_sharing": 20.0, "hiv_sexual_woman": 20.0, "hiv_sexual_man": 20.0, "hcv_sharing": 5.0}
    assert count(run_infections(figures, 1_000, 3.0, 1, chronic_first(500)), HIV_INFECTION) == 0
    no_contact = {"hiv_chronic": 1.0, "hiv_acute": 1.0, "hcv_sharing": 5.0}
    assert count(run_infections(no_contact, 1_000, 3.0, 1, chronic_first(500)), HIV_INFECTION) == 0


def test_acute_and_chronic_partners_infect_in_proportion_to_their_infectivity() -> None:
    """Two kinds of sources, acute for ever 4.3 times as infectious: acute' = contacts s (acute + chronic / 4.3).

    The error is that of the linear noise about this curve.
    """
    people, first, contacts, times, years = 40_000, 4_000, 0.8, 4.3, 3.0
    figures = {
        "hiv_sharing": contacts,
        "hiv_acute": 1.0,
        "hiv_chronic": 1.0 / times,
        "hiv_acute_ticks": FOR_EVER,
    }
    sim = run_infections(figures, people, years, 2, chronic_first(first))
    chronic = first / people

    def change(_t: float, now: Array) -> list[float]:
        acute, variance = now
        susceptible, force = 1.0 - chronic - acute, contacts * (acute + chronic / times)
        slope = contacts * susceptible - force
        return [force * susceptible, 2.0 * slope * variance + force * susceptible / people]

    expected, variance = solve_ivp(change, (0.0, years), [0.0, 0.0], rtol=1e-9, atol=1e-12).y[:, -1]
    assert abs(count(sim, HIV_INFECTION) / people - expected) <= 4.0 * np.sqrt(variance)
    assert (sim.state["hiv"] == HIV_ACUTE).sum() == count(sim, HIV_INFECTION)


def test_suppressed_partners_infect_as_treatment_says() -> None:
    people, infected = 20_000, 10_000

    def prepare(sim: Simulation) -> None:
        chronic_first(infected)(sim)
        sim.state["suppressed"][:infected] = 1

    figures = {"hiv_sharing": 1.0, "hiv_chronic": 1.0, "hiv_suppressed": 0.06, **SOURCES_STAY}
    risk = 1.0 - exp(-0.06 * infected / (people - 1))
    sim = run_infections(figures, people, 1.0, 3, prepare)
    assert_share(count(sim, HIV_INFECTION), people - infected, risk)


def test_effects_multiply_for_the_recipient_and_for_the_partner() -> None:
    # recipients: sharing x 0.5, acquisition x 0.6; partners: transmission x 0.7; each group's other effect is idle
    people, infected = 20_000, 10_000

    def prepare(sim: Simulation) -> None:
        chronic_first(infected)(sim)
        sim.state["enrolled"][:infected] = 2
        sim.state["enrolled"][infected:] = 1

    effects = {
        (0, ON_SHARING): 0.5,
        (0, ON_HIV_ACQUISITION): 0.6,
        (0, ON_HIV_TRANSMISSION): 0.1,
        (1, ON_SHARING): 0.1,
        (1, ON_HIV_ACQUISITION): 0.1,
        (1, ON_HIV_TRANSMISSION): 0.7,
    }
    figures = {"hiv_sharing": 2.0, "hiv_chronic": 1.0, **SOURCES_STAY}
    risk = 1.0 - exp(-2.0 * 0.5 * 0.6 * 0.7 * infected / (people - 1))
    sim = run_infections(figures, people, 1.0, 4, prepare, effects)
    assert_share(count(sim, HIV_INFECTION), people - infected, risk)


@pytest.mark.parametrize(("source", "risk"), [(MALE, 0.3 * 0.5 / 3.0), (FEMALE, 0.1 * 0.5 / 3.0)])
def test_sexual_contacts_are_with_the_other_sex_in_the_community_whatever_they_use(
    source: int, risk: float
) -> None:
    """Half of one sex has HIV, half of these are in custody: a third of the partners; nobody injects."""
    people = 40_000

    def prepare(sim: Simulation) -> None:
        sim.state["use"][:] = OTHER_ROUTE
        sim.state["enrolled"][:] = 1
        sources = np.flatnonzero(sim.person["sex"] == source)
        sim.state["hiv"][sources[: sources.size // 2]] = HIV_CHRONIC
        sim.state["custody"][sources[: sources.size // 4]] = CUSTODY
        sim.person["group"] = sim.person["sex"] == source

    contacts = {"hiv_sexual_woman": 0.3, "hiv_sexual_man": 0.1, "hiv_sharing": 9.0}
    effects = {(0, ON_SHARING): 0.1, (0, ON_HIV_ACQUISITION): 0.5}
    figures = {**contacts, "hiv_chronic": 1.0, **SOURCES_STAY}
    sim = run_infections(figures, people, 1.0, 5, prepare, effects, groups=("others", "sources"))
    others, same_sex = sim.event[0, :, :, HIV_INFECTION].sum(axis=0)
    assert same_sex == 0
    assert_share(others, people / 2, 1.0 - exp(-risk))


def test_nobody_is_infected_without_a_partner_of_the_other_sex() -> None:
    def prepare(sim: Simulation) -> None:
        chronic_first(100)(sim)
        sim.person["sex"] = MALE

    figures = {"hiv_sexual_woman": 50.0, "hiv_sexual_man": 50.0, "hiv_chronic": 1.0}
    assert count(run_infections(figures, 200, 1.0, 1, prepare), HIV_INFECTION) == 0


def test_the_acute_stage_ends_when_it_should() -> None:
    people, infected = 2_000, 1_000
    figures = {
        "hiv_sharing": 365.0,
        "hiv_chronic": 1.0,
        "hiv_acute": 1.0,
        "hiv_acute_ticks": 2.0 * TICKS_PER_QUARTER,
    }
    before = run_infections(figures, people, 0.5, 1, chronic_first(infected)).state["hiv"][infected:]
    assert (before == HIV_ACUTE).all()
    after = run_infections(figures, people, 0.75, 1, chronic_first(infected)).state["hiv"][infected:]
    assert (after == HIV_CHRONIC).all()


def test_the_course_is_chronic_then_late_then_death_unless_suppressed() -> None:
    people, late, mortality, treated, years = 20_000, 0.3, 0.4, 0.05, 4.0

    def prepare(sim: Simulation) -> None:
        chronic_first(people)(sim)
        sim.state["suppressed"][people // 2 :] = 1

    figures = {"hiv_late": late, "hiv_death_late": mortality, "hiv_death_suppressed": treated}
    sim = run_infections(figures, people, years, 6, prepare)
    untreated, suppressed = np.split(sim.state[:, 0], 2)
    chronic = exp(-late * years)
    reached = late / (mortality - late) * (exp(-late * years) - exp(-mortality * years))
    alive = untreated["status"] != DEAD
    assert_share((alive & (untreated["hiv"] == HIV_CHRONIC)).sum(), people / 2, chronic)
    assert_share((alive & (untreated["hiv"] == HIV_LATE)).sum(), people / 2, reached)
    assert (suppressed["hiv"] == HIV_CHRONIC).all()
    assert_share((suppressed["status"] == DEAD).sum(), people / 2, 1.0 - exp(-treated * years))
    assert count(sim, HIV_DEATH) == (sim.state["status"] == DEAD).sum()


def test_two_viruses_without_common_behaviour_are_independent() -> None:
    people, first = 20_000, 10_000
    figures = {
        "hiv_sharing": 1.0,
        "hiv_chronic": 1.0,
        "hcv_sharing": 1.0,
        "hcv_acute_ticks": FOR_EVER,
        **SOURCES_STAY,
    }

    def prepare(sim: Simulation) -> None:
        chronic_first(first)(sim)
        sim.state["viraemic"][:first] = 1

    state = run_infections(figures, people, 1.0, 7, prepare).state[first:, 0]
    correlation = np.corrcoef(state["hiv"] != HIV_NONE, state["viraemic"])[0, 1]
    assert abs(correlation) <= 4.0 / np.sqrt(people - first)


@pytest.mark.parametrize("acute", [0.5, 4.3])
def test_figures_thin_from_the_most_infectious_partner(acute: float) -> None:
    draw = CENTRAL | {"inf.hiv_acute_mult": acute, "exp.sharing_acts_year": 20.0, "inf.hiv_per_share": 0.01}
    figures = hiv.figures(draw, BASELINE)
    assert set(figures) == set(hiv.FIELDS)
    assert figures["hiv_sharing"] * figures["hiv_chronic"] == pytest.approx(0.2)
    assert figures["hiv_acute"] / figures["hiv_chronic"] == pytest.approx(acute)
    assert figures["hiv_suppressed"] / figures["hiv_chronic"] == pytest.approx(
        CENTRAL["inf.hiv_art_adherent_rr"]
    )
    assert max(figures["hiv_acute"], figures["hiv_chronic"]) == 1.0


def test_no_hazard_exceeds_its_bound() -> None:
    figures = hiv.figures(CENTRAL, BASELINE)
    bounds = {rate.name: rate.bound for rate in hiv.rates(figures, lambda target: 1.5)}
    assert bounds["hiv.sharing"] == pytest.approx(1.5**2 * figures["hiv_sharing"] * figures["hiv_unstable"])
    assert bounds["hiv.sexual"] == pytest.approx(1.5 * figures["hiv_sexual_woman"] * figures["hiv_unstable"])
    assert bounds["hiv.death"] == figures["hiv_death_late"]
