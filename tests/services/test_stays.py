"""Stays through a study: Weibull retention of treatment (S2, S2b) and in-and-out renewal with death (S4)."""

from typing import Any

import numpy as np

from hrsim.processes.effects import ENROLLED
from hrsim.processes.stay_clock import FIRST_WEEKS
from hrsim.simulate import ledger_of, run_draw
from hrsim.units import TICKS_PER_WEEK, TICKS_PER_YEAR
from tests.services.test_places import LIMIT
from tests.simulation.studies import bare, central, events, flow, prepared

SHAPE, RATE, RATIO = 0.496362, 0.191347, 1.58
IN, OUT = 0.0113, 0.0361


def assert_share(number: Any, of: int, truth: float) -> None:
    assert abs(number / of - truth) <= LIMIT * np.sqrt(truth * (1.0 - truth) / of), (number / of, truth)


def test_retention_in_treatment() -> None:
    """S2: median 13.37 weeks, 0.3813 retained at 26, 0.2566 at 52; at 1.58 times the hazard 5.32 weeks and 0.2180."""
    people = 20_000
    weibull = {"shape": SHAPE, "rate": RATE, "unit": "week"}
    services = {
        "gate": {
            "reach": 20.0,
            "stay": {"fixed": "100 years"},
            "refers_to": [{"service": "treatment", "probability": 1.0}],
        },
        "treatment": {"stay": {"weibull": weibull}, "capacity": {"places": people}},
    }
    arms = {"usual": {}, "worse": {"services": {"treatment": {"stay": {"hazard_ratio": RATIO}}}}}
    study = prepared(bare(people, 3, services, arms=arms))
    sim = run_draw(study, central(study), 1)
    stay = sim.stay[:, :, study.layout.slot("treatment", study.services["usual"]["treatment"])]
    assert np.all(stay["ordinal"] == 1)
    inside = stay["phase"] == ENROLLED
    weeks = np.where(inside, 1e9, (stay["end"] - stay["changed"]) / TICKS_PER_WEEK)
    for a, retained in enumerate([{13.3721: 0.5, 26.0: 0.3813, 52.0: 0.2566}, {5.3208: 0.5, 26.0: 0.2180}]):
        for week, share in retained.items():
            assert_share((weeks[:, a] > week).sum(), people, share)
    assert np.all(
        weeks[:, 1] <= weeks[:, 0]
    )  # the same points, and a higher hazard accepts the first of them sooner
    early = (weeks[:, 0] < FIRST_WEEKS / TICKS_PER_WEEK) & (weeks[:, 0] > 0.01)
    assert np.allclose(weeks[early, 1] / weeks[early, 0], RATIO ** (-1.0 / SHAPE), rtol=1e-2)


def test_renewal_with_death() -> None:
    """S4: stays 1.5 and gaps 1 year, 11.3 and 36.1 deaths per 1,000 person-years, from out of treatment, 5 years."""
    people = 30_000
    rates = {f"lt.can_{sex}_{age}": 1.0 - np.exp(-OUT) for sex in "fm" for age in range(19, 80, 5)}
    treatment = {
        "reach": 1.0,
        "stay": {"mean": "1.5 years"},
        "effects": [{"on": "background_mortality", "multiplier": IN / OUT}],
    }
    figures = {name: float(rate) for name, rate in rates.items()} | {"oat.nonod_mort_hr_out_vs_pop": 1.0}
    study = prepared(
        bare(people, 5, {"treatment": treatment}, on=("background_mortality",), parameters=figures)
    )
    sim = run_draw(study, central(study), 2)
    ledger = ledger_of(study, sim)
    alive = people - int(events(ledger, "background_death")[0])
    assert_share(alive, people, 0.89168)
    assert_share(int(sim.service["occupied"][0, 0]), alive, 0.60342)
    years_in_treatment = flow(ledger, "client_ticks", "treatment")[0] / people
    assert abs(years_in_treatment - 2.48495) < LIMIT * 1.6 / np.sqrt(people)
    out = ledger.state_ticks.sum() / TICKS_PER_YEAR / people - years_in_treatment
    assert abs(out - 2.22277) < LIMIT * 1.6 / np.sqrt(people)
