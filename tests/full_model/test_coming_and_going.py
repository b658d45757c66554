"""Entrants bring infections as the study says; people move away at its rate; everybody is alive, dead or gone."""

from functools import cache
from math import exp, sqrt
from typing import Any

import numpy as np
import pytest

from hrsim.engine.ledger import Ledger
from hrsim.engine.simulation import ALIVE, DEAD, MOVED_AWAY, UNBORN, Simulation
from hrsim.simulate import ledger_of, run_draw
from tests.simulation.studies import bare, central, events, flow, prepared, years_in

LUCK = 41
PEOPLE, YEARS, RATE = 4000, 5.0, 0.12
ENTRY = 1000.0
DEATHS = ("overdose_death", "background_death", "hiv_death", "liver_death", "endocarditis_death")
HIV = {"prevalence": 0.3, "diagnosed": 0.8, "treated": 0.7}
HCV = {"prevalence": 0.4, "diagnosed": 0.5}
SUPPRESSED = 0.9
TREATMENT = {
    "eligible": {"hiv": ["diagnosed"]}, "reach": 0.0, "stay": {"mean": "1000 years"},
    "delivers": {"hiv_treatment": SUPPRESSED},
}  # fmt: skip
SIX_SIGMA = 6.0


def finish(**study: Any) -> tuple[Simulation, Ledger]:
    ready = prepared(bare(PEOPLE, YEARS, study.pop("services", {}), **study))
    sim = run_draw(ready, central(ready), LUCK)
    return sim, ledger_of(ready, sim)


@cache
def leaving() -> tuple[Simulation, Ledger]:
    return finish(moving_away=RATE)


@cache
def importing() -> tuple[Simulation, Ledger]:
    arms = {"treated": {}, "no_service": {"remove": ["services.treatment"]}}
    return finish(
        services={"treatment": TREATMENT}, on=("entry",), arms=arms, entry_per_year=ENTRY,
        entry={"hiv": HIV, "hcv": HCV}, parameters={"exp.entry_injecting_share": 1.0},
    )  # fmt: skip


def share(count: Any, of: Any, expected: float) -> None:
    """Accept a count of independent people within six standard errors."""
    assert abs(count - of * expected) < SIX_SIGMA * sqrt(of * expected * (1 - expected))


def test_people_move_away_at_their_rate_and_are_not_dead() -> None:
    sim, ledger = leaving()
    gone = events(ledger, "moved_away")[0]
    share(gone, PEOPLE, 1.0 - exp(-RATE * YEARS))
    status = sim.state["status"][:, 0]
    assert ((status == MOVED_AWAY).sum(), (status == DEAD).sum()) == (gone, 0)
    assert sum(events(ledger, name) for name in DEATHS) == 0
    lived = ledger.state_ticks.sum() / ledger.quarter_edges[-1] * YEARS
    expected = PEOPLE * (1.0 - exp(-RATE * YEARS)) / RATE
    assert lived == pytest.approx(expected, rel=SIX_SIGMA * sqrt(1.0 / PEOPLE))
    assert ledger.survivors[:, 1].sum() == PEOPLE - gone


def test_nobody_moves_away_from_custody_nor_where_the_study_does_not_say_so() -> None:
    _, ledger = finish(custody=1.0, moving_away=RATE, parameters={"exp.custody_stay_days": 1e6})
    assert events(ledger, "moved_away")[0] <= events(ledger, "custody_release")[0] < PEOPLE / 100
    _, ledger = finish()
    assert events(ledger, "moved_away")[0] == 0


def test_people_in_are_alive_dead_or_moved_away() -> None:
    on = ("entry", "background_mortality", "overdose", "hiv", "hcv", "use", "custody", "supply")
    treatment = {"oat": {"reach": 1.0, "stay": {"mean": "1 year"}, "capacity": {"places": 500}}}
    sim, ledger = finish(
        on=on, moving_away=RATE, entry_per_year=ENTRY, entry={"hiv": HIV, "hcv": HCV}, services=treatment
    )
    status = sim.state["status"][:, 0]
    died, gone = sum(events(ledger, name) for name in DEATHS)[0], events(ledger, "moved_away")[0]
    assert died > 100 and gone > 1000
    assert ((status == DEAD).sum(), (status == MOVED_AWAY).sum()) == (died, gone)
    assert PEOPLE + events(ledger, "entry")[0] == (status == ALIVE).sum() + died + gone
    left = (status == DEAD) | (status == MOVED_AWAY)
    assert not sim.state["enrolled"][left, 0].any() and not sim.state["kits"][left, 0].any()
    inside = (sim.state["enrolled"][:, 0] & 1).sum()
    assert inside == sim.service["occupied"][0, 0]


def test_entrants_bring_infections_and_nobody_else_has_any() -> None:
    sim, _ = importing()
    came = (sim.state["status"][:, 0] == ALIVE) & (sim.person["entry"] > 0)
    people = came.sum()
    assert people > 4000
    hiv, hcv = sim.state["hiv"][:, 0] > 0, sim.state["viraemic"][:, 0] > 0
    assert not hiv[:PEOPLE].any() and not hcv[:PEOPLE].any()
    share(hiv[came].sum(), people, HIV["prevalence"])
    share(hcv[came].sum(), people, HCV["prevalence"])
    known = sim.state["diagnosed"][:, 0]
    share(((known & 1) > 0)[came].sum(), hiv[came].sum(), HIV["diagnosed"])
    share(((known & 2) > 0)[came].sum(), hcv[came].sum(), HCV["diagnosed"])
    assert not (((known & 1) > 0) & ~hiv).any() and not (((known & 2) > 0) & ~hcv).any()
    assert not (sim.state["status"][:PEOPLE] == UNBORN).any()


def test_entrants_on_treatment_go_on_in_it_where_the_arm_has_it() -> None:
    sim, ledger = importing()
    came = (sim.state["status"][:, 0] == ALIVE) & (sim.person["entry"] > 0)
    known = came & ((sim.state["diagnosed"][:, 0] & 1) > 0)
    treated = (sim.state["enrolled"][:, 0] & 1) > 0
    assert not (treated & ~known).any()
    share(treated.sum(), known.sum(), HIV["treated"])
    share(sim.state["suppressed"][:, 0].sum(), treated.sum(), SUPPRESSED)
    still = flow(ledger, "starts", "treatment")[0] - flow(ledger, "stops", "treatment")[0]
    assert still == treated.sum() > 700
    assert not sim.state["suppressed"][:, 1].any() and not sim.state["enrolled"][:, 1].any()
    assert np.array_equal(sim.state["hiv"][:, 0], sim.state["hiv"][:, 1])
    assert years_in(ledger, hiv="treated")[1] == 0.0 < years_in(ledger, hiv="treated")[0]


def test_what_entrants_bring_moves_no_other_characteristic() -> None:
    """The same people enter at the same moments, of the same age, use and home, whether infected or not."""
    plain, _ = finish(on=("entry",), entry_per_year=ENTRY)
    ill, _ = finish(on=("entry",), entry_per_year=ENTRY, entry={"hiv": HIV, "hcv": HCV})
    for name in ("entry", "birth", "sex", "partner", "weight"):
        assert np.array_equal(plain.person[name], ill.person[name]), name
    for name in ("use", "housing", "relapse_prone", "status"):
        assert np.array_equal(plain.state[name], ill.state[name]), name
    assert ill.state["hiv"].any() and not plain.state["hiv"].any()


def test_imported_hiv_begins_an_epidemic_that_needs_one_case() -> None:
    """Nobody infected at the start: without imports nobody ever is, with them people infect each other."""
    study = {
        "on": ("entry", "hiv"),
        "entry_per_year": ENTRY,
        "parameters": {"exp.entry_injecting_share": 1.0},
    }
    _, closed = finish(**study)
    _, open_to = finish(**study, entry={"hiv": HIV})
    assert events(closed, "hiv_infection")[0] == 0 < events(open_to, "hiv_infection")[0]
