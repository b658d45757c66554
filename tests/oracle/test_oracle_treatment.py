"""The oracle by itself: opioid agonist treatment, its places, its list, its windows."""

from dataclasses import dataclass
from math import exp, gamma

import numpy as np
import pytest
from scipy.stats import binom

from . import infections, life, overdose, treatment
from .closed_forms import (
    Array,
    assert_close,
    assert_means,
    assert_share,
    birth_death_generator,
    distribution_at,
    integral,
    share_of_spell_age,
    time_in_states,
    two_state_share,
)
from .cohort import Cohort
from .parameters import OracleParameters, weibull_rate_per_year
from .result import OAT, WAITING
from .simulation import replicate, simulate

SEEDS = range(1, 41)
WEEKS_PER_YEAR = 52.17857142857143
STAY_RATE, STAY_SHAPE = 0.191347, 0.496362  # per week, analytic.md S2


@pytest.mark.parametrize(
    ("hazard_ratio", "weeks", "retained"),
    [(1.0, 13.3721, 0.5), (1.0, 26, 0.3813), (1.0, 52, 0.2566), (1.58, 5.3208, 0.5), (1.58, 26, 0.2180)],
)
def test_weibull_retention(hazard_ratio: float, weeks: float, retained: float) -> None:
    # analytic.md S2 and S2b
    people = 10_000
    rate = weibull_rate_per_year(STAY_RATE * hazard_ratio, STAY_SHAPE, WEEKS_PER_YEAR)
    result = simulate(
        OracleParameters(
            people,
            weeks / WEEKS_PER_YEAR,
            oat_request_at_start=1.0,
            oat_stay_shape=STAY_SHAPE,
            oat_stay_rate=rate,
        ),
        seed=1,
    )
    assert_share(result.final[OAT], people, retained)

    def survival(t: float) -> float:
        return exp(-rate * t**STAY_SHAPE)

    mean = integral(survival, result.years)
    variance = 2 * integral(lambda t: t * survival(t), result.years) - mean**2
    assert_close(result.person_years[OAT] / people, mean, (variance / people) ** 0.5)


def test_treatment_in_and_out_with_death() -> None:
    # analytic.md S4: stay 1.5 y, gap 1 y, death 11.3 and 36.1 per 1000 person-years, start out, 5 y
    runs = replicate(
        OracleParameters(
            people=500,
            years=5.0,
            background_mortality=0.0361,
            oat_background_mortality_multiplier=11.3 / 36.1,
            oat_request_rate=1.0,
            oat_stay_rate=1 / 1.5,
        ),
        SEEDS,
    )
    runs["out_years"] = runs["alive_years"] - runs["oat_years"]
    runs["share_on_treatment"] = runs["final_oat"] / runs["final_alive"]
    assert_means(
        runs,
        {
            "final_alive": 445.84,
            "share_on_treatment": 0.60342,
            "oat_years": 1242.475,
            "out_years": 1111.385,
            "background_deaths": 54.16,
        },
    )


@dataclass(frozen=True)
class FiniteSource:
    """People who ask again and again, places, exponential stays and patience: a birth-death chain."""

    people: int
    places: int
    request: float
    leave: float
    patience: float

    @property
    def parameters(self) -> OracleParameters:
        return OracleParameters(
            self.people,
            3.0,
            oat_request_rate=self.request,
            oat_places=self.places,
            oat_stay_rate=self.leave,
            oat_patience_years=self.patience,
        )

    @property
    def largest(self) -> int:
        return self.places if self.patience == 0 else self.people

    def expectations(self) -> dict[str, float]:
        """Return exact expectations from empty; the state is the number enrolled or waiting."""
        present: Array = np.arange(self.largest + 1.0)
        enrolled = np.minimum(present, self.places)
        waiting = present - enrolled
        giving_up = waiting / self.patience if self.patience else waiting
        asking = (self.people - present) * self.request
        accepted = np.where(present < self.largest, asking, 0.0)
        chain = birth_death_generator(accepted, enrolled * self.leave + giving_up)
        start = np.eye(self.largest + 1)[0]
        spent, end = time_in_states(chain, start, 3.0), distribution_at(chain, start, 3.0)
        return {
            "oat_years": float(spent @ enrolled),
            "oat_requests": float(spent @ asking),
            "oat_turned_away": float(spent @ (asking - accepted)),
            "waiting_years": float(spent @ waiting),
            "final_waiting": float(end @ waiting),
            "oat_gave_up": float(spent @ giving_up),
            "oat_starts": float(end @ enrolled + spent @ enrolled * self.leave),  # still there, and gone
        }


@pytest.mark.parametrize("patience", [0.0, 0.4, float("inf")], ids=["no list", "patience", "endless"])
def test_places_and_list_follow_the_birth_death_chain(patience: float) -> None:
    source = FiniteSource(people=24, places=6, request=0.9, leave=1.2, patience=patience)
    runs = replicate(source.parameters, range(1, 151))
    never = {0.0: {"waiting_years", "final_waiting", "oat_gave_up"}, 0.4: {"oat_turned_away"}}.get(
        patience, {"oat_turned_away", "oat_gave_up"}
    )
    expected = source.expectations()
    assert_means(runs, {name: value for name, value in expected.items() if name not in never})
    for name in never:
        assert expected[name] == 0.0
        assert (runs[name] == 0.0).all()


def test_loss_does_not_depend_on_the_shape_of_the_stay() -> None:
    # Engset's formula, the finite-source form of Erlang's loss (analytic.md Q5)
    people, places, request, mean_stay, shape = 20, 5, 0.8, 0.6, 2.0
    runs = replicate(
        OracleParameters(
            people,
            6.0,
            oat_request_rate=request,
            oat_places=places,
            oat_patience_years=0.0,
            oat_stay_shape=shape,
            oat_stay_rate=(gamma(1 + 1 / shape) / mean_stay) ** shape,
        ),
        range(1, 301),
    )
    weights = binom.pmf(range(places + 1), people, request * mean_stay / (1 + request * mean_stay))
    assert_means(runs, {"final_oat": float(weights @ np.arange(places + 1) / weights.sum())})


def test_windows_open_at_the_start_and_after_leaving() -> None:
    ask, leave, years, people, first, after = 0.9, 1.3, 3.0, 500, 0.3, 0.4
    runs = replicate(
        OracleParameters(
            people,
            years,
            overdose_rate=0.5,
            oat_request_rate=ask,
            oat_stay_rate=leave,
            oat_overdose_multiplier=0.4,
            oat_first_multiplier=6.0,
            oat_first_years=first,
            oat_after_multiplier=4.0,
            oat_after_years=after,
        ),
        SEEDS,
    )
    enrolled = integral(lambda t: two_state_share(ask, leave, 0.0, t), years)
    new = integral(lambda t: share_of_spell_age(ask, leave, 0.0, (0.0, first), t), years, (first,))
    left = integral(lambda t: share_of_spell_age(leave, ask, 1.0, (0.0, after), t), years, (after,))
    per_person = (years - enrolled) + 0.4 * enrolled + 0.4 * 5.0 * new + 3.0 * left
    assert_means(runs, {"oat_years": people * enrolled, "overdoses": people * 0.5 * per_person})


def test_largest_open_window_multiplies_the_enrolled_effect() -> None:
    cohort = Cohort(
        OracleParameters(
            people=1,
            years=1.0,
            overdose_rate=0.5,
            oat_overdose_multiplier=0.4,
            oat_first_multiplier=2.0,
            oat_first_years=0.1,
            oat_after_multiplier=3.0,
            oat_after_years=0.1,
            release_first_multiplier=8.0,
            release_first_years=0.1,
            release_second_multiplier=0.5,
            release_second_years=0.2,
        ),
        seed=1,
    )
    person = cohort.people[0]
    life.enter_custody(person)
    assert overdose.hazard(person) == 0.0
    life.release(person)
    treatment.request(person)
    assert overdose.hazard(person) == pytest.approx(0.5 * 0.4 * 8.0)
    person.stop_timer(life.RELEASE_FIRST)
    assert overdose.hazard(person) == pytest.approx(0.5 * 0.4 * 2.0)
    treatment.finish_stay(person)
    assert overdose.hazard(person) == pytest.approx(0.5 * 3.0)
    treatment.request(person)
    person.stop_timer(treatment.FIRST_WINDOW)
    assert overdose.hazard(person) == pytest.approx(0.5 * 0.4 * 0.5)  # a lone window below 1 protects
    person.stop_timer(life.RELEASE_SECOND)
    assert overdose.hazard(person) == pytest.approx(0.5 * 0.4)


def test_first_come_is_first_served_and_custody_frees_the_place() -> None:
    cohort = Cohort(OracleParameters(people=4, years=1.0, oat_places=1), seed=1)
    first, second, third, fourth = cohort.people
    for person in cohort.people:
        treatment.request(person)
    assert [OAT in person.spells for person in cohort.people] == [True, False, False, False]
    life.enter_custody(first)
    assert OAT in second.spells
    life.enter_custody(third)
    assert WAITING not in third.spells
    life.die(second)
    assert OAT in fourth.spells
    assert cohort.places.taken == 1
    assert not cohort.places.waiting


def test_every_request_is_answered_or_still_waits() -> None:
    result = simulate(
        OracleParameters(
            people=300,
            years=4.0,
            oat_request_rate=1.0,
            oat_places=40,
            oat_patience_years=0.5,
            oat_stay_shape=0.5,
            oat_stay_rate=1.5,
        ),
        seed=1,
    )
    counts = result.counts
    assert counts.oat_requests == counts.oat_starts + counts.oat_gave_up + result.final[WAITING]
    assert result.final[WAITING] > 0
    assert result.final[OAT] == 40


def test_waits_of_those_admitted_are_all_the_waiting_when_nobody_is_left_on_the_list() -> None:
    source = FiniteSource(people=24, places=6, request=0.5, leave=2.0, patience=float("inf"))
    result = simulate(source.parameters, seed=1)
    assert result.final[WAITING] == 0
    assert result.counts.oat_admitted_from_list > 0
    assert result.admitted_wait_years == pytest.approx(result.person_years[WAITING])
    assert result.as_dict()["mean_wait_years"] == result.admitted_wait_years / result.counts.oat_starts


def test_each_multiplier_of_treatment_acts_on_its_target_while_enrolled() -> None:
    cohort = Cohort(
        OracleParameters(
            people=1,
            years=1.0,
            background_mortality=1.0,
            custody_entry_rate=1.0,
            death_chance_untreated=1.0,
            shares_per_year=1.0,
            hiv_per_share=1.0,
            hcv_per_share=1.0,
            oat_background_mortality_multiplier=0.9,
            oat_custody_entry_multiplier=0.8,
            oat_overdose_fatality_multiplier=0.7,
            oat_sharing_multiplier=0.5,
            oat_hiv_acquisition_multiplier=0.6,
            oat_hcv_acquisition_multiplier=0.4,
        ),
        seed=1,
    )
    person = cohort.people[0]

    def targets() -> list[float]:
        hazards = [life.background_hazard, life.custody_hazard, infections.hiv_hazard, infections.hcv_hazard]
        return [*(hazard(person) for hazard in hazards), overdose.death_chance(person, False, False)]

    assert targets() == [1.0, 1.0, 1.0, 1.0, 1.0]
    treatment.request(person)
    assert targets() == pytest.approx([0.9, 0.8, 0.5 * 0.6, 0.5 * 0.4, 0.7])
    treatment.finish_stay(person)
    assert targets() == [1.0, 1.0, 1.0, 1.0, 1.0]
