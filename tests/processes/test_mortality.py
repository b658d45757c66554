"""Background mortality: the life table, ageing over upper bands, and causes that add up."""

from dataclasses import replace

import numpy as np
import pytest

from hrsim.engine.simulation import DEAD, Simulation
from hrsim.errors import StudyError
from hrsim.processes.effects import ON_BACKGROUND_MORTALITY
from hrsim.processes.events import BACKGROUND_DEATH
from hrsim.processes.mortality import (
    STEP_TICKS,
    STEPS,
    STEPS_PER_YEAR,
    figures,
    modelled_deaths,
    net_share,
    rates_by_age,
)
from hrsim.processes.state import FEMALE, MALE
from hrsim.units import TICKS_PER_YEAR
from tests.processes.small_world import (
    CENTRAL,
    PLAIN_BASELINE,
    assert_pools_add_up,
    assert_share,
    counts,
    enrol_everybody,
    half_men,
    run_life,
)

TABLE = rates_by_age(CENTRAL)
CAUSES = ("endocarditis", "hcv", "hiv")
HEALTHY = replace(PLAIN_BASELINE, hiv_prevalence=0.0, hcv_advanced=0.0)


def test_the_life_table_gives_back_the_published_probabilities() -> None:
    """Over the year of age of a row the rates add up to its own, but for the bend where one ends a line."""
    for age in range(19, 80, 5):
        for sex, letter in ((FEMALE, "f"), (MALE, "m")):
            year = TABLE[sex, age * STEPS_PER_YEAR : (age + 1) * STEPS_PER_YEAR].mean()
            assert 1.0 - np.exp(-year) == pytest.approx(CENTRAL[f"lt.can_{letter}_{age}"], rel=0.03)


@pytest.mark.parametrize("multiplier", [1.0, 0.5])
def test_deaths_follow_the_table_as_people_age(multiplier: float) -> None:
    """Men of 62.6 for ten years, hazards far above the ceiling: survival is exp(-sum of the years' hazards).

    All year the hazard is that of the month of age at its middle.
    """
    ratio, years, people = 12.0, 10, 6000
    start = 62 * TICKS_PER_YEAR + TICKS_PER_YEAR * 6 // 10
    dying = {"background_ratio": ratio, "background_usual": 0.01, "background_oldest": 1.0}

    def old_men(sim: Simulation) -> None:
        sim.person["birth"], sim.person["sex"] = -start, MALE
        enrol_everybody(sim)

    sim = run_life([dying], people, years, 1, old_men, {ON_BACKGROUND_MORTALITY: multiplier})
    months = [(start + year * TICKS_PER_YEAR + TICKS_PER_YEAR // 2) // STEP_TICKS for year in range(years)]
    assert months[0] == 63 * 12 + 1 and months[1] == 64 * 12 + 1
    survival = np.exp(-ratio * multiplier * TABLE[MALE, months].sum())
    deaths = counts(sim, BACKGROUND_DEATH)[0]
    assert_share(people - deaths, people, survival)
    assert deaths == (sim.state["status"] == DEAD).sum()
    assert_pools_add_up(sim)


@pytest.mark.parametrize(("born", "months"), [(-200, 206), (-760, 766), (-20_000, STEPS - 1), (11, 0)])
def test_the_age_of_a_study_year_is_that_at_its_middle(born: int, months: int) -> None:
    """Of any age, the oldest too; who is born after the middle of the year is of age 0 in it."""
    people = 4000
    target = 0.5  # deaths per person-year, so that every age is told by as many deaths
    ratio = target / TABLE[FEMALE, months]
    dying = {"background_ratio": ratio, "background_usual": 0.1, "background_oldest": 1.0}

    def of_that_age(sim: Simulation) -> None:
        sim.person["birth"] = born * STEP_TICKS

    sim = run_life([dying], people, 1, 3, of_that_age)
    assert_share(counts(sim, BACKGROUND_DEATH)[0], people, 1.0 - np.exp(-target))


def test_women_and_men_die_by_their_own_columns() -> None:
    people, ratio = 20000, 30.0
    dying = {"background_ratio": ratio, "background_usual": 0.1, "background_oldest": 1.0}
    sim = run_life([dying], people, 1, 2, half_men)
    dead = sim.state["status"][:, 0] == DEAD
    for sex in (FEMALE, MALE):
        of_sex = sim.person["sex"] == sex
        assert_share(
            dead[of_sex].sum(), of_sex.sum(), 1.0 - np.exp(-ratio * TABLE[sex, 40 * STEPS_PER_YEAR + 6])
        )


def test_causes_add_up_to_the_published_level_at_baseline() -> None:
    """What is removed is exactly what HIV, liver disease and endocarditis cause."""
    share = net_share(CENTRAL, PLAIN_BASELINE)
    off = [net_share(CENTRAL, replace(PLAIN_BASELINE, off=frozenset({cause}))) for cause in CAUSES]
    assert share + sum(without - share for without in off) == pytest.approx(1.0)
    assert 0.0 < share < min(off)
    assert off[CAUSES.index("hiv")] == net_share(CENTRAL, replace(PLAIN_BASELINE, hiv_prevalence=0.0))
    assert off[CAUSES.index("hcv")] == net_share(CENTRAL, replace(PLAIN_BASELINE, hcv_advanced=0.0))


def test_with_every_cause_off_the_published_ratio_stands() -> None:
    everything_off = replace(PLAIN_BASELINE, off=frozenset(CAUSES))
    assert net_share(CENTRAL, everything_off) == 1.0
    numbers = figures(CENTRAL, everything_off)
    assert numbers["background_ratio"] == CENTRAL["oat.nonod_mort_hr_out_vs_pop"]
    assert numbers["background_oldest"] == numbers["background_ratio"] * TABLE.max()


def test_endocarditis_deaths_are_admissions_of_people_at_liberty_who_inject() -> None:
    half_inside = replace(HEALTHY, custody=0.5, injecting=0.4)
    rate, fatality = CENTRAL["inf.ie_adm_rate_us2017"], CENTRAL["inf.ie_mort_inhosp_us"]
    assert modelled_deaths(CENTRAL, half_inside) == pytest.approx(0.4 * 0.5 * rate * fatality)


def test_liver_deaths_lie_between_the_rates_of_the_two_stages() -> None:
    everybody = replace(HEALTHY, hcv_advanced=1.0, injecting=1.0, off=frozenset({"endocarditis"}))
    slow, fast = (-np.log1p(-CENTRAL[f"inf.hcv_{cause}"]) for cause in ("dc_death_later", "hcc_death"))
    assert slow < modelled_deaths(CENTRAL, everybody) < fast


def test_more_modelled_deaths_than_all_deaths_stop_the_run() -> None:
    with pytest.raises(
        StudyError, match=r"(?s)background mortality would be -.* of its published level.*lower"
    ):
        net_share(CENTRAL, replace(PLAIN_BASELINE, hcv_advanced=0.5))
