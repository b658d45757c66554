"""What is decided at an event does not depend on the person's row, nor on what was decided before."""

from math import log

import numpy as np
import pytest
from scipy.linalg import expm

from hrsim.compile import assemble_draw
from hrsim.simulate import ledger_of, run_assembled
from tests.simulation.studies import bare, central, events, prepared, run

ERRORS = 4.0
HALVES = {"half": {"shares": {"lower": 0.5, "upper": 0.5}}}


def by_row(
    process: str, figures: dict[str, float], counted: tuple[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return two events by half of the rows, as (first event, second event)."""
    room = {"hsu.ed_rate_pwid_melb": 100.0, "hsu.adm_rate_heroin_london": 100.0}
    room["oat.nonod_mort_hr_out_vs_pop"] = 1000.0
    study = prepared(bare(400, 5, {}, on=(process,), groups=HALVES, parameters={**room, **figures}))
    draw = central(study)
    assembled = assemble_draw(study, draw, 11)
    assembled.sim.person["group"] = np.arange(400) // 200
    ledger = ledger_of(study, run_assembled(study, assembled, draw, 11))
    first, second = (ledger.event_counts(name)[0].sum(axis=0) for name in counted)
    return np.asarray(first), np.asarray(second)


SKIN = {"inf.ssti_acute_rate_us": 2.0, "exp.ssti_admitted_given_acute": 0.5}
HEART = {"inf.ie_adm_rate_us2017": 0.3, "inf.ie_mort_inhosp_us": 0.2}


@pytest.mark.parametrize(
    ("process", "figures", "counted", "chance"),
    [
        ("skin_infection", SKIN, ("skin_infection", "skin_infection_admission"), 0.5),
        ("endocarditis", HEART, ("endocarditis_admission", "endocarditis_death"), 0.2),
    ],
)
def test_the_answer_does_not_depend_on_the_row(
    process: str, figures: dict[str, float], counted: tuple[str, str], chance: float
) -> None:
    all_events, chosen = by_row(process, figures, counted)
    assert all_events.min() > 100
    error = np.sqrt(chance * (1.0 - chance) / all_events)
    assert np.all(np.abs(chosen / all_events - chance) < ERRORS * error), (chosen, all_events)


def test_whether_somebody_relapses_is_decided_anew_at_each_stop() -> None:
    """Stops over 30 years: a rate of stopping times the expected time in use, of a chain with an end.

    In use, stopped and prone (with chance p), stopped for good: q' = q A.
    """
    people, years, stop_median, relapse_median, prone = 200, 30.0, 2.0, 1.0, 0.6
    figures = {
        "pop.cess_median_years": stop_median,
        "pop.relapse_median_years": relapse_median,
        "pop.relapse_share": prone,
        "exp.relapse_injecting_share": 1.0,
        "pop.init_montreal": 0.0,
        "exp.switch_inject_to_other_rate": 0.0,
    }
    study = prepared(bare(people, years, {}, on=("use",), parameters=figures))
    stops = np.array([events(run(study, luck), "use_stop")[0] for luck in range(12)])
    stop, back = log(2.0) / stop_median, log(2.0) / relapse_median
    chain = np.array([[-stop, prone * stop, (1 - prone) * stop], [back, -back, 0.0], [0.0, 0.0, 0.0]])
    steps = np.linspace(0.0, years, 3001)
    in_use = np.array([expm(chain * t)[0, 0] for t in steps[::10]])
    expected = people * stop * np.trapezoid(in_use, steps[::10])
    error = stops.std(ddof=1) / np.sqrt(stops.size)
    assert abs(stops.mean() - expected) < ERRORS * error, (stops.mean(), expected, error)
    assert abs(stops.mean() / expected - 1.0) < 0.05
