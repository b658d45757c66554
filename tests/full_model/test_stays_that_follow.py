"""What a stay leaves behind goes on in the stay that follows at once: the window after it, and treatment of HIV."""

import numpy as np

from hrsim.units import TICKS_PER_WEEK, TICKS_PER_YEAR
from tests.simulation.studies import bare, events, prepared, run, steps

ERRORS = 4.0  # standard errors allowed
WEEK = TICKS_PER_WEEK / TICKS_PER_YEAR
FOR_EVER = {"mean": "1000000 years"}
ROOM = {"oat.nonod_mort_hr_out_vs_pop": 100.0}  # an all-cause rate above the rate of deaths from HIV
EVERYBODY = {"prevalence": 1.0, "diagnosed": 0.0, "treated": 0.0}
HIV_CARE = {"exclusive": "care", "delivers": {"hiv_treatment": 1.0}}


def test_the_window_after_a_stay_lives_on_in_the_stay_that_follows_at_once() -> None:
    """Two weeks of detoxification, then for ever another service of its pool: weeks 3 to 10 lie in the window.

    Events: rate x (2 weeks + 0.5 x 4 x 8 weeks + 0.5 x 6 weeks).
    """
    people, rate, weeks = 3000, 3.0, 16
    services = {
        "detox": {
            "exclusive": "pool",
            "stay": {"fixed": "2 weeks", "leads_to": [{"service": "residence", "probability": 1.0}]},
            "at_start": {"enrolled": 1.0, "stays": "begin"},
            "effects": [{"on": "event.harm", "multiplier": 4, "during": {"after": "8 weeks"}}],
        },
        "residence": {
            "exclusive": "pool",
            "stay": FOR_EVER,
            "effects": [{"on": "event.harm", "multiplier": 0.5}],
        },
    }
    tree = {**bare(people, weeks * WEEK, services), "events": {"harm": {"label": "Harm", "rate": rate}}}
    ledger = run(prepared(tree), 5)
    expected = people * rate * WEEK * (2.0 + 0.5 * 4.0 * 8.0 + 0.5 * 6.0)
    assert abs(events(ledger, "harm")[0] - expected) < ERRORS * np.sqrt(expected)


def test_a_return_to_the_same_service_closes_the_window_after_it() -> None:
    """Courses of 4 weeks that lead to themselves: nobody is ever out, so the window after a course never acts."""
    services = {
        "course": {
            "stay": {"fixed": "4 weeks", "leads_to": [{"service": "course", "probability": 1.0}]},
            "at_start": {"enrolled": 1.0},
            "effects": [{"on": "event.harm", "multiplier": 10, "during": {"after": "8 weeks"}}],
        },
    }
    tree = {**bare(2000, 1, services), "events": {"harm": {"label": "Harm", "rate": 1.0}}}
    ledger = run(prepared(tree), 5)
    assert abs(events(ledger, "harm")[0] - 2000) < ERRORS * np.sqrt(2000)


def test_hiv_treatment_goes_on_in_the_service_that_follows_at_once() -> None:
    services = {
        "first": {
            **HIV_CARE,
            "stay": {"fixed": "2 weeks", "leads_to": [{"service": "second", "probability": 1.0}]},
            "at_start": {"enrolled": 1.0, "stays": "begin"},
        },
        "second": {**HIV_CARE, "stay": FOR_EVER},
    }
    study = prepared(bare(200, 8 * WEEK, services, hiv=EVERYBODY, parameters=ROOM))
    for now, sim in steps(study, 1, TICKS_PER_WEEK):
        assert np.all(sim.state["suppressed"] == 1), now // TICKS_PER_WEEK


def test_who_waits_for_hiv_treatment_is_not_treated_yet() -> None:
    care = {**HIV_CARE, "reach": 20.0, "capacity": {"places": 30}, "stay": {"mean": "1 years"}}
    study = prepared(bare(200, 1, {"care": care}, hiv=EVERYBODY, parameters=ROOM))
    for _, sim in steps(study, 1, 4 * TICKS_PER_WEEK):
        inside = sim.state["enrolled"][:, 0] == 1
        assert np.array_equal(sim.state["suppressed"][:, 0] == 1, inside)
    assert inside.sum() == 30
