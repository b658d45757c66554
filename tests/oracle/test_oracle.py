"""The oracle by itself: survival, overdose, housing, custody, bookkeeping."""

from dataclasses import asdict
from math import exp, inf, nextafter, sqrt

import numpy as np
import pytest

from .closed_forms import (
    assert_close,
    assert_means,
    assert_share,
    distribution_at,
    integral,
    share_of_spell_age,
    two_state_share,
)
from .cohort import Cohort
from .parameters import OracleParameters, naloxone_chance_from_kits
from .simulation import replicate, simulate
from .speed import BENCHMARK

SEEDS = range(1, 41)
EVERYTHING = {**asdict(BENCHMARK), "people": 300, "oat_places": 40.0}


def test_competing_risks_share_out_the_deaths() -> None:
    # analytic.md S1: overdose 12.7 and other 23.4 per 1000 person-years, 10 years
    people, years, hazard = 40_000, 10.0, 0.0127 + 0.0234
    result = simulate(
        OracleParameters(
            people, years, overdose_rate=0.0127, death_chance_untreated=1.0, background_mortality=0.0234
        ),
        seed=1,
    )
    assert_share(result.final["alive"], people, 0.696979)
    assert_share(result.counts.overdose_deaths, people, 0.106603)
    assert_share(result.counts.background_deaths, people, 0.196418)
    mean_square = 2 * integral(lambda t: t * exp(-hazard * t), years)
    assert_close(result.person_years["alive"] / people, 8.393934, sqrt((mean_square - 8.393934**2) / people))


def test_frailty_leaves_more_people_without_overdose() -> None:
    # analytic.md S7: gamma shape 0.7, rate 0.15, 5 years
    people = 20_000
    result = simulate(OracleParameters(people, 5.0, overdose_rate=0.15, frailty_shape=0.7), seed=1)
    assert_close(result.counts.overdoses / people, 0.75, sqrt(1.55357 / people))
    assert_share(people - result.counts.people_ever_overdosed, people, 0.60064)


def test_overdose_tree_asks_each_question_with_its_chance() -> None:
    naloxone_chance = naloxone_chance_from_kits(nu=2.0, kits_per_person=0.4)
    assert naloxone_chance == pytest.approx(1 - exp(-0.8))
    counts = simulate(
        OracleParameters(
            people=20_000,
            years=2.0,
            overdose_rate=1.0,
            witnessed_chance=0.7,
            naloxone_chance=naloxone_chance,
            ambulance_chance=0.6,
            death_chance_untreated=0.2,
            death_chance_naloxone=0.02,
            death_chance_ambulance=0.08,
            brain_injury_chance=0.3,
        ),
        seed=1,
    ).counts
    naloxone = 0.7 * naloxone_chance
    ambulance_only = 0.7 * (1 - naloxone_chance) * 0.6
    nothing = 1 - naloxone - ambulance_only
    assert_share(counts.witnessed, counts.overdoses, 0.7)
    assert_share(counts.naloxone, counts.overdoses, naloxone)
    assert_share(counts.ambulance, counts.overdoses, 0.7 * 0.6)
    deaths = nothing * 0.2 + naloxone * 0.02 + ambulance_only * 0.08
    assert_share(counts.overdose_deaths, counts.overdoses, deaths)
    injuries = (nothing * 0.8 + ambulance_only * 0.92) * 0.3
    once = (
        injuries / (injuries + deaths) * (1 - exp(-(injuries + deaths) * 2.0))
    )  # the first of the two, in two years
    assert_share(counts.brain_injuries, 20_000, once)


def test_housing_switches_and_multiplies_the_overdose_hazard() -> None:
    loss, gain, at_start, years, people = 0.5, 0.8, 0.3, 2.0, 500
    runs = replicate(
        OracleParameters(
            people,
            years,
            overdose_rate=1.0,
            unstable_housing_at_start=at_start,
            housing_loss_rate=loss,
            housing_gain_rate=gain,
            unstable_housing_overdose_multiplier=3.0,
        ),
        SEEDS,
    )
    unstable_years = integral(lambda t: two_state_share(loss, gain, at_start, t), years)
    assert_means(
        runs,
        {
            "unstable_housing_years": people * unstable_years,
            "final_unstable_housing": people * two_state_share(loss, gain, at_start, years),
            "overdoses": people * (years + 2.0 * unstable_years),
        },
    )


def test_release_from_custody_opens_two_windows_one_after_the_other() -> None:
    entry, stay, years, people, ends = 0.8, 0.5, 3.0, 500, (0.2, 0.5)
    runs = replicate(
        OracleParameters(
            people,
            years,
            overdose_rate=0.5,
            custody_at_start=1.0,
            custody_entry_rate=entry,
            custody_stay_years=stay,
            release_first_multiplier=8.0,
            release_first_years=ends[0],
            release_second_multiplier=3.0,
            release_second_years=ends[1],
        ),
        SEEDS,
    )
    at_liberty = integral(lambda t: two_state_share(1 / stay, entry, 0.0, t), years)
    first = integral(lambda t: share_of_spell_age(1 / stay, entry, 0.0, (0.0, ends[0]), t), years, ends)
    second = integral(lambda t: share_of_spell_age(1 / stay, entry, 0.0, ends, t), years, ends)
    assert_means(
        runs,
        {
            "custody_years": people * (years - at_liberty),
            "custody_entries": people * entry * at_liberty,
            "overdoses": people * 0.5 * (at_liberty + 7.0 * first + 2.0 * second),
        },
    )


def test_housing_waits_while_people_are_in_custody() -> None:
    entry, stay, loss, people, years = 0.8, 0.5, 0.6, 2000, 3.0
    runs = replicate(
        OracleParameters(
            people, years, housing_loss_rate=loss, custody_entry_rate=entry, custody_stay_years=stay
        ),
        SEEDS,
    )
    # P(still stably housed) = E[exp(-loss x time at liberty)]: the chain of custody, killed at rate `loss` at liberty
    generator = np.array([[-entry - loss, entry], [1 / stay, -1 / stay]])
    housed = distribution_at(generator, np.array([1.0, 0.0]), years).sum()
    assert_means(runs, {"final_unstable_housing": people * (1 - housed)})


def test_nothing_of_the_street_happens_in_custody() -> None:
    counts = simulate(
        OracleParameters(
            **{**EVERYTHING, "custody_at_start": 1.0, "custody_stay_years": 1e12, "background_mortality": 0.1}
        ),
        seed=1,
    ).counts
    assert counts.background_deaths > 0
    assert counts.custody_releases == 0
    assert counts.overdoses == counts.hiv_infections == counts.hcv_infections == counts.oat_requests == 0


def test_everybody_is_alive_or_has_one_cause_of_death() -> None:
    result = simulate(OracleParameters(**EVERYTHING), seed=1)
    counts = result.counts
    deaths = counts.background_deaths + counts.overdose_deaths + counts.hiv_deaths
    assert min(counts.background_deaths, counts.overdose_deaths, counts.hiv_deaths) > 0
    assert result.final["alive"] + deaths == EVERYTHING["people"]
    assert result.final["oat"] <= EVERYTHING["oat_places"]
    assert result.as_dict()["mean_occupied_places"] <= EVERYTHING["oat_places"]


def test_person_years_end_with_the_horizon() -> None:
    result = simulate(OracleParameters(people=50, years=3.0, unstable_housing_at_start=1.0), seed=1)
    assert result.person_years["alive"] == result.person_years["unstable_housing"] == 150.0
    assert result.person_years["custody"] == 0.0


def test_same_seed_same_run_and_other_seed_another() -> None:
    parameters = OracleParameters(**EVERYTHING)
    assert simulate(parameters, seed=1) == simulate(parameters, seed=1)
    assert simulate(parameters, seed=1) != simulate(parameters, seed=2)


def test_replicate_gives_one_row_a_seed() -> None:
    parameters = OracleParameters(**{**EVERYTHING, "people": 50})
    runs = replicate(parameters, [3, 5])
    assert list(runs.index) == [3, 5]
    assert runs.loc[5].to_dict() == simulate(parameters, seed=5).as_dict()


def test_events_are_counted_as_simpy_steps() -> None:
    parameters = OracleParameters(**EVERYTHING)
    environment = Cohort(parameters, seed=1).environment
    steps = 0
    while environment.peek() < parameters.years:
        environment.step()
        steps += 1
    stop = 1  # the event by which `run(until=...)` ends
    assert simulate(parameters, seed=1).simpy_events == steps + stop


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("people", 0),
        ("years", inf),
        ("overdose_rate", -0.1),
        ("overdose_rate", inf),
        ("witnessed_chance", nextafter(1.0, 2.0)),
        ("background_mortality", float("nan")),
        ("frailty_shape", 0.0),
        ("oat_places", 2.5),
        ("hiv_acute_multiplier", 0.5),
        ("release_second_years", 0.0),
    ],
)
def test_values_out_of_range_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{field} is "):
        OracleParameters(**{**EVERYTHING, field: value})


def test_all_values_out_of_range_are_named_at_once() -> None:
    with pytest.raises(ValueError, match=r"overdose_rate is -1[^\n]*\n(.*\n)*oat_stay_shape is 0"):
        OracleParameters(people=1, years=1.0, overdose_rate=-1, oat_stay_shape=0)
