"""Bacterial harm: baseline averages, the tree of outcomes, whole bed days."""

from dataclasses import replace

import numpy as np
import pytest

from hrsim.engine.simulation import DEAD, Simulation
from hrsim.processes.bacterial import figures
from hrsim.processes.effects import ON_ENDOCARDITIS, ON_SKIN_INFECTION
from hrsim.processes.events import (
    BED_DAYS,
    ENDOCARDITIS_ADMISSION,
    ENDOCARDITIS_DEATH,
    SKIN_INFECTION,
    SKIN_INFECTION_ADMISSION,
)
from hrsim.processes.state import CUSTODY, OTHER_ROUTE, UNSTABLE
from tests.processes.small_world import (
    CENTRAL,
    PLAIN_BASELINE,
    assert_count,
    assert_pools_add_up,
    assert_share,
    counts,
    enrol_everybody,
    run_life,
)

PEOPLE = 4000
SKIN = {"skin_infection": 0.5, "skin_admitted": 0.3, "skin_days": 5.25, "bacterial_unstable": 1.29}
HEART = {
    "endocarditis": 0.4,
    "endocarditis_fatality": 0.25,
    "endocarditis_days": 23.4,
    "bacterial_unstable": 2.0,
}


@pytest.mark.parametrize(("unstable", "coverage"), [(0.0, 0.0), (0.35, 0.3), (1.0, 1.0)])
def test_people_who_inject_have_the_published_rates_at_baseline(unstable: float, coverage: float) -> None:
    """Averaging the model's rates over housing and treatment gives the rows back."""
    numbers = figures(CENTRAL, replace(PLAIN_BASELINE, unstable_housing=unstable, oat_coverage=coverage))
    housing = 1.0 - unstable + unstable * numbers["bacterial_unstable"]
    treatment = 1.0 - coverage + coverage * CENTRAL["inf.rr_irid_oat_nsw"]
    assert numbers["skin_infection"] * housing * treatment == pytest.approx(CENTRAL["inf.ssti_acute_rate_us"])
    assert numbers["endocarditis"] * housing * treatment == pytest.approx(CENTRAL["inf.ie_adm_rate_us2017"])


def test_skin_infections_by_housing_admissions_and_bed_days() -> None:
    def half_unstable(sim: Simulation) -> None:
        sim.state["housing"][::2] = UNSTABLE

    sim = run_life([SKIN], PEOPLE, 2, 1, half_unstable)
    infections, admissions = counts(sim, SKIN_INFECTION)[0], counts(sim, SKIN_INFECTION_ADMISSION)[0]
    assert_count(infections, 2 * PEOPLE * 0.5 * (1.0 + 1.29) / 2.0)
    assert_share(admissions, infections, 0.3)
    assert_share(counts(sim, BED_DAYS)[0] - 5 * admissions, admissions, 0.25)


def test_only_people_who_inject_at_liberty_are_at_risk() -> None:
    def nobody(sim: Simulation) -> None:
        sim.state["use"][:200] = OTHER_ROUTE
        sim.state["custody"][200:] = CUSTODY

    sim = run_life([{**SKIN, **HEART, "custody_stay": 1e12}], 400, 2, 2, nobody)
    assert counts(sim, SKIN_INFECTION)[0] == counts(sim, ENDOCARDITIS_ADMISSION)[0] == 0


def test_endocarditis_kills_its_share_and_the_rest_stay_at_risk() -> None:
    """Each admission ends the life with the chance given, so survival is exp(-rate x fatality x time)."""
    sim = run_life([HEART], PEOPLE, 3, 3)
    admissions, deaths = counts(sim, ENDOCARDITIS_ADMISSION)[0], counts(sim, ENDOCARDITIS_DEATH)[0]
    assert_share(deaths, admissions, 0.25)
    assert deaths == (sim.state["status"] == DEAD).sum()
    assert_share(PEOPLE - deaths, PEOPLE, np.exp(-0.4 * 0.25 * 3))
    assert_share(counts(sim, BED_DAYS)[0] - 23 * admissions, admissions, 0.4)
    assert_pools_add_up(sim)


def test_effects_reach_their_own_target_only() -> None:
    effects = {ON_SKIN_INFECTION: 0.25, ON_ENDOCARDITIS: 0.0}
    sim = run_life([{**SKIN, **HEART}], PEOPLE, 2, 4, enrol_everybody, effects)
    assert_count(counts(sim, SKIN_INFECTION)[0], 2 * PEOPLE * 0.5 * 0.25)
    assert counts(sim, ENDOCARDITIS_ADMISSION)[0] == 0
