"""Acute care: what is net of modelled causes adds up again; nobody in custody is seen."""

from dataclasses import replace

import pytest

from hrsim.engine.simulation import Simulation
from hrsim.errors import StudyError
from hrsim.processes.acute_care import figures, modelled_care
from hrsim.processes.effects import ON_ADMISSION, ON_EMERGENCY_VISIT
from hrsim.processes.events import ADMISSION, EMERGENCY_VISIT
from hrsim.processes.state import CUSTODY, NOT_USING
from tests.processes.small_world import (
    CENTRAL,
    PLAIN_BASELINE,
    assert_count,
    counts,
    enrol_everybody,
    run_life,
)

CAUSES = frozenset({"overdose", "skin_infection", "endocarditis"})
NONE_OFF: frozenset[str] = frozenset()


def test_modelled_and_other_causes_add_up_to_the_published_rates() -> None:
    other = figures(CENTRAL, PLAIN_BASELINE)
    visits, admissions = modelled_care(CENTRAL, NONE_OFF)
    assert other["emergency_visit"] + visits == pytest.approx(CENTRAL["hsu.ed_rate_pwid_melb"])
    assert other["admission"] + admissions == pytest.approx(CENTRAL["hsu.adm_rate_heroin_london"])
    assert min(visits, admissions) > 0.0


def test_a_process_that_is_off_gives_its_share_back() -> None:
    alone = [modelled_care(CENTRAL, CAUSES - {name}) for name in sorted(CAUSES)]
    together = modelled_care(CENTRAL, NONE_OFF)
    assert [sum(column) for column in zip(*alone, strict=True)] == pytest.approx(list(together))
    other = figures(CENTRAL, replace(PLAIN_BASELINE, off=CAUSES))
    assert other["emergency_visit"] == CENTRAL["hsu.ed_rate_pwid_melb"]
    assert other["admission"] == CENTRAL["hsu.adm_rate_heroin_london"]


def test_more_modelled_visits_than_all_visits_stop_the_run() -> None:
    with pytest.raises(StudyError, match=r"(?s)hsu.ed_rate_pwid_melb is 0.1 a year .* raise"):
        figures({**CENTRAL, "hsu.ed_rate_pwid_melb": 0.1}, PLAIN_BASELINE)


def test_everybody_at_liberty_is_seen_whatever_their_use() -> None:
    people = 3000

    def mixed(sim: Simulation) -> None:
        sim.state["use"][: people // 3] = NOT_USING
        sim.state["custody"][-people // 3 :] = CUSTODY
        enrol_everybody(sim)

    rates = {"emergency_visit": 0.7, "admission": 0.4, "custody_stay": 1e12}
    sim = run_life([rates], people, 2, 1, mixed, {ON_EMERGENCY_VISIT: 2.0, ON_ADMISSION: 0.5})
    at_liberty = people * 2 // 3
    assert_count(counts(sim, EMERGENCY_VISIT)[0], at_liberty * 2 * 0.7 * 2.0)
    assert_count(counts(sim, ADMISSION)[0], at_liberty * 2 * 0.4 * 0.5)
